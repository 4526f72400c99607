"""What is wrong with a workflow, by what Temporal says of it, and what to do about it.

A workflow whose task fails again and again, whose activity somebody has paused, or that is gone says nothing
of that itself: the record stands where it stood.
Each function that asks raises `RPCError` where Temporal does not answer.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, WorkflowExecutionStatus
from temporalio.api.workflow.v1 import PendingActivityInfo, WorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import (
    DescribeWorkflowExecutionResponse,
    GetWorkflowExecutionHistoryReverseRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from domain.kernel.ids import switch_id_of
from domain.operator.workflow_trouble import WorkflowTrouble
from domain.text.plain_text import cleaned_text
from services.temporal.raw_calls import read_raw
from services.temporal.workflow_runs import (
    INVOICE,
    PASS,
    PAUSED_STATUS,
    RPC_TIMEOUT,
    SWITCH,
    WAIT,
    description_of,
    listed,
)
from store.health.heartbeats import TROUBLES
from store.switch_store import SwitchStore

WORKFLOW_TASK_FAILING = "WORKFLOW_TASK_FAILING"
WORKFLOW_PAUSED = "WORKFLOW_PAUSED"
WORKFLOW_LOST = "WORKFLOW_LOST"
ACTIVITY_PAUSED = "ACTIVITY_PAUSED"
WORKFLOW_LEFT_OPEN = "WORKFLOW_LEFT_OPEN"
#: A task that failed once or twice passes by itself: a worker was stopped, or is being replaced.
FAILED_TASKS_MIN = 3
_TEXT_MAX = 300
_EVENTS_LOOKED_AT = 20
_OUR_TYPES = f"WorkflowType IN ({', '.join(repr(each) for each in (SWITCH, PASS, WAIT, INVOICE))})"
#: The server tells of these by itself, whatever the number of workflows that run; older ones know not each.
_REPORTED = (
    f"{_OUR_TYPES} AND ExecutionStatus = 'Running' AND TemporalReportedProblems IS NOT NULL",
    f"{_OUR_TYPES} AND TemporalPauseInfo IS NOT NULL",
)
#: Beginning of the ids of the passes, which are children of a switch's workflow.
_PASSES = "licenses:"
_SWITCH = re.compile(r"(?:licenses|invoice):([0-9a-f-]{36})\b")
_OF_REQUEST = re.compile(r"(?:switch|wait):([^:]+):(.+)", re.DOTALL)
_GONE = {
    WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED: "has failed",
    WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TERMINATED: "was terminated by hand",
    WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TIMED_OUT: "has timed out",
    WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED: "was cancelled by hand",
}
_COMPLETED = WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED
_OPEN = frozenset({WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING, PAUSED_STATUS})
#: Workflows that are gone and looked at in one round; whoever makes more by hand hides none that is open.
_GONE_MAX = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Described:
    """A workflow as Temporal describes it."""

    workflow_id: str
    #: "" where its id tells the switch alone.
    organization_id: str
    switch_id: str
    answer: DescribeWorkflowExecutionResponse

    @property
    def short(self) -> str:
        """Return the beginning of the switch's id, which commands take."""
        return self.switch_id[:8]

    def trouble(
        self, code: str, message: str, remedy: str, *, since: Timestamp | None = None, place: str = ""
    ) -> WorkflowTrouble:
        """Return something that is wrong with it."""
        return WorkflowTrouble(
            workflow_id=self.workflow_id,
            switch_id=self.switch_id,
            code=code,
            since=since.ToDatetime(tzinfo=UTC) if since and since.seconds > 0 else None,
            message=message,
            remedy=remedy,
            place=place,
        )


async def reported(client: Client, task_queue: str) -> list[WorkflowTrouble]:
    """Return the troubles of the workflows that the server reports: two lists, and a look at each."""
    named: dict[str, None] = {}
    for query in _REPORTED:
        try:
            named |= {
                each.execution.workflow_id: None
                async for each in listed(client, query, task_queue)
                if each.status in _OPEN
            }
        except RPCError as error:
            if error.status != RPCStatusCode.INVALID_ARGUMENT:
                raise
    return [trouble for workflow_id in named for trouble in await troubles_of(client, workflow_id)]


async def gone(client: Client, task_queue: str, since: datetime) -> AsyncIterator[Described]:
    """Yield what did not end by its own result, and was not started again.

    Of switches those that ended since an instant; waits and watches for as long as Temporal knows them.
    """
    statuses = "'Failed', 'Terminated', 'TimedOut', 'Canceled'"
    query = (
        f"ExecutionStatus IN ({statuses}) AND (WorkflowType IN ('{WAIT}', '{INVOICE}')"
        f" OR (WorkflowType = '{SWITCH}' AND CloseTime > '{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'))"
    )
    looked_at: set[str] = set()
    async for info in listed(client, query, task_queue):
        workflow_id = info.execution.workflow_id
        if workflow_id in looked_at:
            continue
        if len(looked_at) == _GONE_MAX:
            return
        looked_at.add(workflow_id)
        newest = await describe(client, workflow_id)
        if newest is not None and newest.answer.workflow_execution_info.status in _GONE:
            yield newest


async def completed(client: Client, task_queue: str, since: datetime) -> AsyncIterator[str]:
    """Yield the ids of the switches' workflows that were completed since an instant."""
    query = (
        f"ExecutionStatus = 'Completed' AND WorkflowType = '{SWITCH}'"
        f" AND CloseTime > '{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"
    )
    async for info in listed(client, query, task_queue):
        yield info.execution.workflow_id


async def troubles_of(client: Client, workflow_id: str) -> list[WorkflowTrouble]:
    """Return what is wrong with an open workflow; nothing where all is well."""
    run = await describe(client, workflow_id)
    return await _troubles(client, run) if run else []


async def troubles_now(client: Client, workflow_id: str) -> list[WorkflowTrouble]:
    """Return what is wrong with a workflow, and with the pass over its users that it waits for, now."""
    run = await describe(client, workflow_id)
    if run is None:
        return []
    troubles = await _troubles(client, run)
    for each in run.answer.pending_children:
        if each.workflow_id.startswith(_PASSES):
            troubles += await troubles_of(client, each.workflow_id)
    return troubles


def remedy_beside(wait_remedy: str, troubles: Sequence[WorkflowTrouble]) -> str:
    """Return what can be done about the wait of a switch whose workflows may be in trouble.

    Args:
        wait_remedy: What the board says; "" where nothing but waiting helps.
        troubles: What is wrong with its workflows.
    """
    if not troubles or not wait_remedy:
        return wait_remedy
    # What the stage waits for does not come while its workflow can't go on.
    return " ".join(dict.fromkeys(each.remedy for each in troubles))


def looked_seconds_ago(store: SwitchStore) -> float | None:
    """Return how old the troubles are that lists show, from the database alone; None: nobody has looked."""
    rounds = [each.age_seconds for each in store.heartbeats() if each.part == TROUBLES]
    return min(rounds, default=None)


async def _troubles(client: Client, run: Described) -> list[WorkflowTrouble]:
    troubles = [*_paused_activities(run)]
    if run.answer.workflow_execution_info.status == PAUSED_STATUS:
        troubles.append(_paused(run))
    if run.answer.pending_workflow_task.attempt >= FAILED_TASKS_MIN:
        troubles.append(_failing(run, await _why_failing(client, run.workflow_id)))
    return troubles


async def describe(client: Client, workflow_id: str) -> Described | None:
    """Return what Temporal says of the newest run of a workflow; None where it knows none of ours."""
    answer = await description_of(client, workflow_id)
    if answer is None:
        return None
    organization_id, switch_id = _owner_of(answer.workflow_execution_info)
    if not switch_id:
        return None
    return Described(
        workflow_id=workflow_id, organization_id=organization_id, switch_id=switch_id, answer=answer
    )


def lost(run: Described, *, is_again: bool) -> WorkflowTrouble:
    """Return the trouble of a workflow that is gone although something still waits for it.

    Args:
        run: The workflow.
        is_again: The reconciler starts it again by itself.
    """
    info = run.answer.workflow_execution_info
    remedy = f"`planswitch switch restart {run.short} --reason …` starts it again from the record."
    if run.workflow_id.startswith("invoice:"):
        remedy = (
            f"`temporal workflow reset -w {run.workflow_id} --type FirstWorkflowTask --reason …` lets it"
            " look again; until then look after the invoice yourself."
        )
    elif is_again:
        remedy = f"It is started again by itself within minutes; `planswitch reconcile` does it now. {remedy}"
    message = f"Its workflow {run.workflow_id} {_GONE[info.status]}, and the record is not at its end."
    return run.trouble(WORKFLOW_LOST, message, remedy, since=info.close_time)


def ended_early(run: Described) -> WorkflowTrouble | None:
    """Return the trouble of a completed workflow whose switch is open; None where it is not completed."""
    info = run.answer.workflow_execution_info
    if info.status != _COMPLETED:
        return None
    return run.trouble(
        WORKFLOW_LOST,
        f"Its workflow {run.workflow_id} has come to an end, and the record is not at its end.",
        "`planswitch reconcile` says why, and starts it again if somebody ended it in Temporal; "
        f"`planswitch switch restart {run.short} --reason …` starts it again from the record.",
        since=info.close_time,
    )


def left_open(workflow_id: str, switch_id: str, *, outcome: str, since: datetime) -> WorkflowTrouble:
    """Return the trouble of a workflow that is still open although its switch has ended."""
    return WorkflowTrouble(
        workflow_id=workflow_id,
        switch_id=switch_id,
        code=WORKFLOW_LEFT_OPEN,
        since=since,
        message=f"The switch has ended as {outcome}, and its workflow {workflow_id} is still open.",
        remedy=f"Nothing waits for it: `temporal workflow terminate -w {workflow_id} --reason …` ends it. "
        f"`planswitch audit show {switch_id[:8]}` tells who ended the switch.",
    )


def _paused(run: Described) -> WorkflowTrouble:
    return run.trouble(
        WORKFLOW_PAUSED,
        f"Somebody has paused its workflow {run.workflow_id} in Temporal: nothing of it goes on.",
        f"`temporal workflow unpause -w {run.workflow_id} --reason …` lets it go on. To pause a "
        f"switch use `planswitch switch pause {run.short} --reason …`.",
    )


def _failing(run: Described, why: str) -> WorkflowTrouble:
    task = run.answer.pending_workflow_task
    return run.trouble(
        WORKFLOW_TASK_FAILING,
        f"The task of its workflow {run.workflow_id} has failed {task.attempt - 1} times and is tried again: "
        f"{why or 'the worker logs why'}.",
        "Nothing goes on until the worker can do it: install the version of planswitch with which the switch "
        f"began, or a newer one. If that does not help, `planswitch switch restart {run.short} --reason …` "
        "starts it again from the record.",
        since=task.original_scheduled_time,
    )


def _paused_activities(run: Described) -> Iterator[WorkflowTrouble]:
    for each in run.answer.pending_activities:
        if each.paused:
            yield run.trouble(
                ACTIVITY_PAUSED,
                f"{_who_paused(each)} paused its step {each.activity_type.name} in Temporal: it is not tried "
                "again.",
                f"`temporal activity unpause -w {run.workflow_id} --activity-id {each.activity_id}` "
                f"lets it go on. To pause a switch use `planswitch switch pause {run.short} --reason …`.",
                since=each.pause_info.pause_time,
                place=each.activity_id,
            )


def _who_paused(each: PendingActivityInfo) -> str:
    identity = cleaned_text(each.pause_info.manual.identity)[:_TEXT_MAX]
    return f"Somebody ({identity})" if identity else "Somebody"


async def _why_failing(client: Client, workflow_id: str) -> str:
    """Return why a task failed last, "" where the history does not tell."""
    request = GetWorkflowExecutionHistoryReverseRequest(
        namespace=client.namespace,
        execution=WorkflowExecution(workflow_id=workflow_id),
        maximum_page_size=_EVENTS_LOOKED_AT,
    )
    answer = await read_raw(
        client.workflow_service.get_workflow_execution_history_reverse, request, rpc_timeout=RPC_TIMEOUT
    )
    for event in answer.history.events:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
            failure = event.workflow_task_failed_event_attributes.failure
            text = " ".join(cleaned_text(failure.message).split())[:_TEXT_MAX].rstrip(".")
            return f"{failure.application_failure_info.type or 'failure'}: {text}"
    return ""


def _owner_of(info: WorkflowExecutionInfo) -> tuple[str, str]:
    """Return organization and switch of a workflow by its id; two times "" for one that is not ours.

    The search attributes tell the organization once its first task is done, and a task may fail before.
    """
    workflow_id = info.execution.workflow_id
    named = _SWITCH.match(workflow_id)
    if named:
        return "", named.group(1)
    of_request = _OF_REQUEST.match(workflow_id)
    if of_request is None:
        return "", ""
    organization_id, request_id = of_request.groups()
    return organization_id, switch_id_of(organization_id, request_id)
