"""How the workflow of a switch fits the record, and what to do where it does not."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import anyio
from anyio import from_thread
from temporalio.client import Client

from audit.story.open_switches import OpenSwitch, open_switch
from domain.kernel.errors import StoreBehind, UnknownSwitch
from domain.operator.workflow_trouble import WorkflowTrouble
from domain.switch.stage import Stage
from services.answers import SwitchWorkflow, WorkflowOfSwitch
from services.base.switch_rows import is_waiting, workflow_of
from services.base.tools import Tools
from services.recovery.workflow_troubles import WORKFLOW_TASK_FAILING, troubles_now
from services.temporal.workflow_runs import (
    COMPLETED,
    WorkflowRun,
    details_of,
    find_workflow,
    open_workflows,
)

#: State of a workflow that is open and can't go on.
IN_TROUBLE = "in_trouble"
LOST_WAIT = "`planswitch switch restart` lets it wait again from the record; nothing was ordered."


@dataclass(frozen=True, kw_only=True, slots=True)
class _Look:
    """A workflow by what Temporal and itself say of it."""

    workflow: WorkflowRun
    #: What it says of itself.
    details: str
    troubles: tuple[WorkflowTrouble, ...]

    @property
    def trouble(self) -> str:
        """Return what is wrong, "" where all is well: there it shows its stage, in bold."""
        if self.troubles:
            return " ".join(f"{each.code}: {each.message}" for each in self.troubles)
        return "" if self.details.startswith("**") else self.details


def switch_workflow(tools: Tools, switch: str, *, is_to_change: bool = False) -> SwitchWorkflow:
    """Return the workflow of a switch; Temporal is asked for one that the record has lost.

    Args:
        tools: Where to look.
        switch: Id of the switch, or the beginning of it.
        is_to_change: Only what names it to a command counts.

    Raises:
        UnknownSwitch: Neither knows it.
    """
    try:
        row = tools.reads.switch_to_change(switch) if is_to_change else tools.reads.switch(switch)
    except UnknownSwitch:
        lost = from_thread.run(
            tools.workflows.using, lambda client, _queue: _lost(client, switch.strip().lower())
        )
        if lost is None or not tools.reads.sees(lost.organization_id):
            raise
        return lost
    return SwitchWorkflow(
        switch_id=row.switch_id,
        organization_id=row.organization_id,
        workflow_id=workflow_of(tools, row),
        waits=is_waiting(row),
    )


async def _lost(client: Client, switch: str) -> SwitchWorkflow | None:
    """Return the open workflow of a switch whose request the record does not have."""
    matches = [each async for each in open_workflows(client) if each.switch_id.startswith(switch)]
    if len({each.switch_id for each in matches}) != 1:
        # None of several is guessed.
        return None
    return SwitchWorkflow(
        switch_id=matches[0].switch_id,
        organization_id=matches[0].organization_id,
        workflow_id=matches[0].workflow_id,
    )


def workflow_state(
    tools: Tools, switch: str, *, patience_seconds: float | None = None, is_to_change: bool = False
) -> WorkflowOfSwitch:
    """Return what Temporal knows of a switch, what it says of itself, and where the record stands.

    Args:
        tools: Where to look.
        switch: Id of the switch, or the beginning of it.
        patience_seconds: How long Temporal and its worker may take; None: as long as any read.
        is_to_change: Only what names it to a command counts.

    Raises:
        UnknownSwitch: There is no such switch.
        TimeoutError: They took longer.
    """
    known = switch_workflow(tools, switch, is_to_change=is_to_change)
    recorded = open_switch(tools.store, known.organization_id, known.switch_id)

    async def look() -> _Look:
        with anyio.fail_after(patience_seconds):
            return await tools.workflows.using(lambda client, _queue: _look(client, known.workflow_id))

    sight = from_thread.run(look)
    state, remedy = _state(known, recorded, sight)
    return WorkflowOfSwitch(
        **asdict(known),
        state=state,
        status=sight.workflow.status,
        run_id=sight.workflow.run_id,
        trouble=sight.trouble,
        remedy=remedy,
        troubles=sight.troubles,
        recorded_stage=recorded.stage if recorded else (Stage.WAITING_ELIGIBLE if known.waits else None),
    )


async def _look(client: Client, workflow_id: str) -> _Look:
    workflow = await find_workflow(client, workflow_id)
    troubles = await troubles_now(client, workflow_id) if workflow.is_open else []
    # A task that fails answers no question either.
    is_asked = workflow.is_open and not any(each.code == WORKFLOW_TASK_FAILING for each in troubles)
    details = await details_of(client, workflow_id) if is_asked else ""
    return _Look(workflow=workflow, details=details, troubles=tuple(troubles))


def _state(known: SwitchWorkflow, recorded: OpenSwitch | None, sight: _Look) -> tuple[str, str]:
    """Return how record and workflow fit each other, and what to do."""
    accept = f"accept the older record with `planswitch switch restart {known.switch_id[:8]} --reason ...`"
    is_behind = not known.waits and (recorded is None or sight.details.startswith(StoreBehind.code))
    if sight.troubles:
        return IN_TROUBLE, " ".join(each.remedy for each in sight.troubles)
    if sight.workflow.is_open:
        behind = f"Restore a newer backup and retry the switch, or {accept}."
        return ("store_behind", behind) if is_behind else ("running", "")
    if known.waits:
        return "lost", LOST_WAIT
    if recorded is None:
        return "ended", ""
    if sight.workflow.status == COMPLETED:
        return "store_behind", f"Restore a newer backup, or {accept}."
    return "lost", "It is started again by itself within minutes; `planswitch reconcile` does it now."
