"""Amounts of the API for people."""

from __future__ import annotations

from domain.money import Money


def figure(minor_units: int, currency: str) -> str:
    """Return an amount without its currency, which the head of its column names."""
    return amount(minor_units, currency).removesuffix(f" {currency}")


def amount(minor_units: int | None, currency: str) -> str:
    """Return an amount such as `476.39 EUR`, or a dash when there is none."""
    if minor_units is None or not currency:
        return "-"
    return str(Money(minor_units=minor_units, currency=currency))
