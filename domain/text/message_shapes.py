"""What a message from outside may hold, looked at before it counts: fields, types, lengths and words.

The workflows and their activities take messages from Temporal, and so from everybody who reaches its port.
A message is checked against its dataclass, and its fields against `BOUNDS` by their name: one name means one
thing in every message (docs/glossary.md). What only the record can judge is left to the steps.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from domain.kernel.errors import InvalidInput, UnreadableMessage
from domain.kernel.limits import COMMAND_USERS_MAX, LICENSES_MAX, SOAK_SECONDS_MAX, TEXT_MAX

#: Longest text that the product writes itself, such as a reason with the names of users.
TOLD_MAX = 100_000
#: The console takes fewer, and the seller may; this is what an order's figure holds.
QUANTITY_MAX = 2_147_483_647
EXTENSION_DAYS_MAX = 2
_ITEMS_MAX = 100_000
_WHOLE_MAX = 2**63 - 1
_YEARS = range(2000, 3000)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SHOWN_MAX = 80


@dataclass(frozen=True, kw_only=True, slots=True)
class Bound:
    """What the fields of one name may hold, beside their type."""

    #: In words, for the message.
    allowed: str
    is_met: Callable[[Any], bool]


def _words(*words: str) -> Bound:
    return Bound(allowed=", ".join(word or '""' for word in words), is_met=frozenset(words).__contains__)


def _between(least: int, most: int) -> Bound:
    return Bound(allowed=f"{least:,} to {most:,}", is_met=lambda value: least <= value <= most)


def _is_day(value: str) -> bool:
    try:
        return not value or date.fromisoformat(value).year in _YEARS
    except ValueError:
        return False


def _is_zoned(value: str) -> bool:
    try:
        return not value or datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


_ID = Bound(allowed="an id as 01234567-89ab-cdef-0123-456789abcdef", is_met=_UUID.fullmatch)  # type: ignore[arg-type]
_KEYS = Bound(
    allowed=f"1 to {COMMAND_USERS_MAX} ids as 01234567-89ab-cdef-0123-456789abcdef",
    is_met=lambda keys: 1 <= len(keys) <= COMMAND_USERS_MAX and all(_UUID.fullmatch(key) for key in keys),
)
_DAY = Bound(allowed='a day as 2026-11-29, or ""', is_met=_is_day)
_INSTANT = Bound(allowed='an instant as 2026-11-29T08:00:00+01:00, or ""', is_met=_is_zoned)
_WINDOW = Bound(
    allowed='a window as 22:00-06:00, or ""',
    is_met=re.compile(r"(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)?").fullmatch,  # type: ignore[arg-type]
)
_PERCENT = Bound(
    allowed="a percentage from 0 to 100, such as 2.5",
    is_met=re.compile(r"(100(\.0{1,2})?|[0-9]{1,2}(\.[0-9]{1,2})?)").fullmatch,  # type: ignore[arg-type]
)
_POSITIVE, _NATURAL = _between(1, LICENSES_MAX), _between(0, LICENSES_MAX)
_WHOLE = _between(0, _WHOLE_MAX)
#: Name of a field -> what it may hold; null is allowed where the field's type allows it.
BOUNDS: dict[str, Bound] = {
    "switch_id": _ID,
    "user_key": _ID,
    "user_keys": _KEYS,
    "quantity": _between(1, QUANTITY_MAX),
    "days": _between(1, EXTENSION_DAYS_MAX),
    "decided_by": _words("bureau", "operator"),
    "pass_name": _words("move", "pilot"),
    "mark": _words("reminder", "overdue", "expired"),
    "promise": _words(
        *("whole_switch", "license_move", "administration_lock", "still_switching"),
        *("credit_check", "credit_invoice"),
    ),
    "alarm": _words("still_switching", "credit_check", "credit_invoice", "no_way_on"),
    "start_on": _DAY,
    "quoted_on": _DAY,
    "start_at": _INSTANT,
    "quiet_hours": _WINDOW,
    "price_tolerance_percent": _PERCENT,
    "pilot": _NATURAL,
    "selected": _NATURAL,
    "left": _NATURAL,
    "pilot_soak_seconds": _between(0, SOAK_SECONDS_MAX),
    "total": _NATURAL,
    "slice_size": _POSITIVE,
    "lanes": _between(1, 1_000),
    "first": _NATURAL,
    "start": _NATURAL,
    "stop": _NATURAL,
    "tried": _NATURAL,
    "failed": _NATURAL,
    "tried_now": _NATURAL,
    "failed_now": _NATURAL,
    "moved": _NATURAL,
    "round_number": _between(1, _WHOLE_MAX),
    "looks": _WHOLE,
    "quiet_looks": _WHOLE,
    "looks_per_run": _POSITIVE,
    "attempt": _between(1, _WHOLE_MAX),
    "version": _WHOLE,
    "position": _WHOLE,
    # A credit is less than nothing.
    "total_minor_units_max": _between(-_WHOLE_MAX, _WHOLE_MAX),
    "forfeited_minor_units_max": _WHOLE,
    "settle_seconds": _between(0, 86_400),
    "seconds": _between(0, SOAK_SECONDS_MAX),
}
#: Bounds of what somebody commands; a step's own result may leave these open.
COMMAND_BOUNDS: dict[str, Bound] = {"verdict": _words("approved", "declined")}
#: Texts without which a command or a request names nobody and nothing.
NEVER_EMPTY = frozenset(
    {
        "request_id",
        "actor",
        "decision_id",
        "organization_id",
        "source_subscription_id",
        "target_plan_id",
        "accepted_digest",
        "pass_name",
        "cause",
    }
)


def require_shape(value: Any, kind: Any, *, is_command: bool = False, field: str = "") -> None:
    """Refuse what is no message of a kind.

    Args:
        value: A message, or the JSON of one.
        kind: Its dataclass.
        is_command: It was handed in from outside: its texts are short, and who acts is named.
        field: Where it stands in a larger message.

    Raises:
        InvalidInput: A field is missing, unknown, of another type, or holds what it may not.
    """
    _Check(is_command=is_command).value(value, kind, field)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Check:
    """One look at one message."""

    is_command: bool

    def value(self, value: Any, kind: Any, field: str) -> None:
        """Look at a value and at everything inside of it."""
        kinds = _alternatives(kind)
        if value is None and NoneType in kinds:
            return
        # "" stands for the word that there is none of.
        none = ("",) if NoneType in kinds else ()
        kind = next((each for each in kinds if each is not NoneType), Any)
        if is_dataclass(kind):
            self._fields(value, kind, field)
        elif get_origin(kind) is tuple:
            self._items(value, get_args(kind)[0], field)
        elif get_origin(kind) is Literal:
            _require_word(value, (*get_args(kind), *none), field)
        else:
            _require_type(value, kind, field)
        self._bound(value, field)

    def _fields(self, value: Any, kind: Any, field: str) -> None:
        facts = value if isinstance(value, Mapping) else _facts_of(value, kind, field)
        known = dict(_fields_of(kind))
        for name in facts:
            if name not in known:
                raise _refused(_inside(field, str(name)), facts[name], "nothing: there is no such field")
        for name, (hint, is_needed) in known.items():
            if name in facts:
                self.value(facts[name], hint, _inside(field, name))
            elif is_needed:
                raise UnreadableMessage(
                    f"{_inside(field, name)} is missing.", remedy=f"Give {name}, and try again."
                )

    def _items(self, value: Any, kind: Any, field: str) -> None:
        if isinstance(value, str) or not isinstance(value, Sequence) or len(value) > _ITEMS_MAX:
            raise _refused(field, value, f"a list of up to {_ITEMS_MAX:,} items")
        for each in value:
            self.value(each, kind, f"{field}[]")

    def _bound(self, value: Any, field: str) -> None:
        name = field.rpartition(".")[2]
        bound = BOUNDS.get(name) or (COMMAND_BOUNDS.get(name) if self.is_command else None)
        if bound is not None and not bound.is_met(value):
            raise _refused(field, value, bound.allowed)
        if isinstance(value, str):
            self._text(value, name, field)

    def _text(self, value: str, name: str, field: str) -> None:
        is_told = not self.is_command or name in {"message", "remedy"}
        length_max = TOLD_MAX if is_told else TEXT_MAX
        if len(value) > length_max:
            raise _refused(field, value, f"a text of up to {length_max:,} characters")
        if self.is_command and name in NEVER_EMPTY and not value.strip():
            raise _refused(field, value, "a text that is not empty")


def _alternatives(kind: Any) -> Sequence[Any]:
    return get_args(kind) if get_origin(kind) in {Union, UnionType} else (kind,)


@cache
def _fields_of(kind: Any) -> tuple[tuple[str, tuple[Any, bool]], ...]:
    """Return the fields of a dataclass: name -> type, and whether it must be given."""
    hints = get_type_hints(kind)
    return tuple((each.name, (hints[each.name], _is_needed(each, kind))) for each in fields(kind))


def _is_needed(each: Field[Any], kind: Any) -> bool:
    has_default = each.default is not MISSING or each.default_factory is not MISSING
    return not has_default or each.name in getattr(kind, "wire_needs", ())


def _facts_of(value: Any, kind: Any, field: str) -> dict[str, Any]:
    """Return the fields of a message that was read already.

    Raises:
        UnreadableMessage: It is none.
    """
    if not isinstance(value, kind):
        place = field or "The message"
        raise UnreadableMessage(
            f"{place} is {_kind_of(value)}; allowed: an object with the fields of {kind.__name__}.",
            remedy=f"Give {', '.join(name for name, _ in _fields_of(kind))}.",
        )
    return {each.name: getattr(value, each.name) for each in fields(value)}


def _require_type(value: Any, kind: Any, field: str) -> None:
    """Refuse another type; a bool is no number, and a number in quotes is none."""
    name = getattr(kind, "__name__", "")
    is_met, allowed = _TYPES.get(name, (_is_anything, ""))
    if not is_met(value):
        raise _refused(field, value, allowed)


def _require_word(value: Any, words: Sequence[str], field: str) -> None:
    if value not in words:
        raise _refused(field, value, ", ".join(word or '""' for word in words))


def _is_anything(_value: Any) -> bool:
    return True


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_instant(value: Any) -> bool:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return False
    return getattr(value, "tzinfo", None) is not None and value.year in _YEARS


#: Name of a type -> whether a value is of it, and what it is in words. By their names: in the library's
#: sandbox the class of instants may be another one than that of the value.
_TYPES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "bool": (lambda value: isinstance(value, bool), "true or false"),
    "int": (lambda value: _is_number(value) and isinstance(value, int), "a whole number"),
    "float": (_is_number, "a number"),
    "str": (lambda value: isinstance(value, str), "a text"),
    "datetime": (_is_instant, "an instant as 2026-11-29T08:00:00Z"),
}


def _refused(field: str, value: Any, allowed: str) -> InvalidInput:
    shown = value if isinstance(value, int | float | NoneType) else _shortened(value)
    return InvalidInput(field=field or "message", value=shown, allowed=allowed)


def _shortened(value: Any) -> str:
    text = value if isinstance(value, str) else _kind_of(value)
    return text if len(text) <= _SHOWN_MAX else f"{text[:_SHOWN_MAX]}…"


def _kind_of(value: Any) -> str:
    """Return what a JSON value is, in words."""
    names = {"NoneType": "null", "bool": "true or false", "str": "a text", "dict": "an object"}
    names |= {"list": "a list", "tuple": "a list", "int": "a number", "float": "a number"}
    return names.get(type(value).__name__, "no JSON")


def _inside(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name
