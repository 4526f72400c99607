"""Requests for approvals: one log each, and lists of them, read from the record itself (ADR 47)."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast
from uuid import UUID

from domain.approvals.approval import Approval, UnknownApproval, approval_of
from domain.approvals.approval_events import ApprovalEvent, ApprovalRequested
from domain.kernel import ids
from store.core.base import checked_page_size
from store.core.errors import translated
from store.record.aggregates import AggregateStore

#: The topics stand in the text as in the partial index: as parameters they would not be served by it.
_NEWEST = """
SELECT originator_id, notification_id FROM (
    SELECT DISTINCT ON (originator_id) originator_id, topic, notification_id FROM planswitch.switch_events
    WHERE topic IN ('approval.requested', 'approval.granted', 'approval.refused', 'approval.voided',
        'approval.carried-out')
    ORDER BY originator_id, originator_version DESC
) AS newest
WHERE (topic = %(requested)s OR NOT %(undecided_only)s) AND notification_id < %(before)s
ORDER BY notification_id DESC LIMIT %(limit)s
"""
#: After every id of the log.
_END = 2**63 - 1


class ApprovalStore(AggregateStore):
    """Requests for approvals."""

    def find_approval(self, approval_id: str) -> Approval | None:
        """Return a request for an approval as it is now, or None when nobody made it."""
        return self._approval(ids.approval_stream_id(approval_id))

    def approval(self, approval_id: str) -> Approval:
        """Return a request for an approval as it is now.

        Raises:
            UnknownApproval: There is none of that id.
        """
        approval = self.find_approval(approval_id)
        if approval is None:
            raise UnknownApproval(
                f"There is no request for an approval {approval_id!r}.",
                remedy="`planswitch approval list` shows them.",
            )
        return approval

    def approvals(
        self, *, undecided_only: bool, limit: int, before_id: int | None = None
    ) -> list[tuple[int, Approval]]:
        """Return one page of requests, the one that changed last first, each with the id of that change.

        Args:
            undecided_only: Leave out what is decided; what has expired is not.
            limit: Requests of a page.
            before_id: Id of the last change of the page before; None: the page begins with the newest.
        """
        parameters = {
            "requested": ApprovalRequested.TOPIC,
            "undecided_only": undecided_only,
            "before": _END if before_id is None else before_id,
            "limit": checked_page_size(limit),
        }
        rows = self._rows(_NEWEST, parameters)
        loaded = [(int(row["notification_id"]), self._approval(row["originator_id"])) for row in rows]
        return [(number, approval) for number, approval in loaded if approval is not None]

    def approved_of(self, subject_id: str, command: str, request_ids: Collection[str]) -> list[Approval]:
        """Return the requests for approvals of one command under several request ids.

        Args:
            subject_id: The switch that is commanded; the organization for an act on a product.
            command: Name of the command, as its envelope says it.
            request_ids: They name the commands.
        """
        known = (self.find_approval(ids.approval_id_of(subject_id, command, each)) for each in request_ids)
        return [each for each in known if each is not None]

    def append_approval(self, *events: ApprovalEvent) -> None:
        """Add events to one request; one that has grown meanwhile refuses them.

        Raises:
            ConcurrentWrite: Somebody else was faster; nothing was written.
        """
        self.save(events=events)

    def _approval(self, stream_id: UUID) -> Approval | None:
        with translated():
            events = tuple(self._application.events.get(stream_id))
        return approval_of(cast("tuple[ApprovalEvent, ...]", events))
