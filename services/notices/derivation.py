"""Which notices the log causes: by position, each once, whatever process dies (notices#derivation)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import structlog

from domain.kernel.errors import PlanSwitchError
from domain.kernel.recorded import RecordedEvent
from domain.notices.kinds import TOPICS, kinds_of, notice_id_of
from store.notices.notice_log import DueNotice
from store.notices.subscriptions import Subscription
from store.record.notifications import StoredNotification
from store.switch_store import SwitchStore

#: Events of the log that are looked at in one transaction.
PAGE_EVENTS = 500
_log = structlog.get_logger()


def derive_notices(store: SwitchStore, *, domain: str) -> int:
    """Queue the notices of one page of the log; return how many events were looked at.

    Nobody does it while another process does. Where nobody is subscribed, nothing is looked at.

    Args:
        store: The event store.
        domain: Domain of the ids of messages.

    Raises:
        StoreUnavailable: PostgreSQL does not answer.
    """
    with store.notices.derivation() as derivation:
        subscriptions = store.notice_subscriptions.subscriptions()
        if derivation is None or not subscriptions:
            return 0
        # Nobody is told of what happened before the first subscription.
        begin = max(derivation.position, min(each.since_position for each in subscriptions))
        page = store.notifications(begin, PAGE_EVENTS)
        if not page:
            return 0
        added = derivation.save(_notices(page, subscriptions, domain), page[-1].id)
    if added:
        _log.info("notices_derived", count=added, position=page[-1].id)
    return len(page)


def _notices(
    page: Sequence[StoredNotification], subscriptions: Sequence[Subscription], domain: str
) -> Iterator[DueNotice]:
    for notification in page:
        if notification.topic in TOPICS:
            yield from _notices_of(notification, subscriptions, domain)


def _notices_of(
    notification: StoredNotification, subscriptions: Sequence[Subscription], domain: str
) -> Iterator[DueNotice]:
    try:
        event = notification.event
    except PlanSwitchError as error:
        # Such an event stands on the board as put aside; it must not keep the notices of others.
        _log.error("notice_not_derived", position=notification.id, code=error.code)
        return
    if not isinstance(event, RecordedEvent):
        return
    switch_id = str(event.meta["switch_id"])
    organization_id = str(event.meta["organization_id"])
    make = partial(
        DueNotice,
        switch_id=switch_id,
        organization_id=organization_id,
        position=notification.id,
        stream_id=notification.stream_id,
        version=notification.version,
        caused_at=event.timestamp,
    )
    for kind in kinds_of(notification.topic, event):
        for each in subscriptions:
            if each.since_position < notification.id and each.covers(organization_id, kind):
                notice_id = notice_id_of(switch_id, kind, each.recipient_key)
                yield make(
                    notice_id=notice_id,
                    message_id=f"<{notice_id}@{domain}>",
                    kind=kind,
                    recipient_key=each.recipient_key,
                )
