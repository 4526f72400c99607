"""Plain facts: how values of the rules become JSON for the record, always in the same bytes."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from domain.kernel.errors import InvalidInput

_JSON_SCALARS = (str, bool, int, type(None))
#: Metadata of a field that came later: at its default it is no fact, so that facts of before stay the same.
OMITTED_AT_DEFAULT = MappingProxyType({"is_omitted_at_default": True})
#: What most values are: told apart by their very class, without asking for bases.
_PLAIN_KINDS = frozenset(_JSON_SCALARS)


def as_plain(value: Any) -> Any:
    """Turn dataclasses, tuples, dates and decimals into what JSON knows.

    Instants are written in UTC, so that one instant has one spelling.

    Raises:
        InvalidInput: The value is a float, a naive instant or of a type the record does not know.
    """
    kind: Any = type(value)
    if kind in _PLAIN_KINDS:
        return value
    names = _field_names(kind)
    if names is not None:
        omitted = _omitted_defaults(kind)
        facts = {name: getattr(value, name) for name in names}
        return {
            name: as_plain(fact)
            for name, fact in facts.items()
            if name not in omitted or fact != omitted[name]
        }
    if isinstance(value, dict):
        return {str(key): as_plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list | frozenset | set):
        items = [as_plain(item) for item in value]
        return sorted(items) if isinstance(value, frozenset | set) else items
    return _scalar(value)


@cache
def _field_names(kind: Any) -> tuple[str, ...] | None:
    """Return the names of a dataclass's fields; None for any other class, and for an enumeration."""
    if issubclass(kind, Enum) or not is_dataclass(kind):
        return None
    return tuple(field.name for field in fields(kind))


@cache
def _omitted_defaults(kind: Any) -> dict[str, Any]:
    """Return the defaults of the fields that are no fact at them."""
    return {field.name: field.default for field in fields(kind) if "is_omitted_at_default" in field.metadata}


def digest_of(facts: Any) -> str:
    """Return the sha256 (hex) of `facts` in canonical JSON: sorted keys, no blanks, UTF-8."""
    return digest_of_plain(as_plain(facts))


def digest_of_plain(facts: Any) -> str:
    """Return the digest of what `as_plain` has returned."""
    return sha256(canonical_json(facts).encode()).hexdigest()


def canonical_json(facts: Any) -> str:
    """Return what `as_plain` has returned as JSON, in always the same bytes."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _scalar(value: Any) -> Any:
    if isinstance(value, Enum):
        return as_plain(value.value)
    if isinstance(value, _JSON_SCALARS):
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise InvalidInput(field="instant", value=value, allowed="an instant with a time zone")
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal) and value.is_finite():
        return str(value)
    raise InvalidInput(
        field="fact", value=value, allowed="text, integers, finite decimals, dates, instants, groups of them"
    )
