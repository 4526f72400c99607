"""Endpoints of operator controls: what may be done now, and doing it (rules#operator-controls)."""

from __future__ import annotations

import anyio.from_thread
from fastapi import APIRouter

from audit.users.unresolved import UnresolvedUser, unresolved_users
from console.access.authentication import Actor, Console
from console.access.dependencies import ConsoleDependencies
from console.access.request_ids import request_id_of
from console.models.base import widened
from console.models.controls import CommandsOfSwitch, CommandTaken
from console.models.users import FailedUser, UnresolvedOfSwitch
from console.switches.asking import recorded_cloud
from console.switches.bodies import CommandBody, RetryUsersBody, SkipBody
from console.switches.failed_users import failed_user
from console.switches.views import plan_name
from console.switches.waits import command_wait, is_waiting
from console.temporal.switch_workflows import Command
from domain.kernel.errors import InvalidInput, RuleViolated, UnknownSwitch
from domain.kernel.ids import workflow_id_of
from domain.operator.operator_commands import (
    CommandAdvice,
    kept_plan,
    loses_license,
    operator_commands,
    wait_commands,
)
from domain.ports.cloud import DirectoryUser
from domain.subscriptions.subscription import Subscription
from domain.switch.events import SwitchRequested
from domain.switch.switch_state import SwitchState
from projections.reads.shown_rows import SwitchRow
from workflows.base.messages import CommandAnswer, OperatorCommand, RetryUsers, SkipUser

router = APIRouter(prefix="/api", tags=["controls"])

#: Path of the API -> name of the workflow's update.
COMMANDS = {
    "retry": "retry_failed",
    "cancel": "cancel",
    "rollback": "roll_back",
    "pause": "pause",
    "resume": "resume",
}
SKIP = "skip_user"
RETRY_USERS = "retry_users"


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
    row = console.reads.switch(switch)
    source = _source(console, row)
    failed = failed_user(console, source, row, user)
    found = _in_directory(console, row, failed)
    catalog = console.catalogs.version(_requested(source, row.switch_id).catalog_version)
    return widened(
        FailedUser,
        failed,
        switch_id=row.switch_id,
        kept_plan_id=kept_plan(catalog, source.plan_id, found) if found else "",
        loses_license=loses_license(catalog, source.plan_id, found),
        is_gone=found is None,
    )


@router.post("/switches/{switch}/retry")
def retry_switch(switch: str, body: RetryUsersBody, actor: Actor, console: Console) -> CommandTaken:
    """Try again what a switch holds for, or only the named users."""
    if not body.users:
        return _command(console, switch, "retry", body, actor)
    row = console.reads.switch(switch)
    source = _source(console, row)
    keys = tuple(_key_of(console, source, row, user, body) for user in body.users)
    command = RetryUsers(request_id=body.request_id, actor=actor, reason=body.reason, user_keys=keys)
    return send(console, row, RETRY_USERS, command)


@router.post("/switches/{switch}/skip")
def skip_user(switch: str, body: SkipBody, actor: Actor, console: Console) -> CommandTaken:
    """Leave one user behind who could not be moved (docs/rules.md#operator-controls)."""
    row = console.reads.switch(switch)
    command = SkipUser(
        request_id=body.request_id,
        actor=actor,
        reason=body.reason,
        user_key=_key_of(console, _source(console, row), row, body.user, body),
        is_loss_accepted=body.accept_loss,
    )
    return send(console, row, SKIP, command)


@router.post("/switches/{switch}/pause")
def pause_switch(switch: str, body: CommandBody, actor: Actor, console: Console) -> CommandTaken:
    """Begin nothing new, and move nobody, until somebody resumes (docs/rules.md#operator-controls)."""
    return _command(console, switch, "pause", body, actor)


@router.post("/switches/{switch}/resume")
def resume_switch(switch: str, body: CommandBody, actor: Actor, console: Console) -> CommandTaken:
    """Go on where a switch was paused (docs/rules.md#operator-controls)."""
    return _command(console, switch, "resume", body, actor)


@router.post("/switches/{switch}/cancel")
def cancel_switch(switch: str, body: CommandBody, actor: Actor, console: Console) -> CommandTaken:
    """Return a switch before the old plan is cancelled (docs/switch.md#ways-back); end one that waits."""
    return _command(console, switch, "cancel", body, actor)


@router.post("/switches/{switch}/rollback")
def roll_back_switch(switch: str, body: CommandBody, actor: Actor, console: Console) -> CommandTaken:
    """Return everyone moved to the old plan, and void the order (docs/switch.md#ways-back)."""
    return _command(console, switch, "rollback", body, actor)


def _command(
    console: ConsoleDependencies, switch: str, name: str, body: CommandBody, actor: str
) -> CommandTaken:
    row = console.reads.switch(switch)
    if is_waiting(row):
        return command_wait(console, row, name, body, actor)
    command = OperatorCommand(request_id=body.request_id, actor=actor, reason=body.reason)
    return send(console, row, COMMANDS[name], command)


def send(console: ConsoleDependencies, row: SwitchRow, update: str, command: OperatorCommand) -> CommandTaken:
    """Send a command to the workflow of a switch, and return what the API answers.

    Raises:
        RuleViolated: The switch refuses it.
    """
    workflow_id = workflow_id_of(row.organization_id, request_id_of(console, row))
    answer = anyio.from_thread.run(_sent, console, workflow_id, update, command)
    if not answer.accepted:
        raise RuleViolated(
            answer.message,
            remedy=f"`planswitch switch show {row.switch_id[:8]}` tells what the switch waits for.",
        )
    return CommandTaken(switch_id=row.switch_id, stage=answer.stage, message=answer.message)


async def _sent(
    console: ConsoleDependencies, workflow_id: str, update: str, command: Command
) -> CommandAnswer:
    request_id = getattr(command, "request_id", "")
    return await console.workflows.command(workflow_id, update, command, request_id=request_id)


def recorded_source(console: ConsoleDependencies, row: SwitchRow) -> Subscription | None:
    """Return the subscription that a switch leaves, or None where the record does not hold it."""
    stream_id = console.store.resolve_subscription(row.organization_id, row.source_subscription_id)
    return console.store.subscription(stream_id)


def _source(console: ConsoleDependencies, row: SwitchRow) -> Subscription:
    found = recorded_source(console, row)
    if found is None:
        raise UnknownSwitch(f"The record does not hold switch {row.switch_id}.")
    return found


def _requested(source: Subscription, switch_id: str) -> SwitchRequested:
    found = source.switch(switch_id).of(SwitchRequested)
    if found is None:
        raise UnknownSwitch(f"The record does not hold the request of switch {switch_id}.")
    return found


def _key_of(
    console: ConsoleDependencies, source: Subscription, row: SwitchRow, user: str, body: CommandBody
) -> str:
    """Return the opaque key of a user who could not be moved.

    What was taken before goes to the switch as it came, to be answered again: the user is waited for no more.
    """
    try:
        return failed_user(console, source, row, user).user_key
    except InvalidInput:
        if body.request_id in source.switch(row.switch_id).commands:
            return user
        raise


def _in_directory(
    console: ConsoleDependencies, row: SwitchRow, failed: UnresolvedUser
) -> DirectoryUser | None:
    if not failed.directory_id:
        return None
    with recorded_cloud(console, row.organization_id) as cloud:
        found = cloud.directory.users(row.organization_id, [failed.directory_id])
    return found[0] if found else None
