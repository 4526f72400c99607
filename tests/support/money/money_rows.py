"""Lines of the product and of the independent ledger in one form, so that they can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from domain.quote import lines as kinds
from domain.quote.day_quotes import DayQuote
from domain.quote.lines import QuoteLine
from tests.support.money import ledger
from tests.support.money.ledger import VENDOR_DAY, Account, Bill, Line

#: Lines whose licenses decide their amount.
COUNTED = frozenset(
    {kinds.CONSUMED, kinds.REBILLED, kinds.CHARGE, kinds.RENEWAL_CHARGE, kinds.OVERLAP_TO_COME}
)
_WORDS = {
    ledger.CONSUMED: kinds.CONSUMED,
    ledger.RESIDUE: kinds.CONSUMED_ROUNDING,
    ledger.CREDIT: kinds.CREDIT,
    ledger.CHARGE: kinds.CHARGE,
    ledger.OVERLAP_CHARGE: kinds.OVERLAP_CHARGE,
    ledger.OVERLAP_CREDIT: kinds.OVERLAP_CREDIT,
    ledger.FREE: kinds.FREE,
    ledger.FORFEITED: kinds.FORFEITED,
    ledger.KEPT: kinds.ACCEPTED_OVERLAP,
}
_BILLED_ANEW = {
    ledger.CONSUMED: kinds.REBILLED,
    ledger.RESIDUE: kinds.ROUNDING,
    ledger.FORFEITED: kinds.WITHHELD,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line."""

    kind: str
    from_on: date
    to_on: date
    amount: int
    currency: str
    #: None where the licenses of a line decide nothing.
    licenses: int | None


def rows_of_quote(day: DayQuote) -> Counter[Row]:
    """Return what the product quotes for a day."""
    return Counter(_row(line) for line in (*day.lines, *day.remarks) if not _is_empty(line))


def rows_of_bill(bill: Bill, old: Account, currency: str, policy: str) -> Counter[Row]:
    """Return what the ledger says of one plan, in the words of the product's lines."""
    lines = [line for line in bill.lines if line.amount or line.from_on < line.to_on]
    if policy != VENDOR_DAY or not bill.of(ledger.CREDIT):
        return Counter(_told(line, currency) for line in lines)
    told = [_told(line, currency) for line in lines if line.kind != ledger.CREDIT]
    return Counter([*told, *_reversed(bill, lines, old, currency)])


def rows_of_renewals(
    renewals: Iterable[Line], currency: str, kind: str = kinds.RENEWAL_CHARGE
) -> Counter[Row]:
    """Return what the seller bills by itself."""
    return Counter(
        Row(
            kind=kind,
            from_on=line.from_on,
            to_on=line.to_on,
            amount=line.amount,
            currency=currency,
            licenses=line.licenses,
        )
        for line in renewals
    )


def difference(expected: Counter[Row], actual: Counter[Row]) -> list[str]:
    """Return what is missing and what is too much, in words."""
    missing = [f"missing {_said(row)}" for row in (expected - actual).elements()]
    return [*missing, *(f"unexpected {_said(row)}" for row in (actual - expected).elements())]


def _reversed(bill: Bill, lines: Iterable[Line], old: Account, currency: str) -> Iterator[Row]:
    """Yield the whole old line given back, what was used of it charged anew, and what is lost."""
    credit = bill.of(ledger.CREDIT)[0]
    yield Row(
        kind=kinds.REVERSAL,
        from_on=min(line.from_on for line in old.bookings if line.to_on == credit.to_on),
        to_on=credit.to_on,
        amount=-bill.paid,
        currency=currency,
        licenses=None,
    )
    for line in lines:
        if line.kind in _BILLED_ANEW:
            yield _told(line, currency, _BILLED_ANEW[line.kind])


def _told(line: Line, currency: str, word: str = "") -> Row:
    kind = word or _WORDS[line.kind]
    return Row(
        kind=kind,
        from_on=line.from_on,
        to_on=line.to_on,
        amount=line.amount,
        currency=currency,
        licenses=line.licenses if kind in COUNTED else None,
    )


def _row(line: QuoteLine) -> Row:
    return Row(
        kind=line.kind,
        from_on=line.from_on,
        to_on=line.to_on,
        amount=line.amount.minor_units,
        currency=line.amount.currency,
        licenses=line.quantity if line.kind in COUNTED else None,
    )


def _is_empty(line: QuoteLine) -> bool:
    return not line.amount.minor_units and line.from_on == line.to_on


def _said(row: Row) -> str:
    licenses = "" if row.licenses is None else f" for {row.licenses} licenses"
    return f"{row.kind} {row.amount} {row.currency}{licenses}, {row.from_on} to {row.to_on}"
