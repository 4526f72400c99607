"""Saving and loading: one transaction, one winner, and a lost answer is no lost event."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from domain.kernel import ids
from domain.kernel.errors import ConcurrentWrite, RecordInconsistent, StoreBehind, SwitchInProgress
from domain.organizations.organization import Organization
from domain.subscriptions.subscription_name import subscription_named
from store.core.rows import CallContext, DetailRows, StreamPosition
from store.switch_store import SwitchStore
from tests.support.consoles.store_parts import (
    AT,
    ORGANIZATION,
    call,
    first_answer_lost,
    meta,
    move_rows,
    new_switch_id,
    open_store,
    organization,
)

THREADS = 20


@pytest.fixture(name="store")
def _store(database_url: str, tmp_path: Path) -> Iterator[SwitchStore]:
    """Yield a store on a fresh database."""
    with open_store(database_url, tmp_path) as store:
        yield store


def _reserve(store: SwitchStore, switch_id: str) -> Organization:
    found = store.organization(ORGANIZATION)
    assert found is not None
    found.reserve_switch(switch_id, source_stream_id="source", promised_end=AT, at=AT, meta=meta(switch_id))
    return found


def test_what_is_saved_is_loaded(store: SwitchStore) -> None:
    """An aggregate comes back from its events, now and as of any version."""
    saved = organization()
    saved.reserve_switch("switch-1", source_stream_id="source", promised_end=AT, at=AT, meta=meta("switch-1"))

    result = store.save(saved)

    assert result.positions == (StreamPosition(stream_id=str(saved.id), version=2),)
    assert result.notification_id == store.max_notification_id() == 2
    loaded = store.organization(ORGANIZATION)
    assert loaded is not None
    assert loaded.live_switch is not None
    assert loaded.live_switch.switch_id == "switch-1"
    assert store.load(saved.id, version=1).live_switch is None
    assert store.organization("nobody") is None


def test_a_stream_of_another_kind_is_a_programmer_error(store: SwitchStore) -> None:
    """An id of an organization is not taken for one of a subscription."""
    saved = organization()
    store.save(saved)
    with pytest.raises(TypeError, match="holds a Organization"):
        store.subscription(saved.id)


def test_nothing_to_save_is_answered_with_where_the_stream_is(store: SwitchStore) -> None:
    """A repeated command that changed nothing still tells the position."""
    saved = organization()
    store.save(saved)
    result = store.save(saved)
    assert result.notification_id is None
    assert result.positions == (StreamPosition(stream_id=str(saved.id), version=1),)


def test_of_twenty_threads_one_reserves_the_organization(store: SwitchStore) -> None:
    """One live switch at a time, however many ask at once (rules#switch_in_progress)."""
    store.save(organization())
    start = threading.Barrier(THREADS)

    def compete(_: int) -> str:
        switch_id = new_switch_id()
        start.wait()
        while True:
            try:
                store.save(_reserve(store, switch_id))
            except ConcurrentWrite:
                continue
            except SwitchInProgress:
                return ""
            return switch_id

    with ThreadPoolExecutor(THREADS) as pool:
        winners = [winner for winner in pool.map(compete, range(THREADS)) if winner]

    loaded = store.organization(ORGANIZATION)
    assert loaded is not None
    assert loaded.live_switch is not None
    assert winners == [loaded.live_switch.switch_id]


def test_a_joint_save_is_all_or_nothing(store: SwitchStore) -> None:
    """A conflict in one stream leaves no event of another, no row and no call.

    See architecture#the-shape-of-a-step.
    """
    store.save(organization())
    first, second = _reserve(store, "switch-1"), _reserve(store, "switch-2")
    store.save(first)
    other, switch_id = organization("organization-2"), new_switch_id()

    with pytest.raises(ConcurrentWrite):
        store.save(
            other,
            second,
            rows=DetailRows(switch_id=switch_id, pass_name="move", moves=move_rows(0, 3)),
            calls=[call()],
            call_context=CallContext(switch_id=switch_id, step="move", attempt=1),
        )

    assert store.organization("organization-2") is None
    assert store.license_rows(switch_id, "move") == ()
    assert store.calls(switch_id) == ()


def test_rows_that_exist_take_their_events_back(store: SwitchStore) -> None:
    """A conflict in the rows leaves no event."""
    rows = DetailRows(switch_id=new_switch_id(), pass_name="move", moves=move_rows(0, 3))
    store.save(organization(), rows=rows)
    with pytest.raises(ConcurrentWrite):
        store.save(organization("organization-2"), rows=rows)
    assert store.organization("organization-2") is None


@pytest.mark.parametrize("with_rows", [False, True])
def test_a_lost_answer_is_recognized(store: SwitchStore, *, with_rows: bool) -> None:
    """An event whose acknowledgement was lost is answered as saved, once (hazard H7)."""
    switch_id = new_switch_id()
    rows = DetailRows(switch_id=switch_id, pass_name="move", moves=move_rows(0, 3)) if with_rows else None
    saved = organization()
    with first_answer_lost() as lost:
        result = store.save(saved, rows=rows)
    assert lost
    assert result.notification_id == 1
    assert [found.version for found in store.stream_events(saved.id)] == [1]


def test_somebody_elses_event_is_not_taken_for_ours_after_a_lost_request(
    store: SwitchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A retry that meets another writer's event is a conflict, although it was our second attempt."""
    store.save(organization())
    first, second = _reserve(store, "switch-1"), _reserve(store, "switch-2")

    @contextmanager
    def overtaken(*_: Any) -> Iterator[None]:
        monkeypatch.undo()
        store.save(first)
        raise psycopg.OperationalError("connection lost")
        yield

    monkeypatch.setattr("store.core.recorder._with_rows", overtaken)
    with pytest.raises(ConcurrentWrite):
        store.save(second)
    loaded = store.organization(ORGANIZATION)
    assert loaded is not None
    assert loaded.live_switch is not None
    assert loaded.live_switch.switch_id == "switch-1"


def test_a_shorter_stream_than_promised_is_refused(store: SwitchStore) -> None:
    """A step does not go on upon a restored older database (architecture#the-shape-of-a-step)."""
    saved = store.save(organization())
    store.require(saved.positions)
    store.require(())
    longer = StreamPosition(stream_id=saved.positions[0].stream_id, version=2)
    with pytest.raises(StoreBehind, match="has 1 events"):
        store.require([longer])
    with pytest.raises(StoreBehind, match="has 0 events"):
        store.require([StreamPosition(stream_id=new_switch_id(), version=1)])


def test_a_subscription_is_found_by_the_sellers_name(store: SwitchStore) -> None:
    """A subscription that a switch ordered keeps its stream when the seller names it."""
    ordered = ids.replacement_stream_id("switch-1")
    assert store.resolve_subscription(ORGANIZATION, "SUB-9") == ids.subscription_stream_id(
        ORGANIZATION, "SUB-9"
    )
    name = subscription_named(ORGANIZATION, "SUB-9", subscription_stream_id=ordered, at=AT, meta=meta())
    result = store.save(events=[name])
    assert store.resolve_subscription(ORGANIZATION, "SUB-9") == ordered
    assert result.positions[0].version == 1


def test_a_stream_that_lacks_an_event_is_named(store: SwitchStore, database_url: str) -> None:
    """What can't be built is no fault of whoever asks (reliability#lost-workflows-and-lost-stores)."""
    store.save(organization())
    for switch_id in ("switch-1", "switch-2"):
        reserved = _reserve(store, switch_id)
        reserved.release_switch(switch_id, outcome="failed", at=AT, meta=meta(switch_id))
        store.save(reserved)
    with psycopg.connect(database_url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("DELETE FROM planswitch.switch_events WHERE originator_version = 3")

    with pytest.raises(RecordInconsistent, match=f"stream {ids.organization_stream_id(ORGANIZATION)} lacks"):
        store.organization(ORGANIZATION)
