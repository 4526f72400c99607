"""What of a switch calls for somebody, and when its wait is looked at next, as pages and API tell it."""

from __future__ import annotations

from datetime import UTC, datetime

from console.models.switches import AttentionAnswer
from domain.kernel.awaited import next_look
from domain.operator.alarms import ALARMS
from projections.reads.shown_rows import SwitchRow, instant_text


def attention_of(row: SwitchRow) -> tuple[AttentionAnswer, ...]:
    """Return the open alarms of a row of the board in words, the oldest first."""
    switch = row.switch_id[:8]
    return tuple(
        AttentionAnswer(
            alarm=name,
            what=ALARMS[name].what,
            what_to_do=ALARMS[name].what_to_do.replace("SWITCH", switch),
        )
        for name in row.alarms
        if name in ALARMS
    )


def looks_of(row: SwitchRow, *, now: datetime | None = None) -> tuple[str | None, bool]:
    """Return when a row's wait is looked at next, and whether that is soon and not exactly known.

    Args:
        row: The board's row.
        now: When somebody reads it; None is this moment.
    """
    noted = row.looks_at
    if noted is None:
        return None, False
    at = next_look(
        datetime.fromisoformat(noted),
        every_seconds=row.looks_every_seconds,
        now=now or datetime.now(tz=UTC),
    )
    return instant_text(at) if at else noted, at is None
