"""A file that a passphrase opens: scrypt makes the key, AES-256-GCM seals the content piece by piece.

Each file has a key of its own, from a random salt. The pieces are numbered and the last one is marked, so
that none can be left out, moved or added, and each is bound to the header.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"planswitch backup 2: scrypt, aes-256-gcm\n"
PIECE_BYTES = 1 << 20
#: Rounds of scrypt as a power of two: 128 MiB and some tenths of a second for each try of a passphrase.
COST_LOG2 = 17
#: What a header may ask for; the highest takes 1 GiB.
_COSTS_LOG2 = range(14, 21)
_BLOCK_SIZE, _PARALLELISM = 8, 1
_SALT_BYTES, _KEY_BYTES, _TAG_BYTES, _COUNTER_BYTES = 16, 32, 16, 11
_HEADER_BYTES = len(MAGIC) + 1 + _SALT_BYTES


class SealBroken(ValueError):
    """The passphrase is another one, or the file is not what was sealed."""


class SealingWriter:
    """Takes bytes as a file does and writes them sealed; `finish` writes the last piece.

    Args:
        target: Receives header and pieces.
        passphrase: Opens the file again.
        cost_log2: Rounds of scrypt; a test may take fewer.
    """

    def __init__(self, target: IO[bytes], passphrase: str, *, cost_log2: int = COST_LOG2) -> None:
        self._target = target
        self._header = MAGIC + bytes([cost_log2]) + os.urandom(_SALT_BYTES)
        self._cipher = _cipher(self._header, passphrase)
        self._waiting = bytearray()
        self._pieces = 0
        target.write(self._header)

    def write(self, content: bytes) -> int:
        """Seal what fills a piece, and keep the rest."""
        self._waiting += content
        while len(self._waiting) > PIECE_BYTES:
            self._seal(bytes(self._waiting[:PIECE_BYTES]), is_last=False)
            del self._waiting[:PIECE_BYTES]
        return len(content)

    def flush(self) -> None:
        """Do nothing: a piece is written when it is full."""

    def finish(self) -> None:
        """Seal the last piece; without it the file does not open."""
        self._seal(bytes(self._waiting), is_last=True)
        self._waiting.clear()

    def _seal(self, piece: bytes, *, is_last: bool) -> None:
        nonce = _nonce(self._pieces, is_last=is_last)
        self._target.write(self._cipher.encrypt(nonce, piece, self._header))
        self._pieces += 1


def is_sealed(source: IO[bytes]) -> bool:
    """Return whether a file begins as a sealed one, and go back to its beginning."""
    beginning = source.read(len(MAGIC))
    source.seek(0)
    return beginning == MAGIC


def unsealed(source: IO[bytes], passphrase: str) -> Iterator[bytes]:
    """Yield the content of a sealed file piece by piece; it is whole when the last one has come.

    Raises:
        SealBroken: The passphrase is another one, or the file was changed or cut.
    """
    header = source.read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES or not header.startswith(MAGIC):
        raise SealBroken("it is not sealed, or cut in its header")
    cipher = _cipher(header, passphrase)
    size = PIECE_BYTES + _TAG_BYTES
    number, piece = 0, source.read(size)
    while True:
        following = source.read(size)
        try:
            yield cipher.decrypt(_nonce(number, is_last=not following), piece, header)
        except InvalidTag:
            raise SealBroken("the passphrase is another one, or the file was changed or cut") from None
        if not following:
            return
        number, piece = number + 1, following


def _cipher(header: bytes, passphrase: str) -> AESGCM:
    """Return the cipher of a header's salt and cost."""
    cost_log2, salt = header[len(MAGIC)], header[len(MAGIC) + 1 :]
    if cost_log2 not in _COSTS_LOG2:
        raise SealBroken(f"its header asks for 2^{cost_log2} rounds")
    derivation = Scrypt(salt=salt, length=_KEY_BYTES, n=1 << cost_log2, r=_BLOCK_SIZE, p=_PARALLELISM)
    return AESGCM(derivation.derive(passphrase.encode()))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(_COUNTER_BYTES, "big") + bytes([is_last])
