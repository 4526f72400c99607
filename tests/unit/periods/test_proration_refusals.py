"""What proration refuses, in words that name field, value and what is allowed (proration#the-policies)."""

from __future__ import annotations

from datetime import date

import pytest

from domain.kernel.errors import InvalidInput
from domain.periods.proration import POLICIES, Span, proration_policy

JANUARY = Span(start_on=date(2026, 1, 1), end_on=date(2026, 2, 1))


@pytest.mark.parametrize("policy", POLICIES)
def test_period_without_a_day_is_refused_with_its_length(policy: str) -> None:
    """A price is for one day or more: an empty period is refused, whatever the policy."""
    empty = Span(start_on=date(2026, 1, 1), end_on=date(2026, 1, 1))
    with pytest.raises(InvalidInput) as refused:
        proration_policy(policy).ratio(empty, empty)

    assert str(refused.value) == "period is '0 days'; allowed: one day or more."


def test_used_days_outside_of_the_period_are_refused_with_both() -> None:
    """The refusal of days that do not fit tells the days and the period."""
    late = Span(start_on=date(2026, 1, 2), end_on=date(2026, 2, 2))
    with pytest.raises(InvalidInput) as refused:
        proration_policy("per_day").ratio(late, JANUARY)

    assert str(refused.value) == (
        "used days is '2026-01-02 to 2026-02-02'; allowed: inside of 2026-01-01 to 2026-02-01."
    )


def test_unknown_policy_is_refused_with_the_names_there_are() -> None:
    """A stored quote names its policy; a name without a policy bills nothing."""
    with pytest.raises(InvalidInput) as refused:
        proration_policy("per_moon")

    assert str(refused.value) == (
        "policy is 'per_moon'; allowed: fixed_30, kill_bill, per_day, per_second, vendor_day."
    )


def test_one_day_is_a_whole_period() -> None:
    """The shortest period has one day, and a price of its own."""
    day = Span(start_on=date(2026, 1, 1), end_on=date(2026, 1, 2))

    assert {proration_policy(name).ratio(day, day) for name in POLICIES} == {1}
