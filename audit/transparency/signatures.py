"""Signatures of checkpoints: made and checked (C2SP signed-note 1.0.0, tlog-cosignature 1.1).

Nothing but a cosignature is defined for ML-DSA-44: a log signs with it what a witness would sign, which is no
text but size and root, the log's and the signer's names, and an instant. FIPS 204's context stays empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from audit.transparency.checkpoints import Checkpoint, parse_checkpoint
from audit.transparency.encoding import NAME_BYTES_MAX, NUMBER_MAX
from audit.transparency.errors import MalformedSeal
from audit.transparency.notes import Note, NoteSignature, SignatureKind, VerifierKey

#: Bytes from which each private key is made.
SEED_BYTES = 32
_SUBTREE_LABEL = b"subtree/v1\n\x00"
_TIME_BYTES = 8


class Signer(Protocol):
    """Signs checkpoints with one key."""

    @property
    def verifier_key(self) -> VerifierKey:
        """Return the public half."""

    def sign(self, checkpoint: Checkpoint, at: datetime) -> NoteSignature:
        """Return the signature of a checkpoint, made at an instant."""


@dataclass(frozen=True, slots=True)
class Ed25519Signer:
    """Signs the text of the note, as every verifier of notes can check."""

    name: str
    key: Ed25519PrivateKey

    @property
    def verifier_key(self) -> VerifierKey:
        """Return the public half."""
        public_key = self.key.public_key().public_bytes_raw()
        return VerifierKey(name=self.name, kind=SignatureKind.ED25519, public_key=public_key)

    def sign(self, checkpoint: Checkpoint, at: datetime) -> NoteSignature:  # noqa: ARG002  # its kind has no instant
        """Return the signature of the checkpoint's text."""
        return _signed(self.verifier_key, self.key.sign(checkpoint.text().encode()))


@dataclass(frozen=True, slots=True)
class Ed25519Cosigner:
    """Signs as a witness does: the text of the note with the instant at which it was seen."""

    name: str
    key: Ed25519PrivateKey

    @property
    def verifier_key(self) -> VerifierKey:
        """Return the public half."""
        public_key = self.key.public_key().public_bytes_raw()
        return VerifierKey(name=self.name, kind=SignatureKind.ED25519_COSIGNATURE, public_key=public_key)

    def sign(self, checkpoint: Checkpoint, at: datetime) -> NoteSignature:
        """Return the cosignature of a checkpoint."""
        time = int(at.timestamp())
        signature = self.key.sign(_timed_text(time, checkpoint.text()))
        return _signed(self.verifier_key, time.to_bytes(_TIME_BYTES) + signature)


@dataclass(frozen=True, slots=True)
class MlDsaSigner:
    """Signs what outlasts quantum computers; logs and witnesses sign alike."""

    name: str
    key: MLDSA44PrivateKey

    @property
    def verifier_key(self) -> VerifierKey:
        """Return the public half."""
        public_key = self.key.public_key().public_bytes_raw()
        return VerifierKey(name=self.name, kind=SignatureKind.ML_DSA_44, public_key=public_key)

    def sign(self, checkpoint: Checkpoint, at: datetime) -> NoteSignature:
        """Return the signature of what a checkpoint states, with the instant."""
        time = int(at.timestamp())
        signature = self.key.sign(_subtree_message(self.name, time, checkpoint))
        return _signed(self.verifier_key, time.to_bytes(_TIME_BYTES) + signature)


def is_signed_by(note: Note, line: NoteSignature, key: VerifierKey) -> bool:
    """Return whether a line of a note is the signature of a key over the note.

    Raises:
        MalformedSeal: The note is no checkpoint, and the key signs nothing else.
    """
    if not line.is_by(key):
        return False
    try:
        _verify(note, line.signature, key)
    except (InvalidSignature, ValueError):
        return False
    return True


def signature_time(line: NoteSignature, key: VerifierKey) -> int | None:
    """Return when a line was signed, in seconds since 1970; None: it does not say."""
    if key.kind is SignatureKind.ED25519:
        return None
    return int.from_bytes(line.signature[:_TIME_BYTES]) or None


def _verify(note: Note, signature: bytes, key: VerifierKey) -> None:
    if key.kind is SignatureKind.ED25519:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature, note.text.encode())
        return
    time, proper = int.from_bytes(signature[:_TIME_BYTES]), signature[_TIME_BYTES:]
    if len(signature) <= _TIME_BYTES or time > NUMBER_MAX:
        raise InvalidSignature
    if key.kind is SignatureKind.ED25519_COSIGNATURE:
        parse_checkpoint(note.text)
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(proper, _timed_text(time, note.text))
        return
    message = _subtree_message(key.name, time, parse_checkpoint(note.text))
    MLDSA44PublicKey.from_public_bytes(key.public_key).verify(proper, message)


def _signed(key: VerifierKey, signature: bytes) -> NoteSignature:
    return NoteSignature(key_name=key.name, key_id=key.key_id, signature=signature)


def _timed_text(time: int, text: str) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _subtree_message(signer_name: str, time: int, checkpoint: Checkpoint) -> bytes:
    """Return the `cosigned_message` of a whole tree: the subtree that starts at leaf 0."""
    numbers = (time, 0, checkpoint.size)
    at, start, end = (each.to_bytes(_TIME_BYTES) for each in numbers)
    signer, origin = _with_length(signer_name), _with_length(checkpoint.origin)
    return _SUBTREE_LABEL + signer + at + origin + start + end + checkpoint.root


def _with_length(name: str) -> bytes:
    encoded = name.encode()
    if not 0 < len(encoded) <= NAME_BYTES_MAX:
        raise MalformedSeal("checkpoint", f"has a name of {len(encoded)} bytes, which ML-DSA-44 can't sign")
    return len(encoded).to_bytes() + encoded
