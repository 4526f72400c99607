"""What Temporal knows of workflows: what became of one, which are open, what one says of itself.

Each function that asks raises `RPCError` where Temporal does not answer.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.api.workflow.v1 import PendingActivityInfo, WorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import (
    DescribeWorkflowExecutionRequest,
    DescribeWorkflowExecutionResponse,
    ListWorkflowExecutionsRequest,
)
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle, WorkflowQueryFailedError
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError, RPCStatusCode

from activities.contract import ORDER_REPLACEMENT, OrderReplacementResult
from domain.kernel.ids import switch_id_of
from services.temporal.raw_calls import read_raw

#: Types of our workflows.
SWITCH = "PlanSwitch"
PASS = "LicenseMove"  # noqa: S105 - a type of workflow
WAIT = "EligibilityWait"
INVOICE = "InvoiceWatch"
MISSING = "missing"
RUNNING = "running"
COMPLETED = "completed"
#: The server's own pause, a status that the client library does not know.
PAUSED = "paused"
#: Time in which Temporal must answer a read.
RPC_TIMEOUT = timedelta(seconds=10)
#: What a workflow says of itself is an addition to what is recorded: nobody waits longer for a worker.
QUERY_TIMEOUT = timedelta(seconds=5)
#: Open workflows that are looked at in one listing.
OPEN_MAX = 100_000
PAUSED_STATUS = 8

_STATUSES = {each.value: each.name.lower() for each in WorkflowExecutionStatus}
_OPEN = f"WorkflowType = '{SWITCH}' AND ExecutionStatus = 'Running'"
_METADATA_QUERY = "__temporal_workflow_metadata"
_ORGANIZATION = SearchAttributeKey.for_keyword("SwitchOrganization")
_STAGE = SearchAttributeKey.for_keyword("SwitchStage")
_WAITS_FOR = SearchAttributeKey.for_keyword("SwitchWaitsFor")
_PAGE = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class PausedStep:
    """A step that somebody has paused in Temporal."""

    #: Its name and number.
    label: str
    #: When, by Temporal's clock.
    since: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkflowRun:
    """What Temporal knows of a workflow now."""

    #: missing, running, completed, failed, canceled, terminated, timed_out or paused.
    status: str
    run_id: str = ""
    #: Length of its history; 0 where that is not known.
    events: int = 0
    paused_steps: tuple[PausedStep, ...] = ()
    #: Ids of its children that run.
    children: tuple[str, ...] = ()
    #: Run of the workflow that began it as a child; "" where none did.
    parent_run_id: str = ""
    #: None: it is open, or nothing is known of it.
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Return whether it will do something by itself."""
        return self.status in {RUNNING, PAUSED}


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenWorkflow:
    """A switch's workflow in Temporal's list of what runs; the list is up to a second old."""

    workflow_id: str
    switch_id: str
    organization_id: str
    request_id: str
    started_at: datetime
    stage: str
    waits_for: str


async def description_of(client: Client, workflow_id: str) -> DescribeWorkflowExecutionResponse | None:
    """Return what Temporal says of the newest run of a workflow; None where it knows none.

    The raw call: the client library does not know each status of the server.
    """
    request = DescribeWorkflowExecutionRequest(
        namespace=client.namespace, execution=WorkflowExecution(workflow_id=workflow_id)
    )
    try:
        return await read_raw(
            client.workflow_service.describe_workflow_execution, request, rpc_timeout=RPC_TIMEOUT
        )
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return None


async def find_workflow(client: Client, workflow_id: str) -> WorkflowRun:
    """Return what became of a workflow: its newest run counts."""
    description = await description_of(client, workflow_id)
    if description is None:
        return WorkflowRun(status=MISSING)
    return replace(
        listed_workflow(description.workflow_execution_info),
        paused_steps=tuple(_paused(each) for each in description.pending_activities if each.paused),
        children=tuple(each.workflow_id for each in description.pending_children),
    )


def listed_workflow(info: WorkflowExecutionInfo) -> WorkflowRun:
    """Return what a list tells of one run; it tells nothing of its steps and children."""
    return WorkflowRun(
        status=PAUSED if info.status == PAUSED_STATUS else _STATUSES.get(info.status, MISSING),
        run_id=info.execution.run_id,
        events=info.history_length,
        parent_run_id=info.parent_execution.run_id,
        closed_at=info.close_time.ToDatetime(tzinfo=UTC) if info.HasField("close_time") else None,
    )


def _paused(step: PendingActivityInfo) -> PausedStep:
    since = step.pause_info.pause_time.ToDatetime(tzinfo=UTC)
    return PausedStep(
        label=f"{step.activity_type.name} ({step.activity_id})", since=f"{since:%Y-%m-%dT%H:%M:%S.%fZ}"
    )


async def open_workflows(client: Client) -> AsyncIterator[OpenWorkflow]:
    """Yield the workflows of switches that run."""
    async for each in client.list_workflows(_OPEN, limit=OPEN_MAX, rpc_timeout=RPC_TIMEOUT):
        shown = each.typed_search_attributes
        organization_id = shown.get(_ORGANIZATION)
        if organization_id is None:
            # It has not run its first task yet.
            continue
        request_id = each.id.removeprefix(f"switch:{organization_id}:")
        yield OpenWorkflow(
            workflow_id=each.id,
            switch_id=switch_id_of(organization_id, request_id),
            organization_id=organization_id,
            request_id=request_id,
            started_at=each.start_time,
            stage=shown.get(_STAGE) or "",
            waits_for=shown.get(_WAITS_FOR) or "",
        )


async def listed(client: Client, query: str, task_queue: str) -> AsyncIterator[WorkflowExecutionInfo]:
    """Yield workflows of a list; the raw one, since the client library does not know each status.

    Args:
        client: Of Temporal.
        query: Of its list.
        task_queue: Queue of our workflows; others may use the same namespace.
    """
    token = b""
    while True:
        request = ListWorkflowExecutionsRequest(
            namespace=client.namespace, query=query, page_size=_PAGE, next_page_token=token
        )
        page = await read_raw(
            client.workflow_service.list_workflow_executions, request, rpc_timeout=RPC_TIMEOUT
        )
        for each in page.executions:
            if each.task_queue == task_queue:
                yield each
        token = page.next_page_token
        if not token:
            return


async def details_of(client: Client, workflow_id: str) -> str:
    """Return what an open workflow says about itself, "" when no worker can ask it now."""
    handle: WorkflowHandle[object, object] = client.get_workflow_handle(workflow_id)
    with suppress(RPCError, WorkflowQueryFailedError):
        metadata: WorkflowMetadata = await handle.query(
            _METADATA_QUERY, result_type=WorkflowMetadata, rpc_timeout=QUERY_TIMEOUT
        )
        return metadata.current_details
    return ""


async def history_of(client: Client, workflow_id: str, run_id: str | None = None) -> Sequence[HistoryEvent]:
    """Return the events of a run, the newest where none is named; none where Temporal knows it no longer."""
    try:
        history = await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history(
            rpc_timeout=RPC_TIMEOUT
        )
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return ()
    return history.events


async def order_in_history(client: Client, workflow_id: str) -> str | None:
    """Return the seller's order that a workflow placed, as its own history tells it; "" without one.

    None where Temporal has no history of it: then nothing is known.
    """
    events = await history_of(client, workflow_id)
    if not events:
        return None
    done = completed_steps(events).get(ORDER_REPLACEMENT.name)
    if done is None:
        return ""
    payloads = done.activity_task_completed_event_attributes.result.payloads
    (ordered,) = await client.data_converter.decode(payloads, [OrderReplacementResult])
    return str(ordered.order_id)


def completed_steps(events: Sequence[HistoryEvent]) -> dict[str, HistoryEvent]:
    """Return the answer of each step that has one, by the name of the step."""
    names = {
        each.event_id: each.activity_task_scheduled_event_attributes.activity_type.name
        for each in events
        if each.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    }
    return {
        names[each.activity_task_completed_event_attributes.scheduled_event_id]: each
        for each in events
        if each.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED
    }


async def origin_of(client: Client, workflow_id: str, run_id: str) -> str:
    """Return the first run that a run was reset from, itself when it never was, "" where there is none.

    The server writes it, so whoever starts a workflow can't choose it.
    """
    handle = client.get_workflow_handle(workflow_id, run_id=run_id)
    try:
        async for event in handle.fetch_history_events(page_size=1):
            return event.workflow_execution_started_event_attributes.original_execution_run_id
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
    return ""
