"""`planswitch credit`: answer a credit check in the bureau's place, or give it more time."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.base.client import Fields, api_path, console_client
from cli.base.options import Dispatch, Reason, Switch, Yes, grouped, require_yes
from cli.switch.controls import command_answer
from cli.text import answers
from cli.text.output import note, print_command

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Answer the credit check of a switch.",
)

#: As the API allows it (rules#credit-check).
DAYS_MAX = 2


@app.command()
@grouped
def approve(*, switch: Switch, reason: Reason, dispatch: Dispatch) -> None:
    """Approve: the switch goes on by itself."""
    _act(switch, "credit/approve", {"reason": reason}, dispatch)


@app.command()
@grouped
def decline(*, switch: Switch, reason: Reason, yes: Yes = False, dispatch: Dispatch) -> None:
    """Decline: the order is voided, the old plan is kept, nothing is charged."""
    _ask(switch, "Decline the credit check?", is_sure=yes)
    _act(switch, "credit/decline", {"reason": reason}, dispatch)


@app.command()
@grouped
def extend(
    *,
    switch: Switch,
    reason: Reason,
    days: Annotated[int, typer.Option(min=1, max=DAYS_MAX, help="Business days.")] = DAYS_MAX,
    dispatch: Dispatch,
) -> None:
    """Give the check more time, once."""
    _act(switch, "credit/extend", {"reason": reason, "days": days}, dispatch)


@app.command()
@grouped
def void(*, switch: Switch, reason: Reason, yes: Yes = False, dispatch: Dispatch) -> None:
    """Take the order back: the same as `switch cancel`."""
    _ask(switch, "Take the order back?", is_sure=yes)
    _act(switch, "cancel", {"reason": reason}, dispatch)


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


def _act(switch: str, command: str, body: Fields, dispatch: Dispatch) -> None:
    with console_client() as console:
        answer = command_answer(console, switch, command, body, dispatch)
    print_command(answer, as_json=dispatch.as_json)
