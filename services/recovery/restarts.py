"""How a workflow is started again from the record: by the reconciler, or by an operator."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial

from anyio import from_thread
from temporalio.client import Client

from activities.base.known_orders import recorded_order
from activities.request.eligibility_wait import accepted_wait
from activities.request.refusal_reasons import recorded_reasons
from activities.signing.signatures import SYSTEM_PREFIX, CommandKeys, sign_order
from audit.story.open_switches import OpenSwitch, open_switch
from domain.kernel.errors import RuleViolated, StoreBehind, UnknownSwitch
from domain.kernel.recorded import Meta
from domain.operator.operator_commands import LOOK
from domain.switch.recovery_events import WorkflowRestarted
from services.answers import SwitchRestarted, SwitchWorkflow
from services.base.switch_rows import recorded_wait
from services.base.tools import Tools, decided_anew
from services.commands.send import send
from services.recovery.workflow_state import switch_workflow
from services.temporal.command_signer import signed_end
from services.temporal.switch_workflows import RESTARTED_AGAIN, begin_again, end_workflow
from services.temporal.workflow_runs import MISSING, WorkflowRun, find_workflow, order_in_history
from store.switch_store import SwitchStore
from workflows.base.messages import OperatorCommand
from workflows.wait.eligibility_wait import WaitRequest

RESTART = "command:restart"
#: Who starts a lost workflow again without anybody's command.
RECONCILER = "reconciler"
#: Passes over the licenses that one switch may have had.
PASSES_MAX = 1_000
#: Starts the workflow in the place of the one that was found, and returns its run.
Begin = Callable[[Client, str, WorkflowRun], Awaitable[str]]


def restart(tools: Tools, switch: str, command: OperatorCommand) -> SwitchRestarted:
    """End the workflow of an open switch, if one runs, and start it again from the record as it stands now.

    Args:
        tools: Where to look and to start it.
        switch: What names it to a command.
        command: Who wants it, and why.

    Raises:
        UnknownSwitch: There is no such switch, or the record does not know its wait.
        RuleViolated: The switch has ended.
        StoreBehind: The record is older than the switch.
        WorkerAbsent: No worker would take it; nothing was ended.
    """
    known = switch_workflow(tools, switch, is_to_change=True)
    recorded = None if known.waits else _required(tools, known)
    begin = _switch_begin(tools, recorded, command) if recorded else _wait_begin(tools, known)
    workflow, run_id = _restarted(tools, known, command, begin)
    if recorded:
        stage = recorded.stage
        message = f"The workflow was {workflow.status}; it starts again from the record, at {stage}."
    else:
        # Its first look is recorded with the actor and the reason.
        answer = send(tools, tools.reads.switch(known.switch_id), LOOK, command)
        stage = answer.stage
        message = f"The workflow was {workflow.status}; it waits again from the record. {answer.message}"
    return SwitchRestarted(
        **asdict(known),
        found=workflow.status,
        lost_run_id=workflow.run_id,
        run_id=run_id,
        stage=stage,
        message=message if run_id else "The switch has just ended, or was just started again.",
    )


def _switch_begin(tools: Tools, recorded: OpenSwitch, command: OperatorCommand) -> Begin:
    return lambda client, queue, workflow: start_again(
        client,
        tools.store,
        recorded,
        workflow,
        keys=tools.workflows.signer.keys,
        task_queue=queue,
        actor=command.actor,
        reason=command.reason,
        causation=RESTART,
    )


def _wait_begin(tools: Tools, known: SwitchWorkflow) -> Begin:
    recorded = recorded_wait(tools.store, known.switch_id)
    if recorded is None:
        raise UnknownSwitch(f"No wait of switch {known.switch_id} is recorded.")
    request = WaitRequest(
        order=recorded_order(recorded.order),
        accepted=accepted_wait(recorded.terms),
        source_plan_id=recorded.source_plan_id,
        reasons=recorded_reasons(recorded.reasons),
        is_changed=bool(recorded.changes),
    )
    signer = tools.workflows.signer
    return lambda client, queue, _workflow: begin_again(
        client, queue, signer.wait(request), request.source_plan_id
    )


def _restarted(
    tools: Tools, known: SwitchWorkflow, command: OperatorCommand, begin: Begin
) -> tuple[WorkflowRun, str]:
    """Return the workflow that was there and is ended now, and the run that follows it."""

    async def replace_run(client: Client, queue: str) -> tuple[WorkflowRun, str]:
        workflow = await ended(
            client,
            tools.workflows.signer.keys,
            known.switch_id,
            known.workflow_id,
            actor=command.actor,
            reason=command.reason,
        )
        return workflow, await begin(client, queue, workflow)

    # Before the workflow is ended: without a worker the new one would not begin.
    from_thread.run(tools.workflows.require_taker, RESTARTED_AGAIN)
    return from_thread.run(partial(tools.workflows.using, replace_run, repetition=RESTARTED_AGAIN))


def _required(tools: Tools, known: SwitchWorkflow) -> OpenSwitch:
    """Return an open switch, or say why one that the record does not hold open is not started again."""
    recorded = open_switch(tools.store, known.organization_id, known.switch_id)
    if recorded is not None:
        return recorded
    organization = tools.store.organization(known.organization_id)
    outcome = organization.finished_switches.get(known.switch_id) if organization else None
    outcome = outcome or _wait_outcome(tools, known.switch_id)
    if outcome is not None:
        raise RuleViolated(
            f"Switch {known.switch_id} has ended as {outcome}: there is nothing to start again.",
            remedy="Start a new switch with `planswitch switch start`.",
        )
    order_id = from_thread.run(
        tools.workflows.using, lambda client, _queue: order_in_history(client, known.workflow_id)
    )
    raise _unknown_request(known, order_id)


def _wait_outcome(tools: Tools, switch_id: str) -> str | None:
    """Return how a request ended that waited and became no switch; the organization never knew it."""
    wait = recorded_wait(tools.store, switch_id)
    return wait.ending.outcome if wait and wait.ending else None


def _unknown_request(known: SwitchWorkflow, order_id: str | None) -> StoreBehind:
    """Return the error of a switch whose request the record has lost.

    Args:
        known: The switch.
        order_id: What its history tells of its order; "": it placed none; None: there is no history.
    """
    name = known.workflow_id
    if order_id is None:
        history = (
            f"Temporal no longer knows its workflow {name} either: nothing says whether it placed an order."
        )
        undo = f"look at the seller for an order of switch {known.switch_id}, void it there if there is one"
    else:
        placed = f"it placed order {order_id}" if order_id else "it has placed no order"
        history = f"Its workflow {name} waits, and its own history says that {placed}."
        end = f"end the workflow with `temporal workflow terminate -w {name}`"
        undo = f"void order {order_id} at the seller, then {end}" if order_id else end
    return StoreBehind(
        f"The record does not know the request of switch {known.switch_id}: an older database was restored. "
        f"{history}",
        remedy=f"Restore a newer backup. If there is none, {undo}, and start a new switch.",
    )


async def start_again(
    client: Client,
    store: SwitchStore,
    switch: OpenSwitch,
    workflow: WorkflowRun,
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
        workflow: What was found; it must not be open.
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
    lost = {"found": workflow.status, "lost_run_id": workflow.run_id or switch.run_id}
    record = partial(_record_restart, store, switch, lost, actor=actor, reason=reason, causation=causation)
    if not await asyncio.to_thread(decided_anew, record):
        return ""
    now = datetime.now(tz=UTC)
    order = sign_order(keys, recorded_order(switch.order), at=now, actor=part, reason=reason)
    return await begin_again(client, task_queue, order, switch.source_plan_id)


async def ended(
    client: Client, keys: CommandKeys, switch_id: str, workflow_id: str, *, actor: str, reason: str
) -> WorkflowRun:
    """Return what became of a workflow, and end it if it still runs, in order to start it again."""
    workflow = await find_workflow(client, workflow_id)
    if workflow.is_open:
        signed = signed_end(keys, switch_id, run_id=workflow.run_id, actor=actor, reason=reason)
        await end_workflow(client, workflow_id, signed, run_id=workflow.run_id)
    return workflow


async def _end_license_moves(
    client: Client, keys: CommandKeys, switch_id: str, *, actor: str, reason: str
) -> None:
    """End children that outlived their parent: the new run uses their ids again."""
    for number in range(1, PASSES_MAX + 1):
        workflow_id = f"licenses:{switch_id}:{number}"
        workflow = await ended(client, keys, switch_id, workflow_id, actor=actor, reason=reason)
        if workflow.status == MISSING:
            return


def _record_restart(
    store: SwitchStore,
    switch: OpenSwitch,
    lost: Mapping[str, str],
    *,
    actor: str,
    reason: str,
    causation: str,
) -> bool:
    """Record the loss; tell whether the switch is still open and nobody else has restarted it."""
    source = store.subscription(switch.source_stream_id)
    if source is None or open_switch(store, switch.organization_id, switch.switch_id) is None:
        return False
    known = source.switch(switch.switch_id).of(WorkflowRestarted)
    if known is not None and known.originator_version > switch.source_version:
        return False
    is_newest = known is not None and known.originator_version == source.version
    if known and is_newest and {"found": known.found, "lost_run_id": known.lost_run_id} == lost:
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
    source.advance(WorkflowRestarted, at=datetime.now(tz=UTC), meta=meta, **lost)
    store.save(source)
    return True
