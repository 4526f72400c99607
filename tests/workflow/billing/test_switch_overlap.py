"""A source that can't be cancelled any more: blocked, or left to end by itself as was accepted (ADR 12)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.event_table.event_table import effect_of
from domain.quote.overlap import OVERLAP
from domain.quote.quote import Quote
from domain.subscriptions.journal import journal_of
from domain.switch.events import OverlapAccepted, QuoteFixed, WarningAcknowledged
from domain.switch.move_events import (
    BillingCutOver,
    BillingStopped,
    CreditIssued,
    RenewalStopped,
    SourceCancelled,
)
from tests.support.worlds.dated import DatedWorlds
from tests.support.worlds.scheduled import starting_at
from tests.support.worlds.world import CLEAN, World

SEED = 78_000
ACCEPTED = {"acknowledgments": (OVERLAP,)}


def bought(world: World, seed: int, *, days_ago: int = 12) -> dict[str, Any]:
    """Make an organization whose new-commerce month was bought too long ago to be cancelled."""
    return world.sandbox.organization(
        seed=SEED + seed,
        users=25,
        period_start_on=world.now().date() - timedelta(days=days_ago),
        terms="new_commerce",
    )


async def test_what_was_not_accepted_is_refused(world: World) -> None:
    """SOURCE_NOT_CANCELLABLE blocks as ever; the answer names both ways out, and nothing is ordered."""
    order = world.order(bought(world, 1))

    handle, answer = await world.start(order)
    result = await world.result(handle)

    assert (answer.accepted, result.outcome) == (False, "refused")
    assert [each.code for each in answer.reasons] == ["SOURCE_NOT_CANCELLABLE"]
    assert "--on renewal" in answer.remedy
    assert "--acknowledge overlap" in answer.remedy
    assert world.is_free(order)


async def test_an_accepted_overlap_ends_with_the_term(dated_worlds: DatedWorlds) -> None:
    """Users move, the source is not renewed, nothing is credited; the referee tells every day of it."""
    start = datetime.now(UTC) + timedelta(days=1)
    async with dated_worlds.at(start, client_at=starting_at) as world:
        made = bought(world, 2)
        order = world.order(made, **ACCEPTED)
        world.sandbox.fault(f"PATCH /v1/customers/{order.organization_id}/subscriptions/", "lost_answer")

        result = await world.complete(order)

        events: dict[type[Any], Any] = {type(each.event): each.event for each in world.source_events(order)}
        quote = Quote.from_facts(events[QuoteFixed].quote)
        ends_on = date.fromisoformat(made["period_end_on"])
        day = quote.day(events[SourceCancelled].cutover_on)
        beside = (ends_on - day.on).days
        accepted, stopped = events[OverlapAccepted], events[RenewalStopped]
        assert (result.outcome, result.moved) == ("completed", 25)
        assert (accepted.until, stopped.ends_on) == (ends_on, ends_on)
        assert accepted.overlap_minor_units >= day.overlap.minor_units > 0
        assert events[BillingStopped].effective_on == ends_on
        assert events[BillingCutOver].total == day.total
        journal = journal_of(
            each.event for each in (*world.source_events(order), *world.target_events(order))
        )
        assert journal.is_whole, journal.differences
        assert journal.balance("overlap_revenue") == -day.overlap.minor_units
        assert not events.keys() & {CreditIssued, WarningAcknowledged}
        assert f"ends by itself on {ends_on}" in effect_of(stopped)
        assert f"until {ends_on}, {accepted.days_at_most} days at most" in effect_of(accepted)
        assert [world.ledger(order, kind) for kind in ("credit", "stop")] == [[], []]
        assert world.failings(order) == CLEAN | {"overlap_days": beside}

        world.move_clock(datetime.combine(ends_on + timedelta(days=1), start.timetz()))
        seen = world.sandbox.cloud.seller.subscription(order.organization_id, order.source_subscription_id)
        charges = [
            each
            for each in world.ledger(order, "charge")
            if each["subscription_id"] == order.source_subscription_id
        ]
        assert (seen.status, len(charges)) == ("expired", 1)
        assert world.failings(order) == CLEAN | {"overlap_days": beside}


async def test_an_acknowledgment_for_nothing_lets_nothing_pass(world: World) -> None:
    """Accepted where the source could be cancelled, it counts for nothing: the window that closes holds."""
    order = world.order(bought(world, 3, days_ago=1), **ACCEPTED)
    ambush = world.ambushes.lay(order.switch_id, "purchase.confirm_provisioning:end")
    handle, _ = await world.start(order)
    await world.until(ambush.is_reached.is_set)
    world.sandbox.edit(
        order.organization_id,
        kind="subscription",
        subscription_id=order.source_subscription_id,
        changes={"cancellable_until": (datetime.now(UTC) - timedelta(hours=1)).isoformat()},
    )
    world.ambushes.go_on(order.switch_id)

    result = await world.result(handle)

    assert (result.outcome, result.code) == ("failed", "NOT_ELIGIBLE_FOR_SWITCH")
    assert OverlapAccepted not in {type(each.event) for each in world.source_events(order)}
    assert world.failings(order) == CLEAN
