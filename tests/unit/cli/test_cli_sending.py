"""A command whose answer is lost tells the request id that repeats it (rules#operator-controls)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cli.base.client import Answer, ConsoleClient, send
from cli.base.errors import AnswerLost, ApiProblem, ServerUnavailable
from cli.base.options import grouped
from cli.switch.switch import Question
from client.client import Request
from domain.kernel.errors import PlanSwitchError


class Console(ConsoleClient):
    """Fails as it is told, and keeps what it was sent."""

    def __init__(self, error: PlanSwitchError | None) -> None:
        super().__init__("http://127.0.0.1:9", None)
        self.error = error
        self.sent: list[dict[str, Any]] = []

    def ask(self, kind: type[Answer], request: Request) -> Answer:
        """Keep what is sent to a path and answer with it, or fail."""
        self.sent.append({"path": request.path, **(request.body or {})})
        if self.error:
            raise self.error
        return kind()


def somewhere(*, body: Mapping[str, Any]) -> Request:
    """Return a request, as a function of the client does."""
    return Request(method="POST", path="/somewhere", body=body)


@pytest.mark.parametrize(
    ("error", "is_told"),
    [
        (AnswerLost("no answer"), True),
        (ApiProblem({"code": "SERVER_UNAVAILABLE", "detail": "too late"}), True),
        (ApiProblem({"code": "UNEXPECTED", "detail": "a proxy"}), True),
        (ApiProblem({"code": "RULE_VIOLATED", "detail": "refused"}), False),
        (ServerUnavailable("nobody listens"), False),
    ],
)
def test_only_a_lost_answer_tells_the_id(
    *, error: PlanSwitchError, is_told: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """What may act all the same can be sent again by the id that is told; a refusal needs none."""
    console = Console(error)

    with pytest.raises(type(error)):
        send(dict, console, somewhere, {"reason": "x"}, request_id=None)

    (sent,) = console.sent
    assert (f"--request-id {sent['request_id']}" in capsys.readouterr().err) == is_told


def test_a_given_id_is_sent_and_a_missing_one_is_made() -> None:
    """Each command without an id has one of its own."""
    console = Console(None)

    for given in ("mine", None, None):
        send(dict, console, somewhere, {}, request_id=given)

    ids = [each["request_id"] for each in console.sent]
    assert ids[0] == "mine"
    assert len(set(ids)) == 3


def test_a_console_that_is_not_there_was_not_asked() -> None:
    """Where nobody listens nothing can have been done, so nothing needs to be repeated by its id."""
    with ConsoleClient("http://127.0.0.1:9", None) as console, pytest.raises(ServerUnavailable) as caught:
        console.ask(dict, somewhere(body={}))

    assert type(caught.value) is ServerUnavailable


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        ([], {}),
        (["--pilot-soak", "0", "--rule-set", "current"], {}),
        (["--pilot-soak", "60", "--on", ""], {"pilot_soak_seconds": 60, "start_on": ""}),
        (["--acknowledge", "a"], {"acknowledgments": ["a"]}),
    ],
)
def test_an_option_at_its_default_is_not_sent(words: list[str], sent: dict[str, Any]) -> None:
    """A console of before refuses a field that it does not know, and its default is what it does anyway."""
    app = typer.Typer()

    @app.command()
    @grouped
    def ask(*, question: Question) -> None:
        typer.echo(json.dumps(question.body))

    ran = CliRunner().invoke(app, ["o", "--to", "E3", *words])

    assert json.loads(ran.output) == {"organization_id": "o", "target_plan": "E3", **sent}
