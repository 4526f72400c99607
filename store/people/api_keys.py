"""API keys: the digest of each secret, what it is limited to, its ends and its last use."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg import Cursor
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from domain.people.keys import ApiKey
from store.core.base import StorePart
from store.people.accounts import grants_as_json, grants_of_json

_SELECT = """
SELECT k.key_id, k.account, k.digest, k.label, k.scope, k.expires_at, k.replaces, k.actor, k.at, u.used_at,
    (SELECT min(e.ends_at) FROM planswitch.api_key_end e WHERE e.key_id = k.key_id) AS ended_at
FROM planswitch.api_key k LEFT JOIN planswitch.api_key_use u ON u.key_id = k.key_id
"""
_ONE = f"{_SELECT} WHERE k.key_id = %(key_id)s"
_OF_ACCOUNT = f"{_SELECT} WHERE k.account = %(account)s ORDER BY k.at DESC"
_ALL = f"{_SELECT} ORDER BY k.account, k.at DESC"
_WRITE = """
INSERT INTO planswitch.api_key (key_id, account, digest, label, scope, expires_at, replaces, actor, reason)
VALUES (%(key_id)s, %(account)s, %(digest)s, %(label)s, %(scope)s, %(expires_at)s, %(replaces)s, %(actor)s,
    %(reason)s)
"""
_END = """
INSERT INTO planswitch.api_key_end (key_id, ends_at, actor, reason)
VALUES (%(key_id)s, %(ends_at)s, %(actor)s, %(reason)s) ON CONFLICT DO NOTHING
"""
#: Once a minute is enough to see which key nobody uses, and every request is too often.
_USE = """
INSERT INTO planswitch.api_key_use AS u (key_id, used_at) VALUES (%(key_id)s, %(at)s)
ON CONFLICT (key_id) DO UPDATE SET used_at = EXCLUDED.used_at
WHERE u.used_at < EXCLUDED.used_at - interval '1 minute'
"""


class ApiKeyStore(StorePart):
    """Keys by their public id."""

    def keys(self, account: str | None = None) -> tuple[ApiKey, ...]:
        """Return the keys of an account, the newest first; None: of everybody."""
        rows = self._rows(_ALL, {}) if account is None else self._rows(_OF_ACCOUNT, {"account": account})
        return tuple(map(_key_of, rows))

    def key(self, key_id: str) -> ApiKey | None:
        """Return what is known of a key; None: there is none."""
        return next(map(_key_of, self._rows(_ONE, {"key_id": key_id})), None)

    def key_with_digest(self, key_id: str) -> tuple[ApiKey, bytes] | None:
        """Return a key with the digest of its secret; None: there is none."""
        rows = self._rows(_ONE, {"key_id": key_id})
        return next(((_key_of(row), bytes(row["digest"])) for row in rows), None)

    def makers(self, account: str, at: datetime) -> frozenset[str]:
        """Return who made the keys of an account that were valid at an instant."""
        return frozenset(key.made_by for key in self.keys(account) if key.made_at <= at and key.is_valid(at))

    def write_key(
        self, key: ApiKey, digest: bytes, *, reason: str, replaced_ends_at: datetime | None = None
    ) -> None:
        """Store a new key, and the end of the one that it replaces, in one transaction.

        Args:
            key: Its instant of making is the server's.
            digest: SHA-256 of its secret.
            reason: Why it was made.
            replaced_ends_at: When `key.replaces` is refused; None where it replaces none.
        """
        facts = {
            "key_id": key.key_id,
            "account": key.account,
            "digest": digest,
            "label": key.label,
            "scope": None if key.scope is None else Jsonb(grants_as_json(key.scope)),
            "expires_at": key.expires_at,
            "replaces": key.replaces,
            "actor": key.made_by,
            "reason": reason,
        }

        def write(cursor: Cursor[DictRow]) -> None:
            cursor.execute(_WRITE, facts)
            if replaced_ends_at is not None:
                cursor.execute(_END, _end(key.replaces, replaced_ends_at, key.made_by, reason))

        self._written(write)

    def end_key(self, key_id: str, ends_at: datetime, *, actor: str, reason: str) -> None:
        """Record from when on a key is refused; an earlier end stays."""
        self._written(lambda cursor: cursor.execute(_END, _end(key_id, ends_at, actor, reason)))

    def note_use(self, key_id: str, at: datetime) -> None:
        """Remember that a key was used."""
        self._written(lambda cursor: cursor.execute(_USE, {"key_id": key_id, "at": at}))


def _end(key_id: str, ends_at: datetime, actor: str, reason: str) -> dict[str, Any]:
    return {"key_id": key_id, "ends_at": ends_at, "actor": actor, "reason": reason}


def _key_of(row: DictRow) -> ApiKey:
    return ApiKey(
        key_id=row["key_id"],
        account=row["account"],
        label=row["label"],
        scope=None if row["scope"] is None else grants_of_json(row["scope"]),
        expires_at=row["expires_at"],
        ended_at=row["ended_at"],
        made_by=row["actor"],
        made_at=row["at"],
        replaces=row["replaces"],
        used_at=row["used_at"],
    )
