"""Records one history of every way a switch may go; run by tools/record_histories.py, not by the tests.

A history is what Temporal kept of a run; tests/replay/ plays each against today's workflows.
"""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from activities.contract import SwitchOrder
from tests.support.acts.pilot_groups import empty_group, pilot_order
from tests.support.controls.changed_starts import rescheduled
from tests.support.controls.pausing import resume
from tests.support.switches.owned import buy_plan, owned_order
from tests.support.worlds.credit import waiting_case
from tests.support.worlds.waiting import BROKEN, WELL, begin, health
from tests.support.worlds.world import SwitchHandle, World
from workflows.base.messages import SwitchResult

LICENSES = "licenses"
FOLDER = Path(__file__).parents[1] / "histories"
#: Fields that tell the machine, which has no place in the repository -> what stands there instead.
MACHINE = {"identity": "planswitch", "workerInstanceKey": "planswitch", "stackTrace": ""}


async def record(world: World, handle: WorkflowHandle[Any, Any], name: str) -> None:
    """Write the history of a workflow, and those of its children."""
    history = await handle.fetch_history()
    document = without_machine(json.loads(history.to_json()))
    document["workflowId"] = handle.id
    FOLDER.mkdir(exist_ok=True)
    text = json.dumps(document, indent=1, sort_keys=True) + "\n"
    # The queue that a worker keeps for itself is named after it.
    text = text.replace(f"planswitch@{socket.gethostname()}", "planswitch")
    (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")
    children = [
        each.child_workflow_execution_started_event_attributes.workflow_execution.workflow_id
        for each in history.events
        if each.HasField("child_workflow_execution_started_event_attributes")
    ]
    for child in children:
        kind, _, number = child.partition(":")[0], *child.rpartition(":")[1:]
        suffix = f"{kind}-{number}" if kind == LICENSES else kind
        if kind == LICENSES or name == "completed":
            await record(world, world.client.get_workflow_handle(child), f"{name}-{suffix}")


def without_machine(value: Any) -> Any:
    """Return a document in which nobody's machine is named."""
    if isinstance(value, list):
        return [without_machine(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {key: MACHINE.get(key) if key in MACHINE else without_machine(each) for key, each in value.items()}


async def started(world: World, **changes: Any) -> tuple[SwitchOrder, SwitchHandle]:
    """Start a switch."""
    order = replace(world.order(world.organization()), **changes)
    handle, _ = await world.start(order)
    return order, handle


async def test_record_completed(world: World, temporal_env: WorkflowEnvironment) -> None:
    """A switch that completes, and the watch over its invoice until the credit has arrived."""
    order, handle = await started(world)
    await world.result(handle)
    world.sandbox.edit(order.organization_id, kind="credit_settlement")
    watch = world.client.get_workflow_handle(f"invoice:{order.switch_id}")
    await temporal_env.fast_forward(watch)
    await watch.result()
    await record(world, handle, "completed")


async def test_record_refused(world: World) -> None:
    """A switch that the rules refuse."""
    _, handle = await started(world, quantity=5)
    await world.result(handle)
    await record(world, handle, "refused")


async def test_record_cancelled(world: World) -> None:
    """A switch that an operator cancels while the seller provisions."""
    world.sandbox.settings(provisioning_delay_seconds=600)
    _, handle = await started(world)
    await world.until_stage(handle, "provisioning")
    await world.cancel(handle)
    await world.result(handle)
    await record(world, handle, "cancelled")


async def test_record_cancelled_by_temporal(world: World) -> None:
    """A switch that is cancelled by Temporal's own means, and a second time on its way back."""
    world.sandbox.settings(provisioning_delay_seconds=600)
    order, handle = await started(world)
    await world.until_stage(handle, "provisioning")
    world.block(f"PATCH /v1/customers/{order.organization_id}/orders/")
    await world.cancel(handle)
    await world.until_stage(handle, "ending")
    await handle.cancel()
    world.block()
    await world.result(handle)
    await record(world, handle, "cancelled-twice")


async def test_record_provisioning(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A switch whose services are not set up in time: one that is waited on for, and one that expires."""
    from tests.support.licenses.pending_services import overdue, set_up, shorten, wait_on

    shorten(monkeypatch, asks=1, voids=20)
    order, handle = await overdue(world)
    await wait_on(handle)
    set_up(world, order)
    await world.result(handle)
    await record(world, handle, "provisioning-waited-on")
    shorten(monkeypatch, asks=1, voids=5)
    _, handle = await overdue(world)
    await world.result(handle)
    await record(world, handle, "provisioning-expired")


async def test_record_failed(world: World) -> None:
    """A switch whose seller refuses the order."""
    from tests.support.controls.taken_back import refuse_always

    world.change_cloud = refuse_always("place_order")
    _, handle = await started(world)
    await world.result(handle)
    await record(world, handle, "failed")


async def test_record_held_then_retried(world: World) -> None:
    """A switch that holds for a user, is retried in vain, and completes after the user is mended."""
    order = world.order(world.organization(missing_usage_location=1))
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    await world.retry(handle, "retry-1")
    await world.until(lambda: world.source_topics(order).count("license-move-held") == 2)
    await world.until_stage(handle, "held")
    (user,) = world.users_left(order)
    world.sandbox.edit(order.organization_id, kind="user", user_id=user, usage_location="DE")
    await world.retry(handle, "retry-2")
    await world.result(handle)
    await record(world, handle, "held-then-retried")


async def test_record_retried_until_held(world: World) -> None:
    """A switch that is retried in the moment in which its hold is recorded and not told to its run."""
    from tests.support.controls.holding import mend, recorded_hold, retry

    order, handle = await recorded_hold(world)
    mend(world, order)
    sent = await retry(handle)
    world.ambushes.go_on(order.switch_id)
    await sent.result()
    await world.result(handle)
    await record(world, handle, "retried-until-held")


async def test_record_forward(world: World) -> None:
    """A switch whose billing refuses after the point of no return, until a retry."""
    from tests.support.licenses.held import refuse_stop

    refusals = ["begin"]
    world.change_cloud = refuse_stop(refusals)
    _, handle = await started(world)
    await world.until_waiting(handle)
    refusals.clear()
    await world.retry(handle)
    await world.result(handle)
    await record(world, handle, "billing-refused-then-retried")


async def test_record_rolled_back(world: World) -> None:
    """A switch that is rolled back while its slices run."""
    order = world.order(world.organization(60))
    world.sandbox.settings(latency_ms=100)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "moving")
    await world.roll_back(handle)
    await world.result(handle)
    await record(world, handle, "rolled-back")


async def test_record_stuck(world: World) -> None:
    """A held switch whose order can't be voided when it is rolled back, until a retry."""
    from tests.support.controls.taken_back import refuse_always

    order = world.order(world.organization(missing_usage_location=1))
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    world.change_cloud = refuse_always("void_order")
    await world.roll_back(handle)
    await world.until_stage(handle, "stuck")
    world.calm()
    await world.retry(handle)
    await world.result(handle)
    await record(world, handle, "stuck-then-retried")


async def test_record_resumed(world: World) -> None:
    """A switch whose workflow was terminated while it held, and that begins anew."""
    order = world.order(world.organization(missing_usage_location=1))
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    await handle.terminate("lost")
    (user,) = world.users_left(order)
    world.sandbox.edit(order.organization_id, kind="user", user_id=user, usage_location="DE")
    again: SwitchHandle = await world.client.start_workflow(
        "PlanSwitch", order, id=handle.id, task_queue=world.task_queue, result_type=SwitchResult
    )
    await world.result(again)
    await record(world, again, "lost-then-resumed")


async def test_record_waited(world: World, temporal_env: WorkflowEnvironment) -> None:
    """A request that waits for an incident to end, looked at by an operator, until it starts its switch."""
    organization = world.organization()
    order = world.order(organization)
    health(world, order.organization_id, BROKEN)
    case = await begin(world, temporal_env, order)
    await case.look()
    case.health(WELL)
    await case.forward(minutes=12)
    await case.result()
    await record(world, case.handle, "waited")
    await world.result(case.switch)


async def test_record_rescheduled(world: World, temporal_env: WorkflowEnvironment) -> None:
    """A request that waits, is put off to an instant, looked at by an operator, and undone."""
    order = world.order(world.organization())
    health(world, order.organization_id, BROKEN)
    case = await begin(world, temporal_env, order)
    instant = (datetime.now(UTC) + timedelta(days=2)).isoformat(timespec="seconds")
    await rescheduled(world, case, start_at=instant)
    await case.look()
    await case.cancel()
    await case.result()
    await record(world, case.handle, "rescheduled")


async def test_record_slices(world: World) -> None:
    """A switch of several slices in lanes."""
    order = world.order(world.organization(4500))
    handle, _ = await world.start(order)
    await world.result(handle)
    await record(world, handle, "completed-three-slices")


async def test_record_credit_approved(world: World, temporal_env: WorkflowEnvironment) -> None:
    """A switch by invoice that becomes overdue, is extended, and is approved."""
    case = await waiting_case(world, temporal_env, rule_set="demo")
    await world.until_stage(case.handle, "credit_overdue")
    await case.extend(days=2)
    await case.decide("approved")
    await world.result(case.handle)
    await record(world, case.handle, "credit-approved")


async def test_record_credit_declined(world: World, temporal_env: WorkflowEnvironment) -> None:
    """A switch by invoice that is declined, and hears a contradiction while it is taken back."""
    case = await waiting_case(world, temporal_env, rule_set="demo")
    world.block(f"PATCH /v1/customers/{case.order.organization_id}/orders/")
    await case.decide("declined")
    await case.decide("approved", "d-2")
    world.block()
    await world.result(case.handle)
    await record(world, case.handle, "credit-declined")


async def test_record_credit_expired(world: World, temporal_env: WorkflowEnvironment) -> None:
    """A switch by invoice that nobody answers."""
    case = await waiting_case(world, temporal_env, rule_set="demo")
    await world.result(case.handle)
    await record(world, case.handle, "credit-expired")


async def test_record_paused(world: World) -> None:
    """A switch that is paused while the seller provisions, and again while its slices run, and completes."""
    from tests.support.controls.pausing import pause, resume

    world.sandbox.settings(provisioning_delay_seconds=1, latency_ms=60)
    order = world.order(world.organization(600))
    handle, _ = await world.start(order)
    await world.until_stage(handle, "provisioning")
    await pause(handle, "pause-1")
    await world.until(lambda: "replacement-ready" in world.source_topics(order))
    await resume(handle, "resume-1")
    await world.until_stage(handle, "moving")
    await pause(handle, "pause-2")
    await world.until_stage(handle, "paused")
    await resume(handle, "resume-2")
    await world.result(handle)
    await record(world, handle, "paused-then-resumed")


async def test_record_over_rate(world: World) -> None:
    """A switch that holds at the failure rate, whose users are then tried alone, skipped, and retried."""
    from tests.support.licenses.failed_users import key_of, retry_users, skip

    order = world.order(world.organization(520, missing_usage_location=15))
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    failed = [str(key) for key in world.store.unresolved_users(order.switch_id, ["move"])]
    await retry_users(handle, failed[0])
    await skip(handle, failed[0], "skip-1", accept=True)
    edits = [
        {"kind": "user", "user_id": user, "usage_location": "DE"}
        for user in world.users_left(order)
        if key_of(world, order, user) != failed[0]
    ]
    world.sandbox.edit(order.organization_id, edits=edits)
    await world.retry(handle)
    await world.result(handle)
    await record(world, handle, "over-rate-then-skipped")


async def test_record_amended(world: World) -> None:
    """A switch that holds for licenses, gets more of them, is retried, and completes."""
    from tests.support.acts.amending import JOINERS, USERS, amend, short_switch

    order, handle = await short_switch(world)
    await amend(world, order, handle, USERS + JOINERS)
    await world.retry(handle)
    await world.result(handle)
    await record(world, handle, "amended-then-retried")


async def test_record_void_window_warned(world: World, temporal_env: WorkflowEnvironment) -> None:
    """A switch by invoice that is warned of its order's window a day before, and is declined then."""
    world.sandbox.settings(void_window_days=1)
    case = await waiting_case(world, temporal_env)
    await world.until(lambda: "void-window-closing" in world.source_topics(case.order))
    world.sandbox.settings(void_window_days=7)
    await case.decide("declined")
    await world.result(case.handle)
    await record(world, case.handle, "void-window-warned")


async def test_record_pilot(world: World) -> None:
    """A switch whose pilot moves first, and that goes on by itself after its time."""
    _, handle = await started(world, pilot=5, pilot_soak_seconds=1)
    await world.result(handle)
    await record(world, handle, "pilot-then-all")


async def test_record_empty_pilot(world: World) -> None:
    """A switch whose pilot's group has emptied before its roster is frozen, and that is resumed."""
    organization = world.organization()
    order, members = pilot_order(world, organization, (3, 4))
    world.sandbox.settings(provisioning_delay_seconds=2)
    handle, _ = await world.start(order)
    empty_group(world.sandbox, order.organization_id, members)
    await world.until_stage(handle, "paused")
    await world.until(lambda: "switch-paused" in world.source_topics(order))
    await resume(handle)
    await world.result(handle)
    await record(world, handle, "pilot-emptied")


async def test_record_alarmed(world: World, temporal_env: WorkflowEnvironment) -> None:
    """A switch that still holds after more than a day: its alarm calls, and calls again."""
    from tests.support.licenses.held import held_switch
    from tests.support.switches.alarms import alarms
    from tests.support.worlds.forward import forward

    order, handle = await held_switch(world, missing_usage_location=1)
    await forward(temporal_env, handle, timedelta(minutes=62))
    await world.until(lambda: len(alarms(world, order)) == 1)
    await forward(temporal_env, handle, timedelta(hours=24))
    await world.until(lambda: len(alarms(world, order)) == 2)
    (user,) = world.users_left(order)
    world.sandbox.edit(order.organization_id, kind="user", user_id=user, usage_location="DE")
    await world.retry(handle)
    await world.result(handle)
    await record(world, handle, "alarmed-twice")


async def test_record_manual(world: World) -> None:
    """A switch by hand of some users: a start of `buy` fails, and users are named in two starts."""
    from tests.support.controls.by_hand import go_through, partial_switch, select, take, until_awaited
    from tests.support.controls.taken_back import refuse_always

    organization = world.organization()
    order, handle = await partial_switch(world, organization, 8)
    world.change_cloud = refuse_always("place_order")
    await take(handle, "buy")
    await world.until(lambda: world.source_topics(order).count("manual-step-awaited") == 2)
    world.calm()
    await take(handle, "buy", request_id="buy-2")
    await go_through(world, order, handle, "verify")
    await until_awaited(world, order, "reassign")
    first, _ = select(world, organization, 3)
    await take(handle, "reassign", selection=first, users=3)
    await until_awaited(world, order, "reassign")
    await take(handle, "reassign", request_id="reassign-2")
    await go_through(world, order, handle, "reduce")
    await world.result(handle)
    await record(world, handle, "manual-steps")


async def test_record_licenses_only(world: World) -> None:
    """A switch between two plans that are owned, and one that is rolled back with most of its users moved."""
    made = world.organization()
    order = owned_order(world, made, buy_plan(world, made).subscription_id)
    handle, _ = await world.start(order)
    await world.result(handle)
    await record(world, handle, "licenses-only")
    half = world.organization(missing_usage_location=2)
    back, _ = await world.start(owned_order(world, half, buy_plan(world, half).subscription_id))
    await world.until_stage(back, "held")
    await world.roll_back(back)
    await world.result(back)
    await record(world, back, "licenses-only-rolled-back")
