"""JSON bodies are read once by ourselves, before the framework does: what is no JSON is told as such.

The framework tells a place and nothing else, takes the last of two fields of one name in silence, and gives
up on brackets within brackets.
"""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import Any, NoReturn

from fastapi import Request

from domain.errors import InvalidInput, PlanSwitchError
from domain.shown_values import Words

JSON = "application/json"
#: Lists and objects within each other; no body of ours has more than four.
DEPTH_MAX = 32
#: Digits of a number; none of ours has more than 20.
DIGITS_MAX = 400
BODY = "body"
_REMEDY = "Send one JSON object with the header `Content-Type: application/json`; nothing was changed."
#: A text, also one without an end; everything in it is no bracket.
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")
_OPENING = frozenset({b"[", b"{"})
_SUFFIX = "+json"
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
_FINITE = "JSON, whose numbers are finite"
_UNREADABLE = "it can't be read"


class MediaTypeRefused(PlanSwitchError):
    """A body is of another kind than the address takes; nothing was changed."""

    code = "MEDIA_TYPE_REFUSED"


def require_json_type(request: Request) -> None:
    """Refuse a body that says it is no JSON.

    Raises:
        MediaTypeRefused: Its content type is another one, or none.
    """
    given = request.headers.get("Content-Type", "")
    kind = given.partition(";")[0].strip().lower()
    if kind == JSON or (kind.startswith("application/") and kind.endswith(_SUFFIX)):
        return
    what = f"is {given[:100]!r}" if given else "is missing"
    raise MediaTypeRefused(f"The header Content-Type {what}; allowed: {JSON}.", remedy=_REMEDY)


def require_json(content: bytes) -> None:
    """Refuse what is no JSON, and JSON that could be read in two ways.

    Args:
        content: The body.

    Raises:
        InvalidInput: It is not; the message says where.
    """
    _require_flat(content)
    try:
        json.loads(
            _decoded(content),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=_whole,
            parse_float=_number,
        )
    except json.JSONDecodeError as error:
        why = next((told for begin, told in _FAULTS.items() if error.msg.startswith(begin)), _UNREADABLE)
        what = Words(f"no JSON: {why} at line {error.lineno}, column {error.colno}")
        raise InvalidInput(field=BODY, value=what, allowed="one JSON object", remedy=_REMEDY) from error


def _require_flat(content: bytes) -> None:
    depth = 0
    for bracket in _BRACKET.findall(_TEXT.sub(b"", content)):
        depth += 1 if bracket in _OPENING else -1
        if depth > DEPTH_MAX:
            raise InvalidInput(
                field=BODY,
                value=Words("nested too deeply"),
                allowed=f"at most {DEPTH_MAX} lists and objects within each other",
            )


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        what = Words(f"no UTF-8 at byte {error.start + 1:,}")
        raise InvalidInput(field=BODY, value=what, allowed="JSON in UTF-8", remedy=_REMEDY) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if name in fields:
            raise InvalidInput(field=name[:100], value=Words("given twice"), allowed="each field once")
        fields[name] = value
    return fields


def _constant(word: str) -> NoReturn:
    raise InvalidInput(field=BODY, value=word, allowed=_FINITE, remedy=_REMEDY)


def _number(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise InvalidInput(field=BODY, value=Words(f"a number as large as {digits[:20]}"), allowed=_FINITE)
    return number


def _whole(digits: str) -> int:
    if len(digits) > DIGITS_MAX:
        what = Words(f"a number of {len(digits):,} digits")
        raise InvalidInput(field=BODY, value=what, allowed=f"numbers of at most {DIGITS_MAX} digits")
    return int(digits)
