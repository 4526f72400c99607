"""Endpoints of past states: a switch and its users as of a place in the log, and what changed between two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from audit.asof.differences import Differences, differences_between
from audit.asof.moments import Moment, MomentKind, instant_of, moment_of, position_of
from audit.asof.states import SwitchAt, state_at
from audit.asof.switch_record import SwitchRecord, switch_record
from audit.asof.users import PAGE_MAX, UsersAt, users_at
from console.access.dependencies import Actor, Console, ConsoleDependencies
from domain.kernel.errors import InvalidInput
from domain.kernel.limits import TEXT_MAX
from domain.kernel.shown_values import Words

router = APIRouter(prefix="/api/v1", tags=["switches"])

#: What a moment may be, where one field takes each kind of it.
_MOMENT = "A position of the log, version:N for the Nth event of the switch, or an instant with its time zone"
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]
MomentText = Annotated[str, Query(max_length=TEXT_MAX, description=_MOMENT)]
_AT_INSTANT, _AT_POSITION, _AT_VERSION = "at_instant", "at_position", "at_version"


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedMoment:
    """A moment, and the field that gave it."""

    moment: Moment
    field: str


def named_moment(
    at_position: Annotated[int | None, Query(description="Position in the log of all events")] = None,
    at_version: Annotated[int | None, Query(description="Number of the switch's own event, from 1")] = None,
    at_instant: Annotated[
        str | None, Query(max_length=TEXT_MAX, description="Instant with its time zone")
    ] = None,
) -> NamedMoment:
    """Return the moment that a query names in one of three ways.

    Raises:
        InvalidInput: It names none, or several, or an instant without a time zone.
    """
    fields = {_AT_POSITION: at_position, _AT_VERSION: at_version, _AT_INSTANT: at_instant}
    named = {name: value for name, value in fields.items() if value is not None}
    if len(named) != 1:
        first, *others = named or [_AT_POSITION]
        raise InvalidInput(
            field=first,
            value=Words("given beside another moment") if others else None,
            allowed="one moment: a position, a version or an instant",
            remedy="Name one moment.",
        )
    if at_instant is not None:
        return NamedMoment(moment=instant_of(at_instant, field=_AT_INSTANT), field=_AT_INSTANT)
    kind, field = (
        (MomentKind.POSITION, _AT_POSITION) if at_version is None else (MomentKind.VERSION, _AT_VERSION)
    )
    return NamedMoment(moment=Moment(kind=kind, number=at_version or at_position or 0), field=field)


AtMoment = Annotated[NamedMoment, Depends(named_moment)]


@router.get("/switches/{switch}/state")
def show_state(switch: str, _actor: Actor, console: Console, at: AtMoment) -> SwitchAt:
    """Show the state of a switch as of a moment: aggregates, locks, users, journal and streams.

    Give one of `position`, `version` and `instant`; docs/audit.md explains them.
    """
    record = record_of(console, switch)
    return state_at(console.store, record, place_of(record, at.moment, at.field))


@router.get("/switches/{switch}/state/users")
def list_users_at(
    *,
    switch: str,
    _actor: Actor,
    console: Console,
    at: AtMoment,
    limit: Limit = 100,
    after: str = "",
) -> UsersAt:
    """List what each user held of the two plans as of a moment, in the order of their keys.

    `after` is what the page before gave as `next_cursor`.
    """
    record = record_of(console, switch)
    place = place_of(record, at.moment, at.field)
    return users_at(console.store, record, place, cursor=after, limit=limit)


@router.get("/switches/{switch}/state/differences")
def show_differences(
    switch: str, _actor: Actor, console: Console, from_moment: MomentText, to_moment: MomentText
) -> Differences:
    """Show what changed in a switch between two moments, part by part."""
    record = record_of(console, switch)
    earlier, later = _places(record, from_moment, to_moment)
    return differences_between(console.store, record, earlier, later)


@router.get("/switches/{switch}/state/differences/users")
def list_users_between(
    *,
    switch: str,
    _actor: Actor,
    console: Console,
    from_moment: MomentText,
    to_moment: MomentText,
    limit: Limit = 100,
    after: str = "",
) -> UsersAt:
    """List the users who held another thing at the later of two moments, in the order of their keys.

    `after` is what the page before gave as `next_cursor`.
    """
    record = record_of(console, switch)
    earlier, later = _places(record, from_moment, to_moment)
    return users_at(console.store, record, later, earlier=earlier, cursor=after, limit=limit)


def _places(record: SwitchRecord, from_moment: str, to_moment: str) -> tuple[int, int]:
    """Return the places that two moments name, the earlier one first."""
    named = {"from_moment": from_moment, "to_moment": to_moment}
    earlier, later = sorted(
        place_of(record, moment_of(text, field=field), field) for field, text in named.items()
    )
    return earlier, later


def record_of(console: ConsoleDependencies, switch: str) -> SwitchRecord:
    """Return the streams of a switch.

    Args:
        console: Where to look.
        switch: Whatever names the switch.
    """
    switch_id = console.reads.switch(switch).switch_id
    return switch_record(console.store, switch_id, console.reads.streams_of(switch_id))


def place_of(record: SwitchRecord, moment: Moment, field: str) -> int:
    """Return the place in the log that a moment names; a later instant than now names none."""
    return position_of(moment, record, now=datetime.now(UTC), field=field)
