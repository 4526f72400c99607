"""Decide and save, and decide anew where somebody else wrote first."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from domain.kernel.errors import ConcurrentWrite

Answer = TypeVar("Answer")
#: Times something is decided anew, such as beside the steps of a lost run that still write.
SAVE_ATTEMPTS_MAX = 8


def decided_anew(decide: Callable[[], Answer]) -> Answer:
    """Return what is decided and saved at last.

    Args:
        decide: Loads, decides and saves.

    Raises:
        ConcurrentWrite: Somebody else was faster each time.
    """
    for _ in range(SAVE_ATTEMPTS_MAX - 1):
        with suppress(ConcurrentWrite):
            return decide()
    return decide()
