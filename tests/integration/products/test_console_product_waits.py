"""What waits goes on: a switch starts by itself once a remedy is carried out here, or read elsewhere.

See products#acts, products#a-licensing-conflict and products#an-act-elsewhere.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from domain.ports.product_port import Capability, ProductAct
from providers.reference.billing import BillingClient
from tests.support.clouds.cloud_server import SOURCE_PLAN
from tests.support.consoles.console_world import ConsoleWorld, start_body
from tests.support.consoles.waits import WAITING, day
from tests.support.products.acts import DUE, act, change, listed, of, owe, owner, product, waking
from tests.support.worlds.waiting import BROKEN, WELL, health


async def _waiting(console: ConsoleWorld, organization: dict[str, Any], code: str, **changes: Any) -> str:
    """Let a switch wait, and return its id."""
    own_id = organization["subscription_id"]
    body = start_body(organization, wait_until=day(3), source_subscription_id=own_id, **changes)
    answer = await console.post("/api/switches", body)
    assert answer.status_code == 201, answer.text
    switch_id = str(answer.json()["switch_id"])
    await console.until(switch_id, WAITING)
    # Its first look is recorded beside: until then the record grows by itself.
    looks = console.world.ambushes.seen
    await console.world.until(lambda: "eligibility_wait.look:end" in looks.get(switch_id, []))
    row = (await console.get(f"/api/switches/{switch_id}")).json()
    assert row["error_code"] == code
    return switch_id


async def test_paid_balance_starts_the_switch(console: ConsoleWorld) -> None:
    """UNPAID_BALANCE: the balance is paid once by the command of the remedy, and the switch completes."""
    organization = await owner(console)
    await owe(console, organization)
    switch_id = await _waiting(console, organization, "UNPAID_BALANCE")

    async with waking(console):
        paid = await console.run(
            "product", "pay", organization["organization_id"], "--reason", "due", "--yes", "--request-id", "p"
        )
        ended = await console.ended(switch_id)
    again = await act(console, organization, "payments", request_id="p")
    nothing = await act(console, organization, "payments")
    owed = await listed(console, organization)
    verdict = await asyncio.to_thread(console.world.sandbox.verdict, organization["organization_id"])

    assert paid.code == 0, paid.err
    assert "123.45 EUR is paid" in paid.out
    assert ended["outcome"] == "completed"
    assert again.json()["terms"]["total_minor_units"] == DUE
    assert nothing.json()["code"] == "RULE_VIOLATED"
    assert owed["balance_due_minor_units"] == 0
    assert verdict["wrong_amount_texts"] == []


async def test_balance_paid_elsewhere_is_read(console: ConsoleWorld) -> None:
    """What was paid in the vendor's own pages is seen by whoever reads; told to look, the switch starts."""
    organization = await owner(console)
    await owe(console, organization)
    switch_id = await _waiting(console, organization, "UNPAID_BALANCE")

    untouched = await listed(console, organization)
    await owe(console, organization, 0)
    before = await asyncio.to_thread(console.world.store.max_notification_id)
    read = [await listed(console, organization) for _ in range(2)]
    page = (await console.get(f"/organizations/{organization['organization_id']}")).text
    after = await asyncio.to_thread(console.world.store.max_notification_id)
    looked = await console.run("product", "list", organization["organization_id"])
    ended = await console.ended(switch_id)

    assert untouched["cleared"] == []
    # Who reads changes nothing.
    assert [each["cleared"] for each in read] == [[switch_id]] * 2
    assert before == after
    assert "What a switch waits for is gone" in page
    assert f"switch {switch_id[:8]} waited for what is gone: it looks now" in looked.out
    assert ended["outcome"] == "completed"


async def test_act_elsewhere_names_the_place(console: ConsoleWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the provider takes no payment, command, API and page name the vendor's place; nothing begins."""
    organization = await owner(console)
    organization_id = organization["organization_id"]
    await owe(console, organization)
    place = "the desk of the vendor"

    def capability(_self: BillingClient, act: ProductAct) -> Capability:
        return Capability(act=act, is_able=False, place=place)

    monkeypatch.setattr(BillingClient, "capability", capability)
    refused = await act(console, organization, "payments")
    typed = await console.run("product", "pay", organization_id, "--reason", "due", "--yes")
    page = (await console.get(f"/organizations/{organization_id}")).text
    told = await listed(console, organization)

    assert (refused.status_code, refused.json()["code"]) == (409, "ACT_ELSEWHERE")
    assert place in refused.json()["remedy"]
    assert (typed.code, place in " ".join(typed.err.split())) == (4, True)
    assert (place in page, "Pay 123.45 EUR now" in page) == (True, False)
    assert told["acts"] == []


async def test_conflict_is_cleared_by_buying(console: ConsoleWorld) -> None:
    """MORE_USERS_THAN_LICENSES: as many licenses as are missing are bought, and the switch completes."""
    organization = await owner(console)
    await change(console, organization, quantity=3)
    # As many as will be needed: a wait never pays more than was accepted.
    switch_id = await _waiting(console, organization, "MORE_USERS_THAN_LICENSES", quantity=5)
    before = await product(console, organization)

    async with waking(console):
        bought = await act(console, organization, of(organization, "reconcile"), request_id="rec-1")
        ended = await console.ended(switch_id)
    again = await act(console, organization, of(organization, "reconcile"), request_id="rec-1")

    assert (before["licenses"]["in_conflict"], before["notices"][0]["code"]) == (2, "LICENSE_CONFLICT")
    assert (bought.json()["outcome"], bought.json()["terms"]["quantity"]) == ("done", 5)
    assert again.json() == bought.json()
    assert ended["outcome"] == "completed"


async def test_conflict_is_cleared_by_unassigning(console: ConsoleWorld) -> None:
    """Licenses are taken from named users, each asked for where it is the last one; the switch completes."""
    organization = await owner(console)
    organization_id = organization["organization_id"]
    await change(console, organization, quantity=3)
    switch_id = await _waiting(console, organization, "MORE_USERS_THAN_LICENSES")
    users = [
        each.directory_id
        for each in console.world.sandbox.cloud.directory.users_page(organization_id, SOURCE_PLAN, None).users
    ][:2]
    command = ("product", "reconcile", organization_id, organization["subscription_id"])
    named = [part for user in users for part in ("--unassign", user)]

    neither = await console.run(*command, "--reason", "left")
    unasked = await console.run(*command, *named, "--reason", "left")
    async with waking(console):
        taken = await console.run(*command, *named, "--reason", "left", "--yes")
        ended = await console.ended(switch_id)

    assert (neither.code, unasked.code) == (2, 8)
    assert "LAST_LICENSE" in unasked.out
    assert taken.code == 0, taken.err
    assert "3 assigned" in " ".join(taken.out.split())
    assert ended["outcome"] == "completed"


async def test_incident_has_name_and_state_where_the_switch_waits(console: ConsoleWorld) -> None:
    """SERVICE_UNHEALTHY: service and state stand at the switch, beside the product and in service health."""
    organization = await owner(console)
    await asyncio.to_thread(health, console.world, organization["organization_id"], BROKEN)
    switch_id = await _waiting(console, organization, "SERVICE_UNHEALTHY")

    row = (await console.get(f"/api/switches/{switch_id}")).json()
    own = await product(console, organization)
    printed = await console.run("product", "list", organization["organization_id"])
    page = (await console.get(f"/organizations/{organization['organization_id']}")).text
    own_page = (await console.get(f"/switches/{switch_id}")).text
    shown = await console.run("switch", "show", switch_id)
    await asyncio.to_thread(health, console.world, organization["organization_id"], WELL)
    body = {"reason": "it is over", "request_id": "look-1"}
    path = f"/api/organizations/{organization['organization_id']}/look"
    looked = (await console.post(path, body)).json()["looked"]
    ended = await console.ended(switch_id)

    assert "Exchange Online (serviceInterruption)" in row["error_message"]
    assert "Exchange Online (serviceInterruption)" in own["switches"][0]["message"]
    assert "Exchange Online (serviceInterruption)" in own_page
    assert f'href="/organizations/{organization["organization_id"]}"' in own_page
    assert "Exchange Online (serviceInterruption)" in " ".join(shown.out.split())
    assert "Exchange Online: serviceInterruption" in printed.out
    assert "<strong>Exchange Online</strong>: <code>serviceInterruption</code>" in page
    assert looked == [switch_id]
    assert ended["outcome"] == "completed"
