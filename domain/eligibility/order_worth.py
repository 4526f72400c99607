"""What an order is worth: one figure for credit thresholds and the invoice minimum.

See switch#worth-of-an-order.
"""

from __future__ import annotations

from domain.catalog.addons import ATTACHABLE, addon_fates
from domain.catalog.catalog import UnknownPlan
from domain.catalog.plans import Plan
from domain.eligibility.eligibility_input import Case
from domain.kernel.money import Money
from domain.periods.billing_periods import CYCLE_MONTHS


def order_worth(case: Case) -> Money | None:
    """Return the net price of one whole billing period of what is ordered.

    That is the new plan and every add-on that is carried over, each by its own billing cycle, whatever
    remains of the present period.

    Args:
        case: The facts with source, target and catalog.

    Returns:
        None where the price or the period of the new plan is not known.
    """
    source, quantity = case.input.source, case.input.quantity
    plan = _period_price(case, case.target, case.input.billing_cycle or source.billing_cycle, quantity)
    if plan is None:
        return None
    return sum(_addon_prices(case), plan)


def _addon_prices(case: Case) -> list[Money]:
    """Return what each add-on costs that is ordered with the plan; one without a list price adds nothing."""
    held = {each.subscription_id: each for each in case.input.subscriptions}
    prices = []
    for fate in addon_fates(case.catalog, case.input.source, case.input.subscriptions, case.target):
        plan = _known_plan(case, fate.plan_id) if fate.fate == ATTACHABLE else None
        if plan is not None:
            cycle = held[fate.subscription_id].billing_cycle
            prices.append(_period_price(case, plan, cycle, fate.quantity))
    return [price for price in prices if price is not None]


def _known_plan(case: Case, plan_id: str) -> Plan | None:
    try:
        return case.catalog.plan(plan_id)
    except UnknownPlan:
        return None


def _period_price(case: Case, plan: Plan, billing_cycle: str, quantity: int) -> Money | None:
    months = CYCLE_MONTHS.get(billing_cycle)
    prices = (price.unit_price for price in plan.prices)
    own = next((price for price in prices if price.currency == case.input.profile.currency), None)
    return None if own is None or months is None else own.times(quantity * months)
