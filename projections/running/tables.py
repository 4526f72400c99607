"""Loading and saving of rows of one version: a batch is one transaction with the position it reaches."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from domain.text.plain_text import cleaned_facts, cleaned_text
from projections.board.fold import LoggedEvent, switch_of
from projections.board.rows import BoardRow, CheckoutRow, Folded, Rows, SubscriptionRow, TimelineRow
from projections.running.put_aside import put_aside_of, save_put_aside
from projections.running.schema import PROJECTION, SCHEMA, Connection

_BOARD = tuple(field.name for field in fields(BoardRow))
_TIMELINE = tuple(field.name for field in fields(TimelineRow))
_CHECKOUT = tuple(field.name for field in fields(CheckoutRow))
_SUBSCRIPTION = tuple(field.name for field in fields(SubscriptionRow))


def position_of(connection: Connection, version: int) -> int:
    """Return the notification up to which a version is built."""
    row = connection.execute(
        f"SELECT notification_id FROM {SCHEMA}.projection_position"  # noqa: S608  # a constant
        " WHERE projection = %s AND version = %s",
        [PROJECTION, version],
    ).fetchone()
    return int(row["notification_id"]) if row else 0


def load_rows(connection: Connection, version: int, events: Iterable[LoggedEvent]) -> Rows:
    """Return the rows that the events may change, as they are now."""
    switches, streams = _keys(events)
    board = connection.execute(
        f"SELECT * FROM {SCHEMA}.switch_board_v{version} WHERE switch_id = ANY(%s::uuid[])".encode(),  # noqa: S608
        [sorted(switches)],
    )
    subscriptions = connection.execute(
        f"SELECT * FROM {SCHEMA}.switch_subscription_v{version} WHERE stream_id = ANY(%s::uuid[])".encode(),  # noqa: S608
        [sorted(streams)],
    )
    checkouts = connection.execute(
        f"SELECT * FROM {SCHEMA}.checkout_board_v{version} WHERE stream_id = ANY(%s::uuid[])".encode(),  # noqa: S608
        [sorted(streams)],
    )
    return Rows(
        switches={str(row["switch_id"]): board_row(row) for row in board},
        subscriptions={
            str(row["stream_id"]): SubscriptionRow(**{**row, "stream_id": str(row["stream_id"])})
            for row in subscriptions
        },
        checkouts={str(row["stream_id"]): checkout_row_of(row) for row in checkouts},
        put_aside=put_aside_of(connection, version, streams),
    )


def save_folded(connection: Connection, version: int, folded: Folded, position: int) -> None:
    """Write what a batch made, and the position, inside the caller's transaction."""
    _upsert(connection, f"switch_board_v{version}", _BOARD, "switch_id", folded.switches)
    _upsert(connection, f"switch_subscription_v{version}", _SUBSCRIPTION, "stream_id", folded.subscriptions)
    _upsert(connection, f"checkout_board_v{version}", _CHECKOUT, "stream_id", folded.checkouts)
    _insert_timeline(connection, version, folded.timeline)
    save_put_aside(connection, version, folded.dead_letters)
    connection.execute(
        f"UPDATE {SCHEMA}.projection_position SET notification_id = %s, updated_at = clock_timestamp()"  # noqa: S608
        " WHERE projection = %s AND version = %s",
        [position, PROJECTION, version],
    )


def board_row(row: Mapping[str, Any]) -> BoardRow:
    """Return a table's row as the fold knows it."""
    return BoardRow(**{**row, "switch_id": str(row["switch_id"])})


def checkout_row_of(row: Mapping[str, Any]) -> CheckoutRow:
    """Return a table's row of a draft as the fold knows it."""
    ids = {name: str(row[name]) for name in ("stream_id", "checkout_id")}
    return CheckoutRow(**{**row, **ids})


def _keys(events: Iterable[LoggedEvent]) -> tuple[set[str], set[str]]:
    switches: set[str] = set()
    streams: set[str] = set()
    for logged in events:
        streams.add(str(logged.stream_id))
        try:
            switches.add(str(UUID(switch_of(logged.event))))
        except Exception:  # noqa: BLE001, S112 - of no switch, or the fold puts it aside
            continue
    return switches, streams


def _upsert(
    connection: Connection, table: str, columns: Sequence[str], key: str, rows: Mapping[str, Any]
) -> None:
    if not rows:
        return
    names = ", ".join(columns)
    marks = ", ".join(f"%({name})s" for name in columns)
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns if name != key)
    query = (
        f"INSERT INTO {SCHEMA}.{table} ({names}) VALUES ({marks})"  # noqa: S608  # names of our own
        f" ON CONFLICT ({key}) DO UPDATE SET {changes}"
    )
    # One order of keys for every writer: no two transactions wait for each other.
    parameters = [_parameters(rows[name]) for name in sorted(rows)]
    with connection.cursor() as cursor:
        cursor.executemany(query.encode(), parameters)


def _insert_timeline(connection: Connection, version: int, lines: Sequence[TimelineRow]) -> None:
    if not lines:
        return
    target = f"{SCHEMA}.switch_timeline_v{version} ({', '.join(_TIMELINE)})"
    with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN".encode()) as copy:
        for line in lines:
            parameters = _parameters(line)
            copy.write_row([parameters[name] for name in _TIMELINE])


def _parameters(row: Any) -> dict[str, Any]:
    # Not `asdict`: it copies the quote's whole table for each row.
    return {field.name: _storable(getattr(row, field.name)) for field in fields(row)}


def _storable(value: Any) -> Any:
    """Return a value that PostgreSQL accepts: older events hold text that no table can."""
    if isinstance(value, str):
        return cleaned_text(value)
    if isinstance(value, dict):
        return Jsonb(value, dumps=_plain_json)
    return cleaned_facts(value) if isinstance(value, list) else value


def _plain_json(value: dict[str, Any]) -> str:
    text = json.dumps(value)
    # Without an escape there is nothing to clean, and a quote's whole table need not be walked.
    return json.dumps(cleaned_facts(value)) if "\\u" in text or "\x7f" in text else text
