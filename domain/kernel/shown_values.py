"""How a refusal shows the value that it refuses: short, and as a person would write it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any

#: Longest text or number that is repeated whole.
SHOWN_MAX = 80
ABSENT = "not given"
#: Entries of a list that is repeated whole.
_LISTED_MAX = 5


class Words(str):
    """Words about a value, such as how often it was given; shown without quotation marks."""

    __slots__ = ()


def shown_value(value: Any) -> str:
    """Return a value in the words of a refusal: what is long is cut, and what is nested is only named."""
    if value is None:
        return ABSENT
    if isinstance(value, Enum):
        return shown_value(value.value)
    if isinstance(value, str):
        return _shown_text(value)
    if isinstance(value, PurePath):
        # Half a path names nothing.
        return repr(str(value))
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        return _shown_group(value)
    return _shown_plain(value)


def short_value(value: Any) -> str:
    """Return a value for a program that shows it: as it was given, and cut where it is long."""
    if isinstance(value, PurePath):
        return str(value)
    return value[:SHOWN_MAX] if isinstance(value, str) else shown_value(value)


def _shown_text(text: str) -> str:
    if isinstance(text, Words):
        return str(text)
    if len(text) <= SHOWN_MAX:
        return repr(str(text))
    return f"{text[:SHOWN_MAX]!r} and so on, {len(text):,} characters"


def _shown_group(group: Any) -> str:
    if isinstance(group, Mapping):
        return "an object" if group else "an empty object"
    if not group:
        return "an empty list"
    text = f"[{', '.join(shown_value(each) for each in list(group)[:_LISTED_MAX])}]"
    return text if len(group) <= _LISTED_MAX and len(text) <= SHOWN_MAX else f"a list of {len(group):,}"


def _shown_plain(value: Any) -> str:
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    text = value.isoformat() if isinstance(value, date) else _figure(value)
    return text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]} and so on, {len(text):,} characters"


def _figure(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    try:
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    except ValueError:
        # Python writes no whole number of more than some thousands of digits.
        return "a number too long to be shown"
