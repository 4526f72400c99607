"""Kind of fault: a result that is none. An activity that somebody else ends does not end its switch's task.

`temporal activity complete` and `fail` are open to everybody who reaches Temporal's port.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.failure.v1 import ApplicationFailureInfo, Failure
from temporalio.api.workflowservice.v1 import (
    RespondActivityTaskFailedByIdRequest,
)

from activities.contract import (
    CANCEL_SOURCE,
    CHECK_CREDIT,
    COMPLETE_SWITCH,
    CONFIRM_PROVISIONING,
    CUT_OVER_BILLING,
    MOVE_SLICE,
    ORDER_REPLACEMENT,
    START_LICENSE_MOVE,
    VERIFY_MOVE,
)
from domain.switch.move_events import LicenseMoveHeld
from tests.support.outside.forged_results import FORGED, forge, pending, stopped
from tests.support.outside.messages import failed_tasks
from tests.support.worlds.world import CLEAN, SwitchHandle, World
from workflows.base.steps import RUNS_MAX

STEPS = [
    ORDER_REPLACEMENT.name,
    CHECK_CREDIT.name,
    CONFIRM_PROVISIONING.name,
    START_LICENSE_MOVE.name,
    MOVE_SLICE.name,
    VERIFY_MOVE.name,
    CANCEL_SOURCE.name,
    CUT_OVER_BILLING.name,
    COMPLETE_SWITCH.name,
]


async def assert_completes(world: World, order: Any, handle: SwitchHandle) -> None:
    """Assert that a switch completes as if nobody had meddled."""
    assert (await world.result(handle)).outcome == "completed"
    assert world.failings(order) == CLEAN
    assert world.users_left(order) == []
    assert await failed_tasks(world, handle) == 0


@pytest.mark.parametrize("result", FORGED, ids=json.dumps)
async def test_a_result_that_is_none_does_not_count(world: World, result: Any) -> None:
    """The step is run again and answers from the record: the switch completes as if nobody had meddled."""
    step = START_LICENSE_MOVE.name
    order, handle, ambush = await stopped(world, f"{step}:end")

    assert await forge(world, handle.id, result) == step
    ambush.is_over.set()

    await assert_completes(world, order, handle)


@pytest.mark.parametrize("step", STEPS)
async def test_each_step_is_run_again_whose_result_is_none(world: World, step: str) -> None:
    """Whichever step is ended by hand before its work is done, it is done all the same."""
    order, handle, ambush = await stopped(world, f"{step}:begin")
    workflow_id = f"licenses:{order.switch_id}:1" if step == MOVE_SLICE.name else handle.id

    assert await forge(world, workflow_id, {}) == step
    ambush.is_over.set()

    await assert_completes(world, order, handle)


async def test_a_switch_holds_whose_step_is_answered_by_nonsense_again_and_again(world: World) -> None:
    """Nobody tries for ever: it holds with a code and what to do, and a retry goes on."""
    step = VERIFY_MOVE.name
    order, handle, ambush = await stopped(world, f"{step}:begin")
    stands = [ambush, world.ambushes.lay(order.switch_id, f"{step}:begin")]
    assert await forge(world, handle.id, "nonsense") == step
    for _ in range(RUNS_MAX - 1):
        await world.until(stands[-1].is_reached.is_set)
        stands.append(world.ambushes.lay(order.switch_id, f"{step}:begin"))
        assert await forge(world, handle.id, "nonsense") == step

    await world.until_stage(handle, "held")
    (held,) = [each.event for each in world.source_events(order) if isinstance(each.event, LicenseMoveHeld)]
    assert held.code == "RESULT_UNREADABLE"
    for each in stands:
        each.is_over.set()
    assert (await world.retry(handle)).accepted
    await assert_completes(world, order, handle)


async def test_details_of_a_failure_that_nobody_can_read_are_left_out(world: World) -> None:
    """A failure by hand counts as one, whatever it says beside its message: the switch holds by it."""
    step = VERIFY_MOVE.name
    order, handle, ambush = await stopped(world, f"{step}:begin")
    garbage = Payloads(payloads=[Payload(metadata={"encoding": b"binary/encrypted"}, data=b"\x00")])
    info = ApplicationFailureInfo(type="BY_HAND", non_retryable=True, details=garbage)

    await world.client.workflow_service.respond_activity_task_failed_by_id(
        RespondActivityTaskFailedByIdRequest(
            namespace=world.client.namespace,
            workflow_id=handle.id,
            activity_id=(await pending(world, handle.id)).activity_id,
            failure=Failure(message="by hand", application_failure_info=info),
        ),
        retry=True,
    )

    await world.until_stage(handle, "held")
    ambush.is_over.set()
    assert (await world.retry(handle)).accepted
    await assert_completes(world, order, handle)
