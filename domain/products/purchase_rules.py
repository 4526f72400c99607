"""The rules of eligibility that hold for a product that is bought without a switch (rules#reasons).

Others are about the plan that is left, or about the users of a switch.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.catalog.plans import Plan
from domain.catalog.rule_sets import CURRENT, rule_set
from domain.kernel.errors import RuleViolated
from domain.kernel.money import Money
from domain.reasons.reasons import Reason, reason

ADDON, INVOICE = "addon", "invoice"


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedPurchase:
    """Licenses that somebody wants to buy."""

    plan: Plan
    #: Licenses of the plan once they are bought, from all its subscriptions.
    licenses: int
    #: Net price of the first whole period; None: no order is placed.
    net: Money | None = None
    #: card or invoice.
    payment_method: str = ""


def is_sold_alone(plan: Plan) -> bool:
    """Return whether an order can be of this plan: it is still sold, and needs no other one."""
    return not plan.is_retired and plan.kind != ADDON


def require_purchasable(purchase: PlannedPurchase, *, now: datetime) -> None:
    """Refuse to buy what the rules of the current rule set do not let anybody buy.

    Args:
        purchase: What is to be bought.
        now: Aware instant.

    Raises:
        RuleViolated: The plan is not sold so, has a user cap (rules#target_user_cap), or the order is too
            small for an invoice (rules#invoice_below_minimum); `reasons` has the code.
    """
    plan = purchase.plan
    if purchase.net is not None and not is_sold_alone(plan):
        raise _not_sold(plan)
    reasons = [each for each in (_cap(purchase, now), _minimum(purchase, now)) if each]
    if reasons:
        raise RuleViolated(
            " ".join(each.message for each in reasons),
            remedy=" ".join(each.remedy for each in reasons),
            reasons=tuple(reasons),
        )


def _not_sold(plan: Plan) -> RuleViolated:
    if plan.is_retired:
        return RuleViolated(
            f"{plan.name} is no longer sold.",
            remedy="Choose another plan: `planswitch catalog list` shows what is sold.",
        )
    return RuleViolated(
        f"{plan.name} is an add-on: it is bought with its plan, and does nothing alone.",
        remedy="Attach it to a plan at the vendor.",
    )


def _cap(purchase: PlannedPurchase, now: datetime) -> Reason | None:
    cap, licenses = purchase.plan.user_cap, purchase.licenses
    if cap is None or licenses <= cap:
        return None
    evidence: dict[str, str | int] = {"target": purchase.plan.name, "cap": cap, "quantity": licenses}
    return reason("TARGET_USER_CAP", evidence, now=now)


def _minimum(purchase: PlannedPurchase, now: datetime) -> Reason | None:
    net = purchase.net
    if net is None or purchase.payment_method != INVOICE:
        return None
    minimum = rule_set(CURRENT).invoice_minimum(net.currency)
    if minimum is None or not net < minimum:
        return None
    return reason("INVOICE_BELOW_MINIMUM", {"order_total": str(net), "minimum": str(minimum)}, now=now)
