"""Users of one start of `reassign`: those whom an operator has named, of whom some may be moved already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import UUID

from temporalio import activity

from activities.base.attempt import Steps, step_of
from activities.base.step import Step, position_of, request_of
from activities.base.turns import require_going_on
from activities.directory.chosen_services import chosen_services, frozen_settings
from activities.directory.service_settings import settings_mapper
from activities.directory.user_pages import named_users
from activities.licenses.license_batches import ChunkMover
from activities.licenses.license_read_back import ERASED, Assignment
from activities.licenses.license_record import NAMED, add_chunks, earlier_of, moved_by, pass_number
from activities.manual.manual_contract import MOVE_SELECTION, MoveSelectionInput, MoveSelectionResult
from domain.licenses.license_failures import FailureRate
from domain.licenses.move import CHUNK_SIZE_MAX, GroupMoved
from domain.operator.manual_events import MOVED, ManualStepDoneOutside
from domain.operator.manual_steps import ManualStep, require_started
from domain.ports.directory_port import DirectoryUser
from domain.subscriptions.subscription import Subscription
from domain.switch.move_events import LicenseMoveStarted
from domain.switch.stage import FORWARD, MOVE_OPEN
from domain.switch.switch_state import SwitchState
from store.core.rows import RosterRow

#: Users of one activity at most, a whole number of chunks: the next part is one of its own.
PART_USERS = 10 * CHUNK_SIZE_MAX


class ManualMoveActivities(Steps):
    """The step of `reassign` for some users."""

    @activity.defn(name=MOVE_SELECTION.name, no_thread_cancel_exception=True)
    def move_selection(self, step_input: MoveSelectionInput) -> MoveSelectionResult:
        """Move the named users of the roster whom nobody has moved yet; recorded chunks are not repeated."""
        with step_of(self._toolbox, step_input) as step:
            source = step.source()
            state = step.state_of(source)
            state.require(LicenseMoveStarted, since=FORWARD)
            state.require_stage(MOVE_OPEN, "move the users whom an operator has named")
            require_started(state, ManualStep.REASSIGN)
            require_going_on(state)
            pass_name = f"{NAMED}-{pass_number(state, NAMED)}"
            waiting = _rows_to_move(step, state, step_input)
            rows = waiting[:PART_USERS]
            outside = _moved_outside(step, source, rows, is_first=step_input.beyond < 0)
            rate = FailureRate(
                rate_max=self._toolbox.failure_rate_max, failures_min=self._toolbox.failures_min
            )
            mover = ChunkMover(step, source, pass_name=pass_name, stages=FORWARD, rate=rate)
            chunks = mover.move_all(_assignments(step, source, rows), first_chunk=0)
            result = _recorded(step, chunks, outside, pass_name=pass_name)
            mover.raise_if_stopped()
            return replace(
                result,
                reached=rows[-1].position if len(waiting) > len(rows) else -1,
                tried=rate.tried,
                is_over_rate=rate.is_over,
            )


def _recorded(
    step: Step, chunks: Sequence[GroupMoved], outside: int, *, pass_name: str
) -> MoveSelectionResult:
    """Save the chunks, and how many of their users somebody had moved in the vendor's pages."""
    passes = [name for name in step.state_of(step.seen_source()).chunks if name != pass_name]
    earlier = earlier_of(step, chunks, passes)
    moved, failed = sum(each.moved for each in chunks), sum(each.failed for each in chunks)

    def change(source: Subscription) -> MoveSelectionResult:
        is_new = any(
            each.group_number not in step.state_of(source).chunks.get(each.pass_name, set())
            for each in chunks
        )
        add_chunks(step, source, chunks, earlier)
        if outside and is_new:
            step.advance(
                source,
                ManualStepDoneOutside,
                step.own_meta("the directory was read before the users were moved"),
                step=ManualStep.REASSIGN,
                evidence=MOVED,
                subscription_id="",
                users=outside,
                quantity=0,
            )
        state = step.state_of(source)
        left = state.require(LicenseMoveStarted).total - state.moved - state.skipped
        return MoveSelectionResult(moved=moved, failed=failed, left=left, saved=(position_of(source),))

    return step.change_source(change)[0]


def _rows_to_move(step: Step, state: SwitchState, step_input: MoveSelectionInput) -> list[RosterRow]:
    """Return the named users whom no earlier pass has moved, in the order of the roster, from a place on."""
    waiting: list[RosterRow] = []
    for keys in step.store.selection_pages(step.order.organization_id, step_input.selection):
        moved = moved_by(step, keys, list(state.chunks))
        rows = step.store.roster_of(step.order.switch_id, [key for key in keys if key not in moved])
        waiting += [row for row in rows.values() if not row.is_by_group and row.position > step_input.beyond]
    return sorted(waiting, key=lambda row: row.position)


def _moved_outside(step: Step, source: Subscription, rows: Sequence[RosterRow], *, is_first: bool) -> int:
    """Return how many of the users hold the new plan and not the old one, though no pass has moved them."""
    if not is_first or not _is_untouched(step, source):
        return 0
    target_id = request_of(step, source).target_plan_id
    return sum(
        1
        for _, user in _read(step, [row.user_key for row in rows if not row.held_target])
        if user is not None and user.license_of(target_id) and not user.license_of(source.plan_id)
    )


def _is_untouched(step: Step, source: Subscription) -> bool:
    """Return whether nothing of this start was sent before: what was may have moved users unrecorded.

    An attempt that was killed leaves no calls, but a number or a run of its own; any other leaves its calls,
    as one that was paused or held.
    """
    begun = step.state_of(source).begun_steps[ManualStep.REASSIGN]
    is_own_run = begun.meta["run_id"] == activity.info().workflow_run_id
    if step.context.attempt > 1 or not is_own_run:
        return False
    return not step.store.has_step_calls(step.order.switch_id, MOVE_SELECTION.name, since=begun.timestamp)


def _read(step: Step, keys: Sequence[UUID]) -> Iterator[tuple[str, DirectoryUser | None]]:
    names = step.store.vault.directory_ids(step.order.organization_id, list(keys))
    return named_users(step.cloud.directory, step.order.organization_id, sorted(names.values()))


def _assignments(step: Step, source: Subscription, rows: Sequence[RosterRow]) -> list[Assignment]:
    mapper, keys = settings_mapper(step, source), [row.user_key for row in rows]
    names = step.store.vault.directory_ids(step.order.organization_id, keys)
    chosen = chosen_services(step, step.state_of(source), keys)
    return [
        Assignment(
            position=position,
            user_key=row.user_key,
            directory_id=names.get(row.user_key, ERASED),
            settings=frozen_settings(mapper, row, chosen),
            old_disabled=row.old_disabled,
            has_new=row.held_target,
            is_beside=row.held_target,
        )
        for position, row in enumerate(rows)
    ]
