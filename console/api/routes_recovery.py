"""Endpoints for lost workflows and lost stores: look at a workflow, start it again, pair both stores."""

from __future__ import annotations

from fastapi import APIRouter

from console.access.dependencies import Actor, Console
from console.switches.bodies import CommandBody, ReconcileBody
from services.answers import SwitchRestarted, WorkflowOfSwitch
from services.recovery import reconciler, restarts
from services.recovery.reconciler import Round
from services.recovery.workflow_state import workflow_state

router = APIRouter(prefix="/api", tags=["recovery"])


@router.get("/switches/{switch}/workflow")
def show_workflow(switch: str, _actor: Actor, console: Console) -> WorkflowOfSwitch:
    """Show what Temporal knows about a switch, what the workflow says, and where the record stands."""
    return workflow_state(console, switch)


@router.post("/switches/{switch}/restart")
def restart_switch(switch: str, body: CommandBody, actor: Actor, console: Console) -> SwitchRestarted:
    """End the workflow of an open switch and start it again from the record, as the record stands now."""
    return restarts.restart(console, switch, body.command(actor))


@router.post("/reconcile")
def reconcile(body: ReconcileBody, _actor: Actor, console: Console) -> Round:
    """Compare the open switches of the record with the open workflows of Temporal once."""
    return reconciler.reconcile(console, grace_seconds=body.grace_seconds)
