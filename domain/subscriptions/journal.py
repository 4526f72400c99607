"""The journal of a switch in double entry, from its events alone (audit#journal).

Each event with money is one posting whose entries sum to zero. What was paid before stands on
`source_deferred` and leaves it as consumed, credited, forfeited or accepted overlap; what is credited and
charged meets on `unbilled`, which the invoice takes to the customer: zero there means that the journal is
the bill.
A void posts nothing: an order costs nothing before its billing starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from domain.kernel.errors import AuditMismatch
from domain.kernel.money import Money
from domain.licenses.reduction import lost_of_leaving
from domain.quote.day_quotes import day_quote
from domain.quote.quote import Cutover, Quote, cutover_of
from domain.subscriptions.subscription import BillingStarted, InvoiceIssued
from domain.switch.control_events import QuantityAmended
from domain.switch.events import QuoteFixed
from domain.switch.move_events import (
    AddOnCarried,
    AddOnDropped,
    BillingCutOver,
    BillingStopped,
    CreditForfeited,
    CreditIssued,
    CreditSettled,
    LicensesReduced,
    QuoteCorrected,
    RenewalStopped,
)

#: What was paid in advance for the old plan and its add-ons, and what was earned of it.
SOURCE_DEFERRED, SOURCE_REVENUE, FORFEITED_REVENUE = "source_deferred", "source_revenue", "forfeited_revenue"
#: What was paid for days of an old plan that can't be cancelled, beside the new one (ADR 12).
OVERLAP_REVENUE = "overlap_revenue"
#: Credited or charged, on no invoice yet; invoiced to the customer; taken from them.
UNBILLED, CUSTOMER, PAYMENT = "unbilled", "customer", "payment"
TARGET_DEFERRED, TAX_PAYABLE = "target_deferred", "tax_payable"
#: A credit that was issued and has not arrived: held for the customer, open to them.
CREDIT_HELD, CREDIT_OPEN = "credit_held", "credit_open"

Entries = tuple[tuple[str, Money], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class JournalEntry:
    """One side of a posting."""

    account: str
    #: Positive is a debit, negative a credit.
    amount: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class Posting:
    """What one event of the record does to the accounts; its entries sum to zero in each currency."""

    #: Place of the event among those that were looked at, from 0.
    number: int
    event: str
    entries: tuple[JournalEntry, ...]

    @property
    def is_balanced(self) -> bool:
        """Return whether debits and credits are the same in each currency."""
        return not any(_sums((each.amount.currency, each.amount) for each in self.entries).values())


@dataclass(frozen=True, kw_only=True, slots=True)
class Journal:
    """All postings of a switch, and what does not fit together."""

    postings: tuple[Posting, ...]
    #: Words for each figure that is not what another event tells; empty in a record that is whole.
    differences: tuple[str, ...]

    @property
    def balances(self) -> dict[str, Money]:
        """Return what is left on each account, in order of name; a switch has one currency."""
        entries = [entry for posting in self.postings for entry in posting.entries]
        currency = entries[0].amount.currency if entries else ""
        sums = _sums((entry.account, entry.amount) for entry in entries)
        return {name: Money(minor_units=sums[name], currency=currency) for name in sorted(sums)}

    @property
    def is_whole(self) -> bool:
        """Return whether every posting balances and the totals are the bill."""
        return not self.differences and all(each.is_balanced for each in self.postings)

    def balance(self, account: str) -> int:
        """Return what is left on one account, in minor units."""
        balance = self.balances.get(account)
        return balance.minor_units if balance else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Facts:
    """What postings need of other events."""

    by_class: dict[type[Any], Any]
    #: The plan's cutover as the accepted quote has it for the day that was billed; None before the bill.
    quoted: Cutover | None
    #: Why the stored quote tells nothing, or "".
    broken: str

    @property
    def consumed(self) -> Money | None:
        """Return what was used of the old plan; where nothing was credited, only the quote tells."""
        credited: CreditIssued | None = self.by_class.get(CreditIssued)
        if credited is not None:
            return credited.consumed
        return self.quoted.consumed if self.quoted else None


def journal_of(events: Iterable[Any]) -> Journal:
    """Return the journal of one switch.

    Args:
        events: Its events of source and target, in the order of the log; those without money are passed over.
    """
    stored = list(events)
    facts = _facts({type(event): event for event in stored})
    postings = []
    for number, event in enumerate(stored):
        entries = _entries(facts, event)
        if entries:
            postings.append(Posting(number=number, event=type(event).__name__, entries=entries))
    plain = Journal(postings=tuple(postings), differences=())
    return Journal(postings=plain.postings, differences=tuple(_differences(facts, plain)))


def _facts(by_class: dict[type[Any], Any]) -> _Facts:
    corrected, billed = by_class.get(QuoteCorrected), by_class.get(BillingCutOver)
    fixed = corrected or by_class.get(QuantityAmended) or by_class.get(QuoteFixed)
    if fixed is None or billed is None:
        return _Facts(by_class=by_class, quoted=None, broken="")
    try:
        return _Facts(by_class=by_class, quoted=_quoted(fixed, billed), broken="")
    except AuditMismatch as error:
        return _Facts(by_class=by_class, quoted=None, broken=error.message)


def _quoted(fixed: QuoteFixed | QuantityAmended | QuoteCorrected, billed: BillingCutOver) -> Cutover:
    terms = Quote.from_facts(fixed.quote).input
    lost = fixed.forfeited_at_most if isinstance(fixed, QuoteCorrected) else None
    day = day_quote(terms, billed.cutover_on, forfeited_at_most=lost)
    if day.source_period.end_on != billed.source_period_end_on:
        day = day_quote(terms, billed.cutover_on, is_renewal_billed=False, forfeited_at_most=lost)
    return cutover_of(day)


def _entries(facts: _Facts, event: Any) -> tuple[JournalEntry, ...]:
    post = _POSTINGS.get(type(event))
    sides = post(facts, event) if post else ()
    return tuple(JournalEntry(account=name, amount=amount) for name, amount in sides if amount.minor_units)


def _moved(amount: Money, *, debit: str, credit: str) -> Entries:
    return ((debit, amount), (credit, -amount))


def _not_renewed(facts: _Facts, _event: RenewalStopped) -> Entries:
    """Post what the days beside the new plan are worth; only the quote of the billed day tells."""
    if facts.quoted is None:
        return ()
    return _moved(facts.quoted.overlap, debit=SOURCE_DEFERRED, credit=OVERLAP_REVENUE)


def _stopped(facts: _Facts, _event: BillingStopped) -> Entries:
    consumed = facts.consumed
    return () if consumed is None else _moved(consumed, debit=SOURCE_DEFERRED, credit=SOURCE_REVENUE)


def _credited(_facts: _Facts, event: CreditIssued) -> Entries:
    given_back = _moved(event.amount, debit=SOURCE_DEFERRED, credit=UNBILLED)
    return given_back + _moved(event.amount, debit=CREDIT_HELD, credit=CREDIT_OPEN)


def _settled(facts: _Facts, event: CreditSettled) -> Entries:
    issued = facts.by_class.get(CreditIssued)
    if issued is None or issued.credit_id != event.credit_id:
        return ()
    return _moved(issued.amount, debit=CREDIT_OPEN, credit=CREDIT_HELD)


def _forfeited(_facts: _Facts, event: CreditForfeited) -> Entries:
    return _moved(event.amount, debit=SOURCE_DEFERRED, credit=FORFEITED_REVENUE)


def _addon_left(_facts: _Facts, event: AddOnDropped | AddOnCarried) -> Entries:
    used = _moved(event.consumed, debit=SOURCE_DEFERRED, credit=SOURCE_REVENUE)
    return used + _moved(event.credit, debit=SOURCE_DEFERRED, credit=UNBILLED)


def _addon_carried(facts: _Facts, event: AddOnCarried) -> Entries:
    return _addon_left(facts, event) + _moved(event.charge, debit=UNBILLED, credit=TARGET_DEFERRED)


def _started(_facts: _Facts, event: BillingStarted) -> Entries:
    return _moved(event.amount, debit=UNBILLED, credit=TARGET_DEFERRED)


def _cut_over(_facts: _Facts, event: BillingCutOver) -> Entries:
    return ((CUSTOMER, event.total), (UNBILLED, -event.net), (TAX_PAYABLE, -event.tax))


def _invoiced(_facts: _Facts, event: InvoiceIssued) -> Entries:
    return _moved(event.charged, debit=PAYMENT, credit=CUSTOMER)


_POSTINGS: dict[type[Any], Callable[[_Facts, Any], Entries]] = {
    RenewalStopped: _not_renewed,
    BillingStopped: _stopped,
    CreditIssued: _credited,
    CreditForfeited: _forfeited,
    CreditSettled: _settled,
    AddOnDropped: _addon_left,
    AddOnCarried: _addon_carried,
    BillingStarted: _started,
    BillingCutOver: _cut_over,
    InvoiceIssued: _invoiced,
}


def _differences(facts: _Facts, journal: Journal) -> Iterator[str]:
    """Tell where the postings are not the bill, and where the bill is not the quote."""
    billed, invoice = facts.by_class.get(BillingCutOver), facts.by_class.get(InvoiceIssued)
    if billed is None:
        return
    if facts.broken:
        yield facts.broken
    if journal.balance(UNBILLED):
        yield f"credits and charges differ from the net of the bill by {journal.balances[UNBILLED]}"
    if invoice is None or (invoice.total, invoice.tax) != (billed.total, billed.tax):
        yield f"the invoice is {invoice.total if invoice else 'missing'}, the bill is {billed.total}"
    if facts.quoted is not None:
        yield from _beside_the_quote(facts, facts.quoted)


def _beside_the_quote(facts: _Facts, quoted: Cutover) -> Iterator[str]:
    posted = [getattr(facts.by_class.get(kind), "amount", None) for kind in (CreditIssued, CreditForfeited)]
    paid = (facts.consumed, *posted)
    reduced = facts.by_class.get(LicensesReduced)
    lost = lost_of_leaving(quoted.forfeited, reduced.given_back if reduced else None)
    expected = (quoted.consumed, quoted.credit, lost)
    names = ("consumed", "credited", "forfeited")
    for name, was, should in zip(names, paid, expected, strict=True):
        if (was.minor_units if was else 0) != should.minor_units:
            yield f"{name} is {was or 'nothing'}, by the quote it is {should}"


def _sums(amounts: Iterable[tuple[str, Money]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for name, amount in amounts:
        sums[name] = sums.get(name, 0) + amount.minor_units
    return sums
