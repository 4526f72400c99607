"""Updates that are commands: each is signed, and looked at by a step before it acts (ADR 19).

The key is no workflow's business: a validator refuses what carries no signature, and the step
`commands.admit` what carries a wrong one. A replay asks no validator, and a command of before
carries none, so that recorded histories run as they ran.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from typing import Any, Protocol, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, FailureError

from activities.contract import StreamPosition, SwitchOrder
from activities.signing.proof_contract import ADMIT, AdmitInput
from workflows.base.messages import CommandAnswer, CreditDecision, CreditExtension, OperatorCommand
from workflows.base.plain_messages import plain_update
from workflows.base.steps import failure_of, run_step

REPEATED = "This command was taken before; the record has it."


@dataclass(frozen=True, kw_only=True)
class Whereabouts:
    """What is commanded, and where it stands."""

    order: SwitchOrder
    after: tuple[StreamPosition, ...]
    #: Stage that an answer names.
    stage: str
    #: What was signed before this was given to an earlier run; None: it goes on here.
    run_began_at: datetime | None = None


class Envelopes:
    """The envelopes that a run was handed: each is answered once, however often it is sent.

    Histories show envelopes, so a reader of one could send it again as another update.
    """

    def __init__(self) -> None:
        self._asked: set[str] = set()
        self._answers: dict[str, CommandAnswer | FailureError] = {}

    async def once(self, signature: str, ask: Callable[[], Awaitable[CommandAnswer]]) -> CommandAnswer:
        """Ask once for each signature, and answer the same from then on.

        Raises:
            FailureError: That was its answer.
        """
        if signature in self._asked:
            await workflow.wait_condition(lambda: signature in self._answers)
            return self._answer(signature)
        self._asked.add(signature)
        try:
            self._answers[signature] = await ask()
        except FailureError as error:
            self._answers[signature] = error
        return self._answer(signature)

    def _answer(self, signature: str) -> CommandAnswer:
        answer = self._answers[signature]
        if isinstance(answer, FailureError):
            raise answer
        return answer


class Commanded(Protocol):
    """A workflow that takes commands."""

    envelopes: Envelopes

    def whereabouts(self) -> Whereabouts:
        """Return what a step needs to look at a command."""
        ...


Workflow = TypeVar("Workflow", bound=Commanded)
Message = TypeVar("Message", bound=OperatorCommand | CreditDecision | CreditExtension)


def signed_update(
    handler: Callable[[Workflow, Message], Awaitable[CommandAnswer]],
) -> workflow.UpdateMethodMultiParam[[Workflow, Message], CommandAnswer]:
    """Mark a method as a command: it is called once a step has found its signature right.

    Args:
        handler: Takes one message with an envelope, and answers it.
    """

    @wraps(handler)
    async def admitted(self: Workflow, message: Message) -> CommandAnswer:
        if message.signed is None:
            # Of a history of before: nobody asks a validator in a replay.
            return await handler(self, message)
        return await self.envelopes.once(message.signed.signature, lambda: ask(self, message))

    async def ask(self: Workflow, message: Message) -> CommandAnswer:
        result = await _admitted(self, message, handler.__name__)
        if result is None:
            return CommandAnswer(accepted=True, stage=self.whereabouts().stage, message=REPEATED)
        return await handler(self, result)

    return plain_update(admitted)


async def _admitted(switch: Commanded, message: Message, command: str) -> Message | None:
    """Return the message with the worker's seal, or None where the record has the command already."""
    signed: Any = message.signed
    here = switch.whereabouts()
    step_input = AdmitInput(
        order=here.order,
        after=here.after,
        command=command,
        signed=signed,
        run_began_at=here.run_began_at,
    )
    try:
        result = await run_step(ADMIT, step_input, summary=command)
    except ActivityError as error:
        code, text = failure_of(error)
        raise ApplicationError(text, type=code, non_retryable=True) from error
    return None if result.is_repeated else replace(message, signed=result.signed)
