"""What the calls of one attempt may have done (ADR 16)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from activities.base.call_journal import CallJournal
from domain.ports.cloud import ProviderCall
from store.core.rows import may_have_acted


def call(status: int, key: str = "k") -> ProviderCall:
    """Return a call that was answered so."""
    return ProviderCall(
        provider="seller",
        operation="cancel_subscription",
        key=key,
        request_digest="d",
        status=status,
        code="",
        text="",
        started_at=datetime(2026, 11, 2, tzinfo=UTC),
        duration_ms=1,
    )


@pytest.mark.parametrize("status", [0, 200, 202, 408, 409, 425, 500, 503])
def test_whatever_is_not_refused_for_certain_may_have_acted(status: int) -> None:
    """No answer, a server's error, a conflict and a request to wait prove nothing (architecture 4)."""
    assert may_have_acted(call(status))
    assert not may_have_acted(call(status, key="")), "a read changes nothing"


@pytest.mark.parametrize("status", [400, 403, 404, 422, 429])
def test_a_refusal_has_not_acted(status: int) -> None:
    """The provider read the request and said no, or did not take it."""
    assert not may_have_acted(call(status))


def test_the_journal_tells_of_the_calls_since_the_last_drain() -> None:
    """One call that may have acted is enough; what was stored before does not count."""
    journal = CallJournal(list)
    journal.observe(call(200))
    assert journal.may_have_acted()
    journal.drain()

    journal.observe(call(400))
    assert not journal.may_have_acted()

    journal.observe(call(0, key="another"))
    assert journal.may_have_acted()
