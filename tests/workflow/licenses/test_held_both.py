"""Users who held the new plan beside the old one before the switch (switch#licenses)."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from activities.assessment.preflight import preview
from domain.catalog.catalog import load_catalog
from domain.ports.seller_port import OrderLine
from domain.reasons.findings import FindingCode
from tests.support.licenses.drift_users import listed
from tests.support.licenses.services import SHAREPOINT, SHAREPOINT_OF_TARGET, WEB
from tests.support.worlds.world import SOURCE_PLAN, TARGET_PLAN, World

USERS, HELD, BOUGHT = 20, 3, 5
#: Of both plans, under one id.
SWAY = "a23b959c-7ce8-4e57-9140-b90eb88a9e97"
OFF_BY_OLD = (SHAREPOINT, WEB)
OFF_BY_NEW = (SHAREPOINT_OF_TARGET, WEB)
#: What three users have off under the old plan, and under the new one that they hold as well.
BOTH: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (OFF_BY_OLD, ()),
    (OFF_BY_OLD, OFF_BY_NEW),
    ((), (SWAY,)),
)


def with_both(world: World) -> tuple[dict[str, Any], list[str]]:
    """Make an organization some of whose users hold both plans, and return them in the order of `BOTH`."""
    made = world.organization(users=USERS, group_licensed=0)
    organization_id = made["organization_id"]
    world.sandbox.cloud.seller.place_order(
        organization_id,
        OrderLine(plan_id=TARGET_PLAN, quantity=BOUGHT, term="P1M", billing_cycle="monthly", currency="EUR"),
        cart_key="held-cart",
        checkout_key="held-checkout",
    )
    path = f"/sandbox/organizations/{organization_id}/users"
    users = world.sandbox.control.get(path).raise_for_status().json()["users"]
    chosen = sorted(user["id"] for user in users)[:HELD]
    for user, (old, new) in zip(chosen, BOTH, strict=True):
        add = [
            {"skuId": SOURCE_PLAN, "disabledPlans": list(old)},
            {"skuId": TARGET_PLAN, "disabledPlans": list(new)},
        ]
        world.sandbox.edit(organization_id, kind="licenses", user_id=user, add=add, remove=[])
    return made, chosen


@pytest.mark.parametrize("settings", ["keep", "grant_all"])
async def test_what_is_told_of_who_held_both_plans_is_so(world: World, settings: str) -> None:
    """Only what is off under both stays off and is kept; quote, record and `switch users` say the same."""
    made, chosen = with_both(world)
    prepared = world.prepare(made, service_settings=settings)
    told = preview(world.sandbox.cloud, load_catalog(), prepared).services
    order = world.order(made, service_settings=settings)

    result = await world.complete(order)

    is_kept = settings == "keep"
    rows = world.store.license_rows(order.switch_id, "move")
    names = world.store.vault.directory_ids(order.organization_id, [row.user_key for row in rows])
    of = {names[row.user_key]: row for row in rows}
    after = world.users(order)
    assert (result.outcome, result.moved) == ("completed", USERS)
    assert [after[user][TARGET_PLAN] for user in chosen] == [[], sorted(OFF_BY_NEW) if is_kept else [], []]
    assert [of[user].kept for user in chosen] == [(), tuple(sorted(OFF_BY_OLD)) if is_kept else (), ()]
    assert [of[user].newly_granted for user in chosen] == [
        (),
        () if is_kept else tuple(sorted(OFF_BY_NEW)),
        (),
    ]
    assert [of[user].no_counterpart for user in chosen] == [(), (), ()]
    for name in ("kept", "no_counterpart", "newly_granted"):
        recorded = Counter(each for row in rows for each in getattr(row, name))
        assert {each.service_plan_id: each.users for each in getattr(told, name)} == recorded
    shown = {user.directory_id: user for user in listed(world, order)}
    assert [(len(shown[user].kept), len(shown[user].newly_granted)) for user in chosen] == [
        (0, 0),
        (2, 0) if is_kept else (0, 2),
        (0, 0),
    ]


async def test_the_quote_says_that_the_new_plan_is_owned_and_held(world: World) -> None:
    """TARGET_HELD: how many licenses are there, and how many of them are assigned (rules#target_held)."""
    made, _ = with_both(world)
    (found,) = [
        each for each in world.prepare(made).assessment.findings if each.code == FindingCode.TARGET_HELD
    ]
    none = world.prepare(world.organization()).assessment.findings

    assert (found.details["purchased"], found.details["assigned"]) == (BOUGHT, HELD)
    assert f"{BOUGHT} licenses, {HELD} of them assigned" in found.message
    assert FindingCode.TARGET_HELD not in {each.code for each in none}
