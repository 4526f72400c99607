"""The money of an act on a product (products#the-money-of-an-act)."""

from __future__ import annotations

from datetime import date

from domain.ports.billing_port import BookedLine
from domain.products.act_terms import (
    ActTerms,
    cancellation_terms,
    payment_terms,
    purchase_terms,
    resize_terms,
    return_terms,
)
from tests.support.products.billed import END, PROFILE, START, TODAY, WHOLE, billed, eur


def test_purchase_costs_a_whole_period_with_tax() -> None:
    """A new subscription is paid in advance for one whole period from today on; a year costs 12 months."""
    monthly = purchase_terms(PROFILE, eur(600), "monthly", quantity=5, today=TODAY)
    yearly = purchase_terms(PROFILE, eur(600), "annual", quantity=5, today=TODAY)

    assert (monthly.charge, monthly.tax, monthly.total) == (eur(3_000), eur(570), eur(3_570))
    assert (monthly.from_on, monthly.to_on, monthly.billing_day) == (TODAY, date(2026, 12, 11), 11)
    assert (yearly.charge, yearly.to_on) == (eur(36_000), date(2027, 11, 11))


def test_resize_costs_the_days_that_are_left() -> None:
    """Licenses that come or go count from today to the period's end, over the days of the nominal period."""
    more = resize_terms(billed(), quantity=13, currency="EUR", today=TODAY)
    fewer = resize_terms(billed(), quantity=7, currency="EUR", today=TODAY)
    unbilled = resize_terms(billed(state="not_started"), quantity=13, currency="EUR", today=TODAY)

    assert (more.charge, more.total, more.credit) == (eur(1_200), eur(1_200), eur(0))
    assert (fewer.credit, fewer.total) == (eur(1_200), eur(0))
    assert (unbilled.total, unbilled.from_on) == (eur(0), None)


def test_cancellation_gives_back_what_is_not_used() -> None:
    """The day itself is served; paid is used plus given back, also after licenses were added."""
    added = BookedLine(amount=eur(600), from_on=date(2026, 11, 16), to_on=END, quantity=2)
    plain = cancellation_terms(PROFILE, billed(), (WHOLE,), is_prepaid=False, today=TODAY)
    grown = cancellation_terms(
        PROFILE,
        billed(quantity=12, paid=eur(6_600)),
        (WHOLE, added),
        is_prepaid=False,
        today=date(2026, 11, 20),
    )

    assert (plain.credit, plain.from_on, plain.to_on) == (eur(3_800), date(2026, 11, 12), END)
    assert plain.credit + eur(600 * 10 * 11 // 30) == eur(6_000)
    # The tax that was charged for these days goes back with them, by the way that it was paid.
    assert (plain.tax, plain.total, plain.payment_method) == (eur(-722), eur(0), "card")
    # 20 of 30 days for ten, and 5 of 30 for two more.
    assert grown.credit == eur(6_600 - 4_000 - 200)


def test_cancellation_gives_back_by_the_price_that_was_paid() -> None:
    """What was booked at another price than that of now is used by its own amount over its own days."""
    cheaper = BookedLine(amount=eur(5_000), from_on=START, to_on=END, quantity=10)
    terms = cancellation_terms(PROFILE, billed(paid=eur(5_000)), (cheaper,), is_prepaid=False, today=TODAY)

    assert terms.credit == eur(5_000 - 1_833)


def test_cancellation_of_a_prepaid_product_gives_nothing_back() -> None:
    """What was bought with a card or key in advance is lost, and the loss is a figure of its own."""
    terms = cancellation_terms(PROFILE, billed(), (WHOLE,), is_prepaid=True, today=TODAY)

    assert (terms.credit, terms.tax, terms.forfeited) == (eur(0), eur(0), eur(3_800))


def test_cancellation_before_the_period_begins_gives_all_of_it_back() -> None:
    """What was cancelled and taken back today is billed from tomorrow on; cancelled again, it stops."""
    tomorrow = date(2026, 11, 12)
    again = billed(period_start_on=tomorrow, paid=eur(3_800))
    line = BookedLine(amount=eur(3_800), from_on=tomorrow, to_on=END, quantity=10)
    terms = cancellation_terms(PROFILE, again, (line,), is_prepaid=False, today=TODAY)

    assert (terms.credit, terms.from_on, terms.to_on) == (eur(3_800), tomorrow, END)


def test_cancellation_after_the_period_stops_at_its_end() -> None:
    """Billing that has not renewed is stopped on the first day after what is paid, and gives nothing back."""
    terms = cancellation_terms(PROFILE, billed(), (WHOLE,), is_prepaid=False, today=date(2026, 12, 3))

    assert (terms.credit, terms.from_on, terms.to_on) == (eur(0), END, END)


def test_return_bills_only_what_was_given_back() -> None:
    """Days that were given back are charged again from today on; without a credit nothing is charged."""
    stopped = billed(state="stopped", credited=eur(3_800))
    again = return_terms(PROFILE, stopped, quantity=10, today=date(2026, 11, 12))
    same_day = return_terms(PROFILE, stopped, quantity=10, today=TODAY, unserved_from=date(2026, 11, 12))
    late = return_terms(PROFILE, stopped, quantity=10, today=date(2026, 12, 24))
    untouched = return_terms(PROFILE, billed(state="stopped"), quantity=10, today=TODAY)

    assert (again.charge, again.from_on, again.to_on) == (eur(3_800), date(2026, 11, 12), END)
    assert again.total == eur(3_800 + 722)
    assert (same_day.charge, same_day.from_on) == (eur(3_800), date(2026, 11, 12))
    assert (late.charge, late.to_on, late.billing_day) == (eur(6_000), date(2027, 1, 24), 24)
    assert (untouched.total, untouched.from_on) == (eur(0), None)


def test_return_of_an_expired_product_costs_a_new_period() -> None:
    """What is over is not made up for: a whole period from today on costs; one that is paid goes on."""
    day = date(2026, 12, 24)
    expired = return_terms(PROFILE, billed(), quantity=10, today=day)
    forfeited = return_terms(PROFILE, billed(state="stopped"), quantity=10, today=day)
    paid = return_terms(PROFILE, billed(), quantity=10, today=TODAY)

    for terms in (expired, forfeited):
        assert (terms.charge, terms.tax, terms.total) == (eur(6_000), eur(1_140), eur(7_140))
        assert (terms.from_on, terms.to_on) == (day, date(2027, 1, 24))
    assert (paid.total, paid.from_on) == (eur(0), None)


def test_terms_are_read_back_as_they_were_recorded() -> None:
    """What the record keeps is the same terms again: a repetition asks for exactly the same."""
    terms = purchase_terms(PROFILE, eur(600), "monthly", quantity=5, today=TODAY)

    assert ActTerms.of_facts(terms.as_facts()) == terms
    assert payment_terms(PROFILE.balance_due).total == eur(4_200)
