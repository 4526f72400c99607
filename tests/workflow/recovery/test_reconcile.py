"""A switch whose workflow is lost goes on from the record (reliability#lost-workflows-and-lost-stores)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from temporalio.common import WorkflowIDReusePolicy
from temporalio.testing import WorkflowEnvironment

from activities.contract import SwitchOrder
from domain.kernel.recorded import Meta
from domain.organizations.organization import Organization
from services.recovery.reconciler import REPORTED, RESTARTED
from services.temporal.workflow_runs import OpenWorkflow, find_workflow
from tests.support.controls.taken_back import assert_taken_back, refuse_always
from tests.support.worlds.credit import waiting_case
from tests.support.worlds.lost import forget, newest_run, reconcile, reconciler_of, restarts
from tests.support.worlds.world import CLEAN, POLL_SECONDS, POLLS_MAX, SwitchHandle, World
from workflows.switch.plan_switch import PlanSwitch

USERS = 120


async def lose(world: World, handle: SwitchHandle) -> str:
    """Terminate a workflow, and return the run that is lost."""
    found = await find_workflow(world.client, handle.id)
    await handle.terminate(reason="an operator's mistake")
    return found.run_id


async def until_moving(
    world: World, users: int = USERS, *, moved: int = 20
) -> tuple[SwitchOrder, SwitchHandle]:
    """Return a switch of which some users are moved, and the others are being moved slowly."""
    order = world.order(world.organization(users=users))
    world.sandbox.settings(latency_ms=300)
    handle, _ = await world.start(order)
    await world.until(lambda: len(world.users_left(order)) < users)
    return order, handle


async def assert_completes(world: World, order: SwitchOrder, users: int) -> None:
    """Check that a switch completes as if nothing had been lost: one order, one cancellation, no gap."""
    result = await world.result(newest_run(world, order))
    verdict = world.verdict(order)
    assert (result.outcome, result.moved) == ("completed", users)
    assert {name: verdict[name] for name in CLEAN} == CLEAN
    assert (verdict["orders"], verdict["cancellations"]) == (1, 1)
    assert len(world.ledger(order, "invoice")) == 1
    assert world.users_left(order) == []
    assert world.is_free(order)


async def test_a_switch_terminated_while_licenses_move_is_finished(world: World) -> None:
    """`temporal workflow terminate` mid-move: one round starts it again, although a step still writes."""
    order, handle = await until_moving(world)
    lost = await lose(world, handle)

    (finding,) = await reconcile(world, order)
    world.sandbox.settings(latency_ms=0)

    assert (finding.found, finding.done) == ("terminated", RESTARTED)
    await assert_completes(world, order, USERS)
    (restarted,) = restarts(world, order)
    assert (restarted.found, restarted.lost_run_id) == ("terminated", lost)
    assert (restarted.meta["actor"], restarted.meta["workflow_id"]) == ("reconciler", handle.id)


async def test_a_workflow_that_temporal_forgot_is_started_again(world: World) -> None:
    """A lost Temporal file: the run that the record saw last is named as the lost one."""
    order, handle = await until_moving(world, 25)
    run_id = (await find_workflow(world.client, handle.id)).run_id
    await forget(world, handle)

    (finding,) = await reconcile(world, order)
    world.sandbox.settings(latency_ms=0)

    assert (finding.found, finding.done) == ("missing", RESTARTED)
    await assert_completes(world, order, 25)
    (restarted,) = restarts(world, order)
    assert (restarted.found, restarted.lost_run_id) == ("missing", run_id)


@pytest.mark.long
async def test_a_credit_check_goes_on_waiting(world: World, temporal_env: WorkflowEnvironment) -> None:
    """Terminated while the credit check runs: the wait goes on, and an answer counts (rules#credit-check)."""
    case = await waiting_case(world, temporal_env)
    await lose(world, case.handle)

    (finding,) = await reconcile(world, case.order)
    case.handle = newest_run(world, case.order)
    await world.until_stage(case.handle, "credit_check")
    answer = await case.decide("approved")

    assert (finding.done, answer.accepted) == (RESTARTED, True)
    assert case.topics == ["required", "approved"]
    await assert_completes(world, case.order, 25)


@pytest.mark.long
async def test_an_extended_credit_check_keeps_its_time(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """A run that begins anew waits as long as an operator has granted before (rules#credit-check)."""
    case = await waiting_case(world, temporal_env)
    await case.extend(days=2)
    await lose(world, case.handle)

    await reconcile(world, case.order)
    case.handle = newest_run(world, case.order)
    await world.until_stage(case.handle, "credit_check")
    await case.forward_to(case.required.deadline_at)
    await world.until(lambda: "reminded" in case.topics)

    assert case.topics == ["required", "extended", "reminded"]
    assert (await case.decide("approved")).accepted
    await assert_completes(world, case.order, 25)


@pytest.mark.long
@pytest.mark.parametrize("is_stuck", [False, True])
async def test_a_switch_lost_on_its_way_back_goes_on_going_back(world: World, *, is_stuck: bool) -> None:
    """Terminated while it rolls back: the new run goes on with the recorded command."""
    order = world.order(world.organization(60, missing_usage_location=1))
    before = world.users(order)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    if is_stuck:
        world.change_cloud = refuse_always("void_order")
    else:
        world.sandbox.settings(latency_ms=200)
    await world.roll_back(handle)
    await world.until_stage(handle, "stuck" if is_stuck else "rolling_back")
    await lose(world, handle)
    world.calm()

    (finding,) = await reconcile(world, order)
    result = await world.result(newest_run(world, order))

    assert (finding.done, result.outcome) == (RESTARTED, "rolled_back")
    assert result.message == "too many calls"
    assert world.users(order) == before
    assert_taken_back(world, order)


@pytest.mark.long
@pytest.mark.parametrize(
    ("path", "stage"),
    [
        ("PATCH /v1/customers/{}/subscriptions", "cancelling"),
        ("POST /billing/v1/customers/{}", "cutting_over"),
        ("GET /v1/customers/{}/orders", "ordering"),
    ],
)
async def test_a_switch_lost_around_the_point_of_no_return_goes_on(
    world: World, path: str, stage: str
) -> None:
    """Terminated before or after the old subscription is cancelled: it is cancelled and billed once."""
    order = world.order(world.organization())
    world.block(path.format(order.organization_id))
    handle, _ = await world.start(order)
    await world.until_stage(handle, stage)
    await lose(world, handle)
    world.block()

    (finding,) = await reconcile(world, order)

    assert finding.done == RESTARTED
    await assert_completes(world, order, 25)


async def test_a_held_switch_holds_again(world: World) -> None:
    """Terminated while it holds: the new run holds as well, and goes on by a retry.

    See rules#operator-controls.
    """
    order = world.order(world.organization())
    user = world.users_left(order)[0]
    world.sandbox.edit(order.organization_id, kind="user", user_id=user, usage_location=None)
    handle, _ = await world.start(order)
    await world.until_waiting(handle)
    await lose(world, handle)

    await reconcile(world, order)
    again = newest_run(world, order)
    await world.until_waiting(again)
    world.sandbox.edit(order.organization_id, kind="user", user_id=user, usage_location="DE")
    assert (await world.retry(again)).accepted

    await assert_completes(world, order, 25)


async def test_a_workflow_that_is_open_is_left_alone(world: World) -> None:
    """Nothing is found about a switch that goes its way, and nothing is recorded."""
    world.sandbox.settings(provisioning_delay_seconds=600)
    order = world.order(world.organization())
    handle, _ = await world.start(order)
    await world.until_stage(handle, "provisioning")

    assert await reconcile(world, order) == []
    assert restarts(world, order) == []
    await world.cancel(handle)
    assert (await world.result(handle)).outcome == "cancelled"
    assert await reconcile(world, order) == []


async def test_a_young_reservation_is_left_alone(world: World) -> None:
    """Within the grace a switch is not looked at; after it, it is started again."""
    order, handle = await until_moving(world, 25)
    await lose(world, handle)
    world.sandbox.settings(latency_ms=0)

    assert await reconcile(world, order, grace_seconds=3_600) == []
    (finding,) = await reconcile(world, order)

    assert finding.done == RESTARTED
    await assert_completes(world, order, 25)


async def test_two_reconcilers_at_once_start_one_run(world: World) -> None:
    """Of several reconcilers one records the loss and starts the workflow."""
    order, handle = await until_moving(world, 25)
    await lose(world, handle)

    rounds = await asyncio.gather(*(reconcile(world, order) for _ in range(4)))
    world.sandbox.settings(latency_ms=0)

    assert [finding.done for found in rounds for finding in found] == [RESTARTED]
    await assert_completes(world, order, 25)
    assert len(restarts(world, order)) == 1


async def test_a_restart_that_was_recorded_and_not_done_is_done(world: World) -> None:
    """A reconciler that dies between record and start leaves a loss that the next round repairs."""
    order, handle = await until_moving(world, 25)
    await lose(world, handle)
    # The step of the lost run ends first: the loss is then the newest event.
    world.sandbox.settings(latency_ms=0)
    await world.until(lambda: "licenses-reassigned" in world.source_topics(order))
    first = reconciler_of(world)
    first._client = _NoStart(world.client)  # type: ignore[assignment]

    failed = [each for each in (await first.run_once()).findings if each.switch_id == order.switch_id]
    (finding,) = await reconcile(world, order)

    assert [each.done for each in failed] == ["failed"]
    assert finding.done == RESTARTED
    await assert_completes(world, order, 25)
    assert len(restarts(world, order)) == 1


async def test_a_switch_that_ends_meanwhile_is_not_started(world: World) -> None:
    """An ended switch has no loss to record: its stream takes no such event, and no run begins."""
    order = world.order(world.organization())
    assert (await world.complete(order)).outcome == "completed"
    before = len(world.source_events(order))

    assert await reconcile(world, order) == []
    assert len(world.source_events(order)) == before


async def test_an_open_workflow_of_an_ended_switch_is_reported(world: World) -> None:
    """What runs without an open switch is told about and left alone."""
    order = world.order(world.organization())
    handle, _ = await world.start(order)
    await world.result(handle)
    # Nobody takes work from this queue: the workflow stays open.
    again = await world.client.start_workflow(
        PlanSwitch.run,
        order,
        id=handle.id,
        task_queue="nobody",
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
    )
    started_at = (await again.describe()).start_time
    left = OpenWorkflow(
        workflow_id=handle.id,
        switch_id=order.switch_id,
        organization_id=order.organization_id,
        request_id=order.request_id,
        started_at=started_at,
        stage="moving",
        waits_for="nobody",
    )

    found = await reconciler_of(world)._examine_workflow(left, None)
    young = await reconciler_of(world, grace_seconds=3_600)._examine_workflow(left, None)
    await again.terminate()
    closed = await reconciler_of(world)._examine_workflow(left, None)

    assert found is not None
    assert closed is None
    assert (found.done, young) == (REPORTED, None)
    assert "has ended as completed" in found.message


async def test_reconciling_goes_on_after_a_bad_round(world: World) -> None:
    """A round that fails is logged; the next one is made all the same, and the worker goes on."""
    order, handle = await until_moving(world, 25)
    await lose(world, handle)
    world.sandbox.settings(latency_ms=0)
    reconciler = reconciler_of(world)
    real, reconciler._client = reconciler._client, _NoStart(None)  # type: ignore[assignment]

    async with reconciler.running(every_seconds=0.05):
        await asyncio.sleep(0.2)
        assert restarts(world, order) == []
        reconciler._client = real
        await _until_open(world, handle)
        await assert_completes(world, order, 25)
    assert len(restarts(world, order)) == 1


async def _until_open(world: World, handle: SwitchHandle) -> None:
    """Wait until a workflow that was lost is there again."""
    for _ in range(POLLS_MAX):
        if (await find_workflow(world.client, handle.id)).status != "terminated":
            return
        await asyncio.sleep(POLL_SECONDS)
    raise TimeoutError


class _NoStart:
    """A client that starts nothing."""

    def __init__(self, client: object) -> None:
        self._client = client

    def __getattr__(self, name: str) -> object:
        if name == "start_workflow":
            message = "no start"
            raise ConnectionError(message)
        return getattr(self._client, name)


@pytest.mark.long
async def test_an_organization_that_can_not_be_read_stops_no_other(world: World) -> None:
    """One broken record must not leave every lost switch without somebody to look after it."""
    broken = world.organization()["organization_id"]
    now = datetime.now(UTC)
    meta = Meta(switch_id="s", organization_id=broken, actor="a", reason="r", causation="c")
    organization = Organization.register(broken, at=now, meta=meta)
    organization.reserve_switch("s", source_stream_id="no id", promised_end=now, at=now, meta=meta)
    world.store.save(organization)
    order = world.order(world.organization(missing_usage_location=1))
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    await lose(world, handle)

    (finding,) = await reconcile(world, order)

    assert finding.done == RESTARTED
    await world.until_stage(newest_run(world, order), "held")
    organization.release_switch("s", outcome="failed", at=now, meta=meta)
    world.store.save(organization)
