"""Which of the two plans a user holds by the record: the rule behind every "as of" answer about users.

The record tells of a user by the roster and by one row for each pass. Only the newest row that changed
something counts; a refusal leaves the user where they were (switch#the-outcome-of-each-user).
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Holding(StrEnum):
    """What a user holds of the two plans of a switch."""

    OLD = "old_plan"
    NEW = "new_plan"
    BOTH = "both_plans"
    NEITHER = "neither_plan"
    #: The directory does not have the user any more.
    GONE = "gone"


class HoldingChange(IntEnum):
    """The newest thing that the record tells of a user; the numbers stand in no record."""

    NONE = 0
    REFUSED_FORWARD = 1
    REFUSED_BACK = 2
    MOVED = 3
    RETURNED = 4
    GONE = 5
    LICENSES_REMOVED = 6


#: Outcome of a row -> what it tells, of a pass forward and of one back.
_CHANGES = {
    "moved": (HoldingChange.MOVED, HoldingChange.RETURNED),
    "found_back": (HoldingChange.RETURNED, HoldingChange.RETURNED),
    "gone": (HoldingChange.GONE, HoldingChange.GONE),
    "users_gone": (HoldingChange.GONE, HoldingChange.GONE),
    "licenses_removed": (HoldingChange.LICENSES_REMOVED, HoldingChange.LICENSES_REMOVED),
}
#: Outcomes of drift that tell nothing about now: these users were moved on before the finding was saved, or
#: hold the plan with other services.
TELLING_NOTHING = frozenset({"new_users", "moved_by_hand", "settings_changed"})


#: Begins the names of the passes that lead back to the old plan, such as return-1.
WAY_BACK = "return"
_RETURNED = "returned"


def is_way_back(pass_name: str) -> bool:
    """Return whether a pass led users back to the old plan."""
    return pass_name.startswith(f"{WAY_BACK}-")


def shown_outcome(pass_name: str, outcome: str) -> str:
    """Return what became of a user in a word: whom a way back has moved is back on the old plan.

    Args:
        pass_name: Pass of the row.
        outcome: As the row has it.
    """
    return _RETURNED if outcome == "moved" and is_way_back(pass_name) else outcome


def changes_by_outcome() -> dict[str, tuple[HoldingChange, HoldingChange]]:
    """Return outcome -> what it tells of a pass forward and of one back; all other outcomes are refusals."""
    return dict(_CHANGES)


def holding_of(change: HoldingChange, *, is_on_roster: bool, held_target: bool) -> Holding:
    """Return what a user holds.

    Args:
        change: The newest change that the record tells of the user.
        is_on_roster: The frozen roster has the user, who held the old plan then.
        held_target: The user held the new plan already when the roster was frozen.
    """
    old = Holding.BOTH if held_target else Holding.OLD
    if change is HoldingChange.NONE or change is HoldingChange.RETURNED:
        return old
    if change is HoldingChange.REFUSED_BACK and not is_on_roster:
        # Somebody on the new plan whom nobody has moved there.
        return Holding.NEW
    if change in {HoldingChange.REFUSED_FORWARD, HoldingChange.REFUSED_BACK}:
        return old
    return {
        HoldingChange.MOVED: Holding.NEW,
        HoldingChange.GONE: Holding.GONE,
        HoldingChange.LICENSES_REMOVED: Holding.NEITHER,
    }[change]
