"""Worker, projector and sealer answer probes by themselves (docs/metrics.md#probes)."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psycopg
from temporalio.testing import WorkflowEnvironment

from audit.seals.places import SealPlaces
from audit.seals.sealing import SealingProcess
from ops.base.settings import Settings, load_settings
from ops.processes.processes import LOOPBACK, free_port
from ops.telemetry.probes import probed
from projections.running.projector import Projector
from projections.running.schema import create
from store.health.process_health import SEALS, ProcessHealth
from store.migrate import migrate
from store.vault.keys import FileKeyProvider
from tests.support.clouds.cloud_server import running_sandbox
from tests.support.worlds.signing import key_file
from worker import run as run_worker

LOOKS_MAX = 300
LOOK_SECONDS = 0.1


def _store_event(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO planswitch.switch_events (originator_id, originator_version, topic, state)"
            " VALUES (gen_random_uuid(), 1, 'nobody.knows', '{}')"
        )


def _get(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection(LOOPBACK, port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except OSError:
        return 0, ""
    finally:
        connection.close()


async def _ready(port: int, is_so: Callable[[int, str], bool]) -> dict[str, Any]:
    """Return what `/ready` says, once it is as wanted."""
    status, text = 0, ""
    for _ in range(LOOKS_MAX):
        status, text = await asyncio.to_thread(_get, port, "/ready")
        if is_so(status, text):
            facts: dict[str, Any] = json.loads(text)
            return facts
        await asyncio.sleep(LOOK_SECONDS)
    raise AssertionError((status, text))


async def test_a_worker_is_ready_when_temporal_lists_it(
    temporal_env: WorkflowEnvironment, database_url: str, tmp_path: Path
) -> None:
    """A worker answers where its setting says, with its own figures and those of the SDK."""
    migrate(database_url)
    create(database_url)
    FileKeyProvider.create(tmp_path / "master.key")
    port, stop = free_port(), asyncio.Event()
    with running_sandbox(tmp_path / "cloud") as sandbox:
        settings = load_settings(
            data_dir=tmp_path,
            database_url=database_url,
            master_key_file=tmp_path / "master.key",
            command_key_file=key_file(tmp_path),
            temporal_address=temporal_env.client.service_client.config.target_host,
            task_queue=f"probes-{port}",
            cloud_url=sandbox.url,
            probe_port=port,
        )
        running = asyncio.create_task(run_worker(settings, stop))
        await _ready(port, lambda status, _: status == 200)
        live, _ = await asyncio.to_thread(_get, port, "/live")
        _, figures = await asyncio.to_thread(_get, port, "/metrics")
        stop.set()
        await running

    assert live == 200
    assert 'planswitch_process_ready{process="worker"} 1.0' in figures
    assert "planswitch_quota_used_share 0.0" in figures
    assert f'task_queue="probes-{port}"' in figures


async def test_a_projector_is_alive_and_ready_once_it_reads_the_log(database_url: str) -> None:
    """A projector that has its tables and its database answers 200 to both probes (metrics#probes)."""
    migrate(database_url)
    create(database_url)
    port, stop, health = free_port(), threading.Event(), ProcessHealth()
    with probed(Settings(probe_port=port), "project", health):
        thread = threading.Thread(target=Projector(database_url, health).run, args=(stop,))
        thread.start()
        await _ready(port, lambda status, _: status == 200)
        live, _ = await asyncio.to_thread(_get, port, "/live")
        stop.set()
        thread.join()

    assert live == 200


async def test_a_sealer_that_lost_its_keys_is_not_ready(database_url: str, tmp_path: Path) -> None:
    """It seals nothing, says so with a code, and goes on when the keys are back (metrics#probes)."""
    migrate(database_url)
    places = SealPlaces(
        database_url=database_url, folder=tmp_path / "seals", key_file=tmp_path / "seal.key", seal_seconds=0.1
    )
    port, stop, health = free_port(), threading.Event(), ProcessHealth()
    with probed(Settings(probe_port=port), "sealer", health):
        thread = threading.Thread(target=SealingProcess(places, health).run, args=(stop,))
        thread.start()
        _store_event(database_url)
        await _ready(port, lambda status, _: status == 200 and places.key_file.exists())
        places.key_file.rename(tmp_path / "away")
        _store_event(database_url)
        found = await _ready(port, lambda status, _: status == 503)
        (tmp_path / "away").rename(places.key_file)
        await _ready(port, lambda status, _: status == 200)
        stop.set()
        thread.join()

    assert [each["part"] for each in found["missing"]] == [SEALS]
    assert found["missing"][0]["code"].startswith("SEAL_KEY")
