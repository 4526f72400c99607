"""A new subscription that was bought in the vendor's own pages, or is owned already (manual#done-outside)."""

from __future__ import annotations

from activities.assessment.addons import billed_now, lacking_addons
from activities.base.step import Step, request_of
from activities.order.purchase import may_be_placed
from domain.kernel.errors import UnknownSubscription
from domain.ports.product_port import ProductAct
from domain.ports.seller_port import SellerSubscription, SubscriptionState
from domain.products.product_acts import ProductActState, open_acts
from domain.subscriptions.subscription import Subscription


def outside_purchase(step: Step, source: Subscription) -> SellerSubscription | None:
    """Return the subscription that takes the place of an order; None: the switch orders its own.

    It is the one that was named at the start, or one of the new plan that the seller did not show then. Where
    an order of our own may have been placed, what has come since may be that order's.

    Args:
        step: The attempt that records the start of `buy`.
        source: Loaded source.

    Raises:
        UnknownSubscription: The one that was named is not there any more.
    """
    request, named = request_of(step, source), step.order.target_subscription_id
    held = step.cloud.seller.subscriptions(step.order.organization_id)
    live = [each for each in held if each.state is SubscriptionState.LIVE]
    if named:
        match = next((each for each in live if each.subscription_id.lower() == named.lower()), None)
        if match is None:
            raise UnknownSubscription(
                f"The seller shows no live subscription {named}.",
                remedy="Cancel the switch, and start it without it, or with another one.",
            )
        return match
    if may_be_placed(step):
        return None
    known = {str(each["subscription_id"]).lower() for each in request.assessment["inputs"]["subscriptions"]}
    return next(
        (
            each
            for each in live
            if each.plan_id == request.target_plan_id and each.subscription_id.lower() not in known
        ),
        None,
    )


def purchase_refusal(step: Step, source: Subscription, bought: SellerSubscription) -> str:
    """Return why a subscription can't take the place of the order; "" where it can.

    What is not billed yet is billed by the accepted quote, which is for a number of licenses and its add-ons.

    Args:
        step: The attempt that records the start of `buy`.
        source: Loaded source.
        bought: What was bought outside.
    """
    return (
        _plan_refusal(step, source, bought)
        or _act_refusal(step, bought)
        or _billing_refusal(step, bought)
        or _quantity_refusal(step, source, bought)
        or _addons_refusal(step, bought)
    )


def _plan_refusal(step: Step, source: Subscription, bought: SellerSubscription) -> str:
    """Return why it is of another plan: whoever sells it may have changed it since the start."""
    wanted = request_of(step, source).target_plan_id
    if bought.plan_id.casefold() == wanted.casefold():
        return ""
    return (
        f"Subscription {bought.subscription_id} is of {bought.plan_name} by now, and not of the plan that "
        "was requested. Cancel the switch, and start it anew."
    )


def _act_refusal(step: Step, bought: SellerSubscription) -> str:
    """Return why it is not an operator's purchase yet: an act on a product buys it, and bills it next."""
    organization = step.store.organization(step.order.organization_id)
    acts = open_acts(organization) if organization else ()
    act = next((each for each in acts if _buys(each, bought)), None)
    if act is None:
        return ""
    return (
        f"Subscription {bought.subscription_id} is being bought by `planswitch product buy` (request "
        f"{act.question.request_id}), which bills it by itself. Wait until that has ended, then start the "
        "step again."
    )


def _buys(act: ProductActState, bought: SellerSubscription) -> bool:
    """Return whether an act may buy a subscription; before its order is recorded, any one of its plan."""
    if act.question.act != ProductAct.BUY:
        return False
    if not act.order_id:
        return act.question.plan_id.casefold() == bought.plan_id.casefold()
    return act.order_id == bought.order_id or act.bought_id == bought.subscription_id


def _billing_refusal(step: Step, bought: SellerSubscription) -> str:
    """Return why its billing is not what the accepted quote has: it would be charged twice, or never."""
    organization_id, target_id = step.order.organization_id, bought.subscription_id
    is_billed = billed_now(step.cloud, organization_id, target_id) is not None
    if is_billed == step.accepted_quote.input.is_target_owned:
        return ""
    what = (
        "is billed already, and the accepted quote charges it"
        if is_billed
        else "is billed no more, and the accepted quote charges nothing for it"
    )
    return (
        f"Subscription {target_id} {what}. Cancel the switch, and start it anew with "
        f"`--target-subscription {target_id}`: the new quote counts its billing."
    )


def _addons_refusal(step: Step, bought: SellerSubscription) -> str:
    """Return which add-ons of the old plan would end without another in their place."""
    lacking = lacking_addons(step, bought.subscription_id)
    if not lacking:
        return ""
    names = ", ".join(f"{each.name} with {each.quantity} licenses" for each in lacking)
    return (
        f"Subscription {bought.subscription_id} lacks add-ons that go on beside the new plan: {names}. Add "
        "them to it where you bought it, not billed yet, then start the step again; or cancel the switch."
    )


def _quantity_refusal(step: Step, source: Subscription, bought: SellerSubscription) -> str:
    quoted = request_of(step, source).quantity
    if step.accepted_quote.input.is_target_owned or bought.quantity == quoted:
        return ""
    return (
        f"Subscription {bought.subscription_id} was bought with {bought.quantity} licenses, and the accepted "
        f"quote has {quoted}. Set it to {quoted} licenses where you bought it, then start the step again; or "
        "cancel the switch and start it anew."
    )
