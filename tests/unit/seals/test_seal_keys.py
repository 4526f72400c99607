"""The keys of seals: made, kept, rotated and withdrawn (ADR 31)."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from audit.seals.errors import SealKeyUnusable
from audit.seals.keys import (
    OVERLAP_DAYS,
    OVERLAP_DAYS_MAX,
    PAIRS_MAX,
    KeyFile,
    KeyRing,
    new_key_ring,
    read_key_ring,
    successor_ring,
    write_key_ring,
)
from audit.transparency.checkpoints import Checkpoint
from audit.transparency.errors import SealRefused
from audit.transparency.hashes import EMPTY_ROOT
from audit.transparency.notes import Note
from audit.transparency.policies import Policy, parse_policy
from cli.audit import seal
from domain.kernel.errors import InvalidInput
from tests.support.seals import AT

OVERLAP = timedelta(days=30)


def _note(ring: KeyRing, *, after: timedelta = timedelta()) -> Note:
    checkpoint = Checkpoint(origin=ring.origin, size=0, root=EMPTY_ROOT)
    signatures = tuple(each.sign(checkpoint, AT + after) for each in ring.signers(AT + after))
    return Note(text=checkpoint.text(), signatures=signatures)


def test_each_installation_has_a_name_and_keys_of_its_own() -> None:
    """Two installations are two logs, and a policy believes only its own."""
    ring, other = new_key_ring(AT), new_key_ring(AT)
    assert ring.origin != other.origin
    assert len(parse_policy(ring.policy().encode()).verdict(_note(ring)).signed_by) == 2
    with pytest.raises(SealRefused):
        parse_policy(other.policy().encode()).verdict(_note(ring))


def test_a_file_gives_the_keys_back_to_its_owner_alone(tmp_path: Path) -> None:
    """What is written is read again, and no other account may read it."""
    ring, path = new_key_ring(AT), tmp_path / "keys" / "seal.key"
    write_key_ring(path, ring)
    assert read_key_ring(path) == ring
    assert path.stat().st_mode & 0o077 == 0
    path.chmod(0o640)
    with pytest.raises(SealKeyUnusable, match="accounts besides its owner"):
        read_key_ring(path)


def test_both_pairs_sign_while_they_overlap() -> None:
    """Whoever has the old policy or the new one finds a signature of a known key until the overlap ends."""
    ring = new_key_ring(AT)
    rotated = ring.rotated(AT, overlap=OVERLAP, is_compromised=False)
    assert len(_note(rotated).signatures) == 4
    assert len(parse_policy(ring.policy().encode()).verdict(_note(rotated)).signed_by) == 2
    later = _note(rotated, after=OVERLAP)
    assert len(later.signatures) == 2
    with pytest.raises(SealRefused):
        parse_policy(ring.policy().encode()).verdict(later)
    assert len(parse_policy(rotated.policy().encode()).verdict(_note(ring)).signed_by) == 2


def test_seeds_whose_time_is_over_are_erased() -> None:
    """A rotation erases what can't sign any more; public halves stay, and no time is prolonged."""
    ring = new_key_ring(AT).rotated(AT, overlap=OVERLAP, is_compromised=False)
    later = ring.rotated(AT + OVERLAP, overlap=OVERLAP, is_compromised=False)
    assert [bool(pair.seeds) for pair in later.pairs] == [False, True, True]
    assert later.pairs[0].valid_until == AT + OVERLAP
    assert len(later.verifier_keys()) == 6


def test_compromised_keys_leave_the_policy_at_once() -> None:
    """A stolen pair signs nothing more, is erased, and nobody who takes the new policy believes it."""
    ring = new_key_ring(AT)
    rotated = ring.rotated(AT, overlap=OVERLAP, is_compromised=True)
    assert (len(_note(rotated).signatures), rotated.pairs[0].seeds) == (2, ())
    with pytest.raises(SealRefused):
        parse_policy(rotated.policy().encode()).verdict(_note(ring))
    assert len(rotated.own_policy().verdict(_note(ring)).signed_by) == 2


def test_a_lost_key_file_has_a_successor(tmp_path: Path) -> None:
    """New keys go on with the log's name and tree, and know its earlier seals by the published policy."""
    ring = new_key_ring(AT).rotated(AT, overlap=OVERLAP, is_compromised=False)
    successor = successor_ring(parse_policy(ring.policy().encode()), AT + OVERLAP)
    write_key_ring(tmp_path / "seal.key", successor)
    assert (read_key_ring(tmp_path / "seal.key"), successor.origin) == (successor, ring.origin)
    assert successor.verifier_keys()[2:] == ring.verifier_keys()
    note = _note(successor, after=OVERLAP)
    assert len(note.signatures) == 2
    assert len(successor.own_policy().verdict(_note(ring)).signed_by) == 4
    with pytest.raises(SealRefused):
        parse_policy(ring.policy().encode()).verdict(note)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_only_whole_pairs_of_one_log_have_a_successor(count: int) -> None:
    """A policy of something else is no base for keys."""
    logs = [*new_key_ring(AT).verifier_keys(), *new_key_ring(AT).verifier_keys()][:count]
    with pytest.raises(InvalidInput, match="pairs of keys of one log"):
        successor_ring(Policy(logs=logs, quorum=b"none"), AT)


def test_the_command_line_has_the_limits_of_the_keys() -> None:
    """The help states the overlap that is used, without loading what signs."""
    assert (seal.OVERLAP_DAYS, seal.OVERLAP_DAYS_MAX) == (OVERLAP_DAYS, OVERLAP_DAYS_MAX)


def test_a_ring_has_a_bound() -> None:
    """A seal's size grows with the pairs, so their number is limited."""
    ring = new_key_ring(AT)
    full = KeyRing(origin=ring.origin, pairs=ring.pairs * PAIRS_MAX)
    with pytest.raises(InvalidInput, match=f"{PAIRS_MAX}"):
        full.rotated(AT, overlap=OVERLAP, is_compromised=False)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "planswitch/seal-keys/v2"}, "format"),
        ({"origin": "a name"}, "name of a key"),
        ({"pairs": []}, "0 pairs"),
        ({"pairs": None}, "holds no keys"),
    ],
)
def test_what_is_no_key_file_is_refused(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    """A file of another form or of later versions is not guessed at."""
    path = tmp_path / "seal.key"
    write_key_ring(path, new_key_ring(AT))
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(SealKeyUnusable, match=words):
        read_key_ring(path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seeds": []}, "can't sign"),
        ({"valid_until": "2026-12-01T00:00:00.000000Z"}, "can't sign"),
        ({"seeds": ["A" * 43 + "=", "A" * 43 + "="]}, "seeds of other keys"),
        ({"seeds": ["short", "AA=="]}, "holds no keys"),
        ({"verifier_keys": []}, "other keys"),
    ],
)
def test_a_pair_that_is_not_whole_is_refused(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    """A pair that can't sign, or whose halves don't belong together, never signs a seal."""
    path = tmp_path / "seal.key"
    write_key_ring(path, new_key_ring(AT))
    facts = json.loads(path.read_text())
    facts["pairs"][0] |= change
    path.write_text(json.dumps(facts))
    with pytest.raises(SealKeyUnusable, match=words):
        read_key_ring(path)


def test_a_process_sees_a_rotation(tmp_path: Path) -> None:
    """Keys that were rotated sign the next seal of a process that runs; first keys are made only once."""
    keys = KeyFile(tmp_path / "seal.key")
    with pytest.raises(SealKeyUnusable, match="No such file"):
        keys()
    assert (keys.make(AT), keys.make(AT)) == (True, False)
    before = keys()
    write_key_ring(keys.path, before.rotated(AT, overlap=OVERLAP, is_compromised=False))
    assert (len(before.pairs), len(keys().pairs)) == (1, 2)
    assert keys() is keys()
