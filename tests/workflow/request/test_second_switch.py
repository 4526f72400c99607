"""A second switch in one period: each plan is paid for the days that it was held (proration#every-policy)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from domain.kernel.money import round_half_up
from tests.support.worlds.world import CLEAN, TARGET_PLAN, World

E5 = "c7df2760-2c81-4ef7-b578-5b5392b571df"


async def test_second_switch_in_one_month_charges_its_days_of_the_month(world: World) -> None:
    """E1 to E3 to E5 inside a month: by the ledger a start costs price x days left / days of it."""
    made = world.organization(users=20, quantity=21)
    start_on = date.fromisoformat(made["period_start_on"])
    first = world.order(made)
    assert (await world.complete(first)).outcome == "completed"
    held = world.sandbox.cloud.seller.subscriptions(first.organization_id)
    replaced = next(each for each in held if each.plan_id == TARGET_PLAN)
    part = world.sandbox.cloud.billing.period(first.organization_id, replaced.subscription_id)
    second = world.order(
        made | {"subscription_id": replaced.subscription_id},
        target_plan_id=E5,
        acknowledgments=("dependent_service_off",),
        source_subscription_id=replaced.subscription_id,
    )
    again = await world.complete(second)
    assert (again.outcome, again.code) == ("completed", ""), again

    charges = [each for each in world.ledger(second, "charge") if each["reason"] == "start"]
    end = date.fromisoformat(made["period_end_on"])
    ids = {each.subscription_id for each in world.sandbox.cloud.seller.subscriptions(first.organization_id)}
    assert part.billing_day == start_on.day
    assert len(charges) == 2
    for charge in charges:
        assert charge["subscription_id"] in ids
        billed = world.sandbox.cloud.billing.period(first.organization_id, charge["subscription_id"])
        days = (end - date.fromisoformat(charge["from_on"])).days
        price = billed.unit_price.minor_units * 21
        right = round_half_up(Fraction(price * days, (end - start_on).days))
        assert charge["amount_minor_units"] == right
    assert world.failings(second) == dict.fromkeys(CLEAN, 0)
