"""Child processes that never outlive their starter, their life, and small facts about processes and ports."""

from __future__ import annotations

import ctypes
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, ClassVar, Self

import psutil
import structlog

from ops.processes.errors import StackStartFailed
from ops.processes.private_files import PRIVATE_UMASK, lock_folder, make_private_folder, private_opener

LOOPBACK = "127.0.0.1"
POLL_SECONDS = 0.05
LOG_TAIL_LINES = 15
_PR_SET_PDEATHSIG = 1
_PORT_MAX = 65_535
_SERVER_PORT_MIN = 20_000
_SERVER_PORT_MAX = 32_000
_PORT_TRIES_MAX = 1_000
#: A line with which a program tells why it gave up, before a long trace.
_CAUSE_MARKS = ("panic:", "fatal", "FATAL", "Error:")
_TIMEOUT_SECONDS = 5.0
_OK = 200
_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class SystemUser:
    """An account of this machine that a child process runs as."""

    name: str
    user_id: int
    group_id: int


def own_account() -> SystemUser:
    """Return the account that this process runs as."""
    return SystemUser(name=str(os.geteuid()), user_id=os.geteuid(), group_id=os.getegid())


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
        self._lock: IO[str] | None = None

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

    def lock(self, folder: Path) -> None:
        """Lock a folder for this process, until `release`: two servers on one folder destroy its files.

        Raises:
            StackInUse: Another starter holds the folder.
        """
        if self._lock is None:
            self._lock = lock_folder(folder / "lock")

    def release(self) -> None:
        """Give back what `prepare` took."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

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
                return self._await_start(self.process)
            except StackStartFailed:
                if attempt == self.start_attempts_max or self.process.poll() is None:
                    raise
                _log.warning("process_started_again", name=self.name, status=self.process.poll())
                self.process = self.spawn()
        raise AssertionError

    def _await_start(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until the process answers, as long as its class allows."""
        deadline = time.monotonic() + self.start_timeout_seconds
        while time.monotonic() < deadline:
            if self.is_ready():
                return
            status = process.poll()
            if status is not None:
                raise start_failure(self.name, f"ended with status {status}", self.log_file)
            time.sleep(POLL_SECONDS)
        what = f"was not ready within {self.start_timeout_seconds:.0f} seconds"
        raise start_failure(self.name, what, self.log_file)

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

    def __exit__(self, *_error: object) -> None:
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
        self.command = list(command)
        self.environment = dict(environment)
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
            self.command, log_file=self.log_file, environment=self.environment, folder=self._folder
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


def start_child(
    command: Sequence[str | Path],
    *,
    log_file: Path,
    environment: Mapping[str, str] | None = None,
    user: SystemUser | None = None,
    folder: Path | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own that gets `death_signal` when this process ends, however it ends.

    Call it from the main thread: Linux ties the signal to the thread that forked. Its own session keeps a
    Ctrl-C of the terminal away from the child, so that the supervisor decides the order of stopping.

    What it makes is private, unless it says otherwise itself.

    Args:
        command: Program and arguments.
        log_file: Receives stdout and stderr, appended.
        environment: The whole environment of the child; the starter's own when None.
        user: Account to run as; the starter's own when None.
        folder: Working folder of the child.
        death_signal: Sent by the kernel to the child when the starter is gone (Linux only).
    """
    with open(log_file, "ab", opener=private_opener) as log:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=None if environment is None else dict(environment),
            cwd=folder,
            user=None if user is None else user.user_id,
            group=None if user is None else user.group_id,
            extra_groups=None if user is None else [],
            start_new_session=True,
            umask=PRIVATE_UMASK,
            preexec_fn=_die_with_parent(death_signal),  # noqa: PLW1509 (only calls prctl, looked up before)
        )


def _die_with_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    """Return a hook for the child's side of the fork, or None where the system cannot do it."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent_id = os.getpid()
    number = int(death_signal)

    def ask_for_signal() -> None:
        prctl(_PR_SET_PDEATHSIG, number)
        # The parent may have died between the fork and the request; nobody would send the signal then.
        if os.getppid() != parent_id:
            os._exit(1)

    return ask_for_signal


def stop_child(
    process: subprocess.Popen[bytes], *, signal_number: signal.Signals, timeout_seconds: float
) -> int:
    """Ask a child to stop, kill it after `timeout_seconds`, and return its exit status."""
    if process.poll() is None:
        process.send_signal(signal_number)
        try:
            return process.wait(timeout=timeout_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait()


def start_failure(name: str, what_happened: str, log_file: Path) -> StackStartFailed:
    """Return the error for a part that did not start, with the last lines of its log."""
    tail = log_tail(log_file)
    return StackStartFailed(
        f"{name} {what_happened}. The end of {log_file}:\n{tail}",
        remedy=f"Read {log_file}, remove the cause and start again.",
        name=name,
        log_file=str(log_file),
    )


def log_tail(log_file: Path) -> str:
    """Return the last lines of a log after the line that names the cause, or a note that there are none."""
    if not log_file.exists():
        return "(no log)"
    lines = log_file.read_text(encoding="utf-8", errors="replace").splitlines()
    causes = [line for line in lines[:-LOG_TAIL_LINES] if line.startswith(_CAUSE_MARKS)]
    return "\n".join([*causes[-1:], *lines[-LOG_TAIL_LINES:]]) or "(empty)"


def free_port() -> int:
    """Return a TCP port of the loopback address that was free a moment ago."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """Return distinct TCP ports of the loopback address that were free a moment ago.

    They lie below the range from which systems take ports for outgoing connections (32768 on Linux, 49152
    elsewhere): a port of that range may be taken by any client before its server has bound it.

    Raises:
        StackStartFailed: No free port was found.
    """
    with ExitStack() as probes:
        ports: list[int] = []
        for _ in range(_PORT_TRIES_MAX):
            if len(ports) == count:
                return ports
            probe = probes.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            port = _SERVER_PORT_MIN + secrets.randbelow(_SERVER_PORT_MAX - _SERVER_PORT_MIN + 1)
            with suppress(OSError):
                probe.bind((LOOPBACK, port))
                ports.append(port)
    raise StackStartFailed(
        f"Found no {count} free ports between {_SERVER_PORT_MIN} and {_SERVER_PORT_MAX}.",
        remedy="Stop servers that you do not need, then try again.",
    )


def is_port_open(port: int, *, timeout_seconds: float = 0.5) -> bool:
    """Return whether something listens on a TCP port of the loopback address."""
    if not 0 < port <= _PORT_MAX:
        return False
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(timeout_seconds)
        return probe.connect_ex((LOOPBACK, port)) == 0


def is_alive(process_id: int) -> bool:
    """Return whether a process of this id exists and is not a zombie."""
    try:
        return bool(psutil.Process(process_id).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def command_line(process_id: int) -> str:
    """Return a process's command line, or "" when it is gone or not to be read."""
    try:
        return " ".join(psutil.Process(process_id).cmdline())
    except psutil.Error:
        return ""


def is_answering(port: int, path: str) -> bool:
    """Return whether a GET of `path` at a port of the loopback address is answered with status 200."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == _OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
