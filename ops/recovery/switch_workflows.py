"""Workflows of switches in Temporal, seen from the record: is one open, and how it is started again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import TypeAdapter
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle, WorkflowQueryFailedError
from temporalio.common import SearchAttributeKey, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from activities.contract import ORDER_REPLACEMENT, OrderReplacementResult, SwitchOrder
from activities.request.search_attributes import start_attributes
from activities.signed_command import END, SignedCommand
from activities.signing.authority import SYSTEM_PREFIX
from activities.signing.signatures import CommandKeys, sign, sign_order
from audit.story.open_switches import OpenSwitch, open_switch
from domain.kernel.errors import ConcurrentWrite
from domain.kernel.ids import switch_id_of
from domain.kernel.recorded import Meta
from domain.switch.recovery_events import WorkflowRestarted
from store.switch_store import SwitchStore

WORKFLOW = "PlanSwitch"
#: Who starts a lost workflow again without anybody's command.
RECONCILER = "reconciler"
MISSING = "missing"
RUNNING = "running"
COMPLETED = "completed"
#: The server's own pause, a status that the client library does not know.
PAUSED = "paused"
RPC_TIMEOUT = timedelta(seconds=10)
#: What a workflow says of itself is an addition to what is recorded: nobody waits longer for a worker.
QUERY_TIMEOUT = timedelta(seconds=5)
#: Passes over the licenses that one switch may have had.
PASSES_MAX = 1_000
#: Open workflows that are looked at in one listing.
OPEN_MAX = 100_000
#: Times a restart is decided anew when somebody else wrote first.
SAVE_ATTEMPTS_MAX = 8

_PAUSED_STATUS = 8
_STATUSES = {each.value: each.name.lower() for each in WorkflowExecutionStatus}
_OPEN = f"WorkflowType = '{WORKFLOW}' AND ExecutionStatus = 'Running'"
_METADATA_QUERY = "__temporal_workflow_metadata"
_ORGANIZATION = SearchAttributeKey.for_keyword("SwitchOrganization")
_STAGE = SearchAttributeKey.for_keyword("SwitchStage")
_WAITS_FOR = SearchAttributeKey.for_keyword("SwitchWaitsFor")
_ORDERS = TypeAdapter(SwitchOrder)


@dataclass(frozen=True, kw_only=True, slots=True)
class PausedStep:
    """A step that somebody has paused in Temporal."""

    #: Its name and number.
    label: str
    #: When, by Temporal's clock.
    since: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundWorkflow:
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
        """Tell whether it will do something by itself."""
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


async def find_workflow(client: Client, workflow_id: str) -> FoundWorkflow:
    """Return what became of a workflow: its newest run counts."""
    # The raw call: the client library does not know each status of the server.
    request = DescribeWorkflowExecutionRequest(
        namespace=client.namespace, execution=WorkflowExecution(workflow_id=workflow_id)
    )
    try:
        told = await client.workflow_service.describe_workflow_execution(request, timeout=RPC_TIMEOUT)
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return FoundWorkflow(status=MISSING)
    info = told.workflow_execution_info
    return FoundWorkflow(
        status=PAUSED if info.status == _PAUSED_STATUS else _STATUSES.get(info.status, MISSING),
        run_id=info.execution.run_id,
        events=info.history_length,
        paused_steps=tuple(_paused(each) for each in told.pending_activities if each.paused),
        children=tuple(each.workflow_id for each in told.pending_children),
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


async def details_of(client: Client, workflow_id: str) -> str:
    """Return what an open workflow says about itself, "" when no worker can ask it now."""
    handle: WorkflowHandle[object, object] = client.get_workflow_handle(workflow_id)
    with suppress(RPCError, WorkflowQueryFailedError):
        told: WorkflowMetadata = await handle.query(
            _METADATA_QUERY, result_type=WorkflowMetadata, rpc_timeout=QUERY_TIMEOUT
        )
        return told.current_details
    return ""


async def order_in_history(client: Client, workflow_id: str) -> str:
    """Return the seller's order that a workflow placed, as its own history tells it; "" without one."""
    history = await client.get_workflow_handle(workflow_id).fetch_history(rpc_timeout=RPC_TIMEOUT)
    names: dict[int, str] = {}
    for event in history.events:
        if event.HasField("activity_task_scheduled_event_attributes"):
            names[event.event_id] = event.activity_task_scheduled_event_attributes.activity_type.name
        elif event.HasField("activity_task_completed_event_attributes"):
            done = event.activity_task_completed_event_attributes
            if names.get(done.scheduled_event_id) == ORDER_REPLACEMENT.name:
                found = await client.data_converter.decode(done.result.payloads, [OrderReplacementResult])
                return str(found[0].order_id)
    return ""


async def end_workflow(client: Client, workflow_id: str, signed: SignedCommand, *, run_id: str) -> None:
    """Terminate one run of a workflow; where that has ended meanwhile, nothing is done.

    Args:
        client: Temporal.
        workflow_id: The workflow.
        signed: Tells the reconciler that it was the product itself; without it that is an outside act.
        run_id: The run that was found, and signed for.
    """
    try:
        handle = client.get_workflow_handle(workflow_id, run_id=run_id)
        await handle.terminate(signed, reason=signed.reason, rpc_timeout=RPC_TIMEOUT)
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise


def signed_end(keys: CommandKeys, switch_id: str, *, run_id: str, actor: str, reason: str) -> SignedCommand:
    """Return the proof that the product itself ends a run, to start its workflow again.

    Args:
        keys: Of this installation.
        switch_id: Whose workflow it is.
        run_id: The run; the history of one that was ended shows the proof to anybody.
        actor: Who wants it.
        reason: Why.
    """
    return sign(
        keys,
        switch_id=switch_id,
        command=END,
        actor=actor,
        reason=reason,
        request_id="",
        at=datetime.now(tz=UTC),
        arguments=end_arguments(run_id),
    )


def end_arguments(run_id: str) -> dict[str, str]:
    """Return what is signed together with the end of a run."""
    return {"run_id": run_id}


async def start_again(
    client: Client,
    store: SwitchStore,
    switch: OpenSwitch,
    found: FoundWorkflow,
    *,
    keys: CommandKeys,
    task_queue: str,
    actor: str,
    reason: str,
    causation: str = "",
) -> str:
    """Start the workflow of an open switch anew; that it was lost is recorded before.

    Every step answers from the record, so the new run walks to where the old one was.

    Args:
        client: Temporal.
        store: The event store.
        switch: As the record held it before its workflow was looked for.
        found: What was found; it must not be open.
        keys: They sign the start.
        task_queue: Where the worker takes its work from.
        actor: Who starts it.
        reason: Why.
        causation: What led to it; the source's newest event when "".

    Returns:
        The new run, or "" when the switch has ended meanwhile or somebody else was first.
    """
    part = f"{SYSTEM_PREFIX}{actor}" if actor == RECONCILER else actor
    await _end_license_moves(client, keys, switch.switch_id, actor=part, reason=reason)
    lost = WorkflowLoss(found=found.status, run_id=found.run_id or switch.run_id)
    is_ours = await asyncio.to_thread(
        _record_restart, store, switch, lost, actor=actor, reason=reason, causation=causation
    )
    if not is_ours:
        return ""
    order = sign_order(
        keys,
        _ORDERS.validate_python(switch.order),
        at=datetime.now(tz=UTC),
        actor=part,
        reason=reason,
    )
    return await _started(client, switch, order, task_queue=task_queue)


async def _started(client: Client, switch: OpenSwitch, order: SwitchOrder, *, task_queue: str) -> str:
    """Start a workflow, and return its run."""
    handle = await client.start_workflow(
        WORKFLOW,
        order,
        id=switch.workflow_id,
        task_queue=task_queue,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        search_attributes=start_attributes(switch.source_plan_id),
        static_summary=f"{order.organization_id} to plan {order.target_plan_id}",
        rpc_timeout=RPC_TIMEOUT,
    )
    return handle.first_execution_run_id or handle.result_run_id or ""


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkflowLoss:
    """What became of a workflow whose switch is open."""

    found: str
    run_id: str


async def _end_license_moves(
    client: Client, keys: CommandKeys, switch_id: str, *, actor: str, reason: str
) -> None:
    """End children that outlived their parent: the new run uses their ids again."""
    for number in range(1, PASSES_MAX + 1):
        workflow_id = f"licenses:{switch_id}:{number}"
        found = await find_workflow(client, workflow_id)
        if found.status == MISSING:
            return
        if found.is_open:
            signed = signed_end(keys, switch_id, run_id=found.run_id, actor=actor, reason=reason)
            await end_workflow(client, workflow_id, signed, run_id=found.run_id)


def _record_restart(
    store: SwitchStore, switch: OpenSwitch, lost: WorkflowLoss, *, actor: str, reason: str, causation: str
) -> bool:
    """Record the loss; tell whether the switch is still open and nobody else has restarted it."""
    for attempt in range(1, SAVE_ATTEMPTS_MAX + 1):
        source = store.subscription(switch.source_stream_id)
        if source is None or open_switch(store, switch.organization_id, switch.switch_id) is None:
            return False
        known = source.switch(switch.switch_id).of(WorkflowRestarted)
        if known is not None and known.originator_version > switch.source_version:
            return False
        if known is not None and known.originator_version == source.version and _is_of(known, lost):
            # Who recorded it died before the start.
            return True
        meta = Meta(
            switch_id=switch.switch_id,
            organization_id=switch.organization_id,
            actor=actor,
            reason=reason,
            causation=causation or f"{source.id}@{source.version}",
            workflow_id=switch.workflow_id,
        )
        facts = {"found": lost.found, "lost_run_id": lost.run_id}
        source.advance(WorkflowRestarted, at=datetime.now(tz=UTC), meta=meta, **facts)
        try:
            store.save(source)
        except ConcurrentWrite:
            # A step of the lost run may still be writing.
            if attempt == SAVE_ATTEMPTS_MAX:
                raise
        else:
            return True
    raise AssertionError


def _is_of(known: WorkflowRestarted, lost: WorkflowLoss) -> bool:
    return (known.found, known.lost_run_id) == (lost.found, lost.run_id)
