"""The cutover bills what the quote showed, in balanced journal entries (audit#journal)."""

from __future__ import annotations

from datetime import date

import pytest

from domain.kernel.errors import AuditMismatch
from domain.quote.quote import cutover, quote
from tests.support.stories.quote_inputs import END, START, billed, euros, terms

ON = date(2026, 11, 25)


def test_cutover_tells_billing_what_the_quote_showed() -> None:
    """Stop, credit, charge, tax and total are those of the quote's day."""
    accepted = quote(terms())
    told, day = cutover(accepted, ON), accepted.day(ON)

    assert (told.stop_on, told.period_end_on) == (ON, END)
    assert (told.credit, told.credit_from_on, told.credit_to_on) == (euros(4500), ON, END)
    assert told.charge == euros(10500)
    assert (told.net, told.tax, told.total) == (day.net, day.tax, day.total)
    assert (told.quantity, told.unit_price) == (10, euros(2100))
    assert told.lines == day.lines


def test_renewal_is_not_on_the_invoice() -> None:
    """The seller bills the renewal by himself; the cutover names it so that it can be looked for."""
    told = cutover(quote(terms()), date(2026, 12, 11))

    (renewal,) = told.renewals
    assert renewal.amount == euros(9000)
    assert {line.kind for line in told.lines} == {"credit", "charge", "overlap_charge", "overlap_credit"}


def test_renewal_that_was_billed_is_credited() -> None:
    """Billing shows the renewed period: the cutover is the quote's day."""
    accepted = quote(terms())
    renewed = billed(period_start_on=END, period_end_on=date(2027, 1, 10))

    assert cutover(accepted, END, billed_now=renewed) == cutover(accepted, END)
    assert cutover(accepted, ON, billed_now=billed()) == cutover(accepted, ON)


def test_renewal_that_was_never_billed_is_not_credited() -> None:
    """Cancelled on the renewal day before the seller renewed: nothing was paid, nothing is given back."""
    told = cutover(quote(terms()), END, billed_now=billed())

    assert told.credit == euros(0)
    assert told.charge == euros(21000)
    assert told.renewals == ()


def test_other_period_at_billing_stops_the_cutover() -> None:
    """A period that the quote does not know is a mismatch: no money moves by a guess."""
    used_but_not_billed = billed()
    moved = billed(period_start_on=date(2026, 11, 1), period_end_on=date(2026, 12, 1))

    with pytest.raises(AuditMismatch):
        cutover(quote(terms()), date(2026, 12, 11), billed_now=used_but_not_billed)
    with pytest.raises(AuditMismatch, match=str(START)):
        cutover(quote(terms()), ON, billed_now=moved)
