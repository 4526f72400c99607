"""Sign-in of a browser: a one-time code becomes a session; every console with the same keys knows both.

Both are signed and kept by nobody. Only what is spent is written down: a code that was used, and a session
that was signed out.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

from activities.signing.signatures import CommandKeys
from store.vault.spent_tokens import SpentTokenStore

#: A code that was not used in this time is void.
CODE_LIFETIME = timedelta(minutes=10)
#: A browser stays signed in for this time.
SESSION_LIFETIME = timedelta(hours=12)
_ID_BYTES = 16
_CODE, _SESSION = "planswitch.sign-in-code", "planswitch.session"


class Sessions:
    """Codes and sessions; another operator's key, or another key of commands, ends them all.

    What asks or notes what is spent raises `StoreUnavailable` where PostgreSQL does not answer.

    Args:
        api_key: The operator's key.
        command_keys: They stand in for what a key that a person chose lacks: nobody guesses it from a cookie.
        spent: What is of no use any more.
        now: Returns the present instant.
    """

    def __init__(
        self, *, api_key: str, command_keys: CommandKeys, spent: SpentTokenStore, now: Callable[[], datetime]
    ) -> None:
        valid = [key for key in (command_keys.second, command_keys.signing) if key is not None]
        # The last one signs; while the key of commands is rolled both are believed.
        self._keys = [api_key.encode() + b"\0" + key for key in valid]
        self._spent = spent
        self._now = now

    def new_code(self) -> str:
        """Return a code that signs in once."""
        return self._signed(_CODE, CODE_LIFETIME)

    def sign_in(self, code: str) -> str | None:
        """Use up a code and return a session's token, or None when the code is not valid."""
        return self.new_session() if self._spend(_CODE, code) else None

    def new_session(self) -> str:
        """Return the token of a new session."""
        return self._signed(_SESSION, SESSION_LIFETIME)

    def is_valid(self, session: str) -> bool:
        """Return whether a session is open."""
        token = self._read(_SESSION, session)
        return token is not None and not self._spent.is_spent(token[0])

    def sign_out(self, session: str) -> None:
        """End a session, for every console."""
        self._spend(_SESSION, session)

    def _spend(self, kind: str, signed: str) -> bool:
        """Use a token up, and tell whether it was good until now."""
        token = self._read(kind, signed)
        return token is not None and self._spent.spend(*token)

    def _signed(self, kind: str, lifetime: timedelta) -> str:
        expires_at = self._now() + lifetime
        signed = self._serializer(kind).dumps([secrets.token_urlsafe(_ID_BYTES), int(expires_at.timestamp())])
        return str(signed)

    def _read(self, kind: str, signed: str) -> tuple[str, datetime] | None:
        """Return a token's id and when it expires; None where we did not sign it, or it has expired."""
        try:
            token_id, seconds = self._serializer(kind).loads(signed)
        except BadData:
            return None
        expires_at = datetime.fromtimestamp(seconds, tz=UTC)
        return (token_id, expires_at) if expires_at > self._now() else None

    def _serializer(self, kind: str) -> URLSafeSerializer:
        options = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
        return URLSafeSerializer(self._keys, salt=kind, signer_kwargs=options)
