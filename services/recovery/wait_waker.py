"""Tells requests that wait that what they wait for may be gone (rules#waiting).

A lock of their organization was released, or somebody acted on its products or licenses through us.

It follows the log of all events. What it misses while it is down, a wait finds by its own timer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any

import structlog
from temporalio.client import Client
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError

from domain.operator.license_edits import LicenseEditEnded
from domain.organizations.organization import CommerceUnlocked, SwitchReleased
from domain.products.product_acts import ProductActEnded
from services.base.rounds import repeating
from services.temporal.workflow_runs import RPC_TIMEOUT, WAIT
from store.core.errors import UnreadableEvent
from store.record.notifications import StoredNotification
from store.switch_store import SwitchStore

SIGNAL = "look_now"
#: Events after which a reason of another request may be gone.
CLEARING = frozenset(
    {SwitchReleased.TOPIC, CommerceUnlocked.TOPIC, ProductActEnded.TOPIC, LicenseEditEnded.TOPIC}
)
#: A worker looks for released locks this often.
EVERY_SECONDS = 1.0
#: Waits that are looked at in a round.
WAITS_MAX = 1_000

_ORGANIZATION = SearchAttributeKey.for_keyword("SwitchOrganization")
_OPEN = f"WorkflowType = '{WAIT}' AND ExecutionStatus = 'Running'"
_log = structlog.get_logger()


class WaitWaker:
    """Lets waits look at once when a lock is released, instead of at their next timer."""

    def __init__(self, client: Client, store: SwitchStore) -> None:
        self._client = client
        self._store = store
        self._position: int | None = None

    def running(self) -> AbstractAsyncContextManager[None]:
        """Follow the log until the block ends."""
        return repeating(self.run_once, every_seconds=EVERY_SECONDS, on_failure=self._tell_failure)

    def _tell_failure(self, error: Exception) -> None:
        _log.warning("wait_waker_failed", error=type(error).__name__, reason=str(error))

    async def run_once(self) -> int:
        """Tell of the events since the last round, and return how many waits were told.

        The first round begins at the end of the log.

        Raises:
            RPCError: Temporal does not answer; the same events are told of in the next round.
            StoreUnavailable: PostgreSQL does not answer.
        """
        if self._position is None:
            self._position = await asyncio.to_thread(self._store.max_notification_id)
        count = 0
        while page := await asyncio.to_thread(self._store.notifications, self._position):
            clearing = [each for each in page if each.topic in CLEARING]
            newest = {name: each for each in clearing if (name := _organization_of(each))}
            if newest:
                count += await self._tell(newest)
            self._position = page[-1].id
        return count

    async def _tell(self, newest: Mapping[str, StoredNotification]) -> int:
        """Tell waits of the newest event of their organization; Temporal is asked once for all."""
        count = 0
        async for each in self._client.list_workflows(_OPEN, limit=WAITS_MAX, rpc_timeout=RPC_TIMEOUT):
            event = newest.get(str(each.typed_search_attributes.get(_ORGANIZATION)))
            if event is None:
                continue
            # One that has ended meanwhile needs to be told nothing.
            with suppress(RPCError):
                await self._client.get_workflow_handle(each.id, run_id=each.run_id).signal(
                    SIGNAL, {"cause": event.topic, "position": event.id}, rpc_timeout=RPC_TIMEOUT
                )
                count += 1
        return count


def _organization_of(notification: StoredNotification) -> str:
    """Return whom an event concerns; "" for one that can't be read: the others are told all the same."""
    try:
        event: Any = notification.event
        return str(event.meta["organization_id"])
    except (UnreadableEvent, LookupError, TypeError, AttributeError) as error:
        _log.warning("event_unreadable", notification_id=notification.id, error=type(error).__name__)
        return ""
