"""Master keys: they wrap the two keys of each organization; from files, the environment or a program."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
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
#: For so long a pair of files may be half exchanged.
_EXCHANGE_SECONDS = 0.05
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


class HeldKeys:
    """The master keys of one moment: the first one wraps, and each one unwraps."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._ciphers = [AESGCM(required_master_key(each)) for each in keys]

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Encrypt a key, bound to `context`."""
        return seal(self._ciphers[0], key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Decrypt a key.

        Raises:
            VaultLocked: No key at hand opens it.
        """
        for cipher in self._ciphers[1:]:
            with suppress(VaultLocked):
                return unseal(cipher, wrapped, context)
        return unseal(self._ciphers[0], wrapped, context)


class FileKeyProvider:
    """The master key in a file that its owner alone may read; back it up apart from the database.

    While it is rolled, `master.second.key` beside it is valid too. Both files are read anew when they have
    changed, so a running process takes a rotated key by itself (docs/keys.md#master-key).

    Args:
        path: File of the key.
        second: File of the second key; None: `NAME.second.key` beside the first one, if it is there.
    """

    #: As it is stored beside what was wrapped.
    name = "file"

    def __init__(self, path: Path, second: Path | None = None) -> None:
        self._path, self._second = path, second or second_file(path)
        self._state: tuple[object, ...] = ()
        self._held = self._now()

    @classmethod
    def create(cls, path: Path) -> FileKeyProvider:
        """Return the provider of `path`, writing a new random key there when there is none."""
        if not path.exists():
            write_once(path, secrets.token_bytes(KEY_BYTES))
        return cls(path)

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Encrypt a key, bound to `context`, by the key that the file has now."""
        return self._now().wrap(key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Decrypt a key; files that are just being exchanged are waited for."""
        before = self._now()
        try:
            return before.unwrap(wrapped, context)
        except VaultLocked:
            time.sleep(_EXCHANGE_SECONDS)
            after = self._now()
            if after is before:
                raise
            return after.unwrap(wrapped, context)

    def _now(self) -> HeldKeys:
        state = (_file_state(self._path), _file_state(self._second))
        if state != self._state:
            files = (self._path, self._second) if self._second.exists() else (self._path,)
            self._held, self._state = HeldKeys([_read_owner_only(each) for each in files]), state
        return self._held


class GivenKeyProvider:
    """Master keys that come from elsewhere than a file: from the environment, or from a program.

    Args:
        name: As it is stored beside what was wrapped.
        read: Returns the key, and the second one while it is rolled.
    """

    def __init__(self, name: str, read: Callable[[], Sequence[bytes]]) -> None:
        self.name = name
        self._held = HeldKeys(read())

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Encrypt a key, bound to `context`."""
        return self._held.wrap(key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Decrypt a key."""
        return self._held.unwrap(wrapped, context)


def second_file(path: Path) -> Path:
    """Return the file of the key that is valid beside another while it is rolled."""
    return path.with_name(f"{path.stem}.second{path.suffix}")


def _file_state(path: Path) -> tuple[int, ...]:
    try:
        facts = path.stat()
    except OSError:
        return ()
    return facts.st_ino, facts.st_mtime_ns, facts.st_size, facts.st_mode


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


def write_once(path: Path, key: bytes) -> None:
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
