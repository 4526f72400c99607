"""Kind of fault: control characters in what a provider says. It is cleaned once, seen, and stops nothing."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from domain.ports.cloud import ProviderCall
from domain.ports.seller_port import BILLED_TO
from providers.factory import cloud_factory
from tests.support.clouds.http_handlers import HandlerLine
from tests.support.stories.parties import BILLING

BAD = ["\x00", "\x07", "\x7f", "\u0085", "\u202e", "\u2066", "\ud800"]
FINE = ["Zoë\tNord", "日本・東京", "Łódź", "a\nb", "\u2028"]


def _company(name: str, *, is_escaped: bool) -> tuple[str, list[ProviderCall]]:
    """Return the name of a company as the seller's client tells it."""
    calls: list[ProviderCall] = []

    def handler(_request: httpx2.Request) -> httpx2.Response:
        body: dict[str, Any] = {**BILLING, "companyName": name}
        return httpx2.Response(200, content=json.dumps(body, ensure_ascii=is_escaped).encode())

    factory, close = cloud_factory("http://cloud.test", line=HandlerLine(handler))
    told = factory(calls.append).parties.party("contoso", BILLED_TO).fields["company_name"]
    close()
    return told, calls


@pytest.mark.parametrize("bad", BAD)
def test_a_name_with_a_control_character_shows_where_it_was(bad: str) -> None:
    """A name goes into records and to people: nobody can refuse it, so it is cleaned before that."""
    told, calls = _company(f"Con{bad}toso", is_escaped=True)

    assert told == "Con\ufffdtoso"
    assert [call.status for call in calls] == [200]


@pytest.mark.parametrize("bad", [each for each in BAD if each > "\x1f" and each != "\ud800"])
def test_characters_that_json_need_not_escape_are_cleaned_as_well(bad: str) -> None:
    """The look at the raw bytes finds what stands there in UTF-8."""
    assert _company(f"Con{bad}toso", is_escaped=False)[0] == "Con\ufffdtoso"


@pytest.mark.parametrize("name", FINE)
def test_words_of_every_language_stay_as_they_are(name: str) -> None:
    """Nothing is changed in what everybody can read, escaped or not."""
    assert [_company(name, is_escaped=each)[0] for each in (True, False)] == [name, name]
