"""Quotes that were accepted before the formulas changed: never more than accepted.

See proration#older-quotes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.assessment import preparation
from activities.contract import SwitchOrder
from activities.order import purchase
from audit.story.show import audit_of
from domain.quote.quote import Quote, cutover
from domain.quote.quote_input import BILLED_PERIOD
from domain.requests.eligibility_wait import most_of
from domain.switch.events import QuoteFixed
from domain.switch.move_events import BillingCutOver, QuoteCorrected, SourceCancelled
from tests.support.switches.quote_of_before import E5, events_of, quote_of_before
from tests.support.worlds.dated import DatedWorlds
from tests.support.worlds.scheduled import forward_to, paid_year, schedule, starting_at
from tests.support.worlds.waiting import BROKEN, WELL, begin, health
from tests.support.worlds.world import CLEAN, PROVISIONING, TARGET_PLAN, World

#: Two days before a year of 2026-12-10 renews, and midnight of the renewal in Berlin.
BEFORE_RENEWAL = datetime(2027, 12, 8, 9, 0, tzinfo=UTC)
RENEWAL_AT = datetime(2027, 12, 9, 23, 0, tzinfo=UTC)


async def held_for_a_part(world: World) -> tuple[SwitchOrder, dict[str, Any]]:
    """Let an organization come to E3 inside its month; return that switch, and what it leaves next."""
    made = world.organization(users=5, quantity=21)
    first = world.order(made)
    assert (await world.complete(first)).outcome == "completed"
    held = world.sandbox.cloud.seller.subscriptions(first.organization_id)
    replaced = next(each for each in held if each.plan_id == TARGET_PLAN)
    return first, made | {"subscription_id": replaced.subscription_id}


def to_e5(world: World, made: dict[str, Any]) -> SwitchOrder:
    """Return an order of the second switch that accepts the quote of now."""
    return world.order(made, target_plan_id=E5, acknowledgments=("dependent_service_off",))


def held_plans(world: World, order: SwitchOrder) -> set[tuple[str, str]]:
    """Return what the seller lists: subscription and plan, of those that are active."""
    held = world.sandbox.cloud.seller.subscriptions(order.organization_id)
    return {(each.subscription_id, each.plan_id) for each in held if each.status == "active"}


def before_now(patch: pytest.MonkeyPatch) -> None:
    """Let quotes be those of before, and let them be ordered."""
    patch.setattr(preparation, "quote", quote_of_before)
    patch.setattr(purchase, "require_current_formulas", lambda _step: None)


async def test_an_order_on_a_quote_of_before_bills_the_lower_amount(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was ordered at a whole month's price for the days left is billed those days, with an event."""
    first, made = await held_for_a_part(world)
    with monkeypatch.context() as patch:
        before_now(patch)
        order = to_e5(world, made)
        ambush = world.ambushes.lay(order.switch_id, PROVISIONING)
        handle, answer = await world.start(order)
        assert answer.accepted, answer
        await world.until(ambush.is_reached.is_set)
    world.ambushes.go_on(order.switch_id)
    result = await world.result(handle)

    # What the first switch ordered is left by the second: its stream goes on.
    events = events_of(world.target_events(first))
    accepted = Quote.from_facts(events[QuoteFixed].quote)
    by_quote = cutover(accepted, events[SourceCancelled].cutover_on)
    corrected, billed = events[QuoteCorrected], events[BillingCutOver]
    invoice = world.ledger(order, "invoice")[-1]
    journal = audit_of(world.store, order.switch_id).journal
    assert (result.outcome, accepted.input.period_version) == ("completed", BILLED_PERIOD)
    assert (corrected.accepted_digest, corrected.accepted_total) == (accepted.digest, by_quote.total)
    assert corrected.billed_total == billed.total < by_quote.total
    assert invoice["amount_minor_units"] == billed.total.minor_units
    assert (journal.is_whole, journal.differences) == (True, ())
    assert world.failings(order) == dict.fromkeys(CLEAN, 0)


async def test_a_quote_of_before_that_is_right_is_billed_as_accepted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole period costs the same by both formulas: what was accepted is billed, uncorrected."""
    with monkeypatch.context() as patch:
        before_now(patch)
        order = world.order(world.organization(users=3))
        ambush = world.ambushes.lay(order.switch_id, PROVISIONING)
        handle, _ = await world.start(order)
        await world.until(ambush.is_reached.is_set)
    world.ambushes.go_on(order.switch_id)

    assert (await world.result(handle)).outcome == "completed"
    events = events_of(world.source_events(order))
    day = Quote.from_facts(events[QuoteFixed].quote).day(events[SourceCancelled].cutover_on)
    assert QuoteCorrected not in events
    assert events[BillingCutOver].total == day.total
    assert world.failings(order) == CLEAN


async def test_what_is_accepted_and_not_ordered_is_quoted_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order step orders nothing on a quote of before; the next request has a quote of now, and runs."""
    _, made = await held_for_a_part(world)
    with monkeypatch.context() as patch:
        before_now(patch)
        order = to_e5(world, made)
        ambush = world.ambushes.lay(order.switch_id, "purchase.order_replacement:begin")
        handle, answer = await world.start(order)
        assert answer.accepted, answer
        await world.until(ambush.is_reached.is_set)
    held = held_plans(world, order)
    world.ambushes.go_on(order.switch_id)
    result = await world.result(handle)

    assert (result.outcome, result.code) == ("failed", "QUOTE_CHANGED")
    assert "older formulas" in result.message
    assert (held_plans(world, order), world.is_free(order)) == (held, True)
    again = await world.complete(to_e5(world, made))
    assert again.outcome == "completed", again
    assert world.failings(order) == dict.fromkeys(CLEAN, 0)


async def test_a_request_on_a_quote_of_before_is_asked_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The digest of before is not the one of now, even where the cents are: refused before anything."""
    made = world.organization(users=3)
    with monkeypatch.context() as patch:
        before_now(patch)
        order = world.order(made)
    handle, answer = await world.start(order)

    assert (answer.accepted, answer.code) == (False, "QUOTE_CHANGED")
    assert (await world.result(handle)).outcome == "refused"
    assert not world.source_events(order)


async def test_a_wait_on_a_quote_of_before_begins_with_one_of_now(
    world: World, temporal_env: WorkflowEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits accepted a bound: it is quoted on the day it may begin, and takes no more than that."""
    made = world.organization(users=3)
    with monkeypatch.context() as patch:
        before_now(patch)
        health(world, made["organization_id"], BROKEN)
        case = await begin(world, temporal_env, world.order(made))
    case.health(WELL)
    await case.look()

    result, switch = await case.result(), await world.result(case.switch)
    fixed = Quote.from_facts(events_of(world.source_events(case.order))[QuoteFixed].quote)
    assert (result.outcome, switch.outcome) == ("started", "completed")
    assert fixed.input.is_nominal
    assert fixed.digest != case.order.quote_digest
    assert not case.wait.terms.total_at_most < most_of(fixed)
    assert QuoteCorrected not in events_of(world.source_events(case.order))


async def test_a_scheduled_start_on_a_quote_of_before_begins_with_one_of_now(
    dated_worlds: DatedWorlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On its day it is quoted by the formulas of now, and no more than was accepted is taken."""
    async with dated_worlds.at(BEFORE_RENEWAL, client_at=starting_at) as world:
        organization = paid_year(world, begun_on="2026-12-10", quantity=30, seed=9)
        with monkeypatch.context() as patch:
            before_now(patch)
            scheduled = await schedule(world, organization, "2027-12-10")
        case = scheduled.case
        await forward_to(world, case, RENEWAL_AT)

        result, switch = await case.result(), await world.result(case.switch)
        fixed = Quote.from_facts(events_of(world.source_events(case.order))[QuoteFixed].quote)
        assert not scheduled.prepared.quote.input.is_nominal
        assert (result.outcome, switch.outcome) == ("started", "completed"), (result, switch)
        assert fixed.input.is_nominal
        assert not case.wait.terms.total_at_most < most_of(fixed)
        assert world.failings(case.order) == CLEAN
