"""Seals for tests: keys that are the same each time, and small published logs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from audit.transparency.checkpoints import Checkpoint
from audit.transparency.hashes import leaf_hash, root_of, split_of
from audit.transparency.notes import Note
from audit.transparency.signatures import Ed25519Cosigner, Ed25519Signer, MlDsaSigner, Signer
from audit.transparency.tiles import CHECKPOINT_PATH, bundle_of, bundle_path, tile_path
from audit.transparency.tree_edge import TILE_WIDTH, TreeEdge

ORIGIN = "log.example/planswitch"
AT = datetime(2026, 11, 30, 5, 0, tzinfo=UTC)


def python_with_aics_tlog() -> str:
    """Return an interpreter that has `aics-tlog`; the test is skipped where there is none."""
    python = os.environ.get("PYTHON312") or shutil.which("python3.12")
    if not python:
        pytest.skip("no Python 3.12: PYTHON312 is not set, and no python3.12 is on the PATH")
    imported = subprocess.run([python, "-c", "import aics_tlog"], capture_output=True, check=False)
    if imported.returncode:
        pytest.skip(f"no Python 3.12 with aics-tlog: {python} can't import it")
    return python


def naive_root(entries: list[bytes]) -> bytes:
    """Return the root as RFC 6962 defines it, by recursion."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    half = split_of(len(entries))
    return sha256(b"\x01" + naive_root(entries[:half]) + naive_root(entries[half:])).digest()


def entries_of(size: int) -> list[bytes]:
    """Return different entries."""
    return [str(each).encode() for each in range(size)]


def log_signers(name: str = ORIGIN, seed: int = 1) -> tuple[Signer, Signer]:
    """Return the two signers of a log."""
    seeds = bytes([seed]) * 32
    return (
        Ed25519Signer(name, Ed25519PrivateKey.from_private_bytes(seeds)),
        MlDsaSigner(name, MLDSA44PrivateKey.from_seed_bytes(seeds)),
    )


def witness(name: str, seed: int) -> Ed25519Cosigner:
    """Return a witness."""
    return Ed25519Cosigner(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


def signed(checkpoint: Checkpoint, *signers: Signer) -> Note:
    """Return a checkpoint with the signatures of signers, in their order."""
    return Note(text=checkpoint.text(), signatures=tuple(each.sign(checkpoint, AT) for each in signers))


def checkpoint_of(entries: Sequence[bytes]) -> Checkpoint:
    """Return the checkpoint of a log with these entries."""
    return Checkpoint(origin=ORIGIN, size=len(entries), root=root_of([leaf_hash(each) for each in entries]))


def subtree_of(entries: Sequence[bytes]) -> Callable[[int, int], bytes]:
    """Return the roots of a log's perfect subtrees, each computed from its leaves."""
    hashes = [leaf_hash(each) for each in entries]
    return lambda start, end: root_of(hashes[start:end])


def published(entries: Sequence[bytes], *signers: Signer) -> dict[str, bytes]:
    """Return the files of a published log: path -> content."""
    edge = TreeEdge()
    tiles = [*edge.append(map(leaf_hash, entries)), *edge.partial_tiles()]
    files = {tile_path(each.level, each.number, len(each.hashes)): each.content() for each in tiles}
    for number in range(-(-len(entries) // TILE_WIDTH)):
        bundle = entries[number * TILE_WIDTH : (number + 1) * TILE_WIDTH]
        files[bundle_path(number, len(bundle))] = bundle_of(bundle)
    return files | {CHECKPOINT_PATH: signed(checkpoint_of(entries), *signers).content()}
