"""The vendor's published list: each dirt is repaired, each damage refused, and all is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from providers.microsoft.product_list.list_rows import FILE_BYTES_MAX, OUTCOMES
from providers.microsoft.product_list.published_list import read_published_list
from tests.support.stories.list_parts import FIRST_LINE, HEADER, PRODUCTS, csv_of, guid, kinds, refusal, row


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
    """A plan is never taken with a part of its services: users could lose data.

    See rules#target_lacks_data_services.
    """
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
        (csv_of(row("P1", "S9")[:-11], end=""), f"line {FIRST_LINE}"),
        (csv_of(row("P1", "S9", Service_Plans_Included_Friendly_Names=""), end=""), f"line {FIRST_LINE}"),
        (csv_of("", row("P1", "S0")[:-1], end=""), f"line {FIRST_LINE + 1}"),
        (csv_of()[:-60] + b"\n", f"line {FIRST_LINE - 1}"),
        (csv_of(row("X", Product_Display_Name='"open')), "line"),
        (csv_of("one,two"), f"line {FIRST_LINE}"),
        (csv_of(row("P1", "S9", String_Id="PART_OTHER")), f"String_Id in line {FIRST_LINE}"),
        (csv_of(*(row(f"B{number}", GUID="x") for number in range(9))), "GUID in line"),
        (csv_of().decode().encode("utf-16-le"), "header"),
        (csv_of().decode().encode("utf-16")[:-1], "UTF-16"),
        (b"\xff\xfe", "header"),
        (csv_of(row("X", Product_Display_Name="Caf\u00e9")) + b"\x96\n", f"line {FIRST_LINE + 1}"),
        (csv_of(row("X", Product_Display_Name="Caf\u00e9"))[:-30] + b"\xc3", "UTF-8"),
        (csv_of() + b"\x81\n", "Windows-1252"),
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


def test_every_cut_of_a_file_is_refused_or_leaves_whole_ids() -> None:
    """Wherever a download stops, no row is taken half: only letters of the very last name may be missing."""
    whole = csv_of(row("P1", "S9"))
    products = {product.plan_id for product in read_published_list(whole).products}
    name = len("Service S9\n")
    for end in range(len(whole) - 400, len(whole)):
        is_at_row, is_in_last_name = whole[end - 1 : end] == b"\n", end > len(whole) - name
        if is_at_row or is_in_last_name:
            listed = read_published_list(whole[:end])
            assert {product.plan_id for product in listed.products} <= products
            assert kinds(listed).get("last_line_without_end", 0) == (not is_at_row)
        elif whole[end : end + 1] == b"\n":
            assert kinds(read_published_list(whole[:end])) == {"last_line_without_end": 1}
        else:
            assert "line" in refusal(whole[:end]).message


SPECIAL = row("P1", "S9", Product_Display_Name="Product \u2013 P1", String_Id="PART_P1")


@pytest.mark.parametrize(
    ("encoded", "kind", "value"),
    [
        (csv_of(SPECIAL), "", ""),
        (b"\xef\xbb\xbf" + csv_of(SPECIAL), "", ""),
        (csv_of(SPECIAL).decode().encode("cp1252"), "windows_1252", "\u2013"),
        (b"\xef\xbb\xbf" + csv_of(SPECIAL).decode().encode("cp1252"), "windows_1252", "\u2013"),
        (csv_of(SPECIAL).decode().encode("utf-16"), "utf_16", "\u2013"),
        (b"\xfe\xff" + csv_of(SPECIAL).decode().encode("utf-16-be"), "utf_16", "\u2013"),
    ],
)
def test_a_list_in_another_encoding_says_the_same(encoded: bytes, kind: str, value: str) -> None:
    """UTF-8, Windows-1252 and UTF-16 are read alike; what is no UTF-8 is told with its first character."""
    listed = read_published_list(encoded)
    told = [each for each in listed.findings if each.kind in {"windows_1252", "utf_16"}]

    assert listed.products == read_published_list(csv_of(SPECIAL)).products
    assert [each.kind for each in told] == [kind] * bool(kind)
    assert [each.value for each in told] == [value] * bool(kind)
    assert all(OUTCOMES[each.kind] == "repaired" for each in told)
    assert all(each.line in (1, FIRST_LINE) for each in told)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (csv_of().replace(b"\n", b"\r"), ""),
        (csv_of().replace(b"\n", b"\r\n"), ""),
        (csv_of(end=""), "last_line_without_end"),
        (csv_of().replace(b"\n", b"\r")[:-1], "last_line_without_end"),
        (csv_of("", "  ", ",,,,,", "\t"), ""),
        (csv_of(HEADER), "repeated_header"),
        (
            "\n".join(f'"{line}"'.replace(",", '","') for line in csv_of().decode().splitlines()).encode()
            + b"\n",
            "",
        ),
    ],
    ids=["cr", "crlf", "no_end", "cr_no_end", "blank_lines", "second_header", "quoted"],
)
def test_a_list_of_another_form_says_the_same(content: bytes, kind: str) -> None:
    """Line ends, blank lines, quotes and a repeated header change nothing of what the list tells."""
    listed = read_published_list(content)

    assert listed.products == read_published_list(csv_of()).products
    assert kinds(listed) == ({kind: 1} if kind else {})


def test_a_last_name_that_is_the_beginning_of_a_known_one_is_a_cut() -> None:
    """Where the same service has a longer name above, a last line without an end was cut off."""
    error = refusal(csv_of(row("P1", "S0")[:-3], end=""))

    assert "cut off" in error.message
    assert f"line {FIRST_LINE}" in error.message


def test_the_real_list_as_it_circulates(shared_data: Path) -> None:
    """Without its last line end, and saved as Windows-1252, the real list has the same products."""
    content = (shared_data / "msft_service_plans.csv").read_bytes()
    products = [each.plan_id for each in read_published_list(content).products]
    old = content.decode("utf-8-sig").encode("cp1252", errors="ignore").rstrip()
    listed = read_published_list(old)

    assert [each.plan_id for each in listed.products] == products
    assert {"windows_1252", "last_line_without_end"} <= kinds(listed).keys()
