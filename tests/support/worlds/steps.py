"""Runs the activities of a switch one by one, without workflows, as often as a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from temporalio.testing import ActivityEnvironment

from activities import contract as steps
from activities.base.known_orders import WAIT_STEPS
from activities.contract import (
    CONFIRM_PROVISIONING,
    ActivitySpec,
    StepInput,
    StepResult,
    StreamPosition,
    SwitchOrder,
)
from activities.operator.control_contract import AMEND_QUANTITY, RECORD_HOLD
from activities.signed_command import SignedCommand
from domain.kernel.ids import workflow_id_of
from tests.support.worlds.signing import signed_message, signed_start
from tests.support.worlds.world import World
from worker import license_activities, money_activities
from workflows.base.messages import AmendQuantity


class StepRunner:
    """Runs activities as a worker would; attempt and time are the test's."""

    def __init__(self, world: World, order: SwitchOrder) -> None:
        self._world = world
        self.order = order
        self._positions: dict[str, int] = {}
        activities = [*money_activities(world.toolbox), *license_activities(world.toolbox)]
        self._methods = {_name_of(method): method for method in activities}

    @property
    def after(self) -> tuple[StreamPosition, ...]:
        """Return what the steps so far saved."""
        return tuple(StreamPosition(stream_id=key, version=value) for key, value in self._positions.items())

    def remember(self, position: StreamPosition) -> None:
        """Let the next steps begin after `position`."""
        self._positions[position.stream_id] = position.version

    async def run(
        self,
        spec: ActivitySpec[Any, Any],
        *,
        attempt: int = 1,
        keep: bool = True,
        run_id: str = "test-run",
        **fields: Any,
    ) -> Any:
        """Run one attempt of one activity.

        Args:
            spec: The activity.
            attempt: Number of the attempt.
            keep: Take over what it saved, as the workflow does when the answer reaches it.
            run_id: Run of the workflow that asked for it, which what looks for that run takes for a UUID.
            fields: Fields of the activity's input beside the order.
        """
        now = datetime.now(UTC)
        order = signed_start(self._world.toolbox.command_keys, self.order, now)
        if spec.name == AMEND_QUANTITY.name and "signed" not in fields:
            fields["signed"] = self._signed(AmendQuantity(**fields), now)
        step_input: StepInput = spec.input_type(order=order, after=self.after, **fields)
        kind = "wait" if spec.name.startswith(WAIT_STEPS) else "switch"
        environment = ActivityEnvironment()
        environment.info = replace(
            environment.info,
            activity_type=spec.name,
            attempt=attempt,
            scheduled_time=now,
            started_time=now,
            workflow_id=f"{kind}:{self.order.organization_id}:{self.order.request_id}",
            workflow_run_id=run_id,
        )
        result: StepResult = await asyncio.to_thread(environment.run, self._methods[spec.name], step_input)
        if keep:
            self._positions.update({each.stream_id: each.version for each in result.saved})
        return result

    def _signed(self, command: AmendQuantity, at: datetime) -> SignedCommand | None:
        """Return the envelope that the console would give a command."""
        workflow_id = workflow_id_of(self.order.organization_id, self.order.request_id)
        keys = self._world.toolbox.command_keys
        signed: AmendQuantity = signed_message(keys, workflow_id, "amend", command, at)
        return signed.signed


def _name_of(method: Callable[..., Any]) -> str:
    definition: Any = getattr(method, "__temporal_activity_definition")  # the SDK's own name
    return str(definition.name)


#: A whole switch of one slice: each activity with the fields of its input.
WHOLE_SWITCH: tuple[tuple[ActivitySpec[Any, Any], dict[str, Any]], ...] = (
    (steps.REQUEST_SWITCH, {}),
    (steps.ORDER_REPLACEMENT, {}),
    (steps.CHECK_CREDIT, {}),
    (CONFIRM_PROVISIONING, {}),
    (steps.START_LICENSE_MOVE, {}),
    (steps.MOVE_SLICE, {"pass_name": "move", "start": 0, "stop": 25}),
    (RECORD_HOLD, {"held": True, "code": "TEST", "message": "m", "actor": "olga", "reason": "look"}),
    (RECORD_HOLD, {"held": False, "code": "TEST", "message": "m", "actor": "olga", "reason": "go"}),
    (steps.VERIFY_MOVE, {"round_number": 1}),
    (steps.CANCEL_SOURCE, {}),
    (steps.CUT_OVER_BILLING, {}),
    (steps.COMPLETE_SWITCH, {}),
)
