"""Open switches of the board that no event made: what they wait for would take hours to come about."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from projections.board.rows import BoardRow
from projections.running.projector import shown_version
from projections.running.schema import connected
from projections.running.tables import _upsert


def waiting_row(stage: str, *, code: str = "", hours: float = 1, alarms: Sequence[str] = ()) -> BoardRow:
    """Return an open switch that has waited so long.

    Args:
        stage: Where it stands.
        code: Of what it waits for.
        hours: How long it has waited.
        alarms: Names of the alarms that call for somebody.
    """
    now = datetime.now(tz=UTC)
    since = now - timedelta(hours=hours)
    return BoardRow(
        switch_id=str(uuid.uuid4()),
        organization_id=str(uuid.uuid4()),
        stage=stage,
        error_code=code,
        waits_since=since,
        requested_at=since,
        updated_at=now,
        alarms=list(alarms),
        alarmed_at=since if alarms else None,
    )


def plant(database_url: str, rows: Sequence[BoardRow]) -> None:
    """Write rows into the shown version of the board.

    Args:
        database_url: Of a role that may.
        rows: Of `waiting_row`.
    """
    with connected(database_url) as connection:
        table = f"switch_board_v{shown_version(connection)}"
        _upsert(connection, table, "switch_id", {row.switch_id: row for row in rows})
