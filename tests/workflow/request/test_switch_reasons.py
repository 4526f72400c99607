"""Reasons that only the outside or the record can tell, through the real adapters (switch#assessment)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from activities.assessment.circumstances import SwitchQuestion, came_from, circumstances
from activities.assessment.preparation import Prepared
from activities.contract import SwitchOrder
from activities.request.eligibility import question_of
from domain.kernel.errors import NotEligible
from domain.requests.terms import SwitchTerms
from tests.support.clouds.cloud_server import SOURCE_PLAN
from tests.support.switches.refusals import refuse
from tests.support.worlds.world import World

TEAMS_PHONE = "e43b5b99-8dfb-405f-9987-dc307f34bcbd"
STORAGE = "99049c9c-6011-4908-bf17-15f496e6519d"
#: Planner and Project Plan 3: attaches to nothing.
PROJECT = "53818b1b-4a27-454b-8896-0dba576410e6"
UNKNOWN = {"code": 4711, "description": "The moon is wrong."}


def prepared(world: World, made: dict[str, Any], **changes: Any) -> Prepared:
    """Ask the rules as a preview does."""
    return world.prepare(made, **changes)


def codes(answer: Prepared) -> list[str]:
    """Return the codes of the reasons that block the automatic way."""
    return [each.code for each in answer.assessment.blocking("automatic")]


def purchase(world: World, made: dict[str, Any], **fields: Any) -> str:
    """Add a subscription by hand and return its id."""
    before = _purchased(world, made)
    world.sandbox.edit(made["organization_id"], kind="purchase", **({"quantity": 5} | fields))
    (subscription_id,) = _purchased(world, made) - before
    return subscription_id


def _purchased(world: World, made: dict[str, Any]) -> set[str]:
    """Return every subscription that the directory lists, in whatever order it does."""
    purchases = world.sandbox.cloud.inquiries.purchases(made["organization_id"])
    return {each.subscription_id for each in purchases}


async def test_addon_incompatible_refuses_the_request_and_clears_without_the_addon(world: World) -> None:
    """ADDON_INCOMPATIBLE: an add-on that fits nowhere blocks; one that attaches is carried over."""
    made = world.organization()
    parent = made["subscription_id"]
    for plan_id in (STORAGE, TEAMS_PHONE):
        purchase(world, made, plan_id=plan_id, parent_subscription_id=parent)
    assert codes(prepared(world, made)) == []
    order = world.order(made)
    blocking = purchase(world, made, plan_id=PROJECT, parent_subscription_id=parent)

    answer, _, written = await refuse(world, order)

    assert [each.code for each in answer.reasons] == ["ADDON_INCOMPATIBLE"]
    assert written == ["assessment.assessed"]
    world.sandbox.edit(
        made["organization_id"], kind="subscription", subscription_id=blocking, changes={"status": "deleted"}
    )
    assert codes(prepared(world, made)) == []


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ([UNKNOWN], ["UNKNOWN_REASON"]),
        ([], ["NOT_ELIGIBLE"]),
        ([{"code": 7, "description": "No upgrade paths."}], ["NO_PATH"]),
        ([{"code": 4, "description": "Busy."}], ["SWITCH_IN_PROGRESS"]),
        ([UNKNOWN, {"code": 2, "description": "Off."}], ["SUBSCRIPTION_NOT_ACTIVE", "UNKNOWN_REASON"]),
    ],
)
async def test_sellers_refusal_is_told_in_his_words(
    world: World, errors: list[dict[str, Any]], expected: list[str]
) -> None:
    """NOT_ELIGIBLE, UNKNOWN_REASON and known codes block the request; the text is kept verbatim."""
    made = world.organization()
    order = world.order(made)
    world.sandbox.edit(made["organization_id"], kind="verdict", errors=errors)

    answer, _, written = await refuse(world, order)

    assert [reason.code for reason in answer.reasons] == expected
    assert all(error["description"] in answer.message for error in errors)
    assert written == ["assessment.assessed"]
    world.sandbox.edit(made["organization_id"], kind="verdict", errors=None)
    assert codes(prepared(world, made)) == []


async def test_high_volume_comes_back_in_an_hour(world: World) -> None:
    """HIGH_VOLUME: the seller asks to wait for an hour; afterwards nothing blocks the switch."""
    made = world.organization()
    world.sandbox.settings(is_volume_high=True)
    try:
        answer = prepared(world, made).assessment
    finally:
        world.sandbox.settings(is_volume_high=False)

    (reason,) = answer.blocking("automatic")
    assert (reason.code, reason.retry.kind) == ("HIGH_VOLUME", "at")
    assert reason.retry.at is not None
    assert (reason.retry.at - answer.at).total_seconds() == 3600
    assert codes(prepared(world, made)) == []


async def test_other_seller_is_refused_without_a_quote_and_recorded(world: World) -> None:
    """OTHER_SELLER: only the directory knows the subscription; the refusal carries every reason."""
    made = world.organization()
    order = world.order(made)
    elsewhere = purchase(world, made, plan_id=SOURCE_PLAN, is_sold_elsewhere=True)
    with pytest.raises(NotEligible) as caught:
        prepared(world, made | {"subscription_id": elsewhere})
    assert "OTHER_SELLER" in [each.code for each in caught.value.details["reasons"]]

    answer, _, written = await refuse(world, replace(order, source_subscription_id=elsewhere))

    assert "OTHER_SELLER" in [each.code for each in answer.reasons]
    assert written == ["assessment.assessed"]


async def test_second_subscription_of_the_product_blocks_until_it_ends(world: World) -> None:
    """MULTIPLE_SUBSCRIPTIONS_SAME_PRODUCT: two subscriptions of the source's own product."""
    made = world.organization()
    second = purchase(world, made, plan_id=SOURCE_PLAN)
    assert codes(prepared(world, made)) == ["MULTIPLE_SUBSCRIPTIONS_SAME_PRODUCT"]

    world.sandbox.edit(
        made["organization_id"], kind="subscription", subscription_id=second, changes={"status": "deleted"}
    )
    assert codes(prepared(world, made)) == []


async def test_role_is_what_the_directory_tells(world: World) -> None:
    """WRONG_ROLE: a caller of the directory has the role it tells, whatever he says of himself."""
    made = world.organization()
    organization_id = made["organization_id"]
    page = world.sandbox.cloud.directory.users_page(organization_id, SOURCE_PLAN, None)
    caller = page.users[0].directory_id
    assert codes(prepared(world, made, caller=caller)) == ["WRONG_ROLE"]

    for role, expected in (("User Administrator", ["WRONG_ROLE"]), ("Global Administrator", [])):
        world.sandbox.edit(organization_id, kind="roles", user_id=caller, roles=[role])
        assert codes(prepared(world, made, caller=caller)) == expected


async def test_named_target_must_be_the_organizations_own(world: World) -> None:
    """DIFFERENT_ORGANIZATION: a target that is not the organization's blocks both modes."""
    made, other = world.organization(), world.organization()
    answer = prepared(world, made, target_subscription_id=other["subscription_id"]).assessment
    (reason,) = answer.reasons

    assert (reason.code, reason.blocks) == ("DIFFERENT_ORGANIZATION", ("automatic", "manual"))


async def test_switch_back_across_families_is_known_from_the_record(world: World) -> None:
    """NO_WAY_BACK: the record tells from which plan an earlier switch came to the source."""
    made = world.organization()
    order = world.order(made)
    handle, _ = await world.start(order)
    assert (await world.result(handle)).outcome == "completed"
    organization = world.store.organization(order.organization_id)
    replaced = _replacement(world, order)
    terms = SwitchTerms(
        organization_id=order.organization_id,
        source_subscription_id=replaced,
        target_plan_id=SOURCE_PLAN,
        rule_set="2014",
    )
    question = SwitchQuestion(terms=terms)

    before = came_from(world.store, organization, question)

    assert before == SOURCE_PLAN
    assert came_from(world.store, organization, question_of(order)) == ""
    seen = circumstances(
        world.sandbox.cloud,
        organization,
        world.toolbox.catalogs.current(),
        question,
        now=datetime.now(UTC),
        came_from_plan_id=before,
    )
    assert seen.assessment.input.came_from_plan_id == SOURCE_PLAN


def _replacement(world: World, order: SwitchOrder) -> str:
    held = world.sandbox.cloud.seller.subscriptions(order.organization_id)
    (found,) = (each for each in held if each.plan_id == order.target_plan_id)
    return found.subscription_id


async def test_two_sellers_of_one_plan_refuse_the_request(world: World) -> None:
    """MULTIPLE_SUBSCRIPTIONS_SAME_PRODUCT: 21 licenses of ours and 10 of another seller are one pool."""
    made = world.organization(users=20, has_side_products=False)
    assert codes(prepared(world, made)) == []
    order = world.order(made)
    elsewhere = purchase(world, made, plan_id=SOURCE_PLAN, quantity=10, is_sold_elsewhere=True)

    answer, _, written = await refuse(world, order)

    assert [each.code for each in answer.reasons] == ["MULTIPLE_SUBSCRIPTIONS_SAME_PRODUCT"]
    assert written == ["assessment.assessed"]
    ended = {"kind": "subscription", "subscription_id": elsewhere, "changes": {"status": "deleted"}}
    world.sandbox.edit(made["organization_id"], **ended)
    assert codes(prepared(world, made)) == []


async def test_plan_that_an_earlier_switch_left_does_not_block_the_next_one(world: World) -> None:
    """A legacy plan that was cancelled is suspended for its grace: there is nothing to consolidate."""
    made = world.organization(users=5, has_side_products=False)
    again = purchase(world, made, plan_id=SOURCE_PLAN, quantity=6)
    assert codes(prepared(world, made)) == ["MULTIPLE_SUBSCRIPTIONS_SAME_PRODUCT"]

    world.sandbox.cloud.seller.cancel_subscription(made["organization_id"], again, key="by hand")

    held = world.sandbox.cloud.seller.subscription(made["organization_id"], again)
    assert (held.status, held.suspension_reasons) == ("suspended", ("CustomerCancellation",))
    assert codes(prepared(world, made)) == []
