"""JSON from outside; a text that is no JSON, or that could be read in two ways, is refused as such.

The parser tells a place and words of its own, takes the last of two fields of one name in silence, and gives
up on brackets within brackets.
"""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import Any, NoReturn

from domain.kernel.errors import InvalidInput
from domain.kernel.shown_values import SHOWN_MAX, Words

#: Lists and objects within each other; nothing of ours has more than ten.
DEPTH_MAX = 32
#: Digits of a number; none of ours has more than 20.
DIGITS_MAX = 400
_FINITE = "JSON, whose numbers are finite"
#: A text, also one without an end; everything in it is no bracket.
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")
_OPENING = frozenset({b"[", b"{"})
#: How the parser's word on a fault begins -> ours.
_FAULTS = {
    "Expecting property name": "a name in double quotes is missing",
    "Expecting value": "a value is missing",
    "Expecting ',' delimiter": "a comma is missing",
    "Expecting ':' delimiter": "a colon is missing",
    "Extra data": "more than one value stands",
    "Unterminated string": "a text has no end that begins",
    "Invalid control character": "a text holds a line end or a control character",
    "Invalid \\": "a text holds an unknown escape",
    "Unexpected UTF-8 BOM": "a byte order mark stands",
}
_UNREADABLE = "it can't be read"


def read_json(content: bytes, *, field: str) -> Any:
    """Return what JSON says.

    Args:
        content: The text, in UTF-8.
        field: What it is called where it is refused.

    Raises:
        InvalidInput: It is no JSON, or could be read in two ways; the message says where.
    """
    try:
        return _read(content)
    except _Fault as fault:
        raise InvalidInput(field=field, value=Words(fault.what), allowed=fault.allowed) from fault


class _Fault(Exception):
    """What is wrong with a text, in our words."""

    def __init__(self, what: str, allowed: str = "JSON") -> None:
        super().__init__(what)
        self.what = what
        self.allowed = allowed


def _read(content: bytes) -> Any:
    _require_flat(content)
    try:
        return json.loads(
            content.decode(),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=_whole,
            parse_float=_number,
        )
    except UnicodeDecodeError as error:
        raise _Fault(f"no UTF-8 at byte {error.start + 1:,}", "JSON in UTF-8") from error
    except json.JSONDecodeError as error:
        why = next((words for begin, words in _FAULTS.items() if error.msg.startswith(begin)), _UNREADABLE)
        raise _Fault(f"no JSON: {why} at line {error.lineno:,}, column {error.colno:,}") from error


def _require_flat(content: bytes) -> None:
    depth = 0
    for bracket in _BRACKET.findall(_TEXT.sub(b"", content)):
        depth += 1 if bracket in _OPENING else -1
        if depth > DEPTH_MAX:
            raise _Fault("nested too deeply", f"at most {DEPTH_MAX} lists and objects within each other")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Fault(f"ambiguous: {twice[:SHOWN_MAX]!r} is given twice", "JSON with each field once")
    return fields


def _constant(word: str) -> NoReturn:
    raise _Fault(f"no JSON: {word} stands for a number", _FINITE)


def _number(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise _Fault(f"no JSON: {digits[:SHOWN_MAX]} is too large a number", _FINITE)
    return number


def _whole(digits: str) -> int:
    if len(digits) > DIGITS_MAX:
        raise _Fault(f"a number of {len(digits):,} digits", f"numbers of at most {DIGITS_MAX} digits")
    return int(digits)
