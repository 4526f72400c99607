"""An older database was restored under a running switch: one explained state, and a way out of it."""

from __future__ import annotations

from activities.contract import SwitchOrder
from audit.story.open_switches import open_switch
from services.recovery.reconciler import REPORTED
from services.recovery.restarts import start_again
from services.temporal.workflow_runs import find_workflow
from tests.support.worlds.lost import backup_before, newest_run, reconcile, restarts
from tests.support.worlds.world import CLEAN, OPERATOR, SwitchHandle, World


async def ordered_switch(world: World) -> tuple[SwitchOrder, SwitchHandle]:
    """Return a switch whose order is placed and recorded, at a seller who does not answer any more."""
    order = world.order(world.organization())
    world.block(f"GET /v1/customers/{order.organization_id}/orders")
    handle, _ = await world.start(order)
    await world.until(lambda: "replacement-ordered" in world.source_topics(order))
    return order, handle


async def restart(world: World, order: SwitchOrder, handle: SwitchHandle) -> str:
    """Do what `planswitch switch restart` does, and return the new run."""
    switch = open_switch(world.store, order.organization_id, order.switch_id)
    assert switch is not None
    found = await find_workflow(world.client, handle.id)
    if found.is_open:
        await handle.terminate()
    return await start_again(
        world.client,
        world.store,
        switch,
        found,
        keys=world.toolbox.command_keys,
        task_queue=world.task_queue,
        actor=OPERATOR,
        reason="the newer backup is lost",
    )


async def assert_done_once(world: World, order: SwitchOrder) -> None:
    """Check that the newest run completes, and that the outside had each effect once."""
    result = await world.result(newest_run(world, order))
    verdict = world.verdict(order)
    assert result.outcome == "completed"
    assert {name: verdict[name] for name in CLEAN} == CLEAN
    assert (verdict["orders"], verdict["cancellations"]) == (1, 1)
    assert len(world.ledger(order, "invoice")) == 1
    assert world.users_left(order) == []


async def test_an_older_record_stops_the_switch_and_is_explained(world: World) -> None:
    """STORE_BEHIND: nothing is taken back, an operator is waited for, and a restart accepts the record."""
    order, handle = await ordered_switch(world)
    older = backup_before(world, order, "subscription.replacement-ordered")

    older.restore()
    await world.until_waiting(handle)
    (finding,) = await reconcile(world, order)

    assert (finding.found, finding.done) == ("waiting", REPORTED)
    assert finding.message.startswith("STORE_BEHIND: ")
    assert "restore a newer backup" in finding.message
    assert world.verdict(order)["orders"] == 1
    world.block()
    assert await restart(world, order, handle)
    await assert_done_once(world, order)
    (restarted,) = restarts(world, order)
    assert (restarted.found, restarted.meta["actor"]) == ("running", OPERATOR)


async def test_a_record_older_than_an_ended_workflow_is_reported(world: World) -> None:
    """What Temporal has ended and the record holds open is for a person to decide; no run is started."""
    order = world.order(world.organization())
    handle, _ = await world.start(order)
    await world.result(handle)

    backup_before(world, order, "subscription.billing-cut-over").restore()
    (finding,) = await reconcile(world, order)

    assert (finding.found, finding.done) == ("completed", REPORTED)
    assert "older database" in finding.message
    assert restarts(world, order) == []
    assert await restart(world, order, handle)
    await assert_done_once(world, order)


async def test_a_record_without_the_request_is_reported(world: World) -> None:
    """A record older than the request itself knows no switch to restart; what runs is told about."""
    order, handle = await ordered_switch(world)
    reserved = backup_before(world, order, "subscription.switch-requested")

    reserved.restore()
    await world.until_waiting(handle)
    (finding,) = await reconcile(world, order)

    assert (finding.found, finding.done) == ("running", REPORTED)
    assert "does not know its switch" in finding.message
    await handle.terminate()
