"""The id of an attempt at the seller: unchanged after a time-out, new after an answer (ADR 40)."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx2
import pytest

from domain.kernel.errors import ProviderUnavailable
from domain.kernel.ids import attempt_id_of_key
from domain.ports.attempts import AttemptCounter, answered_attempts
from domain.ports.cloud import ProviderCall
from domain.ports.seller_port import BILLED_TO
from providers.factory import cloud_factory
from tests.support.clouds.http_handlers import HandlerLine
from tests.support.stories.parties import BILLING

KEY = "key-1"


def _call(status: int, code: str = "") -> ProviderCall:
    return ProviderCall(
        provider="seller",
        operation="checkout",
        key=KEY,
        request_digest="",
        status=status,
        code=code,
        text="",
        started_at=datetime(2026, 11, 30, tzinfo=UTC),
        duration_ms=1,
    )


@pytest.mark.parametrize(
    ("statuses", "answered"),
    [
        ([], 0),
        ([0], 0),
        ([0, 408, 504], 0),
        ([0, 401], 1),
        ([503, 429, 400], 3),
        ([200], 0),
        ([401, 200], 1),
        ([401, 200, 0, 503, 409], 1),
    ],
)
def test_answers_without_success_are_counted_up_to_the_first_success(
    statuses: list[int], answered: int
) -> None:
    """A time-out may have had its effect, and so has a success: both keep their id."""
    assert answered_attempts([_call(status) for status in statuses]).get(KEY, 0) == answered


def test_a_success_of_before_keeps_its_id_whatever_is_answered_now() -> None:
    """A cart whose answer the record lost is asked for again under its id, also after an expired token."""
    record = {KEY: [_call(503), _call(200)]}
    counter = AttemptCounter(lambda key: record.get(key, []))

    assert counter(KEY) == 1
    for status in (401, 503, 0):
        counter.observe(_call(status))
    assert counter(KEY) == 1


def test_the_record_is_asked_once_and_never_after_a_call() -> None:
    """What was asked in this attempt is saved on the way, and would be counted twice."""
    asked: list[str] = []

    def earlier(key: str) -> list[ProviderCall]:
        asked.append(key)
        return [_call(429)]

    counter = AttemptCounter(earlier)
    counter.observe(_call(503))
    assert asked == []
    assert counter(KEY) == 1
    counter.observe(_call(503))
    assert counter(KEY) == 2
    assert asked == [KEY]


def test_a_success_that_holds_an_error_is_an_answer() -> None:
    """A cart whose lines can't be ordered is a refusal, whatever its status says."""
    assert answered_attempts([_call(200, "2000")])[KEY] == 1
    assert answered_attempts([_call(200, "UNREADABLE")])[KEY] == 0


def test_an_id_is_the_key_until_the_first_answer() -> None:
    """What older versions have sent is the same id, so that a switch which runs repeats it."""
    ids = [attempt_id_of_key(KEY, number) for number in range(3)]

    assert ids[0] == KEY
    assert len(set(ids)) == 3
    assert ids[1] == attempt_id_of_key(KEY, 1)


def test_the_seller_gets_a_new_id_after_an_answer_and_the_record_keeps_the_key() -> None:
    """An expired token is an answer: the repeated call has another id, under the same key."""
    sent: list[str] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET":
            return httpx2.Response(200, json=BILLING)
        sent.append(request.headers["MS-RequestId"])
        if len(sent) == 1:
            raise httpx2.ReadTimeout("silent")
        return httpx2.Response(401 if len(sent) == 2 else 200, json=BILLING)

    calls: list[ProviderCall] = []
    build, _close = cloud_factory("http://cloud.test", line=HandlerLine(handler))
    parties = build(calls.append).parties
    with pytest.raises(ProviderUnavailable):
        parties.change_party("contoso", BILLED_TO, {}, key=KEY)
    parties.change_party("contoso", BILLED_TO, {}, key=KEY)

    assert sent == [KEY, KEY, attempt_id_of_key(KEY, 1)]
    assert [call.key for call in calls if call.key] == [KEY, KEY, KEY]


def test_what_the_record_has_counts() -> None:
    """A step that begins again goes on with the ids of its earlier attempts."""
    sent: list[str] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        sent.append(request.headers.get("MS-RequestId", ""))
        return httpx2.Response(200, json=BILLING)

    build, _close = cloud_factory("http://cloud.test", line=HandlerLine(handler))
    cloud = build(lambda _call: None, lambda _operation: None, {KEY: 2}.__getitem__)
    cloud.parties.change_party("contoso", BILLED_TO, {}, key=KEY)

    assert sent == ["", attempt_id_of_key(KEY, 2)]
