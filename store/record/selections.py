"""Selections of users: who is to move where others stay, by opaque keys; one choice has one id for ever."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import DictRow

from domain.kernel.facts import digest_of
from store.core.base import PAGE_SIZE_MAX, StorePart

_WRITE = """
INSERT INTO planswitch.user_selection (selection_id, organization_id, user_count)
VALUES (%(selection_id)s, %(organization_id)s, %(count)s) ON CONFLICT DO NOTHING RETURNING selection_id
"""
_WRITE_USERS = """
INSERT INTO planswitch.user_selection_user (selection_id, user_key)
SELECT %(selection_id)s, unnest(%(user_keys)s::uuid[])
"""
_COUNT = """
SELECT user_count FROM planswitch.user_selection
WHERE selection_id = %(selection_id)s AND organization_id = %(organization_id)s
"""
_USERS = """
SELECT user_key FROM planswitch.user_selection_user JOIN planswitch.user_selection USING (selection_id)
WHERE selection_id = %(selection_id)s AND organization_id = %(organization_id)s
"""
_PAGE = f"{_USERS} AND user_key > %(after)s ORDER BY user_key LIMIT {PAGE_SIZE_MAX}"
_SELECTED = f"{_USERS} AND user_key = ANY(%(wanted)s::uuid[])"


class SelectionStore(StorePart):
    """Selections by id; one that is stored never changes."""

    def write_selection(self, organization_id: str, user_keys: Iterable[UUID]) -> str:
        """Store a choice of at least one user and return its id; the same users are the same selection."""
        keys = sorted(set(user_keys))
        selection_id = digest_of({"organization_id": organization_id, "users": [str(key) for key in keys]})
        facts = {**_of(organization_id, selection_id), "count": len(keys), "user_keys": keys}

        def write(cursor: Cursor[DictRow]) -> None:
            # Who comes second waits for the first one, whose users count.
            if cursor.execute(_WRITE, facts).fetchone() is not None:
                cursor.execute(_WRITE_USERS, facts)

        self._written(write)
        return selection_id

    def selection_count(self, organization_id: str, selection_id: str) -> int | None:
        """Return how many users a selection has; None: the organization has none of that id."""
        rows = self._rows(_COUNT, _of(organization_id, selection_id))
        return next((int(row["user_count"]) for row in rows), None)

    def selection_pages(self, organization_id: str, selection_id: str) -> Iterator[list[UUID]]:
        """Yield the users of a selection, in order of their keys; none of one that is not stored."""
        after = UUID(int=0)
        while rows := self._rows(_PAGE, {**_of(organization_id, selection_id), "after": after}):
            yield [row["user_key"] for row in rows]
            after = rows[-1]["user_key"]

    def selected_of(self, organization_id: str, selection_id: str, user_keys: Sequence[UUID]) -> set[UUID]:
        """Return those of some users who are in a selection."""
        rows = self._rows(_SELECTED, {**_of(organization_id, selection_id), "wanted": list(user_keys)})
        return {row["user_key"] for row in rows}


def _of(organization_id: str, selection_id: str) -> dict[str, Any]:
    return {"selection_id": selection_id, "organization_id": organization_id}
