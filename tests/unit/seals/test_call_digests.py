"""Digests of provider calls, and the gaps in their ids (ADR 31)."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from uuid import UUID

from audit.seals.calls import call_digest, call_line, range_digest
from audit.seals.gaps import GAPS_MAX, CallGaps
from store.record.seals import CALL_COLUMNS, RunKind, SealRun

BEGAN = datetime(2026, 11, 30, 6, 0, 0, 120, tzinfo=timezone(timedelta(hours=1)))
ROW = (
    *(7, UUID(int=0xAB), "order.place", 1, "run", "4", "seller", "place_order", "key-1"),
    *("digest", 409, "CONFLICT", "Ger\u00e4t \u2028", [{"text": "no", "code": "X", "status": 1, "count": 2}]),
    *(BEGAN, 12, datetime(2026, 11, 30, 5, 0, 1, tzinfo=UTC), "request-1"),
)
LINE = (
    '[7,"00000000-0000-0000-0000-0000000000ab","order.place",1,"run","4","seller","place_order","key-1",'
    '"digest",409,"CONFLICT","Ger\u00e4t \u2028",[{"code":"X","count":2,"status":1,"text":"no"}],'
    '"2026-11-30T05:00:00.000120Z",12,"2026-11-30T05:00:01.000000Z","request-1"]\n'
)


def test_a_call_is_one_line_of_json() -> None:
    """The bytes of a row never change: other programs make them again (ADR 31)."""
    assert len(ROW) == len(CALL_COLUMNS)
    assert call_line(ROW) == LINE.encode()
    assert call_digest(ROW) == sha256(LINE.encode()).digest()
    assert call_line((7, None)) == b"[7,null]\n"


def test_every_column_counts() -> None:
    """No value of a call can be changed without another digest."""
    digests = {call_digest((*ROW[:place], "changed", *ROW[place + 1 :])) for place in range(len(ROW))}
    assert len(digests | {call_digest(ROW)}) == len(ROW) + 1


def test_a_range_is_proved_without_the_contents_of_neighbors() -> None:
    """The digest of a range is made of the digests of its rows alone, in their order."""
    digests = [call_digest((number, *ROW[1:])) for number in range(3)]
    assert range_digest(digests) == sha256(b"".join(digests)).hexdigest()
    assert range_digest(digests) != range_digest(reversed(digests))


def _run(first_id: int, last_id: int, kind: RunKind = RunKind.CALL_RANGE) -> SealRun:
    return SealRun(first_leaf=0, kind=kind, first_id=first_id, last_id=last_id)


def test_gaps_are_those_of_the_ids_that_no_seal_covers() -> None:
    """However calls come, the gaps are what is not sealed below the greatest sealed id."""
    generator = random.Random(20261130)
    for _ in range(50):
        gaps, ids = CallGaps([]), list(range(1, 60))
        generator.shuffle(ids)
        sealed: set[int] = set()
        while ids:
            batch, ids = ids[: generator.randint(1, 9)], ids[9:]
            gaps.add([_run(number, number) for number in batch])
            sealed |= set(batch)
            covered = {each for first, last in gaps.to_look_into() for each in range(first, last + 1)}
            assert covered == set(range(1, max(sealed))) - sealed


def test_a_gap_is_split_by_what_came_late() -> None:
    """A late call leaves the rest of its gap; events have no gaps."""
    gaps = CallGaps([(3, 9)], last_id=20)
    gaps.add([_run(5, 6), _run(30, 31), _run(40, 40, RunKind.EVENT)])
    assert gaps.to_look_into() == [(3, 4), (7, 9), (21, 29)]


def test_old_gaps_are_looked_into_once() -> None:
    """The first round looks into all gaps, and the next ones into the newest, once all was read."""
    gaps = CallGaps([(2 * number, 2 * number) for number in range(1, GAPS_MAX + 10)])
    gaps.looked(is_whole=False)
    assert len(gaps.to_look_into()) == GAPS_MAX + 9
    gaps.looked(is_whole=True)
    assert gaps.to_look_into()[0] == (20, 20)
    assert (CallGaps().is_known, CallGaps([]).is_known) == (False, True)
