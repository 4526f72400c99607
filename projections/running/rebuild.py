"""Rebuild of the read models: a new version beside the shown one, compared with it, then swapped.

The live projector goes on meanwhile; the swap holds the row that each of its batches takes first.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.kernel.errors import AuditMismatch
from projections.running.projector import fold_batch, shown_version
from projections.running.schema import (
    PROJECTION,
    SCHEMA,
    Connection,
    connected,
    create_version,
    drop_version,
    newest_version,
    show_version,
    show_version_to_dashboards,
)
from store.core.application import SwitchApplication
from store.record.notifications import NotificationStore

#: Versions kept behind the shown one, to look at or go back to.
KEPT_VERSIONS = 1
#: Columns that count in the comparison: all that people read.
_COMPARED = {
    "switch_board": "switch_id, organization_id, source_plan_id, target_plan_id, stage, licenses, total,"
    " moved, failed, skipped, quote_total, charged_total, currency, requested_at, ended_at, outcome,"
    " error_code",
    "switch_timeline": "switch_id, position, stream_id, version, event, stage",
    "checkout_board": "checkout_id, organization_id, source_subscription_id, target_plan_id, quantity,"
    " payment_method, credit_check, state, revision, total, currency, expires_on, switch_id, refusal_code,"
    " started_at, changed_at",
    "product_act": "act_id, organization_id, act, subscription_id, plan_id, licenses, charge, credit,"
    " forfeited, tax, total, currency, state, code, begun_at, ended_at",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class RebuildReport:
    """What a rebuild did."""

    version_before: int
    version: int
    events: int
    #: Table -> rows that differ between the versions, of what neither had to put aside.
    differences: dict[str, int]
    #: Streams that are still put aside.
    dead_letters: int


def rebuild(database_url: str, *, accept_differences: bool = False) -> RebuildReport:
    """Build the next version from the first event on, compare it, and show it.

    Args:
        database_url: PostgreSQL of the event store and the read models.
        accept_differences: Show the new version even though its rows differ from the shown ones.

    Raises:
        AuditMismatch: The rows differ, and that was not accepted; the new version stays beside.
        StoreUnavailable: A dashboard holds a view for minutes; only the console shows the new version so far.
    """
    with (
        SwitchApplication(database_url, pool_size=1) as application,
        connected(database_url) as connection,
    ):
        log = NotificationStore(application)
        version = newest_version(connection) + 1
        with connection.transaction():
            create_version(connection, version)
        events = _build(connection, log, version, log.max_notification_id())
        with connection.transaction():
            before = shown_version(connection, lock=True)
            # Both stand at the same event now, and nobody else may move the shown one.
            head = log.max_notification_id()
            _build(connection, log, before, head)
            events += _build(connection, log, version, head)
            differences = _compare(connection, before, version)
            if any(differences.values()) and not accept_differences:
                raise _mismatch(version, differences)
            show_version(connection, version)
        show_version_to_dashboards(connection, version)
        # Nothing reads them any more.
        with connection.transaction():
            _drop_old(connection, before)
        return RebuildReport(
            version_before=before,
            version=version,
            events=events,
            differences=differences,
            dead_letters=_dead_letters(connection, version),
        )


def _build(connection: Connection, log: NotificationStore, version: int, until: int) -> int:
    total = 0
    while count := fold_batch(connection, log, version=version, until=until):
        total += count
    return total


def _compare(connection: Connection, before: int, version: int) -> dict[str, int]:
    """Count, per table, the rows that only one of two versions has; what was put aside may differ."""
    streams = _put_aside(connection, before, version)
    return {table: _differing(connection, table, before, version, streams) for table in _COMPARED}


def _differing(connection: Connection, table: str, before: int, version: int, streams: list[str]) -> int:
    whole = _whole(table, before, version)
    old = f"SELECT {_COMPARED[table]} FROM {SCHEMA}.{table}_v{before} WHERE {whole}"  # noqa: S608  # names of our own
    new = f"SELECT {_COMPARED[table]} FROM {SCHEMA}.{table}_v{version} WHERE {whole}"  # noqa: S608
    query = f"SELECT count(*) AS rows FROM (({old} EXCEPT {new}) UNION ALL ({new} EXCEPT {old})) AS differing"  # noqa: S608
    row = connection.execute(query.encode(), {"streams": streams}).fetchone()
    return int(row["rows"]) if row else 0


def _whole(table: str, before: int, version: int) -> str:
    """Return the condition for rows that lack no events in either version: others differ by nature."""
    if table in {"checkout_board", "product_act"}:
        return "stream_id <> ALL(%(streams)s::uuid[])"
    marked = " UNION ".join(
        f"SELECT switch_id FROM {SCHEMA}.switch_board_v{each} WHERE incomplete_since IS NOT NULL"  # noqa: S608
        f" UNION SELECT switch_id FROM {SCHEMA}.switch_timeline_v{each}"
        " WHERE stream_id = ANY(%(streams)s::uuid[])"
        for each in (before, version)
    )
    return f"switch_id NOT IN ({marked})"


def _put_aside(connection: Connection, before: int, version: int) -> list[str]:
    rows = connection.execute(
        f"SELECT DISTINCT stream_id::text AS stream FROM {SCHEMA}.dead_letter"  # noqa: S608  # a constant
        " WHERE projection = %s AND version IN (%s, %s) AND stream_id IS NOT NULL",
        [PROJECTION, before, version],
    )
    return [str(row["stream"]) for row in rows]


def _drop_old(connection: Connection, before: int) -> None:
    rows = connection.execute(
        f"SELECT version FROM {SCHEMA}.projection_position WHERE projection = %s AND version <= %s",  # noqa: S608
        [PROJECTION, before - KEPT_VERSIONS],
    ).fetchall()
    for row in rows:
        drop_version(connection, row["version"])


def _dead_letters(connection: Connection, version: int) -> int:
    row = connection.execute(
        f"SELECT count(*) AS letters FROM {SCHEMA}.dead_letter WHERE projection = %s AND version = %s",  # noqa: S608
        [PROJECTION, version],
    ).fetchone()
    return int(row["letters"]) if row else 0


def _mismatch(version: int, differences: dict[str, int]) -> AuditMismatch:
    tables = ", ".join(f"{rows} rows of {table}" for table, rows in differences.items() if rows)
    return AuditMismatch(
        f"Version {version}, rebuilt from the events, differs from what is shown: {tables}.",
        remedy=f"Look at {SCHEMA}.switch_board_v{version}; if it is right, add `--accept-differences`.",
        differences=differences,
    )
