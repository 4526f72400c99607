"""Rows of moves, compared chunk by chunk with the digests in the events of the license-move log (ADR 33).

Rows that name users who drifted have no digest: their number by kind is compared with the event that counts
them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from audit.verification.findings import Deviates, Deviation, Fault, Subject
from audit.verification.user_lines import Guess, MoveRow, altered_row, difference_of, digest_of, surplus_row
from store.record.raw_record import RawRecord

_CHUNKS = """
SELECT notification_id, (facts ->> 'switch_id')::uuid, pass_name COLLATE "C",
    coalesce((facts ->> 'first_position')::integer, 0), (facts ->> 'count')::integer,
    facts ->> 'detail_digest', CASE WHEN facts ? 'users_gone' THEN facts END
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
_ROSTER_USER = """
SELECT user_key FROM planswitch.roster JOIN planswitch.roster_freeze USING (roster_id)
WHERE switch_id = %(switch)s AND position = %(position)s
"""
_REFUSAL_COLUMNS = ("outcome", "error", "code", "text")
_REFUSALS = """
SELECT DISTINCT outcome, error, code, text FROM planswitch.license_move
WHERE switch_id = %(switch)s LIMIT 100
"""
_DRIFT = "drift-"
_DRIFT_KINDS = ("users_gone", "new_users", "moved_by_hand", "licenses_removed", "settings_changed")


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


def compared_moves(record: RawRecord) -> tuple[int, int]:
    """Compare all rows of moves; return how many have a digest, and how many name users who drifted.

    Args:
        record: The rows of the walk, whose events have been compared already.

    Raises:
        Deviates: A row is not as it was recorded.
    """
    moved = drifted = 0
    passes = groupby(_chunks(record), key=lambda each: each.of_pass)
    of_pass, chunks = next(passes, (None, iter(())))
    for key, rows in groupby(_moves(record), key=lambda row: (row.switch_id, row.pass_name)):
        while of_pass is not None and of_pass < key:
            _require_no_rows(chunks)
            of_pass, chunks = next(passes, (None, iter(())))
        compared = _compared_pass(record, chunks if of_pass == key else iter(()), rows)
        moved, drifted = moved + compared[0], drifted + compared[1]
        if of_pass == key:
            of_pass, chunks = next(passes, (None, iter(())))
    while of_pass is not None:
        _require_no_rows(chunks)
        of_pass, chunks = next(passes, (None, iter(())))
    return moved, drifted


def _compared_pass(record: RawRecord, chunks: Iterator[_Chunk], rows: Iterator[MoveRow]) -> tuple[int, int]:
    """Compare the rows of one pass; return how many have a digest, and how many have none."""
    first = next(chunks, None)
    if first is None:
        raise Deviates(_inserted(next(rows), "no event has a pass of this name"))
    if first.pass_name.startswith(_DRIFT):
        return 0, _compare_drift([first, *chunks], list(rows))
    return _compare_chunks(record, first, chunks, rows), 0


def _compare_chunks(
    record: RawRecord, chunk: _Chunk, chunks: Iterator[_Chunk], rows: Iterator[MoveRow]
) -> int:
    """Compare the rows of one pass chunk by chunk: those of a chunk stand before the next one begins."""
    compared = 0
    row = next(rows, None)
    if row is not None and row.position < chunk.first_position:
        raise Deviates(_inserted(row, f"the first chunk begins at position {chunk.first_position}"))
    while True:
        following = next(chunks, None)
        part: list[MoveRow] = []
        while row is not None and (following is None or row.position < following.first_position):
            part.append(row)
            row = next(rows, None)
        _compare_chunk(record, chunk, part)
        compared += len(part)
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
    guess = altered_row(rows, chunk.digest, _known(record, chunk.switch_id, rows))
    about = f"event {chunk.event_id} has another digest"
    raise Deviates(_altered(guess, rows, about))


def _compare_drift(events: list[_Chunk], rows: list[MoveRow]) -> int:
    """Compare the number of users of each kind of drift: no digest covers who they are."""
    present = Counter(row.outcome for row in rows)
    wanted = Counter({kind: int(each.facts.get(kind, 0)) for each in events for kind in _DRIFT_KINDS})
    if present - wanted:
        kind = next(iter(present - wanted))
        row = next(row for row in reversed(rows) if row.outcome == kind)
        raise Deviates(_inserted(row, f"event {events[0].event_id} counts {wanted[kind]} of {kind}"))
    if wanted - present:
        kind = next(iter(wanted - present))
        raise Deviates(
            Deviation(
                fault=Fault.REMOVED,
                subject=Subject.USER_ROW,
                ids={**_pass_ids(rows[0]), "event": str(events[0].event_id)},
                sentence=(
                    f"A row of {_place(rows[0], with_position=False)} was removed: event "
                    f"{events[0].event_id} counts {wanted[kind]} of {kind}, and {present[kind]} are there."
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


def _chunks(record: RawRecord) -> Iterator[_Chunk]:
    for event_id, switch_id, pass_name, first, number, digest, facts in record.stream("chunks", _CHUNKS):
        yield _Chunk(
            event_id=event_id,
            switch_id=switch_id,
            pass_name=pass_name,
            first_position=first,
            count=number or 0,
            digest=digest or "",
            facts=facts or {},
        )


def _moves(record: RawRecord) -> Iterator[MoveRow]:
    yield from map(MoveRow._make, record.stream("moves", _MOVES))


def _known(record: RawRecord, switch_id: UUID, rows: list[MoveRow]) -> dict[str, list[Any]]:
    """Return what else may have stood in rows: users of the roster, and refusals of the whole switch."""
    known = {"user_key": [key for row in rows for key in _on_roster(record, switch_id, row.position)]}
    refusals = record.rows(_REFUSALS, {"switch": switch_id})
    return known | {name: [row[at] for row in refusals] for at, name in enumerate(_REFUSAL_COLUMNS)}


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
        differences=(difference_of(guess),),
        sentence=f"The user row at {_place(row)} was altered: {guess.column} differs, and {about}.",
    )


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


def _inserted(row: Any, why: str) -> Deviation:
    return Deviation(
        fault=Fault.INSERTED,
        subject=Subject.USER_ROW,
        ids=_ids(row),
        sentence=f"The user row at {_place(row)} was inserted: {why}.",
    )


def _pass_ids(row: MoveRow) -> dict[str, str]:
    return {"table": "license_move", "switch": str(row.switch_id), "pass": row.pass_name}


def _ids(row: MoveRow) -> dict[str, str]:
    return {**_pass_ids(row), "position": str(row.position), "user": str(row.user_key)}


def _place(row: MoveRow, *, with_position: bool = True) -> str:
    position = f"position {row.position} of " if with_position else ""
    return f"{position}pass {row.pass_name} of switch {row.switch_id}"
