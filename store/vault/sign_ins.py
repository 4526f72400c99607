"""Sign-ins of people at a cloud: a refresh token for each profile and audience, under the master key."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import Cursor
from psycopg.rows import DictRow

from domain.kernel.errors import InvalidInput
from domain.kernel.shown_values import Words
from store.core.application import SwitchApplication
from store.core.base import StorePart
from store.core.errors import VaultLocked
from store.vault.keys import KEY_BYTES, KeyProvider, seal, unseal

Answer = TypeVar("Answer")

#: Sessions that idle in a transaction are ended after five seconds by default; a token service may take its
#: time, and the token that it gives must not be lost.
_IDLE = "SELECT set_config('idle_in_transaction_session_timeout', '180s', true)"
_HOLD = """
SELECT wrapped_key, sealed FROM planswitch.cloud_sign_in
WHERE profile = %(profile)s AND audience = %(audience)s AND client_id = %(client_id)s FOR UPDATE
"""
_RENEW = """
UPDATE planswitch.cloud_sign_in
SET wrapped_key = %(wrapped_key)s, key_provider = %(key_provider)s, sealed = %(sealed)s,
    renewed_at = clock_timestamp()
WHERE profile = %(profile)s AND audience = %(audience)s
"""
_KEEP = """
INSERT INTO planswitch.cloud_sign_in
    (profile, audience, client_id, wrapped_key, key_provider, sealed, signed_in_by)
VALUES (%(profile)s, %(audience)s, %(client_id)s, %(wrapped_key)s, %(key_provider)s, %(sealed)s,
    %(signed_in_by)s)
ON CONFLICT (profile, audience) DO UPDATE
SET client_id = EXCLUDED.client_id, wrapped_key = EXCLUDED.wrapped_key,
    key_provider = EXCLUDED.key_provider, sealed = EXCLUDED.sealed, signed_in_by = EXCLUDED.signed_in_by,
    signed_in_at = clock_timestamp(), renewed_at = clock_timestamp()
"""
_LIST = """
SELECT profile, audience, client_id, signed_in_by, signed_in_at, renewed_at FROM planswitch.cloud_sign_in
ORDER BY profile, audience
"""
_FLOW = b"cloud sign-in under way"
_FORGET = "DELETE FROM planswitch.cloud_sign_in WHERE profile = %(profile)s"


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptSignIn:
    """What is told of a sign-in; never its token."""

    profile: str
    audience: str
    client_id: str
    signed_in_by: str
    signed_in_at: datetime
    renewed_at: datetime


class SignInStore(StorePart):
    """Refresh tokens at rest; every write is one transaction."""

    def __init__(self, application: SwitchApplication, key_provider: KeyProvider) -> None:
        super().__init__(application)
        self._key_provider = key_provider

    def renewed(
        self, profile: str, audience: str, client_id: str, redeem: Callable[[str], tuple[str, Answer]]
    ) -> Answer | None:
        """Hold the refresh token of a profile and audience, and keep the one that `redeem` returns instead.

        The row is locked meanwhile, so that nobody redeems a token that was followed by another one.

        Args:
            profile: Name of the profile.
            audience: For whom.
            client_id: Of the application; a token of another one is none.
            redeem: Gets the refresh token; returns the one to keep, and the answer.

        Returns:
            The answer of `redeem`; None where nobody has signed in.

        Raises:
            VaultLocked: The master key does not open it.
        """
        facts = {"profile": profile, "audience": audience, "client_id": client_id}
        with self._transaction() as cursor:
            cursor.execute(_IDLE)
            row = cursor.execute(_HOLD, facts).fetchone()
            if row is None:
                return None
            held = self._opened(row, profile, audience)
            follower, answer = redeem(held)
            if follower != held:
                cursor.execute(_RENEW, facts | self._sealed(follower, profile, audience))
            return answer

    def keep_sign_in(
        self, profile: str, audience: str, client_id: str, refresh_token: str, *, actor: str
    ) -> None:
        """Keep a refresh token in place of the one that was kept for a profile and audience.

        Args:
            profile: Name of the profile.
            audience: For whom.
            client_id: Of the application.
            refresh_token: The token.
            actor: The operator in whose name somebody signed in.
        """
        facts = {"profile": profile, "audience": audience, "client_id": client_id, "signed_in_by": actor}
        sealed = self._sealed(refresh_token, profile, audience)
        self._written(lambda cursor: cursor.execute(_KEEP, facts | sealed))

    def sign_ins(self) -> tuple[KeptSignIn, ...]:
        """Return who has signed in, by profile and audience."""
        return tuple(KeptSignIn(**row) for row in self._rows(_LIST, {}))

    def forget_sign_ins(self, profile: str) -> int:
        """Delete the refresh tokens of a profile; return how many there were."""

        def forget(cursor: Cursor[DictRow]) -> int:
            return cursor.execute(_FORGET, {"profile": profile}).rowcount

        return self._written(forget)

    def sealed_flow(self, text: str) -> str:
        """Return a sign-in that is under way as a text that whoever carries it can't read."""
        key = secrets.token_bytes(KEY_BYTES)
        wrapped = self._key_provider.wrap(key, _FLOW)
        sealed = seal(AESGCM(key), text.encode(), _FLOW)
        return ".".join(urlsafe_b64encode(part).decode() for part in (wrapped, sealed))

    def opened_flow(self, text: str) -> str:
        """Return what was sealed.

        Raises:
            InvalidInput: It was not sealed here, or was altered.
        """
        try:
            wrapped, sealed = (urlsafe_b64decode(part) for part in text.split("."))
            return unseal(AESGCM(self._key_provider.unwrap(wrapped, _FLOW)), sealed, _FLOW).decode()
        except (VaultLocked, ValueError):
            raise InvalidInput(
                field="flow",
                value=Words("not of a sign-in that was begun here"),
                allowed="the flow that the beginning of the sign-in answered",
                remedy="Begin the sign-in again.",
            ) from None

    def _sealed(self, refresh_token: str, profile: str, audience: str) -> dict[str, Any]:
        key, context = secrets.token_bytes(KEY_BYTES), wrapping_context(profile, audience)
        return {
            "wrapped_key": self._key_provider.wrap(key, context),
            "key_provider": self._key_provider.name,
            "sealed": seal(AESGCM(key), refresh_token.encode(), context),
        }

    def _opened(self, row: DictRow, profile: str, audience: str) -> str:
        context = wrapping_context(profile, audience)
        key = self._key_provider.unwrap(bytes(row["wrapped_key"]), context)
        return unseal(AESGCM(key), bytes(row["sealed"]), context).decode()


def wrapping_context(profile: str, audience: str) -> bytes:
    """Return what a sealed token is bound to, so that no row opens in the place of another."""
    return f"cloud sign-in\0{profile}\0{audience}".encode()
