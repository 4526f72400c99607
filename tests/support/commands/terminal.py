"""Commands on a terminal of their own: what a person sees at 80 columns, and can answer."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import termios
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.commands.command_server import command_server

COLUMNS, LINES = 80, 50
ENDS_SECONDS = 240.0


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a terminal showed, and how the command ended."""

    code: int
    text: str

    @property
    def longest_line(self) -> int:
        """Return the length of the longest line."""
        return max((len(line) for line in self.text.splitlines()), default=0)


def run_on_terminal(
    *arguments: str, environment: Mapping[str, str], typed: str | None = None, columns: int = COLUMNS
) -> Shown:
    """Run `planswitch` on a pseudo-terminal and return what it showed.

    Args:
        arguments: Words of the command line.
        environment: Its variables; the terminal alone says how wide it is.
        typed: What the person answers; None: nobody can be asked, as standard input is no terminal.
        columns: Width of the terminal.
    """
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, columns, 0, 0))
    known = {name: value for name, value in environment.items() if name not in {"COLUMNS", "LINES"}}
    if typed is not None:
        os.write(ours, typed.encode())
    received: list[str] = []
    reader = threading.Thread(target=lambda: received.append(_read(ours)))
    reader.start()
    with Path(os.devnull).open() as nothing:
        its_input = nothing.fileno() if typed is None else its
        streams = (its_input, its, its)
        code = command_server().run(arguments, {**known, "TERM": "xterm-256color"}, streams)
    os.close(its)
    reader.join(ENDS_SECONDS)
    os.close(ours)
    return Shown(code=code, text=received[0])


def _read(descriptor: int) -> str:
    """Return everything until the other side is closed."""
    received = b""
    while True:
        try:
            part = os.read(descriptor, 65_536)
        except OSError:
            # Linux says so where the last process has closed the terminal.
            return received.decode("utf-8", errors="replace")
        if not part:
            return received.decode("utf-8", errors="replace")
        received += part
