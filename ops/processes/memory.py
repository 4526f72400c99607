"""How a process that runs for months keeps its memory."""

from __future__ import annotations

import ctypes
import os

#: `M_ARENA_MAX` of glibc's `mallopt`.
_ARENA_MAX = -8
_ARENAS = 2
_VARIABLE = "MALLOC_ARENA_MAX"


def bound_arenas() -> None:
    """Let glibc take memory from few places for all threads; call it before there are threads.

    By itself it has eight places for each core, and a thread keeps to its own. What one thread gives back no
    other one uses, so a process with many threads grows slowly for hours. A setting of the environment counts
    before this one; other C libraries have no such places.
    """
    if _VARIABLE in os.environ:
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    mallopt(_ARENA_MAX, _ARENAS)
