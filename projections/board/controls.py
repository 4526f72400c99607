"""What a paused switch looks like on the board."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from domain.switch.control_events import SwitchPaused, SwitchResumed
from domain.switch.stage import RETURNING, TERMINAL, Stage
from domain.switch.stage_words import waits_for
from projections.board.rows import BoardRow

#: Stages that end a pause by themselves.
_ENDING = TERMINAL | RETURNING


def paused(row: BoardRow, event: SwitchPaused) -> BoardRow:
    """Show who paused a switch, why, and what ends it."""
    ends = f", or by itself at {event.until:%Y-%m-%d %H:%M} UTC" if event.until else ""
    words = f"an operator: paused by {event.meta['actor']} ({event.message}); resume it{ends}"
    return replace(row, stage=Stage.PAUSED, waits_for=words)


def resumed(row: BoardRow, event: SwitchResumed) -> BoardRow:
    """Show the stage in which a switch goes on."""
    return replace(row, stage=event.stage, waits_for=waits_for(event.stage))


def went_on(row: BoardRow, stage: str) -> BoardRow:
    """Show the stage in which a switch goes on after a retry; a pause goes on in any."""
    return row if outlasts(row, stage) else replace(row, stage=stage, waits_for=waits_for(stage))


def outlasts(row: BoardRow, stage: str) -> bool:
    """Return whether a pause goes on although a step that was running has led to another stage."""
    return row.stage == Stage.PAUSED and stage not in _ENDING


#: Event class -> its function.
CHANGES: dict[type[Any], Callable[[BoardRow, Any], BoardRow]] = {
    SwitchPaused: paused,
    SwitchResumed: resumed,
}
