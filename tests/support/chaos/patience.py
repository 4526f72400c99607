"""Asking Temporal while it is killed and brought back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from temporalio.client import WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode

TRY_AGAIN_SECONDS = 1.0
#: What a client hears of a server that is being brought back; anything else is an answer.
_AWAY = frozenset(
    {
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.CANCELLED,
        RPCStatusCode.UNKNOWN,
        RPCStatusCode.INTERNAL,
        # A workflow task failed and is tried again: on a busy machine one takes too long now and then.
        RPCStatusCode.FAILED_PRECONDITION,
    }
)
Answer = TypeVar("Answer")


async def persisting(ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """Ask Temporal until it answers."""
    while True:
        try:
            return await ask()
        except WorkflowUpdateRPCTimeoutOrCancelledError:
            pass
        except RPCError as error:
            if error.status not in _AWAY:
                raise
        await asyncio.sleep(TRY_AGAIN_SECONDS)
