"""Endpoint of the plan of a switch beside what happened (audit#did-it-go-as-planned)."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter

from audit.plan.comparison import plan_and_actual
from audit.plan.rows import PlanAndActual
from audit.story.show import events_of
from audit.users.user_outcomes import counted_settings
from console.access.dependencies import Actor, Console
from domain.licenses.move import GroupMoved

router = APIRouter(prefix="/api/v1", tags=["audit"])


@router.get("/switches/{switch}/plan-and-actual")
def show_plan_and_actual(switch: str, _actor: Actor, console: Console) -> PlanAndActual:
    """Show the plan of the accepted quote beside what happened; of a running switch as far as it has come."""
    row = console.reads.switch(switch)
    streams = console.reads.streams_of(row.switch_id)
    events = events_of(console.store, row.switch_id, streams)
    passes = [each.event.pass_name for each in events if isinstance(each.event, GroupMoved)]
    settings = counted_settings(console.store, row.switch_id, passes) if passes else None
    return plan_and_actual(events, now=datetime.now(tz=UTC), settings=settings)
