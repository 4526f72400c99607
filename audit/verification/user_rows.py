"""Rows of users, compared with the digests in their events, which the seals cover (ADR 33)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from json import dumps
from operator import itemgetter
from typing import Any
from uuid import UUID

from audit.verification.findings import Deviates, Deviation, Difference, Fault, Subject
from audit.verification.user_lines import (
    Guess,
    MoveRow,
    RosterRow,
    UserRow,
    altered_row,
    digest_of,
    surplus_row,
)
from store.record.raw_record import RawRecord

_CHUNKS = """
SELECT notification_id, (facts ->> 'switch_id')::uuid, pass_name COLLATE "C",
    coalesce((facts ->> 'first_position')::integer, 0), (facts ->> 'count')::integer, facts ->> 'detail_digest',
    facts
FROM (
    SELECT notification_id, convert_from(state, 'UTF8')::jsonb AS facts,
        CASE WHEN topic = 'subscription.drift-found' THEN 'drift-' || originator_version
             ELSE convert_from(state, 'UTF8')::jsonb ->> 'pass_name' END AS pass_name
    FROM planswitch.switch_events
    WHERE topic IN ('license-move.group-moved', 'subscription.drift-found')
) AS chunk
ORDER BY 2, 3, 4
"""
_MOVES = """
SELECT switch_id, pass_name, position, batch_no, user_key, from_plan, to_plan, outcome, kept, no_counterpart,
    newly_granted, dependents, error, code, text, request_id
FROM planswitch.license_move ORDER BY switch_id, pass_name COLLATE "C", position
"""
_ROSTERS = """
SELECT freeze.roster_id, coalesce(freeze.switch_id, (facts ->> 'switch_id')::uuid), user_count, digest,
    pilot_count, notification_id, (facts ->> 'total')::integer, facts ->> 'roster_digest',
    (facts ->> 'pilot')::integer, coalesce(facts ->> 'pilot_group_id', '')
FROM planswitch.roster_freeze AS freeze
FULL JOIN (
    SELECT notification_id, convert_from(state, 'UTF8')::jsonb AS facts
    FROM planswitch.switch_events WHERE topic = 'subscription.license-move-started'
) AS event ON (facts ->> 'switch_id')::uuid = freeze.switch_id
ORDER BY freeze.roster_id NULLS LAST, notification_id
"""
_ROSTER_ROWS = """
SELECT roster_id, position, user_key, old_disabled, new_disabled, kept_count, no_counterpart_count,
    newly_granted_count, held_target, is_by_group
FROM planswitch.roster ORDER BY roster_id, position
"""
_ROSTER_USER = """
SELECT user_key FROM planswitch.roster JOIN planswitch.roster_freeze USING (roster_id)
WHERE switch_id = %(switch)s AND position = %(position)s
"""
_SELECTIONS = """
SELECT selection_id, organization_id, user_count, user_key
FROM planswitch.user_selection LEFT JOIN planswitch.user_selection_user USING (selection_id)
ORDER BY selection_id COLLATE "C", user_key
"""
#: Rows of a roster that are tried to tell which one was altered: more would take too long.
TRIED_ROWS_MAX = 1_000
_DRIFT = "drift-"
_DRIFT_KINDS = ("users_gone", "new_users", "moved_by_hand", "licenses_removed", "settings_changed")


@dataclass(kw_only=True)
class UserRowCount:
    """Rows that were compared."""

    roster_rows: int = 0
    move_rows: int = 0
    selection_rows: int = 0
    #: Rows that name users who drifted: their number is proved, and not who they are.
    drift_rows: int = 0
    #: Rosters without an event yet: the switch that froze them has not begun to move.
    open_rosters: int = 0


@dataclass(frozen=True, kw_only=True)
class _Chunk:
    """What an event says about the rows of a part of a pass."""

    event_id: int
    switch_id: UUID
    pass_name: str
    first_position: int
    count: int
    digest: str
    facts: Mapping[str, Any]

    @property
    def of_pass(self) -> tuple[UUID, str]:
        """Return the switch and the pass."""
        return self.switch_id, self.pass_name


def compared_user_rows(record: RawRecord) -> UserRowCount:
    """Compare all rows of users with the digests in their events; return how many there are.

    Args:
        record: The rows of the walk, whose events have been compared already.

    Raises:
        Deviates: A row is not as it was recorded.
    """
    count = UserRowCount()
    _compare_moves(record, count)
    _compare_rosters(record, count)
    _compare_selections(record, count)
    return count


def _compare_moves(record: RawRecord, count: UserRowCount) -> None:
    chunks = groupby(_chunks(record), key=lambda each: each.of_pass)
    of_pass, wanted = next(chunks, (None, iter(())))
    for key, group in groupby(_moves(record), key=lambda row: (row.switch_id, row.pass_name)):
        while of_pass is not None and of_pass < key:
            _require_no_rows(wanted)
            of_pass, wanted = next(chunks, (None, iter(())))
        if of_pass != key:
            raise Deviates(_inserted(next(group), "no event has a pass of this name"))
        if key[1].startswith(_DRIFT):
            count.drift_rows += _compare_drift(list(wanted), list(group))
        else:
            count.move_rows += _compare_pass(record, wanted, group)
        of_pass, wanted = next(chunks, (None, iter(())))
    while of_pass is not None:
        _require_no_rows(wanted)
        of_pass, wanted = next(chunks, (None, iter(())))


def _compare_pass(record: RawRecord, chunks: Iterator[_Chunk], rows: Iterator[MoveRow]) -> int:
    """Compare the rows of one pass chunk by chunk: those of a chunk stand before the next one begins."""
    compared = 0
    chunk = next(chunks)
    row = next(rows, None)
    if row is not None and row.position < chunk.first_position:
        raise Deviates(_inserted(row, f"the first chunk begins at position {chunk.first_position}"))
    while True:
        following = next(chunks, None)
        taken: list[MoveRow] = []
        while row is not None and (following is None or row.position < following.first_position):
            taken.append(row)
            row = next(rows, None)
        _compare_chunk(record, chunk, taken)
        compared += len(taken)
        if following is None:
            return compared
        chunk = following


def _compare_chunk(record: RawRecord, chunk: _Chunk, rows: list[MoveRow]) -> None:
    if len(rows) == chunk.count and digest_of(rows) == chunk.digest:
        return
    if len(rows) < chunk.count:
        raise Deviates(_removed(record, chunk, rows))
    if len(rows) > chunk.count:
        guess = surplus_row(rows, chunk.digest)
        raise Deviates(
            _inserted(guess.row if guess else rows[-1], f"event {chunk.event_id} does not have it")
        )
    users = {"user_key": [key for row in rows for key in _on_roster(record, chunk.switch_id, row.position)]}
    guess = altered_row(rows, chunk.digest, users)
    about = f"event {chunk.event_id} has another digest"
    raise Deviates(_altered(guess, rows, about))


def _compare_drift(events: list[_Chunk], rows: list[MoveRow]) -> int:
    """Compare the number of users of each kind of drift: no digest covers who they are."""
    found = Counter(row.outcome for row in rows)
    wanted = Counter({kind: int(each.facts.get(kind, 0)) for each in events for kind in _DRIFT_KINDS})
    if found - wanted:
        kind = next(iter(found - wanted))
        row = next(row for row in reversed(rows) if row.outcome == kind)
        raise Deviates(_inserted(row, f"event {events[0].event_id} counts {wanted[kind]} of {kind}"))
    if wanted - found:
        kind = next(iter(wanted - found))
        raise Deviates(
            Deviation(
                fault=Fault.REMOVED,
                subject=Subject.USER_ROW,
                ids={**_pass_ids(rows[0]), "event": str(events[0].event_id)},
                sentence=(
                    f"A row of {_place(rows[0], with_position=False)} was removed: event "
                    f"{events[0].event_id} counts {wanted[kind]} of {kind}, and {found[kind]} are there."
                ),
            )
        )
    return len(rows)


def _require_no_rows(chunks: Iterator[_Chunk]) -> None:
    """Refuse a pass without any row; of drift, older versions have recorded the numbers alone."""
    for chunk in chunks:
        if chunk.count and not chunk.pass_name.startswith(_DRIFT):
            raise Deviates(
                Deviation(
                    fault=Fault.REMOVED,
                    subject=Subject.USER_ROW,
                    ids={
                        "switch": str(chunk.switch_id),
                        "pass": chunk.pass_name,
                        "position": str(chunk.first_position),
                        "event": str(chunk.event_id),
                    },
                    sentence=(
                        f"All {chunk.count} user rows of event {chunk.event_id}, from position "
                        f"{chunk.first_position} of pass {chunk.pass_name} of switch {chunk.switch_id} on, "
                        "were removed."
                    ),
                )
            )


def _compare_rosters(record: RawRecord, count: UserRowCount) -> None:
    rows = groupby(_roster_rows(record), key=lambda row: row.roster_id)
    roster_id, group = next(rows, (None, iter(())))
    for freeze in record.stream("rosters", _ROSTERS):
        if freeze[0] is None:
            raise Deviates(_roster_removed(freeze))
        if roster_id is not None and roster_id < freeze[0]:
            raise Deviates(_roster_inserted(next(group)))
        is_there = roster_id == freeze[0]
        count.roster_rows += _compare_roster(freeze, group if is_there else iter(()))
        count.open_rosters += freeze[5] is None
        if is_there:
            roster_id, group = next(rows, (None, iter(())))
    if roster_id is not None:
        raise Deviates(_roster_inserted(next(group)))


def _compare_roster(freeze: tuple[Any, ...], rows: Iterator[RosterRow]) -> int:
    _, switch_id, user_count, digest, pilot_count, event_id, total, roster_digest, pilot, group_id = freeze
    whole, number, kept = sha256(), 0, []
    for row in rows:
        whole.update(row.line())
        number += 1
        if number <= TRIED_ROWS_MAX + 1:
            kept.append(row)
    if event_id is not None:
        named = {"user count": (total, user_count), "digest": (roster_digest, digest)}
        named |= {"pilot count": (pilot, pilot_count)} if group_id else {}
        differences = tuple(
            Difference(name=name, sealed=str(sealed), now=str(now))
            for name, (sealed, now) in named.items()
            if sealed != now
        )
        if differences:
            raise Deviates(_freeze_altered(switch_id, event_id, differences))
    if number != user_count or whole.hexdigest() != digest:
        raise Deviates(_roster_deviation(switch_id, user_count, digest, kept, number))
    return number


def _roster_deviation(
    switch_id: UUID, user_count: int, digest: str, rows: list[RosterRow], number: int
) -> Deviation:
    is_tried = number <= TRIED_ROWS_MAX and bool(rows)
    ids = {"switch": str(switch_id), "table": "roster"}
    missing = next((at for at, row in enumerate(rows) if row.position != at), len(rows))
    if number < user_count:
        where = f"position {missing}" if missing < TRIED_ROWS_MAX else "one of the later positions"
        return Deviation(
            fault=Fault.REMOVED,
            subject=Subject.USER_ROW,
            ids={**ids, "position": str(missing)},
            sentence=f"The user at {where} of the roster of switch {switch_id} was removed.",
        )
    if number > user_count:
        guess = surplus_row(rows, digest) if is_tried else None
        row = guess.row if guess else rows[-1]
        return Deviation(
            fault=Fault.INSERTED,
            subject=Subject.USER_ROW,
            ids={**ids, "position": str(row.position), "user": str(row.user_key)},
            sentence=f"A user was inserted at position {row.position} of the roster of switch {switch_id}.",
        )
    guess = altered_row(rows, digest) if is_tried else None
    if guess is None:
        return Deviation(
            fault=Fault.ALTERED,
            subject=Subject.USER_ROW,
            ids=ids,
            sentence=f"One of the {number} users of the roster of switch {switch_id} was altered.",
        )
    return Deviation(
        fault=Fault.ALTERED,
        subject=Subject.USER_ROW,
        ids={**ids, "position": str(guess.row.position), "user": str(guess.row.user_key)},
        differences=(_difference(guess),),
        sentence=(
            f"The user at position {guess.row.position} of the roster of switch {switch_id} was altered: "
            f"{guess.column} is another."
        ),
    )


def _compare_selections(record: RawRecord, count: UserRowCount) -> None:
    """Compare each choice of users with its id, which is the digest of the users."""
    for selection_id, group in groupby(record.stream("selections", _SELECTIONS), key=itemgetter(0)):
        organization_id, number, whole = "", 0, sha256()
        for _, organization_id, _, key in group:
            opening = f'{{"organization_id":{dumps(organization_id, ensure_ascii=False)},"users":['
            whole.update((("," if number else opening) + f'"{key}"').encode())
            number += 1
        whole.update(b"]}")
        if whole.hexdigest() != selection_id:
            raise Deviates(
                Deviation(
                    fault=Fault.ALTERED,
                    subject=Subject.USER_ROW,
                    ids={"table": "user_selection_user", "selection": selection_id},
                    sentence=(
                        f"The users of selection {selection_id} of organization {organization_id} are not "
                        "those whom somebody chose."
                    ),
                )
            )
        count.selection_rows += number


def _chunks(record: RawRecord) -> Iterator[_Chunk]:
    for event_id, switch_id, pass_name, first, number, digest, facts in record.stream("chunks", _CHUNKS):
        yield _Chunk(
            event_id=event_id,
            switch_id=switch_id,
            pass_name=pass_name,
            first_position=first,
            count=number or 0,
            digest=digest or "",
            facts=facts,
        )


def _moves(record: RawRecord) -> Iterator[MoveRow]:
    yield from map(MoveRow._make, record.stream("moves", _MOVES))


def _roster_rows(record: RawRecord) -> Iterator[RosterRow]:
    yield from map(RosterRow._make, record.stream("roster_rows", _ROSTER_ROWS))


def _on_roster(record: RawRecord, switch_id: UUID, position: int) -> list[UUID]:
    rows = record.rows(_ROSTER_USER, {"switch": switch_id, "position": position})
    return [row[0] for row in rows]


def _altered(guess: Guess | None, rows: list[MoveRow], about: str) -> Deviation:
    if guess is None:
        first, last = rows[0], rows[-1]
        return Deviation(
            fault=Fault.ALTERED,
            subject=Subject.USER_ROW,
            ids={**_pass_ids(first), "position": f"{first.position} to {last.position}"},
            sentence=(
                f"One of the user rows at positions {first.position} to {last.position} of "
                f"{_place(first, with_position=False)} was altered: {about}."
            ),
        )
    row: Any = guess.row
    return Deviation(
        fault=Fault.ALTERED,
        subject=Subject.USER_ROW,
        ids=_ids(row),
        differences=(_difference(guess),),
        sentence=f"The user row at {_place(row)} was altered: {guess.column} is another, and {about}.",
    )


def _difference(guess: Guess) -> Difference:
    now = getattr(guess.row, guess.column)
    return Difference(name=guess.column, sealed=_shown(guess.sealed), now=_shown(now))


def _shown(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list | tuple) else str(value)


def _removed(record: RawRecord, chunk: _Chunk, rows: list[MoveRow]) -> Deviation:
    """Return which row of a chunk is not there: the first gap of the positions, else the one at the end."""
    positions = {row.position for row in rows}
    gap = next(
        (at for at in range(chunk.first_position, chunk.first_position + chunk.count) if at not in positions),
        chunk.first_position,
    )
    users = [str(key) for key in _on_roster(record, chunk.switch_id, gap)]
    ids = {
        "switch": str(chunk.switch_id),
        "pass": chunk.pass_name,
        "position": str(gap),
        "event": str(chunk.event_id),
    }
    who = f" (user {users[0]})" if users else ""
    return Deviation(
        fault=Fault.REMOVED,
        subject=Subject.USER_ROW,
        ids={**ids, **({"user": users[0]} if users else {})},
        sentence=(
            f"The user row at position {gap}{who} of pass {chunk.pass_name} of switch {chunk.switch_id} was "
            f"removed: event {chunk.event_id} has {chunk.count} rows, and {len(rows)} are there."
        ),
    )


def _inserted(row: UserRow, why: str) -> Deviation:
    move: Any = row
    return Deviation(
        fault=Fault.INSERTED,
        subject=Subject.USER_ROW,
        ids=_ids(move),
        sentence=f"The user row at {_place(move)} was inserted: {why}.",
    )


def _roster_inserted(row: RosterRow) -> Deviation:
    return Deviation(
        fault=Fault.INSERTED,
        subject=Subject.USER_ROW,
        ids={"table": "roster", "roster": str(row.roster_id), "position": str(row.position)},
        sentence=f"The roster {row.roster_id} was inserted: no switch has it.",
    )


def _roster_removed(freeze: tuple[Any, ...]) -> Deviation:
    switch_id, event_id = str(freeze[1]), str(freeze[5])
    return Deviation(
        fault=Fault.REMOVED,
        subject=Subject.USER_ROW,
        ids={"table": "roster_freeze", "switch": switch_id, "event": event_id},
        sentence=f"The roster of switch {switch_id} was removed: event {event_id} has its digest.",
    )


def _freeze_altered(switch_id: UUID, event_id: int, differences: tuple[Difference, ...]) -> Deviation:
    names = ", ".join(each.name for each in differences)
    return Deviation(
        fault=Fault.ALTERED,
        subject=Subject.USER_ROW,
        ids={"table": "roster_freeze", "switch": str(switch_id), "event": str(event_id)},
        differences=differences,
        sentence=f"The roster of switch {switch_id} was altered: its {names} is not that of event {event_id}.",
    )


def _pass_ids(row: MoveRow) -> dict[str, str]:
    return {"table": "license_move", "switch": str(row.switch_id), "pass": row.pass_name}


def _ids(row: MoveRow) -> dict[str, str]:
    return {**_pass_ids(row), "position": str(row.position), "user": str(row.user_key)}


def _place(row: MoveRow, *, with_position: bool = True) -> str:
    position = f"position {row.position} of " if with_position else ""
    return f"{position}pass {row.pass_name} of switch {row.switch_id}"
