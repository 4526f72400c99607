"""Reading of recorded assessments: of an organization, of switches, and what was decided beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domain.eligibility.assessment import Assessed
from domain.switch.events import SwitchRequested
from store.core.base import checked_page_size
from store.record.notifications import COLUMNS, NotificationStore, StoredNotification

#: The topics stand in the text as in the partial indexes: as parameters they would not be served by them.
_TOPICS = "topic IN ('assessment.assessed', 'subscription.switch-requested')"
_OF_ORGANIZATION = f"""
SELECT {COLUMNS} FROM planswitch.switch_events
WHERE {_TOPICS} AND planswitch.meta_of(state, 'organization_id') = %(organization_id)s
    AND notification_id < %(before)s
ORDER BY notification_id DESC LIMIT %(limit)s
"""  # noqa: S608  # constants
_OF_SWITCHES = f"""
SELECT {COLUMNS} FROM planswitch.switch_events
WHERE {_TOPICS} AND planswitch.meta_of(state, 'switch_id') = ANY(%(switch_ids)s) AND topic = %(topic)s
ORDER BY notification_id
"""  # noqa: S608  # constants
_REQUESTED = f"""
SELECT DISTINCT planswitch.meta_of(state, 'switch_id') AS switch_id FROM planswitch.switch_events
WHERE {_TOPICS} AND planswitch.meta_of(state, 'switch_id') = ANY(%(switch_ids)s) AND topic = %(topic)s
"""  # noqa: S608  # constants
_AFTER = f"""
SELECT {COLUMNS} FROM planswitch.switch_events
WHERE {_TOPICS} AND notification_id > %(after)s AND notification_id <= %(until)s
ORDER BY notification_id LIMIT %(limit)s
"""  # noqa: S608  # constants
#: Only the index is read.
_ENDS = f"""
SELECT notification_id FROM (
    SELECT notification_id, row_number() OVER (ORDER BY notification_id) AS number
    FROM planswitch.switch_events
    WHERE {_TOPICS} AND notification_id > %(after)s AND notification_id <= %(until)s
    ORDER BY notification_id LIMIT %(rows)s
) AS numbered
WHERE mod(number, %(page_size)s) = 0 ORDER BY notification_id
"""  # noqa: S608  # constants
_OF_STREAMS = f"""
SELECT {COLUMNS} FROM planswitch.switch_events
WHERE originator_id = ANY(%(stream_ids)s) AND topic = ANY(%(topics)s) ORDER BY notification_id
"""  # noqa: S608  # constants
#: After every id of the log.
_END = 2**63 - 1


class AssessmentStore(NotificationStore):
    """Assessments, refusals and accepted requests, which each have an assessment."""

    def assessments(
        self, organization_id: str, *, before_id: int | None = None, limit: int
    ) -> list[StoredNotification]:
        """Return one page of an organization's assessments and requests, the newest first.

        Args:
            organization_id: Directory id of the organization.
            before_id: Id of the last event of the page before; None: the page begins with the newest.
            limit: Events of a page.
        """
        parameters = {
            "organization_id": organization_id,
            "before": _END if before_id is None else before_id,
            "limit": checked_page_size(limit),
        }
        return [self._notification(row) for row in self._rows(_OF_ORGANIZATION, parameters)]

    def assessments_after(self, after_id: int, *, until_id: int, limit: int) -> list[StoredNotification]:
        """Return one page of all assessments and requests in the order of the log.

        Args:
            after_id: Id of the last event of the page before; 0: the page begins with the oldest.
            until_id: Last id that is looked at.
            limit: Events of a page.
        """
        parameters = {"after": after_id, "until": until_id, "limit": checked_page_size(limit)}
        return self._long_rows(_AFTER, parameters)

    def assessment_ends(self, after_id: int, *, until_id: int, page_size: int, limit: int) -> list[int]:
        """Return the last ids of the full pages of all assessments and requests, in the order of the log.

        Args:
            after_id: Id after which the first page begins.
            until_id: Last id that is looked at.
            page_size: Events of a page.
            limit: Pages at most.
        """
        parameters = {"after": after_id, "until": until_id, "page_size": page_size, "rows": page_size * limit}
        return [row["notification_id"] for row in self._rows(_ENDS, parameters)]

    def assessments_of(self, switch_ids: Sequence[str]) -> list[StoredNotification]:
        """Return the assessments of the log that were made for these switches, oldest first."""
        parameters = {"switch_ids": list(switch_ids), "topic": Assessed.TOPIC}
        return self._long_rows(_OF_SWITCHES, parameters)

    def requests_of(self, switch_ids: Sequence[str]) -> list[StoredNotification]:
        """Return the recorded requests of these switches; a refused one has none."""
        parameters = {"switch_ids": list(switch_ids), "topic": SwitchRequested.TOPIC}
        return [self._notification(row) for row in self._rows(_OF_SWITCHES, parameters)]

    def requested(self, switch_ids: Sequence[str]) -> frozenset[str]:
        """Return those of the switches whose request was accepted."""
        parameters = {"switch_ids": list(switch_ids), "topic": SwitchRequested.TOPIC}
        return frozenset(row["switch_id"] for row in self._rows(_REQUESTED, parameters))

    def events_of_streams(
        self, stream_ids: Sequence[UUID], topics: Sequence[str]
    ) -> list[StoredNotification]:
        """Return the events of some topics in some streams, in the order of the log."""
        parameters = {"stream_ids": list(stream_ids), "topics": list(topics)}
        return self._long_rows(_OF_STREAMS, parameters)

    def _long_rows(self, query: str, parameters: dict[str, Any]) -> list[StoredNotification]:
        """Return events whose states are many thousand bytes each: a page of them is megabytes."""
        names = COLUMNS.split(", ")
        rows = self._tuples(query, parameters, is_binary=True)
        return [self._notification(dict(zip(names, row, strict=True))) for row in rows]
