"""Versions of the catalog: kept for ever, found by name, and the newest import is the current one.

A process asks for the current version's name each time and keeps the catalogs it has read, which never
change: an import reaches every process at once, without a restart.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from psycopg import Cursor
from psycopg.rows import DictRow

from domain.catalog.catalog import Catalog, UnknownCatalog, load_catalog
from domain.catalog.documents import CatalogContent, built_in_content
from store.core.application import SwitchApplication
from store.core.base import PAGE_SIZE_MAX, StorePart

#: Catalogs that a process keeps; one takes about 2 MB.
CACHE_MAX = 8

_KEEP = """
INSERT INTO planswitch.catalog_version (name, digest, content)
VALUES (%(name)s, %(digest)s, %(content)s) ON CONFLICT (name) DO NOTHING
"""
_ADD = """
INSERT INTO planswitch.catalog_version (name, digest, content) VALUES (%(name)s, %(digest)s, %(content)s)
"""
_IMPORT = """
INSERT INTO planswitch.catalog_import (number, version, file_digest, report, actor)
VALUES (%(number)s, %(version)s, %(file_digest)s, %(report)s::jsonb, %(actor)s)
"""
_NEWEST = "SELECT number, version FROM planswitch.catalog_import ORDER BY number DESC LIMIT 1"
_CONTENT = "SELECT digest, content FROM planswitch.catalog_version WHERE name = %(name)s"
_BY_DIGEST = """
SELECT name FROM planswitch.catalog_version WHERE digest = %(digest)s ORDER BY recorded_at LIMIT 1
"""
_VERSIONS = """
SELECT v.name, v.digest, v.recorded_at, i.number, i.imported_at, i.actor, i.file_digest,
    i.report -> 'products' AS products
FROM planswitch.catalog_version v LEFT JOIN LATERAL (
    SELECT * FROM planswitch.catalog_import WHERE version = v.name ORDER BY number DESC LIMIT 1
) i ON true
ORDER BY i.number DESC NULLS LAST, v.recorded_at DESC LIMIT %(limit)s
"""
_REPORT = """
SELECT report FROM planswitch.catalog_import WHERE version = %(name)s ORDER BY number DESC LIMIT 1
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class CurrentVersion:
    """The version that new questions are answered with."""

    #: Number of the import that made it current; 0 when nothing was imported.
    number: int
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogVersion:
    """One version as a list shows it."""

    name: str
    digest: str
    is_current: bool
    #: Whether it came with the program.
    is_built_in: bool
    recorded_at: datetime
    #: Of the last import that gave this version; None for a built-in one.
    imported_at: datetime | None
    imported_by: str
    file_digest: str
    #: Products of the file.
    products: int | None


class Catalogs(StorePart):
    """Every version of the catalog; thread safe."""

    def __init__(self, application: SwitchApplication) -> None:
        super().__init__(application)
        self._built_in = load_catalog()
        self._lock = threading.Lock()
        self._read: OrderedDict[str, Catalog] = OrderedDict()
        built_in = built_in_content()
        # A later program brings another one; the switches of today must find theirs then.
        self._written(lambda cursor: cursor.execute(_KEEP, _facts(self._built_in.version, built_in)))

    def current(self) -> Catalog:
        """Return the catalog of the newest import, or the built-in one when nothing was imported."""
        return self.version(self.current_version().name)

    def current_version(self) -> CurrentVersion:
        """Return which version is current."""
        rows = self._rows(_NEWEST, {})
        if not rows:
            return CurrentVersion(number=0, name=self._built_in.version)
        return CurrentVersion(number=rows[0]["number"], name=rows[0]["version"])

    def version(self, name: str) -> Catalog:
        """Return the catalog of a version; "" is the built-in one.

        Raises:
            UnknownCatalog: There never was such a version.
            AuditMismatch: It was altered in the database.
        """
        if name in {"", self._built_in.version}:
            return self._built_in
        with self._lock:
            if name in self._read:
                self._read.move_to_end(name)
                return self._read[name]
        catalog = self.content(name).catalog(name)
        with self._lock:
            self._read[name] = catalog
            while len(self._read) > CACHE_MAX:
                self._read.popitem(last=False)
        return catalog

    def content(self, name: str) -> CatalogContent:
        """Return what a version says, as it is stored.

        Raises:
            UnknownCatalog: There never was such a version.
        """
        rows = self._rows(_CONTENT, {"name": name})
        if not rows:
            raise UnknownCatalog(
                f"There is no version {name!r} of the catalog.",
                remedy="See the versions with `planswitch catalog versions`.",
            )
        return CatalogContent(content=bytes(rows[0]["content"]), digest=rows[0]["digest"])

    def name_of(self, digest: str) -> str | None:
        """Return the version that has this content, or None."""
        rows = self._rows(_BY_DIGEST, {"digest": digest})
        return str(rows[0]["name"]) if rows else None

    def versions(self) -> tuple[CatalogVersion, ...]:
        """Return the versions, the last imported first, PAGE_SIZE_MAX at most."""
        current = self.current_version().name
        return tuple(_version(row, current) for row in self._rows(_VERSIONS, {"limit": PAGE_SIZE_MAX}))

    def report(self, name: str) -> dict[str, Any] | None:
        """Return what the newest import that gave a version did; None for a built-in one.

        It is the import whose time and actor `versions` shows; those before stay in the table.
        """
        rows = self._rows(_REPORT, {"name": name})
        report: dict[str, Any] | None = rows[0]["report"] if rows else None
        return report

    def save_import(
        self,
        current: CurrentVersion,
        content: CatalogContent | None,
        *,
        file_digest: str,
        report: dict[str, Any],
        actor: str,
    ) -> None:
        """Make a version current, in one transaction with the version itself when it is new.

        Args:
            current: The version to be, with the number after the one that was seen.
            content: What a new version says; None for one that is kept already.
            file_digest: sha256 of the imported file.
            report: What was done to the file, ready for JSON.
            actor: Who imported it.

        Raises:
            ConcurrentWrite: The number or the name is taken: look again and decide again.
        """
        facts = {
            "number": current.number,
            "version": current.name,
            "file_digest": file_digest,
            "report": json.dumps(report, ensure_ascii=False),
            "actor": actor,
        }

        def write(cursor: Cursor[DictRow]) -> None:
            if content is not None:
                cursor.execute(_ADD, _facts(current.name, content))
            cursor.execute(_IMPORT, facts)

        self._written(write)


def _facts(name: str, content: CatalogContent) -> dict[str, Any]:
    return {"name": name, "digest": content.digest, "content": content.content}


def _version(row: DictRow, current: str) -> CatalogVersion:
    imported_at = row["imported_at"]
    return CatalogVersion(
        name=row["name"],
        digest=row["digest"],
        is_current=row["name"] == current,
        is_built_in=row["number"] is None,
        recorded_at=row["recorded_at"].astimezone(UTC),
        imported_at=imported_at.astimezone(UTC) if imported_at else None,
        imported_by=row["actor"] or "",
        file_digest=row["file_digest"] or "",
        products=row["products"],
    )
