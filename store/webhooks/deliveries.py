"""Deliveries of webhooks: what is sent to which endpoint, and each attempt (webhooks#deliveries).

The log is read in one transaction with the rows that are made from it, so no event is lost and none is taken
twice, wherever a process ends. A claim keeps two processes from sending the same delivery; it ends by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from psycopg import Cursor
from psycopg.rows import DictRow

from domain.webhooks.attempts import Attempt, Outcome, Standing, Verdict
from domain.webhooks.endpoints import ActKind, Endpoint, UnknownWebhook, WebhookAct
from domain.webhooks.event_types import WebhookMessage
from store.core.base import checked_page_size
from store.record.notifications import COLUMNS, NotificationStore, StoredNotification
from store.webhooks.endpoints import ACTS_LOCK, Effect, add_own_act, endpoints_within

#: Events that one transaction takes from the log.
EVENTS_MAX = 500
#: Who disables an endpoint that nobody answers for.
OWN_ACTOR = "planswitch"
#: Makes a message of an event; None where it does not go out.
MessageOf = Callable[[StoredNotification], WebhookMessage | None]

_POSITION = "SELECT position FROM planswitch.webhook_position FOR UPDATE SKIP LOCKED"
_MOVE = "UPDATE planswitch.webhook_position SET position = %(position)s"
_NEWEST = "SELECT coalesce(max(notification_id), 0) AS newest FROM planswitch.switch_events"
_EVENTS = f"""
SELECT {COLUMNS} FROM planswitch.switch_events
WHERE notification_id > %(after)s AND notification_id <= %(until)s AND topic = ANY(%(topics)s)
ORDER BY notification_id LIMIT %(limit)s
"""  # noqa: S608  # a constant
_ADD = """
WITH made AS (
    INSERT INTO planswitch.webhook_delivery
        (endpoint_id, notification_id, webhook_id, event_type, organization_id, switch_id, payload)
    VALUES (%(endpoint_id)s, %(notification_id)s, %(webhook_id)s, %(event_type)s, %(organization_id)s,
        %(switch_id)s, %(payload)s)
    RETURNING delivery_id, endpoint_id
)
INSERT INTO planswitch.webhook_queue (delivery_id, endpoint_id, subject, due_at)
SELECT delivery_id, endpoint_id, %(subject)s, clock_timestamp() FROM made RETURNING delivery_id
"""
#: What may be sent now: nobody sends it, no earlier event of its subject is due, its endpoint is enabled and
#: not held. The newest act decides, also where the endpoint was disabled a moment ago.
_READY = """
waiting.due_at <= now() AND (waiting.claimed_until IS NULL OR waiting.claimed_until < now())
AND NOT EXISTS (
    SELECT FROM planswitch.webhook_queue AS earlier
    WHERE earlier.endpoint_id = waiting.endpoint_id AND earlier.subject = waiting.subject
        AND earlier.delivery_id < waiting.delivery_id AND earlier.due_at <= now()
)
AND NOT EXISTS (
    SELECT FROM planswitch.webhook_standing AS standing
    WHERE standing.endpoint_id = waiting.endpoint_id AND standing.held_until > now()
)
AND (
    SELECT act.kind FROM planswitch.webhook_act AS act
    WHERE act.endpoint_id = waiting.endpoint_id
        AND act.kind IN ('created', 'enabled', 'disabled', 'removed')
    ORDER BY act.act_id DESC LIMIT 1
) IN ('created', 'enabled')
"""
_DUE = f"""
SELECT endpoint_id::text AS endpoint_id, count(*) AS due
FROM planswitch.webhook_queue AS waiting WHERE {_READY} GROUP BY endpoint_id
"""  # noqa: S608  # a constant
_CLAIM = f"""
UPDATE planswitch.webhook_queue AS queue
SET claim = %(claim)s, claimed_until = now() + %(lease)s
FROM planswitch.webhook_delivery AS delivery
WHERE delivery.delivery_id = queue.delivery_id AND queue.delivery_id = (
    SELECT waiting.delivery_id FROM planswitch.webhook_queue AS waiting
    WHERE waiting.endpoint_id = %(endpoint_id)s::uuid AND {_READY}
    ORDER BY waiting.due_at, waiting.delivery_id LIMIT 1 FOR UPDATE OF waiting SKIP LOCKED
)
RETURNING queue.delivery_id, queue.endpoint_id::text AS endpoint_id, queue.attempts, queue.first_attempt_at,
    delivery.webhook_id, delivery.organization_id, delivery.switch_id, delivery.payload,
    (SELECT failing_since FROM planswitch.webhook_standing AS standing
     WHERE standing.endpoint_id = queue.endpoint_id)
"""  # noqa: S608  # a constant
_ADD_ATTEMPT = """
INSERT INTO planswitch.webhook_attempt
    (delivery_id, started_at, duration_ms, outcome, status, answer, address)
VALUES (%(delivery_id)s, %(started_at)s, %(duration_ms)s, %(outcome)s, %(status)s, %(answer)s, %(address)s)
"""
_END = "DELETE FROM planswitch.webhook_queue WHERE delivery_id = %(delivery_id)s AND claim = %(claim)s"
_WAIT = """
UPDATE planswitch.webhook_queue
SET due_at = %(due_at)s, attempts = attempts + 1, claim = '', claimed_until = NULL,
    first_attempt_at = coalesce(first_attempt_at, %(started_at)s)
WHERE delivery_id = %(delivery_id)s AND claim = %(claim)s
"""
_STANDS = """
INSERT INTO planswitch.webhook_standing AS standing (endpoint_id, failing_since, held_until)
VALUES (%(endpoint_id)s, %(failing_since)s, %(held_until)s)
ON CONFLICT (endpoint_id) DO UPDATE SET
    failing_since = CASE WHEN EXCLUDED.failing_since IS NULL THEN NULL
        ELSE coalesce(standing.failing_since, EXCLUDED.failing_since) END,
    held_until = EXCLUDED.held_until
"""
_STATE_OF_ENDPOINT = """
SELECT kind FROM planswitch.webhook_act
WHERE endpoint_id = %(endpoint_id)s::uuid AND kind IN ('created', 'enabled', 'disabled', 'removed')
ORDER BY act_id DESC LIMIT 1
"""
_STATE = """
CASE WHEN queue.claimed_until > now() THEN 'sending' WHEN queue.delivery_id IS NOT NULL THEN 'waiting'
     WHEN last.outcome = 'delivered' THEN 'delivered' WHEN last.outcome IS NULL THEN 'dropped'
     ELSE 'failed' END
"""
_DELIVERIES = f"""
SELECT * FROM (
    SELECT delivery.delivery_id, delivery.endpoint_id::text AS endpoint_id, delivery.notification_id,
        delivery.webhook_id, delivery.event_type, delivery.organization_id, delivery.switch_id,
        delivery.payload, delivery.made_at, queue.due_at, {_STATE} AS state,
        (SELECT count(*) FROM planswitch.webhook_attempt AS a
         WHERE a.delivery_id = delivery.delivery_id) AS attempt_count,
        last.started_at, last.duration_ms, last.outcome, last.status, last.answer, last.address
    FROM planswitch.webhook_delivery AS delivery
    LEFT JOIN planswitch.webhook_queue AS queue USING (delivery_id)
    LEFT JOIN LATERAL (
        SELECT * FROM planswitch.webhook_attempt AS a
        WHERE a.delivery_id = delivery.delivery_id ORDER BY attempt_id DESC LIMIT 1
    ) AS last ON true
    WHERE delivery.endpoint_id = %(endpoint_id)s::uuid
        AND (%(before)s::bigint IS NULL OR delivery.delivery_id < %(before)s::bigint)
        AND (%(delivery_id)s::bigint IS NULL OR delivery.delivery_id = %(delivery_id)s::bigint)
) AS shown
WHERE %(state)s::text IS NULL OR state = %(state)s::text
ORDER BY delivery_id DESC LIMIT %(limit)s
"""  # noqa: S608  # constants
_ATTEMPTS = """
SELECT started_at, duration_ms, outcome, status, answer, address FROM planswitch.webhook_attempt
WHERE delivery_id = %(delivery_id)s ORDER BY attempt_id LIMIT %(limit)s
"""
_AGAIN = """
INSERT INTO planswitch.webhook_queue (delivery_id, endpoint_id, subject, due_at)
SELECT delivery.delivery_id, delivery.endpoint_id,
    coalesce(nullif(delivery.switch_id, ''), delivery.organization_id), clock_timestamp()
FROM planswitch.webhook_delivery AS delivery
WHERE delivery.endpoint_id = %(endpoint_id)s::uuid
    AND (%(delivery_id)s::bigint IS NULL OR delivery.delivery_id = %(delivery_id)s::bigint)
    AND (%(since)s::timestamptz IS NULL OR delivery.made_at >= %(since)s::timestamptz)
    AND (%(until)s::timestamptz IS NULL OR delivery.made_at < %(until)s::timestamptz)
    AND (NOT %(only_failed)s OR NOT EXISTS (
        SELECT FROM planswitch.webhook_attempt AS a
        WHERE a.delivery_id = delivery.delivery_id AND a.outcome = 'delivered'))
ON CONFLICT (delivery_id) DO UPDATE
SET due_at = clock_timestamp(), attempts = 0, first_attempt_at = NULL
WHERE planswitch.webhook_queue.claimed_until IS NULL OR planswitch.webhook_queue.claimed_until < now()
"""
_GO_ON = "UPDATE planswitch.webhook_queue SET due_at = clock_timestamp() WHERE endpoint_id = %(endpoint_id)s"
_DROP = "DELETE FROM planswitch.webhook_queue WHERE endpoint_id = %(endpoint_id)s"
_WAITING = """
SELECT endpoint_id::text AS endpoint_id, count(*) AS waiting, min(delivery.made_at) AS oldest_at
FROM planswitch.webhook_queue AS queue JOIN planswitch.webhook_delivery AS delivery
    USING (delivery_id, endpoint_id)
GROUP BY endpoint_id
"""
_STANDINGS = """
SELECT endpoint_id::text AS endpoint_id, failing_since, held_until FROM planswitch.webhook_standing
"""


class DeliveryState(StrEnum):
    """How a delivery stands."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    #: Given up after its last attempt.
    FAILED = "failed"
    #: Its endpoint was removed before an attempt.
    DROPPED = "dropped"


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimedDelivery:
    """A delivery that this process alone sends now."""

    delivery_id: int
    endpoint_id: str
    webhook_id: str
    organization_id: str
    switch_id: str
    payload: str
    standing: Standing
    claim: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One event for one endpoint, with its newest attempt."""

    delivery_id: int
    endpoint_id: str
    #: Place of the event in the log; None for a test.
    notification_id: int | None
    webhook_id: str
    event_type: str
    organization_id: str
    switch_id: str
    payload: str
    made_at: datetime
    state: DeliveryState
    #: When it is tried next; None where it is not.
    due_at: datetime | None
    attempt_count: int
    #: None before the first.
    last: Attempt | None


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointBacklog:
    """What waits for an endpoint, and how its receiver answers."""

    waiting: int = 0
    oldest_at: datetime | None = None
    #: Since when every attempt has failed; None: the last one did not.
    failing_since: datetime | None = None
    #: The receiver asked for a pause until then.
    held_until: datetime | None = None


class DeliveryStore(NotificationStore):
    """Deliveries, their queue and their attempts, and the log that they are made from."""

    def fan_out(self, topics: tuple[str, ...], message_of: MessageOf) -> int:
        """Make deliveries of the next events of the log; return how many events were looked at.

        Only one process does it at a time; for another one there is nothing to do meanwhile.

        Args:
            topics: Of the events that go out.
            message_of: Makes a message of an event.
        """

        def write(cursor: Cursor[DictRow]) -> int:
            row = cursor.execute(_POSITION).fetchone()
            newest = cursor.execute(_NEWEST).fetchone()
            if row is None or newest is None or newest["newest"] <= row["position"]:
                return 0
            endpoints = endpoints_within(cursor)
            parameters = {"after": row["position"], "until": newest["newest"], "limit": EVENTS_MAX}
            rows = []
            if endpoints:
                rows = cursor.execute(_EVENTS.encode(), {**parameters, "topics": list(topics)}).fetchall()
            for each in rows:
                _add_deliveries(cursor, endpoints, self._notification(each), message_of)
            is_whole = len(rows) < EVENTS_MAX
            position = newest["newest"] if is_whole else rows[-1]["notification_id"]
            cursor.execute(_MOVE, {"position": position})
            return len(rows)

        return self._written(write)

    def due_endpoints(self) -> Mapping[str, int]:
        """Return endpoint -> deliveries that could be sent now."""
        return {row["endpoint_id"]: row["due"] for row in self._rows(_DUE, {})}

    def claim(self, endpoint_id: str, claim: str, *, lease: timedelta) -> ClaimedDelivery | None:
        """Return the next delivery of an endpoint, which nobody else sends until the lease ends.

        Args:
            endpoint_id: The endpoint; where it is disabled nothing is claimed.
            claim: Names whoever claims, once.
            lease: Longer than an attempt takes.
        """
        facts = {"endpoint_id": endpoint_id, "claim": claim, "lease": lease}
        row = self._written(lambda cursor: cursor.execute(_CLAIM.encode(), facts).fetchone())
        if row is None:
            return None
        names = ("delivery_id", "endpoint_id", "webhook_id", "organization_id", "switch_id", "payload")
        return ClaimedDelivery(
            **{name: row[name] for name in names},
            standing=Standing(
                attempts=row["attempts"],
                first_attempt_at=_utc(row["first_attempt_at"]),
                failing_since=_utc(row["failing_since"]),
            ),
            claim=claim,
        )

    def finish(self, delivery: ClaimedDelivery, attempt: Attempt, verdict: Verdict | None) -> bool:
        """Record an attempt and what follows from it; return whether the endpoint is disabled by it.

        Args:
            delivery: What was sent; where its lease ended and another process has it, only the attempt is
                recorded.
            attempt: How that ended.
            verdict: What follows from a failure; None: it was delivered.
        """
        due_at = verdict.due_at if verdict else None
        facts = {
            "delivery_id": delivery.delivery_id,
            "endpoint_id": delivery.endpoint_id,
            "claim": delivery.claim,
            "due_at": due_at,
            "failing_since": attempt.started_at if verdict else None,
            "held_until": due_at if attempt.holds_endpoint else None,
            **_attempt_facts(attempt),
        }

        def write(cursor: Cursor[DictRow]) -> bool:
            cursor.execute(_ADD_ATTEMPT, facts)
            cursor.execute(_STANDS, facts)
            cursor.execute(_END if due_at is None else _WAIT, facts)
            return bool(verdict and verdict.disabling) and _disabled(cursor, delivery, verdict)

        return self._written(write)

    def deliveries(
        self, endpoint_id: str, *, limit: int, before: int | None = None, state: DeliveryState | None = None
    ) -> tuple[Delivery, ...]:
        """Return one page of the deliveries of an endpoint, the newest first.

        Args:
            endpoint_id: The endpoint.
            limit: Rows at most.
            before: The last delivery of the page before; None: the first page.
            state: Only those that stand so.
        """
        facts = {"endpoint_id": endpoint_id, "before": before, "delivery_id": None}
        facts |= {"limit": checked_page_size(limit), "state": state.value if state else None}
        return tuple(_delivery(row) for row in self._rows(_DELIVERIES, facts))

    def delivery(self, endpoint_id: str, delivery_id: int) -> Delivery:
        """Return one delivery of an endpoint.

        Raises:
            UnknownWebhook: The endpoint has none of this id.
        """
        facts = {"endpoint_id": endpoint_id, "before": None, "delivery_id": delivery_id}
        rows = self._rows(_DELIVERIES, {**facts, "limit": 1, "state": None})
        if not rows:
            raise UnknownWebhook(
                f"The webhook {endpoint_id} has no delivery {delivery_id}.",
                remedy=f"`planswitch webhook deliveries {endpoint_id[:8]}` lists them.",
            )
        return _delivery(rows[0])

    def attempts_of(self, delivery_id: int, *, limit: int = 200) -> tuple[Attempt, ...]:
        """Return the attempts of a delivery, oldest first."""
        rows = self._rows(_ATTEMPTS, {"delivery_id": delivery_id, "limit": checked_page_size(limit)})
        return tuple(_attempt(row) for row in rows)

    def backlogs(self) -> Mapping[str, EndpointBacklog]:
        """Return endpoint -> what waits for it, for those of which anything is known."""
        waiting = {row["endpoint_id"]: row for row in self._rows(_WAITING, {})}
        standings = {row["endpoint_id"]: row for row in self._rows(_STANDINGS, {})}
        nothing: Mapping[str, Any] = {}
        return {
            each: _backlog(waiting.get(each, nothing), standings.get(each, nothing))
            for each in {*waiting, *standings}
        }


def trial_effect(endpoint_id: str, message: WebhookMessage) -> Effect:
    """Return what queues a message that only tries an endpoint."""

    def effect(cursor: Cursor[DictRow]) -> Mapping[str, Any]:
        (row,) = cursor.execute(_ADD, _message_facts(endpoint_id, message, None)).fetchall()
        return {"delivery_id": row["delivery_id"]}

    return effect


@dataclass(frozen=True, kw_only=True, slots=True)
class Replay:
    """Which deliveries of an endpoint are sent again."""

    #: One alone; None: those that the rest names.
    delivery_id: int | None = None
    #: When they were made: from this instant on, and before that one.
    since: datetime | None = None
    until: datetime | None = None
    #: Only those that were never delivered.
    only_failed: bool = False


def replay_effect(endpoint_id: str, replay: Replay) -> Effect:
    """Return what queues deliveries again; those that are being sent are left to that."""
    facts = {
        "endpoint_id": endpoint_id,
        "delivery_id": replay.delivery_id,
        "since": replay.since,
        "until": replay.until,
        "only_failed": replay.only_failed,
    }

    def effect(cursor: Cursor[DictRow]) -> Mapping[str, Any]:
        return {"count": cursor.execute(_AGAIN, facts).rowcount}

    return effect


def enable_effect(endpoint_id: str) -> Effect:
    """Return what lets everything that waits for an endpoint be sent now."""

    def effect(cursor: Cursor[DictRow]) -> Mapping[str, Any]:
        facts = {"endpoint_id": endpoint_id, "failing_since": None, "held_until": None}
        cursor.execute(_STANDS, facts)
        return {"count": cursor.execute(_GO_ON, facts).rowcount}

    return effect


def remove_effect(endpoint_id: str) -> Effect:
    """Return what drops everything that waits for an endpoint."""

    def effect(cursor: Cursor[DictRow]) -> Mapping[str, Any]:
        return {"count": cursor.execute(_DROP, {"endpoint_id": endpoint_id}).rowcount}

    return effect


def position_effect(cursor: Cursor[DictRow]) -> Mapping[str, Any]:
    """Return after which event of the log a new endpoint begins."""
    row = cursor.execute(_NEWEST).fetchone()
    return {"from_position": row["newest"] if row else 0}


def _add_deliveries(
    cursor: Cursor[DictRow],
    endpoints: tuple[Endpoint, ...],
    notification: StoredNotification,
    message_of: MessageOf,
) -> None:
    message = message_of(notification)
    if message is None:
        return
    for endpoint in endpoints:
        if endpoint.wants(message, notification.id):
            cursor.execute(_ADD, _message_facts(endpoint.endpoint_id, message, notification.id))


def _message_facts(endpoint_id: str, message: WebhookMessage, notification_id: int | None) -> dict[str, Any]:
    return {
        "endpoint_id": endpoint_id,
        "notification_id": notification_id,
        "webhook_id": message.webhook_id,
        "event_type": message.event_type,
        "organization_id": message.organization_id,
        "switch_id": message.switch_id,
        "payload": message.payload,
        "subject": message.subject,
    }


def _disabled(cursor: Cursor[DictRow], delivery: ClaimedDelivery, verdict: Verdict | None) -> bool:
    """Disable the endpoint of a delivery; return whether it was enabled until now."""
    cursor.execute(ACTS_LOCK)
    row = cursor.execute(_STATE_OF_ENDPOINT, {"endpoint_id": delivery.endpoint_id}).fetchone()
    if verdict is None or row is None or row["kind"] not in {ActKind.CREATED, ActKind.ENABLED}:
        return False
    act = WebhookAct(
        endpoint_id=delivery.endpoint_id,
        kind=ActKind.DISABLED,
        actor=OWN_ACTOR,
        reason=verdict.disabling,
        facts={"delivery_id": delivery.delivery_id},
    )
    add_own_act(cursor, act)
    return True


def _attempt_facts(attempt: Attempt) -> dict[str, Any]:
    names = ("started_at", "duration_ms", "status", "answer", "address")
    return {"outcome": attempt.outcome.value, **{name: getattr(attempt, name) for name in names}}


def _attempt(row: DictRow) -> Attempt:
    return Attempt(
        started_at=row["started_at"].astimezone(UTC),
        duration_ms=row["duration_ms"],
        outcome=Outcome(row["outcome"]),
        status=row["status"],
        answer=row["answer"],
        address=row["address"],
    )


def _delivery(row: DictRow) -> Delivery:
    names = ("delivery_id", "endpoint_id", "notification_id", "webhook_id", "event_type", "organization_id")
    return Delivery(
        **{name: row[name] for name in (*names, "switch_id", "payload", "attempt_count")},
        made_at=row["made_at"].astimezone(UTC),
        state=DeliveryState(row["state"]),
        due_at=_utc(row["due_at"]),
        last=_attempt(row) if row["outcome"] is not None else None,
    )


def _backlog(waiting: Mapping[str, Any], standing: Mapping[str, Any]) -> EndpointBacklog:
    return EndpointBacklog(
        waiting=waiting.get("waiting", 0),
        oldest_at=_utc(waiting.get("oldest_at")),
        failing_since=_utc(standing.get("failing_since")),
        held_until=_utc(standing.get("held_until")),
    )


def _utc(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC) if at else None
