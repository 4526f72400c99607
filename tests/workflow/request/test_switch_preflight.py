"""Users are looked at before the order, and what is found is in the record (rules#operator-controls)."""

from __future__ import annotations

import pytest
from temporalio import activity
from temporalio.exceptions import ApplicationError, CancelledError

from activities import contract as steps
from activities.assessment import preflight as looking
from activities.assessment.preflight import preview
from activities.order import purchase
from domain.kernel.errors import ConcurrentWrite
from domain.licenses.preflight import NAMED_MAX
from domain.switch.preflight_events import PreflightChecked
from tests.support.controls.half_moved import recorded
from tests.support.worlds.steps import StepRunner
from tests.support.worlds.world import World


async def test_the_quote_and_the_record_tell_the_same_of_the_users(world: World) -> None:
    """Preview and request look by one function; the record names opaque keys (rules#operator-controls)."""
    organization = world.organization(12, missing_usage_location=2)
    order = world.order(organization)
    told = preview(
        world.sandbox.cloud, world.toolbox.catalogs.current(), world.prepare(organization)
    ).preflight

    handle, answer = await world.start(order)
    await world.until_stage(handle, "held")
    (event,) = recorded(world, order, PreflightChecked)

    assert answer.accepted
    assert told is not None
    (finding,), (seen,) = event.findings, told.findings
    assert (event.users, event.users_checked, event.failing) == (12, 12, 2)
    assert (told.users_checked, told.failing, seen.users) == (12, 2, finding["users"])
    keys = world.store.vault.keys_for(order.organization_id, seen.named)
    assert [str(key) for key in keys] == finding["user_keys"]
    assert not any(name in str(event) for name in seen.named)
    await world.roll_back(handle)
    await world.result(handle)


async def test_where_nobody_could_be_moved_nothing_is_ordered(world: World) -> None:
    """A request that all users would fail is refused with what to do (rules#operator-controls)."""
    order = world.order(world.organization(6, missing_usage_location=6))

    _, answer = await world.start(order)

    assert (answer.accepted, answer.code) == (False, "RULE_VIOLATED")
    assert "None of the 6 users" in answer.message
    assert "usage location" in answer.remedy
    assert world.verdict(order)["orders"] == 0
    assert world.is_free(order)


async def test_of_many_users_all_are_looked_at_before_the_order(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waits for the answer waits for the first users; the order waits for all."""
    monkeypatch.setattr(looking, "USERS_MAX", 500)
    order = world.order(world.organization(1_100, missing_usage_location=110))
    runner = StepRunner(world, order)

    accepted = await runner.run(steps.REQUEST_SWITCH)
    (first,) = recorded(world, order, PreflightChecked)
    ordered = await runner.run(steps.ORDER_REPLACEMENT, keep=False)
    again = await runner.run(steps.ORDER_REPLACEMENT, attempt=2)
    both = recorded(world, order, PreflightChecked)

    assert accepted.accepted
    assert (first.users, first.users_checked) == (1_100, 999)
    assert [(each.users, each.users_checked) for each in both] == [(1_100, 999), (1_100, 1_100)]
    (finding,) = both[1].findings
    assert (both[1].failing, finding["users"], len(finding["user_keys"])) == (110, 110, NAMED_MAX)
    assert ordered.order_id == again.order_id
    assert world.verdict(order)["orders"] == 1


async def test_an_order_that_was_lost_after_the_look_reads_nobody_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was seen is stored before the order, so the next attempt orders at once."""
    monkeypatch.setattr(looking, "USERS_MAX", 500)
    order = world.order(world.organization(1_100))
    runner = StepRunner(world, order)
    await runner.run(steps.REQUEST_SWITCH)

    def fail(*_: object, **__: object) -> None:
        raise ConcurrentWrite("somebody wrote first")

    with monkeypatch.context() as broken:
        broken.setattr(purchase, "require_stoppable", fail)
        with pytest.raises(ApplicationError):
            await runner.run(steps.ORDER_REPLACEMENT, keep=False)
    await runner.run(steps.ORDER_REPLACEMENT, attempt=2)
    calls = world.store.step_calls(order.switch_id, steps.ORDER_REPLACEMENT.name)

    assert len(recorded(world, order, PreflightChecked)) == 2
    assert [each.operation for each in calls].count("users_page") == 2
    assert world.verdict(order)["orders"] == 1


async def test_a_cancel_need_not_wait_for_all_users(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A switch that is taken back while its users are read stops reading, and orders nothing."""
    monkeypatch.setattr(looking, "USERS_MAX", 500)
    order = world.order(world.organization(1_100))
    runner = StepRunner(world, order)
    await runner.run(steps.REQUEST_SWITCH)
    monkeypatch.setattr(activity, "is_cancelled", lambda: True)

    with pytest.raises(CancelledError):
        await runner.run(steps.ORDER_REPLACEMENT, keep=False)

    assert len(recorded(world, order, PreflightChecked)) == 1
    assert world.verdict(order)["orders"] == 0
