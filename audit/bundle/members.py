"""What stands in a bundle, under which name, and how large it may be (ADR 36)."""

from __future__ import annotations

import re
from typing import Final

#: Format of a bundle; what is added changes nothing of it, and what changes gets a new number.
FORMAT: Final = "planswitch-bundle/1"
INDEX: Final = "bundle.json"
README: Final = "README.md"
REPORT: Final = "report.json"
PAGE: Final = "report.html"
CHECKPOINT: Final = "checkpoint"
POLICY: Final = "policy"
ROSTER: Final = "users/roster.jsonl"
MOVES: Final = "users/moves.jsonl"
CATALOG: Final = "facts/catalog.json"
RULE_SET: Final = "facts/rule-set.json"
CALENDAR: Final = "facts/calendar.json"
PRICES: Final = "facts/prices.json"
REQUEST_IDS: Final = "facts/request-ids.json"
HISTORIES: Final = "temporal/histories.json"

STATE_ENDING, LEAF_ENDING, PROOF_ENDING, CALLS_ENDING = ".json", ".leaf", ".tlog-proof", ".jsonl"
#: Members that stand in every bundle.
REQUIRED: Final = (
    *(README, REPORT, PAGE, CHECKPOINT, POLICY, ROSTER, MOVES),
    *(CATALOG, RULE_SET, CALENDAR, PRICES, REQUEST_IDS, HISTORIES),
)
_NUMBER = r"(?:0|[1-9][0-9]{0,18})"
EVENT_MEMBER: Final = re.compile(rf"events/({_NUMBER})(\.json|\.leaf|\.tlog-proof)")
CALLS_MEMBER: Final = re.compile(rf"calls/({_NUMBER})(\.jsonl|\.leaf|\.tlog-proof)")
FORKS: Final = "forks/"
#: Of a log before the one that seals the switch, by how many restores it lies back.
FORK_LEAF, FORK_CHECKPOINT, FORK_POLICY = ".leaf", ".checkpoint", ".policy"
FORK_SUCCESSOR, FORK_LOST = ".successor", ".lost.jsonl"
#: Where the proof is not one of the bundle's checkpoint, programs that read those are not to find it.
_FORMER_PROOF = ".former-proof"
FORK_MEMBER: Final = re.compile(
    rf"forks/({_NUMBER})"
    r"(\.leaf|\.tlog-proof|\.former-proof|\.checkpoint|\.policy|\.successor|\.lost\.jsonl)"
)
HISTORY_MEMBER: Final = re.compile(rf"temporal/({_NUMBER})\.json")

#: Members of one bundle: a switch of 300,000 users has some 6,000.
MEMBERS_MAX: Final = 200_000
#: Bytes of one member, once it is unpacked, and of all of them. A history of Temporal has 50 MB at most, the
#: rows of a million users some 400 MB.
MEMBER_BYTES_MAX: Final = 64 * 1024 * 1024
ROWS_BYTES_MAX: Final = 768 * 1024 * 1024
TOTAL_BYTES_MAX: Final = 2 * 1024 * 1024 * 1024
#: Bytes of one line of rows.
LINE_BYTES_MAX: Final = 1024 * 1024
_ROWS = frozenset({ROSTER, MOVES})


def bytes_max(name: str) -> int:
    """Return how many bytes a member may have."""
    return ROWS_BYTES_MAX if name in _ROWS or CALLS_MEMBER.fullmatch(name) else MEMBER_BYTES_MAX


def is_member(name: str) -> bool:
    """Return whether a bundle may have a member of this name."""
    shapes = (EVENT_MEMBER, CALLS_MEMBER, FORK_MEMBER, HISTORY_MEMBER)
    return name in {INDEX, *REQUIRED} or any(shape.fullmatch(name) for shape in shapes)


def event_member(notification_id: int, ending: str) -> str:
    """Return the name of what stands of an event: its stored bytes, its leaf or its proof."""
    return f"events/{notification_id}{ending}"


def calls_member(leaf_index: int, ending: str) -> str:
    """Return the name of what stands of a range of calls: its rows, its leaf or its proof."""
    return f"calls/{leaf_index}{ending}"


def history_member(number: int) -> str:
    """Return the name of a history of Temporal, by its place in the list of them."""
    return f"temporal/{number}.json"


def fork_member(number: int, ending: str) -> str:
    """Return the name of what stands of a log before, by how many restores it lies back."""
    return f"forks/{number}{ending}"


def fork_proof_member(number: int) -> str:
    """Return the name of the proof of the first leaf of the log that follows."""
    return fork_member(number, _FORMER_PROOF if number else PROOF_ENDING)
