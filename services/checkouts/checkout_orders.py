"""Ordering a checkout: the mark on the draft, then the start of its switch; API and pages order by this."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import anyio.from_thread

from domain.kernel.errors import RuleViolated
from domain.requests.checkout import Placing
from services.assessment.asking import order_of
from services.base.refusals import refused
from services.base.tools import Tools
from services.checkouts import checkouts

#: How to repeat an order whose answer was lost.
ORDERED_AGAIN = "Then order the same revision again: it is one switch."


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderedCheckout:
    """What an order led to."""

    switch_id: str
    request_id: str
    #: The draft was ordered before; this is the answer to it.
    is_repeated: bool


def order(tools: Tools, checkout_id: str, placing: Placing, *, actor: str) -> OrderedCheckout:
    """Start the switch with exactly what is shown; the same revision again answers the same switch.

    Call it in a worker thread of the server's loop, on which the workflow is started.

    Raises:
        Refused: The switch was refused before anything was ordered; the draft is open again.
        WorkerAbsent: No worker would take it; the draft is as it was.
        PlanSwitchError: What `checkouts.place` raises.
    """
    draft = tools.store.checkout(checkout_id)
    is_repeated = draft.placed is not None
    request_id = draft.placed.request_id if draft.placed else ""
    # Before the draft is marked as ordered.
    anyio.from_thread.run(tools.workflows.require_worker, draft.organization_id, request_id)
    checkout = checkouts.place(tools, checkout_id, placing, actor=actor)
    if checkout.placed is None:
        raise RuleViolated("The checkout was reopened meanwhile.", remedy="Look at it and order again.")
    wanted = order_of(
        placing.on_behalf(checkout.terms),
        checkout.priced,
        switch_id=checkout.placed.switch_id,
        request_id=checkout.placed.request_id,
        actor=actor,
        reason=placing.reason,
    )
    result = anyio.from_thread.run(
        partial(
            tools.workflows.start,
            wanted,
            source_plan_id=checkout.priced.input.source_plan_id,
            repetition=ORDERED_AGAIN,
        )
    )
    if not result.accepted:
        checkouts.reopen(tools, checkout, result, actor=actor)
        raise refused(result)
    return OrderedCheckout(switch_id=wanted.switch_id, request_id=wanted.request_id, is_repeated=is_repeated)
