"""The one way in which a command reaches a switch, or a request that waits (rules#operator-controls)."""

from __future__ import annotations

from anyio import from_thread

from activities.request.schedule_change import RESCHEDULE_UPDATE
from domain.kernel.errors import RuleViolated
from domain.operator.operator_commands import LOOK
from domain.switch.return_events import CANCEL
from projections.reads.shown_rows import SwitchRow
from services.answers import CommandTaken
from services.base.switch_rows import is_waiting, workflow_of
from services.base.tools import Tools
from services.temporal.command_signer import Command

#: Update that tries again whatever a switch holds for.
RETRY_FAILED = "retry_failed"
#: Updates that a request takes while it waits; the others would find nothing to act on.
WHILE_WAITING = frozenset({CANCEL, LOOK, RESCHEDULE_UPDATE})


def send(tools: Tools, row: SwitchRow, update: str, command: Command) -> CommandTaken:
    """Send a command to the workflow of a switch, in a thread of the server's pool; the same id acts once.

    Raises:
        RuleViolated: It is refused: by the switch, which may have ended, or since the request only waits.
    """
    refusal = _refusal(update, waits=is_waiting(row))
    if not refusal:
        answer = from_thread.run(tools.workflows.command, workflow_of(tools, row), update, command)
        if answer.accepted:
            return CommandTaken(switch_id=row.switch_id, stage=answer.stage, message=answer.message)
        refusal = answer.message
    raise RuleViolated(refusal, remedy=f"`planswitch switch show {row.switch_id[:8]}` tells where it stands.")


def _refusal(update: str, *, waits: bool) -> str:
    if waits and update not in WHILE_WAITING:
        return "Nothing was begun yet that this command could act on."
    if update in {LOOK, RESCHEDULE_UPDATE} and not waits:
        return "The request does not wait to be eligible."
    return ""
