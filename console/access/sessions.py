"""Sign-in of a browser on this machine: a one-time code becomes a session cookie."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

#: A code that was not used in this time is void.
CODE_LIFETIME = timedelta(minutes=10)
SESSION_LIFETIME = timedelta(hours=12)
#: Codes and sessions kept at most, each; the oldest give way.
KEPT_MAX = 1_000
_TOKEN_BYTES = 32


class Sessions:
    """Codes and sessions of one process; a restart signs everybody out.

    Args:
        now: Returns the present instant.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._codes: dict[str, datetime] = {}
        self._sessions: dict[str, datetime] = {}

    def new_code(self) -> str:
        """Return a code that signs in once."""
        return self._issue(self._codes, CODE_LIFETIME)

    def sign_in(self, code: str) -> str | None:
        """Use up a code and return a session's token, or None when the code is not valid."""
        with self._lock:
            expires_at = self._codes.pop(code, None)
        if expires_at is None or expires_at <= self._now():
            return None
        return self.new_session()

    def new_session(self) -> str:
        """Return the token of a new session."""
        return self._issue(self._sessions, SESSION_LIFETIME)

    def is_valid(self, token: str) -> bool:
        """Tell whether a session is open."""
        with self._lock:
            expires_at = self._sessions.get(token)
        return expires_at is not None and expires_at > self._now()

    def _issue(self, kept: dict[str, datetime], lifetime: timedelta) -> str:
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        with self._lock:
            if len(kept) >= KEPT_MAX:
                del kept[next(iter(kept))]
            kept[token] = self._now() + lifetime
        return token
