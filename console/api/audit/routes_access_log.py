"""Endpoints of the access log: a page of it, and all of it as a file (docs/access-log.md)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import BeforeValidator

from console.access.dependencies import Actor, Console, ConsoleDependencies
from console.lists.exports import in_blocks
from console.models.access_log import AccessAnswer, AccessLogPage
from domain.kernel.errors import InvalidInput
from domain.kernel.limits import TEXT_MAX
from domain.people.access import AccessFilter, AccessKind, RecordedAccess
from domain.text.csv_text import csv_text
from projections.reads.queries import PAGE_MAX
from projections.reads.shown_rows import instant_text

router = APIRouter(prefix="/api/v1/access-log", tags=["access log"])

#: Largest number that an entry can have.
NUMBER_MAX = 999_999_999_999_999
CSV, JSON_LINES = "text/csv", "application/jsonl"
COLUMNS = tuple(AccessAnswer.model_fields)
_TEXT = {"schema": {"type": "string"}}
_FILE = {"description": "The entries, the newest first.", "content": {CSV: _TEXT, JSON_LINES: _TEXT}}
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]
After = Annotated[
    int | None, Query(ge=1, le=NUMBER_MAX, description="Number of the last entry of the page before")
]
Text = Annotated[str, Query(max_length=TEXT_MAX)]


class AccessFormat(StrEnum):
    """How a file has the entries."""

    CSV = "csv"
    JSON_LINES = "jsonl"


def _no_number(value: object) -> object:
    """Refuse a number, which would be read as seconds since 1970."""
    try:
        float(str(value))
    except ValueError:
        return value
    raise ValueError("an instant is no number")


_Instant = Annotated[datetime, BeforeValidator(_no_number)]


def access_filter(
    *,
    console: Console,
    actor: Annotated[str, Query(max_length=TEXT_MAX, description="Only entries of this actor")] = "",
    organization: Annotated[
        str, Query(max_length=TEXT_MAX, description="Only entries of this organization, by its whole id")
    ] = "",
    address: Annotated[str, Query(max_length=TEXT_MAX, description="Only entries from this address")] = "",
    kind: Annotated[AccessKind | None, Query(description="Only entries of this kind")] = None,
    since: Annotated[_Instant | None, Query(description="Only entries from this instant on")] = None,
    until: Annotated[_Instant | None, Query(description="Only entries before this instant")] = None,
) -> AccessFilter:
    """Return which entries are asked for, of those that the caller may see.

    Raises:
        InvalidInput: An instant has no offset.
    """
    for name, at in (("since", since), ("until", until)):
        if at is not None and at.tzinfo is None:
            allowed = "an instant with its offset, such as 2026-11-30T09:00:00Z"
            raise InvalidInput(field=name, value=at.isoformat(), allowed=allowed)
    return AccessFilter(
        organizations=console.reads.visible,
        organization_id=organization,
        actor=actor,
        address=address,
        kind=kind,
        since=since,
        until=until,
    )


Wanted = Annotated[AccessFilter, Depends(access_filter)]


@router.get("")
def list_accesses(
    _actor: Actor, console: Console, wanted: Wanted, limit: Limit = 50, after: After = None
) -> AccessLogPage:
    """List the entries of the access log, the newest first; `after` is the last number of the page before.

    Who is an auditor of some organizations gets the entries of those.
    """
    return accesses_page(console, wanted, limit=limit, after=after)


@router.get("/export", response_class=StreamingResponse, responses={200: _FILE})
def export_accesses(
    _actor: Actor,
    console: Console,
    wanted: Wanted,
    file_format: Annotated[AccessFormat, Query(alias="format")] = AccessFormat.CSV,
) -> StreamingResponse:
    """Return all entries in one file, as CSV or as JSON lines; no cell of the CSV is a formula."""
    entries = map(access_answer, console.store.every_access(wanted))
    is_csv = file_format is AccessFormat.CSV
    lines = csv_text(COLUMNS, map(_cells, entries)) if is_csv else _json_lines(entries)
    headers = {
        "Content-Disposition": f'attachment; filename="access-log.{file_format.value}"',
        "Cache-Control": "no-store",
    }
    media_type = CSV if is_csv else JSON_LINES
    return StreamingResponse(in_blocks(lines), media_type=media_type, headers=headers)


def accesses_page(
    console: ConsoleDependencies, wanted: AccessFilter, *, limit: int, after: int | None
) -> AccessLogPage:
    """Return one page of the entries that match."""
    # One more than asked for tells whether there is a next page.
    page = console.store.accesses(wanted, before=after, limit=limit + 1)
    return AccessLogPage(
        entries=tuple(map(access_answer, page[:limit])),
        next=page[limit - 1].number if len(page) > limit else None,
    )


def access_answer(entry: RecordedAccess) -> AccessAnswer:
    """Return an entry as answers spell it."""
    facts = {name: getattr(entry, name) for name in COLUMNS if name != "at"}
    return AccessAnswer(at=instant_text(entry.at), **facts)


def _cells(entry: AccessAnswer) -> list[str]:
    values = entry.model_dump(mode="json").values()
    return [str(value).lower() if isinstance(value, bool) else str(value) for value in values]


def _json_lines(entries: Iterator[AccessAnswer]) -> Iterator[str]:
    return (f"{json.dumps(each.model_dump(mode='json'), ensure_ascii=False)}\n" for each in entries)
