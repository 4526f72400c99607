"""Users of a switch as of a place in the log: their newest rows up to there, counted and page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.rows import tuple_row

from domain.licenses.holdings import TELLING_NOTHING, HoldingChange, changes_by_outcome
from store.core.base import StorePart, checked_page_size
from store.core.errors import repeated, translated

#: Place behind the last row of a pass.
POSITION_END = 2**31 - 1
#: Memory of the one statement: 300,000 users are grouped without a file on the disk.
_MEMORY = "SET LOCAL work_mem = '128MB'"
_PASSES = """
WITH RECURSIVE pass AS (
    (SELECT pass_name FROM planswitch.license_move WHERE switch_id = %(switch_id)s::uuid
     ORDER BY pass_name LIMIT 1)
    UNION ALL
    SELECT (SELECT next.pass_name FROM planswitch.license_move AS next
            WHERE next.switch_id = %(switch_id)s::uuid AND next.pass_name > pass.pass_name
            ORDER BY next.pass_name LIMIT 1)
    FROM pass WHERE pass.pass_name IS NOT NULL
)
SELECT pass_name FROM pass WHERE pass_name IS NOT NULL
"""
_NEWEST = """
WITH told AS (
    SELECT roster.user_key, roster.held_target, true AS is_on_roster,
        CASE WHEN %(has_early_roster)s THEN 0::bigint END AS early, 0::bigint AS late
    FROM planswitch.roster JOIN planswitch.roster_freeze USING (roster_id)
    WHERE switch_id = %(switch_id)s::uuid AND %(has_roster)s AND roster.user_key > %(after)s::uuid
    UNION ALL
    SELECT one.user_key, false, false, CASE WHEN part.is_early THEN place.rank END, place.rank
    FROM planswitch.license_move AS one
    JOIN unnest(
        %(passes)s::text[], %(firsts)s::int[], %(ends)s::int[], %(ranks)s::bigint[], %(early)s::bool[])
        AS part(pass_name, first, stop, rank, is_early)
        ON one.pass_name = part.pass_name AND one.position >= part.first AND one.position < part.stop
    LEFT JOIN unnest(%(outcomes)s::text[], %(forward)s::int[], %(back)s::int[])
        AS kind(outcome, forward, back) ON kind.outcome = one.outcome
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN kind.outcome IS NULL THEN CASE WHEN one.to_plan = %(source_plan)s THEN 2 ELSE 1 END
            ELSE part.rank * 8 + CASE WHEN one.to_plan = %(source_plan)s THEN kind.back ELSE kind.forward END
        END AS rank
    ) AS place
    WHERE one.switch_id = %(switch_id)s::uuid AND one.user_key > %(after)s::uuid
        AND one.outcome <> ALL(%(nothing)s::text[])
), newest AS (
    SELECT user_key, bool_or(held_target) AS held_target, bool_or(is_on_roster) AS is_on_roster,
        max(early) AS early, max(late) AS late
    FROM told GROUP BY user_key
)
"""
_COUNTS = f"""{_NEWEST}
SELECT held_target, is_on_roster, (early %% 8)::int, (late %% 8)::int, count(*)
FROM newest GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""  # noqa: S608  # a constant
_PAGE = f"""{_NEWEST}
SELECT held_target, is_on_roster, (early %% 8)::int, (late %% 8)::int, user_key, late / 8
FROM newest
WHERE NOT %(is_narrowed)s
    OR (held_target, is_on_roster, coalesce((early %% 8)::int, -1), (late %% 8)::int) IN (
    SELECT * FROM unnest(%(held)s::bool[], %(listed)s::bool[], %(befores)s::int[], %(afters)s::int[])
)
ORDER BY user_key LIMIT %(limit)s
"""  # noqa: S608  # a constant
_UNKNOWN = -1


@dataclass(frozen=True, kw_only=True, slots=True)
class PassPart:
    """Rows of a pass that neighboring events of the log recorded."""

    pass_name: str
    #: First position, and the position behind the last one.
    first: int
    stop: int
    #: Place among the parts of all passes in the order of the log, from 1.
    rank: int
    #: They were recorded up to the earlier of the two places that are compared.
    is_early: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class UserRecord:
    """What the record holds of a user: the newest change up to the earlier place and up to the later one."""

    is_on_roster: bool
    held_target: bool
    #: None: nothing was known of the user yet.
    early: HoldingChange | None
    late: HoldingChange


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedUser:
    """One user of a page."""

    user_key: UUID
    record: UserRecord
    #: Rank of the part that tells of it; 0: the roster, or a refusal.
    rank: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedParts:
    """Which rows of users count: those up to the later of two places, marked up to the earlier one."""

    switch_id: str
    source_plan_id: str
    parts: Sequence[PassPart]
    #: Whether the roster was frozen by the later place, and by the earlier one.
    has_roster: bool
    has_early_roster: bool

    def parameters(self) -> dict[str, Any]:
        """Return what both statements take."""
        kinds = changes_by_outcome()
        return {
            "switch_id": self.switch_id,
            "source_plan": self.source_plan_id,
            "has_roster": self.has_roster,
            "has_early_roster": self.has_early_roster,
            "passes": [each.pass_name for each in self.parts],
            "firsts": [each.first for each in self.parts],
            "ends": [each.stop for each in self.parts],
            "ranks": [each.rank for each in self.parts],
            "early": [each.is_early for each in self.parts],
            "outcomes": list(kinds),
            "forward": [int(forward) for forward, _ in kinds.values()],
            "back": [int(back) for _, back in kinds.values()],
            "nothing": sorted(TELLING_NOTHING),
        }


class HoldingStore(StorePart):
    """What the record tells of the users of a switch as of a place in the log."""

    def passes_of(self, switch_id: str) -> tuple[str, ...]:
        """Return the names of all passes that have rows of a switch, drift as well."""
        return tuple(row["pass_name"] for row in self._rows(_PASSES, {"switch_id": switch_id}))

    def user_counts(self, parts: RecordedParts) -> dict[UserRecord, int]:
        """Return how many users the record tells the same of."""
        rows = self._grouped(_COUNTS, parts.parameters() | {"after": UUID(int=0)})
        return {_record(row): row[-1] for row in rows}

    def user_page(
        self,
        parts: RecordedParts,
        *,
        after: UUID,
        limit: int,
        only: Sequence[UserRecord] | None = None,
    ) -> tuple[ListedUser, ...]:
        """Return one page of users in the order of their keys.

        Args:
            parts: Which rows count.
            after: Key of the last user of the page before, zero for the first page.
            limit: Users at most, PAGE_SIZE_MAX at most.
            only: Only users of whom the record tells one of these; None: everyone.
        """
        records = only or ()
        parameters = {
            "after": after,
            "limit": checked_page_size(limit),
            "is_narrowed": only is not None,
            "held": [each.held_target for each in records],
            "listed": [each.is_on_roster for each in records],
            "befores": [_UNKNOWN if each.early is None else int(each.early) for each in records],
            "afters": [int(each.late) for each in records],
        }
        rows = self._grouped(_PAGE, parts.parameters() | parameters)
        return tuple(ListedUser(user_key=row[4], record=_record(row), rank=row[5]) for row in rows)

    def _grouped(self, query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        def read() -> list[tuple[Any, ...]]:
            with self._application.datastore.transaction(commit=False) as cursor:
                plain = cursor.connection.cursor(row_factory=tuple_row)
                plain.execute(_MEMORY)
                return plain.execute(query.encode(), parameters).fetchall()

        with translated():
            return repeated(read)()


def _record(row: tuple[Any, ...]) -> UserRecord:
    held_target, is_on_roster, early, late, *_ = row
    return UserRecord(
        held_target=held_target,
        is_on_roster=is_on_roster,
        early=None if early is None else HoldingChange(early),
        late=HoldingChange(late),
    )
