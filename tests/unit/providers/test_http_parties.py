"""Sold-to and billed-to at the vendor's seller: read, merged, replaced under the etag."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from domain.kernel.errors import ConcurrentWrite, ProviderRefused
from domain.ports.cloud import ProviderCall
from domain.ports.seller_port import BILLED_TO, SOLD_TO, Parties
from providers.factory import cloud_factory
from tests.support.clouds.http_handlers import HandlerLine
from tests.support.stories.parties import BILLING


class _Seller:
    """A seller that answers a GET with the profile and a PUT by one status and body."""

    def __init__(self, status: int = 200, body: Any = None) -> None:
        self.put: list[httpx2.Request] = []
        self.calls: list[ProviderCall] = []
        self._answer = status, body
        factory, _close = cloud_factory("http://cloud.test", line=HandlerLine(self._handle))
        self.parties: Parties = factory(self.calls.append).parties

    def _handle(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET":
            return httpx2.Response(200, json=BILLING)
        self.put.append(request)
        status, body = self._answer
        return httpx2.Response(status, json=body or json.loads(request.content))


def test_party_is_read_with_empty_fields_as_empty_text() -> None:
    """Every field is there, and the version tag beside them."""
    party = _Seller().parties.party("contoso", BILLED_TO)

    assert (party.fields["company_name"], party.fields["city"]) == ("Contoso", "Berlin")
    assert (party.fields["first_name"], party.fields["state"], party.version) == ("", "", "one")


def test_change_keeps_what_it_does_not_name() -> None:
    """The vendor takes whole profiles: what we do not know of is sent back as it is, under the etag."""
    seller = _Seller()

    seller.parties.change_party("contoso", BILLED_TO, {"city": "Bonn", "last_name": "Ito"}, key="key-1")

    (sent,) = seller.put
    body = json.loads(sent.content)
    assert sent.url.path == "/v1/customers/contoso/profiles/billing"
    assert (sent.headers["If-Match"], sent.headers["MS-RequestId"]) == ('"one"', "key-1")
    assert (body["culture"], body["lastName"]) == ("de-DE", "Ito")
    assert body["defaultAddress"] == {**BILLING["defaultAddress"], "city": "Bonn"}  # type: ignore[dict-item]
    assert not [call for call in seller.calls if "Bonn" in repr(call)]


@pytest.mark.parametrize(
    ("status", "code", "error", "words"),
    [
        (400, 2055, ConcurrentWrite, "changed by somebody else"),
        (405, 0, ProviderRefused, "takes no change of sold_to"),
        (400, 2000, ProviderRefused, "answered 400"),
    ],
)
def test_refused_changes_are_told_apart(status: int, code: int, error: type[Exception], words: str) -> None:
    """A change at the same time, a seller without this call, and an address that he does not take."""
    refusal = {"code": code, "description": "No.", "data": [], "source": "PartnerFD"}

    with pytest.raises(error, match=words):
        _Seller(status, refusal).parties.change_party("contoso", SOLD_TO, {"city": "Bonn"}, key="key-1")
