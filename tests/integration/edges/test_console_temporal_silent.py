"""Commands while Temporal is stopped: answered soon, with what is silent, what was sent and how to repeat."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx2
import pytest
from temporalio.client import Client

from cli.base import client as console_side
from ops.base.payloads import data_converter
from ops.stack.temporal_server import EmbeddedTemporal
from services.temporal import temporal_watch, worker_watch
from services.temporal.temporal_watch import (
    HEALTH_TIMEOUT,
    SILENCE_SECONDS_MAX,
    TAKEN_SECONDS_MAX,
    WATCH_SECONDS,
)
from services.temporal.worker_watch import ABSENT_SECONDS_MAX, LOOK_SECONDS, RPC_TIMEOUT
from tests.support.clouds.cloud_server import running_sandbox
from tests.support.clouds.plain_http import WITHOUT_TLS
from tests.support.consoles.console_world import LOOKS_MAX, ConsoleWorld, open_console_world, start_body

#: What a command may take from its first byte to its last line.
COMMAND_SECONDS_MAX = 10.0
#: Starts that wait at once: more than the threads of the server's pool.
STARTS = 60
#: Temporal is awaited so long that no start is answered before Temporal goes on.
PATIENT_SECONDS = 600.0
#: Commands that a switch takes while its seller provisions, or refuses by its own word.
COMMANDS = ("pause", "resume", "retry", "cancel", "rollback", "restart")


@asynccontextmanager
async def _console_on(
    server: EmbeddedTemporal, database_url: str, folder: Path, **options: Any
) -> AsyncIterator[ConsoleWorld]:
    """Open a console with everything behind it on a Temporal server that nobody else uses."""
    client = await Client.connect(server.address, data_converter=data_converter)
    with running_sandbox(folder / "cloud") as sandbox:
        async with open_console_world(client, database_url, sandbox, folder, **options) as console:
            yield console


@contextmanager
def _stopped(server: EmbeddedTemporal) -> Iterator[None]:
    """Let the server stand still: it takes connections and answers nothing."""
    assert server.pid is not None
    os.kill(server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.pid, signal.SIGCONT)


@contextmanager
def _killed(server: EmbeddedTemporal) -> Iterator[None]:
    """Let the server be gone: nothing listens on its port."""
    assert server.pid is not None
    assert server.process is not None
    os.kill(server.pid, signal.SIGKILL)
    server.process.wait()
    try:
        yield
    finally:
        server.start()


async def _provisioning(console: ConsoleWorld) -> tuple[str, dict[str, Any]]:
    """Return a switch that waits for its seller, and another organization."""
    console.world.sandbox.settings(provisioning_delay_seconds=600)
    organization = await console.organization(users=5)
    answer = await console.post("/api/switches", start_body(organization))
    switch_id = answer.json()["switch_id"]
    await console.until(switch_id, "credit_cleared")
    return switch_id, await console.organization(seed=2, users=5)


def _says_what_is_silent(answer: httpx2.Response, request_id: str) -> None:
    """Temporal was silent before anything was sent to it, so the answer is certain."""
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (503, "TEMPORAL_ABSENT"), answer.text
    assert "Temporal does not answer" in problem["detail"]
    assert "Nothing was sent" in problem["detail"]
    assert request_id in problem["remedy"]


def test_what_a_command_waits_for_leaves_time_to_print() -> None:
    """The bounds of Temporal's silence and the worker's leave two seconds to the command line."""
    temporal = WATCH_SECONDS + SILENCE_SECONDS_MAX + HEALTH_TIMEOUT.total_seconds()
    before = SILENCE_SECONDS_MAX + RPC_TIMEOUT.total_seconds()
    console = console_side.WATCH_SECONDS + console_side.SILENCE_SECONDS_MAX + console_side.SIGN_SECONDS_MAX

    assert max(temporal, TAKEN_SECONDS_MAX, before, console) <= COMMAND_SECONDS_MAX - 2
    assert ABSENT_SECONDS_MAX + LOOK_SECONDS < SILENCE_SECONDS_MAX


@pytest.mark.parametrize("silenced", [_stopped, _killed])
async def test_every_command_says_that_temporal_is_silent_and_acts_once_afterwards(
    silenced: Any, database_url: str, tmp_path: Path
) -> None:
    """No command waits for its own time limit; the same request id is taken when Temporal is back."""
    with EmbeddedTemporal(tmp_path / "temporal") as server:
        async with _console_on(server, database_url, tmp_path) as console:
            switch_id, other = await _provisioning(console)
            path = f"/api/switches/{switch_id}"
            start = start_body(other, request_id="start-0001")
            with silenced(server):
                answers, printed = await asyncio.gather(
                    asyncio.gather(
                        *(
                            console.post(f"{path}/{name}", {"reason": "phones", "request_id": f"{name}-0001"})
                            for name in COMMANDS
                        ),
                        console.post("/api/switches", start),
                    ),
                    console.run("switch", "pause", switch_id, "--reason", "x", "--request-id", "own-0001"),
                )
            again = {"reason": "phones", "request_id": "pause-0001"}
            paused = await _repeated(console, f"{path}/pause", again)
            started = await _repeated(console, "/api/switches", start)

    for name, answer in zip((*COMMANDS, "start"), answers, strict=True):
        _says_what_is_silent(answer, "" if name == "restart" else f"{name}-0001")
    assert printed.code == 7, printed
    assert "request id own-0001" in " ".join(printed.err.split())
    assert "may have been taken" not in printed.err
    assert paused.status_code == 200, paused.text
    assert started.status_code in {200, 201}, started.text


async def _repeated(console: ConsoleWorld, path: str, body: dict[str, Any]) -> httpx2.Response:
    """Send a command as often as Temporal is still away, as its remedy says."""
    for _ in range(LOOKS_MAX):
        answer = await console.post(path, body)
        if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
            return answer
    raise AssertionError(answer.text)


async def test_starts_that_wait_for_temporal_stop_nobody_else(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More starts wait than the server has threads, and a list is answered before any of them (ADR 23)."""
    for module in (temporal_watch, worker_watch):
        monkeypatch.setattr(module, "SILENCE_SECONDS_MAX", PATIENT_SECONDS)
    with EmbeddedTemporal(tmp_path / "temporal") as server:
        async with _console_on(server, database_url, tmp_path) as console:
            # Refused once Temporal goes on, so that the test is over soon after.
            body = start_body(await console.organization(users=5), target_plan="no such plan")
            async with httpx2.AsyncClient(
                verify=WITHOUT_TLS,
                base_url=console.url,
                headers=console.http.headers,
                timeout=PATIENT_SECONDS,
                limits=httpx2.Limits(max_connections=None),
            ) as http:
                with _stopped(server):
                    starts = [
                        asyncio.create_task(
                            http.post("/api/switches", json={**body, "request_id": f"s-{each}"})
                        )
                        for each in range(STARTS)
                    ]
                    await _until_all_wait()
                    shown = await http.get("/api/switches")
                    answered = [each for each in starts if each.done()]
                answers = await asyncio.gather(*starts)

    assert shown.status_code == HTTPStatus.OK, shown.text
    assert answered == []
    assert {each.json()["code"] for each in answers} == {"UNKNOWN_PLAN"}


async def _until_all_wait() -> None:
    """Wait until each start has a thread of its own."""
    for _ in range(LOOKS_MAX // 10):
        threads = [each for each in threading.enumerate() if each.name.startswith("AnyIO worker thread")]
        if len(threads) >= STARTS:
            return
        await asyncio.sleep(LOOK_SECONDS)
    raise AssertionError(f"{len(threads)} threads serve {STARTS} starts")
