"""Reading the notice of a completed switch (switch#completion-notice).

A completed switch has no workflow that could take a command, so that this one is recorded at once.
"""

from __future__ import annotations

from datetime import UTC, datetime

from domain.kernel.errors import RuleViolated
from domain.kernel.recorded import Meta
from domain.operator.completion_notice import NOT_COMPLETED
from domain.switch.events import CompletionNoticeRead
from domain.switch.stage import Stage
from projections.reads.shown_rows import SwitchRow
from services.answers import CommandTaken
from services.base.switch_rows import is_waiting, required_source
from services.base.tools import Tools, decided_anew
from workflows.base.messages import OperatorCommand

READ = "The notice is marked as read."
READ_BEFORE = "The notice was read before: {at:%Y-%m-%d %H:%M} UTC by {actor}."


def read_notice(tools: Tools, row: SwitchRow, command: OperatorCommand) -> CommandTaken:
    """Mark the notice of a switch as read; who read it first counts, and a repetition changes nothing.

    Args:
        tools: What to do it with.
        row: The switch as the board shows it.
        command: Who, why, and the request id.

    Raises:
        RuleViolated: The switch has not completed.
        UnknownSwitch: The record does not hold it.
    """
    if is_waiting(row):
        raise _not_completed(row)
    return decided_anew(lambda: _read(tools, row, command))


def _read(tools: Tools, row: SwitchRow, command: OperatorCommand) -> CommandTaken:
    source = required_source(tools, row)
    state = source.switch(row.switch_id)
    known = state.of(CompletionNoticeRead)
    message = READ
    if known is not None and known.request_id != command.request_id:
        message = READ_BEFORE.format(at=known.timestamp, actor=known.meta["actor"])
    if known is None:
        if state.stage != Stage.COMPLETED:
            raise _not_completed(row)
        meta = Meta(
            switch_id=row.switch_id,
            organization_id=row.organization_id,
            actor=command.actor,
            reason=command.reason,
            causation=f"command:{command.request_id}",
        )
        source.advance(
            CompletionNoticeRead, at=datetime.now(tz=UTC), meta=meta, request_id=command.request_id
        )
        tools.store.save(source)
    return CommandTaken(switch_id=row.switch_id, stage=state.stage, message=message)


def _not_completed(row: SwitchRow) -> RuleViolated:
    remedy = f"`planswitch switch show {row.switch_id[:8]}` tells where it stands."
    return RuleViolated(NOT_COMPLETED, remedy=remedy)
