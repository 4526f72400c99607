"""Lost workflows and lost stores as an operator meets them: told, explained, and repaired by a command."""

from __future__ import annotations

import json
from typing import Any

from activities.contract import SwitchOrder
from services.temporal.workflow_runs import find_workflow
from tests.support.consoles.console_world import COLUMNS, ConsoleWorld, start_body
from tests.support.worlds.lost import backup_before, forget, overwrite


async def _ordered(console: ConsoleWorld) -> tuple[SwitchOrder, str]:
    """Return a switch whose order is recorded, at a seller who does not answer any more."""
    organization = await console.organization(users=12)
    order = console.world.order(organization)
    console.world.block(f"GET /v1/customers/{order.organization_id}/orders")
    body = {**start_body(organization), "request_id": order.request_id}
    switch_id = (await console.post("/api/switches", body)).json()["switch_id"]
    await console.until(switch_id, "ordered")
    return order, switch_id


async def _workflow(console: ConsoleWorld, switch_id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await console.get(f"/api/switches/{switch_id}/workflow")).json()
    return found


async def _until_state(console: ConsoleWorld, switch_id: str, state: str) -> dict[str, Any]:
    found: dict[str, Any] = {}

    for _ in range(600):
        found = await _workflow(console, switch_id)
        if found.get("state") == state:
            return found
    raise AssertionError(found)


async def test_a_lost_workflow_is_told_and_reconciled_by_hand(console: ConsoleWorld) -> None:
    """`switch show` says that the workflow is lost; `reconcile` starts it again and says so."""
    order, switch_id = await _ordered(console)
    before = await console.run("switch", "show", switch_id[:8])
    workflow_id = (await _workflow(console, switch_id))["workflow_id"]
    await console.world.client.get_workflow_handle(workflow_id).terminate()

    shown = await console.run("switch", "show", switch_id[:8])
    reconciled = await console.run("reconcile", "--grace", "0", "--json")
    console.world.block()
    again = await console.run("reconcile")
    row = await console.ended(switch_id)

    assert (before.code, "workflow " in before.out) == (0, False)
    assert "workflow terminated, lost" in shown.out
    # Other tests of this world may leave open switches behind.
    found = json.loads(reconciled.out)["findings"]
    (finding,) = [each for each in found if each["switch_id"] == order.switch_id]
    assert finding["done"] == "restarted"
    assert order.switch_id[:8] not in again.out
    assert row["outcome"] == "completed"
    assert max(shown.longest_line, again.longest_line) <= COLUMNS


async def test_an_older_record_is_explained_and_accepted(console: ConsoleWorld) -> None:
    """STORE_BEHIND is shown with what to do; a restart says what it will do and completes the switch."""
    order, switch_id = await _ordered(console)
    backup_before(console.world, order, "subscription.replacement-ordered").restore()

    await _until_state(console, switch_id, "store_behind")
    shown = await console.run("switch", "show", switch_id[:8])
    unsure = await console.run("switch", "restart", switch_id[:8], "--reason", "no newer backup")
    console.world.block()
    done = await console.run("switch", "restart", switch_id[:8], "--reason", "no newer backup", "--yes")
    row = await console.ended(switch_id)
    again = await console.run("switch", "restart", switch_id[:8], "--reason", "twice", "--yes")

    assert "STORE_BEHIND" in shown.out
    assert "what to do: Restore a newer backup" in shown.out
    assert (unsure.code, done.code) == (2, 0)
    assert "started again from the record" in done.err
    assert "from the record, at requested" in " ".join(done.out.split())
    assert (row["outcome"], console.world.verdict(order)["orders"]) == ("completed", 1)
    assert (again.code, "has ended as completed" in " ".join(again.err.split())) == (4, True)
    assert max(each.longest_line for each in (shown, done, again)) <= COLUMNS


async def test_a_record_without_the_request_names_the_order(console: ConsoleWorld) -> None:
    """A record older than the request can't be restarted from: refused, with the order to void by hand."""
    order, switch_id = await _ordered(console)
    backup_before(console.world, order, "subscription.switch-requested").restore()
    await console.run("projection", "rebuild")

    found = await _until_state(console, switch_id, "store_behind")
    refused = await console.run("switch", "restart", switch_id[:8], "--reason", "try", "--yes")

    assert found["recorded_stage"] is None
    assert refused.code == 9
    told = " ".join(refused.err.split())
    assert "STORE_BEHIND: The record does not know the request" in told
    assert "its own history says that it placed order" in told
    assert "Restore a newer backup" in told
    workflow = await find_workflow(console.world.client, found["workflow_id"])
    assert workflow.is_open
    await console.world.client.get_workflow_handle(found["workflow_id"]).terminate()


async def test_a_switch_that_neither_store_knows_says_that_nothing_tells_of_its_order(
    console: ConsoleWorld,
) -> None:
    """Where Temporal has no history, nobody may read that no order was placed: this one was."""
    order, switch_id = await _ordered(console)
    workflow_id = (await _workflow(console, switch_id))["workflow_id"]
    backup_before(console.world, order, "subscription.switch-requested").restore()
    await forget(console.world, console.world.client.get_workflow_handle(workflow_id))

    refused = await console.run("switch", "restart", switch_id[:8], "--reason", "try", "--yes")

    told = " ".join(refused.err.split())
    assert refused.code == 9
    assert "nothing says whether it placed an order" in told
    assert "placed no order" not in told
    assert f"look at the seller for an order of switch {switch_id}" in told
    assert console.world.verdict(order)["orders"] == 1


async def test_a_record_that_cannot_be_built_is_shown_and_stops_nobody(console: ConsoleWorld) -> None:
    """Page, row, bundle and a round by hand answer, although the source lacks the request of the switch."""
    organization = await console.organization(users=12)
    order = console.world.order(organization)
    body = {**start_body(organization), "request_id": order.request_id}
    switch_id = (await console.post("/api/switches", body)).json()["switch_id"]
    await console.ended(switch_id)
    overwrite(console.world, order, "subscription.switch-requested", by="subscription.replacement-ordered")

    page = await console.get(f"/switches/{switch_id}")
    row = await console.get(f"/api/switches/{switch_id}")
    reconciled = await console.post("/api/reconcile", {})
    bundle = await console.post("/api/support/bundles", {"switch": switch_id})

    assert [each.status_code for each in (row, reconciled)] == [200, 200], reconciled.text
    assert (row.json()["outcome"], row.json()["open_points"]) == ("completed", [])
    assert (page.status_code, "What is known" in page.text) == (200, True)
    assert "RECORD_INCONSISTENT" in page.text
    assert bundle.status_code == 200, bundle.text
