"""Kind of fault: a workflow that can't go on and says nothing. It is found, and told with what to do."""

from __future__ import annotations

from temporalio import workflow
from temporalio.worker import Worker

from activities.contract import SwitchOrder
from domain.kernel.ids import workflow_id_of
from services.recovery.trouble_watch import TroubleWatch
from services.recovery.workflow_troubles import ACTIVITY_PAUSED, WORKFLOW_LOST, WORKFLOW_TASK_FAILING
from tests.support.outside.forged_results import pending, stopped
from tests.support.switches.troubles import found
from tests.support.worlds.guarded import build_guarded_workers
from tests.support.worlds.lost import reconcile
from tests.support.worlds.temporal_command import temporal
from tests.support.worlds.world import World
from workflows.switch.plan_switch import PlanSwitch


async def test_an_activity_that_is_paused_by_hand_is_told(world: World) -> None:
    """It is told whose, by whom, and how it goes on; once it does, nothing is told any more."""
    step = "verification.verify_move"
    order, handle, ambush = await stopped(world, f"{step}:begin")
    named = ("-w", handle.id, "--activity-id", (await pending(world, handle.id)).activity_id)
    paused = await temporal(world, "activity", "pause", *named, "--identity", "mallory")

    (told,) = await found(world, order, lambda told: len(told) == 1)

    assert paused.code == 0, paused.text
    assert (told.code, told.workflow_id) == (ACTIVITY_PAUSED, handle.id)
    assert step in told.message
    assert "mallory" in told.message
    assert f"temporal activity unpause {' '.join(named)}" in told.remedy
    assert told.since is not None
    unpaused = await temporal(world, "activity", "unpause", *named)
    assert unpaused.code == 0, unpaused.text
    ambush.is_over.set()
    await found(world, order, lambda told: not told)
    assert (await world.result(handle)).outcome == "completed"


@workflow.defn(name="PlanSwitch", sandboxed=False)
class _BrokenSwitch:
    """A workflow of a version that can't go on."""

    @workflow.run
    async def run(self, order: SwitchOrder) -> None:
        """Fail as a fault of ours does: the task, not the workflow."""
        message = f"no plan {order.target_plan_id}"
        raise LookupError(message)


async def test_a_task_that_fails_again_and_again_is_told(world: World, task_queue: str) -> None:
    """It is told why it fails and since when; mended, it goes on by itself, and nothing is told any more."""
    order = world.order(world.organization(6))
    async with Worker(world.client, task_queue=task_queue, workflows=[_BrokenSwitch]):
        handle = await world.client.start_workflow(
            PlanSwitch.run,
            order,
            id=workflow_id_of(order.organization_id, order.request_id),
            task_queue=task_queue,
        )
        (told,) = await found(world, order, lambda told: len(told) == 1, task_queue=task_queue)

    assert (told.code, told.workflow_id) == (WORKFLOW_TASK_FAILING, handle.id)
    assert f"LookupError: no plan {order.target_plan_id}" in told.message
    assert f"planswitch switch restart {order.switch_id[:8]}" in told.remedy
    assert told.since is not None
    steps, slices = build_guarded_workers(world.client, world.toolbox, task_queue=task_queue)
    async with steps, slices:
        assert (await world.result(handle)).outcome == "completed"
    await found(world, order, lambda told: not told, task_queue=task_queue)


async def test_a_workflow_that_is_gone_is_told_until_it_is_started_again(world: World) -> None:
    """Terminated by hand while its switch is open: lost, until the reconciler has started it again."""
    order = world.order(world.organization(6, missing_usage_location=1))
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    await temporal(world, "workflow", "terminate", "-w", handle.id, "--reason", "by hand")

    (told,) = await found(world, order, lambda told: len(told) == 1)

    assert (told.code, told.workflow_id) == (WORKFLOW_LOST, handle.id)
    assert "terminated by hand" in told.message
    assert "planswitch reconcile" in told.remedy
    await reconcile(world, order)
    await found(world, order, lambda told: not told)
    again = world.client.get_workflow_handle(handle.id)
    await world.until_stage(again, "held")
    await world.roll_back(again)


async def test_a_workflow_that_ended_with_its_switch_is_no_trouble(world: World) -> None:
    """What has come to its end, or is cancelled and taken back, is told nobody."""
    order = world.order(world.organization(6, missing_usage_location=1))
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    await world.roll_back(handle)
    await world.result(handle)
    await temporal(world, "workflow", "terminate", "-w", handle.id, "--reason", "too late")

    await TroubleWatch(world.client, world.store, task_queue=world.task_queue).run_once()

    assert world.store.troubles(order.switch_id) == ()
