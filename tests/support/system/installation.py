"""An installation whose parts are started each by itself, with a database and a Temporal of its own."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import httpx2

from ops.base.code_place import CODE_FOLDER
from ops.base.database_settings import DATABASE_VARIABLE
from ops.base.settings import ENVIRONMENT_PREFIX
from ops.processes.processes import LOOPBACK, free_ports, is_answering, start_child, stop_child
from ops.stack.embedded import (
    CALLBACK_PATH,
    api_key_file,
    command_key_file,
    credit_secret_file,
    master_key_file,
)
from ops.stack.temporal_server import EmbeddedTemporal
from tests.support.chaos.stack import POLL_SECONDS, START_SECONDS_MAX, RunningStack
from tests.support.clouds.plain_http import WITHOUT_TLS

SANDBOX = "sandbox"
PARTS = ("worker", "project", "sealer", "serve")
_STOP_SECONDS = 20.0


class Installation(RunningStack):
    """Processes by hand; the sandbox is the world outside and lives on when the installation is lost.

    Args:
        folder: Keys, seals, logs, Temporal's file and the sandbox's journal.
        settings: Variables for all parts, without their prefix.
    """

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        super().__init__(folder, {})
        folder.mkdir(parents=True, exist_ok=True)
        self.database_url = ""
        #: Code of the processes and commands that are started from now on.
        self.code = CODE_FOLDER
        self._sandbox_port, self._console_port = free_ports(2)
        self._settings = settings
        self._parts: dict[str, subprocess.Popen[bytes]] = {}
        self._temporal: EmbeddedTemporal | None = None

    @property
    def temporal_folder(self) -> Path:
        """Return where Temporal's file lies."""
        return self.folder / "temporal"

    def start_outside(self) -> None:
        """Start the sandbox."""
        self._start(SANDBOX, ready=partial(is_answering, self._sandbox_port, "/health"))

    def start(self) -> None:
        """Start Temporal and all parts on the database that is named now, and wait for each."""
        self._temporal = EmbeddedTemporal(self.temporal_folder)
        self._temporal.start()
        self.run("migrate")
        self.start_parts()

    def start_parts(self) -> None:
        """Start all parts, wait for each, and speak to the console among them from now on."""
        for part in PARTS[:-1]:
            (self.folder / f"{part}.ready").unlink(missing_ok=True)
            self._start(part, ready=(self.folder / f"{part}.ready").exists)
        self._start(PARTS[-1], ready=partial(is_answering, self._console_port, "/api/v1/health"))
        key = api_key_file(self.folder).read_text(encoding="utf-8").strip()
        self._close_clients()
        self._clients = [
            httpx2.Client(verify=WITHOUT_TLS, base_url=url, headers=headers, timeout=60)
            for url, headers in (
                (f"http://{LOOPBACK}:{self._console_port}", {"X-API-Key": key}),
                (f"http://{LOOPBACK}:{self._sandbox_port}", {}),
            )
        ]

    def lose(self) -> None:
        """Kill every part but the world outside, and Temporal with them."""
        for part in PARTS:
            process = self._parts.pop(part)
            process.kill()
            process.wait(_STOP_SECONDS)
            (self.folder / f"{part}.ready").unlink(missing_ok=True)
        if self._temporal is not None:
            self._temporal.stop()

    def stop(self) -> None:
        """Stop everything."""
        self._close_clients()
        for part in self._parts.values():
            stop_child(part, signal_number=signal.SIGTERM, timeout_seconds=_STOP_SECONDS)
        if self._temporal is not None:
            self._temporal.stop()

    def copy_temporal(self, target: Path) -> None:
        """Copy Temporal's living file as of this instant."""
        target.mkdir(parents=True)
        source = self.temporal_folder / "temporal.db"
        with (
            closing(sqlite3.connect(source)) as origin,
            closing(sqlite3.connect(target / source.name)) as copy,
        ):
            origin.backup(copy)

    def replace_temporal(self, copy: Path | None) -> None:
        """Put an older file in the place of Temporal's; None: there is none."""
        shutil.rmtree(self.temporal_folder)
        if copy is not None:
            shutil.copytree(copy, self.temporal_folder)

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a command of the product on this machine, and return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", *arguments],
            env=self._variables(),
            cwd=self.code,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def _start(self, part: str, *, ready: Callable[[], bool]) -> None:
        self._parts[part] = start_child(
            [sys.executable, "-m", "cli.main", part],
            log_file=self.folder / f"{part}.log",
            environment={
                **self._variables(),
                f"{ENVIRONMENT_PREFIX}READY_FILE": str(self.folder / f"{part}.ready"),
            },
            folder=self.code,
        )
        deadline = time.monotonic() + START_SECONDS_MAX
        while not ready():
            log = (self.folder / f"{part}.log").read_text(encoding="utf-8")
            assert self._parts[part].poll() is None, f"{part} ended: {log[-3000:]}"
            assert time.monotonic() < deadline, f"{part} did not come up: {log[-3000:]}"
            time.sleep(POLL_SECONDS)

    def _variables(self) -> dict[str, str]:
        console, folder = f"http://{LOOPBACK}:{self._console_port}", self.folder
        own = {
            "CLOUD_URL": f"http://{LOOPBACK}:{self._sandbox_port}",
            "CLOUD_FILE": "",
            "CLOUD_PROFILE": "",
            "DIRECTORY_WRITES_MAX": "0",
            "DIRECTORY_ORGANIZATION_WRITES_MAX": "0",
            "API_URL": console,
            "API_PORT": str(self._console_port),
            "API_KEY_FILE": str(api_key_file(folder)),
            "MASTER_KEY_FILE": str(master_key_file(folder)),
            "COMMAND_KEY_FILE": str(command_key_file(folder)),
            "CREDIT_SECRET_FILE": str(credit_secret_file(folder)),
            "CREDIT_CALLBACK_URL": f"{console}{CALLBACK_PATH}",
            "DATA_DIR": str(folder),
            "KEEP_ACCOUNT": "true",
            "PROBE_PORT": "0",
            **({"TEMPORAL_ADDRESS": self._temporal.address} if self._temporal else {}),
            **self._settings,
        }
        database = {DATABASE_VARIABLE: self.database_url} if self.database_url else {}
        return {
            **os.environ,
            **{f"{ENVIRONMENT_PREFIX}{name}": value for name, value in own.items()},
            **database,
        }
