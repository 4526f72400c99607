"""Master keys: they wrap the two keys of each organization, and come from a file."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.kernel.errors import InvalidInput
from domain.kernel.shown_values import Words
from store.core.errors import VaultLocked
from store.vault.secret_files import open_to_others

KEY_BYTES = 32
NONCE_BYTES = 12
#: Of 32 random bytes never so few differ.
_DIFFERENT_BYTES_MIN = 8
_RESTORE = (
    "Restore it from the backup of the keys: no other key opens what this one sealed. If nothing is sealed "
    "yet, remove the file, and `planswitch up` makes a new one."
)
_OWNER_ONLY, _OWNER_ONLY_FOLDER = 0o600, 0o700


class KeyProvider(Protocol):
    """Wraps and unwraps keys; a key service keeps its master key to itself."""

    @property
    def name(self) -> str:
        """Return the name that is stored beside what was wrapped."""

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Encrypt a key, bound to `context`."""

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Decrypt a key.

        Raises:
            VaultLocked: It was wrapped by another master key or for another context.
        """


def seal(cipher: AESGCM, plain: bytes, context: bytes) -> bytes:
    """Return a fresh nonce and the AES-GCM ciphertext of `plain`, bound to `context`."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain, context)


def unseal(cipher: AESGCM, sealed: bytes, context: bytes) -> bytes:
    """Return what was sealed.

    Raises:
        VaultLocked: The key or the context is another one, or the bytes were altered.
    """
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)
    except (InvalidTag, ValueError):
        raise VaultLocked(
            "The key at hand does not open what is stored in the vault.",
            remedy="Give the master key with which this database was set up (PLANSWITCH_MASTER_KEY_FILE).",
        ) from None


def required_master_key(content: bytes) -> bytes:
    """Return what may be a master key.

    Raises:
        InvalidInput: It has another length, or the same few bytes over and over, as a crash leaves a file.
    """
    fault = ""
    if len(content) != KEY_BYTES:
        fault = "1 byte" if len(content) == 1 else f"{len(content)} bytes"
    elif len(set(content)) < _DIFFERENT_BYTES_MIN:
        fault = "one byte over and over" if len(set(content)) == 1 else "the same few bytes over and over"
    if not fault:
        return content
    raise InvalidInput(
        field="master key", value=Words(fault), allowed=f"{KEY_BYTES} random bytes", remedy=_RESTORE
    )


class FileKeyProvider:
    """The master key in a file that its owner alone may read; back it up apart from the database."""

    #: As it is stored beside what was wrapped.
    name = "file"

    def __init__(self, path: Path) -> None:
        self._cipher = AESGCM(required_master_key(_read_owner_only(path)))

    @classmethod
    def create(cls, path: Path) -> FileKeyProvider:
        """Return the provider of `path`, writing a new random key there when there is none."""
        if not path.exists():
            _write_once(path, secrets.token_bytes(KEY_BYTES))
        return cls(path)

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Encrypt a key, bound to `context`."""
        return seal(self._cipher, key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Decrypt a key."""
        return unseal(self._cipher, wrapped, context)


def _read_owner_only(path: Path) -> bytes:
    try:
        is_open, key = open_to_others(path), path.read_bytes()
    except OSError as error:
        raise VaultLocked(
            f"The master key file {path} can't be read: {error.strerror}.",
            remedy="`planswitch up` makes one in its folder; else restore it from the backup of the keys.",
        ) from error
    if is_open:
        raise VaultLocked(f"Others may read the master key file {path}.", remedy=f"Run `chmod 600 {path}`.")
    return key


def _write_once(path: Path, key: bytes) -> None:
    """Write the file whole or not at all; of several writers at once the first one wins."""
    path.parent.mkdir(mode=_OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
