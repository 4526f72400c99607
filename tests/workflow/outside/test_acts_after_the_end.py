"""Kind: what is done in Temporal where no round looks any more stands on no record (ADR 19).

A switch that has ended, the watch over its invoice, and a run that a reset has taken the messages of.
"""

from __future__ import annotations

from datetime import timedelta

from temporalio.testing import WorkflowEnvironment

from activities.base.promise_contract import LOOK_FOR_INVOICE
from domain.switch.outside_events import (
    ANSWER_STEP,
    CANCEL,
    PAUSE_STEP,
    RESET,
    SIGNAL,
    TERMINATE,
    UNPAUSE_STEP,
)
from tests.support.acts.strangers import CEO, acts, named_anywhere, temporal
from tests.support.outside.forged_results import pending
from tests.support.switches.invoices import LONG_SECONDS
from tests.support.worlds.credit import CreditCase
from tests.support.worlds.forward import forward
from tests.support.worlds.lost import newest_run, reconcile_until, reconciler_of
from tests.support.worlds.world import World

MOVE = "license_reassignment.move_slice"


async def test_an_act_between_the_last_round_and_the_end_is_recorded(world: World, case: CreditCase) -> None:
    """The switch ends before the next round: that looks once more, and no round after it."""
    reconciler = reconciler_of(world)
    await reconciler.run_once()
    await temporal(world, "workflow", "signal", "-w", case.handle.id, "--name", "approve")
    await case.decide("approved")
    result = await world.result(case.handle)
    await reconcile_until(reconciler, lambda: bool(acts(world, case.order)))
    await reconciler.run_once()

    assert result.outcome == "completed"
    assert [each.act for each in acts(world, case.order)] == [SIGNAL]


async def test_a_pass_that_was_ended_before_its_switch_was_acted_on(world: World) -> None:
    """Terminated by hand, and then the switch's workflow as well, before anybody looked."""
    order = world.order(world.organization(8))
    child = f"licenses:{order.switch_id}:1"
    ambush = world.ambushes.lay(order.switch_id, f"{MOVE}:begin")
    handle, _ = await world.start(order)
    await world.until(ambush.is_reached.is_set)
    await temporal(world, "workflow", "terminate", "-w", child, "--reason", "mine")
    await temporal(world, "workflow", "terminate", "-w", handle.id, "--reason", "mine")
    await reconciler_of(world).run_once()
    ambush.is_over.set()
    await world.result(newest_run(world, order))

    assert sorted((each.act, each.meta["workflow_id"]) for each in acts(world, order)) == [
        (TERMINATE, child),
        (TERMINATE, handle.id),
    ]


async def test_messages_that_a_reset_sends_anew_are_told_once(world: World, case: CreditCase) -> None:
    """Two alike before it, one after it: three signals and a reset, whichever run has them."""
    signal = ("workflow", "signal", "-w", case.handle.id, "--name", "approve")
    await temporal(world, *signal)
    await temporal(world, *signal)
    reset = ("workflow", "reset", "-w", case.handle.id, "--event-id", "4", "--reason", "again")
    told = await temporal(world, *reset)
    await world.until_stage(newest_run(world, case.order), "credit_check")
    await temporal(world, *signal)
    await reconciler_of(world).run_once()
    await reconciler_of(world).run_once()
    found = sorted(each.act for each in acts(world, case.order))
    await world.cancel(newest_run(world, case.order))

    assert told.code == 0, told.text
    assert found == [RESET, SIGNAL, SIGNAL, SIGNAL]


async def test_many_signals_hide_no_end(world: World, case: CreditCase) -> None:
    """Of each kind the oldest acts are recorded, so that the terminate after them is."""
    handle = world.client.get_workflow_handle(case.handle.id)
    for _ in range(25):
        await handle.signal("approve")
    await temporal(world, "workflow", "terminate", "-w", case.handle.id, "--reason", "mine")
    await reconciler_of(world).run_once()
    found = [each.act for each in acts(world, case.order)]
    await world.until_stage(newest_run(world, case.order), "credit_check")
    await world.cancel(newest_run(world, case.order))

    assert (found.count(SIGNAL), found.count(TERMINATE)) == (20, 1)


async def test_acts_on_the_watch_over_an_invoice_are_recorded(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """Its switch has ended, and each act is in that one's stream, with the watch as its workflow."""
    world.sandbox.settings(invoice_delivery_delay_seconds=LONG_SECONDS)
    order = world.order(world.organization(users=3))
    assert (await world.complete(order)).outcome == "completed"
    watch = f"invoice:{order.switch_id}"
    reconciler = reconciler_of(world)
    ambush = world.ambushes.lay(order.switch_id, f"{LOOK_FOR_INVOICE.name}:begin")
    await temporal(world, "workflow", "signal", "-w", watch, "--name", "go", "--input", '"ceo"')
    await forward(temporal_env, world.client.get_workflow_handle(watch), timedelta(days=1))
    await world.until(ambush.is_reached.is_set)
    step = ("-w", watch, "--activity-id", (await pending(world, watch)).activity_id)
    told = [await temporal(world, "activity", "pause", *step, "--reason", f"by {CEO}")]
    await reconciler.run_once()
    told.append(await temporal(world, "activity", "unpause", *step))
    await reconciler.run_once()
    told.append(await temporal(world, "activity", "fail", *step, "--reason", f"by {CEO}"))
    ambush.is_over.set()
    told.append(await temporal(world, "workflow", "cancel", "-w", watch))
    again = ("workflow", "reset", "-w", watch, "--type", "FirstWorkflowTask", "--reason", f"by {CEO}")
    told.append(await temporal(world, *again, "--reapply-exclude", "All"))
    told.append(await temporal(world, "workflow", "terminate", "-w", watch, "--reason", f"by {CEO}"))
    await reconcile_until(reconciler, lambda: TERMINATE in {each.act for each in acts(world, order)})
    world.sandbox.settings(invoice_delivery_delay_seconds=0.0)

    assert [each.code for each in told] == [0] * 6, told
    assert sorted(each.act for each in acts(world, order)) == sorted(
        [SIGNAL, PAUSE_STEP, UNPAUSE_STEP, ANSWER_STEP, CANCEL, RESET, TERMINATE]
    )
    assert {(each.meta["workflow_id"], each.meta["actor"]) for each in acts(world, order)} == {
        (watch, "temporal")
    }
    assert CEO not in named_anywhere(world)
