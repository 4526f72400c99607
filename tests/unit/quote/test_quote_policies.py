"""Quotes by policy, with a history of licenses, scheduled to an instant (proration#the-policies)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.kernel.errors import AuditMismatch, InvalidInput
from domain.kernel.money import Money
from domain.periods.proration import POLICIES
from domain.ports.billing_port import BookedLine
from domain.quote.day_quotes import day_quote
from domain.quote.quote import Quote, cutover, quote
from tests.support.stories.quote_inputs import END, START, billed, euros, terms

ON = date(2026, 11, 25)
NOON = datetime(2026, 11, 25, 11, tzinfo=UTC)
SCHEDULED: dict[str, Any] = {"policy": "per_second", "cutover_at": NOON, "time_zone": "Europe/Berlin"}


def line(minor_units: int, from_on: date, to_on: date = END, quantity: int = 1) -> BookedLine:
    """Return what billing booked for some days."""
    return BookedLine(amount=euros(minor_units), from_on=from_on, to_on=to_on, quantity=quantity)


def booked(*lines: BookedLine, **changes: Any) -> Quote:
    """Return the quote of a period with this history, without overlap."""
    paid = sum(each.amount.minor_units for each in lines if each.amount.minor_units > 0)
    credited = -sum(each.amount.minor_units for each in lines if each.amount.minor_units < 0)
    period = billed(paid=euros(paid), credited=euros(credited))
    return quote(terms(billed=period, booked=lines, is_billed_from_order=False, **changes))


def test_licenses_added_inside_the_period_are_used_from_their_day_on() -> None:
    """10 licenses for the month and 5 from the 20th: each is consumed over its own days."""
    added = line(3000, date(2026, 11, 20), quantity=5)
    day = booked(line(9000, START, quantity=10), added).day(ON)

    assert [(each.from_on.day, each.to_on.day, each.quantity, each.amount) for each in day.remarks] == [
        (10, 20, 10, euros(3000)),
        (20, 25, 15, euros(1500 + 750)),
    ]
    assert (day.consumed, day.credit) == (euros(5250), euros(6750))


def test_licenses_given_back_before_are_not_credited_again() -> None:
    """10 licenses, 5 given back on the 25th and credited then: what is left is five licenses' days."""
    removed = line(-2250, ON, quantity=-5)
    day = booked(line(9000, START, quantity=10), removed).day(date(2026, 11, 30))

    assert [(each.quantity, each.amount) for each in day.remarks] == [(10, euros(4500)), (5, euros(750))]
    assert day.credit == euros(1500)


def test_several_earlier_credits_each_lower_the_credit() -> None:
    """A credit for days that are over lowers what was used, one for days to come what is left."""
    past = line(-300, START, date(2026, 11, 20), quantity=0)
    future = line(-600, date(2026, 11, 30), quantity=0)
    day = booked(line(9000, START, quantity=10), past, future).day(ON)

    assert day.paid == euros(8100)
    assert (day.consumed, day.credit) == (euros(4500 - 300), euros(4500 - 600))


def test_a_line_counts_from_its_first_day_to_before_its_last() -> None:
    """Licenses that were rented for some days count on these alone, also beside the cutover."""
    rented = line(1000, date(2026, 11, 15), date(2026, 11, 20), quantity=3)
    day = booked(line(9000, START, quantity=10), rented, line(750, ON, quantity=1)).day(ON)

    assert [(each.from_on.day, each.to_on.day, each.quantity, each.amount) for each in day.remarks] == [
        (10, 15, 10, euros(1500)),
        (15, 20, 13, euros(2500)),
        (20, 25, 10, euros(1500)),
    ]


def test_hours_before_the_instant_count_for_lines_of_that_day_alone() -> None:
    """At noon of the 25th a line that ended that midnight is used up, one of that day by half a day."""
    ended, begun = line(1000, START, ON, quantity=3), line(1500, ON, quantity=1)
    day = booked(line(9000, START, quantity=10), ended, begun, **SCHEDULED).day(ON)

    assert day.consumed == euros(4650 + 1000 + 50)


def test_residue_of_the_stretches_is_a_line_of_its_own() -> None:
    """Stretches that each lose part of a cent leave the cent to a line, and the sum is rounded once."""
    thirds = (line(100, START), line(0, date(2026, 11, 13)), line(0, date(2026, 11, 16)))
    day = booked(*thirds, line(0, date(2026, 11, 19))).day(date(2026, 11, 22))

    assert [each.amount.minor_units for each in day.remarks] == [10, 10, 10, 10]
    day = booked(*thirds, line(25, date(2026, 11, 20))).day(date(2026, 11, 22))
    kinds = [(each.kind, each.amount.minor_units) for each in day.remarks]
    assert kinds == [
        ("consumed", 10),
        ("consumed", 10),
        ("consumed", 13),
        ("consumed", 9),
        ("consumed_rounding", 1),
    ]
    assert (day.consumed, day.credit) == (euros(43), euros(82))


def test_history_that_is_not_what_was_paid_is_refused() -> None:
    """Booked lines must sum to paid minus credited, and lie inside the period."""
    with pytest.raises(InvalidInput, match="booked"):
        terms(booked=(line(8999, START),))
    for outside in (line(9000, date(2026, 11, 9)), line(9000, START, date(2026, 12, 11)), line(9000, ON, ON)):
        with pytest.raises(InvalidInput, match="booked"):
            terms(booked=(outside,))


def test_history_ends_with_its_period() -> None:
    """After a renewal all licenses were paid alike: the history of the period before is no matter."""
    accepted = booked(line(9000, START, quantity=10), line(3000, date(2026, 11, 20), quantity=5))
    day = accepted.day(date(2026, 12, 20))

    assert (day.paid, day.consumed) == (euros(9000), euros(2903))


@pytest.mark.parametrize(
    ("policy", "used", "charge"),
    [
        ("per_day", 3484, 12871),
        ("kill_bill", 3484, 12871),
        ("vendor_day", 3484, 12871),
        ("fixed_30", 3600, 12600),
    ],
)
def test_each_policy_counts_a_month_of_31_days(policy: str, used: int, charge: int) -> None:
    """12 days of a December of 31: a policy decides what was used and what is charged."""
    december = billed(period_start_on=date(2026, 12, 1), period_end_on=date(2027, 1, 1))
    on = date(2026, 12, 13)
    day = quote(terms(billed=december, policy=policy, quoted_on=on, order_on=on, expires_on=on)).day(on)

    assert (day.consumed, day.amount("charge")) == (euros(used), euros(charge))
    assert day.credit == euros(9000 - used)


def test_stated_instant_binds_its_day_by_the_second() -> None:
    """Noon in Berlin of the 25th: the old plan is used 15.5 days, the new one 14.5."""
    day = quote(terms(**SCHEDULED)).day(ON)

    assert (day.consumed, day.credit) == (euros(4650), euros(4350))
    assert day.amount("charge") == euros(10150)
    assert day.amount("overlap_charge") == euros(2450)
    assert "2026-11-25T11:00:00+00:00" in day.remarks[0].description


def test_stated_instant_binds_no_other_day() -> None:
    """A switch that completes on another day counts days, as `per_day` does."""
    scheduled, usual = quote(terms(**SCHEDULED)), quote(terms())
    for on in (date(2026, 11, 24), date(2026, 11, 26), END):
        assert scheduled.day(on) == usual.day(on)


def test_stated_instant_on_the_renewal_day() -> None:
    """On the renewal day the hours before the instant are of the renewed period."""
    at = datetime(2026, 12, 10, 11, tzinfo=UTC)
    day = quote(terms(**(SCHEDULED | {"cutover_at": at}), order_on=END, expires_on=END)).day(END)

    assert (day.consumed, day.credit) == (euros(145), euros(8855))
    assert day.amount("charge") == euros(20661)
    earlier = quote(terms(**(SCHEDULED | {"cutover_at": at}))).day(END)
    assert earlier.amount("overlap_charge") == euros(12600)


def test_a_stated_instant_in_a_month_in_which_clocks_go_forward() -> None:
    """At 18:00 in Berlin 972,000 of 2,674,800 seconds are left: the month has an hour less.

    Of 90.00 this is 32.705… to credit, of 210.00 it is 76.312… to charge (proration#per_second).
    """
    month = billed(period_start_on=date(2027, 3, 10), period_end_on=date(2027, 4, 10))
    on, at = date(2027, 3, 29), datetime(2027, 3, 29, 16, tzinfo=UTC)
    dates = {"quoted_on": on, "order_on": on, "expires_on": on}
    asked: dict[str, Any] = SCHEDULED | {"cutover_at": at} | dates
    day = quote(terms(billed=month, is_billed_from_order=False, **asked)).day(on)

    assert (day.consumed, day.credit, day.amount("charge")) == (euros(5729), euros(3271), euros(7631))
    assert (day.net, day.tax, day.total) == (euros(4360), euros(828), euros(5188))


def test_only_the_renewal_of_the_cutover_day_may_be_unbilled() -> None:
    """Of two renewals the first was billed for sure; without the second its period has just ended."""
    second_on = date(2027, 1, 10)
    day = day_quote(terms(), second_on, is_renewal_billed=False)

    assert (day.source_period.start_on, day.source_period.end_on) == (END, second_on)
    assert day.amount("renewal_charge") == euros(9000)
    assert day.credit == euros(0)


def test_stated_instant_does_not_move_a_billing_that_stopped_at_the_order() -> None:
    """Under 2014 the old plan stopped at the order's midnight; only the new one begins at the instant."""
    day = quote(terms(**SCHEDULED, rule_set="2014")).day(ON)

    assert (day.consumed, day.amount("charge")) == (euros(3600), euros(10150))


@pytest.mark.parametrize(
    "changes",
    [
        {"policy": "per_second"},
        {"cutover_at": NOON},
        SCHEDULED | {"cutover_at": NOON + timedelta(microseconds=1)},
        SCHEDULED | {"cutover_at": NOON - timedelta(days=4)},
        SCHEDULED | {"cutover_at": NOON.replace(tzinfo=None)},
    ],
)
def test_instant_that_can_not_bind_is_refused(changes: dict[str, Any]) -> None:
    """`per_second` needs an instant in whole seconds, with a zone, not before the order; others none."""
    with pytest.raises(InvalidInput, match=r"cutover_at|instant"):
        terms(**changes)


def test_unknown_mode_and_zone_are_refused() -> None:
    """Mode and zone are checked by name."""
    with pytest.raises(InvalidInput, match="mode"):
        terms(mode="magic")
    with pytest.raises(InvalidInput, match="time_zone"):
        terms(time_zone="Mars/Olympus")


def test_vendor_day_bills_the_whole_line_back() -> None:
    """The invoice reverses what was paid and charges what was used; the credit is the same to the cent."""
    reversed_day = quote(terms(policy="vendor_day", is_billed_from_order=False)).day(ON)
    usual = quote(terms(is_billed_from_order=False)).day(ON)

    assert [(each.kind, each.amount, each.from_on, each.to_on) for each in reversed_day.lines] == [
        ("reversal", euros(-9000), START, END),
        ("rebilled", euros(4500), START, ON),
        ("charge", euros(10500), ON, END),
    ]
    assert (reversed_day.credit, reversed_day.total) == (usual.credit, usual.total)
    told = cutover(quote(terms(policy="vendor_day")), ON)
    assert (told.credit, told.consumed) == (euros(4500), euros(4500))


@pytest.mark.parametrize("policy", sorted(POLICIES))
def test_stored_quote_bills_by_the_policy_that_it_names(policy: str) -> None:
    """Name and version come back from the record, with history, instant and prepaid terms."""
    timing = SCHEDULED if policy == "per_second" else {"policy": policy}
    lines = (line(8000, START, quantity=9), line(1000, date(2026, 11, 20)))
    original = quote(terms(**timing, booked=lines, is_prepaid=True, mode="manual"))
    facts = json.loads(json.dumps(original.as_facts()))

    assert facts["input"]["policy"] == policy
    assert facts["policies"]["day_count"] == POLICIES[policy].version
    assert Quote.from_facts(facts) == original
    assert cutover(Quote.from_facts(facts), ON) == cutover(original, ON)


def test_quote_of_before_the_new_terms_has_the_facts_that_it_had() -> None:
    """Terms at their default are not stored: an older quote reads, and its digest is what was accepted."""
    facts = quote(terms(period_version="billed/1")).as_facts()

    assert not {"period_version"} & set(facts["input"])
    assert "period" not in facts["policies"]
    assert not {"mode", "is_prepaid", "booked", "cutover_at", "time_zone"} & set(facts["input"])
    assert "forfeiture" not in facts
    assert facts["digest"] == "7f0e6ca1614efe89af4d0590b0bb74fea834b0208339c1a270ee7028598c9f60"


def test_policy_of_another_version_is_a_mismatch() -> None:
    """A quote that was computed by another version of a policy is never billed by this one."""
    facts = quote(terms()).as_facts()
    other = facts | {"policies": facts["policies"] | {"day_count": "actual/0"}}

    with pytest.raises(AuditMismatch, match="policies"):
        Quote.from_facts(other)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"policy": "kill_bill"}, "policy"),
        ({"is_prepaid": True}, "is_prepaid"),
        ({"mode": "manual"}, "mode"),
        ({"booked": (line(9000, START, quantity=10),)}, "booked"),
        (SCHEDULED, "cutover_at"),
        (SCHEDULED | {"time_zone": "UTC"}, "time_zone"),
    ],
)
def test_digest_binds_the_new_terms_too(changes: dict[str, Any], name: str) -> None:
    """Each term that decides cents is in the digest and in the facts."""
    changed = quote(terms(**changes))

    assert changed.digest != quote(terms()).digest
    assert (name in changed.input.as_facts()) == (name != "time_zone" or changes[name] != "UTC")
    assert changed.digest != quote(terms(**SCHEDULED, quantity_target=9)).digest


@pytest.mark.parametrize(
    ("currency", "credit"), [("JPY", "5,667 JPY"), ("KWD", "5.667 KWD"), ("EUR", "56.67 EUR")]
)
def test_currencies_of_0_2_and_3_decimals_round_to_their_own_unit(currency: str, credit: str) -> None:
    """The same integers are yen, fils or cents."""

    def money(minor_units: int) -> Money:
        return Money(minor_units=minor_units, currency=currency)

    paid = billed(unit_price=money(1000), paid=money(10000), credited=money(0))
    day = quote(
        terms(billed=paid, currency=currency, target_unit_price=money(2500), tax_rate=Decimal(0))
    ).day(date(2026, 11, 23))

    assert str(day.credit) == credit
