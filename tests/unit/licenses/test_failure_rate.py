"""When so many users fail that a move holds before the others are tried (rules#operator-controls)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from domain.licenses.license_failures import FailureRate


@pytest.mark.parametrize(
    ("tried", "failed", "is_over"),
    [
        (10, 1, False),
        (10, 4, False),
        (10, 5, True),
        (500, 10, False),
        (500, 11, True),
        (5_000, 100, False),
        (5_000, 101, True),
        (0, 0, False),
    ],
)
def test_more_than_two_percent_and_more_than_a_handful_are_over_the_rate(
    tried: int, failed: int, *, is_over: bool
) -> None:
    """Exactly 2 % hold nothing, a user more does; fewer than five never do (rules#operator-controls)."""
    rate = FailureRate()
    rate.add(tried=tried, failed=failed)

    assert rate.is_over is is_over


def test_rate_and_least_count_are_settings() -> None:
    """An installation may hold at the first failure, or never early (rules#operator-controls)."""
    strict = FailureRate(rate_max=Fraction(0), failures_min=1)
    lax = FailureRate(rate_max=Fraction(1))
    for rate in (strict, lax):
        rate.add(tried=10, failed=1)
        rate.add(tried=10, failed=10)

    assert (strict.is_over, lax.is_over) == (True, False)
    assert (strict.tried, strict.failed) == (20, 11)
