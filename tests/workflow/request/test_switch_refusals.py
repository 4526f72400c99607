"""Requests that are refused: a clear answer, and nothing written but the assessment (switch#assessment)."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest
from temporalio.exceptions import WorkflowAlreadyStartedError

from tests.support.switches.refusals import refuse
from tests.support.worlds.world import CLEAN, World

#: A plan without documents: Exchange Online (Plan 1).
EXCHANGE_ONLY = "4b9405b0-7788-4568-add1-99614e613b69"
UNPAID = {"balance_due_minor_units": 4200}


@pytest.mark.parametrize(
    ("options", "changes", "code"),
    [
        ({}, {"target_plan_id": EXCHANGE_ONLY}, "TARGET_LACKS_DATA_SERVICES"),
        ({}, {"quantity": 5}, "TOO_FEW_LICENSES"),
        ({}, {"caller_role": "license_admin"}, "WRONG_ROLE"),
        ({"profile": UNPAID}, {}, "UNPAID_BALANCE"),
    ],
)
async def test_an_ineligible_switch_writes_its_assessment_and_nothing_else(
    world: World, options: dict[str, Any], changes: dict[str, Any], code: str
) -> None:
    """Every refusal names its rule and a remedy; looking costs the subscription nothing."""
    organization = world.organization(**options)
    order = replace(world.order(organization), **changes)

    answer, result, written = await refuse(world, order)

    assert (answer.accepted, answer.code) == (False, "NOT_ELIGIBLE_FOR_SWITCH")
    assert code in [reason.code for reason in answer.reasons]
    assert all(reason.message and reason.remedy for reason in answer.reasons)
    assert (result.outcome, result.code) == ("refused", "NOT_ELIGIBLE_FOR_SWITCH")
    assert written == ["assessment.assessed"]
    assert (world.is_free(order), world.verdict(order)["orders"]) == (True, 0)


async def test_an_unknown_plan_is_refused_and_nothing_is_written(world: World) -> None:
    """A plan that the catalog does not have can't be assessed (issue 2, bad input)."""
    order = replace(world.order(world.organization()), target_plan_id=str(uuid.uuid4()))

    answer, result, written = await refuse(world, order)

    assert (answer.code, result.outcome, written) == ("UNKNOWN_PLAN", "refused", [])


async def test_another_quote_than_the_accepted_one_is_refused(world: World) -> None:
    """The order binds the quote that was shown (rules#quote-and-cutover)."""
    order = replace(world.order(world.organization()), quote_digest="0" * 64)

    answer, _, written = await refuse(world, order)

    assert (answer.accepted, answer.code) == (False, "QUOTE_CHANGED")
    assert (answer.remedy != "", written) == (True, ["assessment.assessed"])


async def test_an_organization_has_one_live_switch(world: World) -> None:
    """The second switch is told who holds the lock (rules#switch_in_progress)."""
    world.sandbox.settings(provisioning_delay_seconds=600)
    organization = world.organization()
    first, second = world.order(organization), world.order(organization)
    handle, _ = await world.start(first)
    await world.until_stage(handle, "provisioning")

    answer, result, written = await refuse(world, second)

    assert [reason.code for reason in answer.reasons] == ["SWITCH_IN_PROGRESS"]
    assert first.switch_id in answer.message
    assert (result.outcome, written) == ("refused", ["assessment.assessed"])
    await world.cancel(handle)
    await world.result(handle)
    assert world.failings(first) == CLEAN


async def test_a_repeated_request_gets_the_same_answer_and_starts_nothing(world: World) -> None:
    """One request id is one switch, once and for ever (architecture#workflows)."""
    world.sandbox.settings(provisioning_delay_seconds=600)
    order = world.order(world.organization())
    handle, first = await world.start(order)
    await world.until_stage(handle, "provisioning")

    again, second = await world.start(replace(order, actor="somebody", reason="again"))

    assert (again.id, second) == (handle.id, first)
    assert second.users == 25
    assert second.promised_end is not None
    await world.cancel(handle)
    await world.result(handle)
    with pytest.raises(WorkflowAlreadyStartedError):
        await world.start(order)
    assert world.verdict(order)["orders"] == 1


async def test_a_request_id_that_was_used_for_something_else_is_refused(world: World) -> None:
    """The same request id with another request is REQUEST_REUSED (architecture#workflows)."""
    world.sandbox.settings(provisioning_delay_seconds=600)
    order = world.order(world.organization())
    handle, _ = await world.start(order)

    _, answer = await world.start(replace(order, quantity=40))

    assert (answer.accepted, answer.code, answer.remedy) == (
        False,
        "REQUEST_REUSED",
        "Use a new request id.",
    )
    await world.cancel(handle)
    assert (await world.result(handle)).outcome == "cancelled"
