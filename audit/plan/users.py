"""Users, licenses and services of a switch, as accepted and as they came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any

from audit.plan.rows import PlannedCount, PlanState
from audit.story.holdings import MoneyAndOrder, Users
from audit.users.user_outcomes import ServiceSettings
from domain.switch.events import SwitchRequested
from domain.switch.settings_events import SettingsLost
from store.record.notifications import StoredNotification

#: Count of services -> its words.
_SERVICES = {
    "kept": "services that were off and stay off",
    "no_counterpart": "services that were off and are not in the new plan",
    "newly_granted": "services that are new to their users",
    "dependents": "services that went off with others",
}
_NOT_COUNTED = "the accepted quote holds no number of it"


def planned_users(
    events: Sequence[StoredNotification], users: Users, order: MoneyAndOrder, *, outcome: str
) -> tuple[PlannedCount, ...]:
    """Return users and licenses as they were when the request was accepted, and as they came.

    Args:
        events: Every event of the switch.
        users: `users_of` them.
        order: `money_of` them.
        outcome: How the switch ended; "" while it goes on.
    """
    request: Any = next((each.event for each in events if isinstance(each.event, SwitchRequested)), None)
    planned = users_planned(request.assessment) if request else None
    # Who went back is not on the new plan; those who failed may have gone back as well.
    moved = None if users.total is None else max(0, users.moved - users.returned)
    counted = (
        _count("users who move", planned, moved, outcome=outcome, why=_users_why(users)),
        _failed(users, outcome),
    )
    if request and request.order.get("licenses_only"):
        # Both plans are owned: no license was to be ordered.
        return counted
    return (
        *counted,
        _count(
            "licenses of the new plan",
            request.quantity if request else None,
            order.licenses_ordered,
            outcome=outcome,
            why="the number was amended" if order.licenses_ordered else "",
        ),
    )


def users_planned(assessment: dict[str, Any]) -> int | None:
    """Return how many users a recorded assessment counted on; None: it does not say.

    They are all users of the old plan, or fewer where the request names some.
    """
    inputs = assessment.get("inputs", {})
    plan_id = inputs.get("source", {}).get("plan_id")
    pools = [each for each in inputs.get("subscribed", ()) if each.get("plan_id") == plan_id]
    known = (inputs.get("users_to_move"), pools[0].get("assigned") if pools else None)
    return min((int(each) for each in known if each is not None), default=None)


def planned_services(
    events: Sequence[StoredNotification], settings: ServiceSettings | None
) -> tuple[PlannedCount, ...]:
    """Return what became of services and settings.

    Args:
        events: Every event of the switch.
        settings: Counts over all users who moved; None: nobody counted them.
    """
    return (*_services(settings), _settings(events))


def _services(settings: ServiceSettings | None) -> Iterator[PlannedCount]:
    for name in (each.name for each in fields(ServiceSettings) if each.name in _SERVICES):
        if settings is not None:
            yield PlannedCount(
                what=_SERVICES[name],
                planned=None,
                actual=getattr(settings, name),
                state=PlanState.UNPLANNED,
                why=_NOT_COUNTED,
            )


def _settings(events: Sequence[StoredNotification]) -> PlannedCount:
    """Return the settings of the subscription that did not go over; the plan is that none is lost."""
    lost = [each for event in events if isinstance(event.event, SettingsLost) for each in event.event.lost]
    return PlannedCount(
        what="settings of the subscription that were lost",
        planned=0,
        actual=len(lost),
        state=PlanState.OTHERWISE if lost else PlanState.AS_PLANNED,
        why="; ".join(f"{each.get('setting')}: {each.get('message') or each.get('code')}" for each in lost),
    )


def _failed(users: Users, outcome: str) -> PlannedCount:
    what = "users who could not be moved"
    if users.total is None:
        state = PlanState.UNPLANNED if outcome else PlanState.SO_FAR
        return PlannedCount(what=what, planned=0, actual=None, state=state)
    failed = users.failed + users.skipped
    why = f"{users.failed} failed, {users.skipped} were skipped" if failed else ""
    state = PlanState.OTHERWISE if failed else PlanState.AS_PLANNED
    return PlannedCount(what=what, planned=0, actual=failed, state=state, why=why)


def _users_why(users: Users) -> str:
    counts = {
        "joined late": users.joined_late,
        "failed": users.failed,
        "skipped": users.skipped,
        "returned to the old plan": users.returned,
    }
    counted = ", ".join(f"{count} {words}" for words, count in counts.items() if count)
    frozen = (
        "" if users.total is None else f"{users.total - users.joined_late} were there when the move began"
    )
    return "; ".join(each for each in (frozen, counted) if each)


def _count(what: str, planned: int | None, actual: int | None, *, outcome: str, why: str) -> PlannedCount:
    if planned is None:
        return PlannedCount(what=what, planned=None, actual=actual, state=PlanState.UNPLANNED)
    if planned == actual:
        return PlannedCount(what=what, planned=planned, actual=actual, state=PlanState.AS_PLANNED)
    if not outcome:
        return PlannedCount(what=what, planned=planned, actual=actual, state=PlanState.SO_FAR)
    if actual is None:
        why = f"the switch ended as {outcome.replace('_', ' ')} before"
    return PlannedCount(what=what, planned=planned, actual=actual, state=PlanState.OTHERWISE, why=why)
