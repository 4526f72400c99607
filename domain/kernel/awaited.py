"""What a switch waits for: whom, which things by name, until when, and what can be done.

Every wait is named by one `Awaited`, so that board, page, command line, audit and bundle say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: A step that waits is noted once it is known to wait for so long: what passes sooner interests nobody.
NOTED_AFTER = timedelta(seconds=5)
#: An unchanged wait is noted again once it lasts this many times as long: one of weeks has some 20 notes.
NOTED_AGAIN_TIMES = 2
#: Looks that are so far apart come at a steady pace; nearer ones may still grow apart.
STEADY_FROM = timedelta(minutes=5)
#: What waits for an operator, and is tried again by itself as well, is tried again this often.
RETRIED_EVERY = timedelta(minutes=5)
#: Names that are told one by one in a sentence; all of them stand beside it.
NAMES_MAX = 3


class Party(StrEnum):
    """Who has to act, or what has to come."""

    OPERATOR = "operator"
    #: Of the organization, in its own directory.
    ADMINISTRATOR = "administrator"
    SELLER = "seller"
    DIRECTORY = "directory"
    #: Gives the tokens that let us in at directory and seller.
    TOKEN_SERVICE = "token_service"  # noqa: S105 - the name of a party
    BILLING = "billing"
    BUREAU = "credit"
    HEALTH = "health"
    NOTICES = "notices"
    INSTANT = "instant"
    SWITCH = "switch"


#: Words of the parties in a sentence, with their article.
_SPOKEN = {
    Party.OPERATOR: "an operator",
    Party.ADMINISTRATOR: "an administrator of the organization",
    Party.SELLER: "the seller",
    Party.DIRECTORY: "the directory",
    Party.TOKEN_SERVICE: "the token service",
    Party.BILLING: "billing",
    Party.BUREAU: "the credit bureau",
    Party.HEALTH: "the health board",
    Party.NOTICES: "the sender of notices",
    Party.INSTANT: "an instant",
    Party.SWITCH: "the switch itself",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Awaited:
    """What is waited for."""

    party: Party
    #: What the party is to do, as an infinitive: `set up services of the new plan`.
    action: str
    #: Things by name: services, subscriptions, orders, persons by their opaque key.
    names: tuple[str, ...] = ()
    #: What the operator can do; "" where nothing but waiting helps.
    remedy: str = ""
    #: The wait ends then by itself; None: nobody set an end.
    until: datetime | None = None

    def words(self) -> str:
        """Return whom and what is waited for, in words that follow `waits for`."""
        named = f": {named_list(self.names)}" if self.names else ""
        return f"{_SPOKEN[self.party]} to {self.action}{named}"


def named_list(names: Sequence[str]) -> str:
    """Return names in a sentence: the first few, and how many more there are."""
    more = len(names) - NAMES_MAX
    shown = ", ".join(names[:NAMES_MAX])
    return f"{shown} and {more} more" if more > 0 else shown


def next_look(looks_at: datetime, *, every_seconds: int, now: datetime) -> datetime | None:
    """Return the next look by what was noted last; None: it comes soon, and nobody knows exactly when.

    Args:
        looks_at: The look that was announced.
        every_seconds: From one look to the next, where they are steady; 0: nobody knows.
        now: When somebody reads it.
    """
    if looks_at > now:
        return looks_at
    if not every_seconds:
        return None
    gap = timedelta(seconds=every_seconds)
    return looks_at + gap * ((now - looks_at) // gap + 1)


def party_of(name: str) -> Party:
    """Return the party that a provider is called by in records; the switch itself for any other name."""
    return Party(name) if name in set(Party) else Party.SWITCH


def is_noted(
    *,
    since: datetime,
    now: datetime,
    looks_at: datetime | None = None,
    is_changed: bool,
    noted_since: datetime | None,
    noted_at: datetime | None,
) -> bool:
    """Return whether a step that waits is noted in the record now.

    Args:
        since: When the step was begun.
        now: When it looked.
        looks_at: When it looks again, so that a wait is known at its first look; None: it is judged by now.
        is_changed: What it waits for is not what was noted last.
        noted_since: Since when it waited by the last note; None without one.
        noted_at: When that was noted; None without one.
    """
    if (looks_at or now) - since < NOTED_AFTER:
        return False
    if is_changed or noted_since is None or noted_at is None:
        return True
    return now - since >= NOTED_AGAIN_TIMES * max(noted_at - noted_since, NOTED_AFTER)
