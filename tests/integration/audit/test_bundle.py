"""A bundle proves its switch without database and server; whatever is changed in it is refused (ADR 36)."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from audit.bundle.errors import NotSealedYet
from audit.bundle.verification import BundleReport, verify_bundle
from audit.transparency.policies import Anchoring, policy_text
from domain.kernel.errors import InvalidInput
from store.switch_store import SwitchStore
from tests.support.bundles import (
    BilledStory,
    Forgery,
    exported,
    members_of,
    sealed_log,
    story_bundle,
)
from tests.support.consoles.store_parts import open_store
from tests.support.seals import log_signers, python_with_aics_tlog, witness
from tools.tidy_sources import ROOT

SECOND = ROOT / "tools" / "audit_verifier"
ALTERED, INCOMPLETE = 40, 3


@pytest.fixture(name="store")
def _store(database_url: str, tmp_path: Path) -> Iterator[SwitchStore]:
    """Yield a store on a fresh database."""
    with open_store(database_url, tmp_path, pool_size=2) as store:
        yield store


@pytest.fixture(scope="module", name="bundle")
def _bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the module's bundle lies, once a test has made it."""
    return tmp_path_factory.mktemp("bundle") / "switch.zip"


@pytest.fixture(name="members")
def _members(bundle: Path, request: pytest.FixtureRequest) -> dict[str, bytes]:
    """Return the members of one bundle, which all tests of the module share."""
    if not bundle.exists():
        story_bundle(request.getfixturevalue("store"), bundle)
    return members_of(bundle)


def second(path: Path, *options: str, folder: Path = SECOND) -> subprocess.CompletedProcess[str]:
    """Run the second verifier as a stranger does: another process, with no package that is installed."""
    command = [sys.executable, "-S", "-E", str(folder), str(path), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def event_of(members: dict[str, bytes], topic: str) -> str:
    """Return the name of the newest event of a topic, without its ending."""
    leaves = [name for name, content in members.items() if f"\ntopic {topic}\n".encode() in content]
    return max(leaves, key=lambda name: int(name.split("/")[1].split(".")[0])).removesuffix(".leaf")


def swapped(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """Return a change of a text that must be there."""

    def change(content: bytes) -> bytes:
        assert old in content
        return content.replace(old, new, 1)

    return change


def texts(report: BundleReport) -> str:
    """Return everything that is wrong, in words."""
    return "\n".join(f"{each.kind} {each.member} {each.text}" for each in report.findings)


def refused(forgery: Forgery, path: Path) -> str:
    """Return why both verifiers refuse a bundle."""
    forgery.write(path)
    report, other = verify_bundle(path), second(path)

    assert not report.holds
    assert other.returncode == ALTERED, other.stdout + other.stderr
    return texts(report) + other.stdout


def test_a_bundle_holds_with_both_verifiers(members: dict[str, bytes], bundle: Path, tmp_path: Path) -> None:
    """Every proof, digest, amount and figure is right, and no witness signed."""
    policy = tmp_path / "policy"
    policy.write_bytes(members["policy"])
    report = verify_bundle(bundle, policy.read_bytes())
    other = second(bundle, "--policy", str(policy))

    assert texts(report) == ""
    assert (report.anchoring, report.has_own_policy) == (Anchoring.UNANCHORED, False)
    assert (report.events, report.calls, report.users) == (23, 2, 30)
    assert all(each.stated == each.computed for each in report.amounts)
    assert (other.returncode, other.stdout.splitlines()[-1]) == (0, "HOLDS"), other.stdout
    assert "9 amounts computed" in other.stdout


def test_the_same_switch_has_always_the_same_bundle(store: SwitchStore, tmp_path: Path) -> None:
    """No time of making and no order of chance stands in it."""
    story = BilledStory(store=store)
    story.tell()
    log = sealed_log(store, *log_signers())
    paths = (tmp_path / "a.zip", tmp_path / "b.zip")
    for path in paths:
        exported(story, log, path)

    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_an_altered_event_is_named(members: dict[str, bytes], tmp_path: Path) -> None:
    """A changed amount, a changed date, a changed actor: the event and its stream are named."""
    event = event_of(members, "subscription.credit-issued")
    changes = [(b"20000", b"20001"), (b"2026-12-01", b"2026-12-02"), (b"olga", b"anna")]
    for old, new in changes:
        told = refused(
            Forgery(members=members).changed(f"{event}.json", swapped(old, new)), tmp_path / "x.zip"
        )

        assert f"Event {event.split('/')[1]} (subscription.credit-issued, stream" in told
        assert "was altered" in told


@pytest.mark.parametrize("part", [b"topic subscription", b"version 1", b"recorded 20"])
def test_an_altered_leaf_is_none_of_the_log(members: dict[str, bytes], tmp_path: Path, part: bytes) -> None:
    """Whoever alters an event's leaf as well has no proof of it."""
    event = event_of(members, "subscription.credit-issued")
    forgery = Forgery(members=members).changed(f"{event}.leaf", swapped(part, part[:-1] + b"9"))

    assert "is not leaf" in refused(forgery, tmp_path / "x.zip")


def test_altered_users_are_named(members: dict[str, bytes], tmp_path: Path) -> None:
    """Another outcome, another user, a user less and a user more, in the roster and in the moves."""
    moves, roster = "users/moves.jsonl", "users/roster.jsonl"
    line = members[roster].splitlines(keepends=True)[3]
    changes = [
        (moves, swapped(b'"outcome":"moved"', b'"outcome":"failed"')),
        (moves, swapped(b'"position":3,', b'"position":30,')),
        (roster, swapped(b'"held_target":false', b'"held_target":true')),
        (roster, swapped(line, b"")),
        (roster, swapped(line, line + line)),
    ]
    for member, change in changes:
        told = refused(Forgery(members=members).changed(member, change), tmp_path / "x.zip")

        assert f"altered {member}" in told
        assert "a user was altered" in told


def test_altered_calls_are_named(members: dict[str, bytes], tmp_path: Path) -> None:
    """Another answer, another neighbor, and a call less."""
    (member,) = (name for name in members if name.startswith("calls/") and name.endswith(".jsonl"))
    neighbor = next(line for line in members[member].splitlines() if line.startswith(b'"'))
    digit = b"0" if neighbor[1:2] != b"0" else b"1"
    changes = [
        swapped(b",201,", b",200,"),
        swapped(neighbor, b'"' + digit + neighbor[2:]),
        swapped(neighbor + b"\n", b""),
    ]
    for change in changes:
        told = refused(Forgery(members=members).changed(member, change), tmp_path / "x.zip")

        assert "a call was altered, removed or added" in told


def test_an_altered_checkpoint_is_unsigned(members: dict[str, bytes], tmp_path: Path) -> None:
    """Another size below the same signatures, with the proofs changed to fit."""
    change = swapped(b"\n24\n", b"\n25\n")
    names = [name for name in members if name == "checkpoint" or name.endswith(".tlog-proof")]
    forgery = Forgery(
        members={name: change(each) if name in names else each for name, each in members.items()}
    )

    assert "unsigned checkpoint" in refused(forgery, tmp_path / "x.zip")


def test_another_log_is_refused_by_the_auditors_policy(
    members: dict[str, bytes], bundle: Path, tmp_path: Path
) -> None:
    """Who signs all anew with keys of his own passes by his own policy alone."""
    keys = [each.verifier_key for each in log_signers(seed=9)]
    foreign = tmp_path / "policy"
    foreign.write_text(policy_text(keys))
    told = refused(
        Forgery(members=members).changed("policy", lambda _: foreign.read_bytes()), tmp_path / "x.zip"
    )
    report = verify_bundle(bundle, foreign.read_bytes())
    other = second(bundle, "--policy", str(foreign))

    assert "unsigned checkpoint No log of the policy signed" in told
    assert "unsigned checkpoint No log of the policy signed" in texts(report)
    assert other.returncode == ALTERED
    with pytest.raises(InvalidInput):
        verify_bundle(tmp_path / "absent.zip")


def test_an_altered_report_is_refused(members: dict[str, bytes], tmp_path: Path) -> None:
    """A changed amount, a changed date and a changed count, in the figures and on the page."""
    changes = [
        ("report.json", b"309.40 EUR", b"309.41 EUR"),
        ("report.html", b"309.40 EUR", b"209.40 EUR"),
        ("report.html", b"2026-11-10 09:00:22 UTC", b"2026-11-11 09:00:22 UTC"),
        ("report.json", b'"users.rows": "30"', b'"users.rows": "29"'),
    ]
    for member, old, new in changes:
        told = refused(Forgery(members=members).changed(member, swapped(old, new)), tmp_path / "x.zip")

        assert f"different {member} It says" in told


@pytest.mark.parametrize(
    ("member", "old", "new"),
    [
        ("report.html", b"Completed", b"Cancelled"),
        ("README.md", b"UNANCHORED", b"WITNESSED"),
        ("facts/prices.json", b'"minor_units": 2300', b'"minor_units": 2200'),
        ("facts/rule-set.json", b'"credit_wait": 2', b'"credit_wait": 3'),
        ("facts/calendar.json", b"[]", b"[{}]"),
        ("facts/request-ids.json", b"[]", b"[{}]"),
        ("facts/catalog.json", b"E3", b"E4"),
    ],
)
def test_an_altered_fact_is_refused(
    members: dict[str, bytes], tmp_path: Path, member: str, old: bytes, new: bytes
) -> None:
    """What follows from the sealed events is made again, and compared; the catalog has its digest's name."""
    path = Forgery(members=members).changed(member, swapped(old, new)).write(tmp_path / "x.zip")

    assert f" {member} It is not" in texts(verify_bundle(path))


def test_a_missing_member_is_named(members: dict[str, bytes], tmp_path: Path) -> None:
    """Each kind of member alone, also where the index does not list it any more."""
    event = event_of(members, "subscription.credit-issued")
    names = [
        f"{event}.json",
        f"{event}.leaf",
        f"{event}.tlog-proof",
        "users/moves.jsonl",
        "checkpoint",
        "policy",
    ]
    for name in names:
        path = Forgery(members=members).without(name).write(tmp_path / "x.zip")

        assert f"missing {name}" in texts(verify_bundle(path))
        assert second(path).returncode == ALTERED


def test_a_missing_event_leaves_a_gap(members: dict[str, bytes], tmp_path: Path) -> None:
    """Who takes an event away with leaf and proof leaves a gap in the versions of its stream."""
    event = event_of(members, "subscription.credit-issued")
    told = refused(
        Forgery(members=members).without(
            *(f"{event}{ending}" for ending in (".json", ".leaf", ".tlog-proof"))
        ),
        tmp_path / "x.zip",
    )

    assert "Version 12 of stream" in told


def test_an_extra_member_is_refused(members: dict[str, bytes], tmp_path: Path) -> None:
    """Another history, and another event that is none of the log."""
    event = event_of(members, "subscription.credit-issued")
    more = {
        f"events/999{ending}": members[f"{event}{ending}"] for ending in (".json", ".leaf", ".tlog-proof")
    }
    path = Forgery(members={**members, **more}).write(tmp_path / "x.zip")
    history = Forgery(members={**members, "temporal/7.json": b"{}\n"}).write(tmp_path / "y.zip")

    assert "It is not the leaf of event 999" in texts(verify_bundle(path))
    assert second(path).returncode == ALTERED
    assert "extra temporal/7.json" in texts(verify_bundle(history))


def test_a_member_that_the_index_does_not_fit_is_named(
    bundle: Path, members: dict[str, bytes], tmp_path: Path
) -> None:
    """The index has the digest of every member, also of those that nothing else vouches for."""
    index = json.loads(members["bundle.json"])
    for each in index["members"]:
        if each["name"] == "temporal/0.json":
            each["sha256"] = "0" * 64
    path = tmp_path / "x.zip"
    shutil.copy(bundle, path)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)

    assert texts(verify_bundle(path)) != ""


def test_words_of_another_version_are_not_compared(members: dict[str, bytes], tmp_path: Path) -> None:
    """A later version may put a sentence better; the figures are compared all the same."""
    older = Forgery(members=members).changed("bundle.json", _of_version)
    older = older.changed("report.html", swapped(b"What this can", b"What that can"))
    report = verify_bundle(older.write(tmp_path / "x.zip"))
    forged = older.changed("report.html", swapped(b"309.40 EUR was", b"209.40 EUR was"))

    assert texts(report) == ""
    assert "figures are compared, words are not" in report.remarks[0]
    assert "It says 209.40, which no sealed event leads to" in refused(forged, tmp_path / "y.zip")


def _of_version(content: bytes) -> bytes:
    return json.dumps({**json.loads(content), "product_version": "0.0.1"}).encode()


def test_a_witnessed_bundle_says_so(store: SwitchStore, tmp_path: Path) -> None:
    """Both verifiers count a witness whom the auditor's policy names."""
    story, path = BilledStory(store=store), tmp_path / "b.zip"
    story.tell()
    other = witness("witness.example/w1", 7)
    exported(story, sealed_log(store, *log_signers(), other), path)
    own = members_of(path)["policy"].decode().replace("quorum none\n", "")
    policy = tmp_path / "policy"
    policy.write_text(f"{own}witness w1 {other.verifier_key.text()}\ngroup g all w1\nquorum g\n")

    assert verify_bundle(path, policy.read_bytes()).anchoring is Anchoring.WITNESSED
    told = second(path, "--policy", str(policy))
    assert (told.returncode, "WITNESSED" in told.stdout.splitlines()) == (0, True)


def test_nothing_is_exported_that_is_not_sealed(store: SwitchStore, tmp_path: Path) -> None:
    """Without any seal, and while the last events of an ended switch wait for one."""
    story, path = BilledStory(store=store), tmp_path / "b.zip"
    story.request()
    with pytest.raises(NotSealedYet):
        exported(story, {}, path)
    log = sealed_log(store, *log_signers())
    story.order()
    assert exported(story, log, path).events < story.store.max_notification_id()
    assert verify_bundle(path).holds
    story.move()
    story.finish()
    with pytest.raises(NotSealedYet):
        exported(story, log, path)


def test_a_switch_that_began_after_the_last_seal_is_not_exported(store: SwitchStore, tmp_path: Path) -> None:
    """The log holds another switch alone: the answer says to wait for the next seal (docs/audit.md)."""
    BilledStory(store=store).request()
    log = sealed_log(store, *log_signers())
    later = BilledStory(store=store)
    later.request()
    with pytest.raises(NotSealedYet):
        exported(later, log, tmp_path / "b.zip")


def test_without_openssl_the_second_verifier_says_so(bundle: Path, members: dict[str, bytes]) -> None:
    """Everything but the signature is checked, and the exit code is not that of a bundle that holds."""
    assert members
    command = [sys.executable, "-S", "-E", str(SECOND), str(bundle)]
    told = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": ""})

    assert told.returncode == INCOMPLETE
    assert "OpenSSL 3 is missing: the signature of the checkpoint is NOT checked" in told.stdout


def test_the_second_verifier_alone_checks_a_bundle(
    bundle: Path, members: dict[str, bytes], tmp_path: Path
) -> None:
    """A copy of its folder is enough; without the formulas it says so."""
    assert members
    copy = tmp_path / "verifier"
    shutil.copytree(SECOND, copy)
    alone = second(bundle, folder=copy)
    (copy / "amounts.py").unlink()
    without = second(bundle, folder=copy)

    assert alone.returncode == 0
    assert (without.returncode, "amounts are NOT computed" in without.stdout) == (INCOMPLETE, True)


@pytest.mark.parametrize(("place", "name"), [(1, "tlog-scales"), (2, "aics-tlog")])
def test_strangers_believe_a_bundle(
    bundle: Path, members: dict[str, bytes], tmp_path: Path, place: int, name: str
) -> None:
    """The commands of the README for other people's verifiers run as they stand, and refuse another leaf."""
    python = python_with_aics_tlog() if name == "aics-tlog" else sys.executable
    code = members["README.md"].decode().split("```python\n")[place].split("```")[0]
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(tmp_path)
    command = [python, "-c", code]
    right = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    leaf = tmp_path / f"{event_of(members, 'subscription.credit-issued')}.leaf"
    leaf.write_bytes(leaf.read_bytes().replace(b"version 12", b"version 13"))
    wrong = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (right.returncode, right.stdout) == (0, f"{name}: signatures and proofs are right\n"), right.stderr
    assert wrong.returncode != 0
