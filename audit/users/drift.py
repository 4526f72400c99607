"""What somebody changed by hand while licenses moved, and what to do about it (rules#drift)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from domain.licenses.drift import RECONCILED, Drift, drift_of, drift_pass
from domain.switch.move_events import DriftFound
from domain.switch.switch_state import SwitchState

_ASSIGNED = "assign it with `planswitch license assign` after the switch has ended"
#: Name of the count -> one and many of the users whom it counts, and what to do about it.
_USERS = {
    "users_gone": (
        "user is not in the directory any more",
        "users are not in the directory any more",
        (
            "Nothing, if they left. Restore a user who was deleted by mistake, and give them the new plan by "
            "hand."
        ),
    ),
    "new_users": (
        "user came onto the old plan meanwhile",
        "users came onto the old plan meanwhile",
        "Nothing: the switch moves them forward. Stop assigning the old plan.",
    ),
    "moved_by_hand": (
        "user was on the old plan again after the switch had moved them",
        "users were on the old plan again after the switch had moved them",
        "Nothing: the switch moves them forward again. Stop assigning the old plan.",
    ),
    "licenses_removed": (
        "user holds neither plan: somebody took the license away",
        "users hold neither plan: somebody took their licenses away",
        f"The switch leaves them so. If they should work with the new plan, {_ASSIGNED}.",
    ),
    "settings_changed": (
        "moved user has other services switched off than the switch left",
        "moved users have other services switched off than the switch left",
        (
            "The switch leaves them so. If you do not want that, switch them on or off in the vendor's admin "
            "center."
        ),
    ),
}
_LICENSES = {
    "source_licenses": (
        "old",
        "requested",
        "Ask who changed the number at the seller; the old subscription ends with the switch.",
    ),
    "target_licenses": (
        "new",
        "ordered",
        "The quote bills the ordered number. Set it back at the seller, unless you want it.",
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class DriftCount:
    """One thing that was changed by hand, and how often."""

    #: Name of the count, such as `licenses_removed`; a user's `drift` is the same word.
    name: str
    #: Users, or licenses more (or fewer).
    count: int
    message: str
    remedy: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DriftSeen:
    """What was changed by hand while a switch moved licenses."""

    found_at: datetime
    counts: tuple[DriftCount, ...]

    @property
    def has_users(self) -> bool:
        """Return whether it has users, whom `switch users` names."""
        return any(each.name in _USERS for each in self.counts)


def drift_seen(state: SwitchState) -> DriftSeen | None:
    """Return what was changed by hand, or None when nothing differs.

    Who was moved on is counted over all findings; what is left as it is, by the newest comparison.
    """
    event = state.of(DriftFound)
    if event is None:
        return None
    compared = drift_of(state.comparison) if state.comparison else Drift()
    drift = replace(compared, new_users=state.joined_late, moved_by_hand=state.moved_by_hand)
    if not drift.is_any:
        return None
    counts = [_of_users(name, getattr(drift, name)) for name in _USERS if getattr(drift, name)]
    counts += [_of_licenses(name, getattr(drift, name)) for name in _LICENSES if getattr(drift, name)]
    return DriftSeen(found_at=event.timestamp, counts=tuple(counts))


def newest_pass(state: SwitchState) -> str:
    """Return under which name the users of the newest comparison stand, "" where there was none."""
    comparison = state.comparison
    return drift_pass(comparison.originator_version) if comparison else ""


def is_told(name: str, pass_name: str, newest: str) -> bool:
    """Return whether a user's drift still counts: each comparison begins anew, who was moved on stays told.

    Args:
        name: Name of the count.
        pass_name: Under which name the user stands.
        newest: That of the newest comparison.
    """
    return name in _USERS and (name in RECONCILED or pass_name == newest)


def words_of(name: str) -> tuple[str, str]:
    """Return message and remedy of one user's drift; "" for a user without any."""
    one, _, remedy = _USERS.get(name, ("", "", ""))
    return one, remedy


def _of_users(name: str, count: int) -> DriftCount:
    one, many, remedy = _USERS[name]
    return DriftCount(name=name, count=count, message=f"{count} {one if count == 1 else many}", remedy=remedy)


def _of_licenses(name: str, count: int) -> DriftCount:
    plan, since, remedy = _LICENSES[name]
    more = "more" if count > 0 else "fewer"
    licenses = "license" if abs(count) == 1 else "licenses"
    message = f"the seller shows {abs(count)} {licenses} of the {plan} plan {more} than was {since}"
    return DriftCount(name=name, count=count, message=message, remedy=remedy)
