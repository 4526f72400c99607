"""What the command line shows of drift: what was changed by hand while licenses moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cli.text.output import ago, short, wrapped

if TYPE_CHECKING:
    from audit.users.drift import DriftSeen
    from audit.users.user_outcomes import UserOutcome

_COUNT_INDENT = 2
_REMEDY_INDENT = 4
#: Name of the count -> what the table of users says.
WORDS = {
    "users_gone": "gone",
    "new_users": "came late",
    "moved_by_hand": "moved back",
    "licenses_removed": "no license",
    "settings_changed": "services",
}


def drift_lines(drift: DriftSeen | None, switch_id: str) -> list[str]:
    """Return the newest finding of a switch with what to do; nothing where nothing was found."""
    if drift is None:
        return []
    lines = ["", f"changed by hand, found {ago(drift.found_at)}:"]
    for each in drift.counts:
        lines += wrapped(each.message, _COUNT_INDENT)
        lines += wrapped(f"what to do: {each.remedy}", _REMEDY_INDENT)
    if any(each.name in WORDS for each in drift.counts):
        lines.append(f"who it was: planswitch switch users {short(switch_id)} --drift")
    return lines


def drift_remedies(users: Sequence[UserOutcome]) -> list[str]:
    """Return what each word of the column means, and what to do."""
    kinds = {user.drift: user for user in users if user.drift}
    remedies = [
        f"{WORDS.get(kind, kind)}: {user.drift_message}. {user.drift_remedy}" for kind, user in kinds.items()
    ]
    return [line for text in remedies for line in ["", *wrapped(text, 0)]]
