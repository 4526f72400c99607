"""The vault: the only place where an opaque user key leads back to a person.

A user key is HMAC-SHA256 of the directory id under the organization's pseudonym key. The vault row holds the
directory id, encrypted with the organization's data key. Both keys are random and wrapped by the master key.
Erasing deletes rows or keys; events, digests and seals never cover the vault and stay valid.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import Cursor
from psycopg.rows import DictRow

from domain.kernel.errors import ConcurrentWrite
from domain.kernel.ids import organization_stream_id
from store.core.application import SwitchApplication
from store.core.base import PAGE_SIZE_MAX, StorePart
from store.health.heartbeats import Session
from store.vault.keys import KEY_BYTES, KeyProvider, seal, unseal

Item = TypeVar("Item")

_UUID_BYTES = 16
#: How often keys may vanish under our hands (an erasure meanwhile) before we give up.
_KEY_CHANGES_MAX = 3

_READ_KEYS = """
SELECT wrapped_data_key, wrapped_pseudonym_key FROM planswitch.organization_key
WHERE organization_key = %(organization_key)s
"""
_CREATE_KEYS = """
INSERT INTO planswitch.organization_key
    (organization_key, wrapped_data_key, wrapped_pseudonym_key, key_provider)
VALUES (%(organization_key)s, %(data_key)s, %(pseudonym_key)s, %(key_provider)s) ON CONFLICT DO NOTHING
"""
_KNOWN = """
SELECT user_key FROM planswitch.user_vault
WHERE organization_key = %(organization_key)s AND user_key = ANY(%(user_keys)b)
"""
_STORE = """
INSERT INTO planswitch.user_vault (organization_key, user_key, sealed)
SELECT %(organization_key)s, r.* FROM unnest(%(user_keys)b::uuid[], %(sealed)b::bytea[]) AS r
ON CONFLICT DO NOTHING
"""
_READ = """
SELECT user_key, sealed FROM planswitch.user_vault
WHERE organization_key = %(organization_key)s AND user_key = ANY(%(user_keys)b)
"""
_ERASE_PERSON = """
DELETE FROM planswitch.user_vault
WHERE organization_key = %(organization_key)s AND user_key = %(user_key)s
"""
_ERASE_KEYS = "DELETE FROM planswitch.organization_key WHERE organization_key = %(organization_key)s"
_ERASE_ROWS = "DELETE FROM planswitch.user_vault WHERE organization_key = %(organization_key)s"


#: A text that only the master key of this database opens.
_CHECK_NAME = "master key"
_KNOWN_TEXT = b"planswitch: this is the right key"
#: What the text is bound to.
CHECK_CONTEXT = b"key check"
_READ_CHECK = "SELECT sealed FROM planswitch.key_check WHERE name = %(name)s"
_CREATE_CHECK = """
INSERT INTO planswitch.key_check (name, sealed) VALUES (%(name)s, %(sealed)s) ON CONFLICT DO NOTHING
"""
#: Before there was a check value the keys of any organization prove a master key.
_ANY_ORGANIZATION = """
SELECT organization_key, wrapped_data_key FROM planswitch.organization_key LIMIT 1
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Keys:
    organization_key: UUID
    pseudonym_key: bytes
    cipher: AESGCM
    #: The wrapped data key as stored, by which a cached copy knows that it is still the one.
    wrapped: bytes

    def user_key(self, directory_id: str) -> UUID:
        return UUID(bytes=hmac.digest(self.pseudonym_key, directory_id.encode(), "sha256")[:_UUID_BYTES])

    def sealed(self, user_key: UUID, directory_id: str) -> bytes:
        return seal(self.cipher, directory_id.encode(), self._context(user_key))

    def opened(self, user_key: UUID, sealed: bytes) -> str:
        return unseal(self.cipher, sealed, self._context(user_key)).decode()

    def _context(self, user_key: UUID) -> bytes:
        return self.organization_key.bytes + user_key.bytes


class Vault(StorePart):
    """Pseudonyms of people, and the way back while it exists."""

    def __init__(self, application: SwitchApplication, key_provider: KeyProvider) -> None:
        super().__init__(application)
        self._key_provider = key_provider
        self._cache: dict[UUID, _Keys] = {}

    def require_right_key(self) -> None:
        """Refuse a master key that is not the one of this database; the first key that is used becomes it.

        Raises:
            VaultLocked: It is another key.
        """
        provider = self._key_provider
        with self._transaction() as cursor:
            # A database that takes no writes, such as one that is failing over, is served all the same.
            if _opens_known_text(cursor, provider):
                return
            is_key_proved(cursor, provider)
            sealed = provider.wrap(_KNOWN_TEXT, CHECK_CONTEXT)
            cursor.execute(_CREATE_CHECK, {"name": _CHECK_NAME, "sealed": sealed})
            # Of two first keys at once one wins; the other one must hear of it.
            is_key_proved(cursor, provider)

    def keys_for(self, organization_id: str, directory_ids: Sequence[str]) -> list[UUID]:
        """Return the opaque key of each user, in order, and keep the way back.

        The same person has the same key for ever, unless the organization was erased meanwhile.

        Raises:
            VaultLocked: The master key does not open the organization's keys.
        """
        for _ in range(_KEY_CHANGES_MAX):
            keys = self._keys(organization_id) or self._create_keys(organization_id)
            user_keys = [keys.user_key(directory_id) for directory_id in directory_ids]
            pairs = list(zip(user_keys, directory_ids, strict=True))
            if all(self._remember(keys, chunk) for chunk in _chunks(pairs)):
                return user_keys
            self._cache.pop(keys.organization_key, None)
        raise ConcurrentWrite(
            "The organization's keys were erased while they were used.", remedy="Try again."
        )

    def known_keys(self, organization_id: str, directory_ids: Sequence[str]) -> list[UUID]:
        """Return the opaque key of each user, in order, to recognize people whom the record knows already.

        Nothing is kept of people whom it does not know.
        """
        keys = self._keys(organization_id) or self._create_keys(organization_id)
        return [keys.user_key(directory_id) for directory_id in directory_ids]

    def directory_ids(self, organization_id: str, user_keys: Sequence[UUID]) -> dict[UUID, str]:
        """Return the directory id of each user key; erased people are left out.

        Raises:
            VaultLocked: The master key does not open the organization's keys.
        """
        ids: dict[UUID, str] = {}
        keys = self._keys(organization_id)
        if keys is None:
            return ids
        for chunk in _chunks(list(user_keys)):
            parameters = {"organization_key": keys.organization_key, "user_keys": chunk}
            for user_key, sealed in self._tuples(_READ, parameters):
                ids[user_key] = keys.opened(user_key, sealed)
        return ids

    def user_key(self, organization_id: str, directory_id: str) -> UUID | None:
        """Return the opaque key that somebody has or would have; None where the organization has no keys.

        Raises:
            VaultLocked: The master key does not open the organization's keys.
        """
        keys = self._keys(organization_id)
        return None if keys is None else keys.user_key(directory_id)

    def erase_person(self, cursor: Cursor[DictRow], organization_id: str, user_key: UUID | None) -> int:
        """Delete the way back to one person; return 1, or 0 where there was none.

        Somebody who is still in the directory gets a new row when a later switch meets them.

        Args:
            cursor: The caller's transaction.
            organization_id: Directory id of the organization.
            user_key: Of the person.
        """
        facts = {"organization_key": organization_stream_id(organization_id), "user_key": user_key}
        return cursor.execute(_ERASE_PERSON, facts).rowcount

    def erase_organization(self, cursor: Cursor[DictRow], organization_id: str) -> int:
        """Delete the keys of an organization and the way back to all its people; return their number.

        Args:
            cursor: The caller's transaction, which erases what else stands of its people.
            organization_id: Directory id of the organization.
        """
        parameters = {"organization_key": organization_stream_id(organization_id)}
        cursor.execute(_ERASE_KEYS, parameters)
        # A copy of the keys that is used before the commit is found out: each use compares it with the row.
        self._cache.pop(parameters["organization_key"], None)
        return cursor.execute(_ERASE_ROWS, parameters).rowcount

    def _keys(self, organization_id: str) -> _Keys | None:
        """Return the keys as the database has them now; unwrapping is done once per process."""
        organization_key = organization_stream_id(organization_id)
        for row in self._rows(_READ_KEYS, {"organization_key": organization_key}):
            cached = self._cache.get(organization_key)
            if cached is None or cached.wrapped != bytes(row["wrapped_data_key"]):
                cached = self._cache[organization_key] = self._unwrapped(organization_key, row)
            return cached
        self._cache.pop(organization_key, None)
        return None

    def _unwrapped(self, organization_key: UUID, row: DictRow) -> _Keys:
        wrapped = bytes(row["wrapped_data_key"])
        data_key = self._key_provider.unwrap(wrapped, b"data" + organization_key.bytes)
        pseudonym_key = self._key_provider.unwrap(
            bytes(row["wrapped_pseudonym_key"]), b"pseudonym" + organization_key.bytes
        )
        return _Keys(
            organization_key=organization_key,
            pseudonym_key=pseudonym_key,
            cipher=AESGCM(data_key),
            wrapped=wrapped,
        )

    def _create_keys(self, organization_id: str) -> _Keys:
        organization_key = organization_stream_id(organization_id)
        wrap = self._key_provider.wrap
        facts = {
            "organization_key": organization_key,
            "data_key": wrap(secrets.token_bytes(KEY_BYTES), b"data" + organization_key.bytes),
            "pseudonym_key": wrap(secrets.token_bytes(KEY_BYTES), b"pseudonym" + organization_key.bytes),
            "key_provider": self._key_provider.name,
        }
        self._written(lambda cursor: cursor.execute(_CREATE_KEYS, facts))
        # Of two creators at once one wins; both read the winner's keys.
        keys = self._keys(organization_id)
        if keys is None:
            raise ConcurrentWrite("The organization's keys were erased at once.", remedy="Try again.")
        return keys

    def _remember(self, keys: _Keys, pairs: Sequence[tuple[UUID, str]]) -> bool:
        """Store what the vault lacks; tell whether `keys` are still the organization's."""
        base = {"organization_key": keys.organization_key}
        known = {row["user_key"] for row in self._rows(_KNOWN, base | {"user_keys": [k for k, _ in pairs]})}
        missing = {key: keys.sealed(key, plain) for key, plain in pairs if key not in known}
        if not missing:
            return True
        rows = {"user_keys": list(missing), "sealed": list(missing.values())}

        def remember(cursor: Cursor[DictRow]) -> bool:
            is_current = _is_current(cursor, keys)
            if is_current:
                cursor.execute(_STORE, base | rows)
            return is_current

        return self._written(remember)


def _is_current(cursor: Cursor[DictRow], keys: _Keys) -> bool:
    """Return whether the keys are still stored, and keep them so until the transaction ends."""
    query = _READ_KEYS + " FOR KEY SHARE"
    row = cursor.execute(query.encode(), {"organization_key": keys.organization_key}).fetchone()
    return row is not None and bytes(row["wrapped_data_key"]) == keys.wrapped


def _chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), PAGE_SIZE_MAX):
        yield items[start : start + PAGE_SIZE_MAX]


def is_key_proved(session: Session, provider: KeyProvider) -> bool:
    """Return whether the master key opens what is sealed; False: nothing is sealed yet.

    Raises:
        VaultLocked: It is another key.
    """
    if _opens_known_text(session, provider):
        return True
    row: Any = session.execute(_ANY_ORGANIZATION.encode()).fetchone()
    if row is None:
        return False
    provider.unwrap(bytes(row["wrapped_data_key"]), b"data" + row["organization_key"].bytes)
    return True


def _opens_known_text(session: Session, provider: KeyProvider) -> bool:
    """Return whether the key opens the known text; False: none is there yet."""
    row: Any = session.execute(_READ_CHECK.encode(), {"name": _CHECK_NAME}).fetchone()
    if row is None:
        return False
    provider.unwrap(bytes(row["sealed"]), CHECK_CONTEXT)
    return True
