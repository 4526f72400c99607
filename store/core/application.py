"""The library's application object, configured from one database URL and from nothing else.

Event fields become JSON here: exact types only, checked when read as well as when written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.persistence import (
    DecimalAsStr,
    InfrastructureFactory,
    JSONTranscoder,
    Transcoder,
    Transcoding,
    UUIDAsHex,
)
from eventsourcing.postgres import PostgresDatastore, PostgresFactory
from eventsourcing.utils import Environment
from psycopg import Connection

from domain.kernel.errors import InvalidInput
from domain.kernel.money import Money
from domain.stored_events import EVENT_MODULES
from store.core.database_url import CONNECT_TIMEOUT_SECONDS, LOCK_TIMEOUT_SECONDS, parse_database_url
from store.core.pool import LivePool
from store.core.recorder import RecordedAtRecorder

#: Schema of every table of this product.
SCHEMA = "planswitch"
#: Connections kept open beyond the pool's size for a moment of crowding.
POOL_OVERFLOW = 2
#: Connections that a store keeps.
POOL_SIZE_DEFAULT = 4


class SwitchApplication(Application[UUID]):
    """Event-sourced application on table `planswitch.switch_events`; it never creates tables."""

    name = "switch"
    #: Named here so that every process that opens the store can read every event, whatever else it imports.
    event_modules = EVENT_MODULES

    def __init__(self, database_url: str, *, pool_size: int = POOL_SIZE_DEFAULT) -> None:
        settings = parse_database_url(database_url)
        self._extra_arguments = settings.extra
        super().__init__(
            {
                "PERSISTENCE_MODULE": "eventsourcing.postgres",
                "POSTGRES_DBNAME": settings.dbname,
                "POSTGRES_HOST": settings.host,
                "POSTGRES_PORT": settings.port,
                "POSTGRES_USER": settings.user,
                "POSTGRES_PASSWORD": settings.password,
                "POSTGRES_SCHEMA": SCHEMA,
                "POSTGRES_POOL_SIZE": str(pool_size),
                "POSTGRES_MAX_OVERFLOW": str(POOL_OVERFLOW),
                "POSTGRES_CONNECT_TIMEOUT": str(CONNECT_TIMEOUT_SECONDS),
                "POSTGRES_LOCK_TIMEOUT": str(LOCK_TIMEOUT_SECONDS),
                "CREATE_TABLE": "no",
            }
        )

    @property
    def datastore(self) -> PostgresDatastore:
        """Return the connection pool, which the other tables share."""
        return self.postgres_recorder.datastore

    @property
    def postgres_recorder(self) -> RecordedAtRecorder:
        """Return the recorder under its own type."""
        assert isinstance(self.recorder, RecordedAtRecorder)  # noqa: S101  # construct_factory sees to it
        return self.recorder

    def construct_env(self, name: str, env: Mapping[str, str] | None = None) -> Environment:
        """Return the given settings only: a stray variable of the machine must not move the store."""
        return Environment(name, env)

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        """Return the PostgreSQL factory with our recorder and the URL's own options (TLS and the like)."""
        factory = _Factory(env)
        datastore = factory.datastore
        arguments = datastore.pool.kwargs
        assert isinstance(arguments, dict)  # noqa: S101  # the library hands the pool a dictionary
        arguments.update(self._extra_arguments)
        if not arguments["password"]:
            del arguments["password"]  # libpq then looks into its password file
        # The library's own is not open yet, and nothing is lost with it.
        datastore.pool = LivePool(
            kwargs=arguments,
            connections=datastore.pool.min_size,
            overflow=POOL_OVERFLOW,
            # The library's own would set a time-out for the session, over what the address says.
            configure=_commit_each_statement,
            is_open=False,
        )
        return factory

    def construct_transcoder(self) -> Transcoder:
        """Return the strict JSON transcoder."""
        return StrictTranscoder()


def _commit_each_statement(connection: Connection[Any]) -> None:
    connection.autocommit = True


class _Factory(PostgresFactory):
    application_recorder_class = RecordedAtRecorder


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
    """JSON as the library writes it, with our types and without the numbers that JSON does not have."""

    def __init__(self) -> None:
        super().__init__()
        # A NaN would be written as a word that no other JSON reader accepts.
        self.encoder = json.JSONEncoder(
            default=self._encode_obj, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )
        self.decoder = json.JSONDecoder(object_hook=self._decode_obj, parse_constant=_refuse_constant)
        for transcoding in (UUIDAsHex(), DecimalAsStr(), InstantAsISO(), MoneyAsPair(), DateAsISO()):
            self.register(transcoding)


def _refuse_constant(word: str) -> None:
    raise InvalidInput(field="number", value=word, allowed="a finite number")
