"""Sign-in of a browser: sessions in PostgreSQL, and one-time codes that begin one.

A session belongs to an account, and to the key that it came from: it ends with that key, and reaches no
farther. A code is signed and kept by nobody; only that it was used is written down.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

from activities.signing.signatures import CommandKeys
from domain.kernel.errors import PlanSwitchError
from domain.people.keys import digest_of_secret, is_secret
from services.people.credentials import Credential, Credentials
from store.people.sessions import Beginning, ConsoleSession
from store.switch_store import SwitchStore

#: A code that was not used in this time is void.
CODE_LIFETIME = timedelta(minutes=10)
#: A browser stays signed in for this time.
SESSION_LIFETIME = timedelta(hours=12)
_ID_BYTES, _SECRET_BYTES = 16, 32
_TOKEN = re.compile(rf"([0-9a-f]{{{2 * _ID_BYTES}}})_([0-9a-f]{{{2 * _SECRET_BYTES}}})")
_CODE = "planswitch.sign-in-code.2"


class UnknownSession(PlanSwitchError):
    """No session of that id is among the caller's own; nothing was changed."""

    code = "UNKNOWN_SESSION"


class Sessions:
    """Codes and sessions.

    Args:
        store: Where sessions are, and which codes were used.
        credentials: Who is let in by which key.
        api_key: The installation's own key; another one voids every code.
        command_keys: They stand in for what a key that a person chose lacks: nobody guesses it from a code.
        now: Returns the present instant.
    """

    def __init__(
        self,
        store: SwitchStore,
        credentials: Credentials,
        *,
        api_key: str | None,
        command_keys: CommandKeys,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._credentials = credentials
        valid = [key for key in (command_keys.second, command_keys.signing) if key is not None]
        # The last one signs; while the key of commands is rolled both are believed.
        self._keys = [(api_key or "").encode() + b"\0" + key for key in valid]
        self._now = now

    def new_code(self, credential: Credential) -> str:
        """Return a code that signs in once, as whoever has it made and by the same key."""
        seconds = int((self._now() + CODE_LIFETIME).timestamp())
        facts = [secrets.token_hex(_ID_BYTES), seconds, credential.principal.actor, credential.key_id]
        return str(self._serializer().dumps(facts))

    def use_code(self, code: str) -> str | None:
        """Use up a code and return the token of a new session; None where the code is not valid."""
        try:
            code_id, seconds, account, key_id = self._serializer().loads(code)
        except (BadData, ValueError, TypeError):
            return None
        expires_at = datetime.fromtimestamp(seconds, tz=UTC)
        if expires_at <= self._now() or self._credentials.credential(account, key_id=key_id) is None:
            return None
        if not self._store.spend(code_id, expires_at):
            return None
        return self.begin(account, began_by="link", key_id=key_id)

    def begin(self, account: str, *, began_by: Beginning, key_id: str = "") -> str:
        """Return the token of a new session; nobody else knows it, so none can be fixed beforehand.

        Args:
            account: Whose.
            began_by: How somebody signed in.
            key_id: The key behind it; "" after a sign-in at the provider.
        """
        session_id, secret = secrets.token_hex(_ID_BYTES), secrets.token_hex(_SECRET_BYTES)
        self._store.console_sessions.write_session(
            session_id,
            account=account,
            digest=digest_of_secret(secret),
            began_by=began_by,
            key_id=key_id,
            expires_at=self._now() + SESSION_LIFETIME,
        )
        return f"{session_id}_{secret}"

    def credential(self, token: str) -> Credential | None:
        """Return who is signed in by a session; None where it, its key or its account lets nobody in."""
        session = self._open_session(token)
        if session is None:
            return None
        return self._credentials.credential(
            session.account, key_id=session.key_id, session_id=session.session_id
        )

    def of_account(self, account: str) -> tuple[ConsoleSession, ...]:
        """Return the open sessions of an account, the newest first."""
        return self._store.console_sessions.open_sessions(account, self._now())

    def end_token(self, token: str, *, reason: str) -> None:
        """End the session of a token, at every console; a token that is none changes nothing."""
        session = self._open_session(token)
        if session is not None:
            self._store.console_sessions.end_session(session.session_id, actor=session.account, reason=reason)

    def end(self, session_id: str, *, account: str, actor: str, reason: str) -> None:
        """End one session of an account, at every console.

        Raises:
            UnknownSession: The account has no such session open.
        """
        own = {each.session_id for each in self.of_account(account)}
        if session_id not in own:
            raise UnknownSession(
                f"{account} has no open session {session_id}.",
                remedy="It may have ended already: the list of sessions shows those that are open.",
            )
        self._store.console_sessions.end_session(session_id, actor=actor, reason=reason)

    def end_all(self, account: str, *, actor: str, reason: str) -> int:
        """End every session of an account, at every console; return how many there were."""
        return self._store.console_sessions.end_sessions(account, self._now(), actor=actor, reason=reason)

    def _open_session(self, token: str) -> ConsoleSession | None:
        match = _TOKEN.fullmatch(token)
        stored = self._store.console_sessions.session_with_digest(match[1]) if match else None
        if match is None or stored is None or not is_secret(match[2], stored[1]):
            return None
        session = stored[0]
        is_open = session.ended_at is None and session.expires_at > self._now()
        return session if is_open else None

    def _serializer(self) -> URLSafeSerializer:
        options = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
        return URLSafeSerializer(self._keys, salt=_CODE, signer_kwargs=options)
