"""What an operator commands where a workflow is lost or wrong: start it again, or pair both stores."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from functools import partial

from anyio import from_thread
from temporalio.client import Client

from activities.base.known_orders import recorded_order
from activities.contract import RefusalReason
from activities.request.eligibility_wait import accepted_wait
from audit.story.open_switches import OpenSwitch, open_switch
from domain.kernel.errors import RuleViolated, StoreBehind, UnknownSwitch
from domain.operator.operator_commands import LOOK
from services.base.recorded_sources import recorded_wait
from services.base.tools import Tools
from services.commands.send import send
from services.recovery.reconciler import Reconciler, Round
from services.recovery.restarts import ended, start_again
from services.recovery.workflow_state import SwitchWorkflow, switch_workflow
from services.temporal.found_workflows import FoundWorkflow, order_in_history
from services.temporal.starts import begin_again, wait_start
from services.temporal.switch_workflows import RESTARTED_AGAIN
from workflows.base.messages import OperatorCommand
from workflows.wait.eligibility_wait import WaitRequest

RESTART = "command:restart"
#: Starts the workflow in the place of the one that was found, and returns its run.
Begin = Callable[[Client, str, FoundWorkflow], Awaitable[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchRestarted(SwitchWorkflow):
    """A switch, or a request that waits, whose workflow was started again."""

    #: Status of the workflow that was there.
    found: str
    lost_run_id: str
    #: "": it has just ended, or was just started again.
    run_id: str
    stage: str
    message: str


def restart(tools: Tools, switch: str, command: OperatorCommand) -> SwitchRestarted:
    """End the workflow of an open switch, if one runs, and start it again from the record as it stands now.

    Args:
        tools: Where to look and to start it.
        switch: Id of the switch, or the beginning of it.
        command: Who wants it, and why.

    Raises:
        UnknownSwitch: There is no such switch, or the record does not know its wait.
        RuleViolated: The switch has ended.
        StoreBehind: The record is older than the switch.
        WorkerAbsent: No worker would take it; nothing was ended.
        OrchestrationUnavailable: Temporal or the worker does not answer.
    """
    known = switch_workflow(tools, switch)
    recorded = None if known.waits else _required(tools, known)
    begin = _switch_begin(tools, recorded, command) if recorded else _wait_begin(tools, known)
    found, run_id = _restarted(tools, known, command, begin)
    if recorded:
        stage = recorded.stage
        message = f"The workflow was {found.status}; it starts again from the record, at {stage}."
    else:
        # Its first look is recorded with who wanted it, and why.
        taken = send(tools, tools.reads.switch(known.switch_id), LOOK, command)
        stage = taken.stage
        message = f"The workflow was {found.status}; it waits again from the record. {taken.message}"
    return SwitchRestarted(
        **asdict(known),
        found=found.status,
        lost_run_id=found.run_id,
        run_id=run_id,
        stage=stage,
        message=message if run_id else "The switch has just ended, or was just started again.",
    )


def _switch_begin(tools: Tools, recorded: OpenSwitch, command: OperatorCommand) -> Begin:
    return lambda client, queue, found: start_again(
        client,
        tools.store,
        recorded,
        found,
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
        reasons=tuple(RefusalReason(**each) for each in recorded.reasons),
    )
    signer = tools.workflows.signer
    return lambda client, queue, _found: begin_again(client, queue, wait_start(signer.wait(request)))


def _restarted(
    tools: Tools, known: SwitchWorkflow, command: OperatorCommand, begin: Begin
) -> tuple[FoundWorkflow, str]:
    """Return the workflow that was there and is ended now, and the run that follows it."""

    async def replace_run(client: Client, queue: str) -> tuple[FoundWorkflow, str]:
        found = await ended(
            client,
            tools.workflows.signer.keys,
            known.switch_id,
            known.workflow_id,
            actor=command.actor,
            reason=command.reason,
        )
        return found, await begin(client, queue, found)

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
    if outcome is not None:
        raise RuleViolated(
            f"Switch {known.switch_id} has ended as {outcome}: there is nothing to start again.",
            remedy="Start a new switch with `planswitch switch start`.",
        )
    order_id = from_thread.run(
        tools.workflows.using, lambda client, _queue: order_in_history(client, known.workflow_id)
    )
    placed = f"it placed order {order_id}" if order_id else "it has placed no order"
    undo = f"void order {order_id} at the seller, then end" if order_id else "end"
    raise StoreBehind(
        f"The record does not know the request of switch {known.switch_id}: an older database was restored. "
        f"Its workflow {known.workflow_id} waits, and its own history tells that {placed}.",
        remedy=f"Restore a newer backup. If there is none, {undo} the workflow with "
        f"`temporal workflow terminate -w {known.workflow_id}`, and start a new switch.",
    )


def reconcile(tools: Tools, *, grace_seconds: float) -> Round:
    """Pair the open switches of the record with the open workflows of Temporal once.

    Args:
        tools: Where to look.
        grace_seconds: Reservations and endings younger than this are left alone.

    Raises:
        OrchestrationUnavailable: Temporal does not answer; nothing was done.
    """

    async def look(client: Client, queue: str) -> Round:
        keys = tools.workflows.signer.keys
        reconciler = Reconciler(client, tools.store, keys=keys, task_queue=queue, grace_seconds=grace_seconds)
        return await reconciler.run_once()

    return from_thread.run(tools.workflows.using, look)
