"""A switch between two plans that are owned: it moves licenses and nothing else (rules#licenses-only)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.assessment.preflight import preflight
from activities.contract import SwitchOrder
from activities.directory.original_settings import first_switch
from activities.request.eligibility_wait import accepted_wait
from activities.request.refusal_reasons import refusal_reasons
from audit.users.user_outcomes import counted_settings, user_outcomes
from domain.catalog.catalog import load_catalog
from domain.quote.quote import quote
from domain.requests.eligibility_wait import terms_of
from domain.requests.switch_back import SwitchBackRefused, require_open
from domain.switch.move_events import DriftFound, SwitchCompleted
from domain.switch.provisioning_events import TargetConfirmed
from tests.support.acts.switching_back import licenses
from tests.support.controls.by_hand import select
from tests.support.controls.cancellation import source_of
from tests.support.controls.half_moved import recorded
from tests.support.controls.pausing import resume
from tests.support.licenses.moving import add_user
from tests.support.switches.owned import DirectoryAlone, buy_plan, owned_order, owned_prepared
from tests.support.worlds.waiting import WaitingCase, start
from tests.support.worlds.world import CLEAN, PROVISIONING, SOURCE_PLAN, TARGET_PLAN, World
from workflows.switch.operator_updates import TURNING_BACK_OWNED
from workflows.wait.eligibility_wait import WaitRequest

#: Words in the topics of events about an order, a cancellation or money.
OF_MONEY = ("order", "credit", "quote", "billing", "invoice", "forfeit", "cancell", "void", "provisioned")


@pytest.fixture(name="directory_alone", autouse=True)
def _directory_alone(world: World) -> Iterator[DirectoryAlone]:
    """Let every port but the directory's refuse, and require that none was asked."""
    alone = DirectoryAlone()
    world.change_cloud = alone.of
    yield alone
    assert alone.calls == []


async def test_everyone_moves_and_nothing_is_ordered_cancelled_or_billed(world: World) -> None:
    """Freeze, move, verify, complete by the directory alone; the record has no money."""
    made = world.organization(25)
    owned = buy_plan(world, made)
    order = owned_order(world, made, owned.directory_id)

    result = await world.complete(order)

    assert (result.outcome, result.moved) == ("completed", 25)
    assert order.target_subscription_id == owned.subscription_id
    assert all(TARGET_PLAN in plans and SOURCE_PLAN not in plans for plans in world.users(order).values())
    topics = [each.topic for each in (*world.source_events(order), *world.target_events(order))]
    assert not [topic for topic in topics if any(word in topic for word in OF_MONEY)]
    (completed,) = recorded(world, order, SwitchCompleted)
    assert completed.total is None
    (confirmed,) = recorded(world, order, TargetConfirmed)
    assert (confirmed.subscription_id, confirmed.free) == (owned.subscription_id, 100)
    assert world.is_free(order)
    verdict = world.verdict(order)
    assert (verdict["orders"], verdict["cancellations"]) == (0, 0)
    assert world.failings(order) == CLEAN


async def test_rolled_back_at_half_everyone_has_exactly_what_they_had(world: World) -> None:
    """Until it has completed it leads back: plan and services of each user are those of before."""
    made = world.organization(60, missing_usage_location=2)
    order = owned_order(world, made, buy_plan(world, made).subscription_id)
    before = licenses(world, order.organization_id)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    assert len(world.users_left(order)) == 2

    answer = await world.roll_back(handle)
    result = await world.result(handle)

    assert (answer.accepted, answer.message) == (True, TURNING_BACK_OWNED)
    assert result.outcome == "rolled_back"
    told = user_outcomes(world.store, source_of(world, order), order.switch_id, catalog=load_catalog())
    # Whom no pass could move is where they were, and nobody counts twice.
    assert Counter(each.outcome for each in told.users) == {"returned": 58, "failed": 2}
    assert counted_settings(world.store, order.switch_id, ["move", "return-1"]).users == 58
    assert licenses(world, order.organization_id) == before
    assert world.is_free(order)
    assert world.failings(order) == CLEAN


async def test_rolled_back_after_a_pilot_of_half_nobody_has_noticed(world: World) -> None:
    """Those who moved have their plan, services and groups again, the others were never touched."""
    made = world.organization(40)
    order = owned_order(world, made, buy_plan(world, made).subscription_id, pilot=20)
    before = licenses(world, order.organization_id)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "paused")
    assert len(world.users_left(order)) == 20

    answer = await world.roll_back(handle)
    assert answer.accepted, answer
    result = await world.result(handle)

    assert result.outcome == "rolled_back"
    assert licenses(world, order.organization_id) == before
    assert world.is_free(order)
    assert world.failings(order) == CLEAN


async def test_what_is_changed_by_hand_meanwhile_is_reconciled(world: World) -> None:
    """Between pilot and rest one joins, one loses the license, one is moved by hand (rules#drift)."""
    made = world.organization(12)
    order = owned_order(world, made, buy_plan(world, made).subscription_id, pilot=4)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "paused")
    left = world.users_left(order)
    bare = next(user for user in world.users(order) if user not in left)
    given = [{"skuId": TARGET_PLAN, "disabledPlans": []}]
    edit = {"organization_id": order.organization_id, "kind": "licenses"}
    world.sandbox.edit(**edit, user_id=bare, add=[], remove=[TARGET_PLAN])
    world.sandbox.edit(**edit, user_id=left[0], add=given, remove=[SOURCE_PLAN])
    add_user(world, order, "Nora New")

    await resume(handle)
    result = await world.result(handle)

    assert (result.outcome, world.users_left(order)) == ("completed", [])
    found = recorded(world, order, DriftFound)
    assert sum(each.new_users for each in found) == 1
    assert [each.licenses_removed for each in found][-1] == 1
    assert not any(each.source_licenses or each.target_licenses for each in found)
    on_new = {user for user, plans in world.users(order).items() if TARGET_PLAN in plans}
    assert set(world.users(order)) - on_new == {bare}
    assert world.is_free(order)


async def test_a_cancel_before_the_first_move_leaves_everything_as_it_was(world: World) -> None:
    """There is no order to void: the locks are released (switch#ways-back)."""
    made = world.organization(5)
    order = owned_order(world, made, buy_plan(world, made).subscription_id)
    before = licenses(world, order.organization_id)
    ambush = world.ambushes.lay(order.switch_id, PROVISIONING)
    handle, _ = await world.start(order)
    await world.until(ambush.is_reached.is_set)
    await world.cancel(handle)
    world.ambushes.go_on(order.switch_id)
    result = await world.result(handle)

    assert result.outcome == "cancelled"
    assert licenses(world, order.organization_id) == before
    assert world.is_free(order)


async def test_some_users_are_recorded_as_manual_and_wait_for_nobody(world: World) -> None:
    """Those who were selected move by the same workflow, the others keep what they have."""
    made = world.organization(12)
    owned = buy_plan(world, made)
    selection, movers = select(world, made, 5)
    order = owned_order(world, made, owned.subscription_id, selection=selection, selected=5)

    result = await world.complete(order)

    assert (order.mode, result.outcome, result.moved) == ("manual", "completed", 5)
    held = world.users(order)
    assert {user for user, plans in held.items() if TARGET_PLAN in plans} == set(movers)
    assert all(SOURCE_PLAN in plans for user, plans in held.items() if user not in movers)
    assert world.failings(order) == CLEAN


async def test_who_of_those_selected_holds_the_new_plan_needs_no_license(world: World) -> None:
    """Five move, of whom two hold it already: three free licenses suffice, two do not (TOO_FEW_LICENSES)."""
    made = world.organization(10)
    owned = buy_plan(world, made, quantity=5)
    selection, movers = select(world, made, 5)
    for user in movers[:2]:
        held = {"skuId": TARGET_PLAN, "disabledPlans": []}
        world.sandbox.edit(made["organization_id"], kind="licenses", user_id=user, add=[held], remove=[])
    named: dict[str, Any] = {"selection": selection, "selected": 5}

    prepared = owned_prepared(world, made, owned.subscription_id, **named)
    result = await world.complete(owned_order(world, made, owned.subscription_id, **named))

    facts = prepared.assessment.input
    assert (prepared.users, facts.quantity, facts.licenses_needed) == (5, 3, 3)
    checked = preflight(world.sandbox.cloud, world.toolbox.catalogs.current(), prepared, store=world.store)
    assert checked.findings == ()
    assert (result.outcome, result.moved) == ("completed", 5)


async def test_an_order_accepted_before_digests_covered_users_goes_on(world: World) -> None:
    """Its signature names who moves: a start on its way while the product is replaced is not refused."""
    made = world.organization(6)
    owned = buy_plan(world, made)
    selection, movers = select(world, made, 2)
    named: dict[str, Any] = {"selection": selection, "selected": 2}
    order = owned_order(world, made, owned.subscription_id, **named)
    prepared = owned_prepared(world, made, owned.subscription_id, **named)
    before = quote(prepared.quote.input.without_users).digest

    result = await world.complete(replace(order, quote_digest=before))

    assert before != order.quote_digest
    assert (result.outcome, result.moved) == ("completed", len(movers))


async def test_it_is_taken_back_by_a_switch_of_licenses_only(world: World) -> None:
    """After its end a new switch leads back to the old plan, which is owned still, and restores services."""
    made = world.organization(10)
    first = owned_order(world, made, buy_plan(world, made).subscription_id)
    before = licenses(world, first.organization_id)
    assert (await world.complete(first)).outcome == "completed"

    back = owned_back(world, first)
    result = await world.complete(back)

    assert (result.outcome, result.moved) == ("completed", 10)
    assert (back.licenses_only, back.target_subscription_id) == (True, made["subscription_id"])
    assert licenses(world, first.organization_id) == before
    assert world.failings(back) == CLEAN


async def test_a_switch_back_is_taken_back_too(world: World) -> None:
    """The same two subscriptions are left in turn; only the newest of the switches can be taken back."""
    made = world.organization(6)
    first = owned_order(world, made, buy_plan(world, made).subscription_id)
    assert (await world.complete(first)).outcome == "completed"
    moved = licenses(world, first.organization_id)
    back = owned_back(world, first)
    assert (await world.complete(back)).outcome == "completed"

    again = owned_back(world, back)
    result = await world.complete(again)

    assert (result.outcome, result.moved) == ("completed", 6)
    assert again.target_subscription_id == first.target_subscription_id
    assert licenses(world, first.organization_id) == moved
    for taken_back in (first, back):
        left = first_switch(world.store, first.organization_id, taken_back.switch_id)
        with pytest.raises(SwitchBackRefused) as refused:
            require_open(left, world.toolbox.catalogs.current(), now=datetime.now(UTC))
        assert refused.value.code == "SWITCH_BACK_REPEATED"
    newest = first_switch(world.store, first.organization_id, again.switch_id)
    require_open(newest, world.toolbox.catalogs.current(), now=datetime.now(UTC))
    assert world.failings(again) == CLEAN


async def test_it_waits_for_free_licenses_of_any_seller(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """A request may wait: another purchase of the plan, from whomever, lets it start by itself."""
    made = world.organization(8)
    owned = buy_plan(world, made, quantity=3)
    order = owned_order(world, made, owned.subscription_id)
    case = await begun_wait(world, temporal_env, made, order)
    assert case.answers == [["TOO_FEW_LICENSES"]]

    buy_plan(world, made, quantity=5)
    await case.forward(minutes=6)
    result = await case.result()
    switch = await world.result(case.switch)

    assert (result.outcome, switch.outcome, switch.moved) == ("started", "completed", 8)
    assert world.failings(order) == CLEAN


async def begun_wait(
    world: World, environment: WorkflowEnvironment, made: dict[str, Any], order: SwitchOrder
) -> WaitingCase:
    """Let a request of licenses only wait, as the console does."""
    until = datetime.now(UTC) + timedelta(days=3)
    prepared = owned_prepared(world, made, order.target_subscription_id)
    terms = terms_of(prepared.quote, until, time_zone="UTC", total_at_most=None)
    request = WaitRequest(
        order=order,
        accepted=accepted_wait(terms),
        source_plan_id=prepared.source.plan_id,
        reasons=refusal_reasons(prepared.assessment.blocking("licenses_only")),
    )
    handle, answer = await start(world, request)
    assert answer.accepted, answer
    case = WaitingCase(
        world=world, environment=environment, order=order, until=until, request=request, handle=handle
    )
    await case.until_looked(1)
    return case


def owned_back(world: World, first: SwitchOrder) -> SwitchOrder:
    """Return the order that takes a switch of licenses only back."""
    terms = first_switch(world.store, first.organization_id, first.switch_id).terms(
        acknowledgments=("backup_done",)
    )
    return owned_order(
        world,
        {"organization_id": first.organization_id},
        str(terms.target_subscription_id),
        source_subscription_id=terms.source_subscription_id,
        service_settings=terms.service_settings,
        rule_set=terms.rule_set,
        switch_back_of=terms.switch_back_of,
        acknowledgments=terms.acknowledgments,
    )
