"""Questions before what can't be undone: a person is asked; where nobody can be, `--yes` must be given."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from domain.kernel.errors import InvalidInput, PlanSwitchError

DECLINED_BY_PERSON = 1
YES = "--yes"
_CANNOT_BE_ASKED = "Nobody can be asked here: add"


class AnswerMissing(PlanSwitchError):
    """What can't be undone was neither confirmed nor declined; nothing was changed."""

    code = InvalidInput.code


Yes = Annotated[bool, typer.Option(YES, help="Do not ask.")]


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
