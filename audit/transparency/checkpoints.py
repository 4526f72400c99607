"""Checkpoints: what a log says about its tree at one size (C2SP tlog-checkpoint 1.0.0)."""

from __future__ import annotations

from dataclasses import dataclass

from audit.transparency.encoding import base64_bytes, base64_text, decimal_number
from audit.transparency.errors import MalformedSeal
from audit.transparency.hashes import EMPTY_ROOT, HASH_BYTES

_WHAT = "checkpoint"
_LINES_MIN = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """The tree of a log at one size."""

    #: Name of the log, such as `example.com/planswitch`.
    origin: str
    #: Number of leaves.
    size: int
    root: bytes
    #: Further lines, which nobody can audit; ours have none.
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the text that is signed."""
        lines = (self.origin, str(self.size), base64_text(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def parse_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint that the text of a note states.

    Raises:
        MalformedSeal: The text states none.
    """
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < _LINES_MIN or not all(lines):
        raise MalformedSeal(_WHAT, "does not consist of three lines or more, each with a text")
    origin, size_text, root_text, *extensions = lines
    size, root = decimal_number(size_text, _WHAT), base64_bytes(root_text, _WHAT)
    if len(root) != HASH_BYTES or (size == 0 and root != EMPTY_ROOT):
        raise MalformedSeal(_WHAT, "has a root that is none of a tree of its size")
    return Checkpoint(origin=origin, size=size, root=root, extensions=tuple(extensions))
