"""`planswitch people`: who may act here, in which role, over which organizations (docs/people.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.base.client import Fields, console_client
from cli.base.options import Reason
from cli.text import answers
from cli.text.output import JsonOption, ago, counted, fields, note, print_json, print_lines
from cli.text.tables import table
from client.api import people as people_api

if TYPE_CHECKING:
    from client.client import Request
    from console.models.people import AccountDetails, ShownAccount

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Who may act here, in which role; grant and withdraw."
)
Name = Annotated[str, typer.Argument(help="Name of a person or a service account, as the record has it.")]
RoleArgument = Annotated[
    str, typer.Argument(metavar="ROLE", help="viewer, operator, approver, auditor or administrator.")
]
Organizations = Annotated[
    list[str] | None,
    typer.Option("--organization", help="Only over this organization's id; may be repeated. Default: all."),
]


@app.command("list")
def list_people(as_json: JsonOption = False) -> None:
    """List every person and service account with its roles."""
    with console_client() as console:
        answer = console.ask(answers.people.AccountList, people_api.list_people.request())
    if as_json:
        print_json(answer)
        return
    rows = [(each.name, _kind(each), _state(each), _roles(each)) for each in answer.accounts]
    print_lines(table(("NAME", "KIND", "STATE", "ROLES"), rows))


@app.command()
def me(as_json: JsonOption = False) -> None:
    """Show as whom the key at hand acts, and how far it reaches."""
    with console_client() as console:
        answer = console.ask(answers.people.WhoAsks, people_api.show_own_account.request())
    if as_json:
        print_json(answer)
        return
    reach = "; ".join(each.text for each in answer.reach) or "none"
    shown = {"name": answer.account.name, "credential": answer.credential_id, "roles": reach}
    print_lines(fields(shown))


@app.command()
def show(name: Name, as_json: JsonOption = False) -> None:
    """Show an account with every change, its keys and its open sessions."""
    with console_client() as console:
        answer = console.ask(answers.people.AccountDetails, people_api.show_account.request(name))
    if as_json:
        print_json(answer)
    else:
        print_lines(_lines(answer))


@app.command()
def add(
    *,
    name: Name,
    role: Annotated[
        str, typer.Option(help="Role to begin with: viewer, operator, approver, auditor, administrator.")
    ] = "",
    organization: Organizations = None,
    service_account: Annotated[
        bool, typer.Option("--service-account", help="A program acts, not a person.")
    ] = False,
    owner: Annotated[str, typer.Option(help="Who answers for a service account; default: you.")] = "",
    subject: Annotated[str, typer.Option(help="Claim `sub` of a person at the provider of sign-ins.")] = "",
    reason: Reason,
    as_json: JsonOption = False,
) -> None:
    """Open an account for a person or a program."""
    body: Fields = {
        "name": name,
        "kind": "service_account" if service_account else "person",
        "grants": [_grant(role, organization)] if role else [],
        "owner": owner,
        "subject": subject,
        "reason": reason,
    }
    with console_client() as console:
        answer = console.ask(answers.people.ShownAccount, people_api.open_account.request(body=body))
    _tell(answer, as_json=as_json)


@app.command()
def grant(
    *,
    name: Name,
    role: RoleArgument,
    organization: Organizations = None,
    reason: Reason,
    as_json: JsonOption = False,
) -> None:
    """Grant a role; it counts from the next request on."""
    body = {**_grant(role, organization), "reason": reason}
    _change(people_api.grant_role.request(name, body=body), as_json=as_json)


@app.command()
def withdraw(
    *,
    name: Name,
    role: RoleArgument,
    organization: Organizations = None,
    reason: Reason,
    as_json: JsonOption = False,
) -> None:
    """Withdraw a role; it counts from the next request on."""
    body = {**_grant(role, organization), "reason": reason}
    _change(people_api.withdraw_role.request(name, body=body), as_json=as_json)


@app.command()
def block(*, name: Name, reason: Reason, as_json: JsonOption = False) -> None:
    """Refuse the keys of an account from now on, and end its sessions."""
    _change(people_api.block_account.request(name, body={"reason": reason}), as_json=as_json)


@app.command()
def unblock(*, name: Name, reason: Reason, as_json: JsonOption = False) -> None:
    """Let an account in again; sessions that ended stay ended."""
    _change(people_api.unblock_account.request(name, body={"reason": reason}), as_json=as_json)


@app.command("sign-out")
def sign_out(*, name: Name, reason: Reason, as_json: JsonOption = False) -> None:
    """Sign every browser of an account out, at every console."""
    request = people_api.sign_account_out.request(name, body={"reason": reason})
    with console_client() as console:
        answer = console.ask(answers.people.EndedSessions, request)
    if as_json:
        print_json(answer)
    else:
        note(f"Ended {counted(answer.count, 'session')} of {name}.")


def _change(request: Request, *, as_json: bool) -> None:
    with console_client() as console:
        answer = console.ask(answers.people.ShownAccount, request)
    _tell(answer, as_json=as_json)


def _grant(role: str, organizations: list[str] | None) -> dict[str, object]:
    return {"role": role, "organizations": organizations or None}


def _tell(account: ShownAccount, *, as_json: bool) -> None:
    if as_json:
        print_json(account)
    else:
        print_lines(fields(_facts(account)))


def _facts(account: ShownAccount) -> dict[str, object]:
    facts: dict[str, object] = {
        "name": account.name,
        "kind": _kind(account),
        "state": _state(account),
        "roles": _roles(account),
    }
    if account.owner:
        facts["owner"] = account.owner
    if account.subject:
        facts["at the provider"] = f"{account.subject} of {account.issuer}"
    return facts


def _lines(answer: AccountDetails) -> list[str]:
    keys = [(each.key_id, each.label, each.state, ago(each.used_at)) for each in answer.keys]
    sessions = [(ago(each.began_at), each.began_by, ago(each.expires_at)) for each in answer.sessions]
    changes = [(ago(each.at), each.change, each.actor, each.reason) for each in answer.changes]
    lines = fields(_facts(answer.account))
    for headers, rows in (
        (("KEY", "LABEL", "STATE", "LAST USE"), keys),
        (("SIGNED IN", "BY", "UNTIL"), sessions),
        (("CHANGED", "WHAT", "BY", "WHY"), changes),
    ):
        if rows:
            lines += ["", *table(headers, rows)]
    return lines


def _kind(account: ShownAccount) -> str:
    return account.kind.replace("_", " ")


def _state(account: ShownAccount) -> str:
    return "blocked" if account.is_blocked else "let in"


def _roles(account: ShownAccount) -> str:
    return "; ".join(each.text for each in account.grants) or "none"
