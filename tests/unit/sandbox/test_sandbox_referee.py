"""The referee finds what is wrong: each test plants one fault and fails if the referee is blind to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.clouds.sandbox_world import (
    E1,
    E3,
    SHAREPOINT_E1,
    SHAREPOINT_E3,
    START,
    WEB,
    World,
    cut_over,
    move_whole_organization,
    open_world,
)

FIGURES = (
    "unlicensed_user_seconds",
    "data_service_gap_user_seconds",
    "double_charges",
    "unbilled_days",
    "orphan_orders",
)
CLEAN = dict.fromkeys(FIGURES, 0)


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    """Yield a sandbox with one organization of 30 users on E1."""
    with open_world(tmp_path) as world:
        world.make()
        yield world


def _figures(world: World) -> dict[str, Any]:
    verdict = world.referee()
    return {name: verdict[name] for name in FIGURES}


def _user_with_sharepoint(world: World) -> str:
    users = world.get("/v1.0/users?$select=id,assignedLicenses&$top=999")["value"]
    return str(
        next(
            user["id"]
            for user in users
            if any(one["skuId"] == E1 and not one["disabledPlans"] for one in user["assignedLicenses"])
        )
    )


def _invoice(world: World, switch_id: str, key: str) -> None:
    lines = [{"kind": "charge", "amount_minor_units": 5, "reference_id": None}]
    body = {"switch_id": switch_id, "lines": lines, "tax_minor_units": 1, "total_minor_units": 6}
    terms = {"currency": "EUR", "payment_method": "card"}
    answer = world.call("POST", world.billing("/invoices"), body | terms, {"Idempotency-Key": key})
    assert answer.status_code == 201


def test_clean_switch_has_no_fault(world: World) -> None:
    """A switch that adds and removes in one call and cuts over on one day has every figure 0."""
    move_whole_organization(world)
    _invoice(world, "s", "i")
    world.clock.advance(days=3)

    assert _figures(world) == CLEAN
    assert (world.referee()["orders"], world.referee()["cancellations"]) == (1, 1)


def test_removing_first_is_a_gap(world: World) -> None:
    """A user whose license is removed before the new one is added was unlicensed in between."""
    world.order()
    user_id = _user_with_sharepoint(world)
    world.assign(user_id, remove=E1)
    world.clock.advance(seconds=90)
    world.assign(user_id, add=E3)

    figures = _figures(world)
    assert figures["unlicensed_user_seconds"] == pytest.approx(90, abs=0.001)
    assert figures["data_service_gap_user_seconds"] == pytest.approx(90, abs=0.001)
    assert world.referee()["unlicensed_users"] == 1


def test_gap_inside_one_batch_is_seen(world: World) -> None:
    """Removing and adding as two items of one batch is a gap too, however short."""
    world.order()
    path = f"/users/{_user_with_sharepoint(world)}/assignLicense"
    headers = {"Content-Type": "application/json"}
    bodies = [
        {"addLicenses": [], "removeLicenses": [E1]},
        {"addLicenses": [{"skuId": E3, "disabledPlans": []}], "removeLicenses": []},
    ]
    items = [
        {"id": str(number), "method": "POST", "url": path, "headers": headers, "body": body}
        for number, body in enumerate(bodies)
    ]
    world.call("POST", "/v1.0/$batch", {"requests": items})

    assert _figures(world)["unlicensed_user_seconds"] > 0


def test_license_that_works_again_grants_nothing(world: World) -> None:
    """Back on the old plan nobody misses what the new one gave, though its license was off meanwhile."""
    world.order()
    user_id = _user_with_sharepoint(world)
    world.assign(user_id, add=E3)
    world.edit(kind="license_state", user_id=user_id, plan_id=E3)
    world.edit(kind="license_state", user_id=user_id, plan_id=E3, is_active=True)
    world.assign(user_id, remove=E3)
    world.clock.advance(seconds=60)

    assert _figures(world) == CLEAN | {"orphan_orders": _figures(world)["orphan_orders"]}


def test_data_service_switched_off_is_a_gap(world: World) -> None:
    """A user who loses SharePoint in the move is licensed, but has a gap that lasts until it is on again."""
    world.order()
    user_id = _user_with_sharepoint(world)
    world.assign(user_id, add=E3, remove=E1, disabled=[SHAREPOINT_E3, WEB])
    world.clock.advance(seconds=50)
    assert _figures(world)["data_service_gap_user_seconds"] == pytest.approx(50, abs=0.001)
    world.assign(user_id, add=E3)
    world.clock.advance(seconds=50)

    figures = _figures(world)
    assert figures["data_service_gap_user_seconds"] == pytest.approx(50, abs=0.001)
    assert figures["unlicensed_user_seconds"] == 0


def test_service_off_at_the_start_does_not_count(world: World) -> None:
    """A service that was off under the old plan may stay off under the new one."""
    world.order()
    users = world.get("/v1.0/users?$select=id,assignedLicenses&$top=999")["value"]
    user_id = next(
        user["id"]
        for user in users
        if any(SHAREPOINT_E1 in one["disabledPlans"] for one in user["assignedLicenses"])
    )
    world.assign(user_id, add=E3, remove=E1, disabled=[SHAREPOINT_E3, WEB])
    world.clock.advance(days=1)

    assert _figures(world) | {"orphan_orders": 0} == CLEAN


def test_moving_before_the_services_are_ready_is_a_gap(world: World) -> None:
    """A license whose services are still being set up gives its user nothing yet."""
    world.settings(setup_delay_seconds=120)
    world.order()
    world.assign(_user_with_sharepoint(world), add=E3, remove=E1)
    world.clock.advance(days=1)

    assert _figures(world)["unlicensed_user_seconds"] == pytest.approx(120, abs=0.001)


def test_user_left_behind_loses_everything_after_the_grace(world: World) -> None:
    """Users who are still on a cancelled subscription are unlicensed once its grace is over."""
    world.settings(grace_days=0)
    world.cancel(world.made["subscription_id"])
    world.clock.advance(seconds=10)

    assert _figures(world)["unlicensed_user_seconds"] == pytest.approx(300, abs=0.1)


def test_gap_by_hand_is_booked_to_the_hand(world: World) -> None:
    """A license taken away by a planted edit is not counted in the totals, but under its actor."""
    world.edit(kind="licenses", user_id=_user_with_sharepoint(world), remove=[E1])
    world.clock.advance(seconds=20)

    verdict = world.referee()
    assert {name: verdict[name] for name in FIGURES} == CLEAN
    assert verdict["by_actor"]["hand"]["unlicensed_user_seconds"] == pytest.approx(20, abs=0.001)
    assert verdict["by_actor"]["app"]["unlicensed_user_seconds"] == 0


def test_gap_by_hand_does_not_hide_ours(world: World) -> None:
    """What we take away from a user whom a hand had touched is booked to us."""
    world.order()
    user_id = _user_with_sharepoint(world)
    yammer = "7547a3fe-08ee-4ccb-b430-5077c5041653"
    world.edit(kind="licenses", user_id=user_id, add=[{"skuId": E1, "disabledPlans": [yammer]}])
    world.clock.advance(seconds=10)
    world.assign(user_id, add=E3, remove=E1, disabled=[yammer, SHAREPOINT_E3, WEB])
    world.clock.advance(seconds=30)

    verdict = world.referee()
    assert verdict["data_service_gap_user_seconds"] == pytest.approx(30, abs=0.001)
    assert verdict["by_actor"]["hand"]["data_service_gap_user_seconds"] == pytest.approx(40, abs=0.001)


def test_joiner_and_leaver_are_no_gap(world: World) -> None:
    """Somebody who joins by hand is watched from then on; somebody who leaves is no longer."""
    world.edit(kind="add_user", display_name="Nora New", plan_id=E1)
    world.edit(kind="delete_user", user_id=world.user_ids()[0])
    world.clock.advance(seconds=60)

    assert _figures(world) == CLEAN
    assert len(world.user_ids()) == 30


def test_day_charged_twice_is_found(world: World) -> None:
    """Starting the new billing without crediting the old one charges every day of the rest twice."""
    target = world.order()["lineItems"][0]["subscriptionId"]
    end_on = world.made["period_end_on"]
    start = {"effective_on": "2026-11-10", "period_end_on": end_on, "quantity": 40, "currency": "EUR"}
    prices = {"unit_price_minor_units": 5, "amount_minor_units": 5}
    world.bill(target, "start", start | prices, "start")

    assert _figures(world)["double_charges"] >= 1
    days = {"from_on": "2026-11-10", "to_on": end_on, "reason": "unused days"}
    money = {"currency": "EUR", "amount_minor_units": 1}
    world.bill(world.made["subscription_id"], "credits", money | days, "credit")
    assert _figures(world)["double_charges"] == 0


@pytest.mark.parametrize(("days", "double", "overlap"), [(3, 27, 0), (8, 0, 22)])
def test_only_what_could_not_be_cancelled_is_an_overlap(
    world: World, days: int, double: int, overlap: int
) -> None:
    """Not renewed inside its window, days beside the new plan are double; after it they are told apart."""
    world.make(seed=9, period_start_on="2026-11-10", options={"terms": "new_commerce"})
    source, end_on = world.made["subscription_id"], world.made["period_end_on"]
    world.clock.advance(days=days)
    today = (START + timedelta(days=days)).date().isoformat()
    target = world.order()["lineItems"][0]["subscriptionId"]
    start = {"effective_on": today, "period_end_on": end_on, "quantity": 40, "unit_price_minor_units": 2000}
    world.bill(target, "start", start | {"currency": "EUR", "amount_minor_units": 100}, "start")
    path = world.seller(f"/subscriptions/{source}")
    resource = world.get(path)
    etag = {"If-Match": f'"{resource["attributes"]["etag"]}"'}

    assert world.call("PATCH", path, resource | {"autoRenewEnabled": False}, etag).status_code == 200
    verdict = world.referee()

    assert (verdict["double_charges"], verdict["overlap_days"]) == (double, overlap)


def test_charge_under_a_second_key_is_found(world: World) -> None:
    """The same charge booked again under another key is a double charge."""
    target = move_whole_organization(world)
    end_on = world.made["period_end_on"]
    start = {"effective_on": "2026-11-10", "period_end_on": end_on, "quantity": 40, "currency": "EUR"}
    prices = {"unit_price_minor_units": 2000, "amount_minor_units": 100}
    assert _figures(world) == CLEAN
    world.bill(target, "start", start | prices, "again")

    assert _figures(world)["double_charges"] >= 1


def test_invoice_issued_twice_is_found(world: World) -> None:
    """The same invoice of a switch under two keys is a double charge."""
    _invoice(world, "s", "1")
    _invoice(world, "other", "2")
    assert _figures(world)["double_charges"] == 0
    _invoice(world, "s", "3")

    assert _figures(world)["double_charges"] == 1


def test_unbilled_day_is_found(world: World) -> None:
    """When the new billing starts two days after the old one ended, those days are unbilled."""
    target = world.order()["lineItems"][0]["subscriptionId"]
    for user_id in world.user_ids():
        world.assign(user_id, add=E3, remove=E1)
    world.cancel(world.made["subscription_id"])
    cut_over(world, target, on="2026-11-10", starts_on="2026-11-12")
    assert _figures(world)["unbilled_days"] == 1
    world.clock.advance(days=5)

    assert _figures(world)["unbilled_days"] == 2


def test_days_from_a_stop_at_the_order_to_the_cancellation_are_free(world: World) -> None:
    """Billing stopped while the old plan served on: those days are nobody's, each later gap still counts."""
    source = world.made["subscription_id"]
    target = world.order()["lineItems"][0]["subscriptionId"]
    assert world.bill(source, "stop", {"effective_on": "2026-11-10"}, "stop").status_code == 200
    world.clock.advance(days=4)
    for user_id in world.user_ids():
        world.assign(user_id, add=E3, remove=E1)
    world.cancel(source)
    cut_over(world, target, on="2026-11-10", starts_on="2026-11-15")
    world.clock.advance(days=5)

    assert _figures(world) == CLEAN | {"unbilled_days": 1}


def test_a_stop_that_nobody_took_back_is_found(world: World) -> None:
    """The order is void and the old plan serves for nothing: an orphan, until it is resumed."""
    source = world.made["subscription_id"]
    order = world.order()
    assert world.bill(source, "stop", {"effective_on": "2026-11-10"}, "stop").status_code == 200
    world.call("PATCH", world.seller(f"/orders/{order['id']}"), {"status": "cancelled"})
    assert _figures(world) == CLEAN | {"orphan_orders": 1}
    world.clock.advance(days=40)
    assert world.bill(source, "resume", {}, "resume").status_code == 200

    assert _figures(world) == CLEAN


def test_days_that_a_resume_took_back_count_again(world: World) -> None:
    """A credit for days of a stop that was taken back leaves them unbilled."""
    source = world.made["subscription_id"]
    assert world.bill(source, "stop", {"effective_on": "2026-11-10"}, "stop").status_code == 200
    assert world.bill(source, "resume", {}, "resume").status_code == 200
    money = {"currency": "EUR", "amount_minor_units": 100}
    days = {"from_on": "2026-11-10", "to_on": "2026-11-12", "reason": "planted"}
    assert world.bill(source, "credits", money | days, "credit").status_code == 201
    world.clock.advance(days=3)

    assert _figures(world)["unbilled_days"] == 2


def test_orphan_order_is_found(world: World) -> None:
    """An order that nobody uses is an orphan until it is voided."""
    order = world.order()
    assert _figures(world)["orphan_orders"] == 1
    world.call("PATCH", world.seller(f"/orders/{order['id']}"), {"status": "cancelled"})

    assert _figures(world) == CLEAN


def test_billing_of_a_cancelled_subscription_is_found(world: World) -> None:
    """A subscription that is cancelled and still bills is counted with the orphans."""
    order = world.order()
    for user_id in world.user_ids():
        world.assign(user_id, add=E3, remove=E1)
    world.cancel(world.made["subscription_id"])
    assert _figures(world)["orphan_orders"] == 1
    cut_over(world, order["lineItems"][0]["subscriptionId"])

    assert _figures(world) == CLEAN


def test_second_order_of_the_same_plan_is_an_orphan(world: World) -> None:
    """Two orders for one switch: the one that never bills is an orphan even though its plan has users."""
    move_whole_organization(world)
    assert _figures(world) == CLEAN
    world.order(key="twice")

    assert _figures(world)["orphan_orders"] == 1


def test_verdict_is_the_same_after_a_restart(world: World) -> None:
    """The referee reads the journal alone: a restart changes no figure."""
    user_id = _user_with_sharepoint(world)
    world.assign(user_id, remove=E1)
    world.clock.advance(seconds=5)
    before = world.referee()
    world.restart()

    assert world.referee() == before
