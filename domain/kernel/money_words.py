"""Totals in words: what is negative was given back, and nothing is no amount."""

from __future__ import annotations

from domain.kernel.money import Money


def charged_figure(total: Money) -> str:
    """Return a total with tax, such as `25.00 EUR`, or `85.76 EUR credited` where it is given back."""
    return f"{-total} credited" if total.minor_units < 0 else str(total)


def charged_words(total: Money | None) -> str:
    """Return what became of a total, such as `25.00 EUR was charged` or `85.76 EUR was credited`."""
    if total is None or not total.minor_units:
        return "nothing was charged"
    return f"{-total} was credited" if total.minor_units < 0 else f"{total} was charged"


def billed_words(total: Money, *, net: Money, tax: Money) -> str:
    """Return a total with its parts, such as `billed 119.00 EUR (100.00 EUR and 19.00 EUR tax)`."""
    if total.minor_units < 0:
        return f"credited {-total} ({-net} and {-tax} tax)"
    return f"billed {total} ({net} and {tax} tax)"


def bound_words(bound: Money) -> str:
    """Return what a total may come to: `25.00 EUR at most`, or `85.76 EUR credited at least`."""
    return f"{-bound} credited at least" if bound.minor_units < 0 else f"{bound} at most"
