"""Rows of users as the digests in their events cover them: a line for each row, in order of position."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from audit.verification.findings import Difference


class MoveRow(NamedTuple):
    """What happened to one user in a pass: the columns of license_move in this order."""

    switch_id: UUID
    pass_name: str
    position: int
    batch_no: int
    user_key: UUID
    from_plan: str
    to_plan: str
    outcome: str
    kept: Sequence[str]
    no_counterpart: Sequence[str]
    newly_granted: Sequence[str]
    dependents: Sequence[str]
    error: str
    code: str
    text: str
    request_id: str

    def line(self) -> bytes:
        """Return the line that the digest of a chunk covers."""
        lists = [self.kept, self.no_counterpart, self.newly_granted]
        # Lists and answers that came later stand only in lines of rows that have some.
        lists += [self.dependents] if self.dependents else []
        answer = [self.code, self.text, self.request_id] if self.code or self.text else []
        parts = (
            *(self.position, self.batch_no, self.user_key, self.from_plan, self.to_plan, self.outcome),
            *(",".join(sorted(each)) for each in lists),
            *(self.error, *answer),
        )
        return ("|".join(map(str, parts)) + "\n").encode()


class RosterRow(NamedTuple):
    """One user of a frozen roster: the columns of roster in this order."""

    roster_id: UUID
    position: int
    user_key: UUID
    old_disabled: Sequence[str]
    new_disabled: Sequence[str]
    kept_count: int
    no_counterpart_count: int
    newly_granted_count: int
    held_target: bool
    is_by_group: bool

    def line(self) -> bytes:
        """Return the line that the digest of a roster covers."""
        counts = f"{self.kept_count},{self.no_counterpart_count},{self.newly_granted_count}"
        marks = ("held" if self.held_target else "") + ("|group" if self.is_by_group else "")
        old, new = (",".join(sorted(each)) for each in (self.old_disabled, self.new_disabled))
        return f"{self.position}|{self.user_key}|{old}|{new}|{counts}|{marks}\n".encode()


UserRow = MoveRow | RosterRow


@dataclass(frozen=True, kw_only=True)
class Guess:
    """The row of a digest that is not as it was, and the value that it had."""

    row: UserRow
    #: "" for a row that does not belong there at all.
    column: str = ""
    sealed: Any = None


def difference_of(guess: Guess) -> Difference:
    """Return what a row was and is."""
    return Difference(
        name=guess.column, sealed=_shown(guess.sealed), now=_shown(getattr(guess.row, guess.column))
    )


def digest_of(rows: Iterable[UserRow]) -> str:
    """Return the digest over rows in the order in which they come."""
    whole = sha256()
    for row in rows:
        whole.update(row.line())
    return whole.hexdigest()


def surplus_row(rows: Sequence[UserRow], digest: str) -> Guess | None:
    """Return the row without which rows have the digest that was recorded."""
    lines = [row.line() for row in rows]
    before = sha256()
    for place, line in enumerate(lines):
        if _ends_as(before, b"".join(lines[place + 1 :]), digest):
            return Guess(row=rows[place])
        before.update(line)
    return None


def altered_row(
    rows: Sequence[UserRow], digest: str, extra: Mapping[str, Sequence[Any]] | None = None
) -> Guess | None:
    """Return the one row that was altered, where its former value can be guessed.

    What stands in a column of another row is tried in each row, so a value that was there only once is not
    found again.

    Args:
        rows: Rows of one digest.
        digest: The digest that was recorded.
        extra: Further values by column.
    """
    lines = [row.line() for row in rows]
    candidates = _candidates(rows, extra or {})
    before = sha256()
    for place, row in enumerate(rows):
        after = b"".join(lines[place + 1 :])
        for column, value in candidates:
            if _ends_as(before, row._replace(**{column: value}).line() + after, digest):
                return Guess(row=row, column=column, sealed=value)
        before.update(lines[place])
    return None


def _ends_as(before: Any, rest: bytes, digest: str) -> bool:
    whole = before.copy()
    whole.update(rest)
    return bool(whole.hexdigest() == digest)


def _candidates(rows: Sequence[UserRow], extra: Mapping[str, Sequence[Any]]) -> list[tuple[str, Any]]:
    """Return the values that the columns hold anywhere, and those that they usually have."""
    candidates: dict[tuple[str, str], Any] = {}
    for name in type(rows[0])._fields:
        if name not in {"switch_id", "pass_name", "roster_id", "position", "user_key"}:
            values = [*(getattr(row, name) for row in rows), *_USUAL.get(name, ())]
            candidates |= {(name, repr(value)): value for value in values}
    for name, others in extra.items():
        candidates |= {(name, repr(value)): value for value in others}
    return [(name, value) for (name, _), value in candidates.items()]


def _shown(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list | tuple) else str(value)


_USUAL: dict[str, tuple[Any, ...]] = {
    "outcome": ("moved", "failed", "skipped", "gone", "returned"),
    **dict.fromkeys(("error", "code", "text", "request_id"), ("",)),
    **dict.fromkeys(("kept", "no_counterpart", "newly_granted", "dependents"), ((),)),
    **dict.fromkeys(("old_disabled", "new_disabled"), ((),)),
    **dict.fromkeys(("held_target", "is_by_group"), (True, False)),
    **dict.fromkeys(("kept_count", "no_counterpart_count", "newly_granted_count"), tuple(range(100))),
}
