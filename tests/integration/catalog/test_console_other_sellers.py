"""What another seller sold is listed, and answered as such without its id (rules#other_seller)."""

from __future__ import annotations

from typing import Any

from tests.support.clouds.cloud_server import SOURCE_PLAN
from tests.support.consoles.console_world import ConsoleWorld

REFUSED = 4


def buy_elsewhere(console: ConsoleWorld, organization_id: str) -> str:
    """Buy five licenses from a partner, and return the id that he gave them."""
    sandbox = console.world.sandbox
    known = {each.subscription_id for each in sandbox.cloud.inquiries.purchases(organization_id)}
    sandbox.edit(organization_id, kind="purchase", plan_id=SOURCE_PLAN, quantity=5, is_sold_elsewhere=True)
    bought = {each.subscription_id for each in sandbox.cloud.inquiries.purchases(organization_id)} - known
    return bought.pop()


def codes_of(problem: dict[str, Any]) -> list[str]:
    """Return the codes of the reasons of a refusal."""
    return [each["code"] for each in problem["reasons"]]


async def test_subscription_of_a_partner_on_no_list(console: ConsoleWorld) -> None:
    """The list tells the seller's subscriptions and, apart from them, those of others."""
    organization = await console.organization(users=2)
    organization_id = organization["organization_id"]
    before = (await console.get(f"/api/organizations/{organization_id}/subscriptions")).json()
    elsewhere = buy_elsewhere(console, organization_id)
    listed = (await console.get(f"/api/organizations/{organization_id}/subscriptions")).json()
    unknown = await console.get(f"/api/organizations/{organization_id}/subscriptions/nothing/targets")

    assert before["sold_elsewhere"] == []
    assert listed["subscriptions"] == before["subscriptions"]
    (other,) = listed["sold_elsewhere"]
    assert (other["subscription_id"], other["plan"], other["quantity"]) == (elsewhere, "Office 365 E1", 5)
    assert (other["status"], other["contract_type"]) == ("active", "another_seller")
    assert f"{elsewhere} (STANDARDPACK, of another seller)" in unknown.json()["detail"]


async def test_other_seller_met_by_id_only(console: ConsoleWorld) -> None:
    """An organization whose only plan a partner sold is answered OTHER_SELLER by everybody who asks."""
    organization = await console.organization(users=2, has_side_products=False)
    organization_id = organization["organization_id"]
    console.world.sandbox.edit(
        organization_id,
        kind="subscription",
        subscription_id=organization["subscription_id"],
        changes={"status": "deleted"},
    )
    buy_elsewhere(console, organization_id)
    quoted = await console.post("/api/quotes", {"organization_id": organization_id, "target_plan": "E3"})
    asked = await console.run("switch", "targets", organization_id)
    started = await console.run("switch", "quote", organization_id, "--to", "E3")

    assert "OTHER_SELLER" in codes_of(quoted.json())
    assert (asked.code, started.code) == (REFUSED, REFUSED)
    for shown in (asked, started):
        assert "OTHER_SELLER" in shown.err
        assert "Contact the seller it was bought from" in " ".join(shown.err.split())
