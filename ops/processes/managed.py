"""The life of one managed process: launch, wait until it is ready, ask it to stop, stop it."""

from __future__ import annotations

import signal
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

import structlog

from ops.processes.errors import StackStartFailed
from ops.processes.private_files import make_private_folder
from ops.processes.processes import start_child, start_failure, stop_child, wait_until_ready

_log = structlog.get_logger()


class ManagedProcess(ABC):
    """A child process of this one. Launch it from a thread that lives longer than the child does.

    Args:
        name: What people and logs call it.
        log_file: Receives what the process prints.
    """

    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    start_timeout_seconds: ClassVar[float] = 60.0
    stop_timeout_seconds: ClassVar[float] = 15.0
    #: Times it is started before it counts as failed; a server may lose a race for a port.
    start_attempts_max: ClassVar[int] = 1
    #: False for a task that ends by itself.
    is_lasting: ClassVar[bool] = True

    def __init__(self, *, name: str, log_file: Path) -> None:
        self.name = name
        self.log_file = log_file
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Process id while it runs; None when it does not."""
        return None if self.process is None or self.process.poll() is not None else self.process.pid

    @abstractmethod
    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the process and return it."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Return whether it can be used now."""

    def prepare(self) -> None:  # noqa: B027 (most processes need nothing here)
        """Do what must be done before the process starts."""

    def finish_start(self) -> None:  # noqa: B027 (most processes need nothing here)
        """Do what must be done once the process is ready."""

    def release(self) -> None:  # noqa: B027 (most processes need nothing here)
        """Give back what `prepare` took."""

    def launch(self) -> None:
        """Start the process without waiting for it; a running one is left alone."""
        if self.pid is not None:
            return
        make_private_folder(self.log_file.parent)
        try:
            self.prepare()
            self.process = self.spawn()
        except BaseException:
            self.release()
            raise

    def wait_until_ready(self) -> None:
        """Wait until the launched process can be used.

        Raises:
            StackStartFailed: It ended or took too long; the message holds the end of its log.
        """
        try:
            self._await_ready()
            self.finish_start()
        except BaseException:
            self.stop()
            raise
        _log.debug("process_ready", name=self.name, pid=self.pid)

    def _await_ready(self) -> None:
        """Wait; a process that ends while it starts is started again as often as its class allows."""
        for attempt in range(1, self.start_attempts_max + 1):
            if self.process is None:
                raise start_failure(self.name, "was not launched", self.log_file)
            try:
                return wait_until_ready(
                    name=self.name,
                    process=self.process,
                    is_ready=self.is_ready,
                    log_file=self.log_file,
                    timeout_seconds=self.start_timeout_seconds,
                )
            except StackStartFailed:
                if attempt == self.start_attempts_max or self.process.poll() is None:
                    raise
                _log.warning("process_started_again", name=self.name, status=self.process.poll())
                self.process = self.spawn()
        raise AssertionError

    def start(self) -> None:
        """Launch the process and wait until it can be used."""
        self.launch()
        self.wait_until_ready()

    def ask_to_stop(self) -> None:
        """Send the stop signal and do not wait."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def stop(self) -> None:
        """Stop the process, by force when it does not obey, and give back what it held."""
        if self.process is not None:
            stop_child(
                self.process, signal_number=self.stop_signal, timeout_seconds=self.stop_timeout_seconds
            )
            self.process = None
        self.release()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class Service(ManagedProcess):
    """A process that runs until it is stopped.

    Args:
        name: What people and logs call it.
        command: Program and arguments.
        environment: The whole environment of the process.
        log_file: Receives what it prints.
        probe: Tells whether it can be used; it is asked again and again.
        ready_file: When given, removed before each launch: the process touches it when it can be used.
        folder: Working folder.
    """

    def __init__(
        self,
        *,
        name: str,
        command: Sequence[str | Path],
        environment: Mapping[str, str],
        log_file: Path,
        probe: Callable[[], bool] | None = None,
        ready_file: Path | None = None,
        folder: Path | None = None,
    ) -> None:
        super().__init__(name=name, log_file=log_file)
        self._command = list(command)
        self._environment = dict(environment)
        self._probe = probe
        self._ready_file = ready_file
        self._folder = folder

    def prepare(self) -> None:
        """Forget the readiness of an earlier run."""
        if self._ready_file is not None:
            make_private_folder(self._ready_file.parent)
            self._ready_file.unlink(missing_ok=True)

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the command."""
        return start_child(
            self._command, log_file=self.log_file, environment=self._environment, folder=self._folder
        )

    def is_ready(self) -> bool:
        """Return whether the probe says yes and the ready file is there, as far as they were given."""
        has_file = self._ready_file is None or self._ready_file.exists()
        return has_file and (self._probe is None or self._probe())


class Task(Service):
    """A process that must end by itself with status 0 before anything later starts."""

    is_lasting = False

    def is_ready(self) -> bool:
        """Return whether the task ended well."""
        return self.process is not None and self.process.poll() == 0
