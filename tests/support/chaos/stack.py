"""A running embedded stack as an operator meets it: HTTP in, the sandbox's referee as the judge."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from ops.base.settings import ENVIRONMENT_PREFIX, STATE_FILE
from ops.processes.processes import is_alive, start_child, stop_child
from ops.stack.supervisor import StackState
from tests.support.clouds.plain_http import WITHOUT_TLS

SOURCE_PLAN = "18181a46-0d4e-45cd-891e-60aabd171b4e"
TARGET_PLAN = "ENTERPRISEPACK"
TARGET_PLAN_ID = "6fd2c87f-b296-42f0-b197-1e91e994b900"
POLL_SECONDS = 0.1
START_SECONDS_MAX = 90.0
STOP_SECONDS_MAX = 60.0
#: The supervisor, beside the names of its children.
SUPERVISOR = "supervisor"
CLEAN = {
    "unlicensed_user_seconds": 0,
    "data_service_gap_user_seconds": 0,
    "double_charges": 0,
    "unbilled_days": 0,
    "orphan_orders": 0,
    "wrong_amounts": 0,
    "renewal_differences": 0,
}
_PROJECT = Path(__file__).parents[3]


class RunningStack:
    """`planswitch up` on a folder, its API and its sandbox.

    Args:
        folder: Holds the stack.
        environment: Variables for all of its parts, beside those of this process.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self._environment = {**os.environ, f"{ENVIRONMENT_PREFIX}KEEP_ACCOUNT": "true", **environment}
        self._supervisor: subprocess.Popen[bytes] | None = None
        self._clients: list[httpx2.Client] = []

    def start(self) -> None:
        """Start a supervisor, and return when every part can be used."""
        self._supervisor = self._child("up", "--data-dir", str(self.folder), "--free-ports")
        deadline = time.monotonic() + START_SECONDS_MAX
        while not self._is_up():
            log = (self.folder / "up.log").read_text(encoding="utf-8")
            assert self._supervisor.poll() is None, f"the supervisor ended: {log}"
            assert time.monotonic() < deadline, f"the stack did not come up: {log}"
            time.sleep(POLL_SECONDS)
        key = Path(self.state.api_key_file).read_text(encoding="utf-8").strip()
        urls = self.state.urls
        self._close_clients()
        self._clients = [
            httpx2.Client(
                verify=WITHOUT_TLS, base_url=urls["console"], headers={"X-API-Key": key}, timeout=60
            ),
            httpx2.Client(verify=WITHOUT_TLS, base_url=urls["sandbox"], timeout=60),
        ]

    def stop(self) -> None:
        """Stop everything."""
        self._close_clients()
        if self._supervisor is not None:
            stop_child(self._supervisor, signal_number=signal.SIGTERM, timeout_seconds=STOP_SECONDS_MAX)

    def _child(self, command: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        return start_child(
            [sys.executable, "-m", "cli.main", command, *arguments],
            log_file=self.folder / f"{command}.log",
            environment={**self._environment, **environment},
            folder=_PROJECT,
        )

    def _is_up(self) -> bool:
        # Not by ops.stack.supervisor: to look it takes the folder's lock, maybe when the supervisor wants
        # it.
        supervisor = self._supervisor
        is_written = (self.folder / STATE_FILE).exists()
        return is_written and supervisor is not None and self.state.process_id == supervisor.pid

    def _close_clients(self) -> None:
        for client in self._clients:
            client.close()

    @property
    def state(self) -> StackState:
        """What the supervisor wrote down."""
        return StackState(**json.loads((self.folder / STATE_FILE).read_text(encoding="utf-8")))

    @property
    def api(self) -> httpx2.Client:
        """The console's API."""
        return self._clients[0]

    @property
    def sandbox(self) -> httpx2.Client:
        """The sandbox's control API."""
        return self._clients[1]

    def organization(self, *, seed: int, users: int, **options: Any) -> str:
        """Make an organization and return its id."""
        body = {"seed": seed, "users": users, "plan_id": SOURCE_PLAN, "options": options}
        answer = self.sandbox.post("/sandbox/organizations", json=body).raise_for_status()
        return str(answer.json()["organization_id"])

    def own(self, organization_id: str, *, licenses: int) -> str:
        """Let an organization own E3 from another seller, and return the directory's id of it."""
        edit = {
            "kind": "purchase",
            "plan_id": TARGET_PLAN_ID,
            "quantity": licenses,
            "is_sold_elsewhere": True,
        }
        path = f"/sandbox/organizations/{organization_id}/edits"
        self.sandbox.post(path, json=edit).raise_for_status()
        answer = self.sandbox.get(
            "/v1.0/directory/subscriptions", headers={"Authorization": f"Bearer sandbox-{organization_id}"}
        )
        rows = answer.raise_for_status().json()["value"]
        return next(str(row["id"]) for row in rows if row["skuId"] == TARGET_PLAN_ID)

    def settings(self, **changes: Any) -> None:
        """Change settings of the sandbox."""
        self.sandbox.post("/sandbox/settings", json=changes).raise_for_status()

    def start_switch(
        self, organization_id: str, *, request_id: str | None = None, payment_method: str = "card"
    ) -> str:
        """Start a switch to E3 and return its id."""
        body = {
            "organization_id": organization_id,
            "target_plan": TARGET_PLAN,
            "request_id": request_id or uuid.uuid4().hex,
            "payment_method": payment_method,
            "accept": True,
            "reason": "chaos",
        }
        answer = self.api.post("/api/switches", json=body)
        assert answer.is_success, answer.text
        return str(answer.json()["switch_id"])

    def row(self, switch_id: str) -> dict[str, Any]:
        """Return the switch's row of the board, {} while the console can't tell."""
        try:
            answer = self.api.get(f"/api/switches/{switch_id}")
        except httpx2.TransportError:
            return {}
        row: dict[str, Any] = answer.json() if answer.status_code == httpx2.codes.OK else {}
        return row

    def wait_for(self, switch_id: str, *stages: str, seconds: float = 90) -> dict[str, Any]:
        """Wait until the switch is in one of the stages."""
        deadline = time.monotonic() + seconds
        row: dict[str, Any] = {}
        while time.monotonic() < deadline:
            row = self.row(switch_id)
            if row.get("stage") in stages:
                return row
            time.sleep(POLL_SECONDS)
        raise AssertionError(f"switch {switch_id} is not {stages} after {seconds} s but {row}")

    def wait_for_calls(self, organization_id: str, moved: int, seconds: float = 60) -> None:
        """Wait until the sandbox has moved so many users of the organization."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.moved(organization_id) >= moved:
                return
            time.sleep(POLL_SECONDS)
        raise AssertionError(f"the license step never moved {moved} users")

    def moved(self, organization_id: str) -> int:
        """Count the users of the organization who do not hold the source plan."""
        answer = self.sandbox.get(f"/sandbox/organizations/{organization_id}/users").raise_for_status()
        held = [user["licenseAssignmentStates"] for user in answer.json()["users"]]
        return sum(all(each["skuId"] != SOURCE_PLAN for each in licenses) for licenses in held)

    def process_id(self, part: str) -> int:
        """Return the process id of a part, once it has one; `supervisor` is a part too."""
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            state = self.state
            found = state.process_id if part == SUPERVISOR else state.children.get(part)
            if found is not None and is_alive(found):
                return found
            time.sleep(POLL_SECONDS)
        raise AssertionError(f"{part} does not run")

    def kill(self, part: str) -> int:
        """Kill -9 one part by its process id; a killed supervisor is started anew."""
        process_id = self.process_id(part)
        os.kill(process_id, signal.SIGKILL)
        if part == SUPERVISOR and self._supervisor is not None:
            self._supervisor.wait()
            self.start()
        return process_id

    @contextmanager
    def second_worker(self) -> Iterator[int]:
        """Run one more worker of the stack, beside the supervisor's, and yield its process id."""
        ready = self.folder / "run" / f"worker-{uuid.uuid4().hex}.ready"
        joining = {**self.state.environment, f"{ENVIRONMENT_PREFIX}READY_FILE": str(ready)}
        worker = self._child("worker", **joining)
        try:
            deadline = time.monotonic() + START_SECONDS_MAX
            while not ready.exists():
                assert worker.poll() is None, "the second worker ended"
                assert time.monotonic() < deadline, "the second worker did not come up"
                time.sleep(POLL_SECONDS)
            yield worker.pid
        finally:
            os.kill(worker.pid, signal.SIGCONT)
            stop_child(worker, signal_number=signal.SIGTERM, timeout_seconds=STOP_SECONDS_MAX)

    @contextmanager
    def suspended(self, process_id: int) -> Iterator[None]:
        """Stop a process with SIGSTOP, and let it go on with SIGCONT when the block ends."""
        os.kill(process_id, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(process_id, signal.SIGCONT)

    def verdict(self, organization_id: str) -> dict[str, Any]:
        """Return all that the referee says on an organization."""
        answer = until_answered(
            lambda: self.sandbox.get("/sandbox/referee", params={"organization_id": organization_id})
        )
        verdict: dict[str, Any] = answer.raise_for_status().json()
        return verdict

    def referee(self, organization_id: str) -> dict[str, Any]:
        """Return the referee's five figures."""
        verdict = self.verdict(organization_id)
        return {name: verdict[name] for name in CLEAN}

    def counts(self, organization_id: str) -> tuple[int, int]:
        """Return how many orders and cancellations the seller has seen."""
        verdict = self.verdict(organization_id)
        return verdict["orders"], verdict["cancellations"]


def until_answered(ask: Callable[[], httpx2.Response]) -> httpx2.Response:
    """Ask until somebody answers: the part may just be on its way back."""
    deadline = time.monotonic() + START_SECONDS_MAX
    while True:
        try:
            answer = ask()
            if not answer.is_server_error or time.monotonic() > deadline:
                return answer
        except (httpx2.TransportError, RuntimeError):
            if time.monotonic() > deadline:
                raise
        time.sleep(POLL_SECONDS)


@contextmanager
def running_stack(folder: Path, **environment: str) -> Iterator[RunningStack]:
    """Run a whole stack in a folder until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    stack = RunningStack(folder, environment)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()
