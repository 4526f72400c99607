"""Licenses that came or went inside the period: credited to the cent, charged as quoted.

See proration#every-policy.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

from audit.story.show import audit_of
from domain.kernel.errors import AuditMismatch
from domain.kernel.money import round_half_up
from domain.quote.quote import Quote
from domain.switch.events import QuoteFixed
from domain.switch.move_events import CreditIssued, LicenseMoveHeld, SourceCancelled
from tests.support.worlds.world import CLEAN, World

USERS = 25
SEED = 79_000
MOVE_USERS = "POST /v1.0/$batch"
#: Licenses at the period's start, from its sixth day on, and from its eleventh day on.
FIRST, MORE, FEWER = 30, 50, 42


def with_history(world: World, seed: int) -> dict[str, Any]:
    """Make an organization whose period began 15 days ago, and whose licenses changed twice since."""
    start_on = (datetime.now(UTC) - timedelta(days=15)).date()
    made = world.sandbox.organization(seed=SEED + seed, users=USERS, period_start_on=start_on, quantity=FIRST)
    for day, quantity in ((5, MORE), (10, FEWER)):
        buy(world, made, quantity, start_on + timedelta(days=day))
    return made


def buy(world: World, made: dict[str, Any], quantity: int, from_on: date) -> None:
    """Change how many licenses are paid from a day on."""
    world.sandbox.edit(
        made["organization_id"],
        kind="quantity",
        subscription_id=made["subscription_id"],
        quantity=quantity,
        from_on=from_on.isoformat(),
    )


async def test_licenses_bought_inside_the_period_are_credited_to_the_cent(world: World) -> None:
    """Paid is what each number of licenses cost for its days; the credit is what is left of all of it."""
    made = with_history(world, 1)
    order = world.order(made)

    result = await world.complete(order)

    events: dict[type[Any], Any] = {type(each.event): each.event for each in world.source_events(order)}
    quote = Quote.from_facts(events[QuoteFixed].quote)
    on = events[SourceCancelled].cutover_on
    start, end = quote.input.billed.period_start_on, quote.input.billed.period_end_on
    days, price = (end - start).days, made["unit_price_minor_units"]
    bought = round_half_up(Fraction(price * (MORE - FIRST) * (days - 5), days))
    returned = round_half_up(Fraction(price * (MORE - FEWER) * (days - 10), days))
    paid = price * FIRST + bought - returned
    # Each day costs the price of that day's licenses, whatever was rounded when they were booked.
    license_days = FIRST * 5 + MORE * 5 + FEWER * ((on - start).days - 10)
    credit = paid - round_half_up(Fraction(price * license_days, days))
    (invoice,) = world.ledger(order, "invoice")
    assert result.outcome == "completed"
    assert [line.quantity for line in quote.input.booked] == [FIRST, MORE - FIRST, FEWER - MORE]
    assert events[CreditIssued].amount.minor_units == credit
    assert events[CreditIssued].amount + events[CreditIssued].consumed == quote.day(on).paid
    assert quote.day(on).paid.minor_units == paid
    assert invoice["amount_minor_units"] == quote.day(on).total.minor_units
    assert world.failings(order) == dict.fromkeys(CLEAN, 0)
    journal = audit_of(world.store, order.switch_id).journal
    assert (journal.is_whole, journal.differences) == (True, ())
    assert journal.balances["source_deferred"].minor_units == paid


async def test_licenses_bought_after_the_order_hold_the_cancellation(world: World) -> None:
    """What the accepted quote can't bill is not cancelled: no money is given back by the wrong lines."""
    made = with_history(world, 2)
    order = world.order(made)
    world.block(MOVE_USERS)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "moving")

    buy(world, made, FEWER + 1, datetime.now(UTC).date())
    world.block()
    await world.until_waiting(handle)

    (held,) = [each.event for each in world.source_events(order) if isinstance(each.event, LicenseMoveHeld)]
    assert held.code == AuditMismatch.code
    assert world.verdict(order)["cancellations"] == 0
