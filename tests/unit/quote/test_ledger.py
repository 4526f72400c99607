"""The independent ledger itself: cases computed by hand from the rules of proration.

See proration#every-policy.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from tests.support.money.ledger import (
    CHARGE,
    CONSUMED,
    CREDIT,
    FIXED_30,
    FREE,
    KILL_BILL,
    PER_DAY,
    PER_SECOND,
    VENDOR_DAY,
    Account,
    Bill,
    Cycle,
    Purchase,
    Terms,
    half_up,
    switch,
)

MONTH = Cycle(billing_day=10, months=1)
START, END = date(2026, 11, 10), date(2026, 12, 10)


def account(price: int = 900, licenses: int = 10, since: date = START, *, cycle: Cycle = MONTH) -> Account:
    """Return a plan that is paid from a day to the end of its nominal period."""
    made = Account(plan="old", price=price, cycle=cycle)
    made.change(licenses, since)
    return made


def bill(old: Account, on: date, *, price: int = 2100, licenses: int = 10, **terms: object) -> Bill:
    """Bill a switch of one plan to another."""
    new = [Purchase(plan="new", price=price, licenses=licenses)]
    return switch([old], new, old.cycle, Terms(cutover=on, **terms))  # type: ignore[arg-type]


def test_a_part_of_a_period_costs_its_days_of_the_nominal_period() -> None:
    """Two switches in one month: the second charges a third of the month for its last ten days (rules 5)."""
    first = bill(account(), date(2026, 11, 20))
    second = bill(account(2100, since=date(2026, 11, 20)), date(2026, 11, 30), price=3500)

    assert (first.credit, first.of(CHARGE)[0].amount) == (6000, 14000)
    assert (second.paid, second.consumed, second.credit) == (14000, 7000, 7000)
    assert second.of(CHARGE)[0].amount == 11667


def test_several_switches_in_one_period_sum_up_to_the_days_held() -> None:
    """E1 9.00, E3 21.00 and E5 35.00 for ten days each of thirty cost a third of each price (rules 5)."""
    first = bill(account(), date(2026, 11, 20))
    second = bill(account(2100, since=date(2026, 11, 20)), date(2026, 11, 30), price=3500)

    assert 9000 + first.net + second.net == 3000 + 7000 + 11667


@pytest.mark.parametrize(
    ("day", "months", "first_month", "on", "expected"),
    [
        (31, 1, 1, date(2026, 2, 28), (date(2026, 2, 28), date(2026, 3, 31))),
        (31, 1, 1, date(2026, 2, 27), (date(2026, 1, 31), date(2026, 2, 28))),
        (30, 1, 1, date(2028, 2, 29), (date(2028, 2, 29), date(2028, 3, 30))),
        (29, 12, 2, date(2027, 6, 1), (date(2027, 2, 28), date(2028, 2, 29))),
        (29, 12, 2, date(2028, 2, 28), (date(2027, 2, 28), date(2028, 2, 29))),
        (1, 12, 7, date(2026, 6, 30), (date(2025, 7, 1), date(2026, 7, 1))),
    ],
)
def test_a_billing_day_is_a_number(
    day: int, months: int, first_month: int, on: date, expected: tuple[date, date]
) -> None:
    """A shorter month has its last day instead, and the next month has the number again (rules 5)."""
    cycle = Cycle(billing_day=day, months=months, first_month=first_month)

    assert cycle.period(on) == expected


@pytest.mark.parametrize(
    ("policy", "since", "until", "cents"),
    [
        (PER_DAY, date(2021, 9, 16), date(2021, 9, 25), 724),
        (KILL_BILL, date(2021, 9, 16), date(2021, 9, 25), 724),
        (PER_DAY, date(2021, 9, 25), date(2021, 10, 17), 1830),
        (KILL_BILL, date(2021, 9, 17), date(2021, 9, 25), 644),
        (PER_DAY, date(2021, 9, 30), date(2021, 10, 25), 2079),
    ],
)
def test_published_days_of_a_month(policy: str, since: date, until: date, cents: int) -> None:
    """24.95 a month on the 25th: published cases 1 to 3 of proration."""
    cycle = Cycle(billing_day=25, months=1)

    assert half_up(cycle.cost(2495, policy, since, until)) == cents


def test_published_year_that_is_left_early() -> None:
    """10,000 a year from 2017-07-27, 184 of 365 days left: 5041.10 come back (published case 4)."""
    cycle = Cycle(billing_day=27, months=12, first_month=7)

    left = bill(
        account(1_000_000, 1, date(2017, 7, 27), cycle=cycle), date(2018, 1, 24), licenses=1, policy=KILL_BILL
    )

    assert left.credit == 504110
    assert (
        half_up(Cycle(billing_day=24, months=1).cost(100_000, KILL_BILL, START, date(2026, 11, 11))) == 3226
    )


def test_published_year_in_which_a_license_was_added() -> None:
    """211.20 a license-year, a second license from day two: 0.58, 31.25 and 390.00 (published case 5)."""
    cycle = Cycle(billing_day=11, months=12, first_month=2)
    held = account(21120, 1, date(2017, 2, 11), cycle=cycle)
    held.change(1, date(2017, 2, 12))

    lines, exact = held.used(date(2017, 3, 11), VENDOR_DAY, of=date(2017, 3, 11))
    rest = half_up(cycle.cost(2 * 21120, VENDOR_DAY, date(2017, 3, 11), date(2018, 2, 11)))

    assert [line.amount for line in lines] == [58, 3125]
    assert (rest, half_up(exact)) == (39000, 3182)


def test_published_half_of_a_period_by_the_second() -> None:
    """10 to 20 at exactly half of the period: 5 back, 10 charged, 5 due (published case 6)."""
    at = datetime(2026, 11, 25, tzinfo=UTC)

    half = bill(account(1000, 1), at, price=2000, licenses=1, policy=PER_SECOND)

    assert (half.credit, half.of(CHARGE)[0].amount, half.net) == (500, 1000, 500)


def test_a_month_in_which_clocks_go_back_has_an_hour_more() -> None:
    """Seconds are those that pass: October has 2,682,000 of them in Berlin (rules 5)."""
    zone = ZoneInfo("Europe/Berlin")
    cycle = Cycle(billing_day=1, months=1, zone=zone)
    noon = datetime(2026, 10, 25, 12, tzinfo=zone)

    assert cycle.share(PER_SECOND, date(2026, 10, 1), noon) == Fraction(24 * 86400 + 13 * 3600, 2_682_000)


def test_published_cap_of_a_prepaid_value() -> None:
    """800.00 remain and 10.00 are due: 10.00 are applied, 790.00 lost, nothing due (published case 7)."""
    held = account(100_000, 1)

    left = bill(held, date(2026, 11, 16), price=1250, licenses=1, is_prepaid=True)

    assert (left.consumed, left.credit, left.forfeited, left.net) == (20_000, 1000, 79_000, 0)


def test_published_switch_on_the_first_day() -> None:
    """20 to 10 on the first day: 20 back, 10 charged (published case 8)."""
    same_day = bill(account(2000, 1), START, price=1000, licenses=1)

    assert (same_day.consumed, same_day.credit, same_day.of(CHARGE)[0].amount) == (0, 2000, 1000)


@pytest.mark.parametrize(
    ("on", "days"), [(date(2026, 2, 27), 27), (date(2026, 2, 28), 30), (date(2026, 3, 1), 31)]
)
def test_a_month_of_thirty_days_always_costs_a_month(on: date, days: int) -> None:
    """The last day of a short month makes up for the missing ones, by `fixed_30` (rules 5)."""
    cycle = Cycle(billing_day=31, months=2)

    assert cycle.period(date(2026, 2, 1))[0] == date(2026, 1, 31)
    assert cycle.share(FIXED_30, date(2026, 1, 31), on) == Fraction(days, 60)


def test_licenses_given_back_are_worth_the_days_that_are_left() -> None:
    """Ten licenses, four given back on day 20 of 30: a third of their price (rules 5)."""
    held = account()

    given = held.change(-4, date(2026, 11, 30))
    lines, exact = held.used(date(2026, 12, 5), PER_DAY, of=START)

    assert given.amount == -1200
    assert [(line.licenses, line.amount) for line in lines] == [(10, 6000), (6, 900)]
    assert (half_up(exact), held.paid(START)) == (6900, 7800)


def test_renewals_keep_the_billing_day_and_take_the_scheduled_quantity() -> None:
    """From 31 January: 28 February, 31 March; the licenses scheduled for the renewal (rules 5)."""
    held = account(1000, 3, date(2026, 1, 31), cycle=Cycle(billing_day=31, months=1))

    held.schedule(date(2026, 2, 28), 5)
    charges = held.renew(date(2026, 3, 31))

    assert [(each.from_on, each.to_on, each.amount) for each in charges] == [
        (date(2026, 2, 28), date(2026, 3, 31), 5000),
        (date(2026, 3, 31), date(2026, 4, 30), 5000),
    ]


def test_a_plan_of_price_zero_takes_part() -> None:
    """Zero is a figure: it has lines of 0.00, and the other plan's whole part is due (rules 5)."""
    free = bill(account(0), date(2026, 11, 20))

    assert (free.consumed, free.credit, free.net) == (0, 0, 14000)
    assert [line.amount for line in free.of(CREDIT)] == [0]


def test_days_between_order_and_completion_may_be_free() -> None:
    """Rule set 2014: 90.00 for December, ordered on the 13th, completed on the 17th (rules 5 and 8)."""
    held = account(9000, 1, date(2026, 12, 1), cycle=Cycle(billing_day=1, months=1))

    billed = bill(held, date(2026, 12, 17), price=21000, licenses=1, stopped_on=date(2026, 12, 13))

    assert (billed.consumed, billed.credit, billed.of(CHARGE)[0].amount) == (3484, 5516, 10161)
    (free,) = billed.of(FREE)
    assert (free.from_on, free.to_on, free.amount) == (date(2026, 12, 13), date(2026, 12, 17), 0)


def test_a_plan_that_was_not_renewed_gives_nothing_back() -> None:
    """Auto-renew off: after its end all that was paid for its last period is used up (rules 5)."""
    held = account()
    held.schedule(END, 0)
    ended = bill(held, date(2026, 12, 12))

    assert (ended.paid, ended.credit, ended.consumed) == (9000, 0, 9000)


def test_a_plan_that_cannot_be_cancelled_is_paid_beside() -> None:
    """What is paid for its last days is neither credited nor forfeited (rules 1 and 5)."""
    kept = bill(account(), date(2026, 11, 20), is_kept=True)

    assert (kept.credit, kept.kept, kept.consumed, kept.paid) == (0, 6000, 3000, 9000)


def test_overlap_is_charged_and_credited_over_a_renewal() -> None:
    """What the seller bills before the cutover costs nothing, in whichever period (rules 5)."""
    held = account()
    held.renew(date(2026, 12, 12))

    both = bill(held, date(2026, 12, 12), overlap_from=date(2026, 12, 8))

    assert [line.amount for line in both.lines if line.kind.startswith("overlap")] == [2755, -2755]


def test_tax_is_taken_once_on_the_net() -> None:
    """Charge minus credit, times the rate, rounded once, halves away from zero (rules 5)."""
    taxed = bill(account(7, 1), date(2026, 11, 20), price=11, licenses=1, tax_rate=Fraction(1, 2))

    assert (taxed.net, taxed.tax, taxed.total) == (2, 1, 3)


def test_each_stretch_has_its_line_and_the_residue_one_of_its_own() -> None:
    """Lines are rounded each by itself; what that moves is a line, so the parts are the whole (rules 5)."""
    held = account(100, 1, date(2026, 12, 1), cycle=Cycle(billing_day=1, months=1))
    for day in (5, 9):
        held.change(1, date(2026, 12, day))

    billed = bill(held, date(2026, 12, 15), price=100, licenses=1)

    assert len(billed.of(CONSUMED)) == 3
    assert sum(line.amount for line in billed.lines if line.kind in {CONSUMED, "residue"}) == billed.consumed
    assert billed.paid == billed.consumed + billed.credit
