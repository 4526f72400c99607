"""Every licensing group of a switch: forward, and back, each in a pass of its own of the license-move log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from activities.base.step import Step, request_of
from activities.base.turns import require_going_on
from activities.directory.service_settings import group_services, group_settings, plans_of, settings_mapper
from activities.directory.user_pages import users_on
from activities.licenses.drift import add_drift, new_users
from activities.licenses.license_record import (
    add_chunks,
    append_rows,
    pass_number,
    record_returned,
    recorded_users,
)
from activities.licenses.licensing_groups import FailedMembers, GroupReplacement, Member, explained_members
from domain.catalog.disabled_services import DisabledMapping, assignable
from domain.kernel.errors import LicensesUnresolved, UnknownGroup
from domain.licenses.drift import Drift
from domain.licenses.group_licenses import (
    LicensingGroupBlocked,
    LicensingGroupRefused,
    MemberTally,
    require_movable,
)
from domain.licenses.holdings import WAY_BACK
from domain.licenses.move import CHUNK_SIZE_MAX, GroupMoved, MoveRow
from domain.ports.directory_port import DirectoryUser, GroupPlan, LicensingGroup
from domain.subscriptions.subscription import Subscription
from domain.switch.group_events import (
    LicensingGroupHeld,
    LicensingGroupMoved,
    LicensingGroupMoveStarted,
    LicensingGroupReturned,
)
from domain.switch.stage import FORWARD, RETURNING
from domain.switch.switch_state import SwitchState
from store.core.rows import DetailRows

#: Passes over the members of groups: who moved, who could not, and who went back.
MOVED = "groups"
FAILED = "group-errors"
RETURNED = WAY_BACK


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupsMoved:
    """What became of the licensing groups."""

    #: Members who hold the old plan because their group can't go on.
    unresolved: int = 0
    #: Why, and what to do, for every group that can't go on; "" when all have moved.
    message: str = ""


def move_groups(step: Step) -> GroupsMoved:
    """Move every group that gives the old plan, and those that were begun; one that can't stops no other."""
    source = step.source()
    feeding = step.cloud.groups.feeding(step.order.organization_id, source.plan_id)
    state = step.state_of(source)
    unfinished = [
        LicensingGroup(group_id=group_id, plans=())
        for group_id in state.licensing_groups
        if group_id not in state.licensing_groups_moved
        and group_id not in {group.group_id for group in feeding}
    ]
    blocked: list[LicensingGroupBlocked] = []
    for group in (*feeding, *unfinished):
        try:
            _move_group(step, group)
        except LicensingGroupBlocked as error:
            _hold(step, group.group_id, error)
            blocked.append(error)
    return GroupsMoved(
        unresolved=sum(error.unresolved for error in blocked),
        message=" ".join(f"{error.message} {error.remedy}" for error in blocked),
    )


def return_groups(step: Step) -> int:
    """Give every group that was begun its old plan back, the last one first, and take the new one away.

    Returns how many there were to do: one that is back and gives the new plan again is done again, since a
    writer that slept may have changed it.

    Raises:
        LicensesUnresolved: Members can't get the old plan again; nobody lost anything.
    """
    source = step.source()
    state = step.state_of(source)
    if not state.licensing_groups:
        return 0
    target_id = request_of(step, source).target_plan_id
    feeding = {
        group.group_id: group for group in step.cloud.groups.feeding(step.order.organization_id, target_id)
    }
    left = [
        started
        for group_id in reversed(state.licensing_groups)
        if group_id in feeding or group_id not in state.licensing_groups_returned
        if (started := _begun(state, group_id)) is not None
    ]
    for started in left:
        _return_group(step, started, feeding.get(started.group_id))
    return len(left)


def _move_group(step: Step, group: LicensingGroup) -> None:
    source = step.source()
    require_going_on(step.state_of(source))
    target_id = request_of(step, source).target_plan_id
    begun = _begun(step.state_of(source), group.group_id)
    if begun is None:
        begun = _begin(step, source, group, target_id)
    settings = settings_mapper(step, source).frozen(tuple(begun.old_disabled), tuple(begun.new_disabled))
    plan = GroupPlan(plan_id=target_id, disabled_service_ids=settings.new_disabled)
    try:
        GroupReplacement(step, group.group_id, add=plan, remove=source.plan_id, stages=FORWARD).carry_out()
    except FailedMembers as error:
        explained = explained_members(step, error, plan)
        _record(step, FAILED, explained.members, settings)
        raise explained from error
    except UnknownGroup:
        # It is gone, and so is what it gave: what its members hold now counts.
        pass
    members = _fed_by(step, target_id, group.group_id)
    groups = _record(step, MOVED, (Member(user=user) for user in members), settings)
    _finish(step, group.group_id, groups)


def _begun(state: SwitchState, group_id: str) -> LicensingGroupMoveStarted | None:
    progress = state.licensing_groups.get(group_id)
    return progress if isinstance(progress, LicensingGroupMoveStarted) else None


def _begin(
    step: Step, source: Subscription, group: LicensingGroup, target_id: str
) -> LicensingGroupMoveStarted:
    """Write down what the group gives, before anything is changed: the way back leads there."""
    _require_alone(step, source, group)
    tally = MemberTally(group_id=group.group_id, from_plan=source.plan_id, to_plan=target_id)
    for page in users_on(step, source.plan_id):
        for user in page:
            tally.take(user)
    old = group.plan(source.plan_id)
    settings = group_settings(step, source, group)
    step.advance(
        source,
        LicensingGroupMoveStarted,
        group_id=group.group_id,
        members=tally.members,
        old_disabled=list(old.disabled_service_ids if old else ()),
        new_disabled=list(settings.new_disabled),
    )
    step.save(source)
    return step.state_of(source).require(LicensingGroupMoveStarted)


def _require_alone(step: Step, source: Subscription, group: LicensingGroup) -> None:
    try:
        begun = list(step.state_of(source).licensing_groups)
        require_movable([group], source.plan_id, begun=begun)
    except LicensingGroupRefused as error:
        # The first license has moved: a rule holds the switch now, it does not fail it (switch#assessment).
        raise LicensingGroupBlocked(error.code, error.message, remedy=error.remedy, unresolved=1) from error


def _return_group(step: Step, started: LicensingGroupMoveStarted, group: LicensingGroup | None) -> None:
    source = step.source()
    target_id = request_of(step, source).target_plan_id
    plans = plans_of(step)
    beside = group_services(plans, group, without={source.plan_id, target_id}) if group else ()
    off, _ = assignable(plans.plan(source.plan_id), started.old_disabled, beside=beside)
    plan = GroupPlan(plan_id=source.plan_id, disabled_service_ids=off)
    try:
        GroupReplacement(step, started.group_id, add=plan, remove=target_id, stages=RETURNING).carry_out()
    except LicensingGroupBlocked as error:
        _hold(step, started.group_id, error)
        raise LicensesUnresolved(error.message, remedy=error.remedy) from error
    except UnknownGroup:
        # It is gone, and so is what it gave: what its members hold now counts.
        pass
    settings = DisabledMapping(new_disabled=off, kept=(), no_counterpart=(), newly_granted=())
    members = (Member(user=user) for user in _fed_by(step, source.plan_id, started.group_id))
    groups = _record(step, RETURNED, members, settings)
    _finish_return(step, started.group_id, groups)


def _fed_by(step: Step, plan_id: str, group_id: str) -> Iterator[DirectoryUser]:
    for page in users_on(step, plan_id):
        yield from (user for user in page if user.is_fed(plan_id, group_id))


def _record(
    step: Step, prefix: str, members: Iterable[Member], settings: DisabledMapping
) -> list[GroupMoved]:
    """Record the members in a pass of their own; who is recorded there already is left out.

    An attempt before this one may have died before the source's stream had the chunks of the pass.
    """
    source = step.source()
    pass_name = f"{prefix}-{pass_number(step.state_of(source), prefix)}"
    recorded = list(step.store.chunks(step.order.switch_id, pass_name))
    users, position = recorded_users(step, pass_name)
    known = set(users)
    plans = _plans(step, source, prefix)
    for some in _chunks(members):
        keys = step.store.vault.keys_for(
            step.order.organization_id, [member.user.directory_id for member in some]
        )
        rows = [
            _row(position + number, key, member, settings, plans)
            for number, (key, member) in enumerate(
                each for each in zip(keys, some, strict=True) if each[0] not in known
            )
        ]
        position += len(rows)
        if rows:
            recorded.append(append_rows(step, pass_name, len(recorded), rows))
    if prefix == FAILED:
        _take_over(step, recorded)
    return recorded


def _chunks(members: Iterable[Member]) -> Iterator[list[Member]]:
    left = iter(members)
    while some := list(islice(left, CHUNK_SIZE_MAX)):
        yield some


def _plans(step: Step, source: Subscription, prefix: str) -> tuple[str, str]:
    target_id = request_of(step, source).target_plan_id
    return (target_id, source.plan_id) if prefix == RETURNED else (source.plan_id, target_id)


def _row(
    position: int, key: UUID, member: Member, settings: DisabledMapping, plans: tuple[str, str]
) -> MoveRow:
    return MoveRow(
        position=position,
        # A group moves its members at once: no batch of users is sent.
        batch_no=0,
        user_key=key,
        from_plan=plans[0],
        to_plan=plans[1],
        outcome="failed" if member.error else "moved",
        kept=settings.kept,
        no_counterpart=settings.no_counterpart,
        newly_granted=settings.newly_granted,
        dependents=member.dependents if member.error else settings.dependents,
        error=member.error or "",
        code=member.code,
    )


def _take_over(
    step: Step, chunks: Sequence[GroupMoved], *, finish: Callable[[Subscription], None] = lambda _: None
) -> None:
    """Save recorded chunks of members in the source's stream, each user counted once."""
    late: DetailRows | None = None

    def decide() -> tuple[list[Subscription], None]:
        nonlocal late
        source = step.source()
        late = _add(step, source, chunks)
        finish(source)
        return [source], None

    step.decide_and_save(decide, rows=lambda: late)


def _add(step: Step, source: Subscription, chunks: Sequence[GroupMoved]) -> DetailRows | None:
    """Take the chunks over; return rows that name who is on no roster and raises the total."""
    state = step.state_of(source)
    passes = list(state.chunks)
    left = [chunk for chunk in chunks if chunk.group_number not in state.chunks.get(chunk.pass_name, set())]
    earlier: dict[UUID, str] = {}
    users: list[tuple[UUID, str]] = []
    for chunk in left:
        rows = step.store.license_rows(
            step.order.switch_id, chunk.pass_name, after_position=chunk.first_position - 1, limit=chunk.count
        )
        keys = [row.user_key for row in rows]
        earlier |= step.store.latest_outcomes(step.order.switch_id, keys, passes)
        users += [(key, "new_users") for key in new_users(step, keys, earlier)]
    named = add_drift(step, source, Drift(new_users=len(users)), users) if users else None
    add_chunks(step, source, left, earlier)
    return named


def _finish(step: Step, group_id: str, chunks: Sequence[GroupMoved]) -> None:
    def finish(source: Subscription) -> None:
        step.advance(
            source,
            LicensingGroupMoved,
            group_id=group_id,
            members=sum(group.count for group in chunks),
            calls_digest=step.calls.digest(),
        )

    _take_over(step, chunks, finish=finish)


def _finish_return(step: Step, group_id: str, chunks: Sequence[GroupMoved]) -> None:
    def change(source: Subscription) -> None:
        for group in chunks:
            returned = _moved_before(step, group, step.state_of(source))
            record_returned(step, source, group, returned=returned)
        step.advance(
            source,
            LicensingGroupReturned,
            group_id=group_id,
            members=sum(group.count for group in chunks),
            calls_digest=step.calls.digest(),
        )

    step.change_source(change)


def _moved_before(step: Step, chunk: GroupMoved, state: SwitchState) -> int:
    """Return how many of the chunk's users had been moved: of a chunk that never moved, nobody returns."""
    rows = step.store.license_rows(
        step.order.switch_id, chunk.pass_name, after_position=chunk.first_position - 1, limit=chunk.count
    )
    passes = [name for name in state.chunks if name.startswith(MOVED)]
    outcomes = step.store.latest_outcomes(step.order.switch_id, [row.user_key for row in rows], passes)
    return sum(outcome == "moved" for outcome in outcomes.values())


def _hold(step: Step, group_id: str, error: LicensingGroupBlocked) -> None:
    """Write down why a group can't go on; the same cause is written once in a row."""

    def change(source: Subscription) -> None:
        known = step.state_of(source).of(LicensingGroupHeld)
        hold = (group_id, error.reason, error.message)
        if known is not None and (known.group_id, known.code, known.message) == hold:
            return
        step.advance(
            source,
            LicensingGroupHeld,
            step.own_meta(f"{error.reason}: {error.message}"),
            group_id=group_id,
            code=error.reason,
            message=error.message,
            remedy=error.remedy,
        )

    step.change_source(change)
