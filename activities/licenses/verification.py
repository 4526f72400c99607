"""Verification: nobody is left on the old plan, shown by two reads in a row.

Everyone who is still there is moved forward, whoever they are (rules#drift).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from temporalio import activity

from activities.base.attempt import Steps, step_of
from activities.base.step import Step, position_of, request_of
from activities.base.turns import require_going_on
from activities.contract import VERIFY_MOVE, StreamPosition, VerifyMoveInput, VerifyMoveResult
from activities.directory.chosen_services import chosen_services, settings_of_user
from activities.directory.service_settings import settings_mapper
from activities.directory.user_pages import named_users, users_on
from activities.licenses.drift import add_drift, new_users
from activities.licenses.group_moves import move_groups
from activities.licenses.license_batches import ChunkMover
from activities.licenses.license_read_back import ERASED, Assignment
from activities.licenses.license_record import add_chunks, pass_number, recorded_users
from activities.licenses.usage_locations import set_missing_locations
from domain.catalog.disabled_services import DisabledMapping
from domain.licenses.drift import Drift
from domain.licenses.move import GroupMoved
from domain.licenses.restored_settings import RestoringMapper
from domain.licenses.service_settings import SettingsMapper, disabled_of
from domain.ports.directory_port import DirectoryUser
from domain.subscriptions.subscription import LicensesReceived, Subscription
from domain.switch.move_events import DriftReconciled, LicenseMoveFinished
from domain.switch.stage import FORWARD
from domain.switch.switch_state import SwitchState
from store.core.rows import DetailRows, RosterRow


class VerificationActivities(Steps):
    """Steps that compare the directory with the roster."""

    @activity.defn(name=VERIFY_MOVE.name, no_thread_cancel_exception=True)
    def verify_move(self, step_input: VerifyMoveInput) -> VerifyMoveResult:
        """Move whoever is still on the old plan; finish when two reads show nobody (switch#steps)."""
        with step_of(self._toolbox, step_input) as step:
            source = step.source()
            done = step.state_of(source).of(LicenseMoveFinished)
            if done is not None:
                return _result(step, source, saved=(position_of(source),), clear=True)
            step.state_of(source).require_stage(LicenseMoveFinished.AFTER, "look for users left")
            require_going_on(step.state_of(source))
            source = located(step, source)
            looked = sweep(step, source, prefix="verify", failed=True, inactive=True)
            if looked.has_groups:
                return self._move_groups(step, source, looked)
            if looked.left:
                return self._reconcile(step, source, looked)
            if any(True for _ in unskipped_on(step, source)):
                return _result(step, source, saved=(position_of(source),), clear=False)
            return self._finish(step, source)

    def _reconcile(self, step: Step, source: Subscription, looked: Sweep) -> VerifyMoveResult:
        drifted = len(looked.new_users) + len(looked.moved_by_hand)
        rows = add_found(step, source, looked)
        add_chunks(step, source, looked.chunks, looked.earlier)
        if drifted:
            step.advance(source, DriftReconciled, pass_name=looked.pass_name, moved=looked.moved)
        saved = step.save(source, rows=rows)
        return _result(step, source, saved=saved, clear=False, unresolved=looked.failed, drifted=drifted)

    def _move_groups(self, step: Step, source: Subscription, looked: Sweep) -> VerifyMoveResult:
        """Let the groups move their members, once everyone who holds a license directly has been tried."""
        direct = self._reconcile(step, source, looked)
        moved = move_groups(step)
        source = step.source()
        return _result(
            step,
            source,
            saved=(position_of(source),),
            clear=False,
            unresolved=looked.failed + moved.unresolved,
            drifted=direct.drifted,
            message=" ".join(filter(None, (direct.message, moved.message))),
        )

    def _finish(self, step: Step, source: Subscription) -> VerifyMoveResult:
        state, target = step.state_of(source), step.target()
        step.advance(
            source,
            LicenseMoveFinished,
            moved=state.moved,
            skipped=state.skipped,
            drifted=sum(name.startswith("verify") for name in state.chunks),
            calls_digest=step.calls.digest(),
        )
        step.receive(target, LicensesReceived, count=state.moved)
        return _result(step, source, saved=step.save(source, target), clear=True)


def _result(
    step: Step,
    source: Subscription,
    *,
    saved: tuple[StreamPosition, ...],
    clear: bool,
    unresolved: int = 0,
    drifted: int = 0,
    message: str = "",
) -> VerifyMoveResult:
    users = "user" if unresolved == 1 else "users"
    return VerifyMoveResult(
        saved=saved,
        clear=clear,
        unresolved=unresolved,
        drifted=drifted,
        moved=step.state_of(source).moved,
        message=message
        or (
            f"{unresolved} {users} could not be moved; `planswitch switch show` tells who must do what."
            if unresolved
            else ""
        ),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Sweep:
    """One look at the old plan, and what was done about it."""

    #: Users found on the old plan.
    left: int
    #: Of them, those whom neither roster nor pass knows, and those who had been moved.
    new_users: tuple[UUID, ...]
    moved_by_hand: tuple[UUID, ...]
    pass_name: str
    chunks: tuple[GroupMoved, ...] = ()
    #: Groups alone give users the old plan, or were begun and are not recorded as moved: they are moved by
    #: themselves, and their members are not among those found.
    has_groups: bool = False
    #: User -> outcome before this sweep.
    earlier: dict[UUID, str]

    @property
    def moved(self) -> int:
        """Users whom this sweep moved."""
        return sum(chunk.moved for chunk in self.chunks)

    @property
    def failed(self) -> int:
        """Users whom this sweep could not move."""
        return sum(chunk.failed for chunk in self.chunks)


def located(step: Step, source: Subscription) -> Subscription:
    """Give who is left on the old plan a usage location, where that was asked for (rules#usage-location).

    Args:
        step: The attempt that is about to move them.
        source: Loaded source; it is returned as it stands afterwards.
    """
    if step.order.set_usage_location is None:
        return source
    left = [user for user, _ in unskipped_on(step, source) if user.has_direct(source.plan_id)]
    set_missing_locations(step, [left])
    return step.source()


def sweep(
    step: Step, source: Subscription, *, prefix: str, failed: bool = False, inactive: bool = False
) -> Sweep:
    """Read who is on the old plan and move them in one pass; an empty read is a sweep of nobody.

    Args:
        step: The attempt on whose behalf.
        source: The subscription to leave.
        prefix: Kind of pass, such as `verify` or `stragglers`; its number follows the recorded ones.
        failed: Try those again whom an earlier pass could not move, wherever they are now: who holds neither
            plan would not be found on the old one.
        inactive: Where nobody else is found, take up who was moved and can't work with the new license.
    """
    state = step.state_of(source)
    pass_name = f"{prefix}-{pass_number(state, prefix)}"
    recorded = step.store.chunks(step.order.switch_id, pass_name)
    if recorded:
        # An attempt before this one moved users and died before the source's stream had its chunks.
        return _sweep(step, state, pass_name, recorded_users(step, pass_name)[0], recorded)
    users, keys, fed = _holders(step, source)
    assignments = assignments_of(step, source, users, keys)
    if failed:
        assignments += _failed_before(step, source, state, [*keys, *fed])
    unserved: list[UUID] = []
    if inactive and not assignments:
        unserved, assignments = _unserved(step, source)
    if not assignments:
        return _sweep(step, state, pass_name, [], (), has_groups=bool(fed))
    mover = ChunkMover(
        step,
        source,
        pass_name=pass_name,
        stages=FORWARD,
        keeps_part=True,
    )
    chunks = mover.move_all(assignments, first_chunk=0)
    return _sweep(
        step,
        state,
        pass_name,
        [each.user_key for each in assignments],
        chunks,
        has_groups=bool(fed),
        unserved=unserved,
    )


def add_found(step: Step, source: Subscription, looked: Sweep) -> DetailRows | None:
    """Add an event of drift for whom a sweep found on the old plan, and return the rows that name them.

    Args:
        step: The attempt on whose behalf.
        source: Loaded source; the caller saves it, together with the rows and the sweep's chunks.
        looked: What the sweep found.
    """
    named = step.store.drifted_users(step.order.switch_id, looked.moved_by_hand)
    by_hand = [key for key in looked.moved_by_hand if named.get(key, ("", ""))[1] != "moved_by_hand"]
    users = [(key, "new_users") for key in looked.new_users] + [(key, "moved_by_hand") for key in by_hand]
    if not users:
        return None
    return add_drift(step, source, Drift(new_users=len(looked.new_users), moved_by_hand=len(by_hand)), users)


def _holders(step: Step, source: Subscription) -> tuple[list[DirectoryUser], list[UUID], list[UUID]]:
    """Return who holds the old plan by themselves, with their keys, and the keys of who has it by groups."""
    users: list[DirectoryUser] = []
    keys: list[UUID] = []
    fed: list[UUID] = []
    for user, key in _still_there(step, source):
        if user.has_direct(source.plan_id):
            users.append(user)
            keys.append(key)
        else:
            fed.append(key)
    return users, keys, fed


def _still_there(step: Step, source: Subscription) -> list[tuple[DirectoryUser, UUID]]:
    """Return who is on the old plan; who was moved and is listed all the same is read by their id.

    The list may be behind: what it shows of them is no drift then (rules#drift).
    """
    listed = list(unskipped_on(step, source))
    passes = list(step.state_of(source).chunks)
    earlier = step.store.latest_outcomes(step.order.switch_id, [key for _, key in listed], passes)
    moved = [user.directory_id for user, key in listed if earlier.get(key) == "moved"]
    now = dict(named_users(step.cloud.directory, step.order.organization_id, moved))
    read = [(now.get(user.directory_id, user), key) for user, key in listed]
    return [(user, key) for user, key in read if user is not None and user.license_of(source.plan_id)]


def unskipped_on(step: Step, source: Subscription) -> Iterator[tuple[DirectoryUser, UUID]]:
    """Yield who is on the old plan and is to leave it, with the opaque key; who was skipped stays behind."""
    skipped = step.state_of(source).skipped_users
    for page in users_on(step, source.plan_id):
        keys = step.store.vault.keys_for(step.order.organization_id, [user.directory_id for user in page])
        left = [each for each in zip(page, keys, strict=True) if str(each[1]) not in skipped]
        yield from _selected(step, source, left) if step.order.selection else left


def _selected(
    step: Step, source: Subscription, users: list[tuple[DirectoryUser, UUID]]
) -> list[tuple[DirectoryUser, UUID]]:
    """Return who is to move where others stay: who is on the roster, and holds the plan by themselves."""
    roster = step.store.roster_of(step.order.switch_id, [key for _, key in users])
    return [(user, key) for user, key in users if key in roster and user.has_direct(source.plan_id)]


def _unserved(step: Step, source: Subscription) -> tuple[list[UUID], list[Assignment]]:
    """Return who was moved, or held the new plan before, and can't work with it (switch#licenses)."""
    skipped = step.state_of(source).skipped_users
    target = request_of(step, source).target_plan_id
    users: list[DirectoryUser] = []
    keys: list[UUID] = []
    for page in users_on(step, target):
        unserved = [user for user in page if not user.can_use(target)]
        known = step.store.vault.keys_for(
            step.order.organization_id, [user.directory_id for user in unserved]
        )
        ours = step.store.original_settings(step.order.switch_id, known) if known else {}
        for user, key in zip(unserved, known, strict=True):
            if key in ours and str(key) not in skipped:
                users.append(user)
                keys.append(key)
    assignments = assignments_of(step, source, users, keys)
    settings = step.store.original_settings(step.order.switch_id, keys) if keys else {}
    return keys, [replace(each, old_disabled=settings[each.user_key].old_disabled) for each in assignments]


def _failed_before(
    step: Step, source: Subscription, state: SwitchState, keys: Sequence[UUID]
) -> list[Assignment]:
    unresolved = step.store.unresolved_users(step.order.switch_id, list(state.chunks))
    known = set(keys)
    missing = [key for key in unresolved if key not in known and str(key) not in state.skipped_users]
    if not missing:
        return []
    names = step.store.vault.directory_ids(step.order.organization_id, missing)
    mapper = settings_mapper(step, source)
    known_before = step.store.original_settings(step.order.switch_id, missing)
    old = {key: known_before[key].old_disabled if key in known_before else () for key in missing}
    chosen = chosen_services(step, state, missing)
    return [
        Assignment(
            position=len(keys) + number,
            user_key=key,
            directory_id=names.get(key, ERASED),
            settings=_settings_again(mapper, old[key], known_before.get(key), chosen.get(key)),
            old_disabled=old[key],
            has_new=True,
        )
        for number, key in enumerate(missing)
    ]


def _settings_again(
    mapper: SettingsMapper,
    old_disabled: tuple[str, ...],
    before: RosterRow | None,
    chosen: tuple[str, ...] | None,
) -> DisabledMapping:
    """Return the settings of a user who may hold neither plan by now, so that the directory tells none."""
    if chosen is not None:
        return mapper.chosen(old_disabled, chosen)
    if isinstance(mapper, RestoringMapper) and before is not None and before.position >= 0:
        return mapper.frozen(before.old_disabled, before.new_disabled, has_new=before.held_target)
    return mapper.of(old_disabled)


def _sweep(
    step: Step,
    state: SwitchState,
    pass_name: str,
    keys: Sequence[UUID],
    chunks: Sequence[GroupMoved],
    *,
    has_groups: bool = False,
    unserved: Sequence[UUID] = (),
) -> Sweep:
    # The state keeps its passes in the order in which they were recorded.
    earlier = step.store.latest_outcomes(step.order.switch_id, keys, list(state.chunks))
    return Sweep(
        left=len(keys),
        new_users=new_users(step, keys, earlier),
        moved_by_hand=tuple(key for key in keys if earlier.get(key) == "moved" and key not in unserved),
        pass_name=pass_name,
        chunks=tuple(chunks),
        has_groups=has_groups or bool(state.licensing_groups.keys() - state.licensing_groups_moved),
        earlier=earlier,
    )


def assignments_of(
    step: Step, source: Subscription, users: list[DirectoryUser], keys: list[UUID]
) -> list[Assignment]:
    """Return how users who are read now are moved forward."""
    mapper, target = settings_mapper(step, source), request_of(step, source).target_plan_id
    mapper.read(users)
    chosen = chosen_services(step, step.state_of(source), keys)
    return [
        Assignment(
            position=position,
            user_key=key,
            directory_id=user.directory_id,
            settings=settings_of_user(mapper, user, chosen.get(key)),
            old_disabled=disabled_of(user, source.plan_id),
            has_new=user.license_of(target) is not None,
        )
        for position, (user, key) in enumerate(zip(users, keys, strict=True))
    ]
