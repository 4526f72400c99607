"""The command line `planswitch`: every command, what it prints and how it exits (docs/cli.md).

Heavy libraries are imported inside the commands that need them: `planswitch --help` must answer at once.
"""

from __future__ import annotations

import inspect
import os
import sys
from typing import Annotated

import typer

from cli import approval, catalog, checkout, product, schedule, support
from cli.audit import access_log, audit, seal
from cli.base.command_roles import needs
from cli.base.errors import CommandGroup
from cli.notices import notice
from cli.people import admin, keys, people
from cli.report import report
from cli.stack import cloud, deployment, processes, sandbox, stack
from cli.switch import controls, licenses, recovery, switch, users
from cli.webhook import webhook
from ops.processes.private_files import PRIVATE_UMASK


def _show_version(is_asked: bool) -> None:
    """Print the version and end; of the installed package."""
    if is_asked:
        from importlib.metadata import version  # noqa: PLC0415 - needed here alone

        typer.echo(f"planswitch {version('planswitch')}")
        raise typer.Exit


app = typer.Typer(
    name="planswitch",
    cls=CommandGroup,
    help="Move an organization from one subscription plan to another: durable, visible, provable.",
    epilog="Begin with `planswitch demo`: one switch on a whole stack of its own, in under a minute.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def planswitch(
    _version: Annotated[
        bool, typer.Option("--version", "-V", is_eager=True, callback=_show_version, help="Show the version.")
    ] = False,
) -> None:
    """Move an organization from one subscription plan to another: durable, visible, provable."""


stack.register(app)
app.command()(recovery.reconcile)
app.command()(access_log.access_log)
switch.app.command()(recovery.restart)
switch.app.command()(users.users)
app.add_typer(licenses.app, name="license")
app.add_typer(switch.app, name="switch")
app.add_typer(checkout.app, name="checkout")
app.add_typer(schedule.app, name="schedule")
app.add_typer(approval.app, name="approval")
app.add_typer(product.app, name="product")
app.add_typer(report.app, name="report")
app.add_typer(controls.credit_app, name="credit")
app.add_typer(catalog.app, name="catalog")
app.add_typer(audit.app, name="audit")
app.add_typer(seal.app, name="seal")
app.add_typer(notice.app, name="notice")
app.add_typer(support.app, name="support")
app.add_typer(cloud.app, name="cloud")
app.add_typer(people.app, name="people")
app.add_typer(keys.app, name="keys")
app.add_typer(admin.app, name="admin")
app.add_typer(webhook.app, name="webhook")
app.add_typer(stack.projection_app, name="projection")
processes.register(app)
app.add_typer(deployment.app, name="deployment")
app.add_typer(sandbox.app, name="sandbox")


def _tell_whole_sentences(group: typer.Typer) -> None:
    """Make lists of commands show each first sentence whole; by default it is cut at 45 characters."""
    for command in group.registered_commands:
        doc = inspect.getdoc(command.callback) or ""
        command.short_help = doc.partition("\n")[0]
    for child in group.registered_groups:
        if child.typer_instance is not None:
            _tell_whole_sentences(child.typer_instance)


def _tell_roles(group: typer.Typer, *path: str) -> None:
    """End the help of each command with the role that it needs (docs/roles.md#commands)."""
    for command in group.registered_commands:
        name = command.name or str(getattr(command.callback, "__name__", "")).replace("_", "-")
        command.epilog = needs(" ".join([*path, name]))
    for child in group.registered_groups:
        if child.typer_instance is not None:
            _tell_roles(child.typer_instance, *path, str(child.name))


_tell_whole_sentences(app)
_tell_roles(app)


def main() -> None:
    """Run the command line; every file that it or its children make is private."""
    os.umask(PRIVATE_UMASK)
    try:
        app()
    except SystemExit as ended:
        # Imported by the command alone, as it is heavy.
        if "temporalio.client" in sys.modules:
            processes.leave(_exit_code(ended))
        raise


def _exit_code(ended: SystemExit) -> int:
    return ended.code if isinstance(ended.code, int) else int(ended.code is not None)


if __name__ == "__main__":
    main()
