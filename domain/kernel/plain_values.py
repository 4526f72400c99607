"""The way back from plain facts to values: what `as_plain` wrote becomes the dataclass that it was."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache, lru_cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from domain.kernel.errors import InvalidInput
from domain.kernel.memo import Recent

Value = TypeVar("Value")
#: Turns one plain fact into a value.
_Reader = Callable[[Any], Any]
_SPELLED: dict[Any, _Reader] = {
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    Decimal: Decimal,
}
#: Values without parts that are kept.
_KEPT = 8_192
#: Values with parts that are kept of each kind.
_RECENT = 3
_SCALARS = (str, int, bool)
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
    kind_of_value: Any = kind
    try:
        reader = _reader(kind_of_value)
        # As a whole hardly one is like another.
        value: Value = (reader.read if isinstance(reader, Recent) else reader)(plain)
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
        return _Member({each.value: each for each in kind})
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
    return Recent(lambda plain: tuple([read(each) for each in plain]), count_max=_RECENT)


def _fields(kind: type[Any]) -> _Reader:
    hints = get_type_hints(kind)
    readers = {each.name: _reader(hints[each.name]) for each in fields(kind) if each.init}
    needed = frozenset(
        each.name
        for each in fields(kind)
        if each.init and each.default is MISSING and each.default_factory is MISSING
    )
    if all(hints[name] in _SCALARS or isinstance(each, _Member) for name, each in readers.items()):
        return _flat(kind, readers, needed)

    def read(plain: Any) -> Any:
        _require(kind, plain, needed)
        return kind(**{name: each(plain[name]) for name, each in readers.items() if name in plain})

    # The assessments of one switch have most of their parts in common.
    return Recent(read, count_max=_RECENT)


def _flat(kind: type[Any], readers: dict[str, _Reader], needed: frozenset[str]) -> _Reader:
    """Return a reader of values without parts: the same few, such as services, stand in every record."""

    @lru_cache(maxsize=_KEPT)
    def build(facts: tuple[tuple[str, Any], ...]) -> Any:
        return kind(**{name: readers[name](fact) for name, fact in facts if name in readers})

    def read(plain: Any) -> Any:
        _require(kind, plain, needed)
        return build(tuple(plain.items()))

    return read


def _require(kind: type[Any], plain: Any, needed: frozenset[str]) -> None:
    if not needed <= plain.keys():
        name = min(needed - plain.keys())
        raise InvalidInput(
            field=name, value=None, allowed=f"a fact of {kind.__name__}, which the record lacks"
        )


@dataclass(frozen=True, slots=True)
class _Member:
    """Reads the member of an enumeration by its value."""

    members: dict[Any, Any]

    def __call__(self, plain: Any) -> Any:
        return self.members[plain]
