"""License reassignment: freeze the roster, lock administration, move everyone in batches of 20."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from temporalio import activity

from activities.assessment.movers import movers
from activities.assessment.preflight import check_users_again, pilot_users
from activities.base.attempt import Steps, step_of
from activities.base.step import Step, position_of, request_of
from activities.base.turns import require_asked_before_pause, require_going_on
from activities.contract import (
    MOVE_SLICE,
    START_LICENSE_MOVE,
    MoveSliceInput,
    MoveSliceResult,
    StartLicenseMoveInput,
    StartLicenseMoveResult,
    StreamPosition,
)
from activities.directory.chosen_services import chosen_services, frozen_settings, settings_of_user
from activities.directory.service_settings import require_movable_groups, settings_mapper
from activities.directory.user_pages import users_on
from activities.licenses.license_batches import ChunkMover
from activities.licenses.license_read_back import ERASED, Assignment
from activities.licenses.license_record import moved_by, named_passes, save_chunks
from activities.licenses.usage_locations import set_missing_locations
from activities.request.reassessment import require_eligible_to_move
from domain.kernel.errors import RecordInconsistent, StepOutOfOrder
from domain.kernel.facts import as_plain
from domain.kernel.recorded import RecordedAggregate
from domain.licenses.license_failures import FailureRate
from domain.licenses.move import CHUNK_SIZE_MAX, GroupMoved, slice_size
from domain.licenses.promised_time import administration_lock_seconds, license_move_seconds
from domain.licenses.service_settings import ServiceTally, SettingsMapper, disabled_of
from domain.operator.manual_events import MOVED_BEFORE, ManualStepDoneOutside
from domain.operator.manual_steps import ManualStep, require_started
from domain.ports.directory_port import DirectoryUser
from domain.subscriptions.subscription import Subscription
from domain.switch.events import SwitchRequested
from domain.switch.move_events import LicenseMoveStarted
from domain.switch.settings_events import ServiceSettingsReassessed
from domain.switch.stage import FORWARD
from domain.switch.switch_state import SwitchState
from store.core.base import PAGE_SIZE_MAX
from store.core.rows import RosterRow, RosterSummary

#: What tells two findings about the same service from each other.
Subject = tuple[str, str]
#: Users of a slice that are in memory at a time: a whole number of chunks.
PAGE_USERS = 4 * CHUNK_SIZE_MAX
#: Pass over the users who move first.
PILOT = "pilot"


class LicenseReassignmentActivities(Steps):
    """Steps at the directory."""

    @activity.defn(name=START_LICENSE_MOVE.name, no_thread_cancel_exception=True)
    def start_license_move(self, step_input: StartLicenseMoveInput) -> StartLicenseMoveResult:
        """Freeze the roster and lock administration (switch#steps, step 7)."""
        with step_of(self._toolbox, step_input) as step:
            done = step.state_of(step.source()).of(LicenseMoveStarted)
            if done is not None:
                return self._started(done, (position_of(step.source()),))
            step.state_of(step.seen_source()).require_stage(LicenseMoveStarted.AFTER, "begin to move users")
            require_started(step.state_of(step.seen_source()), ManualStep.REASSIGN)
            require_asked_before_pause(step, step.state_of(step.seen_source()))
            require_eligible_to_move(step)
            if not step.order.selection:
                require_movable_groups(step, step.source().plan_id)
            check_users_again(step)
            set_missing_locations(step, _moving(step, step.source().plan_id, _unlocated(step)))
            roster = freeze_roster(step)
            notices = new_service_notices(step, users=roster.count)
            outside = _moved_outside(step)

            def decide() -> tuple[list[RecordedAggregate], LicenseMoveStarted]:
                source, organization = step.source(), step.organization()
                started = _lock_and_start(step, source, roster)
                _tell(step, source, notices)
                _tell_outside(step, source, outside)
                organization.lock_administration(
                    step.order.switch_id,
                    promised_end=step.at + timedelta(seconds=administration_lock_seconds(roster.count)),
                    at=step.at,
                    meta=step.meta(),
                )
                return [source, organization], started

            started, saved = step.decide_and_save(decide)
            return self._started(started, saved)

    @activity.defn(name=MOVE_SLICE.name, no_thread_cancel_exception=True)
    def move_slice(self, step_input: MoveSliceInput) -> MoveSliceResult:
        """Move the users of one slice; recorded chunks are not repeated (switch#licenses)."""
        with step_of(self._toolbox, step_input) as step:
            source = step.source()
            known = _recorded_chunks(step, step_input)
            if known:
                return _slice_result(step, known, save_chunks(step, known))
            _require_allowed(step, step.state_of(source), step_input)
            require_going_on(step.state_of(source))
            mapper = settings_mapper(step, source)
            rate = FailureRate(
                rate_max=self._toolbox.failure_rate_max,
                failures_min=self._toolbox.failures_min,
                tried=step_input.tried,
                failed=step_input.failed,
            )
            mover = ChunkMover(
                step,
                source,
                pass_name=step_input.pass_name,
                stages=FORWARD,
                rate=rate,
            )
            chunks, is_complete = _move_pages(step, step_input, mapper, mover, rate)
            saved = save_chunks(step, chunks)
            # What was done before the stop is in the record; a stopped slice ends as stopped.
            mover.raise_if_stopped()
            return replace(
                _slice_result(step, chunks, saved),
                tried_now=rate.tried - step_input.tried,
                failed_now=rate.failed - step_input.failed,
                is_over_rate=rate.is_over,
                is_complete=is_complete,
            )

    def _started(
        self, started: LicenseMoveStarted, saved: tuple[StreamPosition, ...]
    ) -> StartLicenseMoveResult:
        return StartLicenseMoveResult(
            total=started.total,
            slice_size=slice_size(started.total, wanted=self._toolbox.slice_size),
            lanes=self._toolbox.lanes,
            settle_seconds=self._toolbox.settle_seconds,
            pilot=started.pilot,
            move_promised_end=started.timestamp + timedelta(seconds=license_move_seconds(started.total)),
            lock_promised_end=started.timestamp
            + timedelta(seconds=administration_lock_seconds(started.total)),
            saved=saved,
        )


def _require_allowed(step: Step, state: SwitchState, step_input: MoveSliceInput) -> None:
    """Refuse users whom the record does not let this pass move now."""
    started = state.require(LicenseMoveStarted, since=FORWARD)
    pilot = min(started.pilot or step.order.pilot, started.total)
    is_pilot = step_input.pass_name == PILOT
    first, last = (0, pilot) if is_pilot else (pilot, started.total)
    start, stop = step_input.start, step_input.stop
    is_whole = (start - first) % CHUNK_SIZE_MAX == 0 and (
        stop == last or (stop - first) % CHUNK_SIZE_MAX == 0
    )
    if step_input.first != first or not first <= start < stop <= last or not is_whole:
        raise StepOutOfOrder(
            f"The pass {step_input.pass_name} has the users {first} to before {last}, in chunks of "
            f"{CHUNK_SIZE_MAX}, and not {start} to before {stop}."
        )
    if pilot and not is_pilot and not state.is_pilot_done:
        raise StepOutOfOrder("The pilot has not moved yet, or was not looked at.")


def _chunk_number(step_input: MoveSliceInput, position: int) -> int:
    """Return the number of the chunk that begins at a position; a pass counts from its own first user."""
    return (position - step_input.first) // CHUNK_SIZE_MAX


def _recorded_chunks(step: Step, step_input: MoveSliceInput) -> list[GroupMoved]:
    """Return the chunks of a slice that is done already; nothing where one of them is missing."""
    first = _chunk_number(step_input, step_input.start)
    count = -(-(step_input.stop - step_input.start) // CHUNK_SIZE_MAX)
    groups = step.store.chunks(step.order.switch_id, step_input.pass_name, first=first, count=count)
    return list(groups) if len(groups) == count else []


def _slice_result(
    step: Step, chunks: Sequence[GroupMoved], saved: tuple[StreamPosition, ...]
) -> MoveSliceResult:
    return MoveSliceResult(
        moved=sum(chunk.moved for chunk in chunks),
        failed=sum(chunk.failed for chunk in chunks),
        saved=saved,
        attempt=step.context.attempt,
    )


def _move_pages(
    step: Step, step_input: MoveSliceInput, mapper: SettingsMapper, mover: ChunkMover, rate: FailureRate
) -> tuple[list[GroupMoved], bool]:
    """Move a slice page by page, in constant memory; return its chunks and whether everyone was tried."""
    chunks: list[GroupMoved] = []
    count, stop = 0, step_input.start
    while stop < step_input.stop and not (mover.is_stopped or rate.is_over):
        start, stop = stop, min(stop + PAGE_USERS, step_input.stop)
        page = _assignments(step, mapper, start, stop)
        count += len(page)
        chunks += mover.move_all(page, first_chunk=_chunk_number(step_input, start))
    is_complete = stop == step_input.stop and sum(chunk.count for chunk in chunks) == count
    return chunks, is_complete


def _assignments(step: Step, mapper: SettingsMapper, start: int, stop: int) -> list[Assignment]:
    rows = step.store.roster_slice(step.order.switch_id, start, stop)
    if len(rows) != stop - start:
        lacking = f"{stop - start - len(rows)} of the users {start} to before {stop} of its roster"
        raise RecordInconsistent(f"switch {step.order.switch_id}", missing=lacking)
    state, keys = step.state_of(step.seen_source()), [row.user_key for row in rows]
    directory_ids = step.store.vault.directory_ids(step.order.organization_id, keys)
    # Whom an operator has named was moved in a pass of their own.
    moved = moved_by(step, keys, named_passes(state))
    chosen = chosen_services(step, state, keys)
    return [
        Assignment(
            position=row.position,
            user_key=row.user_key,
            directory_id=directory_ids.get(row.user_key, ERASED),
            settings=frozen_settings(mapper, row, chosen),
            old_disabled=row.old_disabled,
            has_new=row.held_target,
            is_beside=row.held_target,
        )
        for row in rows
        if not row.is_by_group and row.user_key not in moved
    ]


def _lock_and_start(step: Step, source: Subscription, roster: RosterSummary) -> LicenseMoveStarted:
    known = step.state_of(source).of(LicenseMoveStarted)
    if known is not None:
        return known
    require_asked_before_pause(step, step.state_of(source))
    step.advance(
        source,
        LicenseMoveStarted,
        total=roster.count,
        roster_digest=roster.digest,
        calls_digest=step.calls.digest(),
        pilot=roster.pilot if step.order.pilot_group_id else min(step.order.pilot, roster.count),
        pilot_group_id=step.order.pilot_group_id or "",
    )
    return step.state_of(source).require(LicenseMoveStarted)


def _tell(step: Step, source: Subscription, notices: list[dict[str, Any]]) -> None:
    """Record what the directory's list of the new plan tells, once."""
    if notices and not step.state_of(source).has(ServiceSettingsReassessed):
        step.advance(source, ServiceSettingsReassessed, findings=notices)


def _moved_outside(step: Step) -> int:
    """Return how many users somebody has moved by hand before the roster was frozen (manual#done-outside).

    They hold the new plan and not the old one. Where everyone moves, those who did so when the switch was
    requested are no news.
    """
    if not step.order.is_by_hand:
        return 0
    source, selection = step.seen_source(), step.order.selection
    request, organization_id, count = request_of(step, source), step.order.organization_id, 0
    for users in users_on(step, request.target_plan_id):
        moved = [user.directory_id for user in users if user.license_of(source.plan_id) is None]
        if selection:
            keys = step.store.vault.known_keys(organization_id, moved)
            moved = [str(key) for key in step.store.selected_of(organization_id, selection, keys)]
        count += len(moved)
    pools = () if selection else request.assessment["inputs"]["subscribed"]
    before = sum(int(pool["assigned"]) for pool in pools if pool["plan_id"] == request.target_plan_id)
    return max(0, count - before)


def _tell_outside(step: Step, source: Subscription, users: int) -> None:
    """Record users who were moved by hand, once."""
    if users and ManualStep.REASSIGN not in step.state_of(source).outside_steps:
        step.advance(
            source,
            ManualStepDoneOutside,
            step.own_meta("the directory was read before the roster was frozen"),
            step=ManualStep.REASSIGN,
            evidence=MOVED_BEFORE,
            subscription_id="",
            users=users,
            quantity=0,
        )


def freeze_roster(step: Step) -> RosterSummary:
    """Read everyone on the source plan, page by page, and freeze them with their settings, a pilot first."""
    with step.committing("roster"):
        plan_id = step.seen_source().plan_id
        return step.store.write_roster(
            step.order.switch_id,
            _roster_pages(step, _moving(step, plan_id, users_on(step, plan_id))),
            pilot=_roster_pages(step, _moving(step, plan_id, pilot_users(step, plan_id))),
        )


def _unlocated(step: Step) -> Iterator[Sequence[DirectoryUser]]:
    """Read everyone who may need a location, where one was asked for and the roster is not frozen."""
    plan_id = step.source().plan_id
    if step.order.set_usage_location is not None and not step.store.roster_summary(step.order.switch_id):
        yield from ([user for user in page if user.has_direct(plan_id)] for page in users_on(step, plan_id))


def _moving(
    step: Step, plan_id: str, pages: Iterable[Sequence[DirectoryUser]]
) -> Iterator[Sequence[DirectoryUser]]:
    """Yield the users who are to move; where only some are, no group is moved, so nobody by a group is.

    Of a switch back of some users, nobody moves who can't be restored any more (rules#switch-back).
    """
    if not step.order.selection:
        yield from pages
        return
    mapper = settings_mapper(step, step.seen_source()) if step.order.switch_back_of else None
    moving = movers(step.store, step.order, mapper)
    for users in pages:
        yield [user for user in moving(users) if user.has_direct(plan_id)]


def _roster_pages(step: Step, pages: Iterable[Sequence[DirectoryUser]]) -> Iterator[list[RosterRow]]:
    source = step.seen_source()
    mapper, target_id = settings_mapper(step, source), request_of(step, source).target_plan_id
    position = 0
    for users in pages:
        keys = step.store.vault.keys_for(step.order.organization_id, [user.directory_id for user in users])
        mapper.read(users)
        chosen = chosen_services(step, step.state_of(source), keys)
        rows = []
        for user, key in zip(users, keys, strict=True):
            mapped = settings_of_user(mapper, user, chosen.get(key))
            rows.append(
                RosterRow(
                    position=position,
                    user_key=key,
                    old_disabled=disabled_of(user, source.plan_id),
                    new_disabled=mapped.new_disabled,
                    kept_count=len(mapped.kept),
                    no_counterpart_count=len(mapped.no_counterpart),
                    newly_granted_count=len(mapped.newly_granted),
                    held_target=user.license_of(target_id) is not None,
                    is_by_group=not user.has_direct(source.plan_id),
                )
            )
            position += 1
        yield rows


def new_service_notices(step: Step, *, users: int) -> list[dict[str, Any]]:
    """Return the findings about services that the request did not tell, since the plan was not listed yet.

    Args:
        step: The attempt that has frozen the roster.
        users: Users on it.
    """
    source = step.seen_source()
    mapper = settings_mapper(step, source)
    target_id = mapper.target.plan_id
    if not (mapper.plans.missing(target_id) or mapper.plans.added(target_id)):
        return []
    tally = ServiceTally()
    for row in _roster(step, users):
        settings = mapper.frozen(row.old_disabled, row.new_disabled, has_new=row.held_target)
        tally.add_settings(mapper, settings, unlisted=mapper.unlisted_of(row.old_disabled))
    known = _recorded(step)
    notices = [as_plain(each) for each in tally.findings(mapper)]
    return [each for each in notices if _subject(each) not in known]


def _roster(step: Step, users: int) -> Iterator[RosterRow]:
    for start in range(0, users, PAGE_SIZE_MAX):
        yield from step.store.roster_slice(step.order.switch_id, start, start + PAGE_SIZE_MAX)


def _recorded(step: Step) -> set[Subject]:
    requested = step.state_of(step.seen_source()).of(SwitchRequested)
    answer = requested.assessment.get("answer", {}) if requested else {}
    return {_subject(each) for each in answer.get("findings", ())}


def _subject(finding: dict[str, Any]) -> Subject:
    return finding["code"], str(finding["details"].get("service_plan_id", ""))
