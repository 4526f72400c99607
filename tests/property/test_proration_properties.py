"""Properties of every proration policy (proration#every-policy)."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.calendar import local_date
from domain.kernel.money import Money, round_lines
from domain.periods.proration import POLICIES, Span, proration_policy
from tests.property.quote_draws import CURRENCIES, PRICE_MAX, STARTS, ZONES

HALF = Fraction(1, 2)
NINTH_DECIMAL = Fraction(1, 2 * 10**9)
EXACT = sorted(set(POLICIES) - {"kill_bill"})


@st.composite
def cut_periods(draw: st.DrawFn) -> tuple[Span, list[Span]]:
    """Draw a period of up to thirteen months and cut it at up to five days, in order."""
    start_on, zone = draw(STARTS), draw(st.sampled_from(ZONES))
    days = draw(st.integers(1, 400))
    cuts = sorted(draw(st.lists(st.integers(0, days), max_size=5)))
    edges = [start_on + timedelta(days=offset) for offset in (0, *cuts, days)]
    parts = [Span(start_on=first, end_on=end, time_zone=zone) for first, end in pairwise(edges)]
    return Span(start_on=start_on, end_on=edges[-1], time_zone=zone), parts


@pytest.mark.parametrize("name", EXACT)
@given(cut_periods())
def test_parts_of_a_period_add_up_to_it(name: str, drawn: tuple[Span, list[Span]]) -> None:
    """No time is counted twice and none is missed, wherever a period is cut."""
    whole, parts = drawn
    ratios = [proration_policy(name).ratio(part, whole) for part in parts]

    assert sum(ratios) == 1
    assert min(ratios) >= 0


@given(cut_periods())
def test_kill_bill_differs_from_per_day_by_the_ninth_decimal_at_most(drawn: tuple[Span, list[Span]]) -> None:
    """The ratio that is kept is the ratio of days, half up at the ninth decimal."""
    whole, parts = drawn
    for part in parts:
        kept = proration_policy("kill_bill").ratio(part, whole)
        assert abs(kept - proration_policy("per_day").ratio(part, whole)) <= NINTH_DECIMAL
        assert (kept * 10**9).denominator == 1


@pytest.mark.parametrize("name", sorted(POLICIES))
@given(cut_periods(), st.integers(-PRICE_MAX, PRICE_MAX), st.sampled_from(CURRENCIES))
def test_splitting_moves_each_line_by_half_a_unit_at_most(
    name: str, drawn: tuple[Span, list[Span]], price: int, currency: str
) -> None:
    """Each line of a split period is its exact part within half a minor unit; the residue is what is left."""
    whole, parts = drawn
    policy, amount = proration_policy(name), Money(minor_units=price, currency=currency)
    exact = [policy.exact(amount, part, whole) for part in parts]
    split = round_lines(exact, policy.exact(amount, whole, whole), currency)

    for line, part, worth in zip(split.amounts, parts, exact, strict=True):
        assert line == policy.prorate(amount, part, whole)
        assert abs(line.minor_units - worth) <= HALF
    assert sum(split.amounts, split.residue) == amount
    # Of Kill Bill the kept ratios may miss the whole by their last decimal each.
    slack = abs(price) * NINTH_DECIMAL * len(parts) if name == "kill_bill" else Fraction(0)
    assert abs(split.residue.minor_units) <= HALF * len(parts) + slack


@given(STARTS, st.integers(1, 400), st.integers(0, 400 * 86400), st.sampled_from(ZONES))
def test_an_instant_parts_a_period_to_the_second(start: date, days: int, second: int, zone: str) -> None:
    """Before and after a stated instant are the whole period, clock changes or not."""
    end = start + timedelta(days=days)
    whole = Span(start_on=start, end_on=end, time_zone=zone)
    at = whole.started_at + timedelta(seconds=second % whole.seconds)
    on = local_date(at, zone)
    before = Span(start_on=start, end_on=on, time_zone=zone, end_at=at)
    after = Span(start_on=on, end_on=end, time_zone=zone, start_at=at)
    policy = proration_policy("per_second")

    assert policy.ratio(before, whole) + policy.ratio(after, whole) == 1
    assert before.seconds + after.seconds == whole.seconds
