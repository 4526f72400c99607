"""The one way in which a command reaches a switch, or a request that waits (rules#operator-controls)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from anyio import from_thread

from activities.request.schedule_change import RESCHEDULE_UPDATE
from activities.signed_command import BUREAU_ACTOR
from domain.kernel.errors import RuleViolated
from domain.kernel.money import Money
from domain.operator.operator_commands import LOOK, operator_commands, wait_commands
from domain.switch.return_events import CANCEL
from projections.reads.shown_rows import SwitchRow
from services.answers import CommandTaken
from services.approvals.gate import require_approved
from services.approvals.proposals import command_proposal
from services.base.switch_rows import is_waiting, recorded_source, workflow_of
from services.base.tools import Tools
from services.temporal.command_signer import Command

#: Update that tries again whatever a switch holds for.
RETRY_FAILED = "retry_failed"
#: Updates that a request takes while it waits; the others would find nothing to act on.
WHILE_WAITING = frozenset({CANCEL, LOOK, RESCHEDULE_UPDATE})
#: Update -> name of its advice, where they differ.
_ADVISED = {RETRY_FAILED: "retry", "skip_user": "skip"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What a command moves, and what it would do where no preview of commands says it."""

    users: int = 0
    #: The most that the switch costs with it, with tax; None: it changes no amount.
    total: Money | None = None
    what: str = ""


#: Of a command that moves nobody and nothing that is paid.
FREE = Cost()


def send(tools: Tools, row: SwitchRow, update: str, command: Command, cost: Cost = FREE) -> CommandTaken:
    """Send a command to the workflow of a switch, in a thread of the server's pool; the same id acts once.

    Args:
        tools: What to send it with.
        row: The switch as the board shows it.
        update: Name of the command.
        command: Its message.
        cost: What it moves, by which it may need the approval of a second person.

    Raises:
        RuleViolated: It is refused: by the switch, which may have ended, or since the request only waits.
        ApprovalRequired: A second person has to approve it first; nothing was sent.
    """
    refusal = _refusal(update, waits=is_waiting(row))
    if not refusal:
        _require_approved(tools, row, update, command, cost)
        answer = from_thread.run(tools.workflows.command, workflow_of(tools, row), update, command)
        if answer.accepted:
            return CommandTaken(switch_id=row.switch_id, stage=answer.stage, message=answer.message)
        refusal = answer.message
    raise RuleViolated(refusal, remedy=f"`planswitch switch show {row.switch_id[:8]}` tells where it stands.")


def _require_approved(tools: Tools, row: SwitchRow, update: str, command: Command, cost: Cost) -> None:
    """Let a command pass that needs no approval; the bureau's own word never needs one."""
    is_needed = tools.approvals.needs(update, users=cost.users, total=cost.total)
    if not is_needed or command.actor == BUREAU_ACTOR:
        return
    proposal = command_proposal(
        command,
        update,
        switch_id=row.switch_id,
        organization_id=row.organization_id,
        what=cost.what or _what(tools, row, update),
    )
    require_approved(tools, replace(proposal, users=cost.users, total=cost.total))


def _what(tools: Tools, row: SwitchRow, update: str) -> str:
    """Return what a command would do now, as the preview of commands says it; "" where it says nothing."""
    if is_waiting(row):
        advice = wait_commands(licenses_only=row.licenses_only)
    else:
        source = recorded_source(tools, row)
        state = source.switches.get(row.switch_id) if source else None
        advice = operator_commands(state, moved=row.moved) if state else ()
    return next((each.what for each in advice if each.command == _ADVISED.get(update, update)), "")


def _refusal(update: str, *, waits: bool) -> str:
    if waits and update not in WHILE_WAITING:
        return "Nothing was begun yet that this command could act on."
    if update in {LOOK, RESCHEDULE_UPDATE} and not waits:
        return "The request does not wait to be eligible."
    return ""
