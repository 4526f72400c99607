"""What the parser of the command line refuses, in the words and the form of every other error."""

from __future__ import annotations

from typing import Any

from typer.exceptions import TyperException

from domain.kernel.errors import InvalidInput, PlanSwitchError
from domain.text.plain_text import cleaned_text

PROGRAM = "planswitch"
_KINDS = {int: "a whole number", float: "a number", bool: "no value"}
_TEXT = "a text"
#: The parser shows the help where no command was named; that is no refusal.
_HELP = "NoArgsIsHelpError"
_MISSING = "MissingParameter"
_EXTRA = "Got unexpected extra argument"


class UsageRefused(PlanSwitchError):
    """The words of a command line are none of its commands, options or arguments; nothing was done."""

    code = InvalidInput.code


def usage_error(error: TyperException) -> PlanSwitchError | None:
    """Return an error of the parser as one of the product, or None where it only shows the help."""
    if type(error).__name__ == _HELP:
        return None
    command = command_of(getattr(error, "ctx", None))
    remedy = f"`{command} --help` shows what it takes; nothing was done."
    parameter = getattr(error, "param", None)
    if parameter is None:
        return UsageRefused(f"{command}: {_words_of(error)}.", remedy=remedy)
    is_missing = type(error).__name__ == _MISSING
    return InvalidInput(
        field=name_of(parameter),
        value=None if is_missing else _value_of(error),
        allowed=_help_of(parameter) if is_missing else _allowed(parameter),
        remedy=remedy,
    )


def command_of(context: Any) -> str:
    """Return the command that was typed, without its arguments."""
    names: list[str] = []
    while context is not None and context.parent is not None:
        names.insert(0, str(context.info_name))
        context = context.parent
    return " ".join([PROGRAM, *names])


def name_of(parameter: Any) -> str:
    """Return an option as it is typed, or an argument in capitals."""
    options = [each for each in parameter.opts if each.startswith("--")]
    return options[0] if options else str(parameter.name).upper()


def _words_of(error: TyperException) -> str:
    text = cleaned_text(error.format_message()).rstrip(".?")
    if text.startswith(_EXTRA):
        extra = text.rpartition(" (")[2].rstrip(")")
        return f"it takes no further words, but got {extra}"
    return text[:1].lower() + text[1:]


def _value_of(error: TyperException) -> Any:
    findings = getattr(error.__cause__, "errors", None)
    return findings()[0].get("input") if findings else error.message


def _help_of(parameter: Any) -> str:
    text = (getattr(parameter, "help", "") or _TEXT).rstrip(".")
    return text[:1].lower() + text[1:]


def _allowed(parameter: Any) -> str:
    """Return what a parameter takes: its type with its bounds."""
    annotation = parameter.type_descriptor.annotation
    kinds = getattr(annotation, "__args__", (annotation,))
    kind = next((_KINDS[each] for each in kinds if each in _KINDS), _TEXT)
    low, high = getattr(parameter, "min", None), getattr(parameter, "max", None)
    if low is not None and high is not None:
        return f"{kind} from {low:,} to {high:,}"
    if low is not None:
        return f"{kind} of at least {low:,}"
    return kind if high is None else f"{kind} of at most {high:,}"
