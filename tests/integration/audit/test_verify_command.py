"""`planswitch audit verify` at a shell: words that fit, data as JSON, and exit codes (docs/audit.md)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from store.switch_store import SwitchStore
from tests.support.consoles.store_parts import open_store
from tests.support.verifying import TamperedRecord

COLUMNS = 80


@pytest.fixture(name="store")
def _store(database_url: str, tmp_path: Path) -> Iterator[SwitchStore]:
    """Yield a store on a fresh database."""
    with open_store(database_url, tmp_path, pool_size=2) as store:
        yield store


@pytest.fixture(name="record")
def _record(
    store: SwitchStore, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> TamperedRecord:
    """Return a sealed record whose place the settings name; there is no console."""
    record = TamperedRecord.of(store, database_url, tmp_path)
    record.sealed.save_events(3)
    record.sealed.save_calls("one")
    record.save_switch()
    record.sealed.seal()
    record.sealed.save_events(1)
    monkeypatch.setenv("COLUMNS", str(COLUMNS))
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("PLANSWITCH_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PLANSWITCH_API_URL", "http://127.0.0.1:9")
    return record


def verify(*options: str) -> tuple[int, str]:
    """Return exit code and output of the command."""
    result = CliRunner().invoke(app, ["audit", "verify", *options])
    assert max(map(len, result.output.splitlines())) <= COLUMNS or "--json" in options
    return result.exit_code, result.output


def test_a_whole_record_is_told_in_words(record: TamperedRecord) -> None:
    """The verdict stands first, then the seal, then what was compared and what no seal covers."""
    code, output = verify()
    assert code == 0
    assert output.startswith("HOLDS, UNANCHORED\n  The record is what was sealed.\n")
    assert "1 event after the last seal is not sealed yet" in output
    assert (record.place / "audit-state.json").exists()
    assert verify("--require-witness")[0] == 20


def test_what_was_changed_is_told_in_words(record: TamperedRecord) -> None:
    """Which event, what was sealed, and what is there now."""
    record.tamper("UPDATE planswitch.switch_events SET topic = 'x' WHERE notification_id = 2")
    code, output = verify()
    assert code == 40
    assert output.startswith("ALTERED\n  Event 2 (organization.registered")
    for line in ("topic sealed  organization.registered", "topic now     x", "leaf     1"):
        assert line in output


def test_the_answer_is_data(record: TamperedRecord) -> None:
    """Everything that is told in words, and the exit code."""
    code, output = verify("--json", "--state", str(record.place / "mine.json"))
    facts = json.loads(output)
    assert (code, facts["exit_code"], facts["outcome"]) == (0, 0, "holds")
    assert (facts["coverage"]["events"], facts["coverage"]["unsealed_events"]) == (6, 1)
    assert (record.place / "mine.json").exists()
    record.tamper("DELETE FROM planswitch.switch_events WHERE notification_id = 3")
    code, output = verify("--json")
    facts = json.loads(output)
    assert (code, facts["deviation"]["fault"], facts["deviation"]["ids"]["event"]) == (40, "removed", "3")


def test_a_folder_without_seals_is_refused(record: TamperedRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record that was sealed, and a folder that has nothing of it."""
    # A long path can't be broken into lines of the terminal.
    monkeypatch.chdir(record.place)
    code, output = verify("--folder", "nothing")
    assert code == 40
    assert "SEAL FILE REMOVED" in output
