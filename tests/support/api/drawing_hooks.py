"""What schemathesis may not ask of the account that it signs in as, and what helps it along the links.

A drawn body starts no switch, and a drawn filter finds none, so that no link of a started or a listed switch
is ever followed. In the phase of links what begins something is therefore whole, and lists are unfiltered.

The tool reads this file by its path, in a process of its own.
"""

from __future__ import annotations

import ast
import os
import threading
from collections import defaultdict
from itertools import count
from typing import Any
from uuid import UUID, uuid5

import schemathesis

from console.words.operation_words import ORGANIZATION, SWITCH
from domain.kernel.ids import NAMESPACE

#: Account of the key that the tool has: the local actor of `tests/support/consoles/console_world.py`.
OWN_ACCOUNT = "olga"
#: Nobody has it.
OTHER_ACCOUNT = "somebody-else"
#: Set in the phase of links.
LINKS_VARIABLE = "DRAWN_LINKS"
#: Organizations that are there to be switched by a request, and by the order of a checkout.
ORGANIZATIONS = 40
_UNKNOWN_HEADER = "x-schemathesis-unknown-property"
#: Drawn, they name positions that the log does not have, and keys that are none.
_HEADERS = frozenset({"Planswitch-After", "Idempotency-Key"})
_CHANGES = "/api/v1/people/{name}/"
_START, _DRAFT = "/api/v1/switches", "/api/v1/checkouts"
_ORDER, _BACK = "/api/v1/checkouts/{checkout_id}/order", "/api/v1/switches/{switch}/back"
#: Each start is sent so often: the first one makes it, and the next one is told that it is there.
_TIMES = 3
_NUMBERS: defaultdict[str, count[int]] = defaultdict(count)


@schemathesis.hook
def before_load_schema(context: schemathesis.HookContext, raw_schema: dict[str, Any]) -> None:
    """Let one thread of the tool parse source code at a time.

    CPython before 3.12 keeps the depth of `ast.parse` in one place for all threads. Two of them at once fail
    with "SystemError: AST constructor recursion depth mismatch", which the tool reports as an error.
    """
    del context, raw_schema
    parse, turn = ast.parse, threading.RLock()

    def parse_alone(*arguments: Any, **options: Any) -> Any:
        with turn:
            return parse(*arguments, **options)

    setattr(ast, parse.__name__, parse_alone)


def drawn_organization(path: str, number: int) -> str:
    """Return the id of an organization that a request by its number begins something for."""
    return str(uuid5(NAMESPACE, f"drawn:{path}:{number % ORGANIZATIONS}"))


@schemathesis.hook
def before_call(
    context: schemathesis.HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]
) -> None:
    """Let a change of the tool's own account name another one, so that nothing ends the run."""
    del context, kwargs
    if case.operation.path.startswith(_CHANGES) and case.path_parameters["name"] == OWN_ACCOUNT:
        case.path_parameters["name"] = OTHER_ACCOUNT
    # A header that nobody knows is not refused, as HTTP has it; the tool takes it for a field of a schema.
    for name in [each for each in case.headers or () if each.lower() == _UNKNOWN_HEADER]:
        del case.headers[name]
    if os.environ.get(LINKS_VARIABLE):
        _lead(case)


def _lead(case: schemathesis.Case[Any]) -> None:
    """Let a request reach something; what a link has put into it stays."""
    for name, known in {"switch": SWITCH, "organization_id": ORGANIZATION}.items():
        if name in case.path_parameters and not _is_id(case.path_parameters[name]):
            case.path_parameters[name] = known
    for name in [each for each in case.headers or () if each.title() in _HEADERS]:
        del case.headers[name]
    if case.method == "GET" and "{" not in case.operation.path:
        case.query = {}
    if case.method == "POST" and case.operation.path in _BODIES:
        number = next(_NUMBERS[case.operation.path]) // _TIMES
        case.body = _BODIES[case.operation.path](number)


def _is_id(text: object) -> bool:
    try:
        return bool(UUID(str(text)))
    except ValueError:
        return False


def _request(path: str, number: int) -> dict[str, Any]:
    facts = {"organization_id": drawn_organization(path, number), "target_plan": "E3"}
    return {**facts, "request_id": f"drawn-{number}"}


_BODIES: dict[str, Any] = {
    _START: lambda number: {**_request(_START, number), "accept": True, "reason": "drawn"},
    _DRAFT: lambda number: _request(_DRAFT, number),
    _ORDER: lambda _number: {"revision": 1, "reason": "drawn", "request_id": "drawn"},
    _BACK: lambda _number: {"accept": True, "reason": "drawn", "request_id": "drawn"},
}
