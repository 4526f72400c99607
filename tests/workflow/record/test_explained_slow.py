"""Why a switch failed, where that takes its time: an outage that lasts, and users who are tried for long.

See audit#why-did-it-fail.
"""

from __future__ import annotations

from typing import Any

from audit.autopsy.causes import Cause
from tests.support.explained.explaining import explained, until_noted
from tests.support.switches.reassessment import BEFORE_MOVE, ordered
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


async def test_too_few_licenses_while_users_move_are_named(world: World) -> None:
    """The new subscription lacks licenses: the switch holds, and says for how many users."""
    order, handle = await ordered(world, BEFORE_MOVE)
    rule: dict[str, Any] = {"operation": "change_licenses", "fault": "seats_short", "hits": [1], "seats": 5}
    path = f"/sandbox/organizations/{order.organization_id}/faults"
    world.sandbox.control.put(path, json={"seed": 1, "rules": [rule]}).raise_for_status()
    world.ambushes.go_on(order.switch_id)
    await world.until_stage(handle, "held")

    answer = explained(world, order)
    world.sandbox.control.delete(path).raise_for_status()
    await world.roll_back(handle)
    await world.result(handle)
    back = explained(world, order)

    for each in (answer, back):
        assert (each.first_cause.cause, each.first_cause.code) == (Cause.OUT_OF_LICENSES, "NO_LICENSE_FREE")
        assert "5 users could not be moved" in each.first_cause.sentence
    assert "planswitch switch amend" in answer.first_cause.remedy
    assert (answer.outcome, back.outcome) == ("hold", "rolled_back")
