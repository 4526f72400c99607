"""Moments of a switch: a place in the log, the number of its own event, or an instant (audit#moments)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from audit.asof.switch_record import SwitchRecord
from domain.kernel.errors import InvalidInput

_NUMBERED = re.compile(r"(?:(position|version):)?([0-9]{1,19})")
_AWARE = "an instant with its time zone, such as 2026-12-24T09:30:00Z"
_FORMS = (
    "a position of the log, such as 42, version:N for the Nth event of the switch, or an instant with its "
    "time zone, such as 2026-12-24T09:30:00Z"
)
_ZONE = "Add the time zone: Z for UTC, or an offset such as +01:00 (in an address of the API %2B01:00)."


class MomentKind(StrEnum):
    """How a moment is named."""

    POSITION = "position"
    VERSION = "version"
    INSTANT = "instant"


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """A moment as it was asked for."""

    kind: MomentKind
    #: Position in the log of all events, or number of the switch's own event, from 1; 0 of an instant.
    number: int = 0
    #: Aware; None of a number.
    instant: datetime | None = None


def moment_of(text: str, *, field: str) -> Moment:
    """Read a moment.

    Args:
        text: Such as 42, position:42, version:3 or 2026-12-24T09:30:00Z.
        field: Where it was given.

    Raises:
        InvalidInput: It is none of these, or an instant without a time zone.

    Source: audit#moments.
    """
    numbered = _NUMBERED.fullmatch(text.strip())
    if numbered is not None:
        kind = MomentKind(numbered[1] or MomentKind.POSITION)
        return Moment(kind=kind, number=int(numbered[2]))
    return instant_of(text, field=field, allowed=_FORMS)


def instant_of(text: str, *, field: str, allowed: str = _AWARE) -> Moment:
    """Read a moment that is an instant.

    Args:
        text: In ISO 8601 with its time zone.
        field: Where it was given.
        allowed: What may be given there.

    Raises:
        InvalidInput: It is no instant, or has no time zone.

    Source: audit#moments.
    """
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InvalidInput(field=field, value=text, allowed=allowed) from error
    if instant.tzinfo is None:
        raise InvalidInput(field=field, value=text, allowed=_AWARE, remedy=_ZONE)
    return Moment(kind=MomentKind.INSTANT, instant=instant.astimezone(UTC))


def position_of(moment: Moment, record: SwitchRecord, *, now: datetime, field: str) -> int:
    """Return the place in the log that a moment names.

    An instant names the newest event that had been recorded by then.

    Args:
        moment: The moment.
        record: Events of the switch.
        now: Aware present instant: nobody knows a later one.
        field: Where the moment was given.

    Raises:
        InvalidInput: It is before the first event of the switch, or beyond the end of the log.
    """
    if moment.instant is not None:
        return _at_instant(moment.instant, record, now=now, field=field)
    is_version = moment.kind is MomentKind.VERSION
    first, last = (1, len(record.events)) if is_version else (record.events[0].id, record.head)
    if not first <= moment.number <= last:
        what = "the switch's events have these numbers" if is_version else "the first event of the switch to"
        allowed = f"{first} to {last} ({what})" if is_version else f"{first} to {last}: {what} the log's end"
        raise InvalidInput(
            field=field,
            value=moment.number,
            allowed=allowed,
            remedy="`planswitch audit show SWITCH` lists every event with its position.",
        )
    return record.events[moment.number - 1].id if is_version else moment.number


def _at_instant(instant: datetime, record: SwitchRecord, *, now: datetime, field: str) -> int:
    first = record.events[0].recorded_at
    last = max(now, record.events[-1].recorded_at)
    if not first <= instant <= last:
        raise InvalidInput(
            field=field,
            value=_spelling(instant),
            allowed=f"{_spelling(first)}, when the first event of the switch was recorded, to now",
            remedy="`planswitch audit show SWITCH` lists every event with its instant.",
        )
    return max(each.id for each in record.everything() if each.recorded_at <= instant)


def _spelling(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
