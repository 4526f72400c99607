"""What the journal alone says of everyone's licenses: at the start, now, and when they changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sandbox.kernel.clock import parse_instant
from sandbox.kernel.journal import Record, read_records

#: Plan -> services switched off.
Assignment = dict[str, frozenset[str]]


@dataclass(kw_only=True, slots=True)
class Assignments:
    """Licenses of the users of one organization."""

    #: As they were when the organization was made.
    at_start: dict[str, Assignment] = field(default_factory=dict)
    now: dict[str, Assignment] = field(default_factory=dict)
    #: Instants at which requests changed licenses, oldest first, with the number of users.
    changes: list[tuple[datetime, int]] = field(default_factory=list)

    @property
    def restored(self) -> int:
        """Count the users who have exactly what they had at the start, service by service."""
        return sum(self.now.get(user) == held for user, held in self.at_start.items())

    def changed_after(self, instant: datetime) -> int:
        """Count the changes of users' licenses that requests made after an instant."""
        return sum(users for at, users in self.changes if at > instant)

    def last_change_before(self, instant: datetime) -> datetime | None:
        """Return when a request changed licenses last before an instant; None when none did."""
        return max((at for at, _ in self.changes if at < instant), default=None)


def read_assignments(journal: Path, organization_id: str) -> Assignments:
    """Return what the journal file says of the users of an organization.

    Raises:
        JournalBroken: A line is not readable.
    """
    assignments = Assignments()
    for record in read_records(journal):
        if record.get("organization_id") == organization_id:
            _take(assignments, record)
    return assignments


def _take(assignments: Assignments, record: Record) -> None:
    if record["type"] == "organization":
        assignments.now = {row[0]: _held(row[-1]) for row in record["users"]}
        assignments.at_start = {user: dict(held) for user, held in assignments.now.items()}
    elif record["type"] == "licenses":
        assignments.changes.append((parse_instant(record["at"]), len(record["changes"])))
        for user, added, removed in record["changes"]:
            _change(assignments.now[user], added, removed)
    elif record["type"] == "edit":
        _edit(assignments, record["edit"])


def _edit(assignments: Assignments, edit: dict[str, Any]) -> None:
    if edit["kind"] == "licenses":
        _change(assignments.now[edit["user_id"]], edit["add"], edit["remove"])
    elif edit["kind"] == "add_user":
        assignments.now[edit["user_id"]] = _held(edit["row"][-1])
    elif edit["kind"] == "delete_user":
        del assignments.now[edit["user_id"]]


def _held(licenses: Iterable[Sequence[Any]]) -> Assignment:
    return {plan_id: frozenset(off) for plan_id, off, _group in licenses}


def _change(held: Assignment, added: Iterable[Sequence[Any]], removed: Iterable[str]) -> None:
    for plan_id in removed:
        held.pop(plan_id, None)
    for plan_id, off in added:
        held[plan_id] = frozenset(off)
