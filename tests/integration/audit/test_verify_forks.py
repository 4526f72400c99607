"""A declared restore is told with what it lost; one that nobody declared is not believed (ADR 58)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from audit.forks.former import former_path
from audit.seals.folder import SealFolder
from audit.seals.keys import KeyFile, new_key_ring, write_key_ring
from audit.seals.successor import Declaration, NewLog, Succession
from audit.verification.findings import Fault, Outcome, Subject
from cli.audit.verify import lines_of
from ops.stack.postgres_server import EmbeddedPostgres
from tests.support.consoles.store_parts import open_store
from tests.support.sealing import SealedRecord
from tests.support.seals import AT
from tests.support.verifying import TamperedRecord, restored

DECLARED = Declaration(operator="machine:olga", reason="The disk was lost.", at=AT)


@pytest.fixture(name="record")
def _record(database_url: str, tmp_path: Path, postgres_server: EmbeddedPostgres) -> Iterator[TamperedRecord]:
    """Yield a restored record that lacks two events and a call which the auditor has seen sealed."""
    with open_store(database_url, tmp_path, pool_size=2) as store:
        newest = TamperedRecord.of(store, database_url, tmp_path)
        newest.sealed.save_events(3)
        newest.sealed.save_calls("one", "two")
        newest.sealed.seal()
        url = restored(postgres_server, newest)
        newest.sealed.save_events(2)
        newest.sealed.save_calls("three")
        newest.sealed.seal()
        assert newest.verify().outcome is Outcome.HOLDS
        with open_store(url, tmp_path, pool_size=2) as older:
            sealed = SealedRecord(
                store=older, database_url=url, folder=newest.sealed.folder, keys=newest.sealed.keys
            )
            yield TamperedRecord(sealed=sealed, place=tmp_path)


def declared(record: TamperedRecord) -> NewLog:
    """Declare the restore, and go on: other events and calls get the ids that were lost."""
    sealed = record.sealed
    new = Succession(sealed.store, sealed.folder, sealed.keys.path).begin(DECLARED)
    sealed.save_events(4)
    sealed.save_calls("other")
    sealed.seal()
    return new


def test_a_declared_restore_is_told_once_and_shown_for_ever(record: TamperedRecord) -> None:
    """Nothing is called altered; the fork has sizes, times, and the entries that are no more."""
    new = declared(record)
    answer = record.verify()
    assert (answer.outcome, answer.exit_code, answer.deviation) == (Outcome.FORKED, 25, None), answer.sentence
    (fork,) = answer.forks
    assert (fork.log, fork.tree_size, fork.followed_by) == (new.leaf.former.origin, 7, new.origin)
    assert (fork.operator, fork.reason) == ("machine:olga", "The disk was lost.")
    assert (fork.last_event_id, fork.lost_events, fork.last_call_id, fork.lost_calls) == (3, 2, 2, 1)
    assert [(each.kind, each.first_id) for each in fork.lost] == [
        ("event", 4),
        ("event", 5),
        ("call-range", 3),
    ]
    assert fork.first_recorded < fork.last_recorded
    assert len(fork.vouched_by) == 2
    text = "\n".join(lines_of(answer))
    assert text.startswith("FORKED")
    assert "2 events, 1 provider calls" in text
    assert "event 4 organization." in text
    again = record.verify()
    assert (again.outcome, again.forks) == (Outcome.HOLDS, answer.forks)


def test_a_restore_that_nobody_declared_is_not_believed(record: TamperedRecord) -> None:
    """The store ends before the folder; and a new log that names no other is another log."""
    answer = record.verify()
    assert (answer.outcome, answer.exit_code) == (Outcome.DIVERGED, 30)
    fresh = record.place / "fresh"
    keys = KeyFile(fresh / "seal.key")
    keys.make(AT)
    shutil.rmtree(record.sealed.folder.path)
    record.sealed.change("DELETE FROM planswitch.seal", "DELETE FROM planswitch.seal_run")
    anew = SealedRecord(
        store=record.sealed.store,
        database_url=record.sealed.database_url,
        folder=SealFolder(fresh / "seals"),
        keys=keys,
    )
    anew.seal()
    answer = record.verify(folder=anew.folder.path)
    assert (answer.outcome, answer.exit_code) == (Outcome.DIVERGED, 30)
    assert "was seen before" in answer.sentence


def test_a_folder_of_before_the_declaration_is_refused(record: TamperedRecord) -> None:
    """Record and folder must be of one log."""
    old = record.place / "old"
    shutil.copytree(record.sealed.folder.path, old)
    declared(record)
    answer = record.verify(folder=old)
    assert (answer.outcome, answer.exit_code) == (Outcome.DIVERGED, 30)
    assert "goes on in the log" in answer.sentence


def test_a_declaration_covers_no_alteration(record: TamperedRecord) -> None:
    """What the restored record had is compared as ever; and with what the log before sealed."""
    declared(record)
    record.tamper("UPDATE planswitch.switch_events SET state = 'x' WHERE notification_id = 2")
    answer = record.verify()
    assert answer.deviation is not None
    assert (answer.exit_code, answer.deviation.fault, answer.deviation.subject) == (
        40,
        Fault.ALTERED,
        Subject.EVENT,
    )


def test_a_false_declaration_is_refused(record: TamperedRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    """An event is altered, and a dishonest operator declares all the same: the log before says otherwise."""
    record.tamper("UPDATE planswitch.switch_events SET state = 'x' WHERE notification_id = 2")
    monkeypatch.setattr("audit.forks.gap.Gap.alteration", None)
    declared(record)
    answer = record.verify()
    assert (answer.exit_code, answer.outcome) == (40, Outcome.ALTERED), answer.sentence
    assert "event 2 is not as the log" in answer.sentence


def test_a_former_log_that_was_changed_is_told(record: TamperedRecord) -> None:
    """Its files are compared with the checkpoint that its successor names."""
    new = declared(record)
    place = record.sealed.folder.path / former_path(new.leaf.former.origin)
    (bundle,) = (place / "tile" / "entries").rglob("*7")
    bundle.write_bytes(bundle.read_bytes().replace(b"version 1", b"version 2"))
    answer = record.verify()
    assert (answer.exit_code, answer.outcome) == (40, Outcome.ALTERED)
    shutil.rmtree(place)
    answer = record.verify()
    assert (answer.exit_code, answer.outcome) == (40, Outcome.ALTERED)
    assert "not whole" in answer.sentence


def test_a_successor_needs_the_keys_of_the_log_before(record: TamperedRecord) -> None:
    """Whoever has folder and database, and not the keys, declares nothing: an auditor knows the keys."""
    stolen = KeyFile(record.place / "other.key")
    former = record.sealed.keys()
    forged = new_key_ring(AT)
    write_key_ring(stolen.path, forged)
    declared(record)
    state = record.state_file.read_text()
    known = former.verifier_keys()[0].text()
    other = forged.verifier_keys()[0].text()
    ml_dsa, foreign = former.verifier_keys()[1].text(), forged.verifier_keys()[1].text()
    record.state_file.write_text(state.replace(known, other).replace(ml_dsa, foreign))
    answer = record.verify()
    assert (answer.outcome, answer.exit_code) == (Outcome.DIVERGED, 30)
    assert "no key that was seen there vouches for it" in answer.sentence


def test_an_auditor_who_has_seen_more_is_told(record: TamperedRecord) -> None:
    """A successor that names an older checkpoint than somebody has seen hides what lay between."""
    older_folder = record.place / "copy"
    shutil.copytree(record.sealed.folder.path, older_folder)
    sealed = record.sealed
    new = declared(record)
    seen = new.leaf.former
    state = record.state_file.read_text()
    record.state_file.write_text(state.replace(f"\\n{seen.size}\\n", f"\\n{seen.size + 1}\\n"))
    answer = record.verify()
    assert (answer.outcome, answer.exit_code) == (Outcome.DIVERGED, 30)
    assert "does not go on from it" in answer.sentence
    assert sealed.checkpoint().origin == new.origin


def test_two_restores_are_two_forks(
    record: TamperedRecord, postgres_server: EmbeddedPostgres, tmp_path: Path
) -> None:
    """The newest stands first; an auditor who saw the first log alone is led over both."""
    declared(record)
    url = restored(postgres_server, record)
    record.sealed.save_events(1)
    record.sealed.seal()
    with open_store(url, tmp_path, pool_size=2) as store:
        sealed = SealedRecord(
            store=store, database_url=url, folder=record.sealed.folder, keys=record.sealed.keys
        )
        oldest = TamperedRecord(sealed=sealed, place=tmp_path)
        later = Declaration(operator="machine:paul", reason="Again.", at=AT + timedelta(days=1))
        Succession(store, sealed.folder, sealed.keys.path).begin(later)
        sealed.save_events(2)
        sealed.seal()
        answer = oldest.verify()
        assert answer.outcome is Outcome.FORKED, answer.sentence
        assert [(each.operator, each.lost_events) for each in answer.forks] == [
            ("machine:paul", 1),
            ("machine:olga", 2),
        ]
