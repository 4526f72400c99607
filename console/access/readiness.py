"""The console's check of the parts that it depends on: one at a time, shared by all callers meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from console.models.system import PartReadiness, ReadinessAnswer
from ops.readiness.part_state import PartState, Readiness
from projections.reads.shown_rows import instant_text

#: A look this young answers the next question as well: pages, probes and metrics ask often.
FRESH_SECONDS = 1.5


class ReadinessWatch:
    """Looks when somebody asks, and never twice at once.

    Args:
        look: Looks at every part.
    """

    def __init__(self, look: Callable[[], Awaitable[Readiness]]) -> None:
        self._look = look
        self._lock = asyncio.Lock()
        self._readiness: Readiness | None = None
        self._seen_at = 0.0

    async def now(self) -> Readiness:
        """Return how every part is, FRESH_SECONDS ago at most."""
        async with self._lock:
            if self._readiness is None or time.monotonic() - self._seen_at > FRESH_SECONDS:
                self._readiness = await self._look()
                self._seen_at = time.monotonic()
            return self._readiness


def readiness_facts(readiness: Readiness) -> ReadinessAnswer:
    """Return what anybody may read: no address, no account, no message of a server."""
    return ReadinessAnswer(
        status="ready" if readiness.is_ready else "not_ready",
        looked_at=instant_text(readiness.looked_at),
        parts=tuple(_part_facts(each) for each in readiness.parts),
    )


def _part_facts(each: PartState) -> PartReadiness:
    return PartReadiness(
        part=each.part,
        state=each.state,
        code=each.code,
        detail=each.detail,
        remedy=each.remedy,
        figures=dict(each.figures),
    )
