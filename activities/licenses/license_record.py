"""Take recorded chunks over into the source's stream, each chunk once and each user once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from activities.base.step import Step, position_of
from activities.contract import StreamPosition
from domain.licenses.move import CHUNK_SIZE_MAX, GroupMoved, MoveRow, chunk_moved, input_digest
from domain.subscriptions.subscription import Subscription
from domain.switch.move_events import LicensesReassigned
from domain.switch.return_events import LicensesReturned
from domain.switch.switch_state import SwitchState

#: Passes over the users whom an operator has named (manual#steps).
NAMED = "reassign"


def named_passes(state: SwitchState) -> list[str]:
    """Return the passes over named users that the record has, in their order."""
    return [name for name in state.chunks if name.startswith(f"{NAMED}-")]


def moved_by(step: Step, keys: Sequence[UUID], passes: Sequence[str]) -> set[UUID]:
    """Return those of some users whom the newest of these passes over them has moved."""
    if not passes:
        return set()
    outcomes = step.store.latest_outcomes(step.order.switch_id, keys, passes)
    return {key for key, outcome in outcomes.items() if outcome == "moved"}


def add_chunks(
    step: Step,
    source: Subscription,
    chunks: Sequence[GroupMoved],
    earlier: Mapping[UUID, str] | None = None,
) -> None:
    """Append LicensesReassigned for the chunks that the source does not have yet.

    Args:
        step: The attempt on whose behalf.
        source: Loaded source; the caller saves it.
        chunks: Recorded chunks of one pass.
        earlier: User -> outcome of an earlier pass, for passes after the first.
    """
    state = step.state_of(source)
    # Batches are numbered through a pass, and the directory says how many of them a full group has.
    batches_max = -(-CHUNK_SIZE_MAX // step.cloud.directory.batch_size)
    for chunk in chunks:
        if chunk.group_number in state.chunks.get(chunk.pass_name, set()):
            continue
        outcomes = _earlier_outcomes(step, chunk, earlier) if earlier else []
        first_batch = chunk.group_number * batches_max
        step.advance(
            source,
            LicensesReassigned,
            pass_name=chunk.pass_name,
            group_number=chunk.group_number,
            batches=[first_batch, first_batch + len(chunk.batches) - 1],
            count=chunk.count,
            moved=chunk.moved,
            failed=chunk.failed,
            earlier_moved=outcomes.count("moved"),
            earlier_failed=outcomes.count("failed"),
            detail_digest=chunk.detail_digest,
        )


def _earlier_outcomes(step: Step, chunk: GroupMoved, earlier: Mapping[UUID, str]) -> list[str]:
    """Return what the chunk's own users were before: a user counts in one chunk only."""
    rows = step.store.license_rows(
        chunk.switch_id, chunk.pass_name, after_position=chunk.first_position - 1, limit=chunk.count
    )
    return [earlier[row.user_key] for row in rows if row.user_key in earlier]


def earlier_of(step: Step, chunks: Sequence[GroupMoved], passes: Sequence[str]) -> dict[UUID, str]:
    """Return what earlier passes recorded of the users of chunks: nobody counts twice."""
    earlier: dict[UUID, str] = {}
    for chunk in chunks if passes else ():
        rows = step.store.license_rows(
            chunk.switch_id, chunk.pass_name, after_position=chunk.first_position - 1, limit=chunk.count
        )
        keys = [row.user_key for row in rows]
        earlier |= step.store.latest_outcomes(step.order.switch_id, keys, passes)
    return earlier


def save_chunks(step: Step, chunks: Sequence[GroupMoved]) -> tuple[StreamPosition, ...]:
    """Save the chunks of a slice in the source's stream; lanes that meet there decide anew.

    Whom a pass over named users could not move is tried again, and counts once.
    """
    earlier = earlier_of(step, chunks, named_passes(step.state_of(step.seen_source())))

    def change(source: Subscription) -> StreamPosition:
        add_chunks(step, source, chunks, earlier)
        return position_of(source)

    position, _ = step.change_source(change)
    return (position,)


def append_rows(step: Step, pass_name: str, number: int, rows: Sequence[MoveRow]) -> GroupMoved:
    """Record a chunk of users whom no call of this attempt moved: all of one direction, as one batch."""
    event = chunk_moved(
        switch_id=step.order.switch_id,
        pass_name=pass_name,
        group_number=number,
        input_digest=input_digest(
            (row.user_key for row in rows), from_plan=rows[0].from_plan, to_plan=rows[0].to_plan
        ),
        rows=rows,
        batches=[{"batch_no": 0, "count": len(rows)}],
        at=step.at,
        meta=step.meta(),
    )
    with step.committing("group"):
        return step.store.append_chunk(event, rows)


def record_returned(step: Step, source: Subscription, chunk: GroupMoved, *, returned: int) -> None:
    """Append LicensesReturned for a chunk of the way back.

    Args:
        step: The attempt on whose behalf.
        source: Loaded source; the caller saves it.
        chunk: A recorded chunk.
        returned: How many of its users had been moved, and are back.
    """
    step.advance(
        source,
        LicensesReturned,
        pass_name=chunk.pass_name,
        group_number=chunk.group_number,
        count=chunk.count,
        returned=returned,
        failed=chunk.failed,
        detail_digest=chunk.detail_digest,
    )


def recorded_users(step: Step, pass_name: str) -> tuple[list[UUID], int]:
    """Return the users whom a pass has recorded, in its order, and the position that follows the last."""
    known: list[UUID] = []
    after = -1
    while rows := step.store.license_rows(step.order.switch_id, pass_name, after_position=after):
        known += [row.user_key for row in rows]
        after = rows[-1].position
    return known, after + 1


def pass_number(state: SwitchState, prefix: str) -> int:
    """Return the number of the next pass whose name begins with `prefix`."""
    return 1 + sum(name.startswith(prefix) for name in state.chunks)
