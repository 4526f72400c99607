"""How many connections to PostgreSQL each process keeps at rest, as docs/connections.md tells."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from audit.seals.places import SealPlaces
from audit.seals.sealing import SealingProcess
from console.server import open_dependencies
from domain.kernel.errors import PlanSwitchError
from ops.base.settings import Settings, load_settings
from projections.running.projector import Projector
from projections.running.schema import create
from store.migrate import migrate
from store.vault.keys import FileKeyProvider
from tests.support.worlds.signing import key_file
from worker import SLICES_MAX, open_toolbox, steps_max

ROOT = Path(__file__).parents[3]
WAIT_SECONDS = 60.0


@pytest.fixture(name="folder")
def _folder(database_url: str, tmp_path: Path) -> Path:
    """Return a folder with a master key, beside a migrated database."""
    migrate(database_url)
    create(database_url)
    FileKeyProvider.create(tmp_path / "master.key")
    return tmp_path


def settings_of(database_url: str, folder: Path, **connections: int) -> Settings:
    """Return the settings of a process on a database."""
    return load_settings(
        data_dir=folder,
        database_url=database_url,
        master_key_file=folder / "master.key",
        command_key_file=key_file(folder),
        api_key="a-key-of-the-tests",
        **connections,
    )


@contextmanager
def worker(settings: Settings) -> Iterator[None]:
    """Hold what a worker holds."""
    with open_toolbox(settings) as toolbox:
        toolbox.store.max_notification_id()
        yield


@contextmanager
def console(settings: Settings) -> Iterator[None]:
    """Hold what a console holds."""
    with open_dependencies(settings):
        yield


@contextmanager
def projector(settings: Settings) -> Iterator[None]:
    """Run a projector."""
    stop = threading.Event()
    running = threading.Thread(target=Projector(settings.required_database_url()).run, args=(stop,))
    running.start()
    try:
        yield
    finally:
        stop.set()
        running.join()


@contextmanager
def sealer(settings: Settings) -> Iterator[None]:
    """Run a sealer."""
    stop = threading.Event()
    places = SealPlaces(
        database_url=settings.required_database_url(),
        folder=settings.seals_path(),
        key_file=settings.seal_key_path(),
    )
    running = threading.Thread(target=SealingProcess(places).run, args=(stop,))
    running.start()
    try:
        yield
    finally:
        stop.set()
        running.join()


PROCESSES = {"worker": worker, "console": console, "projector": projector, "sealer": sealer}


@pytest.mark.parametrize(
    ("process", "chosen", "at_rest"),
    [
        ("worker", {}, 24),
        ("worker", {"worker_connections": 10}, 10),
        ("console", {}, 5),
        ("console", {"console_connections": 2}, 3),
        ("projector", {}, 2),
        ("sealer", {}, 1),
    ],
)
def test_process_keeps_the_documented_connections(
    database_url: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    process: str,
    chosen: dict[str, int],
    at_rest: int,
) -> None:
    """A process at rest keeps as many connections as the settings say; what a crowd needed is given back."""
    monkeypatch.setattr("store.core.pool.IDLE_SECONDS", 0.5)
    with PROCESSES[process](settings_of(database_url, folder, **chosen)):
        deadline = time.monotonic() + WAIT_SECONDS
        while sessions(database_url) != at_rest:
            assert time.monotonic() < deadline, sessions(database_url)
            time.sleep(0.05)


def sessions(database_url: str) -> int:
    """Return how many other sessions the database has."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()
    return int(row[0]) if row else 0


@pytest.mark.parametrize(
    ("name", "value"), [("worker_connections", 9), ("worker_connections", 201), ("console_connections", 1)]
)
def test_number_outside_its_range_is_refused(database_url: str, folder: Path, name: str, value: int) -> None:
    """A number of connections with which a process could not work is refused, and the variable is named."""
    with pytest.raises(PlanSwitchError, match=f"PLANSWITCH_{name.upper()}"):
        settings_of(database_url, folder, **{name: value})


def test_worker_runs_as_many_steps_as_it_has_connections(database_url: str, folder: Path) -> None:
    """Every step and slice at a time has a connection, whatever number is chosen."""
    assert steps_max(settings_of(database_url, folder)) == 16
    assert steps_max(settings_of(database_url, folder, worker_connections=10)) + SLICES_MAX < 10


def test_document_tells_the_settings() -> None:
    """The document has the settings with their ranges."""
    text = (ROOT / "docs" / "connections.md").read_text(encoding="utf-8")

    assert "| `PLANSWITCH_WORKER_CONNECTIONS` | 24 | 10 to 200 |" in text
    assert "| `PLANSWITCH_CONSOLE_CONNECTIONS` | 4 | 2 to 100 |" in text
