"""The converter of messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from pydantic import PlainSerializer
from temporalio.contrib.pydantic import pydantic_data_converter

from ops.base import payloads
from ops.base.payloads import SharedPayloadConverter, data_converter


@dataclass(frozen=True, kw_only=True)
class _Message:
    text: str
    at: datetime
    names: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Shaped:
    text: Annotated[str | None, PlainSerializer(lambda text: text or "")]


@dataclass(frozen=True, kw_only=True)
class _Outer:
    inner: _Shaped


_SENT = _Message(text="ä", at=datetime(2026, 3, 1, tzinfo=UTC), names=("a", "b"))


def test_messages_are_written_as_the_library_writes_them() -> None:
    """Recorded histories stay readable: the bytes of what has no shape of its own are the library's."""
    values = [_SENT, None, b"bytes", 3]
    ours = data_converter.payload_converter.to_payloads(values)
    assert ours == pydantic_data_converter.payload_converter.to_payloads(values)
    assert data_converter.payload_converter.from_payloads(ours[:1], [_Message]) == [_SENT]


def test_a_message_is_written_as_its_type_says_wherever_it_stands() -> None:
    """The library guesses from the values, and passes by what a type says of its shape."""
    inner = _Shaped(text=None)
    ours = data_converter.payload_converter.to_payloads([inner, _Outer(inner=inner)])
    theirs = pydantic_data_converter.payload_converter.to_payloads([inner])

    assert [each.data for each in ours] == [b'{"text":""}', b'{"inner":{"text":""}}']
    assert theirs[0].data == b'{"text":null}'
    assert [each.metadata for each in ours] == [theirs[0].metadata] * 2


def test_a_writer_is_made_once_for_a_type() -> None:
    """A schema takes about a millisecond, which a message must not."""
    data_converter.payload_converter.to_payload(_SENT)
    misses = payloads._writer_of.cache_info().misses
    data_converter.payload_converter.to_payload(_SENT)

    assert payloads._writer_of.cache_info().misses == misses


def test_all_converters_of_a_process_share_their_parts() -> None:
    """The schema of a message is worked out once, not once for each workflow."""
    one, other = SharedPayloadConverter(), SharedPayloadConverter()
    assert all(one.converters[name] is other.converters[name] for name in one.converters)
