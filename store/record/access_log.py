"""The access log: entries are added, and read newest first; nobody changes one (ADR 46)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from psycopg import Cursor
from psycopg.rows import DictRow

from domain.people.access import AccessEntry, AccessFilter, AccessKind, RecordedAccess
from store.core.base import StorePart, checked_page_size

_ADD = """
INSERT INTO planswitch.access_log
    (kind, actor, credential_id, address, method, route, organization_id, status, shows_persons, request_id)
VALUES (%(kind)s, %(actor)s, %(credential_id)s, %(address)s, %(method)s, %(route)s, %(organization_id)s,
    %(status)s, %(shows_persons)s, %(request_id)s)
"""
#: A request waits for its entry; a server that is stuck must not keep it.
_PATIENCE = "SET LOCAL statement_timeout = '2s'"
_READ = """
SELECT id, recorded_at, kind, actor, credential_id, address, method, route, organization_id, status,
       shows_persons, request_id
FROM planswitch.access_log
WHERE id < %(before)s
  AND (%(organizations)s::text[] IS NULL OR organization_id = ANY(%(organizations)s::text[]))
  AND (%(organization_id)s = '' OR organization_id = %(organization_id)s)
  AND (%(actor)s = '' OR actor = %(actor)s)
  AND (%(address)s = '' OR address = %(address)s)
  AND (%(kind)s::text IS NULL OR kind = %(kind)s)
  AND (%(since)s::timestamptz IS NULL OR recorded_at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR recorded_at < %(until)s)
ORDER BY id DESC LIMIT %(limit)s
"""
#: After every number of the log.
_END = 2**63 - 1
_EXPORT_PAGE = 1_000


class AccessLogStore(StorePart):
    """Entries of the access log through the store's pool."""

    def add_access(self, entry: AccessEntry) -> None:
        """Add an entry.

        Raises:
            StoreUnavailable: PostgreSQL does not answer; nobody knows whether the entry is there.
        """
        with self._transaction() as cursor:
            cursor.execute(_PATIENCE.encode())
            add_entry(cursor, entry)

    def accesses(
        self, wanted: AccessFilter, *, before: int | None = None, limit: int
    ) -> list[RecordedAccess]:
        """Return one page of entries, the newest first.

        Args:
            wanted: Which entries.
            before: Number of the last entry of the page before.
            limit: Entries at most.

        Raises:
            InvalidInput: The limit is out of its range.
        """
        place = {"before": before or _END, "limit": checked_page_size(limit)}
        return [_recorded(row) for row in self._rows(_READ, {**_parameters(wanted), **place})]

    def every_access(self, wanted: AccessFilter) -> Iterator[RecordedAccess]:
        """Yield all entries, the newest first, page by page: an export of any length takes no more memory."""
        before: int | None = None
        while page := self.accesses(wanted, before=before, limit=_EXPORT_PAGE):
            yield from page
            before = page[-1].number


def add_entry(cursor: Cursor[DictRow], entry: AccessEntry) -> None:
    """Add an entry in the caller's transaction."""
    cursor.execute(_ADD.encode(), asdict(entry))


def _parameters(wanted: AccessFilter) -> dict[str, Any]:
    organizations = None if wanted.organizations is None else sorted(wanted.organizations)
    return {
        **asdict(wanted),
        "organizations": organizations,
        "organization_id": wanted.organization_id.strip().lower(),
    }


def _recorded(row: DictRow) -> RecordedAccess:
    names = (
        "actor", "credential_id", "address", "method", "route", "organization_id", "status", "shows_persons",
        "request_id",
    )  # fmt: skip
    return RecordedAccess(
        number=row["id"],
        at=row["recorded_at"],
        kind=AccessKind(row["kind"]),
        **{name: row[name] for name in names},
    )
