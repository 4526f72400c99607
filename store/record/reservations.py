"""Which organizations are held by a switch now: the newest reservation has no release after it."""

from __future__ import annotations

from uuid import UUID

from domain.organizations.organization import SwitchReserved
from store.core.base import PAGE_SIZE_MAX, StorePart, checked_page_size

#: The topics stand in the text as in the partial index: as parameters they would not be served by it.
_RESERVED = """
SELECT originator_id FROM (
    SELECT DISTINCT ON (originator_id) originator_id, topic FROM planswitch.switch_events
    WHERE topic IN ('organization.switch-reserved', 'organization.switch-released')
        AND (%(after)s::uuid IS NULL OR originator_id > %(after)s::uuid)
    ORDER BY originator_id, originator_version DESC
) AS newest
WHERE topic = %(reserved)s ORDER BY originator_id LIMIT %(limit)s
"""


class ReservationStore(StorePart):
    """Organizations by whether a switch holds them."""

    def reserved_organizations(self, after: UUID | None = None, limit: int = PAGE_SIZE_MAX) -> list[UUID]:
        """Return one page of the streams of organizations that a switch holds, in order of their id.

        Args:
            after: Last stream of the page before.
            limit: Streams at most, up to PAGE_SIZE_MAX.
        """
        parameters = {
            "after": after,
            "reserved": SwitchReserved.TOPIC,
            "limit": checked_page_size(limit),
        }
        return [row["originator_id"] for row in self._rows(_RESERVED, parameters)]
