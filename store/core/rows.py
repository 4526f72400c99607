"""The plain records that go into and come out of the tables beside the events."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.licenses.move import MoveRow, joined
from domain.ports.cloud import ProviderCall

_SUCCESS_FROM, _SUCCESS_TO, _REFUSALS_FROM, _FAILURES_FROM = 200, 300, 400, 500
#: Codes of a success that is none, or can't be read.
_NO_REFUSALS = frozenset({"", "UNREADABLE"})
#: Refusals by their number, after which the effect may still be there.
UNSURE_STATUSES = (408, 409, 425)


class Position(Protocol):
    """Anything that says how long a stream is at least."""

    @property
    def stream_id(self) -> str:
        """Return the stream's id."""

    @property
    def version(self) -> int:
        """Return the version that was seen."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamPosition:
    """A stream and the version that was saved last."""

    stream_id: str
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """What a save wrote: one position per stream, and where the log of all events stands."""

    positions: tuple[StreamPosition, ...]
    #: Highest id written, for read-your-writes; None when there was nothing to write.
    notification_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CallContext:
    """On whose behalf provider calls were made."""

    #: None for a call outside any switch, such as a preview.
    switch_id: str | None
    step: str
    attempt: int
    #: Workflow run and activity of the attempt, as the meta of its events has them.
    run_id: str = ""
    activity_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedCall:
    """A provider call as the append-only table keeps it."""

    id: int
    switch_id: str | None
    step: str
    attempt: int
    run_id: str
    activity_id: str
    call: ProviderCall
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class DetailRows:
    """Per-user rows of one group of a license move, saved together with its event."""

    switch_id: str
    pass_name: str
    moves: Sequence[MoveRow]


@dataclass(frozen=True, kw_only=True, slots=True)
class RosterRow:
    """One user of the frozen roster; `position` counts from 0 without gaps."""

    position: int
    user_key: UUID
    #: Service plans switched off under the old plan.
    old_disabled: tuple[str, ...] = ()
    #: Service plans to switch off under the new plan.
    new_disabled: tuple[str, ...] = ()
    kept_count: int = 0
    no_counterpart_count: int = 0
    newly_granted_count: int = 0
    #: Held the new plan already, from another subscription: it is theirs whatever becomes of the switch.
    held_target: bool = False
    #: The license of the old plan comes from a group alone.
    is_by_group: bool = False

    def line(self) -> str:
        """Return the canonical text that the roster's digest covers."""
        counts = f"{self.kept_count},{self.no_counterpart_count},{self.newly_granted_count}"
        old, new = joined(self.old_disabled), joined(self.new_disabled)
        held = ("held" if self.held_target else "") + ("|group" if self.is_by_group else "")
        return f"{self.position}|{self.user_key}|{old}|{new}|{counts}|{held}\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class RosterSummary:
    """How many users a frozen roster holds, and sha256 over their lines in order of position."""

    count: int
    digest: str
    #: Users of a pilot's group; they stand first.
    pilot: int = 0


@dataclass(kw_only=True, slots=True)
class SaveDetail:
    """What is written in the transaction of the events, and how often that was tried."""

    rows: DetailRows | None = None
    calls: Sequence[ProviderCall] = ()
    call_context: CallContext | None = None
    insert_attempts: int = field(default=0)


def may_have_acted(call: ProviderCall) -> bool:
    """Return whether a call may have changed something: one with a key that was not refused for certain.

    No answer, a server's error, success, a conflict (409) and a request to wait (408, 425) may have; a
    success that holds an error has not.
    """
    is_refused = _REFUSALS_FROM <= call.status < _FAILURES_FROM and call.status not in UNSURE_STATUSES
    is_refused |= _SUCCESS_FROM <= call.status < _SUCCESS_TO and call.code not in _NO_REFUSALS
    return bool(call.key) and not is_refused


def _evidence(call: ProviderCall) -> tuple[str, ...]:
    """Return what older calls do not have, so that their digests stay."""
    refusals = (
        f"{each.status}|{each.code}|{each.text}|{each.request_id}|{each.count}" for each in call.refusals
    )
    return (*((f"request {call.request_id}",) if call.request_id else ()), *refusals)


def digest_of_calls(calls: Sequence[ProviderCall]) -> str:
    """Return sha256 over provider calls, for the step's next event (architecture#the-shape-of-a-step)."""
    digest = hashlib.sha256()
    for call in calls:
        fields = (
            call.provider,
            call.operation,
            call.key,
            call.request_digest,
            str(call.status),
            call.code,
            call.text,
            call.started_at.isoformat(),
            str(call.duration_ms),
            *_evidence(call),
        )
        digest.update(("\x1f".join(fields) + "\n").encode())
    return digest.hexdigest()
