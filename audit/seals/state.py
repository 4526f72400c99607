"""How the seals of an installation stand: the newest one, what it lacks, the folder, and the keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from audit.seals.folder import POLICY_PATH, SealFolder
from audit.transparency.checkpoints import parse_checkpoint
from audit.transparency.encoding import base64_text
from audit.transparency.errors import MalformedSeal
from audit.transparency.notes import Note, SignatureKind, VerifierKey, parse_note
from audit.transparency.policies import parse_policy
from store.record.seals import SealStore, StoredSeal

_KIND_WORDS = {
    SignatureKind.ED25519: "Ed25519",
    SignatureKind.ED25519_COSIGNATURE: "Ed25519 cosignature",
    SignatureKind.ML_DSA_44: "ML-DSA-44",
}


class FolderState(StrEnum):
    """What the folder has of the newest recorded seal."""

    #: The same tree.
    WHOLE = "whole"
    #: An older tree: the sealer completes it, or does not work.
    BEHIND = "behind"
    #: A greater tree, or another one of the same size: record and folder are not of one history.
    DIVERGED = "diverged"
    #: Nothing that can be read here: the folder may be on another machine.
    ABSENT = "absent"


@dataclass(frozen=True, kw_only=True, slots=True)
class SealFacts:
    """One recorded seal."""

    #: Name of the log.
    origin: str
    tree_size: int
    #: Root of the tree, in base64.
    root: str
    sealed_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class SealKeyFacts:
    """A key by which seals are believed, as the published policy names it."""

    #: Ed25519 or ML-DSA-44.
    kind: str
    key_id: str
    #: Whether the newest published checkpoint has its signature.
    signs: bool
    #: The key as auditors hand it on.
    verifier_key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SealState:
    """How the seals stand; nothing is verified here."""

    #: None: nothing is sealed yet.
    newest: SealFacts | None
    folder: FolderState
    #: Leaves of the tree in the folder; 0 where none is published.
    published_size: int
    unsealed_events: int
    unsealed_calls: int
    keys: tuple[SealKeyFacts, ...]


def seal_state(store: SealStore, folder: SealFolder) -> SealState:
    """Return how the seals stand.

    Args:
        store: The record.
        folder: Where seals are published.

    Raises:
        StoreUnavailable: PostgreSQL does not answer.
    """
    newest, backlog, note = store.newest_seal(), store.seal_backlog(), _note_in(folder)
    recorded = None if newest is None else _facts_of(newest)
    state, size = _folder_state(newest, note)
    return SealState(
        newest=recorded,
        folder=state,
        published_size=size,
        unsealed_events=backlog.events,
        unsealed_calls=backlog.calls,
        keys=tuple(_key_facts(key, note) for key in _keys_in(folder)),
    )


def _facts_of(seal: StoredSeal) -> SealFacts:
    checkpoint = parse_checkpoint(parse_note(seal.checkpoint.encode()).text)
    return SealFacts(
        origin=checkpoint.origin,
        tree_size=seal.tree_size,
        root=base64_text(checkpoint.root),
        sealed_at=seal.sealed_at,
    )


def _folder_state(newest: StoredSeal | None, note: Note | None) -> tuple[FolderState, int]:
    if note is None:
        return FolderState.ABSENT, 0
    size, recorded = parse_checkpoint(note.text).size, 0 if newest is None else newest.tree_size
    if size < recorded:
        return FolderState.BEHIND, size
    is_same = newest is not None and parse_note(newest.checkpoint.encode()).text == note.text
    return FolderState.WHOLE if is_same else FolderState.DIVERGED, size


def _note_in(folder: SealFolder) -> Note | None:
    try:
        return folder.note()
    except (MalformedSeal, OSError):
        return None


def _keys_in(folder: SealFolder) -> Sequence[VerifierKey]:
    try:
        policy = folder.read(POLICY_PATH)
        return [] if policy is None else parse_policy(policy).logs
    except (MalformedSeal, OSError):
        return []


def _key_facts(key: VerifierKey, note: Note | None) -> SealKeyFacts:
    return SealKeyFacts(
        kind=_KIND_WORDS[key.kind],
        key_id=key.key_id.hex(),
        signs=note is not None and any(line.is_by(key) for line in note.signatures),
        verifier_key=key.text(),
    )
