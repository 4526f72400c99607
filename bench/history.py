"""A long record in a throw-away store, built by COPY: events alone, as many switches would leave them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import psycopg

from domain.kernel.ids import NAMESPACE
from ops.stack.postgres_binaries import temporary_data_folder
from ops.stack.postgres_server import EmbeddedPostgres
from store.migrate import migrate

#: Events of one stream: about those of a switch.
STREAM_EVENTS = 25
_SERVER = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "256MB", "max_wal_size": "4GB"}
_BEGIN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_STEP = timedelta(milliseconds=137, microseconds=11)
_TOPICS = ("switch-requested", "order-placed", "replacement-ready", "licenses-reassigned", "billing-cut-over")
_COPY = """
COPY planswitch.switch_events (originator_id, originator_version, topic, state, recorded_at)
FROM STDIN (FORMAT BINARY)
"""
_COPY_TYPES = ("uuid", "int8", "text", "bytea", "timestamptz")
#: The size of a usual event: most of it are its meta and its facts.
_STATE = (
    '{"timestamp":{"_type_":"datetime_iso","_data_":"%s"},"order_id":"%012x","quantity":%d,'
    '"calls_digest":"8d2e6a91c0f3b7a4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c",'
    '"meta":{"switch_id":"%s","actor":"olga","reason":"growth of the team in the north",'
    '"causation":"request:%s","run_id":"01a2056e-aa8e-7f2d-a919-207e2e034c32","activity_id":"%d"}}'
)


@contextmanager
def throw_away_server() -> Iterator[EmbeddedPostgres]:
    """Run a PostgreSQL of its own, with no care for durability, and remove it."""
    folder = temporary_data_folder("planswitch-bench-")
    try:
        with EmbeddedPostgres(folder / "postgres", settings=_SERVER) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def history_of(server: EmbeddedPostgres, events: int) -> str:
    """Make a database with so many events; return its URL."""
    url = server.create_database(f"history_{events}")
    migrate(url)
    with psycopg.connect(url, autocommit=True) as connection:
        with connection.cursor().copy(_COPY) as copy:
            copy.set_types(_COPY_TYPES)
            for number in range(events):
                copy.write_row(_event(number))
        connection.execute("VACUUM ANALYZE planswitch.switch_events")
    return url


def _event(number: int) -> tuple[UUID, int, str, bytes, datetime]:
    # Several switches run at once, so neighbors in the log are of different streams.
    lane, turn = number % 4, number // 4
    stream_id = uuid5(NAMESPACE, f"stream:{turn // STREAM_EVENTS * 4 + lane}")
    version, at = turn % STREAM_EVENTS + 1, _BEGIN + number * _STEP
    state = _STATE % (at.isoformat(), number, version * 10, stream_id, stream_id, version)
    return stream_id, version, f"subscription.{_TOPICS[version % len(_TOPICS)]}", state.encode(), at
