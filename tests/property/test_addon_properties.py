"""Properties of quotes with add-ons: each settles by itself, and is billed as shown.

See rules#addon_incompatible.

200 random organizations with add-ons of their own periods, cycles and quantities, and random completion days.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.kernel.money import Money
from domain.periods.billing_periods import add_months, cycle_months
from domain.ports.billing_port import BilledPeriod
from domain.quote.lines import CHARGE
from domain.quote.quote import Quote, cutover, quote
from domain.quote.quote_input import QuotedAddon, QuoteInput
from domain.subscriptions.journal import journal_of
from tests.property.quote_draws import PRICES, shown_by_billing, terms_of
from tests.support.stories.cutover_events import cutover_events

ORGANIZATIONS = 200
ADDONS_MAX = 3
QUANTITY_MAX = 500
DAYS_BEFORE, DAYS_AHEAD = 60, 80


@st.composite
def billed_of(draw: st.DrawFn, terms: QuoteInput, name: str, quantity: int) -> BilledPeriod:
    """Draw the period of an add-on that began before the order, paid in full or not."""
    cycle = draw(st.sampled_from(["monthly", "annual"]))
    start_on = terms.order_on - timedelta(days=draw(st.integers(0, DAYS_BEFORE)))
    price = Money(minor_units=draw(PRICES), currency=terms.currency)
    paid = draw(st.sampled_from([price.times(quantity), price]))
    credited = draw(st.integers(0, paid.minor_units))
    return BilledPeriod(
        subscription_id=name,
        plan_id=name,
        quantity=quantity,
        unit_price=price,
        period_start_on=start_on,
        period_end_on=add_months(start_on, cycle_months(cycle), start_on.day),
        paid=paid,
        credited=Money(minor_units=credited, currency=terms.currency),
        billing_cycle=cycle,
        state="billing",
    )


@st.composite
def with_addons(draw: st.DrawFn, /, **changes: Any) -> tuple[Quote, date]:
    """Draw a quote with add-ons, and a day on which the switch completes."""
    terms = draw(terms_of(**changes))
    addons = []
    for number in range(draw(st.integers(1, ADDONS_MAX))):
        name, quantity = f"addon-{number}", draw(st.integers(1, QUANTITY_MAX))
        is_billed = draw(st.integers(0, 9)) > 0
        addons.append(
            QuotedAddon(
                subscription_id=name,
                plan_id=name,
                name=f"Add-on {number}",
                quantity=quantity,
                is_carried=draw(st.booleans()),
                billed=draw(billed_of(terms, name, quantity)) if is_billed else None,
            )
        )
    terms = replace(terms, addons=tuple(addons))
    return quote(terms), terms.first_on + timedelta(days=draw(st.integers(0, DAYS_AHEAD)))


def shown(terms: QuoteInput, on: date) -> dict[str, BilledPeriod]:
    """Return what billing shows of each billed add-on on a day."""
    billed = [(each, each.billed) for each in terms.addons if each.billed]
    return {
        addon.subscription_id: shown_by_billing(terms.of_addon(addon, period), on) for addon, period in billed
    }


@settings(max_examples=max(ORGANIZATIONS, settings().max_examples))
@given(with_addons(rule_set="current"))
def test_charge_equals_the_quote_for_every_day_of_completion(drawn: tuple[Quote, date]) -> None:
    """200 random organizations: the stored quote bills plan and add-ons as it showed them, to the cent."""
    accepted, on = drawn
    terms = accepted.input
    stored = Quote.from_facts(json.loads(json.dumps(accepted.as_facts())))
    quoted = {day.on: day.total for day in accepted.days} | {on: accepted.day(on).total}
    for day, total in quoted.items():
        told = cutover(stored, day, billed_now=shown_by_billing(terms, day), addons_now=shown(terms, day))
        charged = sum((each.charge for each in told.addons if each.charge), told.charge)
        credited = sum((each.credit for each in told.addons), told.credit)
        assert told.total == total == charged - credited + told.tax
        assert sum(line.amount.minor_units for line in told.lines) == told.net.minor_units


@given(with_addons())
def test_an_addon_settles_by_itself_and_leaves_the_plan_alone(drawn: tuple[Quote, date]) -> None:
    """What was paid for it is used or given back; the plan's lines are those of a quote without add-ons."""
    accepted, on = drawn
    day, plain = accepted.day(on), quote(replace(accepted.input, addons=())).day(on)

    for each in day.addons:
        assert each.day.paid == each.day.consumed + each.day.credit
        assert each.day.forfeited.minor_units == 0
        assert any(line.kind == CHARGE for line in each.day.lines) == each.addon.is_carried
    assert tuple(line for line in day.lines if not line.addon_id) == plain.lines
    assert tuple(line for line in day.remarks if not line.addon_id) == plain.remarks
    assert {each.addon.subscription_id for each in day.addons} == {
        each.subscription_id for each in accepted.input.addons if each.billed
    }


@given(with_addons())
def test_events_of_plan_and_addons_sum_to_zero_and_to_the_bill(drawn: tuple[Quote, date]) -> None:
    """The journal balances per event, the customer owes the total, and nothing deferred is left."""
    accepted, on = drawn
    told, day = cutover(accepted, on), accepted.day(on)
    journal = journal_of(cutover_events(accepted, on, payment_method="invoice"))

    assert journal.is_whole, journal.differences
    assert journal.balance("customer") == told.total.minor_units
    assert journal.balance("source_deferred") == day.paid.minor_units
    assert journal.balance("source_revenue") == -day.consumed.minor_units
    assert journal.balance("unbilled") == 0


@given(with_addons(rule_set="current"))
def test_a_renewal_that_was_not_billed_is_not_given_back(drawn: tuple[Quote, date]) -> None:
    """On an add-on's renewal day billing may not have billed it yet: only what was paid is credited."""
    accepted, _ = drawn
    terms = accepted.input
    for addon in terms.addons:
        if addon.billed is None or addon.billed.period_end_on < terms.first_on:
            continue
        on = addon.billed.period_end_on
        others = {name: each for name, each in shown(terms, on).items() if name != addon.subscription_id}
        told = cutover(accepted, on, addons_now={**others, addon.subscription_id: addon.billed})
        (part,) = [each for each in told.addons if each.addon == addon]
        assert part.credit.minor_units == 0
        assert part.credit_to_on == on
