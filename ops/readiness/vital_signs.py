"""The worker's signs of life: written beside its work, by the loop that also asks Temporal for work."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager

import structlog

from services.base.rounds import repeating
from store.health.heartbeats import BEAT_SECONDS, WORKER
from store.switch_store import SwitchStore

_log = structlog.get_logger()


class VitalSigns:
    """Says again and again that this process works.

    Args:
        store: Where it says so.
    """

    def __init__(self, store: SwitchStore) -> None:
        self._store = store
        self._is_heard = True

    def running(self) -> AbstractAsyncContextManager[None]:
        """Give signs of life until the block ends; without a database there are none meanwhile."""
        return repeating(self.run_once, every_seconds=BEAT_SECONDS, on_failure=self._tell_failure)

    async def run_once(self) -> None:
        """Give one sign of life.

        Raises:
            StoreUnavailable: PostgreSQL does not answer.
        """
        await asyncio.to_thread(self._store.beat, WORKER)
        self._is_heard = True

    def _tell_failure(self, error: Exception) -> None:
        # Once for each outage: it is tried every second.
        if self._is_heard:
            _log.warning("sign_of_life_failed", error=type(error).__name__, reason=str(error))
        self._is_heard = False
