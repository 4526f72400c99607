"""What a switch held and touched: locks with their times, the order, money, its journal, and users."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from domain.kernel.money import Money
from domain.licenses.move import GroupMoved
from domain.operator.manual_steps import is_by_hand as is_started_by_hand
from domain.organizations import organization
from domain.ports.cloud import ProviderCall
from domain.requests.wait_events import EligibilityWait
from domain.subscriptions.journal import JournalEntry, journal_of
from domain.subscriptions.subscription import InvoiceIssued
from domain.switch.control_events import QuantityAmended
from domain.switch.events import ReplacementOrdered, ReplacementVoided, SwitchRequested, VoidWindowClosing
from domain.switch.move_events import (
    BillingCutOver,
    BillingResumed,
    BillingStopped,
    CreditForfeited,
    CreditIssued,
    DriftFound,
    LicenseMoveStarted,
    LicensesReassigned,
    SourceCancelled,
    SwitchCompleted,
    UserSkipped,
)
from domain.switch.return_events import LicensesReturned, RollBackStarted
from providers.transport.http import UNREADABLE
from store.core.rows import RecordedCall
from store.record.notifications import StoredNotification

_COMMERCE = "commerce"
#: Event class that takes a lock -> the lock's name, and the class that gives it back.
LOCKS: dict[type[Any], tuple[str, type[Any]]] = {
    organization.SwitchReserved: ("organization", organization.SwitchReleased),
    organization.CommerceLocked: (_COMMERCE, organization.CommerceUnlocked),
    organization.AdministrationLocked: ("administration", organization.AdministrationUnlocked),
}
#: Pass over the frozen roster, counted chunk by chunk; later passes by what the source took over.
_ROSTER = "move"
_SERVER_FAILURES_FROM = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Lock:
    """One lock of the organization."""

    #: organization (the place for a live switch), commerce or administration.
    lock: str
    held_from: datetime
    promised_end_at: datetime
    #: None while it is held.
    released_at: datetime | None
    #: Whether it was given back by the promised end; None while it is held, or where nobody promised one.
    is_promise_kept: bool | None
    #: False of a switch by hand: its operator starts each step, and so decides when the lock ends.
    is_promised: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenEffect:
    """An effect whose idempotency key was sent and never answered: it may have happened or not."""

    provider: str
    operation: str
    key: str
    #: Times it was sent.
    calls: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MoneyAndOrder:
    """The order and the money, as the events tell them; None is what did not happen."""

    order_id: str | None = None
    licenses_ordered: int | None = None
    ordered_at: datetime | None = None
    #: Until when the order can be voided for nothing, and when the organization was warned.
    voidable_until: datetime | None = None
    void_warned_at: datetime | None = None
    voided_at: datetime | None = None
    source_cancelled_at: datetime | None = None
    #: None as well where the stop was taken back.
    billing_stopped_on: date | None = None
    credited: Money | None = None
    forfeited: Money | None = None
    invoice_number: str | None = None
    #: With tax, taken or invoiced.
    charged: Money | None = None
    open_effects: tuple[OpenEffect, ...] = ()
    #: Both plans are owned: there is no order, and no money moves (rules#licenses-only).
    licenses_only: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Users:
    """How many users a switch touched."""

    #: On the frozen roster, and those who joined the old plan later; None when nothing was frozen.
    total: int | None = None
    joined_late: int = 0
    moved: int = 0
    failed: int = 0
    skipped: int = 0
    #: Users who went back to the old plan.
    returned: int = 0
    #: Whether everyone moved was to return.
    is_rolled_back: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PostedEvent:
    """One event with money, and its entries, which sum to zero."""

    #: Place in the log of all events.
    position: int
    event: str
    entries: tuple[JournalEntry, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class JournalStory:
    """Everything that the events of a switch did to the accounts."""

    #: Every posting balances, and the totals are the bill and the quote.
    is_whole: bool
    differences: tuple[str, ...]
    #: What is left on each account.
    balances: dict[str, Money]
    postings: tuple[PostedEvent, ...]


def locks_of(events: Iterable[StoredNotification]) -> tuple[Lock, ...]:
    """Return the locks of a switch in the order in which they were taken."""
    locks: list[Lock] = []
    history = tuple(events)
    by_hand = is_by_hand(history)
    for notification in history:
        event: Any = notification.event
        lock_name = LOCKS.get(type(event))
        if lock_name is not None:
            # Of a credit check the bureau has a deadline, whoever starts the steps.
            locks.append(_lock(lock_name[0], event, is_promised=not by_hand or lock_name[0] == _COMMERCE))
        for index, lock in enumerate(locks):
            if lock.released_at is None and _is_release(lock.lock, event):
                kept = event.timestamp <= lock.promised_end_at if lock.is_promised else None
                locks[index] = replace(lock, released_at=event.timestamp, is_promise_kept=kept)
    return tuple(locks)


def is_by_hand(events: Iterable[StoredNotification]) -> bool:
    """Return whether an operator starts the steps of a switch, so that nobody promises when it ends."""
    return any(isinstance(each.event, SwitchRequested) and is_started_by_hand(each.event) for each in events)


def _lock(name: str, event: Any, *, is_promised: bool) -> Lock:
    return Lock(
        lock=name,
        held_from=event.timestamp,
        promised_end_at=event.promised_end,
        released_at=None,
        is_promise_kept=None,
        is_promised=is_promised,
    )


def _is_release(name: str, event: Any) -> bool:
    return any(name == known and isinstance(event, release) for known, release in LOCKS.values())


def money_of(events: Iterable[StoredNotification], calls: Sequence[RecordedCall]) -> MoneyAndOrder:
    """Return the order and the money of a switch, and which effects were never answered."""
    facts: dict[str, Any] = {}
    for notification in events:
        change = _MONEY.get(type(notification.event))
        facts |= change(notification.event) if change else {}
    return MoneyAndOrder(**facts, open_effects=_open_effects(calls))


def _is_owned(order: Mapping[str, Any]) -> dict[str, Any]:
    return {"licenses_only": True} if order.get("licenses_only") else {}


def _open_effects(calls: Sequence[RecordedCall]) -> tuple[OpenEffect, ...]:
    by_key: dict[str, list[RecordedCall]] = {}
    for call in calls:
        if call.call.key:
            by_key.setdefault(call.call.key, []).append(call)
    return tuple(
        OpenEffect(provider=sent[0].call.provider, operation=sent[0].call.operation, key=key, calls=len(sent))
        for key, sent in by_key.items()
        if all(_is_unclear(each.call) for each in sent)
    )


def _is_unclear(call: ProviderCall) -> bool:
    """Return whether an effect is unknown: no answer, a broken server, or an unreadable answer."""
    return call.status == 0 or call.status >= _SERVER_FAILURES_FROM or call.code == UNREADABLE


def journal_story(events: Sequence[StoredNotification]) -> JournalStory:
    """Return the journal of a switch from its events, in the order of the log."""
    journal = journal_of(notification.event for notification in events)
    return JournalStory(
        is_whole=journal.is_whole,
        differences=journal.differences,
        balances=journal.balances,
        postings=tuple(
            PostedEvent(position=event.id, event=event.topic, entries=posting.entries)
            for posting in journal.postings
            for event in (events[posting.number],)
        ),
    )


def users_of(events: Iterable[StoredNotification]) -> Users:
    """Count the users whom a switch touched; each user counts once."""
    users = Users()
    for notification in events:
        change = _USERS.get(type(notification.event))
        users = change(users, notification.event) if change else users
    return users


def _grouped(users: Users, event: Any) -> Users:
    if event.pass_name != _ROSTER:
        return users
    return _within(replace(users, moved=users.moved + event.moved, failed=users.failed + event.failed))


def _within(users: Users) -> Users:
    """Raise the total to the users with an outcome: older records do not name all who joined late."""
    if users.total is None:
        return users
    return replace(users, total=max(users.total, users.moved + users.failed + users.skipped))


def _reassigned(users: Users, event: Any) -> Users:
    if event.pass_name == _ROSTER:
        return users
    moved, failed = event.moved - event.earlier_moved, event.failed - event.earlier_failed
    return _within(replace(users, moved=users.moved + moved, failed=users.failed + failed))


def _drifted(users: Users, event: Any) -> Users:
    total = None if users.total is None else users.total + event.new_users
    return replace(users, total=total, joined_late=users.joined_late + event.new_users)


#: Event class -> what it says about order and money.
_MONEY: dict[type[Any], Callable[[Any], dict[str, Any]]] = {
    EligibilityWait.Created: lambda e: _is_owned(e.order),
    SwitchRequested: lambda e: _is_owned(e.order),
    ReplacementOrdered: lambda e: {
        "order_id": e.order_id,
        "licenses_ordered": e.quantity,
        "ordered_at": e.ordered_at,
        "voidable_until": e.voidable_until,
    },
    QuantityAmended: lambda e: {"licenses_ordered": e.quantity},
    VoidWindowClosing: lambda e: {"void_warned_at": e.timestamp},
    ReplacementVoided: lambda e: {"voided_at": e.timestamp},
    SourceCancelled: lambda e: {"source_cancelled_at": e.cancelled_at},
    BillingStopped: lambda e: {"billing_stopped_on": e.effective_on},
    BillingResumed: lambda _: {"billing_stopped_on": None},
    CreditIssued: lambda e: {"credited": e.amount},
    CreditForfeited: lambda e: {"forfeited": e.amount},
    InvoiceIssued: lambda e: {"invoice_number": e.number, "charged": e.total},
    BillingCutOver: lambda e: {"charged": e.total},
}
#: Event class -> how it changes the count of users.
_USERS: dict[type[Any], Callable[[Users, Any], Users]] = {
    LicenseMoveStarted: lambda users, e: replace(users, total=e.total),
    GroupMoved: _grouped,
    LicensesReassigned: _reassigned,
    UserSkipped: lambda users, _: replace(users, failed=users.failed - 1, skipped=users.skipped + 1),
    RollBackStarted: lambda users, _: replace(users, is_rolled_back=True),
    LicensesReturned: lambda users, e: replace(users, returned=users.returned + e.returned),
    DriftFound: _drifted,
    SwitchCompleted: lambda users, e: _within(replace(users, moved=e.moved, skipped=e.skipped)),
}
