"""How the command line tells an error: code, message and remedy on stderr, and a stable exit code.

What the parser refuses, and what the API says of a field, is told in the words of the options.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from cli.text.output import support_lines, wrapped
from domain.kernel.errors import Handling, InvalidInput, PlanSwitchError, handling_of
from domain.text.plain_text import cleaned_text, require_plain_text

PROGRAM = "planswitch"
_KINDS = {int: "a whole number", float: "a number", bool: "no value"}
_TEXT = "a text"
#: The parser shows the help where no command was named; that is no refusal.
_HELP = "NoArgsIsHelpError"
_MISSING = "MissingParameter"
_EXTRA = "Got unexpected extra argument"
#: Fields whose option has the same name.
_ALIKE = (
    "account after auto_renew before billing_cycle caller catalog days description kind label "
    "leave_others licenses_only limit max_total mode name organization overlap_hours owner payment_method "
    "pilot policy price_tolerance_percent quantity quiet_hours reason request_id revision rule_set "
    "service_settings set_usage_location since state subject subscription term until url "
    "users_of_department users_of_group users_with_plan"
)
#: Field of the API -> option, or argument in capitals.
OPTIONS = {name: f"--{name.replace('_', '-')}" for name in _ALIKE.split()} | {
    "accepted_digest": "--accept-quote",
    "acknowledgments": "--acknowledge",
    "address": "ADDRESS",
    "at_instant": "--instant",
    "at_position": "--position",
    "at_renewal": "--at-renewal",
    "at_version": "--version",
    "checkout": "CHECKOUT",
    "delivery_id": "--delivery",
    "event_types": "--type",
    "from_moment": "--from",
    "grace_seconds": "--grace",
    "kinds": "--kind",
    "notice_id": "NOTICE",
    "only_failed": "--failed",
    "organization_id": "ORGANIZATION",
    "organizations": "--organization",
    "pilot_group_id": "--pilot-group",
    "pilot_soak_seconds": "--pilot-soak",
    "quote_digest": "--quote",
    "source_subscription_id": "--subscription",
    "start_at": "--at",
    "start_on": "--on",
    "step": "STEP",
    "switch": "SWITCH",
    "switch_back_of": "SWITCH",
    "target_plan": "--to",
    "target_subscription_id": "--target-subscription",
    "to_moment": "--to",
    "user": "USER",
    "users": "--user",
    "users_listed": "--users",
    "wait_until": "--until",
}
#: Section of a checkout whose fields are given as FIELD=TEXT.
_PARTIES = {"sold_to": "--sold-to", "billed_to": "--billed-to"}
#: Field -> the options that give it, where several do: an error names the one that was typed.
_SPELLINGS = {
    "target_subscription_id": ("--to-subscription", "--target-subscription"),
    "users": ("--users", "--user", "--unassign"),
}
#: The words of the command that runs.
_typed: ContextVar[tuple[str, ...]] = ContextVar("typed", default=())
_INDENT = 2
#: Where a context keeps the words that were typed.
_WORDS = "planswitch.words"


class ServerUnavailable(PlanSwitchError):
    """The console does not answer, so nothing was asked and nothing was changed."""

    code = "SERVER_UNAVAILABLE"


class AnswerLost(ServerUnavailable):
    """The console was asked and its answer did not come: what was asked may be done."""


class CorruptFile(PlanSwitchError):
    """A file that was handed in cannot be used; nothing was written."""

    code = "CORRUPT_FILE"


class FileUnusable(PlanSwitchError):
    """A file or a folder that was named can't be read, made or written; the system said why."""

    code = "INVALID_INPUT"


class UsageRefused(PlanSwitchError):
    """The words of a command line are none of its commands, options or arguments; nothing was done."""

    code = InvalidInput.code


@dataclass(frozen=True, kw_only=True, slots=True)
class ProblemReason:
    """A reason of a problem document; "" is what it does not say."""

    code: str
    message: str
    remedy: str
    docs: str
    #: Whom to call; None where the remedy does not say support.
    contact: str | None


class ApiProblem(PlanSwitchError):
    """A problem document of the API, as an error of the command."""

    def __init__(self, document: Mapping[str, object]) -> None:
        field = str(document.get("field") or "")
        what = str(document.get("detail") or document.get("title") or "The request failed.")
        super().__init__(
            with_options(what, field), remedy=with_options(str(document.get("remedy") or ""), field)
        )
        self.document = document
        self.problem_code = str(document.get("code") or "UNEXPECTED")
        reasons = document.get("reasons")
        self.reasons = tuple(_problem_reason(each) for each in reasons) if isinstance(reasons, list) else ()
        self.request_id = str(document.get("request_id") or "")

    @property
    def handling(self) -> Handling:
        """Return how the edges treat the code that the API named."""
        return handling_of(self.problem_code)


def _problem_reason(facts: object) -> ProblemReason:
    fields: dict[str, object] = facts if isinstance(facts, dict) else {}
    words = {name: str(fields.get(name) or "") for name in ("code", "message", "remedy", "docs")}
    support = fields.get("support")
    return ProblemReason(**words, contact=str(support["contact"]) if isinstance(support, dict) else None)


class CommandGroup(TyperGroup):
    """The root command: turns every error of the product into its text and exit code."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the words of the whole command line, to be looked at before any command reads one."""
        ctx.meta[_WORDS] = tuple(args)
        _typed.set(tuple(args))
        return super().parse_args(ctx, args)

    def make_context(self, *args: Any, **options: Any) -> Any:
        """Read the words that come before the command.

        Raises:
            Exit: They are none that it takes.
        """
        with _usage_errors_shown():
            return super().make_context(*args, **options)

    def invoke(self, ctx: Any) -> Any:
        """Run the command.

        Raises:
            Exit: The command failed; its code is documented in docs/cli.md.
        """
        with _usage_errors_shown():
            for word in ctx.meta.get(_WORDS, ()):
                require_plain_text(word, field="the command line")
            return super().invoke(ctx)


@contextmanager
def _usage_errors_shown() -> Iterator[None]:
    """Print an error of the product, or of the parser, and leave with its exit code."""
    try:
        yield
    except PlanSwitchError as error:
        show_error(error)
        raise typer.Exit(error.handling.exit_code) from error
    except TyperException as refusal:
        usage = usage_error(refusal)
        if usage is None:
            raise
        show_error(usage)
        raise typer.Exit(usage.handling.exit_code) from refusal
    except OSError as error:
        if error.filename is None:
            raise
        unusable = FileUnusable(
            f"{error.filename} can't be used: {error.strerror}.",
            remedy="Name a file or a folder that exists, and that this account may use.",
        )
        show_error(unusable)
        raise typer.Exit(unusable.handling.exit_code) from error


def show_error(error: PlanSwitchError) -> None:
    """Write what happened, why, and what to do to stderr."""
    code = error.problem_code if isinstance(error, ApiProblem) else error.code
    all_reasons = error.reasons if isinstance(error, ApiProblem) else ()
    reasons = [reason for reason in all_reasons if reason.code != code]
    if reasons:
        lines = [f"error {code}: refused, because", *_reason_lines(reasons)]
    else:
        # The end of a log may follow the message: its lines stay lines.
        message, remedy = _in_options(error)
        title = f"error {code}: {message}".splitlines()
        lines = [line for paragraph in title for line in wrapped(paragraph, 0)]
        lines += wrapped(f"what to do: {remedy}", _INDENT) if remedy else []
    if isinstance(error, ApiProblem) and error.request_id:
        lines.append(f"  request: {error.request_id}")
    typer.echo("\n".join(lines), err=True)


def _in_options(error: PlanSwitchError) -> tuple[str, str]:
    """Return message and remedy about options: what is checked here speaks of fields, as the API does."""
    field = str(error.details.get("field") or "")
    if isinstance(error, ApiProblem) or not field:
        return error.message, error.remedy
    return with_options(error.message, field), with_options(error.remedy, field)


def _reason_lines(reasons: Sequence[ProblemReason]) -> list[str]:
    lines = []
    for reason in reasons:
        lines += wrapped(f"{reason.code}: {reason.message}", 2 * _INDENT, "  - ")
        lines += wrapped(f"what to do: {reason.remedy}", 2 * _INDENT) if reason.remedy else []
        lines += support_lines(reason.contact, 2 * _INDENT)
        lines += [f"{' ' * 2 * _INDENT}more: {reason.docs}"] if reason.docs else []
    return lines


def with_options(text: str, field: str) -> str:
    """Return words about a field of the API as words about the option.

    A name of one plain word is a word of prose as well: it is the field where a sentence is about it.
    """
    if not field:
        return text
    before = r"(?<![\w.-])" if re.search(r"[_.]", field) else r"(?:^|(?<=Correct )|(?<=Give ))"
    option = option_of(field)
    return re.sub(rf"{before}{re.escape(field)}(?![\w.-]*\w)", lambda _: option, text)


def option_of(field: str) -> str:
    """Return how a field is given on the command line; one that is not given there keeps its name."""
    section, _, inner = field.partition(".")
    typed = {word.partition("=")[0] for word in _typed.get()}
    own = next((each for each in _SPELLINGS.get(section, ()) if each in typed), "")
    if own:
        return own
    if section in _PARTIES and inner:
        return f"{_PARTIES[section]} {inner}"
    return OPTIONS.get(inner or section, OPTIONS.get(section, field))


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
