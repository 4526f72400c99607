"""Selections of users: who is to move where others stay, by opaque keys; one choice has one id for ever."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from domain.kernel.facts import digest_of
from store.core.base import PAGE_SIZE_MAX, StorePart

_WRITE = """
INSERT INTO planswitch.user_selection (selection_id, organization_id, user_keys)
VALUES (%(selection_id)s, %(organization_id)s, %(user_keys)s) ON CONFLICT (selection_id) DO NOTHING
"""
_COUNT = """
SELECT cardinality(user_keys) AS users FROM planswitch.user_selection
WHERE selection_id = %(selection_id)s AND organization_id = %(organization_id)s
"""
_PAGE = """
SELECT user_keys[%(first)s:%(last)s] AS user_keys FROM planswitch.user_selection
WHERE selection_id = %(selection_id)s AND organization_id = %(organization_id)s
"""
_SELECTED = """
SELECT wanted FROM unnest(%(wanted)s::uuid[]) AS wanted, planswitch.user_selection
WHERE selection_id = %(selection_id)s AND organization_id = %(organization_id)s AND wanted = ANY(user_keys)
"""


class SelectionStore(StorePart):
    """Selections by id; one that is stored never changes."""

    def write_selection(self, organization_id: str, user_keys: Iterable[UUID]) -> str:
        """Store a choice of users and return its id; the same users are the same selection."""
        keys = sorted(set(user_keys))
        selection_id = digest_of({"organization_id": organization_id, "users": [str(key) for key in keys]})
        facts = {"selection_id": selection_id, "organization_id": organization_id, "user_keys": keys}
        self._written(lambda cursor: cursor.execute(_WRITE, facts))
        return selection_id

    def selection_count(self, organization_id: str, selection_id: str) -> int | None:
        """Return how many users a selection has; None: the organization has none of that id."""
        of = {"selection_id": selection_id, "organization_id": organization_id}
        return next((int(row["users"]) for row in self._rows(_COUNT, of)), None)

    def selection_pages(self, organization_id: str, selection_id: str) -> Iterator[list[UUID]]:
        """Yield the users of a selection, in order of their keys; none of one that is not stored."""
        of = {"selection_id": selection_id, "organization_id": organization_id}
        first = 1
        while True:
            rows = self._rows(_PAGE, {**of, "first": first, "last": first + PAGE_SIZE_MAX - 1})
            keys = list(rows[0]["user_keys"]) if rows else []
            if not keys:
                return
            yield keys
            first += PAGE_SIZE_MAX

    def selected_of(self, organization_id: str, selection_id: str, user_keys: Sequence[UUID]) -> set[UUID]:
        """Return those of some users who are in a selection."""
        of = {"selection_id": selection_id, "organization_id": organization_id}
        return {row["wanted"] for row in self._rows(_SELECTED, {**of, "wanted": list(user_keys)})}
