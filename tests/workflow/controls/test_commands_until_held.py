"""Commands in the moment in which a hold is recorded and its run is not told yet.

See rules#operator-controls.
"""

from __future__ import annotations

import asyncio

import pytest

from tests.support.controls.holding import FACTS, STUCK, mend, recorded_hold, retry, send, stand_at
from tests.support.controls.taken_back import refuse_always
from tests.support.licenses.failed_users import key_of
from tests.support.licenses.pending_services import stage_of
from tests.support.worlds.world import CLEAN, World
from workflows.base.messages import CommandAnswer, RetryUsers, SkipUser
from workflows.switch.plan_switch import PlanSwitch


async def test_a_retry_is_taken_that_comes_as_soon_as_the_record_says_held(world: World) -> None:
    """Who reads `held` may answer it at once, and the answer ends the hold (rules#operator-controls)."""
    order, handle = await recorded_hold(world)
    mend(world, order)
    before = stage_of(world, order)
    sent = await retry(handle)
    world.ambushes.go_on(order.switch_id)
    answer: CommandAnswer = await sent.result()
    result = await world.result(handle)

    assert before == "held"
    assert (answer.accepted, answer.stage) == (True, "held")
    assert (result.outcome, result.moved, world.failings(order)) == ("completed", 25, CLEAN)
    assert world.source_topics(order).count("license-move-held") == 1


@pytest.mark.parametrize("name", ["skip", "retry_users"])
async def test_a_command_on_a_user_is_taken_that_comes_as_soon_as_the_record_says_held(
    world: World, name: str
) -> None:
    """Single users are skipped and tried again from the moment at which the record says so (rules 4)."""
    order, handle = await recorded_hold(world)
    (user,) = world.users_left(order)
    key = key_of(world, order, user)
    if name == "skip":
        skipped = SkipUser(request_id="u-1", user_key=key, is_loss_accepted=True, **FACTS)
        sent = await send(handle, PlanSwitch.skip_user, skipped)
    else:
        mend(world, order)
        sent = await send(
            handle, PlanSwitch.retry_users, RetryUsers(request_id="u-1", user_keys=(key,), **FACTS)
        )
    world.ambushes.go_on(order.switch_id)
    answer: CommandAnswer = await sent.result()
    await world.retry(handle, "retry-2")
    result = await world.result(handle)

    assert (answer.accepted, result.outcome) == (True, "completed")
    assert result.skipped == (name == "skip")


async def test_a_retry_is_taken_that_comes_as_soon_as_the_record_says_stuck(world: World) -> None:
    """A way back that is stuck is gone on with by whoever read it first (rules#operator-controls)."""
    order = world.order(world.organization(missing_usage_location=1))
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    world.change_cloud = refuse_always("void_order")
    standing = asyncio.create_task(stand_at(world, order, STUCK))
    await world.roll_back(handle)
    await standing
    before = stage_of(world, order)
    sent = await retry(handle)
    world.calm()
    world.ambushes.go_on(order.switch_id)
    answer: CommandAnswer = await sent.result()
    result = await world.result(handle)

    assert (before, answer.accepted, answer.stage) == ("stuck", True, "stuck")
    assert (result.outcome, world.failings(order)) == ("rolled_back", CLEAN)


async def test_a_retry_beside_a_cancel_in_that_moment_retries_nothing(world: World) -> None:
    """What leads back ends the hold before anything waits for a retry, which is told so."""
    order, handle = await recorded_hold(world)
    sent = await retry(handle)
    cancelled = await world.cancel(handle)
    world.ambushes.go_on(order.switch_id)
    answer: CommandAnswer = await sent.result()
    result = await world.result(handle)

    assert (cancelled.accepted, answer.accepted) == (True, False)
    assert (result.outcome, world.failings(order)) == ("rolled_back", CLEAN)
