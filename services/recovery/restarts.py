"""How the workflow of an open switch is started again from the record."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from temporalio.client import Client

from activities.base.known_orders import recorded_order
from activities.signing.authority import SYSTEM_PREFIX
from activities.signing.signatures import CommandKeys, sign_order
from audit.story.open_switches import OpenSwitch, open_switch
from domain.kernel.recorded import Meta
from domain.switch.recovery_events import WorkflowRestarted
from services.base.saving import decided_anew
from services.temporal.command_signer import signed_end
from services.temporal.found_workflows import MISSING, FoundWorkflow, find_workflow
from services.temporal.starts import begin_again, end_workflow, switch_start
from store.switch_store import SwitchStore

#: Who starts a lost workflow again without anybody's command.
RECONCILER = "reconciler"
#: Passes over the licenses that one switch may have had.
PASSES_MAX = 1_000


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
    record = partial(_record_restart, store, switch, lost, actor=actor, reason=reason, causation=causation)
    if not await asyncio.to_thread(decided_anew, record):
        return ""
    asked = recorded_order(switch.order)
    order = sign_order(keys, asked, at=datetime.now(tz=UTC), actor=part, reason=reason)
    return await begin_again(client, task_queue, switch_start(order, switch.source_plan_id))


async def ended(
    client: Client, keys: CommandKeys, switch_id: str, workflow_id: str, *, actor: str, reason: str
) -> FoundWorkflow:
    """Return what became of a workflow, and end it if it still runs, in order to start it again.

    Args:
        client: Temporal.
        keys: They sign the end.
        switch_id: Whose workflow it is.
        workflow_id: The workflow.
        actor: Who wants it.
        reason: Why.
    """
    found = await find_workflow(client, workflow_id)
    if found.is_open:
        signed = signed_end(keys, switch_id, run_id=found.run_id, actor=actor, reason=reason)
        await end_workflow(client, workflow_id, signed, run_id=found.run_id)
    return found


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
        found = await ended(client, keys, switch_id, workflow_id, actor=actor, reason=reason)
        if found.status == MISSING:
            return


def _record_restart(
    store: SwitchStore, switch: OpenSwitch, lost: WorkflowLoss, *, actor: str, reason: str, causation: str
) -> bool:
    """Record the loss; tell whether the switch is still open and nobody else has restarted it."""
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
    store.save(source)
    return True


def _is_of(known: WorkflowRestarted, lost: WorkflowLoss) -> bool:
    return (known.found, known.lost_run_id) == (lost.found, lost.run_id)
