"""Endpoints of a switch by hand: its steps, and starting one (docs/manual.md#steps)."""

from __future__ import annotations

from fastapi import APIRouter

from console.access.dependencies import Actor, Console
from console.models.switches import StepsOfSwitch
from console.switches.bodies import StepBody
from domain.operator.manual_steps import next_step
from services.answers import CommandTaken
from services.commands.manual_steps import steps_of_switch, take_step

router = APIRouter(prefix="/api/v1", tags=["controls"])


@router.get("/switches/{switch}/steps")
def list_steps(switch: str, _actor: Actor, console: Console) -> StepsOfSwitch:
    """List the steps of a manual switch: how far each is, what it needs, and the command that starts it."""
    row = console.reads.switch(switch)
    state, steps = steps_of_switch(console, row)
    return StepsOfSwitch(
        switch_id=row.switch_id,
        mode="manual" if steps else "automatic",
        stage=state.stage if state else row.stage,
        waits_for=row.waits_for,
        next=(next_step(state) or None) if state else None,
        steps=steps,
    )


@router.post("/switches/{switch}/steps/{step}")
def start_step(switch: str, step: str, body: StepBody, actor: Actor, console: Console) -> CommandTaken:
    """Start the next step of a manual switch; the same request id starts it once."""
    row = console.reads.switch_to_change(switch)
    return take_step(console, row, body.step(actor, step), body.choice)
