"""Scheduling a switch: which day is meant, what its quote says, and what of it binds.

See cli#scheduling-a-switch.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.kernel.errors import InvalidInput
from domain.ports.billing_port import BookedLine
from domain.quote.quote import quote
from domain.quote.quote_input import QUOTE_DAYS_DEFAULT, QuoteInput
from domain.requests.eligibility_wait import beyond, deadline_of, end_of_day, most_of, terms_of
from domain.requests.schedule import (
    RENEWAL,
    SCHEDULE_DAYS_MAX,
    WITHOUT_FORFEITURE,
    period_on,
    renewal_on,
    require_later_day,
    start_day,
    terms_on,
)
from tests.support.stories import eligibility_inputs, quote_inputs
from tests.support.stories.quote_inputs import euros

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
BERLIN = "Europe/Berlin"
RENEWS_ON = date(2027, 11, 10)
YEAR = 365


def facts(**source: Any) -> Any:
    """Return what was seen, with some facts of the source changed."""
    return eligibility_inputs.facts(source=eligibility_inputs.subscription(**source), now=NOW)


def year(**changes: Any) -> QuoteInput:
    """Return the terms of a year that was paid in advance for ten licenses, left for five cheaper ones."""
    billed = quote_inputs.billed(
        billing_cycle="annual",
        unit_price=euros(10_800),
        paid=euros(108_000),
        period_end_on=RENEWS_ON,
    )
    usual = {
        "billed": billed,
        "billing_cycle": "annual",
        "target_unit_price": euros(9_600),
        "quantity_target": 5,
        "is_prepaid": True,
    }
    return quote_inputs.terms(**(usual | changes))


def test_a_date_is_taken_as_it_is() -> None:
    """An ISO date is that day; words are looked up; what is neither is refused with what is allowed."""
    terms = quote_inputs.terms()

    assert start_day(" 2026-12-24 ", terms, facts()) == date(2026, 12, 24)
    with pytest.raises(InvalidInput, match=r"2026-11-23 to 2027-12-27, without-forfeiture or renewal"):
        start_day("soon", terms, facts())


@pytest.mark.parametrize(
    ("days", "is_allowed"), [(-1, False), (0, False), (1, True), (SCHEDULE_DAYS_MAX, True), (401, False)]
)
def test_a_day_is_later_than_today_and_within_the_horizon(days: int, *, is_allowed: bool) -> None:
    """From tomorrow to 400 days ahead, by the organization's clocks; anything else is refused."""
    day = TODAY + timedelta(days=days)
    if is_allowed:
        require_later_day("x", day, time_zone=BERLIN, now=NOW)
    else:
        with pytest.raises(InvalidInput, match="start_on is 'x'"):
            require_later_day("x", day, time_zone=BERLIN, now=NOW)


def test_today_is_told_by_the_organizations_clocks() -> None:
    """At 23:30 UTC it is tomorrow in Berlin: that day has come there."""
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)

    require_later_day("x", date(2026, 11, 23), time_zone="UTC", now=late)
    with pytest.raises(InvalidInput):
        require_later_day("x", date(2026, 11, 23), time_zone=BERLIN, now=late)


def test_the_first_day_without_a_loss_is_the_one_that_the_quote_names() -> None:
    """Where the new plan costs less for as long, that is the renewal: until then some value would be lost."""
    terms = year()
    told = quote(terms).forfeiture
    assert told is not None

    assert start_day(WITHOUT_FORFEITURE, terms, facts()) == told.first_on_without == RENEWS_ON
    with pytest.raises(InvalidInput, match="nothing was paid in advance"):
        start_day(WITHOUT_FORFEITURE, quote_inputs.terms(), facts())
    with pytest.raises(InvalidInput, match="a switch of today"):
        start_day(WITHOUT_FORFEITURE, year(target_unit_price=euros(40_000)), facts())


def test_the_renewal_is_the_terms_where_the_seller_binds_and_the_periods_elsewhere() -> None:
    """New-commerce terms can be cancelled again at the term's renewal; legacy terms renew by the period."""
    billed = quote_inputs.billed()
    started = datetime(2026, 3, 9, 23, 0, tzinfo=UTC)
    bound = facts(term="P1Y", started_at=started, cancellable_until=started + timedelta(days=7))

    assert renewal_on(facts(), billed) == quote_inputs.END
    assert renewal_on(bound, billed) == date(2027, 3, 10)
    assert start_day(RENEWAL, quote_inputs.terms(), bound) == date(2027, 3, 10)


def test_a_later_day_is_quoted_with_the_period_that_billing_will_show() -> None:
    """After renewals a whole period is paid at today's price and licenses; before them nothing changes."""
    billed = quote_inputs.billed(paid=euros(7_000), credited=euros(500), quantity=11)

    same, renewed = period_on(billed, date(2026, 12, 9)), period_on(billed, date(2027, 1, 10))

    assert same == billed
    assert (renewed.period_start_on, renewed.period_end_on) == (date(2027, 1, 10), date(2027, 2, 10))
    assert (renewed.paid, renewed.credited) == (euros(9_900), euros(0))


def test_the_quote_of_a_day_is_the_quote_that_is_made_on_it() -> None:
    """Nothing but renewals happened: asked again on the day, digest and cents are the accepted ones."""
    day = date(2027, 2, 20)
    shown = quote(terms_on(quote_inputs.terms(), day))
    billed = quote_inputs.billed(period_start_on=date(2027, 2, 10), period_end_on=date(2027, 3, 10))
    on_the_day = quote_inputs.terms(
        billed=billed, quoted_on=day, order_on=day, expires_on=day + timedelta(days=QUOTE_DAYS_DEFAULT)
    )

    again = quote(terms_on(on_the_day, day))

    assert shown.digest == again.digest == quote(on_the_day).digest
    assert [each.on for each in shown.days] == [day + timedelta(days=number) for number in range(8)]


def test_what_was_booked_inside_a_period_ends_with_it() -> None:
    """Licenses that were added in a period are part of the next one's price, and no line of it."""
    line = BookedLine(amount=euros(9_000), from_on=quote_inputs.START, to_on=quote_inputs.END, quantity=10)
    terms = quote_inputs.terms(booked=(line,))

    assert terms_on(terms, date(2026, 12, 1)).booked == (line,)
    assert terms_on(terms, date(2026, 12, 10)).booked == ()


def test_scheduled_to_lose_nothing_nothing_is_lost_however_long_it_takes() -> None:
    """At the renewal the whole new year is given back; later days would lose some, so none of them binds."""
    shown = quote(terms_on(year(), RENEWS_ON))

    assert [each.on for each in shown.days] == [RENEWS_ON]
    assert (shown.forfeited_at_most, shown.days[0].credit) == (euros(0), euros(108_000))
    for days in (1, 5, 100):
        late = shown.day(RENEWS_ON + timedelta(days=days))
        assert late.forfeited == euros(0)
        assert late.paid == late.consumed + late.credit


def test_a_day_that_loses_something_says_so() -> None:
    """A day of one's own before the renewal is quoted with its loss, the most of which is its first day's."""
    shown = quote(terms_on(year(), date(2027, 5, 1)))

    assert shown.forfeited_at_most == shown.days[0].forfeited > euros(0)
    assert len(shown.days) == QUOTE_DAYS_DEFAULT + 1
    near = quote(terms_on(year(), RENEWS_ON - timedelta(days=3)))
    assert [each.on for each in near.days] == [RENEWS_ON - timedelta(days=3 - number) for number in range(4)]


def test_a_start_on_one_day_takes_what_its_quote_says() -> None:
    """The bound of a scheduled start is its own quote's; with a longer wait it covers the days of that."""
    shown = quote(terms_on(quote_inputs.terms(), date(2026, 12, 15)))
    begins = datetime(2026, 12, 14, 23, 0, tzinfo=UTC)
    asked: dict[str, Any] = {"time_zone": BERLIN, "total_at_most": None, "not_before": begins}

    one_day = terms_of(shown, end_of_day(begins, BERLIN), **asked)
    longer = terms_of(shown, begins + timedelta(days=30), **asked)

    assert (one_day.total_at_most, one_day.not_before) == (most_of(shown), begins)
    assert longer.total_at_most > one_day.total_at_most
    assert beyond(one_day, shown) == ""
    dearer = quote(replace(shown.input, target_unit_price=euros(2_101)))
    assert "at most was accepted" in beyond(one_day, dearer)


def test_the_end_of_a_scheduled_wait_comes_after_its_day_begins() -> None:
    """`--until` is counted from the day of the start: 180 days from then, and never before."""
    begins = datetime(2027, 11, 9, 23, 0, tzinfo=UTC)
    asked: dict[str, Any] = {"time_zone": BERLIN, "now": NOW, "not_before": begins}

    assert deadline_of("2027-11-10", **asked) == end_of_day(begins, BERLIN)
    for text in ("2027-11-09", "2028-05-10"):
        with pytest.raises(InvalidInput, match="after 2027-11-10, when it starts, and by 2028-05-08"):
            deadline_of(text, **asked)
