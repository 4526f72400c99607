"""What hangs on the old subscription goes over to the new one, or its loss is confirmed (section 5)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import InvalidInput
from domain.settings_events import SettingsCarried
from tests.contract.cloud_server import SOURCE_PLAN, TARGET_PLAN
from tests.workflow.world import CLEAN, World

THIRD_PLAN = "c7df2760-2c81-4ef7-b578-5b5392b571df"


def setting(world: World, made: dict[str, Any], **changes: Any) -> None:
    """Set the old subscription as somebody at the seller would."""
    edit = {"kind": "subscription", "subscription_id": made["subscription_id"], "changes": changes}
    world.sandbox.edit(made["organization_id"], **edit)


def instructions(quantity: int, plan_id: str = SOURCE_PLAN) -> dict[str, Any]:
    """Return a change that the seller makes with the renewal."""
    product = {"productId": plan_id, "skuId": "0001", "availabilityId": "EUR"}
    return {"product": product | {"billingCycle": "monthly", "termDuration": "P1M"}, "quantity": quantity}


def new_plan(world: World, made: dict[str, Any]) -> Any:
    """Return the new subscription as the seller shows it."""
    held = world.sandbox.cloud.seller.subscriptions(made["organization_id"])
    (found,) = (each for each in held if each.plan_id == TARGET_PLAN)
    return found


async def test_plan_that_does_not_renew_leads_to_one_that_does_not(world: World) -> None:
    """Auto-renew off is copied, told in the quote, and refuses a start at the renewal with the end date."""
    made = world.organization(users=5, has_side_products=False)
    setting(world, made, is_auto_renewed=False)
    quoted = world.prepare(made)
    with pytest.raises(InvalidInput, match=made["period_end_on"]):
        world.prepare(made, start_on="renewal")

    order = world.order(made)
    result = await world.complete(order)

    assert [each.code for each in quoted.assessment.findings] == ["AUTO_RENEW_OFF"]
    assert result.outcome == "completed"
    assert new_plan(world, made).renewal.is_automatic is False
    figures = world.verdict(order)
    assert {name: figures[name] for name in CLEAN} == CLEAN


@pytest.mark.parametrize(("word", "was", "expected"), [("on", False, True), ("off", True, False)])
async def test_order_says_how_the_new_plan_renews(
    world: World, word: str, *, was: bool, expected: bool
) -> None:
    """`auto_renew: on|off` wins over the old plan's setting and is in the record of the request."""
    made = world.organization(users=4, has_side_products=False)
    setting(world, made, is_auto_renewed=was)
    order = world.order(made, auto_renew=word)

    await world.complete(order)

    assert new_plan(world, made).renewal.is_automatic is expected
    (carried,) = (each.event for each in world.source_events(order) if type(each.event) is SettingsCarried)
    assert (carried.auto_renew, carried.code) == (word, "")


async def test_scheduled_licenses_and_friendly_name_go_over(world: World) -> None:
    """A scheduled quantity is quoted for the renewal and scheduled again; the name is copied."""
    made = world.organization(users=5, has_side_products=False, terms="new_commerce")
    setting(world, made, scheduled=instructions(5), friendly_name="Berlin office")
    quoted = world.prepare(made)

    order = world.order(made)
    await world.complete(order)

    assert quoted.quote.input.next_term is not None
    assert quoted.quote.input.next_term.quantity == 5
    target = new_plan(world, made)
    assert (target.renewal.scheduled.quantity, target.friendly_name) == (5, "Berlin office")
    (carried,) = (each.event for each in world.source_events(order) if type(each.event) is SettingsCarried)
    assert (carried.scheduled_quantity, carried.is_name_carried, carried.auto_renew) == (5, True, "on")
    assert "Berlin" not in str(carried)


async def test_scheduled_change_to_a_third_plan_is_acknowledged_as_lost(world: World) -> None:
    """Nothing is ordered before `scheduled_change_lost` is confirmed; the switch completes without it."""
    made = world.organization(users=3, has_side_products=False)
    setting(world, made, scheduled=instructions(3, THIRD_PLAN))

    refused = world.order(made)
    handle, answer = await world.start(refused)
    await world.result(handle)
    result = await world.complete(world.order(made, acknowledgments=("scheduled_change_lost",)))

    assert (answer.accepted, answer.code) == (False, "RULE_VIOLATED")
    assert "scheduled_change_lost" in answer.message
    assert result.outcome == "completed"
    assert new_plan(world, made).renewal.scheduled is None


async def test_switch_with_nothing_to_carry_sets_nothing(world: World) -> None:
    """Without a setting of its own the old plan leaves the new one as the seller has set it."""
    made = world.organization(users=3, has_side_products=False)
    order = world.order(made)

    await world.complete(order)

    assert not [each for each in world.source_events(order) if type(each.event) is SettingsCarried]
    assert new_plan(world, made).renewal.is_automatic is True
