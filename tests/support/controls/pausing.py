"""Pausing and resuming a switch."""

from __future__ import annotations

from tests.support.worlds.world import OPERATOR, SwitchHandle
from workflows.base.messages import CommandAnswer, OperatorCommand
from workflows.switch.plan_switch import PlanSwitch

#: A pause takes effect within so long (issue 5).
EFFECT_SECONDS = 2.0


async def pause(handle: SwitchHandle, request_id: str = "pause-1") -> CommandAnswer:
    """Send the operator's pause."""
    command = OperatorCommand(request_id=request_id, actor=OPERATOR, reason="phones ring")
    return await handle.execute_update(PlanSwitch.pause, command)


async def resume(handle: SwitchHandle, request_id: str = "resume-1") -> CommandAnswer:
    """Send the operator's resume."""
    command = OperatorCommand(request_id=request_id, actor=OPERATOR, reason="calm again")
    return await handle.execute_update(PlanSwitch.resume, command)
