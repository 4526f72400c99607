"""What the board shows of a request that waits: its time, and a question about its price.

See rules#scheduled-starts and rules#a-price-that-has-changed.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.kernel.money import Money
from domain.kernel.recorded import Meta
from domain.quote.quote import quote
from domain.requests.eligibility_wait import most_of
from domain.requests.wait_changes import PRICE_ASKED, Excess
from domain.requests.wait_events import EligibilityWait
from domain.requests.wait_terms import WaitTerms
from projections.board.rows import BoardRow
from projections.board.waits import CHANGES, with_wait
from tests.support.stories import quote_inputs

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
META = Meta(switch_id="s-1", organization_id="contoso", actor="olga", reason="grow", causation="request:r-1")
TERMS = WaitTerms(
    until=NOW + timedelta(days=60),
    total_at_most=Money(minor_units=10_000, currency="EUR"),
    forfeited_at_most=Money.zero("EUR"),
)
REASON = {"code": "SERVICE_UNHEALTHY", "message": "Exchange Online is broken.", "remedy": "Wait for it."}
INSTANT = {"start_on": "2026-12-24", "start_at": "2026-12-24T18:00:00+01:00"}


def waiting(**order: str) -> EligibilityWait:
    """Return a request that waits."""
    asked = {"request_id": "r-1", "quote_digest": "d", "source_subscription_id": "s", "target_plan_id": "E3"}
    return EligibilityWait.begin(asked | order, TERMS, source_plan_id="E1", reasons=[], at=NOW, meta=META)


def looked(wait: EligibilityWait, *reasons: dict[str, Any]) -> None:
    """Record the answer of a look."""
    wait.note_look(reasons, assessment_stream_id="a-1", at=NOW, meta=META)


def asked(wait: EligibilityWait) -> bool:
    """Ask about a price, and return whether that is news."""
    now = quote(quote_inputs.terms())
    more = Excess(total=most_of(now), accepted=TERMS.total_at_most, words="more")
    return wait.ask_price(now, more, message="It takes more.", at=NOW, meta=META)


def board(wait: EligibilityWait) -> BoardRow:
    """Return the board's row after all events of a wait."""
    row = BoardRow(switch_id="s-1", organization_id="contoso", updated_at=NOW)
    for event in wait.pending_events:
        change = CHANGES.get(type(event))
        row = with_wait(row, change(row, event), event) if change else row
    return row


def test_a_stated_instant_is_shown_before_anybody_changes_it() -> None:
    """Its time of day stands on the board from the begin on, and after a look that finds nothing."""
    wait = waiting(**INSTANT)
    wait.schedule(date(2026, 12, 24), not_before=NOW + timedelta(days=32), at=NOW, meta=META)
    first = board(wait)
    looked(wait)

    assert first.waits_for == "its time, 2026-12-24 18:00 (UTC+01:00)"
    assert board(wait).waits_for == first.waits_for
    assert board(waiting(quiet_hours="22:00-06:00")).waits_for == "its time, in quiet hours 22:00-06:00"
    assert board(waiting()).waits_for == "the switch to begin"


def test_a_question_stands_after_a_look_that_finds_nothing_new() -> None:
    """Somebody looks, the price is the same: it still waits for an answer, and says how to give it."""
    wait = waiting()
    is_news = asked(wait)
    looked(wait)
    is_news_again = asked(wait)
    row = board(wait)

    assert (is_news, is_news_again) == (True, False)
    assert (row.error_code, row.waits_for) == (PRICE_ASKED, "an operator: the price has changed")
    assert row.wait_names == ["It takes more."]
    assert "planswitch schedule accept" in row.wait_remedy


def test_a_reason_ends_a_question_which_is_asked_anew_after_it() -> None:
    """While something is in the way nobody is asked; once it has cleared, the same price is asked about."""
    wait = waiting()
    asked(wait)
    looked(wait, REASON)
    blocked, question = board(wait), wait.price
    looked(wait)
    is_news = asked(wait)

    assert (blocked.error_code, question) == ("SERVICE_UNHEALTHY", None)
    assert is_news
    assert board(wait).error_code == PRICE_ASKED
