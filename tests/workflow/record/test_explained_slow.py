"""Why a switch waits, where the record notes it only after seconds: an outage that lasts.

See audit#why-did-it-fail.
"""

from __future__ import annotations

from audit.autopsy.causes import Cause
from tests.support.explained.explaining import explained, until_noted
from tests.support.worlds.world import World


async def test_an_outage_names_the_provider_and_what_each_attempt_heard(world: World) -> None:
    """The seller answers 503: the step waits, and its answers are told with their request ids."""
    order = world.order(world.organization())
    world.block(f"POST /v1/customers/{order.organization_id}/carts")
    handle, _ = await world.start(order)
    await until_noted(world, order, "purchase.order_replacement")

    answer = explained(world, order)
    world.block()
    await world.result(handle)
    after = explained(world, order)

    assert (answer.has_ended, answer.first_cause.cause) == (False, Cause.PROVIDER_OUTAGE)
    (refused,) = answer.answers
    assert (refused.operation, refused.status, refused.code) == ("create_cart", 503, "serviceNotAvailable")
    assert refused.count == refused.last_attempt > 1
    assert any(each.words.startswith("the order was tried") for each in answer.trials)
    assert (after.outcome, after.first_cause.cause) == ("completed", Cause.PROVIDER_OUTAGE)
