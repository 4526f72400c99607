"""Commands that are one process of the stack each; the supervisor runs them, and so may an init system."""

from __future__ import annotations

import os
import signal
import sys
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cli.text.output import JsonOption, note, print_json, print_lines

if TYPE_CHECKING:
    from ops.base.settings import Settings

LOOPBACK = "127.0.0.1"


def register(app: typer.Typer) -> None:
    """Add these commands to the root command."""
    for command in (worker, serve, project, sealer, migrate):
        app.command()(command)


def worker() -> None:
    """Run the Temporal worker: the switch workflows and their activities."""
    settings = prepared("worker")
    from worker import main as work  # noqa: PLC0415 - heavy

    work(settings)
    leave()


def serve() -> None:
    """Run the console: pages and HTTP API."""
    settings = prepared("serve")
    from console.server import serve as serve_console  # noqa: PLC0415 - heavy

    serve_console(settings)
    leave()


def project() -> None:
    """Run the projector: keeps the read models up to date with the events."""
    settings = prepared("project")
    from ops.telemetry.probes import probed  # noqa: PLC0415 - heavy
    from projections.running.projector import Projector  # noqa: PLC0415 - heavy
    from store.health.process_health import ProcessHealth  # noqa: PLC0415 - beside the settings
    from store.roles.role import DatabaseRole  # noqa: PLC0415 - beside the settings, which are heavy

    database_url = settings.required_database_url_of(DatabaseRole.PROJECTOR)
    stop, health = _stopped_by_signal(), ProcessHealth()
    with probed(settings, "project", health):
        Projector(database_url, health).run(stop, on_ready=settings.touch_ready_file)


def sealer() -> None:
    """Run the sealer: signs what is new in the record, so that others can prove that it was not changed."""
    settings = prepared("sealer")
    from audit.seals.places import SealPlaces  # noqa: PLC0415 - heavy
    from audit.seals.sealing import SealingProcess  # noqa: PLC0415 - heavy
    from ops.telemetry.probes import probed  # noqa: PLC0415 - heavy
    from store.health.process_health import ProcessHealth  # noqa: PLC0415 - beside the settings
    from store.roles.role import DatabaseRole  # noqa: PLC0415 - beside the settings, which are heavy

    places = SealPlaces(
        database_url=settings.required_database_url_of(DatabaseRole.SEALER),
        folder=settings.seals_path(),
        key_file=settings.seal_key_path(),
        seal_seconds=settings.seal_seconds,
    )
    stop, health = _stopped_by_signal(), ProcessHealth()
    with probed(settings, "sealer", health):
        SealingProcess(places, health).run(stop, on_ready=settings.touch_ready_file)


def migrate(
    print_roles: Annotated[
        bool,
        typer.Option("--print-roles", help="Print the SQL that makes the database's roles; change nothing."),
    ] = False,
    temporal: Annotated[
        bool,
        typer.Option("--temporal", help="Prepare the namespace of Temporal instead; no database is needed."),
    ] = False,
    plan: Annotated[
        bool, typer.Option("--plan", help="Print which steps would run and what stops them; change nothing.")
    ] = False,
    contract: Annotated[
        bool, typer.Option("--contract", help="Run also the steps that take away what older versions need.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Create or update the tables of the event store and of the read models, and the database's roles."""
    if print_roles + plan + contract + temporal > 1:
        from domain.kernel.errors import InvalidInput  # noqa: PLC0415 - needed here alone

        raise InvalidInput(
            field="--contract" if contract else "--plan" if plan else "--temporal",
            value="given with another one",
            allowed="one of --print-roles, --plan, --contract and --temporal",
        )
    settings = prepared()
    if temporal:
        from cli.stack.temporal_namespace import prepare  # noqa: PLC0415 - heavy

        prepare(settings, as_json=as_json)
        return
    from store.roles.role import DatabaseRole  # noqa: PLC0415 - beside the settings, which are heavy
    from store.roles.setup import role_script  # noqa: PLC0415 - heavy

    database_url = settings.required_database_url_of(DatabaseRole.OWNER)
    if plan:
        _show_plan(database_url, as_json=as_json)
        return
    if not print_roles:
        _migrate(settings, database_url, contract=contract, as_json=as_json)
        return
    script = role_script(database_url)
    if as_json:
        print_json({"roles_sql": script.splitlines()})
    else:
        print_lines(script.splitlines())


def _show_plan(database_url: str, *, as_json: bool) -> None:
    """Print what `migrate` would do."""
    from store.migrate import plan_migration  # noqa: PLC0415 - heavy

    planned = plan_migration(database_url)
    if as_json:
        print_json(asdict(planned))
        return
    lines = [f"{name}: expands, older processes go on" for name in planned.pending]
    lines += [f"{name}: contracts, only by `planswitch migrate --contract`" for name in planned.contracting]
    lines += [f"held by: {process}" for process in planned.held_by]
    print_lines(lines or ["The schema is up to date."])


def _migrate(settings: Settings, database_url: str, *, contract: bool, as_json: bool) -> None:
    """Bring keys, tables and roles up to date, and report each."""
    from ops.stack.embedded import make_command_key  # noqa: PLC0415 - heavy
    from projections.running.schema import create  # noqa: PLC0415 - heavy
    from store.migrate import migrate as migrate_store  # noqa: PLC0415 - heavy
    from store.roles.setup import ensure_roles  # noqa: PLC0415 - heavy

    if make_command_key(settings.command_key_path()):
        note(f"command key: made at {settings.command_key_path()}")
    # One that is there already may be none: worker and console would refuse to start by it.
    settings.command_keys()
    report = migrate_store(database_url, contract=contract)
    views = create(database_url)
    roles = ensure_roles(database_url)
    if as_json:
        print_json({"store": asdict(report), "projections": list(views), "roles": asdict(roles)})
        return
    note(f"event store: {report.text()}")
    note(f"read models: {', '.join(views)}")
    note(f"database roles: {roles.remedy or 'each has the rights it needs, and no others'}")


def leave(code: int = 0) -> None:
    """End a process that spoke to Temporal.

    The Temporal client may abort a process in its regular exit (temporalio/sdk-python#300).
    """
    from ops.telemetry.tracing import end_tracing  # noqa: PLC0415 - beside the settings

    end_tracing()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _stopped_by_signal() -> threading.Event:
    """Return an event that Ctrl-C and SIGTERM set."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def prepared(process: str = "") -> Settings:
    """Return the settings, with log and traces set up by them and root left behind.

    Args:
        process: Command of a process that is traced; "" for one that is not.
    """
    from ops.base.log import configure_logging  # noqa: PLC0415 - heavy
    from ops.base.settings import load_settings, unread_settings  # noqa: PLC0415 - heavy

    settings = load_settings()
    configure_logging(json=settings.log_json, level=settings.log_level)
    for name in unread_settings():
        note(f"{name} is no setting: nothing reads it. Is it misspelled?")
    if not settings.keep_account:
        from ops.stack.accounts import leave_root  # noqa: PLC0415 - heavy

        account = leave_root(settings.data_dir, is_root_allowed=False)
        if account:
            note(account)
    if process:
        from ops.processes.memory import bound_arenas  # noqa: PLC0415 - beside the settings

        bound_arenas()
        from ops.telemetry.tracing import start_tracing  # noqa: PLC0415 - beside the settings

        start_tracing(settings, process)
    return settings
