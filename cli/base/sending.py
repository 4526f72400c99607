"""Sending a command under a request id, so that one whose answer was lost can be sent again."""

from __future__ import annotations

from typing import Annotated
from uuid import uuid4

import typer

from cli.base.client import Answer, ConsoleClient, Fields
from cli.base.errors import AnswerLost, ApiProblem
from cli.text.output import note
from domain.kernel.errors import PlanSwitchError

_UNCERTAIN_FROM = 500
#: Codes that say themselves what was sent and how to send it again.
_CERTAIN = frozenset({"TEMPORAL_ABSENT", "WORKER_ABSENT"})

RequestId = Annotated[str | None, typer.Option(help="The same id acts once, however often it is sent.")]


def send(
    kind: type[Answer], console: ConsoleClient, path: str, body: Fields, *, request_id: str | None
) -> Answer:
    """Send a command, and return its answer; where that is lost, note the id that repeats the command.

    Args:
        kind: Model of the answer.
        console: Where to.
        path: Of the API.
        body: What is sent, without its request id.
        request_id: Names the command; None makes a new one.

    Raises:
        ApiProblem: The console refused.
        ServerUnavailable: The console does not answer; AnswerLost where it may have been asked.
    """
    own_id = str(uuid4()) if request_id is None else request_id
    try:
        return console.post(kind, path, {**body, "request_id": own_id})
    except PlanSwitchError as error:
        if _is_uncertain(error):
            note("It may have been taken. To send the same command again, add")
            note(f"  --request-id {own_id}")
        raise


def _is_uncertain(error: PlanSwitchError) -> bool:
    """Return whether a command that failed so may act all the same."""
    if isinstance(error, ApiProblem):
        is_certain = error.problem_code in _CERTAIN
        return not is_certain and error.handling.http_status >= _UNCERTAIN_FROM
    return isinstance(error, AnswerLost)
