"""What becomes of the old plan at the end of its term where that is not the same again.

See rules#scheduled_change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from domain.kernel.money import Money
from domain.periods.billing_periods import Period
from domain.ports.billing_port import BilledPeriod
from domain.ports.seller_port import SellerSubscription


@dataclass(frozen=True, kw_only=True, slots=True)
class NextTerm:
    """The term after the present one, as the seller states it."""

    #: First day after the present term.
    begins_on: date
    #: False: there is none, the plan ends on `begins_on`.
    is_renewed: bool
    #: Licenses and the price of one of them for a period, from `begins_on` on; None: as now.
    quantity: int | None = None
    unit_price: Money | None = None

    def renewed(self, renewals: tuple[Period, ...]) -> tuple[Period, ...]:
        """Return those of the periods that the seller will bill."""
        return tuple(each for each in renewals if self.is_renewed or each.start_on < self.begins_on)

    def billed_in(self, period: Period, billed: BilledPeriod) -> BilledPeriod:
        """Return licenses and price that billing will show in a period."""
        if period.start_on < self.begins_on:
            return billed
        quantity = billed.quantity if self.quantity is None else self.quantity
        return replace(billed, quantity=quantity, unit_price=self.unit_price or billed.unit_price)


def next_term_of(
    source: SellerSubscription, billed: BilledPeriod, price_of: Callable[[str], Money | None]
) -> NextTerm | None:
    """Return what the seller states of the next term; None: the same again, or nothing is stated.

    Args:
        source: The subscription.
        billed: What billing shows of it.
        price_of: Price of one license for a period of another plan, where the catalog has it.
    """
    stated = source.renewal
    if stated is None or stated.ends_on is None:
        return None
    if stated.is_automatic is False:
        return NextTerm(begins_on=stated.ends_on, is_renewed=False)
    change = stated.scheduled
    if change is None:
        return None
    is_other_plan = change.plan_id not in {"", source.plan_id.lower()}
    return NextTerm(
        begins_on=stated.ends_on,
        is_renewed=True,
        quantity=change.quantity if change.quantity != billed.quantity else None,
        unit_price=price_of(change.plan_id) if is_other_plan else None,
    )


def scheduled_terms(source: SellerSubscription) -> tuple[str, ...]:
    """Return term and billing cycle that are scheduled for the renewal and differ from those of now.

    A quote computes renewals by the terms of now.
    """
    stated = source.renewal
    if stated is None or stated.scheduled is None or stated.is_automatic is False:
        return ()
    change = stated.scheduled
    pairs = ((change.term, source.term), (change.billing_cycle.lower(), source.billing_cycle))
    return tuple(wanted for wanted, present in pairs if wanted and wanted != present)
