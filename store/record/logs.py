"""Event streams without an aggregate: the license-move log, the assessment log, and drafts of orders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TypeVar, cast

from domain.eligibility.assessment import Assessed
from domain.kernel import ids
from domain.kernel.errors import AuditMismatch, ConcurrentWrite, UnknownCheckout
from domain.licenses.move import GroupMoved, MoveRow
from domain.ports.cloud import ProviderCall
from domain.requests.checkout import Checkout, CheckoutEvent, checkout_of
from store.core.base import PAGE_SIZE_MAX, StoredDomainEvent, checked_page_size
from store.core.detail import OUTSIDE_ANY_SWITCH, write_calls
from store.core.errors import translated
from store.core.rows import CallContext, DetailRows
from store.record.aggregates import AggregateStore

EventClass = TypeVar("EventClass", Assessed, GroupMoved)

#: Columns of the table of license moves that `move_row` reads.
MOVE_COLUMNS = ", ".join(each.name for each in fields(MoveRow))
_MOVES = f"""
SELECT {MOVE_COLUMNS} FROM planswitch.license_move
WHERE switch_id = %(switch_id)s::uuid AND pass_name = %(pass_name)s AND position > %(after)s
    AND (outcome <> 'moved' OR NOT %(unmoved_only)s)
ORDER BY position LIMIT %(limit)s
"""  # noqa: S608  # a constant
_SERVICE_LISTS = ("kept", "no_counterpart", "newly_granted", "dependents")


@dataclass(frozen=True, kw_only=True, slots=True)
class ChunkTime:
    """When a chunk of a pass was recorded."""

    number: int
    #: Place of its first user in the pass.
    first_position: int
    at: datetime


class LogStore(AggregateStore):
    """Logs whose versions are known beforehand: parallel writers never meet, a repetition meets itself."""

    def append_chunk(
        self,
        event: GroupMoved,
        moves: Sequence[MoveRow],
        calls: Sequence[ProviderCall] = (),
        call_context: CallContext | None = None,
    ) -> GroupMoved:
        """Save one chunk with its rows; a redelivered chunk is answered with what was recorded.

        The provider calls of a redelivery are still recorded.

        Raises:
            AuditMismatch: This number of the log was recorded for other users or another target.
        """
        rows = DetailRows(switch_id=event.switch_id, pass_name=event.pass_name, moves=moves)
        recorded = self._append(event, rows=rows, calls=calls, call_context=call_context)
        if recorded.input_digest != event.input_digest:
            raise AuditMismatch(
                f"Chunk {event.group_number} of pass {event.pass_name} was recorded for another input.",
                remedy=f"Compare it with `planswitch audit show {event.switch_id}`; do not retry.",
                recorded=recorded.input_digest,
                asked=event.input_digest,
            )
        return recorded

    def chunks(
        self, switch_id: str, pass_name: str, *, first: int = 0, count: int | None = None
    ) -> tuple[GroupMoved, ...]:
        """Return the recorded chunks of a pass in order of their number; gaps are chunks not yet done.

        It looks at `count` numbers from that of the `first` chunk; None looks at all that follow.
        """
        stream_id = ids.license_move_stream_id(switch_id, pass_name)
        # A chunk's version is its number plus one.
        last = None if count is None else first + count
        with translated():
            events = self._application.events.get(stream_id, gt=first, lte=last)
            return cast("tuple[GroupMoved, ...]", tuple(events))

    def chunk_times(self, switch_id: str, pass_name: str) -> tuple[ChunkTime, ...]:
        """Return when each recorded chunk of a pass was, in order of their number."""
        stream_id = ids.license_move_stream_id(switch_id, pass_name)
        with translated():
            chunks = cast("Iterator[GroupMoved]", self._application.events.get(stream_id))
            return tuple(
                ChunkTime(number=each.group_number, first_position=each.first_position, at=each.timestamp)
                for each in chunks
            )

    def license_rows(
        self,
        switch_id: str,
        pass_name: str,
        *,
        after_position: int = -1,
        limit: int = PAGE_SIZE_MAX,
        unmoved_only: bool = False,
    ) -> tuple[MoveRow, ...]:
        """Return one page of per-user rows of a pass such as `move` or `retry-1`, in order of position.

        `after_position` is that of the last row of the page before, and `limit` is PAGE_SIZE_MAX at most.
        """
        parameters = {
            "switch_id": switch_id,
            "pass_name": pass_name,
            "after": after_position,
            "unmoved_only": unmoved_only,
            "limit": checked_page_size(limit),
        }
        return tuple(move_row(row) for row in self._rows(_MOVES, parameters))

    def record_assessment(self, event: Assessed) -> Assessed:
        """Save an assessment once; a repetition is answered with what was recorded."""
        return self._append(event)

    def find_checkout(self, checkout_id: str) -> Checkout | None:
        """Return the draft of an order as it is now, or None when it was never started."""
        with translated():
            events = tuple(self._application.events.get(ids.checkout_stream_id(checkout_id)))
        return checkout_of(checkout_id, cast("tuple[CheckoutEvent, ...]", events))

    def checkout(self, checkout_id: str) -> Checkout:
        """Return the draft of an order as it is now.

        Raises:
            UnknownCheckout: There is none of that id.
        """
        checkout = self.find_checkout(checkout_id)
        if checkout is None:
            raise unknown_checkout(checkout_id)
        return checkout

    def append_checkout(self, event: CheckoutEvent) -> None:
        """Add one event to a draft; a change to a revision that is no longer the newest is refused.

        Raises:
            ConcurrentWrite: The draft has grown meanwhile; nothing was written.
        """
        self.save(events=[event])

    def _append(
        self,
        event: EventClass,
        *,
        rows: DetailRows | None = None,
        calls: Sequence[ProviderCall] = (),
        call_context: CallContext | None = None,
    ) -> EventClass:
        try:
            self.save(events=[event], rows=rows, calls=calls, call_context=call_context)
        except ConcurrentWrite:
            recorded = self._recorded(event)
            if recorded is None:
                raise
            if calls:
                # The repetition changed nothing here, but it did call the provider.
                context = call_context or OUTSIDE_ANY_SWITCH
                self._written(lambda cursor: write_calls(cursor, calls, context))
            return recorded
        return event

    def _recorded(self, event: EventClass) -> EventClass | None:
        before, version = event.originator_version - 1, event.originator_version
        with translated():
            stored: list[StoredDomainEvent] = list(
                self._application.events.get(event.originator_id, gt=before, lte=version)
            )
        return next((old for old in stored if isinstance(old, type(event))), None)


def move_row(row: dict[str, object]) -> MoveRow:
    """Return a row of the license-move table as it was saved."""
    lists = {name: tuple(cast("list[str]", row[name])) for name in _SERVICE_LISTS}
    return MoveRow(**{**row, **lists})  # type: ignore[arg-type]


def unknown_checkout(checkout_id: str) -> UnknownCheckout:
    """Return the refusal of an id that names no draft."""
    return UnknownCheckout(
        f"There is no checkout {checkout_id!r}.",
        remedy="Start one: `planswitch checkout start ORGANIZATION --to PLAN`.",
    )
