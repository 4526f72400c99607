"""The old plan's next term as the seller states it: none, or another quantity or plan.

See rules#scheduled_change.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.kernel.errors import InvalidInput
from domain.periods.next_term import NextTerm, next_term_of
from domain.ports.seller_port import RenewalTerms, ScheduledChange
from domain.quote import lines as kinds
from domain.quote.quote import Quote, quote
from domain.quote.quote_input import QuotedAddon, QuoteInput
from domain.requests.schedule import RENEWAL, start_day, terms_on
from tests.support.stories import eligibility_inputs as inputs
from tests.support.stories.quote_inputs import END, billed, euros, terms

NONE = NextTerm(begins_on=END, is_renewed=False)
FEWER = NextTerm(begins_on=END, is_renewed=True, quantity=6)
#: Two days into the next month.
LATER = date(2026, 12, 12)


def late(**changes: Any) -> QuoteInput:
    """Return a quote whose table reaches into the next term."""
    usual: dict[str, Any] = {
        "quoted_on": date(2026, 12, 7),
        "order_on": date(2026, 12, 7),
        "expires_on": date(2026, 12, 14),
    }
    return terms(**(usual | changes))


def test_plan_that_does_not_renew_has_no_renewal_in_the_quote() -> None:
    """Nothing is told or credited of a renewal that nobody will bill; what was paid is used up."""
    plain, ending = quote(late()).day(LATER), quote(late(next_term=NONE)).day(LATER)

    assert plain.amount(kinds.RENEWAL_CHARGE) == euros(9000)
    assert plain.credit.minor_units > 0
    assert ending.amount(kinds.RENEWAL_CHARGE) == ending.credit == euros(0)
    assert (ending.consumed, ending.paid, ending.stop_on) == (euros(9000), euros(9000), END)
    assert ending.target_period == plain.target_period
    before = date(2026, 12, 8)
    assert quote(late(next_term=NONE)).day(before) == quote(late()).day(before)


def test_renewal_is_quoted_with_the_scheduled_licenses() -> None:
    """Six of ten licenses are scheduled: the renewal costs 54.00, and 29 of its 31 days come back."""
    day = quote(late(next_term=FEWER)).day(LATER)

    (renewal,) = (line for line in day.remarks if line.kind == kinds.RENEWAL_CHARGE)
    assert (renewal.amount, renewal.quantity) == (euros(5400), 6)
    assert (day.paid, day.consumed, day.credit) == (euros(5400), euros(348), euros(5052))


def test_renewal_is_quoted_at_the_price_of_the_scheduled_plan() -> None:
    """Another plan is scheduled for the renewal: its price counts from that day on, and not before."""
    dearer = NextTerm(begins_on=END, is_renewed=True, unit_price=euros(1800))

    assert quote(late(next_term=dearer)).day(LATER).paid == euros(18_000)
    assert quote(late(next_term=dearer)).day(date(2026, 12, 9)).paid == euros(9000)


def test_change_counts_from_its_term_on() -> None:
    """Months inside of a yearly term renew as they are; only the next term is another."""
    far = replace(FEWER, begins_on=date(2027, 11, 10))

    day = quote(late(next_term=far)).day(LATER)

    assert day.paid == quote(late()).day(LATER).paid == euros(9000)


def test_quote_of_a_later_day_has_what_was_scheduled() -> None:
    """The quote of a day in the next term is computed from the period that billing shows by then."""
    on_the_day = terms_on(late(next_term=FEWER), END)

    assert (on_the_day.billed.quantity, on_the_day.billed.paid) == (6, euros(5400))
    assert on_the_day.next_term is None
    assert terms_on(late(next_term=FEWER), date(2026, 12, 9)).next_term == FEWER


@pytest.mark.parametrize("text", [RENEWAL, "2026-12-10", "2026-12-24"])
def test_start_on_or_after_the_end_of_a_plan_that_does_not_renew_is_refused(text: str) -> None:
    """`--on renewal`, and any day on which the old plan is no more: the refusal tells the day of its end."""
    source = inputs.subscription(renewal=RenewalTerms(ends_on=END, is_automatic=False))
    following = next_term_of(source, inputs.billed(), lambda _plan: None)

    with pytest.raises(InvalidInput, match="does not renew, it ends on that day") as refused:
        start_day(text, terms(next_term=following), inputs.facts(source=source))

    assert "before 2026-12-10" in str(refused.value)
    assert start_day("2026-12-09", terms(next_term=following), inputs.facts(source=source)) < END
    assert start_day(RENEWAL, terms(), inputs.facts()) == END


def test_next_term_is_what_the_seller_states() -> None:
    """Not renewed, another quantity, another plan; the same again is no statement."""

    def stated(**renewal: Any) -> NextTerm | None:
        source = inputs.subscription(renewal=RenewalTerms(ends_on=END, **renewal))
        return next_term_of(source, billed(), lambda plan: euros(2100) if plan == "other" else None)

    assert stated() is stated(is_automatic=True) is None
    assert stated(is_automatic=False) == NONE
    assert stated(scheduled=ScheduledChange(plan_id="", quantity=6)) == FEWER
    other = stated(is_automatic=True, scheduled=ScheduledChange(plan_id="other", quantity=10))
    assert other == NextTerm(begins_on=END, is_renewed=True, unit_price=euros(2100))
    assert next_term_of(inputs.subscription(), billed(), lambda _plan: None) is None


def test_stored_quote_keeps_the_next_term_and_is_the_same_without_one() -> None:
    """The facts of a quote compute to the same quote; without a statement they are those of before."""
    addon = QuotedAddon(
        subscription_id="a",
        plan_id="p",
        name="n",
        quantity=1,
        is_carried=True,
        billed=billed(subscription_id="a"),
        next_term=NONE,
    )
    for one in (late(next_term=NONE), late(next_term=FEWER), late(addons=(addon,))):
        assert Quote.from_facts(quote(one).as_facts()) == quote(one)
    assert "next_term" not in late().as_facts()
    assert "next_term" not in late(addons=(replace(addon, next_term=None),)).as_facts()["addons"][0]
    assert quote(late(next_term=NONE)).digest != quote(late()).digest


def test_addon_that_does_not_renew_has_no_renewal_either() -> None:
    """Each add-on's own setting counts for its own renewal."""
    addon = QuotedAddon(
        subscription_id="a",
        plan_id="p",
        name="n",
        quantity=1,
        is_carried=False,
        billed=billed(subscription_id="a"),
    )
    ending = late(addons=(replace(addon, next_term=NONE),))
    (renewing,) = quote(late(addons=(addon,))).day(LATER).addons
    (ended,) = quote(ending).day(LATER).addons

    assert renewing.day.credit.minor_units > 0
    assert ended.day.credit == euros(0)


def test_scheduled_change_is_a_finding() -> None:
    """What the seller has scheduled is told before the order, with its day, licenses and plan."""
    change = ScheduledChange(plan_id=inputs.plan_id("E1"), quantity=12)
    renewal = RenewalTerms(ends_on=END, is_automatic=True, scheduled=change)

    (found,) = inputs.answer(source=inputs.subscription(renewal=renewal)).findings

    assert found.code == "SCHEDULED_CHANGE"
    assert "12 licenses of Office 365 E1" in found.message
    assert "on 2026-12-10" in found.message
