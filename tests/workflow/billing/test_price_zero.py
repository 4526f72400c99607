"""Plans of price zero: the switch completes with lines of 0.00, and no money moves.

See proration#every-policy.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from temporalio.client import Client

from activities.contract import SwitchOrder
from audit.story.show import audit_of
from domain.catalog.catalog import Catalog, load_catalog
from domain.catalog.plans import Plan
from domain.kernel.money import Money
from domain.quote.quote import Quote
from domain.subscriptions.billing_events import InvoiceDelivered
from domain.switch.events import QuoteFixed
from domain.switch.move_events import BillingCutOver, CreditIssued
from sandbox.kernel.plans import load_plans
from tests.support.clouds.cloud_server import TARGET_PLAN, running_sandbox
from tests.support.worlds.world import CLEAN, World, open_world

#: Office Online with SharePoint, and A1 for faculty: both cost nothing; A3 for faculty costs something.
FREE, FREE_TARGET = "8af14567-f7a5-5ab7-9078-10a275852ef9", "94763226-9b3c-4e75-a931-5c89701abe66"


def free_organization(world: World, plan_id: str) -> dict[str, Any]:
    """Make an organization on a plan of price zero."""
    seed = next(world._seeds)
    return world.sandbox.make({"seed": seed, "users": 5, "plan_id": plan_id, "options": {}})


def events_of(world: World, order: SwitchOrder) -> dict[type[Any], Any]:
    """Return the newest event of each class in source and target."""
    stored = (*world.source_events(order), *world.target_events(order))
    return {type(each.event): each.event for each in stored}


def paid_target(world: World) -> str:
    """Return the plan that costs something to which the free one leads."""
    catalog = world.toolbox.catalogs.current()
    plans = (each.plan_id for each in catalog.plans)
    return next(each for each in plans if catalog.is_offered(FREE_TARGET, each, "current"))


async def test_between_plans_of_price_zero_no_money_moves(world: World) -> None:
    """Every line is 0.00, an event records the zero, no invoice is awaited, and every day is billed once."""
    order = world.order(free_organization(world, FREE), target_plan_id=FREE_TARGET)

    result = await world.complete(order)

    assert (result.outcome, result.code) == ("completed", ""), result
    events = events_of(world, order)
    billed = events[BillingCutOver]
    day = Quote.from_facts(events[QuoteFixed].quote).day(billed.cutover_on)
    (invoice,) = world.ledger(order, "invoice")
    journal = audit_of(world.store, order.switch_id).journal
    assert {line.amount.minor_units for line in day.lines} == {0}
    assert {line["amount_minor_units"] for line in invoice["lines"]} == {0}
    assert (billed.total.minor_units, billed.invoice_promised_at) == (0, None)
    assert events[CreditIssued].amount.minor_units == 0
    assert InvoiceDelivered not in events
    assert (journal.is_whole, journal.differences) == (True, ())
    assert world.failings(order) == dict.fromkeys(CLEAN, 0)


async def test_from_a_plan_of_price_zero_only_the_new_plan_is_charged(world: World) -> None:
    """The old days are given back as 0.00 and the new ones charged: no day is billed twice."""
    order = world.order(free_organization(world, FREE_TARGET), target_plan_id=paid_target(world))

    result = await world.complete(order)

    assert (result.outcome, result.code) == ("completed", ""), result
    events = events_of(world, order)
    billed = events[BillingCutOver]
    (credit,) = world.ledger(order, "credit")
    assert credit["amount_minor_units"] == 0
    assert billed.net.minor_units > 0
    assert billed.invoice_promised_at is not None
    assert world.failings(order) == dict.fromkeys(CLEAN, 0)


async def test_to_a_plan_of_price_zero_the_old_days_are_given_back(
    temporal_client: Client, database_url: str, tmp_path: Path
) -> None:
    """What was paid for the days left is given back, the new days are a line of 0.00."""
    plans = load_plans()
    free = replace(plans[TARGET_PLAN], monthly_prices=dict.fromkeys(plans[TARGET_PLAN].monthly_prices, 0))
    with running_sandbox(tmp_path / "cloud", plans={**plans, TARGET_PLAN: free}) as sandbox:
        async with open_world(temporal_client, database_url, sandbox, tmp_path) as world:
            world.toolbox.catalogs._built_in = _free_of_charge(load_catalog(), TARGET_PLAN)
            order = world.order(world.organization(users=5))

            result = await world.complete(order)

            assert (result.outcome, result.code) == ("completed", ""), result
            billed = events_of(world, order)[BillingCutOver]
            (invoice,) = world.ledger(order, "invoice")
            (credit,) = world.ledger(order, "credit")
            charges = [line["amount_minor_units"] for line in invoice["lines"] if line["kind"] == "charge"]
            told = audit_of(world.store, order.switch_id)
            assert charges == [0]
            assert billed.net.minor_units == -credit["amount_minor_units"] < 0
            assert f"{-billed.total} was credited" in told.verdict.sentence
            assert (told.journal.is_whole, told.journal.differences) == (True, ())
            assert world.failings(order) == dict.fromkeys(CLEAN, 0)


def _free_of_charge(catalog: Catalog, plan_id: str) -> Catalog:
    """Return a catalog in which a plan costs nothing."""
    plans = tuple(_free_plan(plan) if plan.plan_id == plan_id else plan for plan in catalog.plans)
    return replace(catalog, plans=plans)


def _free_plan(plan: Plan) -> Plan:
    prices = (replace(each, unit_price=Money.zero(each.unit_price.currency)) for each in plan.prices)
    return replace(plan, prices=tuple(prices))
