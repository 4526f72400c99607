"""`planswitch switch wait`: requests that wait until their switch may be (rules#waiting)."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.base.client import console_client
from cli.base.options import Dispatch, Reason, Switch, grouped
from cli.switch.controls import command_answer
from cli.text import answers
from cli.text.output import ago, bound_text, print_command, wrapped
from domain.kernel.errors import InvalidInput
from domain.kernel.shown_values import Words

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Requests that wait to be eligible.")

_DATE = "a date, such as 2026-12-24"
_UNTIL = "Add --until with the day until which to wait."
WaitEligible = Annotated[
    bool, typer.Option("--wait-eligible", help="Wait until nothing blocks the switch, then start it.")
]
Until = Annotated[
    str | None, typer.Option(help="End of the wait: a date or an instant by the organization's clocks.")
]
On = Annotated[
    str | None,
    typer.Option("--on", help="Start on that day: a date, without-forfeiture or renewal."),
]
MaxTotal = Annotated[
    str | None,
    typer.Option(
        help="Most that the switch may cost after its wait; default: the most that the quote shows."
    ),
]


@app.command()
@grouped
def look(*, switch: Switch, reason: Reason = "look again", dispatch: Dispatch) -> None:
    """Check at once whether the switch is allowed, without waiting for the next look."""
    with console_client() as console:
        answer = command_answer(console, switch, "look", {"reason": reason}, dispatch)
    print_command(answer, as_json=dispatch.as_json, then="show")


def wait_fields(
    *, is_waiting: bool, until: str | None, max_total: str | None, on: str | None = None
) -> dict[str, object]:
    """Return the fields of a request that may wait.

    Raises:
        InvalidInput: An option comes without those that it needs.
    """
    if is_waiting and on is not None:
        raise InvalidInput(
            field="--wait-eligible",
            value=Words("given beside --on"),
            allowed="one of the two, as --on waits as well",
            remedy="Leave --wait-eligible out; add --until to wait beyond the day of --on.",
        )
    if is_waiting and until is None:
        raise InvalidInput(field="--until", value=None, allowed=_DATE, remedy=_UNTIL)
    waits = is_waiting or on is not None
    if not waits and (until or max_total):
        field = "--until" if until else "--max-total"
        raise InvalidInput(
            field=field,
            value=Words("given alone"),
            allowed="beside --wait-eligible or --on",
            remedy=(
                f"Add --wait-eligible or --on, or leave {field} out: a switch that begins now does not wait."
            ),
        )
    return {"wait_until": until, "max_total": max_total, "start_on": on} if waits else {}


def accepted(terms: answers.quotes.WaitAnswer | None) -> list[str]:
    """Return what is accepted by waiting."""
    if terms is None:
        return []
    if terms.not_before:
        return wrapped(
            f"waits for {ago(terms.not_before)}, then starts by the quote of that day; or as soon as"
            f" nothing blocks it, until {ago(terms.until)}; {bound_text(terms.total_at_most)}",
            0,
        )
    return wrapped(
        f"waits until {ago(terms.until)} at most, then starts by itself by the quote of that day,"
        f" {bound_text(terms.total_at_most)}",
        0,
    )
