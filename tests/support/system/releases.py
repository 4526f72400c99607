"""An installation while it is upgraded: processes of an older release and of today's beside each other."""

from __future__ import annotations

import asyncio
import io
import json
import signal
import subprocess
import tarfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from temporalio.client import Client

from ops.base.code_place import CODE_FOLDER
from ops.processes.processes import LOOPBACK, free_port, is_answering, stop_child
from services.temporal.deployments import Deployment
from tests.support.chaos.stack import POLL_SECONDS
from tests.support.system.installation import PARTS, Installation
from tests.support.versions.builds import builds_of

#: The commit at which the work on upgrades began: it knows nothing of declarations.
BEFORE = "98e35e7c"
#: A commit whose workers have versions.
VERSIONED = "36c7222c"
#: Name of the workers' deployment in the tests.
DEPLOYMENT = "switches"
#: Task queue of an installation that sets none.
QUEUE = "planswitch"
_STOP_SECONDS = 60
AnswerT = TypeVar("AnswerT")


def exported(commit: str, folder: Path) -> Path:
    """Write the files of a commit into a folder; skip the test where the history is not at hand."""
    packed = subprocess.run(
        ["git", "archive", "--format=tar", commit],  # whichever git is on the path
        cwd=CODE_FOLDER,
        capture_output=True,
        check=False,
    )
    if packed.returncode:
        pytest.skip(f"the history has no commit {commit}: clone all of it (git fetch --unshallow)")
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


class UpgradedInstallation(Installation):
    """An installation whose older processes are replaced one by one.

    Args:
        folder: Keys, logs, Temporal's file and the sandbox's journal.
        settings: Variables for all parts, without their prefix.
        older: The code of the older release.
    """

    def __init__(self, folder: Path, settings: dict[str, str], older: Path) -> None:
        super().__init__(folder, settings)
        self._older_code = older
        self._older: dict[str, subprocess.Popen[bytes]] = {}

    def start_older(self) -> None:
        """Start Temporal and all parts with the older code, on a schema that it has made."""
        self.code = self._older_code
        self.start()

    def upgrade(self) -> None:
        """Migrate with today's code, and start today's processes beside the older ones."""
        self._older, self._parts = self._parts, {}
        self._parts["sandbox"] = self._older.pop("sandbox")
        self._older_console, self._console_port = self._console_port, free_port()
        self.code = CODE_FOLDER
        self.run("migrate")
        self.start_parts()

    def crash_older(self) -> None:
        """Kill every older process and start it again, as an init system does."""
        newer, newer_port = self._parts, self._console_port
        for process in self._older.values():
            process.kill()
            process.wait(_STOP_SECONDS)
        self._parts, self.code, self._console_port = {}, self._older_code, self._older_console
        for part in PARTS:
            log = self.folder / f"{part}.log"
            log.rename(self.folder / f"{part}-newer.log")
            ready = (self.folder / f"{part}.ready").exists
            if part == "serve":
                ready = partial(is_answering, self._older_console, "/api/v1/health")
            (self.folder / f"{part}.ready").unlink(missing_ok=True)
            self._start(part, ready=ready)
        self._older, self._parts = self._parts, newer
        self.code, self._console_port = CODE_FOLDER, newer_port

    def lose_older(self) -> None:
        """Kill every older process: none comes back."""
        for process in self._older.values():
            process.kill()
            process.wait(_STOP_SECONDS)
        self._older = {}

    def build_that_asks(self, *, beside: str = "") -> str:
        """Return the build of the workers that ask for work, once it is known to Temporal.

        Args:
            beside: Another build whose workers do too.
        """
        deadline = time.monotonic() + _STOP_SECONDS
        while time.monotonic() < deadline:
            listed = json.loads(self.run("deployment", "list", "--json"))
            builds = [each["build_id"] for each in listed if each["workers"] and each["build_id"] != beside]
            if builds:
                return str(builds[0])
            time.sleep(POLL_SECONDS)
        raise AssertionError("Temporal never knew the build of a worker")

    def make_current(self, build: str) -> None:
        """Let new work, and everything that is not pinned, go to a build."""
        self.run("deployment", "set-current", build, "--yes")

    def pinned_pass(self, build: str) -> str:
        """Return the id of the one pass that is pinned to a build, once Temporal lists it."""
        deadline = time.monotonic() + _STOP_SECONDS
        while time.monotonic() < deadline:
            runs = self._of_temporal(lambda client: Deployment(client, DEPLOYMENT, QUEUE).pinned(build))
            if runs:
                (run,) = runs
                return run.workflow_id
            time.sleep(POLL_SECONDS)
        raise AssertionError(f"no pass was ever listed as pinned to {build}")

    def builds_of(self, workflow_id: str) -> list[str]:
        """Return the builds on which a workflow went on."""
        return self._of_temporal(lambda client: builds_of(client, workflow_id))

    def _of_temporal(self, ask: Callable[[Client], Awaitable[AnswerT]]) -> AnswerT:
        assert self._temporal is not None
        address = self._temporal.address

        async def answer() -> AnswerT:
            return await ask(await Client.connect(address))

        return asyncio.run(answer())

    def stop_older(self) -> None:
        """Let every older process end its work, and stop it."""
        for process in self._older.values():
            stop_child(process, signal_number=signal.SIGTERM, timeout_seconds=_STOP_SECONDS)
        self._older = {}

    @property
    def older_alive(self) -> bool:
        """Return whether every older process runs."""
        return bool(self._older) and all(each.poll() is None for each in self._older.values())

    def older_console(self) -> str:
        """Return the address of the older console."""
        return f"http://{LOOPBACK}:{self._older_console}"

    def stop(self) -> None:
        """Stop everything."""
        self.stop_older()
        super().stop()
