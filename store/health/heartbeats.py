"""Signs of life: each part that works in rounds says when its last one ended, by the database's clock."""

from __future__ import annotations

import functools
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from psycopg.rows import DictRow

from store.core.base import StorePart
from store.core.schema_steps import newest_step

PROJECTOR = "projector"
RECONCILER = "reconciler"
SEALER = "sealer"
WORKER = "worker"
#: The workers' look for workflows that can't go on (services/recovery/trouble_watch.py).
TROUBLES = "workflows"
#: A part without longer rounds of its own says so often that it lives.
BEAT_SECONDS = 1.0
#: Such a part counts as silent after this.
SILENT_SECONDS = 5.0
#: Rows of processes that ended are kept so long: Temporal lists their pollers for minutes.
KEPT = "1 day"

_BEAT = """
INSERT INTO planswitch.heartbeat AS known (part, instance, every_seconds, failure, newest_step)
VALUES (%(part)s, %(instance)s, %(every_seconds)s, %(failure)s, %(newest_step)s)
ON CONFLICT (part, instance) DO UPDATE SET
    at = CASE WHEN excluded.failure = '' THEN clock_timestamp() ELSE known.at END,
    every_seconds = excluded.every_seconds, failure = excluded.failure, newest_step = excluded.newest_step
"""
_FORGET = (
    "DELETE FROM planswitch.heartbeat WHERE part = %(part)s AND at < clock_timestamp() - %(kept)s::interval"
)
_READ = """
SELECT part, instance, every_seconds, failure,
       greatest(extract(epoch FROM clock_timestamp() - at), 0)::double precision AS age_seconds
FROM planswitch.heartbeat ORDER BY part, at DESC
"""


class Session(Protocol):
    """A connection or a cursor with rows by name."""

    def execute(self, query: Any, params: Any = None) -> Any:
        """Run one statement."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Heartbeat:
    """The last sign of life of one process."""

    part: str
    instance: str
    #: Since its last round that worked.
    age_seconds: float
    #: How often it means to work.
    every_seconds: float
    #: Why every round since then failed; "" when the last one worked.
    failure: str

    @property
    def is_silent(self) -> bool:
        """Return whether a part without longer rounds of its own is stopped, gone or overloaded."""
        return self.age_seconds > SILENT_SECONDS


def own_instance() -> str:
    """Return the name of this process among all that run on all machines."""
    return f"planswitch-{os.getpid()}@{socket.gethostname()}"


def beat(session: Session, part: str, *, every_seconds: float = BEAT_SECONDS, failure: str = "") -> None:
    """Say that this process has done a round of `part`.

    Args:
        session: Where to say it.
        part: PROJECTOR, RECONCILER, SEALER, WORKER or TROUBLES.
        every_seconds: How often it means to.
        failure: Why the round failed; "" when it worked.
    """
    # A server's message may hold what a text of the database can't.
    cause = failure.replace("\0", "")
    facts = {"part": part, "instance": own_instance(), "every_seconds": every_seconds, "failure": cause}
    session.execute(_BEAT.encode(), facts | {"newest_step": _own_step()})


@functools.cache
def _own_step() -> str:
    return newest_step()


def forget_ended(session: Session, part: str) -> None:
    """Forget processes that did rounds of `part` long ago."""
    session.execute(_FORGET.encode(), {"part": part, "kept": KEPT})


def heartbeats(session: Session) -> tuple[Heartbeat, ...]:
    """Return the last sign of life of each process, the newest of each part first."""
    rows: Sequence[DictRow] = session.execute(_READ.encode()).fetchall()
    return tuple(Heartbeat(**row) for row in rows)


class HeartbeatStore(StorePart):
    """Signs of life through the store's pool."""

    def beat(self, part: str, *, every_seconds: float = BEAT_SECONDS, failure: str = "") -> None:
        """Say that this process has done a round of `part` (see the function of the same name)."""
        with self._transaction() as cursor:
            beat(cursor, part, every_seconds=every_seconds, failure=failure)

    def forget_ended(self, part: str) -> None:
        """Forget processes that did rounds of `part` long ago."""
        with self._transaction() as cursor:
            forget_ended(cursor, part)

    def heartbeats(self) -> tuple[Heartbeat, ...]:
        """Return the last sign of life of each process, the newest of each part first."""
        return tuple(Heartbeat(**row) for row in self._rows(_READ, {}))
