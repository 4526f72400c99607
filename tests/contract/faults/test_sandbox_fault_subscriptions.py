"""Faults of the old subscription: another seller, a scheduled change, a renewal that is turned off."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.ports.seller_port import ScheduledChange, SubscriptionSettings
from sandbox.faults.fault_calls import call_of
from tests.support.clouds.cloud_server import SOURCE_PLAN, running_sandbox
from tests.support.clouds.faults import BUSY_SECONDS, fired, plant
from tests.support.clouds.sandbox_world import E1, E3, World, open_world, until_so


def purchases(world: World) -> list[tuple[str, int, str]]:
    """Return plan, licenses and status of everything that the directory lists."""
    listed = world.get("/v1.0/directory/subscriptions")["value"]
    return [(each["skuId"], each["totalLicenses"], each["status"]) for each in listed]


def old_subscription(world: World) -> dict[str, Any]:
    """Return the old subscription as the seller shows it."""
    shown: dict[str, Any] = world.get(world.seller(f"/subscriptions/{world.made['subscription_id']}"))
    return shown


@pytest.mark.parametrize("seconds", [0, BUSY_SECONDS])
def test_the_directory_lists_the_old_plan_of_another_seller(tmp_path: Path, seconds: float) -> None:
    """It comes with the call, for its seconds or for good; neither seller nor billing know of it."""
    with open_world(tmp_path) as world:
        world.make()
        world.order()
        before = purchases(world)
        plant(
            world,
            {
                "operation": "users_page",
                "fault": "second_seller",
                "hits": [1],
                "quantity": 7,
                "seconds": seconds,
            },
        )
        world.user_ids()
        added = [each for each in purchases(world) if each not in before]
        held = world.get(world.seller("/subscriptions"))["items"]
        if seconds:
            until_so(lambda: (E1, 7, "Enabled") not in purchases(world))

        assert added == [(E1, 7, "Enabled")]
        assert sorted(each["offerId"].partition(":")[0] for each in held if each["quantity"] == 7) == []
        assert fired(world) == {"second_seller": 1}


@pytest.mark.parametrize(("is_other_plan", "cycle"), [(False, "annual"), (True, None)])
def test_a_change_is_scheduled_for_the_old_subscription(
    tmp_path: Path, *, is_other_plan: bool, cycle: str | None
) -> None:
    """The seller shows it as instructions for the next term, of the same plan or of one that nobody has."""
    told = {"billing_cycle": cycle} if cycle else {}
    rule = {"operation": "subscriptions", "fault": "scheduled_change", "hits": [1], "quantity": 12} | told
    with open_world(tmp_path) as world:
        world.make()
        world.order()
        plant(world, rule | {"is_other_plan": is_other_plan})
        world.get(world.seller("/subscriptions"))
        instructions = old_subscription(world)["scheduledNextTermInstructions"]

    product = instructions["product"]
    assert instructions["quantity"] == 12
    assert product["billingCycle"] == (cycle or "monthly")
    assert (product["productId"] == E1) is not is_other_plan
    assert product["productId"] != E3


def test_the_renewal_of_the_old_subscription_is_turned_off(tmp_path: Path) -> None:
    """It ends with its term, and what was scheduled for the next one is gone; the new one renews."""
    with open_world(tmp_path) as world:
        world.make()
        order = world.order()
        plant(
            world,
            {"operation": "users_page", "fault": "scheduled_change", "hits": [1]},
            {"operation": "users_page", "fault": "renewal_off", "hits": [2]},
        )
        world.user_ids()
        scheduled = old_subscription(world)
        world.user_ids()
        after = old_subscription(world)
        target_id = order["lineItems"][0]["subscriptionId"]
        new = world.get(world.seller(f"/subscriptions/{target_id}"))

    assert (scheduled["autoRenewEnabled"], scheduled["scheduledNextTermInstructions"]["quantity"]) == (
        True,
        5,
    )
    assert (after["autoRenewEnabled"], "scheduledNextTermInstructions" in after) == (False, False)
    assert new["autoRenewEnabled"] is True


@pytest.mark.parametrize(
    ("told", "allowed"),
    [
        ({"fault": "second_seller", "quantity": 0}, "quantity is 0; allowed: a whole number of 1"),
        ({"fault": "scheduled_change", "billing_cycle": "weekly"}, "allowed: one of monthly, annual"),
        ({"fault": "scheduled_change", "is_other_plan": 1}, "is_other_plan is 1; allowed: true or false"),
        ({"fault": "renewal_off", "quantity": 3}, "quantity is 3; allowed: no field"),
    ],
)
def test_what_they_are_told_is_checked(tmp_path: Path, told: dict[str, Any], allowed: str) -> None:
    """A parameter out of its range is refused with field, value and range."""
    rule = {"operation": "subscriptions", "hits": [1]} | told
    with open_world(tmp_path) as world:
        world.make()
        answer = world.call("PUT", "/sandbox/faults", {"rules": [rule]})

    assert answer.status_code == 422
    assert allowed in answer.json()["detail"]


def test_a_change_of_settings_is_neither_a_quantity_nor_a_stopped_renewal(tmp_path: Path) -> None:
    """Renewal, scheduled change and name have a call name of their own, as the record of calls has it."""
    with running_sandbox(tmp_path) as sandbox:
        today = datetime.now(UTC).date().isoformat()
        body = {"seed": 1, "users": 3, "plan_id": SOURCE_PLAN, "period_start_on": today}
        made = sandbox.make(body | {"options": {"terms": "new_commerce"}})
        asked, seller = (made["organization_id"], made["subscription_id"]), sandbox.cloud.seller
        change = ScheduledChange(plan_id=SOURCE_PLAN, quantity=2)
        rule = {"operation": "change_quantity", "fault": "failed", "status": 503, "rate": 1}
        settings = {"operation": "change_settings", "fault": "latency", "seconds": 0, "rate": 1}
        program = {"rules": [rule, settings]}
        sandbox.control.put("/sandbox/faults", json=program).raise_for_status()
        for number, each in enumerate(
            (
                SubscriptionSettings(friendly_name="Berlin"),
                SubscriptionSettings(scheduled=change),
                SubscriptionSettings(is_auto_renewed=False),
                SubscriptionSettings(is_auto_renewed=True),
            )
        ):
            seller.change_settings(*asked, each, key=f"set-{number}")
        times = sandbox.control.get("/sandbox/faults").json()["fired"]
        sent = [each for each in sandbox.requests if each.method == "PATCH"]

    quantity = made["quantity"]
    named = [call_of("PATCH", each.url.path, "", each.content, quantity=quantity) for each in sent]
    assert [each.operation for each in named] == ["change_settings"] * 4
    assert times == {"latency": 4}
