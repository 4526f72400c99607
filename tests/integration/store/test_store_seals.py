"""The tables of seals: what is settled, what came late, and what can't be changed (ADR 31)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg import errors, sql

from domain.kernel.errors import ConcurrentWrite
from domain.ports.cloud import ProviderCall
from store.record.seals import CALL_COLUMNS, RunKind, SealRun
from store.switch_store import SwitchStore
from tests.support.consoles.store_parts import open_store, organization

_INSERT_CALL = """
INSERT INTO planswitch.provider_call
    (step, attempt, provider, operation, key, request_digest, status, code, text, started_at, duration_ms)
VALUES ('late', 1, 'seller', 'read', '', '', 200, '', '', now(), 1)
"""


@pytest.fixture(name="store")
def _store(database_url: str, tmp_path: Path) -> Iterator[SwitchStore]:
    """Yield a store on a fresh database."""
    with open_store(database_url, tmp_path, pool_size=2) as store:
        yield store


def _call(operation: str) -> ProviderCall:
    return ProviderCall(
        provider="seller",
        operation=operation,
        key="",
        request_digest="",
        status=200,
        code="",
        text="",
        started_at=datetime(2026, 11, 30, 5, 0, tzinfo=UTC),
        duration_ms=1,
    )


def test_a_call_is_settled_once_no_older_transaction_is_open(store: SwitchStore, database_url: str) -> None:
    """A call that was written after a transaction began which is open waits; it is settled when that ends."""
    store.save_calls([_call("before")])
    with psycopg.connect(database_url) as open_one:
        open_one.execute(_INSERT_CALL.encode())
        store.save_calls([_call("beside")])
        assert [row[0] for row in store.settled_calls(0)] == [1]
        open_one.commit()
    assert [row[0] for row in store.settled_calls(0)] == [1, 2, 3]
    assert len(store.settled_calls(0)[0]) == len(CALL_COLUMNS)


def test_a_late_call_lies_in_a_gap(store: SwitchStore, database_url: str) -> None:
    """A call with a lower id than a sealed one is found by the gap that it fills (ADR 31)."""
    store.save_calls([_call("1")])
    with psycopg.connect(database_url) as late_one:
        late_one.execute(_INSERT_CALL.encode())
        store.save_calls([_call("3")])
        runs = [
            SealRun(first_leaf=0, kind=RunKind.CALL_RANGE, first_id=1, last_id=1, digest="a"),
            SealRun(first_leaf=1, kind=RunKind.CALL_RANGE, first_id=3, last_id=3, digest="b"),
        ]
        store.append_seal(runs, 2, "a note")
        assert (store.call_gaps(), store.calls_in(store.call_gaps())) == ([(2, 2)], [])
        late_one.commit()
    assert [row[0] for row in store.calls_in(store.call_gaps())] == [2]


def test_a_record_is_led_to_its_leaf(store: SwitchStore) -> None:
    """An event has a leaf of its own, neighboring calls share one, and what is not sealed has none."""
    runs = [
        SealRun(first_leaf=0, kind=RunKind.EVENT, first_id=4, last_id=6),
        SealRun(first_leaf=3, kind=RunKind.CALL_RANGE, first_id=1, last_id=9, digest="a"),
        SealRun(first_leaf=4, kind=RunKind.EVENT, first_id=8, last_id=8),
    ]
    store.append_seal(runs, 5, "a note")
    assert store.seal_runs() == runs
    assert store.seal_runs(3) == runs[2:]
    events = [store.run_of_event(number) for number in (3, 4, 6, 7, 8, 9)]
    assert [run and run.leaf_of(6) for run in events[1:3]] == [2, 2]
    assert events == [None, runs[0], runs[0], None, runs[2], None]
    calls = [store.run_of_call(number) for number in (9, 10)]
    assert (calls, runs[1].leaf_of(7)) == ([runs[1], None], 3)
    assert [store.run_of_leaf(leaf) for leaf in (2, 3, 4, 5)] == [*runs, None]
    kinds = (RunKind.EVENT, RunKind.CALL_RANGE, RunKind.ORIGIN)
    assert [store.last_sealed_id(kind) for kind in kinds] == [8, 9, 0]
    seal = store.newest_seal()
    assert seal is not None
    assert (seal.tree_size, seal.checkpoint, store.seals()) == (5, "a note", [seal])


def test_two_sealers_never_seal_the_same_leaves(store: SwitchStore) -> None:
    """The second seal of a leaf is refused whole (ADR 31)."""
    run = SealRun(first_leaf=0, kind=RunKind.EVENT, first_id=1, last_id=1)
    store.append_seal([run], 1, "a note")
    with pytest.raises(ConcurrentWrite):
        store.append_seal([run], 2, "another note")
    assert len(store.seals()) == 1


def test_events_come_as_they_are_stored(store: SwitchStore) -> None:
    """The raw rows of events are what the log has, and what is not sealed is counted."""
    store.save(organization("organization-1"))
    store.save(organization("organization-2"))
    first, second = store.notifications()
    assert next(iter(store.raw_events(0, 2)))[:5] == (1, first.stream_id, 1, first.topic, first.state)
    assert [row[0] for row in store.raw_events(1, 2)] == [second.id]
    assert [row[0] for row in store.raw_events(0, 2**63 - 1)] == [1, 2]
    backlog = store.seal_backlog()
    assert (backlog.events, backlog.calls) == (2, 0)


@pytest.mark.parametrize("table", ["seal", "seal_run", "log_origin"])
def test_seals_are_append_only(store: SwitchStore, database_url: str, table: str) -> None:
    """The database refuses to delete a seal or where a record stands (ADR 31)."""
    store.append_seal([SealRun(first_leaf=0, kind=RunKind.EVENT, first_id=1, last_id=1)], 1, "a note")
    with psycopg.connect(database_url) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(sql.SQL("DELETE FROM planswitch.{}").format(sql.Identifier(table)))
