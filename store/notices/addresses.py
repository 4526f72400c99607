"""Addresses of recipients: sealed at rest, and deleted with the last subscription (notices#recipients)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import Cursor
from psycopg.rows import DictRow

from store.core.application import SwitchApplication
from store.core.base import StorePart
from store.vault.keys import KEY_BYTES, KeyProvider, seal, unseal
from store.vault.vault import Vault

#: Owner of the secret that makes the keys of recipients; no organization has such an id.
_SCOPE = "recipients of notices"
_KEEP = """
INSERT INTO planswitch.notice_address (recipient_key, wrapped_key, key_provider, sealed)
VALUES (%(recipient_key)s, %(wrapped_key)s, %(key_provider)s, %(sealed)s) ON CONFLICT DO NOTHING
"""
_READ = """
SELECT recipient_key, wrapped_key, sealed FROM planswitch.notice_address
WHERE recipient_key = ANY(%(recipient_keys)s)
"""
_ERASE = """
DELETE FROM planswitch.notice_address WHERE recipient_key = %(recipient_key)s AND NOT EXISTS (
    SELECT FROM planswitch.notice_subscription AS one
    WHERE one.recipient_key = %(recipient_key)s AND NOT EXISTS (
        SELECT FROM planswitch.notice_subscription_end AS e WHERE e.subscription_id = one.subscription_id))
"""


class AddressStore(StorePart):
    """Addresses by the opaque keys of recipients."""

    def __init__(self, application: SwitchApplication, key_provider: KeyProvider, vault: Vault) -> None:
        super().__init__(application)
        self._key_provider = key_provider
        self._vault = vault

    def key_of(self, address: str) -> UUID:
        """Return the opaque key of a recipient, the same for the same address; nothing is kept of it.

        Raises:
            VaultLocked: The master key is another one.
        """
        (key,) = self._vault.known_keys(_SCOPE, [address])
        return key

    def keep(self, cursor: Cursor[DictRow], recipient_key: UUID, address: str) -> None:
        """Keep an address sealed, in the caller's transaction."""
        key, context = secrets.token_bytes(KEY_BYTES), wrapping_context(recipient_key)
        facts = {
            "recipient_key": recipient_key,
            "wrapped_key": self._key_provider.wrap(key, context),
            "key_provider": self._key_provider.name,
            "sealed": seal(AESGCM(key), address.encode(), context),
        }
        cursor.execute(_KEEP, facts)

    def erase_unsubscribed(self, cursor: Cursor[DictRow], recipient_key: UUID) -> int:
        """Delete the address of a recipient without a subscription, in the caller's transaction.

        Returns:
            How many addresses were deleted: 1 or 0.
        """
        return cursor.execute(_ERASE, {"recipient_key": recipient_key}).rowcount

    def addresses(self, recipient_keys: Iterable[UUID]) -> dict[UUID, str]:
        """Return the address of each recipient; erased ones are left out.

        Raises:
            VaultLocked: The master key is another one.
        """
        rows = self._rows(_READ, {"recipient_keys": list(set(recipient_keys))})
        return {row["recipient_key"]: self._opened(row) for row in rows}

    def _opened(self, row: DictRow) -> str:
        context = wrapping_context(row["recipient_key"])
        key = self._key_provider.unwrap(bytes(row["wrapped_key"]), context)
        return unseal(AESGCM(key), bytes(row["sealed"]), context).decode()


def wrapping_context(recipient_key: UUID) -> bytes:
    """Return what a sealed address is bound to, so that no row opens in the place of another."""
    return b"notice recipient\0" + recipient_key.bytes
