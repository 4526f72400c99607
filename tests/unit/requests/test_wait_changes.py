"""A request that waits is changed, asks about a price, and is answered, as it is recorded.

See rules#scheduled-starts and rules#a-price-that-has-changed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.kernel.errors import InvalidInput, RuleViolated
from domain.kernel.money import Money
from domain.kernel.recorded import Meta
from domain.periods.next_term import NextTerm
from domain.quote.quote import quote
from domain.quote.quote_input import QuoteInput
from domain.requests.eligibility_wait import (
    beyond,
    dearer,
    most_of,
    most_until,
    terms_of,
    tolerance_of,
    with_tolerance,
)
from domain.requests.schedule import not_before, require_later_instant, start_date, terms_on
from domain.requests.start_times import StartTerms
from domain.requests.terms import SwitchOptions
from domain.requests.wait_changes import Excess, WaitChange
from domain.requests.wait_events import EligibilityWait, PriceAsked, StartRescheduled
from domain.requests.wait_terms import WaitTerms
from tests.support.stories import eligibility_inputs, quote_inputs

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
BERLIN = "Europe/Berlin"
META = Meta(switch_id="s-1", organization_id="contoso", actor="olga", reason="grow", causation="command:c-1")
TERMS = WaitTerms(
    until=NOW + timedelta(days=3),
    total_at_most=Money(minor_units=10_000, currency="EUR"),
    forfeited_at_most=Money.zero("EUR"),
)
FACTS = eligibility_inputs.facts(source=eligibility_inputs.subscription(), now=NOW)


def waiting(**order: str) -> EligibilityWait:
    """Return a request that waits."""
    asked = {"request_id": "r-1", "quote_digest": "d", **order}
    return EligibilityWait.begin(asked, TERMS, source_plan_id="E1", reasons=[], at=NOW, meta=META)


def excess(total: Money) -> Excess:
    """Return a total that is more than was accepted."""
    return Excess(total=total, accepted=TERMS.total_at_most, words="more")


def test_a_change_binds_what_is_accepted_with_it() -> None:
    """Start, end and bound are those of the change; its request id is known from then on."""
    wait = waiting(start_on="2026-12-01")
    start = StartTerms(start_on="2026-12-24", quiet_hours="22:00-06:00")
    terms = WaitTerms(
        until=NOW + timedelta(days=40),
        total_at_most=Money(minor_units=12_000, currency="EUR"),
        forfeited_at_most=Money.zero("EUR"),
        not_before=NOW + timedelta(days=31),
    )

    before = wait.start
    shown = quote(quote_inputs.terms())
    wait.reschedule(start, terms, request_id="c-1", tolerance_percent="2", quote=shown, at=NOW, meta=META)
    (changed,) = [each for each in wait.pending_events if isinstance(each, StartRescheduled)]

    assert before == StartTerms(start_on="2026-12-01")
    assert (wait.start, wait.terms) == (start, terms)
    assert wait.changes == {"c-1": WaitChange(start=start, quote_digest=shown.digest)}
    assert (changed.start_on, changed.quote_digest) == (date(2026, 12, 24), shown.digest)
    assert (wait.tolerance, wait.quote) == ("2", shown.as_facts())


def test_a_price_is_asked_about_once_and_accepted_once() -> None:
    """The same price is no new question; a change or an answer ends it; without one nothing is accepted."""
    wait, now = waiting(), quote(quote_inputs.terms())
    higher = Money(minor_units=most_of(now).minor_units + 1, currency="EUR")

    asked = [
        wait.ask_price(now, excess(total), message="more", at=NOW, meta=META)
        for total in (most_of(now), most_of(now), higher)
    ]
    question = wait.price
    wait.accept_price(TERMS, request_id="a-1", quote=now, at=NOW, meta=META)

    assert asked == [True, False, True]
    assert question is not None
    assert (question.total, question.total_at_most) == (higher, TERMS.total_at_most)
    assert question.answer_by == TERMS.until
    assert wait.price is None
    assert wait.changes == {"a-1": WaitChange(start=None, quote_digest=now.digest)}
    with pytest.raises(RuleViolated, match="No new price waits for an answer"):
        wait.accept_price(TERMS, request_id="a-2", quote=now, at=NOW, meta=META)


def test_what_is_confirmed_with_a_change_is_recorded_with_it() -> None:
    """A loss that is accepted with a change stands in its event, and binds from then on."""
    wait, now = waiting(), quote(quote_inputs.terms())
    facts: dict[str, Any] = {"quote": now, "at": NOW, "meta": META}
    before = wait.acknowledgments
    wait.reschedule(
        StartTerms(start_on="2026-12-01"),
        TERMS,
        request_id="c-1",
        tolerance_percent="0",
        acknowledgments=("forfeiture",),
        is_bound_stated=True,
        **facts,
    )
    changed = (wait.acknowledgments, wait.is_bound_stated)
    wait.ask_price(now, excess(most_of(now)), message="more", at=NOW, meta=META)
    wait.accept_price(TERMS, request_id="a-1", acknowledgments=("forfeiture", "overlap"), **facts)

    assert (before, changed) == ((), (("forfeiture",), True))
    assert (wait.acknowledgments, wait.is_bound_stated) == (("forfeiture", "overlap"), False)


def test_what_has_ended_is_not_changed() -> None:
    """Nothing is asked, accepted or changed any more."""
    wait, now = waiting(), quote(quote_inputs.terms())
    wait.end("cancelled", code="", message="", remedy="", at=NOW, meta=META)

    with pytest.raises(RuleViolated, match="has ended"):
        wait.reschedule(
            StartTerms(), TERMS, request_id="c", tolerance_percent="0", quote=now, at=NOW, meta=META
        )
    with pytest.raises(RuleViolated, match="has ended"):
        wait.ask_price(now, excess(most_of(now)), message="more", at=NOW, meta=META)
    assert not [each for each in wait.pending_events if isinstance(each, PriceAsked)]


@pytest.mark.parametrize(
    ("bound", "percent", "most"),
    [
        (10_000, "0", 10_000),
        (10_000, "2.5", 10_250),
        (9_999, "1", 10_098),
        (-10_000, "10", -9_000),
        (0, "50", 0),
        (10_000, "100", 20_000),
    ],
)
def test_a_tolerance_is_upward_and_rounded_down(bound: int, percent: str, most: int) -> None:
    """What is given back may be less by it as well; never a minor unit more than it says."""
    given = with_tolerance(Money(minor_units=bound, currency="EUR"), Decimal(percent))

    assert given.minor_units == most


@pytest.mark.parametrize("days", [0, 1, 9, 20, 45, 80])
def test_time_alone_makes_no_price_higher(days: int) -> None:
    """The accepted quote is computed for the day of now, renewals included: nothing to ask about."""
    accepted = quote(quote_inputs.terms())
    on = accepted.input.order_on + timedelta(days=days)

    assert dearer(accepted, quote(terms_on(accepted.input, on)), Decimal(0)) is None


def test_a_higher_price_is_found_on_the_day_of_now() -> None:
    """Another tax rate makes each day dearer, although the dearest day of the quote was accepted."""
    terms = quote_inputs.terms()
    accepted, now = quote(terms), quote(replace(terms, tax_rate=terms.tax_rate + Decimal("0.05")))
    by = dearer(accepted, now, Decimal(0))

    assert by is not None
    assert (by.total, by.accepted) == (now.days[0].total, accepted.days[0].total)
    assert "at most was accepted for that day" in by.words
    assert dearer(now, accepted, Decimal(0)) is None
    assert dearer(accepted, now, Decimal(100)) is None


@pytest.mark.parametrize("text", ["", "-1", "100.01", "101", "2.555", "NaN", "1e1", "5 %"])
def test_what_is_no_tolerance_is_refused(text: str) -> None:
    """A percentage from 0 to 100 with two decimals at most."""
    with pytest.raises(InvalidInput, match="a percentage from 0 to 100"):
        tolerance_of(text)


def test_a_bound_is_what_the_quote_ever_takes_with_its_tolerance() -> None:
    """Until the wait ends; one day takes its own quote, a stated bound neither (rules#scheduled-starts)."""
    shown, until = quote(quote_inputs.terms()), NOW + timedelta(days=90)
    most = most_until(shown, until, BERLIN)

    def bound(end: datetime, **asked: Any) -> Money:
        facts = {"total_at_most": None, **asked}
        return terms_of(shown, end, time_zone=BERLIN, **facts).total_at_most

    one_day = {"not_before": NOW, "tolerance_percent": "10"}
    assert most_of(shown) < most
    assert bound(until) == most
    assert bound(until, tolerance_percent="10") == with_tolerance(most, Decimal(10))
    assert bound(NOW + timedelta(hours=12), **one_day) == with_tolerance(most_of(shown), Decimal(10))
    assert bound(until, total_at_most="400", tolerance_percent="10").minor_units == 40_000
    with pytest.raises(InvalidInput, match="max_total"):
        bound(until, total_at_most="0.01", tolerance_percent="100")


def test_time_alone_asks_nothing_after_a_stated_instant() -> None:
    """What is late by some days counts days, renews, and stays within the bound of its wait."""
    at = datetime(2026, 12, 8, 17, 0, tzinfo=UTC)
    seconds: dict[str, Any] = {"policy": "per_second", "cutover_at": at, "time_zone": BERLIN}
    day = at.date()
    shown = quote(
        quote_inputs.terms(**seconds, quoted_on=day, order_on=day, expires_on=day + timedelta(days=7))
    )
    until = at + timedelta(days=3)
    accepted = terms_of(shown, until, time_zone=BERLIN, total_at_most=None, not_before=at)

    for number in (1, 2, 3):
        late = day + timedelta(days=number)
        days = replace(shown.input, policy="per_day", cutover_at=None)
        now = quote(terms_on(days, late))
        assert dearer(shown, now, Decimal(0)) is None
        assert beyond(accepted, now) == ""


@pytest.mark.parametrize(
    ("options", "day", "instant"),
    [
        (SwitchOptions(), None, None),
        (SwitchOptions(start_on="2026-12-24"), "2026-12-24", "2026-12-23T23:00"),
        (SwitchOptions(start_at="2026-12-24T18:00"), "2026-12-24", "2026-12-24T17:00"),
        (SwitchOptions(start_at="2026-12-24T23:30Z"), "2026-12-25", "2026-12-24T23:30"),
        (SwitchOptions(quiet_hours="22:00-06:00"), "2026-11-22", "2026-11-22T21:00"),
        (SwitchOptions(quiet_hours="08:00-09:00"), "2026-11-23", "2026-11-23T07:00"),
        (SwitchOptions(quiet_hours="09:00-11:00"), None, None),
        (SwitchOptions(start_on="2026-12-24", quiet_hours="22:00-06:00"), "2026-12-24", "2026-12-23T23:00"),
        (SwitchOptions(start_on="2026-12-24", quiet_hours="22:00-23:00"), "2026-12-24", "2026-12-24T21:00"),
    ],
)
def test_when_a_switch_starts(options: SwitchOptions, day: str | None, instant: str | None) -> None:
    """An instant has its day; a window opens next, or is open now; a day in quiet hours is both."""
    starts_on = start_date(options, quote_inputs.terms(), FACTS, is_day_known=False)

    assert str(starts_on) == str(day)
    if starts_on is not None and instant is not None:
        starts_at = not_before(options, starts_on, time_zone=BERLIN, now=NOW)
        assert starts_at == datetime.fromisoformat(instant).replace(tzinfo=UTC)


def test_quiet_hours_find_no_other_day_for_a_recorded_quote() -> None:
    """A start whose quote is fixed is not put off to the next window while it is being recorded."""
    options = SwitchOptions(quiet_hours="22:00-06:00")

    assert start_date(options, quote_inputs.terms(), FACTS, is_day_known=True) is None


def digest_of_start(terms: QuoteInput, options: SwitchOptions, *, is_day_known: bool) -> str:
    """Return the digest of the quote that a start takes, as the answer to a question computes it."""
    day = start_date(options, terms, FACTS, is_day_known=is_day_known)
    return quote(terms if day is None else terms_on(terms, max(day, terms.order_on))).digest


@pytest.mark.parametrize(
    "terms",
    [
        quote_inputs.terms(),
        quote_inputs.terms(is_prepaid=True),
        # It renews on the day of the start.
        quote_inputs.terms(
            billed=quote_inputs.billed(
                period_start_on=date(2026, 10, 22), period_end_on=date(2026, 11, 22), billing_day=22
            )
        ),
        quote_inputs.terms(next_term=NextTerm(begins_on=date(2026, 11, 22), is_renewed=True, quantity=8)),
    ],
    ids=["monthly", "prepaid", "renewal", "next term"],
)
@pytest.mark.parametrize("start_on", ["2026-11-22", "2026-11-20"])
def test_a_look_in_quiet_hours_quotes_as_the_start_after_it(terms: QuoteInput, start_on: str) -> None:
    """A look in the open window and the start that knows its day have one quote (rules#waiting)."""
    options = SwitchOptions(start_on=start_on, quiet_hours="09:00-11:00")

    look, start = (digest_of_start(terms, options, is_day_known=known) for known in (False, True))

    assert look == start


def test_quiet_hours_open_no_later_than_the_old_plan_ends() -> None:
    """A window that opens after the end of a plan that does not renew is refused, as its day would be."""
    ending = quote_inputs.terms(next_term=NextTerm(begins_on=date(2026, 11, 23), is_renewed=False))

    with pytest.raises(InvalidInput, match="the old plan does not renew") as refused:
        start_date(SwitchOptions(quiet_hours="08:00-09:00"), ending, FACTS, is_day_known=False)
    in_time = start_date(SwitchOptions(quiet_hours="22:00-23:00"), ending, FACTS, is_day_known=False)

    assert refused.value.message.startswith("quiet_hours is ")
    assert in_time == date(2026, 11, 22)


@pytest.mark.parametrize("at", [NOW, NOW - timedelta(days=1), NOW + timedelta(days=401)])
def test_an_instant_is_later_than_now_and_within_the_horizon(at: datetime) -> None:
    """Past, or further ahead than anybody schedules: refused with what is allowed."""
    require_later_instant("x", NOW + timedelta(seconds=1), now=NOW)
    with pytest.raises(InvalidInput, match="start_at is 'x'; allowed: an instant after now"):
        require_later_instant("x", at, now=NOW)
