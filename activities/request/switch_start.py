"""How a switch is started whose request has waited, signed by the product itself (ADR 19).

The plan that is left is shown in Temporal's lists from the start on: it is not in the input, and setting it
then costs no event. The other attributes the workflow sets by itself (workflows/base/visibility.py).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

from temporalio import activity
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)

from activities.base.wait_contract import BeginSwitchInput
from activities.contract import RequestSwitchResult, SwitchOrder
from activities.signed_command import START
from activities.signing.signatures import SYSTEM_PREFIX, CommandKeys, check, order_arguments, sign_order
from domain.kernel.ids import workflow_id_of

SOURCE_PLAN = SearchAttributeKey.for_keyword("SwitchSourcePlan")
#: Whose signature starts a switch that has waited.
WAIT_PART = f"{SYSTEM_PREFIX}eligibility-wait"
#: The workflow of a switch and its update, as the console starts it.
SWITCH_WORKFLOW = "PlanSwitch"
REQUEST_UPDATE = "await_request"
#: The request is recorded in about a second; after this it is asked again.
ANSWER_TIMEOUT = timedelta(seconds=45)


async def begin_requested(keys: CommandKeys, step_input: BeginSwitchInput) -> RequestSwitchResult:
    """Start or join the switch of an order that a look has found ready, and return what became of it.

    Args:
        keys: Of this installation.
        step_input: The order, and the plan that it leaves.

    Raises:
        CommandUnsigned: No look of a worker of this installation has found it.
    """
    order = _signed_now(keys, step_input.order)
    start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        SWITCH_WORKFLOW,
        order,
        id=workflow_id_of(order.organization_id, order.request_id),
        task_queue=activity.info().task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        search_attributes=start_attributes(step_input.source_plan_id),
        static_summary=f"{order.organization_id} to plan {order.target_plan_id}",
    )
    answer = await activity.client().execute_update_with_start_workflow(
        REQUEST_UPDATE,
        order,
        start_workflow_operation=start,
        result_type=RequestSwitchResult,
        rpc_timeout=ANSWER_TIMEOUT,
    )
    return cast("RequestSwitchResult", answer)


def _signed_now(keys: CommandKeys, order: SwitchOrder) -> SwitchOrder:
    """Return the order signed for this attempt: it may have waited to be started."""
    check(
        keys,
        order.signed,
        switch_id=order.switch_id,
        command=START,
        actor=WAIT_PART,
        seen_at=None,
        arguments=order_arguments(order),
    )
    return sign_order(keys, order, at=datetime.now(tz=UTC), actor=WAIT_PART)


def start_attributes(source_plan_id: str) -> TypedSearchAttributes:
    """Return the search attributes with which the workflow of a switch, or of its wait, is started.

    Args:
        source_plan_id: Plan that the organization leaves; "" sets nothing.
    """
    if not source_plan_id:
        return TypedSearchAttributes.empty
    return TypedSearchAttributes([SearchAttributePair(SOURCE_PLAN, source_plan_id)])
