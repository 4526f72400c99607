"""Kind: what is done in Temporal to a workflow beside the switch's own stands on no record (ADR 19)."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from temporalio.testing import WorkflowEnvironment

from activities.contract import ORDER_REPLACEMENT, REQUEST_SWITCH
from domain.kernel.ids import workflow_id_of
from domain.switch.outside_events import (
    ANSWER_STEP,
    CANCEL,
    PAUSE_STEP,
    RESET,
    SIGNAL,
    TERMINATE,
    UNPAUSE_STEP,
)
from services.recovery.reconciler import Reconciler
from services.recovery.workflow_troubles import remedy_beside
from tests.support.acts.foreign import answer_step, take_step, workflows_alone
from tests.support.acts.strangers import CEO, acts, named_anywhere, temporal
from tests.support.outside.forged_results import pending
from tests.support.outside.wait_acts import wait_acts
from tests.support.switches.troubles import found
from tests.support.worlds.credit import waiting_case
from tests.support.worlds.lost import newest_run, reconcile, reconciler_of
from tests.support.worlds.steps import StepRunner
from tests.support.worlds.waiting import BROKEN, WaitingCase, begin, health
from tests.support.worlds.world import World, until
from workflows.switch.plan_switch import PlanSwitch

MOVE = "license_reassignment.move_slice"


async def test_acts_on_a_pass_are_recorded_and_told(world: World) -> None:
    """Its step is paused, let go on and signalled by hand; while paused the board says what to do."""
    order = world.order(world.organization(8))
    child = f"licenses:{order.switch_id}:1"
    ambush = world.ambushes.lay(order.switch_id, f"{MOVE}:begin")
    handle, _ = await world.start(order)
    await world.until(ambush.is_reached.is_set)
    named = ("-w", child, "--activity-id", (await pending(world, child)).activity_id)
    paused = await temporal(world, "activity", "pause", *named, "--reason", f"by {CEO}")
    await temporal(world, "workflow", "signal", "-w", child, "--name", "go", "--input", '"ceo"')
    await reconcile(world, order)
    await reconcile(world, order)
    (told,) = await found(world, order, lambda told: len(told) == 1)
    shown = remedy_beside("Nothing: the switch goes on by itself.", [told])
    between = sorted(each.act for each in acts(world, order))
    unpaused = await temporal(world, "activity", "unpause", *named)
    await reconcile(world, order)
    ambush.is_over.set()
    result = await world.result(handle)

    assert (paused.code, unpaused.code) == (0, 0), (paused.text, unpaused.text)
    assert between == [PAUSE_STEP, SIGNAL]
    assert sorted(each.act for each in acts(world, order)) == [PAUSE_STEP, SIGNAL, UNPAUSE_STEP]
    assert {each.meta["workflow_id"] for each in acts(world, order)} == {child}
    assert shown == told.remedy
    assert "temporal activity unpause" in told.remedy
    assert (result.outcome, CEO in named_anywhere(world)) == ("completed", False)


async def test_a_pass_that_is_ended_by_hand_is_recorded(world: World) -> None:
    """Cancelled and terminated: both are acts on the pass, and its switch's workflow goes on."""
    order = world.order(world.organization(8))
    child = f"licenses:{order.switch_id}:1"
    ambush = world.ambushes.lay(order.switch_id, f"{MOVE}:begin")
    handle, _ = await world.start(order)
    await world.until(ambush.is_reached.is_set)
    await temporal(world, "workflow", "cancel", "-w", child)
    ended = await temporal(world, "workflow", "terminate", "-w", child, "--reason", "mine")
    await reconcile(world, order)
    found_acts = sorted(each.act for each in acts(world, order))
    ambush.is_over.set()
    await handle.terminate("test")

    assert ended.code == 0, ended.text
    assert found_acts == [CANCEL, TERMINATE]
    assert {each.meta["workflow_id"] for each in acts(world, order)} == {child}


async def test_a_pass_that_ends_with_its_switch_was_not_acted_on(world: World) -> None:
    """Whoever terminates the switch's workflow does one thing: the server ends the pass."""
    order = world.order(world.organization(8))
    ambush = world.ambushes.lay(order.switch_id, f"{MOVE}:begin")
    handle, _ = await world.start(order)
    await world.until(ambush.is_reached.is_set)
    await temporal(world, "workflow", "terminate", "-w", handle.id, "--reason", "mine")
    await reconcile(world, order)
    ambush.is_over.set()
    result = await world.result(newest_run(world, order))

    assert [(each.act, each.meta["workflow_id"]) for each in acts(world, order)] == [(TERMINATE, handle.id)]
    assert result.outcome == "completed"


async def test_a_step_that_a_strangers_worker_took_is_an_outside_act(world: World, task_queue: str) -> None:
    """Whoever polled it also answered it, and is no worker of this installation."""
    order = world.order(world.organization(6))
    told = await StepRunner(world, order).run(REQUEST_SWITCH)
    handle = await world.client.start_workflow(
        PlanSwitch.run,
        order,
        id=workflow_id_of(order.organization_id, order.request_id),
        task_queue=task_queue,
    )
    async with workflows_alone(world, task_queue):
        task = await take_step(world.client, task_queue)
        await answer_step(world.client, task, told)
        await until(partial(_asks_for, handle, ORDER_REPLACEMENT.name), "the answer was never taken")
        await reconcile(world, order)
    own = [each.about for each in acts(world, order)]
    await handle.terminate("test")

    assert [each.act for each in acts(world, order)] == [ANSWER_STEP]
    assert "no worker of this installation" in own[0]
    assert REQUEST_SWITCH.name in own[0]


async def _asks_for(handle: Any, step: str) -> bool:
    waiting = (await handle.describe()).raw_description.pending_activities
    return any(each.activity_type.name == step for each in waiting)


async def test_acts_before_a_reset_are_recorded_as_well(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """A signal, and then a reset before anybody looked: both are acts, the first of the run before."""
    case = await waiting_case(world, temporal_env)
    order, handle = case.order, case.handle
    first = (await handle.describe()).run_id
    await temporal(world, "workflow", "signal", "-w", handle.id, "--name", "approve")
    reset = await temporal(
        world,
        *("workflow", "reset", "-w", handle.id, "--event-id", "4", "--reason", "again"),
        *("--reapply-exclude", "Signal"),
    )
    await reconcile(world, order)
    await reconcile(world, order)

    assert reset.code == 0, reset.text
    assert {(each.act, each.acted_run_id == first) for each in acts(world, order)} == {
        (SIGNAL, True),
        (RESET, False),
    }
    await world.until_stage(newest_run(world, order), "credit_check")
    await world.cancel(newest_run(world, order))


async def _is_recorded(reconciler: Reconciler, case: WaitingCase, act: str) -> bool:
    await reconciler.run_once()
    return act in {each.act for each in wait_acts(case)}


async def test_acts_on_a_wait_are_recorded(world: World, temporal_env: WorkflowEnvironment) -> None:
    """Signals of any name, a cancel and an end by hand; a signal of the product itself is none."""
    order = world.order(world.organization())
    health(world, order.organization_id, BROKEN)
    case = await begin(world, temporal_env, order)
    name = case.handle.id
    signal = json.dumps({"cause": CEO, "position": 10**9})
    for kind in ("look_now", "approve"):
        await temporal(world, "workflow", "signal", "-w", name, "--name", kind, "--input", signal)
    await case.until_looked(2)
    await reconciler_of(world).run_once()
    signals = [each.act for each in wait_acts(case)]
    await temporal(world, "workflow", "cancel", "-w", name)
    await case.result()
    reconciler = reconciler_of(world)
    await until(partial(_is_recorded, reconciler, case, CANCEL), "the cancel was never recorded")

    assert signals == [SIGNAL, SIGNAL]
    assert [each.act for each in wait_acts(case)] == [SIGNAL, SIGNAL, CANCEL]
    assert {each.meta["actor"] for each in wait_acts(case)} == {"temporal"}
    assert case.ending.meta["actor"] == "temporal"
    assert case.ending.meta["reason"].startswith("The workflow was cancelled in Temporal")
    assert CEO not in named_anywhere(world)
