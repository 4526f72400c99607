"""Requests that wait until their switch may be: begin, look, end, begin again (rules#waiting)."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import anyio.from_thread
from pydantic import TypeAdapter
from temporalio.client import Client, WithStartWorkflowOperation, WorkflowUpdateStage
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.assessment.preparation import Prepared, not_eligible
from activities.base.wait_contract import BeginWaitResult
from activities.contract import RefusalReason, SwitchOrder
from activities.request.eligibility import require_waitable
from activities.request.eligibility_wait import accepted_wait
from activities.request.search_attributes import start_attributes
from console.access.dependencies import ConsoleDependencies
from console.access.request_ids import request_id_of
from console.models.controls import CommandTaken, RestartedRun
from console.models.quotes import WaitAnswer
from console.switches.asking import Asked, accepted_digest, planned, record
from console.switches.bodies import CommandBody, QuoteBody, SwitchBody
from console.temporal.switch_workflows import READ_TIMEOUT, RESTARTED_AGAIN, held_or_answered, repeated_by_id
from console.temporal.temporal_watch import answer_of
from console.words.problems import Refused
from domain.kernel.calendar import start_of_day
from domain.kernel.errors import InvalidInput, NotEligible, RequestReused, RuleViolated, UnknownSwitch
from domain.kernel.ids import eligibility_wait_stream_id, wait_workflow_id_of
from domain.operator.operator_commands import LOOK
from domain.requests.eligibility_wait import deadline_of, end_of_day, standing_for_ever, terms_of
from domain.requests.schedule import require_later_day
from domain.requests.wait_events import EligibilityWait as WaitRecord
from domain.requests.wait_events import WaitTerms
from domain.switch.stage import Stage
from ops.recovery.switch_workflows import FoundWorkflow, end_workflow, find_workflow, signed_end
from projections.reads.shown_rows import SwitchRow
from workflows.base.messages import CommandAnswer, OperatorCommand
from workflows.wait.eligibility_wait import EligibilityWait, WaitRequest

_ORDERS = TypeAdapter(SwitchOrder)
#: Commands that a request takes while it waits -> name of the workflow's update.
COMMANDS = {"cancel": "cancel", LOOK: "look"}


def is_waiting(row: SwitchRow) -> bool:
    """Tell whether a row of the board is a request that waits."""
    return bool(row.stage == Stage.WAITING_ELIGIBLE)


def wait_terms(prepared: Prepared, body: QuoteBody) -> WaitTerms | None:
    """Return what is accepted by waiting, or None where nobody wants to wait.

    Raises:
        InvalidInput: The deadline or the bound can't be taken.
    """
    if body.wait_until is None and prepared.start_on is None:
        if body.max_total is not None:
            raise InvalidInput(
                field="max_total",
                value=body.max_total,
                allowed="nothing without wait_until or start_on",
                remedy="A switch that begins now takes what its accepted quote says.",
            )
        return None
    zone, now = prepared.profile.time_zone, prepared.assessment.at
    not_before = _not_before(prepared, body)
    if body.wait_until is not None:
        until = deadline_of(body.wait_until, time_zone=zone, now=now, not_before=not_before)
    else:
        until = end_of_day(not_before or now, zone)
    return terms_of(
        prepared.quote, until, time_zone=zone, total_at_most=body.max_total, not_before=not_before
    )


def _not_before(prepared: Prepared, body: QuoteBody) -> datetime | None:
    """Return when the day of a scheduled start begins, or None where it starts at once."""
    if prepared.start_on is None or body.start_on is None:
        return None
    if body.quoted_on is not None:
        raise InvalidInput(
            field="quoted_on", value=body.quoted_on, allowed="nothing beside start_on, whose day is quoted"
        )
    zone = prepared.profile.time_zone
    require_later_day(body.start_on, prepared.start_on, time_zone=zone, now=prepared.assessment.at)
    return start_of_day(prepared.start_on, zone)


def wait_answer(terms: WaitTerms) -> WaitAnswer:
    """Return what is accepted by waiting."""
    return WaitAnswer(
        until=terms.until.isoformat(),
        not_before=terms.not_before.isoformat() if terms.not_before else None,
        currency=terms.total_at_most.currency,
        total_at_most_minor_units=terms.total_at_most.minor_units,
        total_at_most=str(terms.total_at_most),
        forfeited_at_most_minor_units=terms.forfeited_at_most.minor_units,
    )


def require_wait(console: ConsoleDependencies, asked: Asked, body: SwitchBody) -> str:
    """Return the digest of the accepted quote, or refuse a wait and record the refusal.

    Raises:
        InvalidInput: No quote was accepted.
        NotEligible: A reason never clears; every such reason is in the details.
        QuoteChanged: The quote is not the one that was accepted.
        RuleViolated: A warning was not acknowledged, or a loss not accepted.
    """
    digest = accepted_digest(asked, body)
    # Nobody can be asked later: what the look at the users asks to confirm is asked for now.
    prepared = planned(console, asked)[0].prepared
    require_waitable(prepared, digest)
    if standing_for_ever(prepared.assessment, body.mode, is_caller_known=bool(body.caller)):
        record(console, asked, reason=body.reason, accepted=False)
        refused = not_eligible(prepared.assessment, body.mode)
        raise NotEligible(
            f"A wait would not help. {refused.message}",
            remedy=refused.remedy,
            reasons=refused.details["reasons"],
        )
    return digest


def begin_wait(
    console: ConsoleDependencies, body: SwitchBody, asked: Asked, order: SwitchOrder
) -> WaitAnswer:
    """Let a request wait, and return what was accepted.

    Raises:
        RequestReused: The request was made before, for something else or with another deadline.
        OrchestrationUnavailable: Temporal or the worker does not answer.
    """
    prepared = asked.prepared
    terms = wait_terms(prepared, body)
    if terms is None:
        raise AssertionError
    record(console, asked, reason=body.reason, accepted=False)
    blocking = prepared.assessment.blocking(body.mode)
    request = WaitRequest(
        order=order,
        accepted=accepted_wait(terms),
        source_plan_id=prepared.source.plan_id,
        reasons=tuple(
            RefusalReason(code=each.code, message=each.message, remedy=each.remedy) for each in blocking
        ),
    )
    result = anyio.from_thread.run(_started, console, request)
    if not result.accepted:
        raise Refused(code=result.code, message=result.message, remedy=result.remedy, reasons=[])
    return wait_answer(terms)


def command_wait(
    console: ConsoleDependencies, row: SwitchRow, name: str, body: CommandBody, actor: str
) -> CommandTaken:
    """Send a command to a request that waits.

    Raises:
        RuleViolated: It takes no such command, or it is too late.
    """
    remedy = f"`planswitch switch show {row.switch_id[:8]}` tells where it stands."
    if name not in COMMANDS:
        raise RuleViolated(f"Nothing has begun yet that `{name}` could act on.", remedy=remedy)
    command = OperatorCommand(request_id=body.request_id, actor=actor, reason=body.reason)
    workflow_id = wait_workflow_id_of(row.organization_id, request_id_of(console, row))

    async def send() -> CommandAnswer:
        return await console.workflows.command(
            workflow_id, COMMANDS[name], command, request_id=command.request_id
        )

    answer = anyio.from_thread.run(send)
    if not answer.accepted:
        raise RuleViolated(answer.message, remedy=remedy)
    return CommandTaken(switch_id=row.switch_id, stage=answer.stage, message=answer.message)


def restart_wait(console: ConsoleDependencies, row: SwitchRow, body: CommandBody, actor: str) -> RestartedRun:
    """End the workflow of a request that waits, if one runs, and start it again from the record.

    Its first look is recorded with who wanted it, and why.

    Raises:
        UnknownSwitch: The record does not know the wait.
        WorkerAbsent: No worker would take it; nothing was ended.
        OrchestrationUnavailable: Temporal or the worker does not answer.
    """
    request = _recorded_request(console, row)
    workflow_id = wait_workflow_id_of(row.organization_id, request_id_of(console, row))
    anyio.from_thread.run(console.workflows.require_taker, RESTARTED_AGAIN)

    async def restart(client: Client, queue: str) -> tuple[FoundWorkflow, str]:
        found = await find_workflow(client, workflow_id)
        if found.is_open:
            run_id, keys = found.run_id, console.workflows.signer.keys
            signed = signed_end(keys, row.switch_id, run_id=run_id, actor=actor, reason=body.reason)
            await end_workflow(client, workflow_id, signed, run_id=run_id)
        handle = await client.start_workflow(
            EligibilityWait.run,
            console.workflows.signer.wait(request),
            id=workflow_id,
            task_queue=queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            search_attributes=start_attributes(request.source_plan_id),
            rpc_timeout=READ_TIMEOUT,
        )
        return found, handle.result_run_id or ""

    found, run_id = anyio.from_thread.run(
        partial(console.workflows.using, restart, repetition=RESTARTED_AGAIN)
    )
    answer = command_wait(console, row, LOOK, body, actor)
    message = f"The workflow was {found.status}; it waits again from the record. {answer.message}"
    return RestartedRun(
        found=found.status,
        lost_run_id=found.run_id,
        run_id=run_id,
        stage=answer.stage,
        message=message,
    )


def _recorded_request(console: ConsoleDependencies, row: SwitchRow) -> WaitRequest:
    recorded = console.store.load(eligibility_wait_stream_id(row.switch_id))
    if not isinstance(recorded, WaitRecord):
        raise UnknownSwitch(f"No wait of switch {row.switch_id} is recorded.")
    return WaitRequest(
        order=_ORDERS.validate_python(recorded.order),
        accepted=accepted_wait(recorded.terms),
        source_plan_id=recorded.source_plan_id,
        reasons=tuple(RefusalReason(**each) for each in recorded.reasons),
    )


async def _started(console: ConsoleDependencies, request: WaitRequest) -> BeginWaitResult:
    repetition = repeated_by_id(request.order.request_id)
    workflow_id = wait_workflow_id_of(request.order.organization_id, request.order.request_id)

    async def start(client: Client, queue: str) -> BeginWaitResult:
        signed = console.workflows.signer.wait(request)
        operation = WithStartWorkflowOperation(
            EligibilityWait.run,
            signed,
            id=workflow_id,
            task_queue=queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            search_attributes=start_attributes(request.source_plan_id),
            static_summary=f"{request.order.organization_id} to plan {request.order.target_plan_id}",
        )
        sent = client.start_update_with_start_workflow(
            EligibilityWait.await_begun,
            signed,
            start_workflow_operation=operation,
            wait_for_stage=WorkflowUpdateStage.ACCEPTED,
        )
        return await held_or_answered(client, workflow_id, answer_of(sent), repetition)

    try:
        return await console.workflows.using(start, repetition=repetition)
    except WorkflowAlreadyStartedError as error:
        raise RequestReused(
            "This request has waited before, and its wait has ended.", remedy="Use a new request id."
        ) from error
