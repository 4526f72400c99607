"""Compare the directory and the seller with what was frozen and ordered, before the point of no return."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from uuid import UUID

from activities.base.step import Step, request_of
from activities.directory.chosen_services import chosen_services
from activities.directory.service_settings import settings_mapper
from activities.directory.user_pages import named_users, users_on
from domain.licenses.drift import Drift, drift_of, drift_pass, licenses_changed
from domain.licenses.move import MoveRow
from domain.operator.amendment import licenses_ordered
from domain.ports.seller_port import SellerSubscription
from domain.subscriptions.subscription import Subscription
from domain.switch.events import ReplacementReady
from domain.switch.move_events import DriftFound
from store.core.base import PAGE_SIZE_MAX
from store.core.rows import DetailRows


def record_drift(
    step: Step, source: Subscription, subscriptions: Sequence[SellerSubscription]
) -> DetailRows | None:
    """Add an event that counts what differs, if anything does (rules#drift).

    The directory is read page by page and each user of the roster is ticked off in one byte, so that memory
    grows with the users who differ and hardly with the others.

    Args:
        step: The attempt on whose behalf.
        source: Loaded source; the caller saves it, together with the rows that are returned.
        subscriptions: What the seller shows now.
    """
    users = list(_compared(step, source))
    counts = Counter(kind for _, kind in users)
    drift = Drift(**counts, **_quantities(step, source, subscriptions))
    # What was told before a refusal of the seller and is gone since is told as gone.
    if drift.is_any or _was_told(step, source):
        return add_drift(step, source, drift, users)
    return None


def add_drift(
    step: Step, source: Subscription, drift: Drift, users: Sequence[tuple[UUID, str]]
) -> DetailRows | None:
    """Add an event of drift and return the rows that name its users, to be saved with it.

    Args:
        step: The attempt on whose behalf.
        source: Loaded source; the caller saves it.
        drift: What the event counts.
        users: Those who are counted, each with the name of the count.
    """
    meta = step.own_meta("the directory was compared with what was moved")
    step.advance(source, DriftFound, meta, **asdict(drift))
    if not users:
        return None
    target_id = request_of(step, source).target_plan_id
    rows = [
        MoveRow(
            position=position,
            batch_no=0,
            user_key=key,
            from_plan=source.plan_id,
            to_plan=target_id,
            outcome=kind,
        )
        for position, (key, kind) in enumerate(users)
    ]
    return DetailRows(switch_id=step.order.switch_id, pass_name=drift_pass(source.version), moves=rows)


def new_users(step: Step, keys: Sequence[UUID], earlier: Mapping[UUID, str]) -> tuple[UUID, ...]:
    """Return those who came onto the old plan after the roster was frozen, and whom no pass knows.

    Args:
        step: The attempt on whose behalf.
        keys: Users who were found on the old plan.
        earlier: Outcomes of earlier passes.
    """
    unknown = [key for key in keys if key not in earlier]
    on_roster = step.store.roster_of(step.order.switch_id, unknown) if unknown else {}
    return tuple(key for key in unknown if key not in on_roster)


def _was_told(step: Step, source: Subscription) -> bool:
    comparison = step.state_of(source).comparison
    return comparison is not None and drift_of(comparison).is_left


def _compared(step: Step, source: Subscription) -> Iterator[tuple[UUID, str]]:
    """Yield the users of the roster who differ, each with the name of the count."""
    summary = step.store.roster_summary(step.order.switch_id)
    marks = bytearray(summary.count if summary else 0)
    target_id = request_of(step, source).target_plan_id
    mapper = settings_mapper(step, source)
    for users in users_on(step, target_id):
        keys = step.store.vault.known_keys(step.order.organization_id, [user.directory_id for user in users])
        roster = step.store.roster_of(step.order.switch_id, keys)
        chosen = chosen_services(step, step.state_of(source), list(roster))
        for user, key in zip(users, keys, strict=True):
            row, held = roster.get(key), user.license_of(target_id)
            if row is not None and held is not None and not marks[row.position]:
                marks[row.position] = 1
                off = held.disabled_service_ids
                if not mapper.explains(user, off=off, wanted=chosen.get(key, row.new_disabled)):
                    yield row.user_key, "settings_changed"
    yield from _missing(step, marks, {source.plan_id, target_id})


def _missing(step: Step, marks: bytearray, plans: set[str]) -> Iterator[tuple[UUID, str]]:
    """Yield those who are not on the target: who is gone, and who holds neither plan."""
    for names in _unseen(step, marks):
        read = named_users(step.cloud.directory, step.order.organization_id, sorted(names))
        for directory_id, user in read:
            if user is None:
                yield names[directory_id], "users_gone"
            elif not plans & {held.plan_id for held in user.licenses}:
                yield names[directory_id], "licenses_removed"


def _unseen(step: Step, marks: bytearray) -> Iterator[dict[str, UUID]]:
    """Yield directory id -> key of users who were not seen; people who were erased are nobody any more."""
    for start in range(0, len(marks), PAGE_SIZE_MAX):
        if all(marks[start : start + PAGE_SIZE_MAX]):
            continue
        rows = step.store.roster_slice(step.order.switch_id, start, start + PAGE_SIZE_MAX)
        keys = [row.user_key for row in rows if not marks[row.position]]
        names = step.store.vault.directory_ids(step.order.organization_id, keys)
        yield {directory_id: key for key, directory_id in names.items()}


def _quantities(
    step: Step, source: Subscription, subscriptions: Sequence[SellerSubscription]
) -> dict[str, int]:
    state, request = step.state_of(source), request_of(step, source)
    ready = state.of(ReplacementReady)
    before = int(request.assessment["inputs"]["source"]["quantity"])
    source_id = step.order.source_subscription_id
    return {
        "source_licenses": licenses_changed(subscriptions, source_id, before),
        "target_licenses": licenses_changed(subscriptions, ready.subscription_id, licenses_ordered(state))
        if ready
        else 0,
    }
