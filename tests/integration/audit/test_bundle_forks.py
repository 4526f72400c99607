"""A bundle tells a declared restore and the entries of its streams that were lost (ADR 58)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from audit.bundle.verification import BundleReport, verify_bundle
from audit.seals.successor import Declaration, Succession
from cli.audit.bundle_check import bundle_lines
from ops.stack.postgres_server import EmbeddedPostgres
from tests.support.bundles import BilledStory, Forgery, exported, members_of
from tests.support.consoles.store_parts import open_store
from tests.support.sealing import SealedRecord
from tests.support.seals import AT
from tests.support.verifying import restored
from tools.tidy_sources import ROOT

SECOND = ROOT / "tools" / "audit_verifier"
ALTERED = 40
#: The newest event of the switch's stream in the log before: a restore loses it.
_LOST = """
INSERT INTO planswitch.switch_events (originator_id, originator_version, topic, state)
SELECT originator_id, max(originator_version) + 1, 'subscription.lost', 'x' FROM planswitch.switch_events
WHERE topic LIKE 'subscription.%' GROUP BY originator_id ORDER BY count(*) DESC LIMIT 1
"""


class LogFiles:
    """Published files as an export takes them."""

    def __init__(self, record: SealedRecord) -> None:
        self.get = record.folder.read


@pytest.fixture(name="bundle")
def _bundle(database_url: str, tmp_path: Path, postgres_server: EmbeddedPostgres) -> Iterator[Path]:
    """Yield the bundle of a switch whose record was restored, with one event lost."""
    path = tmp_path / "switch.zip"
    with open_store(database_url, tmp_path, pool_size=2) as store:
        story = BilledStory(store=store)
        story.tell()
        record = SealedRecord.of(store, database_url, tmp_path)
        record.seal()
        url = restored(postgres_server, record)
        record.change(_LOST)
        record.seal()
        with open_store(url, tmp_path, pool_size=2) as older:
            declared = Declaration(operator="machine:olga", reason="The disk was lost.", at=AT)
            Succession(older, record.folder, record.keys.path).begin(declared)
            after = SealedRecord(store=older, database_url=url, folder=record.folder, keys=record.keys)
            after.seal()
            story.store = older
            exported(story, LogFiles(after), path)  # type: ignore[arg-type]  # it only gets files
            yield path


def second(path: Path) -> subprocess.CompletedProcess[str]:
    """Run the second verifier as a stranger does."""
    command = [sys.executable, "-S", "-E", str(SECOND), str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def words_of(report: BundleReport) -> str:
    """Return everything that is wrong, in words."""
    return "\n".join(f"{each.kind} {each.member} {each.text}" for each in report.findings)


def test_both_verifiers_tell_the_fork(bundle: Path) -> None:
    """Nothing is called altered; who declared it, why, and what was lost is told by both."""
    report, other = verify_bundle(bundle), second(bundle)
    assert words_of(report) == ""
    (fork,) = report.forks
    assert (fork.operator, fork.reason, fork.lost_events) == ("machine:olga", "The disk was lost.", 1)
    assert fork.followed_by == report.origin
    assert len(fork.vouched_by) == 2
    assert f"FORK: the log {report.origin} follows {fork.log}" in " ".join(bundle_lines(report))
    assert (other.returncode, other.stdout.splitlines()[-1]) == (0, "HOLDS"), other.stdout
    assert f"FORK: {report.origin} follows {fork.log} ({fork.tree_size} leaves)" in other.stdout
    assert "machine:olga declared" in other.stdout
    assert "1 events of these streams were lost" in other.stdout
    _refuses_forgeries(members_of(bundle), bundle.with_name("forged.zip"))


def _refuses_forgeries(members: dict[str, bytes], path: Path) -> None:
    """Check that both verifiers refuse what somebody changed in the story of the fork."""
    forged: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
        ("forks/0.leaf", lambda content: content.replace(b"machine:olga", b"machine:paul")),
        ("forks/0.checkpoint", lambda _: members["checkpoint"]),
        ("forks/0.successor", lambda _: members["checkpoint"]),
        ("forks/0.successor", _without_former),
        ("forks/0.lost.jsonl", lambda content: content.replace(b"subscription.lost", b"subscription.kept")),
        ("forks/0.lost.jsonl", _moved),
    )
    for name, change in forged:
        Forgery(members=members).changed(name, change).write(path)
        assert not verify_bundle(path).holds, name
        assert second(path).returncode == ALTERED, name


def _without_former(note: bytes) -> bytes:
    """Return the first checkpoint of the new log with the signatures of its own keys alone."""
    text, _, below = note.decode().rpartition("\n\n")
    own = [line for line in below.splitlines() if text.split("\n", maxsplit=1)[0] in line]
    return "\n".join((text, "", *own, "")).encode()


def _moved(content: bytes) -> bytes:
    facts = json.loads(content)
    return (json.dumps({**facts, "index": facts["index"] - 1}) + "\n").encode()
