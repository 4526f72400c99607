"""Signed notes: a text, and below it a line for each key that signed it (C2SP signed-note 1.0.0)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256

from audit.transparency.encoding import base64_bytes, base64_text, key_name, plain_lines
from audit.transparency.errors import MalformedSeal

#: More signatures than any policy counts, and room for each of them: 64 of ML-DSA-44 have 210 kB.
SIGNATURES_MAX = 64
NOTE_BYTES_MAX = 1 << 20
_WHAT = "signed note"
_KEY = "verifier key"
_DASH = "\u2014 "
_KEY_ID_BYTES = 4
_KEY_ID_DIGITS = 2 * _KEY_ID_BYTES
_SIGNATURE_PARTS = 2


class SignatureKind(IntEnum):
    """How a line of a note is signed; the numbers are C2SP's."""

    #: Ed25519 over the text of the note.
    ED25519 = 0x01
    #: Ed25519 over the text and an instant.
    ED25519_COSIGNATURE = 0x04
    #: ML-DSA-44 over what a checkpoint states, the signer's name and an instant; logs sign so as well.
    ML_DSA_44 = 0x06


#: Kind -> bytes of its public key.
PUBLIC_KEY_BYTES = {
    SignatureKind.ED25519: 32,
    SignatureKind.ED25519_COSIGNATURE: 32,
    SignatureKind.ML_DSA_44: 1312,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class VerifierKey:
    """The public half of a key, with its name; its text is what people hand on."""

    name: str
    kind: SignatureKind
    public_key: bytes

    def __post_init__(self) -> None:
        key_name(self.name, _KEY)
        if len(self.public_key) != PUBLIC_KEY_BYTES[self.kind]:
            raise MalformedSeal(_KEY, f"has a public key of {len(self.public_key)} bytes")

    @property
    def key_id(self) -> bytes:
        """Return the four bytes by which a signature names its key, beside the key's name."""
        return sha256(f"{self.name}\n".encode() + self._typed_key()).digest()[:_KEY_ID_BYTES]

    def text(self) -> str:
        """Return the key as one line: name, id and key with its kind."""
        return f"{self.name}+{self.key_id.hex()}+{base64_text(self._typed_key())}"

    def _typed_key(self) -> bytes:
        return bytes([self.kind]) + self.public_key


def parse_verifier_key(text: str) -> VerifierKey:
    """Return the key that a line states.

    Raises:
        MalformedSeal: It is no verifier key, its kind is not known here, or its id is that of another key.
    """
    name, _, rest = text.partition("+")
    key_id, separator, encoded = rest[:_KEY_ID_DIGITS], rest[_KEY_ID_DIGITS : _KEY_ID_DIGITS + 1], ""
    if separator == "+":
        encoded = rest[_KEY_ID_DIGITS + 1 :]
    typed_key = base64_bytes(encoded, _KEY)
    if typed_key[0] not in {*SignatureKind}:
        raise MalformedSeal(_KEY, f"is of kind 0x{typed_key[0]:02x}, which is not known here")
    key = VerifierKey(name=name, kind=SignatureKind(typed_key[0]), public_key=typed_key[1:])
    if key.key_id.hex() != key_id:
        raise MalformedSeal(_KEY, f"has the id {key_id!r}, and its bytes have {key.key_id.hex()}")
    return key


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteSignature:
    """One line below a note. Only a key that is trusted makes it worth anything."""

    key_name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """Return the line with its end."""
        return f"{_DASH}{self.key_name} {base64_text(self.key_id + self.signature)}\n"

    def is_by(self, key: VerifierKey) -> bool:
        """Return whether the line says that it is of a key."""
        return (self.key_name, self.key_id) == (key.name, key.key_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """A text with its signatures; the text ends with a new line."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def content(self) -> bytes:
        """Return the note as it is published."""
        return (f"{self.text}\n" + "".join(each.line() for each in self.signatures)).encode()


def parse_note(content: bytes) -> Note:
    """Return the note of its bytes; no signature is checked yet.

    Raises:
        MalformedSeal: The bytes are no signed note.
    """
    text = plain_lines(content, _WHAT, bytes_max=NOTE_BYTES_MAX)
    body, separator, below = text.rpartition("\n\n")
    lines = below.removesuffix("\n").split("\n")
    if not separator or len(lines) > SIGNATURES_MAX:
        raise MalformedSeal(_WHAT, f"does not end with an empty line and 1 to {SIGNATURES_MAX} signatures")
    return Note(text=f"{body}\n", signatures=tuple(_parse_signature(line) for line in lines))


def _parse_signature(line: str) -> NoteSignature:
    parts = line.removeprefix(_DASH).split(" ")
    if not line.startswith(_DASH) or len(parts) != _SIGNATURE_PARTS:
        raise MalformedSeal(_WHAT, "has a line below its text that is no signature")
    content = base64_bytes(parts[1], _WHAT)
    if len(content) <= _KEY_ID_BYTES:
        raise MalformedSeal(_WHAT, "has a signature without bytes")
    return NoteSignature(
        key_name=key_name(parts[0], _WHAT),
        key_id=content[:_KEY_ID_BYTES],
        signature=content[_KEY_ID_BYTES:],
    )
