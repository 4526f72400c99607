"""The referee's own look at renewals: a new plan renews as the old one did (rules#quote-and-cutover)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.clouds.sandbox_world import E3, World, cut_over, open_world


def set_renewal(world: World, subscription_id: str, *, is_on: bool) -> None:
    """Set a renewal at the seller, as a client does."""
    path = world.seller(f"/subscriptions/{subscription_id}")
    resource = world.get(path)
    headers = {"If-Match": f'"{resource["attributes"]["etag"]}"'}
    answer = world.call("PATCH", path, resource | {"autoRenewEnabled": is_on}, headers)
    assert answer.status_code == 200, answer.text


def by_hand(world: World, subscription_id: str, **changes: Any) -> None:
    """Change a subscription at the seller's own console."""
    world.edit(kind="subscription", subscription_id=subscription_id, changes=changes)


def switched(world: World) -> str:
    """Carry out a switch that sets nothing at the new plan, and return its subscription."""
    order = world.order()
    target_id: str = order["lineItems"][0]["subscriptionId"]
    for user_id in world.user_ids():
        assert world.assign(user_id, add=E3, remove=world.made["plan_id"]).status_code == 200
    assert world.cancel(world.made["subscription_id"]).status_code == 200
    cut_over(world, target_id)
    return target_id


def differences(world: World) -> int:
    """Return how many new plans renew otherwise than the old ones."""
    figure: int = world.referee()["renewal_differences"]
    return figure


@pytest.mark.parametrize(("was", "is_on"), [(True, True), (True, False), (False, True), (False, False)])
def test_a_new_plan_that_renews_otherwise_is_seen(tmp_path: Path, *, was: bool, is_on: bool) -> None:
    """What counts is the old plan's setting before its cancellation, which ends every renewal."""
    with open_world(tmp_path) as world:
        world.make()
        by_hand(world, world.made["subscription_id"], is_auto_renewed=was)
        target_id = switched(world)
        set_renewal(world, target_id, is_on=is_on)

        assert differences(world) == (was is not is_on)


def test_a_hand_at_the_new_plan_is_no_difference_of_the_switch(tmp_path: Path) -> None:
    """Whoever sets the new plan by hand afterwards makes or mends no difference."""
    with open_world(tmp_path) as world:
        world.make()
        target_id = switched(world)
        by_hand(world, target_id, is_auto_renewed=False)
        set_by_hand = differences(world)

    assert set_by_hand == 0


def test_a_plan_that_replaces_none_is_not_compared(tmp_path: Path) -> None:
    """Before the new plan is billed nothing has been switched: there is nothing to compare."""
    with open_world(tmp_path) as world:
        world.make()
        world.order()
        by_hand(world, world.made["subscription_id"], is_auto_renewed=False)

        assert differences(world) == 0
