"""Proof files: that an entry stands in a log, to be checked without the log (C2SP tlog-proof)."""

from __future__ import annotations

from dataclasses import dataclass

from audit.transparency.checkpoints import Checkpoint, parse_checkpoint
from audit.transparency.encoding import base64_bytes, base64_text, decimal_number, plain_lines
from audit.transparency.errors import MalformedSeal, SealRefused
from audit.transparency.hashes import HASH_BYTES, leaf_hash
from audit.transparency.notes import NOTE_BYTES_MAX, Note, parse_note
from audit.transparency.tree_proofs import is_included

_HEADER = "c2sp.org/tlog-proof@v1"
_WHAT = "proof file"
_EXTRA, _INDEX = "extra ", "index "
#: A tree of 2^63 leaves has no longer path.
_PATH_MAX = 63


@dataclass(frozen=True, kw_only=True, slots=True)
class ProofFile:
    """One entry's place in the tree of a checkpoint."""

    #: Place of the entry's leaf, from 0.
    index: int
    #: Hashes from the leaf's neighbor to the child of the root.
    path: tuple[bytes, ...]
    #: The checkpoint as it was published.
    note: Note
    #: What an application adds; nothing vouches for it.
    extra: bytes = b""

    @property
    def checkpoint(self) -> Checkpoint:
        """Return what the note states.

        Raises:
            MalformedSeal: It is no checkpoint.
        """
        return parse_checkpoint(self.note.text)

    def content(self) -> bytes:
        """Return the file."""
        extra = [f"{_EXTRA}{base64_text(self.extra)}"] if self.extra else []
        lines = (_HEADER, *extra, f"{_INDEX}{self.index}", *map(base64_text, self.path), "")
        return "".join(f"{line}\n" for line in lines).encode() + self.note.content()

    def require_entry(self, entry: bytes) -> None:
        """Refuse an entry that does not stand at the index; whom to trust is the policy's question.

        Raises:
            SealRefused: It does not stand there.
            MalformedSeal: The note is no checkpoint.
        """
        checkpoint = self.checkpoint
        if not is_included(leaf_hash(entry), self.index, checkpoint.size, self.path, checkpoint.root):
            raise SealRefused(
                f"The entry is not leaf {self.index} of the tree of {checkpoint.size} leaves.",
                remedy="The entry, its proof or the checkpoint was altered: compare each with another copy.",
                index=self.index,
                size=checkpoint.size,
            )


def parse_proof_file(content: bytes) -> ProofFile:
    """Return the proof of a file; nothing is checked yet.

    Raises:
        MalformedSeal: It is no proof file.
    """
    text = plain_lines(content, _WHAT, bytes_max=2 * NOTE_BYTES_MAX)
    head, separator, note = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or lines.pop(0) != _HEADER:
        raise MalformedSeal(_WHAT, f"does not begin with {_HEADER}, or has no checkpoint")
    extra = b""
    if lines and lines[0].startswith(_EXTRA):
        extra = base64_bytes(lines.pop(0).removeprefix(_EXTRA), _WHAT)
    if not lines or not lines[0].startswith(_INDEX):
        raise MalformedSeal(_WHAT, "has no index")
    index = decimal_number(lines.pop(0).removeprefix(_INDEX), _WHAT)
    return ProofFile(index=index, path=_path(lines), note=parse_note(note.encode()), extra=extra)


def _path(lines: list[str]) -> tuple[bytes, ...]:
    if len(lines) > _PATH_MAX:
        raise MalformedSeal(_WHAT, f"has {len(lines)} hashes, and no tree needs more than {_PATH_MAX}")
    path = tuple(base64_bytes(line, _WHAT) for line in lines)
    if any(len(each) != HASH_BYTES for each in path):
        raise MalformedSeal(_WHAT, "has a line that is no hash")
    return path
