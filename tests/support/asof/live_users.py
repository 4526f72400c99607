"""What the sandbox's own journal says of everyone's licenses at each of its bytes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from domain.licenses.holdings import Holding
from sandbox.kernel.journal import Record

#: Edits by hand that change what a user holds, or whether it works.
_BY_HAND = frozenset({"licenses", "delete_user", "add_user", "group_license", "license_state"})


@dataclass(kw_only=True)
class UserHistory:
    """The licenses of one user: plans by the byte of the journal from which on they were held."""

    #: What the user holds now: by themselves, and by which group.
    own: set[str] = field(default_factory=set)
    fed: set[tuple[str, str]] = field(default_factory=set)
    offsets: list[int] = field(default_factory=list)
    plans: list[frozenset[str]] = field(default_factory=list)

    def note(self, offset: int) -> None:
        """Note what is held from a byte of the journal on."""
        self.offsets.append(offset)
        self.plans.append(frozenset(self.own | {plan for plan, _ in self.fed}))

    def at(self, offset: int) -> frozenset[str]:
        """Return what was held when the journal had so many bytes; nothing by who was not there yet."""
        place = bisect_right(self.offsets, offset)
        return self.plans[place - 1] if place else frozenset()

    def up_to(self, offset: int) -> set[frozenset[str]]:
        """Return everything that was held until then."""
        return set(self.plans[: bisect_right(self.offsets, offset)])


@dataclass(kw_only=True)
class LiveUsers:
    """The users of one organization."""

    #: Length of the journal when the switch began.
    since: int
    histories: dict[str, UserHistory] = field(default_factory=dict)
    #: Whom a hand changed while the switch ran: the record learns of it later, or not at all.
    left_out: set[str] = field(default_factory=set)


def live_users(journal: Path, organization_id: str, *, since: int) -> LiveUsers:
    """Read the history of an organization's users.

    Args:
        journal: File of the sandbox.
        organization_id: Whose users.
        since: Length of the file when the switch began.
    """
    users = LiveUsers(since=since)
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
            _change(users.histories[user], added, removed, offset)
    elif record["type"] == "group_work":
        for user, feeds, *_ in record["changes"]:
            _feed(users.histories.get(user), record["group_id"], feeds, offset)
    elif record["type"] == "edit" and record["edit"]["kind"] in _BY_HAND:
        _edit(users, record["edit"], offset)


def _begin(users: LiveUsers, user: str, licenses: Iterable[Sequence[Any]], offset: int) -> None:
    history = users.histories.setdefault(user, UserHistory())
    for plan, _, group in licenses:
        if group is None:
            history.own.add(plan)
        else:
            history.fed.add((plan, group))
    history.note(offset)


def _change(
    history: UserHistory, added: Iterable[Sequence[Any]], removed: Iterable[str], offset: int
) -> None:
    history.own = history.own - set(removed) | {each[0] for each in added}
    history.note(offset)


def _feed(
    history: UserHistory | None, group: str, feeds: Mapping[str, Iterable[str] | None], offset: int
) -> None:
    if history is None:
        return
    for plan, off in feeds.items():
        history.fed.discard((plan, group))
        if off is not None:
            history.fed.add((plan, group))
    history.note(offset)


def _edit(users: LiveUsers, edit: dict[str, Any], offset: int) -> None:
    user = edit["user_id"]
    if offset > users.since:
        users.left_out.add(user)
    if edit["kind"] == "add_user":
        _begin(users, user, edit["row"][-1], offset)
    elif edit["kind"] == "licenses":
        _change(users.histories[user], edit["add"], edit["remove"], offset)
    elif edit["kind"] == "group_license":
        _feed(users.histories[user], edit["group_id"], {edit["plan_id"]: ()}, offset)
        if not edit["keep_direct"]:
            _change(users.histories[user], (), [edit["plan_id"]], offset)
