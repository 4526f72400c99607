"""The vendor's published list: each dirt is repaired, each damage refused, and all is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.list_rows import FILE_BYTES_MAX, OUTCOMES
from domain.published_list import read_published_list
from tests.unit.list_parts import FIRST_LINE, HEADER, PRODUCTS, csv_of, guid, kinds, refusal, row


def test_the_real_list_has_its_products_and_its_dirt(shared_data: Path) -> None:
    """5,990 rows, 619 products, 791 services; the dirt is counted as the data's own notes have it."""
    listed = read_published_list((shared_data / "msft_service_plans.csv").read_bytes())
    found = kinds(listed)

    assert (listed.rows, len(listed.products), len(listed.service_plans)) == (5_990, 619, 791)
    # Notes: "72 cells with tab, blank or no-break space at the ends or inside".
    assert found["blank_at_end"] + found["no_break_space"] == 72
    assert found["repeated_row"] == 31
    assert found["part_number_of_several_products"] == 1
    # The notes name these two kinds in the singular; by id there are three and fifteen.
    assert (found["product_of_several_names"], found["name_of_several_products"]) == (3, 15)
    assert (found["blanks_inside"], found["service_of_several_names"]) == (11, 7)
    assert not {OUTCOMES[kind] for kind in found} - {"repaired", "noted"}


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ({"GUID": guid("P1") + "\u00a0"}, "blank_at_end"),
        ({"String_Id": "\tPART_P1"}, "blank_at_end"),
        ({"Service_Plan_Name": "SERVICE \u00a0S9"}, "no_break_space"),
        ({"Service_Plan_Name": "SERVICE \tS9"}, "blanks_inside"),
        ({"String_Id": "PART\u200b_P1"}, "invisible_character"),
        ({"Service_Plan_Id": guid("S9").upper()}, "upper_case_id"),
    ],
)
def test_dirt_of_a_cell_is_repaired_and_told(cells: dict[str, str], kind: str) -> None:
    """A dirty cell means what the clean one means; line, field and value are told."""
    dirty = read_published_list(csv_of(row("P1", "S9", **cells)))
    clean = read_published_list(csv_of(row("P1", "S9")))
    (finding,) = [finding for finding in dirty.findings if OUTCOMES[finding.kind] == "repaired"]

    assert dirty.products == clean.products
    assert dirty.service_plans.keys() == clean.service_plans.keys()
    assert (finding.kind, finding.line) == (kind, FIRST_LINE)
    assert {finding.field: finding.value} == cells


def test_repeated_rows_count_once() -> None:
    """The same service of the same product again adds nothing; the first line is named."""
    listed = read_published_list(csv_of(row("P9", "S1"), row("P9", "S1"), row("P9", "S2")))
    product = next(each for each in listed.products if each.part_number == "PART_P9")

    assert len(product.service_plan_ids) == 3
    (finding,) = listed.findings
    assert (finding.kind, finding.line, finding.why) == (
        "repeated_row",
        FIRST_LINE + 1,
        f"as in line {FIRST_LINE}",
    )


def test_a_product_of_two_names_is_found_by_both() -> None:
    """The first name stays, the other becomes one more name of the same id."""
    listed = read_published_list(csv_of(row("P1", "S9", Product_Display_Name="Renamed")))
    product = next(each for each in listed.products if each.part_number == "PART_P1")

    assert (product.name, product.other_names) == ("Product P1", ("Renamed",))
    assert kinds(listed) == {"product_of_several_names": 1}


def test_two_products_of_one_name_or_part_number_stay_two() -> None:
    """The id is the key: products that share a name or a part number are not mixed."""
    listed = read_published_list(
        csv_of(row("X", Product_Display_Name="Product P1"), row("Y", String_Id="PART_P2"))
    )

    assert len(listed.products) == PRODUCTS + 2
    assert kinds(listed) == {"name_of_several_products": 1, "part_number_of_several_products": 1}


def test_the_spelling_used_most_names_a_service() -> None:
    """A service under two names keeps the more frequent one; its friendly name is the readable one."""
    odd = row("P1", "S0", Service_Plan_Name="SERVICE_S0)", Service_Plans_Included_Friendly_Names="SERVICE S0")
    listed = read_published_list(csv_of(odd))

    assert listed.service_plans[guid("S0")] == ("SERVICE_S0", "Service S0")
    assert kinds(listed)["service_of_several_names"] == 1


def test_order_of_columns_and_further_ones_do_not_matter() -> None:
    """Columns are found by name; one that is not known is not read, and told."""
    lines = csv_of().decode().splitlines()
    moved = "\n".join(f"{line},{'New_Column' if line == HEADER else 'x'}" for line in lines) + "\n"
    listed = read_published_list(b"\xef\xbb\xbf" + moved.encode())

    assert listed.products == read_published_list(csv_of()).products
    assert kinds(listed) == {"unknown_column": 1}


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"Service_Plan_Id": "not-an-id"}, "Service_Plan_Id"),
        ({"GUID": ""}, "GUID"),
        ({"Service_Plan_Name": " "}, "Service_Plan_Name"),
        ({"Product_Display_Name": "Bad\x07name"}, "Product_Display_Name"),
    ],
)
def test_a_row_that_cannot_be_read_refuses_its_whole_product(cells: dict[str, str], field: str) -> None:
    """A plan is never taken with a part of its services: users could lose data (rules section 1)."""
    listed = read_published_list(csv_of(row("P1", "S9", **cells)))
    refused = next(finding for finding in listed.findings if finding.kind == "row_refused")

    assert (refused.line, refused.field) == (FIRST_LINE, field)
    assert listed.refused_ids == {guid("P1")}
    assert guid("P1") not in {product.plan_id for product in listed.products}
    assert len(listed.products) == PRODUCTS - 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (f"{HEADER}\n".encode(), "no rows"),
        (b"\xef\xbb\xbf\n", "header"),
        (csv_of(header=HEADER.replace("GUID", "Guid")), "header"),
        (csv_of(header=HEADER.replace("GUID", "String_Id")), "header"),
        (csv_of().replace(b",", b";"), "header"),
        (csv_of(end=""), f"line {FIRST_LINE - 1}"),
        (csv_of()[:-60] + b"\n", f"line {FIRST_LINE - 1}"),
        (csv_of(row("X", Product_Display_Name='"open')), "line"),
        (csv_of("one,two"), f"line {FIRST_LINE}"),
        (csv_of(row("P1", "S9", String_Id="PART_OTHER")), f"String_Id in line {FIRST_LINE}"),
        (csv_of(*(row(f"B{number}", GUID="x") for number in range(9))), "GUID in line"),
        (csv_of().decode().encode("utf-16"), "UTF-8"),
        (csv_of(row("X", Product_Display_Name="Caf\u00e9")).decode().encode("latin-1"), f"line {FIRST_LINE}"),
        (b"x" * (FILE_BYTES_MAX + 1), "bytes"),
    ],
    ids=lambda each: each if isinstance(each, str) else "file",
)
def test_a_damaged_file_is_refused_as_a_whole(content: bytes, words: str) -> None:
    """Empty, cut off, wrongly encoded, of another form, or against itself: what, where, and what to do."""
    error = refusal(content)

    assert words in error.message
    assert error.details.keys() == {"field", "value", "allowed"}
    assert len(error.message) < 500
    assert "nothing was changed" in error.remedy


def test_every_cut_of_a_file_is_refused_or_ends_at_a_row() -> None:
    """Wherever a download stops, no row is taken half."""
    whole = csv_of(row("P1", "S9"))
    products = {product.plan_id for product in read_published_list(whole).products}
    for end in range(len(whole) - 400, len(whole)):
        if whole[end - 1 : end] == b"\n":
            taken = read_published_list(whole[:end])
            assert {product.plan_id for product in taken.products} <= products
        else:
            refusal(whole[:end])
