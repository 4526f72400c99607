"""Messages from outside: starts, updates and signals are looked at before they count.

Whoever reaches Temporal's port sends what they like. What is no message of ours is refused with a code: an
update by its validator, a start by failing its workflow once; a signal, which nobody can refuse, is dropped
with a line in the log. None of them makes a workflow's task fail, which would be tried again without end.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from types import NoneType
from typing import Any, ParamSpec, TypeVar, cast, get_args, get_type_hints

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.contract import SwitchOrder
from activities.signed_command import OUTSIDE_ACTOR
from domain.kernel.errors import CommandUnsigned, PlanSwitchError, UnreadableMessage
from domain.text.message_shapes import require_shape
from domain.text.plain_text import cleaned_text, require_plain_text, require_told
from workflows.base.messages import OperatorCommand

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")
Message = TypeVar("Message")
Outcome = TypeVar("Outcome")
Init = TypeVar("Init", bound=Callable[..., None])
Run = TypeVar("Run", bound=Callable[..., Awaitable[Any]])
#: Where a workflow keeps why its start was refused.
_REFUSAL = "_start_refusal"
CANCELLED_OUTSIDE = "The workflow was cancelled in Temporal."


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wanted:
    """The message that a handler takes."""

    #: Its dataclass.
    kind: Any
    is_optional: bool


def plain_update(
    handler: Callable[Parameters, Awaitable[Answer]],
) -> workflow.UpdateMethodMultiParam[Parameters, Answer]:
    """Mark a method as an update whose message is looked at before anything of it gets into a history.

    A replay asks no validator, so that recorded histories run as they ran.

    Args:
        handler: Takes one message, which may be optional.
    """
    wanted, hints = _wanted(handler), get_type_hints(handler)

    # The library hands over what the JSON says: it must not read the message itself, so it gets no type.
    async def update(self: Any, *messages: Any) -> Any:
        _require_taken(self)
        arguments = [_read(messages[0], wanted)] if messages else []
        return await cast("Callable[..., Awaitable[Any]]", handler)(self, *arguments)

    def validator(self: Any, *messages: Any) -> None:  # noqa: ARG001 - the library binds it
        try:
            _require_message(messages, wanted)
        except PlanSwitchError as error:
            raise _application_error(error) from error

    update.__name__, update.__doc__ = handler.__name__, handler.__doc__
    update.__annotations__["return"] = hints["return"]
    marked = workflow.update(update)
    marked.validator(cast("Any", validator))
    return cast("workflow.UpdateMethodMultiParam[Parameters, Answer]", marked)


def plain_signal(handler: Callable[[Any, Message], None]) -> Callable[[Any, Message], None]:
    """Mark a method as a signal whose message is looked at; what is none is dropped, and logged.

    Args:
        handler: Takes one message.
    """
    wanted = _wanted(handler)

    def signal(self: Any, *messages: Any) -> None:
        try:
            _require_taken(self)
            _require_message(messages, wanted)
            message = _read(messages[0], wanted)
        except (PlanSwitchError, ApplicationError) as error:
            workflow.logger.warning("signal_dropped %s: %s", handler.__name__, error)
            return
        handler(self, message)

    signal.__name__, signal.__doc__ = handler.__name__, handler.__doc__
    return cast("Callable[[Any, Message], None]", workflow.signal(signal))


def plain_start(init: Init) -> Init:
    """Mark an `__init__` as the start of a workflow that is looked at; `plain_run` refuses what is none.

    A replay looks at the kind alone: what was taken once is taken.

    Args:
        init: Takes the message that the workflow's run takes.
    """
    wanted = _wanted(init)

    @wraps(init)
    def checked(self: Any, *messages: Any) -> None:
        try:
            _require_start(messages, wanted)
        except PlanSwitchError as error:
            # Raised here, it would leave the run behind, begun and never awaited.
            setattr(self, _REFUSAL, _application_error(error))
        else:
            init(self, *messages)

    return cast("Init", workflow.init(checked))


def plain_run(run: Run) -> Run:
    """Mark a method as the run of a workflow, which fails at once where its start was refused.

    Args:
        run: Takes one message.
    """

    @wraps(run)
    async def checked(self: Any, *messages: Any) -> Any:
        _require_taken(self)
        return await run(self, *messages)

    return cast("Run", workflow.run(checked))


async def shielded(task: asyncio.Task[Outcome], cancel: Callable[[OperatorCommand], bool]) -> Outcome:
    """Wait for a task that a cancel of its workflow does not stop, and return what it returns.

    Args:
        task: The workflow's work.
        cancel: Takes the cancel as a command: it may be too late for it.
    """
    while True:
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            reason = workflow.cancellation_reason()
            if task.done() or reason is None:
                raise
            # Nobody can refuse any more what Temporal's own tools hand in.
            text = cleaned_text(reason or CANCELLED_OUTSIDE)
            cancel(OperatorCommand(request_id="", actor=OUTSIDE_ACTOR, reason=text))


def require_said(reason: str) -> None:
    """Refuse a reason of blanks; one that is not given is no reason, and may be left out.

    Raises:
        InvalidInput: It is nothing but blanks.
    """
    if reason:
        require_told(reason)


def require_enveloped(facts: Mapping[str, Any], kind: Any) -> None:
    """Refuse a command without a signature; whether a signature is right, a step tells (ADR 19).

    Args:
        facts: What its JSON says.
        kind: Its dataclass; an order is no command: its own step tells of its signature.

    Raises:
        CommandUnsigned: It has none.
    """
    is_command = "signed" in kind.__dataclass_fields__ and kind.__name__ != SwitchOrder.__name__
    if is_command and facts.get("signed") is None:
        raise CommandUnsigned("The command carries no signature.")


def is_possible(message: Any, kind: Any) -> bool:
    """Return whether a message holds what the fields of its kind may hold."""
    try:
        require_shape(message, kind)
    except PlanSwitchError:
        return False
    return True


def _require_message(messages: Sequence[Any], wanted: _Wanted) -> None:
    """Refuse messages that are not the one that is wanted."""
    if wanted.is_optional and list(messages) in ([], [None]):
        return
    if len(messages) != 1 or not isinstance(messages[0], dict):
        raise _unreadable(f"It came with {len(messages)} messages, or with no JSON object", wanted)
    facts = messages[0]
    require_plain_text(facts)
    if isinstance(facts.get("reason"), str):
        require_said(facts["reason"])
    require_shape(facts, wanted.kind, is_command=True)
    require_enveloped(facts, wanted.kind)


def _unreadable(what: str, wanted: _Wanted) -> UnreadableMessage:
    fields = ", ".join(each for each in wanted.kind.__dataclass_fields__)
    return UnreadableMessage(
        f"{what}; allowed: one message, a JSON object.", remedy=f"Give one with the fields {fields}."
    )


def _read(facts: Any, wanted: _Wanted) -> Any:
    """Read a message from what its JSON says; null stands for one that is optional."""
    kind = wanted.kind | None if wanted.is_optional else wanted.kind
    converter = workflow.payload_converter()
    return converter.from_payload(converter.to_payload(facts), kind)


def _wanted(handler: Callable[..., Any]) -> _Wanted:
    """Return what a method takes beside itself."""
    _, parameter = inspect.signature(handler).parameters.values()
    hint = get_type_hints(handler)[parameter.name]
    kinds = [each for each in get_args(hint) or (hint,) if each is not NoneType]
    return _Wanted(kind=kinds[0], is_optional=parameter.default is not inspect.Parameter.empty)


def _require_start(messages: Sequence[Any], wanted: _Wanted) -> None:
    """Refuse a start that is no message of its kind."""
    if len(messages) != 1 or not isinstance(messages[0], wanted.kind):
        raise _unreadable(f"It was started with {len(messages)} messages, or with another one", wanted)
    if not workflow.unsafe.is_replaying():
        require_shape(messages[0], wanted.kind)


def _require_taken(owner: Any) -> None:
    """Refuse everything to a workflow whose start was refused."""
    refusal: ApplicationError | None = getattr(owner, _REFUSAL, None)
    if refusal is not None:
        raise refusal


def _application_error(error: PlanSwitchError) -> ApplicationError:
    """Return a refusal as Temporal tells it, with the stable code."""
    message = f"{error.message} {error.remedy}".strip()
    return ApplicationError(message, type=error.code, non_retryable=True)
