"""Endpoints of operator controls: what may be done now, and doing it (rules#operator-controls)."""

from __future__ import annotations

from fastapi import APIRouter

from audit.users.unresolved import unresolved_users
from console.access.authentication import Actor, Console
from console.access.dependencies import ConsoleDependencies
from console.models.controls import CommandsOfSwitch, CommandTaken
from console.models.users import FailedUser, UnresolvedOfSwitch
from console.switches.command_bodies import CommandBody, RetryUsersBody, SkipBody
from console.switches.views import plan_name
from domain.operator.operator_commands import LOOK, CommandAdvice, operator_commands, wait_commands
from domain.switch.control_events import PAUSE, RESUME
from domain.switch.return_events import CANCEL, ROLL_BACK
from domain.switch.switch_state import SwitchState
from projections.reads.shown_rows import SwitchRow
from services.base.switch_rows import is_waiting, recorded_source
from services.commands import failed_users
from services.commands.send import RETRY_FAILED, send

router = APIRouter(prefix="/api", tags=["controls"])


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
    return wait_commands() if is_waiting(row) else ()


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
        return send(console, console.reads.switch(switch), RETRY_FAILED, body.command(actor))
    return failed_users.retry_users(console, console.reads.switch(switch), body.of_users(actor))


@router.post("/switches/{switch}/skip")
def skip_user(switch: str, body: SkipBody, actor: Actor, console: Console) -> CommandTaken:
    """Leave one user behind who could not be moved (docs/rules.md#operator-controls)."""
    return failed_users.skip_user(console, console.reads.switch(switch), body.command(actor))


@router.post("/switches/{switch}/pause")
def pause_switch(switch: str, body: CommandBody, actor: Actor, console: Console) -> CommandTaken:
    """Begin nothing new, and move nobody, until somebody resumes (docs/rules.md#operator-controls)."""
    return send(console, console.reads.switch(switch), PAUSE, body.command(actor))


@router.post("/switches/{switch}/resume")
def resume_switch(switch: str, body: CommandBody, actor: Actor, console: Console) -> CommandTaken:
    """Go on where a switch was paused (docs/rules.md#operator-controls)."""
    return send(console, console.reads.switch(switch), RESUME, body.command(actor))


@router.post("/switches/{switch}/cancel")
def cancel_switch(switch: str, body: CommandBody, actor: Actor, console: Console) -> CommandTaken:
    """Return a switch before the old plan is cancelled (docs/switch.md#ways-back); end one that waits."""
    return send(console, console.reads.switch(switch), CANCEL, body.command(actor))


@router.post("/switches/{switch}/rollback")
def roll_back_switch(switch: str, body: CommandBody, actor: Actor, console: Console) -> CommandTaken:
    """Return everyone moved to the old plan, and void the order (docs/switch.md#ways-back)."""
    return send(console, console.reads.switch(switch), ROLL_BACK, body.command(actor))


@router.post("/switches/{switch}/look")
def look_again(switch: str, body: CommandBody, actor: Actor, console: Console) -> CommandTaken:
    """Let a request that waits look at once whether its switch may be (docs/rules.md#waiting)."""
    return send(console, console.reads.switch(switch), LOOK, body.command(actor))
