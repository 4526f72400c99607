"""A period that was credited whole before: nothing is left to give back (proration#every-policy)."""

from __future__ import annotations

import uuid
from typing import Any

from audit.story.show import audit_of
from domain.quote.quote import Quote
from domain.switch.events import QuoteFixed
from domain.switch.move_events import BillingCutOver, CreditIssued
from sandbox.kernel.journal import GOODWILL
from tests.support.switches.quote_of_before import E5, events_of
from tests.support.worlds.world import CLEAN, TARGET_PLAN, World


def credit_whole(world: World, made: dict[str, Any], subscription_id: str) -> None:
    """Let the seller give back everything that was paid for the present period, such as for an outage."""
    organization_id = made["organization_id"]
    period = world.sandbox.cloud.billing.period(organization_id, subscription_id)
    body = {
        "amount_minor_units": period.paid.minor_units,
        "currency": period.paid.currency,
        "from_on": period.period_start_on.isoformat(),
        "to_on": period.period_end_on.isoformat(),
        "reason": GOODWILL,
    }
    headers = {"Authorization": f"Bearer sandbox-{organization_id}", "Idempotency-Key": uuid.uuid4().hex}
    path = f"/billing/v1/customers/{organization_id}/subscriptions/{subscription_id}/credits"
    world.sandbox.control.post(path, json=body, headers=headers).raise_for_status()


def assert_nothing_given_back(events: dict[type[Any], Any]) -> None:
    """Check that the switch gave back 0.00 of the old plan, and charged the new plan as its quote says."""
    billed = events[BillingCutOver]
    day = Quote.from_facts(events[QuoteFixed].quote).day(billed.cutover_on)
    assert [line.amount.minor_units for line in day.lines if line.kind == "credit"] == [0]
    assert events[CreditIssued].amount.minor_units == 0
    assert billed.total == day.total
    assert billed.net == day.amount("charge")


async def test_a_period_credited_whole_before_gives_nothing_back(world: World) -> None:
    """Quote, cutover and a second one after another credit note: lines of 0.00, each day charged once."""
    made = world.organization(users=5, quantity=21)
    credit_whole(world, made, made["subscription_id"])
    first = world.order(made)
    result = await world.complete(first)
    assert (result.outcome, result.code) == ("completed", ""), result
    assert_nothing_given_back(events_of(world.source_events(first)))

    held = world.sandbox.cloud.seller.subscriptions(first.organization_id)
    replaced = next(each.subscription_id for each in held if each.plan_id == TARGET_PLAN)
    credit_whole(world, made, replaced)
    second = world.order(
        made | {"subscription_id": replaced}, target_plan_id=E5, acknowledgments=("dependent_service_off",)
    )
    again = await world.complete(second)
    assert (again.outcome, again.code) == ("completed", ""), again
    events = events_of(world.target_events(first))
    assert_nothing_given_back(events)

    for order in (first, second):
        journal = audit_of(world.store, order.switch_id).journal
        assert (journal.is_whole, journal.differences) == (True, ())
    assert world.failings(second) == dict.fromkeys(CLEAN, 0)
