"""How many licenses a switch orders: fewer, more or as many; charged as quoted.

See rules#license_removal_in_switch.
"""

from __future__ import annotations

from typing import Any

import pytest

from domain.quote.quote import Quote
from domain.switch.events import QuoteFixed
from domain.switch.move_events import SourceCancelled
from tests.support.worlds.world import CLEAN, SOURCE_PLAN, TARGET_PLAN, World

USERS, PURCHASED = 25, 40


@pytest.mark.parametrize("quantity", [USERS, USERS + 3, PURCHASED, PURCHASED + 20])
async def test_ordered_licenses_are_charged_as_quoted(world: World, quantity: int) -> None:
    """Down to the assigned users, or above what was purchased: that many are ordered, quoted and charged."""
    order = world.order(world.organization(users=USERS, quantity=PURCHASED), quantity=quantity)

    result = await world.complete(order)

    events: dict[type[Any], Any] = {type(each.event): each.event for each in world.source_events(order)}
    day = Quote.from_facts(events[QuoteFixed].quote).day(events[SourceCancelled].cutover_on)
    held = {each.plan_id: each for each in world.sandbox.cloud.seller.subscriptions(order.organization_id)}
    (invoice,) = world.ledger(order, "invoice")
    charge = next(each for each in world.ledger(order, "charge") if each["reason"] == "start")
    assert result.outcome == "completed"
    assert (held[TARGET_PLAN].quantity, held[SOURCE_PLAN].quantity) == (quantity, PURCHASED)
    assert (charge["quantity"], charge["amount_minor_units"]) == (quantity, day.amount("charge").minor_units)
    assert invoice["amount_minor_units"] == day.total.minor_units
    assert world.failings(order) == dict.fromkeys(CLEAN, 0)


@pytest.mark.parametrize("rules", ["2014", "2020"])
async def test_older_rule_sets_refuse_to_remove_licenses_in_a_switch(world: World, rules: str) -> None:
    """LICENSE_REMOVAL_IN_SWITCH: licenses are reduced before or after it; nothing is ordered."""
    made = world.organization(users=USERS, quantity=PURCHASED)
    order = world.order(made, quantity=PURCHASED - 1, rule_set=rules)

    handle, answer = await world.start(order)
    result = await world.result(handle)

    assert (answer.accepted, result.outcome) == (False, "refused")
    assert [reason.code for reason in answer.reasons] == ["LICENSE_REMOVAL_IN_SWITCH"]
    assert world.verdict(order)["orders"] == 0


@pytest.mark.parametrize("rules", ["2014", "2020", "current"])
async def test_fewer_licenses_than_users_are_refused_in_every_rule_set(world: World, rules: str) -> None:
    """TOO_FEW_LICENSES: each user who moves needs one."""
    made = world.organization(users=USERS, quantity=PURCHASED)
    order = world.order(made, quantity=USERS - 1, rule_set=rules)

    handle, answer = await world.start(order)
    await world.result(handle)

    assert not answer.accepted
    assert "TOO_FEW_LICENSES" in [reason.code for reason in answer.reasons]
    assert world.verdict(order)["orders"] == 0
