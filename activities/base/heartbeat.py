"""Telling Temporal that a step is alive, so that a killed worker is noticed in seconds."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from temporalio import activity

#: How often a step says that it is alive; several times within the shortest heartbeat time-out.
BEAT_SECONDS = 2.0

_log = structlog.get_logger()


class Heart:
    """Beats for all steps of the process from one thread, which lives while there are any.

    A thread for each step would be started and ended ten times in a switch.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._steps: dict[object, contextvars.Context] = {}
        self._thread: threading.Thread | None = None

    def add(self, step: object, context: contextvars.Context) -> None:
        """Beat for a step from now on; the activity is known to its own context alone."""
        with self._lock:
            self._steps[step] = context
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="step-heartbeat", daemon=True)
                self._thread.start()

    def remove(self, step: object) -> None:
        """Beat no more for a step."""
        with self._lock:
            del self._steps[step]

    def _work(self) -> None:
        while True:
            time.sleep(BEAT_SECONDS)
            with self._lock:
                if not self._steps:
                    self._thread = None
                    return
                contexts = list(self._steps.values())
            for context in contexts:
                context.run(_beat)


_heart = Heart()


@contextmanager
def beating() -> Iterator[None]:
    """Tell Temporal that the step is alive while the block runs: a killed worker is noticed in seconds."""
    if activity.info().heartbeat_timeout is None:
        yield
        return
    step = object()
    _heart.add(step, contextvars.copy_context())
    try:
        yield
    finally:
        _heart.remove(step)


def _beat() -> None:
    try:
        activity.heartbeat()
    except Exception as error:  # noqa: BLE001 - one step's failure must not end the beats of all others
        # The worker's loop is busy or ends: a step that can't beat is taken over after its time-out.
        _log.warning("heartbeat_not_sent", error=type(error).__name__)
