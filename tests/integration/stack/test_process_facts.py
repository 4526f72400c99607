"""Facts about processes: who is alive, who only waits for its parent, and what was started."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from ops.processes.processes import command_line, is_alive

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)", "word with blanks"]


def test_a_process_is_alive_until_it_ends() -> None:
    """A running process is alive and has its command line; a zombie and one that is gone have neither."""
    child = subprocess.Popen(SLEEP)
    # The system begins a program before it shows its arguments.
    while not command_line(child.pid):
        time.sleep(0.01)
    running = is_alive(child.pid), command_line(child.pid)
    child.kill()
    while is_alive(child.pid):
        time.sleep(0.01)
    zombie = is_alive(child.pid), command_line(child.pid)
    child.wait()

    assert running == (True, " ".join(SLEEP))
    assert zombie == (False, "")
    assert (is_alive(child.pid), command_line(child.pid)) == (False, "")


def test_this_process_is_alive() -> None:
    """A process knows itself."""
    assert is_alive(os.getpid())
    assert command_line(os.getpid()) != ""
