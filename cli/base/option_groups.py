"""Options that several commands share, declared once as the fields of a dataclass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from functools import wraps
from inspect import Parameter, signature
from typing import Any, get_type_hints


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command take each field of a dataclass as an option; the command gets the dataclass.

    Args:
        command: Its parameter of a dataclass stands for the options.
    """
    hints = get_type_hints(command, include_extras=True)
    name = next(name for name, hint in hints.items() if is_dataclass(hint))
    kind = hints[name]
    shared = get_type_hints(kind, include_extras=True)

    @wraps(command)
    def expanded(**arguments: Any) -> None:
        options = {each.name: arguments.pop(each.name) for each in fields(kind)}
        command(**{name: kind(**options)}, **arguments)

    options = [
        Parameter(
            each.name,
            Parameter.KEYWORD_ONLY,
            default=Parameter.empty if each.default is MISSING else each.default,
            annotation=shared[each.name],
        )
        for each in fields(kind)
    ]
    own = signature(command, eval_str=True)
    others = [each for each in own.parameters.values() if each.name != name]
    vars(expanded)["__signature__"] = own.replace(parameters=[*options, *others])
    expanded.__annotations__ = {each.name: each.annotation for each in (*options, *others)}
    return expanded
