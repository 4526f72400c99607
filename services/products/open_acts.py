"""Carries acts on products on that nobody waits for any more: after a lost answer, or the end of a process.

It follows the log of all events, and begins with what was open when it started (products#acts).
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta

import structlog

from domain.ports.cloud import CloudFactory
from domain.products.product_acts import ProductActBegun, open_acts
from services.base.rounds import repeating
from services.products.carrying import carry_on
from store.core.errors import UnreadableEvent
from store.switch_store import SwitchStore

EVERY_SECONDS = 5.0
#: An act of this age is still in the hands of whoever asked for it.
GRACE = timedelta(seconds=10)
_log = structlog.get_logger()


class OpenActs:
    """Goes on with acts until each has ended."""

    def __init__(self, store: SwitchStore, cloud_factory: CloudFactory) -> None:
        self._store = store
        self._cloud_factory = cloud_factory
        self._position = 0
        #: Organizations with an act that may be open.
        self._organizations: set[str] = set()

    def running(self) -> AbstractAsyncContextManager[None]:
        """Go on until the block ends."""
        return repeating(self.run_once, every_seconds=EVERY_SECONDS, on_failure=self._tell_failure)

    def _tell_failure(self, error: Exception) -> None:
        _log.warning("open_acts_failed", error=type(error).__name__, reason=str(error))

    async def run_once(self) -> int:
        """Carry every open act on once, and return how many are still open.

        Raises:
            StoreUnavailable: PostgreSQL does not answer.
        """
        return await asyncio.to_thread(self._round)

    def _round(self) -> int:
        self._follow()
        still_open = 0
        for organization_id in sorted(self._organizations):
            left = self._carry(organization_id)
            still_open += left
            if not left:
                self._organizations.discard(organization_id)
        return still_open

    def _follow(self) -> None:
        """Note the organizations whose acts have begun since the last round."""
        until = self._store.max_notification_id()
        after = self._position
        while page := self._store.notifications_of(ProductActBegun.TOPIC, after_id=after, until_id=until):
            for each in page:
                try:
                    event = each.event
                    if isinstance(event, ProductActBegun):
                        self._organizations.add(str(event.meta["organization_id"]))
                except UnreadableEvent as error:
                    _log.warning("event_unreadable", notification_id=each.id, error=type(error).__name__)
            after = page[-1].id
        self._position = until

    def _carry(self, organization_id: str) -> int:
        organization = self._store.organization(organization_id)
        states = open_acts(organization) if organization else ()
        left, now = 0, datetime.now(tz=UTC)
        for each in states:
            if now - each.at < GRACE:
                left += 1
                continue
            state = carry_on(self._store, self._cloud_factory, organization_id, each.question.request_id)
            left += state.ended_at is None
        return left
