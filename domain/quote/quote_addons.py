"""Add-ons in a quote: what is carried over or removed with the plan (rules#addon_incompatible)."""

from __future__ import annotations

from dataclasses import dataclass, field

from domain.kernel.facts import OMITTED_AT_DEFAULT
from domain.periods.next_term import NextTerm
from domain.ports.billing_port import BilledPeriod, BookedLine


@dataclass(frozen=True, kw_only=True, slots=True)
class QuotedAddon:
    """An add-on of the source that is neither in the way nor left alone."""

    #: Subscription of the add-on that ends with the switch.
    subscription_id: str
    plan_id: str
    name: str
    quantity: int
    #: Ordered anew with the new plan, at the price that it has; otherwise the new plan includes it.
    is_carried: bool
    #: Its current period, or None: nobody bills it, so nothing is credited and nothing charged.
    billed: BilledPeriod | None
    #: What billing booked for that period, where it is more than one charge.
    booked: tuple[BookedLine, ...] = ()
    #: What the seller states of its next term; None: it renews as it is.
    next_term: NextTerm | None = field(default=None, metadata=OMITTED_AT_DEFAULT)
