"""A cloud that answers wrongly, or not at all: every effect comes once all the same.

See architecture#the-shape-of-a-step.
"""

from __future__ import annotations

from activities.contract import SwitchOrder
from tests.support.switches.faults import EFFECTS, READS, complete_with_faults
from tests.support.worlds.world import CLEAN, World


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
