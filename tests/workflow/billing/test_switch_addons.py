"""Add-ons of a switch: quoted in every line, carried over or removed, and billed so.

See rules#addon_incompatible.
"""

from __future__ import annotations

from typing import Any

import pytest

from audit.story.show import audit_of
from domain.quote.quote import Quote
from domain.reasons.findings import DEPENDENT_SERVICE_OFF
from domain.switch.events import QuoteFixed
from domain.switch.move_events import AddOnCarried, AddOnDropped, LicenseMoveHeld, SourceCancelled
from tests.support.switches.addons import EXTRA_STORAGE, buy
from tests.support.worlds.world import CLEAN, World
from workflows.base.messages import CreditDecision
from workflows.switch.plan_switch import PlanSwitch

E4 = "1392051d-0cb9-4b7a-88d5-621fee5e8711"
E5 = "c7df2760-2c81-4ef7-b578-5b5392b571df"
TEAMS_PHONE = "e43b5b99-8dfb-405f-9987-dc307f34bcbd"
#: Some work without SharePoint, which a service of E5 needs.
CONFIRMED = (DEPENDENT_SERVICE_OFF,)
USERS = 25
STORAGE = 40
SEED = 91_000


def organization_on_e4(world: World, seed: int, *addons: tuple[str, int]) -> dict[str, Any]:
    """Make an organization on E4 with add-ons that were paid for its current month."""
    body = {"seed": SEED + seed, "users": USERS, "plan_id": E4}
    made: dict[str, Any] = world.sandbox.control.post("/sandbox/organizations", json=body).json()
    for plan_id, quantity in addons:
        buy(world, made, plan_id, quantity)
    return made


def test_the_e4_story_is_quoted_in_every_line(world: World) -> None:
    """E4 to E5 by invoice with attached storage: four lines that add up, and a credit check that may be."""
    prepared = world.prepare(
        organization_on_e4(world, 1, (EXTRA_STORAGE, STORAGE)), target_plan_id=E5, payment_method="invoice"
    )
    day = prepared.quote.days[0]
    period, left = day.source_period, (day.source_period.end_on - day.on).days

    def part(price: int, quantity: int) -> int:
        """Return the cents of the days that are left of a month, by a formula of this test's own."""
        return (2 * price * quantity * left + period.days) // (2 * period.days)

    plan_paid = 2790 * prepared.source.quantity
    storage_paid = 17 * STORAGE
    used = period.days - left
    plan_used = (2 * plan_paid * used + period.days) // (2 * period.days)
    storage_used = (2 * storage_paid * used + period.days) // (2 * period.days)
    assert [(line.kind, bool(line.addon_id), line.amount.minor_units) for line in day.lines] == [
        ("credit", False, plan_used - plan_paid),
        ("charge", False, part(4142, prepared.quantity)),
        ("credit", True, storage_used - storage_paid),
        ("charge", True, part(17, STORAGE)),
    ]
    assert day.net.minor_units == sum(line.amount.minor_units for line in day.lines)
    assert day.total == day.net + day.tax
    assert [line.description.split(",")[0] for line in day.lines[2:]] == ["Office 365 Extra File Storage"] * 2
    assert prepared.may_need_credit_check
    assert prepared.assessment.is_eligible


async def test_the_e4_story_is_billed_as_it_was_quoted(world: World) -> None:
    """The order carries the storage over: one new subscription of it, no day billed twice and none missed."""
    made = organization_on_e4(world, 2, (EXTRA_STORAGE, STORAGE))
    order = world.order(made, target_plan_id=E5, payment_method="invoice", acknowledgments=CONFIRMED)

    handle, answer = await world.start(order)
    assert answer.accepted, answer
    await world.until_stage(handle, "credit_check")
    world.sandbox.approve(order.organization_id)
    approval = CreditDecision(
        decision_id="d-1", verdict="approved", decided_by="bureau", actor="bureau", reason="pays in time"
    )
    await handle.execute_update(PlanSwitch.decide_credit, approval)
    result = await world.result(handle)

    events: dict[type[Any], Any] = {type(each.event): each.event for each in world.source_events(order)}
    carried = events[AddOnCarried]
    quote = Quote.from_facts(events[QuoteFixed].quote)
    day = quote.day(events[SourceCancelled].cutover_on)
    (addon,) = quote.input.addons
    held = {
        each.subscription_id: each for each in world.sandbox.cloud.seller.subscriptions(order.organization_id)
    }
    (invoice,) = world.ledger(order, "invoice")
    assert result.outcome == "completed"
    assert invoice["amount_minor_units"] == day.total.minor_units
    journal = audit_of(world.store, order.switch_id).journal
    assert (journal.is_whole, journal.differences) == (True, ())
    assert journal.balances["source_deferred"] == day.paid
    assert [line["amount_minor_units"] for line in invoice["lines"]] == [
        line.amount.minor_units for line in day.lines
    ]
    assert carried.subscription_id == addon.subscription_id
    assert (carried.credit.minor_units, carried.charge.minor_units) == (
        -day.lines[2].amount.minor_units,
        day.lines[3].amount.minor_units,
    )
    assert held[addon.subscription_id].status == "suspended"
    new = held[carried.replacement_subscription_id]
    assert (new.status, new.plan_id, new.quantity) == ("active", EXTRA_STORAGE, STORAGE)
    assert held[new.parent_subscription_id].plan_id == E5
    assert all(line["reference_id"] for line in invoice["lines"])
    assert world.failings(order) == dict.fromkeys(CLEAN, 0)


async def test_an_addon_that_the_target_includes_is_removed_and_credited(world: World) -> None:
    """E5 has Teams Phone: its subscription ends, the rest of its month is credited, nothing is ordered."""
    made = organization_on_e4(world, 3, (TEAMS_PHONE, 10))
    order = world.order(made, target_plan_id=E5, acknowledgments=CONFIRMED)

    result = await world.complete(order)

    events: dict[type[Any], Any] = {type(each.event): each.event for each in world.source_events(order)}
    dropped = events[AddOnDropped]
    day = Quote.from_facts(events[QuoteFixed].quote).day(events[SourceCancelled].cutover_on)
    held = world.sandbox.cloud.seller.subscriptions(order.organization_id)
    phones = [each for each in held if each.plan_id == TEAMS_PHONE]
    (invoice,) = world.ledger(order, "invoice")
    assert result.outcome == "completed"
    assert [each.status for each in phones] == ["suspended"]
    assert [line.kind for line in day.lines if line.addon_id] == ["credit"]
    assert dropped.credit.minor_units == -day.lines[2].amount.minor_units > 0
    assert dropped.credit.minor_units + dropped.consumed.minor_units == 870 * 10
    assert invoice["amount_minor_units"] == day.total.minor_units
    journal = audit_of(world.store, order.switch_id).journal
    assert (journal.is_whole, journal.differences) == (True, ())
    assert journal.balances["source_deferred"] == day.paid
    assert world.failings(order) == dict.fromkeys(CLEAN, 0)


async def test_an_addon_that_came_since_the_quote_holds_the_switch(world: World) -> None:
    """It would be left on a cancelled plan: the switch waits, and goes on once the add-on is gone."""
    made = organization_on_e4(world, 4)
    order = world.order(made, target_plan_id=E5, acknowledgments=CONFIRMED)
    ambush = world.ambushes.lay(order.switch_id, "cancellation.cancel_source:begin")

    handle, _ = await world.start(order)
    await world.until(ambush.is_reached.is_set)
    buy(world, made, TEAMS_PHONE, 3)
    world.ambushes.go_on(order.switch_id)
    await world.until_waiting(handle)
    held = world.sandbox.cloud.seller.subscriptions(order.organization_id)
    (late,) = [each for each in held if each.plan_id == TEAMS_PHONE]
    told = next(each.event for each in world.source_events(order) if isinstance(each.event, LicenseMoveHeld))
    world.sandbox.cloud.seller.cancel_subscription(order.organization_id, late.subscription_id, key="by-hand")
    await world.retry(handle)

    assert isinstance(told, LicenseMoveHeld)
    assert "Add-ons came onto the old plan" in told.message
    assert (await world.result(handle)).outcome == "completed"


@pytest.mark.parametrize("kind", ["lost_answer", "unavailable"])
async def test_each_effect_on_an_addon_comes_once(world: World, kind: str) -> None:
    """Whatever answer is lost, one is removed and one carried over once, and the money is the quote's."""
    made = organization_on_e4(world, 5 + (kind == "unavailable"), (EXTRA_STORAGE, STORAGE), (TEAMS_PHONE, 10))
    order = world.order(made, target_plan_id=E5, acknowledgments=CONFIRMED)
    billing = f"POST /billing/v1/customers/{order.organization_id}/subscriptions/"
    addons = [each.subscription_id for each in world.prepare(made, target_plan_id=E5).quote.input.addons]
    matches = [f"PATCH /v1/customers/{order.organization_id}/subscriptions/{each}" for each in addons]
    matches += [f"{billing}{each}/{what}" for each in addons for what in ("stop", "credits")]
    world.sandbox.settings(faults=[{"match": each, "kind": kind, "count": 1} for each in matches])

    result = await world.complete(order)

    topics = world.source_topics(order)
    left = world.sandbox.control.get("/sandbox/settings").json()["faults"]
    (invoice,) = world.ledger(order, "invoice")
    assert result.outcome == "completed"
    assert [each for each in left if each["count"]] == [], "a fault was never met"
    assert (topics.count("add-on-dropped"), topics.count("add-on-carried")) == (1, 1)
    assert invoice["amount_minor_units"] in world.quoted_totals(order)
    assert world.failings(order) == dict.fromkeys(CLEAN, 0)
