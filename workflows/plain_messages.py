"""Texts of messages from outside: an update with one that no reader can bear is refused before it counts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.contract import SwitchOrder
from domain.errors import CommandUnsigned, PlanSwitchError
from domain.plain_text import cleaned_text, require_plain_text, require_told

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")
#: Stands for the envelope of a message that has no place for one.
UNSIGNABLE = object()


def plain_update(
    handler: Callable[Parameters, Awaitable[Answer]],
) -> workflow.UpdateMethodMultiParam[Parameters, Answer]:
    """Mark a method as an update whose texts are looked at before anything of it gets into a history.

    A replay asks no validator, so that recorded histories run as they ran.

    Args:
        handler: Takes at most one message.
    """

    # The library wants the parameters of the update, which `wraps` tells it.
    @wraps(handler)
    def validator(_workflow: Any, message: Any = None) -> None:
        try:
            require_plain_text(message)
            require_said(getattr(message, "reason", ""))
            require_enveloped(message)
        except PlanSwitchError as error:
            raise ApplicationError(error.message, type=error.code, non_retryable=True) from error

    update = workflow.update(handler)
    update.validator(cast("Callable[Parameters, None]", validator))
    return update


def require_said(reason: str) -> None:
    """Refuse a reason of blanks; one that is not given is no reason, and may be left out.

    Raises:
        InvalidInput: It is nothing but blanks.
    """
    if reason:
        require_told(reason)


def require_enveloped(message: Any) -> None:
    """Refuse a command without a signature; whether a signature is right, a step tells (ADR 19).

    Raises:
        CommandUnsigned: It has none.
    """
    if getattr(message, "signed", UNSIGNABLE) is None and not isinstance(message, SwitchOrder):
        raise CommandUnsigned("The command carries no signature.")


def outside_text(text: str) -> str:
    """Return what Temporal's own tools hand in and nobody can refuse any more, cleaned."""
    return cleaned_text(text)
