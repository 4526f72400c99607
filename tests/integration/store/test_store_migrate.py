"""The schema is made by one command, once, whoever starts at the same time."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from domain.kernel.errors import InvalidInput, PlanSwitchError
from store.core.database_url import parse_database_url
from store.core.errors import OldProcesses, SchemaOutdated, StoreUnavailable
from store.core.schema_steps import MIGRATIONS, is_declared, known_steps, newest_step
from store.health.heartbeats import WORKER, beat
from store.migrate import check_schema, migrate, plan_migration
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.consoles.store_parts import open_store, organization

PROCESSES = 6
ROOT = Path(__file__).parents[3]
START = """
import sys
from pathlib import Path
from store.vault.keys import FileKeyProvider
from store.migrate import migrate
from store.switch_store import SwitchStore
from tests.support.consoles.store_parts import organization

url, folder, number = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
migrate(url)
with SwitchStore.open(url, FileKeyProvider.create(Path(folder) / "master.key"), pool_size=1) as store:
    store.save(organization(number))
    store.vault.keys_for("shared", ["person"])
"""


def test_six_processes_start_at_once(empty_database_url: str, tmp_path: Path) -> None:
    """On a fresh database each of them migrates, opens and saves; none fails (hazard H4)."""
    starts = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", START, empty_database_url, str(tmp_path), str(number)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(PROCESSES)
    ]
    outcomes = _released_together(starts)
    assert outcomes == [(0, "")] * PROCESSES
    with open_store(empty_database_url, tmp_path) as store:
        assert store.max_notification_id() == PROCESSES
        assert len(store.vault.directory_ids("shared", store.vault.keys_for("shared", ["person"]))) == 1


def _released_together(processes: list[subprocess.Popen[str]]) -> list[tuple[int, str]]:
    """Let processes go once all are ready; return exit code and complaints of each."""
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    complaints = [process.communicate(timeout=60)[1] for process in processes]
    return [(process.returncode, text) for process, text in zip(processes, complaints, strict=True)]


def test_a_second_run_changes_nothing(empty_database_url: str) -> None:
    """The report says what was done, and that nothing was left to do."""
    first = migrate(empty_database_url)
    assert first.applied[0] == "0000_events"
    assert len(first.applied) == first.steps
    again = migrate(empty_database_url)
    assert (again.applied, again.steps) == ((), first.steps)
    check_schema(empty_database_url)


def test_a_fresh_database_asks_for_the_migration(empty_database_url: str, tmp_path: Path) -> None:
    """Opening creates no tables; the error names the command (code SCHEMA_OUTDATED)."""
    key_provider = FileKeyProvider.create(tmp_path / "master.key")
    with pytest.raises(SchemaOutdated) as refused:
        SwitchStore.open(empty_database_url, key_provider)
    assert refused.value.code == "SCHEMA_OUTDATED"
    assert "planswitch migrate" in refused.value.remedy
    with psycopg.connect(empty_database_url) as connection:
        found = connection.execute("SELECT to_regnamespace('planswitch')").fetchone()
    assert found == (None,)


def test_a_newer_database_is_refused(empty_database_url: str) -> None:
    """An older program does not write into tables it does not know."""
    migrate(empty_database_url)
    with psycopg.connect(empty_database_url) as connection:
        connection.execute("INSERT INTO planswitch.schema_step VALUES ('9999_future', 'x')")
    for attempt in (check_schema, migrate):
        with pytest.raises(SchemaOutdated, match="newer than this program"):
            attempt(empty_database_url)


def _release(folder: Path, **steps: str) -> Path:
    """Return the folder of a release that has these steps beside those of today."""
    shutil.copytree(MIGRATIONS, folder)
    for name, text in steps.items():
        (folder / f"{name}.sql").write_text(text, encoding="utf-8")
    return folder


EXPANDING = "-- expand\nCREATE TABLE planswitch.of_the_next_release (id int);"
CONTRACTING = "DROP TABLE planswitch.workflow_trouble;"


def test_every_step_says_what_it_means_for_older_programs() -> None:
    """docs/upgrades.md#what-a-step-promises: the first line is `-- expand` or `-- contract after STEP`."""
    undeclared = [step.name for step in known_steps().values() if not is_declared(step)]
    assert undeclared == []


def test_a_program_goes_on_beside_what_a_newer_release_adds(empty_database_url: str, tmp_path: Path) -> None:
    """ADR 59: it opens the store and saves; only to migrate is left to the newer release."""
    newer = _release(tmp_path / "newer", **{"9000_more": EXPANDING})
    migrate(empty_database_url)
    assert migrate(empty_database_url, folder=newer).applied == ("9000_more",)
    key_provider = FileKeyProvider.create(tmp_path / "master.key")
    with SwitchStore.open(empty_database_url, key_provider, pool_size=1) as store:
        assert store.save(organization()).notification_id == 1
    with pytest.raises(SchemaOutdated, match="newer than this program: it has 9000_more"):
        migrate(empty_database_url)


def test_a_program_of_before_declarations_sees_no_step_that_expands(empty_database_url: str) -> None:
    """ADR 59: it reads `schema_step` alone, where an unknown name would keep it from starting."""
    migrate(empty_database_url)
    with psycopg.connect(empty_database_url) as connection:
        rows = connection.execute("SELECT max(name) FROM planswitch.schema_step").fetchone()
    assert rows == ("0031_notices",)


def test_what_takes_something_away_waits_until_it_is_wanted(empty_database_url: str, tmp_path: Path) -> None:
    """docs/upgrades.md#contract: the new release works without the step, and `--plan` shows it."""
    newer = _release(tmp_path / "newer", **{"9000_less": f"-- contract after {newest_step()}\n{CONTRACTING}"})
    migrate(empty_database_url)
    report = migrate(empty_database_url, folder=newer)
    assert (report.applied, report.held_back) == ((), ("9000_less",))
    check_schema(empty_database_url, folder=newer)
    assert plan_migration(empty_database_url, folder=newer).contracting == ("9000_less",)
    assert migrate(empty_database_url, contract=True, folder=newer).applied == ("9000_less",)
    # Today's release is the one that can do without.
    check_schema(empty_database_url)


def test_a_program_that_needs_what_was_taken_away_is_refused(empty_database_url: str, tmp_path: Path) -> None:
    """ADR 59: the step names a later one than the program knows, also where both are new to it."""
    newer = _release(
        tmp_path / "newer",
        **{"9000_more": EXPANDING, "9001_less": f"-- contract after 9000_more\n{CONTRACTING}"},
    )
    migrate(empty_database_url)
    migrate(empty_database_url, contract=True, folder=newer)
    with pytest.raises(SchemaOutdated, match="newer than this program: it has 9001_less"):
        check_schema(empty_database_url)


@pytest.mark.parametrize("newest", ["0034_log_origins", ""])
def test_nothing_is_taken_from_a_process_that_works(
    empty_database_url: str, tmp_path: Path, newest: str
) -> None:
    """docs/upgrades.md#contract: a sign of life by an older program stops it, and silence does not."""
    newer = _release(tmp_path / "newer", **{"9000_less": f"-- contract after {newest_step()}\n{CONTRACTING}"})
    migrate(empty_database_url)
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        beat(connection, WORKER)
        assert plan_migration(empty_database_url, folder=newer).held_by == ()
        connection.execute("UPDATE planswitch.heartbeat SET newest_step = %s", [newest])
        assert len(plan_migration(empty_database_url, folder=newer).held_by) == 1
        with pytest.raises(OldProcesses, match="9000_less would take away"):
            migrate(empty_database_url, contract=True, folder=newer)
        check_schema(empty_database_url)
        connection.execute("UPDATE planswitch.heartbeat SET at = at - interval '11 minutes'")
    assert migrate(empty_database_url, contract=True, folder=newer).applied == ("9000_less",)


def test_a_step_that_was_edited_is_refused(empty_database_url: str) -> None:
    """A step is never edited after it was applied somewhere."""
    migrate(empty_database_url)
    with psycopg.connect(empty_database_url) as connection:
        connection.execute("UPDATE planswitch.schema_step SET checksum = 'x' WHERE name LIKE '0001%'")
    with pytest.raises(SchemaOutdated, match="0001_detail_tables"):
        check_schema(empty_database_url)


def test_a_stopped_server_is_unavailable_within_seconds() -> None:
    """The error is retryable, says what to check, and does not show the password."""
    with pytest.raises(StoreUnavailable) as refused:
        migrate("postgresql://olga:topsecret@127.0.0.1:1/planswitch")
    assert refused.value.handling.is_retryable
    assert "topsecret" not in str(refused.value) + refused.value.remedy


@pytest.mark.parametrize("url", ["nonsense", "postgresql://127.0.0.1/", "postgresql://u:p@h:1/d?bad=1"])
def test_a_bad_url_is_refused(url: str) -> None:
    """The error shows the form of a URL, not the one that was given: it may hold a password."""
    with pytest.raises(InvalidInput, match="postgresql://user:password@host") as refused:
        migrate(url)
    assert url not in str(refused.value)


def test_options_of_the_url_reach_the_server(empty_database_url: str, tmp_path: Path) -> None:
    """TLS and the like are libpq's options in the URL; the library alone would drop them."""
    store = open_store(f"{empty_database_url}?application_name=olga", tmp_path)
    with store, store.application.datastore.cursor() as cursor:
        row = cursor.execute("SELECT current_setting('application_name') AS name").fetchone()
    assert row == {"name": "olga"}
    assert parse_database_url("postgresql://u@h/d?sslmode=require").extra["sslmode"] == "require"


def test_stray_variables_do_not_move_the_store(
    empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library would read POSTGRES_* of the machine; we take the URL and nothing else."""
    monkeypatch.setenv("POSTGRES_DBNAME", "elsewhere")
    monkeypatch.setenv("SWITCH_POSTGRES_PORT", "1")
    monkeypatch.setenv("POSTGRES_ENABLE_DB_FUNCTIONS", "y")
    with open_store(empty_database_url, tmp_path) as store:
        assert store.save(organization()).notification_id == 1


def test_a_server_that_stops_is_an_error_with_a_code(empty_database_url: str, tmp_path: Path) -> None:
    """Reads and writes on a database that vanished say STORE_UNAVAILABLE."""
    with open_store(empty_database_url, tmp_path, pool_size=1) as store:
        store.close()
        for attempt in (store.max_notification_id, lambda: store.save(organization())):
            with pytest.raises(PlanSwitchError) as refused:
                attempt()
            assert refused.value.code == "STORE_UNAVAILABLE"
