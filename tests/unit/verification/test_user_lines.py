"""The verifier makes lines and digests of its own, which must be those of the record (ADR 33)."""

from __future__ import annotations

from dataclasses import astuple
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from audit.seals.calls import call_digest as sealed_call_digest
from audit.seals.calls import range_digest as sealed_range_digest
from audit.verification import call_rows
from audit.verification.user_lines import MoveRow, RosterRow, altered_row, digest_of, surplus_row
from domain.licenses import move
from domain.licenses.move import detail_digest
from store.core import rows
from store.record.seals import CALL_COLUMNS
from tests.support.consoles.store_parts import move_rows, user_key

SWITCH = UUID(int=3)
_LISTS: tuple[dict[str, tuple[str, ...]], ...] = (
    {},
    {"kept": ("b", "a")},
    {"dependents": ("z", "y"), "newly_granted": ("q",)},
)
_ANSWERS: tuple[dict[str, str], ...] = (
    {},
    {"error": "NO_LICENSE_FREE"},
    {"code": "Request_BadRequest"},
    {"text": "No | license\u00fc", "request_id": "r-1"},
    {"request_id": "r-1"},
)


def stored(row: move.MoveRow) -> MoveRow:
    """Return a row as the table has it."""
    who = (SWITCH, "move", row.position, row.batch_no, row.user_key, row.from_plan, row.to_plan, row.outcome)
    lists = [list(each) for each in (row.kept, row.no_counterpart, row.newly_granted, row.dependents)]
    columns: list[Any] = [*who, *lists, row.error, row.code, row.text, row.request_id]
    return MoveRow(*columns)


@pytest.mark.parametrize("lists", _LISTS)
@pytest.mark.parametrize("answer", _ANSWERS)
def test_lines_of_moves_are_those_of_the_record(
    lists: dict[str, tuple[str, ...]], answer: dict[str, str]
) -> None:
    """Lists are sorted; what came later stands only where there is something."""
    who = {"position": 4, "batch_no": 1, "user_key": user_key(4), "from_plan": "E1", "to_plan": "E3"}
    row = move.MoveRow(outcome="failed", **who, **lists, **answer)  # type: ignore[arg-type]
    assert stored(row).line() == row.line().encode()


@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize("by_group", [False, True])
def test_lines_of_rosters_are_those_of_the_record(*, held: bool, by_group: bool) -> None:
    """Every mark of a user on a roster."""
    row = rows.RosterRow(
        position=9,
        user_key=user_key(9),
        old_disabled=("teams", "sway"),
        newly_granted_count=4,
        held_target=held,
        is_by_group=by_group,
    )
    assert RosterRow(SWITCH, *astuple(row)).line() == row.line().encode()


def test_the_altered_row_is_found_by_its_former_value() -> None:
    """One of twenty rows was altered; its value before stood in other rows."""
    before = move_rows(0, 20, failed=2)
    digest = detail_digest(before)
    now = [stored(row) for row in before]
    assert digest_of(now) == digest
    now[7] = now[7]._replace(outcome="failed")
    guess = altered_row(now, digest)
    assert guess is not None
    assert (guess.row, guess.column, guess.sealed) == (now[7], "outcome", "moved")
    now[8] = now[8]._replace(outcome="failed")
    assert altered_row(now, digest) is None


def test_the_row_that_is_too_many_is_found() -> None:
    """Without it the digest is that of the record."""
    before = move_rows(0, 20)
    now = [stored(row) for row in before]
    stranger = now[3]._replace(user_key=user_key(99))
    now.insert(4, stranger)
    guess = surplus_row(now, detail_digest(before))
    assert guess is not None
    assert guess.row == stranger


def test_digests_of_calls_are_those_of_the_sealer() -> None:
    """Every kind of value that a call has: nothing, texts beyond ASCII, lists, instants."""
    at = datetime(2026, 11, 30, 5, 0, 0, 120, tzinfo=UTC)
    refusals = [{"text": "nein, \u00fc", "status": 400, "count": 2, "code": "x", "request_id": ""}]
    first: Any = (1, None, "s", 1, "r", "a", "seller", "read", "", "", 200, "", "\u00fc", [], at, 5, at, "")
    second = (2, SWITCH, "s", 1, "r", "a", "seller", "read", "k", "d", 0, "c", "", refusals, at, 5, at, "id")
    assert call_rows.CALL_COLUMNS == CALL_COLUMNS
    digests = [call_rows.call_digest(each) for each in (first, second)]
    assert digests == [sealed_call_digest(each) for each in (first, second)]
    assert call_rows.range_digest(digests) == sealed_range_digest(digests)
