"""A request to the console that ends soon if the console is stopped but still accepts connections."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar, cast

Answer = TypeVar("Answer")

#: While an answer is awaited the console is asked this often whether it is there.
WATCH_SECONDS = 1.0
#: It says that it is there at once, whatever else it does.
SIGN_SECONDS_MAX = 2.0
#: A restart takes less; after so much silence nobody waits any longer.
SILENCE_SECONDS_MAX = 5.0
#: After this wait the command says which part is missing behind the console.
TELL_SECONDS = 4.0


class ConsoleSilent(Exception):
    """The console gave no sign of life for too long."""


def watched(
    request: Callable[[], Answer], is_there: Callable[[], bool], tell_missing: Callable[[], None]
) -> Answer:
    """Return what a request returns, unless the console falls silent meanwhile.

    Args:
        request: Asks the console; by itself it ends after as long as the longest work takes.
        is_there: Asks for a sign of life; returns within SIGN_SECONDS_MAX.
        tell_missing: Tells which part is missing; called once, when the answer takes long.

    Raises:
        ConsoleSilent: It gave no sign of life for SILENCE_SECONDS_MAX.
    """
    pending = _PendingRequest(request)
    began_at = heard_at = time.monotonic()
    is_told = False
    while not pending.wait(WATCH_SECONDS):
        if is_there():
            heard_at = time.monotonic()
            if not is_told and heard_at - began_at >= TELL_SECONDS:
                is_told = True
                tell_missing()
        elif time.monotonic() - heard_at >= SILENCE_SECONDS_MAX:
            raise ConsoleSilent
    return pending.result()


class _PendingRequest(Generic[Answer]):
    """A request in a thread of its own, which ends with the process."""

    def __init__(self, request: Callable[[], Answer]) -> None:
        self._request = request
        self._answer: Answer | None = None
        self._error: BaseException | None = None
        self._done = threading.Event()
        threading.Thread(target=self._run, name="console-request", daemon=True).start()

    def _run(self) -> None:
        try:
            self._answer = self._request()
        except BaseException as error:  # noqa: BLE001 - it is raised where the answer is awaited
            self._error = error
        finally:
            self._done.set()

    def wait(self, seconds: float) -> bool:
        """Return whether the request has ended within `seconds`."""
        return self._done.wait(seconds)

    def result(self) -> Answer:
        """Return the answer, or raise what went wrong."""
        if self._error is not None:
            raise self._error
        return cast("Answer", self._answer)
