"""Prepaid value: applied to the new plan up to its price, the rest is forfeited.

See proration#value-that-was-paid-in-advance.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.kernel.money import Money
from domain.ports.billing_port import BilledPeriod

#: Acknowledgment that accepts the loss which the quote discloses.
FORFEITURE = "forfeiture"
#: Cycle of which a whole year is paid in advance.
PAID_IN_ADVANCE = "annual"


@dataclass(frozen=True, kw_only=True, slots=True)
class Settlement:
    """What becomes of the remaining value of a plan that was paid in advance."""

    #: Pays for the new plan.
    applied: Money
    #: Is lost.
    forfeited: Money
    #: What the new plan costs beyond that.
    due: Money


def settle(remaining: Money, new_total: Money) -> Settlement:
    """Apply the remaining value to the new total, up to that total.

    Args:
        remaining: What was paid, net of earlier credits, minus what was consumed.
        new_total: Price of the new plan's first charge, net of tax as the remaining value is.
    """
    applied = min(remaining, new_total)
    return Settlement(applied=applied, forfeited=remaining - applied, due=new_total - applied)


def is_paid_in_advance(billed: BilledPeriod) -> bool:
    """Return whether the value left in a period is prepaid: a year of it was paid at once."""
    return billed.billing_cycle == PAID_IN_ADVANCE and billed.paid.minor_units > 0
