"""Real parts for the tests: one PostgreSQL server and one Temporal server per run, fresh state per test."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import sysconfig
import time
import uuid
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
import structlog
from temporalio.common import SearchAttributeKey
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment

from ops.stack.postgres_binaries import temporary_data_folder
from ops.stack.postgres_server import EmbeddedPostgres
from tests.deadlock_watch import lifted_deadlock_watch
from tests.plain_tracebacks import plain_tracebacks

# Asserts that stand beside tests show their values like those in them, if nothing is imported before.
pytest.register_assert_rewrite("tests.support")

from tests.support.databases.memory_folder import memory_folder  # noqa: E402
from tests.support.databases.template_database import TemplateDatabase, drop_database  # noqa: E402

#: Search attributes of the switch workflows, as the embedded Temporal server registers them.
SEARCH_ATTRIBUTES = [
    SearchAttributeKey.for_keyword(name)
    for name in (
        "SwitchOrganization",
        "SwitchStage",
        "SwitchSourcePlan",
        "SwitchTargetPlan",
        "SwitchWaitsFor",
    )
]
_SCRUBBED_PREFIXES = ("POSTGRES_", "PLANSWITCH_", "TEMPORAL_", "PG", "DATABASE_")
_KEPT_VARIABLES = ("PLANSWITCH_SHARED",)
_LEVELS = Path(__file__).parent
#: Folders and files that start whole servers, try every input, or run chaos: in the check alone.
_SLOW = (
    "integration/api/test_drawn_requests.py",
    "integration/chaos",
    "integration/stack",
    "integration/edges/test_api_fuzz.py",
    "integration/edges/test_wrong_inputs.py",
    "integration/operators/test_e4_story.py",
    "property",
    "workflow/recovery/test_worker_versions.py",
)
#: Files that kill, silence or repeat something at every point, or wait for what takes its time: they have a
#: command of their own (CONTRIBUTING.md).
_LONG = (
    "integration/chaos/test_kill_points.py",
    "integration/chaos/test_money_errors.py",
    "integration/edges/test_console_dead_connections.py",
    "integration/edges/test_console_half_open.py",
    "integration/edges/test_console_served.py",
    "integration/edges/test_console_temporal_silent.py",
    "integration/remedies",
    "integration/stack/test_embedded_backup.py",
    "workflow/access/test_lost_sign_in.py",
    "workflow/billing/test_switch_addons.py",
    "workflow/controls/test_cancel_everywhere.py",
    "workflow/credit/test_time_credit_restarts.py",
    "workflow/licenses/test_pending_services.py",
    "workflow/licenses/test_switch_pilot_group.py",
    "workflow/licenses/test_switch_quota.py",
    "workflow/outside/test_acts_after_the_end.py",
    "workflow/outside/test_every_outside_message.py",
    "workflow/outside/test_outside_activities.py",
    "workflow/outside/test_outside_messages.py",
    "workflow/outside/test_outside_passes.py",
    "workflow/outside/test_reused_ends.py",
    "workflow/outside/test_unproved_steps.py",
    "workflow/record/test_alarms.py",
    "workflow/record/test_explained_slow.py",
    "workflow/record/test_forty_switches_run.py",
    "workflow/record/test_promises_missed.py",
    "workflow/recovery/test_ask_anew.py",
    "workflow/recovery/test_guarded_workflows.py",
    "workflow/recovery/test_record_inconsistent.py",
    "workflow/recovery/test_restored_record.py",
    "workflow/recovery/test_steps_redelivered.py",
    "workflow/recovery/test_store_behind.py",
    "workflow/recovery/test_switch_faults.py",
    "workflow/recovery/test_switch_histories.py",
    "workflow/recovery/test_workflow_troubles.py",
    "workflow/request/test_changed_starts.py",
)
_SHARED_DEFAULT = Path(__file__).parents[2] / "shared"
#: The Temporal client aborts a process that ends right after its last call (temporalio/sdk-python#300).
_START_ATTEMPTS_MAX = 3
_EXIT_PAUSE_SECONDS = 0.2
#: Nothing of it outlives the tests, nothing is replicated, and each database is small and soon dropped.
_POSTGRES_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    "autovacuum": "off",
    "shared_buffers": "64MB",
}
_SERVER_FLAGS = {
    "frontend.WorkflowTimeSkippingEnabled": "true",
    "history.timerProcessorMaxTimeShift": '"1ms"',
    "system.forceSearchAttributesCacheRefreshOnRead": "true",
    "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute": "2",
}


def _scrub_environment() -> None:
    """Remove the settings of the machine the tests run on, so that they can't leak into a test."""
    for name in list(os.environ):
        is_setting = name.startswith(_SCRUBBED_PREFIXES)
        if is_setting and name not in _KEPT_VARIABLES:
            del os.environ[name]


_scrub_environment()
# Tests make folders and gates for the processes that they start: as root those stay root.
os.environ["PLANSWITCH_KEEP_ACCOUNT"] = "true"
# Nobody's own profile of Temporal is met.
os.environ["PLANSWITCH_TEMPORAL_ENVCONFIG"] = "false"
# Temporal's servers have memory enough: to collect garbage less often saves a sixth of their time.
os.environ["GOGC"] = "400"


@pytest.fixture(scope="session", autouse=True)
def _unwatched_workflow_tasks() -> Iterator[None]:
    """Let a busy machine fail no workflow task."""
    with lifted_deadlock_watch():
        yield


@pytest.fixture(scope="session", autouse=True)
def _unparsed_tracebacks() -> Iterator[None]:
    """Let no thread that logs an error disturb a test that parses a file."""
    with plain_tracebacks():
        yield


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give the Temporal client's threads the moment they need to end."""
    time.sleep(_EXIT_PAUSE_SECONDS)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Import every test without collecting garbage, and look at none of it later: it all lives to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by their folder or file, so that none forgets its marker."""
    markers = {path: _markers_of(path) for path in {item.path for item in items}}
    for item in items:
        for marker in markers[item.path]:
            item.add_marker(marker)


def _markers_of(path: Path) -> tuple[str, ...]:
    """Return the markers that the folder or file gives to its tests."""
    folders = {path, *path.parents}
    levels = tuple(each for each in ("e2e", "chaos") if _LEVELS / each in folders)
    if any(_LEVELS / each in folders for each in _LONG):
        return (*levels, "long")
    return (*levels, "slow") if any(_LEVELS / each in folders for each in _SLOW) else levels


@pytest.fixture(autouse=True)
def _fresh_logging() -> Iterator[None]:
    """Undo what a test set up for logging: its captured streams are closed when it ends."""
    root = logging.getLogger()
    handlers = list(root.handlers)
    yield
    structlog.reset_defaults()
    root.handlers = handlers


@pytest.fixture(scope="session", name="postgres_server")
def _postgres_server() -> Iterator[EmbeddedPostgres]:
    """Yield a PostgreSQL server that lives as long as the test run; durability off for speed."""
    with (
        memory_folder("planswitch-tests-") as folder,
        EmbeddedPostgres(folder / "postgres", settings=_POSTGRES_SETTINGS) as server,
    ):
        yield server


@pytest.fixture(scope="session", name="template_database")
def _template_database(postgres_server: EmbeddedPostgres) -> TemplateDatabase:
    """Return a migrated database with the read models and the rights of the roles, to copy."""
    return TemplateDatabase.create(postgres_server)


@pytest.fixture(name="database_url")
def _database_url(template_database: TemplateDatabase) -> Iterator[str]:
    """Yield the URL of a fresh database with all tables and without a row; it is dropped after the test."""
    with template_database.copy() as url:
        yield url


@pytest.fixture(name="empty_database_url")
def _empty_database_url(postgres_server: EmbeddedPostgres) -> Iterator[str]:
    """Yield the URL of a fresh, empty database that is dropped after the test."""
    name = f"test_{uuid.uuid4().hex}"
    yield postgres_server.create_database(name)
    drop_database(postgres_server, name)


@pytest.fixture(name="reachable_folder")
def _reachable_folder() -> Iterator[Path]:
    """Yield a temporary folder that PostgreSQL's account can enter (pytest's own is closed to it)."""
    folder = temporary_data_folder("planswitch-test-")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest_asyncio.fixture(scope="session", name="temporal_env")
async def _temporal_env() -> AsyncIterator[WorkflowEnvironment]:
    """Yield a real Temporal server whose clock each test moves with `fast_forward(handle, duration)`."""
    async with await _start_temporal() as environment:
        yield environment


async def _start_temporal() -> WorkflowEnvironment:
    """Start the server; one that loses the race for a port is started again."""
    flags = [part for key, value in _SERVER_FLAGS.items() for part in _dynamic_config(key, value)]
    for attempt in range(1, _START_ATTEMPTS_MAX + 1):
        try:
            return await WorkflowEnvironment.start_time_skipping_v2(
                # Skipping by itself would pass a deadline while the test is about to send its update.
                ts_config=TimeSkippingConfig(enabled=False),
                dev_server_existing_path=str(Path(sysconfig.get_path("scripts")) / "temporal"),
                dev_server_log_level="error",
                search_attributes=SEARCH_ATTRIBUTES,
                dev_server_extra_args=flags,
            )
        except RuntimeError:
            if attempt == _START_ATTEMPTS_MAX:
                raise
    raise AssertionError


def _dynamic_config(key: str, value: str) -> list[str]:
    """Return the command-line arguments that set one server flag."""
    return ["--dynamic-config-value", f"{key}={value}"]


@pytest.fixture(name="task_queue")
def _task_queue() -> str:
    """Return a task queue that no other test uses."""
    return f"test-{uuid.uuid4().hex}"


@pytest.fixture(scope="session", name="shared_data")
def _shared_data() -> Path:
    """Return the folder with the shared reference data; its absence fails in CI and skips elsewhere."""
    folder = Path(os.environ.get("PLANSWITCH_SHARED", _SHARED_DEFAULT)) / "data"
    if folder.is_dir():
        return folder
    message = f"no shared data at {folder}: set PLANSWITCH_SHARED to the folder that holds data/"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
    raise AssertionError
