"""Options that several commands share, and the question before what can't be undone.

A reason of blanks alone tells nothing, as on the pages and in the API. Where nobody can be asked, `--yes`
must be given.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import wraps
from inspect import Parameter, signature
from typing import Annotated, Any, get_type_hints

import typer

from cli.text.output import JsonOption
from domain.kernel.errors import InvalidInput, PlanSwitchError
from domain.text.plain_text import require_told

DECLINED_BY_PERSON = 1
YES = "--yes"
_CANNOT_BE_ASKED = "Nobody can be asked here: add"
_REASON, _REASON_HELP = "--reason", "Why; it goes into the record."


def _checked(reason: str) -> str:
    return require_told(reason, field=_REASON)


def _reason_or_absent(reason: str) -> str:
    return _checked(reason) if reason else reason


Switch = Annotated[
    str,
    typer.Argument(
        help="Id of the switch, of its old or new subscription or of its organization, the first 8 "
        "characters of one, or the organization's name."
    ),
]
#: The switch that a command changes.
ChangedSwitch = Annotated[
    str,
    typer.Argument(
        help="Id of the switch or its first 8 characters, or the whole id of its old or new subscription or "
        "of its organization."
    ),
]
Organization = Annotated[str, typer.Argument(help="Directory id of the organization.")]
Reason = Annotated[str, typer.Option(_REASON, help=_REASON_HELP, callback=_checked)]
#: A reason that need not be given.
OptionalReason = Annotated[str, typer.Option(_REASON, help=_REASON_HELP, callback=_reason_or_absent)]
Yes = Annotated[bool, typer.Option(YES, help="Do not ask.")]
RequestId = Annotated[str | None, typer.Option(help="The same id acts once, however often it is sent.")]


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """How a command is sent, and its answer printed."""

    request_id: RequestId = None
    as_json: JsonOption = False


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command take each field of a dataclass as an option; the command gets the dataclass.

    Args:
        command: Its parameter of a dataclass stands for the options, and in their place.
    """
    hints = get_type_hints(command, include_extras=True)
    name = next(name for name, hint in hints.items() if is_dataclass(hint))
    kind = hints[name]
    shared = get_type_hints(kind, include_extras=True)

    @wraps(command)
    def expanded(**arguments: Any) -> None:
        options = {each.name: arguments.pop(each.name) for each in fields(kind)}
        command(**{name: kind(**options)}, **arguments)

    own = signature(command, eval_str=True)
    options = [
        Parameter(
            each.name,
            Parameter.KEYWORD_ONLY,
            default=Parameter.empty if each.default is MISSING else each.default,
            annotation=shared[each.name],
        )
        for each in fields(kind)
    ]
    names = list(own.parameters)
    place = names.index(name)
    others = [own.parameters[each] for each in names if each != name]
    parameters = [*others[:place], *options, *others[place:]]
    vars(expanded)["__signature__"] = own.replace(parameters=parameters)
    expanded.__annotations__ = {each.name: each.annotation for each in parameters}
    return expanded


class AnswerMissing(PlanSwitchError):
    """What can't be undone was neither confirmed nor declined; nothing was changed."""

    code = InvalidInput.code


def require_yes(question: str, *, is_sure: bool, instead: str = "") -> None:
    """Ask a person whether to do what can't be undone.

    Args:
        question: The question; the command has already said what it will do.
        is_sure: `--yes` was given.
        instead: Another option that accepts, such as `--quote DIGEST`; "" where there is none.

    Raises:
        AnswerMissing: Nobody can be asked, and `--yes` was not given; nothing was changed.
        Exit: The person said no.
    """
    if is_sure:
        return
    if not sys.stdin.isatty():
        options = f"{YES}, or {instead}" if instead else YES
        remedy = f"{_CANNOT_BE_ASKED} {options}. Nothing was changed."
        what = "What can't be undone needs an answer, and nobody can give one here."
        raise AnswerMissing(what, remedy=remedy)
    if not typer.confirm(question, err=True):
        raise typer.Exit(DECLINED_BY_PERSON)
