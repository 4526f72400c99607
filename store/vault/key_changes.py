"""Record of what was done with the keys of the installation; no key stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.rows import dict_row

from store.core.database_url import parse_database_url
from store.core.errors import translated

_ADD = """
INSERT INTO planswitch.key_change (key, act, key_id, previous_key_id, actor, reason)
VALUES (%(key)s, %(act)s, %(key_id)s, %(previous_key_id)s, %(actor)s, %(reason)s)
"""
_NEWEST = """
SELECT DISTINCT ON (key) key, act, key_id, previous_key_id, actor, reason, changed_at
FROM planswitch.key_change ORDER BY key, id DESC
"""


class KeyAct(StrEnum):
    """What is done with a key of the installation."""

    #: A second key is valid beside the one that is used.
    PREPARED = "prepared"
    #: The second one is used from here on, and the earlier one is still valid.
    SWITCHED = "switched"
    #: The earlier one is valid no longer.
    FINISHED = "finished"
    #: The same at once, as the sealer's keys do it, whose earlier pair goes on by itself.
    ROTATED = "rotated"
    #: A key that others may know was taken out of use.
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyChange:
    """One act.

    Args:
        key: Kind of the key, such as `master`.
        act: What was done.
        key_id: Id of the key that it is about.
        previous_key_id: Of the key before; "" where there was none.
        actor: Who did it.
        reason: Why.
        changed_at: When; None until it is recorded.
    """

    key: str
    act: KeyAct
    key_id: str
    previous_key_id: str
    actor: str
    reason: str
    changed_at: datetime | None = None


def record_key_change(database_url: str, change: KeyChange) -> None:
    """Record an act.

    Args:
        database_url: As a role that may add to the record.
        change: The act.

    Raises:
        StoreUnavailable, SchemaOutdated, DatabaseRightMissing: It can't be recorded.
    """
    facts = {
        "key": change.key,
        "act": change.act,
        "key_id": change.key_id,
        "previous_key_id": change.previous_key_id,
        "actor": change.actor,
        "reason": change.reason,
    }
    with translated(), _connected(database_url) as connection:
        connection.execute(_ADD, facts)


def newest_key_changes(database_url: str) -> dict[str, KeyChange]:
    """Return the last act of each kind of key.

    Args:
        database_url: As a role that may read the record.

    Raises:
        StoreUnavailable, SchemaOutdated: It can't be read.
    """
    with translated(), _connected(database_url) as connection:
        rows: Sequence[dict[str, Any]] = connection.execute(_NEWEST).fetchall()
    changes = (
        KeyChange(
            key=row["key"],
            act=KeyAct(row["act"]),
            key_id=row["key_id"],
            previous_key_id=row["previous_key_id"],
            actor=row["actor"],
            reason=row["reason"],
            changed_at=row["changed_at"].astimezone(UTC),
        )
        for row in rows
    )
    return {each.key: each for each in changes}


def _connected(database_url: str) -> Connection[dict[str, Any]]:
    arguments = parse_database_url(database_url).as_arguments()
    return psycopg.connect(**arguments, autocommit=True, row_factory=dict_row)
