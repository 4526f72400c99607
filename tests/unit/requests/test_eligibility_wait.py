"""The pure rules of waiting: until when, when to look again, and for how much (rules#waiting)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.eligibility.eligibility import Assessment
from domain.kernel.errors import InvalidInput, RuleViolated
from domain.kernel.money import Money
from domain.kernel.recorded import Meta
from domain.quote.quote import quote
from domain.quote.quote_input import QUOTE_DAYS_DEFAULT
from domain.reasons.reasons import AFTER_FIX, AT, AUTOMATIC, EVENT, NEVER, Reason, Retry
from domain.requests.eligibility_wait import (
    LAST_LOOK,
    POLL_MAX,
    SOON,
    WAIT_DAYS_MAX,
    amount_of,
    beyond,
    deadline_of,
    most_of,
    next_look_at,
    standing_for_ever,
    terms_of,
)
from domain.requests.wait_events import EligibilityWait
from domain.requests.wait_terms import WaitTerms
from domain.switch.stage import Stage
from tests.support.stories import eligibility_inputs, quote_inputs

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
FAR = NOW + timedelta(days=90)
BERLIN = "Europe/Berlin"
META = Meta(switch_id="s-1", organization_id="contoso", actor="olga", reason="grow", causation="request:r-1")


def blocked(*kinds: str, at: datetime | None = None, code: str = "ANY") -> Assessment:
    """Return an answer with one reason of each kind."""
    reasons = tuple(
        Reason(
            code=code,
            blocks=(AUTOMATIC,),
            stages=(),
            retry=Retry(kind=kind, at=at if kind == AT else None),
        )
        for kind in kinds
    )
    return replace(eligibility_inputs.answer(), reasons=reasons, at=NOW)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("2026-12-24", "2026-12-24T23:00:00+00:00"),
        ("2026-12-24T18:00", "2026-12-24T17:00:00+00:00"),
        ("2026-12-24T18:00:00Z", "2026-12-24T18:00:00+00:00"),
        (" 2027-03-27 ", "2027-03-27T23:00:00+00:00"),
        ("2027-03-28", "2027-03-28T22:00:00+00:00"),
    ],
)
def test_a_deadline_is_read_by_the_organizations_clocks(text: str, until: str) -> None:
    """A date is meant to its end, an instant without an offset is local, summer time counts."""
    assert deadline_of(text, time_zone=BERLIN, now=NOW) == datetime.fromisoformat(until)


@pytest.mark.parametrize(
    ("text", "now", "until"),
    [
        ("2027-03-28T02:30", NOW, "2027-03-28T01:30:00+00:00"),
        ("2026-10-25T02:30", NOW - timedelta(days=60), "2026-10-25T00:30:00+00:00"),
        ("2026-10-25T02:30+01:00", NOW - timedelta(days=60), "2026-10-25T01:30:00+00:00"),
    ],
)
def test_a_deadline_on_a_day_of_a_clock_change(text: str, now: datetime, until: str) -> None:
    """Skipped: as much later; shown twice: the first, unless its offset says which (rules#clock-changes)."""
    assert deadline_of(text, time_zone=BERLIN, now=now) == datetime.fromisoformat(until)


@pytest.mark.parametrize("text", ["2026-11-21", "2026-11-22T09:00Z", "2027-06-01", "soon", "", "2026-13-01"])
def test_a_deadline_that_can_not_be_is_refused(text: str) -> None:
    """Past, further than 180 days, or no date: refused, with the last date that is allowed."""
    with pytest.raises(InvalidInput, match="2027-05-21"):
        deadline_of(text, time_zone=BERLIN, now=NOW)
    assert NOW + timedelta(days=WAIT_DAYS_MAX) == datetime(2027, 5, 21, 9, 0, tzinfo=UTC)


def test_gaps_grow_to_four_hours() -> None:
    """What an event or a fix clears is asked for after 5, 10, 20 ... minutes, up to 4 hours."""
    answer = blocked(EVENT, AFTER_FIX)

    gaps = [
        (next_look_at(answer, AUTOMATIC, quiet_looks=quiet, until=FAR) - NOW).total_seconds() / 60
        for quiet in (0, 1, 2, 3, 4, 5, 6, 2000)
    ]

    assert gaps == [5, 10, 20, 40, 80, 160, 240, 240]
    assert timedelta(minutes=gaps[-1]) == POLL_MAX


def test_told_instants_are_waited_for() -> None:
    """Where every reason names its instant, that is the next look; one that has passed comes soon."""
    later = NOW + timedelta(days=20)

    assert next_look_at(blocked(AT, at=later), AUTOMATIC, quiet_looks=5, until=FAR) == later
    assert next_look_at(blocked(AT, at=NOW), AUTOMATIC, quiet_looks=5, until=FAR) == NOW + SOON
    mixed = next_look_at(blocked(AT, EVENT, at=later), AUTOMATIC, quiet_looks=0, until=FAR)
    assert mixed == NOW + timedelta(minutes=5)
    assert next_look_at(blocked(AT), AUTOMATIC, quiet_looks=0, until=FAR) == NOW + timedelta(minutes=5)


def test_a_last_look_comes_before_the_end() -> None:
    """What clears late is found: a look comes five minutes before the deadline, and none after it."""
    until = NOW + timedelta(hours=3)
    late = NOW + timedelta(minutes=3)

    assert next_look_at(blocked(EVENT), AUTOMATIC, quiet_looks=9, until=until) == until - LAST_LOOK
    assert next_look_at(blocked(EVENT), AUTOMATIC, quiet_looks=9, until=late) == late


def test_a_last_look_comes_before_quiet_hours_close() -> None:
    """What clears late in a window starts in it; close to its end the usual look follows."""
    closes_at = NOW + timedelta(minutes=20)
    at = [
        next_look_at(blocked(EVENT), AUTOMATIC, quiet_looks=quiet, until=FAR, closes_at=closes_at)
        for quiet in (0, 1, 2, 6)
    ]
    near = next_look_at(
        blocked(EVENT), AUTOMATIC, quiet_looks=6, until=FAR, closes_at=NOW + timedelta(minutes=4)
    )

    assert [(each - NOW).total_seconds() / 60 for each in at] == [5, 10, 15, 15]
    assert near == NOW + POLL_MAX


@pytest.mark.parametrize(
    ("answer", "caller", "stands"),
    [
        (blocked(EVENT, AT, AFTER_FIX), "", 0),
        (blocked(EVENT, NEVER), "", 1),
        (blocked(AFTER_FIX, code="CUSTOM_DOMAIN_REVIEW"), "ada", 1),
        (blocked(AFTER_FIX, code="INVOICE_BELOW_MINIMUM"), "ada", 1),
        (blocked(AFTER_FIX, code="WRONG_ROLE"), "", 1),
        (blocked(AFTER_FIX, code="WRONG_ROLE"), "ada", 0),
    ],
)
def test_some_reasons_stand_for_ever(answer: Assessment, caller: str, stands: int) -> None:
    """NEVER, and what only another request clears; a role that is read at each look may change."""
    found = standing_for_ever(answer, AUTOMATIC, is_caller_known=bool(caller))

    assert len(found) == stands


def terms(**changes: Any) -> WaitTerms:
    """Return what is accepted by waiting for a month with the example's quote."""
    shown = quote(quote_inputs.terms())
    facts: dict[str, Any] = {"time_zone": BERLIN, "total_at_most": None, **changes}
    until = datetime.combine(shown.input.quoted_on, NOW.timetz()) + timedelta(days=30)
    return terms_of(shown, until, **facts)


def test_time_alone_never_breaks_the_bound() -> None:
    """Asked again on any day of the wait, with the same prices, the quote stays within the bound."""
    shown, accepted = quote(quote_inputs.terms()), terms()
    period_end = shown.input.billed.period_end_on
    days = min((period_end - shown.input.quoted_on).days - 1, 30)
    assert days > QUOTE_DAYS_DEFAULT

    for number in range(days):
        on = shown.input.quoted_on + timedelta(days=number)
        later = quote(
            replace(
                shown.input,
                quoted_on=on,
                order_on=on,
                expires_on=on + timedelta(days=QUOTE_DAYS_DEFAULT),
            )
        )
        assert beyond(accepted, later) == ""


def test_a_higher_price_is_beyond_the_bound() -> None:
    """A new price, more licenses, or another currency: more than was accepted, in words."""
    shown, accepted = quote(quote_inputs.terms()), terms()
    price = shown.input.target_unit_price
    dearer = quote(replace(shown.input, target_unit_price=price + price))

    assert beyond(accepted, shown) == ""
    assert "at most was accepted" in beyond(accepted, dearer)
    assert "currency" in beyond(
        replace(accepted, total_at_most=Money(minor_units=10**9, currency="JPY")), shown
    )
    lost = replace(accepted, forfeited_at_most=Money(minor_units=-1, currency="EUR"))
    assert "prepaid value" in beyond(lost, shown)


def test_an_operator_may_set_the_bound() -> None:
    """A bound of one's own counts, unless the shown quote takes more already."""
    least = most_of(quote(quote_inputs.terms()))
    text = f"{least.minor_units / 100:.2f}"

    assert terms(total_at_most=text).total_at_most == least
    with pytest.raises(InvalidInput, match=str(least)):
        terms(total_at_most="0.01")


@pytest.mark.parametrize(
    ("text", "currency", "minor_units"), [("476.39", "EUR", 47639), ("5", "JPY", 5), ("1.234", "KWD", 1234)]
)
def test_amounts_are_read_exactly(text: str, currency: str, minor_units: int) -> None:
    """A decimal amount becomes minor units of its currency, never through a float."""
    assert amount_of(text, currency).minor_units == minor_units


@pytest.mark.parametrize("text", ["much", "", "1.001", "-5", "NaN", "Infinity", "1e999999999"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    """Words, too many digits, less than nothing, and no numbers are refused with an example."""
    with pytest.raises(InvalidInput, match="EUR"):
        amount_of(text, "EUR")


def begun() -> EligibilityWait:
    """Return a wait that has begun."""
    return EligibilityWait.begin(
        {"request_id": "r-1"}, terms(), source_plan_id="e1", reasons=[], at=NOW, meta=META
    )


def test_a_wait_ends_once() -> None:
    """The first end counts; nothing is looked at afterwards."""
    wait = begun()
    first = wait.end(Stage.EXPIRED, code="c", message="m", remedy="r", at=NOW, meta=META)

    again = wait.end(Stage.CANCELLED, code="", message="", remedy="", at=NOW, meta=META)

    assert again == first
    assert again.outcome == Stage.EXPIRED
    with pytest.raises(RuleViolated, match="ended as expired"):
        wait.note_look([], assessment_stream_id="", at=NOW, meta=META)
