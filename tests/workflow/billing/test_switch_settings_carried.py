"""What hangs on the old subscription goes over to the new one, or its loss is confirmed.

See rules#quote-and-cutover.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from activities.contract import SwitchOrder
from audit.story.show import audit_of
from domain.kernel.errors import InvalidInput
from domain.switch.events import NoticeSent
from domain.switch.settings_events import SettingsCarried, SettingsLost, SourceSettingsChanged
from tests.support.clouds.cloud_server import SOURCE_PLAN, TARGET_PLAN
from tests.support.switches.reassessment import BEFORE_CANCELLATION
from tests.support.worlds.world import CLEAN, World

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
    # The referee does not know what an order says: it sees the difference that was asked for.
    assert world.verdict(order)["renewal_differences"] == 1


async def test_scheduled_licenses_and_friendly_name_go_over(world: World) -> None:
    """A scheduled quantity is quoted for the renewal and scheduled again; the name is copied."""
    # Within the days in which a subscription in new commerce can be cancelled.
    today = world.now().date()
    made = world.organization(users=5, has_side_products=False, terms="new_commerce", period_start_on=today)
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


def refused_program(world: World, order: SwitchOrder, *rules: dict[str, Any]) -> None:
    """Let calls of one organization go wrong."""
    path = f"/sandbox/organizations/{order.organization_id}/faults"
    world.sandbox.control.put(path, json={"rules": list(rules)}).raise_for_status()


def of_class(world: World, order: SwitchOrder, kind: type[Any]) -> list[Any]:
    """Return the events of a class on the old subscription."""
    return [each.event for each in world.source_events(order) if type(each.event) is kind]


NO = {
    "operation": "change_settings",
    "fault": "refused",
    "status": 400,
    "code": "2006",
    "text": "Not for this customer.",
}


async def test_refused_setting_is_an_open_point_with_a_remedy_and_a_notice(world: World) -> None:
    """The seller refuses what was promised: the switch completes, and nothing is lost silently."""
    made = world.organization(users=4, has_side_products=False)
    setting(world, made, is_auto_renewed=False, friendly_name="Berlin office")
    order = world.order(made)
    refused_program(world, order, NO | {"rate": 1})

    result = await world.complete(order)

    (lost,) = of_class(world, order, SettingsLost)
    notices = [each.kind for each in of_class(world, order, NoticeSent)]
    story = audit_of(world.store, order.switch_id)
    assert result.outcome == "completed"
    assert [each["setting"] for each in lost.lost] == ["auto_renew", "friendly_name"]
    assert {each["code"] for each in lost.lost} == {"2006"}
    assert all("Not for this customer." in each["message"] for each in lost.lost)
    assert not of_class(world, order, SettingsCarried)
    assert world.verdict(order)["renewal_differences"] == 1
    assert "settings_lost" in notices
    assert [each.code for each in story.open_points] == ["SETTING_LOST", "SETTING_LOST"]
    assert "renews by itself off" in story.open_points[0].remedy
    assert "Berlin" not in str(lost)


async def test_one_refused_setting_costs_no_other(world: World) -> None:
    """All at once is refused and then the renewal alone: the name goes over all the same."""
    made = world.organization(users=3, has_side_products=False)
    setting(world, made, is_auto_renewed=False, friendly_name="Berlin office")
    order = world.order(made)
    refused_program(world, order, NO | {"hits": [1, 2]})

    await world.complete(order)

    (lost,), (carried,) = of_class(world, order, SettingsLost), of_class(world, order, SettingsCarried)
    assert [each["setting"] for each in lost.lost] == ["auto_renew"]
    assert (carried.auto_renew, carried.is_name_carried) == ("", True)
    assert new_plan(world, made).friendly_name == "Berlin office"


async def test_setting_that_is_to_be_asked_anew_is_tried_again(world: World) -> None:
    """Busy, locked and unavailable are no refusals: the step asks again, and nothing is lost."""
    made = world.organization(users=3, has_side_products=False)
    setting(world, made, is_auto_renewed=False)
    order = world.order(made)
    busy = {"operation": "change_settings", "fault": "refused", "status": 423, "hits": [1]}
    failed = {"operation": "change_settings", "fault": "failed", "status": 503, "hits": [2]}
    refused_program(world, order, busy, failed)

    await world.complete(order)

    assert new_plan(world, made).renewal.is_automatic is False
    assert not of_class(world, order, SettingsLost)


async def test_renewal_that_is_turned_off_while_licenses_move_goes_over(world: World) -> None:
    """What counts is the setting before the cancellation, not that of the request."""
    made = world.organization(users=5, has_side_products=False)
    order = world.order(made)
    rule = {"operation": "change_licenses", "fault": "renewal_off", "hits": [1]}
    refused_program(world, order, rule)

    await world.complete(order)

    (changed,) = of_class(world, order, SourceSettingsChanged)
    assert changed.renewal["is_automatic"] is False
    assert new_plan(world, made).renewal.is_automatic is False
    assert world.failings(order) == CLEAN


async def test_change_that_is_scheduled_while_licenses_move_is_an_open_point_where_it_fits_no_more(
    world: World,
) -> None:
    """Nobody could confirm the loss of a change to a third plan: it is told with its figures."""
    made = world.organization(users=5, has_side_products=False)
    order = world.order(made)
    rule = {"operation": "change_licenses", "fault": "scheduled_change", "is_other_plan": True, "hits": [1]}
    refused_program(world, order, rule | {"quantity": 9})

    await world.complete(order)

    (lost,) = of_class(world, order, SettingsLost)
    (point,) = audit_of(world.store, order.switch_id).open_points
    assert [each["setting"] for each in lost.lost] == ["scheduled_change"]
    assert "9 licenses of plan" in point.remedy


async def test_plan_that_ends_while_its_switch_runs_holds_it_and_nobody_is_unlicensed(world: World) -> None:
    """A plan without a renewal runs out before its cancellation: the switch holds until it is mended."""
    made = world.organization(users=6, has_side_products=False)
    setting(world, made, is_auto_renewed=False)
    order = world.order(made)
    world.ambushes.lay(order.switch_id, BEFORE_CANCELLATION)
    handle, _ = await world.start(order)
    await world.until(lambda: BEFORE_CANCELLATION in world.ambushes.seen.get(order.switch_id, ()))
    until = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    setting(world, made, status="expired", grace_ends_at=until)
    world.ambushes.go_on(order.switch_id)
    await world.until_stage(handle, "held")
    held = world.verdict(order)

    setting(world, made, status="active", grace_ends_at=None)
    await world.retry(handle)
    result = await world.result(handle)

    assert (held["unlicensed_user_seconds"], held["cancellations"]) == (0, 0)
    assert result.outcome == "completed"
    assert new_plan(world, made).renewal.is_automatic is False
    assert world.failings(order) == CLEAN
