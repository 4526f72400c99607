"""`planswitch switch back`: take a completed switch back by a new one (rules#switch-back)."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from cli.base.client import ConsoleClient, Fields, console_client, send
from cli.base.errors import ApiProblem
from cli.base.options import Dispatch, OptionalReason, Switch, Yes, grouped, require_yes
from cli.switch import quote_text
from cli.switch import switch_text as text
from cli.switch.target import target_switch
from cli.text import answers
from cli.text.output import note, print_json, print_lines
from client.api import switches as switches_api
from domain.reasons.reasons import AUTOMATIC, LICENSES_ONLY, MANUAL

Quantity = Annotated[
    int | None, typer.Option(min=1, help="Licenses to order; default: as many as before the switch.")
]
PaymentMethod = Annotated[
    str | None, typer.Option(help="card or invoice; default: as the switch was paid for.")
]
Acknowledgments = Annotated[
    list[str] | None, typer.Option("--acknowledge", help="Warning that you confirm; may be repeated.")
]
LeaveOthers = Annotated[
    bool,
    typer.Option(
        "--leave-others",
        help="Move only whom it restores, by hand; users who joined or were changed since stay as they are.",
    ),
]
AcceptForfeiture = Annotated[
    bool, typer.Option("--accept-forfeiture", help="Accept the loss of prepaid value that the quote shows.")
]

#: In place of a digest, where nothing could be quoted: no quote has it.
UNQUOTED = "unquoted"


@grouped
def back(
    *,
    switch: Switch,
    quantity: Quantity = None,
    payment_method: PaymentMethod = None,
    acknowledgments: Acknowledgments = None,
    leave_others: LeaveOthers = False,
    accept_forfeiture: AcceptForfeiture = False,
    quote: Annotated[str | None, typer.Option(help="Digest of the quote that you accept.")] = None,
    yes: Yes = False,
    reason: OptionalReason = "",
    dispatch: Dispatch,
) -> None:
    """Take a completed switch back: show the quote, then start a new switch to the old plan."""
    options = {
        "quantity": quantity,
        "payment_method": payment_method,
        "acknowledgments": acknowledgments,
        "leave_others": leave_others or None,
        "accept_forfeiture": accept_forfeiture or None,
    }
    body: dict[str, object] = {name: value for name, value in options.items() if value is not None}
    mode = MANUAL if leave_others else AUTOMATIC
    with console_client() as console:
        switch_id = target_switch(console, switch).switch_id
        is_repeatable = dispatch.request_id is not None
        if quote is None:
            body |= _accepted(console, switch_id, body, mode, is_sure=yes, is_repeatable=is_repeatable)
        else:
            body |= {"quote_digest": quote}
        body |= {"reason": reason}
        start = partial(switches_api.start_back.request, switch_id)
        answer = send(text.started_kind(), console, start, body, request_id=dispatch.request_id)
        if answer.switch is None:
            note("It was accepted, and is not shown yet.")
            console.tell_missing()
    print_json(answer) if dispatch.as_json else print_lines(text.started(answer, mode))


def _accepted(
    console: ConsoleClient, switch: str, body: Fields, mode: str, *, is_sure: bool, is_repeatable: bool
) -> Fields:
    """Show the quote and whom it does not restore, and return what is accepted once somebody does.

    Where others are left, those who move are the ones of the quote, whatever changes meanwhile.
    """
    try:
        answer = console.ask(answers.quotes.QuoteMade, switches_api.quote_back.request(switch, body=body))
    except ApiProblem:
        if not is_repeatable:
            raise
        # The same request may have been taken: its answer is asked for again, or the start refuses too.
        return {"quote_digest": UNQUOTED}
    if answer.assessment.eligible[LICENSES_ONLY if answer.licenses_only else mode]:
        for line in quote_text.quote_and_plan(answer, mode):
            note(line)
        # What is to be confirmed first is refused by the start, with every reason.
        if not answer.assessment.acknowledgments_missing:
            require_yes("Switch back by this quote?", is_sure=is_sure, instead="--quote with its digest")
    selected = {"selection": answer.selection} if answer.selection else {}
    return {"quote_digest": str(answer.quote.digest), **selected}
