"""The way back from plain facts to values: what `as_plain` wrote becomes the dataclass that it was."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from domain.kernel.errors import InvalidInput

Value = TypeVar("Value")
#: Turns one plain fact into a value.
_Reader = Callable[[Any], Any]
_SPELLED: dict[Any, _Reader] = {
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    Decimal: Decimal,
}
_UNIONS = frozenset({Union, types.UnionType})


def from_plain(kind: type[Value], plain: Any) -> Value:
    """Return the value that `as_plain` has written.

    Args:
        kind: A dataclass of dataclasses, tuples, options, dates, instants, decimals and JSON's own kinds.
        plain: What the record has; a field at its default may be absent.

    Raises:
        InvalidInput: A field without a default is absent, as the record is older than it; or a fact is none
            that the kind takes.
    """
    try:
        value: Value = _reader(kind)(plain)
    except InvalidInput:
        raise
    except (TypeError, ValueError, KeyError, AttributeError, ArithmeticError) as error:
        allowed = f"the facts of {kind.__name__}, unchanged"
        raise InvalidInput(field="facts", value=str(error), allowed=allowed) from error
    return value


@cache
def _reader(kind: Any) -> _Reader:
    if kind in _SPELLED:
        return _SPELLED[kind]
    if get_origin(kind) in _UNIONS:
        return _optional(kind)
    if get_origin(kind) is tuple:
        return _items(_reader(get_args(kind)[0]))
    if isinstance(kind, type) and is_dataclass(kind):
        return _fields(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    return _unchanged


def _unchanged(plain: Any) -> Any:
    return plain


def _optional(kind: Any) -> _Reader:
    (inner,) = (each for each in get_args(kind) if each is not type(None))
    read = _reader(inner)
    return lambda plain: None if plain is None else read(plain)


def _items(read: _Reader) -> _Reader:
    if read is _unchanged:
        return tuple
    return lambda plain: tuple([read(each) for each in plain])


def _fields(kind: type[Any]) -> _Reader:
    hints = get_type_hints(kind)
    readers = {each.name: _reader(hints[each.name]) for each in fields(kind) if each.init}
    needed = [
        each.name
        for each in fields(kind)
        if each.init and each.default is MISSING and each.default_factory is MISSING
    ]

    def read(plain: Any) -> Any:
        for name in needed:
            if name not in plain:
                raise InvalidInput(field=name, value=None, allowed="a fact of the record, which lacks it")
        return kind(**{name: each(plain[name]) for name, each in readers.items() if name in plain})

    return read
