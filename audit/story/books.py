"""The journal of a switch as the audit prints it: each posting at the place of its event in the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.kernel.money import Money
from domain.subscriptions.journal import JournalEntry, journal_of
from store.record.notifications import StoredNotification


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


def journal_story(events: Sequence[StoredNotification]) -> JournalStory:
    """Return the journal of a switch from its events, in the order of the log."""
    journal = journal_of(notification.event for notification in events)
    return JournalStory(
        is_whole=journal.is_whole,
        differences=journal.differences,
        balances=journal.balances,
        postings=tuple(
            PostedEvent(
                position=events[posting.number].id,
                event=events[posting.number].topic,
                entries=posting.entries,
            )
            for posting in journal.postings
        ),
    )
