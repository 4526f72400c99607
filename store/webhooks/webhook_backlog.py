"""What waits to be sent to receivers of webhooks, and which of them get nothing (webhooks#readiness)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from store.health.heartbeats import Session

#: The newest act decides how an endpoint stands; those that were removed are nobody's any more.
_ENDPOINTS = """
SELECT DISTINCT ON (endpoint_id) endpoint_id, kind, actor FROM planswitch.webhook_act
WHERE kind IN ('created', 'enabled', 'disabled', 'removed') ORDER BY endpoint_id, act_id DESC
"""
_WAITING = f"""
WITH endpoint AS ({_ENDPOINTS})
SELECT count(q.delivery_id) AS waiting,
    coalesce(max(extract(epoch FROM clock_timestamp() - d.made_at)), 0)::double precision AS oldest_seconds
FROM planswitch.webhook_queue AS q
JOIN planswitch.webhook_delivery AS d USING (delivery_id)
JOIN endpoint ON endpoint.endpoint_id = q.endpoint_id AND endpoint.kind <> 'disabled'
"""  # noqa: S608  # a constant
_STANDING = f"""
WITH endpoint AS ({_ENDPOINTS})
SELECT count(*) FILTER (WHERE endpoint.kind <> 'disabled') AS enabled,
    count(*) FILTER (WHERE endpoint.kind = 'disabled' AND endpoint.actor = %(own_actor)s) AS given_up,
    coalesce(max(extract(epoch FROM clock_timestamp() - s.failing_since))
        FILTER (WHERE endpoint.kind <> 'disabled'), 0)::double precision AS failing_seconds
FROM endpoint LEFT JOIN planswitch.webhook_standing AS s USING (endpoint_id)
WHERE endpoint.kind <> 'removed'
"""  # noqa: S608  # a constant
#: The oldest event that goes out and was not looked at.
_UNREAD = """
SELECT extract(epoch FROM clock_timestamp() - recorded_at)::double precision AS seconds
FROM planswitch.switch_events
WHERE notification_id > (SELECT position FROM planswitch.webhook_position) AND topic = ANY(%(topics)s)
ORDER BY notification_id LIMIT 1
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookBacklog:
    """What waits for the endpoints that are enabled, and which are not.

    Args:
        waiting: Deliveries that are not done.
        oldest_seconds: Age of the oldest of them.
        unread_seconds: Age of the oldest event that goes out and was not looked at; 0 without an endpoint.
        failing_seconds: Since when every attempt at some endpoint has failed.
        enabled: Endpoints that get messages.
        given_up: Endpoints that the product disabled.
    """

    waiting: int = 0
    oldest_seconds: float = 0.0
    unread_seconds: float = 0.0
    failing_seconds: float = 0.0
    enabled: int = 0
    given_up: int = 0


def webhook_backlog(session: Session, *, topics: Collection[str], own_actor: str) -> WebhookBacklog:
    """Return what waits to be sent, and how the endpoints stand.

    Args:
        session: A connection with rows by name.
        topics: Of the events that go out.
        own_actor: Actor of what the product does by itself.
    """
    standing = session.execute(_STANDING.encode(), {"own_actor": own_actor}).fetchone() or {}
    waiting = session.execute(_WAITING.encode()).fetchone() or {}
    unread = session.execute(_UNREAD.encode(), {"topics": sorted(topics)}).fetchone()
    return WebhookBacklog(
        waiting=waiting["waiting"],
        oldest_seconds=waiting["oldest_seconds"],
        unread_seconds=unread["seconds"] if unread and standing["enabled"] else 0.0,
        failing_seconds=standing["failing_seconds"],
        enabled=standing["enabled"],
        given_up=standing["given_up"],
    )
