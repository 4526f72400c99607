"""The journal in double entry, from events alone (audit#journal)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.quote.quote import quote
from domain.subscriptions.journal import journal_of
from domain.subscriptions.subscription import BillingStarted, InvoiceIssued
from domain.switch.events import QuoteFixed, ReplacementOrdered, ReplacementVoided, SwitchDeclined
from domain.switch.move_events import BillingCutOver, CreditForfeited, CreditIssued
from tests.support.stories.cutover_events import cutover_events
from tests.support.stories.quote_inputs import END, billed, euros, terms
from tests.support.stories.samples import sample_of

ON = date(2026, 11, 25)
ACCEPTED = quote(terms())


def changed(events: list[Any], event_class: type[Any], **facts: Any) -> list[Any]:
    """Return the events with one of them telling something else."""
    return [
        event_class(**{**vars(event), **facts}) if type(event) is event_class else event for event in events
    ]


def test_a_cutover_posts_each_event_with_money_in_full() -> None:
    """45.00 are used, 45.00 credited, 105.00 charged, 19 % tax on the difference, and the card pays it."""
    journal = journal_of(cutover_events(ACCEPTED, ON))
    posted = {
        each.event: {entry.account: entry.amount.minor_units for entry in each.entries}
        for each in journal.postings
    }

    assert posted == {
        "BillingStopped": {"source_deferred": 4500, "source_revenue": -4500},
        "CreditIssued": {
            "source_deferred": 4500,
            "unbilled": -4500,
            "credit_held": 4500,
            "credit_open": -4500,
        },
        "BillingStarted": {"unbilled": 10500, "target_deferred": -10500},
        "InvoiceIssued": {"payment": 7140, "customer": -7140},
        "BillingCutOver": {"customer": 7140, "unbilled": -6000, "tax_payable": -1140},
        "CreditSettled": {"credit_open": 4500, "credit_held": -4500},
    }
    assert journal.is_whole
    assert journal.balance("source_deferred") == billed().paid.minor_units


def test_by_invoice_the_customer_owes_the_total() -> None:
    """Nothing is taken at once: the customer's account is the bill until it is paid."""
    journal = journal_of(cutover_events(ACCEPTED, ON, payment_method="invoice"))

    assert journal.is_whole
    assert (journal.balance("customer"), journal.balance("payment")) == (7140, 0)


def test_a_credit_that_has_not_arrived_stays_open() -> None:
    """Issued is not settled: what was credited is held for the customer until its money arrives."""
    journal = journal_of(cutover_events(ACCEPTED, ON)[:-1])

    assert journal.is_whole
    assert (journal.balance("credit_held"), journal.balance("credit_open")) == (4500, -4500)


def test_a_period_without_anything_to_credit_is_consumed_whole() -> None:
    """Cancelled on the renewal day before it was billed: no credit tells what was used, the quote does."""
    events = cutover_events(ACCEPTED, END, billed_now=billed())
    journal = journal_of(events)

    assert not any(isinstance(event, CreditIssued) for event in events)
    assert journal.is_whole
    assert journal.balance("source_revenue") == -billed().paid.minor_units


def test_a_forfeited_value_becomes_revenue_of_its_own() -> None:
    """What a prepaid switch loses is paid, not used and not given back: an account of its own."""
    year = billed(billing_cycle="annual", paid=euros(900_000), period_end_on=date(2027, 11, 10))
    accepted = quote(replace(terms(), billed=year, billing_cycle="monthly", is_prepaid=True))
    events = cutover_events(accepted, ON)
    journal = journal_of(events)
    lost = next(event for event in events if isinstance(event, CreditForfeited))

    assert journal.is_whole
    assert journal.balance("forfeited_revenue") == -lost.amount.minor_units < 0
    assert journal.balance("source_deferred") == year.paid.minor_units


def test_a_voided_order_posts_nothing() -> None:
    """Declined or voided: nothing was billed, so no account moved."""
    events = [sample_of(each) for each in (QuoteFixed, ReplacementOrdered, ReplacementVoided, SwitchDeclined)]
    journal = journal_of(events)

    assert (journal.postings, journal.is_whole) == ((), True)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda events: changed(events, BillingStarted, amount=euros(10_501)), "differ from the net"),
        (lambda events: changed(events, CreditIssued, amount=euros(4_499)), "credited is 44.99 EUR"),
        (lambda events: changed(events, CreditIssued, consumed=euros(4_501)), "consumed is 45.01 EUR"),
        (lambda events: changed(events, InvoiceIssued, total=euros(7_141)), "the invoice is 71.41 EUR"),
        (lambda events: [e for e in events if not isinstance(e, InvoiceIssued)], "the invoice is missing"),
        (
            lambda events: changed(
                events, QuoteFixed, quote={**ACCEPTED.as_facts(), "totals_minor_units": {}}
            ),
            "stored quote",
        ),
    ],
)
def test_an_event_that_tells_other_money_is_told(spoil: Callable[[list[Any]], list[Any]], told: str) -> None:
    """Whoever changes a figure of one event meets the others: the journal names what does not fit."""
    journal = journal_of(spoil(cutover_events(ACCEPTED, ON)))

    assert not journal.is_whole
    assert told in " ".join(journal.differences)


def test_an_uneven_posting_is_seen() -> None:
    """A bill whose total is not net and tax does not balance."""
    journal = journal_of(changed(cutover_events(ACCEPTED, ON), BillingCutOver, tax=euros(1_139)))

    assert not journal.is_whole
    assert [each.event for each in journal.postings if not each.is_balanced] == ["BillingCutOver"]
