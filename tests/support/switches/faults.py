"""A cloud that answers wrongly, and a switch that completes all the same."""

from __future__ import annotations

import asyncio
from itertools import cycle
from typing import Any

from activities.contract import SwitchOrder
from tests.support.worlds.world import World

SELLER = "/v1/customers/{organization}"
BILLING = "/billing/v1/customers/{organization}"
#: Reads that a switch makes, by what their request lines begin with.
READS = (
    f"GET {SELLER}/subscriptions",
    f"GET {SELLER}/orders/",
    f"GET {BILLING}",
    "GET /v1.0/subscribedSkus",
    "GET /v1.0/users",
    "GET /v1.0/admin",
)
#: Effects of a switch, in the order in which they come.
EFFECTS = (
    f"POST {SELLER}/carts",
    f"POST {SELLER}/carts/",
    "POST /v1.0/$batch",
    f"PATCH {SELLER}/subscriptions/",
    f"POST {BILLING}/subscriptions/",
    f"POST {BILLING}/invoices",
    "POST /notices/v1/customers/{organization}",
)
KINDS = ("lost_answer", "unavailable", "failed", "throttled")


async def complete_with_faults(world: World, *matches: tuple[str, ...]) -> list[SwitchOrder]:
    """Run one switch for each kind of fault, all at once; each call that is named for it fails once."""
    orders = [world.order(world.organization(users=30)) for _ in KINDS]
    faults = [
        {"match": match.format(organization=order.organization_id), "kind": kind, "count": 1}
        for order, kind, mine in zip(orders, KINDS, cycle(matches), strict=False)
        for match in mine
    ]
    world.sandbox.settings(faults=faults)
    results = await asyncio.gather(*(world.complete(order) for order in orders))
    left: list[dict[str, Any]] = world.sandbox.control.get("/sandbox/settings").json()["faults"]

    assert [fault for fault in left if fault["count"]] == [], "a fault was never met"
    assert {(result.outcome, result.moved) for result in results} == {("completed", 30)}
    return orders
