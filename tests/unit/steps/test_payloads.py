"""The converter of messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from temporalio.contrib.pydantic import pydantic_data_converter

from ops.base.payloads import SharedPayloadConverter, data_converter


@dataclass(frozen=True, kw_only=True)
class _Message:
    text: str
    at: datetime
    names: tuple[str, ...] = ()


_SENT = _Message(text="ä", at=datetime(2026, 3, 1, tzinfo=UTC), names=("a", "b"))


def test_messages_are_written_as_the_library_writes_them() -> None:
    """Recorded histories stay readable: the bytes are those of the library's pydantic converter."""
    values = [_SENT, None, b"bytes", 3]
    ours = data_converter.payload_converter.to_payloads(values)
    assert ours == pydantic_data_converter.payload_converter.to_payloads(values)
    assert data_converter.payload_converter.from_payloads(ours[:1], [_Message]) == [_SENT]


def test_all_converters_of_a_process_share_their_parts() -> None:
    """The schema of a message is worked out once, not once for each workflow."""
    one, other = SharedPayloadConverter(), SharedPayloadConverter()
    assert all(one.converters[name] is other.converters[name] for name in one.converters)
