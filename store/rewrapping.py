"""Wraps every key of the vault by the master key of today: what they have sealed stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.rows import DictRow, dict_row
from psycopg.sql import SQL, Composed, Identifier

from store.core.application import SCHEMA
from store.core.database_url import parse_database_url
from store.core.errors import translated
from store.notices import addresses
from store.vault import kept_answers, sign_ins
from store.vault.keys import KeyProvider
from store.vault.vault import CHECK_CONTEXT
from store.webhooks import endpoints

#: Rows that one transaction wraps anew: people are sealed by them meanwhile.
BATCH_ROWS = 500

Context = Callable[[Mapping[str, Any]], bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class _WrappedTable:
    """A table whose keys the master key wraps."""

    name: str
    #: Columns that name a row.
    identity: tuple[str, ...]
    #: Wrapped column -> what it is bound to.
    contexts: Mapping[str, Context]
    #: Columns that a context is made of, beside the identity.
    beside: tuple[str, ...] = ()
    #: The provider's name stands beside what it wrapped.
    has_provider: bool = True


_TABLES = (
    _WrappedTable(
        name="organization_key",
        identity=("organization_key",),
        contexts={
            "wrapped_data_key": lambda row: b"data" + row["organization_key"].bytes,
            "wrapped_pseudonym_key": lambda row: b"pseudonym" + row["organization_key"].bytes,
        },
    ),
    _WrappedTable(
        name="cloud_sign_in",
        identity=("profile", "audience"),
        contexts={"wrapped_key": lambda row: sign_ins.wrapping_context(row["profile"], row["audience"])},
    ),
    _WrappedTable(
        name="webhook_secret",
        identity=("endpoint_id", "act_id"),
        contexts={
            "wrapped_key": lambda row: endpoints.wrapping_context(str(row["endpoint_id"]), row["act_id"])
        },
    ),
    _WrappedTable(
        name="notice_address",
        identity=("recipient_key",),
        contexts={"wrapped_key": lambda row: addresses.wrapping_context(row["recipient_key"])},
    ),
    _WrappedTable(
        name="idempotency_key",
        identity=("caller", "key"),
        contexts={
            "wrapped_key": lambda row: kept_answers.wrapping_context(
                row["caller"], row["key"], row["request_digest"]
            )
        },
        beside=("request_digest",),
    ),
    _WrappedTable(
        name="key_check",
        identity=("name",),
        contexts={"sealed": lambda _: CHECK_CONTEXT},
        has_provider=False,
    ),
)


def rewrap(database_url: str, provider: KeyProvider) -> dict[str, int]:
    """Wrap all keys anew, and return how many rows of each table.

    A second run does no harm, and meets what a process has wrapped by the earlier master key meanwhile.

    Args:
        database_url: As the owner of the tables.
        provider: Wraps by the key of today, and unwraps by it and by the one before.

    Raises:
        VaultLocked: Neither key opens a row; rows before it are wrapped anew.
        StoreUnavailable, DatabaseRightMissing: The rows can't be read or changed.
    """
    arguments = parse_database_url(database_url).as_arguments()
    with translated(), psycopg.connect(**arguments, autocommit=True, row_factory=dict_row) as connection:
        return {each.name: _rewrap_table(connection, each, provider) for each in _TABLES}


def _rewrap_table(connection: Connection[DictRow], table: _WrappedTable, provider: KeyProvider) -> int:
    identities = connection.execute(_identities(table)).fetchall()
    for start in range(0, len(identities), BATCH_ROWS):
        with connection.transaction():
            for identity in identities[start : start + BATCH_ROWS]:
                _rewrap_row(connection, table, identity, provider)
    return len(identities)


def _rewrap_row(
    connection: Connection[DictRow], table: _WrappedTable, identity: DictRow, provider: KeyProvider
) -> None:
    # Whoever holds the row for people that are sealed goes first.
    row = connection.execute(_row(table), identity).fetchone()
    if row is None or any(row[column] is None for column in table.contexts):
        return
    wrapped = {
        column: provider.wrap(provider.unwrap(bytes(row[column]), context(row)), context(row))
        for column, context in table.contexts.items()
    }
    if table.has_provider:
        wrapped["key_provider"] = provider.name.encode()
    connection.execute(_change(table, tuple(wrapped)), {**identity, **_named(wrapped)})


def _named(wrapped: Mapping[str, bytes]) -> dict[str, bytes | str]:
    return {
        f"new_{column}": value.decode() if column == "key_provider" else value
        for column, value in wrapped.items()
    }


def _identities(table: _WrappedTable) -> Composed:
    return SQL("SELECT {} FROM {}").format(_names(table.identity), Identifier(SCHEMA, table.name))


def _row(table: _WrappedTable) -> Composed:
    columns = (*table.identity, *table.beside, *table.contexts)
    return SQL("SELECT {} FROM {} WHERE {} FOR NO KEY UPDATE").format(
        _names(columns), Identifier(SCHEMA, table.name), _where(table)
    )


def _change(table: _WrappedTable, columns: Sequence[str]) -> Composed:
    changes = SQL(", ").join(
        SQL("{} = {}").format(Identifier(each), SQL(f"%(new_{each})s")) for each in columns
    )
    return SQL("UPDATE {} SET {} WHERE {}").format(Identifier(SCHEMA, table.name), changes, _where(table))


def _where(table: _WrappedTable) -> Composed:
    return SQL(" AND ").join(
        SQL("{} = {}").format(Identifier(each), SQL(f"%({each})s")) for each in table.identity
    )


def _names(columns: Sequence[str]) -> Composed:
    return SQL(", ").join(map(Identifier, columns))
