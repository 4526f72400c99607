"""Every activity delivered twice: the same answer, no second event, no second effect.

See architecture#the-shape-of-a-step.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities import contract as steps
from activities.contract import StreamPosition
from domain.kernel.errors import ConcurrentWrite, SwitchInProgress
from domain.kernel.ids import organization_stream_id, replacement_stream_id, subscription_stream_id
from domain.kernel.recorded import Meta
from domain.organizations.organization import Organization
from tests.support.acts.written import written_for
from tests.support.worlds.steps import WHOLE_SWITCH, StepRunner
from tests.support.worlds.world import CLEAN, World

THREADS = 20


def recorded_part(result: steps.StepResult) -> dict[str, Any]:
    """Return what a step answers from the record: all but where the stream is and what this attempt did."""
    apart = {"saved", "attempt", "tried_now", "failed_now"}
    return {name: value for name, value in asdict(result).items() if name not in apart}


async def test_every_activity_may_be_delivered_twice(world: World) -> None:
    """A step whose answer was lost runs again and answers what was recorded."""
    order = world.order(world.organization())
    runner = StepRunner(world, order)
    source_id = subscription_stream_id(order.organization_id, order.source_subscription_id)
    for spec, fields in WHOLE_SWITCH:
        first = await runner.run(spec, keep=False, **fields)
        before, money = world.store.max_notification_id(), world.ledger(order, "charge")

        second = await runner.run(spec, attempt=2, **fields)

        assert recorded_part(second) == recorded_part(first), spec.name
        assert set(second.saved) <= set(first.saved), "a stream has grown"
        assert str(source_id) in {each.stream_id for each in second.saved}
        assert not written_for(world.store, order.switch_id, before), f"{spec.name} wrote again"
        assert world.ledger(order, "charge") == money, f"{spec.name} charged again"
    verdict = world.verdict(order)
    assert (verdict["orders"], verdict["cancellations"], len(world.ledger(order, "invoice"))) == (1, 1, 1)
    assert {name: verdict[name] for name in CLEAN} == CLEAN


@pytest.mark.parametrize("outcome", ["cancelled", "failed"])
async def test_the_way_back_may_be_delivered_twice(world: World, outcome: str) -> None:
    """The order is voided once, and the switch ends once (switch#ways-back)."""
    order = world.order(world.organization())
    runner = StepRunner(world, order)
    await runner.run(steps.REQUEST_SWITCH)
    await runner.run(steps.ORDER_REPLACEMENT)
    end: dict[str, Any] = {"outcome": outcome, "code": "TEST", "message": "a test"}

    first = await runner.run(steps.END_SWITCH, keep=False, **end)
    before = world.store.max_notification_id()
    second = await runner.run(steps.END_SWITCH, attempt=2, **end)

    assert (first.outcome, second.outcome) == (outcome, outcome)
    assert not written_for(world.store, order.switch_id, before)
    assert (world.is_free(order), world.failings(order)) == (True, CLEAN)


async def test_an_older_database_stops_the_switch(world: World) -> None:
    """A stream that is shorter than an earlier step saw it is STORE_BEHIND."""
    order = world.order(world.organization())
    runner = StepRunner(world, order)
    await runner.run(steps.REQUEST_SWITCH)
    stream_id = str(organization_stream_id(order.organization_id))
    runner.remember(StreamPosition(stream_id=stream_id, version=99))

    with pytest.raises(ApplicationError) as raised:
        await runner.run(steps.ORDER_REPLACEMENT)

    assert (raised.value.type, raised.value.non_retryable) == ("STORE_BEHIND", True)
    assert world.store.subscription(replacement_stream_id(order.switch_id)) is None


async def test_the_same_request_id_for_another_subscription_reserves_nothing(world: World) -> None:
    """A request id is one request, whatever workflow brings it (architecture#workflows)."""
    organization = world.organization()
    order = world.order(organization)
    await StepRunner(world, order).run(steps.REQUEST_SWITCH)
    other = world.order(organization, request_id=order.request_id, quantity=40)

    answer = await StepRunner(world, other).run(steps.REQUEST_SWITCH)

    assert (answer.accepted, answer.code) == (False, "REQUEST_REUSED")


async def test_twenty_threads_reserve_one_organization_and_one_wins(world: World) -> None:
    """One live switch per organization is the aggregate's invariant, whoever races.

    See architecture#streams-and-events.
    """
    organization_id = world.organization()["organization_id"]

    def reserve(number: int) -> str:
        for _ in range(THREADS):
            found = world.store.organization(organization_id)
            meta = _meta(organization_id, number)
            now = datetime.now(UTC)
            organization = found or Organization.register(organization_id, at=now, meta=meta)
            try:
                organization.reserve_switch(
                    f"switch-{number}",
                    source_stream_id=str(subscription_stream_id(organization_id, "source")),
                    promised_end=now + timedelta(hours=1),
                    at=now,
                    meta=meta,
                )
                world.store.save(organization)
            except ConcurrentWrite:
                continue
            except SwitchInProgress as error:
                return f"refused: {error.details['holder']}"
            return "reserved"
        raise AssertionError

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(reserve, range(THREADS)))

    winner = answers.index("reserved")
    assert answers.count("reserved") == 1
    assert answers.count(f"refused: switch-{winner}") == THREADS - 1
    topics = [each.topic for each in world.store.stream_events(organization_stream_id(organization_id))]
    assert topics == ["organization.registered", "organization.switch-reserved"]


def _meta(organization_id: str, number: int) -> Meta:
    return Meta(
        switch_id=f"switch-{number}",
        organization_id=organization_id,
        actor="ada",
        reason="race",
        causation=f"request:{number}",
    )
