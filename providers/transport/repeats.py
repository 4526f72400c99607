"""Reads that are sent again at once, for somebody who waits for the answer (ADR 60).

An activity needs none of it: Temporal repeats the whole of it. A write is never repeated here, since the
record of its calls decides whether its effect may have happened.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from domain.kernel.errors import ProviderThrottled, ProviderUnavailable

Answered = TypeVar("Answered")

#: Seconds before the second try, the third, and the fourth.
PAUSES_SECONDS = (0.2, 0.5, 1.0)
#: Nobody is kept waiting for longer than this between two tries, even if the provider asks for more.
PAUSE_SECONDS_MAX = 2.0
#: A provider that was silent for longer than this would most likely be silent again.
FAILED_FAST_SECONDS = 2.0


def repeated(
    send: Callable[[], Answered],
    *,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.perf_counter,
) -> Answered:
    """Send a read until it is answered, four times at most.

    Args:
        send: Sends it once.
        sleep: Waits for so many seconds.
        now: A reading of the monotonic clock, in seconds.

    Raises:
        ProviderThrottled: The last try was throttled, or the provider asks for a longer pause than 2 seconds.
        ProviderUnavailable: The last try failed, or one failed slowly.
    """
    for pause in PAUSES_SECONDS:
        started = now()
        try:
            return send()
        except ProviderThrottled as error:
            if error.retry_after_seconds > PAUSE_SECONDS_MAX:
                raise
            sleep(max(pause, error.retry_after_seconds))
        except ProviderUnavailable:
            if now() - started > FAILED_FAST_SECONDS:
                raise
            sleep(pause)
    return send()
