"""Why a switch failed: planted failures, and the first cause that the audit names for each.

See audit#why-did-it-fail.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from activities import contract as steps
from audit.autopsy.causes import Cause, Party
from services.catalog.price_imports import PriceImport, import_prices
from store.record.catalogs import Catalogs
from tests.support.controls.taken_back import provisioning_switch
from tests.support.explained.explaining import explained, until_noted
from tests.support.licenses.held import held_switch
from tests.support.licenses.moving import add_user, moving_switch
from tests.support.switches.prepaid import ORDERED, paid_year
from tests.support.switches.reassessment import BEFORE_MOVE, BROKEN, WELL, ordered
from tests.support.worlds.ambush import Ambushes
from tests.support.worlds.credit import CreditCase
from tests.support.worlds.steps import WHOLE_SWITCH, StepRunner
from tests.support.worlds.waiting import begin, health
from tests.support.worlds.world import OPERATOR, World, open_world

DEARER = b"plan,currency,price_per_user_month,as_of,source\nENTERPRISEPACK,EUR,2300.00,2026-07-01,our list\n"
CALLED_CHECKOUT = "purchase.order_replacement:called:checkout"


async def test_a_declined_switch_names_who_declined(case: CreditCase) -> None:
    """The decision is the cause, and whoever gave it; nothing was charged and nobody was concerned."""
    await case.decide("declined")
    await case.result()

    answer = explained(case.world, case.order)

    assert (answer.outcome, answer.first_cause.cause) == ("declined", Cause.CREDIT_DECLINED)
    assert f"{OPERATOR} declined it as operator" in answer.first_cause.sentence
    assert answer.first_cause.party is Party.CUSTOMER
    assert (answer.cost.charged, answer.cost.is_order_voided, answer.users) == (None, True, ())


async def test_an_answer_that_comes_twice_changes_nothing(case: CreditCase) -> None:
    """A double callback, and one that contradicts: the first answer is the cause (rules#credit-check)."""
    await case.decide("declined", "d-1", "bureau")
    await case.decide("declined", "d-1", "bureau", update_id="again")
    await case.result()

    answer = explained(case.world, case.order)

    assert answer.first_cause.cause is Cause.CREDIT_DECLINED
    assert "the first answer counts" in answer.first_cause.sentence
    assert sum("credit-check-declined" in each.words for each in answer.first_cause.evidence) == 1


async def test_an_expired_switch_names_the_silent_bureau(
    case: CreditCase, temporal_env: WorkflowEnvironment
) -> None:
    """Nobody answered: the planned end of the wait is the promise that was broken."""
    await temporal_env.fast_forward(case.handle)
    await case.result()

    answer = explained(case.world, case.order)

    assert (answer.outcome, answer.first_cause.cause) == ("expired", Cause.CREDIT_UNANSWERED)
    assert "wait, credit check" in {each.promise for each in answer.promises}


async def test_an_order_that_is_voided_by_hand_names_the_operator(case: CreditCase) -> None:
    """The check ran in its time: nothing was wrong but that an operator wanted it so."""
    await case.world.cancel(case.handle)
    await case.result()

    answer = explained(case.world, case.order)

    assert (answer.outcome, answer.first_cause.cause) == ("cancelled", Cause.OPERATOR_TURNED_BACK)
    assert f"{OPERATOR} did it (wrong plan)" in answer.first_cause.sentence
    assert any(each.actor == OPERATOR and "cancel" in each.words for each in answer.trials)


async def test_a_wrong_role_is_named_although_nothing_was_recorded_of_a_switch(world: World) -> None:
    """The refusal is all there is: code, words and remedy of the rule (rules#wrong_role)."""
    organization = world.organization()
    caller = next(iter(world.users(world.order(organization))))
    order = replace(world.order(organization), caller=caller, caller_role="global_admin")
    await world.start(order)

    answer = explained(world, order)

    assert (answer.outcome, answer.has_ended) == ("refused", True)
    assert (answer.first_cause.cause, answer.first_cause.code) == (Cause.WRONG_ROLE, "WRONG_ROLE")
    assert "global admin" in answer.first_cause.remedy


async def test_a_loss_that_was_not_accepted_is_named(world: World) -> None:
    """The assessment allowed the switch, and the quote forfeits what nobody accepted."""
    order = world.order(paid_year(world, 11), quantity=ORDERED)
    handle, answered = await world.start(order)
    await world.result(handle)
    assert not answered.accepted

    answer = explained(world, order)

    assert answer.first_cause.cause is Cause.FORFEITURE_NOT_ACCEPTED
    assert "up to" in answer.first_cause.sentence
    assert "--accept-forfeiture" in answer.first_cause.remedy


async def test_a_roll_back_names_the_operator_and_who_returned(world: World) -> None:
    """Nothing was wrong before the command; everybody returned."""
    order, handle = await ordered(world, "verification.verify_move:begin")
    answered = asyncio.create_task(world.roll_back(handle))
    await world.until(lambda: "subscription.operator-commanded" in _topics(world, order))
    world.ambushes.go_on(order.switch_id)
    await answered
    await world.result(handle)

    answer = explained(world, order)

    assert (answer.outcome, answer.first_cause.cause) == ("rolled_back", Cause.OPERATOR_TURNED_BACK)
    assert [(each.count, each.words) for each in answer.users] == [
        (25, "were moved"),
        (25, "returned to the old plan"),
    ]


async def test_a_roll_back_of_a_held_switch_names_why_it_was_held(world: World) -> None:
    """The operator only ended what users without a location had begun: that is the first cause."""
    order, handle = await held_switch(world, missing_usage_location=2)
    held = explained(world, order)
    await world.roll_back(handle)
    await world.result(handle)

    answer = explained(world, order)

    for each in (held, answer):
        first = each.first_cause
        assert (first.cause, first.code) == (Cause.USERS_NOT_ASSIGNABLE, "LOCATION_NOT_SERVED")
        assert any(users.error == "LOCATION_NOT_SERVED" and users.count == 2 for users in each.users)
    assert (held.outcome, answer.outcome) == ("hold", "rolled_back")


async def test_too_few_licenses_while_users_move_are_named(world: World) -> None:
    """The new subscription lacks licenses: the switch holds, and says for how many users."""
    order, handle = await ordered(world, BEFORE_MOVE)
    rule: dict[str, Any] = {"operation": "change_licenses", "fault": "seats_short", "hits": [1], "seats": 5}
    path = f"/sandbox/organizations/{order.organization_id}/faults"
    world.sandbox.control.put(path, json={"seed": 1, "rules": [rule]}).raise_for_status()
    world.ambushes.go_on(order.switch_id)
    await world.until_stage(handle, "held")

    answer, left = explained(world, order), len(world.users_left(order))
    world.sandbox.control.delete(path).raise_for_status()
    await world.roll_back(handle)
    await world.result(handle)
    back = explained(world, order)

    assert left > 1
    for each in (answer, back):
        assert (each.first_cause.cause, each.first_cause.code) == (Cause.OUT_OF_LICENSES, "NO_LICENSE_FREE")
        assert f"{left} users could not be moved" in each.first_cause.sentence
    assert "planswitch switch amend" in answer.first_cause.remedy
    assert (answer.outcome, back.outcome) == ("hold", "rolled_back")


async def test_a_stuck_way_back_names_the_sellers_refusal(world: World) -> None:
    """The operator's cancel is what led there; that it is stuck has the seller's code and request id."""
    order, handle = await provisioning_switch(world)
    world.sandbox.settings(void_window_days=0)
    await world.cancel(handle)
    await world.until_stage(handle, "stuck")

    answer = explained(world, order)
    world.sandbox.settings(void_window_days=7)
    await world.retry(handle)
    await world.result(handle)

    assert (answer.outcome, answer.first_cause.cause) == ("stuck", Cause.WAY_BACK_REFUSED)
    (refused,) = [each for each in answer.answers if each.operation == "void_order"]
    assert (refused.status, refused.code, bool(refused.request_id)) == (400, "800061", True)
    assert any(each.code == "800061" for each in answer.first_cause.evidence)


async def test_drift_by_hand_is_named_although_the_switch_got_through(world: World) -> None:
    """A user who came onto the old plan is all that was unusual (rules#drift)."""
    order, handle = await moving_switch(world)
    add_user(world, order, "Nora New")
    world.block()
    await world.result(handle)

    answer = explained(world, order)

    assert (answer.outcome, answer.first_cause.cause) == ("completed", Cause.CHANGED_BY_HAND)
    assert any("came onto the old plan" in each.words and each.count == 1 for each in answer.users)


async def test_an_incident_before_the_first_move_is_named(world: World) -> None:
    """The switch waits for the end of the incident: who has to act is a provider."""
    order, handle = await ordered(world, BEFORE_MOVE)
    health(world, order.organization_id, BROKEN)
    world.ambushes.go_on(order.switch_id)
    await until_noted(world, order)

    answer = explained(world, order)
    await world.cancel(handle)
    await world.result(handle)
    ended = explained(world, order)
    health(world, order.organization_id, WELL)

    assert answer.first_cause.cause is Cause.SERVICE_INCIDENT
    assert answer.first_cause.party is Party.PROVIDER
    assert not answer.has_ended
    assert (ended.outcome, ended.first_cause.cause) == ("cancelled", Cause.SERVICE_INCIDENT)


class Killed(BaseException):
    """A worker that dies at a point of a step."""


class DeadlyPoint(Ambushes):
    """One point at which the attempt dies, once."""

    def __init__(self, point: str) -> None:
        super().__init__()
        self._point = point

    def reached(self, switch_id: str, organization_id: str, point: str) -> None:
        """Die at the point, the first time."""
        if point == self._point:
            self._point = ""
            raise Killed(point)


async def test_a_worker_that_died_after_a_call_is_named(world: World) -> None:
    """The next attempt repeats the key of a call that nobody recorded as done; the switch goes through."""
    mortal = replace(world, toolbox=replace(world.toolbox, points=DeadlyPoint(CALLED_CHECKOUT)))
    order = world.order(world.organization())
    runner = StepRunner(mortal, order)
    await runner.run(steps.REQUEST_SWITCH)
    with pytest.raises(Killed):
        await runner.run(steps.ORDER_REPLACEMENT, run_id="run-2")
    await runner.run(steps.ORDER_REPLACEMENT, attempt=2, run_id="run-2")
    for spec, fields in WHOLE_SWITCH[2:6] + WHOLE_SWITCH[8:]:
        await runner.run(spec, **fields)

    answer = explained(world, order)

    assert (answer.outcome, answer.first_cause.cause) == ("completed", Cause.PROCESS_LOST)
    assert answer.first_cause.step == "purchase.order_replacement"
    assert world.verdict(order)["orders"] == 1


@asynccontextmanager
async def world_of_its_own(
    client: Client, database_url: str, shared: World, folder: Path
) -> AsyncIterator[World]:
    """Open a world with a catalog of its own, on the sandbox of the shared one."""
    async with open_world(client, database_url, shared.sandbox, folder) as world:
        world.share_seeds_of(shared)
        yield world


async def test_a_catalog_that_came_while_a_request_waited_is_named(
    world: World,
    temporal_client: Client,
    temporal_env: WorkflowEnvironment,
    database_url: str,
    tmp_path: Path,
) -> None:
    """A newer catalog made the switch dearer than was accepted (rules#a-price-that-has-changed)."""
    async with world_of_its_own(temporal_client, database_url, world, tmp_path) as own:
        order = own.order(own.organization())
        health(own, order.organization_id, BROKEN)
        case = await begin(own, temporal_env, order)
        _make_dearer(own)
        health(own, order.organization_id, WELL)
        await case.look()
        await own.until(lambda: case.wait.price is not None)
        asked = explained(own, order)
        await case.cancel()
        await case.result()
        answer = explained(own, order)

    for each in (asked, answer):
        assert each.first_cause.cause is Cause.CATALOG_CHANGED
        assert [one.place for one in each.first_cause.evidence if one.kind == "catalog"] == ["dearer"]
    assert (asked.has_ended, answer.outcome) == (False, "cancelled")


def _make_dearer(world: World) -> None:
    """Import a list on which a license of the new plan costs a hundred times as much."""
    order = PriceImport(
        content=DEARER,
        name="dearer",
        actor=OPERATOR,
        reason="new list",
        is_preview=False,
        allows_unusual=True,
    )
    import_prices(Catalogs(world.store.application), order)


def _topics(world: World, order: steps.SwitchOrder) -> list[str]:
    return [each.topic for each in world.source_events(order)]
