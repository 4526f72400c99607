"""A command that meets a switch which is just ending is answered, or told that it came too late."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from domain.kernel.errors import RuleViolated
from services.temporal.command_signer import CommandSigner
from services.temporal.switch_workflows import SwitchWorkflows
from tests.support.worlds.signing import KEYS
from workflows.base.messages import CommandAnswer, OperatorCommand

COMMAND = OperatorCommand(request_id="cancel-1", actor="olga", reason="wrong plan")
ANSWER = CommandAnswer(accepted=True, stage="ending", message="It is taken back.")
CLOSING = RPCError("workflow update was aborted by closing workflow", RPCStatusCode.ABORTED, b"")
CLOSED = RPCError("workflow execution already completed", RPCStatusCode.NOT_FOUND, b"")


class ClosingServer:
    """A client and handle of Temporal that answers in the given order; a real one closes when it likes."""

    def __init__(self, *answers: CommandAnswer | RPCError) -> None:
        self._answers: Iterator[CommandAnswer | RPCError] = iter(answers)
        self.asked: list[str] = []

    def get_workflow_handle(self, _: str) -> ClosingServer:
        """Return the handle of any workflow."""
        return self

    async def start_update(self, _: str, __: OperatorCommand, *, id: str, **___: Any) -> ClosingServer:  # noqa: A002 - the library's name
        """Take a command; this is also the handle of its answer."""
        self.asked.append(id)
        return self

    async def result(self) -> CommandAnswer:
        """Answer as the server does next."""
        answer = next(self._answers)
        if isinstance(answer, RPCError):
            raise answer
        return answer


async def send(server: ClosingServer) -> CommandAnswer:
    """Send the command as the console does."""

    async def connect() -> Client:
        return cast("Client", server)

    workflows = SwitchWorkflows(connect, task_queue="unused", signer=CommandSigner(KEYS))
    return await workflows.command("switch:1", "cancel", COMMAND)


async def test_a_command_whose_answer_the_end_swallowed_is_asked_for_once_more() -> None:
    """The id is the same, so the command acts once and its own answer is found (rules#operator-controls)."""
    server = ClosingServer(CLOSING, ANSWER)

    assert await send(server) == ANSWER
    assert server.asked == ["cancel-1", "cancel-1"]


async def test_a_command_that_came_too_late_is_told_that_the_switch_has_ended() -> None:
    """It is not told that Temporal does not answer: the operator would look in the wrong place."""
    with pytest.raises(RuleViolated, match="has ended"):
        await send(ClosingServer(CLOSING, CLOSED))
