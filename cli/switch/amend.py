"""`planswitch switch amend`: another number of licenses, quoted before it acts (ADR 14)."""

from __future__ import annotations

from functools import partial
from typing import Annotated, cast

import typer

from cli.base.client import ConsoleClient, console_client
from cli.base.options import ChangedSwitch, Dispatch, Reason, grouped, require_yes
from cli.switch.controls import REFUSED, DryRun, command_answer
from cli.switch.quote_text import reasons
from cli.switch.target import target_switch
from cli.text import answers
from cli.text.output import as_facts, fields, figure, note, print_command, print_json, print_lines, wrapped
from cli.text.tables import table
from client.api import controls as controls_api
from domain.reasons.reasons import AUTOMATIC
from domain.switch.stage import Stage

Quantity = Annotated[int, typer.Option(min=1, help="New number of licenses of the new plan.")]
AcceptQuote = Annotated[str | None, typer.Option(help="Digest of the amendment that you accept.")]
Yes = Annotated[bool, typer.Option("--yes", help="Accept the amendment as it is shown, without asking.")]
AcceptForfeiture = Annotated[
    bool, typer.Option("--accept-forfeiture", help="Accept that more prepaid value is lost, as shown.")
]
_INDENT = 2
_KINDS = {"overlap_charge": "overlap", "overlap_credit": "overlap, not charged"}


@grouped
def amend(
    *,
    switch: ChangedSwitch,
    quantity: Quantity,
    reason: Reason,
    accept_quote: AcceptQuote = None,
    yes: Yes = False,
    accept_forfeiture: AcceptForfeiture = False,
    dry_run: DryRun = False,
    dispatch: Dispatch,
) -> None:
    """Change how many licenses of the new plan a running switch has."""
    body = {"reason": reason, "quantity": quantity, "accept_forfeiture": accept_forfeiture}
    with console_client() as console:
        switch_id = target_switch(console, switch).switch_id
        if accept_quote is not None and not dry_run:
            # It was shown before: whether it still is what was accepted, the console decides.
            digest = accept_quote
        else:
            shown = _allowed(console, switch_id, quantity, is_silent=dispatch.as_json and dry_run)
            if dry_run:
                facts, lines = {**as_facts(shown), "is_dry_run": True}, [f"amendment {shown.digest}"]
                print_json(facts) if dispatch.as_json else print_lines(lines)
                return
            digest, question = shown.digest, f"Amend to {shown.quantity} licenses by this quote?"
            require_yes(question, is_sure=yes, instead=f"--accept-quote {digest}")
        body = {**body, "accepted_digest": digest}
        answer = command_answer(
            console, partial(controls_api.amend_switch.request, switch_id), body, dispatch
        )
    # A switch that holds is not let go on by more licenses alone.
    then, options = ("retry", " --reason TEXT") if answer.stage == Stage.HELD else ("watch", "")
    print_command(answer, as_json=dispatch.as_json, then=then, options=options)


def _allowed(
    console: ConsoleClient, switch_id: str, quantity: int, *, is_silent: bool
) -> answers.switches.AmendmentAnswer:
    """Return what another number of licenses would cost.

    Raises:
        Exit: The switch does not take it.
    """
    models = answers.switches
    kind = cast(
        "type[answers.switches.AmendmentAnswer | answers.switches.AmendmentClosed]",
        models.AmendmentAnswer | models.AmendmentClosed,
    )
    shown = console.ask(kind, controls_api.show_amendment.request(switch_id, quantity=quantity))
    if isinstance(shown, models.AmendmentAnswer):
        for line in () if is_silent else amendment(shown):
            note(line)
        if shown.is_allowed:
            return shown
    note(f"refused: {shown.why_not}")
    raise typer.Exit(REFUSED)


def amendment(shown: answers.switches.AmendmentAnswer) -> list[str]:
    """Return what an amendment will do, and each line of money before and after it."""
    head = fields(
        {
            "licenses": f"{shown.quantity_before} -> {shown.quantity} of {shown.plan}",
            "needed": f"{shown.users}, by the users who have the new plan or will get it",
            "takes effect": shown.takes_effect,
            "quote": shown.quote.digest,
            "amendment": shown.digest,
        }
    )
    loss = wrapped(shown.loss_to_accept_text, _INDENT) if shown.loss_to_accept_text else []
    # Each of them stops the amendment, in whatever mode the switch runs.
    return [*head, *reasons(shown.reasons, AUTOMATIC), *loss, "", *_money(shown), ""]


def _money(shown: answers.switches.AmendmentAnswer) -> list[str]:
    """Return the lines of both quotes beside each other, for a switch that completes on the shown day."""
    before, after = _amounts(shown.before), _amounts(shown.after)
    currency = shown.currency
    rows = [
        [name, *(figure(each, currency) for each in (old, new, new - old))]
        for name in dict.fromkeys([*before, *after])
        for old, new in [(before.get(name, 0), after.get(name, 0))]
    ]
    return table([f"{currency}, completed {shown.on}", "BEFORE", "AFTER", "CHANGE"], rows)


def _amounts(side: answers.switches.AmendedSide) -> dict[str, int]:
    """Return the amounts of a side by what they are; lines of the same kind and days are one."""
    amounts: dict[str, int] = {}
    for line in side.lines:
        name = f"{_KINDS.get(line.kind, line.kind)}: {line.description}"
        amounts[name] = amounts.get(name, 0) + line.amount.minor_units
    forfeited = sum(each.amount.minor_units for each in side.told if each.kind == "forfeited")
    if forfeited:
        amounts["forfeited, not invoiced"] = forfeited
    return amounts | {name: getattr(side, f"{name}_minor_units") for name in ("net", "tax", "total")}
