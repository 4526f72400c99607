"""Green when it is not: how a part that is missing looks to readiness, metrics, doctor and a start."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest
import pytest_asyncio
from google.protobuf.duration_pb2 import Duration
from psycopg.rows import dict_row
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.base.step import Toolbox
from domain.kernel.ids import workflow_id_of
from ops.base.payloads import data_converter
from ops.base.settings import Settings, load_settings
from ops.readiness.store_checks import look_at_store
from ops.readiness.temporal_checks import look_at_temporal
from projections.running.projector import Projector
from projections.running.schema import create
from projections.running.status import status
from services.temporal.command_signer import CommandSigner
from services.temporal.switch_workflows import SwitchWorkflows
from services.temporal.worker_watch import WorkerAbsent, WorkerWatch
from services.temporal.workflow_runs import SWITCH
from store.core.errors import VaultLocked
from store.health.known_workers import KnownWorkers
from store.migrate import migrate
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from store.vault.vault import is_key_proved
from tests.support.acts.foreign import STRANGER, asking_for_work
from tests.support.clouds.cloud_server import running_sandbox
from tests.support.consoles.console_world import LOOKS_MAX, ConsoleWorld, open_console_world, start_body
from tests.support.worlds.signing import KEYS, key_file
from worker import build_workers, open_toolbox
from worker import run as run_worker

Parts = dict[str, dict[str, Any]]
Found = TypeVar("Found")
TRIES_MAX = 20


@pytest.fixture(name="temporal")
def _temporal(temporal_env: WorkflowEnvironment) -> Client:
    config = temporal_env.client.config()
    config["data_converter"] = data_converter
    return Client(**config)


@pytest_asyncio.fixture(name="idle")
async def _idle(temporal: Client, database_url: str, tmp_path: Path) -> AsyncIterator[ConsoleWorld]:
    """Yield a console on whose queue nobody works."""

    def elsewhere(client: Client, toolbox: Toolbox, *, task_queue: str) -> tuple[Worker, Worker]:
        return build_workers(client, toolbox, task_queue=f"not-{task_queue}")

    with running_sandbox(tmp_path / "cloud") as sandbox:
        opened = open_console_world(temporal, database_url, sandbox, tmp_path, build=elsewhere)
        async with opened as console:
            yield console


@asynccontextmanager
async def _working(settings: Settings) -> AsyncIterator[None]:
    """Run the worker as its process does, with its reconciler and its signs of life."""
    stop = asyncio.Event()
    running = asyncio.create_task(run_worker(settings, stop))
    try:
        yield
    finally:
        stop.set()
        await running


@contextmanager
def _projecting(database_url: str) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=Projector(database_url).run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


async def _parts(console: ConsoleWorld, is_so: Callable[[Parts], bool]) -> Parts:
    """Return the parts of readiness by name, once they are as wanted."""
    found: Parts = {}
    for _ in range(LOOKS_MAX):
        answer = await console.get("/api/ready")
        found = {each["part"]: each for each in answer.json()["parts"]}
        if is_so(found):
            assert answer.status_code == (200 if _all_work(found) else 503)
            return found
        await asyncio.sleep(0.2)
    raise AssertionError(found)


def _all_work(found: Parts) -> bool:
    return all(each["state"] in {"ok", "warning"} for each in found.values())


async def _up(console: ConsoleWorld) -> dict[str, float]:
    """Return what the metrics say of each part."""
    text = (await console.get("/metrics")).raise_for_status().text
    lines = [line for line in text.splitlines() if line.startswith("planswitch_part_up{")]
    return {line.split('"')[1]: float(line.rpartition(" ")[2]) for line in lines}


async def _doctor(console: ConsoleWorld) -> tuple[int, str]:
    ran = await console.run(
        "doctor",
        PLANSWITCH_TASK_QUEUE=console.settings.task_queue,
        PLANSWITCH_MASTER_KEY_FILE=str(console.settings.master_key_path()),
        PLANSWITCH_COMMAND_KEY_FILE=str(console.settings.command_key_path()),
    )
    return ran.code, ran.out


async def _once(look: Callable[[], Awaitable[Found]], is_so: Callable[[Found], bool]) -> Found:
    """Look until it is so; a look of a busy machine may have met its own time-out."""
    found = await look()
    for _ in range(TRIES_MAX):
        if is_so(found):
            break
        found = await look()
    return found


async def test_without_a_worker_everything_says_so_and_nothing_is_started(
    idle: ConsoleWorld, temporal: Client
) -> None:
    """Readiness, metrics and doctor name each queue; a start is refused before anything could run later."""
    queue = idle.settings.task_queue
    workers = {f"worker {queue}", f"worker {queue}-licenses"}
    organization = await idle.organization(users=5)
    body = start_body(organization, request_id="start-absent")

    found = await _parts(idle, lambda parts: all(parts[each]["state"] == "down" for each in workers))
    health = await idle.get("/api/health")
    up = await _once(partial(_up, idle), lambda up: {up[each] for each in workers} == {0})
    code, printed = await _once(partial(_doctor, idle), lambda ran: "WORKER_ABSENT" in ran[1])
    answer = await idle.post("/api/switches", body)
    arguments = ("switch", "start", organization["organization_id"], "--to", "E3", "--yes", "--reason", "x")
    started = await idle.run(*arguments)

    assert {found[each]["code"] for each in workers} == {"WORKER_ABSENT"}
    assert all("planswitch worker" in found[each]["remedy"] for each in workers)
    assert (found["reconciler"]["code"], found["event store"]["state"]) == ("RECONCILER_SILENT", "ok")
    assert health.status_code == 200
    assert {up[each] for each in workers} == {0}
    assert code == 7
    assert "WORKER_ABSENT: nobody asks this queue for work" in " ".join(printed.split())
    assert "…" not in printed
    assert (answer.status_code, answer.json()["code"]) == (503, "WORKER_ABSENT")
    assert "Nothing was sent" in answer.json()["detail"]
    assert (started.code, "WORKER_ABSENT" in started.err) == (7, True)
    assert "may have been taken" not in started.err
    with pytest.raises(RPCError) as unknown:
        await temporal.get_workflow_handle(
            workflow_id_of(organization["organization_id"], "start-absent")
        ).describe()
    assert unknown.value.status == RPCStatusCode.NOT_FOUND


async def test_a_worker_is_seen_while_it_lives_and_missed_when_it_is_gone(idle: ConsoleWorld) -> None:
    """With a worker all parts work and the refused request is taken; Temporal's list outlives the worker."""
    queue = idle.settings.task_queue
    body = start_body(await idle.organization(users=5), request_id="start-refused")
    later = start_body(await idle.organization(seed=2, users=5), request_id="start-later")
    refused = await idle.post("/api/switches", body)

    async with _working(idle.settings):
        await _parts(idle, _all_work)
        up = await _once(partial(_up, idle), lambda up: set(up.values()) == {1})
        code, printed = await _once(partial(_doctor, idle), lambda ran: ran[0] == 0)
        taken = await idle.post("/api/switches", body)
    found = await _parts(idle, lambda parts: parts[f"worker {queue}"]["state"] == "down")
    answer = await idle.post("/api/switches", later)

    assert refused.json()["code"] == "WORKER_ABSENT"
    assert set(up.values()) == {1}
    assert code == 0, printed
    assert taken.status_code == 201, taken.text
    assert found["reconciler"]["state"] == "down"
    assert (answer.status_code, answer.json()["code"]) == (503, "WORKER_ABSENT")


async def test_a_stranger_who_asks_for_work_is_no_worker(idle: ConsoleWorld, temporal: Client) -> None:
    """Whoever reaches Temporal can poll: it counts for nothing, is told of, and named by doctor alone."""
    part = f"worker {idle.settings.task_queue}"
    body = start_body(await idle.organization(users=5))
    async with asking_for_work(temporal, idle.settings.task_queue):
        found = await _parts(idle, lambda parts: "stranger" in parts[part]["detail"])
        metrics = (await idle.get("/metrics")).text
        answer = await idle.post("/api/switches", body)
        _, printed = await _doctor(idle)

    assert (found[part]["state"], found[part]["code"]) == ("down", "WORKER_ABSENT")
    assert STRANGER not in str(found)
    assert STRANGER in "".join(printed.split())
    assert f'planswitch_part_strangers{{part="{part}"}} 1.0' in metrics
    assert (answer.status_code, answer.json()["code"]) == (503, "WORKER_ABSENT")


@pytest.mark.long
async def test_a_request_that_temporal_holds_is_told_to_run_later(
    idle: ConsoleWorld, temporal: Client
) -> None:
    """Whatever sent it before: it is told for certain that it runs, and how to ask for its answer."""
    organization = await idle.organization(users=5)
    body = start_body(organization, request_id="held-0001")
    await temporal.start_workflow(
        SWITCH,
        id=workflow_id_of(organization["organization_id"], "held-0001"),
        task_queue=idle.settings.task_queue,
    )

    answer = await idle.post("/api/switches", body)

    assert (answer.status_code, answer.json()["code"]) == (503, "WORKER_ABSENT")
    assert "it runs, and is charged, if a worker is back within five minutes" in answer.json()["detail"]
    assert "held-0001" in answer.json()["remedy"]


async def test_a_start_that_no_worker_took_is_told_to_run_later(idle: ConsoleWorld, temporal: Client) -> None:
    """A worker that stopped in this moment is not missed yet: the request was sent, and Temporal holds it."""
    order = idle.world.order(await idle.organization(users=5))

    async def connect() -> Client:
        return temporal

    workflows = SwitchWorkflows(connect, task_queue=f"nobody-{uuid.uuid4().hex}", signer=CommandSigner(KEYS))

    with pytest.raises(WorkerAbsent, match="Temporal holds this request") as told:
        await workflows.start(order, source_plan_id="x")
    assert order.request_id in told.value.remedy


class _Unreadable:
    def heartbeats(self) -> tuple[()]:
        raise VaultLocked("whatever the database says")

    def known_workers(self) -> KnownWorkers:
        raise VaultLocked("whatever the database says")


async def test_without_signs_of_life_the_pollers_decide(idle: ConsoleWorld, temporal: Client) -> None:
    """A database that is down tells neither signs of life nor who is known: no worker is refused for that."""
    watch = WorkerWatch(_Unreadable())
    own = f"not-{idle.settings.task_queue}"

    assert await watch.absent_queues(temporal, own) == ()


def test_another_master_key_is_seen_and_no_worker_works_with_it(database_url: str, tmp_path: Path) -> None:
    """The first key becomes the database's; readiness sees another one, and a worker refuses to start."""
    migrate(database_url)
    create(database_url)
    right, wrong = tmp_path / "master.key", tmp_path / "other.key"
    for each in (right, wrong):
        FileKeyProvider.create(each)
    with SwitchStore.open(database_url, FileKeyProvider(right)) as store:
        before = _master_key(database_url, right)
        store.vault.require_right_key()
    settings = load_settings(
        data_dir=tmp_path,
        database_url=database_url,
        master_key_file=wrong,
        command_key_file=key_file(tmp_path),
    )

    assert (before.state, before.detail) == ("ok", "nothing is sealed by it yet")
    assert _master_key(database_url, right).state == "ok"
    assert (_master_key(database_url, wrong).state, _master_key(database_url, wrong).code) == (
        "down",
        "VAULT_LOCKED",
    )
    assert _master_key(database_url, tmp_path / "gone.key").code == "VAULT_LOCKED"
    with pytest.raises(VaultLocked), open_toolbox(settings):
        pass


def test_a_key_is_proved_by_what_it_sealed_before_there_was_a_check(
    database_url: str, tmp_path: Path
) -> None:
    """A wrong key can't become the right one of a database that was used before the check was there."""
    migrate(database_url)
    right = FileKeyProvider.create(tmp_path / "master.key")
    wrong = FileKeyProvider.create(tmp_path / "other.key")
    with SwitchStore.open(database_url, right) as store:
        store.vault.keys_for("an-organization", ["a-user"])

    with SwitchStore.open(database_url, wrong) as store, pytest.raises(VaultLocked):
        store.vault.require_right_key()
    with psycopg.connect(database_url, row_factory=dict_row) as connection:
        assert is_key_proved(connection, right)


def _master_key(database_url: str, path: Path) -> Any:
    return next(
        each
        for each in look_at_store(database_url, lambda: FileKeyProvider(path)).parts
        if each.part == "master key"
    )


async def test_search_attributes_that_are_missing_are_named(temporal: Client) -> None:
    """A namespace without them takes no switch: it is down, with the command that makes them."""
    name = f"bare-{uuid.uuid4().hex}"
    retention = Duration()
    retention.FromTimedelta(timedelta(days=1))
    await temporal.workflow_service.register_namespace(
        RegisterNamespaceRequest(namespace=name, workflow_execution_retention_period=retention)
    )
    config = temporal.config()
    config["namespace"] = name
    bare = Client(**config)

    async def connect() -> Client:
        return bare

    for _ in range(LOOKS_MAX):
        seen = await look_at_temporal(connect, "any")
        if seen.temporal.state == "ok":
            break
        # A server needs some seconds to know a new namespace everywhere.
        await asyncio.sleep(0.2)

    assert (seen.temporal.state, seen.search_attributes.state) == ("ok", "down")
    assert seen.search_attributes.code == "SEARCH_ATTRIBUTES_MISSING"
    assert "--name SwitchStage --type Keyword" in seen.search_attributes.remedy


def test_a_projector_is_seen_while_it_lives_and_missed_when_it_is_gone(
    database_url: str, tmp_path: Path
) -> None:
    """Its last round counts, not whether events wait: what is shown is never called current without it."""
    migrate(database_url)
    create(database_url)
    states = []

    def until(state: str) -> None:
        tick = threading.Event()
        for _ in range(LOOKS_MAX):
            (found,) = status(database_url)
            if found.state == state:
                return states.append(found)
            tick.wait(0.1)
        raise AssertionError(found)

    until("silent")
    with _projecting(database_url):
        until("ok")
    until("silent")

    never, _, gone = states
    assert never.silence_seconds is None
    assert gone.shown_age_seconds >= 5
