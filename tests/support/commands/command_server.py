"""The command line from one process that has imported it: each command is a process of its own, by fork.

A command imports for half a second and works for a tenth of that; the tests run some hundreds.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

REQUEST_BYTES_MAX = 1_000_000
#: Standard input, output, error, and where the exit code is written.
DESCRIPTORS = 4
ENDS_SECONDS = 120.0
#: How long a console may be silent that takes connections.
SILENCE_SECONDS_MAX = 60.0
#: What commands import, most of it when they need it: without these a command imports for longer than it
#: works. Nothing here starts a thread, since a fork would lose it.
PRELOADED = (
    "cli.main",
    "audit.story.show",
    "audit.story.verdict",
    "console.models.catalog",
    "console.models.checkouts",
    "console.models.switches",
    "console.models.system",
    "anyio._backends._asyncio",
    "encodings.idna",
    "h11",
    "httpcore2",
    "httpx2",
    "ops.base.settings",
    "rich.table",
    "store.switch_store",
    "truststore",
    "typer._adapters",
)


class CommandServer:
    """The process that has imported the command line, seen from the tests."""

    def __init__(self) -> None:
        """Start the process."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", __name__, str(theirs.fileno())]
        self._process = subprocess.Popen(command, pass_fds=(theirs.fileno(),), stdin=subprocess.DEVNULL)
        theirs.close()
        self._socket = ours
        self._lock = threading.Lock()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, REQUEST_BYTES_MAX)
        atexit.register(self.close)

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], streams: tuple[int, int, int]
    ) -> int:
        """Run `planswitch` and return its exit code; a signal that ended it is negative.

        Args:
            arguments: Words of the command line.
            environment: Its variables, all of them.
            streams: Descriptors of its standard input, output and error; they stay open here.
        """
        request = {"arguments": arguments, "environment": dict(environment), "folder": str(Path.cwd())}
        ours, its = os.pipe()
        try:
            with self._lock:
                socket.send_fds(self._socket, [json.dumps(request).encode()], [*streams, its])
        finally:
            os.close(its)
        with os.fdopen(ours) as answer:
            return int(answer.read())

    def close(self) -> None:
        """End the process."""
        self._socket.close()
        self._process.wait(ENDS_SECONDS)


@cache
def command_server() -> CommandServer:
    """Return the one server of this process."""
    return CommandServer()


def _serve(connection: socket.socket) -> None:
    """Fork a process for each request until the tests end."""
    # Nobody waits for the forks: each writes its code itself.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        request, descriptors = _received(connection)
        if not request:
            return
        if os.fork() == 0:
            connection.close()
            _watch(json.loads(request), descriptors)
        for each in descriptors:
            os.close(each)


def _received(connection: socket.socket) -> tuple[bytes, list[int]]:
    request, descriptors, _, _ = socket.recv_fds(connection, REQUEST_BYTES_MAX, DESCRIPTORS)
    return request, descriptors


def _watch(request: dict[str, Any], descriptors: list[int]) -> None:
    """Run the command in a fork of this one and write how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *streams, answer = descriptors
    child = os.fork()
    if child == 0:
        os.close(answer)
        _become(request, streams)
    for each in streams:
        os.close(each)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.write(answer, str(code).encode())
    os._exit(0)


def _become(request: dict[str, Any], streams: list[int]) -> None:
    """Be the command: its words, variables, folder and streams are all that a new process would have."""
    for number, each in enumerate(streams):
        os.dup2(each, number)
    os.closerange(len(streams), max(streams) + 1)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    sys.argv[:] = ["planswitch", *request["arguments"]]
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 (the streams of the whole process)
    sys.stdout = open(1, "w", buffering=1 if os.isatty(1) else -1, closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115
    os._exit(_exit_code())


def _exit_code() -> int:
    """Run the command line as the interpreter does."""
    code: Any = 0
    try:
        importlib.import_module("cli.main").main()
    except SystemExit as ended:
        code = ended.code
    except BaseException:  # noqa: BLE001 (shown, as the interpreter shows it)
        sys.excepthook(*sys.exc_info())
        code = 1
    if isinstance(code, str):
        print(code, file=sys.stderr)
    sys.stdout.flush()
    return code if isinstance(code, int) else int(code is not None)


if __name__ == "__main__":
    for name in PRELOADED:
        importlib.import_module(name)
    # The console of a test shares its process with worker, sandbox and test: on a busy machine it is silent
    # for longer than a command waits for a console of its own (tests/e2e/processes/test_stopped_parts.py),
    # and it answers later than a command waits before it says which parts are missing.
    client: Any = importlib.import_module("cli.base.client")
    client.SILENCE_SECONDS_MAX = client.TELL_SECONDS = SILENCE_SECONDS_MAX
    _serve(socket.socket(fileno=int(sys.argv[1])))
