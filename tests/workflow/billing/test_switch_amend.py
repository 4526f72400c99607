"""Another number of licenses in a running switch: quoted, accepted, changed once, billed (ADR 14)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from activities.operator.control_contract import AMEND_QUANTITY
from domain.subscriptions.subscription import QuantityChanged
from domain.switch.control_events import QuantityAmended
from domain.switch.events import ForfeitureAccepted
from domain.switch.move_events import DriftFound, LicenseMoveFinished
from domain.switch.return_events import OperatorCommanded
from tests.support.acts.amending import (
    CHANGE,
    JOINERS,
    PURCHASED,
    USERS,
    amend,
    assert_billed_as_amended,
    changes_at_seller,
    licenses,
    short_switch,
    shown,
)
from tests.support.acts.written import written_for
from tests.support.controls.half_moved import recorded
from tests.support.controls.taken_back import assert_taken_back
from tests.support.licenses.failed_users import key_of, retry_users
from tests.support.licenses.held import held_switch
from tests.support.licenses.moving import MOVE_USERS, add_user, assert_all_on_target, moving_switch
from tests.support.switches.prepaid import ORDERED, paid_year
from tests.support.worlds.steps import WHOLE_SWITCH, StepRunner
from tests.support.worlds.world import CLEAN, OPERATOR, PROVISIONING, SOURCE_PLAN, TARGET_PLAN, World, meta_of
from workflows.switch.amendments import STOPPED
from workflows.switch.plan_switch import PlanSwitch

#: Steps of a switch before its users move.
BEFORE_MOVE = 5
#: The point behind the seller's call, before anything is saved.
CHANGED = "controls.amend_quantity:called:change_quantity"
#: More than this the seller does not sell (2002).
SELLER_MAX = 10_000_000


async def test_a_switch_that_holds_for_licenses_goes_on_with_more(world: World) -> None:
    """New joiners get the licenses that are amended; the charge is that of the amended quote."""
    order, handle = await short_switch(world)
    ordered, wanted = USERS, USERS + JOINERS

    answer = await amend(world, order, handle, wanted)
    again = await amend(world, order, handle, wanted, digest="whatever")
    await world.retry(handle)
    result = await world.result(handle)

    assert (answer.accepted, again) == (True, answer)
    assert f"{wanted} licenses of the new plan instead of {ordered}" in answer.message
    assert "`planswitch switch retry` goes on" in answer.message
    assert (result.outcome, result.moved) == ("completed", wanted)
    (event,) = recorded(world, order, QuantityAmended)
    assert (event.quantity_before, event.quantity, event.request_id) == (ordered, wanted, "amend-1")
    (stored,) = [each for each in world.source_events(order) if isinstance(each.event, QuantityAmended)]
    meta = meta_of(stored)
    assert (meta["actor"], meta["reason"], meta["causation"]) == (OPERATOR, "we grow", "command:amend-1")
    commands = [each.command for each in recorded(world, order, OperatorCommanded)]
    assert commands == ["amend", "retry"]
    (changed,) = [e.event for e in world.target_events(order) if isinstance(e.event, QuantityChanged)]
    assert changed.quantity == wanted
    assert all(not each.target_licenses for each in recorded(world, order, DriftFound))
    assert_all_on_target(world, order)
    assert_billed_as_amended(world, order, wanted)


async def test_fewer_licenses_are_paid_down_to_the_users_and_no_further(world: World) -> None:
    """Nobody is left without a license: below the users who move it is refused, and changes nothing."""
    order, handle = await moving_switch(world, users=USERS, quantity=PURCHASED)

    too_few = await amend(world, order, handle, USERS - 1, request_id="amend-0")
    kept = licenses(world, order)
    answer = await amend(world, order, handle, USERS)
    world.block()
    result = await world.result(handle)

    assert (too_few.accepted, kept) == (False, PURCHASED)
    assert f"{USERS - 1} licenses are ordered for {USERS} users" in too_few.message
    assert (answer.accepted, result.outcome, result.moved) == (True, "completed", USERS)
    assert_billed_as_amended(world, order, USERS)


@pytest.mark.long
async def test_half_of_the_users_moved_count_once(world: World) -> None:
    """Who is moved and who is to be moved are counted together, and whom somebody skipped is not."""
    order, handle = await held_switch(world, missing_usage_location=2)

    needed = shown(world, order, 10).users
    refused = await amend(world, order, handle, USERS - 1, request_id="amend-0")
    await amend(world, order, handle, USERS)
    await world.roll_back(handle)
    await world.result(handle)

    assert (needed, refused.accepted) == (USERS, False)
    assert_taken_back(world, order)


async def test_an_amendment_that_was_overtaken_is_stale_and_changes_nothing(world: World) -> None:
    """What is accepted leads from one quote to another: another amendment between makes it stale."""
    order, handle = await short_switch(world)
    ordered = licenses(world, order)
    first, second = (shown(world, order, ordered + more).amendment.digest for more in (3, 9))

    done = await amend(world, order, handle, ordered + 9, request_id="amend-1", digest=second)
    stale = await amend(world, order, handle, ordered + 3, request_id="amend-2", digest=first)
    other = await amend(world, order, handle, ordered + 7, request_id="amend-3", digest=second)

    assert (done.accepted, stale.accepted, other.accepted) == (True, False, False)
    assert "not the one that was accepted" in stale.message
    assert (licenses(world, order), len(recorded(world, order, QuantityAmended))) == (ordered + 9, 1)
    await world.roll_back(handle)
    await world.result(handle)


async def test_too_early_and_too_late_are_refused(world: World) -> None:
    """Before the licenses are there, and from the cancellation on, nothing is amended (ADR 14)."""
    order = world.order(world.organization())
    provisioning = world.ambushes.lay(order.switch_id, PROVISIONING)
    handle, _ = await world.start(order)
    await world.until(provisioning.is_reached.is_set)
    digest = shown(world, order, 60).amendment.digest
    early = await amend(world, order, handle, 60, request_id="amend-0", digest=digest)
    world.block("POST /billing/")
    world.ambushes.go_on(order.switch_id)
    await world.until_stage(handle, "cutting_over")
    late = await amend(world, order, handle, 60, request_id="amend-1", digest=digest)
    world.block()
    result = await world.result(handle)

    assert (early.accepted, late.accepted, result.outcome) == (False, False, "completed")
    assert "not there yet" in early.message
    assert "being cancelled" in late.message
    assert (changes_at_seller(world, order), recorded(world, order, QuantityAmended)) == (0, [])
    assert world.failings(order) == CLEAN


@pytest.mark.long
async def test_a_roll_back_after_an_amendment_charges_nothing(world: World) -> None:
    """The order is voided with all its licenses, and who joined on the new plan returns too.

    See switch#ways-back.
    """
    order, handle = await short_switch(world)
    joined = world.users_left(order)
    await amend(world, order, handle, USERS + JOINERS)
    await retry_users(handle, *(key_of(world, order, user) for user in joined))
    assert not world.users_left(order)

    await world.roll_back(handle)
    result = await world.result(handle)

    assert (result.outcome, len(world.users_left(order))) == ("rolled_back", USERS + JOINERS)
    assert_taken_back(world, order)
    assert world.ledger(order, "invoice") == []


@pytest.mark.long
async def test_a_roll_back_that_meets_an_amendment_leaves_nobody_on_its_licenses(world: World) -> None:
    """Licenses whose change was never answered are voided with the order: who is on one returns."""
    order, handle = await short_switch(world)
    (joined, *_) = world.users_left(order)
    world.sandbox.fault(CHANGE.format(organization=order.organization_id), "lost_answer")
    ambush = world.ambushes.lay(order.switch_id, CHANGED)
    sent = asyncio.create_task(amend(world, order, handle, USERS + JOINERS))
    await world.until(ambush.is_reached.is_set)
    new: list[dict[str, Any]] = [{"skuId": TARGET_PLAN, "disabledPlans": []}]
    world.sandbox.edit(order.organization_id, kind="licenses", user_id=joined, add=new, remove=[SOURCE_PLAN])

    await world.roll_back(handle)
    world.ambushes.go_on(order.switch_id)
    answer, result = await sent, await world.result(handle)

    assert (answer.accepted, answer.message) == (False, STOPPED)
    assert (result.outcome, recorded(world, order, QuantityAmended)) == ("rolled_back", [])
    assert len(world.users_left(order)) == USERS + JOINERS
    verdict = world.verdict(order)
    # Whoever lifted a user by hand above the old plan is not followed: only who is licensed counts here.
    assert (verdict["unlicensed_user_seconds"], verdict["orphan_orders"], world.is_free(order)) == (
        0,
        0,
        True,
    )
    assert world.ledger(order, "invoice") == []


@pytest.mark.long
async def test_a_lost_answer_of_the_seller_changes_the_licenses_once(world: World) -> None:
    """The seller's state tells that it is done; the answer and the record come with the next attempt."""
    order, handle = await short_switch(world)
    wanted = licenses(world, order) + JOINERS
    digest = shown(world, order, wanted).amendment.digest
    world.sandbox.fault(CHANGE.format(organization=order.organization_id), "lost_answer")

    answer = await amend(world, order, handle, wanted, digest=digest)
    await world.retry(handle)
    result = await world.result(handle)

    calls = [
        call
        for call in world.store.step_calls(order.switch_id, "controls.amend_quantity")
        if call.operation == "change_quantity"
    ]
    assert (answer.accepted, result.outcome) == (True, "completed")
    assert ([call.status for call in calls], len({call.key for call in calls})) == ([0], 1)
    assert (changes_at_seller(world, order), len(recorded(world, order, QuantityAmended))) == (1, 1)
    assert_billed_as_amended(world, order, wanted)


async def test_a_worker_that_dies_before_the_save_amends_once(world: World) -> None:
    """Fewer licenses than joined meanwhile are no reason any more once the seller has carried it out."""
    order, handle = await moving_switch(world, users=USERS, quantity=PURCHASED)
    digest = shown(world, order, USERS).amendment.digest
    world.sandbox.fault(CHANGE.format(organization=order.organization_id), "lost_answer")
    ambush = world.ambushes.lay(order.switch_id, CHANGED)
    sent = asyncio.create_task(amend(world, order, handle, USERS, digest=digest))
    await world.until(ambush.is_reached.is_set)
    add_user(world, order, "Nora New")
    world.ambushes.go_on(order.switch_id)
    answer = await sent

    assert answer.accepted
    assert (changes_at_seller(world, order), licenses(world, order)) == (1, USERS)
    await world.until_stage(handle, "held")
    await amend(world, order, handle, USERS + 1, request_id="amend-2")
    await world.retry(handle)
    result = await world.result(handle)
    assert (result.outcome, result.moved) == ("completed", USERS + 1)
    assert_billed_as_amended(world, order, USERS + 1)


async def test_the_cancellation_waits_for_an_amendment(world: World) -> None:
    """What is being amended is in the record before the source is cancelled, and billed so."""
    order, handle = await moving_switch(world)
    wanted = licenses(world, order) + 5
    ambush = world.ambushes.lay(order.switch_id, CHANGED)
    sent = asyncio.create_task(amend(world, order, handle, wanted))
    await world.until(ambush.is_reached.is_set)

    world.block()
    await world.until(lambda: bool(recorded(world, order, LicenseMoveFinished)))
    stage = (await handle.query(PlanSwitch.status)).stage
    cancellations = world.verdict(order)["cancellations"]
    world.ambushes.go_on(order.switch_id)
    answer, result = await sent, await world.result(handle)

    assert (stage, cancellations) == ("verifying", 0)
    assert (answer.accepted, result.outcome) == (True, "completed")
    assert_billed_as_amended(world, order, wanted)


async def test_a_seller_who_refuses_changes_nothing(world: World) -> None:
    """His words are the answer, the switch holds on, and another number can be asked for."""
    order, handle = await short_switch(world)

    refused = await amend(world, order, handle, SELLER_MAX + 1, request_id="amend-0")
    answer = await amend(world, order, handle, USERS + JOINERS)
    await world.retry(handle)
    result = await world.result(handle)

    assert (refused.accepted, answer.accepted, result.outcome) == (False, True, "completed")
    assert refused.message.startswith("The seller refuses it: ")
    assert changes_at_seller(world, order) == 1
    assert_billed_as_amended(world, order, USERS + JOINERS)


async def test_more_of_a_prepaid_value_is_lost_only_when_that_is_accepted(world: World) -> None:
    """Fewer licenses take less of a value that was paid in advance; the loss is accepted again."""
    order = world.order(paid_year(world, 9), quantity=ORDERED, acknowledgments=("forfeiture",))
    world.block(MOVE_USERS)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "moving")

    refused = await amend(world, order, handle, USERS, request_id="amend-0")
    answer = await amend(world, order, handle, USERS, is_loss_accepted=True)
    world.block()
    result = await world.result(handle)

    assert (refused.accepted, answer.accepted, result.outcome) == (False, True, "completed")
    assert "--accept-forfeiture" in refused.message
    first, second = recorded(world, order, ForfeitureAccepted)
    assert first.forfeited_minor_units < second.forfeited_minor_units
    assert_billed_as_amended(world, order, USERS)


async def test_an_amendment_may_be_delivered_twice(world: World) -> None:
    """A step whose answer was lost answers what was recorded: one event, one change (architecture 4)."""
    order = world.order(world.organization(users=USERS, quantity=PURCHASED))
    runner = StepRunner(world, order)
    for spec, fields in WHOLE_SWITCH[:BEFORE_MOVE]:
        await runner.run(spec, **fields)
    accepted = shown(world, order, USERS).amendment.digest
    asked: dict[str, Any] = {
        "quantity": USERS,
        "accepted_digest": accepted,
        "is_loss_accepted": False,
        "request_id": "amend-1",
        "actor": OPERATOR,
        "reason": "we shrink",
    }

    first = await runner.run(AMEND_QUANTITY, **asked)
    before = world.store.max_notification_id()
    second = await runner.run(AMEND_QUANTITY, attempt=2, **asked)
    for spec, fields in WHOLE_SWITCH[BEFORE_MOVE:]:
        await runner.run(spec, **fields)

    assert (first.accepted, second.message) == (True, first.message)
    assert written_for(world.store, order.switch_id, before)
    assert changes_at_seller(world, order) == 1
    assert len(recorded(world, order, QuantityAmended)) == 1
    assert_billed_as_amended(world, order, USERS)
