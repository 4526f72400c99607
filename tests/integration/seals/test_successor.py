"""A new log after a restore: its first leaf names the last checkpoint of the log before (ADR 58)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import dict_row

from audit.forks.former import SUCCESSOR, former_path
from audit.forks.origin_leaf import OriginLeaf, parse_origin_leaf
from audit.seals.errors import OriginRefused, SealDiverged, SealKeyForeign
from audit.seals.folder import SealFolder
from audit.seals.keys import KeyFile, new_key_ring, write_key_ring
from audit.seals.sealer import Sealer
from audit.seals.successor import Declaration, NewLog, Succession
from audit.transparency.notes import parse_note
from audit.transparency.policies import Policy, parse_policy
from audit.transparency.tiles import bundle_path, parse_bundle
from domain.kernel.errors import ConcurrentWrite
from ops.stack.postgres_server import EmbeddedPostgres
from store.record.seals import unsealed_seconds
from tests.support.consoles.store_parts import open_store
from tests.support.sealing import SealedRecord
from tests.support.seals import AT
from tests.support.verifying import restored

DECLARED = Declaration(operator="machine:olga", reason="The disk of Nov 30 was lost.", at=AT)


@pytest.fixture(name="restore")
def _restore(
    database_url: str, tmp_path: Path, postgres_server: EmbeddedPostgres
) -> Iterator[tuple[SealedRecord, SealedRecord]]:
    """Yield a record with 6 sealed leaves and an older copy of its database, with one folder and key file."""
    with open_store(database_url, tmp_path, pool_size=2) as store:
        record = SealedRecord.of(store, database_url, tmp_path)
        record.save_events(2)
        record.save_calls("one", "two")
        record.seal()
        url = restored(postgres_server, record)
        record.save_events(2)
        record.save_calls("three")
        record.seal()
        with open_store(url, tmp_path, pool_size=2) as older:
            yield record, SealedRecord(store=older, database_url=url, folder=record.folder, keys=record.keys)


def begun(record: SealedRecord, declaration: Declaration = DECLARED) -> NewLog:
    """Begin a new log in a record."""
    return Succession(record.store, record.folder, record.keys.path).begin(declaration)


def test_a_restored_record_goes_on_in_a_new_log(restore: tuple[SealedRecord, SealedRecord]) -> None:
    """ADR 58: the sealer's refusal names the command; then the record is sealed anew from its start."""
    record, older = restore
    former = record.checkpoint()
    with pytest.raises(SealDiverged, match="Nothing was sealed") as refused:
        older.seal()
    assert "planswitch seal new-origin" in refused.value.remedy
    new = begun(older)
    assert new.origin != former.origin
    assert new.leaf == OriginLeaf(
        keys=new.leaf.keys,
        former=former,
        last_event_id=2,
        last_call_id=2,
        declared_at=AT,
        operator="machine:olga",
        reason="The disk of Nov 30 was lost.",
    )
    assert new.gap is not None
    assert (new.gap.kept_events, new.gap.lost_events, new.gap.kept_calls, new.gap.lost_calls) == (2, 2, 2, 1)
    assert [(each.leaf, each.kind, each.first_id) for each in new.gap.lost] == [
        (3, "event", 3),
        (4, "event", 4),
        (5, "call-range", 3),
    ]
    older.save_events(3)
    older.seal()
    checkpoint = older.checkpoint_of_successor(new.leaf.content())
    assert (checkpoint.origin, checkpoint.size) == (new.origin, 1 + 5 + 1)


def test_the_age_of_seals_counts_in_the_new_log(restore: tuple[SealedRecord, SealedRecord]) -> None:
    """docs/metrics.md: what the log before has sealed waits again in a new log until that log seals it."""
    _record, older = restore

    def age_seconds() -> float:
        with psycopg.connect(older.database_url, row_factory=dict_row) as connection:
            return unsealed_seconds(connection)

    assert age_seconds() == 0
    begun(older)
    assert age_seconds() > 0
    older.seal()
    assert age_seconds() == 0


def test_the_log_before_is_kept_and_vouches_for_the_new_one(
    restore: tuple[SealedRecord, SealedRecord],
) -> None:
    """Its files lie in the folder of former logs, and its keys sign the first checkpoint of the new one."""
    record, older = restore
    files, former = record.files(), record.checkpoint()
    new = begun(older)
    place = former_path(former.origin)
    kept = {name.removeprefix(f"{place}/"): content for name, content in older.files().items()}
    assert files.items() <= kept.items() | files.items()
    assert {name for name in files if name != ".lock"} < {*kept}
    policy, successor = older.folder.read(f"{place}/policy"), older.folder.read(f"{place}/{SUCCESSOR}")
    assert policy is not None
    assert successor is not None
    note, new_policy = parse_note(successor), older.folder.read("policy")
    assert new_policy is not None
    ed25519, ml_dsa = parse_policy(policy).logs
    vouched = Policy(logs=parse_policy(new_policy).logs, witnesses={b"former": ml_dsa}, quorum=b"former")
    verdict = vouched.verdict(note)
    assert (verdict.checkpoint.origin, verdict.checkpoint.size) == (new.origin, 1)
    assert (str(verdict.anchoring), any(each.is_by(ed25519) for each in note.signatures)) == (
        "WITNESSED",
        True,
    )


def test_a_second_restore_begins_a_third_log(
    restore: tuple[SealedRecord, SealedRecord], postgres_server: EmbeddedPostgres, tmp_path: Path
) -> None:
    """Each log names the one before it."""
    _, older = restore
    first = begun(older)
    older.save_events(1)
    older.seal()
    url = restored(postgres_server, older)
    older.save_events(1)
    older.seal()
    with open_store(url, tmp_path, pool_size=2) as store:
        oldest = SealedRecord(store=store, database_url=url, folder=older.folder, keys=older.keys)
        second = begun(oldest)
        assert (second.leaf.former.origin, second.leaf.former.size) == (first.origin, 1 + 4 + 1)
        oldest.save_events(2)
        oldest.seal()
        assert oldest.checkpoint_of_successor(second.leaf.content()).size == 1 + 5 + 1


def test_nothing_is_begun_without_need(restore: tuple[SealedRecord, SealedRecord]) -> None:
    """A record that fits its seals goes on with them."""
    record, _ = restore
    with pytest.raises(OriginRefused, match="fits the published seals"):
        begun(record)
    assert record.store.log() is None


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE planswitch.switch_events SET state = 'x' WHERE notification_id = 1", "event 1"),
        ("DELETE FROM planswitch.switch_events WHERE notification_id = 1", "event 1"),
    ],
)
def test_a_changed_record_is_no_restored_one(
    restore: tuple[SealedRecord, SealedRecord], statement: str, words: str
) -> None:
    """What differs below something that is as it was sealed was changed: no declaration covers it."""
    _, older = restore
    older.change(statement)
    with pytest.raises(OriginRefused, match=f"The {words} is not as it was sealed"):
        begun(older)
    assert older.store.log() is None


def test_a_changed_call_is_no_restored_one(restore: tuple[SealedRecord, SealedRecord]) -> None:
    """The same of calls: all of a range are there, a later one is as it was sealed, and this one differs."""
    record, older = restore
    older.save_calls("three")
    record.change("UPDATE planswitch.provider_call SET code = 'x' WHERE id = 1")
    record.change("DELETE FROM planswitch.seal WHERE tree_size > 3")
    with pytest.raises(OriginRefused, match="call-range 1 is not as it was sealed"):
        begun(record)


def test_keys_of_another_log_begin_nothing(restore: tuple[SealedRecord, SealedRecord]) -> None:
    """Only who can sign for the log before may name its successor."""
    _, older = restore
    write_key_ring(older.keys.path, new_key_ring(AT))
    with pytest.raises(SealKeyForeign):
        begun(older)


def test_without_a_published_log_there_is_none_to_follow(
    restore: tuple[SealedRecord, SealedRecord], tmp_path: Path
) -> None:
    """The newest copy of the folder has to be brought back first."""
    _, older = restore
    empty = SealFolder(tmp_path / "empty")
    with pytest.raises(OriginRefused, match="no log to follow"):
        Succession(older.store, empty, older.keys.path).begin(DECLARED)


@pytest.mark.parametrize("point", ["keep_former", "begin_log", "publish_tiles", "publish_checkpoint"])
def test_a_killed_command_is_completed(
    restore: tuple[SealedRecord, SealedRecord], point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after its transaction, the same command goes on; nothing is declared twice."""
    _, older = restore

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(SealFolder, point, killed)
        with pytest.raises(KeyboardInterrupt):
            begun(older)
    log = older.store.log()
    assert log is not None
    new = begun(older, Declaration(operator="machine:paul", reason="again", at=AT + timedelta(hours=1)))
    assert (new.origin, new.leaf) == (log.origin, parse_origin_leaf(log.leaf.encode()))
    older.seal()
    assert older.checkpoint_of_successor(new.leaf.content()).size == 1 + 2 + 1


def test_a_sealer_of_the_log_before_seals_nothing_more(restore: tuple[SealedRecord, SealedRecord]) -> None:
    """One that has another folder meets the new log at its next seal."""
    _, older = restore
    before = KeyFile(older.keys.path)()
    begun(older)
    older.save_events(1)
    with pytest.raises(ConcurrentWrite):
        older.store.append_seal([], 4, f"{before.origin}\n4\n")


def test_a_lost_folder_of_a_successor_is_made_again(
    restore: tuple[SealedRecord, SealedRecord], tmp_path: Path
) -> None:
    """The first leaf stands in the record, so an empty folder is completed as that of a first log is."""
    _, older = restore
    new = begun(older)
    older.save_events(1)
    older.seal()
    fresh = SealFolder(tmp_path / "fresh")
    Sealer(older.store, fresh, older.keys).seal_once(AT)
    content = fresh.read(bundle_path(0, 1 + 3 + 1))
    assert content is not None
    assert parse_bundle(content, 1 + 3 + 1)[0] == new.leaf.content()
