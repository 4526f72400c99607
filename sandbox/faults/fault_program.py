"""Fault programs: which calls go wrong, how, and at which of their hits; read and checked here.

A program is an object `{"seed": 42, "rules": [...]}`. A rule names a call (`operation`, see fault_calls.py,
or `call`, a pattern such as `POST /v1/customers/*/carts/*`), when (`hits`, a list of 1-based numbers, or
`rate`, from 0 to 1; `count` at most so often) and the `fault` with its parameters (docs/reliability.md).
`settings` are settings of the sandbox that come with it, such as `{"is_quota_on": true}`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from domain.kernel.errors import InvalidInput
from domain.text.file_text import read_text_file
from domain.text.json_text import read_json
from domain.text.plain_text import require_plain_text
from sandbox.faults.fault_calls import (
    CALLBACK,
    CHANGE_LICENSES,
    CHECKOUT,
    CREATE_CART,
    FORMER_NAMES,
    ITEM_OPERATIONS,
    LISTS,
    OPERATIONS,
    Call,
)
from sandbox.faults.fault_settings import read_settings
from sandbox.kernel.health_board import HEALTH_BOARD, HEALTH_WORDS

SEED_MAX = 2**63
RULES_MAX = 200
HITS_MAX = 1_000_000
SECONDS_MAX = 1_000_000.0
FILE_BYTES_MAX = 1_000_000
#: Programs that come along, by their names.
_PROGRAMS = Path(__file__).with_name("programs")
SERVER_FAILURES = (500, 502, 503, 504)
#: Statuses of an item that is refused by a fault.
ITEM_REFUSALS = (400, 401, 403, 404, 409, 412, 423)
#: Statuses of a call that is refused by a fault.
CALL_REFUSALS = (400, 401, 403, 409, 412, 423)
_DRAW_BYTES = 8
_DRAWS = 256**_DRAW_BYTES

Check = tuple[str, Callable[[Any], bool]]


def _is_number(value: Any, least: float, most: float) -> bool:
    return type(value) in (int, float) and least <= value <= most


def _integer(least: int, most: int) -> Check:
    return f"an integer from {least} to {most}", lambda v: type(v) is int and least <= v <= most


def _one_of(*words: Any) -> Check:
    return f"one of {', '.join(map(str, words))}", lambda v: type(v) in (int, str) and v in words


_SECONDS: Check = (
    f"a number of seconds from 0 to {SECONDS_MAX:.0f}",
    lambda v: _is_number(v, 0, SECONDS_MAX),
)
_TEXT: Check = ("text of 1 to 500 characters", lambda v: isinstance(v, str) and 0 < len(v) <= 500)  # noqa: PLR2004
_FLAG: Check = ("true or false", lambda v: type(v) is bool)
_HITS: Check = (
    f"a list of 1 to 1000 hit numbers from 1 to {HITS_MAX}",
    lambda v: (
        isinstance(v, list)
        and 0 < len(v) <= 1_000  # noqa: PLR2004
        and all(type(n) is int and 1 <= n <= HITS_MAX for n in v)
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """What a fault may be told: parameter -> default, or no default where it must be given."""

    parameters: dict[str, Check]
    defaults: dict[str, Any] = field(default_factory=dict)
    #: Operations that it can meet; empty: every request.
    operations: frozenset[str] = frozenset()


_CARRIED = {"is_carried_out": _FLAG}
_SAID = {"code": _TEXT, "text": _TEXT}
_LATER = {"retry_after_seconds": _SECONDS}
_SHORT = {"page_size": _integer(1, 999)}
_SHORT_DEFAULTS = {"page_size": 5}
#: How a call goes wrong. The first of these that fires answers the request.
ANSWERS = {
    "throttled": Kind(
        parameters=_LATER | _CARRIED, defaults={"retry_after_seconds": 1, "is_carried_out": False}
    ),
    "failed": Kind(
        parameters={"status": _one_of(*SERVER_FAILURES)} | _LATER | _CARRIED,
        defaults={"status": 500, "retry_after_seconds": 0, "is_carried_out": False},
    ),
    "refused": Kind(
        parameters={"status": _one_of(*CALL_REFUSALS), "code": _TEXT, "text": _TEXT} | _CARRIED,
        defaults={
            "status": 423,
            "code": "Locked",
            "text": "The resource is locked by another request.",
            "is_carried_out": False,
        },
    ),
    "lost_answer": Kind(parameters={}),
    "timeout_before": Kind(parameters={"seconds": _SECONDS}, defaults={"seconds": 15}),
    "timeout_after": Kind(parameters={"seconds": _SECONDS}, defaults={"seconds": 15}),
    "late": Kind(parameters={"seconds": _SECONDS}, defaults={"seconds": 2}),
}
#: What happens beside the call, which goes on.
HAPPENINGS = {
    "latency": Kind(parameters={"seconds": _SECONDS}),
    "token_expired": Kind(parameters={}),
    "shuffled": Kind(parameters={}, operations=ITEM_OPERATIONS),
    "slow_provisioning": Kind(
        parameters={"seconds": _SECONDS, "setup_seconds": _SECONDS},
        defaults={"setup_seconds": 0},
        operations=frozenset({CHECKOUT}),
    ),
    # An error that stands in a success: no order, or one that has an error beside it.
    "order_errors": Kind(
        parameters=_SAID | {"is_partial": _FLAG},
        defaults={
            "code": "800089",
            "text": "No more of this product for this customer.",
            "is_partial": False,
        },
        operations=frozenset({CHECKOUT}),
    ),
    "cart_error": Kind(
        parameters=_SAID,
        defaults={"code": "10005", "text": "Not available in the customer's market."},
        operations=frozenset({CREATE_CART}),
    ),
    "seats_short": Kind(
        parameters={"seats": _integer(1, 1_000_000), "seconds": _SECONDS}, defaults={"seconds": 0}
    ),
    "incident": Kind(
        parameters={
            "service": _one_of(*HEALTH_BOARD.values()),
            "status": _one_of(*sorted(HEALTH_WORDS)),
            "seconds": _SECONDS,
        },
        defaults={"status": "serviceDegradation", "service": "Exchange Online"},
    ),
    "user_deleted": Kind(parameters={}),
    "user_joined": Kind(parameters={}),
    "license_removed": Kind(parameters={}),
    "license_disabled": Kind(parameters={"seconds": _SECONDS}, defaults={"seconds": 0}),
    "service_pending": Kind(
        parameters={"service": _TEXT, "seconds": _SECONDS},
        defaults={"service": "VIVA_LEARNING_SEEDED", "seconds": 0},
    ),
    # What somebody at the seller, or another seller, does to the old subscription.
    "second_seller": Kind(
        parameters={"quantity": _integer(1, 1_000_000), "seconds": _SECONDS},
        defaults={"quantity": 10, "seconds": 0},
    ),
    "scheduled_change": Kind(
        parameters={
            "quantity": _integer(1, 1_000_000),
            "billing_cycle": _one_of("monthly", "annual"),
            "is_other_plan": _FLAG,
        },
        # Without a billing cycle that of the subscription stays.
        defaults={"quantity": 5, "billing_cycle": "", "is_other_plan": False},
    ),
    "renewal_off": Kind(parameters={}),
}
#: How a list of the directory goes wrong; while such a rule is in force, its pages are short.
PAGINGS = {
    "page_expired": Kind(parameters=_SHORT, defaults=_SHORT_DEFAULTS, operations=LISTS),
    "page_repeated": Kind(parameters=_SHORT, defaults=_SHORT_DEFAULTS, operations=LISTS),
    "entry_repeated": Kind(parameters=_SHORT, defaults=_SHORT_DEFAULTS, operations=LISTS),
}
#: How one item of a batch goes wrong; its hits are counted for each user.
ITEMS = {
    "item_throttled": Kind(
        parameters=_LATER | _CARRIED, defaults={"retry_after_seconds": 1, "is_carried_out": False}
    ),
    "item_failed": Kind(
        parameters={"status": _one_of(*SERVER_FAILURES)} | _CARRIED,
        defaults={"status": 503, "is_carried_out": False},
    ),
    "item_refused": Kind(
        parameters={"status": _one_of(*ITEM_REFUSALS), "code": _TEXT, "text": _TEXT},
        defaults={
            "status": 409,
            "code": "Request_Conflict",
            "text": "Another object is being updated; concurrency violation.",
        },
    ),
    "item_missing": Kind(parameters=_CARRIED, defaults={"is_carried_out": False}),
}
#: How the credit bureau's callback goes wrong.
CALLBACKS = {
    "callback_late": Kind(parameters={"seconds": _SECONDS}),
    "callback_duplicated": Kind(parameters={"times": _integer(1, 100)}, defaults={"times": 1}),
}
KINDS = ANSWERS | HAPPENINGS | PAGINGS | ITEMS | CALLBACKS
_COMMON: dict[str, Check] = {
    "name": _TEXT,
    "operation": _one_of(*sorted(OPERATIONS)),
    "call": _TEXT,
    "fault": _one_of(*sorted(KINDS)),
    "hits": _HITS,
    "rate": ("a number from 0 to 1", lambda v: _is_number(v, 0, 1)),
    "count": _integer(1, HITS_MAX),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class FaultRule:
    """One rule of a program."""

    #: Part of every draw: two rules of one program draw apart.
    name: str
    fault: str
    #: Operation, "" where `call` tells it.
    operation: str = ""
    #: Pattern of method and path, "" where `operation` tells it.
    call: str = ""
    hits: frozenset[int] = frozenset()
    rate: float = 0.0
    #: Times at most at one point; 0 is no limit.
    count: int = 0
    parameters: dict[str, Any] = field(default_factory=dict)

    def meets(self, call: Call) -> bool:
        """Tell whether a call is one of this rule."""
        if self.operation:
            return self.operation == call.operation
        return fnmatchcase(f"{call.method} {call.path}", self.call)

    def fires(self, seed: int, point: str, hit: int) -> bool:
        """Tell whether a hit of a point goes wrong: a function of seed, rule, point and number alone."""
        return hit in self.hits or draw(seed, self.name, point, hit) < self.rate


@dataclass(frozen=True, kw_only=True, slots=True)
class FaultProgram:
    """A checked program."""

    seed: int = 0
    rules: tuple[FaultRule, ...] = ()
    #: Settings of the sandbox that come with it.
    settings: dict[str, Any] = field(default_factory=dict)
    #: As it was given.
    document: dict[str, Any] = field(default_factory=dict)


def draw(*parts: object) -> float:
    """Return a number from 0 to below 1 that depends on `parts` alone."""
    digest = hashlib.sha256("|".join(map(str, parts)).encode()).digest()
    return float(int.from_bytes(digest[:_DRAW_BYTES], "big") / _DRAWS)


def read_program(named: str) -> FaultProgram:
    """Return a program.

    Args:
        named: A program that comes along, such as storm, or the path of a JSON file.

    Raises:
        InvalidInput: It can't be read, is no JSON, or a field is not what it may be.
    """
    known = {file.stem: file for file in _PROGRAMS.glob("*.json")}
    path = known.get(named) or Path(named)
    words = " or ".join(sorted(known))
    allowed = f"{words}, or a JSON file of at most {FILE_BYTES_MAX} bytes with seed, rules and settings"
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise InvalidInput(field="--faults", value=str(path), allowed=allowed)
        document = read_json(read_text_file(path.read_bytes()).text.encode(), field=str(path))
    except OSError as error:
        raise InvalidInput(
            field="--faults", value=str(path), allowed=allowed, remedy=f"Correct the file: {error.strerror}."
        ) from error
    return parse_program(document)


def parse_program(document: Any) -> FaultProgram:
    """Return a checked program.

    Args:
        document: As it stands in JSON.

    Raises:
        InvalidInput: A field is not what it may be; it names the field, the value and what is allowed.
        UnacceptableText: A text has a control character.
    """
    if not isinstance(document, dict):
        raise _refused("program", document, 'an object such as {"seed": 1, "rules": []}')
    require_plain_text(document)
    _check_names(document, ("seed", "rules", "settings"), "program")
    seed, rules = document.get("seed", 0), document.get("rules", [])
    _check("seed", seed, _integer(0, SEED_MAX))
    if not isinstance(rules, list) or len(rules) > RULES_MAX:
        raise _refused("rules", rules, f"a list of at most {RULES_MAX} rules")
    parsed = tuple(_rule(rule, f"rules[{number}]") for number, rule in enumerate(rules))
    settings = read_settings(document.get("settings", {}))
    return FaultProgram(seed=seed, rules=parsed, settings=settings, document=document)


def _rule(value: Any, at: str) -> FaultRule:
    if not isinstance(value, dict):
        raise _refused(at, value, "an object with fault, operation or call, and hits or rate")
    _check(f"{at}.fault", value.get("fault"), _COMMON["fault"])
    kind = KINDS[value["fault"]]
    _check_names(value, (*_COMMON, *kind.parameters), at)
    for name, given in value.items():
        _check(f"{at}.{name}", given, kind.parameters.get(name) or _COMMON[name])
    for name in kind.parameters:
        if name not in value and name not in kind.defaults:
            raise _refused(f"{at}.{name}", None, kind.parameters[name][0])
    _check_one_of(value, at, "hits", "rate")
    operation = _operation(value, at, kind)
    return FaultRule(
        name=value.get("name", at),
        fault=value["fault"],
        operation=operation,
        call=value.get("call", ""),
        hits=frozenset(value.get("hits", ())),
        rate=float(value.get("rate", 0)),
        count=value.get("count", 0),
        parameters=kind.defaults | {name: value[name] for name in kind.parameters if name in value},
    )


def _operation(value: dict[str, Any], at: str, kind: Kind) -> str:
    """Return the operation of a rule, which for some faults goes without saying."""
    if value["fault"] in CALLBACKS:
        return _only(value, at, CALLBACK)
    if value["fault"] in ITEMS:
        operation = str(value.get("operation", value.get("call", CHANGE_LICENSES)))
        _check(f"{at}.operation", operation, _one_of(*sorted(ITEM_OPERATIONS)))
        return operation
    if len(kind.operations) == 1:
        return _only(value, at, *kind.operations)
    _check_one_of(value, at, "operation", "call")
    operation = str(value.get("operation", ""))
    if kind.operations and operation:
        _check(f"{at}.operation", operation, _one_of(*sorted(kind.operations)))
    return FORMER_NAMES.get(operation, operation)


def _only(value: dict[str, Any], at: str, operation: str) -> str:
    """Return the one operation that a fault can meet; another one that is named is refused."""
    given = value.get("operation", value.get("call", operation))
    if given != operation:
        raise _refused(f"{at}.operation", given, f"{operation}, or nothing")
    return operation


def _check_names(value: dict[str, Any], names: tuple[str, ...], at: str) -> None:
    for name, given in value.items():
        if name not in names:
            raise _refused(f"{at}.{name}", given, f"no field; there are {', '.join(names)}")


def _check_one_of(value: dict[str, Any], at: str, first: str, second: str) -> None:
    if (first in value) == (second in value):
        given = f"{first} and {second}" if first in value else "neither"
        raise _refused(at, given, f"either {first} or {second}")


def _check(name: str, value: Any, check: Check) -> None:
    allowed, is_allowed = check
    if not is_allowed(value):
        raise _refused(name, value, allowed)


def _refused(name: str, value: Any, allowed: str) -> InvalidInput:
    return InvalidInput(field=name, value=value, allowed=allowed)
