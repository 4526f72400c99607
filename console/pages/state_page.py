"""The page of a switch as of one of its events: what the event changed, and the whole state after it."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Response
from pydantic import JsonValue

from audit.asof.differences import Difference, comparison_of
from audit.asof.state_facts import is_reference
from audit.asof.states import SwitchAt, state_at
from audit.asof.switch_record import SwitchRecord
from audit.asof.users import moves_between
from console.access.dependencies import Actor, Console
from console.api.audit.routes_states import record_of
from console.pages.pages import mark_of
from console.words.rendering import page
from projections.reads.queries import POSITION_MAX

router = APIRouter(include_in_schema=False)

#: Longest value that the page shows whole; the API has every one.
_VALUE_MAX = 300
_NOT_FOUND = 404
Position = Annotated[int, Path(ge=0, le=POSITION_MAX)]


@router.get("/switches/{switch}/at/{position}")
def state_page(switch: str, position: Position, actor: Actor, console: Console) -> Response:
    """Show a switch before and after the event at a position; any other position has no page."""
    record = record_of(console, switch)
    places = [each.id for each in record.events]
    if position not in places:
        raise HTTPException(_NOT_FOUND)
    number = places.index(position)
    state = state_at(console.store, record, position)
    before = _before(record, position)
    earlier = state_at(console.store, record, before) if before is not None else None
    moves = moves_between(console.store, record, before or 0, position)
    return page(
        "switch_at.html",
        actor=actor,
        state=state,
        mark=mark_of(state.stage) if state.stage else None,
        changes=comparison_of(earlier, state, moves),
        value_text=value_text,
        change_text=change_text,
        held=_held(state),
        previous=places[number - 1] if number else None,
        following=places[number + 1] if number + 1 < len(places) else None,
    )


def _before(record: SwitchRecord, position: int) -> int | None:
    """Return the place right before a position, None where the switch has no event up to there.

    Other switches may have changed the organization since the switch's own event before.
    """
    return position - 1 if record.events[0].id < position else None


def _held(state: SwitchAt) -> list[tuple[str, int]]:
    """Return what users held, in words, without what nobody held."""
    users = state.users
    counts = (
        ("the old plan", users.old_plan),
        ("the new plan", users.new_plan),
        ("both plans", users.both_plans),
        ("neither plan", users.neither_plan),
        ("gone from the directory", users.gone),
    )
    return [(words, count) for words, count in counts if count]


def change_text(difference: Difference, *, is_after: bool) -> str:
    """Return one side of a difference in words; of a list only what left or came."""
    return value_text(difference.after if is_after else difference.before)


def value_text(value: JsonValue) -> str:
    """Return a fact in words: an event by its position, a list by its items, "" where there is none."""
    if value is None:
        return ""
    if isinstance(value, dict) and is_reference(value):
        return f"event {value['position']}: {value['event']}"
    if isinstance(value, list):
        return _cut(", ".join(value_text(each) for each in value))
    return _cut(value if isinstance(value, str) else json.dumps(value))


def _cut(text: str) -> str:
    return text if len(text) <= _VALUE_MAX else f"{text[:_VALUE_MAX]}…"
