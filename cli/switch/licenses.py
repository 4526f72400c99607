"""`planswitch license`: give and take single licenses by hand, and see who did."""

from __future__ import annotations

import sys
from functools import partial
from shlex import quote
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from cli.base.client import ConsoleClient, Fields, console_client, send
from cli.base.errors import ApiProblem
from cli.base.options import DECLINED_BY_PERSON, AnswerMissing, Dispatch, Organization, Reason, grouped
from cli.text import answers
from cli.text.output import JsonOption, counted, note, print_json, print_lines, short, wrapped
from client.api import users as users_api
from domain.kernel.errors import LastLicense

if TYPE_CHECKING:
    from audit.users.license_edits import ToldEdit

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Give and take licenses by hand.")

_INDENT = 2

User = Annotated[str, typer.Argument(help="Directory id or principal name of the user.")]
Plan = Annotated[str, typer.Argument(help="Plan, such as E3.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask, even if nothing else keeps the data.")]


@app.command()
@grouped
def assign(*, organization: Organization, user: User, plan: Plan, reason: Reason, dispatch: Dispatch) -> None:
    """Give a user a license directly; refused while a switch moves licenses."""
    body = {"user": user, "plan": plan, "action": "assign", "reason": reason}
    with console_client() as console:
        answer = _changed(console, organization, body, dispatch.request_id)
    _print(answer, as_json=dispatch.as_json)


@app.command()
@grouped
def remove(
    *,
    organization: Organization,
    user: User,
    plan: Plan,
    reason: Reason,
    yes: Yes = False,
    dispatch: Dispatch,
) -> None:
    """Take a direct license from a user; asks if it is the last one that keeps the user's data."""
    own_id = str(uuid4()) if dispatch.request_id is None else dispatch.request_id
    body = {"user": user, "plan": plan, "action": "remove", "reason": reason}
    with console_client() as console:
        try:
            answer = _changed(console, organization, {**body, "accept_loss": yes}, own_id)
        except ApiProblem as problem:
            if problem.problem_code != LastLicense.code:
                raise
            _accept(problem)
            answer = _changed(console, organization, {**body, "accept_loss": True}, own_id)
    _print(answer, as_json=dispatch.as_json)


@app.command()
def history(
    organization: Organization,
    limit: Annotated[int, typer.Option(min=1, max=500, help="Edits of one page.")] = 100,
    after: Annotated[
        str | None, typer.Option(help="Request id of the last edit on the previous page.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List licenses that were given and taken by hand, the newest first: by whom, why, how it ended."""
    with console_client() as console:
        request = users_api.list_license_edits.request(organization, limit=limit, after=after)
        answer = console.ask(answers.switches.LicenseEdits, request)
    print_json(answer) if as_json else print_lines(_lines(answer))


def _changed(
    console: ConsoleClient, organization: str, body: Fields, request_id: str | None
) -> answers.switches.LicenseChanged:
    change = partial(users_api.change_license.request, organization)
    return send(answers.switches.LicenseChanged, console, change, body, request_id=request_id)


def _print(answer: answers.switches.LicenseChanged, *, as_json: bool) -> None:
    print_json(answer) if as_json else print_lines(wrapped(answer.message, 0))


def _accept(problem: ApiProblem) -> None:
    """Ask whether a user may be left without the license.

    Raises:
        AnswerMissing: Nobody can be asked.
    """
    if not sys.stdin.isatty():
        remedy = "Nobody can be asked here: add --yes to take it anyway. Nothing was changed."
        raise AnswerMissing(problem.message, remedy=remedy)
    for line in wrapped(problem.message, 0):
        note(line)
    if not typer.confirm("Take it anyway?", err=True):
        raise typer.Exit(DECLINED_BY_PERSON)


def _lines(answer: answers.switches.LicenseEdits) -> list[str]:
    if not answer.edits and answer.total:
        return ["No edit is older than that one."]
    if not answer.edits:
        return ["No license was given or taken by hand through planswitch."]
    lines: list[str] = []
    for each in answer.edits:
        lines += _edit(each)
    count = f"{len(answer.edits)} of {counted(answer.total, 'edit')}"
    if not answer.next:
        return [*lines, count]
    command = f"planswitch license history {answer.organization_id} --after {quote(answer.next)}"
    return [*lines, *wrapped(f"{count}; more: {command}", 0)]


def _edit(each: ToldEdit) -> list[str]:
    who = each.directory_id or f"erased {short(each.user_key)}"
    act = "gave" if each.action == "assign" else "took"
    ended = f"{each.outcome} ({each.error})" if each.error else each.outcome
    loss = ", the loss was accepted" if each.is_loss_accepted else ""
    return [
        *wrapped(f"{each.at:%Y-%m-%d %H:%M} UTC, {each.actor} {act} {each.plan}: {ended}{loss}", 0),
        *wrapped(f"user {who}", _INDENT),
        *wrapped(f"reason: {each.reason}, request {each.request_id}", _INDENT),
    ]
