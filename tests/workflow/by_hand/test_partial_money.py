"""Money of a switch of some users: what goes is given back once, nobody pays too much (manual#some-users)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from activities.contract import SwitchOrder
from audit.story.show import audit_of
from domain.ports.billing_port import BookedLine
from domain.ports.cloud import Cloud
from domain.quote.day_quotes import DayQuote
from domain.quote.quote import Quote
from domain.quote.quote_input import FORFEITURE
from domain.switch.events import ForfeitureAccepted, QuoteFixed
from domain.switch.move_events import BillingStopped, CreditForfeited, CreditIssued, LicensesReduced
from tests.support.controls.by_hand import STEPS, go_through, partial_switch, state_of
from tests.support.licenses.moving import events_of
from tests.support.switches.prepaid import paid_year
from tests.support.worlds.world import CLEAN, SwitchHandle, World

MOVING = 8


async def test_the_seller_gives_back_what_the_quote_has_told(world: World) -> None:
    """To the cent, in its own books; the invoice charges the new licenses alone."""
    order = await _complete(world, world.organization(20))

    day, reduced = _day(world, order), state_of(world, order).require(LicensesReduced)
    (told,) = [line for line in day.remarks if line.kind == "reduction"]
    assert reduced.given_back == -told.amount
    assert _returned(world, order) == [-told.amount.minor_units]
    _assert_billed(world, order, day)


@pytest.mark.parametrize("gives", [True, False])
async def test_a_year_that_was_paid_in_advance_is_lost_only_as_far_as_it_does_not_come_back(
    world: World, *, gives: bool
) -> None:
    """Nothing of it is credited by hand, as was accepted; what the seller gives all the same counts."""
    order, handle = await _moved(world, paid_year(world, 5 if gives else 6), acknowledgments=(FORFEITURE,))
    if not gives:
        world.change_cloud = _giving_nothing(_booked(world, order))
    await _reduced(world, order, handle)

    day, reduced = _day(world, order), state_of(world, order).require(LicensesReduced)
    (accepted,) = events_of(world, order, ForfeitureAccepted)
    lost = [each.amount for each in events_of(world, order, CreditForfeited)]
    assert accepted.forfeited_minor_units >= day.forfeited.minor_units > 0
    assert reduced.given_back is not None
    assert reduced.given_back.minor_units == (day.forfeited.minor_units if gives else 0)
    assert lost == ([] if gives else [day.forfeited])
    _assert_billed(world, order, day)


async def test_rule_set_2014_bills_who_stays_on(world: World) -> None:
    """It bills an old plan no more from the order on; that of users who stay goes on without a free day."""
    order = await _complete(world, world.organization(20), rule_set="2014", service_settings="grant_all")

    day = _day(world, order)
    period = world.sandbox.cloud.billing.period(order.organization_id, order.source_subscription_id)
    assert period.state == "billing"
    assert day.amount("free").minor_units == 0
    assert world.ledger(order, "stop") == []
    _assert_billed(world, order, day)


async def _complete(world: World, organization: dict[str, Any], **changes: Any) -> SwitchOrder:
    """Run a switch of some users through all of its steps."""
    order, handle = await _moved(world, organization, **changes)
    await _reduced(world, order, handle)
    return order


async def _moved(
    world: World, organization: dict[str, Any], **changes: Any
) -> tuple[SwitchOrder, SwitchHandle]:
    order, handle = await partial_switch(world, organization, MOVING, **changes)
    await go_through(world, order, handle, *STEPS)
    return order, handle


async def _reduced(world: World, order: SwitchOrder, handle: SwitchHandle) -> None:
    await go_through(world, order, handle, "reduce")
    result = await world.result(handle)
    assert (result.outcome, result.moved) == ("completed", MOVING)


def _booked(world: World, order: SwitchOrder) -> Sequence[BookedLine]:
    """Return what billing has booked for the old plan so far."""
    billing = world.sandbox.cloud.billing
    period = billing.period(order.organization_id, order.source_subscription_id)
    return billing.booked_lines(order.organization_id, period)


def _day(world: World, order: SwitchOrder) -> DayQuote:
    """Return the accepted quote of the day that was billed."""
    (fixed,) = events_of(world, order, QuoteFixed)
    return Quote.from_facts(fixed.quote).day(state_of(world, order).require(LicensesReduced).cutover_on)


def _returned(world: World, order: SwitchOrder) -> list[int]:
    """Return what the seller's books gave back."""
    return [each["amount_minor_units"] for each in world.ledger(order, "credit")]


def _assert_billed(world: World, order: SwitchOrder, day: DayQuote) -> None:
    """Check the invoice, the referee, and that the record proves all of it."""
    (invoice,) = world.ledger(order, "invoice")
    journal = audit_of(world.store, order.switch_id).journal
    assert invoice["amount_minor_units"] == day.total.minor_units > 0
    assert day.net == day.amount("charge")
    assert events_of(world, order, CreditIssued) == events_of(world, order, BillingStopped) == []
    assert world.failings(order) == CLEAN
    assert (journal.is_whole, journal.differences) == (True, ())


def _giving_nothing(known: Sequence[BookedLine]) -> Callable[[Cloud], Cloud]:
    """Let billing show nothing that it gives back from now on, as one that gives nothing does."""

    def change(cloud: Cloud) -> Cloud:
        real: Any = cloud.billing

        class Keeping:
            def __getattr__(self, name: str) -> Any:
                return getattr(real, name)

            def booked_lines(self, *arguments: Any, **named: Any) -> Sequence[BookedLine]:
                lines = real.booked_lines(*arguments, **named)
                return [line for line in lines if line.quantity >= 0 or line in known]

        billing: Any = Keeping()
        return dataclasses.replace(cloud, billing=billing)

    return change
