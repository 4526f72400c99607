"""The floor of `bench switches`: bare workflows of a switch's shape whose steps do nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import SearchAttributeKey

FLOOR_QUEUE = "bench-floor"
LICENSES_QUEUE = FLOOR_QUEUE + "-licenses"
STAGE = SearchAttributeKey.for_keyword("SwitchStage")
WAITS_FOR = SearchAttributeKey.for_keyword("SwitchWaitsFor")
STEP_TIMEOUT = timedelta(seconds=120)
HEARTBEAT_TIMEOUT = timedelta(seconds=15)
A_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class FloorInput:
    """Commands to issue (bench/switches/switch_shape.py), of the parent and of its child."""

    switch: tuple[str, ...]
    license_move: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FloorStepInput:
    """The one message of an empty step: the door of the product's workers refuses a step without one."""

    number: int = 0


@activity.defn(name="floor.step")
def empty_step(step_input: FloorStepInput) -> None:
    """Do nothing."""


@workflow.defn(name="FloorWatch")
class FloorWatch:
    """Sleep as the invoice watch does."""

    @workflow.run
    async def run(self) -> None:
        """Sleep longer than any bench runs."""
        await workflow.sleep(A_DAY)


@workflow.defn(name="FloorSwitch")
class FloorSwitch:
    """Issue the commands of a switch; also the child that is waited for."""

    @workflow.run
    async def run(self, floor: FloorInput) -> None:
        """Issue every command in its order; timers run beside."""
        timers = []
        for number, command in enumerate(floor.switch):
            if command == "timer":
                timers.append(asyncio.create_task(workflow.sleep(A_DAY)))
                await asyncio.sleep(0)
            else:
                await _issue(command, floor, number)
        for timer in timers:
            timer.cancel()


async def _issue(command: str, floor: FloorInput, number: int) -> None:
    own_id = workflow.info().workflow_id
    if command == "upsert":
        workflow.upsert_search_attributes([STAGE.value_set(f"stage-{number}"), WAITS_FOR.value_set("nobody")])
    elif command == "child":
        child = FloorInput(switch=floor.license_move)
        await workflow.execute_child_workflow(FloorSwitch.run, child, id=f"{own_id}:licenses")
    elif command == "watch":
        await workflow.start_child_workflow(
            FloorWatch.run,
            id=f"{own_id}:watch",
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
        )
    else:
        queue = LICENSES_QUEUE if command == "licenses" else None
        await workflow.execute_activity(
            empty_step,
            FloorStepInput(),
            task_queue=queue,
            start_to_close_timeout=STEP_TIMEOUT,
            heartbeat_timeout=HEARTBEAT_TIMEOUT,
        )
