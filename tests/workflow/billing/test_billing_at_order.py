"""Rule set `2014`: the old billing is off at the order, and on again where the order is void (ADR 15)."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Any

import pytest

from activities.contract import SYSTEM_ACTOR, SwitchOrder
from audit.story.show import audit_of
from domain.kernel.errors import ProviderRefused
from domain.kernel.ids import switch_id_of
from domain.ports.cloud import Cloud
from domain.quote.day_quotes import DayQuote
from domain.quote.quote import Quote
from domain.switch.events import QuoteFixed
from domain.switch.move_events import BillingResumed, BillingStopped, SourceCancelled
from tests.support.clouds.cloud_server import SOURCE_PLAN, TARGET_PLAN
from tests.support.consoles.shown_switches import facts_of
from tests.support.controls.taken_back import assert_taken_back
from tests.support.switches.addons import EXTRA_STORAGE, buy
from tests.support.switches.time_credit import BERLIN
from tests.support.worlds.credit import CreditCase
from tests.support.worlds.dated import USERS, DatedWorld, DatedWorlds
from tests.support.worlds.lost import newest_run, reconcile
from tests.support.worlds.world import ACTOR, CLEAN, OPERATOR, World

RULES: dict[str, Any] = {"rule_set": "2014", "service_settings": "grant_all"}
#: So long ago was quoted what is accepted now: the stop is on the day of the quote.
QUOTED_DAYS_AGO = 2
BEGIN = BERLIN.instant("2090-03-06 10:00:00")
#: The old plan renews so many days after the order.
RENEWS_AFTER_DAYS = 5


def order_2014(world: World, made: dict[str, Any], **changes: Any) -> SwitchOrder:
    """Return an order that accepts a quote of some days ago under rule set `2014`."""
    quoted_on = world.prepare(made).quote.input.quoted_on - timedelta(days=QUOTED_DAYS_AGO)
    accepted = world.prepare(made, rule_set="2014", quoted_on=quoted_on).quote
    return world.order(
        made, quote_digest=accepted.digest, quoted_on=quoted_on.isoformat(), **(RULES | changes)
    )


def events_of(world: World, order: SwitchOrder) -> dict[type[Any], Any]:
    """Return the newest event of each class in the source's stream."""
    return {type(each.event): each.event for each in world.source_events(order)}


def billed_day(world: World, order: SwitchOrder) -> DayQuote:
    """Return the accepted quote of the day that was billed."""
    events = events_of(world, order)
    return Quote.from_facts(events[QuoteFixed].quote).day(events[SourceCancelled].cutover_on)


def state_of(world: World, order: SwitchOrder, subscription_id: str = "") -> str:
    """Return the state of the old plan's billing, or of another subscription's."""
    wanted = subscription_id or order.source_subscription_id
    return world.sandbox.cloud.billing.period(order.organization_id, wanted).state


def effects_at_ledger(world: World, order: SwitchOrder) -> list[str]:
    """Return which stops and resumes billing was asked for, as the record keeps it."""
    calls = [each.call for each in world.store.calls(order.switch_id)]
    return [each.operation for each in calls if each.operation in {"stop_billing", "resume_billing"}]


def assert_resumed(world: World, order: SwitchOrder, *, actor: str = OPERATOR) -> None:
    """Check that billing was off, is on again from the same day, and that the audit tells so."""
    events = events_of(world, order)
    stopped, resumed = events[BillingStopped], events[BillingResumed]
    topics = world.source_topics(order)
    told = facts_of(audit_of(world.store, order.switch_id))
    words = [each["effect"] for each in told["events"]]
    assert state_of(world, order) == "billing"
    assert resumed.effective_on == stopped.effective_on
    assert (stopped.meta["actor"], resumed.meta["actor"]) == (ACTOR, actor)
    assert topics.index("replacement-ordered") + 1 == topics.index("billing-stopped")
    assert topics.index("replacement-voided") < topics.index("billing-resumed")
    assert topics.count("billing-stopped") == topics.count("billing-resumed") == 1
    assert effects_at_ledger(world, order)[-1] == "resume_billing"
    assert len(world.ledger(order, "resume")) == 1
    assert told["money"]["billing_stopped_on"] is None
    assert told["journal"] == {"is_whole": True, "differences": [], "balances": {}, "postings": []}
    assert any("as if it had not been" in each for each in words)


async def test_completed_the_days_since_the_order_are_a_free_line(world: World) -> None:
    """Off with the order's save, billed as quoted: no day twice, the free ones told with their rule."""
    made = world.organization()
    order = order_2014(world, made)

    result = await world.complete(order)

    stopped = [each.event for each in world.source_events(order) if isinstance(each.event, BillingStopped)]
    topics, day = world.source_topics(order), billed_day(world, order)
    (invoice,) = world.ledger(order, "invoice")
    (free,) = [each for each in invoice["lines"] if each["kind"] == "free"]
    journal = audit_of(world.store, order.switch_id).journal
    quoted_on = date.fromisoformat(order.quoted_on)
    assert (result.outcome, result.moved) == ("completed", 25)
    assert topics.index("replacement-ordered") + 1 == topics.index("billing-stopped")
    assert [(each.effective_on, each.meta["activity"]) for each in stopped] == [
        (quoted_on, "purchase.order_replacement")
    ]
    assert (free["code"], free["from_on"], free["to_on"], free["amount_minor_units"]) == (
        "BILLING_STOPS_AT_ORDER",
        quoted_on.isoformat(),
        day.on.isoformat(),
        0,
    )
    assert free["quantity"] == made["quantity"]
    assert invoice["amount_minor_units"] == day.total.minor_units
    assert (journal.is_whole, journal.differences) == (True, ())
    assert journal.balances["source_deferred"] == day.paid
    assert world.ledger(order, "resume") == []
    assert world.failings(order) == CLEAN


async def test_a_cancel_while_the_seller_provisions_resumes(world: World) -> None:
    """Before the first license: the order is void, and the old plan is billed as if nothing had been."""
    world.sandbox.settings(provisioning_delay_seconds=600)
    order = order_2014(world, world.organization())
    handle, _ = await world.start(order)
    await world.until_stage(handle, "provisioning")
    assert state_of(world, order) == "stopped"

    await world.cancel(handle)

    assert (await world.result(handle)).outcome == "cancelled"
    assert_taken_back(world, order)
    assert_resumed(world, order)


async def test_a_roll_back_at_half_resumes(world: World) -> None:
    """With most users moved: everyone returns, the order is void, the old plan is billed again."""
    order = order_2014(world, world.organization(60, missing_usage_location=2))
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")

    await world.roll_back(handle)

    assert (await world.result(handle)).outcome == "rolled_back"
    assert_taken_back(world, order)
    assert_resumed(world, order)


async def test_a_switch_that_was_lost_resumes_on_its_way_back(world: World) -> None:
    """The workflow is gone: the reconciler's run takes the order back, and the stop with it."""
    world.sandbox.settings(provisioning_delay_seconds=600)
    order = order_2014(world, world.organization())
    handle, _ = await world.start(order)
    await world.until_stage(handle, "provisioning")
    await handle.terminate(reason="an operator's mistake")
    await reconcile(world, order)
    again = newest_run(world, order)
    await world.until_stage(again, "provisioning")

    await world.cancel(again)

    assert (await world.result(again)).outcome == "cancelled"
    assert_taken_back(world, order)
    assert_resumed(world, order)


class LastWord:
    """Billing that refuses a stop before or after it has had its effect."""

    def __init__(self, billing: Any, *, is_done: bool) -> None:
        self._billing = billing
        self._is_done = is_done

    def __getattr__(self, name: str) -> Any:
        return getattr(self._billing, name)

    def stop(self, *arguments: Any, **named: Any) -> Any:
        """Refuse."""
        if self._is_done:
            self._billing.stop(*arguments, **named)
        raise ProviderRefused("No.", provider_code="CLOSED", provider_text="no", status=409)


@pytest.mark.parametrize("is_done", [True, False], ids=["done", "not-done"])
async def test_a_stop_that_never_came_into_the_record_is_undone(world: World, *, is_done: bool) -> None:
    """The order step fails at the stop: the end finds out by the same keys, and leaves billing on."""

    def refuse(cloud: Cloud) -> Cloud:
        billing: Any = LastWord(cloud.billing, is_done=is_done)
        return dataclasses.replace(cloud, billing=billing)

    order = order_2014(world, world.organization())
    world.change_cloud = refuse
    ambush = world.ambushes.lay(order.switch_id, "administration.end_switch:begin")
    handle, _ = await world.start(order)
    await world.until(ambush.is_reached.is_set)
    assert state_of(world, order) == ("stopped" if is_done else "billing")
    if is_done:
        world.calm()
    world.ambushes.go_on(order.switch_id)

    assert (await world.result(handle)).outcome == "failed"
    assert state_of(world, order) == "billing"
    assert_taken_back(world, order)
    assert (BillingResumed in events_of(world, order)) == is_done


@pytest.mark.parametrize("operation", ["stop", "resume"])
async def test_a_lost_answer_of_billing_has_its_effect_once(world: World, operation: str) -> None:
    """Stop and resume repeat their keys until they are answered."""
    world.sandbox.settings(provisioning_delay_seconds=600)
    order = order_2014(world, world.organization())
    path = f"POST /billing/v1/customers/{order.organization_id}/subscriptions/"
    world.sandbox.fault(f"{path}{order.source_subscription_id}/{operation}", "lost_answer")
    handle, _ = await world.start(order)
    await world.until_stage(handle, "provisioning")
    await world.cancel(handle)

    assert (await world.result(handle)).outcome == "cancelled"
    assert (len(world.ledger(order, "stop")), len(world.ledger(order, "resume"))) == (1, 1)
    assert_resumed(world, order)


@pytest.mark.parametrize("is_cancelled", [False, True], ids=["completed", "cancelled"])
async def test_billed_addons_stop_and_resume_with_their_plan(world: World, *, is_cancelled: bool) -> None:
    """An add-on is billed like the plan it goes with: free days of its own, or as if nothing had been."""
    made = world.organization()
    buy(world, made, EXTRA_STORAGE, 40)
    today = world.prepare(made, rule_set="2014")
    order = world.order(made, **RULES)
    (addon,) = [each.subscription_id for each in today.quote.input.addons]
    world.sandbox.settings(provisioning_delay_seconds=600 if is_cancelled else 0)
    handle, _ = await world.start(order)
    if is_cancelled:
        await world.until_stage(handle, "provisioning")
        assert (state_of(world, order), state_of(world, order, addon)) == ("stopped", "stopped")
        await world.cancel(handle)

    result = await world.result(handle)

    ends = "billing" if is_cancelled else "stopped"
    assert result.outcome == ("cancelled" if is_cancelled else "completed")
    assert (state_of(world, order), state_of(world, order, addon)) == (ends, ends)
    assert len(world.ledger(order, "stop")) == 2
    assert len(world.ledger(order, "resume")) == (2 if is_cancelled else 0)
    assert audit_of(world.store, order.switch_id).journal.is_whole
    assert world.failings(order) == CLEAN


def renewing(world: DatedWorld) -> dict[str, Any]:
    """Make an organization whose old plan renews some days after it is ordered away."""
    today = BEGIN.date()
    made = world.sandbox.organization(
        seed=15_000,
        users=USERS,
        period_start_on=today + timedelta(days=RENEWS_AFTER_DAYS) - timedelta(days=28),
        profile=BERLIN.profile,
    )
    assert made["period_end_on"] == (today + timedelta(days=RENEWS_AFTER_DAYS)).isoformat()
    return made


def charges_of(world: World, order: SwitchOrder) -> list[tuple[str, str]]:
    """Return reason and first day of each charge of the old plan and the new one."""
    held = world.sandbox.cloud.seller.subscriptions(order.organization_id)
    ours = {each.subscription_id for each in held if each.plan_id in {SOURCE_PLAN, TARGET_PLAN}}
    charges = [each for each in world.ledger(order, "charge") if each["subscription_id"] in ours]
    return [(each["reason"], each["from_on"]) for each in charges]


async def waiting(world: DatedWorld) -> CreditCase:
    """Return a switch by invoice that waits for its credit check while the old plan would have renewed."""
    case = await world.wait_begins(BERLIN, made=renewing(world), **RULES)
    assert state_of(world, case.order) == "stopped"
    await case.forward_to(BEGIN + timedelta(days=RENEWS_AFTER_DAYS + 3))
    return case


async def test_approved_after_a_renewal_that_never_came(dated_worlds: DatedWorlds) -> None:
    """Eight days of waiting are free, the renewal among them is not billed, and the bill is the quote."""
    async with dated_worlds.at(BEGIN) as world:
        case = await waiting(world)
        assert (await case.decide("approved")).accepted
        result = await case.result()

        order = case.order
        day = billed_day(world, order)
        (free,) = [line for line in day.lines if line.kind == "free"]
        (invoice,) = world.ledger(order, "invoice")
        charges = [reason for reason, _ in charges_of(world, order)]
        assert result.outcome == "completed"
        assert (free.from_on, (free.to_on - free.from_on).days) == (BEGIN.date(), RENEWS_AFTER_DAYS + 3)
        assert invoice["amount_minor_units"] == day.total.minor_units
        assert charges == ["paid in advance", "start"]
        assert audit_of(world.store, order.switch_id).journal.is_whole
        assert world.failings(order) == CLEAN


@pytest.mark.parametrize("end", ["declined", "expired", "cancelled"])
async def test_void_after_a_renewal_is_billed_as_if_never_stopped(
    dated_worlds: DatedWorlds, end: str
) -> None:
    """Declined, expired or cancelled: the renewal that fell due is charged once, no day is left out."""
    async with dated_worlds.at(BEGIN) as world:
        case = await waiting(world)
        order = case.order
        if end == "declined":
            await case.decide("declined")
        elif end == "cancelled":
            await world.cancel(case.handle)
        else:
            await case.forward_to(case.required.cap_at)
        result = await case.result()

        period = world.sandbox.cloud.billing.period(order.organization_id, order.source_subscription_id)
        charges = charges_of(world, order)
        renewed_on = BEGIN.date() + timedelta(days=RENEWS_AFTER_DAYS)
        assert result.outcome == end
        assert [each[0] for each in charges] == ["paid in advance", "renewal"]
        assert (charges[1][1], period.period_start_on) == (renewed_on.isoformat(), renewed_on)
        assert (period.paid, period.credited.minor_units) == (period.unit_price.times(period.quantity), 0)
        assert world.ledger(order, "credit") == []
        assert_taken_back(world, order)
        assert_resumed(world, order, actor=OPERATOR if end == "cancelled" else SYSTEM_ACTOR)


async def test_a_renewal_before_the_order_needs_a_new_quote(dated_worlds: DatedWorlds) -> None:
    """What the quote gives back is over by then: the switch ends before anything is stopped or charged."""
    async with dated_worlds.at(BEGIN) as world:
        made = renewing(world)
        switch_id = switch_id_of(made["organization_id"], "late")
        ambush = world.ambushes.lay(switch_id, "purchase.order_replacement:begin")
        case = await world.begin(BERLIN, made=made, request_id="late", **RULES)
        await world.until(ambush.is_reached.is_set)
        world.move_clock(BEGIN + timedelta(days=RENEWS_AFTER_DAYS + 1))
        world.ambushes.go_on(switch_id)

        result = await case.result()

        assert (result.outcome, result.code) == ("failed", "QUOTE_CHANGED")
        assert "has been renewed since" in result.message
        assert BillingStopped not in events_of(world, case.order)
        assert [each[0] for each in charges_of(world, case.order)] == ["paid in advance", "renewal"]
        assert_taken_back(world, case.order)


@pytest.mark.parametrize("rules", ["2020", "current"])
async def test_other_rule_sets_stop_at_the_cutover(world: World, rules: str) -> None:
    """Neither the order nor a void touches billing; no line is free."""
    world.sandbox.settings(provisioning_delay_seconds=600)
    order = world.order(world.organization(), rule_set=rules)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "provisioning")
    assert state_of(world, order) == "billing"
    await world.cancel(handle)

    assert (await world.result(handle)).outcome == "cancelled"
    assert effects_at_ledger(world, order) == []
    assert not {BillingStopped, BillingResumed} & set(events_of(world, order))
    assert world.ledger(order, "resume") == []


async def test_the_notice_of_an_end_says_that_billing_goes_on(
    dated_worlds: DatedWorlds,
) -> None:
    """The notice of a decline says that the old plan goes on being billed."""
    async with dated_worlds.at(BEGIN) as world:
        case = await waiting(world)
        await case.decide("declined")
        await case.result()

        path = f"/notices/v1/customers/{case.order.organization_id}/notices"
        token = {"Authorization": f"Bearer sandbox-{case.order.organization_id}"}
        notices = world.sandbox.control.get(path, headers=token).raise_for_status().json()["notices"]
        assert "billed as if it had never been stopped" in notices[-1]["body"]
        assert notices[-1]["kind"] == "switch_declined"
