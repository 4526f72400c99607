"""Switches whose record lacks an event, as the board tells what holds them (RECORD_INCONSISTENT)."""

from __future__ import annotations

from psycopg import errors

from domain.kernel.errors import RecordInconsistent
from domain.operator.workflow_trouble import WorkflowTrouble
from projections.running.schema import SCHEMA, Connection

#: Switches that are read at most, those that have waited longest first.
GAPS_MAX = 100
_PREFIX = f"{RecordInconsistent.code}: "
_HELD = f"""
SELECT switch_id::text AS switch_id, workflow_id, waits_since, error_code, error_message, wait_names,
       wait_remedy
FROM {SCHEMA}.switch_board
WHERE outcome = '' AND (error_code = %(code)s OR EXISTS (
    SELECT 1 FROM unnest(wait_names) AS wait_name WHERE starts_with(wait_name, %(prefix)s)))
ORDER BY waits_since, switch_id LIMIT %(limit)s
"""  # noqa: S608  # a constant


def record_gaps(connection: Connection) -> tuple[WorkflowTrouble, ...]:
    """Return each open switch that is held since its record lacks an event, with what is missing.

    A record that can't be built at all takes no note of it: the board has none of those
    (reliability#lost-workflows-and-lost-stores).

    Args:
        connection: An open connection that commits by itself; without read models there are none.
    """
    facts = {"code": RecordInconsistent.code, "prefix": _PREFIX, "limit": GAPS_MAX}
    try:
        rows = connection.execute(_HELD.encode(), facts).fetchall()
    except errors.UndefinedTable:
        return ()
    return tuple(
        WorkflowTrouble(
            workflow_id=row["workflow_id"],
            switch_id=row["switch_id"],
            code=RecordInconsistent.code,
            since=row["waits_since"],
            message=_missing(row["error_code"], row["error_message"], row["wait_names"]),
            remedy=row["wait_remedy"],
        )
        for row in rows
    )


def _missing(code: str, message: str, names: list[str]) -> str:
    """Return what is missing: the hold names it, or else the wait."""
    if code == RecordInconsistent.code:
        return message
    return next(name.removeprefix(_PREFIX) for name in names if name.startswith(_PREFIX))
