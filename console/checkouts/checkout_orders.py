"""Ordering a checkout: the mark on the draft, then the start of its switch; API and pages order by this."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import anyio.from_thread

from activities.contract import SwitchOrder
from console.access.dependencies import ConsoleDependencies
from console.checkouts import checkouts
from console.checkouts.checkout_bodies import CheckoutOrderBody
from domain.kernel.errors import RuleViolated
from domain.requests.checkout import Checkout
from services.base.refusals import refused

#: How to repeat an order whose answer was lost.
ORDERED_AGAIN = "Then order the same revision again: it is one switch."


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderedCheckout:
    """What an order led to."""

    switch_id: str
    request_id: str
    #: The draft was ordered before; this is the answer to it.
    is_repeated: bool


def order(
    console: ConsoleDependencies, checkout_id: str, body: CheckoutOrderBody, *, actor: str
) -> OrderedCheckout:
    """Start the switch with exactly what is shown; the same revision again answers the same switch.

    Call it in a worker thread of the server's loop, on which the workflow is started.

    Raises:
        Refused: The switch was refused before anything was ordered; the draft is open again.
        WorkerAbsent: No worker would take it; the draft is as it was.
        PlanSwitchError: What `checkouts.place` raises.
    """
    draft = console.store.checkout(checkout_id)
    is_repeated = draft.placed is not None
    request_id = draft.placed.request_id if draft.placed else ""
    # Before the draft is marked as ordered.
    anyio.from_thread.run(console.workflows.require_worker, draft.organization_id, request_id)
    checkout = checkouts.place(console, checkout_id, body, actor=actor)
    wanted = _order(checkout, body, actor)
    result = anyio.from_thread.run(
        partial(
            console.workflows.start,
            wanted,
            source_plan_id=checkout.priced.input.source_plan_id,
            repetition=ORDERED_AGAIN,
        )
    )
    if not result.accepted:
        checkouts.reopen(console, checkout, code=result.code, message=result.message, actor=actor)
        raise refused(result)
    return OrderedCheckout(switch_id=wanted.switch_id, request_id=wanted.request_id, is_repeated=is_repeated)


def _order(checkout: Checkout, body: CheckoutOrderBody, actor: str) -> SwitchOrder:
    """Return the order of what was shown, the same for every repetition."""
    if checkout.placed is None:
        raise RuleViolated("The checkout was reopened meanwhile.", remedy="Look at it and order again.")
    terms, priced = checkout.terms, checkout.priced.input
    return SwitchOrder(
        switch_id=checkout.placed.switch_id,
        request_id=checkout.placed.request_id,
        organization_id=checkout.organization_id,
        source_subscription_id=checkout.source_subscription_id,
        target_plan_id=terms.target_plan_id,
        quantity=terms.quantity,
        mode=priced.mode,
        service_settings=terms.service_settings,
        payment_method=terms.payment_method,
        rule_set=checkout.rule_set,
        policy=checkout.policy,
        quote_digest=checkout.quote_digest,
        acknowledgments=terms.confirmed,
        quoted_on=priced.quoted_on.isoformat(),
        caller=body.caller,
        caller_role=body.caller_role,
        term=terms.term,
        billing_cycle=terms.billing_cycle,
        auto_renew=terms.auto_renew,
        actor=actor,
        reason=body.reason,
        catalog_version=priced.price_list_version,
    )
