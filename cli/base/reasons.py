"""The option by which a person says why: blanks alone tell nothing, as on the pages and in the API."""

from __future__ import annotations

from typing import Annotated

import typer

from domain.text.plain_text import require_told

_OPTION, _HELP = "--reason", "Why; it goes into the record."


def _checked(reason: str) -> str:
    return require_told(reason, field=_OPTION)


def _reason_or_absent(reason: str) -> str:
    return _checked(reason) if reason else reason


Reason = Annotated[str, typer.Option(_OPTION, help=_HELP, callback=_checked)]
#: A reason that need not be given.
OptionalReason = Annotated[str, typer.Option(_OPTION, help=_HELP, callback=_reason_or_absent)]
