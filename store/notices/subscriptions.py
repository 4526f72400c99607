"""Who gets which notices: added to, ended, and never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import DictRow

from domain.notices.kinds import NoticeKind
from store.core.application import SwitchApplication
from store.core.base import PAGE_SIZE_MAX, StorePart
from store.notices.addresses import AddressStore

#: Nobody derives notices meanwhile: what is derived from an event knows every subscription of before it. It
#: also lets subscriptions change one after the other, so that no recipient is subscribed twice.
_ONE_AT_A_TIME = "SELECT position FROM planswitch.notice_cursor WHERE name = 'log' FOR UPDATE"
_COLUMNS = """
s.subscription_id, s.recipient_key, s.organization_id, s.kinds, s.since_position, s.actor, s.reason,
s.subscribed_at, e.actor AS ended_by, e.ended_at
"""
_FROM = """planswitch.notice_subscription AS s
LEFT JOIN planswitch.notice_subscription_end AS e USING (subscription_id)"""
_ADD = """
INSERT INTO planswitch.notice_subscription
    (subscription_id, recipient_key, organization_id, kinds, since_position, actor, reason)
VALUES (%(subscription_id)s, %(recipient_key)s, %(organization_id)s, %(kinds)s,
    (SELECT coalesce(max(notification_id), 0) FROM planswitch.switch_events), %(actor)s, %(reason)s)
"""
_ONE = f"SELECT {_COLUMNS} FROM {_FROM} WHERE s.subscription_id = %(subscription_id)s"  # noqa: S608  # constants
_LIVE = f"""
SELECT {_COLUMNS} FROM {_FROM} WHERE e.subscription_id IS NULL
ORDER BY s.subscribed_at, s.subscription_id LIMIT %(limit)s
"""  # noqa: S608  # constants
_SAME = f"""
SELECT {_COLUMNS} FROM {_FROM} WHERE e.subscription_id IS NULL
    AND s.recipient_key = %(recipient_key)s AND s.organization_id = %(organization_id)s
"""  # noqa: S608  # constants
_OF_ORGANIZATION = f"""
SELECT {_COLUMNS} FROM {_FROM} WHERE e.subscription_id IS NULL AND s.organization_id = %(organization_id)s
ORDER BY s.subscribed_at, s.subscription_id
"""  # noqa: S608  # constants
_END = """
INSERT INTO planswitch.notice_subscription_end (subscription_id, actor, reason)
VALUES (%(subscription_id)s, %(actor)s, %(reason)s) ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscription:
    """A recipient's subscription to notices.

    Args:
        subscription_id: Its id.
        recipient_key: Opaque key of the recipient.
        organization_id: Directory id of the organization; "" is every organization.
        kinds: Kinds of notices.
        since_position: Events up to this position of the log cause no notice.
        actor: Who subscribed the recipient.
        reason: Why.
        subscribed_at: When.
        ended_by: Who ended it; "" while it is live.
        ended_at: When; None while it is live.
    """

    subscription_id: UUID
    recipient_key: UUID
    organization_id: str
    kinds: tuple[NoticeKind, ...]
    since_position: int
    actor: str
    reason: str
    subscribed_at: datetime
    ended_by: str
    ended_at: datetime | None

    def covers(self, organization_id: str, kind: NoticeKind) -> bool:
        """Tell whether it is live and includes a kind of notice of an organization."""
        return self.ended_at is None and self.organization_id in {"", organization_id} and kind in self.kinds


class SubscriptionStore(StorePart):
    """Subscriptions with the addresses of their recipients."""

    def __init__(self, application: SwitchApplication, addresses: AddressStore) -> None:
        super().__init__(application)
        self._addresses = addresses

    def subscribe(
        self,
        *,
        subscription_id: UUID,
        address: str,
        organization_id: str,
        kinds: tuple[NoticeKind, ...],
        actor: str,
        reason: str,
    ) -> Subscription:
        """Subscribe an address, and return the subscription that there is now.

        Args:
            subscription_id: Id of the new subscription; one that exists already is returned as it is.
            address: Mail address in lower case.
            organization_id: Directory id of the organization; "" is every organization.
            kinds: Kinds of notices.
            actor: Who subscribes the address.
            reason: Why.

        Returns:
            The new one, the one of the same id, or a live one of the same address and organization.
        """
        facts: dict[str, Any] = {
            "subscription_id": subscription_id,
            "recipient_key": self._addresses.key_of(address),
            "organization_id": organization_id,
            "kinds": [each.value for each in kinds],
            "actor": actor,
            "reason": reason,
        }

        def write(cursor: Cursor[DictRow]) -> DictRow:
            cursor.execute(_ONE_AT_A_TIME)
            for query in (_ONE, _SAME):
                row = cursor.execute(query.encode(), facts).fetchone()
                if row is not None:
                    return row
            cursor.execute(_ADD, facts)
            self._addresses.keep(cursor, facts["recipient_key"], address)
            row = cursor.execute(_ONE.encode(), facts).fetchone()
            assert row is not None  # noqa: S101  # it was just added
            return row

        return _subscription(self._written(write))

    def subscription_of(self, subscription_id: UUID) -> Subscription | None:
        """Return a subscription, ended or not; None when there is none."""
        rows = self._rows(_ONE, {"subscription_id": subscription_id})
        return _subscription(rows[0]) if rows else None

    def subscriptions(self) -> tuple[Subscription, ...]:
        """Return the live subscriptions, the oldest first."""
        return tuple(map(_subscription, self._rows(_LIVE, {"limit": PAGE_SIZE_MAX})))

    def end_subscription(self, subscription: Subscription, *, actor: str, reason: str) -> None:
        """End a subscription; the address is deleted with the last one. An ended one stays as it is.

        Args:
            subscription: Which one.
            actor: Who ends it.
            reason: Why.
        """
        facts = {"subscription_id": subscription.subscription_id, "actor": actor, "reason": reason}

        def write(cursor: Cursor[DictRow]) -> None:
            cursor.execute(_ONE_AT_A_TIME)
            cursor.execute(_END, facts)
            self._addresses.erase_unsubscribed(cursor, subscription.recipient_key)

        self._written(write)

    def erase_organization(
        self, cursor: Cursor[DictRow], organization_id: str, *, actor: str, reason: str
    ) -> int:
        """End every subscription to one organization; return how many addresses are deleted with them.

        An address that is also subscribed to every organization, or to another one, stays for that.

        Args:
            cursor: The caller's transaction, which erases what else stands of its people.
            organization_id: Directory id of the organization.
            actor: Who erases it.
            reason: Why.
        """
        cursor.execute(_ONE_AT_A_TIME)
        facts = {"organization_id": organization_id, "actor": actor, "reason": reason}
        rows = cursor.execute(_OF_ORGANIZATION.encode(), facts).fetchall()
        for row in rows:
            cursor.execute(_END, {**facts, "subscription_id": row["subscription_id"]})
        recipients = {row["recipient_key"] for row in rows}
        return sum(self._addresses.erase_unsubscribed(cursor, each) for each in recipients)

    def is_full(self) -> bool:
        """Tell whether there are as many live subscriptions as are read at once."""
        return len(self.subscriptions()) >= PAGE_SIZE_MAX


def _subscription(row: DictRow) -> Subscription:
    facts = {**row, "kinds": tuple(map(NoticeKind, row["kinds"])), "ended_by": row["ended_by"] or ""}
    return Subscription(**facts)
