"""Endpoints of operator controls, of amendments (ADR 14), and of lost workflows and stores.

See rules#operator-controls.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from audit.users.user_outcomes import FailedUser, unresolved_users
from console.access.dependencies import Actor, Console, ConsoleDependencies
from console.api.routes_switches import ToChange
from console.models.base import view_of
from console.models.switches import (
    AmendedSide,
    AmendmentAnswer,
    AmendmentClosed,
    CommandsOfSwitch,
    UnresolvedOfSwitch,
)
from console.switches.bodies import (
    AmendBody,
    CommandBody,
    NoticeBody,
    ReconcileBody,
    RetryUsersBody,
    SkipBody,
)
from console.switches.views import plan_name, quote_answer, reason_answer
from domain.kernel.errors import RuleViolated
from domain.kernel.limits import LICENSES_MAX
from domain.operator.amendment import loss_text
from domain.operator.operator_commands import LOOK, CommandAdvice, operator_commands, wait_commands
from domain.switch.control_events import PAUSE, RESUME
from domain.switch.return_events import CANCEL, ROLL_BACK
from domain.switch.switch_state import SwitchState
from projections.reads.shown_rows import SwitchRow
from services.answers import CommandTaken, SwitchRestarted, WorkflowOfSwitch
from services.base.switch_rows import is_waiting, recorded_source
from services.commands import failed_users
from services.commands.amendments import amend, amendment_assessment
from services.commands.completion_notices import read_notice
from services.commands.send import RETRY_FAILED, send
from services.recovery import reconciler, restarts
from services.recovery.reconciler import Round
from services.recovery.workflow_state import workflow_state

router = APIRouter(prefix="/api/v1", tags=["controls"])
recovery_router = APIRouter(prefix="/api/v1", tags=["recovery"])

TAKES_EFFECT = "at the seller at once; billed from the day of the cutover on, by the amended quote"
Quantity = Annotated[int, Query(ge=1, le=LICENSES_MAX)]


@router.get("/switches/{switch}/commands")
def list_commands(switch: str, _actor: Actor, console: Console) -> CommandsOfSwitch:
    """List the commands that a switch accepts now, what each would do, and why the others are refused."""
    row = console.reads.switch(switch)
    source = recorded_source(console, row)
    state = source.switches.get(row.switch_id) if source else None
    return CommandsOfSwitch(
        switch_id=row.switch_id,
        stage=state.stage if state else row.stage,
        is_paused=state.is_paused if state else False,
        commands=commands_of(console, row, state),
    )


def commands_of(
    console: ConsoleDependencies, row: SwitchRow, state: SwitchState | None
) -> tuple[CommandAdvice, ...]:
    """Return the commands of a switch, or of a request that waits; none where the wait has ended.

    Args:
        console: Where the names of plans stand.
        row: The switch as the board shows it.
        state: The switch as it is recorded; None: nothing was begun.
    """
    if state is not None:
        plan = plan_name(console.catalog, row.source_plan_id)
        return operator_commands(state, moved=row.moved, plan=plan)
    return wait_commands(licenses_only=row.licenses_only) if is_waiting(row) else ()


@router.get("/switches/{switch}/unresolved")
def show_unresolved(switch: str, _actor: Actor, console: Console) -> UnresolvedOfSwitch:
    """List the users whom the switch waits for, and who must do what (docs/rules.md#operator-controls)."""
    row = console.reads.switch(switch)
    source = recorded_source(console, row)
    users = unresolved_users(console.store, source, row.switch_id) if source else ()
    return UnresolvedOfSwitch(switch_id=row.switch_id, users=users)


@router.get("/switches/{switch}/users/{user}")
def show_failed_user(switch: str, user: str, _actor: Actor, console: Console) -> FailedUser:
    """Show what a skip would mean for one user who could not be moved.

    See docs/rules.md#operator-controls.
    """
    return failed_users.skip_outcome(console, console.reads.switch(switch), user)


@router.post("/switches/{switch}/retry")
def retry_switch(switch: str, body: RetryUsersBody, actor: Actor, console: Console) -> CommandTaken:
    """Try again what a switch holds for, or only the named users."""
    if not body.users:
        return send(console, console.reads.switch_to_change(switch), RETRY_FAILED, body.command(actor))
    return failed_users.retry_users(console, console.reads.switch_to_change(switch), body.of_users(actor))


@router.post("/switches/{switch}/skip")
def skip_user(switch: str, body: SkipBody, actor: Actor, console: Console) -> CommandTaken:
    """Leave one user behind who could not be moved (docs/rules.md#operator-controls)."""
    return failed_users.skip_user(console, console.reads.switch_to_change(switch), body.command(actor))


@router.post("/switches/{switch}/pause")
def pause_switch(switch: str, body: CommandBody, actor: Actor, console: Console) -> CommandTaken:
    """Begin nothing new, and move nobody, until somebody resumes (docs/rules.md#operator-controls)."""
    return send(console, console.reads.switch_to_change(switch), PAUSE, body.command(actor))


@router.post("/switches/{switch}/resume")
def resume_switch(switch: str, body: CommandBody, actor: Actor, console: Console) -> CommandTaken:
    """Go on where a switch was paused (docs/rules.md#operator-controls)."""
    return send(console, console.reads.switch_to_change(switch), RESUME, body.command(actor))


@router.post("/switches/{switch}/cancel")
def cancel_switch(switch: str, body: CommandBody, actor: Actor, console: Console) -> CommandTaken:
    """Return a switch before the old plan is cancelled (docs/switch.md#ways-back); end one that waits."""
    return send(console, console.reads.switch_to_change(switch), CANCEL, body.command(actor))


@router.post("/switches/{switch}/rollback")
def roll_back_switch(switch: str, body: CommandBody, actor: Actor, console: Console) -> CommandTaken:
    """Return everyone moved to the old plan, and void the order (docs/switch.md#ways-back)."""
    return send(console, console.reads.switch_to_change(switch), ROLL_BACK, body.command(actor))


@router.post("/switches/{switch}/look")
def look_again(switch: str, body: CommandBody, actor: Actor, console: Console) -> CommandTaken:
    """Let a request that waits look at once whether its switch may be (docs/rules.md#waiting)."""
    return send(console, console.reads.switch_to_change(switch), LOOK, body.command(actor))


@router.post("/switches/{switch}/read-notice")
def read_completion_notice(switch: str, body: NoticeBody, actor: Actor, console: Console) -> CommandTaken:
    """Mark the notice of a completed switch as read; who read it first counts.

    See docs/switch.md#completion-notice.
    """
    return read_notice(console, console.reads.switch_to_change(switch), body.command(actor))


@router.get("/switches/{switch}/amendment")
def show_amendment(
    switch: str, quantity: Quantity, _actor: Actor, console: Console
) -> AmendmentAnswer | AmendmentClosed:
    """Show what another number of licenses would cost and whether it is allowed; change nothing."""
    return amendment_answer(console, console.reads.switch(switch), quantity)


@router.post("/switches/{switch}/amend")
def amend_switch(switch: str, body: AmendBody, actor: Actor, console: Console) -> CommandTaken:
    """Give a switch another number of licenses by the accepted amendment; once for a request id."""
    row = console.reads.switch_to_change(switch)
    return amend(console, row, body.command(actor), takes_any=body.accept)


def amendment_answer(
    console: ConsoleDependencies, row: SwitchRow, quantity: int
) -> AmendmentAnswer | AmendmentClosed:
    """Return what another number of licenses would cost and whether it may be."""
    try:
        assessment = amendment_assessment(console, row, quantity)
    except RuleViolated as closed:
        return AmendmentClosed(switch_id=row.switch_id, is_allowed=False, why_not=closed.message)
    amendment = assessment.amendment
    before, after = amendment.before.day(assessment.today), amendment.after.day(assessment.today)
    loss = amendment.loss_to_accept
    return view_of(
        AmendmentAnswer,
        amendment,
        is_allowed=not assessment.reasons,
        why_not=" ".join(each.message for each in assessment.reasons),
        reasons=tuple(reason_answer(each, console.support_contact) for each in assessment.reasons),
        plan_id=row.target_plan_id,
        plan=plan_name(console.catalog, row.target_plan_id),
        users=assessment.users,
        takes_effect=TAKES_EFFECT,
        currency=after.total.currency,
        on=assessment.today,
        before=view_of(AmendedSide, before, told=before.remarks),
        after=view_of(AmendedSide, after, told=after.remarks),
        loss_to_accept_text=None if loss is None else loss_text(loss),
        quote=quote_answer(amendment.after),
    )


@recovery_router.get("/switches/{switch}/workflow")
def show_workflow(
    switch: str, _actor: Actor, console: Console, *, to_change: ToChange = False
) -> WorkflowOfSwitch:
    """Show what Temporal knows about a switch, what the workflow says, and where the record stands."""
    return workflow_state(console, switch, is_to_change=to_change)


@recovery_router.post("/switches/{switch}/restart")
def restart_switch(switch: str, body: CommandBody, actor: Actor, console: Console) -> SwitchRestarted:
    """End the workflow of an open switch and start it again from the record, as the record stands now."""
    return restarts.restart(console, switch, body.command(actor))


@recovery_router.post("/reconcile")
def reconcile_stores(body: ReconcileBody, _actor: Actor, console: Console) -> Round:
    """Compare the open switches of the record with the open workflows of Temporal once."""
    return reconciler.reconcile(console, grace_seconds=body.grace_seconds)
