"""Every amount of a switch: as its events state it, and computed again from what the accepted quote rests on.

The quote, the bill and this check run through the same functions of the domain (rules#quote-and-cutover); the
independent formulas are those of the second verifier, `tools/audit_verifier/`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Any

from domain.kernel.errors import AuditMismatch
from domain.kernel.money import Money
from domain.licenses.reduction import lost_of_leaving
from domain.quote.day_quotes import day_quote
from domain.quote.quote import Cutover, Quote, cutover_of
from domain.subscriptions.subscription import BillingStarted, InvoiceIssued
from domain.switch.control_events import QuantityAmended
from domain.switch.events import QuoteFixed, SwitchRequested
from domain.switch.move_events import (
    AddOnCarried,
    AddOnDropped,
    BillingCutOver,
    CreditForfeited,
    CreditIssued,
    LicensesReduced,
    QuoteCorrected,
    SwitchCompleted,
)
from store.record.notifications import StoredNotification

#: Add-ons of which each combination of renewals is tried: what billing showed of them stands in no event.
ADDONS_MAX = 6
CARD = "card"


@dataclass(frozen=True, kw_only=True, slots=True)
class Amount:
    """One amount of the record."""

    #: Such as credit, or charge of an add-on with its subscription.
    name: str
    #: Id of the event that states it.
    position: int
    stated: Money
    #: By the domain's functions from the accepted quote; None: nothing that is recorded tells it.
    computed: Money | None

    @property
    def is_right(self) -> bool:
        """Return whether it is what it should be, as far as that can be computed."""
        return self.computed is None or self.stated == self.computed


@dataclass(frozen=True, kw_only=True, slots=True)
class Bill:
    """What a switch cost, computed again."""

    #: The quote that the bill follows: as accepted, amended or corrected last.
    quote: Quote
    #: None before the cutover.
    cutover: Cutover | None


def quotes_of(events: Sequence[StoredNotification]) -> Iterator[tuple[StoredNotification, Quote]]:
    """Yield every quote that the events hold, computed again.

    Raises:
        AuditMismatch: One does not come out as it was stored, or is not the one whose digest was accepted.
    """
    for each in events:
        event: Any = each.event
        if not isinstance(event, QuoteFixed | QuantityAmended | QuoteCorrected):
            continue
        quote = Quote.from_facts(event.quote)
        accepted = event.quote["digest"] if isinstance(event, QuoteCorrected) else event.quote_digest
        if quote.digest != accepted:
            raise AuditMismatch(
                f"Event {each.id} accepts the quote {accepted}; its quote has the digest {quote.digest}.",
                remedy="Do not believe the amounts of this record.",
            )
        yield each, quote


def bill_of(events: Sequence[StoredNotification]) -> Bill | None:
    """Return the bill by the quote that counts last; None where no quote was accepted.

    Raises:
        AuditMismatch: As `quotes_of` does.
    """
    quotes = list(quotes_of(events))
    if not quotes:
        return None
    fixed, quote = quotes[-1]
    billed = _newest(events, BillingCutOver)
    lost = getattr(fixed.event, "forfeited_at_most", None)
    return Bill(quote=quote, cutover=_cutover(quote, billed, lost) if billed else None)


def amounts_of(events: Sequence[StoredNotification], bill: Bill | None) -> tuple[Amount, ...]:
    """Return every amount that the events state, in their order.

    Args:
        events: Those of the switch, in the order of the log.
        bill: As `bill_of` returns it; None computes nothing.
    """
    computed = _computed(events, bill.cutover) if bill and bill.cutover else {}
    amounts = []
    for each in events:
        for name, stated in _stated(each.event):
            amounts.append(Amount(name=name, position=each.id, stated=stated, computed=computed.get(name)))
    return tuple(amounts)


def _newest(events: Sequence[StoredNotification], kind: type[Any]) -> Any:
    return next((each.event for each in reversed(events) if isinstance(each.event, kind)), None)


def _cutover(quote: Quote, billed: BillingCutOver, lost: Money | None) -> Cutover:
    """Return the cutover of the billed day, with those renewals that billing had billed by then."""
    first: Cutover | None = None
    addons = [each.subscription_id for each in quote.input.addons if each.billed is not None]
    for is_renewed in (True, False):
        for not_renewed in _subsets(addons):
            day = day_quote(
                quote.input,
                billed.cutover_on,
                is_renewal_billed=is_renewed,
                addons_not_renewed=frozenset(not_renewed),
                forfeited_at_most=lost,
            )
            candidate = cutover_of(day)
            first = first or candidate
            figures = (candidate.credit_to_on, candidate.net, candidate.tax, candidate.total)
            if figures == (billed.source_period_end_on, billed.net, billed.tax, billed.total):
                return candidate
    assert first is not None  # noqa: S101 - one candidate at least
    return first


def _subsets(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    few = names[:ADDONS_MAX]
    return chain.from_iterable(combinations(few, count) for count in range(len(few) + 1))


def _stated(event: Any) -> Iterator[tuple[str, Money]]:
    """Yield each amount of an event with its name."""
    if isinstance(event, AddOnDropped | AddOnCarried):
        for name in ("credit", "consumed", "charge"):
            if hasattr(event, name):
                yield f"addon {event.subscription_id} {name}", getattr(event, name)
        return
    for kind, fields in _FIELDS.items():
        if isinstance(event, kind):
            for name, field in fields.items():
                # Where no money moves, the end of a switch states none.
                if (amount := getattr(event, field)) is not None:
                    yield name, amount


#: Event class -> name of an amount -> the field that has it.
_FIELDS: dict[type[Any], dict[str, str]] = {
    QuoteCorrected: {"corrected total": "billed_total"},
    CreditIssued: {"credit": "amount", "consumed": "consumed"},
    CreditForfeited: {"forfeited": "amount"},
    BillingStarted: {"charge": "amount"},
    InvoiceIssued: {"invoice tax": "tax", "invoice total": "total", "invoice charged": "charged"},
    BillingCutOver: {"net": "net", "tax": "tax", "total": "total"},
    SwitchCompleted: {"completed total": "total"},
}


def _computed(events: Sequence[StoredNotification], bill: Cutover) -> dict[str, Money]:
    """Return name of an amount -> what it should be."""
    reduced = _newest(events, LicensesReduced)
    requested = _newest(events, SwitchRequested)
    is_card = requested is None or requested.payment_method == CARD
    amounts = {
        "credit": bill.credit,
        "consumed": bill.consumed,
        "forfeited": lost_of_leaving(bill.forfeited, reduced.given_back if reduced else None),
        "charge": bill.charge,
        "net": bill.net,
        **dict.fromkeys(("tax", "invoice tax"), bill.tax),
        **dict.fromkeys(("total", "invoice total", "completed total", "corrected total"), bill.total),
        "invoice charged": bill.total if is_card else Money.zero(bill.total.currency),
    }
    for each in bill.addons:
        about = f"addon {each.addon.subscription_id}"
        amounts |= {f"{about} credit": each.credit, f"{about} consumed": each.consumed}
        if each.charge is not None:
            amounts[f"{about} charge"] = each.charge
    return amounts
