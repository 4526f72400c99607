"""What waits to be sent by mail, and what the mail server said last (notices#readiness)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from domain.notices.delivery import UNDELIVERED, Outcome
from store.health.heartbeats import Session

_WAITING = """
SELECT count(*) AS waiting,
    coalesce(max(extract(epoch FROM clock_timestamp() - greatest(n.derived_at, r.asked_at))), 0)
        ::double precision AS oldest_seconds
FROM planswitch.notice_queue AS q
JOIN planswitch.notice AS n USING (notice_id)
LEFT JOIN planswitch.notice_resend AS r ON r.notice_id = q.notice_id AND r.round = q.round
"""
#: The oldest event that may cause a notice and was not looked at; nobody is told of what happened before.
_UNDERIVED = """
SELECT extract(epoch FROM clock_timestamp() - e.recorded_at)::double precision AS seconds
FROM planswitch.switch_events AS e
WHERE e.topic = ANY(%(topics)s)
    AND e.notification_id > (SELECT position FROM planswitch.notice_cursor WHERE name = 'log')
    AND e.notification_id > (
        SELECT min(s.since_position) FROM planswitch.notice_subscription AS s
        WHERE NOT EXISTS (
            SELECT FROM planswitch.notice_subscription_end AS x
            WHERE x.subscription_id = s.subscription_id))
ORDER BY e.notification_id LIMIT 1
"""
_LAST_ANSWER = """
SELECT outcome, code, text FROM planswitch.notice_answer WHERE outcome <> %(withdrawn)s
ORDER BY answered_at DESC LIMIT 1
"""
_UNDELIVERED = """
SELECT count(*) AS undelivered,
    coalesce(min(extract(epoch FROM clock_timestamp() - ended_at)), -1)::double precision AS newest_seconds
FROM planswitch.notice_end AS ended
WHERE ended_at > clock_timestamp() - %(span)s AND state = ANY(%(states)s)
    AND NOT EXISTS (
        SELECT FROM planswitch.notice_resend AS again
        WHERE again.notice_id = ended.notice_id AND again.round > ended.round)
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeBacklog:
    """What waits, what was not looked at, and what went wrong.

    Args:
        waiting: Notices that are not done.
        oldest_seconds: Age of the oldest of them.
        underived_seconds: Age of the oldest event that may cause a notice and was not looked at.
        last_outcome: What the newest try came to; None before the first answer.
        last_code: Reply of the mail server to it; 0 without a reply.
        last_text: Its words, without addresses.
        undelivered: Notices that ended lately, were not delivered, and were not sent again.
        failed_seconds: Since the newest of them ended; -1: there is none.
    """

    waiting: int = 0
    oldest_seconds: float = 0.0
    underived_seconds: float = 0.0
    last_outcome: Outcome | None = None
    last_code: int = 0
    last_text: str = ""
    undelivered: int = 0
    failed_seconds: float = -1.0


def notice_backlog(session: Session, *, topics: Collection[str], span: timedelta) -> NoticeBacklog:
    """Return what waits to be sent, and what went wrong lately.

    Args:
        session: A connection with rows by name.
        topics: Of the events that may cause a notice.
        span: How long ago a notice counts that was not delivered.
    """
    waiting = session.execute(_WAITING.encode()).fetchone() or {}
    underived = session.execute(_UNDERIVED.encode(), {"topics": sorted(topics)}).fetchone()
    withdrawn = {"withdrawn": Outcome.WITHDRAWN.value}
    last = session.execute(_LAST_ANSWER.encode(), withdrawn).fetchone()
    facts = {"span": span, "states": sorted(UNDELIVERED)}
    failed = session.execute(_UNDELIVERED.encode(), facts).fetchone() or {}
    return NoticeBacklog(
        waiting=waiting["waiting"],
        oldest_seconds=max(waiting["oldest_seconds"], 0.0),
        underived_seconds=underived["seconds"] if underived else 0.0,
        last_outcome=Outcome(last["outcome"]) if last else None,
        last_code=last["code"] if last else 0,
        last_text=last["text"] if last else "",
        undelivered=failed["undelivered"],
        failed_seconds=failed["newest_seconds"],
    )
