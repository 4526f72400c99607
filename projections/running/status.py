"""How far the read models are: position, head of the log, lag, what is put aside, age of what is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from projections.board.rows import IncompleteStream
from projections.running.projector import shown_version
from projections.running.schema import PROJECTION, SCHEMA, Connection, opened
from projections.running.tables import newest_put_aside
from store.core.errors import repeated, translated
from store.health.heartbeats import PROJECTOR, SILENT_SECONDS, heartbeats

#: What is shown may be so old and count as what is now.
BEHIND_SECONDS_MAX = 5.0
#: So far behind it is of no use.
LOST_SECONDS = 60.0
CURRENT, BEHIND, SILENT, DEGRADED = "ok", "behind", "silent", "degraded"

_STATUS = f"""
SELECT position.notification_id AS position, position.updated_at,
       coalesce((SELECT max(notification_id) FROM planswitch.switch_events), 0) AS head,
       (SELECT count(*) FROM planswitch.switch_events
        WHERE notification_id > position.notification_id) AS lag,
       coalesce((SELECT greatest(extract(epoch FROM clock_timestamp() - recorded_at), 0)
        FROM planswitch.switch_events WHERE notification_id > position.notification_id
        ORDER BY notification_id LIMIT 1), 0)::double precision AS behind_seconds,
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
    #: Age of the oldest event that is not shown; 0 where none is missing.
    behind_seconds: float
    #: Since the projector's last round; None: it has never worked.
    silence_seconds: float | None
    #: Streams that were put aside last.
    incomplete: tuple[IncompleteStream, ...] = ()

    @property
    def is_degraded(self) -> bool:
        """Return whether events are missing in the tables because one could not be folded."""
        return self.dead_letters > 0

    @property
    def is_silent(self) -> bool:
        """Return whether nobody keeps the tables up to date now."""
        return self.silence_seconds is None or self.silence_seconds > SILENT_SECONDS

    @property
    def state(self) -> str:
        """Return CURRENT, or what is wrong, the worst first."""
        if self.is_silent:
            return SILENT
        if self.behind_seconds > BEHIND_SECONDS_MAX:
            return BEHIND
        return DEGRADED if self.is_degraded else CURRENT

    @property
    def shown_age_seconds(self) -> float:
        """Return how old what is shown may be: events may be missing since then."""
        return max(self.behind_seconds, self.silence_seconds or 0.0)


def status(database_url: str) -> tuple[ProjectionStatus, ...]:
    """Return where every projection stands.

    Raises:
        SchemaOutdated: The tables are missing.
        StoreUnavailable: PostgreSQL does not answer.
    """
    with translated():
        return _shown(database_url)


def status_on(connection: Connection) -> tuple[ProjectionStatus, ...]:
    """Return where every projection stands, by an open connection."""
    version = shown_version(connection)
    row = connection.execute(_STATUS.encode(), [PROJECTION, version]).fetchone()
    if row is None:
        return ()
    beats = [each.age_seconds for each in heartbeats(connection) if each.part == PROJECTOR]
    return (
        ProjectionStatus(
            name=PROJECTION,
            version=version,
            silence_seconds=min(beats, default=None),
            incomplete=newest_put_aside(connection, version),
            **row,
        ),
    )


@repeated
def _shown(database_url: str) -> tuple[ProjectionStatus, ...]:
    with opened(database_url) as connection:
        return status_on(connection)
