"""`planswitch credit`: answer a credit check in the bureau's place, or give it more time."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.base.api_paths import api_path
from cli.base.client import Fields, console_client
from cli.base.confirming import Yes, require_yes
from cli.base.reasons import Reason
from cli.base.sending import RequestId, send
from cli.text import answers
from cli.text.output import JsonOption, note, print_command

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Answer the credit check of a switch.",
)

#: As the API allows it (rules#credit-check).
DAYS_MAX = 2

Switch = Annotated[str, typer.Argument(help="Id of the switch, or its first 8 characters.")]


@app.command()
def approve(
    switch: Switch, reason: Reason, request_id: RequestId = None, as_json: JsonOption = False
) -> None:
    """Approve: the switch goes on by itself."""
    _act(switch, "credit/approve", {"reason": reason}, request_id=request_id, as_json=as_json)


@app.command()
def decline(
    *,
    switch: Switch,
    reason: Reason,
    yes: Yes = False,
    request_id: RequestId = None,
    as_json: JsonOption = False,
) -> None:
    """Decline: the order is voided, the old plan is kept, nothing is charged."""
    _ask(switch, "Decline the credit check?", is_sure=yes)
    _act(switch, "credit/decline", {"reason": reason}, request_id=request_id, as_json=as_json)


@app.command()
def extend(
    switch: Switch,
    reason: Reason,
    days: Annotated[int, typer.Option(min=1, max=DAYS_MAX, help="Business days.")] = DAYS_MAX,
    request_id: RequestId = None,
    as_json: JsonOption = False,
) -> None:
    """Give the check more time, once."""
    _act(switch, "credit/extend", {"reason": reason, "days": days}, request_id=request_id, as_json=as_json)


@app.command()
def void(
    *,
    switch: Switch,
    reason: Reason,
    yes: Yes = False,
    request_id: RequestId = None,
    as_json: JsonOption = False,
) -> None:
    """Take the order back: the same as `switch cancel`."""
    _ask(switch, "Take the order back?", is_sure=yes)
    _act(switch, "cancel", {"reason": reason}, request_id=request_id, as_json=as_json)


def _ask(switch: str, question: str, *, is_sure: bool) -> None:
    """Say what ends with the order, and ask."""
    with console_client() as console:
        row = console.get(answers.switches.ShownSwitch, api_path("switches", switch))
    if row.outcome:
        # It has ended: the switch itself refuses, and says why.
        return
    text = f"The order of switch {row.switch_id} is voided, the old plan is kept, and nothing is charged."
    note(f"{text} This can't be taken back.")
    require_yes(question, is_sure=is_sure)


def _act(switch: str, command: str, body: Fields, *, request_id: str | None, as_json: bool) -> None:
    with console_client() as console:
        answer = send(
            answers.commands.CommandTaken,
            console,
            api_path("switches", switch, *command.split("/")),
            body,
            request_id=request_id,
        )
    print_command(answer, as_json=as_json)
