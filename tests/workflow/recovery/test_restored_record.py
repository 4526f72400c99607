"""The record is set back to any instant of a switch that the cloud has come through: it completes, once.

See backup#what-may-be-lost. What was done stands at the vendor; who did it, in the lost part of the record.
"""

from __future__ import annotations

import psycopg
import pytest

from activities.contract import SwitchOrder
from audit.story.open_switches import open_switch
from domain.kernel.ids import license_move_stream_id
from services.recovery.restarts import start_again
from services.temporal.workflow_runs import details_of, find_workflow
from tests.support.worlds.lost import backup_before, newest_run
from tests.support.worlds.world import CLEAN, OPERATOR, SwitchHandle, World

#: The first event that the restored record lacks, from the order to the end.
LOST = (
    "subscription.replacement-ordered",
    "subscription.replacement-ready",
    "subscription.license-move-started",
    "subscription.license-move-finished",
    "subscription.cancellation-begun",
    "subscription.cancelled",
    "subscription.credit-issued",
    "subscription.billing-cut-over",
)
#: Of the streams that are not those of organization, source and target.
_SET_BACK_OTHERS = (
    """
    DELETE FROM planswitch.switch_events WHERE recorded_at > %(at)s AND (originator_id = %(stream)s
        OR topic = 'subscription-name.subscription-named' AND convert_from(state, 'UTF8') LIKE %(name)s)
    """,
    """
    DELETE FROM planswitch.license_move WHERE switch_id = %(switch_id)s::uuid
        AND NOT EXISTS (SELECT FROM planswitch.switch_events WHERE originator_id = %(stream)s)
    """,
)


def restore_before(world: World, order: SwitchOrder, topic: str) -> None:
    """Set everything that the record has of a switch back to the instant before an event."""
    backup = backup_before(world, order, topic)
    backup.restore()
    parameters = {
        "stream": license_move_stream_id(order.switch_id, "move"),
        "at": backup.at,
        "switch_id": order.switch_id,
        "name": f"%{order.switch_id}%",
    }
    with psycopg.connect(world.database_url) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in _SET_BACK_OTHERS:
            connection.execute(statement.encode(), parameters)


async def completed_switch(world: World) -> tuple[SwitchOrder, SwitchHandle]:
    """Return a switch that has completed."""
    order = world.order(world.organization())
    handle, _ = await world.start(order)
    await world.result(handle)
    return order, handle


async def started_again(world: World, order: SwitchOrder, handle: SwitchHandle) -> None:
    """Start a switch again from its restored record, as the reconciler does without Temporal's file."""
    switch = open_switch(world.store, order.organization_id, order.switch_id)
    assert switch is not None
    assert await start_again(
        world.client,
        world.store,
        switch,
        await find_workflow(world.client, handle.id),
        keys=world.toolbox.command_keys,
        task_queue=world.task_queue,
        actor=OPERATOR,
        reason="an older database was restored",
    )


@pytest.mark.parametrize("topic", LOST)
async def test_a_switch_that_the_cloud_has_come_through_completes(world: World, topic: str) -> None:
    """Nothing is done twice, nothing is taken back, and nobody is left without a license."""
    order, handle = await completed_switch(world)
    restore_before(world, order, topic)
    await started_again(world, order, handle)

    result = await world.result(newest_run(world, order))
    verdict = world.verdict(order)
    assert result.outcome == "completed", result
    assert {name: verdict[name] for name in CLEAN} == CLEAN
    assert (verdict["orders"], verdict["cancellations"]) == (1, 1)
    assert [len(world.ledger(order, kind)) for kind in ("credit", "invoice")] == [1, 1]
    assert world.users_left(order) == []


async def test_an_order_that_serves_users_is_not_voided(world: World) -> None:
    """A restored record has moved nobody, and users work on the order: a cancel waits for an operator."""
    order, handle = await completed_switch(world)
    restore_before(world, order, "subscription.replacement-ready")
    world.block(f"GET /v1/customers/{order.organization_id}/orders")
    await started_again(world, order, handle)
    again = newest_run(world, order)
    await world.cancel(again)
    await world.until_stage(again, "ending")
    world.block()
    await world.until_waiting(again)

    verdict = world.verdict(order)
    assert {name: verdict[name] for name in CLEAN} == CLEAN
    assert "replacement-voided" not in world.source_topics(order)
    assert "25 users work with its licenses" in await details_of(world.client, again.id)
    await again.terminate()
