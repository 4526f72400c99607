"""What of a switch calls for somebody, and when its wait is looked at next, as pages and API tell it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from domain.alarms import ALARMS
from domain.awaited import next_look


def attention_of(row: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the open alarms of a row of the board in words, the oldest first."""
    switch = row["switch_id"][:8]
    return [
        {
            "alarm": name,
            "what": ALARMS[name].what,
            "what_to_do": ALARMS[name].what_to_do.replace("SWITCH", switch),
        }
        for name in row["alarms"]
        if name in ALARMS
    ]


def looks_of(row: Mapping[str, Any], *, now: datetime | None = None) -> dict[str, Any]:
    """Return when a row's wait is looked at next.

    Args:
        row: The board's row.
        now: When somebody reads it; None is this moment.
    """
    noted = row["looks_at"]
    if noted is None:
        return {"looks_at": None, "looks_soon": False}
    at = next_look(
        datetime.fromisoformat(noted),
        every_seconds=row["looks_every_seconds"],
        now=now or datetime.now(tz=UTC),
    )
    # The wait is looked at soon, and the record does not tell exactly when.
    return {"looks_at": at.isoformat() if at else noted, "looks_soon": at is None}
