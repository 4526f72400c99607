"""Services that somebody has chosen for single users, by opaque keys; one choice has one id for ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import DictRow

from domain.kernel.facts import digest_of
from store.core.base import StorePart

_WRITE = """
INSERT INTO planswitch.user_services (choice_id, organization_id, user_count)
VALUES (%(choice_id)s, %(organization_id)s, %(count)s) ON CONFLICT DO NOTHING RETURNING choice_id
"""
_WRITE_USER = """
INSERT INTO planswitch.user_services_user (choice_id, user_key, disabled)
VALUES (%(choice_id)s, %(user_key)s, %(disabled)s)
"""
_COUNT = """
SELECT user_count FROM planswitch.user_services
WHERE choice_id = %(choice_id)s AND organization_id = %(organization_id)s
"""
_NAMED = """
SELECT DISTINCT unnest(disabled) AS service FROM planswitch.user_services_user
WHERE choice_id = %(choice_id)s
"""
_OF_USERS = """
SELECT user_key, disabled FROM planswitch.user_services_user JOIN planswitch.user_services USING (choice_id)
WHERE choice_id = %(choice_id)s AND organization_id = %(organization_id)s
    AND user_key = ANY(%(wanted)s::uuid[])
"""


class UserServiceStore(StorePart):
    """Choices of services by id; one that is stored never changes."""

    def write_user_services(self, organization_id: str, disabled: Mapping[UUID, Sequence[str]]) -> str:
        """Store which services are off for at least one user, and return the id of the choice.

        Args:
            organization_id: Whose users they are.
            disabled: Key of a user -> ids of services that are off under the new plan.
        """
        sets = {key: sorted(set(disabled[key])) for key in sorted(disabled)}
        facts = {"organization_id": organization_id, "services": {str(key): off for key, off in sets.items()}}
        choice = {"choice_id": digest_of(facts), "organization_id": organization_id}

        def write(cursor: Cursor[DictRow]) -> None:
            # Who comes second waits for the first one, whose rows count.
            if cursor.execute(_WRITE, {**choice, "count": len(sets)}).fetchone() is not None:
                rows = [{**choice, "user_key": key, "disabled": off} for key, off in sets.items()]
                cursor.executemany(_WRITE_USER, rows)

        self._written(write)
        return choice["choice_id"]

    def user_services_count(self, organization_id: str, choice_id: str) -> int | None:
        """Return how many users a choice has; None: the organization has none of that id."""
        rows = self._rows(_COUNT, _of(organization_id, choice_id))
        return next((int(row["user_count"]) for row in rows), None)

    def user_services_named(self, organization_id: str, choice_id: str) -> frozenset[str] | None:
        """Return the ids of all services that a choice switches off for somebody.

        None: the organization has no choice of that id.
        """
        if self.user_services_count(organization_id, choice_id) is None:
            return None
        return frozenset(str(row["service"]) for row in self._rows(_NAMED, _of(organization_id, choice_id)))

    def user_services_of(
        self, organization_id: str, choice_id: str, user_keys: Sequence[UUID]
    ) -> dict[UUID, tuple[str, ...]]:
        """Return what a choice says of some users; those of whom it says nothing are left out."""
        rows = self._rows(_OF_USERS, {**_of(organization_id, choice_id), "wanted": list(user_keys)})
        return {row["user_key"]: tuple(row["disabled"]) for row in rows}


def _of(organization_id: str, choice_id: str) -> dict[str, Any]:
    return {"choice_id": choice_id, "organization_id": organization_id}
