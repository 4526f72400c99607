"""What the stores of a stack hold: rows by table, connections, workflows that are open."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
from temporalio.client import Client
from temporalio.service import RPCError

#: Tables that only ever grow; a count that falls is a row that was lost.
GROWING = (
    *("switch_events", "provider_call", "roster", "license_move", "access_log", "user_vault"),
    *("webhook_delivery", "webhook_attempt", "notice", "notice_try", "notice_answer", "notice_end"),
    *("seal", "seal_run", "idempotency_key"),
)
#: Tables whose rows come and go: work that waits.
WAITING = ("webhook_queue", "notice_queue")
_CONNECTIONS = "SELECT usename, count(*) FROM pg_stat_activity WHERE usename IS NOT NULL GROUP BY usename"
#: Streams with a hole, or with a version twice.
_HOLES = """
SELECT count(*) FROM (
    SELECT originator_id FROM planswitch.switch_events GROUP BY originator_id
    HAVING max(originator_version) - min(originator_version) + 1 <> count(*)
) AS with_hole
"""
_OUTCOMES = (
    "SELECT coalesce(nullif(outcome, ''), 'open'), count(*) FROM planswitch_read.switch_board GROUP BY 1"
)
_UNSENT = """
SELECT count(*) FROM planswitch.webhook_delivery AS delivery WHERE NOT EXISTS (
    SELECT FROM planswitch.webhook_attempt AS attempt
    WHERE attempt.delivery_id = delivery.delivery_id AND attempt.outcome = 'delivered')
"""


def rows(url: str) -> dict[str, int]:
    """Return how many rows each table has."""
    with psycopg.connect(url) as connection:
        return {
            table: _number(connection, f"SELECT count(*) FROM planswitch.{table}")  # noqa: S608  # names of our own
            for table in (*GROWING, *WAITING)
        }


def connections(url: str) -> dict[str, int]:
    """Return how many connections each role of the database has."""
    with psycopg.connect(url) as connection:
        return {str(name): int(count) for name, count in connection.execute(_CONNECTIONS)}


def outcomes(url: str) -> dict[str, int]:
    """Return how many switches of the board ended in which way; `open` are those that have not ended."""
    with psycopg.connect(url) as connection:
        return {str(name): int(count) for name, count in connection.execute(_OUTCOMES)}


def streams_with_holes(url: str) -> int:
    """Return how many streams lack a version."""
    with psycopg.connect(url) as connection:
        return _number(connection, _HOLES)


def undelivered_webhooks(url: str) -> int:
    """Return how many deliveries nobody has taken."""
    with psycopg.connect(url) as connection:
        return _number(connection, _UNSENT)


def open_workflows(address: str) -> int | None:
    """Return how many workflows are open, or None while Temporal can't tell."""

    async def count() -> int:
        client = await Client.connect(address)
        return (await client.count_workflows("ExecutionStatus = 'Running'")).count

    try:
        return asyncio.run(count())
    except (RPCError, RuntimeError, OSError):
        return None


def _number(connection: psycopg.Connection[Any], query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0
