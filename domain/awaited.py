"""What a switch waits for: whom, which things by name, until when, and what can be done.

Every wait is named by one `Awaited`, so that board, page, command line, audit and bundle say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: A step that waits is noted once it has waited for so long: what passes sooner interests nobody.
NOTED_AFTER = timedelta(seconds=5)
#: An unchanged wait is noted again once it lasts this many times as long: one of weeks has some 20 notes.
NOTED_AGAIN_TIMES = 2
#: Names that are told one by one in a sentence; all of them stand beside it.
NAMES_MAX = 3


class Party(StrEnum):
    """Who has to act, or what has to come."""

    OPERATOR = "operator"
    SELLER = "seller"
    DIRECTORY = "directory"
    BILLING = "billing"
    BUREAU = "credit"
    HEALTH = "health"
    NOTICES = "notices"
    INSTANT = "instant"
    SWITCH = "switch"


#: Words of the parties in a sentence, with their article.
_SPOKEN = {
    Party.OPERATOR: "an operator",
    Party.SELLER: "the seller",
    Party.DIRECTORY: "the directory",
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
    told = ", ".join(names[:NAMES_MAX])
    return f"{told} and {more} more" if more > 0 else told


def party_of(name: str) -> Party:
    """Return the party that a provider is called by in records; the switch itself for any other name."""
    return Party(name) if name in set(Party) else Party.SWITCH


def is_noted(
    *,
    since: datetime,
    now: datetime,
    is_changed: bool,
    noted_since: datetime | None,
    noted_at: datetime | None,
) -> bool:
    """Tell whether a step that waits is noted in the record now.

    Args:
        since: When the step was begun.
        now: When it looked.
        is_changed: What it waits for is not what was noted last.
        noted_since: Since when it waited by the last note; None without one.
        noted_at: When that was noted; None without one.
    """
    if now - since < NOTED_AFTER:
        return False
    if is_changed or noted_since is None or noted_at is None:
        return True
    return now - since >= NOTED_AGAIN_TIMES * (noted_at - noted_since)
