"""Seals that are not those of before: other keys, older trees, another history, another folder (ADR 33)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from audit.seals.folder import SealFolder
from audit.seals.keys import KeyFile, write_key_ring
from audit.seals.sealer import RECORDED
from audit.transparency.errors import MalformedSeal
from audit.transparency.notes import Note, parse_note
from audit.transparency.policies import policy_text
from audit.verification.findings import Fault, NotSealed, Outcome, Subject, Verification
from domain.kernel.errors import InvalidInput
from ops.stack.postgres_server import EmbeddedPostgres
from store.switch_store import SwitchStore
from tests.support.consoles.store_parts import open_store
from tests.support.sealing import SealedRecord, Stopped
from tests.support.seals import AT, log_signers, witness
from tests.support.verifying import TamperedRecord, restored


@pytest.fixture(name="store")
def _store(database_url: str, tmp_path: Path) -> Iterator[SwitchStore]:
    """Yield a store on a fresh database."""
    with open_store(database_url, tmp_path, pool_size=2) as store:
        yield store


@pytest.fixture(name="record")
def _record(store: SwitchStore, database_url: str, tmp_path: Path) -> TamperedRecord:
    """Return a record that is sealed twice."""
    record = TamperedRecord.of(store, database_url, tmp_path)
    record.sealed.save_events(300)
    record.sealed.save_calls("one")
    record.sealed.seal()
    record.sealed.save_events(3)
    record.sealed.seal()
    return record


def deviation(answer: Verification) -> tuple[int, Fault, Subject]:
    """Return exit code, fault and subject."""
    assert answer.deviation is not None, answer.sentence
    return answer.exit_code, answer.deviation.fault, answer.deviation.subject


def file_of(record: TamperedRecord, path: str) -> Path:
    """Return a file of the folder of seals."""
    return record.sealed.folder.path / path


def test_a_checkpoint_signed_with_another_key_is_refused(record: TamperedRecord) -> None:
    """Whoever has database and folder, and not the key, can't sign: the auditor's policy says whose key."""
    record.policy_file = record.place / "policy"
    shutil.copy(file_of(record, "policy"), record.policy_file)
    assert record.verify().outcome is Outcome.HOLDS
    checkpoint = record.sealed.checkpoint()
    signers = log_signers(checkpoint.origin, seed=9)
    note = Note(text=checkpoint.text(), signatures=tuple(each.sign(checkpoint, AT) for each in signers))
    file_of(record, "checkpoint").write_bytes(note.content())
    file_of(record, "policy").write_text(policy_text(each.verifier_key for each in signers))
    answer = record.verify()
    assert deviation(answer) == (40, Fault.ALTERED, Subject.SEAL_FILE)
    assert "No log of the policy signed" in answer.sentence
    record.policy_file = None
    answer = record.verify()
    assert (answer.exit_code, answer.outcome) == (30, Outcome.DIVERGED)
    assert "keys that were not seen before" in answer.sentence


def test_a_wrong_signature_is_refused(record: TamperedRecord) -> None:
    """A signature of a known key over another text."""
    content = file_of(record, "checkpoint").read_bytes()
    file_of(record, "checkpoint").write_bytes(content.replace(b"\n304\n", b"\n303\n"))
    answer = record.verify()
    assert deviation(answer) == (40, Fault.ALTERED, Subject.SEAL_FILE)
    assert "is wrong" in answer.sentence


def test_an_old_backup_is_refused(record: TamperedRecord, postgres_server: EmbeddedPostgres) -> None:
    """The store ends before the folder's tree; what it lacks is named."""
    assert record.verify().exit_code == 0
    backup = restored(postgres_server, record)
    record.sealed.save_events(2)
    record.sealed.seal()
    answer = record.verify(database_url=backup)
    assert (answer.exit_code, answer.outcome) == (30, Outcome.DIVERGED)
    assert "ends after 304 leaves, and the folder of seals has 306" in answer.sentence
    assert "event id 304" in answer.sentence


def test_an_old_backup_of_store_and_folder_is_refused(
    record: TamperedRecord, postgres_server: EmbeddedPostgres
) -> None:
    """Both fit each other, and the auditor has seen more."""
    backup, folder = restored(postgres_server, record), record.place / "old-seals"
    shutil.copytree(record.sealed.folder.path, folder)
    record.sealed.save_events(2)
    record.sealed.seal()
    assert record.verify().exit_code == 0
    before = record.state_file.read_text()
    answer = record.verify(database_url=backup, folder=folder)
    assert (answer.exit_code, answer.outcome, answer.last_tree_size) == (30, Outcome.DIVERGED, 306)
    assert "it is older" in answer.sentence
    assert record.state_file.read_text() == before


def test_another_history_is_refused(
    record: TamperedRecord, database_url: str, tmp_path: Path, postgres_server: EmbeddedPostgres
) -> None:
    """The same log, with its own keys, shows another tree: its operator has two histories."""
    assert record.verify().exit_code == 0
    other_url = postgres_server.create_database(f"{database_url.rpartition('/')[2]}_other")
    (tmp_path / "other").mkdir()
    with open_store(other_url, tmp_path / "other", pool_size=2) as store:
        other = SealedRecord(
            store=store,
            database_url=other_url,
            folder=SealFolder(tmp_path / "other" / "seals"),
            keys=record.sealed.keys,
        )
        other.save_events(310)
        other.seal()
        answer = record.verify(database_url=other_url, folder=other.folder.path)
    assert (answer.exit_code, answer.outcome) == (30, Outcome.DIVERGED)
    assert "two histories" in answer.sentence


def test_another_log_is_refused_without_a_policy(record: TamperedRecord, tmp_path: Path) -> None:
    """A log under another name, made anew over a changed record, is not that of before."""
    assert record.verify().exit_code == 0
    record.sealed.change("DELETE FROM planswitch.seal", "DELETE FROM planswitch.seal_run")
    shutil.rmtree(record.sealed.folder.path)
    record.sealed.keys = KeyFile(tmp_path / "another.key")
    record.sealed.keys.make(AT)
    record.sealed.seal()
    answer = record.verify()
    assert (answer.exit_code, answer.outcome) == (30, Outcome.DIVERGED)
    assert "was seen before" in answer.sentence


def test_new_keys_of_the_sealer_are_believed(record: TamperedRecord) -> None:
    """While both pairs sign, the auditor comes to know the new one, and believes it when it signs alone."""
    assert record.verify().exit_code == 0
    keys, overlap = record.sealed.keys, timedelta(days=1)
    write_key_ring(keys.path, keys().rotated(AT, overlap=overlap, is_compromised=False))
    signers = []
    for now in (AT, AT + 2 * overlap):
        record.sealed.save_events(1)
        record.sealed.seal(now=now)
        answer = record.verify()
        assert answer.outcome is Outcome.HOLDS, answer.sentence
        assert answer.seal is not None
        signers.append(len(answer.seal.signed_by))
    assert signers == [4, 2]


@pytest.mark.parametrize("name", ["checkpoint", "policy"])
def test_a_folder_without_its_checkpoint_is_named(record: TamperedRecord, name: str) -> None:
    """The store was sealed, so its seals were published."""
    file_of(record, name).unlink()
    assert deviation(record.verify()) == (40, Fault.REMOVED, Subject.SEAL_FILE)


def test_nothing_sealed_is_said(store: SwitchStore, database_url: str, tmp_path: Path) -> None:
    """There is nothing to verify against, and the answer says what to do."""
    record = TamperedRecord.of(store, database_url, tmp_path)
    with pytest.raises(NotSealed, match="Nothing is sealed yet"):
        record.verify()


def test_an_altered_tile_is_told_from_an_altered_record(record: TamperedRecord) -> None:
    """The record has the signed root, so the folder was changed and not the record."""
    tile = file_of(record, "tile/0/000")
    content = bytearray(tile.read_bytes())
    content[40] ^= 1
    tile.write_bytes(content)
    answer = record.verify()
    assert deviation(answer) == (40, Fault.ALTERED, Subject.SEAL_FILE)
    assert answer.deviation is not None
    assert answer.deviation.leaf == 1
    tile.unlink()
    assert deviation(record.verify()) == (40, Fault.REMOVED, Subject.SEAL_FILE)


def test_an_altered_event_is_named_without_its_entry(record: TamperedRecord) -> None:
    """Without the folder's entries the event is named; what was sealed of it can't be told."""
    shutil.rmtree(file_of(record, "tile/entries"))
    record.tamper("UPDATE planswitch.switch_events SET topic = 'x' WHERE notification_id = 17")
    answer = record.verify()
    assert deviation(answer) == (40, Fault.ALTERED, Subject.EVENT)
    assert answer.deviation is not None
    assert (answer.deviation.ids["event"], answer.deviation.differences) == ("17", ())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE planswitch.seal_run SET first_id = 2, last_id = 301 WHERE first_leaf = 0",
        "UPDATE planswitch.seal_run SET digest = repeat('0', 64) WHERE kind = 'call-range'",
        "DELETE FROM planswitch.seal_run WHERE first_leaf = 0",
        "DELETE FROM planswitch.seal_run WHERE kind = 'call-range'",
        "UPDATE planswitch.seal SET checkpoint = replace(checkpoint, E'\\n301\\n', E'\\n300\\n')",
        "DELETE FROM planswitch.seal WHERE tree_size = 304",
    ],
)
def test_an_altered_table_of_seals_is_named(record: TamperedRecord, statement: str) -> None:
    """What says where a record stands is compared with the folder."""
    record.tamper(statement)
    answer = record.verify()
    assert (answer.exit_code, deviation(answer)[2]) == (40, Subject.SEAL_ROW)


def test_a_seal_that_is_not_published_yet_counts(record: TamperedRecord) -> None:
    """A sealer that was stopped before it published: the seal in the table is compared as well."""
    record.sealed.save_events(2)
    with pytest.raises(Stopped):
        record.sealed.seal(until=RECORDED)
    answer = record.verify()
    assert (answer.exit_code, answer.coverage.events, answer.coverage.unsealed_events) == (0, 305, 0)
    record.tamper("UPDATE planswitch.switch_events SET topic = 'x' WHERE notification_id = 305")
    assert record.verify().exit_code == 40


def test_witnesses_are_counted(record: TamperedRecord) -> None:
    """With the cosignatures of the policy's quorum the word is WITNESSED, and exit code 20 is not given."""
    checkpoint, someone = record.sealed.checkpoint(), witness("witness.example/one", 5)
    note = parse_note(file_of(record, "checkpoint").read_bytes())
    cosigned = Note(text=note.text, signatures=(*note.signatures, someone.sign(checkpoint, AT)))
    file_of(record, "checkpoint").write_bytes(cosigned.content())
    record.policy_file = record.place / "policy"
    own = file_of(record, "policy").read_text().replace("quorum none\n", "")
    record.policy_file.write_text(f"{own}witness one {someone.verifier_key.text()}\nquorum one\n")
    answer = record.verify(needs_witness=True)
    assert answer.seal is not None
    assert (answer.exit_code, answer.seal.anchoring, answer.seal.witnessed_by) == (0, "WITNESSED", ("one",))


def test_a_state_that_cant_be_read_is_refused(record: TamperedRecord) -> None:
    """What was seen would else be forgotten in silence."""
    record.verify()
    record.state_file.write_text(record.state_file.read_text()[:-9])
    with pytest.raises(MalformedSeal, match=r"audit-state\.json can't be read"):
        record.verify()


def test_a_policy_that_is_not_there_is_refused(record: TamperedRecord) -> None:
    """The answer names the file."""
    record.policy_file = record.place / "nowhere"
    with pytest.raises(InvalidInput, match="policy"):
        record.verify()
