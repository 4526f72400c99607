"""`planswitch admin`: what only whoever is on the machine may do, past the console and every role."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.base.options import Reason
from cli.text.output import JsonOption, fields, note, print_json, print_lines

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="On the machine itself: recover an administrator."
)


@app.callback()
def admin() -> None:
    """On the machine itself: recover an administrator."""


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
