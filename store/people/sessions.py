"""Sessions of the console: every console reads them here, so one that ended has ended everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from psycopg import Cursor
from psycopg.rows import DictRow

from store.core.base import StorePart

#: How somebody signed in: by a one-time link, with a key, or at the provider of sign-ins.
Beginning = Literal["link", "key", "provider"]
_SELECT = """
SELECT s.session_id, s.account, s.digest, s.began_by, s.key_id, s.began_at, s.expires_at, e.at AS ended_at
FROM planswitch.console_session s LEFT JOIN planswitch.console_session_end e USING (session_id)
"""
_ONE = f"{_SELECT} WHERE s.session_id = %(session_id)s"
_OPEN = f"""
{_SELECT} WHERE s.account = %(account)s AND s.expires_at > %(now)s AND e.session_id IS NULL
ORDER BY s.began_at DESC
"""
_WRITE = """
INSERT INTO planswitch.console_session (session_id, account, digest, began_by, key_id, expires_at)
VALUES (%(session_id)s, %(account)s, %(digest)s, %(began_by)s, %(key_id)s, %(expires_at)s)
"""
_END = """
INSERT INTO planswitch.console_session_end (session_id, actor, reason)
SELECT session_id, %(actor)s, %(reason)s FROM planswitch.console_session
WHERE session_id = %(session_id)s ON CONFLICT DO NOTHING
"""
_END_ALL = """
INSERT INTO planswitch.console_session_end (session_id, actor, reason)
SELECT s.session_id, %(actor)s, %(reason)s FROM planswitch.console_session s
WHERE s.account = %(account)s AND s.expires_at > %(now)s ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, kw_only=True)
class ConsoleSession:
    """A session as it is stored, without its secret."""

    session_id: str
    account: str
    began_by: Beginning
    #: The key that it came from; "" after a sign-in at the provider.
    key_id: str
    began_at: datetime
    expires_at: datetime
    #: None: nobody has ended it.
    ended_at: datetime | None


class SessionStore(StorePart):
    """Sessions by their public id."""

    def session_with_digest(self, session_id: str) -> tuple[ConsoleSession, bytes] | None:
        """Return a session with the digest of its secret; None: there is none."""
        rows = self._rows(_ONE, {"session_id": session_id})
        return next(((_session_of(row), bytes(row["digest"])) for row in rows), None)

    def open_sessions(self, account: str, now: datetime) -> tuple[ConsoleSession, ...]:
        """Return the sessions of an account that have neither ended nor expired, the newest first."""
        return tuple(map(_session_of, self._rows(_OPEN, {"account": account, "now": now})))

    def write_session(
        self,
        session_id: str,
        *,
        account: str,
        digest: bytes,
        began_by: Beginning,
        key_id: str,
        expires_at: datetime,
    ) -> None:
        """Store a new session."""
        facts = {
            "session_id": session_id,
            "account": account,
            "digest": digest,
            "began_by": began_by,
            "key_id": key_id,
            "expires_at": expires_at,
        }
        self._written(lambda cursor: cursor.execute(_WRITE, facts))

    def end_session(self, session_id: str, *, actor: str, reason: str) -> bool:
        """End a session; tell whether it had not ended before."""
        return self._ended(_END, {"session_id": session_id, "actor": actor, "reason": reason}) > 0

    def end_sessions(self, account: str, now: datetime, *, actor: str, reason: str) -> int:
        """End every open session of an account; return how many there were."""
        return self._ended(_END_ALL, {"account": account, "now": now, "actor": actor, "reason": reason})

    def _ended(self, statement: str, facts: dict[str, Any]) -> int:
        def end(cursor: Cursor[DictRow]) -> int:
            return cursor.execute(statement.encode(), facts).rowcount

        return self._written(end)


def _session_of(row: DictRow) -> ConsoleSession:
    return ConsoleSession(
        session_id=row["session_id"],
        account=row["account"],
        began_by=row["began_by"],
        key_id=row["key_id"],
        began_at=row["began_at"],
        expires_at=row["expires_at"],
        ended_at=row["ended_at"],
    )
