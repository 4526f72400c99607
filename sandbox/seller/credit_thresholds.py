"""The worth from which the bureau checks an order, whatever it is paid with."""

from __future__ import annotations

#: Currency -> minor units of one whole billing period, net; in any other currency nothing is too much.
THRESHOLDS_MINOR_UNITS = {
    "AUD": 750_000,
    "CAD": 650_000,
    "CHF": 500_000,
    "EUR": 500_000,
    "GBP": 400_000,
    "JPY": 750_000,
    "KWD": 1_500_000,
    "SEK": 5_000_000,
    "USD": 500_000,
}


def is_large_order(currency: str, worth_minor_units: int) -> bool:
    """Return whether an order is checked for what its lines cost for one whole billing period, net."""
    threshold = THRESHOLDS_MINOR_UNITS.get(currency)
    return threshold is not None and worth_minor_units >= threshold
