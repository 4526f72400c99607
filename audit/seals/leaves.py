"""Leaves: what a seal says about one event, or about neighboring provider calls (ADR 31).

A leaf is a few lines of text, each a word and a value, so that an auditor reads it without a program. Its
bytes are sealed: they have one spelling, and a leaf of a version is never written otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from audit.transparency.encoding import NUMBER_MAX, decimal_number
from audit.transparency.errors import MalformedSeal
from audit.transparency.tiles import ENTRY_BYTES_MAX
from domain.kernel.errors import InvalidInput

#: Kinds of leaves, as they are written.
EVENT, CALL_RANGE = "event", "call-range"
#: Bytes of the salt of a part that can be erased.
SALT_BYTES = 32
_HEADER = "planswitch/leaf/v1"
_ERASABLE_LABEL = b"planswitch/erasable/v1\x00"
_WHAT = "leaf"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_WORD = re.compile(r"[a-z0-9][a-z0-9._-]{0,127}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z")
_EVENT_WORDS = ("kind", "id", "stream", "version", "topic", "state", "recorded")
_CALL_WORDS = ("kind", "first", "last", "count", "calls")
_ERASABLE = "erasable"


@dataclass(frozen=True, kw_only=True, slots=True)
class EventLeaf:
    """One stored event."""

    #: Its id in the log of all events.
    id: int
    stream_id: UUID
    version: int
    topic: str
    #: sha256 of the stored bytes, in hexadecimal digits.
    state_digest: str
    recorded_at: datetime
    #: Name of a part that can be erased -> its `erasable_digest`.
    erasable: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        """Return the bytes that are sealed.

        Raises:
            MalformedSeal: A value has no spelling in a leaf.
        """
        # The fastest spelling that Python has: a million of these are made in one verification.
        text = (
            f"{_HEADER}\nkind {EVENT}\nid {_number(self.id)}\nstream {self.stream_id}\n"
            f"version {_number(self.version)}\ntopic {_matching(_WORD, self.topic)}\n"
            f"state {_matching(_DIGEST, self.state_digest)}\nrecorded {instant_text(self.recorded_at)}\n"
        )
        for name, digest in sorted(self.erasable.items()):
            text += f"{_ERASABLE} {_matching(_WORD, name)} {_matching(_DIGEST, digest)}\n"
        return _checked(text.encode())


@dataclass(frozen=True, kw_only=True, slots=True)
class CallRangeLeaf:
    """Provider calls whose ids follow each other without a gap; one that came late has a leaf of its own."""

    first_id: int
    last_id: int
    #: sha256 over the rows in the order of their ids, in hexadecimal digits.
    digest: str

    @property
    def count(self) -> int:
        """Return the number of calls."""
        return self.last_id - self.first_id + 1

    def content(self) -> bytes:
        """Return the bytes that are sealed.

        Raises:
            MalformedSeal: A value has no spelling in a leaf.
        """
        first, last = _number(self.first_id), _number(self.last_id)
        if not self.count > 0:
            raise MalformedSeal(_WHAT, f"has a range from {first} to {last}")
        text = (
            f"{_HEADER}\nkind {CALL_RANGE}\nfirst {first}\nlast {last}\ncount {self.count}\n"
            f"calls {_matching(_DIGEST, self.digest)}\n"
        )
        return _checked(text.encode())


Leaf = EventLeaf | CallRangeLeaf


def event_leaf(
    *, notification_id: int, stream_id: UUID, version: int, topic: str, state: bytes, recorded_at: datetime
) -> EventLeaf:
    """Return the leaf of an event from what the store has of it."""
    return EventLeaf(
        id=notification_id,
        stream_id=stream_id,
        version=version,
        topic=topic,
        state_digest=sha256(state).hexdigest(),
        recorded_at=recorded_at,
    )


def erasable_digest(content: bytes, salt: bytes) -> str:
    """Return what a leaf says about a part that can be erased.

    Without the salt nobody can find the part by trying: erase both, and the proof still stands.

    Args:
        content: The part.
        salt: 32 random bytes, kept beside the part and erased with it.

    Raises:
        InvalidInput: The salt has another length.
    """
    if len(salt) != SALT_BYTES:
        raise InvalidInput(field="salt", value=len(salt), allowed=f"{SALT_BYTES} bytes")
    return sha256(_ERASABLE_LABEL + salt + content).hexdigest()


def parse_leaf(content: bytes) -> Leaf:
    """Return the leaf of its bytes; it has these bytes again.

    Raises:
        MalformedSeal: They are no leaf, one of a later version, or another spelling of one.
    """
    lines = _words(content)
    kind = lines[0][1]
    if kind == EVENT:
        return _event_of(lines)
    if kind == CALL_RANGE:
        return _call_range_of(lines)
    raise MalformedSeal(_WHAT, f"is of kind {kind[:32]!r}, which is not known here")


def instant_text(at: datetime) -> str:
    """Return an instant in UTC with its six digits of a second's parts."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _number(number: int) -> int:
    if not 0 <= number <= NUMBER_MAX:
        raise MalformedSeal(_WHAT, f"has the number {number}, and 0 to {NUMBER_MAX} are allowed")
    return number


def _checked(content: bytes) -> bytes:
    if len(content) > ENTRY_BYTES_MAX:
        raise MalformedSeal(_WHAT, f"has {len(content)} bytes, and {ENTRY_BYTES_MAX} are allowed")
    return content


def _words(content: bytes) -> list[list[str]]:
    """Return the words of the lines below the first."""
    if len(content) > ENTRY_BYTES_MAX or not content.isascii() or not content.endswith(b"\n"):
        raise MalformedSeal(_WHAT, f"is no ASCII text of whole lines with up to {ENTRY_BYTES_MAX} bytes")
    header, *lines = content.decode("ascii").removesuffix("\n").split("\n")
    words = [line.split(" ") for line in lines]
    if header != _HEADER or not words or len(words[0]) != len(("kind", EVENT)):
        raise MalformedSeal(_WHAT, f"does not begin with {_HEADER} and a kind")
    return words


def _values(lines: list[list[str]], words: Sequence[str]) -> list[str]:
    """Return the values of lines that must begin with certain words."""
    if [line[0] for line in lines] != list(words) or any(len(line) != len(("id", "1")) for line in lines):
        raise MalformedSeal(_WHAT, f"has other lines than {', '.join(words)}")
    return [value for _, value in lines]


def _event_of(lines: list[list[str]]) -> EventLeaf:
    count = len(_EVENT_WORDS)
    _, number, stream, version, topic, digest, recorded = _values(lines[:count], _EVENT_WORDS)
    return EventLeaf(
        id=decimal_number(number, _WHAT),
        stream_id=_stream(stream),
        version=decimal_number(version, _WHAT),
        topic=_matching(_WORD, topic),
        state_digest=_matching(_DIGEST, digest),
        recorded_at=_instant(recorded),
        erasable=_erasable(lines[count:]),
    )


def _call_range_of(lines: list[list[str]]) -> CallRangeLeaf:
    _, first, last, count, digest = _values(lines, _CALL_WORDS)
    leaf = CallRangeLeaf(
        first_id=decimal_number(first, _WHAT),
        last_id=decimal_number(last, _WHAT),
        digest=_matching(_DIGEST, digest),
    )
    if not 0 < leaf.count == decimal_number(count, _WHAT):
        raise MalformedSeal(_WHAT, f"has a range from {first} to {last} of {count} calls")
    return leaf


def _erasable(lines: list[list[str]]) -> dict[str, str]:
    parts = {}
    for line in lines:
        if len(line) != len((_ERASABLE, "name", "digest")) or line[0] != _ERASABLE:
            raise MalformedSeal(_WHAT, "has a line that belongs to no leaf")
        parts[_matching(_WORD, line[1])] = _matching(_DIGEST, line[2])
    if [line[1] for line in lines] != sorted(parts):
        raise MalformedSeal(_WHAT, "names erasable parts twice or out of order")
    return parts


def _stream(text: str) -> UUID:
    try:
        stream_id = UUID(text)
    except ValueError:
        stream_id = UUID(int=0)
    if str(stream_id) != text:
        raise MalformedSeal(_WHAT, "has a stream that is no UUID in small letters")
    return stream_id


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(_matching(_INSTANT, text))
    except ValueError:
        raise MalformedSeal(_WHAT, f"has {text!r} where an instant must stand") from None


def _matching(shape: re.Pattern[str], text: str) -> str:
    if not shape.fullmatch(text):
        raise MalformedSeal(_WHAT, f"has {text[:64]!r} where another value must stand")
    return text
