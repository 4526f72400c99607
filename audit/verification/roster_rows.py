"""Rows of frozen rosters, compared with the digest in the event that begins the move (ADR 33)."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby
from typing import Any
from uuid import UUID

from audit.verification.findings import Deviates, Deviation, Difference, Fault, Subject
from audit.verification.user_lines import RosterRow, altered_row, difference_of, surplus_row
from store.record.raw_record import RawRecord

_ROSTERS = """
SELECT frozen.roster_id, coalesce(frozen.switch_id, (facts ->> 'switch_id')::uuid), user_count, digest,
    pilot_count, notification_id, (facts ->> 'total')::integer, facts ->> 'roster_digest',
    (facts ->> 'pilot')::integer, coalesce(facts ->> 'pilot_group_id', '')
FROM planswitch.roster_freeze AS frozen
FULL JOIN (
    SELECT notification_id, convert_from(state, 'UTF8')::jsonb AS facts
    FROM planswitch.switch_events WHERE topic = 'subscription.license-move-started'
) AS event ON (facts ->> 'switch_id')::uuid = frozen.switch_id
ORDER BY frozen.roster_id NULLS LAST, notification_id
"""
_ROSTER_ROWS = """
SELECT roster_id, position, user_key, old_disabled, new_disabled, kept_count, no_counterpart_count,
    newly_granted_count, held_target, is_by_group
FROM planswitch.roster ORDER BY roster_id, position
"""
#: Rows of a roster that are tried to tell which one was altered: more would take too long.
TRIED_ROWS_MAX = 1_000


def compared_rosters(record: RawRecord) -> tuple[int, int]:
    """Compare all rosters; return how many rows they have, and how many rosters have no event yet.

    Args:
        record: The rows of the walk, whose events have been compared already.

    Raises:
        Deviates: A row is not as it was frozen.
    """
    compared = without_event = 0
    rosters = groupby(_roster_rows(record), key=lambda row: row.roster_id)
    roster_id, rows = next(rosters, (None, iter(())))
    for frozen in record.stream("rosters", _ROSTERS):
        if frozen[0] is None:
            raise Deviates(_roster_removed(frozen))
        if roster_id is not None and roster_id < frozen[0]:
            break
        is_there = roster_id == frozen[0]
        compared += _compare_roster(frozen, rows if is_there else iter(()))
        without_event += frozen[5] is None
        if is_there:
            roster_id, rows = next(rosters, (None, iter(())))
    if roster_id is not None:
        raise Deviates(_roster_inserted(next(rows)))
    return compared, without_event


def _compare_roster(frozen: tuple[Any, ...], rows: Iterator[RosterRow]) -> int:
    _, switch_id, user_count, digest, pilot_count, event_id, total, roster_digest, pilot, group_id = frozen
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
        differences=(difference_of(guess),),
        sentence=(
            f"The user at position {guess.row.position} of the roster of switch {switch_id} was altered: "
            f"{guess.column} differs."
        ),
    )


def _roster_rows(record: RawRecord) -> Iterator[RosterRow]:
    yield from map(RosterRow._make, record.stream("roster_rows", _ROSTER_ROWS))


def _roster_inserted(row: RosterRow) -> Deviation:
    return Deviation(
        fault=Fault.INSERTED,
        subject=Subject.USER_ROW,
        ids={"table": "roster", "roster": str(row.roster_id), "position": str(row.position)},
        sentence=f"The roster {row.roster_id} was inserted: no switch has it.",
    )


def _roster_removed(frozen: tuple[Any, ...]) -> Deviation:
    switch_id, event_id = str(frozen[1]), str(frozen[5])
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
        sentence=f"The roster of switch {switch_id} was altered: event {event_id} has another {names}.",
    )
