"""Codes and sessions of the console that are of no use any more: every console looks here."""

from __future__ import annotations

from datetime import datetime

from store.core.base import StorePart

#: What has expired is of no use by itself; a clock that is wrong by a day changes nothing.
_FORGET = "DELETE FROM planswitch.spent_token WHERE expires_at < clock_timestamp() - interval '1 day'"
_SPEND = """
INSERT INTO planswitch.spent_token (token_id, expires_at) VALUES (%(token_id)s, %(expires_at)s)
ON CONFLICT DO NOTHING
"""
_READ = "SELECT token_id FROM planswitch.spent_token WHERE token_id = %(token_id)s"


class SpentTokenStore(StorePart):
    """Spent tokens through the store's pool."""

    def spend(self, token_id: str, expires_at: datetime) -> bool:
        """Write an id down and tell whether it was new: of several who try at once one is told so."""
        with self._transaction() as cursor:
            cursor.execute(_FORGET.encode())
            cursor.execute(_SPEND.encode(), {"token_id": token_id, "expires_at": expires_at})
            return cursor.rowcount == 1

    def is_spent(self, token_id: str) -> bool:
        """Return whether an id is written down."""
        return bool(self._rows(_READ, {"token_id": token_id}))
