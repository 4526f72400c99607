"""What goes over from the old subscription to the new one: renewal, scheduled change.

See rules#quote-and-cutover.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.ports.seller_port import RenewalTerms, ScheduledChange

#: How the new plan renews: as the old one does, or as the order says.
KEEP, ON, OFF = "keep", "on", "off"


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
