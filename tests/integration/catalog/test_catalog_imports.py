"""Imports of the catalog through console and command line, on a real PostgreSQL: all or nothing, for ever."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, LiteralString

import httpx2
import psycopg
import pytest
from psycopg import sql

from domain.catalog.catalog import UnknownCatalog, load_catalog
from domain.kernel.errors import AuditMismatch, ConcurrentWrite, InvalidInput
from ops.base.settings import Settings, load_settings
from projections.running.schema import create
from providers.microsoft.product_list.list_rows import FILE_BYTES_MAX
from services.catalog.catalog_imports import import_catalog
from services.catalog.version_change import IMPORTED
from store.record.catalogs import Catalogs, CurrentVersion
from tests.support.clouds.plain_http import WITHOUT_TLS
from tests.support.consoles.console_world import COLUMNS, KEY, Ran, run_command, running_console
from tests.support.consoles.store_parts import open_store
from tests.support.worlds.signing import key_file

CSV = "msft_service_plans.csv"
#: A product that the built-in catalog has not; its services are in many rows of the list.
ONLY_LISTED = "VISIO_PLAN2_DEPT"
TABLES = ("catalog_version", "catalog_import")


@pytest.fixture(name="published", scope="module")
def _published(shared_data: Path) -> bytes:
    return (shared_data / CSV).read_bytes()


@pytest.fixture(name="shorter", scope="module")
def _shorter(published: bytes) -> bytes:
    """Return the list without one product."""
    lines = published.splitlines(keepends=True)
    return b"".join(line for line in lines if ONLY_LISTED.encode() not in line)


@pytest.fixture(name="catalogs")
def _catalogs(database_url: str, tmp_path: Path) -> Iterator[Catalogs]:
    with open_store(database_url, tmp_path) as store:
        yield Catalogs(store.application)


def _rows(database_url: str) -> list[int]:
    with psycopg.connect(database_url) as connection:
        return [
            connection.execute(_of("SELECT count(*) FROM {}", table)).fetchall()[0][0] for table in TABLES
        ]


def _of(statement: LiteralString, table: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier("planswitch", table))


def test_the_built_in_catalog_is_current_until_something_is_imported(catalogs: Catalogs) -> None:
    """Without an import the packaged catalog is asked, and it is kept for the audits of later programs."""
    packaged = load_catalog()

    assert catalogs.current() is packaged
    assert catalogs.content(packaged.version).catalog(packaged.version) == packaged
    assert [(each.name, each.is_built_in) for each in catalogs.versions()] == [(packaged.version, True)]


def test_an_import_is_current_in_every_process_at_once(
    catalogs: Catalogs, database_url: str, tmp_path: Path, published: bytes
) -> None:
    """A running worker or console sees the new version without a restart, and old versions for ever."""
    with open_store(database_url, tmp_path) as store:
        other = Catalogs(store.application)
        before = other.current()
        outcome = import_catalog(catalogs, published, name="2026-12", actor="olga")

        assert (outcome.version, outcome.status) == ("2026-12", "imported")
        assert other.current().version == "2026-12"
        assert other.current() is other.version("2026-12")
        assert other.version(before.version) == before
        assert other.current().find(ONLY_LISTED).unknown


def test_a_list_with_a_control_character_loses_that_product_and_its_report_is_kept(
    catalogs: Catalogs, published: bytes
) -> None:
    """The report shows where the character was; the table that keeps it could not hold the character."""
    poisoned = published.replace(b"Dynamics 365", b"Dyn\x00mics 365", 1)

    made = import_catalog(catalogs, poisoned, name="2026-12", actor="olga")

    kept = json.dumps(catalogs.report("2026-12"), ensure_ascii=False)
    assert made.status == IMPORTED
    assert "Dyn\ufffdmics 365" in kept
    assert "\\u0000" not in kept


def test_the_same_file_again_changes_nothing(catalogs: Catalogs, database_url: str, published: bytes) -> None:
    """A repeated import writes no row and says so, under whatever name it comes."""
    first = import_catalog(catalogs, published, name=None, actor="olga")
    rows = _rows(database_url)
    again = import_catalog(catalogs, published, name="other", actor="olga")

    assert first.version == f"list-{first.digest[:8]}"
    assert (again.version, again.status) == (first.version, "unchanged")
    assert _rows(database_url) == rows == [2, 1]


def test_a_version_can_become_current_again(catalogs: Catalogs, published: bytes, shorter: bytes) -> None:
    """A list that gives what an earlier version says makes that one current; no version is doubled."""
    import_catalog(catalogs, published, name="one", actor="olga")
    two = import_catalog(catalogs, shorter, name="two", actor="olga")
    one = import_catalog(catalogs, published, name=None, actor="olga")
    rows = {each.name: each for each in catalogs.versions()}

    assert two.report.gone == (ONLY_LISTED,)
    assert catalogs.version("two").find(ONLY_LISTED).is_retired
    assert (one.version, one.status) == ("one", "current_again")
    assert [name for name, row in rows.items() if row.is_current] == ["one"]
    assert rows.keys() == {"one", "two", load_catalog().version}


def test_a_refused_file_leaves_everything_as_it_was(
    catalogs: Catalogs, database_url: str, published: bytes
) -> None:
    """Cut off, in two encodings, empty, with another header, or against itself: not one row is written."""
    import_catalog(catalogs, published, name="good", actor="olga")
    rows, current = _rows(database_url), catalogs.current()
    damaged = {
        "cut off": published[: len(published) // 2],
        "cut off at a row": published[: published.rindex(b"\n", 0, len(published) // 2) + 1],
        "two encodings": published.replace(b" ", "\u2013".encode(), 1).replace(b" ", b"\x96", 1),
        "empty": b"",
        "header": published.replace(b"String_Id", b"Part", 1),
        "contradiction": published.replace(b",STANDARDPACK,", b",OTHERPACK,", 1),
    }

    for what, content in damaged.items():
        with pytest.raises(InvalidInput) as refused:
            import_catalog(catalogs, content, name=None, actor="olga")
        assert refused.value.remedy, what
    assert _rows(database_url) == rows
    assert catalogs.current() is current


@pytest.mark.parametrize("name", ["", "with blank", "-x", "x" * 41, "a/b"])
def test_a_bad_name_is_refused(catalogs: Catalogs, published: bytes, name: str) -> None:
    """The name stands in addresses and on terminals: letters, digits, dots, dashes, underscores."""
    with pytest.raises(InvalidInput, match="name is"):
        import_catalog(catalogs, published, name=name, actor="olga")


def test_a_taken_name_is_refused(catalogs: Catalogs, published: bytes, shorter: bytes) -> None:
    """A version is never changed: another content needs another name."""
    import_catalog(catalogs, published, name="one", actor="olga")
    with pytest.raises(InvalidInput, match="a name that no other version has"):
        import_catalog(catalogs, shorter, name="one", actor="olga")

    assert catalogs.current().find(ONLY_LISTED).is_retired is False


def test_two_imports_at_once_are_one_after_the_other(
    catalogs: Catalogs, database_url: str, published: bytes, shorter: bytes
) -> None:
    """Both versions are kept, exactly one is current, and no import is lost."""
    threads = [
        threading.Thread(target=import_catalog, args=(catalogs, content), kwargs={"name": None, "actor": "o"})
        for content in (published, shorter, published)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    imports = _rows(database_url)[1]
    assert 2 <= imports <= 3
    assert catalogs.current_version().number == imports
    assert sum(each.is_current for each in catalogs.versions()) == 1


def test_a_save_that_fails_half_way_leaves_no_version(catalogs: Catalogs, database_url: str) -> None:
    """Version and import are one transaction: a taken number takes the version back as well."""
    content = catalogs.content(load_catalog().version)
    facts: dict[str, Any] = {"file_digest": "f" * 64, "report": {}, "actor": "olga"}
    catalogs.save_import(CurrentVersion(number=1, name="one"), content, **facts)
    with pytest.raises(ConcurrentWrite):
        catalogs.save_import(CurrentVersion(number=1, name="two"), content, **facts)

    assert _rows(database_url) == [2, 1]
    with pytest.raises(UnknownCatalog, match="'two'"):
        catalogs.version("two")


@pytest.mark.parametrize("table", TABLES)
def test_versions_are_never_changed(catalogs: Catalogs, database_url: str, table: str) -> None:
    """The database refuses to change or remove a version or an import."""
    for change in (_of("DELETE FROM {}", table), _of("TRUNCATE {} CASCADE", table)):
        with (
            psycopg.connect(database_url) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"),
        ):
            connection.execute(change)


def test_an_altered_version_is_not_used(catalogs: Catalogs, database_url: str) -> None:
    """Whoever drops the guard and alters a version is found out when it is read."""
    content = catalogs.content(load_catalog().version)
    facts: dict[str, Any] = {"file_digest": "f" * 64, "report": {}, "actor": "olga"}
    catalogs.save_import(CurrentVersion(number=1, name="one"), content, **facts)
    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE planswitch.catalog_version DISABLE TRIGGER append_only")
        connection.execute("UPDATE planswitch.catalog_version SET content = '{}' WHERE name = 'one'")

    with pytest.raises(AuditMismatch, match="one was altered"):
        catalogs.current()


@pytest.fixture(name="settings")
def _settings(database_url: str, tmp_path: Path) -> Settings:
    """Return the settings of a console without a cloud and without Temporal: a catalog needs neither."""
    with open_store(database_url, tmp_path):
        create(database_url)
    return load_settings(
        data_dir=tmp_path,
        database_url=database_url,
        cloud_url="http://127.0.0.1:9",
        temporal_address="127.0.0.1:9",
        master_key_file=tmp_path / "master.key",
        command_key_file=key_file(tmp_path),
        api_key=KEY,
        local_actor="olga",
    )


@pytest.fixture(name="url")
def _url(settings: Settings) -> Iterator[str]:
    with running_console(settings) as url:
        yield url


async def _run(url: str, *arguments: str) -> Ran:
    environment = {"PLANSWITCH_API_URL": url, "PLANSWITCH_API_KEY": KEY, "COLUMNS": str(COLUMNS)}
    return await run_command(*arguments, environment=environment)


def test_the_api_bounds_what_it_takes(url: str) -> None:
    """Who has no key and what is no list gets a problem document; the body is bounded."""
    with httpx2.Client(verify=WITHOUT_TLS, base_url=url, timeout=30) as http:
        nobody = http.post("/api/catalog/imports", content=b"x")
        long = http.post(
            "/api/catalog/imports", content=b"x" * (FILE_BYTES_MAX + 1), headers={"X-API-Key": KEY}
        )

    assert (nobody.status_code, nobody.json()["code"]) == (401, "UNAUTHORIZED")
    assert (long.status_code, long.json()["code"]) == (413, "BODY_TOO_LARGE")


async def test_commands_import_list_and_compare_versions(
    url: str, shared_data: Path, shorter: bytes, tmp_path: Path
) -> None:
    """619 products with the dirt counted; older versions are compared by name; all in 80 columns."""
    file, second = shared_data / CSV, tmp_path / "second.csv"
    second.write_bytes(shorter)

    made = await _run(url, "catalog", "import", str(file), "--name", "2026-12", "--json")
    told = [
        await _run(url, *arguments)
        for arguments in (
            ("catalog", "import", str(file)),
            ("catalog", "import", str(second), "--name", "2027-01"),
            ("catalog", "versions"),
            ("catalog", "list", "visio", "--catalog", "2026-12"),
            ("catalog", "show", ONLY_LISTED),
            ("catalog", "compare", "E1", "E3", "--catalog", "2026-12"),
        )
    ]
    older = await _run(url, "catalog", "show", ONLY_LISTED, "--catalog", "2026-12", "--json")
    answer = json.loads(made.out)

    assert (answer["version"], answer["status"], answer["report"]["products"]) == ("2026-12", "imported", 619)
    assert answer["report"]["counts"]["repaired"]["repeated_row"] == 31
    assert all(finding["line"] and finding["field"] for finding in answer["report"]["findings"])
    assert [each.code for each in told] == [0] * len(told), [each.err for each in told]
    assert max(each.longest_line for each in told) <= COLUMNS
    again, gone, versions, *_, compared = (each.out for each in told)
    assert "nothing was changed" in again
    assert ONLY_LISTED in gone
    assert "2027-01" in versions
    assert all(word in compared for word in ("gained", "lost", "same", "newer version"))
    assert json.loads(older.out)["is_retired"] is False


async def test_a_refused_file_exits_with_2_and_changes_nothing(
    url: str, tmp_path: Path, published: bytes
) -> None:
    """The command names line, value, what is allowed, and what to do; a version that never was is 3."""
    cut = tmp_path / "cut.csv"
    cut.write_bytes(published[:-100])

    refused = await _run(url, "catalog", "import", str(cut))
    missing = await _run(url, "catalog", "import", str(tmp_path / "nothing.csv"))
    versions = await _run(url, "catalog", "versions", "--json")
    unknown = await _run(url, "catalog", "list", "--catalog", "1999-01")

    assert (refused.code, missing.code, unknown.code) == (2, 2, 3)
    assert "line 5991" in refused.err
    assert "what to do:" in refused.err
    assert len(json.loads(versions.out)["versions"]) == 1
