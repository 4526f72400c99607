"""What Temporal's own lists show of a switch, whoever started its workflow (architecture#workflows)."""

from __future__ import annotations

import asyncio
from typing import Any

from activities.request.switch_start import SOURCE_PLAN
from domain.kernel.ids import wait_workflow_id_of, workflow_id_of
from domain.switch.stage import Stage
from tests.support.clouds.cloud_server import SOURCE_PLAN as E1
from tests.support.consoles import checkout
from tests.support.consoles.console_world import ConsoleWorld, start_body
from tests.support.consoles.waits import ill
from tests.support.worlds.waiting import WELL, health


async def plan_of(console: ConsoleWorld, workflow_id: str) -> str | None:
    """Return the plan that Temporal shows as the one a workflow leaves."""
    described = await console.world.client.get_workflow_handle(workflow_id).describe()
    return described.typed_search_attributes.get(SOURCE_PLAN)


async def stalled(console: ConsoleWorld) -> dict[str, Any]:
    """Return the row of a switch that waits at a seller that does not answer."""
    organization = await console.organization(users=12)
    organization_id = organization["organization_id"]
    console.world.block(f"GET /v1/customers/{organization_id}/orders")
    answer = (await console.post("/api/switches", start_body(organization))).json()
    await console.until(answer["switch_id"], "ordered")
    row: dict[str, Any] = (await console.get(f"/api/switches/{answer['switch_id']}")).json()
    return row


async def test_a_start_shows_the_plan_that_is_left(console: ConsoleWorld) -> None:
    """Started over HTTP or by a checkout, a switch is found in Temporal by the plan that it leaves."""
    organization = await console.organization(users=12)
    answer = (await console.post("/api/switches", start_body(organization))).json()
    drafted = await console.organization(users=12, seed=2)
    ordered = (await checkout.order(console, await checkout.start(console, drafted))).json()
    rows = [await console.ended(each["switch_id"]) for each in (answer, ordered)]

    assert [await plan_of(console, row["workflow_id"]) for row in rows] == [E1, E1]
    for row in rows:
        query = f"SwitchSourcePlan = '{E1}' AND SwitchOrganization = '{row['organization_id']}'"
        found = [each.id async for each in console.world.client.list_workflows(query)]
        assert row["workflow_id"] in found


async def test_a_wait_and_its_switch_show_the_plan_that_is_left(console: ConsoleWorld) -> None:
    """A request that waits shows it, also when restarted, and so does the switch that it starts."""
    body = await ill(console)
    answer = (await console.post("/api/switches", body)).json()
    ids = (answer["request_id"], answer["switch_id"])
    await console.until(ids[1], Stage.WAITING_ELIGIBLE)
    waiting_id = wait_workflow_id_of(body["organization_id"], ids[0])
    before = await plan_of(console, waiting_id)
    await console.world.client.get_workflow_handle(waiting_id).terminate("lost")

    await console.run("switch", "restart", ids[1], "--reason", "it was lost", "--yes")
    after = await plan_of(console, waiting_id)
    await asyncio.to_thread(health, console.world, body["organization_id"], WELL)
    await console.post(f"/api/switches/{ids[1]}/look", {"reason": "they called"})
    ended = await console.ended(ids[1])

    assert (before, after, ended["outcome"]) == (E1, E1, "completed")
    assert await plan_of(console, workflow_id_of(body["organization_id"], ids[0])) == E1


async def test_the_reconcilers_start_shows_the_plan_that_is_left(console: ConsoleWorld) -> None:
    """A workflow that is started again from the record shows it as the lost one did."""
    row = await stalled(console)
    before = (await console.world.client.get_workflow_handle(row["workflow_id"]).describe()).run_id
    await console.world.client.get_workflow_handle(row["workflow_id"]).terminate()

    await console.run("reconcile", "--grace", "0")
    found = await console.world.client.get_workflow_handle(row["workflow_id"]).describe()
    console.world.block()
    ended = await console.ended(row["switch_id"])

    assert (found.run_id != before, ended["outcome"]) == (True, "completed")
    assert found.typed_search_attributes.get(SOURCE_PLAN) == E1
