"""The sealer: what is new enters the tree once, and a record that was changed is refused (ADR 31)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from audit.seals import sealer
from audit.seals.calls import call_digest, range_digest
from audit.seals.errors import SealDiverged, SealKeyForeign
from audit.seals.keys import new_key_ring, write_key_ring
from audit.seals.leaves import CallRangeLeaf, EventLeaf
from audit.seals.sealer import RECORDED, TILES_PUBLISHED, Sealer
from audit.transparency.notes import parse_note
from audit.transparency.tiles import PublishedTree
from audit.transparency.tree_edge import TILE_WIDTH
from audit.transparency.tree_proofs import consistency_proof, is_consistent
from domain.kernel.errors import ConcurrentWrite
from tests.support.consoles.store_parts import open_store
from tests.support.sealing import SealedRecord, Stopped
from tests.support.seals import AT

_LATE_CALL = """
INSERT INTO planswitch.provider_call
    (step, attempt, provider, operation, key, request_digest, status, code, text, started_at, duration_ms)
VALUES ('late', 1, 'seller', 'read', '', '', 200, '', '', now(), 1)
"""


@pytest.fixture(name="record")
def _record(database_url: str, tmp_path: Path) -> Iterator[SealedRecord]:
    """Yield a record on a fresh database, with a folder and keys."""
    with open_store(database_url, tmp_path, pool_size=2) as store:
        yield SealedRecord.of(store, database_url, tmp_path)


def test_every_event_and_call_enters_the_tree_once(record: SealedRecord) -> None:
    """Events have a leaf each, neighboring calls one; what is not new is not sealed again."""
    record.save_events(3)
    record.save_calls("one", "two")
    first = record.seal()
    assert first is not None
    assert (first.events, first.calls, first.is_full, record.seal()) == (3, 2, False, None)
    record.change("SELECT setval('planswitch.switch_events_notification_id_seq', 10)")
    record.save_events(1)
    record.seal()
    *events, calls, last = record.leaves()
    stored = record.store.notifications()
    assert [each.id for each in (*events, last) if isinstance(each, EventLeaf)] == [1, 2, 3, stored[3].id]
    digest = range_digest(map(call_digest, record.store.raw_calls(1, 2)))
    assert calls == CallRangeLeaf(first_id=1, last_id=2, digest=digest)
    assert (stored[3].id, len(record.store.seals())) == (11, 2)


def test_a_tree_is_only_added_to(record: SealedRecord) -> None:
    """Each seal is consistent with the one before, over the edge of a tile as well."""
    record.save_events(2)
    record.seal()
    before = record.checkpoint()
    record.save_calls("one")
    record.change(
        "INSERT INTO planswitch.switch_events (originator_id, originator_version, topic, state)"
        " SELECT gen_random_uuid(), 1, 'a.topic', 'x' FROM generate_series(1, 256)"
    )
    record.seal()
    after = record.checkpoint()
    assert (before.size, after.size, len(record.leaves())) == (2, TILE_WIDTH + 3, TILE_WIDTH + 3)
    tree = PublishedTree(record.folder.read, after.size)
    path = consistency_proof(before.size, after.size, tree.subtree)
    assert is_consistent(before.size, after.size, path, old_root=before.root, root=after.root)
    partial = sorted(name for name in record.files() if ".p/" in name)
    assert partial == ["tile/0/001.p/3", "tile/1/000.p/1", "tile/entries/001.p/3"]


@pytest.mark.parametrize("point", [RECORDED, TILES_PUBLISHED])
@pytest.mark.parametrize("before", [0, 3])
def test_a_killed_sealer_is_completed(record: SealedRecord, point: str, before: int) -> None:
    """Killed between transaction, tiles and checkpoint: the next round publishes what was recorded."""
    record.save_events(before)
    record.seal()
    record.save_events(2)
    record.save_calls("one")
    with pytest.raises(Stopped):
        record.seal(until=point)
    recorded = record.store.newest_seal()
    assert recorded is not None
    assert record.folder.read("checkpoint") != recorded.checkpoint.encode()
    assert record.seal() is None
    assert record.folder.read("checkpoint") == recorded.checkpoint.encode()
    assert len(record.leaves()) == before + 3


def test_a_late_call_gets_a_leaf_of_its_own(record: SealedRecord) -> None:
    """A call that is committed after its neighbors were sealed is sealed too, once."""
    record.save_calls("one")
    with psycopg.connect(record.database_url) as late_one:
        # Its id is taken before it has a number of a transaction, as a writer on another core may be slow.
        late_one.execute("SELECT nextval('planswitch.provider_call_id_seq')")
        record.save_calls("three", "four")
        running = Sealer(record.store, record.folder, record.keys)
        running.seal_once(AT)
        late_one.execute(_LATE_CALL.replace("(step", "(id, step").replace("('late'", "(2, 'late'").encode())
        late_one.commit()
    late = running.seal_once(AT)
    assert late is not None
    assert (late.calls, running.seal_once(AT), record.seal()) == (1, None, None)
    ranges = [(each.first_id, each.last_id) for each in record.leaves() if isinstance(each, CallRangeLeaf)]
    assert ranges == [(1, 1), (3, 4), (2, 2)]


def test_long_histories_are_sealed_in_pieces(record: SealedRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    """A seal takes a bounded number of events, and a leaf a bounded number of calls."""
    monkeypatch.setattr(sealer, "EVENTS_MAX", 2)
    monkeypatch.setattr(sealer, "CALLS_MAX", 2)
    record.save_events(3)
    record.save_calls("one", "two", "three")
    seals = [record.seal(), record.seal(), record.seal()]
    assert [each and (each.events, each.is_full) for each in seals] == [(2, True), (1, False), None]
    assert [type(each).__name__ for each in record.leaves()] == [
        *(EventLeaf.__name__, EventLeaf.__name__, CallRangeLeaf.__name__, CallRangeLeaf.__name__),
        EventLeaf.__name__,
    ]


def test_a_lost_folder_is_made_again_from_the_record(record: SealedRecord) -> None:
    """Seals that the table has are published anew, byte for byte, if the record is what they sealed."""
    for _ in range(3):
        record.save_events(2)
        record.seal()
    files = record.files()
    shutil.rmtree(record.folder.path)
    record.seal()
    assert {name: content for name, content in files.items() if ".p/" not in name} == {
        name: content for name, content in record.files().items() if ".p/" not in name
    }
    assert len(record.leaves()) == 6


def test_a_record_behind_the_folder_is_refused(record: SealedRecord) -> None:
    """An older database is told from a folder that has more seals (SEAL_DIVERGED), and nothing is written."""
    record.save_events(2)
    record.seal()
    record.save_events(1)
    record.seal()
    files = record.files()
    record.change(
        "DELETE FROM planswitch.seal WHERE tree_size = 3",
        "DELETE FROM planswitch.seal_run WHERE first_leaf = 2",
        "DELETE FROM planswitch.switch_events WHERE notification_id = 3",
    )
    with pytest.raises(SealDiverged, match=r"seals of 2 leaves, and the folder .* of 3"):
        record.seal()
    record.change("DELETE FROM planswitch.seal", "DELETE FROM planswitch.seal_run")
    with pytest.raises(SealDiverged, match="seals of 0 leaves"):
        record.seal()
    assert record.files() == files


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE planswitch.switch_events SET state = 'x' WHERE notification_id = 2",
        "DELETE FROM planswitch.switch_events WHERE notification_id = 2",
        "UPDATE planswitch.provider_call SET request_id = 'x' WHERE id = 1",
        "DELETE FROM planswitch.seal_run WHERE first_leaf = 2",
    ],
)
def test_what_was_changed_since_it_was_recorded_is_not_published(record: SealedRecord, change: str) -> None:
    """The folder is completed only by leaves that have the recorded root."""
    record.save_events(1)
    record.seal()
    record.save_events(1)
    record.save_calls("one")
    with pytest.raises(Stopped):
        record.seal(until=RECORDED)
    files = record.files()
    record.change(change)
    with pytest.raises(SealDiverged, match="not those that were sealed"):
        record.seal()
    assert record.files() == files


@pytest.mark.parametrize("name", ["tile/0/000.p/2", "tile/entries/000.p/2", "checkpoint"])
def test_a_changed_folder_is_refused(record: SealedRecord, name: str) -> None:
    """One byte of the edge that differs ends sealing, since every later seal would rest on it."""
    record.save_events(2)
    record.seal()
    path = record.folder.path / name
    content = bytearray(path.read_bytes())
    content[-10] ^= 1
    path.write_bytes(content)
    record.save_events(1)
    with pytest.raises((SealDiverged, SealKeyForeign)):
        record.seal()
    assert len(record.store.seals()) == 1


def test_keys_of_another_log_seal_nothing(record: SealedRecord) -> None:
    """A key file that did not sign the newest seal is refused (SEAL_KEY_FOREIGN)."""
    record.save_events(1)
    record.seal()
    write_key_ring(record.keys.path, new_key_ring(AT))
    record.save_events(1)
    with pytest.raises(SealKeyForeign):
        record.seal()
    assert len(record.store.seals()) == 1


def test_a_rotation_signs_the_newest_seal_anew(record: SealedRecord) -> None:
    """The published checkpoint gets the new signatures although nothing is new; the recorded one stays."""
    record.save_events(1)
    record.seal()
    recorded = record.store.newest_seal()
    ring = record.keys().rotated(AT, overlap=timedelta(days=1), is_compromised=True)
    write_key_ring(record.keys.path, ring)
    assert record.seal(now=AT + timedelta(hours=1)) is None
    note = parse_note(record.folder.read("checkpoint") or b"")
    assert [line.key_id for line in note.signatures] == [key.key_id for key in ring.verifier_keys()]
    assert (record.checkpoint().size, record.store.newest_seal()) == (1, recorded)
    record.save_events(1)
    record.seal(now=AT + timedelta(hours=1))
    assert len(record.leaves()) == 2


def test_two_sealers_make_one_tree(record: SealedRecord) -> None:
    """Of two sealers that seal the same records one is refused, and goes on from the other's seal."""
    record.save_events(1)
    record.seal()
    record.save_events(1)
    slow = Sealer(record.store, record.folder, record.keys)
    fast_seals = iter([record.seal])
    original = record.store.append_seal

    def overtaken(*arguments: object) -> None:
        for seal in fast_seals:
            record.store.append_seal = original  # type: ignore[method-assign]
            seal()
        original(*arguments)  # type: ignore[arg-type]

    record.store.append_seal = overtaken  # type: ignore[method-assign, assignment]
    with pytest.raises(ConcurrentWrite):
        slow.seal_once(AT)
    assert (slow.seal_once(AT), len(record.leaves())) == (None, 2)
