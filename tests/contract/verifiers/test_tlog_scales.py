"""A stranger's verifier, PyPI's `tlog-scales`, believes what we seal and nothing that was altered."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey, VkeySet
from tlog_scales.tiles import leaf_hash
from tlog_scales.tlog import Checkpoint, ConsistencyProof, ConsistencyProofInvalid, InclusionProof

from audit.transparency.notes import parse_note
from audit.transparency.proof_files import ProofFile, parse_proof_file
from audit.transparency.signatures import is_signed_by
from audit.transparency.tree_proofs import consistency_proof, inclusion_proof
from tests.support.seals import checkpoint_of, log_signers, published, signed, subtree_of, witness

ENTRIES = [f"entry {each}".encode() for each in range(700)]
SIGNERS = (*log_signers(), witness("witness.example/w1", 7))
KEYS = [each.verifier_key for each in SIGNERS]
TEXT = signed(checkpoint_of(ENTRIES), *SIGNERS).content().decode()


def test_both_signatures_of_a_checkpoint_and_a_witness_are_believed() -> None:
    """Ed25519 and ML-DSA-44 of the log, and the cosignature of a witness."""
    checkpoint = Checkpoint.from_text(TEXT)
    for key in KEYS:
        checkpoint.verify(Vkey.from_string(key.text()))
    believed = VkeySet(*(Vkey.from_string(key.text()) for key in KEYS)).verify(
        checkpoint.signatures, checkpoint
    )

    assert len(believed) == len(KEYS)


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize(("old", "new"), [("\n700\n", "\n701\n"), ("log.example", "log.examplf")])
def test_an_altered_checkpoint_is_refused(place: int, old: str, new: str) -> None:
    """Another size or another origin, below the same signatures."""
    first, rest = TEXT.split("\n\n")
    checkpoint = Checkpoint.from_text(f"{first.replace(old, new)}\n\n{rest}")

    with pytest.raises(InvalidSignature):
        checkpoint.verify(Vkey.from_string(KEYS[place].text()))


def test_our_tiles_are_the_tree(tmp_path: Path) -> None:
    """It computes root, entries and proofs from a folder of ours as we do."""
    for path, content in published(ENTRIES, *SIGNERS).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    reader = TilesReader(LocalBackend(tmp_path))
    checkpoint = reader.get_checkpoint()

    assert checkpoint.root_hash == reader.calculate_root_hash()
    assert reader.get_entry(512) == ENTRIES[512]
    for index in (0, 255, 256, 699):
        theirs = reader.get_inclusion_proof(index, 700).node_hashes
        assert inclusion_proof(index, 700, subtree_of(ENTRIES)) == tuple(theirs)
    for old_size in (1, 256, 300, 699):
        theirs = reader.get_consistency_proof(old_size, 700).node_hashes
        assert consistency_proof(old_size, 700, subtree_of(ENTRIES)) == tuple(theirs)


def test_our_proofs_are_believed() -> None:
    """A proof file of ours proves its entry there, and a log that was rewritten is refused."""
    note, path = parse_note(TEXT.encode()), inclusion_proof(300, 700, subtree_of(ENTRIES))
    proof = parse_proof_file(ProofFile(index=300, path=path, note=note).content())
    root = proof.checkpoint.root
    InclusionProof(proof.index, proof.checkpoint.size, list(proof.path)).check(leaf_hash(ENTRIES[300]), root)
    grown = ConsistencyProof(300, 700, list(consistency_proof(300, 700, subtree_of(ENTRIES))))
    grown.check(checkpoint_of(ENTRIES[:300]).root, root)

    with pytest.raises(ConsistencyProofInvalid):
        grown.check(checkpoint_of([b"x", *ENTRIES[1:300]]).root, root)


def test_we_believe_its_signatures() -> None:
    """What it writes of our checkpoint is the note that we read, and its signatures are right for us."""
    note = parse_note(Checkpoint.from_text(TEXT).serialize().encode())

    assert note.content().decode() == TEXT
    assert all(is_signed_by(note, line, key) for line, key in zip(note.signatures, KEYS, strict=True))
