"""The whole comparison of a switch with its plan, from its events (audit#did-it-go-as-planned)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from audit.plan.money import planned_money
from audit.plan.rows import PlanAndActual, PlanState
from audit.plan.times import planned_locks, planned_times
from audit.plan.users import planned_services, planned_users
from audit.story.holdings import is_by_hand, locks_of, money_of, users_of
from audit.story.waits import waits_of
from audit.users.user_outcomes import ServiceSettings
from domain.event_table.event_table import stage_after
from domain.switch.stage import TERMINAL
from store.record.notifications import StoredNotification


def plan_and_actual(
    events: Sequence[StoredNotification], *, now: datetime, settings: ServiceSettings | None = None
) -> PlanAndActual:
    """Compare a switch with the plan of its accepted quote; a running one as far as it has come.

    Args:
        events: Every event of the switch, in the order of the log.
        now: What goes on past its planned end by then is late.
        settings: What became of services, counted over all users; None: nobody counted them.
    """
    first: Any = events[0].event
    outcome = _outcome(events)
    by_hand = is_by_hand(events)
    answer = PlanAndActual(
        switch_id=first.meta["switch_id"],
        organization_id=first.meta["organization_id"],
        has_ended=bool(outcome),
        outcome=outcome,
        state=PlanState.AS_PLANNED if outcome else PlanState.SO_FAR,
        times=planned_times(events, waits_of(events), now=now, by_hand=by_hand),
        locks=planned_locks(locks_of(events), now=now),
        users=planned_users(events, users_of(events), money_of(events, ()), outcome=outcome),
        money=planned_money(events, outcome=outcome),
        services=planned_services(events, settings),
    )
    return replace(answer, state=PlanState.OTHERWISE) if answer.otherwise else answer


def _outcome(events: Sequence[StoredNotification]) -> str:
    """Return the stage in which the switch ended; "" while it goes on."""
    stages = [stage for each in events if (stage := stage_after(each.event)) in TERMINAL]
    return str(stages[-1]) if stages else ""
