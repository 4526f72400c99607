"""Events of the store as the leaves of a tree: each row's leaf is made anew from its stored bytes (ADR 31).

This is the loop in which a verification spends its time: a million rows go through it in a few seconds.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from typing import Any

from domain.kernel.errors import PlanSwitchError

#: A row of a binary COPY up to its topic: the number of columns, then each column's length and value.
_FIXED = struct.Struct("!hiqi16siqiqi")
_LENGTH_BYTES = 4
_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001  # PostgreSQL's, in UTC
_MICROSECONDS = 1_000_000
#: Streams and seconds that recur near to each other.
_TEXTS_MAX = 8_192
_UNREADABLE = (struct.error, ValueError, OverflowError)


class UnexpectedEvent(PlanSwitchError):
    """Another event than the one that must come next, a row that is none, or no row at all."""

    code = "AUDIT_MISMATCH"

    def __init__(self, *, expected_id: int, found_id: int | None, is_readable: bool = True) -> None:
        """Say which event was expected and which one came.

        Args:
            expected_id: Id of the event whose turn it is.
            found_id: Id of the row that is there; None: there are no more rows.
            is_readable: Whether the row has the form of an event.
        """
        super().__init__(f"Event {expected_id} is expected, and {found_id} is there.")
        self.expected_id = expected_id
        self.found_id = found_id
        self.is_readable = is_readable


class EventRows:
    """The events of the store in the order of their ids, taken as hashes of leaves."""

    def __init__(self, rows: Iterator[Any]) -> None:
        """Take rows of a binary COPY (store/record/raw_record.py)."""
        self._rows = rows

    def leaf_hashes(self, first_id: int, count: int) -> list[bytes]:
        """Return the hashes of the leaves of the next events, whose ids must follow each other.

        Args:
            first_id: Id that the next event must have.
            count: Number of events.

        Raises:
            UnexpectedEvent: Another event comes, or none.
        """
        hashes: list[bytes] = []
        number = None
        expected = first_id
        try:
            for row in islice(self._rows, count):
                _, _, number, _, stream, _, version, _, at, length = _FIXED.unpack_from(row)
                if number != expected:
                    raise UnexpectedEvent(expected_id=expected, found_id=number)
                topic_end = _FIXED.size + length
                second, rest = divmod(at, _MICROSECONDS)
                leaf = (
                    f"\0planswitch/leaf/v1\nkind event\nid {number}\nstream {_stream_text(stream)}\n"
                    f"version {version}\ntopic {str(row[_FIXED.size : topic_end], 'ascii')}\n"
                    f"state {sha256(row[topic_end + _LENGTH_BYTES :]).hexdigest()}\n"
                    f"recorded {_second_text(second)}.{rest:06d}Z\n"
                )
                hashes.append(sha256(leaf.encode()).digest())
                expected += 1
        except _UNREADABLE:
            raise UnexpectedEvent(expected_id=expected, found_id=number, is_readable=False) from None
        if len(hashes) < count:
            raise UnexpectedEvent(expected_id=expected, found_id=None)
        return hashes

    def rest(self) -> Iterator[int]:
        """Yield the ids of the events that were not taken."""
        for row in self._rows:
            yield _FIXED.unpack_from(row)[2]


@lru_cache(maxsize=_TEXTS_MAX)
def _stream_text(stream: bytes) -> str:
    """Return a UUID in small letters."""
    digits = stream.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


@lru_cache(maxsize=_TEXTS_MAX)
def _second_text(second: int) -> str:
    """Return a second since 2000 as an instant of UTC without its parts."""
    return (_EPOCH + timedelta(seconds=second)).isoformat()
