"""Services that are not activated: waited for by name where they hold data, with an end (rules 1, 4)."""

from __future__ import annotations

from typing import Any

import pytest

from activities.contract import SwitchOrder
from audit.story.show import audit_of
from domain.switch.events import ReplacementVoided
from domain.switch.provisioning_events import ProvisioningOverdue, ProvisioningWaitedOn
from domain.switch.waiting_events import WaitNoted
from tests.support.acts.amending import amend
from tests.support.consoles.shown_switches import facts_of
from tests.support.controls.half_moved import recorded
from tests.support.controls.pausing import pause
from tests.support.licenses.pending_services import (
    DATA,
    NO_DATA,
    OVERDUE,
    overdue,
    pending,
    set_up,
    shorten,
    shown,
    wait_on,
)
from tests.support.licenses.refused_items import plant
from tests.support.worlds.world import CLEAN, OPERATOR, SOURCE_PLAN, SwitchHandle, World
from workflows.base.messages import SwitchResult

#: What people call them.
NO_DATA_NAME, DATA_NAME = "Viva Learning Seeded", "Exchange Online (Plan 2)"


def leave_source_pending(world: World, organization: dict[str, Any], service: str) -> None:
    """Let a service of the old plan not be activated."""
    plan = world.toolbox.catalogs.current().plan(SOURCE_PLAN)
    found = next(each.service_plan_id for each in plan.service_plans if each.name == service)
    world.sandbox.edit(
        organization["organization_id"],
        kind="subscription",
        subscription_id=organization["subscription_id"],
        changes={"service_statuses": {found: "PendingProvisioning"}},
    )


@pytest.mark.parametrize("side", ["source", "target"])
async def test_a_service_without_data_that_is_not_activated_blocks_nothing(world: World, side: str) -> None:
    """Neither plan waits for it; the finding names it with the assessment (rules#services_not_activated)."""
    organization = world.organization()
    if side == "source":
        leave_source_pending(world, organization, NO_DATA)
    prepared = world.prepare(organization)
    order = world.order(organization)
    if side == "target":
        plant(world, order, pending(NO_DATA))
    result = await world.complete(order)

    assert prepared.assessment.is_eligible
    codes = [(each.code, NO_DATA_NAME in each.message) for each in prepared.assessment.findings]
    assert codes == ([("SERVICES_NOT_ACTIVATED", True)] if side == "source" else [])
    assert (result.outcome, world.failings(order)) == ("completed", CLEAN)


def test_a_data_service_of_the_old_plan_that_is_not_activated_blocks(world: World) -> None:
    """SERVICE_NOT_PROVISIONED stays for what holds data of users (rules#service_not_provisioned)."""
    organization = world.organization()
    leave_source_pending(world, organization, "EXCHANGE_S_STANDARD")
    reasons = world.prepare(organization).assessment.reasons

    assert [each.code for each in reasons] == ["SERVICE_NOT_PROVISIONED"]


async def test_a_data_service_is_waited_for_by_name_and_moves_when_it_is_there(world: World) -> None:
    """The wait names the service, since when, and when it is looked at next.

    See rules#waiting-for-the-new-subscription.
    """
    order: SwitchOrder = world.order(world.organization())
    plant(world, order, pending(DATA, seconds=8))
    result = await world.complete(order)
    (noted,) = recorded(world, order, WaitNoted)[:1]

    assert (result.outcome, world.failings(order)) == ("completed", CLEAN)
    assert noted.names == [DATA_NAME]
    assert noted.awaited.words() == f"the directory to set up services of the new plan: {DATA_NAME}"
    assert noted.until is not None
    assert "cancel" in noted.remedy


async def test_nobody_answers_for_a_data_service_and_the_order_is_voided(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operator is asked before; at the end of the wait the order is taken back.

    See rules#waiting-for-the-new-subscription.
    """
    shorten(monkeypatch, asks=1, voids=6)
    order, handle = await overdue(world)
    (asked,) = recorded(world, order, ProvisioningOverdue)
    result = await world.result(handle)
    audited = facts_of(audit_of(world.store, order.switch_id))

    assert (asked.names, asked.timestamp < asked.voids_at) == ([DATA_NAME], True)
    assert (result.outcome, result.code) == ("failed", "PROVISIONING_EXPIRED")
    assert len(recorded(world, order, ReplacementVoided)) == 1
    assert (world.failings(order), world.is_free(order)) == (CLEAN, True)
    assert "overdue: an operator is asked" in str(audited["waits"])


async def test_a_service_that_comes_while_the_operator_is_asked_lets_the_switch_go_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The switch looks on while it asks, and needs no answer any more.

    See rules#waiting-for-the-new-subscription.
    """
    shorten(monkeypatch, asks=1, voids=600)
    order, handle = await overdue(world)
    set_up(world, order)
    result = await world.result(handle)

    assert (result.outcome, world.failings(order)) == ("completed", CLEAN)


async def test_who_says_to_wait_on_is_asked_again_and_nothing_is_voided(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A retry waits on beyond the window; it acts once, and the next question has no end (rules 7)."""
    shorten(monkeypatch, asks=2, voids=20)
    order, handle = await overdue(world)
    answer, again = await wait_on(handle), await wait_on(handle)
    early = await wait_on(handle, "on-2")
    (waited,) = recorded(world, order, ProvisioningWaitedOn)
    await world.until(lambda: len(recorded(world, order, ProvisioningOverdue)) == 2)
    asked = recorded(world, order, ProvisioningOverdue)[-1]
    set_up(world, order)
    result = await world.result(handle)

    assert (answer.accepted, again, early.accepted) == (True, answer, False)
    assert "no longer voids its order by itself" in answer.message
    assert (waited.meta["actor"], waited.meta["causation"]) == (OPERATOR, "command:on-1")
    assert asked.voids_at is None
    assert (result.outcome, world.failings(order)) == ("completed", CLEAN)


async def test_an_operator_who_is_asked_may_void_the_order(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancel takes everything back, as before any license has moved.

    See rules#waiting-for-the-new-subscription.
    """
    shorten(monkeypatch, asks=1, voids=600)
    order, handle = await overdue(world)
    answer = await world.cancel(handle)
    result = await world.result(handle)

    assert (answer.accepted, result.outcome) == (True, "cancelled")
    assert (world.failings(order), world.is_free(order)) == (CLEAN, True)


async def test_the_switch_and_temporals_lists_show_the_recorded_stage_while_an_operator_is_asked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shown is what is recorded: asked, waited on, asked again, and ready.

    See rules#waiting-for-the-new-subscription.
    """
    shorten(monkeypatch, asks=2, voids=600)
    order, handle = await overdue(world)
    await world.until_stage(handle, OVERDUE)
    first = await shown(handle)
    # The next question comes once it may: what is shown meanwhile is looked at in peace.
    shorten(monkeypatch, asks=600, voids=600)
    await wait_on(handle)
    waited = await shown(handle)
    shorten(monkeypatch, asks=2, voids=600)
    await world.until(lambda: len(recorded(world, order, ProvisioningOverdue)) == 2)
    await world.until_stage(handle, OVERDUE)
    again = await shown(handle)
    set_up(world, order)
    result = await world.result(handle)

    assert first == again == (OVERDUE, "operator", OVERDUE)
    assert waited == ("provisioning", "seller", "provisioning")
    assert (result.outcome, world.failings(order)) == ("completed", CLEAN)


async def test_the_wait_goes_on_from_its_begin_once_it_is_shown_as_overdue(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its end and what is noted of it count from where it began, not from the question (rules 2)."""
    shorten(monkeypatch, asks=4, voids=600)
    order, handle = await overdue(world)
    await world.until(lambda: bool(recorded(world, order, WaitNoted)))
    (asked,) = recorded(world, order, ProvisioningOverdue)
    noted = recorded(world, order, WaitNoted)[-1]
    await world.until(lambda: noted != recorded(world, order, WaitNoted)[-1])
    later = recorded(world, order, WaitNoted)[-1]
    await world.cancel(handle)
    await world.result(handle)

    assert (later.since, later.until) == (noted.since, asked.voids_at)
    assert later.since < asked.timestamp < later.timestamp


async def test_an_order_that_nobody_answers_for_is_voided_while_the_switch_is_paused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pause holds new steps back and no wait that has begun: its end does not pass unseen (rules 7)."""
    shorten(monkeypatch, asks=2, voids=30)
    order, handle = await overdue(world)
    answer = await pause(handle)
    result = await world.result(handle)

    assert answer.accepted
    assert (result.outcome, result.code) == ("failed", "PROVISIONING_EXPIRED")
    assert (world.failings(order), world.is_free(order)) == (CLEAN, True)


async def test_a_switch_that_begins_anew_shows_the_question_that_is_open(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lost run leaves the question in the record; who answers it afterwards is heard.

    See rules#waiting-for-the-new-subscription.
    """
    shorten(monkeypatch, asks=1, voids=600)
    order, lost = await overdue(world)
    await lost.terminate("lost")
    handle: SwitchHandle = await world.client.start_workflow(
        "PlanSwitch", order, id=lost.id, task_queue=world.task_queue, result_type=SwitchResult
    )
    await world.until_stage(handle, OVERDUE)
    refused = await amend(world, order, handle, 30, digest="any")
    answer = await wait_on(handle)
    set_up(world, order)
    result = await world.result(handle)

    assert (refused.accepted, "not there yet" in refused.message) == (False, True)
    assert (answer.accepted, result.outcome, world.failings(order)) == (True, "completed", CLEAN)
