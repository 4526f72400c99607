"""What billing booked inside a period goes into the quote by its own days (proration#every-policy)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.kernel.errors import AuditMismatch
from domain.ports.billing_port import BookedLine
from domain.quote.quote import Quote, quote
from domain.quote.quote_input import QuotedAddon, booked_of, require_same_lines
from tests.support.stories.quote_inputs import END, START, billed, euros, terms

MIDDLE = date(2026, 11, 25)
WHOLE = BookedLine(amount=euros(9000), from_on=START, to_on=END, quantity=10)
ADDED = BookedLine(amount=euros(2250), from_on=MIDDLE, to_on=END, quantity=5)
GROWN = billed(quantity=15, paid=euros(11250))


def test_one_charge_for_the_whole_period_is_no_line() -> None:
    """A period that nothing happened in is quoted from its sum, with the digest that it always had."""
    assert booked_of(billed(), (WHOLE,)) == ()
    assert booked_of(billed(paid=euros(0)), ()) == ()


def test_licenses_that_came_inside_the_period_are_lines() -> None:
    """Each charge counts over its own days; a first charge for another number of licenses is one as well."""
    assert booked_of(GROWN, (WHOLE, ADDED)) == (WHOLE, ADDED)
    assert booked_of(billed(quantity=9), (WHOLE,)) == (WHOLE,)


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (replace(WHOLE, amount=euros(8999)),),
        (WHOLE, replace(ADDED, amount=euros(0), to_on=date(2026, 12, 11))),
        (WHOLE, replace(ADDED, amount=euros(0), to_on=MIDDLE)),
    ],
)
def test_a_ledger_that_contradicts_the_period_is_refused(lines: tuple[BookedLine, ...]) -> None:
    """Lines must add up to what was paid, for days of the period: nothing is quoted from a guess."""
    with pytest.raises(AuditMismatch, match="booked"):
        booked_of(billed(), lines)


def test_lines_that_changed_since_the_quote_are_refused() -> None:
    """The cutover credits by the lines of the quote; another ledger holds it before the cancellation."""
    require_same_lines((WHOLE, ADDED), (WHOLE, ADDED))
    require_same_lines((), (WHOLE,))
    for now in ((), (WHOLE,), (WHOLE, replace(ADDED, from_on=START))):
        with pytest.raises(AuditMismatch, match="booked"):
            require_same_lines((WHOLE, ADDED), now)


def test_an_addon_with_a_history_settles_by_its_own_days() -> None:
    """Five licenses of an add-on that came on the way are given back for the days that are left of them."""
    addon: dict[str, Any] = {"subscription_id": "a", "plan_id": "a", "name": "A", "quantity": 15}
    carried = QuotedAddon(**addon, is_carried=True, billed=GROWN, booked=(WHOLE, ADDED))
    day = quote(terms(addons=(carried,))).day(date(2026, 11, 30))

    # 20 of 30 days of ten licenses and five of fifteen days of five more.
    assert day.addons[0].day.consumed == euros(6000 + 750)
    assert day.addons[0].day.credit == euros(11250 - 6750)


def test_facts_of_addons_keep_a_history_and_nothing_else_new() -> None:
    """An add-on without lines has the facts that stored quotes have; one with lines comes back whole."""
    plain = QuotedAddon(
        subscription_id="a", plan_id="a", name="A", quantity=10, is_carried=True, billed=billed()
    )
    grown = replace(plain, quantity=15, billed=GROWN, booked=(WHOLE, ADDED))
    told = quote(terms(addons=(plain, grown)))
    facts = told.as_facts()

    assert ["booked" in addon for addon in facts["input"]["addons"]] == [False, True]
    assert Quote.from_facts(facts) == told
