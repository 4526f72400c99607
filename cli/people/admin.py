"""`planswitch admin`: what only whoever is on the machine may do, past the console and every role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.base.options import Reason, Yes, require_yes
from cli.text.output import JsonOption, fields, note, print_json, print_lines

if TYPE_CHECKING:
    from ops.base.erasing import ErasureReport

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="On the machine itself: recover an administrator, erase people.",
)
_QUESTION = "Nothing brings them back. Erase?"
_Organization = Annotated[str, typer.Argument(metavar="ORGANIZATION", help="Its directory id.")]


@app.callback()
def admin() -> None:
    """On the machine itself: recover an administrator, erase people."""


@app.command()
def recover(
    *,
    account: Annotated[
        str, typer.Option(help="Who becomes administrator; default: the account of `api.key`.")
    ] = "",
    reason: Reason,
    as_json: JsonOption = False,
) -> None:
    """Let an account in again and make it administrator, by the database; it is recorded."""
    from ops.base.recovery import recover_administrator  # noqa: PLC0415 - heavy
    from ops.base.settings import load_settings  # noqa: PLC0415 - heavy

    report = recover_administrator(load_settings(), account=account, reason=reason)
    if as_json:
        print_json(report)
        return
    done = "Nothing had to be changed." if report.is_unchanged else "It is recorded as a change."
    note(f"{report.name} is administrator over all organizations and is let in. {done}")
    shown = {"account": report.name, "roles": report.roles, "recorded by": report.recorded_by}
    print_lines(fields(shown))


@app.command()
def erase_organization(
    organization: _Organization,
    *,
    reason: Reason,
    yes: Yes = False,
    as_json: JsonOption = False,
) -> None:
    """Delete all that leads to people of an organization; the record stays, and nothing brings them back."""
    from ops.base.erasing import erase_organization as erase  # noqa: PLC0415 - heavy
    from ops.base.settings import load_settings  # noqa: PLC0415 - heavy

    note(f"Nothing will lead from the record to people of {organization} any more.")
    require_yes(_QUESTION, is_sure=yes)
    _print(erase(load_settings(), organization, reason=reason), as_json=as_json)


@app.command()
def erase_person(
    organization: _Organization,
    user: Annotated[str, typer.Argument(metavar="USER", help="The person's directory id.")],
    *,
    reason: Reason,
    yes: Yes = False,
    as_json: JsonOption = False,
) -> None:
    """Delete what leads to one person of an organization; the record stays, and nothing brings it back."""
    from ops.base.erasing import erase_person as erase  # noqa: PLC0415 - heavy
    from ops.base.settings import load_settings  # noqa: PLC0415 - heavy

    note(f"Nothing will lead from the record to {user} any more.")
    require_yes(_QUESTION, is_sure=yes)
    _print(erase(load_settings(), organization, user, reason=reason), as_json=as_json)


def _print(report: ErasureReport, *, as_json: bool) -> None:
    if as_json:
        print_json(report)
        return
    note("It is erased, and recorded without the people. Backups that were made before still hold them.")
    facts = {
        "organization": report.organization_id,
        "people": report.people,
        "mail addresses": report.addresses,
        "recorded by": report.recorded_by,
    }
    print_lines(fields(facts))
