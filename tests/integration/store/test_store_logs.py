"""Logs without an aggregate: a redelivery meets its own event, parallel lanes never meet each other."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from domain.eligibility.assessment import assessed
from domain.kernel.errors import AuditMismatch, InvalidInput
from domain.licenses.move import detail_digest
from store.core.rows import CallContext
from store.switch_store import SwitchStore
from tests.support.consoles.store_parts import (
    AT,
    call,
    first_answer_lost,
    group,
    meta,
    move_rows,
    new_switch_id,
    open_store,
)


@pytest.fixture(name="store")
def _store(database_url: str, tmp_path: Path) -> Iterator[SwitchStore]:
    """Yield a store on a fresh database."""
    with open_store(database_url, tmp_path) as store:
        yield store


def test_a_redelivered_group_is_answered_with_what_was_recorded(store: SwitchStore) -> None:
    """A second attempt with another outcome does not change the record (architecture#the-shape-of-a-step)."""
    switch_id = new_switch_id()
    first = move_rows(0, 5, failed=2)
    recorded = store.append_chunk(group(switch_id, 0, first), first)
    again = move_rows(0, 5)

    answer = store.append_chunk(group(switch_id, 0, again, attempt=2), again)

    assert answer == recorded
    assert (answer.moved, answer.failed, answer.originator_version) == (3, 2, 1)
    assert store.license_rows(switch_id, "move") == tuple(first)
    assert len(store.stream_events(recorded.originator_id)) == 1


def test_a_redelivered_group_leaves_its_calls(store: SwitchStore) -> None:
    """Every call to a provider leaves a row, also when its group was there already."""
    switch_id, rows = new_switch_id(), move_rows(0, 5)
    for attempt in (1, 2):
        context = CallContext(switch_id=switch_id, step="move", attempt=attempt)
        store.append_chunk(group(switch_id, 0, rows), rows, [call()], context)
    assert [found.attempt for found in store.calls(switch_id)] == [1, 2]


def test_a_group_with_other_users_or_target_is_refused(store: SwitchStore) -> None:
    """The same number for another input is no redelivery."""
    switch_id = new_switch_id()
    rows = move_rows(0, 5)
    store.append_chunk(group(switch_id, 0, rows), rows)
    with pytest.raises(AuditMismatch, match="recorded for another input"):
        store.append_chunk(group(switch_id, 0, rows, target="E5"), rows)


def test_a_group_whose_answer_was_lost_is_recorded_once(store: SwitchStore) -> None:
    """The retry of a committed group finds it."""
    switch_id = new_switch_id()
    rows = move_rows(0, 5)
    event = group(switch_id, 0, rows)
    with first_answer_lost() as lost:
        assert store.append_chunk(event, rows) == event
    assert lost
    assert store.chunks(switch_id, "move") == (event,)
    assert len(store.license_rows(switch_id, "move")) == 5


def test_lanes_write_in_any_order_and_read_back_in_theirs(store: SwitchStore) -> None:
    """Groups are saved in parallel and out of order without a conflict, redeliveries among them."""
    switch_id = new_switch_id()
    numbers = [*range(30), *range(5)]
    random.Random(4).shuffle(numbers)

    def append(number: int) -> None:
        rows = move_rows(number * 10, 10)
        store.append_chunk(group(switch_id, number, rows), rows)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(append, numbers))

    groups = store.chunks(switch_id, "move")
    assert [found.group_number for found in groups] == list(range(30))
    assert store.chunks(switch_id, "move", first=10, count=4) == groups[10:14]
    assert sum(found.moved for found in groups) == 300
    rows = store.license_rows(switch_id, "move")
    assert [row.position for row in rows] == list(range(300))
    assert detail_digest(rows[:10]) == groups[0].detail_digest


def test_rows_are_read_by_page_and_by_outcome(store: SwitchStore) -> None:
    """The operator's list of failures does not read the users who moved."""
    switch_id = new_switch_id()
    rows = move_rows(0, 40, failed=3)
    store.append_chunk(group(switch_id, 0, rows), rows)
    assert store.license_rows(switch_id, "move", after_position=9, limit=10) == tuple(rows[10:20])
    assert store.license_rows(switch_id, "move", unmoved_only=True) == tuple(rows[:3])
    assert store.license_rows(switch_id, "retry-1") == ()
    with pytest.raises(InvalidInput, match="limit"):
        store.license_rows(switch_id, "move", limit=0)


def test_rows_of_earlier_versions_are_read_as_codes(store: SwitchStore) -> None:
    """A stored word of the vendor means its code; the row and its digest stay as they are."""
    switch_id = new_switch_id()
    rows = [replace(row, error="CountViolation") for row in move_rows(0, 2, failed=2)]
    event = store.append_chunk(group(switch_id, 0, rows), rows)

    failed = store.unresolved_users(switch_id, ["move"])
    newest = store.last_outcomes(switch_id, ["move"], "move", after_position=-1, limit=10)

    assert [each.error for each in failed.values()] == ["NO_LICENSE_FREE"] * 2
    assert [each.error for each in newest] == ["NO_LICENSE_FREE"] * 2
    assert store.license_rows(switch_id, "move") == tuple(rows)
    assert detail_digest(store.license_rows(switch_id, "move")) == event.detail_digest


def test_an_assessment_is_recorded_once(store: SwitchStore) -> None:
    """A repeated preview finds the first one."""

    def assess(amount: int) -> bool:
        event = assessed(
            "request-1",
            subject={"target": "E3"},
            quote={"total": amount},
            accepted=True,
            at=AT,
            meta=meta(),
        )
        return store.record_assessment(event).quote == {"total": 1}

    assert assess(1)
    assert assess(2)
    assert store.max_notification_id() == 1


def test_provider_calls_are_kept_in_order_with_their_step(store: SwitchStore) -> None:
    """Every call leaves a row, also that of an attempt that failed (architecture#the-shape-of-a-step)."""
    switch_id = new_switch_id()
    lost, done = call(status=0), call()
    store.save_calls([lost, call(key="")], CallContext(switch_id=switch_id, step="purchase", attempt=1))
    store.save_calls([done], CallContext(switch_id=switch_id, step="purchase", attempt=2))
    store.save_calls([call(key="other")])

    recorded = store.calls(switch_id)

    assert [(found.attempt, found.call.status) for found in recorded] == [(1, 0), (1, 200), (2, 200)]
    assert recorded[2].call == done
    assert store.calls(switch_id, after_id=recorded[1].id, limit=1) == recorded[2:]
    assert [found.step for found in store.calls(None)] == [""]


@pytest.mark.parametrize(
    ("statuses", "is_ended"),
    [
        ([403], True),
        ([429, 403], True),
        ([429], False),
        ([0, 403], False),
        ([503, 403], False),
        ([403, 200], False),
        ([409], False),
        ([408, 400], False),
    ],
)
def test_only_a_clear_no_ends_an_idempotency_key(
    store: SwitchStore, statuses: list[int], *, is_ended: bool
) -> None:
    """A key that may have had its effect is kept for ever; throttling had none.

    See architecture#the-shape-of-a-step.
    """
    switch_id = new_switch_id()
    context = CallContext(switch_id=switch_id, step="purchase", attempt=1)
    store.save_calls([call(status=status, key="tried") for status in statuses], context)

    assert (store.refused_keys(switch_id) == {"tried"}) is is_ended
