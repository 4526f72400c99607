"""How event fields become JSON: exact types only, checked when read as well as when written."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from eventsourcing.persistence import (
    DecimalAsStr,
    JSONTranscoder,
    Transcoding,
    UUIDAsHex,
)

from domain.kernel.errors import InvalidInput
from domain.kernel.money import Money


class MoneyAsPair(Transcoding):
    """Money as [minor units, currency]; decoding validates like the constructor."""

    type = Money
    name = "money"

    def encode(self, obj: Money) -> list[Any]:
        """Return the two facts of an amount."""
        return [obj.minor_units, obj.currency]

    def decode(self, data: list[Any]) -> Money:
        """Build the amount again.

        Raises:
            InvalidInput: The stored pair is no amount of money.
        """
        if not isinstance(data, list) or len(data) != len(("minor_units", "currency")):
            raise InvalidInput(field="money", value=data, allowed="[minor units, currency]")
        minor_units, currency = data
        return Money(minor_units=minor_units, currency=currency)


class InstantAsISO(Transcoding):
    """An aware instant in ISO 8601, under the name the library gives to instants."""

    type = datetime
    name = "datetime_iso"

    def encode(self, obj: datetime) -> str:
        """Return the instant with its offset.

        Raises:
            InvalidInput: It has no time zone, so nobody could say later when it was.
        """
        if obj.tzinfo is None:
            raise InvalidInput(field="instant", value=obj, allowed="an aware instant")
        return obj.isoformat()

    def decode(self, data: str) -> datetime:
        """Build the instant again."""
        return datetime.fromisoformat(data)


class DateAsISO(Transcoding):
    """A calendar day as YYYY-MM-DD."""

    type = date
    name = "date_iso"

    def encode(self, obj: date) -> str:
        """Return the day as YYYY-MM-DD."""
        return obj.isoformat()

    def decode(self, data: str) -> date:
        """Build the day again."""
        return date.fromisoformat(data)


class StrictTranscoder(JSONTranscoder):
    """JSON as the library writes it, without the numbers that JSON does not have."""

    def __init__(self) -> None:
        super().__init__()
        # A NaN would be written as a word that no other JSON reader accepts.
        self.encoder = json.JSONEncoder(
            default=self._encode_obj, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )
        self.decoder = json.JSONDecoder(object_hook=self._decode_obj, parse_constant=_refuse_constant)


def register_all(transcoder: JSONTranscoder) -> None:
    """Register every type that an event of ours may hold."""
    for transcoding in (UUIDAsHex(), DecimalAsStr(), InstantAsISO(), MoneyAsPair(), DateAsISO()):
        transcoder.register(transcoding)


def _refuse_constant(word: str) -> None:
    raise InvalidInput(field="number", value=word, allowed="a finite number")
