"""Event fields come back as they were stored, or the event is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.persistence import TranscodingNotRegisteredError

from domain.kernel.errors import InvalidInput
from domain.kernel.money import Money
from store.core.application import StrictTranscoder

KNOWN_VALUES = [
    Money(minor_units=-1050, currency="EUR"),
    date(2026, 11, 30),
    datetime(2026, 11, 30, 12, 0, 0, 1, tzinfo=UTC),
    Decimal("0.10"),
    UUID("6f0c7d0e-5a34-5a0e-9f5e-8d3f4a1b2c70"),
    {"nested": [Money(minor_units=1, currency="JPY"), None, True, "é"]},
]


@pytest.fixture(name="transcoder")
def _transcoder() -> StrictTranscoder:
    """Return the transcoder that the application uses."""
    return StrictTranscoder()


@pytest.mark.parametrize("value", KNOWN_VALUES, ids=lambda value: type(value).__name__)
def test_values_come_back_exactly(transcoder: StrictTranscoder, value: Any) -> None:
    """A stored value equals what was given, with its type."""
    decoded = transcoder.decode(transcoder.encode({"value": value}))["value"]
    assert decoded == value
    assert type(decoded) is type(value)


def test_the_stored_form_of_money_does_not_change(transcoder: StrictTranscoder) -> None:
    """The bytes of an amount are a storage format: events of years ago have them."""
    stored = transcoder.encode({"price": Money(minor_units=1050, currency="EUR")})
    assert stored == b'{"price":{"_type_":"money","_data_":[1050,"EUR"]}}'


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_json_lacks_are_refused(transcoder: StrictTranscoder, value: float) -> None:
    """NaN and infinity are never written."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        transcoder.encode({"value": value})


@pytest.mark.parametrize("stored", [b'{"value":NaN}', b'{"value":-Infinity}'])
def test_numbers_that_json_lacks_are_not_read(transcoder: StrictTranscoder, stored: bytes) -> None:
    """NaN and infinity are never read, whoever wrote them."""
    with pytest.raises(InvalidInput, match="a finite number"):
        transcoder.decode(stored)


@pytest.mark.parametrize("pair", ['[10.5,"EUR"]', '[1050,"euro"]', "[1050]", '"1050 EUR"', '[true,"EUR"]'])
def test_altered_money_is_refused(transcoder: StrictTranscoder, pair: str) -> None:
    """Loading skips constructors, so decoding checks what they would (proration#every-policy)."""
    stored = f'{{"price":{{"_type_":"money","_data_":{pair}}}}}'
    with pytest.raises(InvalidInput):
        transcoder.decode(stored.encode())


def test_an_instant_without_a_zone_is_refused(transcoder: StrictTranscoder) -> None:
    """Nobody could say later when it was."""
    with pytest.raises(InvalidInput, match="an aware instant"):
        transcoder.encode({"at": datetime(2026, 11, 30)})  # noqa: DTZ001  # the fault under test


@pytest.mark.parametrize("value", [{1, 2}, b"bytes", object()])
def test_unknown_types_are_refused(transcoder: StrictTranscoder, value: object) -> None:
    """A type without a registered form is an error when saved, not a surprise when read."""
    with pytest.raises(TranscodingNotRegisteredError):
        transcoder.encode({"value": value})
