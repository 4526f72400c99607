"""A sealed record that tests tamper with, and the answer of the verification after it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg

from audit.verification.findings import Verification
from audit.verification.store_verification import Question, verify_store
from domain.licenses.move import GroupMoved
from ops.stack.postgres_server import EmbeddedPostgres
from store.core.rows import RosterRow, RosterSummary
from store.switch_store import SwitchStore
from tests.support.consoles.store_parts import group, move_rows, new_switch_id, user_key
from tests.support.sealing import SealedRecord

#: Users of the switch whose rows are tampered with.
USERS = 40
_STARTED = """
INSERT INTO planswitch.switch_events (originator_id, originator_version, topic, state)
VALUES (%s, 1, 'subscription.license-move-started', %s)
"""


@dataclass(kw_only=True)
class TamperedRecord:
    """A record, its seals, and an auditor with a state file."""

    sealed: SealedRecord
    place: Path
    policy_file: Path | None = None
    switch_id: str = ""
    chunk: GroupMoved | None = None

    @classmethod
    def of(cls, store: SwitchStore, database_url: str, place: Path) -> TamperedRecord:
        """Return a record without any event."""
        return cls(sealed=SealedRecord.of(store, database_url, place), place=place)

    def verify(
        self, *, database_url: str = "", folder: Path | None = None, needs_witness: bool = False
    ) -> Verification:
        """Return what an auditor is told."""
        return verify_store(
            Question(
                database_url=database_url or self.sealed.database_url,
                folder=folder or self.sealed.folder.path,
                policy_file=self.policy_file,
                state_file=self.state_file,
                needs_witness=needs_witness,
            )
        )

    @property
    def state_file(self) -> Path:
        """Return where the auditor keeps what was seen."""
        return self.place / "auditor" / "audit-state.json"

    def tamper(self, statement: str, *parameters: object) -> None:
        """Change rows as the superuser of the database can, who takes off the guards."""
        with psycopg.connect(self.sealed.database_url) as connection:
            connection.execute("SET session_replication_role = replica")
            cursor = connection.execute(statement.encode(), parameters or None)
            assert cursor.rowcount, "nothing was changed"

    def save_switch(self) -> None:
        """Record a roster, the event with its digest, and a move of its users in two chunks."""
        store, self.switch_id = self.sealed.store, new_switch_id()
        rows = [
            RosterRow(position=at, user_key=user_key(at), old_disabled=("sway",), kept_count=at % 3)
            for at in range(USERS)
        ]
        self._start(store.write_roster(self.switch_id, [rows]))
        for number in range(2):
            moves = move_rows(number * USERS // 2, USERS // 2, failed=1)
            self.chunk = store.append_chunk(group(self.switch_id, number, moves), moves)

    def _start(self, roster: RosterSummary) -> None:
        facts = {
            "switch_id": self.switch_id,
            "total": roster.count,
            "roster_digest": roster.digest,
            "calls_digest": "",
            "pilot": 0,
            "pilot_group_id": "",
        }
        with psycopg.connect(self.sealed.database_url) as connection:
            connection.execute(_STARTED, (UUID(int=7), json.dumps(facts).encode()))


def restored(server: EmbeddedPostgres, record: TamperedRecord | SealedRecord) -> str:
    """Return the URL of a copy of the record as it is now, as an old backup has it."""
    sealed = record.sealed if isinstance(record, TamperedRecord) else record
    name = sealed.database_url.rpartition("/")[2]
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        # A database that somebody uses can't be copied; the store connects again.
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        connection.execute(f"CREATE DATABASE {name}_backup TEMPLATE {name}".encode())
    return server.url(f"{name}_backup")
