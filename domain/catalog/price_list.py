"""A list of prices: CSV in, prices of plans out, and the catalog document that has them (cli#price-lists).

Every row is checked before anything is taken: one bad row refuses the list.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Any

import domain.catalog
from domain.catalog.documents import Document
from domain.kernel.errors import InvalidInput, UnacceptableText
from domain.kernel.money import Money, minor_unit_digits
from domain.text.file_text import FileText, line_of, read_text_file
from domain.text.plain_text import require_plain_text

#: Columns that are read; a list may have others, such as names for people.
COLUMNS = ("plan", "currency", "price_per_user_month", "as_of", "source")
PACKAGED_FILE = "data/price_list.csv"
FILE_BYTES_MAX = 2_000_000
ROWS_MAX = 20_000
SOURCE_LENGTH_MAX = 200
#: A price that changes by more is taken only if the import allows it; a slip of the point is ten times.
CHANGE_PERCENT_MAX = 50
_PERCENT = 100
#: Name of the fact that a product without any price lacks; it stands last, as in the vendor's list.
_PRICES = "prices"
#: Lines of bad rows that an error names beside the first.
_LINES_SHOWN_MAX = 8
#: Currencies of a plan stand in this order, the others by their code after them.
_FIRST_CURRENCIES = ("USD", "EUR")
_REMEDY = "Correct the list and import it whole; nothing was changed."
#: At most 9,999,999 units, since a price is multiplied by licenses and months.
_AMOUNT = re.compile(r"[0-9]{1,7}(\.[0-9]{1,6})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: Codes of ISO 4217 in which something is paid, without funds, metals and test codes.
_CODES = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF"
    " CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD"
    " HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL"
    " LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP"
    " PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT"
    " TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG"
)
CURRENCIES = frozenset(_CODES.split())


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedPrice:
    """One row of a list."""

    plan_id: str
    #: One license for one month.
    unit_price: Money
    #: Day of the list.
    as_of: date
    source: str

    def as_row(self) -> Document:
        """Return the price as a document holds it; a price of a list is never made up."""
        return {
            "currency": self.unit_price.currency,
            "unit_price_minor_units": self.unit_price.minor_units,
            "invented": False,
            "as_of": self.as_of.isoformat(),
            "source": self.source,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class WithdrawnPrice:
    """A row without an amount: what lists said of this price no longer counts."""

    plan_id: str
    currency: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceList:
    """What a list says, in the order of its rows."""

    prices: tuple[ListedPrice, ...]
    withdrawn: tuple[WithdrawnPrice, ...]
    #: The latest day of its rows.
    as_of: date


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceChange:
    """A price that a list adds, changes, takes back or leaves."""

    plan_id: str
    part_number: str
    currency: str
    #: None: there was no price in this currency.
    before_minor_units: int | None
    #: None: there is none any more.
    after_minor_units: int | None

    @property
    def is_large(self) -> bool:
        """Return whether an amount changes by more than CHANGE_PERCENT_MAX of what it was."""
        before, after = self.before_minor_units, self.after_minor_units
        if before is None or after is None:
            return False
        return abs(after - before) * _PERCENT > before * CHANGE_PERCENT_MAX


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceReport:
    """What a list says against the version before."""

    rows: int
    #: Products with a price in the list.
    products: int
    currencies: tuple[str, ...]
    added: tuple[PriceChange, ...]
    changed: tuple[PriceChange, ...]
    #: Prices that rows without an amount take back.
    withdrawn: tuple[PriceChange, ...]
    #: Prices of earlier lists that this one does not name; they stay.
    not_listed: tuple[PriceChange, ...]
    #: Prices that are as they were.
    same: int

    @property
    def large(self) -> tuple[PriceChange, ...]:
        """Return the changes that only an import which allows them makes."""
        return tuple(each for each in self.changed if each.is_large)

    def as_facts(self) -> dict[str, Any]:
        """Return the report ready for JSON."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Row:
    """A row that was read."""

    line: int
    as_of: date
    #: What it takes back if it has no price.
    withdrawn: WithdrawnPrice
    price: ListedPrice | None

    @property
    def key(self) -> tuple[str, str]:
        """Return product and currency, which no second row may have."""
        return self.withdrawn.plan_id, self.withdrawn.currency


def packaged_price_list() -> bytes:
    """Return the list that comes with the program."""
    return files(domain.catalog).joinpath(PACKAGED_FILE).read_bytes()


def read_price_list(content: bytes, document: Document) -> PriceList:
    """Return what a list says.

    Args:
        content: The file: CSV with COLUMNS.
        document: The catalog whose products it may name, by id or part number.

    Raises:
        InvalidInput: It is no such list, it is cut off, or a row is bad; the message names line, field, value
            and what is allowed, and the remedy the lines of other bad rows.
    """
    plan_ids = _plan_ids(document)
    rows: dict[tuple[str, str], _Row] = {}
    faults: list[tuple[int, InvalidInput]] = []
    for line, cells in _rows(content):
        try:
            row = _row(line, cells, plan_ids)
            _require_first(rows.get(row.key), cells["plan"])
        except InvalidInput as fault:
            faults.append((line, fault))
        else:
            rows[row.key] = row
    if faults:
        raise _first_of(faults)
    if not rows:
        raise _refused("file", "no rows", f"a header and rows below it: {','.join(COLUMNS)}")
    return PriceList(
        prices=tuple(each.price for each in rows.values() if each.price),
        withdrawn=tuple(each.withdrawn for each in rows.values() if each.price is None),
        as_of=max(each.as_of for each in rows.values()),
    )


def with_prices(document: Document, listed: PriceList, *, built_in: Document) -> Document:
    """Return a catalog document with the prices of a list; prices that the list lacks stay.

    Args:
        document: The version before.
        listed: The list.
        built_in: The catalog of the program, whose prices count again where a list takes one back.
    """
    own = {
        (plan["plan_id"], price["currency"]): price for plan in built_in["plans"] for price in plan["prices"]
    }
    rows: dict[str, dict[str, Document | None]] = {}
    for price in listed.prices:
        rows.setdefault(price.plan_id, {})[price.unit_price.currency] = price.as_row()
    for each in listed.withdrawn:
        rows.setdefault(each.plan_id, {})[each.currency] = own.get((each.plan_id, each.currency))
    return _repriced(document, rows)


def with_prices_of(document: Document, before: Document) -> Document:
    """Return a catalog document with the prices that lists gave to the version before."""
    rows = {plan["plan_id"]: _given_by_lists(plan) for plan in before["plans"]}
    return _repriced(document, rows)


def price_report(listed: PriceList, before: Document, after: Document) -> PriceReport:
    """Return what a list adds, changes, takes back and leaves.

    Args:
        listed: The list.
        before: The catalog document that it was put over.
        after: What came of it (`with_prices`).
    """
    amounts = _Amounts(before, after)
    keys = [(each.plan_id, each.unit_price.currency) for each in listed.prices]
    taken_back = [(each.plan_id, each.currency) for each in listed.withdrawn]
    changes = [amounts.change(*key) for key in keys]
    withdrawals = [amounts.change(*key) for key in taken_back]
    added = tuple(each for each in changes if each.before_minor_units is None)
    changed = tuple(each for each in changes if each.before_minor_units not in {None, each.after_minor_units})
    withdrawn = tuple(each for each in withdrawals if each.before_minor_units != each.after_minor_units)
    named = {*keys, *taken_back}
    return PriceReport(
        rows=len(named),
        products=len({plan_id for plan_id, _ in named}),
        currencies=tuple(sorted({currency for _, currency in named})),
        added=added,
        changed=changed,
        withdrawn=withdrawn,
        not_listed=tuple(amounts.change(*key) for key in _listed_keys(before) if key not in named),
        same=len(named) - len(added) - len(changed) - len(withdrawn),
    )


class _Amounts:
    """Amounts of two documents, by product and currency."""

    def __init__(self, before: Document, after: Document) -> None:
        self._part_numbers = {row["plan_id"]: row["part_number"] for row in after["plans"]}
        self._before, self._after = _amounts(before), _amounts(after)

    def change(self, plan_id: str, currency: str) -> PriceChange:
        """Return what became of one price."""
        return PriceChange(
            plan_id=plan_id,
            part_number=self._part_numbers[plan_id],
            currency=currency,
            before_minor_units=self._before.get((plan_id, currency)),
            after_minor_units=self._after.get((plan_id, currency)),
        )


def _amounts(document: Document) -> dict[tuple[str, str], int]:
    return {
        (plan["plan_id"], price["currency"]): price["unit_price_minor_units"]
        for plan in document["plans"]
        for price in plan["prices"]
    }


def _listed_keys(document: Document) -> Iterator[tuple[str, str]]:
    for plan in document["plans"]:
        yield from ((plan["plan_id"], currency) for currency in _given_by_lists(plan))


def _given_by_lists(plan: Document) -> dict[str, Document]:
    """Return the prices of a plan that lists gave, by currency."""
    return {each["currency"]: each for each in plan["prices"] if "as_of" in each}


def _repriced(document: Document, rows: Mapping[str, Mapping[str, Document | None]]) -> Document:
    plans = [_plan_with(plan, rows.get(plan["plan_id"], {})) for plan in document["plans"]]
    return {**document, "plans": plans}


def _plan_with(plan: Document, rows: Mapping[str, Document | None]) -> Document:
    """Return a plan with prices put over its own or taken out (None).

    Neither the order of its prices nor that of its unknown facts depends on what came first.
    """
    if not rows:
        return plan
    merged = {each["currency"]: each for each in plan["prices"]} | dict(rows)
    prices = {currency: price for currency, price in merged.items() if price is not None}
    priced = {**plan, "prices": [prices[currency] for currency in sorted(prices, key=_place)]}
    if "unknown" in plan:
        others = [fact for fact in plan["unknown"] if fact != _PRICES]
        priced["unknown"] = others if prices else [*others, _PRICES]
    return priced


def _place(currency: str) -> tuple[int, str]:
    first = _FIRST_CURRENCIES
    return (first.index(currency) if currency in first else len(first)), currency


def _plan_ids(document: Document) -> dict[str, tuple[str, ...]]:
    """Return the ids of the products by their own id and by part number, which several may share."""
    ids: dict[str, tuple[str, ...]] = {row["plan_id"]: (row["plan_id"],) for row in document["plans"]}
    for row in document["plans"]:
        name = row["part_number"].lower()
        ids[name] = (*ids.get(name, ()), row["plan_id"])
    return ids


def _rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number of the line and the cells of each row below the header."""
    if len(content) > FILE_BYTES_MAX:
        raise _refused("file", f"{len(content)} bytes", f"at most {FILE_BYTES_MAX} bytes")
    file = read_text_file(content, remedy=_REMEDY)
    reader = csv.reader(io.StringIO(file.text, newline=""), strict=True)
    # A quote that is not closed is met at the end of the file: the row began here.
    row_start = 1
    try:
        header = [cell.strip() for cell in next(reader, [])]
        if any(header.count(column) != 1 for column in COLUMNS):
            raise _refused("header", ",".join(header), f"each of {','.join(COLUMNS)} once")
        _require_whole(file)
        for count, cells in enumerate(each for each in reader if any(map(str.strip, each))):
            if count >= ROWS_MAX:
                raise _refused("file", f"more than {ROWS_MAX} rows", f"at most {ROWS_MAX} rows")
            if len(cells) != len(header):
                raise _refused(f"line {reader.line_num}", ",".join(cells), f"{len(header)} cells")
            yield reader.line_num, dict(zip(header, map(str.strip, cells), strict=True))
            row_start = reader.line_num + 1
    except csv.Error as error:
        allowed = "cells with commas between, quotes closed"
        raise _refused(f"line {row_start}", str(error), allowed) from error


def _require_whole(file: FileText) -> None:
    """Refuse a file that was cut off: a shorter amount is an amount too, and nobody would see it."""
    if not file.has_last_line_end:
        last = file.text.splitlines()[-1]
        line = line_of(file.text)
        raise _refused(f"line {line}", last, "a last line with its end; without it the file was cut off")


def _row(line: int, cells: Mapping[str, str], plan_ids: Mapping[str, tuple[str, ...]]) -> _Row:
    currency, text = cells["currency"], cells["price_per_user_month"]
    if currency not in CURRENCIES:
        raise _refused("currency", currency, "a currency of ISO 4217 in capitals, such as EUR")
    plan_id = _plan_id(cells["plan"], plan_ids)
    amount = _amount(text, currency) if text else None
    as_of, source = _day(cells["as_of"]), _source(cells["source"])
    return _Row(
        line=line,
        as_of=as_of,
        withdrawn=WithdrawnPrice(plan_id=plan_id, currency=currency),
        price=None
        if amount is None
        else ListedPrice(plan_id=plan_id, unit_price=amount, as_of=as_of, source=source),
    )


def _plan_id(text: str, plan_ids: Mapping[str, tuple[str, ...]]) -> str:
    ids = plan_ids.get(text.lower(), ())
    if len(ids) > 1:
        raise _refused("plan", text, f"an id, since several products have this part number: {', '.join(ids)}")
    if not ids:
        raise _refused("plan", text, "the id or part number of a product of the catalog")
    return ids[0]


def _amount(text: str, currency: str) -> Money:
    digits = minor_unit_digits(currency)
    minor = Decimal(text).scaleb(digits) if _AMOUNT.fullmatch(text) else None
    if minor is None or minor != int(minor):
        ending = f"a point and at most {digits} digits" if digits else "nothing after the point"
        allowed = f"an amount in {currency}: 1 to 7 digits, then {ending}; nothing takes the price back"
        raise _refused("price_per_user_month", text, allowed)
    return Money(minor_units=int(minor), currency=currency)


def _day(text: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise _refused("as_of", text, "the day of the list, such as 2026-07-01")


def _source(text: str) -> str:
    allowed = f"where the price comes from, in 1 to {SOURCE_LENGTH_MAX} characters"
    try:
        require_plain_text(text, field="source")
    except UnacceptableText as error:
        raise _refused("source", text, f"{allowed}, without control characters") from error
    if not 1 <= len(text) <= SOURCE_LENGTH_MAX:
        raise _refused("source", text, allowed)
    return text


def _require_first(earlier: _Row | None, plan: str) -> None:
    if earlier is not None:
        what = earlier.price.unit_price if earlier.price else "it without an amount"
        allowed = f"one row for each product and currency; line {earlier.line} has {what} too"
        raise _refused("plan", plan, allowed)


def _first_of(faults: list[tuple[int, InvalidInput]]) -> InvalidInput:
    """Return the first fault with its line; its remedy names the lines of the others."""
    line, fault = faults[0]
    others = [str(number) for number, _ in faults[1:]]
    rest = len(others) - _LINES_SHOWN_MAX
    lines = ", ".join(others[:_LINES_SHOWN_MAX]) + (f" and {rest} more" if rest > 0 else "")
    details = fault.details
    return InvalidInput(
        field=f"{details['field']} in line {line}",
        value=details["value"],
        allowed=details["allowed"],
        remedy=f"{_REMEDY} Bad rows also stand in line {lines}." if others else _REMEDY,
    )


def _refused(field: str, value: str, allowed: str) -> InvalidInput:
    return InvalidInput(field=field, value=value, allowed=allowed, remedy=_REMEDY)
