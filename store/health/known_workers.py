"""Which processes have worked for this installation: any other that takes its work is a stranger (ADR 19).

A worker is recorded before it asks for work. One of an older version is known by its signs of life. What
its steps record carries a proof.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from psycopg.rows import DictRow

from store.core.base import StorePart
from store.health.heartbeats import WORKER, Session

_ADD = """
INSERT INTO planswitch.known_worker (instance, command_keys) VALUES (%(instance)s, %(command_keys)s)
ON CONFLICT (instance) DO UPDATE SET command_keys = excluded.command_keys, at = clock_timestamp()
"""
_READ = """
SELECT instance, command_keys FROM planswitch.known_worker
UNION ALL
SELECT instance, '{}' FROM planswitch.heartbeat AS beat WHERE part = %(part)s
    AND NOT EXISTS (SELECT FROM planswitch.known_worker AS known WHERE known.instance = beat.instance)
"""
_PROVED_SINCE = "SELECT min(since) AS since FROM planswitch.proof_of_steps"
_SINCE = "SELECT min(since) AS since FROM planswitch.known_workers_since"


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownWorkers:
    """Every process that has worked for this installation."""

    #: Name in Temporal -> ids of the command keys that it accepts; none: an older version did not say.
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: What was done before says nothing of who was known; None: nothing was.
    since: datetime | None = None

    def is_stranger(self, identity: str, at: datetime) -> bool:
        """Return whether somebody who answered at an instant was no worker of this installation."""
        return identity not in self.keys and (self.since is None or at >= self.since)


def known_workers(session: Session) -> KnownWorkers:
    """Return every process that has worked for this installation."""
    rows: Sequence[DictRow] = session.execute(_READ.encode(), {"part": WORKER}).fetchall()
    (since,) = session.execute(_SINCE.encode()).fetchall()
    return KnownWorkers(
        keys={row["instance"]: tuple(row["command_keys"]) for row in rows}, since=since["since"]
    )


class KnownWorkerStore(StorePart):
    """Workers of this installation through the store's pool."""

    def add_worker(self, instance: str, command_keys: Sequence[str]) -> None:
        """Write a worker down before it asks for work.

        Args:
            instance: Its name in Temporal's lists.
            command_keys: Ids of the keys that it takes, the one that signs first.
        """
        with self._transaction() as cursor:
            cursor.execute(_ADD.encode(), {"instance": instance, "command_keys": list(command_keys)})

    def known_workers(self) -> KnownWorkers:
        """Return every process that has worked for this installation."""
        with self._transaction() as cursor:
            return known_workers(cursor)

    def proved_since(self) -> datetime | None:
        """Return the instant from which on every step carries a proof (activities/signing/step_proofs.py)."""
        since: datetime | None = self._rows(_PROVED_SINCE, {})[0]["since"]
        return since
