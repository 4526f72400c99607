"""Another stranger's verifier, `aics-tlog`, which needs Python 3.12: checkpoint, proof and tiles of ours.

`PYTHON312` names an interpreter that has it; else the first `python3.12` on the PATH is asked.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from audit.transparency.proof_files import ProofFile
from audit.transparency.tree_proofs import inclusion_proof
from tests.support.seals import (
    checkpoint_of,
    log_signers,
    published,
    python_with_aics_tlog,
    signed,
    subtree_of,
)

ENTRIES = [f"entry {each}".encode() for each in range(700)]
INDEX = 300
_VERIFY = """
import sys
from pathlib import Path
from aics_tlog import (
    FileSystemTileReader, audit_tiles, parse_checkpoint, parse_note, parse_vkey, verify_checkpoint,
    verify_leaf_inclusion,
)
folder, key, index, *path = sys.argv[1:]
note = parse_note((Path(folder) / "checkpoint").read_bytes())
checked = verify_checkpoint(note, parse_vkey(key))
if not checked.ok:
    raise SystemExit(checked.error)
checkpoint = parse_checkpoint(note.text)
audit_tiles(FileSystemTileReader(folder), checkpoint.size, checkpoint.root)
hashes = [bytes.fromhex(each) for each in path]
entry = f"entry {index}".encode()
if not verify_leaf_inclusion(entry, int(index), checkpoint.size, hashes, checkpoint.root):
    raise SystemExit("not included")
"""


@pytest.fixture(name="python")
def _python() -> str:
    """Return an interpreter that has the verifier."""
    return python_with_aics_tlog()


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def _answer(python: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Return what the verifier says about a folder and the proof of one entry."""
    note = signed(checkpoint_of(ENTRIES), *log_signers())
    proof = ProofFile(index=INDEX, path=inclusion_proof(INDEX, len(ENTRIES), subtree_of(ENTRIES)), note=note)
    key, hashes = log_signers()[0].verifier_key.text(), [each.hex() for each in proof.path]
    arguments = [python, "-c", _VERIFY, str(folder), key, str(proof.index), *hashes]
    return subprocess.run(arguments, capture_output=True, text=True, check=False)


def test_checkpoint_tiles_and_proof_are_believed(python: str, tmp_path: Path) -> None:
    """It checks the signature, walks every tile and proves one entry."""
    _write(tmp_path, published(ENTRIES, *log_signers()))
    answer = _answer(python, tmp_path)

    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/000", "tile/entries/001"])
def test_an_altered_file_is_refused(python: str, tmp_path: Path, path: str) -> None:
    """One changed byte of a checkpoint, a tile or an entry is noticed."""
    files = published(ENTRIES, *log_signers())
    content = files[path]
    _write(tmp_path, files | {path: content[:30] + bytes([content[30] ^ 1]) + content[31:]})

    assert _answer(python, tmp_path).returncode != 0
