"""The accepted quote beside the bill, to the cent, with the reason of each difference.

The quote is computed again by the function that billed (rules#quote-and-cutover). What was billed is read
from the events of billing, which hold what the billing system was told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from audit.plan.rows import PlannedAmount, PlannedMoney, PlanState
from domain.kernel.errors import AuditMismatch, InvalidInput
from domain.kernel.money import Money
from domain.licenses.reduction import lost_of_leaving
from domain.quote.day_quotes import DayQuote, day_quote
from domain.quote.quote import Quote
from domain.quote.quote_input import QuoteInput
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

_LOST = "prepaid value that is lost"
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
        # The order binds the quote, so a day after its table has a price too.
        day = accepted.day(bill.event.cutover_on) if bill else first
        quoted = _quoted(day)
        rows = tuple(_billed_rows(events, quoted, bill) if bill else _unbilled_rows(quoted, outcome))
    except (AuditMismatch, InvalidInput) as error:
        amounts = tuple(_unquoted(bill, error.message))
        return PlannedMoney(
            first_on=None, first_total=None, billed_on=billed_on, amounts=amounts, broken=error.message
        )
    return PlannedMoney(first_on=first.on, first_total=first.total, billed_on=billed_on, amounts=rows)


def _quoted(day: DayQuote) -> dict[str, Money]:
    return {
        "given back for the old plan": day.credit,
        _LOST: day.forfeited,
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
        _LOST: sum(lost, nothing),
        "net": cut_over.net,
        "tax": cut_over.tax,
        "total": cut_over.total,
    }
    invoices = by_class.get(InvoiceIssued, ())
    if invoices:
        amounts["total"] = invoices[-1].total
    return _Bill(event=cut_over, amounts=amounts)


def _unbilled_rows(quoted: dict[str, Money], outcome: str) -> Iterator[PlannedAmount]:
    for what, amount in quoted.items():
        state = PlanState.OTHERWISE if amount.minor_units else PlanState.AS_PLANNED
        why = _NOT_BILLED.format(outcome=outcome.replace("_", " ")) if amount.minor_units else ""
        yield PlannedAmount(
            what=what,
            quoted=amount,
            billed=None,
            difference=None,
            state=state if outcome else PlanState.SO_FAR,
            why=why if outcome else "",
        )


def _billed_rows(
    events: Sequence[StoredNotification], quoted: dict[str, Money], bill: _Bill
) -> Iterator[PlannedAmount]:
    expected, why = _in_force(events, bill)
    for what, amount in quoted.items():
        billed = bill.amounts[what]
        difference = billed - amount
        # A reason counts only where it explains the amount to the cent.
        reason = "; ".join(why) if why and billed == expected[what] else UNKNOWN
        yield PlannedAmount(
            what=what,
            quoted=amount,
            billed=billed,
            difference=difference,
            state=PlanState.OTHERWISE if difference.minor_units else PlanState.AS_PLANNED,
            why=reason if difference.minor_units else "",
        )


def _in_force(events: Sequence[StoredNotification], bill: _Bill) -> tuple[dict[str, Money], list[str]]:
    """Return the amounts by the quote that was in force at the bill, and why they may be others.

    Raises:
        AuditMismatch: A quote does not come out as it was stored.
        InvalidInput: A quote can't be read.
    """
    reasons: list[str] = []
    facts: dict[str, Any] = {}
    lost: Money | None = None
    given_back: Money | None = None
    for each in events:
        event: Any = each.event
        if isinstance(event, QuoteFixed | QuantityAmended | QuoteCorrected):
            facts, lost = event.quote, getattr(event, "forfeited_at_most", None)
        if isinstance(event, LicensesReduced):
            given_back = event.given_back
        reasons += _reasons_at(each.id, event)
    terms = Quote.from_facts(facts).input
    days = list(_days(terms, bill.event.cutover_on, lost))
    amounts = [_after_reduction(_quoted(day), given_back) for day in days]
    chosen = next((n for n, each in enumerate(amounts) if each == bill.amounts), 0)
    if chosen:
        reasons.append("the seller had not billed a renewal of the old plan that the quote foresaw")
    return amounts[chosen], reasons


def _days(terms: QuoteInput, on: date, lost: Money | None) -> Iterator[DayQuote]:
    """Yield the quote of a day: every renewal is billed, only those of the plan or of add-ons, or none is."""
    addons = frozenset(each.subscription_id for each in terms.addons)
    for not_renewed in (frozenset[str](), addons):
        for is_renewal_billed in (True, False):
            yield day_quote(
                terms,
                on,
                is_renewal_billed=is_renewal_billed,
                addons_not_renewed=not_renewed,
                forfeited_at_most=lost,
            )


def _after_reduction(quoted: dict[str, Money], given_back: Money | None) -> dict[str, Money]:
    """Return the amounts where the seller itself gave something back for licenses that left."""
    return {**quoted, _LOST: lost_of_leaving(quoted[_LOST], given_back)}


def _reasons_at(number: int, event: Any) -> Iterator[str]:
    """Yield why an event makes the bill another one than the quote that was accepted first."""
    if isinstance(event, QuantityAmended):
        yield (
            f"{event.meta['actor']} amended {event.quantity_before} to {event.quantity} licenses and "
            f"accepted another quote (event {number})"
        )
    elif isinstance(event, QuoteCorrected):
        yield (
            f"the accepted quote overcharged by its older formulas: {event.accepted_total} were accepted, "
            f"{event.billed_total} are billed (event {number})"
        )
    elif isinstance(event, LicensesReduced) and event.given_back:
        yield f"the seller gave back {event.given_back} for the licenses that left (event {number})"


def _unquoted(bill: _Bill | None, why: str) -> Iterator[PlannedAmount]:
    for what, amount in (bill.amounts if bill else {}).items():
        yield PlannedAmount(
            what=what, quoted=None, billed=amount, difference=None, state=PlanState.OTHERWISE, why=why
        )
