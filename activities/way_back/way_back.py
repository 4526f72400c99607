"""Who returns to the old plan, and with which services (switch#ways-back)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from activities.base.step import Step, request_of
from activities.directory.service_settings import plans_of, restored
from activities.directory.user_pages import named_users, users_on
from activities.licenses.license_batches import ChunkMover
from activities.licenses.license_read_back import ERASED, Assignment
from activities.licenses.license_record import append_rows, pass_number, record_returned
from activities.operator.control_contract import AMEND_QUANTITY
from domain.catalog.disabled_services import DisabledMapping
from domain.kernel.errors import LicensesUnresolved
from domain.licenses.holdings import WAY_BACK
from domain.licenses.move import CHUNK_SIZE_MAX, GroupMoved, MoveRow
from domain.licenses.service_settings import disabled_of
from domain.operator.amendment import licenses_ordered
from domain.organizations.organization_plans import OrganizationPlans
from domain.ports.directory_port import DirectoryUser
from domain.subscriptions.subscription import Subscription
from domain.switch.events import ReplacementReady, ReplacementVoided
from domain.switch.stage import RETURNING
from domain.switch.switch_state import SwitchState
from store.core.rows import RosterRow

#: Passes of the way back.
RETURN = WAY_BACK
#: What became of a user whose return was seen and not answered.
FOUND_BACK = "found_back"
#: Users of one pass: their directory ids are in memory at once.
PASS_USERS_MAX = 2_000
#: Looks after the order is void.
LATE_PASSES_MAX = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Returned:
    """One pass of the way back."""

    #: Users who hold the new plan and may keep it.
    left: int
    chunks: tuple[GroupMoved, ...]
    #: Directory ids of users whom the directory would not let go back.
    refused: frozenset[str] = frozenset()


def return_some(step: Step, source: Subscription, *, without: frozenset[str]) -> Returned:
    """Return up to PASS_USERS_MAX users who hold the new plan because of the switch.

    Args:
        step: The attempt on whose behalf.
        source: Loaded source; the caller saves the events that are added to it.
        without: Directory ids of users not to try again now.
    """
    pass_name = f"{RETURN}-{pass_number(step.state_of(source), RETURN)}"
    recorded = step.store.chunks(step.order.switch_id, pass_name)
    if recorded:
        # An attempt before this one returned users and died before the source's stream had its chunks.
        _add(step, source, recorded)
        return Returned(left=0, chunks=recorded)
    chosen, left = _choose(step, source, without)
    if not chosen:
        return Returned(left=left, chunks=())
    mover = ChunkMover(step, source, pass_name=pass_name, stages=RETURNING, keeps_part=True)
    chunks = mover.move_all(chosen, first_chunk=0)
    _add(step, source, chunks)
    if mover.is_stopped:
        step.save(source)
        mover.raise_if_stopped()
    return Returned(left=left, chunks=tuple(chunks), refused=_refused(step, pass_name, chosen))


def return_late(step: Step) -> None:
    """Return whom a writer that slept moved onto the plan that is given up by now (reliability#late-writers).

    Raises:
        LicensesUnresolved: Somebody is still on it.
    """
    for _ in range(LATE_PASSES_MAX):
        source = step.source()
        result = return_some(step, source, without=frozenset())
        if not result.chunks:
            return
        step.save(source)
    void = "" if step.order.licenses_only else ", whose order is void"
    raise LicensesUnresolved(
        f"Users come back onto the new plan{void}.",
        remedy="Stop whoever assigns it, then retry the switch.",
    )


def record_who_is_back(step: Step, source: Subscription) -> None:
    """Record users who were moved, are on the old plan again, and whose return no pass has recorded.

    A directory that returned a whole batch and whose answer was lost leaves nobody to return to the attempt
    after it, which looks for holders of the new plan. The record has to say of each user where they ended;
    it can't say whether it was that answer or somebody's hand, so they are not counted as returned.

    Args:
        step: The attempt on whose behalf.
        source: Loaded source; what is added to it is saved.
    """
    after = UUID(int=0)
    while keys := _unreturned(step, source, after):
        after = keys[-1]
        rows = list(_back_rows(step, source, keys))
        if rows:
            pass_name = f"{RETURN}-{pass_number(step.state_of(source), RETURN)}"
            _add(step, source, (append_rows(step, pass_name, 0, rows),))
            step.save(source)


def _unreturned(step: Step, source: Subscription, after: UUID) -> tuple[UUID, ...]:
    back = [name for name in step.state_of(source).chunks if name.startswith(f"{RETURN}-")]
    return step.store.unreturned_users(step.order.switch_id, back, after=after, limit=CHUNK_SIZE_MAX)


def _back_rows(step: Step, source: Subscription, keys: Sequence[UUID]) -> Iterator[MoveRow]:
    """Yield a row for each of the users who is on the old plan and not on the new one, or is gone."""
    names = step.store.vault.directory_ids(step.order.organization_id, keys)
    new_plan = request_of(step, source).target_plan_id
    users = dict(named_users(step.cloud.directory, step.order.organization_id, list(names.values())))
    outcomes = {}
    for key in keys:
        user = users.get(names.get(key, ERASED))
        if user is None:
            outcomes[key] = "gone"
        elif user.can_use(source.plan_id) and not user.license_of(new_plan):
            outcomes[key] = FOUND_BACK
    for position, (key, outcome) in enumerate(outcomes.items()):
        yield MoveRow(
            position=position,
            batch_no=0,
            user_key=key,
            from_plan=new_plan,
            to_plan=source.plan_id,
            outcome=outcome,
        )


def _refused(step: Step, pass_name: str, chosen: Sequence[Assignment]) -> frozenset[str]:
    names = {user.user_key: user.directory_id for user in chosen}
    rows = step.store.license_rows(step.order.switch_id, pass_name, unmoved_only=True)
    return frozenset(names[row.user_key] for row in rows if row.outcome == "failed")


def _add(step: Step, source: Subscription, chunks: Sequence[GroupMoved]) -> None:
    for chunk in chunks:
        record_returned(step, source, chunk, returned=chunk.moved)


def _choose(step: Step, source: Subscription, without: frozenset[str]) -> tuple[list[Assignment], int]:
    """Return who goes back now, and how many of those read may stay on the new plan."""
    chosen: list[Assignment] = []
    left = 0
    has_other_licenses = _has_other_licenses(step, source)
    plans = plans_of(step)
    target_id = request_of(step, source).target_plan_id
    for users in users_on(step, target_id):
        page = [user for user in users if user.directory_id not in without]
        for user, key, settings in _settings(step, page):
            may_stay = _may_stay(user, source.plan_id, settings, has_other_licenses=has_other_licenses)
            left += may_stay
            if not may_stay:
                off = _old_disabled(plans, source.plan_id, user, settings, leaves=target_id)
                chosen.append(
                    Assignment(
                        position=len(chosen),
                        user_key=key,
                        directory_id=user.directory_id,
                        settings=DisabledMapping(
                            new_disabled=off, kept=(), no_counterpart=(), newly_granted=()
                        ),
                        keeps_old=settings.held_target if settings else False,
                        old_disabled=disabled_of(user, target_id),
                        has_new=user.license_of(source.plan_id) is not None,
                    )
                )
        if len(chosen) >= PASS_USERS_MAX:
            break
    return chosen, left


def _settings(
    step: Step, users: Sequence[DirectoryUser]
) -> Iterator[tuple[DirectoryUser, UUID, RosterRow | None]]:
    """Yield each user with what the roster, or the pass that moved them, knows of their old settings."""
    keys = step.store.vault.keys_for(step.order.organization_id, [user.directory_id for user in users])
    known = step.store.original_settings(step.order.switch_id, keys)
    for user, key in zip(users, keys, strict=True):
        yield user, key, known.get(key)


def _may_stay(
    user: DirectoryUser, source_plan: str, known: RosterRow | None, *, has_other_licenses: bool
) -> bool:
    if known is None:
        # Nobody moved them. Where the plan is only what the switch ordered, its end would leave them without.
        return has_other_licenses
    return known.held_target and user.can_use(source_plan)


def _old_disabled(
    plans: OrganizationPlans, plan_id: str, user: DirectoryUser, known: RosterRow | None, *, leaves: str
) -> tuple[str, ...]:
    """Return what is off under the old plan again, as far as the directory gives it so."""
    without = set() if known and known.held_target else {leaves}
    return restored(plans, plan_id, known.old_disabled if known else (), user, without=without)


def _has_other_licenses(step: Step, source: Subscription) -> bool:
    """Return whether the organization has licenses of the new plan besides those that the switch ordered."""
    state = step.state_of(source)
    target = request_of(step, source).target_plan_id
    pools = step.cloud.directory.subscribed_plans(step.order.organization_id)
    purchased = next((pool.purchased for pool in pools if pool.plan_id == target), 0)
    own = 0 if state.has(ReplacementVoided) else _own_licenses(step, state)
    return purchased > own


def _own_licenses(step: Step, state: SwitchState) -> int:
    """Return the licenses of the order; an amendment whose answer was lost counts as the seller shows it."""
    ready, recorded = state.of(ReplacementReady), licenses_ordered(state)
    if ready is None or not step.store.step_calls(step.order.switch_id, AMEND_QUANTITY.name):
        return recorded
    shown = step.cloud.seller.subscription(step.order.organization_id, ready.subscription_id)
    return max(recorded, shown.quantity)
