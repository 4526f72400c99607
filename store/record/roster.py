"""The frozen roster: who is moved, with their service settings, written once per switch."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from psycopg import Cursor
from psycopg.rows import DictRow

from domain.kernel.errors import ConcurrentWrite, InvalidInput
from store.core.base import PAGE_SIZE_MAX, StorePart, checked_page_size
from store.core.detail import use_text_arrays
from store.core.rows import RosterRow, RosterSummary

_SUMMARY = """
SELECT user_count, digest, pilot_count FROM planswitch.roster_freeze WHERE switch_id = %(switch_id)s::uuid
"""
_FREEZE = """
INSERT INTO planswitch.roster_freeze (switch_id, roster_id, user_count, digest, pilot_count)
VALUES (%(switch_id)s::uuid, %(roster_id)s, %(count)s, %(digest)s, %(pilot)s)
"""
_COPY = """
COPY planswitch.roster (roster_id, position, user_key, old_disabled, new_disabled,
    kept_count, no_counterpart_count, newly_granted_count, held_target, is_by_group)
FROM STDIN (FORMAT BINARY)
"""
_COPY_TYPES = ("uuid", "int4", "uuid", "text[]", "text[]", "int4", "int4", "int4", "bool", "bool")
_COLUMNS = """
SELECT position, user_key, old_disabled, new_disabled, kept_count, no_counterpart_count, newly_granted_count,
    held_target, is_by_group
FROM planswitch.roster JOIN planswitch.roster_freeze USING (roster_id)
WHERE switch_id = %(switch_id)s::uuid
"""
_SLICE = f"{_COLUMNS} AND position >= %(start)s AND position < %(stop)s ORDER BY position"
_OF_USERS = f"{_COLUMNS} AND user_key = ANY(%(user_keys)s)"
_WRITTEN = """
SELECT user_key FROM planswitch.roster WHERE roster_id = %(roster_id)s AND user_key = ANY(%(user_keys)s)
"""
#: What the passes over people who were not on the roster know of them, in one order: the same row counts in
#: each look.
_MOVED_LATER = """
SELECT user_key, kept || no_counterpart AS old_disabled FROM planswitch.license_move
WHERE switch_id = %(switch_id)s::uuid AND user_key = ANY(%(user_keys)s) AND outcome = 'moved'
    AND pass_name NOT LIKE 'return-%%'
ORDER BY length(pass_name), pass_name, position
"""


class RosterStore(StorePart):
    """Rosters by switch; a frozen roster never changes."""

    def write_roster(
        self,
        switch_id: str,
        pages: Iterable[Sequence[RosterRow]],
        *,
        pilot: Iterable[Sequence[RosterRow]] = (),
    ) -> RosterSummary:
        """Freeze the roster of a switch from pages of rows, in constant memory and one transaction.

        A roster that is frozen already is left as it is, and its summary returned; nothing is read then.

        Args:
            switch_id: Whole id of the switch.
            pages: Everyone, with positions that count from 0.
            pilot: Users who stand first, whatever their positions; in `pages` they are passed over.

        Raises:
            InvalidInput: Positions do not count from 0 without gaps; nothing is written.
        """
        frozen = self.roster_summary(switch_id)
        if frozen is not None:
            return frozen
        try:
            return self._freeze(switch_id, pages, pilot)
        except ConcurrentWrite:
            # Another attempt of this step, perhaps one thought dead, was first: its roster counts.
            frozen = self.roster_summary(switch_id)
            if frozen is None:
                raise
            return frozen

    def roster_summary(self, switch_id: str) -> RosterSummary | None:
        """Return count and digest of a frozen roster, or None while there is none."""
        for row in self._rows(_SUMMARY, {"switch_id": switch_id}):
            return RosterSummary(count=row["user_count"], digest=row["digest"], pilot=row["pilot_count"])
        return None

    def roster_slice(self, switch_id: str, start: int, stop: int) -> tuple[RosterRow, ...]:
        """Return the rows from position `start` to before `stop`, at most PAGE_SIZE_MAX."""
        if stop <= start:
            return ()
        checked_page_size(stop - start)
        rows = self._tuples(_SLICE, {"switch_id": switch_id, "start": start, "stop": stop})
        return tuple(_roster_row(row) for row in rows)

    def roster_of(self, switch_id: str, user_keys: Sequence[UUID]) -> dict[UUID, RosterRow]:
        """Return the rows of users by key; users who are not on the roster are left out."""
        parameters = {"switch_id": switch_id, "user_keys": list(user_keys)}
        rows = (_roster_row(row) for row in self._tuples(_OF_USERS, parameters))
        return {row.user_key: row for row in rows}

    def original_settings(self, switch_id: str, user_keys: Sequence[UUID]) -> dict[UUID, RosterRow]:
        """Return what users had under the old plan: from the roster, or from the pass that moved them.

        Users whom the switch does not know are left out.
        """
        known = self.roster_of(switch_id, user_keys)
        parameters = {"switch_id": switch_id}
        missing = [key for key in user_keys if key not in known]
        for row in self._rows(_MOVED_LATER, {**parameters, "user_keys": missing}) if missing else ():
            known[row["user_key"]] = RosterRow(
                position=-1, user_key=row["user_key"], old_disabled=tuple(sorted(row["old_disabled"]))
            )
        return known

    def roster_digest(self, switch_id: str) -> str:
        """Return the digest of the stored rows, computed anew, to compare with the summary's."""
        summary = self.roster_summary(switch_id)
        digest = hashlib.sha256()
        for start in range(0, summary.count if summary else 0, PAGE_SIZE_MAX):
            for row in self.roster_slice(switch_id, start, start + PAGE_SIZE_MAX):
                digest.update(row.line().encode())
        return digest.hexdigest()

    def _freeze(
        self,
        switch_id: str,
        pages: Iterable[Sequence[RosterRow]],
        pilot: Iterable[Sequence[RosterRow]],
    ) -> RosterSummary:
        with self._transaction() as cursor:
            writer = _RosterWriter(cursor)
            for page in pilot:
                writer.add_new(page)
            first = writer.count
            if first:
                for page in _checked(pages):
                    writer.add_new(page)
            else:
                writer.add(row for page in _checked(pages) for row in page)
            summary = RosterSummary(count=writer.count, digest=writer.digest(), pilot=first)
            freeze = {"switch_id": switch_id, "roster_id": writer.roster_id, "pilot": first}
            cursor.execute(_FREEZE, {**freeze, "count": summary.count, "digest": summary.digest})
        return summary


class _RosterWriter:
    """Writes the rows of one attempt to freeze, inside its transaction."""

    def __init__(self, cursor: Cursor[DictRow]) -> None:
        # An id per attempt: writers at once do not wait for each other's rows, only the last line decides.
        self.roster_id = uuid4()
        self.count = 0
        self._cursor = cursor
        self._digest = hashlib.sha256()
        use_text_arrays(cursor)

    def digest(self) -> str:
        """Return sha256 over the lines that were written."""
        return self._digest.hexdigest()

    def add(self, rows: Iterable[RosterRow]) -> None:
        """Write rows that stand where they are to stand."""
        with self._cursor.copy(_COPY) as copy:
            copy.set_types(_COPY_TYPES)
            for row in rows:
                self._digest.update(row.line().encode())
                copy.write_row((self.roster_id, *_facts(row)))
                self.count += 1

    def add_new(self, page: Sequence[RosterRow]) -> None:
        """Write the users of a page who are not written yet, each behind the last one."""
        rows = {row.user_key: row for row in page}
        parameters = {"roster_id": self.roster_id, "user_keys": list(rows)}
        for written in self._cursor.execute(_WRITTEN, parameters).fetchall() if rows else ():
            del rows[written["user_key"]]
        self.add([replace(row, position=self.count + number) for number, row in enumerate(rows.values())])


def _facts(row: RosterRow) -> tuple[object, ...]:
    settings = (row.old_disabled, row.new_disabled)
    counts = (row.kept_count, row.no_counterpart_count, row.newly_granted_count)
    return (row.position, row.user_key, *settings, *counts, row.held_target, row.is_by_group)


def _checked(pages: Iterable[Sequence[RosterRow]]) -> Iterator[Sequence[RosterRow]]:
    """Yield the pages as long as their positions count from 0 without gaps."""
    expected = 0
    for page in pages:
        for row in page:
            if row.position != expected:
                raise InvalidInput(field="position", value=row.position, allowed=str(expected))
            expected += 1
        yield page


def _roster_row(row: tuple[Any, ...]) -> RosterRow:
    """Return a row in the order of `_COLUMNS`."""
    position, user_key, old_disabled, new_disabled, *counts, held_target, is_by_group = row
    kept, no_counterpart, newly_granted = counts
    return RosterRow(
        position=position,
        user_key=user_key,
        old_disabled=tuple(old_disabled),
        new_disabled=tuple(new_disabled),
        kept_count=kept,
        no_counterpart_count=no_counterpart,
        newly_granted_count=newly_granted,
        held_target=held_target,
        is_by_group=is_by_group,
    )
