"""Money: integer minor units, one currency, one rounding (proration#every-policy)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from domain.kernel.errors import InvalidInput
from domain.kernel.money import Money, round_half_up


def _euros(minor_units: int) -> Money:
    return Money(minor_units=minor_units, currency="EUR")


def test_amounts_of_one_currency_add_and_compare() -> None:
    """Sum, difference, negation and order work within a currency."""
    assert _euros(150) + _euros(50) - _euros(25) == _euros(175)
    assert -_euros(5) == _euros(-5)
    assert _euros(1) < _euros(2)
    assert max(_euros(1), _euros(2)) == _euros(2)


def test_currencies_do_not_mix() -> None:
    """Euros and dollars are never added or compared."""
    dollars = Money(minor_units=1, currency="USD")

    for mix in (lambda: _euros(1) + dollars, lambda: _euros(1) - dollars, lambda: _euros(1) < dollars):
        with pytest.raises(InvalidInput, match="currency"):
            mix()


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (Fraction(1, 2), 1),
        (Fraction(-1, 2), -1),
        (Fraction(3, 2), 2),
        (Fraction(49, 100), 0),
        (Fraction(-49, 100), 0),
        (Fraction(7), 7),
    ],
)
def test_halves_round_away_from_zero(amount: Fraction, expected: int) -> None:
    """Half a minor unit rounds up in size, of either sign."""
    assert round_half_up(amount) == expected


@pytest.mark.parametrize(
    ("minor_units", "currency", "text"),
    [
        (123456789, "EUR", "1,234,567.89 EUR"),
        (-5, "EUR", "-0.05 EUR"),
        (1234, "JPY", "1,234 JPY"),
        (1234, "KWD", "1.234 KWD"),
    ],
)
def test_text_has_the_digits_of_the_currency(minor_units: int, currency: str, text: str) -> None:
    """Cents, yen and fils are written with two, no and three digits."""
    assert str(Money(minor_units=minor_units, currency=currency)) == text


@pytest.mark.parametrize(
    ("minor_units", "currency"),
    [(1.0, "EUR"), (True, "EUR"), ("1", "EUR"), (1, "eur"), (1, "EURO"), (1, None)],
)
def test_what_is_no_money_is_refused(minor_units: Any, currency: Any) -> None:
    """Floats, booleans, text and made-up currencies are refused."""
    with pytest.raises(InvalidInput):
        Money(minor_units=minor_units, currency=currency)
