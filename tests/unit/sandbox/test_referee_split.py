"""The referee on a switch of some users: both plans are billed, each for its own (manual#some-users)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.clouds.sandbox_world import E1, E3, World, open_world

TODAY = "2026-11-10"
MOVING = 4


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    """Yield a sandbox with one organization of 12 users on E1, each with a license."""
    with open_world(tmp_path) as world:
        world.make(users=12, options={"has_side_products": False})
        yield world


def _order(world: World, key: str, quantity: int = MOVING) -> str:
    return str(world.order(quantity=quantity, key=key)["lineItems"][0]["subscriptionId"])


def _move(world: World, count: int) -> None:
    for user_id in world.user_ids()[:count]:
        assert world.assign(user_id, add=E3, remove=E1).status_code == 200


def _leave(world: World, quantity: int) -> None:
    """Reduce the old subscription."""
    path = world.seller(f"/subscriptions/{world.made['subscription_id']}")
    resource = world.get(path)
    headers = {"If-Match": f'"{resource["attributes"]["etag"]}"'}
    assert world.call("PATCH", path, resource | {"quantity": quantity}, headers).status_code == 200


def _start(world: World, target: str, key: str = "start") -> None:
    money = {"currency": "EUR", "amount_minor_units": 5, "unit_price_minor_units": 5}
    days = {"effective_on": TODAY, "period_end_on": world.made["period_end_on"], "quantity": MOVING}
    assert world.bill(target, "start", money | days, key).status_code == 201


def _stop(world: World) -> None:
    stopped = world.bill(world.made["subscription_id"], "stop", {"effective_on": TODAY}, "stop")
    assert stopped.status_code == 200


def _split(world: World, *, spare: int = 0) -> str:
    """Move some users, leave the old plan to the others, and bill the new one; return it."""
    target = _order(world, "1")
    _move(world, MOVING)
    _leave(world, len(world.user_ids()) + spare)
    _start(world, target)
    return target


def _figures(world: World) -> dict[str, Any]:
    verdict = world.referee()
    return {name: verdict[name] for name in ("double_charges", "unbilled_days", "orphan_orders")}


def test_two_plans_with_their_own_users_are_no_double_charge(world: World) -> None:
    """Each license that is left is of a user who stays: also later, when some of them are gone."""
    _split(world)
    for user_id in world.user_ids()[:2]:
        assert world.assign(user_id, remove=E1).status_code == 200

    assert _figures(world) == {"double_charges": 0, "unbilled_days": 0, "orphan_orders": 0}


def test_a_license_that_is_left_for_nobody_is_a_double_charge(world: World) -> None:
    """A user who has moved is paid for under both plans."""
    _split(world, spare=1)

    assert _figures(world)["double_charges"] > 0


def test_licenses_that_were_given_back_before_anybody_moved_are_no_split(world: World) -> None:
    """Everyone moves afterwards: the old plan has to be given back, or it is paid for twice."""
    target = _order(world, "1", quantity=12)
    _leave(world, len(world.user_ids()))
    _move(world, len(world.user_ids()))
    _start(world, target)

    assert _figures(world)["double_charges"] > 0


def test_a_second_charge_of_the_new_plan_is_found_beside_the_old_one(world: World) -> None:
    """That the old plan goes on allows one charge of each for a day, and not two of one."""
    target = _split(world)
    _start(world, target, key="again")

    assert _figures(world)["double_charges"] > 0


def test_a_plan_of_who_stays_that_is_billed_no_more_is_found(world: World) -> None:
    """They work with it, and no order of another plan is open."""
    _split(world)
    _stop(world)

    assert _figures(world)["orphan_orders"] == 1


def test_who_stays_may_go_to_a_plan_of_their_own_later(world: World) -> None:
    """From the first switch on two subscriptions are billed, whichever they are."""
    _split(world)
    second = _order(world, "2", quantity=12)
    _move(world, len(world.user_ids()))
    assert world.cancel(world.made["subscription_id"]).status_code == 200
    _stop(world)
    days = {"from_on": TODAY, "to_on": world.made["period_end_on"], "reason": "unused days"}
    credit = {"currency": "EUR", "amount_minor_units": 1} | days
    assert world.bill(world.made["subscription_id"], "credits", credit, "credit").status_code == 201
    _start(world, second, key="second")

    assert _figures(world)["double_charges"] == 0
