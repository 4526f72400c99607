"""What quote, cutover and charge of a switch look like on the board (rules#quote-and-cutover)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from domain.quote.quote import Quote
from domain.switch.control_events import QuantityAmended
from domain.switch.events import QuoteFixed
from domain.switch.move_events import BillingCutOver, LicensesReduced, SourceCancelled
from projections.board.rows import BoardRow


def _quoted(row: BoardRow, event: QuoteFixed) -> BoardRow:
    terms = event.quote["input"]
    total = _quote_total(event.quote, date.fromisoformat(terms["order_on"]))
    return replace(row, quote=event.quote, quote_total=total, currency=terms["currency"])


def _amended(row: BoardRow, event: QuantityAmended) -> BoardRow:
    day = date.fromisoformat(event.quote["input"]["order_on"])
    total = _quote_total(event.quote, day)
    return replace(row, licenses=event.quantity, quote=event.quote, quote_total=total)


def _cutover_fixed(row: BoardRow, event: SourceCancelled | LicensesReduced) -> BoardRow:
    if row.quote is None:
        return row
    return replace(row, quote_total=_quote_total(row.quote, event.cutover_on))


def _quote_total(facts: dict[str, Any], on: date) -> int:
    """Return the total of a day: as the quote's own table tells it, computed for a day beyond the table."""
    total: int | None = facts["totals_minor_units"].get(on.isoformat())
    return Quote.from_facts(facts).day(on).total.minor_units if total is None else total


def _cut_over(row: BoardRow, event: BillingCutOver) -> BoardRow:
    return replace(
        row,
        charged_total=event.total.minor_units,
        currency=event.total.currency,
        invoice_promised_at=event.invoice_promised_at,
    )


#: Event class -> its function.
CHANGES: dict[type[Any], Callable[[BoardRow, Any], BoardRow]] = {
    QuoteFixed: _quoted,
    QuantityAmended: _amended,
    SourceCancelled: _cutover_fixed,
    LicensesReduced: _cutover_fixed,
    BillingCutOver: _cut_over,
}
