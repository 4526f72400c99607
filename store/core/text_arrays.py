"""Lists of service plans on their way into COPY: many users share the same few, so each is packed once."""

from __future__ import annotations

import struct
from functools import lru_cache

from psycopg import Cursor
from psycopg.adapt import Dumper
from psycopg.pq import Format
from psycopg.rows import DictRow

#: PostgreSQL's ids of `text` and `text[]`; built-in types keep theirs for ever.
_TEXT, _TEXT_ARRAY = 25, 1009
#: Wire format of an array: dimensions, has nulls, element type; per dimension length and first index.
_HEAD, _DIMENSION, _LENGTH = struct.Struct("!iii"), struct.Struct("!ii"), struct.Struct("!i")


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
