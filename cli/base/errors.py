"""How the command line tells an error: code, message and remedy on stderr, and a stable exit code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from cli.text.option_names import with_options
from cli.text.output import wrapped
from cli.text.support_text import support_lines
from cli.text.usage import usage_error
from domain.kernel.errors import Handling, PlanSwitchError, handling_of
from domain.text.plain_text import require_plain_text

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


class CommandGroup(TyperGroup):
    """The root command: turns every error of the product into its text and exit code."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the words of the whole command line, to be looked at before any command reads one."""
        ctx.meta[_WORDS] = tuple(args)
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


def _problem_reason(facts: object) -> ProblemReason:
    fields: dict[str, object] = facts if isinstance(facts, dict) else {}
    words = {name: str(fields.get(name) or "") for name in ("code", "message", "remedy", "docs")}
    support = fields.get("support")
    return ProblemReason(**words, contact=str(support["contact"]) if isinstance(support, dict) else None)


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
    reasons = [reason for reason in _reasons_of(error) if reason.code != code]
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


def _reasons_of(error: PlanSwitchError) -> Sequence[ProblemReason]:
    return error.reasons if isinstance(error, ApiProblem) else ()


def _reason_lines(reasons: Sequence[ProblemReason]) -> list[str]:
    lines = []
    for reason in reasons:
        lines += wrapped(f"{reason.code}: {reason.message}", 2 * _INDENT, "  - ")
        lines += wrapped(f"what to do: {reason.remedy}", 2 * _INDENT) if reason.remedy else []
        lines += support_lines(reason.contact, 2 * _INDENT)
        lines += [f"{' ' * 2 * _INDENT}more: {reason.docs}"] if reason.docs else []
    return lines
