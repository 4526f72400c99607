"""Leaves: what is sealed has one spelling, and is read as it was written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from uuid import UUID

import pytest

from audit.seals.leaves import CallRangeLeaf, EventLeaf, erasable_digest, event_leaf, parse_leaf
from audit.transparency.errors import MalformedSeal
from domain.kernel.errors import InvalidInput

STATE = b'{"plan":"E3"}'
LEAF = event_leaf(
    notification_id=42,
    stream_id=UUID(int=7),
    version=3,
    topic="subscription.switch-reserved",
    state=STATE,
    recorded_at=datetime(2026, 11, 30, 5, 0, 0, 120, tzinfo=UTC),
)
#: The bytes of version 1: they are sealed for ever, so this text never changes.
CONTENT = (
    "planswitch/leaf/v1\n"
    "kind event\n"
    "id 42\n"
    "stream 00000000-0000-0000-0000-000000000007\n"
    "version 3\n"
    "topic subscription.switch-reserved\n"
    f"state {sha256(STATE).hexdigest()}\n"
    "recorded 2026-11-30T05:00:00.000120Z\n"
)
CALLS = CallRangeLeaf(first_id=11, last_id=30, digest="ab" * 32)


def test_a_leaf_of_version_1_keeps_its_bytes() -> None:
    """An event has these lines, in whatever zone its instant was read."""
    berlin = EventLeaf(
        id=LEAF.id,
        stream_id=LEAF.stream_id,
        version=LEAF.version,
        topic=LEAF.topic,
        state_digest=LEAF.state_digest,
        recorded_at=LEAF.recorded_at.astimezone(timezone(timedelta(hours=1))),
    )

    assert LEAF.content().decode() == berlin.content().decode() == CONTENT


def test_leaves_are_read_as_they_were_written() -> None:
    """Events with and without erasable parts, and ranges of calls."""
    parts = {"b": erasable_digest(b"x", bytes(32)), "a": erasable_digest(b"y", bytes(32))}
    erasable = EventLeaf(
        id=1,
        stream_id=UUID(int=1),
        version=1,
        topic="t",
        state_digest="00" * 32,
        recorded_at=LEAF.recorded_at,
        erasable=parts,
    )
    for leaf in (LEAF, erasable, CALLS):
        assert parse_leaf(leaf.content()) == leaf
    assert CALLS.count == 20


def test_an_erasable_part_can_not_be_tried() -> None:
    """The same part has another digest under another salt, and a short salt is refused."""
    assert erasable_digest(b"x", bytes(32)) != erasable_digest(b"x", b"\x01" * 32)
    with pytest.raises(InvalidInput):
        erasable_digest(b"x", b"short")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("leaf/v1", "leaf/v2"),
        ("kind event", "kind vote"),
        ("kind event", "kind event event"),
        ("id 42", "id 042"),
        ("id 42", "id  42"),
        ("id 42\n", ""),
        ("version 3", "version -3"),
        ("stream 0000", "stream {000"),
        ("0007", "000G"),
        ("subscription", "Subscription"),
        ("topic ", "subject "),
        ("state ", "state 0"),
        (".000120Z", ".00012Z"),
        (".000120Z", ".000120+00:00"),
        ("2026-11-30", "2026-11-31"),
        ("Z\n", "Z"),
        ("Z\n", "Z\nerasable a\n"),
        ("Z\n", f"Z\nerasable b {'0' * 64}\nerasable a {'0' * 64}\n"),
        ("Z\n", f"Z\nerasable a {'0' * 64}\nerasable a {'0' * 64}\n"),
        ("Z\n", "Z\nmore\n"),
        ("event", "\u00e9vent"),
    ],
)
def test_another_spelling_is_refused(old: str, new: str) -> None:
    """What is not spelled as version 1 says is no leaf."""
    altered = CONTENT.replace(old, new, 1)

    assert altered != CONTENT
    with pytest.raises(MalformedSeal):
        parse_leaf(altered.encode())


@pytest.mark.parametrize(
    ("old", "new"), [("count 20", "count 21"), ("last 30", "last 10"), ("calls ab", "calls AB")]
)
def test_a_range_that_does_not_count_is_refused(old: str, new: str) -> None:
    """The ids of a range follow each other, and the count says how many they are."""
    with pytest.raises(MalformedSeal):
        parse_leaf(CALLS.content().decode().replace(old, new).encode())


def test_a_leaf_that_nobody_could_read_is_not_written() -> None:
    """A topic with a blank would be read as something else."""
    with pytest.raises(MalformedSeal):
        event_leaf(
            notification_id=1,
            stream_id=UUID(int=1),
            version=1,
            topic="a b",
            state=b"",
            recorded_at=LEAF.recorded_at,
        ).content()


@pytest.mark.parametrize("first_id", [-1, 31])
def test_a_range_without_calls_is_not_written(first_id: int) -> None:
    """A range has ids that can be, and one call at least."""
    with pytest.raises(MalformedSeal):
        CallRangeLeaf(first_id=first_id, last_id=30, digest="ab" * 32).content()
