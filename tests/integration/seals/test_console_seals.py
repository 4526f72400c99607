"""Seals by API and command line: how they stand, the published files, and new keys (audit#seals)."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from audit.seals.folder import SealFolder
from audit.seals.keys import KeyFile, read_key_ring
from ops.base.settings import Settings
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.clouds.plain_http import WITHOUT_TLS
from tests.support.consoles.console_world import COLUMNS, KEY, Ran, run_command, running_console
from tests.support.consoles.store_parts import lone_settings
from tests.support.sealing import SealedRecord
from tests.support.seals import AT


@dataclass(frozen=True, kw_only=True)
class Installation:
    """A console, its record, and its folder of seals."""

    record: SealedRecord
    http: httpx2.Client
    settings: Settings

    def run(self, *arguments: str) -> Ran:
        """Run a command of this installation."""
        environment = {
            **os.environ,
            "PLANSWITCH_API_URL": str(self.http.base_url),
            "PLANSWITCH_API_KEY": KEY,
            "PLANSWITCH_DATA_DIR": str(self.settings.data_dir),
            "DATABASE_URL": self.record.database_url,
            "COLUMNS": str(COLUMNS),
        }
        return asyncio.run(run_command(*arguments, environment=environment))


@pytest.fixture(name="installation")
def _installation(database_url: str, reachable_folder: Path) -> Iterator[Installation]:
    """Yield a console whose cloud and Temporal are down; its folder's path fits a line of a terminal."""
    settings = lone_settings(database_url, reachable_folder, api_key=KEY)
    keys = KeyFile(settings.seal_key_path())
    keys.make(AT)
    folder = SealFolder(settings.seals_path())
    with (
        SwitchStore.open(database_url, FileKeyProvider(settings.master_key_path())) as store,
        running_console(settings) as url,
        httpx2.Client(verify=WITHOUT_TLS, base_url=url, headers={"X-API-Key": KEY}, timeout=30) as http,
    ):
        record = SealedRecord(store=store, database_url=database_url, folder=folder, keys=keys)
        yield Installation(record=record, http=http, settings=settings)


def test_the_published_files_are_served_as_tlog_tiles(installation: Installation) -> None:
    """A program with the key reads every file, byte for byte, and keeps tiles; nothing else is served."""
    record, http = installation.record, installation.http
    absent = http.get("/seals/checkpoint")
    record.save_events(3)
    record.save_calls("one")
    record.seal()
    names = sorted(name for name in record.files() if not name.startswith("."))
    served = {name: http.get(f"/seals/{name}") for name in names}
    assert {name: each.content for name, each in served.items()} == {
        name: record.files()[name] for name in names
    }
    assert names == ["checkpoint", "policy", "tile/0/000.p/4", "tile/entries/000.p/4"]
    kinds = {name: each.headers["content-type"] for name, each in served.items()}
    assert (kinds["checkpoint"], kinds["tile/0/000.p/4"]) == (
        "text/plain; charset=utf-8",
        "application/octet-stream",
    )
    caching = {name: each.headers["cache-control"] for name, each in served.items()}
    assert caching["checkpoint"] == "no-cache"
    assert caching["tile/entries/000.p/4"] == "private, max-age=31536000, immutable"
    assert (absent.status_code, absent.json()["code"]) == (404, "NOT_FOUND")
    strangers = [http.get(f"/seals/{name}", headers={"X-API-Key": "not-the-key-at-all"}) for name in names]
    assert {each.status_code for each in strangers} == {401}
    for name in ("tile/0/000", "tile/64/000", "tile/0/%2e%2e/checkpoint", "tile/entries/000.p/", ".lock"):
        assert http.get(f"/seals/{name}").status_code == 404


def test_how_the_seals_stand_is_told(installation: Installation) -> None:
    """None yet, whole, behind and diverged; what is not sealed is counted, and 80 columns fit."""
    record = installation.record
    record.save_events(1)
    none = installation.run("seal", "show")
    record.seal()
    record.save_events(2)
    record.save_calls("one")
    shown = installation.run("seal", "show")
    facts = json.loads(installation.run("seal", "show", "--json").out)
    words = " ".join(shown.out.split())
    assert "seals none yet unsealed 1 events" in " ".join(none.out.split())
    assert "unsealed 2 events, 1 provider calls folder has this seal" in words
    assert f"log {record.keys().origin} newest seal" in words
    assert [" ".join(line.split()[1:]) for line in shown.out.splitlines()[-2:]] == [
        "Ed25519 yes",
        "ML-DSA-44 yes",
    ]
    assert max(each.longest_line for each in (none, shown)) <= COLUMNS
    assert facts["newest"]["tree_size"] == facts["published_size"] == 1
    assert facts["newest"]["root"] in record.store.seals()[0].checkpoint
    assert [key["verifier_key"] for key in facts["keys"]] == [
        key.text() for key in record.keys().verifier_keys()
    ]
    checkpoint = record.folder.read("checkpoint") or b""
    record.seal()
    newer = record.folder.read("checkpoint") or b""
    (record.folder.path / "checkpoint").write_bytes(checkpoint)
    assert _folder(installation) == "behind"
    (record.folder.path / "checkpoint").write_bytes(newer)
    record.change("DELETE FROM planswitch.seal WHERE tree_size > 1")
    assert _folder(installation) == "diverged"
    assert "HAS ANOTHER HISTORY" in installation.run("seal", "show").out


def test_new_keys_are_made_at_the_shell(installation: Installation) -> None:
    """A rotation, one after a theft, and one after a loss: each says what comes next, and seals go on."""
    record = installation.record
    record.save_events(1)
    record.seal()
    rotated = installation.run("seal", "rotate", "--overlap-days", "7")
    ring = read_key_ring(record.keys.path)
    assert (rotated.code, len(ring.pairs), "Give auditors the new policy" in rotated.err) == (0, 2, True)
    assert all(key.key_id.hex() in rotated.out for key in ring.pairs[-1].verifier_keys)
    stolen = json.loads(installation.run("seal", "rotate", "--compromised", "--json").out)
    ring = read_key_ring(record.keys.path)
    assert stolen["verifier_keys"] == [key.text() for key in ring.verifier_keys()]
    record.seal()
    refused = installation.run("seal", "rotate", "--lost")
    assert (refused.code, "Leave --lost out" in " ".join(refused.err.split())) == (2, True)
    record.keys.path.unlink()
    missing = installation.run("seal", "rotate")
    assert (missing.code, "error SEAL_KEY_UNUSABLE" in missing.err) == (2, True)
    lost = installation.run("seal", "rotate", "--lost")
    assert (lost.code, len(read_key_ring(record.keys.path).pairs)) == (0, 2)
    record.save_events(1)
    record.seal()
    assert (record.checkpoint().size, record.checkpoint().origin) == (2, ring.origin)
    (record.folder.path / "policy").unlink()
    record.keys.path.unlink()
    without = installation.run("seal", "rotate", "--lost")
    assert (without.code, "Bring the folder back first" in without.err) == (2, True)
    assert not record.keys.path.exists()


def test_a_restore_is_declared_at_the_shell(installation: Installation) -> None:
    """`seal new-origin` tells what was lost and what comes next; without need or reason nothing is begun."""
    record = installation.record
    record.save_events(2)
    record.seal()
    needless = installation.run("seal", "new-origin", "--reason", "The disk was lost.")
    assert (needless.code, "error SEAL_ORIGIN_REFUSED" in needless.err) == (4, True)
    record.save_events(1)
    record.seal()
    record.set_back(events=2, leaves=2)
    for reason, words in (
        ("", "words that say why"),
        (" ", "words that say why"),
        ("x" * 1_001, "1 to 1000"),
        ("a\x1bb", "control character"),
    ):
        refused = installation.run("seal", "new-origin", "--reason", reason)
        assert (refused.code, words in " ".join(refused.err.split())) == (2, True), refused.err
    assert record.store.log() is None
    begun = installation.run("seal", "new-origin", "--reason", "The disk was lost.")
    words = " ".join(begun.out.split())
    assert (begun.code, begun.longest_line <= COLUMNS) == (0, True), begun.err
    assert "lost 1 events, 0 provider calls" in words
    assert "kept events up to 2, calls up to 0" in words
    assert "Give auditors the new policy" in begun.err
    log = record.store.log()
    assert log is not None
    assert f"new log {log.origin} follows" in words
    assert 'operator "machine:' in log.leaf
    record.save_events(2)
    record.seal()
    assert _folder(installation) == "whole"
    record.set_back(events=4, leaves=log.base + 1)
    again = json.loads(installation.run("seal", "new-origin", "--reason", "Again.", "--json").out)
    assert (again["follows"]["origin"], again["follows"]["tree_size"]) == (log.origin, 1 + 4)
    assert (again["last_event_id"], again["gap"]["lost_events"], again["reason"]) == (4, 1, "Again.")
    assert again["verifier_keys"] == [key.text() for key in record.keys().verifier_keys()]


def _folder(installation: Installation) -> str:
    return str(installation.http.get("/api/seals").json()["folder"])
