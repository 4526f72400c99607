"""The console's side of Temporal: start a switch, send an operator's command, count a history."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar, cast

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowFailureError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.contract import RequestSwitchResult, SwitchOrder
from domain.errors import PlanSwitchError, RequestReused, RuleViolated
from domain.ids import workflow_id_of
from workflows.messages import (
    CommandAnswer,
    CreditDecision,
    CreditExtension,
    OperatorCommand,
    SwitchResult,
)

Answer = TypeVar("Answer")
Command = OperatorCommand | CreditDecision | CreditExtension

WORKFLOW = "PlanSwitch"
REQUEST_UPDATE = "await_request"
#: The request is assessed and recorded in about a second; after this the caller is told to look again.
ANSWER_TIMEOUT = timedelta(seconds=45)
READ_TIMEOUT = timedelta(seconds=10)
CONNECT_FAILURE = "Failed client connect"
#: Outcome of a workflow whose request was not accepted.
REFUSED = "refused"


class OrchestrationUnavailable(PlanSwitchError):
    """Temporal, or its worker, does not answer."""

    code = "SERVER_UNAVAILABLE"


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkflowHistory:
    """How long the history of one workflow is."""

    workflow_id: str
    run_id: str
    events: int


class SwitchWorkflows:
    """Switch workflows in Temporal.

    Args:
        connect: Returns the client; called for each request, so that it may connect on first use.
        task_queue: Where the worker takes its work from.
    """

    def __init__(self, connect: Callable[[], Awaitable[Client]], *, task_queue: str) -> None:
        self._connect = connect
        self._task_queue = task_queue

    async def using(self, work: Callable[[Client, str], Awaitable[Answer]]) -> Answer:
        """Do something with the client and the worker's task queue.

        Raises:
            OrchestrationUnavailable: Temporal does not answer.
        """
        with _translated():
            return await work(await self._connect(), self._task_queue)

    async def start(self, order: SwitchOrder) -> RequestSwitchResult:
        """Start the workflow of a request, or join it, and wait until it is accepted or refused.

        Raises:
            OrchestrationUnavailable: Temporal or the worker does not answer.
        """
        with _translated():
            client = await self._connect()
            try:
                return await self._start(client, order)
            except WorkflowAlreadyStartedError as error:
                # The answer to the first try was lost and the switch has ended meanwhile.
                return await _answer_of_ended(client, error.workflow_id)

    async def _start(self, client: Client, order: SwitchOrder) -> RequestSwitchResult:
        operation: WithStartWorkflowOperation[Any, SwitchResult] = WithStartWorkflowOperation(
            WORKFLOW,
            order,
            id=workflow_id_of(order.organization_id, order.request_id),
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            result_type=SwitchResult,
            static_summary=f"{order.organization_id} to plan {order.target_plan_id}",
        )
        answer = await client.execute_update_with_start_workflow(
            REQUEST_UPDATE,
            order,
            start_workflow_operation=operation,
            result_type=RequestSwitchResult,
            rpc_timeout=ANSWER_TIMEOUT,
        )
        return cast("RequestSwitchResult", answer)

    async def command(
        self, workflow_id: str, update: str, command: Command, *, request_id: str
    ) -> CommandAnswer:
        """Send a command to a running switch; the same request id acts once.

        Args:
            workflow_id: The switch's workflow.
            update: Name of the update, such as `retry_failed` or `decide_credit`.
            command: Who wants what, and why.
            request_id: Names the command.

        Raises:
            RuleViolated: The switch has ended.
            OrchestrationUnavailable: Temporal or the worker does not answer.
        """
        with _translated():
            client = await self._connect()

            async def send() -> CommandAnswer:
                answer = await client.get_workflow_handle(workflow_id).execute_update(
                    update,
                    command,
                    id=request_id,
                    result_type=CommandAnswer,
                    rpc_timeout=ANSWER_TIMEOUT,
                )
                return cast("CommandAnswer", answer)

            try:
                return await send()
            except RPCError as error:
                if error.status != RPCStatusCode.ABORTED:
                    raise
                # The switch closed while it was asked; what was asked by this id is answered now, or refused.
                return await send()

    async def histories(self, workflow_id: str) -> list[WorkflowHistory]:
        """Return the length of the history of a workflow and of each of its children.

        Raises:
            OrchestrationUnavailable: Temporal does not answer.
        """
        with _translated():
            client = await self._connect()
            found = []
            waiting = [workflow_id]
            while waiting:
                handle = client.get_workflow_handle(waiting.pop(0))
                history = await handle.fetch_history(rpc_timeout=READ_TIMEOUT)
                described = await handle.describe(rpc_timeout=READ_TIMEOUT)
                waiting += [
                    event.child_workflow_execution_started_event_attributes.workflow_execution.workflow_id
                    for event in history.events
                    if event.HasField("child_workflow_execution_started_event_attributes")
                ]
                found.append(
                    WorkflowHistory(
                        workflow_id=handle.id, run_id=described.run_id, events=len(history.events)
                    )
                )
            return found


async def _answer_of_ended(client: Client, workflow_id: str) -> RequestSwitchResult:
    handle = client.get_workflow_handle(workflow_id, result_type=SwitchResult)
    try:
        ended = await handle.result(rpc_timeout=READ_TIMEOUT)
    except WorkflowFailureError as error:
        raise RequestReused(
            "This request was made before, and its workflow has failed.",
            remedy="Look at it with `planswitch switch list`, or start with a new request id.",
        ) from error
    return RequestSwitchResult(
        saved=(),
        accepted=ended.outcome != REFUSED,
        code=ended.code,
        message=ended.message,
        remedy="Look at it with `planswitch switch list`, or start with a new request id.",
        reasons=(),
        users=ended.moved,
        promised_end=None,
    )


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except WorkflowUpdateFailedError as error:
        raise RuleViolated(
            f"The switch refused: {error.cause}.", remedy="`planswitch switch show` tells where it stands."
        ) from error
    except WorkflowUpdateRPCTimeoutOrCancelledError as error:
        raise OrchestrationUnavailable(
            "The worker did not answer in time; the request is kept and goes on when it does.",
            remedy="Start it with `planswitch up`, then look at `planswitch switch list`.",
        ) from error
    except RPCError as error:
        raise _rpc_error(error) from error
    except RuntimeError as error:
        # A lazy client raises this bare when its first connection fails.
        if CONNECT_FAILURE not in str(error):
            raise
        raise _down("no connection") from error


def _rpc_error(error: RPCError) -> PlanSwitchError:
    if error.status == RPCStatusCode.NOT_FOUND:
        return RuleViolated(
            "The switch has ended, so nothing waits for this command.",
            remedy="`planswitch switch show` tells how it ended.",
        )
    return _down(error.status.name.lower().replace("_", " "))


def _down(why: str) -> OrchestrationUnavailable:
    return OrchestrationUnavailable(
        f"Temporal does not answer ({why}).",
        remedy="Start the stack with `planswitch up`; `planswitch doctor` tells what is down.",
    )
