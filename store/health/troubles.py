"""What is wrong with workflows now: found in Temporal by the workers' rounds, read by everybody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from psycopg import Cursor
from psycopg.rows import DictRow

from domain.operator.workflow_trouble import WorkflowTrouble
from store.core.base import StorePart
from store.health.heartbeats import Session

#: Troubles that are kept at most: more than that is one fault of all.
TROUBLES_MAX = 1_000

_CLEAR = "DELETE FROM planswitch.workflow_trouble"
_LOCK = "LOCK TABLE planswitch.workflow_trouble IN EXCLUSIVE MODE"
_ADD = """
INSERT INTO planswitch.workflow_trouble (workflow_id, code, place, switch_id, since, message, remedy)
VALUES (%(workflow_id)s, %(code)s, %(place)s, %(switch_id)s::uuid, %(since)s, %(message)s, %(remedy)s)
ON CONFLICT DO NOTHING
"""
_READ = """
SELECT workflow_id, code, place, switch_id::text AS switch_id, since, message, remedy
FROM planswitch.workflow_trouble
WHERE %(switch_id)s::uuid IS NULL OR switch_id = %(switch_id)s::uuid
ORDER BY since, workflow_id, code, place
"""


def troubles(session: Session, switch_id: str | None = None) -> tuple[WorkflowTrouble, ...]:
    """Return what is wrong, with all switches or with one of them, the oldest first."""
    rows: Sequence[DictRow] = session.execute(_READ.encode(), {"switch_id": switch_id}).fetchall()
    return tuple(WorkflowTrouble(**row) for row in rows)


class TroubleStore(StorePart):
    """Troubles of workflows through the store's pool."""

    def save_troubles(self, troubles: Sequence[WorkflowTrouble]) -> None:
        """Write down all that a round found, in the place of what the round before found."""

        def write(cursor: Cursor[DictRow]) -> None:
            cursor.execute(_LOCK.encode())
            cursor.execute(_CLEAR.encode())
            for each in troubles[:TROUBLES_MAX]:
                cursor.execute(_ADD.encode(), asdict(each))

        self._written(write)

    def troubles(self, switch_id: str | None = None) -> tuple[WorkflowTrouble, ...]:
        """Return what is wrong (see the function of the same name)."""
        rows = self._rows(_READ, {"switch_id": switch_id})
        return tuple(WorkflowTrouble(**row) for row in rows)
