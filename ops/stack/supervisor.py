"""The supervisor: starts parts in stages, brings a killed one back, stops them in reverse order.

What a running stack writes down about itself, and how others find it, is here as well.
"""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import IO, Self

import structlog

from domain.kernel.errors import PlanSwitchError
from ops.base.settings import STATE_FILE
from ops.processes.errors import StackInUse
from ops.processes.log_rotation import LOG_BYTES_MAX, rotate
from ops.processes.private_files import lock_folder, make_private_folder, write_private
from ops.processes.processes import ManagedProcess

LOCK_FILE = "stack.lock"
_WATCH_SECONDS = 0.2
#: How often the size of the log files is looked at.
_ROTATION_SECONDS = 5.0
_BACK_OFF_FIRST_SECONDS = 0.25
_BACK_OFF_MAX_SECONDS = 5.0
_BACK_OFF_FACTOR = 2
#: A part that ran this long starts with a short back-off again.
_STEADY_SECONDS = 30.0
_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class StackState:
    """Where a stack runs."""

    #: Process id of the supervisor.
    process_id: int
    #: Name of a page or service -> URL or address, without secrets.
    urls: Mapping[str, str]
    #: File with the operator's API key; "" when the stack has none.
    api_key_file: str
    #: Name of a part -> its process id (absent while it is being brought back).
    children: Mapping[str, int]
    #: Variables that make another process of this product join the stack; holds the database's password.
    environment: Mapping[str, str]


def write_state(data_dir: Path, state: StackState) -> None:
    """Replace the state file in one step; only its owner may read it."""
    temporary = data_dir / f"{STATE_FILE}.new"
    write_private(temporary, json.dumps(asdict(state), indent=2).encode())
    temporary.replace(data_dir / STATE_FILE)


def forget_state(data_dir: Path) -> None:
    """Remove the state file: the stack no longer runs."""
    (data_dir / STATE_FILE).unlink(missing_ok=True)


def running_stack(data_dir: Path) -> StackState | None:
    """Return where the stack of a folder runs, or None when none does.

    Raises:
        StackInUse: A stack holds the folder but is still starting, or stopping.
    """
    if not (data_dir / LOCK_FILE).exists():
        return None
    try:
        lock_folder(data_dir / LOCK_FILE).close()
    except StackInUse:
        state = _read_state(data_dir)
        if state is None:
            raise
        return state
    return None


def _read_state(data_dir: Path) -> StackState | None:
    """Return the recorded state, or None when there is none (yet)."""
    try:
        return StackState(**json.loads((data_dir / STATE_FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


@dataclass(kw_only=True, slots=True)
class _Comeback:
    """When a part that ended may be launched again."""

    launched_at: float
    delay_seconds: float = _BACK_OFF_FIRST_SECONDS
    due_at: float | None = None

    def schedule(self, now: float) -> float:
        """Set the time of the next launch and return the wait; each end in a row doubles it."""
        if now - self.launched_at > _STEADY_SECONDS:
            self.delay_seconds = _BACK_OFF_FIRST_SECONDS
        wait_seconds = self.delay_seconds
        self.due_at = now + wait_seconds
        self.delay_seconds = min(wait_seconds * _BACK_OFF_FACTOR, _BACK_OFF_MAX_SECONDS)
        return wait_seconds


class Stack:
    """Processes on one data folder that live and end together.

    Start it from the main thread: its children end with the thread that started them.

    Args:
        data_dir: The folder; only one stack may run on it.
        stages: Parts that start together, stage by stage; a stage starts when the one before is ready.
        describe: Returns the state to write down; called when the stack is ready and after each comeback.
    """

    def __init__(
        self,
        *,
        data_dir: Path,
        stages: Sequence[Sequence[ManagedProcess]],
        describe: Callable[[Stack], StackState],
    ) -> None:
        self.data_dir = data_dir.absolute()
        self.stages = [list(stage) for stage in stages]
        self._describe = describe
        self._lock: IO[str] | None = None
        self._comebacks: dict[str, _Comeback] = {}
        # Held while a part is launched again, so that `stop` never races with a comeback.
        self._gate = threading.Lock()
        self._is_stopping = False
        self._ended = threading.Event()
        self._watcher: threading.Thread | None = None

    @property
    def parts(self) -> list[ManagedProcess]:
        """All parts in the order of their start."""
        return [part for stage in self.stages for part in stage]

    @property
    def state(self) -> StackState:
        """Where the stack runs."""
        return self._describe(self)

    def children(self) -> dict[str, int]:
        """Return the process ids of the parts that run now, by name."""
        return {part.name: part.pid for part in self.parts if part.is_lasting and part.pid is not None}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start every stage and return when all parts can be used; a failure stops what was started.

        Raises:
            StackInUse: Another stack runs on the folder.
            StackStartFailed: A part did not come up; the message holds the end of its log.
        """
        make_private_folder(self.data_dir)
        self._lock = lock_folder(self.data_dir / LOCK_FILE)
        try:
            for stage in self.stages:
                self._start_stage(stage)
            write_state(self.data_dir, self.state)
        except BaseException:
            self.stop()
            raise
        self._watcher = threading.Thread(target=self._watch, name="stack-watcher", daemon=True)
        self._watcher.start()
        _log.info("stack_started", data_dir=str(self.data_dir), children=self.children())

    def _start_stage(self, stage: Sequence[ManagedProcess]) -> None:
        """Launch the parts of a stage at once, then wait for each."""
        for part in stage:
            part.launch()
            self._comebacks[part.name] = _Comeback(launched_at=time.monotonic())
        for part in stage:
            part.wait_until_ready()

    def wait(self, timeout_seconds: float | None = None) -> bool:
        """Wait until the stack was stopped from another thread; tell whether it was."""
        return self._ended.wait(timeout_seconds)

    def stop(self) -> None:
        """Stop all parts, later stages first, and give the folder free; harmless when nothing runs."""
        with self._gate:
            self._is_stopping = True
        for stage in reversed(self.stages):
            for part in stage:
                part.ask_to_stop()
            for part in stage:
                part.stop()
        # The watcher ends last: children that it brought back end with its thread.
        self._ended.set()
        if self._watcher is not None:
            self._watcher.join()
            self._watcher = None
        self._give_folder_free()

    def _give_folder_free(self) -> None:
        """Forget the state and give the lock back, when this stack held the folder."""
        if self._lock is None:
            return
        forget_state(self.data_dir)
        self._lock.close()
        self._lock = None
        _log.info("stack_stopped", data_dir=str(self.data_dir))

    def _watch(self) -> None:
        """Bring back whatever ended, and rotate logs, until the stack stops."""
        rotated_at = time.monotonic()
        while not self._ended.wait(_WATCH_SECONDS):
            if time.monotonic() - rotated_at >= _ROTATION_SECONDS:
                self._rotate_logs()
                rotated_at = time.monotonic()
            for part in self.parts:
                if part.is_lasting and part.pid is None and not self._is_stopping:
                    self._bring_back(part)

    def _rotate_logs(self) -> None:
        for file in sorted({part.log_file for part in self.parts}):
            if rotate(file, bytes_max=LOG_BYTES_MAX):
                _log.info("log_rotated", file=str(file))

    def _bring_back(self, part: ManagedProcess) -> None:
        """Launch an ended part again once its back-off is over."""
        comeback = self._comebacks[part.name]
        now = time.monotonic()
        if comeback.due_at is None:
            wait_seconds = comeback.schedule(now)
            status = None if part.process is None else part.process.poll()
            _log.warning("part_ended", name=part.name, status=status, wait_seconds=wait_seconds)
        elif now >= comeback.due_at:
            self._launch_again(part, comeback)

    def _launch_again(self, part: ManagedProcess, comeback: _Comeback) -> None:
        """Launch a part; a failure to launch counts as another end."""
        with self._gate:
            if self._is_stopping:
                return
            comeback.due_at = None
            comeback.launched_at = time.monotonic()
            try:
                part.launch()
                write_state(self.data_dir, self.state)
            except (PlanSwitchError, OSError) as error:
                _log.warning("part_not_launched", name=part.name, error=str(error))
                return
        _log.info("part_launched_again", name=part.name, pid=part.pid)


@contextmanager
def termination_as_interrupt() -> Iterator[None]:
    """Make SIGTERM and SIGHUP end the main thread's work as Ctrl-C does, while the block runs."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    # SIGINT too: a shell that starts us in the background has it ignored.
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    earlier = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


def run_until_stopped(stack: Stack, announce: Callable[[StackState], None]) -> None:
    """Start a stack, announce where it runs, and keep it up until Ctrl-C, SIGTERM or SIGHUP.

    Args:
        stack: The stack; it is stopped in every case.
        announce: Called once when all parts can be used.
    """
    with termination_as_interrupt():
        try:
            stack.start()
            announce(stack.state)
            stack.wait()
        except KeyboardInterrupt:
            _log.info("stop_requested")
        finally:
            stack.stop()
