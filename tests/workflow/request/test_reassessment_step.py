"""Eligibility inside a running switch: own locks do not count, each look is recorded (switch#assessment)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.base.attempt import step_of
from activities.contract import CANCEL_SOURCE, StepInput, SwitchOrder
from activities.request.reassessment import reassess
from domain.eligibility.assessment import Assessed
from domain.eligibility.eligibility import Assessment
from domain.reasons.reasons import BEFORE_CANCELLATION, BEFORE_FIRST_MOVE
from tests.support.acts.written import written_for
from tests.support.switches.reassessment import ordered
from tests.support.worlds.world import World


async def look(world: World, order: SwitchOrder, stage: str) -> Assessment:
    """Assess once more, as a step of the switch does."""
    environment = ActivityEnvironment()
    environment.info = replace(
        environment.info, activity_type=CANCEL_SOURCE.name, started_time=datetime.now(UTC)
    )

    def step() -> Assessment:
        with step_of(world.toolbox, StepInput(order=order)) as attempt:
            return reassess(attempt, stage)

    found: Assessment = await asyncio.to_thread(environment.run, step)
    return found


def assessments(world: World, order: SwitchOrder, after: int) -> list[Assessed]:
    """Return the assessments that were recorded for a switch since a notification."""
    events = [each.event for each in written_for(world.store, order.switch_id, after)]
    return [each for each in events if isinstance(each, Assessed)]


async def test_before_the_first_license_own_locks_do_not_count_and_an_incident_does(world: World) -> None:
    """The switch's own place in the organization is no reason; a service that broke down meanwhile is."""
    world.sandbox.settings(provisioning_delay_seconds=600)
    order = world.order(world.organization())
    handle, _ = await world.start(order)
    await world.until_stage(handle, "provisioning")
    before = world.store.max_notification_id()
    owing = {"changes": {"balance_due_minor_units": 100}}
    world.sandbox.edit(order.organization_id, kind="profile", **owing)

    answer = await look(world, order, BEFORE_FIRST_MOVE)

    assert (answer.is_eligible, answer.reasons, answer.stage) == (True, (), BEFORE_FIRST_MOVE)
    board = {"kind": "health", "service": "Exchange"}
    world.sandbox.edit(order.organization_id, **board, status="serviceInterruption")
    with pytest.raises(ApplicationError) as caught:
        await look(world, order, BEFORE_FIRST_MOVE)
    assert caught.value.type == "NOT_ELIGIBLE_FOR_SWITCH"
    accepted, refused = assessments(world, order, before)
    assert (accepted.accepted, refused.accepted) == (True, False)
    assert [each["code"] for each in refused.subject["answer"]["reasons"]] == ["SERVICE_UNHEALTHY"]

    world.sandbox.edit(order.organization_id, **board, status="serviceRestored")
    assert (await look(world, order, BEFORE_FIRST_MOVE)).is_eligible
    await world.cancel(handle)
    await world.result(handle)


async def test_before_cancellation_a_source_that_somebody_ended_is_a_reason(world: World) -> None:
    """What we asked for ourselves is never looked at so again: from there a switch only goes forward."""
    order, handle = await ordered(world, "verification.verify_move:end")
    show_as(world, order, "suspended")
    with pytest.raises(ApplicationError, match="suspended, not active"):
        await look(world, order, BEFORE_CANCELLATION)
    show_as(world, order, "active")
    world.ambushes.go_on(order.switch_id)
    await world.result(handle)


def show_as(world: World, order: SwitchOrder, status: str) -> None:
    """Let the seller show the source in a status that nobody asked him for."""
    world.sandbox.edit(
        order.organization_id,
        kind="subscription",
        subscription_id=order.source_subscription_id,
        changes={"status": status},
    )
