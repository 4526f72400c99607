"""The wait for a credit check, with the clock moved on (rules#credit-check)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.testing import WorkflowEnvironment

from domain.organizations.organization import Organization
from tests.support.worlds.credit import HARMLESS, CreditCase, waiting_case
from tests.support.worlds.world import World


def _organization(case: CreditCase) -> Organization:
    found = case.world.store.organization(case.order.organization_id)
    assert found is not None
    return found


def _notices(case: CreditCase) -> list[str]:
    path = f"/notices/v1/customers/{case.order.organization_id}/notices"
    token = {"Authorization": f"Bearer sandbox-{case.order.organization_id}"}
    answer = case.world.sandbox.control.get(path, headers=token).raise_for_status()
    return [notice["kind"] for notice in answer.json()["notices"]]


def _require_untouched(case: CreditCase) -> None:
    """The old plan is kept, the order is void, nothing is charged, all locks are free."""
    assert case.world.is_free(case.order)
    assert not case.is_charged()
    assert case.world.failings(case.order) == HARMLESS
    assert "replacement-voided" in case.world.source_topics(case.order)
    plans = case.world.users(case.order).values()
    assert all(case.source.plan_id in held for held in plans)


async def test_approval_continues_the_switch(world: World, temporal_env: WorkflowEnvironment) -> None:
    """While the check runs commerce alone is locked; approved, the switch goes on by itself."""
    case = await waiting_case(world, temporal_env)
    locked = _organization(case)
    assert locked.commerce_lock is not None
    assert locked.commerce_lock.promised_end == case.required.deadline_at
    assert locked.administration_lock is None

    answer = await case.decide("approved")
    result = await case.result()

    assert (answer.accepted, result.outcome, result.moved) == (True, "completed", 25)
    assert case.topics == ["required", "approved"]
    assert world.failings(case.order) == HARMLESS
    assert world.is_free(case.order)


async def test_decline_keeps_the_old_plan(world: World, temporal_env: WorkflowEnvironment) -> None:
    """Declined: the order is void, nothing is charged, nobody moves, and the organization is told."""
    case = await waiting_case(world, temporal_env)

    answer = await case.decide("declined")
    result = await case.result()

    assert (answer.accepted, result.outcome, result.code) == (True, "declined", "CREDIT_DECLINED")
    assert case.topics == ["required", "declined"]
    assert _notices(case) == ["credit_check_required", "switch_declined"]
    _require_untouched(case)


async def test_silence_expires_at_the_cap(world: World, temporal_env: WorkflowEnvironment) -> None:
    """Without an answer: reminder, a hold with a missed promise, then the order is void by itself."""
    case = await waiting_case(world, temporal_env)

    await temporal_env.fast_forward(case.handle)
    result = await case.result()

    assert (result.outcome, result.code) == ("expired", "CREDIT_EXPIRED")
    assert case.topics == ["required", "reminded", "overdue", "expired"]
    assert "promise-missed" in world.source_topics(case.order)
    assert _notices(case) == [
        "credit_check_required",
        "credit_check_reminder",
        "void_window_closing",
        "switch_expired",
    ]
    _require_untouched(case)


async def test_each_mark_comes_at_its_instant(world: World, temporal_env: WorkflowEnvironment) -> None:
    """A second before reminder, deadline and cap nothing is recorded; a second after, it is."""
    case = await waiting_case(world, temporal_env)
    required = case.required
    marks = ((required.reminder_at, "reminded"), (required.deadline_at, "overdue"))

    for instant, topic in marks:
        await case.forward_to(instant, seconds=-5)
        assert topic not in case.topics
        await case.forward_to(instant)
        await world.until(lambda topic=topic: topic in case.topics)  # type: ignore[misc]

    await world.until_stage(case.handle, "credit_overdue")
    await case.forward_to(required.cap_at, seconds=-5)
    assert "expired" not in case.topics
    await case.forward_to(required.cap_at)
    assert (await case.result()).outcome == "expired"


async def test_approval_during_the_hold_continues(world: World, temporal_env: WorkflowEnvironment) -> None:
    """An approval that comes when an operator is waited for continues the switch."""
    case = await waiting_case(world, temporal_env)
    await case.forward_to(case.required.deadline_at)
    await world.until_stage(case.handle, "credit_overdue")
    await world.until_waiting(case.handle)

    retried = await world.retry(case.handle)
    world.sandbox.approve(case.order.organization_id)
    await case.decide("approved", by="bureau")

    assert not retried.accepted, "there is nothing to retry in a wait"
    assert (await case.result()).outcome == "completed"
    assert case.topics == ["required", "reminded", "overdue", "approved"]


async def test_hold_is_extended_once(world: World, temporal_env: WorkflowEnvironment) -> None:
    """An extension ends the hold until a new deadline; a second one, or more than two days, is refused."""
    case = await waiting_case(world, temporal_env)
    await case.forward_to(case.required.deadline_at)
    await world.until_stage(case.handle, "credit_overdue")

    assert "allowed: 1 to 2" in await case.refused(3)
    first = await case.extend()
    await world.until_stage(case.handle, "credit_check")
    again = await case.extend()
    second = await case.extend(request_id="e-2")

    assert (first.accepted, again.accepted, second.accepted) == (True, True, False)
    assert "extended before" in second.message
    await temporal_env.fast_forward(case.handle)
    assert (await case.result()).outcome == "expired"
    assert case.topics == ["required", "reminded", "overdue", "extended", "overdue", "expired"]


async def test_extension_before_the_deadline_puts_it_off(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """Extended early, the hold comes at the new deadline and not at the old one."""
    case = await waiting_case(world, temporal_env)

    await case.extend(1)
    await case.forward_to(case.required.deadline_at, seconds=60)

    assert case.topics == ["required", "extended", "reminded"]
    await case.decide("declined")
    assert (await case.result()).outcome == "declined"


async def test_duplicates_agree_and_contradictions_are_refused(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """The first answer counts; the same again is answered alike, another is told what was recorded."""
    case = await waiting_case(world, temporal_env)
    world.block(f"GET /v1/customers/{case.order.organization_id}/orders")

    answers = await asyncio.gather(
        case.decide("approved", "d-1"), case.decide("approved", "d-1"), case.decide("approved", "d-2")
    )
    against = await case.decide("declined", "d-3")

    assert [answer.accepted for answer in answers] == [True, True, True]
    assert not against.accepted
    assert "was approved" in against.message
    assert case.topics == ["required", "approved"]
    world.block()
    await world.cancel(case.handle)
    assert (await case.result()).outcome == "cancelled"


async def test_late_answer_is_refused(world: World, temporal_env: WorkflowEnvironment) -> None:
    """While an expired switch is being taken back, an approval no longer counts."""
    case = await waiting_case(world, temporal_env)
    world.block("PATCH /v1/")
    # Past the cap, but not through the retries of what the seller does not answer.
    await case.forward_to(case.required.cap_at)
    await world.until_stage(case.handle, "ending")

    late = await case.decide("approved")
    world.block()
    await temporal_env.fast_forward(case.handle)

    assert not late.accepted
    assert (await case.result()).outcome == "expired"
    assert "approved" not in case.topics


async def test_operator_can_not_overrule_the_bureau(world: World, temporal_env: WorkflowEnvironment) -> None:
    """Where the bureau has approved and its callback was lost, an operator's decline is refused."""
    case = await waiting_case(world, temporal_env)
    world.sandbox.approve(case.order.organization_id)

    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await case.decide("declined")

    assert "The bureau has approved this check itself" in str(refused.value.cause)
    assert (await case.decide("approved")).accepted
    assert (await case.result()).outcome == "completed"


async def test_cancel_while_waiting(world: World, temporal_env: WorkflowEnvironment) -> None:
    """A cancel (the operator's void) ends the wait, and everything is taken back."""
    case = await waiting_case(world, temporal_env)

    assert (await world.cancel(case.handle)).accepted

    assert (await case.result()).outcome == "cancelled"
    assert case.topics == ["required"]
    _require_untouched(case)


async def test_lost_callback_declines_nobody(world: World, temporal_env: WorkflowEnvironment) -> None:
    """Before a wait becomes overdue the bureau is asked: an approval whose callback was lost counts."""
    case = await waiting_case(world, temporal_env)
    world.sandbox.approve(case.order.organization_id)

    await case.forward_to(case.required.deadline_at)
    result = await case.result()

    assert result.outcome == "completed"
    assert case.topics == ["required", "reminded", "approved"]


async def test_no_other_switch_while_a_check_is_pending(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """A second request of the organization is refused while the check runs (CREDIT_CHECK_PENDING)."""
    case = await waiting_case(world, temporal_env)
    organization = {
        "organization_id": case.order.organization_id,
        "subscription_id": case.order.source_subscription_id,
    }

    prepared = world.prepare(organization)

    codes = {reason.code for reason in prepared.assessment.reasons}
    assert {"SWITCH_IN_PROGRESS", "CREDIT_CHECK_PENDING"} <= codes
    await case.decide("declined")
    await case.result()


async def test_card_needs_no_check(world: World) -> None:
    """An order by card is checked by nobody, and an answer for it is refused without harm."""
    order = world.order(world.organization())

    assert (await world.complete(order)).outcome == "completed"
    assert "credit-check-not-required" in world.source_topics(order)


async def test_old_rule_set_waits_fourteen_days(world: World, temporal_env: WorkflowEnvironment) -> None:
    """Under rule set `2014` the wait itself lasts 14 calendar days: no hold before its end."""
    case = await waiting_case(world, temporal_env, rule_set="2014", service_settings="grant_all")
    required = case.required

    assert required.deadline_at == required.cap_at
    assert timedelta(days=13) < required.cap_at - required.requested_at < timedelta(days=15)
    await temporal_env.fast_forward(case.handle)
    assert (await case.result()).outcome == "expired"
    assert case.topics == ["required", "reminded", "expired"]
