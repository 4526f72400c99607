"""One attempt of one call: what is sent, what is reported, and how each failure is named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import httpx2
import pytest

from domain.kernel.errors import (
    AccessLost,
    InvalidInput,
    PermissionMissing,
    PlanSwitchError,
    ProviderBusy,
    ProviderRefused,
    ProviderThrottled,
    ProviderUnavailable,
    UnknownSubscription,
)
from domain.ports.cloud import Cloud, ProviderCall
from providers.access.profiles import Access, Audience
from providers.access.sandbox_tokens import SandboxTokens
from providers.factory import cloud_factory
from providers.transport.answers import error_of, instant, redact, retry_after_seconds
from providers.transport.http import ProviderHttp, ProviderRequest, segment
from providers.transport.places import Place
from tests.support.clouds.http_handlers import HandlerLine

PERSON = "161ab652-cdbc-490d-82a4-0ada1f0db247"
Handler = Callable[[httpx2.Request], httpx2.Response]


def _http(handler: Handler) -> tuple[ProviderHttp, list[ProviderCall]]:
    calls: list[ProviderCall] = []
    place = Place(
        base_url="http://cloud.test/v1.0/",
        audience=Audience.DIRECTORY,
        tokens=SandboxTokens(),
        line=HandlerLine(handler),
        access=Access.WRITE,
    )
    http = ProviderHttp(provider="directory", place_of=lambda _id: place, observer=calls.append)
    return http, calls


def _answer(status: int, body: object = None, headers: dict[str, str] | None = None) -> Handler:
    return lambda _request: httpx2.Response(status, json=body, headers=headers)


def _ask(http: ProviderHttp, **more: object) -> object:
    request = ProviderRequest(operation="look", method="GET", path="/things", **more)  # type: ignore[arg-type]
    return http.send("contoso", request).body


def test_request_carries_token_body_and_key_header() -> None:
    """A request names its organization by the token and carries the key's header and a JSON body."""
    seen: list[httpx2.Request] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(201, json={"ok": True})

    http, calls = _http(handler)
    request = ProviderRequest(
        operation="make",
        method="POST",
        path="/things",
        query="$top=1",
        body={"a": 1},
        key="k1",
        headers={"Idempotency-Key": "k1"},
    )

    assert http.send("contoso", request).body == {"ok": True}
    assert str(seen[0].url) == "http://cloud.test/v1.0/things?$top=1"
    assert seen[0].headers["authorization"] == "Bearer sandbox-contoso"
    assert seen[0].headers["idempotency-key"] == "k1"
    assert json.loads(seen[0].content) == {"a": 1}
    assert calls[0].request_digest == hashlib.sha256(b'POST /things?$top=1\n{"a":1}').hexdigest()
    assert (calls[0].status, calls[0].key, calls[0].operation) == (201, "k1", "make")
    assert calls[0].started_at.tzinfo is not None


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, ProviderRefused),
        (401, AccessLost),
        (403, PermissionMissing),
        (404, UnknownSubscription),
        (408, ProviderUnavailable),
        (409, ProviderBusy),
        (412, ProviderBusy),
        (423, ProviderBusy),
        (429, ProviderThrottled),
        (302, ProviderRefused),
        (500, ProviderUnavailable),
        (503, ProviderUnavailable),
    ],
)
def test_each_status_has_one_meaning(status: int, error: type[PlanSwitchError]) -> None:
    """Every status that is no success raises one error of the taxonomy, and each call is reported."""
    http, calls = _http(_answer(status, {"code": 900117, "description": "Too late."}))

    with pytest.raises(error) as caught:
        _ask(http, unknown=UnknownSubscription)

    assert type(caught.value) is error
    assert [call.status for call in calls] == [status] * (2 if error is AccessLost else 1)
    assert caught.value.details["provider_code"] == "900117"
    assert caught.value.details["provider_text"] == "Too late."
    assert caught.value.details["status"] == status
    assert caught.value.remedy


def test_throttled_tells_how_long_to_wait() -> None:
    """A 429 becomes the seconds of Retry-After, and 5 when the provider does not say."""
    with pytest.raises(ProviderThrottled) as told:
        _ask(_http(_answer(429, headers={"Retry-After": "17"}))[0])
    with pytest.raises(ProviderThrottled) as untold:
        _ask(_http(_answer(429))[0])

    assert (told.value.retry_after_seconds, untold.value.retry_after_seconds) == (17.0, 5.0)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("2.5", 2.5),
        ("-3", 5.0),
        ("nan", 5.0),
        ("inf", 5.0),
        ("soon", 5.0),
        ("999999999", 86_400.0),
        ("Sun, 22 Nov 2026 19:00:30 GMT", 30.0),
    ],
)
def test_retry_after_is_read_with_care(value: str, seconds: float) -> None:
    """Retry-After may be a number or a date; nonsense is the default, and a day is the most."""
    headers = {"retry-AFTER": value, "Date": "Sun, 22 Nov 2026 19:00:00 GMT"}

    assert retry_after_seconds(headers) == seconds


@pytest.mark.parametrize("error", [httpx2.ConnectError, httpx2.ReadTimeout, httpx2.PoolTimeout])
def test_no_answer_is_reported_and_unavailable(error: type[httpx2.RequestError]) -> None:
    """A connection that fails or a time-out is reported with status 0 and may be repeated."""

    def handler(_request: httpx2.Request) -> httpx2.Response:
        raise error("no")

    http, calls = _http(handler)

    with pytest.raises(ProviderUnavailable) as caught:
        _ask(http, key="k1")

    assert caught.value.handling.is_retryable
    assert [(call.status, call.code, call.key) for call in calls] == [(0, error.__name__, "k1")]


def test_interrupted_attempt_is_reported() -> None:
    """An attempt that is broken off from within is in the record: it may have had its effect."""

    def handler(_request: httpx2.Request) -> httpx2.Response:
        raise KeyboardInterrupt

    http, calls = _http(handler)

    with pytest.raises(KeyboardInterrupt):
        _ask(http)

    assert [(call.status, call.code) for call in calls] == [(0, "KeyboardInterrupt")]


def test_success_that_is_no_json_is_unavailable() -> None:
    """A page of a proxy in place of an answer is no answer."""
    http, calls = _http(lambda _request: httpx2.Response(200, text="<html>"))

    with pytest.raises(ProviderUnavailable):
        _ask(http)

    assert [(call.status, call.code) for call in calls] == [(200, "UNREADABLE")]


def test_record_holds_no_personal_data() -> None:
    """Neither the record of a call nor its error holds an e-mail address or a person's id."""
    text = f"Resource '{PERSON}' of ada@contoso.com, SMTP:ada@contoso.com does not exist."
    http, calls = _http(_answer(400, {"error": {"code": "Request_BadRequest", "message": text}}))

    with pytest.raises(ProviderRefused) as caught:
        _ask(http)

    said = f"{calls[0].text} {caught.value} {caught.value.details}"
    assert PERSON not in said
    assert "contoso.com" not in said
    assert calls[0].code == "Request_BadRequest"


def test_redaction_hides_the_user_and_keeps_the_plan() -> None:
    """Ids of plans stay in a text while the user's own id goes."""
    plan = "6fd2c87f-b296-42f0-b197-1e91e994b900"

    assert redact(f"{PERSON.upper()} {plan}", hidden=PERSON) == f"[id] {plan}"
    assert redact(f"{PERSON} {plan}") == f"[id] {plan}"


def test_an_error_in_a_success_is_a_refusal() -> None:
    """A 200 whose body is an error is refused like a status of its own, with code, text and request id."""
    body = {"error": {"code": "800089", "message": "Gone.", "innerError": {"request-id": "r-1"}}}
    http, calls = _http(_answer(200, body))

    with pytest.raises(ProviderRefused) as caught:
        _ask(http)

    assert (calls[0].status, calls[0].code, calls[0].text, calls[0].request_id) == (
        200,
        "800089",
        "Gone.",
        "r-1",
    )
    assert caught.value.details["provider_code"] == "800089"


def test_a_refused_call_keeps_the_id_by_which_support_finds_it() -> None:
    """The request id of the answer is in the row, wherever it stood; nothing else is taken for one."""
    for headers, inner, expected in (
        ({"request-id": "r-1"}, {}, "r-1"),
        ({}, {"request-id": "r-2", "date": "now"}, "r-2"),
        ({"request-id": "not an id: jan@contoso.example"}, {}, ""),
    ):
        body = {"error": {"code": "no", "message": "No.", "innerError": inner}}
        http, calls = _http(_answer(400, body, headers=headers))
        with pytest.raises(ProviderRefused):
            _ask(http)
        assert calls[0].request_id == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"error": {"code": "Request_BadRequest", "message": "No."}}, ("Request_BadRequest", "No.")),
        ({"code": 60012, "description": "No licenses."}, ("60012", "No licenses.")),
        ({"code": "KEY_REUSED", "detail": "Other body.", "title": "Reused"}, ("KEY_REUSED", "Other body.")),
        ({"error": "invalid_grant"}, ("", "invalid_grant")),
        ({"code": None}, ("", "")),
        (["no"], ("", "")),
        (None, ("", "")),
    ],
)
def test_error_bodies_of_every_provider_are_read(body: object, expected: tuple[str, str]) -> None:
    """The directory's, the seller's and our own error bodies give their code and text."""
    assert error_of(body) == expected


@pytest.mark.parametrize("organization_id", ["", "a b", "a\r\nX-Evil: 1", "ä", "../x", "x" * 200])
def test_organization_id_cannot_reach_a_header(organization_id: str) -> None:
    """An id that is no id is refused before anything is sent."""
    http, calls = _http(_answer(200, {}))

    with pytest.raises(InvalidInput):
        http.send(organization_id, ProviderRequest(operation="look", method="GET", path="/"))

    assert calls == []


def test_segment_cannot_leave_its_place() -> None:
    """An id stands for one segment of a path, whatever is in it."""
    assert segment("a/../b?c#d") == "a%2F..%2Fb%3Fc%23d"
    for bad in ("", ".", ".."):
        with pytest.raises(InvalidInput):
            segment(bad)


def test_instants_are_utc_whatever_their_digits() -> None:
    """The seller's seven digits and instants without a zone are read as UTC."""
    assert instant("2021-02-24T19:26:06.9471649Z") == datetime(2021, 2, 24, 19, 26, 6, 947164, tzinfo=UTC)
    assert instant("2021-02-24T19:26:06") == datetime(2021, 2, 24, 19, 26, 6, tzinfo=UTC)


@pytest.mark.parametrize("url", ["", "cloud", "ftp://cloud", "http://", "http://cloud?x=1"])
def test_cloud_url_must_be_an_address(url: str) -> None:
    """A cloud URL that is none is refused when the factory is built."""
    with pytest.raises(InvalidInput):
        cloud_factory(url)


def test_time_out_must_be_above_zero() -> None:
    """A time-out of nothing would fail every call, so it is refused."""
    with pytest.raises(InvalidInput):
        cloud_factory("http://cloud.test", request_timeout_seconds=0)


def test_one_factory_builds_a_cloud_for_each_observer() -> None:
    """Two clouds of one factory share the connections and report to their own observers."""
    profile: dict[str, object] = {
        "organization_id": "contoso",
        "display_name": "Contoso",
        "country": "DE",
        "subdivision": None,
        "time_zone": "Europe/Berlin",
        "currency": "EUR",
        "segment": "commercial",
        "tax_rate": "0.19",
        "balance_due_minor_units": 0,
        "payment_method": "card",
        "custom_domains": [],
    }
    first: list[ProviderCall] = []
    second: list[ProviderCall] = []
    factory, close = cloud_factory("http://cloud.test/", line=HandlerLine(_answer(200, profile)))
    cloud: Cloud = factory(first.append)
    factory(second.append).billing.profile("contoso")

    assert cloud.billing.profile("contoso").tax_rate == Decimal("0.19")
    assert [len(first), len(second)] == [1, 1]
    close()
