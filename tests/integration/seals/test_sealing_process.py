"""The sealer as a process: it seals by itself, and says that it lives or why it can't seal (ADR 31)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from audit.seals.folder_copy import copy_published
from audit.seals.keys import KeyFile
from audit.seals.places import SealPlaces
from audit.seals.sealing import SealingProcess
from ops.base.seal_origin import begin_new_log
from ops.readiness.part_state import OK, WARNING
from ops.readiness.store_checks import SEALER_ABSENT, sealer_state
from store.record.seals import unsealed_seconds
from tests.support.consoles.store_parts import open_store
from tests.support.sealing import SealedRecord, wait_until
from tests.support.seals import AT


@pytest.fixture(name="record")
def _record(database_url: str, tmp_path: Path) -> Iterator[SealedRecord]:
    """Yield a record on a fresh database, with a folder and without keys."""
    with open_store(database_url, tmp_path, pool_size=2) as store:
        record = SealedRecord.of(store, database_url, tmp_path)
        record.keys.path.unlink()
        yield record


@contextmanager
def _sealing(record: SealedRecord) -> Iterator[threading.Event]:
    """Run a sealer in a thread; yield what its readiness sets."""
    stop, ready = threading.Event(), threading.Event()
    places = SealPlaces(
        database_url=record.database_url,
        folder=record.folder.path,
        key_file=record.keys.path,
        seal_seconds=0.1,
    )
    thread = threading.Thread(target=SealingProcess(places).run, args=(stop,), kwargs={"on_ready": ready.set})
    thread.start()
    try:
        yield ready
    finally:
        stop.set()
        thread.join()


def _failure(record: SealedRecord) -> str:
    return next((each.failure for each in record.store.heartbeats() if each.part == "sealer"), "")


def test_a_sealer_seals_by_itself(record: SealedRecord) -> None:
    """It makes the first keys, seals what is there and what comes, and gives signs of life."""
    record.save_events(2)
    with _sealing(record) as ready:
        wait_until(lambda: record.store.newest_seal() is not None and record.folder.note() is not None)
        record.save_events(1)
        record.save_calls("one")
        wait_until(lambda: len(record.store.seals()) > 1 and record.store.seal_backlog().calls == 0)
    assert (len(record.leaves()), ready.is_set()) == (4, True)
    with record.store.application.datastore.cursor() as cursor:
        state = sealer_state(record.store.heartbeats(), unsealed_seconds(cursor))
    assert (state.state, state.detail) == (OK, "every event is sealed")


def test_a_running_sealer_goes_on_with_a_new_log(record: SealedRecord) -> None:
    """While record and folder part it leaves the folder to whoever declares the restore, and then goes on."""
    record.keys.make(AT)
    for _ in range(2):
        record.save_events(2)
        record.seal()
    record.set_back(events=2, leaves=2)
    places = SealPlaces(
        database_url=record.database_url, folder=record.folder.path, key_file=record.keys.path
    )
    with _sealing(record), capture_logs():
        wait_until(lambda: _failure(record).startswith("SEAL_DIVERGED: "))
        begun = begin_new_log(places, operator="machine:olga", reason="The disk was lost.")
        wait_until(lambda: record.store.seal_backlog().events == 0 and _failure(record) == "")
    assert record.checkpoint_of_successor(begun.leaf.content()).size == 1 + 2
    assert begun.gap is not None
    assert begun.gap.lost_events == 2


def test_lost_keys_are_told_and_never_replaced(record: SealedRecord) -> None:
    """Without the key file that signed the seals nothing is sealed, and readiness says why."""
    record.keys.make(AT)
    record.save_events(1)
    record.seal()
    kept = record.keys.path.read_bytes()
    record.keys.path.unlink()
    record.save_events(1)
    with _sealing(record), capture_logs():
        wait_until(lambda: _failure(record).startswith("SEAL_KEY_UNUSABLE: "))
        with record.store.application.datastore.cursor() as cursor:
            state = sealer_state(record.store.heartbeats(), unsealed_seconds(cursor))
        assert (state.state, state.code, record.keys.path.exists()) == (WARNING, "SEAL_KEY_UNUSABLE", False)
        assert "an event waits for its seal" in state.detail
        record.keys.path.write_bytes(kept)
        record.keys.path.chmod(0o600)
        wait_until(lambda: len(record.store.seals()) > 1 and not _failure(record))
    assert len(record.leaves()) == 2


def test_a_folder_that_can_not_be_written_is_told_and_completed(record: SealedRecord) -> None:
    """What was recorded while the folder had no room is published once it has (SEAL_FOLDER_UNUSABLE)."""
    record.save_events(1)
    record.folder.path.mkdir()
    obstacle = record.folder.path / "tile"
    obstacle.write_bytes(b"")
    with _sealing(record), capture_logs():
        wait_until(lambda: _failure(record).startswith("SEAL_FOLDER_UNUSABLE: "))
        assert len(record.store.seals()) == 1
        obstacle.unlink()
        wait_until(lambda: record.folder.note() is not None and not _failure(record))
    assert (len(record.leaves()), len(record.store.seals())) == (1, 1)


def test_one_process_writes_into_a_folder(record: SealedRecord) -> None:
    """A second sealer is ready and stands by until the first one is gone."""
    with record.folder.locked() as is_ours:
        record.save_events(1)
        with _sealing(record) as ready:
            assert ready.wait(60)
        assert (is_ours, record.store.newest_seal()) == (True, None)


def test_a_copy_is_whole_as_of_its_checkpoint(record: SealedRecord, tmp_path: Path) -> None:
    """A copy that was made while the sealer went on is completed from the record, like a restored backup."""
    KeyFile(record.keys.path).make(AT)
    copy = SealedRecord(
        store=record.store,
        database_url=record.database_url,
        folder=type(record.folder)(tmp_path / "copy"),
        keys=record.keys,
    )
    copy_published(record.folder.path, copy.folder.path)
    assert not copy.folder.path.exists()
    record.save_events(3)
    record.seal()
    copy_published(record.folder.path, copy.folder.path)
    assert copy.files() == record.files()
    record.save_events(1)
    record.seal()
    assert copy.seal() is None
    assert len(copy.leaves()) == 4


def test_no_sealer_is_told_and_stops_nothing(record: SealedRecord) -> None:
    """An installation whose sealer was never started is warned: switches go on."""
    state = sealer_state(record.store.heartbeats(), 0.0)
    assert (state.state, state.code, state.is_missing) == (WARNING, SEALER_ABSENT, False)
