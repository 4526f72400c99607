"""Commands of operators: each request id acts once, and is answered once it is in the record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities.contract import SwitchOrder
from activities.way_back.return_contract import RECORD_COMMAND, RecordCommandInput
from domain.switch.stage import Stage
from workflows.base.messages import CommandAnswer, OperatorCommand
from workflows.base.steps import Progress, failure_of, run_step


class Commands:
    """The commands that one run of a switch has taken.

    Args:
        order: The switch.
        progress: What its steps have saved.
        stage: Returns the stage that an answer names.
    """

    def __init__(self, order: SwitchOrder, progress: Progress, *, stage: Callable[[], Stage]) -> None:
        self._order = order
        self._progress = progress
        self._stage = stage
        self._begun: set[str] = set()
        #: Commands that a step of their own carries out now.
        self._asking: set[str] = set()
        self._answers: dict[str, CommandAnswer] = {}

    async def take(
        self,
        name: str,
        command: OperatorCommand,
        *,
        act: Callable[[], bool],
        done: str,
        refused: str,
        record: Callable[[OperatorCommand], Awaitable[None]] | None = None,
    ) -> CommandAnswer:
        """Act on a command at once, record it, and answer.

        Args:
            name: cancel, roll_back, retry, pause or resume.
            command: Who wants it, and why.
            act: Begins what is wanted, and returns whether that is possible now.
            done: Answer when it was.
            refused: Answer when it was not.
            record: Writes it to the record; None writes that it was commanded, and nothing else.

        Raises:
            ApplicationError: It was begun, but the record can't be written.
        """
        if command.request_id in self._begun:
            await workflow.wait_condition(lambda: command.request_id in self._answers)
            return self._answers[command.request_id]
        self._begun.add(command.request_id)
        is_accepted = act()
        stage = self._stage()
        answer = CommandAnswer(accepted=is_accepted, stage=stage, message=done if is_accepted else refused)
        try:
            if is_accepted and record is not None:
                await record(command)
            elif is_accepted:
                await self._record(name, command)
        finally:
            self._answers[command.request_id] = answer
        return answer

    async def once(
        self, command: OperatorCommand, ask: Callable[[], Awaitable[CommandAnswer]]
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
            answer = await ask()
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
        """Tell whether a command is being carried out by a step of its own."""
        return bool(self._asking)

    def is_asking_beside(self, command: OperatorCommand) -> bool:
        """Tell whether another command is being carried out by a step of its own."""
        return bool(self._asking - {command.request_id})

    async def _record(self, name: str, command: OperatorCommand) -> None:
        try:
            result = await run_step(
                RECORD_COMMAND,
                RecordCommandInput(
                    order=self._order,
                    after=self._progress.positions(),
                    command=name,
                    request_id=command.request_id,
                    actor=command.actor,
                    reason=command.reason,
                    signed=command.signed,
                ),
                summary=f"{name} by an operator",
            )
        except ActivityError as error:
            code, message = failure_of(error)
            raise ApplicationError(
                f"The command was taken, but it is not recorded: {message}", type=code, non_retryable=True
            ) from error
        self._progress.add(result.saved)
