"""`planswitch keys`: API keys (docs/people.md#keys), and the keys of the installation (docs/keys.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.base.client import Fields, console_client
from cli.base.options import Reason
from cli.people import installation_keys
from cli.text import answers
from cli.text.output import JsonOption, ago, note, print_json, print_lines
from cli.text.tables import table
from client.api import people as people_api
from domain.people.keys import KEY_DAYS_DEFAULT, KEY_DAYS_MAX, OVERLAP_HOURS_DEFAULT, OVERLAP_HOURS_MAX
from domain.people.scopes import grant_of

if TYPE_CHECKING:
    from console.models.people import NewKey, ShownKey

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="API keys, and the installation's own.")
KeyId = Annotated[str, typer.Argument(metavar="KEY", help="Id of the key: what stands after psk_.")]
Days = Annotated[int, typer.Option(min=1, max=KEY_DAYS_MAX, help="Days that the key is valid.")]


@app.command("list")
def list_keys(
    account: Annotated[str | None, typer.Option(help="Only of this person or service account.")] = None,
    installation: Annotated[
        bool, typer.Option("--installation", help="The keys of the installation on this machine instead.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List keys with their last use; an administrator sees those of everybody."""
    if installation:
        installation_keys.list_installation(as_json=as_json)
        return
    with console_client() as console:
        answer = console.ask(answers.people.KeyList, people_api.list_keys.request(account=account))
    if as_json:
        print_json(answer)
        return
    rows = [
        (each.key_id, each.account, each.label, each.state, _scope(each), ago(_end(each)), ago(each.used_at))
        for each in answer.keys
    ]
    print_lines(table(("KEY", "OF", "LABEL", "STATE", "LIMITED TO", "UNTIL", "LAST USE"), rows))
    if not rows:
        note("There is no key. Make one: planswitch keys make --label … --reason …")


@app.command()
def create(
    *,
    key: Annotated[str, typer.Argument(metavar="KEY", help=f"One of {', '.join(installation_keys.KINDS)}.")],
    as_json: JsonOption = False,
) -> None:
    """Make a key of the installation in its file on this machine; one that is there stays."""
    installation_keys.create(key, as_json=as_json)


@app.command()
def make(
    *,
    label: Annotated[str, typer.Option(help="What the key is for.")],
    account: Annotated[str | None, typer.Option(help="Whose it is; default: yours.")] = None,
    role: Annotated[
        list[str] | None,
        typer.Option(
            help="Limit the key to ROLE, or to ROLE@ORGANIZATION,…; may be repeated. Default: everything "
            "that the account may do."
        ),
    ] = None,
    days: Days = KEY_DAYS_DEFAULT,
    reason: Reason,
    as_json: JsonOption = False,
) -> None:
    """Make a key and print it, this once."""
    limits = [grant_of(each, field="--role") for each in role or ()]
    roles = [
        {
            "role": each.role.value,
            "organizations": None if each.organizations is None else sorted(each.organizations),
        }
        for each in limits
    ]
    body: Fields = {
        "account": account,
        "label": label,
        "roles": roles or None,
        "days": days,
        "reason": reason,
    }
    with console_client() as console:
        answer = console.ask(answers.people.NewKey, people_api.make_key.request(body=body))
    _tell(answer, as_json=as_json)


@app.command()
def rotate(
    *,
    key: Annotated[
        str,
        typer.Argument(
            metavar="KEY", help="Id of an API key; or master, command, seal or callback on this machine."
        ),
    ],
    overlap_hours: Annotated[
        int, typer.Option(min=0, max=OVERLAP_HOURS_MAX, help="Hours that the old key goes on.")
    ] = OVERLAP_HOURS_DEFAULT,
    days: Days = KEY_DAYS_DEFAULT,
    step: Annotated[
        str,
        typer.Option(help="Of a key of the installation: prepare, switch or finish. Default: prepare."),
    ] = "",
    compromised: Annotated[
        bool, typer.Option("--compromised", help="Of the seal keys: nobody believes the old ones now.")
    ] = False,
    reason: Reason,
    as_json: JsonOption = False,
) -> None:
    """Make a key in place of another one, which goes on for a while."""
    if installation_keys.is_kind(key):
        installation_keys.rotate(key, step=step, compromised=compromised, reason=reason, as_json=as_json)
        return
    body: Fields = {"days": days, "overlap_hours": overlap_hours, "reason": reason}
    with console_client() as console:
        answer = console.ask(answers.people.NewKey, people_api.rotate_key.request(key, body=body))
    _tell(answer, as_json=as_json)


@app.command()
def revoke(*, key: KeyId, reason: Reason, as_json: JsonOption = False) -> None:
    """Refuse a key from now on, with every session that came from it."""
    request = people_api.revoke_key.request(key, body={"reason": reason})
    with console_client() as console:
        answer = console.ask(answers.people.ShownKey, request)
    if as_json:
        print_json(answer)
    else:
        note(f"The key {answer.key_id} of {answer.account} is refused from now on.")


def _tell(answer: NewKey, *, as_json: bool) -> None:
    if as_json:
        print_json(answer)
        return
    note(f"A key of {answer.key.account}, valid until {ago(answer.key.expires_at)}. It is shown this once:")
    print_lines([answer.text])


def _scope(key: ShownKey) -> str:
    return "-" if key.scope is None else "; ".join(each.text for each in key.scope) or "nothing at all"


def _end(key: ShownKey) -> str:
    return key.ended_at or key.expires_at
