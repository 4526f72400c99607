"""Use cases of the views of dashboards: which there are, and the rows that a caller may see."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from threading import BoundedSemaphore

from domain.kernel.ids import require_organization_id
from projections.reads.dashboard_views import DashboardView, Row, dashboard_rows
from services.reports.view_files import ViewFormat, view_lines
from store.core.errors import StoreUnavailable

#: Exports that a process makes at the same time: each holds a connection of its own to PostgreSQL.
EXPORTS_MAX = 4
#: A further one waits this long for its turn.
WAIT_SECONDS = 10.0
_turns = BoundedSemaphore(EXPORTS_MAX)


def view_file(
    database_url: str,
    name: str,
    form: ViewFormat,
    *,
    organizations: Collection[str] | None,
    organization: str = "",
) -> Iterator[bytes]:
    """Return a view as a file, part by part; what can be refused is refused before the first part.

    Args:
        database_url: PostgreSQL of the read models.
        name: Of the view.
        form: Of the file.
        organizations: Those that the caller may see; None for all.
        organization: Directory id of the only one that is wanted; "" for all.

    Raises:
        UnknownView: There is no such view.
        InvalidInput: The organization is no directory id.
        StoreUnavailable: PostgreSQL does not answer, or other exports take too long.
    """
    wanted = wanted_organizations(organizations, organization)
    if not _turns.acquire(timeout=WAIT_SECONDS):
        raise StoreUnavailable(
            f"{EXPORTS_MAX} other exports are being read from this console.",
            remedy="Try again when one of them has ended.",
        )
    try:
        view, batches = dashboard_rows(database_url, name, organizations=wanted)
    except BaseException:
        _turns.release()
        raise
    parts = _parts(view, batches, form)
    # From its first step on it gives its turn back, however it ends.
    next(parts)
    return parts


def first_rows(
    database_url: str, name: str, *, organizations: Collection[str] | None, limit: int
) -> tuple[DashboardView, list[Row]]:
    """Return a view and its first rows.

    Args:
        database_url: PostgreSQL of the read models.
        name: Of the view.
        organizations: Those that the caller may see; None for all.
        limit: Rows at most.

    Raises:
        UnknownView: There is no such view.
        StoreUnavailable: PostgreSQL does not answer.
    """
    wanted = wanted_organizations(organizations, "")
    view, batches = dashboard_rows(database_url, name, organizations=wanted)
    return view, next(batches, [])[:limit]


def wanted_organizations(organizations: Collection[str] | None, organization: str) -> set[str] | None:
    """Return the organizations whose rows a caller gets, in lower case; None for all.

    Args:
        organizations: Those that the caller may see; None for all.
        organization: The only one that is wanted; "" for all.

    Raises:
        InvalidInput: The organization is no directory id.
    """
    allowed = None if organizations is None else {each.lower() for each in organizations}
    if not organization.strip():
        return allowed
    wanted = {require_organization_id(organization.strip(), field="organization").lower()}
    return wanted if allowed is None else wanted & allowed


def _parts(view: DashboardView, batches: Iterator[list[Row]], form: ViewFormat) -> Iterator[bytes]:
    """Yield nothing once, and then the file."""
    try:
        yield b""
        for line in view_lines(view, batches, form):
            yield line.encode()
    finally:
        _turns.release()
