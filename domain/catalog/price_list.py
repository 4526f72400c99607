"""A list of prices: CSV in, prices of plans out, and the catalog document that has them (cli#price-lists).

Every row is checked before anything is taken: one bad row refuses the list.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Any

import domain.catalog
from domain.catalog.documents import Document
from domain.kernel.errors import InvalidInput, UnacceptableText
from domain.kernel.money import Money, minor_unit_digits
from domain.text.file_text import read_text_file
from domain.text.plain_text import require_plain_text

#: Columns that are read; a list may have others, such as names for people.
COLUMNS = ("plan", "currency", "price_per_user_month", "as_of", "source")
PACKAGED_FILE = "data/price_list.csv"
FILE_BYTES_MAX = 2_000_000
ROWS_MAX = 20_000
SOURCE_LENGTH_MAX = 200
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
class PriceChange:
    """A price that a list adds or changes."""

    plan_id: str
    part_number: str
    currency: str
    #: None: there was no price in this currency.
    before_minor_units: int | None
    after_minor_units: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceReport:
    """What a list says against the version before."""

    rows: int
    #: Products with a price in the list.
    products: int
    currencies: tuple[str, ...]
    added: tuple[PriceChange, ...]
    changed: tuple[PriceChange, ...]
    #: Prices that are as they were.
    same: int

    def as_facts(self) -> dict[str, Any]:
        """Return the report ready for JSON."""
        return asdict(self)


def packaged_price_list() -> bytes:
    """Return the list that comes with the program."""
    return files(domain.catalog).joinpath(PACKAGED_FILE).read_bytes()


def read_price_list(content: bytes, document: Document) -> tuple[ListedPrice, ...]:
    """Return the prices of a list, in the order of its rows.

    Args:
        content: The file: CSV with COLUMNS.
        document: The catalog whose products it may name, by id or part number.

    Raises:
        InvalidInput: It is no such list, or a row is bad; the message names line, field, value and what is
            allowed, and the remedy the lines of other bad rows.
    """
    plan_ids = _plan_ids(document)
    prices: dict[tuple[str, str], tuple[int, ListedPrice]] = {}
    faults: list[tuple[int, InvalidInput]] = []
    for line, cells in _rows(content):
        try:
            price = _listed_price(cells, plan_ids)
            key = (price.plan_id, price.unit_price.currency)
            _require_first(prices.get(key), cells["plan"])
        except InvalidInput as fault:
            faults.append((line, fault))
        else:
            prices[key] = (line, price)
    if faults:
        raise _first_of(faults)
    if not prices:
        raise _refused("file", "no rows", f"a header and rows below it: {','.join(COLUMNS)}")
    return tuple(price for _, price in prices.values())


def with_prices(document: Document, prices: Iterable[ListedPrice]) -> Document:
    """Return a catalog document with the prices of a list; prices that the list lacks stay."""
    rows: dict[str, dict[str, Document]] = {}
    for price in prices:
        rows.setdefault(price.plan_id, {})[price.unit_price.currency] = price.as_row()
    return _repriced(document, rows)


def with_prices_of(document: Document, before: Document) -> Document:
    """Return a catalog document with the prices that lists gave to the version before."""
    rows = {
        plan["plan_id"]: {each["currency"]: each for each in plan["prices"] if "as_of" in each}
        for plan in before["plans"]
    }
    return _repriced(document, rows)


def price_report(prices: Iterable[ListedPrice], before: Document) -> PriceReport:
    """Return what a list adds and changes against a catalog document."""
    listed, plans = tuple(prices), {row["plan_id"]: row for row in before["plans"]}
    changes = [_change(each, plans[each.plan_id]) for each in listed]
    added = tuple(each for each in changes if each.before_minor_units is None)
    changed = tuple(each for each in changes if each.before_minor_units not in {None, each.after_minor_units})
    return PriceReport(
        rows=len(listed),
        products=len({each.plan_id for each in listed}),
        currencies=tuple(sorted({each.unit_price.currency for each in listed})),
        added=added,
        changed=changed,
        same=len(changes) - len(added) - len(changed),
    )


def _change(price: ListedPrice, plan: Document) -> PriceChange:
    old = {each["currency"]: each["unit_price_minor_units"] for each in plan["prices"]}
    currency = price.unit_price.currency
    return PriceChange(
        plan_id=price.plan_id,
        part_number=plan["part_number"],
        currency=currency,
        before_minor_units=old.get(currency),
        after_minor_units=price.unit_price.minor_units,
    )


def _repriced(document: Document, rows: Mapping[str, Mapping[str, Document]]) -> Document:
    plans = [_plan_with(plan, rows.get(plan["plan_id"], {})) for plan in document["plans"]]
    return {**document, "plans": plans}


def _plan_with(plan: Document, rows: Mapping[str, Document]) -> Document:
    """Return a plan with prices put over its own, in an order that does not depend on what came first."""
    if not rows:
        return plan
    prices = {each["currency"]: each for each in plan["prices"]} | dict(rows)
    priced = {**plan, "prices": [prices[currency] for currency in sorted(prices, key=_place)]}
    if "unknown" in plan:
        priced["unknown"] = [fact for fact in plan["unknown"] if fact != "prices"]
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
    reader = csv.reader(io.StringIO(read_text_file(content, remedy=_REMEDY).text, newline=""), strict=True)
    # A quote that is not closed is met at the end of the file: the row began here.
    row_start = 1
    try:
        header = [cell.strip() for cell in next(reader, [])]
        if any(header.count(column) != 1 for column in COLUMNS):
            raise _refused("header", ",".join(header), f"each of {','.join(COLUMNS)} once")
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


def _listed_price(cells: Mapping[str, str], plan_ids: Mapping[str, tuple[str, ...]]) -> ListedPrice:
    currency = cells["currency"]
    if currency not in CURRENCIES:
        raise _refused("currency", currency, "a currency of ISO 4217 in capitals, such as EUR")
    return ListedPrice(
        plan_id=_plan_id(cells["plan"], plan_ids),
        unit_price=_amount(cells["price_per_user_month"], currency),
        as_of=_day(cells["as_of"]),
        source=_source(cells["source"]),
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
        raise _refused("price_per_user_month", text, f"an amount in {currency}: 1 to 7 digits, then {ending}")
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


def _require_first(earlier: tuple[int, ListedPrice] | None, plan: str) -> None:
    if earlier is not None:
        line, price = earlier
        allowed = f"one row for each product and currency; line {line} has {price.unit_price} too"
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
