"""Requests that wait for Temporal hold threads of the server's pool; everybody else goes on (ADR 23)."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

import pytest
from anyio import from_thread, to_thread
from temporalio.client import Client

from services.temporal.command_signer import CommandSigner
from services.temporal.switch_workflows import OrchestrationUnavailable, SwitchWorkflows
from services.temporal.temporal_watch import THREADS_MAX, one_thread_more
from tests.support.worlds.signing import KEYS

#: Ends the test where somebody gets no thread.
PATIENCE_SECONDS = 30.0


async def test_requests_that_wait_for_temporal_take_no_thread_from_others() -> None:
    """Twice as many wait as the pool has threads, and another one is served at once (ADR 23)."""
    all_wait, is_over = asyncio.Event(), asyncio.Event()
    came = 0

    async def connect() -> Client:
        nonlocal came
        came += 1
        if came == len(waiting):
            all_wait.set()
        await is_over.wait()
        raise RuntimeError("Failed client connect: it never came")

    workflows = SwitchWorkflows(connect, task_queue="unused", signer=CommandSigner(KEYS))
    pool = to_thread.current_default_thread_limiter()
    threads = int(pool.total_tokens)

    async def wait_for_temporal() -> None:
        with pytest.raises(OrchestrationUnavailable):
            await to_thread.run_sync(from_thread.run, workflows.histories, "switch:1")

    waiting = [asyncio.create_task(wait_for_temporal()) for _ in range(2 * threads)]
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await all_wait.wait()
            assert await to_thread.run_sync(lambda: "served") == "served"
        assert not any(each.done() for each in waiting)
    finally:
        is_over.set()
        await asyncio.gather(*waiting)

    assert pool.total_tokens == threads


async def test_the_pool_grows_no_further_than_its_limit() -> None:
    """A burst of requests makes no thread for each: memory and connections to PostgreSQL are bounded."""
    pool = to_thread.current_default_thread_limiter()
    threads = pool.total_tokens

    with ExitStack() as waiting:
        for _ in range(2 * THREADS_MAX):
            waiting.enter_context(one_thread_more())
        most = pool.total_tokens

    assert (most, pool.total_tokens) == (THREADS_MAX, threads)
