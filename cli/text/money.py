"""Amounts of the API for people."""

from __future__ import annotations

from domain.kernel.money import Money, charged_figure


def figure(minor_units: int, currency: str) -> str:
    """Return an amount without its currency, which the head of its column names."""
    return amount(minor_units, currency).removesuffix(f" {currency}")


def amount(minor_units: int | None, currency: str) -> str:
    """Return an amount such as `476.39 EUR`, or a dash when there is none."""
    if minor_units is None or not currency:
        return "-"
    return str(Money(minor_units=minor_units, currency=currency))


def charged_amount(minor_units: int | None, currency: str) -> str:
    """Return what is charged, such as `476.39 EUR`; what is given back reads `85.76 EUR credited`."""
    if minor_units is None or not currency:
        return "-"
    return charged_figure(Money(minor_units=minor_units, currency=currency))


def charged_text(total: str) -> str:
    """Return a total of the API as what is charged: `-85.76 EUR` reads `85.76 EUR credited`."""
    return f"{total[1:]} credited" if total.startswith("-") else total


def bound_text(total: str) -> str:
    """Return what a total of the API may come to at most; a negative one is given back at least."""
    if total.startswith("-"):
        return f"with no less than {total[1:]} credited"
    return f"for no more than {total}"
