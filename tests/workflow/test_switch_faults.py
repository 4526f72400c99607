"""A cloud that answers wrongly, or not at all: every effect comes once all the same.

See architecture#the-shape-of-a-step.
"""

from __future__ import annotations

import asyncio
from itertools import cycle
from typing import Any

from activities.contract import SwitchOrder
from tests.workflow.world import CLEAN, World

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


def assert_done_once(world: World, order: SwitchOrder) -> None:
    """Check with the referee and the ledger that nothing is missing and nothing came twice."""
    verdict = world.verdict(order)
    topics = world.source_topics(order)
    (invoice,) = world.ledger(order, "invoice")
    assert {name: verdict[name] for name in CLEAN} == CLEAN
    assert (verdict["orders"], verdict["cancellations"]) == (1, 1)
    assert invoice["charged_minor_units"] in world.quoted_totals(order)
    assert len(topics) == len(set(topics)), "an event came twice"


async def test_an_effect_whose_answer_is_lost_comes_once(world: World) -> None:
    """One order, one cancellation, one charge, one notice, whatever fails."""
    for order in await complete_with_faults(world, EFFECTS):
        assert_done_once(world, order)


async def test_a_read_that_fails_is_repeated(world: World) -> None:
    """A provider that can't answer now is asked again (rules#ask-anew)."""
    for order in await complete_with_faults(world, READS[::2], READS[1::2]):
        assert_done_once(world, order)


async def test_every_call_of_a_failed_attempt_is_in_the_record(world: World) -> None:
    """Temporal forgets all but the last failure; the record keeps every call."""
    order = world.order(world.organization())
    match = f"POST /v1/customers/{order.organization_id}/carts/"
    world.sandbox.settings(faults=[{"match": match, "kind": "lost_answer", "count": 1}])

    await world.complete(order)

    calls = [each for each in world.store.calls(order.switch_id) if each.call.operation == "checkout"]
    assert [(each.attempt, each.call.status) for each in calls] == [(1, 0), (2, 201)]
    assert len({each.call.key for each in calls}) == 1, "a lost answer repeats its key"
