"""Users in a bundle: rows by opaque keys, proved by the digests that the events have of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import groupby, islice
from typing import Any
from uuid import UUID

from audit.bundle.archive import BundleArchive, row_line
from audit.bundle.findings import Findings, Kind
from audit.bundle.members import MOVES, ROSTER
from domain.licenses.move import GroupMoved, MoveRow, detail_digest, input_digest
from domain.switch.move_events import LicenseMoveStarted
from store.core.rows import RosterRow
from store.record.notifications import StoredNotification

_PASS = "pass_name"  # noqa: S105 - the name of a field
_LISTS = frozenset({"old_disabled", "new_disabled", "kept", "no_counterpart", "newly_granted", "dependents"})
_ROSTER_NAMES = tuple(each.name for each in fields(RosterRow))
_MOVE_NAMES = tuple(each.name for each in fields(MoveRow))
_ROSTER_FIELDS, _MOVE_FIELDS = frozenset(_ROSTER_NAMES), frozenset({_PASS, *_MOVE_NAMES})


def roster_line(row: RosterRow) -> bytes:
    """Return a row of the frozen roster as a line of a bundle."""
    return row_line(_plain(row))


def move_line(pass_name: str, row: MoveRow) -> bytes:
    """Return what happened to a user in a pass as a line of a bundle."""
    return row_line({_PASS: pass_name, **_plain(row)})


def chunks_by_pass(events: Sequence[StoredNotification]) -> dict[str, list[StoredNotification]]:
    """Return the recorded chunks of each pass in the order of their users; passes by name."""
    chunks: dict[str, list[StoredNotification]] = {}
    for each in events:
        if isinstance(each.event, GroupMoved):
            chunks.setdefault(each.event.pass_name, []).append(each)
    for some in chunks.values():
        some.sort(key=lambda each: each.event.first_position)  # type: ignore[attr-defined]
    return dict(sorted(chunks.items()))


def check_roster(archive: BundleArchive, events: Sequence[StoredNotification], findings: Findings) -> int:
    """Compare the frozen roster with its digest; return how many users it has."""
    started = next((each for each in events if isinstance(each.event, LicenseMoveStarted)), None)
    digest, count = hashlib.sha256(), 0
    for line in archive.lines(ROSTER):
        digest.update(_row(line, RosterRow, _ROSTER_FIELDS, {}).line().encode())
        count += 1
    if started is None:
        if count:
            findings.add(Kind.EXTRA, ROSTER, f"{count} users are listed, and no event froze a roster.")
        return count
    event: Any = started.event
    if (count, digest.hexdigest()) != (event.total, event.roster_digest):
        findings.add(
            Kind.ALTERED,
            ROSTER,
            f"Its {count} users are not those that event {started.id} froze ({event.total} users): a user "
            "was altered, removed, added or moved to another place.",
        )
    return count


def check_moves(archive: BundleArchive, events: Sequence[StoredNotification], findings: Findings) -> int:
    """Compare what happened to each user with the digest of its chunk; return how many rows there are."""
    expected = chunks_by_pass(events)
    total, names = 0, []
    for name, rows in groupby(move_rows(archive), key=lambda each: each[0]):
        names.append(name)
        total += _check_pass(name, (row for _, row in rows), expected.get(name, []), findings)
    if len(set(names)) != len(names):
        findings.add(Kind.ALTERED, MOVES, "The rows of a pass do not stand together.")
    for name in expected.keys() - set(names):
        findings.add(Kind.MISSING, MOVES, f"Pass {name} has no rows, and {len(expected[name])} events of it.")
    return total


def _check_pass(
    name: str, rows: Iterator[MoveRow], chunks: Sequence[StoredNotification], findings: Findings
) -> int:
    count = 0
    for chunk in chunks:
        some = list(islice(rows, chunk.event.count))  # type: ignore[attr-defined]
        count += len(some)
        _check_chunk(name, some, chunk, findings)
    left = sum(1 for _ in rows)
    if left:
        findings.add(Kind.EXTRA, MOVES, f"Pass {name} has {left} rows that no event tells of.")
    return count + left


def _check_chunk(name: str, rows: list[MoveRow], chunk: StoredNotification, findings: Findings) -> None:
    event: Any = chunk.event
    outcomes = [row.outcome for row in rows]
    counts = (len(rows), outcomes.count("moved"), outcomes.count("failed"))
    plans = {(row.from_plan, row.to_plan) for row in rows}
    is_same = counts == (event.count, event.moved, event.failed) and len(plans) == 1
    is_same = is_same and detail_digest(rows) == event.detail_digest
    if is_same:
        ((from_plan, to_plan),) = plans
        keys = [row.user_key for row in rows]
        is_same = input_digest(keys, from_plan=from_plan, to_plan=to_plan) == event.input_digest
    if not is_same:
        first = event.first_position
        findings.add(
            Kind.ALTERED,
            MOVES,
            f"The rows of pass {name} from position {first} on are not those of event {chunk.id} "
            f"({event.count} users): a user was altered, removed or added.",
        )


def move_rows(archive: BundleArchive) -> Iterator[tuple[str, MoveRow]]:
    """Yield the rows of what happened to users, each with the name of its pass."""
    for line in archive.lines(MOVES):
        facts: dict[str, Any] = {}
        row = _row(line, MoveRow, _MOVE_FIELDS, facts)
        yield facts[_PASS], row


def _row(line: bytes, kind: Any, names: frozenset[str], beside: dict[str, Any]) -> Any:
    """Return the row of a line, which has one spelling; what is no field of it comes back `beside`."""
    # A line that is spelled so again is no other JSON: it needs no closer look, of which there are many.
    facts = _DECODER.decode(line.decode())
    if not isinstance(facts, dict) or facts.keys() != names or row_line(facts) != line + b"\n":
        raise ValueError(f"no row as bundles have them: {line[:80]!r}")
    if _PASS in names:
        beside[_PASS] = facts.pop(_PASS)
    values: dict[str, Any] = {
        name: tuple(value) if name in _LISTS else value for name, value in facts.items()
    }
    return kind(**{**values, "user_key": UUID(values["user_key"])})


def _plain(row: RosterRow | MoveRow) -> dict[str, Any]:
    names = _MOVE_NAMES if isinstance(row, MoveRow) else _ROSTER_NAMES
    facts = {name: getattr(row, name) for name in names}
    facts["user_key"] = str(row.user_key)
    return facts


def _refuse_constant(word: str) -> None:
    raise ValueError(f"{word} is no number")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
