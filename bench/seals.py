"""How fast events are sealed, without a database: leaves, tree, checkpoint, and the proof of one event."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from statistics import median
from time import perf_counter
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from audit.seals.leaves import event_leaf
from audit.transparency.checkpoints import Checkpoint
from audit.transparency.hashes import leaf_hash
from audit.transparency.notes import Note
from audit.transparency.policies import parse_policy, policy_text
from audit.transparency.proof_files import ProofFile, parse_proof_file
from audit.transparency.signatures import SEED_BYTES, Ed25519Signer, MlDsaSigner, Signer
from audit.transparency.tiles import PublishedTree, tile_path
from audit.transparency.tree_edge import TreeEdge
from audit.transparency.tree_proofs import inclusion_proof

LEAVES_DEFAULT = 100_000
_ORIGIN = "bench.example/planswitch"
_STREAM = UUID(int=1)
_STATE = b'{"plan_id":"6fd2c87f-b296-42f0-b197-1e91e994b900","quantity":250}'


def measure(leaves: int) -> dict[str, Any]:
    """Seal that many events and prove one; return seconds of each part."""
    at, signers = datetime.now(UTC), _signers()
    began = perf_counter()
    entries = [_entry(number, at) for number in range(leaves)]
    hashes = [leaf_hash(each) for each in entries]
    edge = TreeEdge()
    tiles = [*edge.append(hashes), *edge.partial_tiles()]
    checkpoint = Checkpoint(origin=_ORIGIN, size=edge.size, root=edge.root())
    note = Note(text=checkpoint.text(), signatures=tuple(each.sign(checkpoint, at) for each in signers))
    sealed = perf_counter()
    files = {tile_path(each.level, each.number, len(each.hashes)): each.content() for each in tiles}
    policy = parse_policy(policy_text(each.verifier_key for each in signers).encode())
    began_proof = perf_counter()
    path = inclusion_proof(leaves // 2, leaves, PublishedTree(files.get, leaves).subtree)
    proof = parse_proof_file(ProofFile(index=leaves // 2, path=path, note=note).content())
    proof.require_entry(entries[leaves // 2])
    policy.verdict(proof.note)
    proved = perf_counter() - began_proof
    return {"leaves": leaves, "seal_seconds": sealed - began, "proof_seconds": proved}


def summarize(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the medians of the runs."""
    seal_seconds = median(run["seal_seconds"] for run in runs)
    return {
        "leaves": runs[0]["leaves"],
        "seal_events_per_second": round(runs[0]["leaves"] / seal_seconds),
        "proof_ms": round(1000 * median(run["proof_seconds"] for run in runs), 1),
    }


def _entry(number: int, at: datetime) -> bytes:
    leaf = event_leaf(
        notification_id=number + 1,
        stream_id=_STREAM,
        version=number + 1,
        topic="subscription.switch-reserved",
        state=_STATE,
        recorded_at=at,
    )
    return leaf.content()


def _signers() -> tuple[Signer, Signer]:
    return (
        Ed25519Signer(_ORIGIN, Ed25519PrivateKey.generate()),
        MlDsaSigner(_ORIGIN, MLDSA44PrivateKey.from_seed_bytes(os.urandom(SEED_BYTES))),
    )
