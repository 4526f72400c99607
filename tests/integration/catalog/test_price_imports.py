"""Lists of prices through console and command line, all or nothing (cli#price-lists)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import psycopg
import pytest

from domain.catalog.catalog import load_catalog
from domain.catalog.price_list import COLUMNS, FILE_BYTES_MAX, packaged_price_list
from domain.kernel.errors import InvalidInput
from domain.kernel.limits import TEXT_MAX
from ops.base.settings import load_settings
from projections.running.schema import create
from services.catalog.catalog_imports import import_catalog
from services.catalog.price_imports import PriceImport, PriceImportOutcome, import_prices
from store.record.catalogs import Catalogs
from tests.support.clouds.plain_http import WITHOUT_TLS
from tests.support.consoles.console_world import COLUMNS as WIDTH
from tests.support.consoles.console_world import KEY, Ran, run_command, running_console
from tests.support.consoles.store_parts import open_store
from tests.support.worlds.signing import key_file

ADDRESS = "/api/catalog/price-imports"
HEADER = ",".join(COLUMNS)
POUNDS = (
    f"{HEADER}\nSTANDARDPACK,GBP,8.40,2026-07-01,our list\nENTERPRISEPACK,GBP,22.70,2026-07-01,our list\n"
)
BAD = f"{HEADER}\nENTERPRISEPACK,GBP,23.10,2026-07-01,our list\nE99,GBP,1,2026-07-01,our list\n"
TABLES = "SELECT (SELECT count(*) FROM planswitch.catalog_version), count(*) FROM planswitch.catalog_import"


@pytest.fixture(name="catalogs")
def _catalogs(database_url: str, tmp_path: Path) -> Iterator[Catalogs]:
    with open_store(database_url, tmp_path) as store:
        yield Catalogs(store.application)


@pytest.fixture(name="url")
def _url(database_url: str, tmp_path: Path) -> Iterator[str]:
    """Yield the address of a console without a cloud and without Temporal: a catalog needs neither."""
    with open_store(database_url, tmp_path):
        create(database_url)
    settings = load_settings(
        data_dir=tmp_path,
        database_url=database_url,
        cloud_url="http://127.0.0.1:9",
        temporal_address="127.0.0.1:9",
        master_key_file=tmp_path / "master.key",
        command_key_file=key_file(tmp_path),
        api_key=KEY,
        local_actor="olga",
    )
    with running_console(settings) as url:
        yield url


def _rows(database_url: str) -> list[int]:
    with psycopg.connect(database_url) as connection:
        return [*connection.execute(TABLES).fetchall()[0]]


def _import(
    catalogs: Catalogs,
    text: str | bytes,
    *,
    name: str | None = None,
    is_preview: bool = False,
    allows_unusual: bool = False,
    reason: str = "new list",
) -> PriceImportOutcome:
    content = text.encode() if isinstance(text, str) else text
    order = PriceImport(
        content=content,
        name=name,
        actor="olga",
        reason="" if is_preview else reason,
        is_preview=is_preview,
        allows_unusual=allows_unusual,
    )
    return import_prices(catalogs, order)


async def _run(url: str, *arguments: str) -> Ran:
    environment = {"PLANSWITCH_API_URL": url, "PLANSWITCH_API_KEY": KEY, "COLUMNS": str(WIDTH)}
    return await run_command(*arguments, environment=environment)


def test_a_list_is_the_current_version_and_says_who_and_why(catalogs: Catalogs) -> None:
    """Actor, reason and every change are recorded with the version; versions before keep their prices."""
    made = _import(catalogs, POUNDS)
    plan = catalogs.current().find("E3")
    (version,) = (each for each in catalogs.versions() if each.is_current)
    report = catalogs.report(made.version) or {}

    assert (made.version, made.status) == (f"prices-{made.digest[:8]}", "imported")
    assert str(catalogs.current().price(plan.plan_id, "GBP").unit_price) == "22.70 GBP"
    assert (version.name, version.imported_by, version.products) == (made.version, "olga", 2)
    assert report["reason"] == "new list"
    assert [each["after_minor_units"] for each in report["added"]] == [840, 2270]
    with pytest.raises(InvalidInput, match="USD, EUR") as refused:
        catalogs.version(load_catalog().version).price(plan.plan_id, "GBP")
    assert "planswitch catalog import-prices" in refused.value.remedy


def test_the_same_list_again_changes_nothing(catalogs: Catalogs, database_url: str) -> None:
    """A repeated import writes no row and says so, under whatever name it comes."""
    first = _import(catalogs, POUNDS)
    again = _import(catalogs, POUNDS, name="other")

    assert (again.version, again.status, again.report.same) == (first.version, "unchanged", 2)
    assert _rows(database_url) == [2, 1]


def test_a_preview_says_what_an_import_does_and_writes_nothing(catalogs: Catalogs, database_url: str) -> None:
    """Version, digest and report are those of the import that follows."""
    shown = _import(catalogs, POUNDS, is_preview=True)
    rows = _rows(database_url)
    made = _import(catalogs, POUNDS)

    assert rows == [1, 0]
    assert shown.is_preview
    assert (shown.version, shown.status, shown.report) == (made.version, made.status, made.report)


def test_a_bad_row_leaves_everything_as_it_was(catalogs: Catalogs, database_url: str) -> None:
    """The good row before it is not taken either; a preview refuses the list as the import does."""
    _import(catalogs, POUNDS)
    for is_preview in (False, True):
        with pytest.raises(InvalidInput, match="plan in line 3 is 'E99'"):
            _import(catalogs, BAD, is_preview=is_preview)

    assert _rows(database_url) == [2, 1]
    assert (
        str(catalogs.current().price(catalogs.current().find("E3").plan_id, "GBP").unit_price) == "22.70 GBP"
    )


def test_a_taken_name_and_a_missing_reason_are_refused(catalogs: Catalogs, database_url: str) -> None:
    """A version is never changed, and the record says why each was made."""
    _import(catalogs, POUNDS, name="pounds")
    with pytest.raises(InvalidInput, match="a name that no other version has"):
        _import(catalogs, POUNDS.replace("22.70", "23.10"), name="pounds")
    order = PriceImport(content=POUNDS.encode(), name=None, actor="olga", reason=" ", is_preview=False)
    with pytest.raises(InvalidInput, match="reason is ' '"):
        import_prices(catalogs, order)

    assert _rows(database_url) == [2, 1]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (POUNDS.replace("22.70", "227.00"), "ENTERPRISEPACK in GBP by more than 50 %"),
        (POUNDS.replace("2026-07-01", "2999-01-01"), "as_of 2999-01-01, a day to come"),
    ],
)
def test_a_slip_of_the_point_and_a_day_to_come_need_a_word(
    catalogs: Catalogs, database_url: str, text: str, value: str
) -> None:
    """Prices count at once: a preview tells what is unusual, an import refuses it until it is allowed."""
    _import(catalogs, POUNDS)
    shown = _import(catalogs, text, is_preview=True)
    with pytest.raises(InvalidInput) as refused:
        _import(catalogs, text)
    rows = _rows(database_url)
    made = _import(catalogs, text, allows_unusual=True)

    assert (shown.unusual, refused.value.details["value"]) == ((value,), value)
    assert "--allow-unusual" in refused.value.remedy
    assert rows == [2, 1]
    assert made.status == "imported"


def test_a_wrong_price_is_taken_back_and_the_version_before_is_current_again(catalogs: Catalogs) -> None:
    """Nothing is deleted: the report of the newest import says who took what back, and why."""
    built_in = catalogs.current().version
    wrong = _import(catalogs, POUNDS)
    back = _import(catalogs, POUNDS.replace("8.40", "").replace("22.70", ""), reason="wrong list")
    again = _import(catalogs, POUNDS, reason="right after all")

    assert (back.version, back.status) == (built_in, "current_again")
    assert (again.version, again.status) == (wrong.version, "current_again")
    assert (catalogs.report(built_in) or {})["reason"] == "wrong list"
    assert (catalogs.report(built_in) or {})["withdrawn"][1]["before_minor_units"] == 2270
    assert (catalogs.report(wrong.version) or {})["reason"] == "right after all"


def test_the_vendors_list_and_a_list_of_prices_go_together(catalogs: Catalogs, shared_data: Path) -> None:
    """Products from one, prices from the other, in either order; the same version comes of both."""
    published = (shared_data / "msft_service_plans.csv").read_bytes()
    import_catalog(catalogs, published, name="listed", actor="olga")
    priced = _import(catalogs, packaged_price_list(), name="both")
    again = import_catalog(catalogs, published, name=None, actor="olga")

    assert (priced.report.products, len(priced.report.currencies)) == (16, 15)
    assert (again.version, again.status) == ("both", "unchanged")
    catalog = catalogs.current()
    assert str(catalog.price(catalog.find("E3").plan_id, "JPY").unit_price) == "3,898 JPY"


def test_the_api_bounds_what_it_takes(url: str) -> None:
    """Who has no key gets a problem document, as who sends too much or a bad row; a new version is 201."""
    with httpx2.Client(verify=WITHOUT_TLS, base_url=url, timeout=30) as http:
        nobody = http.post(ADDRESS, content=b"x")
        http.headers["X-API-Key"] = KEY
        long = http.post(ADDRESS, content=b"x" * (FILE_BYTES_MAX + 1))
        bad = http.post(ADDRESS, content=BAD.encode(), params={"reason": "new"})
        untold = http.post(ADDRESS, content=POUNDS.encode())
        wordy = http.post(ADDRESS, content=POUNDS.encode(), params={"reason": "x" * (TEXT_MAX + 1)})
        shown = http.post(ADDRESS, content=POUNDS.encode(), params={"dry_run": "true"})
        made = http.post(ADDRESS, content=POUNDS.encode(), params={"reason": "new"})
        compared = http.get("/api/catalog/compare", params={"a": "E1", "b": "E3", "currency": "GBP"})
        yen = http.get("/api/catalog/plans/E3", params={"currency": "JPY"})

    assert [each.status_code for each in (nobody, long, bad, untold, wordy)] == [401, 413, 422, 422, 422]
    assert [each.status_code for each in (shown, made, compared, yen)] == [200, 201, 200, 422]
    assert [each.json()["field"] for each in (bad, untold, wordy)] == ["plan in line 3", "reason", "reason"]
    assert (shown.json()["is_preview"], made.json()["is_preview"]) == (True, False)
    (price,) = compared.json()["prices"]
    assert (price["currency"], price["difference"]["minor_units"]) == ("GBP", 1430)
    assert price["target"]["source"] == "our list"
    assert yen.json()["field"] == "currency"


async def test_commands_import_and_compare_prices_in_80_columns(url: str, tmp_path: Path) -> None:
    """Preview, import, comparison and plan show the prices, in every currency or in one."""
    file, bad = tmp_path / "prices.csv", tmp_path / "bad.csv"
    file.write_text(POUNDS)
    bad.write_text(BAD)
    commands = (
        ("catalog", "import-prices", "--dry-run"),
        ("catalog", "import-prices", str(file), "--reason", "new list", "--name", "pounds", "--yes"),
        ("catalog", "import-prices", str(file), "--reason", "new list"),
        ("catalog", "import-prices", "--reason", "all currencies", "--yes"),
        ("catalog", "compare", "E1", "E3"),
        ("catalog", "compare", "E1", "E3", "--currency", "JPY"),
        ("catalog", "show", "E3"),
        ("catalog", "list", "--currency", "JPY"),
        ("catalog", "versions"),
    )
    unasked = await _run(url, *commands[1][:-1])
    ran = [await _run(url, *each) for each in commands]
    refused = await _run(url, "catalog", "import-prices", str(bad), "--reason", "new list")
    untold = await _run(url, "catalog", "import-prices", str(file))
    answer = await _run(url, "catalog", "compare", "E1", "E3", "--currency", "JPY", "--json")

    assert [each.code for each in ran] == [0] * len(ran), [each.err for each in ran]
    assert max(each.longest_line for each in (*ran, refused, untold, unasked)) <= WIDTH
    preview, made, again, packaged, compared, yen, shown, listed, versions = (each.out for each in ran)
    assert "nothing was changed" in " ".join(preview.split())
    assert "22.70 GBP" in made
    assert "nothing was changed" in again
    assert "JPY, KRW" in " ".join(packaged.split())
    assert all(code in compared for code in ("EUR", "GBP", "JPY", "TWD"))
    assert "Microsoft Defender for Office 365 (Plan 1)" in " ".join(compared.split())
    assert "GBP" not in yen
    assert "3,898 JPY" in yen
    assert "3,898 JPY" in shown
    assert "3,898 JPY" in listed
    assert "pounds" in versions
    assert (unasked.code, refused.code, untold.code) == (2, 2, 2)
    assert "22.70 GBP" in unasked.err
    assert "add --yes" in " ".join(unasked.err.split())
    assert "plan in line 3" in refused.err
    assert "--reason" in untold.err
    assert [each["currency"] for each in json.loads(answer.out)["prices"]] == ["JPY"]
