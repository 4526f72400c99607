"""Add-ons in the sandbox: ordered with a plan, and judged by the referee day by day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.clouds.sandbox_world import E3, World, move_whole_organization, open_world

STORAGE = "99049c9c-6011-4908-bf17-15f496e6519d"
QUANTITY = 4
CUTOVER_ON = "2026-11-10"
MONEY = {"currency": "EUR", "amount_minor_units": 10}


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    """Yield a sandbox with one organization on E1 that has paid for attached storage."""
    with open_world(tmp_path) as world:
        world.make()
        world.edit(
            kind="purchase",
            plan_id=STORAGE,
            quantity=QUANTITY,
            parent_subscription_id=world.made["subscription_id"],
            is_billed=True,
        )
        yield world


def order_with_storage(world: World) -> tuple[dict[str, Any], dict[str, Any]]:
    """Order a plan with the add-on inside its line; return the cart as it is shown, and the order."""
    terms = {"TermDuration": "P1M", "BillingCycle": "Monthly"}
    addon = {"CatalogItemId": f"{STORAGE}:0001:EUR", "Quantity": QUANTITY} | terms
    line = {"CatalogItemId": f"{E3}:0001:EUR", "Quantity": 40, "AddonItems": [addon]} | terms
    made = world.call(
        "POST", world.seller("/carts"), {"LineItems": [line]}, {"MS-RequestId": "addon-cart"}
    ).json()
    cart = world.get(world.seller(f"/carts/{made['id']}"))
    path = world.seller(f"/carts/{made['id']}/checkout")
    placed = world.call("POST", path, None, {"MS-RequestId": "addon-out"}).json()
    return cart, placed["orders"][0]


def old_storage(world: World) -> str:
    """Return the subscription of the add-on that was there before."""
    held = world.get(world.seller("/subscriptions"))["items"]
    return str(next(each["id"] for each in held if each["offerId"].startswith(STORAGE)))


def leave(world: World, subscription_id: str) -> None:
    """Cancel, stop and credit an add-on."""
    days = {"from_on": CUTOVER_ON, "to_on": world.made["period_end_on"], "reason": "unused days"}
    assert world.cancel(subscription_id).status_code == 200
    world.bill(subscription_id, "stop", {"effective_on": CUTOVER_ON}, "addon-stop")
    assert world.bill(subscription_id, "credits", MONEY | days, "addon-credit").status_code == 201


def begin(world: World, subscription_id: str, on: str) -> None:
    """Start billing of the add-on that was ordered."""
    start = {"effective_on": on, "period_end_on": world.made["period_end_on"], "quantity": QUANTITY}
    answer = world.bill(
        subscription_id, "start", MONEY | start | {"unit_price_minor_units": 17}, "addon-start"
    )
    assert answer.status_code == 201


def test_addon_of_a_cart_is_a_line_behind_its_plan_and_hangs_on_it(world: World) -> None:
    """The cart shows it inside the plan's line; order and subscription name its parent.

    See vendor#carts-and-orders.
    """
    cart, order = order_with_storage(world)
    plan, addon = order["lineItems"]
    subscription = world.get(world.seller(f"/subscriptions/{addon['subscriptionId']}"))

    assert [line["addonItems"][0]["catalogItemId"] for line in cart["lineItems"]] == [f"{STORAGE}:0001:EUR"]
    assert "parentSubscriptionId" not in plan
    assert addon["parentSubscriptionId"] == subscription["parentSubscriptionId"] == plan["subscriptionId"]


@pytest.mark.parametrize(
    ("is_left", "starts_on", "figure"),
    [(True, CUTOVER_ON, None), (False, CUTOVER_ON, "double_charges"), (True, "2026-11-12", "unbilled_days")],
)
def test_referee_judges_the_days_of_a_carried_addon(
    world: World,
    is_left: bool,  # noqa: FBT001 - a column of the table
    starts_on: str,
    figure: str | None,
) -> None:
    """Not credited, its days are charged twice; begun late, some are not charged; otherwise nothing is."""
    move_whole_organization(world)
    _cart, order = order_with_storage(world)
    if is_left:
        leave(world, old_storage(world))
    begin(world, order["lineItems"][1]["subscriptionId"], starts_on)
    world.clock.advance(days=5)

    verdict = world.referee()
    found = {name for name in ("double_charges", "unbilled_days") if verdict[name]}
    assert found == ({figure} if figure else set())


def test_two_addons_of_one_plan_are_no_double_charge(world: World) -> None:
    """What somebody bought twice is billed twice, with no switch in between."""
    world.edit(
        kind="purchase",
        plan_id=STORAGE,
        quantity=1,
        parent_subscription_id=world.made["subscription_id"],
        is_billed=True,
    )

    assert world.referee()["double_charges"] == 0
