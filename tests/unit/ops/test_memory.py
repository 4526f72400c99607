"""Kind of fault: a process with many threads grows for hours, since no thread uses what another gave back."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys

import pytest

from ops.base.code_place import CODE_FOLDER

#: Thirty threads take memory at once; then glibc tells what it has.
_PROGRAM = """
import ctypes, sys, threading
from ops.processes.memory import bound_arenas
if "bound" in sys.argv:
    bound_arenas()
glibc = ctypes.CDLL(None)
glibc.malloc.restype = ctypes.c_void_p
together = threading.Barrier(30)
def take():
    glibc.malloc(2_000)
    together.wait()
threads = [threading.Thread(target=take) for _ in range(30)]
for each in threads:
    each.start()
for each in threads:
    each.join()
glibc.malloc_stats()
"""


def _arenas(*arguments: str, **environment: str) -> int:
    """Return from how many places a process has taken memory."""
    ended = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *arguments],
        cwd=CODE_FOLDER,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return sum(line.startswith("Arena") for line in ended.stderr.splitlines())


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_stats"), reason="the C library is not glibc")
def test_all_threads_take_memory_from_two_places() -> None:
    """docs/operations.md#sizes-and-growth: by itself eight for each core; the environment counts first."""
    assert _arenas() > 3
    assert _arenas("bound") == 2
    assert _arenas("bound", MALLOC_ARENA_MAX="3") == 3
