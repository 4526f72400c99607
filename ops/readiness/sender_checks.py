"""Whether what goes out to people and to other systems goes out: notices by mail, and webhooks.

Switches go on without either, so nothing here is more than a warning; `doctor` takes what keeps everything
back for what somebody must mend.
"""

from __future__ import annotations

from datetime import timedelta

from domain.notices.delivery import Outcome
from domain.notices.kinds import TOPICS as NOTICE_TOPICS
from domain.webhooks.event_types import TOPICS as WEBHOOK_TOPICS
from ops.readiness.part_state import NOTICES, WEBHOOKS, PartState, ok, warning
from store.health.heartbeats import Session
from store.notices.notice_backlog import NoticeBacklog, notice_backlog
from store.webhooks.deliveries import OWN_ACTOR
from store.webhooks.webhook_backlog import WebhookBacklog, webhook_backlog

#: No worker looks for notices, as where none has a mail server.
NOTICES_UNSENT = "NOTICES_UNSENT"
#: The mail server did not take what was tried last.
MAIL_SERVER_REFUSES = "MAIL_SERVER_REFUSES"
#: Some notices wait, although others go out.
NOTICES_BEHIND = "NOTICES_BEHIND"
#: Some notices ended without having been taken.
NOTICES_UNDELIVERED = "NOTICES_UNDELIVERED"
#: No worker reads the log for receivers.
WEBHOOKS_UNSENT = "WEBHOOKS_UNSENT"
#: A receiver takes nothing, and is tried on.
WEBHOOK_FAILING = "WEBHOOK_FAILING"
#: A receiver took nothing for so long that nothing is sent to it any more.
WEBHOOK_DISABLED = "WEBHOOK_DISABLED"
#: These keep everything back that goes out by their way.
SENDING_FAILURES = frozenset({NOTICES_UNSENT, MAIL_SERVER_REFUSES, WEBHOOKS_UNSENT})
#: A worker looks at the log every other second.
UNREAD_SECONDS_MAX = 60.0
#: A notice that was refused for now is tried again after 1, 2 and 4 minutes.
NOTICE_SECONDS_MAX = 900.0
#: A receiver that is started anew may be away for so long.
FAILING_SECONDS_MAX = 3600.0
#: A notice that was not delivered is told of for so long.
UNDELIVERED_SPAN = timedelta(days=1)
_HOUR_SECONDS = 3600.0
_MAIL_SERVER = (
    "Send a test: `planswitch notice test ADDRESS` prints what the mail server answers; then correct its "
    "settings for worker and console (docs/notices.md#mail-server)."
)
_UNSENT = (
    "Set the mail server for the worker too (docs/notices.md#mail-server) and look for `notices_failed` in "
    "its log. What waits is made up for."
)
_UNDELIVERED = (
    "`planswitch notice list` shows them with the mail server's answer; mend the cause, then "
    "`planswitch notice resend NOTICE --reason TEXT`."
)
_NOTICES_BEHIND = "`planswitch notice list --state waiting` shows why each waits, and when it is tried next."
_WEBHOOKS_UNSENT = "It works inside each worker: look for `webhook_round_failed` in its log."
_RECEIVER = (
    "`planswitch webhook list` names the receiver, and `planswitch webhook deliveries ID` what it answers."
)
_ENABLE = "Mend the receiver, then `planswitch webhook enable ID --reason TEXT`: it goes on where it stood."


def look_at_senders(session: Session) -> tuple[PartState, PartState]:
    """Look at what waits to go out.

    Args:
        session: A connection with rows by name.
    """
    return (
        notices_state(notice_backlog(session, topics=NOTICE_TOPICS, span=UNDELIVERED_SPAN)),
        webhooks_state(webhook_backlog(session, topics=WEBHOOK_TOPICS, own_actor=OWN_ACTOR)),
    )


def notices_state(backlog: NoticeBacklog) -> PartState:
    """Judge the notices by what waits, and by what the mail server said last."""
    figures = {
        "waiting": float(backlog.waiting),
        "oldest_seconds": backlog.oldest_seconds,
        "underived_seconds": backlog.underived_seconds,
        "undelivered": float(backlog.undelivered),
        "last_failure_seconds": backlog.failed_seconds,
    }
    waiting = _waiting(backlog.waiting, "notice", backlog.oldest_seconds)
    if backlog.underived_seconds > UNREAD_SECONDS_MAX:
        detail = f"no worker looks for notices since {backlog.underived_seconds:.0f} s; {waiting}"
        return warning(NOTICES, NOTICES_UNSENT, detail, _UNSENT, figures=figures)
    if backlog.waiting and backlog.last_outcome in {Outcome.POSTPONED, Outcome.UNANSWERED}:
        reply = f"answered {backlog.last_code}" if backlog.last_code else "gave no answer"
        detail, cause = f"the mail server {reply} at the last try; {waiting}", backlog.last_text
        return warning(NOTICES, MAIL_SERVER_REFUSES, detail, _MAIL_SERVER, cause=cause, figures=figures)
    if backlog.oldest_seconds > NOTICE_SECONDS_MAX:
        return warning(NOTICES, NOTICES_BEHIND, waiting, _NOTICES_BEHIND, figures=figures)
    if backlog.undelivered:
        ended = f"{_counted(backlog.undelivered, 'notice')} of the last day could not be delivered"
        detail = f"{ended}, the last one {backlog.failed_seconds / _HOUR_SECONDS:.0f} hours ago; {waiting}"
        return warning(NOTICES, NOTICES_UNDELIVERED, detail, _UNDELIVERED, figures=figures)
    return ok(NOTICES, waiting, figures)


def webhooks_state(backlog: WebhookBacklog) -> PartState:
    """Judge the webhooks by what waits, and by how their receivers answer."""
    figures = {
        "waiting": float(backlog.waiting),
        "oldest_seconds": backlog.oldest_seconds,
        "unread_seconds": backlog.unread_seconds,
        "failing_seconds": backlog.failing_seconds,
        "disabled": float(backlog.given_up),
    }
    waiting = _waiting(backlog.waiting, "message", backlog.oldest_seconds)
    if backlog.unread_seconds > UNREAD_SECONDS_MAX:
        detail = f"no worker reads the log for receivers since {backlog.unread_seconds:.0f} s; {waiting}"
        return warning(WEBHOOKS, WEBHOOKS_UNSENT, detail, _WEBHOOKS_UNSENT, figures=figures)
    if backlog.given_up:
        detail = f"{_counted(backlog.given_up, 'endpoint')} took nothing for days and is disabled; {waiting}"
        return warning(WEBHOOKS, WEBHOOK_DISABLED, detail, _ENABLE, figures=figures)
    if backlog.failing_seconds > FAILING_SECONDS_MAX:
        hours = backlog.failing_seconds / _HOUR_SECONDS
        detail = f"an endpoint took nothing for {hours:.0f} hours; {waiting}"
        return warning(WEBHOOKS, WEBHOOK_FAILING, detail, _RECEIVER, figures=figures)
    return ok(WEBHOOKS, f"{waiting}; {_counted(backlog.enabled, 'endpoint')}", figures)


def _waiting(count: int, noun: str, oldest_seconds: float) -> str:
    if not count:
        return "nothing waits"
    verb = "waits" if count == 1 else "wait"
    return f"{_counted(count, noun)} {verb}, the oldest for {oldest_seconds:.0f} s"


def _counted(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count:,} {noun}s"
