"""The rules of the credit check: which wait, which answer counts, who may extend (rules#credit-check)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from activities.credit.business_calendar import business_calendar
from domain.catalog.rule_sets import rule_set
from domain.kernel.calendar import BusinessCalendar
from domain.kernel.errors import InvalidInput, RuleViolated
from domain.kernel.money import Money
from domain.organizations.organization import Organization
from domain.switch import events
from domain.switch.credit import (
    credit_deadlines,
    extended_deadline,
    may_need_credit_check,
    rule_on_decision,
    rule_on_extension,
    verdict_of,
)
from domain.switch.stage import Stage
from tests.support.stories import eligibility_inputs, samples
from tests.support.stories.aggregate_stories import advance, at, events_of, facts_of, meta_of, source_at

PLAIN = BusinessCalendar(time_zone="Europe/Berlin", holidays=frozenset())
BERLIN = ZoneInfo("Europe/Berlin")


def _required(**changes: object) -> events.CreditCheckRequired:
    facts: dict[str, Any] = {
        "reminder_at": datetime(2026, 11, 25, 9, tzinfo=UTC),
        "deadline_at": datetime(2026, 11, 26, 9, tzinfo=UTC),
        "cap_at": datetime(2026, 12, 8, 9, tzinfo=UTC),
        "time_zone": "Europe/Berlin",
        "holidays": [],
        "cut_off_hour": None,
        **changes,
    }
    source = source_at(Stage.ORDERED)
    advance(source, events.CreditCheckRequired, **facts)
    found = source.switch(samples.SWITCH_ID).of(events.CreditCheckRequired)
    assert found is not None
    return found


def test_old_rule_set_waits_fourteen_calendar_days() -> None:
    """Rule set `2014`: the wait is 14 days long and is its own cap; clocks that change do not move it."""
    start = datetime(2026, 10, 20, 10, tzinfo=BERLIN)

    deadlines = credit_deadlines(start, PLAIN, rule_set("2014"))

    assert deadlines.reminder_at == datetime(2026, 10, 27, 10, tzinfo=BERLIN)
    assert deadlines.deadline_at == deadlines.cap_at == datetime(2026, 11, 3, 10, tzinfo=BERLIN)


def test_cap_is_fourteen_calendar_days() -> None:
    """Whatever the deadline, the order is void by itself after 14 days."""
    start = datetime(2026, 11, 24, 10, tzinfo=BERLIN)

    assert credit_deadlines(start, PLAIN, rule_set("current")).cap_at == start + timedelta(days=14)


def test_cap_counts_from_the_order() -> None:
    """A check that the seller asks for two days late does not put off the end: 14 days after the order."""
    ordered_at = datetime(2026, 11, 24, 10, tzinfo=BERLIN)

    deadlines = credit_deadlines(
        ordered_at + timedelta(days=2), PLAIN, rule_set("current"), ordered_at=ordered_at
    )

    assert deadlines.deadline_at == ordered_at + timedelta(days=6)
    assert deadlines.cap_at == ordered_at + timedelta(days=14)


def test_deadline_is_never_after_the_cap() -> None:
    """Where an organization closes for three weeks, the cap ends the wait."""
    closed = frozenset(date(2026, 12, 1) + timedelta(days=number) for number in range(24))
    start = datetime(2026, 11, 30, 10, tzinfo=BERLIN)

    deadlines = credit_deadlines(start, replace(PLAIN, holidays=closed), rule_set("current"))

    assert deadlines.reminder_at == deadlines.deadline_at == deadlines.cap_at
    assert len(deadlines.holidays) == 14


def test_demo_waits_seconds() -> None:
    """Rule set `demo`: reminder, deadline and cap are seconds away, in this order."""
    start = datetime(2026, 11, 29, 23, 59, 58, tzinfo=UTC)

    deadlines = credit_deadlines(start, PLAIN, rule_set("demo"))

    instants = (deadlines.reminder_at, deadlines.deadline_at, deadlines.cap_at)
    assert [(instant - start).total_seconds() for instant in instants] == [3, 6, 12]


def test_working_weekend_day_counts() -> None:
    """Where people work on a Saturday instead of another day, it is a business day."""
    budapest = eligibility_inputs.profile(country="HU", subdivision=None, time_zone="Europe/Budapest")
    calendar = business_calendar(budapest, [2026]).calendar

    assert calendar.is_business_day(date(2026, 8, 8))
    assert not calendar.is_business_day(date(2026, 8, 15))


@pytest.mark.parametrize(
    ("country", "subdivision", "source"),
    [("DE", "BE", "DE-BE"), ("DE", "XX", "DE"), ("DE", None, "DE"), ("QQ", "X", "without QQ")],
)
def test_record_names_where_holidays_were_read(country: str, subdivision: str | None, source: str) -> None:
    """An unknown subdivision falls back to its country, an unknown country to weekends alone."""
    place = eligibility_inputs.profile(country=country, subdivision=subdivision)

    sourced = business_calendar(place, [2026, 2027])

    assert sourced.source.endswith(f" {source}")
    assert (date(2026, 12, 25) in sourced.calendar.holidays) == (country == "DE")


@pytest.mark.parametrize(
    ("now", "days", "expected"),
    [
        (datetime(2026, 11, 25, 9, tzinfo=UTC), 1, datetime(2026, 11, 27, 9, tzinfo=UTC)),
        (datetime(2026, 11, 25, 9, tzinfo=UTC), 2, datetime(2026, 11, 30, 9, tzinfo=UTC)),
        (datetime(2026, 12, 1, 15, tzinfo=UTC), 2, datetime(2026, 12, 3, 15, tzinfo=UTC)),
        (datetime(2026, 12, 8, 8, tzinfo=UTC), 2, datetime(2026, 12, 8, 9, tzinfo=UTC)),
    ],
)
def test_extension_counts_from_the_deadline_or_from_now(now: datetime, days: int, expected: datetime) -> None:
    """Before the deadline it counts from there, in the hold from now, and never beyond the cap."""
    assert extended_deadline(_required(), now, days, rule_set("current")) == expected


def test_extension_uses_the_stored_holidays() -> None:
    """A newer list of holidays changes nothing: the event's own days off count."""
    required = _required(holidays=[date(2026, 11, 27)])

    extended = extended_deadline(required, required.reminder_at, 1, rule_set("current"))

    assert extended == datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.mark.parametrize("days", [0, 3, -1])
def test_extension_is_one_or_two_days(days: int) -> None:
    """Other lengths are refused."""
    with pytest.raises(InvalidInput, match="days"):
        extended_deadline(_required(), at(), days, rule_set("current"))


@pytest.mark.parametrize(
    ("method", "total", "expected"),
    [("invoice", 1, True), ("card", 499_999, False), ("card", 500_000, True)],
)
def test_quote_tells_that_a_check_may_come(method: str, total: int, *, expected: bool) -> None:
    """By invoice, or from the rule set's threshold on, the seller may ask for a check."""
    money = Money(minor_units=total, currency="EUR")

    assert may_need_credit_check(method, money, rule_set("current")) is expected
    assert not may_need_credit_check("card", Money(minor_units=10**9, currency="NOK"), rule_set("current"))


def test_first_decision_counts() -> None:
    """The same decision or an agreeing one is accepted without a second event; another verdict is refused."""
    source = source_at(Stage.CREDIT_CHECK)
    state = source.switch(samples.SWITCH_ID)
    assert rule_on_decision(state, "d-1", "approved").is_new

    advance(source, events.CreditCheckApproved, decision_id="d-1")
    again = rule_on_decision(state, "d-1", "approved")
    agreeing = rule_on_decision(state, "d-2", "approved")
    against = rule_on_decision(state, "d-3", "declined")

    assert [ruling.is_new for ruling in (again, agreeing, against)] == [False, False, False]
    assert [ruling.is_accepted for ruling in (again, agreeing, against)] == [True, True, False]
    assert against.verdict == "approved"
    assert "was approved" in against.message


def test_declined_check_can_not_be_approved() -> None:
    """A decline is final although the order is not void yet."""
    source = source_at(Stage.CREDIT_OVERDUE)
    advance(source, events.CreditCheckDeclined, decision_id="d-1")

    ruling = rule_on_decision(source.switch(samples.SWITCH_ID), "d-2", "approved")

    assert (ruling.is_accepted, ruling.verdict) == (False, "declined")


@pytest.mark.parametrize("stage", [Stage.ORDERED, Stage.READY, Stage.MOVING, Stage.COMPLETED])
def test_decision_that_nobody_waits_for_is_refused(stage: str) -> None:
    """Outside of the wait no decision and no extension counts."""
    state = source_at(stage).switch(samples.SWITCH_ID)

    assert not rule_on_decision(state, "d-1", "approved").is_accepted
    assert not rule_on_extension(state, "e-1", asked_at=at()).is_accepted
    assert verdict_of(state) == ""


def test_expired_wait_takes_no_answer() -> None:
    """After the cap neither a decision nor an extension counts."""
    source = source_at(Stage.CREDIT_OVERDUE)
    advance(source, events.CreditCheckExpired)
    state = source.switch(samples.SWITCH_ID)

    assert verdict_of(state) == "expired"
    assert not rule_on_decision(state, "d-1", "approved").is_accepted
    assert not rule_on_extension(state, "e-1", asked_at=at()).is_accepted


@pytest.mark.parametrize(("seconds", "counts"), [(-1, True), (0, False), (1, False)])
def test_operator_counts_until_the_cap(seconds: int, *, counts: bool) -> None:
    """From the cap on no operator counts, even before its passing is recorded; the bureau still does."""
    source = source_at(Stage.ORDERED)
    advance(source, events.CreditCheckRequired, reminder_at=at(10), deadline_at=at(20), cap_at=at(1000))
    state = source.switch(samples.SWITCH_ID)
    instant = at(1000 + seconds)

    decision = rule_on_decision(state, "d-1", "approved", operator_at=instant)
    extension = rule_on_extension(state, "e-1", asked_at=instant)

    assert (decision.is_accepted, extension.is_accepted) == (counts, counts)
    assert ("too late" in decision.message) is not counts
    assert rule_on_decision(state, "d-2", "approved").is_new
    assert verdict_of(state) == ""


def test_same_decision_with_another_verdict_is_refused() -> None:
    """One decision cannot say two things: its id does not make a contradiction agree."""
    source = source_at(Stage.CREDIT_CHECK)
    advance(source, events.CreditCheckApproved, decision_id="d-1")

    ruling = rule_on_decision(source.switch(samples.SWITCH_ID), "d-1", "declined")

    assert (ruling.is_accepted, ruling.verdict) == (False, "approved")
    assert "by this very decision" in ruling.message


def test_wait_up_to_the_cap_can_not_be_extended() -> None:
    """Where the wait itself lasts until the cap (rule set `2014`), an extension would give nothing."""
    source = source_at(Stage.ORDERED)
    end = at(1000)
    advance(source, events.CreditCheckRequired, reminder_at=at(10), deadline_at=end, cap_at=end)

    ruling = rule_on_extension(source.switch(samples.SWITCH_ID), "e-1", asked_at=at(20))

    assert not ruling.is_accepted
    assert "until its cap" in ruling.message


def test_unknown_verdict_is_refused() -> None:
    """Only approved and declined are verdicts."""
    with pytest.raises(InvalidInput, match="verdict"):
        rule_on_decision(source_at(Stage.CREDIT_CHECK).switch(samples.SWITCH_ID), "d", "maybe")


def test_wait_is_extended_once() -> None:
    """The same request again is accepted, a second one is not."""
    source = source_at(Stage.CREDIT_OVERDUE)
    state = source.switch(samples.SWITCH_ID)
    assert rule_on_extension(state, "e-1", asked_at=at()).is_new

    advance(source, events.CreditCheckExtended, request_id="e-1")

    assert rule_on_extension(state, "e-1", asked_at=at()).is_accepted
    assert not rule_on_extension(state, "e-1", asked_at=at()).is_new
    assert not rule_on_extension(state, "e-2", asked_at=at()).is_accepted


def _organization() -> Organization:
    organization = Organization.register(samples.ORGANIZATION_ID, at=at(), meta=meta_of())
    organization.reserve_switch(
        samples.SWITCH_ID, source_stream_id="s", promised_end=at(600), at=at(), meta=meta_of()
    )
    return organization


def test_commerce_lock_is_taken_and_freed_once() -> None:
    """Locking and unlocking again changes nothing; administration stays open."""
    names = events_of(
        _organization(),
        *[lambda each: each.lock_commerce(samples.SWITCH_ID, promised_end=at(9), at=at(), meta=meta_of())]
        * 2,
        *[lambda each: each.unlock_commerce(samples.SWITCH_ID, at=at(), meta=meta_of())] * 2,
    )

    assert names == ["CommerceLocked", "CommerceUnlocked"]


def test_commerce_lock_is_for_the_live_switch() -> None:
    """Another switch can neither lock commerce nor free it."""
    organization = _organization()
    with pytest.raises(RuleViolated, match="not the live switch"):
        organization.lock_commerce("other", promised_end=at(9), at=at(), meta=meta_of("other"))
    organization.lock_commerce(samples.SWITCH_ID, promised_end=at(9), at=at(), meta=meta_of())

    organization.unlock_commerce("other", at=at(), meta=meta_of("other"))

    assert organization.commerce_lock is not None


def test_samples_fit_the_events() -> None:
    """The event that begins a wait stores what its deadlines were computed with."""
    facts = facts_of(events.CreditCheckRequired)

    assert {"time_zone", "weekend", "holidays", "cut_off_hour", "working_weekend_days", "calendar"} <= set(
        facts
    )
