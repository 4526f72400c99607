"""Waiting until a switch may be: it looks and starts by itself, and ends with a reason (rules#waiting)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from domain.switch.events import SwitchRequested
from services.recovery.wait_waker import WaitWaker
from tests.support.acts.pilot_groups import empty_group, pilot_order
from tests.support.worlds.dated import staffed
from tests.support.worlds.waiting import BROKEN, RESULT_SECONDS_MAX, WELL, WaitingCase, begin, health, start
from tests.support.worlds.world import CLEAN, OPERATOR, POLLS_MAX, World
from workflows.base.messages import OperatorCommand


async def waiting(world: World, environment: WorkflowEnvironment, **options: Any) -> WaitingCase:
    """Return a request that waits for the end of an incident."""
    organization = world.organization(**options.pop("organization", {}))
    order = world.order(organization)
    health(world, order.organization_id, BROKEN)
    return await begin(world, environment, order, **options)


async def test_the_end_of_an_incident_starts_the_switch(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """SERVICE_UNHEALTHY is waited for; the first look after its end starts the switch by that day's quote."""
    case = await waiting(world, temporal_env)
    assert case.answers == [["SERVICE_UNHEALTHY"]]

    case.health(WELL)
    await case.forward(minutes=6)
    result = await case.result()
    switch = await world.result(case.switch)

    assert (result.outcome, case.ending.outcome) == ("started", "started")
    assert case.answers == [["SERVICE_UNHEALTHY"], []]
    assert (switch.outcome, switch.moved) == ("completed", 25)
    assert world.failings(case.order) == CLEAN
    requested = next(e.event for e in world.source_events(case.order) if isinstance(e.event, SwitchRequested))
    assert requested.request_id == case.order.request_id


async def test_looks_come_less_and_less_often(world: World, temporal_env: WorkflowEnvironment) -> None:
    """An unchanged answer is asked for after 5, 10, 20 ... minutes up to 4 hours, and recorded once."""
    case = await waiting(world, temporal_env)

    await case.forward(hours=26)
    await case.until_looked(12)

    assert case.looks() <= 14
    assert case.answers == [["SERVICE_UNHEALTHY"]]
    await case.cancel()


async def test_a_released_lock_wakes_the_wait(world: World, temporal_env: WorkflowEnvironment) -> None:
    """SWITCH_IN_PROGRESS clears by an event: the wait looks at once, whatever its timer says."""
    organization = world.organization()
    first = world.order(organization, payment_method="invoice")
    running, _ = await world.start(first)
    await world.until_stage(running, "credit_check")
    waker = WaitWaker(world.client, world.store)
    assert await waker.run_once() == 0
    case = await begin(world, temporal_env, world.order(organization))
    assert set(case.answers[0]) == {"SWITCH_IN_PROGRESS", "CREDIT_CHECK_PENDING"}

    await world.cancel(running)
    assert (await world.result(running)).outcome == "cancelled"
    await _woken(waker)
    result = await case.result()
    switch = await world.result(case.switch)

    assert (result.outcome, switch.outcome) == ("started", "completed")
    assert world.failings(case.order) == CLEAN


async def _woken(waker: WaitWaker) -> None:
    """Let the waker work until it has told somebody: the server's list is up to a second old."""
    for _ in range(POLLS_MAX):
        if await waker.run_once():
            return
        await asyncio.sleep(0.05)
    raise AssertionError


async def test_of_two_waits_one_goes_first(world: World, temporal_env: WorkflowEnvironment) -> None:
    """Both look when the incident ends; one takes the organization, the other waits for its lock."""
    organization = world.organization()
    orders = [world.order(organization) for _ in range(2)]
    health(world, orders[0].organization_id, BROKEN)
    cases = [await begin(world, temporal_env, order) for order in orders]

    cases[0].health(WELL)
    await asyncio.gather(*(case.look() for case in cases))
    await world.until(lambda: any(case.wait.ending for case in cases))
    started = [case for case in cases if case.wait.ending]
    await world.result(started[0].switch)

    assert len(started) == 1
    (other,) = [case for case in cases if case not in started]
    await other.look("look-2")
    assert other.answers[-1] == ["SUBSCRIPTION_NOT_ACTIVE"]
    await other.cancel()


async def test_a_reason_that_never_clears_ends_the_wait(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """NEVER: the wait ends at once with the reason and its remedy, and nothing was ordered."""
    case = await waiting(world, temporal_env)

    world.sandbox.edit(
        case.order.organization_id,
        kind="subscription",
        subscription_id=case.order.source_subscription_id,
        changes={"contract_type": "productKey"},
    )
    await case.forward(minutes=6)
    result = await case.result()

    assert (result.outcome, result.code) == ("never", "PREPAID_PRODUCT_KEY")
    assert case.ending.remedy.startswith("Switch manually")
    assert case.answers[-1] == ["PREPAID_PRODUCT_KEY", "SERVICE_UNHEALTHY"]
    assert not world.source_events(case.order)


async def test_the_deadline_ends_the_wait(world: World, temporal_env: WorkflowEnvironment) -> None:
    """Not eligible by the deadline: expired, with what was waited for; nothing starts afterwards."""
    case = await waiting(world, temporal_env, days=2)

    await case.forward(days=1, hours=23)
    assert case.wait.ending is None
    await case.forward(hours=2)
    result = await case.result()

    assert (result.outcome, result.code) == ("expired", "WAIT_EXPIRED")
    assert "SERVICE_UNHEALTHY" in result.message
    assert case.ending.timestamp - case.until < timedelta(minutes=5)
    assert world.is_free(case.order)


async def test_an_operator_ends_the_wait(world: World, temporal_env: WorkflowEnvironment) -> None:
    """A cancel is answered once it is recorded, with who and why."""
    case = await waiting(world, temporal_env)

    answer = await case.cancel()
    result = await case.result()

    assert (answer.accepted, answer.stage, result.outcome) == (True, "cancelled", "cancelled")
    assert (case.ending.meta["actor"], case.ending.meta["reason"]) == (OPERATOR, "not needed")


async def test_a_cancel_does_not_wait_for_the_outside(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """While the seller is away a look goes on and on; a cancel ends the wait all the same."""
    case = await waiting(world, temporal_env)
    world.block("GET /v1/")
    look = asyncio.create_task(case.look())
    await asyncio.sleep(0.5)

    answer = await asyncio.wait_for(case.cancel(), RESULT_SECONDS_MAX)
    await look

    assert answer.accepted
    assert (await case.result()).outcome == "cancelled"


async def test_an_operators_look_is_recorded_and_answered(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """Who asks for a look gets its answer; it is recorded with the name, though nothing has changed."""
    case = await waiting(world, temporal_env)

    answer = await case.look()

    assert answer.accepted
    assert "SERVICE_UNHEALTHY" in answer.message
    assert case.answers == [["SERVICE_UNHEALTHY"], ["SERVICE_UNHEALTHY"]]
    await case.cancel()


async def test_a_wait_outlives_its_worker(world: World, temporal_env: WorkflowEnvironment) -> None:
    """A worker that stops in the middle loses nothing: the next one goes on, and starts one switch."""
    apart = World(
        client=world.client,
        toolbox=world.toolbox,
        sandbox=world.sandbox,
        task_queue=f"{world.task_queue}-apart-{id(temporal_env)}",
    )
    apart.share_seeds_of(world)
    async with staffed(apart):
        case = await waiting(apart, temporal_env)
    case.health(WELL)
    async with staffed(apart):
        await case.forward(minutes=6)
        result = await case.result()
        switch = await apart.result(case.switch)

    assert (result.outcome, switch.outcome) == ("started", "completed")
    assert apart.failings(case.order) == CLEAN


async def test_nobody_pays_more_than_was_accepted(world: World, temporal_env: WorkflowEnvironment) -> None:
    """More licenses by now cost more than the bound: it asks, nobody answers, and nothing is ordered."""
    case = await waiting(world, temporal_env)
    await asyncio.to_thread(_more_licenses, case)
    case.health(WELL)

    looked = await case.look()
    asked = case.wait.price
    await case.forward(days=4)
    result = await case.result()

    assert looked.message == "Looked: an answer about the new price."
    assert asked is not None
    assert asked.total_at_most < asked.total
    assert (result.outcome, result.code) == ("price_changed", "QUOTE_CHANGED")
    assert "at most was accepted" in result.message
    assert not world.source_events(case.order)


def _more_licenses(case: WaitingCase) -> None:
    case.world.sandbox.edit(
        case.order.organization_id,
        kind="subscription",
        subscription_id=case.order.source_subscription_id,
        changes={"quantity": 500},
    )


@pytest.mark.long
@pytest.mark.parametrize("kind", ["unavailable"])
async def test_a_seller_that_is_away_only_delays(
    world: World, temporal_env: WorkflowEnvironment, kind: str
) -> None:
    """A look without an answer decides nothing; the wait looks again when the outside is back."""
    case = await waiting(world, temporal_env)
    world.block("GET /v1/", kind=kind)
    look = asyncio.create_task(case.look())
    await asyncio.sleep(0.3)
    assert case.wait.ending is None

    world.calm()
    case.health(WELL)
    await look
    result = await case.result()

    assert result.outcome == "started"
    await world.result(case.switch)


async def test_a_long_wait_goes_on_in_a_new_run(world: World, temporal_env: WorkflowEnvironment) -> None:
    """No history grows without end: after some looks a new run goes on, with all that was accepted."""
    case = await waiting(world, temporal_env, looks_per_run=2)
    first = (await case.handle.describe()).run_id

    await case.forward(minutes=6)
    await case.until_looked(3)
    latest = world.client.get_workflow_handle(case.handle.id)
    second = (await latest.describe()).run_id
    case.health(WELL)
    command = OperatorCommand(request_id="look-2", actor=OPERATOR, reason="they called")
    await latest.execute_update("look", command)
    await world.until(lambda: case.wait.ending is not None)
    switch = await world.result(case.switch)

    assert first != second
    assert (switch.outcome, case.ending.outcome) == ("completed", "started")


async def test_a_cancel_by_temporals_own_means_is_recorded(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """Whoever cancels the workflow itself ends the wait as `switch cancel` does."""
    case = await waiting(world, temporal_env)

    await case.handle.cancel()
    result = await case.result()

    assert (result.outcome, case.ending.meta["actor"]) == ("cancelled", "temporal")


async def test_a_request_that_waits_is_one_wait(world: World, temporal_env: WorkflowEnvironment) -> None:
    """The same request joins its wait; the same id for another deadline is refused."""
    case = await waiting(world, temporal_env)

    _, again = await start(world, case.request)
    later = replace(case.request.accepted, until=case.until + timedelta(days=1))
    _, other = await start(world, replace(case.request, accepted=later))

    assert again.accepted
    assert (other.accepted, other.code) == (False, "REQUEST_REUSED")
    await case.cancel()


async def test_a_pilot_whose_group_has_emptied_ends_the_wait(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """What could be started when it was asked for and can't be any more is told, and nothing is ordered."""
    order, members = pilot_order(world, world.organization(), (2,))
    health(world, order.organization_id, BROKEN)
    case = await begin(world, temporal_env, order)
    empty_group(world.sandbox, order.organization_id, members)

    case.health(WELL)
    await case.forward(minutes=6)
    result = await case.result()

    assert (result.outcome, case.ending.code) == ("never", "INVALID_INPUT")
    assert "a group with members" in case.ending.message
    assert "`--pilot-group`" in case.ending.remedy
    assert world.verdict(order)["orders"] == 0
