"""What answers mean: "ask anew" is never taken for "no", and trouble of the installation is nobody else's."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from domain.kernel.errors import (
    AccessLost,
    PageExpired,
    PermissionMissing,
    PlanSwitchError,
    ProviderBusy,
    ProviderRefused,
    UnknownOrganization,
)
from domain.ports.cloud import Cloud, ProviderCall
from domain.ports.directory_port import LicenseChange
from providers.factory import cloud_factory
from providers.transport.meanings import TABLES, Meaning, claims_of, meaning_of
from tests.support.clouds.http_handlers import HandlerLine

PLAN = "18181a46-0d4e-45cd-891e-60aabd171b4e"
USER = "161ab652-cdbc-490d-82a4-0ada1f0db247"
OTHER = "261ab652-cdbc-490d-82a4-0ada1f0db247"
EXPIRED = {"error": {"code": "InvalidAuthenticationToken", "message": "The token is expired."}}
DENIED = {"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges."}}
Handler = Callable[[httpx2.Request], httpx2.Response]


def _cloud(handler: Handler) -> tuple[Cloud, list[ProviderCall]]:
    calls: list[ProviderCall] = []
    factory, _close = cloud_factory("http://cloud.test", line=HandlerLine(handler))
    return factory(calls.append), calls


@pytest.mark.parametrize("provider", sorted(TABLES))
@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (400, Meaning.REFUSED),
        (401, Meaning.ACCESS_EXPIRED),
        (403, Meaning.PERMISSION_MISSING),
        (404, Meaning.UNKNOWN),
        (408, Meaning.UNAVAILABLE),
        (409, Meaning.BUSY),
        (412, Meaning.BUSY),
        (422, Meaning.REFUSED),
        (423, Meaning.BUSY),
        (424, Meaning.UNAVAILABLE),
        (425, Meaning.UNAVAILABLE),
        (429, Meaning.THROTTLED),
        (500, Meaning.UNAVAILABLE),
        (599, Meaning.UNAVAILABLE),
    ],
)
def test_a_status_without_a_code_means_the_same_everywhere(
    provider: str, status: int, meaning: Meaning
) -> None:
    """Only an answered no is one; conflict, lock and outdated etag mean "ask anew" (rules#ask-anew)."""
    assert meaning_of(provider, status, "") is meaning


@pytest.mark.parametrize(
    ("provider", "status", "code", "meaning"),
    [
        ("directory", 400, "Directory_ExpiredPageToken", Meaning.PAGE_EXPIRED),
        ("directory", 400, "Directory_ConcurrencyViolation", Meaning.BUSY),
        ("directory", 400, "LicenseAssignmentAttributeConcurrencyException", Meaning.BUSY),
        ("health", 400, "InvalidAuthenticationToken", Meaning.ACCESS_EXPIRED),
        ("directory", 400, "Authorization_RequestDenied", Meaning.PERMISSION_MISSING),
        ("directory", 403, "Directory_QuotaExceeded", Meaning.REFUSED),
        ("directory", 400, "Request_BadRequest", Meaning.REFUSED),
        ("directory", 404, "OrganizationNotFound", Meaning.UNKNOWN_ORGANIZATION),
        ("seller", 400, "2055", Meaning.BUSY),
        ("seller", 409, "800065", Meaning.REFUSED),
        ("seller", 403, "800073", Meaning.REFUSED),
        ("seller", 403, "Forbidden", Meaning.PERMISSION_MISSING),
        ("seller", 412, "900117", Meaning.REFUSED),
        ("billing", 409, "CREDIT_EXCEEDS_PAID", Meaning.REFUSED),
        ("billing", 403, "Forbidden", Meaning.PERMISSION_MISSING),
        ("notices", 409, "IDEMPOTENCY_KEY_REUSED", Meaning.REFUSED),
        ("credit", 409, "conflict", Meaning.BUSY),
    ],
)
def test_a_code_says_more_than_its_status(provider: str, status: int, code: str, meaning: Meaning) -> None:
    """Each provider's own codes decide, whatever status they come with."""
    assert meaning_of(provider, status, code) is meaning


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"error": {"code": "Directory_ExpiredPageToken", "message": "Expired."}}, PageExpired),
        (400, {"error": {"code": "Directory_ConcurrencyViolation", "message": "Busy."}}, ProviderBusy),
        (401, EXPIRED, AccessLost),
        (403, DENIED, PermissionMissing),
        (404, {"error": {"code": "OrganizationNotFound", "message": "None."}}, UnknownOrganization),
        (412, None, ProviderBusy),
        (423, {"error": {"code": "Locked", "message": "Locked."}}, ProviderBusy),
    ],
)
def test_reads_of_every_provider_tell_ask_anew_from_no(
    status: int, body: Any, error: type[PlanSwitchError]
) -> None:
    """Whole calls of every provider end with the table's error, which says what can be done."""
    cloud, _calls = _cloud(lambda _request: httpx2.Response(status, json=body))
    reads: list[Callable[[], object]] = [
        lambda: cloud.directory.users_page("contoso", PLAN, "$skiptoken=a"),
        lambda: cloud.directory.change_licenses(
            "contoso", [LicenseChange(directory_id=USER, add_plan_id=PLAN)]
        ),
        lambda: cloud.inquiries.purchases("contoso"),
        lambda: cloud.groups.members_page("contoso", PLAN, None),
        lambda: cloud.seller.subscriptions("contoso"),
        lambda: cloud.billing.profile("contoso"),
    ]
    for read in reads[: 4 if error in {PageExpired, ProviderBusy} and status == 400 else None]:
        with pytest.raises(PlanSwitchError) as caught:
            read()
        is_list = error is PageExpired and caught.value.code == "PAGING_UNRELIABLE"
        assert type(caught.value) is error or is_list
        assert caught.value.handling.is_retryable is (error is not UnknownOrganization)
        assert caught.value.remedy


def test_a_token_that_expired_is_renewed_once_for_a_whole_call() -> None:
    """The same call goes out again with another token and the same key; both are in the record."""
    tokens = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        tokens.append(request.headers["authorization"])
        if len(tokens) == 1:
            return httpx2.Response(401, json=EXPIRED)
        return httpx2.Response(200, json={"notice_id": "n"})

    cloud, calls = _cloud(handler)
    sent = cloud.notices.send("contoso", kind="k", switch_id="s", subject="a", body="b", key="key-1")

    assert sent == "n"
    assert tokens == ["Bearer sandbox-contoso", "Bearer sandbox-contoso~1"]
    assert [(call.status, call.key) for call in calls] == [(401, "key-1"), (200, "key-1")]
    cloud.notices.send("contoso", kind="k", switch_id="s", subject="a", body="b", key="key-2")
    assert tokens[2:] == ["Bearer sandbox-contoso~1"]


def test_a_renewed_token_that_is_not_accepted_waits_for_the_installation() -> None:
    """Two 401 in a row are this installation's trouble: retried later, with a remedy of its own."""
    cloud, calls = _cloud(lambda _request: httpx2.Response(401, json=EXPIRED))

    with pytest.raises(AccessLost) as caught:
        cloud.seller.subscriptions("contoso")

    assert len(calls) == 2
    assert (caught.value.code, caught.value.handling.is_retryable) == ("ACCESS_LOST", True)
    assert "sign-in" in caught.value.remedy


def _batch(statuses: dict[str, list[int]], bodies: dict[int, Any]) -> tuple[Cloud, list[list[str]]]:
    """Return a cloud whose items answer their statuses one after the other, and the users of each batch."""
    asked: list[list[str]] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        items = json.loads(request.content)["requests"]
        users = [each["url"].split("/")[2] for each in items]
        asked.append(users)
        responses = []
        for item, user in zip(items, users, strict=True):
            status = statuses[user].pop(0) if len(statuses[user]) > 1 else statuses[user][0]
            responses.append({"id": item["id"], "status": status, "body": bodies.get(status, {})})
        return httpx2.Response(200, json={"responses": responses})

    return _cloud(handler)[0], asked


CHANGES = [LicenseChange(directory_id=each, add_plan_id=PLAN) for each in (USER, OTHER)]


def test_an_item_whose_token_expired_is_asked_anew_with_another() -> None:
    """Only the users who were not let in are sent again; nobody fails (rules#ask-anew)."""
    cloud, asked = _batch({USER: [200], OTHER: [401, 200]}, {401: EXPIRED})

    results = cloud.directory.change_licenses("contoso", CHANGES)

    assert [result.is_done for result in results] == [True, True]
    assert asked == [[USER, OTHER], [OTHER]]


@pytest.mark.parametrize(
    ("status", "body", "error"), [(401, EXPIRED, AccessLost), (403, DENIED, PermissionMissing)]
)
def test_an_item_that_is_not_let_in_fails_no_user(
    status: int, body: Any, error: type[PlanSwitchError]
) -> None:
    """Trouble of the installation ends the attempt and is never booked to a user (rules#ask-anew)."""
    cloud, _asked = _batch({USER: [200], OTHER: [status]}, {status: body})

    with pytest.raises(error) as caught:
        cloud.directory.change_licenses("contoso", CHANGES)

    assert caught.value.handling.is_retryable
    assert USER not in caught.value.message


def test_a_user_who_is_not_found_and_is_there_is_tried_again() -> None:
    """A 404 of a directory that lags behind itself is no deleted user: reading back tells (rules 4)."""

    def handler(request: httpx2.Request) -> httpx2.Response:
        (item,) = json.loads(request.content)["requests"]
        user = {"id": USER, "assignedLicenses": []}
        status, body = (200, user) if item["method"] == "GET" else (404, {"error": {"code": "x"}})
        return httpx2.Response(200, json={"responses": [{"id": "1", "status": status, "body": body}]})

    (result,) = _cloud(handler)[0].directory.change_licenses("contoso", CHANGES[:1])

    assert (result.error, result.is_retryable) == ("UNAVAILABLE", True)


def test_a_challenge_in_a_header_tells_what_the_body_does_not() -> None:
    """Claims that a renewed token must meet, and errors of the token, may stand in the header alone."""
    claims = '{"access_token":{"nbf":{"essential":true}}}'
    encoded = base64.urlsafe_b64encode(claims.encode()).decode().rstrip("=")
    header = f'Bearer realm="", error="insufficient_claims", claims="{encoded}"'
    cloud, calls = _cloud(lambda _request: httpx2.Response(401, headers={"WWW-Authenticate": header}))

    with pytest.raises(AccessLost) as caught:
        cloud.billing.profile("contoso")

    assert caught.value.details["claims"] == claims
    assert calls[0].code == "insufficient_claims"
    assert claims_of({"www-authenticate": header}) == claims
    assert claims_of({"www-authenticate": 'Bearer claims="%%%"'}) == ""
    scope = {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}
    with pytest.raises(PermissionMissing):
        _cloud(lambda _request: httpx2.Response(401, headers=scope))[0].billing.profile("contoso")


def test_an_answered_no_stays_one() -> None:
    """What speaks of the request itself is refused, and not asked for ever."""
    refusal = {"code": 900117, "description": "Too late."}
    with pytest.raises(ProviderRefused):
        _cloud(lambda _request: httpx2.Response(409, json=refusal))[0].seller.subscriptions("contoso")


def test_every_list_of_the_directory_follows_its_links() -> None:
    """Purchases, roles, pools, groups and services are read to their end, each row once."""

    def handler(request: httpx2.Request) -> httpx2.Response:
        is_last = "skiptoken" in str(request.url)
        rows = [{"id": "1", "displayName": "First"}, {"id": "2", "displayName": "Second"}]
        body: dict[str, Any] = {"value": [*rows[1:], rows[0]] if is_last else rows[:1]}
        if not is_last:
            body["@odata.nextLink"] = f"{request.url}?$skiptoken=a"
        return httpx2.Response(200, json=body)

    assert _cloud(handler)[0].inquiries.roles("contoso", USER) == ("First", "Second")


def test_the_sellers_collections_follow_their_continuations() -> None:
    """A next link of the seller carries its token in a header; another host gets none of ours."""
    seen: list[httpx2.Request] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        number = len(seen)
        item = {
            "id": f"subscription-{number}",
            "offerId": f"{PLAN}:0001:EUR",
            "offerName": "E3",
            "quantity": 1,
            "status": "active",
            "billingCycle": "monthly",
            "creationDate": "2026-11-22T10:00:00Z",
        }
        link = {
            "uri": "/v1/customers/contoso/subscriptions?seekOperation=Next",
            "headers": [{"key": "MS-ContinuationToken", "value": "token"}],
        }
        links = {"next": link} if number == 1 else {}
        return httpx2.Response(200, json={"totalCount": 1, "items": [item], "links": links})

    found = _cloud(handler)[0].seller.subscriptions("contoso")

    assert [each.subscription_id for each in found] == ["subscription-1", "subscription-2"]
    assert seen[1].headers["ms-continuationtoken"] == "token"
    assert seen[1].url.query == b"seekOperation=Next"
    away = {"next": {"uri": "https://evil.test/v1/customers/contoso/subscriptions?a=1"}}
    body = {"totalCount": 0, "items": [], "links": away}
    with pytest.raises(ProviderRefused):
        _cloud(lambda _request: httpx2.Response(200, json=body))[0].seller.subscriptions("contoso")
