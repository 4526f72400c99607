"""How far the read models are: position, head of the log, lag, and what is put aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import DictRow

from projections.projector import shown_version
from projections.put_aside import IncompleteStream, newest_put_aside
from projections.schema import PROJECTION, SCHEMA, opened
from store.errors import translated
from store.repeats import repeated

_STATUS = f"""
SELECT position.notification_id, position.updated_at,
       coalesce((SELECT max(notification_id) FROM planswitch.switch_events), 0) AS head,
       (SELECT count(*) FROM planswitch.switch_events
        WHERE notification_id > position.notification_id) AS lag,
       (SELECT count(*) FROM {SCHEMA}.dead_letter AS letter
        WHERE letter.projection = position.projection AND letter.version = position.version) AS dead_letters
FROM {SCHEMA}.projection_position AS position
WHERE position.projection = %s AND position.version = %s
"""  # noqa: S608  # a constant


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectionStatus:
    """Where a projection stands."""

    name: str
    #: Version that the views show.
    version: int
    #: Last event that is in the tables.
    position: int
    #: Last event of the log.
    head: int
    #: Events between the two.
    lag: int
    #: Streams that are put aside, each since an event that could not be folded.
    dead_letters: int
    updated_at: datetime
    #: Those that were put aside last.
    incomplete: tuple[IncompleteStream, ...] = ()

    @property
    def is_degraded(self) -> bool:
        """Tell whether events are missing in the tables because one could not be folded."""
        return self.dead_letters > 0


def status(database_url: str) -> tuple[ProjectionStatus, ...]:
    """Return where every projection stands.

    Raises:
        SchemaOutdated: The tables are missing.
        StoreUnavailable: PostgreSQL does not answer.
    """
    with translated():
        version, row, incomplete = _shown(database_url)
    if row is None:
        return ()
    return (
        ProjectionStatus(
            name=PROJECTION,
            version=version,
            position=row["notification_id"],
            head=row["head"],
            lag=row["lag"],
            dead_letters=row["dead_letters"],
            updated_at=row["updated_at"],
            incomplete=incomplete,
        ),
    )


@repeated
def _shown(database_url: str) -> tuple[int, DictRow | None, tuple[IncompleteStream, ...]]:
    with opened(database_url) as connection:
        version = shown_version(connection)
        row = connection.execute(_STATUS.encode(), [PROJECTION, version]).fetchone()
        return version, row, newest_put_aside(connection, version)
