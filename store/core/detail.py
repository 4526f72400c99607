"""Rows written inside the transaction of a save.

Lists of service plans are packed for COPY here: many users share the same few, so each is packed once.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import asdict, fields
from functools import lru_cache
from typing import Any
from uuid import UUID

from psycopg import Cursor
from psycopg.adapt import Dumper
from psycopg.pq import Format
from psycopg.rows import DictRow

from domain.licenses.move import MoveRow
from domain.ports.cloud import ProviderCall
from store.core.rows import CallContext, DetailRows

#: PostgreSQL's ids of `text` and `text[]`; built-in types keep theirs for ever.
_TEXT, _TEXT_ARRAY = 25, 1009
#: Wire format of an array: dimensions, has nulls, element type; per dimension length and first index.
_HEAD, _DIMENSION, _LENGTH = struct.Struct("!iii"), struct.Struct("!ii"), struct.Struct("!i")
_COPY_MOVES = """
COPY planswitch.license_move
    (switch_id, pass_name, position, batch_no, user_key, from_plan, to_plan, outcome,
     kept, no_counterpart, newly_granted, dependents, error, code, text, request_id)
FROM STDIN (FORMAT BINARY)
"""
_MOVE_TYPES = (
    *("uuid", "text", "int4", "int4", "uuid", "text", "text", "text"),
    *("text[]", "text[]", "text[]", "text[]", "text", "text", "text", "text"),
)
_SAVE_CALLS = b"""
SELECT planswitch.save_calls(
    %(calls)s::jsonb, %(switch_id)s::uuid, %(step)s, %(attempt)s::integer, %(run_id)s, %(activity_id)s)
"""
_CALL_FIELDS = tuple(field.name for field in fields(ProviderCall))
#: Context of calls that belong to no switch.
OUTSIDE_ANY_SWITCH = CallContext(switch_id=None, step="", attempt=0)


def write_moves(cursor: Cursor[DictRow], rows: DetailRows) -> None:
    """Copy the rows of one group; a row that exists is a unique violation."""
    switch_id = UUID(rows.switch_id)
    use_text_arrays(cursor)
    with cursor.copy(_COPY_MOVES) as copy:
        copy.set_types(_MOVE_TYPES)
        for row in rows.moves:
            copy.write_row((switch_id, rows.pass_name, *_move_facts(row)))


def write_calls(cursor: Cursor[DictRow], calls: Sequence[ProviderCall], context: CallContext) -> None:
    """Insert provider calls in their order."""
    cursor.execute(_SAVE_CALLS, call_parameters(calls, context))


def call_parameters(calls: Sequence[ProviderCall], context: CallContext) -> dict[str, Any]:
    """Return provider calls and their context as the functions of the database take them."""
    return {
        # A text, as all beside it: with a type of its own a save without calls were another statement.
        "calls": json.dumps([_call_facts(call) for call in calls]) if calls else None,
        "switch_id": context.switch_id,
        "step": context.step,
        "attempt": context.attempt,
        "run_id": context.run_id,
        "activity_id": context.activity_id,
    }


def _move_facts(row: MoveRow) -> tuple[object, ...]:
    who = (row.position, row.batch_no, row.user_key)
    settings = (row.kept, row.no_counterpart, row.newly_granted, row.dependents)
    refusal = (row.error, row.code, row.text, row.request_id)
    return (*who, row.from_plan, row.to_plan, row.outcome, *settings, *refusal)


def _call_facts(call: ProviderCall) -> dict[str, Any]:
    facts = {name: getattr(call, name) for name in _CALL_FIELDS}
    refusals = [asdict(each) for each in call.refusals]
    return facts | {"started_at": call.started_at.isoformat(), "refusals": refusals}


class TextArrayDumper(Dumper):
    """Dumps a tuple of texts as `text[]`."""

    format = Format.BINARY
    oid = _TEXT_ARRAY

    def dump(self, obj: tuple[str, ...]) -> bytes:
        """Return the binary form of an array of one dimension."""
        return _packed(obj)


def use_text_arrays(cursor: Cursor[DictRow]) -> None:
    """Make COPY on this cursor accept tuples of texts for `text[]`."""
    cursor.adapters.register_dumper(None, TextArrayDumper)


@lru_cache(maxsize=4096)
def _packed(texts: tuple[str, ...]) -> bytes:
    if not texts:
        return _HEAD.pack(0, 0, _TEXT)
    encoded = [text.encode() for text in texts]
    parts = [_HEAD.pack(1, 0, _TEXT), _DIMENSION.pack(len(texts), 1)]
    for each in encoded:
        parts += (_LENGTH.pack(len(each)), each)
    return b"".join(parts)
