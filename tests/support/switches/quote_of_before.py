"""A quote that was accepted before the formulas changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from domain.quote.quote import Quote, quote
from domain.quote.quote_input import BILLED_PERIOD, QuoteInput
from store.record.notifications import StoredNotification

E5 = "c7df2760-2c81-4ef7-b578-5b5392b571df"


def quote_of_before(terms: QuoteInput) -> Quote:
    """Return the quote that the formulas of before gave."""
    billed = replace(terms.billed, billing_day=None)
    return quote(replace(terms, billed=billed, period_version=BILLED_PERIOD))


def events_of(notifications: list[StoredNotification]) -> dict[type[Any], Any]:
    """Return the newest event of each class."""
    return {type(each.event): each.event for each in notifications}
