"""Commands of operators: each request id acts once, and is answered once it is in the record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities.operator.control_contract import RECORD_COMMAND, RecordCommandInput
from workflows.base.messages import CommandAnswer, OperatorCommand
from workflows.base.steps import failure_of
from workflows.switch.run import SwitchRun

Message = TypeVar("Message", bound=OperatorCommand)


class Commands:
    """The commands that one run of a switch has taken."""

    def __init__(self, run: SwitchRun) -> None:
        self._run = run
        self._begun: set[str] = set()
        #: Commands that a step of their own carries out now.
        self._asking: set[str] = set()
        self._answers: dict[str, CommandAnswer] = {}

    async def take(
        self,
        name: str,
        command: OperatorCommand,
        act: Callable[[OperatorCommand], CommandAnswer],
        *,
        record: Callable[[OperatorCommand], Awaitable[None]] | None = None,
    ) -> CommandAnswer:
        """Act on a command at once, record it, and answer.

        Args:
            name: cancel, roll_back, retry, pause or resume.
            command: Who wants it, and why.
            act: Begins what is wanted, and answers whether that is possible now.
            record: Writes it to the record; None writes that it was commanded, and nothing else.

        Raises:
            ApplicationError: It was begun, but the record can't be written.
        """
        if command.request_id in self._begun:
            await workflow.wait_condition(lambda: command.request_id in self._answers)
            return self._answers[command.request_id]
        self._begun.add(command.request_id)
        answer = act(command)
        try:
            if answer.accepted and record is not None:
                await record(command)
            elif answer.accepted:
                await self._record(name, command)
        finally:
            self._answers[command.request_id] = answer
        return answer

    async def once(
        self, command: Message, ask: Callable[[Message], Awaitable[CommandAnswer]]
    ) -> CommandAnswer:
        """Ask for a command once, however often it is sent; a refusal or a failure may be asked again.

        Args:
            command: Who wants it, and why.
            ask: Carries it out, records it, and answers.
        """
        if command.request_id in self._begun:
            await workflow.wait_condition(lambda: command.request_id not in self._asking)
        known = self._answers.get(command.request_id)
        if known is not None:
            return known
        self._begun.add(command.request_id)
        self._asking.add(command.request_id)
        try:
            answer = await ask(command)
        except ActivityError as error:
            code, message = failure_of(error)
            raise ApplicationError(message, type=code, non_retryable=True) from error
        finally:
            self._asking.discard(command.request_id)
        if answer.accepted:
            self._answers[command.request_id] = answer
        return answer

    @property
    def is_asking(self) -> bool:
        """Return whether a command is being carried out by a step of its own."""
        return bool(self._asking)

    def is_asking_beside(self, command: OperatorCommand) -> bool:
        """Return whether another command is being carried out by a step of its own."""
        return bool(self._asking - {command.request_id})

    async def _record(self, name: str, command: OperatorCommand) -> None:
        try:
            await self._run.run_step(
                RECORD_COMMAND,
                self._run.input_for(RecordCommandInput, command, command=name),
                summary=f"{name} by an operator",
            )
        except ActivityError as error:
            code, message = failure_of(error)
            raise ApplicationError(
                f"The command was taken, but it is not recorded: {message}", type=code, non_retryable=True
            ) from error
