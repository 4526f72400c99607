"""What the sandbox's own journal says of everyone's licenses at each of its bytes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from domain.licenses.holdings import Holding
from sandbox.kernel.journal import Record

#: Edits by hand that change who holds what.
_BY_HAND = frozenset({"licenses", "delete_user", "add_user", "group_license", "license_state"})


@dataclass(kw_only=True)
class UserHistory:
    """The licenses of one user: plans by the byte of the journal from which on they were held."""

    offsets: list[int] = field(default_factory=list)
    plans: list[frozenset[str]] = field(default_factory=list)

    def add(self, offset: int, plans: frozenset[str]) -> None:
        """Note what is held from a byte of the journal on."""
        self.offsets.append(offset)
        self.plans.append(plans)

    def at(self, offset: int) -> frozenset[str]:
        """Return what was held when the journal had so many bytes."""
        return self.plans[bisect_right(self.offsets, offset) - 1]

    def up_to(self, offset: int) -> set[frozenset[str]]:
        """Return everything that was held until then."""
        return set(self.plans[: bisect_right(self.offsets, offset)])


@dataclass(kw_only=True)
class LiveUsers:
    """The users of one organization."""

    histories: dict[str, UserHistory] = field(default_factory=dict)
    #: Whom a hand changed, or a group gives a license: the record learns of them later, or not at all.
    left_out: set[str] = field(default_factory=set)


def live_users(journal: Path, organization_id: str) -> LiveUsers:
    """Read the history of an organization's users.

    Args:
        journal: File of the sandbox.
        organization_id: Whose users.
    """
    users = LiveUsers()
    for offset, record in _records(journal):
        if record.get("organization_id") == organization_id:
            _take(users, record, offset)
    return users


def holding_of_plans(plans: frozenset[str], *, source_plan: str, target_plan: str) -> Holding:
    """Return what holding these plans is to a switch."""
    held = (source_plan in plans, target_plan in plans)
    return {
        (True, False): Holding.OLD,
        (False, True): Holding.NEW,
        (True, True): Holding.BOTH,
        (False, False): Holding.NEITHER,
    }[held]


def _records(journal: Path) -> Iterator[tuple[int, Record]]:
    """Yield each record with the byte behind it."""
    offset = 0
    with journal.open("rb") as lines:
        for line in lines:
            if not line.endswith(b"\n"):
                return
            offset += len(line)
            yield offset, orjson.loads(line)


def _take(users: LiveUsers, record: Record, offset: int) -> None:
    if record["type"] == "organization":
        for row in record["users"]:
            _begin(users, row[0], row[-1], offset)
    elif record["type"] == "licenses":
        for user, added, removed in record["changes"]:
            history = users.histories[user]
            plans = history.plans[-1] - set(removed) | {each[0] for each in added}
            history.add(offset, frozenset(plans))
    elif record["type"] == "group_work":
        users.left_out |= {user for user, *_ in record["changes"]}
    elif record["type"] == "edit" and record["edit"]["kind"] in _BY_HAND:
        _edit(users, record["edit"], offset)


def _begin(users: LiveUsers, user: str, licenses: Iterable[Sequence[Any]], offset: int) -> None:
    rows = list(licenses)
    users.histories[user] = UserHistory()
    users.histories[user].add(offset, frozenset(plan for plan, *_ in rows))
    if any(group for *_, group in rows):
        users.left_out.add(user)


def _edit(users: LiveUsers, edit: dict[str, Any], offset: int) -> None:
    if edit["kind"] == "add_user":
        _begin(users, edit["user_id"], edit["row"][-1], offset)
    if edit["kind"] == "group_license":
        users.left_out |= set(users.histories)
    elif "user_id" in edit:
        users.left_out.add(edit["user_id"])
