"""Work that a process does again and again beside its main work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

#: A round that failed is tried again after this, or sooner where rounds come more often.
RETRY_SECONDS = 10.0


@asynccontextmanager
async def repeating(
    run_once: Callable[[], Awaitable[object]],
    *,
    every_seconds: float,
    on_failure: Callable[[Exception], object],
) -> AsyncIterator[None]:
    """Run a round at once and then again and again, until the block ends.

    Args:
        run_once: One round.
        every_seconds: Pause after each round; after one that failed it is RETRY_SECONDS at most.
        on_failure: Told of a round that failed; the next one comes all the same.
    """
    task = asyncio.create_task(_repeat(run_once, every_seconds, on_failure))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _repeat(
    run_once: Callable[[], Awaitable[object]],
    every_seconds: float,
    on_failure: Callable[[Exception], object],
) -> None:
    while True:
        pause_seconds = every_seconds
        try:
            await run_once()
        except Exception as error:  # noqa: BLE001 - one bad round must not end the process
            pause_seconds = min(every_seconds, RETRY_SECONDS)
            on_failure(error)
        await asyncio.sleep(pause_seconds)
