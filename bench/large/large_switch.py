"""A switch of many users in a throw-away store, built by COPY: events, calls, roster and rows of users."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import psycopg

from domain.kernel import ids
from domain.kernel.recorded import Meta
from domain.licenses.move import CHUNK_SIZE_MAX, GroupMoved, MoveRow, chunk_moved, input_digest
from domain.organizations.organization import Organization
from domain.subscriptions.subscription import LicensesReceived, Provisioned, Subscription
from domain.switch import events
from domain.switch import move_events as moves
from ops.stack.postgres_binaries import temporary_data_folder
from ops.stack.postgres_server import EmbeddedPostgres
from store.core.base import StoredDomainEvent
from store.core.detail import TextArrayDumper
from store.migrate import migrate
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider

ORGANIZATION = "d2a1b0c9-5f4e-4d3c-8b2a-190807060504"
REQUEST = "large-switch"
SWITCH_ID = ids.switch_id_of(ORGANIZATION, REQUEST)
OLD_PLAN, NEW_PLAN = "18181a46-0d4e-45cd-891e-60aabd171b4e", "6fd2c87f-b296-42f0-b197-1e91e994b900"
#: Users of one call to the directory.
BATCH = 20
#: One user of so many could not be moved, and is tried again in a pass of its own.
FAILED_OF = 100
_BEGIN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_SETTINGS = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "256MB", "max_wal_size": "4GB"}
_EVENTS = """
COPY planswitch.switch_events (originator_id, originator_version, topic, state) FROM STDIN (FORMAT BINARY)
"""
_ROSTER = """
COPY planswitch.roster (roster_id, position, user_key, old_disabled, new_disabled, kept_count,
    no_counterpart_count, newly_granted_count, held_target, is_by_group) FROM STDIN (FORMAT BINARY)
"""
_MOVES = """
COPY planswitch.license_move (switch_id, pass_name, position, batch_no, user_key, from_plan, to_plan, outcome,
    kept, no_counterpart, newly_granted, dependents, error, code, text, request_id)
FROM STDIN (FORMAT BINARY)
"""
_CALLS = """
COPY planswitch.provider_call (switch_id, step, attempt, run_id, activity_id, provider, operation, key,
    request_digest, status, code, text, started_at, duration_ms) FROM STDIN (FORMAT BINARY)
"""
_TYPES = {
    _EVENTS: ("uuid", "int8", "text", "bytea"),
    _ROSTER: ("uuid", "int4", "uuid", "text[]", "text[]", "int4", "int4", "int4", "bool", "bool"),
    _MOVES: (
        *("uuid", "text", "int4", "int4", "uuid", "text", "text", "text"),
        *("text[]", "text[]", "text[]", "text[]", "text", "text", "text", "text"),
    ),
    _CALLS: (
        *("uuid", "text", "int4", "text", "text", "text", "text", "text", "text", "int4", "text", "text"),
        *("timestamptz", "int4"),
    ),
}
_NOTHING: tuple[str, ...] = ()
_ROSTER_ID = uuid5(ids.NAMESPACE, "bench:roster")
_SWITCH = UUID(SWITCH_ID)
#: Passes: everyone, and those again who could not be moved.
_FIRST, _AGAIN = "move", "verify-1"


@dataclass(frozen=True, kw_only=True)
class LargeSwitch:
    """A completed switch and the store that holds it."""

    store: SwitchStore
    database_url: str
    #: Key of its vault.
    master_key_file: Path
    switch_id: str
    #: Its streams, as the read models would name them.
    streams: tuple[UUID, ...]
    users: int


@contextmanager
def large_switch(users: int) -> Iterator[LargeSwitch]:
    """Make a switch of so many users on a PostgreSQL of its own, and remove both."""
    folder = temporary_data_folder("planswitch-bench-")
    try:
        with EmbeddedPostgres(folder / "postgres", settings=_SETTINGS) as server:
            url = server.create_database("large_switch")
            migrate(url)
            key_file = folder / "master.key"
            with SwitchStore.open(url, FileKeyProvider.create(key_file)) as store:
                story = _Story(users=users)
                _copy(url, story, store)
                yield LargeSwitch(
                    store=store,
                    database_url=url,
                    master_key_file=key_file,
                    switch_id=SWITCH_ID,
                    streams=tuple(story.streams()),
                    users=users,
                )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy(url: str, story: _Story, store: SwitchStore) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.adapters.register_dumper(None, TextArrayDumper)
        mapper = store.application.mapper
        stored = (mapper.to_stored_event(each) for each in story.events())
        rows = ((each.originator_id, each.originator_version, each.topic, each.state) for each in stored)
        _write(connection, _EVENTS, rows)
        _write(connection, _ROSTER, story.roster())
        _write(connection, _MOVES, story.moves())
        _write(connection, _CALLS, story.calls())
        connection.execute(
            "INSERT INTO planswitch.roster_freeze (switch_id, roster_id, user_count, digest) "
            "VALUES (%s, %s, %s, '')",
            (SWITCH_ID, story.roster_id, story.users),
        )
        for table in ("switch_events", "roster", "license_move", "provider_call"):
            connection.execute(f"VACUUM ANALYZE planswitch.{table}".encode())


def _write(connection: psycopg.Connection[Any], statement: str, rows: Iterator[tuple[Any, ...]]) -> None:
    with connection.cursor().copy(statement.encode()) as copy:
        copy.set_types(_TYPES[statement])
        for row in rows:
            copy.write_row(row)


@dataclass(kw_only=True)
class _Story:
    """What happened, made by the aggregates themselves."""

    users: int
    roster_id: UUID = _ROSTER_ID
    at: datetime = _BEGIN

    def streams(self) -> Iterator[UUID]:
        """Yield the streams of the switch."""
        yield ids.organization_stream_id(ORGANIZATION)
        yield ids.subscription_stream_id(ORGANIZATION, "SUB-1")
        yield ids.replacement_stream_id(SWITCH_ID)
        yield from (ids.license_move_stream_id(SWITCH_ID, name) for name in (_FIRST, _AGAIN))

    def roster(self) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of the roster."""
        for position in range(self.users):
            lists = (_NOTHING, _NOTHING, 0, 0, 0)
            yield (self.roster_id, position, _user(position), *lists, position % 500 == 0, False)

    def moves(self) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of the passes: everyone, and those again who could not be moved."""
        for pass_name, rows in ((_FIRST, self._moved()), (_AGAIN, self._moved_again())):
            for row in rows:
                who = (row.position, row.batch_no, row.user_key, row.from_plan, row.to_plan, row.outcome)
                lists = (_NOTHING, _NOTHING, _NOTHING, _NOTHING)
                yield (_SWITCH, pass_name, *who, *lists, row.error, "", "", "")

    def calls(self) -> Iterator[tuple[Any, ...]]:
        """Yield a call for each batch."""
        for number in range(self.users // BATCH):
            step = ("license_reassignment.move_slice", 1, "run-1", str(number // 300))
            call = ("directory", "change_licenses", str(number), "d" * 64, 200, "", "")
            yield (_SWITCH, *step, *call, _BEGIN + timedelta(milliseconds=20 * number), 40)

    def events(self) -> Iterator[StoredDomainEvent]:
        """Yield the events in the order of the log."""
        organization = Organization.register(ORGANIZATION, at=self.at, meta=_meta("request"))
        source_id = ids.subscription_stream_id(ORGANIZATION, "SUB-1")
        source = _opened(source_id, "SUB-1", OLD_PLAN, self.users, at=self.at)
        target_id = ids.replacement_stream_id(SWITCH_ID)
        organization.reserve_switch(
            SWITCH_ID,
            source_stream_id=str(source_id),
            promised_end=self.at,
            at=self.at,
            meta=_meta("request"),
        )
        self._advance(source, events.SwitchRequested, **self._request())
        self._advance(
            source,
            events.ReplacementOrdered,
            order_id="O1",
            ordered_at=self.at,
            replacement_id=str(target_id),
            quantity=self.users,
            calls_digest="",
        )
        self._advance(source, events.CreditCheckNotRequired, evidence="completed")
        self._advance(source, events.ReplacementReady, subscription_id="SUB-2", calls_digest="")
        target = _opened(target_id, "", NEW_PLAN, self.users, at=self.at)
        provisioned = {"subscription_id": "SUB-2", "quantity": self.users}
        target.receive(Provisioned, at=self.at, meta=_meta("ready"), **provisioned)
        started = {"roster_digest": "", "calls_digest": "", "pilot": 0, "pilot_group_id": ""}
        self._advance(source, moves.LicenseMoveStarted, total=self.users, **started)
        organization.lock_administration(SWITCH_ID, promised_end=self.at, at=self.at, meta=_meta("lock"))
        yield from (each for one in (organization, source, target) for each in one.collect_events())
        for pass_name, rows in ((_FIRST, self._moved()), (_AGAIN, self._moved_again())):
            yield from self._chunks(source, pass_name, list(rows))
        yield from self._end(organization, source, target)

    def _end(
        self, organization: Organization, source: Subscription, target: Subscription
    ) -> Iterator[StoredDomainEvent]:
        self._advance(
            source, moves.LicenseMoveFinished, moved=self.users, skipped=0, drifted=0, calls_digest=""
        )
        target.receive(LicensesReceived, at=self.at, meta=_meta("verify"), count=self.users)
        organization.release_switch(SWITCH_ID, outcome="completed", at=self.at, meta=_meta("end"))
        yield from (each for one in (source, target, organization) for each in one.collect_events())

    def _chunks(
        self, source: Subscription, pass_name: str, rows: list[MoveRow]
    ) -> Iterator[StoredDomainEvent]:
        for number, start in enumerate(range(0, len(rows), CHUNK_SIZE_MAX)):
            chunk = self._chunk(pass_name, number, rows[start : start + CHUNK_SIZE_MAX])
            yield chunk
            again = chunk.count if pass_name == _AGAIN else 0
            self._advance(
                source,
                moves.LicensesReassigned,
                pass_name=pass_name,
                group_number=number,
                batches=[0, len(chunk.batches) - 1],
                count=chunk.count,
                moved=chunk.moved,
                failed=chunk.failed,
                earlier_moved=0,
                earlier_failed=again,
                detail_digest=chunk.detail_digest,
            )
            yield from source.collect_events()

    def _chunk(self, pass_name: str, number: int, rows: list[MoveRow]) -> GroupMoved:
        batches = [{"batch_no": each, "count": BATCH} for each in range(-(-len(rows) // BATCH))]
        keys = [row.user_key for row in rows]
        return chunk_moved(
            switch_id=SWITCH_ID,
            pass_name=pass_name,
            group_number=number,
            input_digest=input_digest(keys, from_plan=OLD_PLAN, to_plan=NEW_PLAN),
            rows=rows,
            batches=batches,
            at=self.at,
            meta=_meta("license_reassignment.move_slice"),
        )

    def _moved(self) -> Iterator[MoveRow]:
        for position in range(self.users):
            is_failed = position % FAILED_OF == 0
            yield _row(position, _user(position), outcome="failed" if is_failed else "moved")

    def _moved_again(self) -> Iterator[MoveRow]:
        for number, position in enumerate(range(0, self.users, FAILED_OF)):
            yield _row(number, _user(position), outcome="moved")

    def _request(self) -> dict[str, Any]:
        return {
            "request_id": REQUEST,
            "request_digest": "d",
            "order": {},
            "mode": "automatic",
            "target_plan_id": NEW_PLAN,
            "quantity": self.users,
            "service_settings": "keep",
            "payment_method": "card",
            "rule_set": "current",
            "catalog_version": "2026-11",
            "assessment": {},
        }

    def _advance(self, source: Subscription, kind: Any, **facts: Any) -> None:
        self.at += timedelta(milliseconds=100)
        source.advance(kind, at=self.at, meta=_meta(kind.TOPIC), **facts)


def _row(position: int, user_key: UUID, *, outcome: str) -> MoveRow:
    return MoveRow(
        position=position,
        batch_no=position // BATCH,
        user_key=user_key,
        from_plan=OLD_PLAN,
        to_plan=NEW_PLAN,
        outcome=outcome,
        error="NO_LICENSE_FREE" if outcome == "failed" else "",
    )


def _user(position: int) -> UUID:
    return uuid5(ids.NAMESPACE, f"bench-user:{position}")


def _opened(stream_id: UUID, name: str, plan_id: str, quantity: int, *, at: datetime) -> Subscription:
    return Subscription.open(
        stream_id,
        organization_id=ORGANIZATION,
        subscription_id=name,
        plan_id=plan_id,
        quantity=quantity,
        ordered_by="" if name else SWITCH_ID,
        at=at,
        meta=_meta("open"),
    )


def _meta(activity: str) -> Meta:
    return Meta(
        switch_id=SWITCH_ID,
        organization_id=ORGANIZATION,
        actor="olga",
        reason="bench",
        causation=f"request:{REQUEST}",
        workflow_id=ids.workflow_id_of(ORGANIZATION, REQUEST),
        run_id="run-1",
        activity=activity,
        activity_id="1",
        attempt=1,
    )
