"""Lists of prices: what a row may say, and the catalog that has its prices (cli#price-lists)."""

from __future__ import annotations

from datetime import date

import pytest

from domain.catalog.catalog import catalog_from_documents, load_catalog
from domain.catalog.documents import Document, built_in_content, content_of
from domain.catalog.plans import compare_prices
from domain.catalog.price_list import (
    COLUMNS,
    CURRENCIES,
    FILE_BYTES_MAX,
    ROWS_MAX,
    PriceReport,
    packaged_price_list,
    price_report,
    read_price_list,
    with_prices,
)
from domain.kernel.errors import InvalidInput
from domain.kernel.money import MINOR_UNIT_DIGITS
from providers.microsoft.product_list.catalog_import import import_list
from sandbox.kernel.plans import load_plans
from tests.support.stories.list_parts import csv_of, row

HEADER = ",".join(COLUMNS)
E1, E3 = "STANDARDPACK", "ENTERPRISEPACK"
E3_ID = "6fd2c87f-b296-42f0-b197-1e91e994b900"
BUILT_IN = built_in_content().document
GOOD = "ENTERPRISEPACK,GBP,22.70,2026-07-01,our list"


def listing(*rows: str, header: str = HEADER) -> bytes:
    """Return a list of prices."""
    return "\n".join((header, *rows, "")).encode()


def priced(*rows: str, before: Document = BUILT_IN) -> Document:
    """Return the document of a catalog with the prices of a list."""
    return with_prices(before, read_price_list(listing(*rows), before), built_in=BUILT_IN)


def reported(*rows: str, before: Document = BUILT_IN) -> PriceReport:
    """Return what a list says against a catalog."""
    listed = read_price_list(listing(*rows), before)
    return price_report(listed, before, with_prices(before, listed, built_in=BUILT_IN))


@pytest.mark.parametrize(
    ("currency", "text", "minor_units", "shown"),
    [
        ("GBP", "22.70", 2270, "22.70 GBP"),
        ("GBP", "22.7", 2270, "22.70 GBP"),
        ("GBP", "0", 0, "0.00 GBP"),
        ("JPY", "3956", 3956, "3,956 JPY"),
        ("JPY", "3956.0", 3956, "3,956 JPY"),
        ("KRW", "35700", 35700, "35,700 KRW"),
        ("KWD", "7.125", 7125, "7.125 KWD"),
    ],
)
def test_a_price_has_the_digits_of_its_currency(
    currency: str, text: str, minor_units: int, shown: str
) -> None:
    """A yen has no hundredths and a dinar a thousand fils (ISO 4217)."""
    (price,) = read_price_list(listing(f"{E3},{currency},{text},2026-07-01,our list"), BUILT_IN).prices

    assert price.unit_price.minor_units == minor_units
    assert str(price.unit_price) == shown
    assert (price.plan_id, price.as_of) == (E3_ID, date(2026, 7, 1))


@pytest.mark.parametrize(
    ("bad", "field", "allowed"),
    [
        ("E99,GBP,1,2026-07-01,x", "plan in line 3", "id or part number"),
        (",GBP,1,2026-07-01,x", "plan in line 3", "id or part number"),
        (f"{E3},gbp,1,2026-07-01,x", "currency in line 3", "ISO 4217"),
        (f"{E3},XYZ,1,2026-07-01,x", "currency in line 3", "ISO 4217"),
        (f"{E3},JPY,12.5,2026-07-01,x", "price_per_user_month in line 3", "nothing after the point"),
        (f"{E3},EUR,12.345,2026-07-01,x", "price_per_user_month in line 3", "at most 2 digits"),
        (f'{E3},EUR,"12,50",2026-07-01,x', "price_per_user_month in line 3", "a point"),
        (f"{E3},EUR,-1,2026-07-01,x", "price_per_user_month in line 3", "an amount in EUR"),
        (f"{E3},EUR,NaN,2026-07-01,x", "price_per_user_month in line 3", "an amount in EUR"),
        (f"{E3},EUR,1e9,2026-07-01,x", "price_per_user_month in line 3", "an amount in EUR"),
        (f"{E3},EUR,12345678,2026-07-01,x", "price_per_user_month in line 3", "1 to 7 digits"),
        (f"{E3},EUR,\u0661,2026-07-01,x", "price_per_user_month in line 3", "an amount in EUR"),
        (f"{E3},EUR,-,2026-07-01,x", "price_per_user_month in line 3", "nothing takes the price back"),
        (f"{E3},GBP,,2026-07-01,x", "plan in line 3", "line 2 has 22.70 GBP too"),
        (f"{E3},EUR,1,1.7.2026,x", "as_of in line 3", "2026-07-01"),
        (f"{E3},EUR,1,2026-02-30,x", "as_of in line 3", "2026-07-01"),
        (f"{E3},EUR,1,2026-07-01,", "source in line 3", "where the price comes from"),
        (f"{E3},EUR,1,2026-07-01,a\x07b", "source in line 3", "without control characters"),
        (f"{E3},EUR,1,2026-07-01,{'x' * 201}", "source in line 3", "1 to 200 characters"),
        ("enterprisepack,GBP,23,2026-07-01,x", "plan in line 3", "line 2 has 22.70 GBP too"),
        (f"{E3_ID.upper()},GBP,23,2026-07-01,x", "plan in line 3", "line 2 has 22.70 GBP too"),
        (f"{E3},EUR,1", "line 3", "5 cells"),
        (f'{E3},"EUR,1,2026-07-01,x', "line 3", "quotes closed"),
    ],
)
def test_a_bad_row_is_refused_with_line_field_value_and_what_is_allowed(
    bad: str, field: str, allowed: str
) -> None:
    """One bad row refuses the list, however many good ones stand beside it."""
    with pytest.raises(InvalidInput) as refused:
        read_price_list(listing(GOOD, bad, f"{E1},GBP,8.4,2026-07-01,x"), BUILT_IN)

    assert refused.value.details["field"] == field
    assert allowed in refused.value.details["allowed"]
    assert "nothing was changed" in refused.value.remedy


def test_the_remedy_names_the_lines_of_all_bad_rows() -> None:
    """Who corrects a list sees every line at once, and not one after the other."""
    with pytest.raises(InvalidInput) as refused:
        read_price_list(listing("no,GBP,1,2026-07-01,x", GOOD, *["no,EUR,1,2026-07-01,x"] * 10), BUILT_IN)

    assert refused.value.details["field"] == "plan in line 2"
    assert "line 4, 5, 6, 7, 8, 9, 10, 11 and 2 more" in refused.value.remedy


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b"", "header"),
        (b"<html>", "header"),
        (listing(header="plan,currency,price,as_of,source"), "header"),
        (listing(header=f"{HEADER},plan"), "header"),
        (listing(), "file"),
        (b"x" * (FILE_BYTES_MAX + 1), "file"),
        (listing(*["a,b,c,d,e"] * (ROWS_MAX + 1)), "file"),
    ],
)
def test_what_is_no_list_of_prices_is_refused(content: bytes, field: str) -> None:
    """Empty, without the columns, without rows or too long: the message says what is wrong."""
    with pytest.raises(InvalidInput) as refused:
        read_price_list(content, BUILT_IN)

    assert refused.value.details["field"] == field


def test_other_columns_and_blank_lines_are_not_read() -> None:
    """A list may have names for people, a byte order mark and the line ends of a spreadsheet."""
    content = f"\ufeffname,{HEADER}\r\n\r\nOffice, {GOOD} \r\n".encode()

    (price,) = read_price_list(content, BUILT_IN).prices
    assert str(price.unit_price) == "22.70 GBP"


def test_a_part_number_of_two_products_needs_the_id() -> None:
    """The vendor's list has part numbers of several products; which one is meant is not guessed."""
    twice = {**BUILT_IN, "plans": [{**each, "part_number": "SAME"} for each in BUILT_IN["plans"][:2]]}
    with pytest.raises(InvalidInput, match="an id, since several products"):
        read_price_list(listing("SAME,GBP,1,2026-07-01,x"), twice)


def test_prices_of_a_list_go_over_those_of_the_catalog_and_the_others_stay() -> None:
    """A list replaces and adds; it removes nothing, and its prices are not made up."""
    document = priced(GOOD, f"{E3},EUR,30,2026-07-01,our list", "ENTERPRISEWITHSCAL,GBP,25,2026-07-01,x")
    catalog = catalog_from_documents({**document, "version": "v"}, document)
    e3, e4, before = catalog.find("E3"), catalog.find("E4"), load_catalog()

    assert [str(each.unit_price) for each in e3.prices] == ["26.00 USD", "30.00 EUR", "22.70 GBP"]
    assert [(each.source, each.as_of) for each in e3.prices][:2] == [
        ("", None),
        ("our list", date(2026, 7, 1)),
    ]
    assert [each.is_invented for each in e4.prices] == [True, True, False]
    assert catalog.find("E1") == before.find("E1")
    assert catalog.paths_2014 == before.paths_2014


def test_the_same_prices_are_the_same_version_in_whatever_order_they_come() -> None:
    """Two lists one after the other say what one list says, so that no version is doubled."""
    yen = f"{E3},JPY,3956,2026-07-01,x"
    one, two = priced(yen, GOOD), priced(yen, before=priced(GOOD))

    assert content_of(one).digest == content_of(two).digest == content_of(priced(yen, before=two)).digest


def test_the_report_says_what_is_new_changed_and_as_before() -> None:
    """Prices are counted against the version before, with the amounts of both."""
    report = reported(GOOD, f"{E3},EUR,30,2026-07-01,x", f"{E3},USD,26,2026-07-01,x")

    assert [(each.currency, each.before_minor_units, each.after_minor_units) for each in report.added] == [
        ("GBP", None, 2270)
    ]
    assert [(each.currency, each.before_minor_units, each.after_minor_units) for each in report.changed] == [
        ("EUR", 2627, 3000)
    ]
    assert (report.rows, report.products, report.same) == (3, 1, 1)
    assert report.currencies == ("EUR", "GBP", "USD")


def test_a_row_without_an_amount_takes_back_what_lists_said() -> None:
    """The built-in price counts again, or none; nothing of the wrong price is left."""
    wrong = priced(GOOD, f"{E3},EUR,262.70,2026-07-01,x")
    back = (f"{E3},GBP,,2026-08-01,slip", f"{E3},EUR,,2026-08-01,slip")
    report = reported(*back, before=wrong)

    assert content_of(priced(*back, before=wrong)).digest == content_of(BUILT_IN).digest
    assert content_of(priced(*back)).digest == content_of(BUILT_IN).digest
    assert [
        (each.currency, each.before_minor_units, each.after_minor_units) for each in report.withdrawn
    ] == [
        ("GBP", 2270, None),
        ("EUR", 26270, 2627),
    ]
    assert (report.rows, report.same, report.added, report.changed) == (2, 0, (), ())
    assert reported(*back).same == 2


def test_a_product_whose_last_price_is_taken_back_is_not_known_any_more() -> None:
    """A product of the vendor's list alone is as it was before the list of prices."""
    empty: Document = {"service_plans": [], "plans": [], "paths": []}
    made = import_list(csv_of(row()), built_in=empty, current=empty).content.document
    plan_id = made["plans"][0]["plan_id"]
    pounds = priced(f"{plan_id},GBP,5,2026-07-01,x", before=made)

    after = priced(f"{plan_id},GBP,,2026-08-01,x", before=pounds)
    assert content_of(after).digest == content_of(made).digest


@pytest.mark.parametrize("end", ["", " "])
def test_a_list_that_was_cut_off_is_refused(end: str) -> None:
    """A shorter amount is an amount too: only the end of the last line says that it is whole."""
    order = "as_of,source,plan,currency,price_per_user_month"
    whole = listing(f"2026-07-01,x,{E3},JPY,3898", header=order)
    with pytest.raises(InvalidInput) as refused:
        read_price_list(whole.removesuffix(b"98\n") + end.encode(), BUILT_IN)

    assert len(read_price_list(whole, BUILT_IN).prices) == 1
    assert refused.value.details["field"] == "line 2"
    assert "cut off" in refused.value.details["allowed"]


def test_the_report_names_prices_of_earlier_lists_that_a_list_lacks() -> None:
    """They stay; built-in prices are nobody's list."""
    report = reported(f"{E1},GBP,8.40,2026-08-01,x", before=priced(GOOD))

    assert [(each.part_number, each.currency, each.after_minor_units) for each in report.not_listed] == [
        (E3, "GBP", 2270)
    ]


@pytest.mark.parametrize(
    ("amount", "is_large"),
    [("34.05", False), ("34.06", True), ("11.35", False), ("11.34", True), ("0", True)],
)
def test_a_change_of_more_than_half_is_large(amount: str, *, is_large: bool) -> None:
    """Up or down, of the price before; a new price has nothing to be compared with."""
    report = reported(f"{E3},GBP,{amount},2026-08-01,x", f"{E1},GBP,999,2026-08-01,x", before=priced(GOOD))

    assert [each.part_number for each in report.large] == ([E3] if is_large else [])


def test_the_vendors_list_keeps_imported_prices() -> None:
    """It has no prices; those that an earlier list gave stay, also of a product that only the list has."""
    empty: Document = {"service_plans": [], "plans": [], "paths": []}
    content = csv_of(row())
    made = import_list(content, built_in=empty, current=empty).content.document
    plan_id = made["plans"][0]["plan_id"]
    with_pounds = priced(f"{plan_id},GBP,5,2026-07-01,x", before=made)

    again = import_list(content, built_in=empty, current=with_pounds).content

    assert "prices" in made["plans"][0]["unknown"]
    assert "prices" not in with_pounds["plans"][0]["unknown"]
    assert with_pounds["plans"][0]["unknown"]
    assert again.digest == content_of(with_pounds).digest


def test_the_packaged_list_has_fifteen_currencies_and_agrees_with_the_catalog() -> None:
    """It adds currencies to the shipped catalog and changes none of its list prices."""
    listed = read_price_list(packaged_price_list(), BUILT_IN)
    report = price_report(listed, BUILT_IN, with_prices(BUILT_IN, listed, built_in=BUILT_IN))
    prices = listed.prices

    assert len(report.currencies) == 15
    assert report.changed == ()
    assert {each.unit_price.currency for each in prices} <= CURRENCIES
    assert MINOR_UNIT_DIGITS.keys() - {"CLF", "UYI", "UYW"} <= CURRENCIES


def test_the_sandbox_sells_for_the_prices_of_the_packaged_list() -> None:
    """Both read the list by themselves: what the product quotes is what the seller charges."""
    book = load_plans()
    prices = read_price_list(packaged_price_list(), BUILT_IN).prices

    assert prices
    for each in prices:
        amount = book[each.plan_id].unit_price_minor_units(each.unit_price.currency, "monthly")
        assert amount == each.unit_price.minor_units, each


def test_two_plans_are_compared_in_every_currency_that_one_of_them_has() -> None:
    """The difference is the target's price less the source's, where both have one."""
    document = priced(GOOD, f"{E1},JPY,1505,2026-07-01,x", f"{E3},JPY,3956,2026-07-01,x")
    catalog = catalog_from_documents({**document, "version": "v"}, document)
    prices = {each.currency: each for each in compare_prices(catalog.find("E1"), catalog.find("E3"))}

    assert list(prices) == ["EUR", "GBP", "JPY", "USD"]
    assert str(prices["JPY"].difference) == "2,451 JPY"
    assert str(prices["USD"].difference) == "16.00 USD"
    assert (prices["GBP"].source, prices["GBP"].difference) == (None, None)
