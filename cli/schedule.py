"""`planswitch schedule`: what is scheduled and what waits; change it, undo it, answer a new price.

See docs/cli.md#scheduling-a-switch.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated

import typer

from cli.base.client import ConsoleClient, Fields, Operation, console_client, send
from cli.base.errors import ApiProblem
from cli.base.options import Dispatch, Reason, Switch, Yes, grouped, require_yes
from cli.switch import quote_text
from cli.switch.target import target_switch
from cli.text import answers
from cli.text.output import (
    JsonOption,
    ago,
    bound_text,
    charged_amount,
    fields,
    note,
    print_command,
    print_json,
    print_lines,
    short,
    wrapped,
)
from cli.text.tables import list_end, table
from client.api import schedules as schedules_api
from domain.kernel.errors import NoQuestion, RuleViolated
from domain.kernel.money import NO_CURRENCY

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="What is scheduled and what waits; change and undo it."
)
UNDONE = "The request ends; nothing was ordered. A switch that has started is not touched."
DECLINED = "Where a new price waits for an answer, it is declined: the request ends, and nothing was ordered."
#: Codes of a request that asks nothing, or waits no more: its answer may have been taken.
_STATES = frozenset({RuleViolated.code, NoQuestion.code})
_AS_SOON = "as soon as nothing blocks it"
_START = "Nothing is scheduled. Schedule a switch: planswitch switch start ORGANIZATION --to PLAN --on DATE"
On = Annotated[
    str | None,
    typer.Option("--on", help="Start on that day: a date, without-forfeiture or renewal."),
]
At = Annotated[str | None, typer.Option("--at", help="Start at that instant, by the organization's clocks.")]
QuietHours = Annotated[
    str | None,
    typer.Option("--quiet-hours", help="Start in this window of each day: 22:00-06:00, or configured."),
]
Until = Annotated[str | None, typer.Option(help="End of the wait: a date or an instant.")]
MaxTotal = Annotated[str | None, typer.Option(help="Most that the switch may cost after its wait.")]
Tolerance = Annotated[
    str | None,
    typer.Option(
        "--price-tolerance-percent", help="Percent by which it may cost more without a new question."
    ),
]
Acknowledge = Annotated[
    list[str] | None, typer.Option("--acknowledge", help="Warning that you confirm; may be repeated.")
]
AcceptForfeiture = Annotated[
    bool, typer.Option("--accept-forfeiture", help="Accept the loss of prepaid value that the quote shows.")
]
QuoteDigest = Annotated[str | None, typer.Option("--quote", help="Digest of the quote that you accept.")]


@app.command("list")
def list_schedules(
    organization: Annotated[
        str | None, typer.Option(help="Only this organization: its id or its name.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="Requests of one page.")] = 20,
    after: Annotated[str | None, typer.Option(help="Last switch of the previous page.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List what is scheduled and what waits, the newest first."""
    filters = {"organization": organization}
    with console_client() as console:
        request = schedules_api.list_schedules.request(organization=organization, limit=limit, after=after)
        answer = console.ask(answers.schedules.ScheduleList, request)
    if as_json:
        print_json(answer)
        return
    print_lines(board(answer))
    for line in list_end(
        answer,
        command="planswitch schedule list",
        noun="request",
        shown=len(answer.schedules),
        filters=filters,
        is_first=after is None,
        start=_START,
    ):
        note(line)


@app.command()
def show(switch: Switch, as_json: JsonOption = False) -> None:
    """Show when a request starts, what it waits for, and what a new price would cost."""
    with console_client() as console:
        answer = console.ask(answers.schedules.ScheduleAnswer, schedules_api.show_schedule.request(switch))
        offer = _price_now(console, switch) if answer.price else None
    if as_json:
        print_json({"schedule": answer, "price_now": offer} if offer else answer)
        return
    print_lines(schedule_lines(answer))
    if offer is not None:
        print_lines(["", "what it costs now", *offer_lines(offer)])


@app.command()
@grouped
def change(
    *,
    switch: Switch,
    reason: Reason,
    on: On = None,
    at: At = None,
    quiet_hours: QuietHours = None,
    until: Until = None,
    max_total: MaxTotal = None,
    price_tolerance_percent: Tolerance = None,
    acknowledge: Acknowledge = None,
    accept_forfeiture: AcceptForfeiture = False,
    quote: QuoteDigest = None,
    yes: Yes = False,
    dispatch: Dispatch,
) -> None:
    """Start a request at another time, by the quote of that time."""
    times: Fields = {
        "start_on": on,
        "start_at": at,
        "quiet_hours": quiet_hours,
        "wait_until": until,
        "max_total": max_total,
        "price_tolerance_percent": price_tolerance_percent,
    }
    options = {name: value for name, value in times.items() if value is not None}
    with console_client() as console:
        switch_id = target_switch(console, switch).switch_id
        operation = partial(schedules_api.change_start.request, switch_id)
        digest = quote or _digest(dispatch, lambda: _accepted(console, switch_id, options, is_sure=yes))
        body = {**options, **_confirmed(acknowledge, is_loss_accepted=accept_forfeiture)}
        answer = _sent(console, operation, {**body, "reason": reason, "quote_digest": digest}, dispatch)
    print_command(answer, as_json=dispatch.as_json)


@app.command()
@grouped
def undo(*, switch: Switch, reason: Reason, yes: Yes = False, dispatch: Dispatch) -> None:
    """End a request that has not started; a switch that has started is not touched."""
    _end(switch, {"reason": reason}, dispatch, loss=UNDONE, question="Undo it?", is_sure=yes)


@app.command()
@grouped
def accept(
    *,
    switch: Switch,
    reason: Reason,
    acknowledge: Acknowledge = None,
    accept_forfeiture: AcceptForfeiture = False,
    quote: QuoteDigest = None,
    yes: Yes = False,
    dispatch: Dispatch,
) -> None:
    """Accept the new price of a request that asks about one; it then starts by itself."""
    with console_client() as console:
        switch_id = target_switch(console, switch).switch_id
        operation = partial(schedules_api.accept_price.request, switch_id)
        digest = quote or _digest(dispatch, lambda: _accepted_price(console, switch_id, is_sure=yes))
        body = _confirmed(acknowledge, is_loss_accepted=accept_forfeiture)
        answer = _sent(console, operation, {**body, "reason": reason, "quote_digest": digest}, dispatch)
    print_command(answer, as_json=dispatch.as_json)


@app.command()
@grouped
def decline(*, switch: Switch, reason: Reason, yes: Yes = False, dispatch: Dispatch) -> None:
    """Decline the new price of a request that asks about one: it ends, and nothing is ordered."""
    body = {"reason": reason, "declines_price": True}
    _end(switch, body, dispatch, loss=DECLINED, question="Decline the new price?", is_sure=yes)


def _end(switch: str, body: Fields, dispatch: Dispatch, *, loss: str, question: str, is_sure: bool) -> None:
    """Say which request it is and what its end means, ask, and end it."""
    with console_client() as console:
        switch_id = target_switch(console, switch).switch_id
        note(loss)
        require_yes(question, is_sure=is_sure)
        operation = partial(schedules_api.undo_schedule.request, switch_id)
        answer = _sent(console, operation, body, dispatch)
    print_command(answer, as_json=dispatch.as_json)


def _confirmed(acknowledged: list[str] | None, *, is_loss_accepted: bool) -> Fields:
    """Return what is confirmed beside what was before, as the API takes it."""
    return {"acknowledgments": acknowledged or [], "accept_forfeiture": is_loss_accepted}


def _sent(
    console: ConsoleClient, operation: Operation, body: Fields, dispatch: Dispatch
) -> answers.commands.CommandTaken:
    kind = answers.commands.CommandTaken
    return send(kind, console, operation, body, request_id=dispatch.request_id)


def _digest(dispatch: Dispatch, agree: Callable[[], str]) -> str | None:
    """Return the digest that somebody accepts; None where the same command may have been taken before.

    Nothing can be quoted for a request that has started since: the record answers its request id.
    """
    try:
        return agree()
    except ApiProblem as error:
        if dispatch.request_id is None or error.problem_code not in _STATES:
            raise
        return None


def _accepted(console: ConsoleClient, switch: str, times: Fields, *, is_sure: bool) -> str:
    """Show the quote of another time and return its digest once the person, or `--yes`, accepts it."""
    request = schedules_api.quote_start.request(switch, body=times)
    offer = console.ask(answers.schedules.StartOffered, request)
    return _agreed(offer, "Start it then, by this quote?", is_sure=is_sure)


def _accepted_price(console: ConsoleClient, switch: str, *, is_sure: bool) -> str:
    return _agreed(_price_now(console, switch), "Accept the new price?", is_sure=is_sure)


def _agreed(offer: answers.schedules.StartOffered, question: str, *, is_sure: bool) -> str:
    for line in offer_lines(offer):
        note(line)
    require_yes(question, is_sure=is_sure, instead="--quote with the digest shown above")
    return str(offer.quote.digest)


def _price_now(console: ConsoleClient, switch: str) -> answers.schedules.StartOffered:
    return console.ask(answers.schedules.StartOffered, schedules_api.show_price.request(switch))


def board(answer: answers.schedules.ScheduleList) -> list[str]:
    """Return the requests that wait as a table; none where there is none."""
    if not answer.schedules:
        return []
    rows = [
        [
            short(each.switch_id),
            each.organization_name or short(each.organization_id),
            f"{each.source_plan} -> {each.target_plan}",
            each.starts or _AS_SOON,
            each.waits_for,
            "soon" if each.looks_soon else ago(each.looks_at),
        ]
        for each in answer.schedules
    ]
    return table(["SWITCH", "ORGANIZATION", "PLANS", "STARTS", "WAITS FOR", "NEXT LOOK"], rows)


def schedule_lines(answer: answers.schedules.ScheduleAnswer) -> list[str]:
    """Return one request that waits, and what can be done about it."""
    tolerance = answer.price_tolerance_percent
    more = f" ({tolerance} % more than was shown)" if tolerance != "0" else ""
    starts = answer.starts or _AS_SOON
    rows = {
        "switch": answer.switch_id,
        "organization": f"{answer.organization_name} ({answer.organization_id})"
        if answer.organization_name
        else answer.organization_id,
        "plans": f"{answer.source_plan} -> {answer.target_plan}",
        "starts": f"{starts}; not before {ago(answer.not_before)}" if answer.not_before else starts,
        "waits for": answer.waits_for,
        "next look": "soon" if answer.looks_soon else ago(answer.looks_at),
        "waits until": ago(answer.until),
        **_money(answer, f"{bound_text(answer.total_at_most)}{more}"),
    }
    if answer.forfeited_at_most_minor_units:
        lost = charged_amount(answer.forfeited_at_most_minor_units, answer.currency)
        rows["lost at most"] = f"{lost} of the value that was paid in advance"
    lines = fields(rows)
    if answer.price is not None:
        lines += wrapped(f"asked: {answer.price.message}", 0)
        lines += wrapped(f"answer by {ago(answer.price.answer_by)}, or it ends and nothing is ordered", 0)
    elif answer.wait_names:
        lines += wrapped("; ".join(answer.wait_names), 0)
    return [*lines, *(wrapped(f"what to do: {answer.wait_remedy}", 0) if answer.wait_remedy else [])]


def _money(answer: answers.schedules.ScheduleAnswer, accepted: str) -> dict[str, str]:
    """Return what was accepted of money, or that none moves (rules#licenses-only)."""
    if answer.currency == NO_CURRENCY:
        return {"money": quote_text.NO_MONEY}
    return {"accepted": accepted, "proration": answer.policy}


def offer_lines(offer: answers.schedules.StartOffered) -> list[str]:
    """Return what somebody would accept: when, for how much, and what stands in the way."""
    rows = {
        "starts": offer.starts or _AS_SOON,
        "not before": ago(offer.wait.not_before),
        "waits until": ago(offer.wait.until),
        **_cost(offer),
        "quote": offer.quote.digest,
    }
    if offer.wait.forfeited_at_most_minor_units:
        lost = charged_amount(offer.wait.forfeited_at_most_minor_units, offer.wait.currency)
        rows["lost at most"] = f"{lost} of the value that was paid in advance"
    reasons = quote_text.reasons(offer.assessment.reasons, offer.mode)
    to_confirm = [*quote_text.to_confirm(offer.assessment), *_loss(offer.quote.forfeiture)]
    return [*fields(rows), *reasons, *quote_text.findings(offer.findings), *to_confirm]


def _cost(offer: answers.schedules.StartOffered) -> dict[str, str]:
    """Return what the first day costs and how much is accepted, or that no money moves."""
    if offer.quote.currency == NO_CURRENCY:
        return {"money": quote_text.NO_MONEY}
    first = offer.quote.days[0]
    total = charged_amount(first.total_minor_units, offer.quote.currency)
    return {
        "costs": f"{total} with tax, when completed on {first.on}",
        "accepted": bound_text(offer.wait.total_at_most),
    }


def _loss(forfeiture: answers.quotes.ForfeitureAnswer | None) -> list[str]:
    """Return what is lost of a prepaid value and not accepted yet, and how to accept it."""
    if forfeiture is None or forfeiture.is_accepted:
        return []
    return wrapped(
        f"up to {forfeiture.at_most} of the prepaid value is forfeited: accept that with --accept-forfeiture",
        0,
    )
