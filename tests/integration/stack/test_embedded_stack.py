"""The supervisor keeps its children up, ends them with itself, and owns its folder alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from ops.processes.errors import StackInUse, StackStartFailed
from ops.processes.processes import ManagedProcess, Service, Task, free_port, is_alive, is_answering
from ops.stack import supervisor
from ops.stack.postgres_server import EmbeddedPostgres
from ops.stack.supervisor import _BACK_OFF_FACTOR, _BACK_OFF_FIRST_SECONDS, Stack, StackState, running_stack

#: Ends what hangs. A part is back within seconds, and a busy machine makes many of them.
_COMEBACK_SECONDS = 120.0
_PROJECT = Path(__file__).parents[3]


def _web(folder: Path, name: str, port: int) -> Service:
    """Return a tiny web server as a service."""
    return Service(
        name=name,
        command=[sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"],
        environment=dict(os.environ),
        log_file=folder / f"{name}.log",
        probe=lambda: is_answering(port, "/"),
        folder=folder,
    )


def _task(folder: Path, name: str, code: str) -> Task:
    """Return a task that runs a line of Python."""
    return Task(
        name=name,
        command=[sys.executable, "-c", code],
        environment=dict(os.environ),
        log_file=folder / f"{name}.log",
        folder=folder,
    )


def _stack(folder: Path, *stages: list[ManagedProcess]) -> Stack:
    """Return a stack of stub parts on a folder."""
    return Stack(data_dir=folder, stages=stages, describe=_describe)


def _describe(stack: Stack) -> StackState:
    """Return the state of a stack of stubs."""
    return StackState(
        process_id=os.getpid(), urls={}, api_key_file="", children=stack.children(), environment={}
    )


def _eventually(is_true: Callable[[], bool], seconds: float = _COMEBACK_SECONDS) -> bool:
    """Tell whether something becomes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_true():
            return True
        time.sleep(0.05)
    return False


def test_a_killed_child_is_back(tmp_path: Path) -> None:
    """A child killed with SIGKILL answers again, as another process."""
    port = free_port()
    with _stack(tmp_path, [_web(tmp_path, "console", port)]) as stack:
        first = stack.children()["console"]
        os.kill(first, signal.SIGKILL)

        assert _eventually(lambda: stack.children().get("console") not in {None, first})
        assert _eventually(lambda: is_answering(port, "/"))
        recorded = json.loads((tmp_path / "stack.json").read_text())
        assert recorded["children"]["console"] == stack.children()["console"]


def _instants(file: Path) -> list[float]:
    """Return when a part was launched, by its own readings of the monotonic clock."""
    return [float(each) for each in file.read_text().split()] if file.exists() else []


def test_a_child_that_always_fails_is_tried_with_growing_pauses(tmp_path: Path) -> None:
    """A part that ends at once after it was up is launched again and again, at most every 5 seconds."""
    ran = tmp_path / "ran"
    code = f"import pathlib, time; pathlib.Path({str(ran)!r}).open('a').write(f'{{time.monotonic()}} ')"
    part = Service(
        name="flaky",
        command=[sys.executable, "-c", code],
        environment=dict(os.environ),
        log_file=tmp_path / "flaky.log",
        probe=lambda: True,
    )
    with _stack(tmp_path, [part]):
        assert _eventually(lambda: len(_instants(ran)) >= 4)

    first, second, third, fourth = _instants(ran)[:4]
    assert second - first >= _BACK_OFF_FIRST_SECONDS
    assert third - second >= _BACK_OFF_FIRST_SECONDS * _BACK_OFF_FACTOR
    assert fourth - third >= _BACK_OFF_FIRST_SECONDS * _BACK_OFF_FACTOR**2


def test_a_failing_task_stops_what_was_started(tmp_path: Path) -> None:
    """A task that fails ends the start with the end of its log, and nothing keeps running."""
    port = free_port()
    web = _web(tmp_path, "sandbox", port)
    stack = _stack(tmp_path, [web], [_task(tmp_path, "migrate", "raise SystemExit('no such schema')")])

    with pytest.raises(StackStartFailed, match=r"migrate ended with status 1.*\n.*no such schema"):
        stack.start()

    assert not is_answering(port, "/")
    assert running_stack(tmp_path) is None


def test_stages_start_in_order(tmp_path: Path) -> None:
    """A task of a later stage finds the server of an earlier one up."""
    port = free_port()
    code = f"import urllib.request; urllib.request.urlopen('http://127.0.0.1:{port}/')"

    with _stack(tmp_path, [_web(tmp_path, "sandbox", port)], [_task(tmp_path, "migrate", code)]) as stack:
        assert list(stack.children()) == ["sandbox"]


def test_two_stacks_on_one_folder_are_refused(tmp_path: Path) -> None:
    """A second stack on a folder is refused by the holder's process id, and finds where the first runs."""
    with _stack(tmp_path, [_web(tmp_path, "console", free_port())]) as stack:
        with pytest.raises(StackInUse, match=str(os.getpid())):
            _stack(tmp_path).start()
        found = running_stack(tmp_path)

    assert found is not None
    assert found.children == stack.children() or found.process_id == os.getpid()
    assert running_stack(tmp_path) is None


def _supervisor_process(folder: Path, port: int) -> subprocess.Popen[str]:
    """Start a supervisor of one stub service in a process of its own; it prints its child's id."""
    code = f"""
from pathlib import Path
from ops.base.log import configure_logging
from ops.stack.supervisor import run_until_stopped
from tests.integration.stack.test_embedded_stack import _stack, _web
configure_logging(json=True)
folder = Path({str(folder)!r})
run_until_stopped(
    _stack(folder, [_web(folder, "console", {port})]),
    lambda state: print(state.children["console"], flush=True),
)
"""
    return subprocess.Popen([sys.executable, "-c", code], cwd=_PROJECT, stdout=subprocess.PIPE, text=True)


def _child_of(supervisor: subprocess.Popen[str]) -> int:
    """Return the child's process id that the supervisor printed."""
    assert supervisor.stdout is not None
    child = int(supervisor.stdout.readline())
    assert is_alive(child)
    return child


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_children_end_with_their_supervisor(tmp_path: Path, number: signal.Signals) -> None:
    """Children are gone within seconds however the supervisor ends, SIGKILL included."""
    supervisor = _supervisor_process(tmp_path, free_port())
    try:
        child = _child_of(supervisor)
        supervisor.send_signal(number)
        status = supervisor.wait(timeout=60)
    finally:
        supervisor.kill()
        supervisor.communicate()

    assert _eventually(lambda: not is_alive(child))
    assert status == (-signal.SIGKILL if number == signal.SIGKILL else 0)
    assert running_stack(tmp_path) is None


def test_a_stack_starts_again_after_its_supervisor_was_killed(tmp_path: Path) -> None:
    """The folder of a killed supervisor is free at once, and its stale state is not believed."""
    supervisor = _supervisor_process(tmp_path, free_port())
    _child_of(supervisor)
    supervisor.kill()
    supervisor.communicate()

    assert running_stack(tmp_path) is None
    with _stack(tmp_path, [_web(tmp_path, "console", free_port())]) as stack:
        assert "console" in stack.children()


def test_a_killed_database_is_back(reachable_folder: Path) -> None:
    """PostgreSQL killed under a connected client answers on the same port again."""
    postgres = EmbeddedPostgres(reachable_folder / "postgres", settings={"fsync": "off"})
    with _stack(reachable_folder, [postgres]), psycopg.connect(postgres.url("postgres")) as client:
        client.execute("SELECT 1")
        first = postgres.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)

        assert _eventually(lambda: postgres.pid not in {None, first} and postgres.is_ready())
        client.close()


def test_a_database_ends_with_its_supervisor_and_can_be_started_again(reachable_folder: Path) -> None:
    """PostgreSQL shuts down when its supervisor is killed, and the folder is ready for the next."""
    code = f"""
import time
from pathlib import Path
from ops.base.log import configure_logging
from ops.stack.postgres_server import EmbeddedPostgres
configure_logging(json=True)
server = EmbeddedPostgres(Path({str(reachable_folder / "postgres")!r}))
server.start()
print(server.pid, flush=True)
time.sleep(600)
"""
    supervisor = subprocess.Popen(
        [sys.executable, "-c", code], cwd=_PROJECT, stdout=subprocess.PIPE, text=True
    )
    try:
        child = _child_of(supervisor)
    finally:
        supervisor.kill()
        supervisor.communicate()

    with EmbeddedPostgres(reachable_folder / "postgres") as again:
        assert again.is_ready()
        assert not is_alive(child)


def test_a_log_that_grows_is_rotated_while_its_process_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The supervisor rotates the log of a running part, which goes on in the same file (logs#rotation)."""
    monkeypatch.setattr(supervisor, "LOG_BYTES_MAX", 1_000)
    monkeypatch.setattr(supervisor, "_ROTATION_SECONDS", 0.1)
    port = free_port()
    earlier, log = tmp_path / "console.log.1", tmp_path / "console.log"
    with _stack(tmp_path, [_web(tmp_path, "console", port)]) as stack:
        process_id = stack.children()["console"]
        # Each request is a line of its log.
        assert _eventually(lambda: is_answering(port, "/") and earlier.exists())
        assert is_answering(port, "/")
        assert _eventually(lambda: b"GET" in log.read_bytes())

    assert stack.parts[0].process is None
    assert is_alive(process_id) is False
    assert b"GET" in earlier.read_bytes()
