"""Pages: the list of switches with live progress. They read the same API as everybody."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response

from console.access.dependencies import Actor, Console
from console.words.rendering import page
from domain.kernel.limits import TEXT_MAX
from domain.switch.stage import BOARD, Stage
from domain.switch.stage_words import phrase_of, words_of
from projections.board.stages import ATTENTION, ENDED, RUNNING, STAGE_WORDS, stage_word

router = APIRouter(include_in_schema=False)

#: Switches on one page.
PAGE_ROWS = 50
#: What the list counts over all of its pages.
ALL = "all"
COUNTED = (ALL, ATTENTION, Stage.HELD, Stage.FAILED, RUNNING, ENDED)


def mark_of(stage: str) -> tuple[str, str, str]:
    """Return meaning, icon and word of a stage."""
    words = words_of(stage)
    return words.meaning, words.icon, phrase_of(stage)


#: Stage -> meaning, icon and word; the list of switches gets the same table.
MARKS: dict[str, tuple[str, str, str]] = {stage: mark_of(stage) for stage in BOARD}


#: What a list is searched by.
Search = Annotated[str, Query(max_length=TEXT_MAX)]


@router.get("/")
def list_page(
    *,
    actor: Actor,
    console: Console,
    stage: str = "",
    find: Search = "",
    organization: Search = "",
    after: str = "",
) -> Response:
    """Show the switches, the newest request first; all state of the list is in its address."""
    word = stage_word(stage) if stage.strip() else ""
    owner = console.reads.organization(organization) if organization.strip() else ""
    texts = (("stage", word), ("find", find.strip()), ("organization", owner))
    filters = {name: text for name, text in texts if text}
    place = {"after": console.reads.switch_of_id(after, field="after").switch_id} if after else {}
    query = urlencode({**filters, **place, "limit": PAGE_ROWS})
    return page(
        "switches.html",
        actor=actor,
        marks=MARKS,
        filters=filters,
        words=STAGE_WORDS,
        counts=[_count(name, filters) for name in COUNTED],
        is_first=not after,
        first_page=_address(filters),
        source=f"/api/v1/switches?{query}",
    )


def _count(name: str, filters: dict[str, str]) -> dict[str, object]:
    """Return the link that counts switches of a stage, or of several, and leads to them."""
    others = {name: text for name, text in filters.items() if name != "stage"}
    is_all = name == ALL
    return {
        "name": name,
        "address": _address(others if is_all else {"stage": name, **others}),
        "is_shown": filters.get("stage", ALL) == name,
    }


def _address(filters: dict[str, str]) -> str:
    return f"/?{urlencode(filters)}" if filters else "/"
