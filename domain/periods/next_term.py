"""The end of the old plan's term: when it renews, what it becomes, and what goes over to the new plan.

See rules#scheduled_change and rules#quote-and-cutover.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from domain.kernel.calendar import local_date
from domain.kernel.money import Money
from domain.periods.billing_periods import Period, add_months
from domain.ports.billing_port import BilledPeriod
from domain.ports.seller_port import RenewalTerms, ScheduledChange, SellerSubscription

TERM_MONTHS = {"P1M": 1, "P1Y": 12, "P3Y": 36}
#: Terms that are looked through for the next renewal.
TERMS_MAX = 600
#: How the new plan renews: as the old one does, or as the order says.
KEEP, ON, OFF = "keep", "on", "off"


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


def term_renews_on(source: SellerSubscription, *, time_zone: str, now: datetime) -> date | None:
    """Return the first day after today on which a new term begins; None where none is found.

    The end that the seller states wins over one that is computed: a co-termed term, or one that was switched
    to, is shorter than its length says (rules#term_end_differs).

    Args:
        source: The subscription.
        time_zone: The organization's zone.
        now: Aware instant.
    """
    today = local_date(now, time_zone)
    stated = source.renewal.ends_on if source.renewal else None
    if stated is None:
        return computed_renewal_on(source, time_zone=time_zone, today=today)
    return stated if stated > today else _first_after(stated, source, today)


def computed_renewal_on(source: SellerSubscription, *, time_zone: str, today: date) -> date | None:
    """Return the first day after `today` on which a whole term begins; None: none is found."""
    return _first_after(local_date(source.started_at, time_zone), source, today)


def _first_after(first: date, source: SellerSubscription, today: date) -> date | None:
    months = TERM_MONTHS.get(source.term, 1)
    renewals = (add_months(first, months * count, first.day) for count in range(1, TERMS_MAX))
    return next((day for day in renewals if day > today), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class CarryOver:
    """What the new subscription gets from the old one."""

    #: None: nobody says, the seller's own setting stays.
    is_auto_renewed: bool | None
    #: Of the new plan; None: nothing is scheduled for it.
    scheduled: ScheduledChange | None = None
    #: A change that was scheduled for the old plan goes with it, and the new plan can't take it over.
    is_change_lost: bool = False


def carry_over(
    stated: RenewalTerms | None,
    *,
    source_plan_id: str,
    target_plan_id: str,
    quantity: int,
    auto_renew: str,
    takes_schedule: bool = True,
) -> CarryOver:
    """Return what goes over to the new subscription, and whether something is lost.

    A change of licenses is scheduled again for the new plan, and so is one to just that plan; one to a third
    plan is lost, and so is any where the new plan does not renew or the seller takes none.

    Args:
        stated: What the seller states of the old subscription's renewal.
        source_plan_id: The old plan.
        target_plan_id: The new plan.
        quantity: Licenses that are ordered.
        auto_renew: keep, on or off.
        takes_schedule: The seller takes scheduled changes; of legacy terms it takes none.
    """
    kept = stated.is_automatic if stated else None
    is_renewed = kept if auto_renew == KEEP else auto_renew == ON
    change = stated.scheduled if stated else None
    if change is None:
        return CarryOver(is_auto_renewed=is_renewed)
    known = {"", source_plan_id.lower(), target_plan_id.lower()}
    if is_renewed is False or change.plan_id not in known:
        return CarryOver(is_auto_renewed=is_renewed, is_change_lost=True)
    if change.quantity == quantity and not (change.term or change.billing_cycle):
        return CarryOver(is_auto_renewed=is_renewed)
    if not takes_schedule:
        return CarryOver(is_auto_renewed=is_renewed, is_change_lost=True)
    return CarryOver(is_auto_renewed=is_renewed, scheduled=replace(change, plan_id=target_plan_id.lower()))
