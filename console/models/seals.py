"""Answers about seals."""

from __future__ import annotations

from audit.seals.state import FolderState
from console.models.base import Answer
from projections.reads.shown_rows import InstantText


class NewestSeal(Answer):
    """The newest recorded seal."""

    #: Name of the log, as policies and signatures have it.
    origin: str
    #: Leaves: one for each event, one for neighboring provider calls.
    tree_size: int
    #: In base64.
    root: str
    sealed_at: InstantText
    age_seconds: float


class SealKey(Answer):
    """A key by which seals are believed."""

    kind: str
    key_id: str
    #: Whether the newest published checkpoint has its signature.
    signs: bool
    verifier_key: str


class Seals(Answer):
    """How the seals stand; nothing is verified here."""

    #: null: nothing is sealed yet.
    newest: NewestSeal | None
    #: Against the newest recorded seal; absent: the console can't read the folder.
    folder: FolderState
    published_size: int
    unsealed_events: int
    unsealed_calls: int
    keys: tuple[SealKey, ...]
