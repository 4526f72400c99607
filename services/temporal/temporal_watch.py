"""A conversation with Temporal that ends soon when Temporal, or the worker behind it, is silent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

from anyio.to_thread import current_default_thread_limiter
from temporalio.client import Client, WorkflowUpdateHandle, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError

Answer = TypeVar("Answer")

#: While an answer is awaited Temporal is asked this often whether it is there.
WATCH_SECONDS = 1.0
#: Time in which Temporal must say that it is there.
HEALTH_TIMEOUT = timedelta(seconds=2)
#: A restart of the server takes less; after so much silence nobody waits any longer.
SILENCE_SECONDS_MAX = 5.0
#: A worker takes a command in milliseconds.
TAKEN_SECONDS_MAX = 7.0
#: What the command sets off may ask the seller; after this the caller is told to look again.
ANSWER_SECONDS_MAX = 45.0
#: Threads of the server's pool at most: each costs memory, and may hold a connection to PostgreSQL.
THREADS_MAX = 400


class TemporalSilent(Exception):
    """Temporal gave no sign of life for too long."""


class WorkerSilent(Exception):
    """Temporal is there, and no worker took the command."""


class AnswerLate(Exception):
    """The worker took the command and has not answered it yet."""


@contextmanager
def one_thread_more() -> Iterator[None]:
    """Let the server's pool have one thread more for as long as a request waits for Temporal.

    A request waits in a thread of the pool, up to a minute where the worker is slow. Without this as many
    waiting requests as the pool has threads would stop all others, those that ask nothing of Temporal too.
    The pool grows to THREADS_MAX; whoever comes then waits for a thread.
    """
    pool = current_default_thread_limiter()
    if pool.total_tokens >= THREADS_MAX:
        yield
        return
    pool.total_tokens += 1
    try:
        yield
    finally:
        pool.total_tokens -= 1


async def watched(client: Client, work: Coroutine[Any, Any, Answer]) -> Answer:
    """Return what `work` returns, unless Temporal falls silent meanwhile.

    A call to a server that is stopped, not dead, ends by its own time limit alone, which is as long as the
    longest work takes.

    Raises:
        TemporalSilent: It gave no sign of life for SILENCE_SECONDS_MAX.
    """
    loop = asyncio.get_running_loop()
    task = loop.create_task(work)
    heard_at = loop.time()
    try:
        while not (await asyncio.wait({task}, timeout=WATCH_SECONDS))[0]:
            if await _is_there(client):
                heard_at = loop.time()
            elif loop.time() - heard_at >= SILENCE_SECONDS_MAX:
                raise TemporalSilent
        return task.result()
    finally:
        task.add_done_callback(_note_end)
        task.cancel()


def _note_end(task: asyncio.Task[Any]) -> None:
    """Look at how a task ended whose result nobody wants, so that asyncio does not report it as lost."""
    if not task.cancelled():
        task.exception()


async def answer_of(start: Awaitable[WorkflowUpdateHandle[Answer]]) -> Answer:
    """Return the answer of an update that is sent with `wait_for_stage` ACCEPTED.

    Raises:
        WorkerSilent: No worker took it within TAKEN_SECONDS_MAX.
        AnswerLate: It was taken, and the answer did not come within ANSWER_SECONDS_MAX.
    """
    try:
        async with asyncio.timeout(TAKEN_SECONDS_MAX):
            handle = await start
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
        raise WorkerSilent from error
    try:
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            return await handle.result()
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
        raise AnswerLate from error


async def _is_there(client: Client) -> bool:
    try:
        async with asyncio.timeout(HEALTH_TIMEOUT.total_seconds()):
            return await client.service_client.check_health(timeout=HEALTH_TIMEOUT)
    except (RPCError, RuntimeError, TimeoutError):
        return False
