"""What was approved is sent in the name of its requester, once for its request id."""

from __future__ import annotations

from functools import partial

from anyio import from_thread

from activities.assessment.preparation import Prepared
from activities.contract import SwitchOrder
from activities.request.eligibility import as_accepted, question_of, require_acceptable
from activities.signed_command import START, WAIT
from activities.signing.stored_messages import as_stored, from_stored
from domain.approvals.approval import Approval
from domain.approvals.approval_policy import PRODUCT_PREFIX
from domain.kernel.errors import PlanSwitchError, QuoteChanged
from domain.kernel.money import Money
from domain.products.product_acts import ActRequest
from services.approvals.proposals import message_type, proposed_order
from services.assessment.asking import ask
from services.base.tools import Tools
from services.checkouts.checkouts import reopen_refused
from services.commands.send import send
from services.products.acts import request_act
from services.temporal.switch_workflows import refused
from workflows.wait.eligibility_wait import WaitRequest

#: Field of a proposal that names the draft of its order.
CHECKOUT = "checkout_id"


def require_current(tools: Tools, approval: Approval) -> None:
    """Refuse what is no longer what was requested: its quote, its users or its rules have changed.

    Other commands are looked at where they act: the switch answers what is too late.

    Args:
        tools: Where to ask anew.
        approval: The request.

    Raises:
        QuoteChanged: It says what is another one by now.
        PlanSwitchError: It would be refused.
    """
    if approval.requested.command != START:
        return
    order = proposed_order(tools, approval.requested.proposal["order"])
    prepared = ask(tools, question_of(order), actor=approval.requested_by).prepared
    prepared = as_accepted(prepared, order.quote_digest)
    if prepared.quote.digest != order.quote_digest or prepared.movers > approval.requested.users:
        raise QuoteChanged(
            f"What was requested has changed: {_differences(approval, prepared)}. Nothing was started.",
            remedy="Its requester asks for a new quote, and requests anew with that.",
        )
    require_acceptable(prepared, order.quote_digest)


def _differences(approval: Approval, prepared: Prepared) -> str:
    request, total = approval.requested, prepared.total_at_most
    known = Money(minor_units=request.amount_minor_units, currency=request.currency or "EUR")
    words = []
    if prepared.movers != request.users:
        words.append(f"{prepared.movers} users move, and {request.users} were requested")
    if total is not None and total != known:
        words.append(f"it costs up to {total}, and {known} was requested")
    return "; ".join(words) or "a price, a date, the users who move or their services have changed"


def carry_out(tools: Tools, approval: Approval) -> str:
    """Send what was approved, and return what became of it, in words; again it answers the same.

    Call it in a worker thread of the server's loop.

    Args:
        tools: What to send it with.
        approval: Approved, and still what was requested.

    Raises:
        PlanSwitchError: It was refused, or nobody answers.
    """
    request = approval.requested
    if request.command == START:
        return _start(tools, approval)
    if request.command == WAIT:
        return _wait(tools, approval)
    if request.command.startswith(PRODUCT_PREFIX):
        act = from_stored(ActRequest, request.proposal)
        progress = request_act(tools, request.organization_id, act, actor=approval.requested_by)
        return f"The act is {progress.state.outcome}."
    command = from_stored(message_type(request.command), request.proposal)
    return send(tools, tools.reads.switch(request.switch_id), request.command, command).message


def _start(tools: Tools, approval: Approval) -> str:
    proposal = approval.requested.proposal
    order = proposed_order(tools, proposal["order"])
    result = from_thread.run(
        partial(tools.workflows.start, order, source_plan_id=str(proposal["source_plan_id"]))
    )
    if not result.accepted:
        raise refused(result)
    return f"The switch {order.switch_id} is started."


def _wait(tools: Tools, approval: Approval) -> str:
    proposal = approval.requested.proposal
    order = proposed_order(tools, proposal["order"])
    request = from_stored(WaitRequest, {**proposal, "order": as_stored(SwitchOrder, order)})
    result = from_thread.run(tools.workflows.start_wait, request)
    if not result.accepted:
        raise refused(result)
    return f"The request {order.switch_id} waits for its time."


def end_unapproved(tools: Tools, approval: Approval, error: PlanSwitchError, *, actor: str) -> None:
    """Open the draft of an order again whose start is refused or void; nothing else is held by a request.

    Args:
        tools: Where the draft is.
        approval: The request that ends.
        error: Why.
        actor: Who ends it.
    """
    checkout_id = str(approval.requested.proposal.get(CHECKOUT) or "")
    if checkout_id:
        reopen_refused(tools, checkout_id, error, actor=actor)
