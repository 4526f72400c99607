"""The page of the access log (docs/access-log.md)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from console.access.dependencies import Actor, Console
from console.api.audit.routes_access_log import After, accesses_page
from console.pages.pages import Search
from console.words.rendering import page
from domain.kernel.errors import InvalidInput
from domain.people.access import AccessFilter, AccessKind

router = APIRouter(include_in_schema=False)

#: Entries on one page.
PAGE_ROWS = 50
_DAY = timedelta(days=1)


@router.get("/access-log")
def access_log_page(
    *,
    person: Search = "",
    organization: Search = "",
    address: Search = "",
    kind: Search = "",
    first_on: Search = "",
    last_on: Search = "",
    after: After = None,
    actor: Actor,
    console: Console,
) -> Response:
    """Show the access log, the newest entry first; all state of the list is in its address."""
    texts = {"person": person, "organization": organization, "address": address, "kind": kind}
    days = {"first_on": first_on, "last_on": last_on}
    filters = {name: text.strip() for name, text in {**texts, **days}.items() if text.strip()}
    last = _day(filters, "last_on")
    wanted = AccessFilter(
        organizations=console.reads.visible,
        organization_id=filters.get("organization", ""),
        actor=filters.get("person", ""),
        address=filters.get("address", ""),
        kind=_kind(filters),
        since=_day(filters, "first_on"),
        until=last + _DAY if last else None,
    )
    view = accesses_page(console, wanted, limit=PAGE_ROWS, after=after)
    return page(
        "access_log.html",
        actor=actor,
        view=view,
        filters=filters,
        kinds=tuple(AccessKind),
        is_first=after is None,
        first_page=_address(filters),
        next_page=_address({**filters, "after": str(view.next)}) if view.next else "",
        csv_file=_export(wanted, "csv"),
        json_file=_export(wanted, "jsonl"),
    )


def _address(filters: dict[str, str]) -> str:
    return f"/access-log?{urlencode(filters)}" if filters else "/access-log"


def _export(wanted: AccessFilter, name: str) -> str:
    """Return the address of the file that has what the page shows."""
    query = {
        "format": name,
        "actor": wanted.actor,
        "organization": wanted.organization_id,
        "address": wanted.address,
        "kind": wanted.kind or "",
        "since": wanted.since.isoformat() if wanted.since else "",
        "until": wanted.until.isoformat() if wanted.until else "",
    }
    return f"/api/v1/access-log/export?{urlencode({field: text for field, text in query.items() if text})}"


def _kind(filters: dict[str, str]) -> AccessKind | None:
    if "kind" not in filters:
        return None
    try:
        return AccessKind(filters["kind"])
    except ValueError as error:
        allowed = f"one of {', '.join(AccessKind)}"
        raise InvalidInput(field="kind", value=filters["kind"], allowed=allowed) from error


def _day(filters: dict[str, str], field: str) -> datetime | None:
    """Return the beginning of a day in UTC."""
    if field not in filters:
        return None
    try:
        day = date.fromisoformat(filters[field])
    except ValueError as error:
        raise InvalidInput(field=field, value=filters[field], allowed="a day, such as 2026-11-30") from error
    if not 1970 <= day.year <= 9998:  # noqa: PLR2004 - the database and its clients know more, nobody means it
        raise InvalidInput(field=field, value=filters[field], allowed="a day from 1970 to 9998")
    return datetime.combine(day, time.min, tzinfo=UTC)
