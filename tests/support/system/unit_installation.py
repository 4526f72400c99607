"""An installation of two of each process by the units: PostgreSQL over TLS, a role each, killed at will."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import psycopg

from ops.processes.processes import free_port, is_answering, stop_child
from ops.stack.temporal_server import EmbeddedTemporal
from store.roles.role import PROCESS_ROLES, DatabaseRole
from tests.support.chaos.stack import CLEAN
from tests.support.system.postgres_clusters import PASSWORD, Cluster, account_may_enter, primary
from tests.support.system.units import UNITS, read_unit, start_unit
from tools.tidy_sources import ROOT

SECONDS_MAX = 400.0
#: Name of a process -> its unit and the instance, as `systemctl start` names them.
PROCESSES = ("worker@1", "worker@2", "projector@1", "projector@2", "sealer", "console@1", "console@2")
_KEYS = ("master", "command", "operator", "callback")
_ROLES = {
    "worker": ("DATABASE_URL", DatabaseRole.WORKER),
    "console": ("DATABASE_URL", DatabaseRole.WORKER),
    "projector": ("DATABASE_PROJECTOR_URL", DatabaseRole.PROJECTOR),
    "sealer": ("DATABASE_SEALER_URL", DatabaseRole.SEALER),
}
_POLL_SECONDS = 0.5


class UnitInstallation:
    """Every process of an installation, started as its unit says, and again when it has died."""

    def __init__(self, running: ExitStack, base: Path) -> None:
        """Start everything.

        Args:
            running: Ends what was started.
            base: Empty folder that the account of the servers may enter.
        """
        self._base, self._running = base, running
        self._cluster: Cluster = running.enter_context(primary(base / "primary"))
        temporal = running.enter_context(EmbeddedTemporal(base / "temporal"))
        self._consoles = {"1": free_port(), "2": free_port()}
        self._cloud_url = f"http://127.0.0.1:{free_port()}"
        self._write_settings(temporal.address)
        for kind in _KEYS:
            self.command("keys", "create", kind)
        assert self._start("migrate").wait(SECONDS_MAX) == 0, self.log("migrate")
        self._let_roles_in()
        self._processes = {name: self._start(name) for name in PROCESSES}
        running.callback(self._stop)
        self._start_sandbox()
        until(self._consoles_answer, self.story)

    def kill(self, name: str) -> None:
        """Kill a process, and start it again as `Restart=always` does.

        The operator goes on at the other console, where a proxy would lead.
        """
        kind, _, instance = name.partition("@")
        if kind == "console":
            (other,) = (port for each, port in self._consoles.items() if each != instance)
            until(partial(is_answering, other, "/api/v1/health"), self.story)
            self._operator["PLANSWITCH_API_URL"] = f"http://127.0.0.1:{other}"
        self._processes[name].kill()
        self._processes[name].wait(SECONDS_MAX)
        self._processes[name] = self._start(name)

    def organization(self, number: int, users: int) -> str:
        """Make an organization of the sandbox, another one for each number, and return its id."""
        size = ("--users", str(users), "--seed", str(number))
        made = self.command("sandbox", "organization", *size, "--json")
        return str(json.loads(made)["organization_id"])

    def start_switch(self, organization_id: str) -> str:
        """Start a switch, and return its id."""
        arguments = ("switch", "start", organization_id, "--to", "E3", "--yes", "--json")
        return str(json.loads(self.command(*arguments))["switch_id"])

    def is_completed(self, switch_id: str) -> bool:
        """Return whether a switch shows that it has completed; False also while nobody answers."""
        try:
            shown = json.loads(self.command("switch", "show", switch_id, "--json"))
        except AssertionError:
            return False
        return bool(shown["stage"] == "completed")

    def referee(self, organization_id: str) -> dict[str, int]:
        """Return the figures of the referee about an organization."""
        query = {"organization_id": organization_id}
        answer = httpx2.get(f"{self._cloud_url}/sandbox/referee", params=query, timeout=60)
        verdict = answer.raise_for_status().json()
        return {name: verdict[name] for name in CLEAN}

    def command(self, *arguments: str) -> str:
        """Run a command as an operator of this machine, and return what it printed."""
        ran = subprocess.run(
            [sys.executable, "-m", "cli.main", *arguments],
            env={"PATH": os.environ.get("PATH", os.defpath), **self._operator},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def log(self, name: str) -> str:
        """Return the end of what a process said."""
        return (self._base / "logs" / f"{name}.log").read_text(encoding="utf-8")[-3_000:]

    def story(self) -> str:
        """Return the end of what each process said."""
        return "\n".join(f"--- {name}\n{self.log(name)}" for name in PROCESSES)

    def _consoles_answer(self) -> bool:
        return all(is_answering(port, "/api/v1/health") for port in self._consoles.values())

    def _write_settings(self, temporal_address: str) -> None:
        """Write the files of variables that the units name, in place of those of deploy/systemd."""
        for folder in ("etc", "state", "logs"):
            (self._base / folder).mkdir()
        shared = {
            # The account of the tests stands for the unit's `User=`.
            "PLANSWITCH_KEEP_ACCOUNT": "true",
            "PLANSWITCH_TEMPORAL_ADDRESS": temporal_address,
            "PLANSWITCH_CLOUD_URL": self._cloud_url,
            "PLANSWITCH_API_KEY_FILE": "/var/lib/planswitch/keys/api.key",
            "PLANSWITCH_CREDIT_SECRET_FILE": "/var/lib/planswitch/keys/credit.secret",
            "PLANSWITCH_API_URL": f"http://127.0.0.1:{self._consoles['1']}",
            "PLANSWITCH_CREDIT_CALLBACK_URL": f"http://127.0.0.1:{self._consoles['1']}/api/credit-callbacks",
            "PLANSWITCH_DIRECTORY_WRITES_MAX": "0",
            "PLANSWITCH_DIRECTORY_ORGANIZATION_WRITES_MAX": "0",
        }
        self._write("planswitch", shared)
        self._write("migrate", {"DATABASE_OWNER_URL": self._cluster.url()})
        for name, (variable, role) in _ROLES.items():
            self._write(name, {variable: self._cluster.url(user=role)})
        state = str(self._base / "state")
        placed = {name: each.replace("/var/lib/planswitch", state) for name, each in shared.items()}
        owner = {"DATABASE_OWNER_URL": self._cluster.url(), "DATABASE_URL": self._cluster.url()}
        self._operator = {**placed, **owner, "PLANSWITCH_DATA_DIR": state, "HOME": state}
        account_may_enter(self._base / "state")

    def _write(self, name: str, variables: dict[str, str]) -> None:
        text = "".join(f"{each}={value}\n" for each, value in variables.items())
        (self._base / "etc" / f"{name}.env").write_text(text, encoding="utf-8")

    def _let_roles_in(self) -> None:
        with psycopg.connect(self._cluster.url(), autocommit=True) as connection:
            for role in PROCESS_ROLES:
                connection.execute(f"ALTER ROLE {role} LOGIN PASSWORD '{PASSWORD}'".encode())

    def _start(self, name: str) -> subprocess.Popen[bytes]:
        kind, _, instance = name.partition("@")
        file = UNITS / f"planswitch-{kind}{'@' if instance else ''}.service"
        port = str(self._consoles.get(instance, "")) if kind == "console" else instance
        log = self._base / "logs" / f"{name}.log"
        return start_unit(read_unit(file, instance=port), self._base, log)

    def _start_sandbox(self) -> None:
        log = (self._base / "logs" / "sandbox.log").open("wb")
        self._running.callback(log.close)
        sandbox = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "sandbox"],
            env={"PATH": os.environ.get("PATH", os.defpath), **self._operator},
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
        self._running.callback(stop_child, sandbox, signal_number=signal.SIGTERM, timeout_seconds=SECONDS_MAX)
        until(
            lambda: is_answering(int(self._cloud_url.rpartition(":")[2]), "/health"),
            lambda: self.log("sandbox"),
        )

    def _stop(self) -> None:
        for process in self._processes.values():
            stop_child(process, signal_number=signal.SIGTERM, timeout_seconds=SECONDS_MAX)


def until(is_so: Callable[[], Any], what: Callable[[], str]) -> None:
    """Wait until something is so; fail with what `what` tells."""
    deadline = time.monotonic() + SECONDS_MAX
    while not is_so():
        assert time.monotonic() < deadline, what()
        time.sleep(_POLL_SECONDS)
