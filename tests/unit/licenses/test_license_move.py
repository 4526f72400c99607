"""The license-move log: groups that recognize their own redelivery, and digests over who and what."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from domain.kernel.errors import InvalidInput
from domain.kernel.ids import license_move_stream_id
from domain.licenses.move import (
    CHUNK_SIZE_MAX,
    SLICES_MAX,
    GroupMoved,
    MoveRow,
    chunk_moved,
    detail_digest,
    input_digest,
    slice_size,
)
from tests.support.stories.aggregate_stories import at, meta_of


def row(position: int = 0, **changes: Any) -> MoveRow:
    """Return what happened to one user."""
    usual = MoveRow(
        position=position,
        batch_no=position // 20,
        user_key=UUID(int=position + 1),
        from_plan="old",
        to_plan="new",
        outcome="moved",
    )
    return replace(usual, **changes)


def group(rows: list[MoveRow], number: int = 0, stage: str = "move") -> GroupMoved:
    """Return the event of a group."""
    return chunk_moved(
        switch_id="switch",
        pass_name=stage,
        group_number=number,
        input_digest="input",
        rows=rows,
        batches=[{"batch_no": 0, "count": len(rows)}],
        at=at(),
        meta=meta_of("switch"),
    )


def test_group_counts_its_outcomes() -> None:
    """Moved and failed users are counted from the rows; others are neither."""
    rows = [row(40), row(41, outcome="failed", error="NO_LICENSE_FREE"), row(42, outcome="gone")]
    event = group(rows)

    assert (event.count, event.moved, event.failed, event.first_position) == (3, 1, 1, 40)


def test_group_has_its_place_in_the_stream_of_its_pass() -> None:
    """Stream and version follow from pass and number, so parallel writers never meet."""
    first, third = group([row()]), group([row()], number=2)

    assert first.originator_id == third.originator_id == license_move_stream_id("switch", "move")
    assert (first.originator_version, third.originator_version) == (1, 3)
    assert group([row()], stage="retry-1").originator_id != first.originator_id


@pytest.mark.parametrize("size", [0, CHUNK_SIZE_MAX + 1])
def test_group_of_no_size_or_too_large_is_refused(size: int) -> None:
    """A group holds 1 to 500 users."""
    with pytest.raises(InvalidInput, match="1 to 500"):
        group([row(position) for position in range(size)])


def test_largest_group_is_taken() -> None:
    """500 users are one group."""
    assert group([row(position) for position in range(CHUNK_SIZE_MAX)]).count == CHUNK_SIZE_MAX


def test_detail_digest_does_not_depend_on_the_order_of_arrival() -> None:
    """Lanes may answer in any order; the digest is over positions."""
    rows = [row(0), row(1), row(2)]

    assert detail_digest(rows) == detail_digest(reversed(rows))


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "failed"},
        {"error": "NO_LICENSE_FREE"},
        {"to_plan": "other"},
        {"user_key": UUID(int=99)},
        {"batch_no": 7},
        {"kept": ("YAMMER",)},
        {"no_counterpart": ("YAMMER",)},
        {"newly_granted": ("YAMMER",)},
        {"dependents": ("YAMMER",)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_detail_digest_covers_every_fact_of_a_row(change: dict[str, Any]) -> None:
    """No fact about a user can be altered without the event's digest noticing."""
    assert detail_digest([row(**change)]) != detail_digest([row()])


def test_service_settings_have_one_spelling() -> None:
    """The order in which settings were read does not change the digest."""
    assert row(kept=("A", "B")).line() == row(kept=("B", "A")).line()
    assert row(kept=("A",)).line() != row(no_counterpart=("A",)).line()


def test_row_without_dependents_keeps_the_line_of_before() -> None:
    """What no row of before has is absent from its line, so that stored digests stay.

    See contributing#stored-things-never-change.
    """
    line = row(kept=("A",), newly_granted=("B",)).line()

    assert line.endswith("|moved|A||B|\n")
    assert row(kept=("A",), newly_granted=("B",), dependents=("D", "C")).line() == line[:-2] + "|C,D|\n"


def test_input_digest_recognizes_a_redelivery() -> None:
    """The same users and plans are the same group in any order; another user or plan is another."""
    users = [UUID(int=1), UUID(int=2)]
    digest = input_digest(users, from_plan="old", to_plan="new")

    assert input_digest(reversed(users), from_plan="old", to_plan="new") == digest
    assert input_digest(users[:1], from_plan="old", to_plan="new") != digest
    assert input_digest(users, from_plan="new", to_plan="old") != digest


@pytest.mark.parametrize(
    ("users", "wanted", "expected"),
    [(0, 2000, 2000), (300_000, 2000, 6000), (100_000, 2000, 2000), (100_001, 2000, 2500), (900, 1, 500)],
)
def test_slices_grow_with_the_users_so_that_the_history_does_not(
    users: int, wanted: int, expected: int
) -> None:
    """A pass never has more than 50 slices, each a whole number of groups (architecture#workflows)."""
    assert slice_size(users, wanted=wanted) == expected
    assert -(-users // expected) <= SLICES_MAX
