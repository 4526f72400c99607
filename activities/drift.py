"""Compare the directory and the seller with what was frozen and ordered, before the point of no return."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace

from activities.license_reassignment import request_of, users_on
from activities.step import Step
from domain.amendment import licenses_ordered
from domain.drift import Drift, licenses_changed
from domain.move_events import DriftFound
from domain.ports import BATCH_SIZE, SellerSubscription
from domain.subscription import Subscription
from domain.switch_events import ReplacementReady
from store.base import PAGE_SIZE_MAX


def record_drift(step: Step, source: Subscription, subscriptions: Sequence[SellerSubscription]) -> None:
    """Add an event that counts what differs, if anything does (rules section 4).

    The directory is read page by page and each user of the roster is ticked off in one byte, so that any
    number of users is compared in nearly constant memory.

    Args:
        step: The attempt on whose behalf.
        source: Loaded source; the caller saves it.
        subscriptions: What the seller shows now.
    """
    drift = _compared(step, source)
    drift = replace(drift, **_quantities(step, source, subscriptions))
    if drift.is_any:
        source.advance(DriftFound, at=step.at, meta=step.meta(), **asdict(drift))


def _compared(step: Step, source: Subscription) -> Drift:
    summary = step.store.roster_summary(step.order.switch_id)
    seen = bytearray(summary.count if summary else 0)
    target_id, changed = request_of(step, source).target_plan_id, 0
    for users in users_on(step, target_id):
        keys = step.store.vault.known_keys(step.order.organization_id, [user.directory_id for user in users])
        roster = step.store.roster_of(step.order.switch_id, keys)
        for user, key in zip(users, keys, strict=True):
            row, held = roster.get(key), user.license_of(target_id)
            if row is not None and held is not None:
                seen[row.position] = 1
                changed += set(held.disabled_service_plan_ids) != set(row.new_disabled)
    gone, removed = _missing(step, seen, {source.plan_id, target_id})
    return Drift(users_gone=gone, licenses_removed=removed, settings_changed=changed)


def _missing(step: Step, seen: bytearray, plans: set[str]) -> tuple[int, int]:
    """Return how many of those who are not on the target are gone, and how many hold neither plan."""
    gone = removed = 0
    for directory_ids in _unseen(step, seen):
        for start in range(0, len(directory_ids), BATCH_SIZE):
            asked = directory_ids[start : start + BATCH_SIZE]
            users = step.cloud.directory.users(step.order.organization_id, asked)
            gone += len(asked) - len(users)
            removed += sum(not plans & {held.plan_id for held in user.licenses} for user in users)
    return gone, removed


def _unseen(step: Step, seen: bytearray) -> Iterator[list[str]]:
    """Yield the directory ids of users who were not seen; people who were erased are nobody any more."""
    for start in range(0, len(seen), PAGE_SIZE_MAX):
        if all(seen[start : start + PAGE_SIZE_MAX]):
            continue
        rows = step.store.roster_slice(step.order.switch_id, start, start + PAGE_SIZE_MAX)
        keys = [row.user_key for row in rows if not seen[row.position]]
        names = step.store.vault.directory_ids(step.order.organization_id, keys)
        yield sorted(names.values())


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
