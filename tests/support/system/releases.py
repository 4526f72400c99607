"""An installation while it is upgraded: processes of an older release and of today's beside each other."""

from __future__ import annotations

import io
import signal
import subprocess
import tarfile
from functools import partial
from pathlib import Path

import pytest

from ops.base.code_place import CODE_FOLDER
from ops.processes.processes import LOOPBACK, free_port, is_answering, stop_child
from tests.support.system.installation import PARTS, Installation

#: The commit at which the work on upgrades began: it knows nothing of declarations.
BEFORE = "98e35e7c"
_STOP_SECONDS = 60


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
