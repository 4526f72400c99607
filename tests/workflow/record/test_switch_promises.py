"""Cases in which a careless switch would break a promise (switch#licenses)."""

from __future__ import annotations

import pytest

from domain.kernel.ids import switch_id_of
from domain.ports.seller_port import OrderLine
from tests.support.clouds.cloud_server import SOURCE_PLAN, TARGET_PLAN
from tests.support.worlds.world import World
from workflows.base.messages import OperatorCommand
from workflows.switch.plan_switch import PlanSwitch

#: EXCHANGE_S_STANDARD of the old plan.
MAILBOX = "9aaf7827-d63c-4b61-89c3-182f06f82e5c"


async def test_who_holds_the_new_plan_already_keeps_its_services(world: World) -> None:
    """A pilot user with mail on under the new plan and off under the old one keeps mail (switch#services)."""
    organization = world.sandbox.organization(seed=5, users=6)
    organization_id = organization["organization_id"]
    user = world.sandbox.cloud.directory.users_page(organization_id, SOURCE_PLAN, None).users[0]
    both = [
        {"skuId": SOURCE_PLAN, "disabledPlans": [MAILBOX]},
        {"skuId": TARGET_PLAN, "disabledPlans": []},
    ]
    world.sandbox.cloud.seller.place_order(
        organization_id,
        OrderLine(plan_id=TARGET_PLAN, quantity=3, term="P1M", billing_cycle="monthly", currency="EUR"),
        cart_key="pilot-cart",
        checkout_key="pilot-checkout",
    )
    world.sandbox.edit(organization_id, kind="licenses", user_id=user.directory_id, add=both, remove=[])

    result = await world.complete(world.order(organization))

    (moved,) = world.sandbox.cloud.directory.users(organization_id, [user.directory_id])
    held = moved.license_of(TARGET_PLAN)
    assert result.outcome == "completed"
    assert held is not None
    assert not held.disabled_service_ids
    assert world.sandbox.verdict(organization_id)["data_service_gap_user_seconds"] == 0


async def test_user_who_lost_both_plans_holds_the_switch(world: World) -> None:
    """Whoever holds neither plan is not forgotten: the switch holds before cancellation.

    See rules#operator-controls.
    """
    organization = world.sandbox.organization(seed=6, users=5)
    organization_id = organization["organization_id"]
    user = world.sandbox.cloud.directory.users_page(organization_id, SOURCE_PLAN, None).users[0]
    world.sandbox.edit(
        organization_id,
        kind="refusal",
        user_id=user.directory_id,
        status=400,
        code="Request_BadRequest",
        text="User does not have a corresponding license.",
        times=1,
    )
    order = world.order(organization)
    world.block("POST /v1.0/$batch")
    handle, _ = await world.start(order)
    await world.until_stage(handle, "moving")
    world.sandbox.edit(
        organization_id, kind="licenses", user_id=user.directory_id, add=[], remove=[SOURCE_PLAN]
    )
    world.block()
    await world.until_stage(handle, "held")
    cancelled = world.sandbox.verdict(organization_id)["cancellations"]
    world.sandbox.edit(
        organization_id,
        kind="licenses",
        user_id=user.directory_id,
        add=[{"skuId": TARGET_PLAN, "disabledPlans": []}],
        remove=[],
    )

    await handle.execute_update(
        PlanSwitch.retry_failed, OperatorCommand(request_id="r1", actor="olga", reason="assigned")
    )
    result = await handle.result()

    assert cancelled == 0
    assert (result.outcome, result.moved) == ("completed", 5)


@pytest.mark.parametrize(
    "change",
    [{"quoted_on": "2999-01-01"}, {"organization_id": "UPPER"}],
    ids=["day", "spelling"],
)
async def test_what_this_engine_cannot_run_is_refused_before_anything(
    world: World, change: dict[str, str]
) -> None:
    """A quote of the future and another spelling of the organization are refused at once."""
    organization = world.sandbox.organization(seed=8, users=4)
    if "organization_id" in change:
        upper = organization["organization_id"].upper()
        change = {"organization_id": upper, "request_id": "r", "switch_id": switch_id_of(upper, "r")}

    _handle, answer = await world.start(world.order(organization, **change))

    assert (answer.accepted, answer.code) == (False, "INVALID_INPUT")
    assert world.sandbox.verdict(organization["organization_id"])["orders"] == 0
