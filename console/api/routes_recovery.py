"""Endpoints for lost workflows and lost stores: look at a workflow, start it again, pair both stores."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial

import anyio
import anyio.from_thread
from fastapi import APIRouter
from temporalio.client import Client

from audit.story.open_switches import OpenSwitch, open_switch
from console.access.authentication import Actor, Console
from console.access.dependencies import ConsoleDependencies
from console.access.request_ids import request_id_of
from console.models.controls import SwitchRestarted, WorkflowOfSwitch
from console.switches.bodies import CommandBody, ReconcileBody
from console.switches.waits import is_waiting, restart_wait
from console.temporal.switch_workflows import RESTARTED_AGAIN
from console.temporal.workflow_troubles import troubles_now
from domain.kernel.errors import PlanSwitchError, RuleViolated, StoreBehind, UnknownSwitch
from domain.kernel.ids import wait_workflow_id_of, workflow_id_of
from domain.switch.stage import Stage
from ops.recovery.reconciler import Reconciler, Round
from ops.recovery.switch_workflows import (
    COMPLETED,
    FoundWorkflow,
    details_of,
    end_workflow,
    find_workflow,
    open_workflows,
    order_in_history,
    signed_end,
    start_again,
)
from ops.recovery.workflow_troubles import WORKFLOW_TASK_FAILING
from store.health.troubles import WorkflowTrouble

router = APIRouter(prefix="/api", tags=["recovery"])

RESTART = "command:restart"
#: State of a workflow that is open and can't go on.
IN_TROUBLE = "in_trouble"
LOST_WAIT = "`planswitch switch restart` lets it wait again from the record; nothing was ordered."


@dataclass(frozen=True, kw_only=True, slots=True)
class _Named:
    """A switch, known to the record or only to Temporal."""

    switch_id: str
    organization_id: str
    workflow_id: str
    #: The request waits to be eligible: the record holds no switch yet.
    waits: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Looked:
    """A workflow as Temporal and itself tell of it."""

    found: FoundWorkflow
    #: What it says of itself.
    details: str
    troubles: tuple[WorkflowTrouble, ...]

    @property
    def told(self) -> str:
        """Return what is wrong, "" where all is well: there it shows its stage, in bold."""
        if self.troubles:
            return " ".join(f"{each.code}: {each.message}" for each in self.troubles)
        return "" if self.details.startswith("**") else self.details


@router.get("/switches/{switch}/workflow")
def show_workflow(switch: str, _actor: Actor, console: Console) -> WorkflowOfSwitch:
    """Show what Temporal knows about a switch, what the workflow says, and where the record stands."""
    return workflow_facts(console, switch)


def workflow_facts(
    console: ConsoleDependencies, switch: str, *, patience_seconds: float | None = None
) -> WorkflowOfSwitch:
    """Return what Temporal knows of a switch, what it says of itself, and where the record stands.

    Args:
        console: Where to look.
        switch: Id of the switch, or the beginning of it.
        patience_seconds: How long Temporal and its worker may take; None: as long as any read.

    Raises:
        TimeoutError: They took longer.
        OrchestrationUnavailable: They do not answer.
    """
    named = _named(console, switch)
    recorded = open_switch(console.store, named.organization_id, named.switch_id)

    async def look(client: Client, _queue: str) -> _Looked:
        found = await find_workflow(client, named.workflow_id)
        troubles = await troubles_now(client, named.workflow_id) if found.is_open else []
        # A task that fails answers no question either.
        is_asked = found.is_open and not any(each.code == WORKFLOW_TASK_FAILING for each in troubles)
        details = await details_of(client, named.workflow_id) if is_asked else ""
        return _Looked(found=found, details=details, troubles=tuple(troubles))

    async def look_in_time() -> _Looked:
        with anyio.fail_after(patience_seconds):
            return await console.workflows.using(look)

    looked = anyio.from_thread.run(look_in_time)
    state, remedy = _state(named, recorded, looked.found, looked.details)
    if looked.troubles:
        state, remedy = IN_TROUBLE, " ".join(each.remedy for each in looked.troubles)
    return WorkflowOfSwitch(
        **asdict(named),
        state=state,
        status=looked.found.status,
        run_id=looked.found.run_id,
        trouble=looked.told,
        remedy=remedy,
        troubles=looked.troubles,
        recorded_stage=recorded.stage if recorded else (Stage.WAITING_ELIGIBLE if named.waits else None),
    )


@router.post("/switches/{switch}/restart")
def restart_switch(switch: str, body: CommandBody, actor: Actor, console: Console) -> SwitchRestarted:
    """End the workflow of an open switch and start it again from the record, as the record stands now."""
    named = _named(console, switch)
    if named.waits:
        row = console.reads.switch(named.switch_id)
        return SwitchRestarted(**asdict(named), **dict(restart_wait(console, row, body, actor)))
    recorded = open_switch(console.store, named.organization_id, named.switch_id)
    if recorded is None:
        raise _not_open(console, named)
    # Before the workflow is ended: the new one would not begin.
    anyio.from_thread.run(console.workflows.require_taker, RESTARTED_AGAIN)

    keys = console.workflows.signer.keys

    async def restart(client: Client, queue: str) -> tuple[FoundWorkflow, str]:
        found = await find_workflow(client, named.workflow_id)
        if found.is_open:
            run_id = found.run_id
            signed = signed_end(keys, named.switch_id, run_id=run_id, actor=actor, reason=body.reason)
            await end_workflow(client, named.workflow_id, signed, run_id=run_id)
        run_id = await start_again(
            client,
            console.store,
            recorded,
            found,
            keys=keys,
            task_queue=queue,
            actor=actor,
            reason=body.reason,
            causation=RESTART,
        )
        return found, run_id

    found, run_id = anyio.from_thread.run(
        partial(console.workflows.using, restart, repetition=RESTARTED_AGAIN)
    )
    message = f"The workflow was {found.status}; it starts again from the record, at {recorded.stage}."
    return SwitchRestarted(
        **asdict(named),
        found=found.status,
        lost_run_id=found.run_id,
        run_id=run_id,
        stage=recorded.stage,
        message=message if run_id else "The switch has just ended, or was just started again.",
    )


@router.post("/reconcile")
def reconcile(body: ReconcileBody, _actor: Actor, console: Console) -> Round:
    """Compare the open switches of the record with the open workflows of Temporal once."""

    async def look(client: Client, queue: str) -> Round:
        keys = console.workflows.signer.keys
        reconciler = Reconciler(
            client, console.store, keys=keys, task_queue=queue, grace_seconds=body.grace_seconds
        )
        return await reconciler.run_once()

    return anyio.from_thread.run(console.workflows.using, look)


def _state(named: _Named, recorded: OpenSwitch | None, found: FoundWorkflow, details: str) -> tuple[str, str]:
    """Return how record and workflow fit each other, and what to do."""
    if named.waits:
        return ("running", "") if found.is_open else ("lost", LOST_WAIT)
    accept = f"accept the older record with `planswitch switch restart {named.switch_id[:8]} --reason ...`"
    if found.is_open and (recorded is None or details.startswith(StoreBehind.code)):
        return "store_behind", f"Restore a newer backup and retry the switch, or {accept}."
    if found.is_open:
        return "running", ""
    if recorded is None:
        return "ended", ""
    if found.status == COMPLETED:
        return "store_behind", f"Restore a newer backup, or {accept}."
    return "lost", "It is started again by itself within minutes; `planswitch reconcile` does it now."


def _named(console: ConsoleDependencies, switch: str) -> _Named:
    """Return the switch with this id or beginning; one that the record lost is found by its workflow."""
    try:
        row = console.reads.switch(switch)
    except UnknownSwitch:
        lost = anyio.from_thread.run(_lost, console, switch.lower())
        if lost is None:
            raise
        return lost
    waits = is_waiting(row)
    name_of = wait_workflow_id_of if waits else workflow_id_of
    return _Named(
        switch_id=row.switch_id,
        organization_id=row.organization_id,
        workflow_id=name_of(row.organization_id, request_id_of(console, row)),
        waits=waits,
    )


async def _lost(console: ConsoleDependencies, switch: str) -> _Named | None:
    """Return the switch of an open workflow whose request the record does not have."""

    async def look(client: Client, _queue: str) -> _Named | None:
        async for each in open_workflows(client):
            if each.switch_id.startswith(switch):
                return _Named(
                    switch_id=each.switch_id,
                    organization_id=each.organization_id,
                    workflow_id=each.workflow_id,
                )
        return None

    return await console.workflows.using(look)


def _not_open(console: ConsoleDependencies, named: _Named) -> PlanSwitchError:
    """Return why a switch that the record does not hold open is not started again."""
    organization = console.store.organization(named.organization_id)
    outcome = organization.finished_switches.get(named.switch_id) if organization else None
    if outcome is not None:
        return RuleViolated(
            f"Switch {named.switch_id} has ended as {outcome}: there is nothing to start again.",
            remedy="Start a new switch with `planswitch switch start`.",
        )

    async def look(client: Client, _queue: str) -> str:
        return await order_in_history(client, named.workflow_id)

    order_id = anyio.from_thread.run(console.workflows.using, look)
    placed = f"it placed order {order_id}" if order_id else "it has placed no order"
    undo = f"void order {order_id} at the seller, then end" if order_id else "end"
    return StoreBehind(
        f"The record does not know the request of switch {named.switch_id}: an older database was restored. "
        f"Its workflow {named.workflow_id} waits, and its own history tells that {placed}.",
        remedy=f"Restore a newer backup. If there is none, {undo} the workflow with "
        f"`temporal workflow terminate -w {named.workflow_id}`, and start a new switch.",
    )
