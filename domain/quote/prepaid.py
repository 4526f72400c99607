"""Prepaid value: applied to the new plan up to its price, the rest is forfeited.

See proration#value-that-was-paid-in-advance.
"""

from __future__ import annotations

from domain.kernel.money import Money
from domain.ports.billing_port import BilledPeriod

#: Acknowledgment that accepts the loss which the quote discloses.
FORFEITURE = "forfeiture"
#: Cycle of which a whole year is paid in advance.
PAID_IN_ADVANCE = "annual"


def prepaid_loss(remaining: Money, new_total: Money) -> Money:
    """Return what is lost of the remaining value: it is applied to the new total, up to that total.

    Args:
        remaining: What was paid, net of earlier credits, minus what was consumed.
        new_total: Price of the new plan's first charge, net of tax as the remaining value is.
    """
    return remaining - min(remaining, new_total)


def is_paid_in_advance(billed: BilledPeriod) -> bool:
    """Return whether the value left in a period is prepaid: a year of it was paid at once."""
    return billed.billing_cycle == PAID_IN_ADVANCE and billed.paid.minor_units > 0
