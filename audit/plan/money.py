"""The accepted quote beside the bill, to the cent, with the reason of each difference.

The quote is computed again by the function that billed (rules#quote-and-cutover). What was billed is read
from the events of billing, which hold what the billing system was told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from audit.plan.rows import PlannedAmount, PlannedMoney, PlanState
from domain.kernel.errors import AuditMismatch
from domain.kernel.money import Money
from domain.quote.day_quotes import DayQuote
from domain.quote.quote import Quote
from domain.subscriptions.subscription import InvoiceIssued
from domain.switch.control_events import QuantityAmended
from domain.switch.events import QuoteFixed
from domain.switch.move_events import (
    AddOnCarried,
    AddOnDropped,
    BillingCutOver,
    CreditForfeited,
    CreditIssued,
    LicensesReduced,
    QuoteCorrected,
)
from store.record.notifications import StoredNotification

UNKNOWN = "unknown: no event of this switch tells the reason"
_NOT_BILLED = "nothing was billed: the switch ended as {outcome}"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Bill:
    """What was billed."""

    event: BillingCutOver
    amounts: dict[str, Money]


def planned_money(events: Sequence[StoredNotification], *, outcome: str) -> PlannedMoney:
    """Return the amounts of the accepted quote and of the bill.

    Args:
        events: Every event of the switch, in the order of the log.
        outcome: How it ended; "" while it goes on.
    """
    fixed = next((each.event for each in events if isinstance(each.event, QuoteFixed)), None)
    if fixed is None:
        return PlannedMoney(first_on=None, first_total=None, billed_on=None, amounts=())
    bill = _bill(events)
    billed_on = bill.event.cutover_on if bill else None
    try:
        accepted = Quote.from_facts(fixed.quote)
        first = accepted.days[0]
        day = _day(accepted, bill) if bill else first
    except AuditMismatch as error:
        amounts = tuple(_unquoted(bill, error.message))
        return PlannedMoney(
            first_on=None, first_total=None, billed_on=billed_on, amounts=amounts, broken=error.message
        )
    why = _reason(events, accepted, bill)
    rows = _rows(_quoted(day), bill.amounts if bill else {}, why=why, outcome=outcome)
    return PlannedMoney(first_on=first.on, first_total=first.total, billed_on=billed_on, amounts=tuple(rows))


def _day(accepted: Quote, bill: _Bill) -> DayQuote:
    """Return what was accepted for the day that was billed; the order binds it for later days too."""
    return accepted.day(bill.event.cutover_on)


def _quoted(day: DayQuote) -> dict[str, Money]:
    return {
        "given back for the old plan": day.credit,
        "prepaid value that is lost": day.forfeited,
        "net": day.net,
        "tax": day.tax,
        "total": day.total,
    }


def _bill(events: Sequence[StoredNotification]) -> _Bill | None:
    """Return what was billed, as billing was told and answered; None before the cutover."""
    by_class: dict[type[Any], list[Any]] = {}
    for each in events:
        by_class.setdefault(type(each.event), []).append(each.event)
    if BillingCutOver not in by_class:
        return None
    cut_over = by_class[BillingCutOver][-1]
    nothing = Money.zero(cut_over.total.currency)
    credits_issued = [each.amount for each in by_class.get(CreditIssued, ())]
    credits_issued += [
        each.credit for kind in (AddOnDropped, AddOnCarried) for each in by_class.get(kind, ())
    ]
    lost = [each.amount for each in by_class.get(CreditForfeited, ())]
    amounts = {
        "given back for the old plan": sum(credits_issued, nothing),
        "prepaid value that is lost": sum(lost, nothing),
        "net": cut_over.net,
        "tax": cut_over.tax,
        "total": cut_over.total,
    }
    invoices = by_class.get(InvoiceIssued, ())
    if invoices:
        amounts["total"] = invoices[-1].total
    return _Bill(event=cut_over, amounts=amounts)


def _rows(
    quoted: dict[str, Money], billed: dict[str, Money], *, why: str, outcome: str
) -> Iterator[PlannedAmount]:
    for what, amount in quoted.items():
        charged = billed.get(what)
        difference = charged - amount if charged is not None else None
        state, reason = _state(difference, why=why, outcome=outcome)
        yield PlannedAmount(
            what=what, quoted=amount, billed=charged, difference=difference, state=state, why=reason
        )


def _state(difference: Money | None, *, why: str, outcome: str) -> tuple[PlanState, str]:
    if difference is None:
        if outcome:
            return PlanState.OTHERWISE, _NOT_BILLED.format(outcome=outcome.replace("_", " "))
        return PlanState.SO_FAR, ""
    if difference.minor_units:
        return PlanState.OTHERWISE, why or UNKNOWN
    return PlanState.AS_PLANNED, ""


def _reason(events: Sequence[StoredNotification], accepted: Quote, bill: _Bill | None) -> str:
    """Return why the bill may differ from the quote that was accepted first; "" where nothing tells it."""
    return "; ".join(_reasons(events, accepted, bill)) if bill else ""


def _reasons(events: Sequence[StoredNotification], accepted: Quote, bill: _Bill) -> Iterator[str]:
    for each in events:
        event: Any = each.event
        if isinstance(event, QuantityAmended):
            who = event.meta["actor"]
            yield (
                f"{who} amended {event.quantity_before} to {event.quantity} licenses and accepted another "
                f"quote (event {each.id})"
            )
        elif isinstance(event, QuoteCorrected):
            yield (
                f"the accepted quote overcharged by its older formulas: {event.accepted_total} were "
                f"accepted, {event.billed_total} are billed (event {each.id})"
            )
        elif isinstance(event, LicensesReduced) and event.given_back:
            yield f"the seller gave back {event.given_back} for the licenses that left (event {each.id})"
    if _day(accepted, bill).source_period.end_on != bill.event.source_period_end_on:
        yield "the seller had not billed the renewal of the old plan that the quote foresaw"


def _unquoted(bill: _Bill | None, why: str) -> Iterator[PlannedAmount]:
    for what, amount in (bill.amounts if bill else {}).items():
        yield PlannedAmount(
            what=what, quoted=None, billed=amount, difference=None, state=PlanState.OTHERWISE, why=why
        )
