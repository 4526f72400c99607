"""Answers to a credit check, by the bureau or by an operator in its place (rules#credit-check)."""

from __future__ import annotations

from collections.abc import Iterator

import structlog

from domain.kernel.errors import RuleViolated, UnknownSwitch
from domain.switch.credit import rule_on_decision
from domain.switch.events import CreditCheckRequired, ReplacementOrdered
from domain.switch.stage import TERMINAL
from domain.switch.switch_state import SwitchState
from projections.reads.queries import PAGE_MAX
from projections.reads.shown_rows import SwitchRow
from services.answers import CallbackTaken
from services.base.switch_rows import readable_source
from services.base.tools import Tools
from services.commands.send import send
from workflows.base.messages import CreditDecision

DECIDE_CREDIT = "decide_credit"
EXTEND_CREDIT = "extend_credit"
_log = structlog.get_logger()


def take_callback(
    tools: Tools, decision: CreditDecision, *, organization_id: str, order_id: str, check_id: str
) -> CallbackTaken:
    """Find the switch of an order, and let its workflow decide; an answer that came before is repeated.

    Args:
        tools: Where to look and to send.
        decision: What the bureau says.
        organization_id: Who ordered.
        order_id: The order: the bureau does not know the switch.
        check_id: The credit check that it answers.

    Raises:
        UnknownSwitch: No switch placed the order, as far as is recorded yet.
        RuleViolated: It does not count.
    """
    row, state = _switch_of_order(tools, organization_id, order_id)
    try:
        message, is_repeated = _ruled(tools, row, state, decision, check_id=check_id)
    except RuleViolated as error:
        _log.warning(
            "credit_callback_refused", switch_id=row.switch_id, verdict=decision.verdict, why=error.message
        )
        remedy = "Nothing was changed; `planswitch switch show` tells how it stands."
        raise RuleViolated(error.message, remedy=remedy) from error
    _log.info("credit_callback_taken", switch_id=row.switch_id, verdict=decision.verdict)
    return CallbackTaken(
        callback_id=decision.decision_id, switch_id=row.switch_id, message=message, repeated=is_repeated
    )


def _ruled(
    tools: Tools, row: SwitchRow, state: SwitchState, decision: CreditDecision, *, check_id: str
) -> tuple[str, bool]:
    """Return what became of an answer, and whether it had come before."""
    required = state.of(CreditCheckRequired)
    if required is not None and required.check_id != check_id:
        ordered = state.require(ReplacementOrdered)
        raise RuleViolated(f"Order {ordered.order_id} has another credit check.")
    ruling = rule_on_decision(state, decision.decision_id, decision.verdict)
    if state.stage not in TERMINAL and (ruling.is_new or not ruling.verdict):
        return send(tools, row, DECIDE_CREDIT, decision).message, False
    if not ruling.is_accepted:
        raise RuleViolated(ruling.message)
    return ruling.message, True


def _switch_of_order(tools: Tools, organization_id: str, order_id: str) -> tuple[SwitchRow, SwitchState]:
    """Return the switch that placed an order; the read model is an index, the record decides."""
    for row in _switches(tools, organization_id):
        source = readable_source(tools, row)
        state = source.switches.get(row.switch_id) if source else None
        ordered = state.of(ReplacementOrdered) if state else None
        if state is not None and ordered is not None and ordered.order_id == order_id:
            return row, state
    raise UnknownSwitch(
        f"No switch of organization {organization_id} placed order {order_id}.",
        remedy="Send the callback again in a few seconds: the order may not be recorded yet.",
    )


def _switches(tools: Tools, organization_id: str) -> Iterator[SwitchRow]:
    """Return every switch of an organization, the newest first."""
    after: str | None = None
    while True:
        page = tools.reads.switches(organization_id=organization_id, limit=PAGE_MAX, after=after)
        yield from page.rows
        after = page.next_id
        if after is None:
            return
