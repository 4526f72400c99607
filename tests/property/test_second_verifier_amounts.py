"""The second verifier of bundles has its own formulas, and the same cents (proration#every-policy)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.periods.next_term import NextTerm
from domain.quote.quote import Cutover, Quote, cutover, quote
from domain.quote.quote_input import QuotedAddon
from tests.property.quote_draws import billed_facts, quotes
from tools.audit_verifier.amounts import due_amounts


@st.composite
def further_terms(draw: st.DrawFn) -> tuple[Quote, date]:
    """Draw a quote with what fewer have: billing day, other next term, add-ons, overlap, or some users."""
    quoted, on = draw(quotes())
    terms = quoted.input
    changes: dict[str, Any] = {}
    if draw(st.booleans()):
        changes["billed"] = replace(terms.billed, billing_day=draw(st.integers(1, 31)))
    if draw(st.booleans()):
        begins = terms.billed.period_end_on + timedelta(days=draw(st.integers(0, 40)))
        quantity = draw(st.none() | st.integers(1, 100))
        changes["next_term"] = NextTerm(begins_on=begins, is_renewed=draw(st.booleans()), quantity=quantity)
    if draw(st.booleans()):
        changes["overlap_until"] = on + timedelta(days=draw(st.integers(-5, 40)))
    elif terms.billed.quantity > 1 and draw(st.booleans()):
        changes["licenses_leaving"] = draw(st.integers(0, terms.billed.quantity - 1))
    facts = draw(billed_facts(terms.currency, is_whole_price=draw(st.booleans())))
    addon = QuotedAddon(
        subscription_id="addon",
        plan_id="a",
        name="Add-on",
        quantity=facts["billed"].quantity,
        is_carried=draw(st.booleans()),
        billed=replace(facts["billed"], subscription_id="addon"),
        booked=facts["booked"],
    )
    # What is quoted has begun by the day of the quote.
    if draw(st.booleans()) and addon.billed and addon.billed.period_start_on <= terms.order_on:
        changes["addons"] = (addon,)
    changed = replace(terms, **changes, is_target_owned=draw(st.booleans()))
    on = max(on, changed.first_on)
    return quote(changed), on


def second_amounts(accepted: Quote, bill: Cutover) -> dict[str, int]:
    """Return the amounts that the second verifier computes from the facts of the quote, as JSON has them."""
    terms = json.loads(json.dumps(accepted.as_facts()))["input"]
    total = bill.total.minor_units
    return due_amounts(terms, on=bill.on, period_end=bill.credit_to_on, total=total, limit=None)


def our_amounts(bill: Cutover) -> dict[str, int]:
    """Return the amounts of a cutover by the names of the second verifier."""
    names = ("consumed", "credit", "forfeited", "charge", "net", "tax", "total")
    amounts = {name: getattr(bill, name).minor_units for name in names}
    for each in bill.addons:
        about = f"addon {each.addon.subscription_id}"
        amounts |= {
            f"{about} credit": each.credit.minor_units,
            f"{about} consumed": each.consumed.minor_units,
        }
        amounts |= {f"{about} charge": each.charge.minor_units} if each.charge else {}
    return amounts


@given(quotes())
def test_the_second_verifier_computes_the_same_cents(drawn: tuple[Quote, date]) -> None:
    """Every policy, currency, cycle, rule set and history of a period."""
    accepted, on = drawn
    bill = cutover(accepted, on)
    second = second_amounts(accepted, bill)

    assert {name: second[name] for name in our_amounts(bill)} == our_amounts(bill)


@given(further_terms())
def test_it_does_so_for_what_is_rare(drawn: tuple[Quote, date]) -> None:
    """Billing days, other next terms, add-ons, overlaps, plans that are owned, and switches of some users."""
    accepted, on = drawn
    bill = cutover(accepted, on)
    second = second_amounts(accepted, bill)

    assert {name: second[name] for name in our_amounts(bill)} == our_amounts(bill)
