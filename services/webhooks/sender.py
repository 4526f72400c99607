"""The sender of webhooks: makes deliveries of the log, and sends what is due (webhooks#sending).

It runs in each worker process. The log is read by one process at a time, and a delivery is claimed by one, so
that several processes send each delivery once. Where a process ends between sending and recording, the claim
ends by itself and the message is sent once more, under the same id.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import structlog

from domain.webhooks.attempts import FAILING_DAYS_MAX, Attempt, verdict_of
from domain.webhooks.endpoints import Endpoint
from domain.webhooks.event_types import TOPICS, WebhookMessage, message_of
from domain.webhooks.signatures import signed_headers, signing_keys
from providers.webhooks.posting import WebhookPost
from services.base.rounds import repeating
from store.core.errors import UnreadableEvent
from store.record.notifications import StoredNotification
from store.webhooks.deliveries import ClaimedDelivery
from store.webhooks.webhook_store import WebhookStore

#: Pause between two looks at the log and at the queue.
EVERY_SECONDS = 0.5
#: Nobody else sends a claimed delivery for so long; an attempt takes less.
LEASE = timedelta(seconds=60)
#: Deliveries on their way to one endpoint at once, and to all of them, in one process.
LANES_PER_ENDPOINT = 4
LANES_MAX = 12
#: A process that ends waits so long for attempts that are under way.
STOP_SECONDS = 3.0
#: Points at which a test stops a sender.
FANNED_OUT, CLAIMED, SENT, RECORDED = "webhook:fanned", "webhook:claimed", "webhook:sent", "webhook:recorded"
#: Who is told of a point: switch, organization, point.
Reached = Callable[[str, str, str], None]
_log = structlog.get_logger()


def log_disabled(endpoint: Endpoint) -> None:
    """Leave a line in the log for an endpoint that the product disabled."""
    _log.error(
        "webhook_disabled",
        endpoint_id=endpoint.endpoint_id,
        reason=endpoint.state_act.reason,
        remedy="Mend the receiver, then `planswitch webhook enable`: it goes on where it stood.",
    )


def _no_point(_switch_id: str, _organization_id: str, _point: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SenderSettings:
    """How a sender works."""

    #: An endpoint is disabled when every attempt has failed for so long.
    failing_max: timedelta = timedelta(days=FAILING_DAYS_MAX)
    every_seconds: float = EVERY_SECONDS
    lease: timedelta = LEASE
    #: Told of each endpoint that the sender disables; notices to people hang here.
    on_disabled: Callable[[Endpoint], None] = log_disabled
    reached: Reached = _no_point


class WebhookSender:
    """Sends what is due, in lanes: each is a thread that works for one endpoint until nothing is due.

    Args:
        store: Endpoints and deliveries.
        post: Sends one body.
        settings: How it works.
    """

    def __init__(self, store: WebhookStore, post: WebhookPost, settings: SenderSettings) -> None:
        self._store = store
        self._post = post
        self._settings = settings
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        #: Endpoint -> its lanes.
        self._lanes: dict[str, int] = {}
        self._threads: set[threading.Thread] = set()
        self._is_heard = True

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send until the block ends; what is not sent by then is sent by another process."""
        every = self._settings.every_seconds
        async with repeating(self.run_once, every_seconds=every, on_failure=self._tell_failure):
            yield
        await asyncio.to_thread(self.close)

    async def run_once(self) -> None:
        """Make deliveries of what is new in the log, and begin to send what is due.

        Raises:
            StoreUnavailable: PostgreSQL does not answer.
        """
        await asyncio.to_thread(self.begin_round)
        self._is_heard = True

    def begin_round(self) -> tuple[threading.Thread, ...]:
        """Do the same in this thread; return the lanes that were begun."""
        while self._store.fan_out(TOPICS, message_of_notification):
            self._settings.reached("", "", FANNED_OUT)
        begun = []
        for endpoint_id, due in self._store.due_endpoints().items():
            for _ in range(self._new_lanes(endpoint_id, due)):
                # A receiver that is slow must not hold up the end of the process.
                lane = threading.Thread(target=self._lane, args=(endpoint_id,), daemon=True, name="webhook")
                begun.append(lane)
                self._threads.add(lane)
                lane.start()
        return tuple(begun)

    def drain(self) -> None:
        """Send until nothing is due that this process may send."""
        while lanes := self.begin_round():
            for each in lanes:
                each.join()

    def close(self) -> None:
        """Begin nothing new, and wait a moment for what is under way."""
        self._stopping.set()
        until = time.monotonic() + STOP_SECONDS
        for each in tuple(self._threads):
            each.join(max(until - time.monotonic(), 0))

    def _new_lanes(self, endpoint_id: str, due: int) -> int:
        """Return how many lanes an endpoint gets beside those that it has, and count them as its own."""
        with self._lock:
            free = min(
                LANES_PER_ENDPOINT - self._lanes.get(endpoint_id, 0), LANES_MAX - sum(self._lanes.values())
            )
            count = max(min(free, due), 0)
            self._lanes[endpoint_id] = self._lanes.get(endpoint_id, 0) + count
        return count

    def _lane(self, endpoint_id: str) -> None:
        try:
            while not self._stopping.is_set():
                claimed = self._store.claim(endpoint_id, str(uuid4()), lease=self._settings.lease)
                if claimed is None:
                    break
                self._deliver(claimed)
        except Exception as error:  # noqa: BLE001 - the claim ends by itself, and the delivery is sent later
            _log.warning("webhook_lane_ended", endpoint_id=endpoint_id, reason=repr(error))
        finally:
            with self._lock:
                self._lanes[endpoint_id] -= 1
            self._threads.discard(threading.current_thread())

    def _deliver(self, claimed: ClaimedDelivery) -> None:
        """Send one delivery once, and record how that ended."""
        self._reached(claimed, CLAIMED)
        attempt = self._attempt(claimed)
        self._reached(claimed, SENT)
        verdict = None
        if not attempt.is_delivered:
            failing_max = self._settings.failing_max
            jitter = random.random()  # noqa: S311 - it spreads retries
            verdict = verdict_of(attempt, claimed.standing, failing_max=failing_max, jitter=jitter)
        is_disabled = self._store.finish(claimed, attempt, verdict)
        self._reached(claimed, RECORDED)
        if verdict is not None:
            _log.warning(
                "webhook_not_delivered",
                endpoint_id=claimed.endpoint_id,
                delivery_id=claimed.delivery_id,
                outcome=attempt.outcome.value,
                status=attempt.status,
                is_given_up=verdict.due_at is None,
            )
        if is_disabled:
            self._settings.on_disabled(self._store.endpoint(claimed.endpoint_id))

    def _attempt(self, claimed: ClaimedDelivery) -> Attempt:
        """Send one delivery by the settings of this moment."""
        endpoint = self._store.endpoint(claimed.endpoint_id)
        at, body = datetime.now(tz=UTC), claimed.payload.encode()
        keys = signing_keys(self._store.secrets_of(endpoint.endpoint_id), at)
        headers = signed_headers(claimed.webhook_id, body, keys, at=at)
        return self._post.send(endpoint.settings.url, body, headers)

    def _reached(self, claimed: ClaimedDelivery, point: str) -> None:
        self._settings.reached(claimed.switch_id, claimed.organization_id, point)

    def _tell_failure(self, error: Exception) -> None:
        """Log the first of the rounds that fail one after the other."""
        if self._is_heard:
            _log.warning("webhook_round_failed", error=type(error).__name__, reason=str(error))
        self._is_heard = False


def message_of_notification(notification: StoredNotification) -> WebhookMessage | None:
    """Return what receivers get of a stored event; None where it does not go out, or can't be read."""
    try:
        event = notification.event
    except UnreadableEvent as error:
        _log.error("event_unreadable", notification_id=notification.id, error=type(error).__name__)
        return None
    webhook_id = f"evt_{notification.stream_id.hex}_{notification.version}"
    return message_of(event, position=notification.id, webhook_id=webhook_id)
