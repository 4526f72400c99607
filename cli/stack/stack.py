"""Commands about the whole stack: demo, up, doctor, backup, restore, and those about its read models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.base.client import console_client
from cli.stack.demo import demo
from cli.text import answers
from cli.text.output import JsonOption, fields, note, print_json, print_lines, wrapped
from cli.text.tables import table
from client.api import system as system_api
from domain.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from ops.stack.supervisor import StackState
    from projections.board.rows import IncompleteStream

projection_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Look after the read models.")
#: Exit code while a part is missing.
_MISSING = 7
DataDir = Annotated[Path | None, typer.Option(help="Folder of the stack; default: PLANSWITCH_DATA_DIR.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the root command."""
    for command in (demo, up, doctor, backup, restore):
        app.command()(command)


def up(
    *,
    data_dir: DataDir = None,
    free_ports: Annotated[bool, typer.Option("--free-ports", help="Choose free ports.")] = False,
    allow_root: Annotated[
        bool, typer.Option("--allow-root", help="Run as root if no other account may read the code.")
    ] = False,
    temporal_page: Annotated[
        bool, typer.Option("--temporal-page", help="Serve Temporal's page; anybody who opens it can act.")
    ] = False,
    profile: Annotated[
        list[str] | None,
        typer.Option("--profile", help="Work with this profile of a real cloud, without a sandbox."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Run the whole stack in one folder until Ctrl-C."""
    from ops.base.log import configure_logging  # noqa: PLC0415 - heavy
    from ops.base.settings import load_settings  # noqa: PLC0415 - heavy
    from ops.processes.errors import require_sandbox  # noqa: PLC0415 - heavy
    from ops.stack.accounts import leave_root  # noqa: PLC0415 - heavy
    from ops.stack.embedded import Ports, embedded_stack  # noqa: PLC0415 - heavy
    from ops.stack.supervisor import run_until_stopped, running_stack  # noqa: PLC0415 - heavy

    if not profile:
        require_sandbox()
    settings = load_settings(data_dir=data_dir)
    configure_logging(json=False, level="WARNING")
    running = running_stack(settings.data_dir)
    if running is not None:
        note(f"The stack of {settings.data_dir} runs already (process {running.process_id}).")
        _announce(running, as_json=as_json)
        return
    account = "" if settings.keep_account else leave_root(settings.data_dir, is_root_allowed=allow_root)
    note(" ".join(filter(None, (account, f"Starting the stack in {settings.data_dir} ..."))))
    ports = Ports.free() if free_ports else Ports()
    stack = embedded_stack(
        settings.data_dir, ports.with_temporal_page() if temporal_page else ports, profiles=profile or ()
    )
    run_until_stopped(stack, lambda state: _announce(state, as_json=as_json))


def doctor(
    organization: Annotated[
        str, typer.Argument(metavar="[ORGANIZATION]", help="With --cloud: only this organization.")
    ] = "",
    *,
    cloud: Annotated[
        bool, typer.Option("--cloud", help="Check the access to real organizations; change nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Check settings and every part, or the access to a cloud, and say what to do about what is wrong."""
    from cli.stack.checks import all_checks, check_lines  # noqa: PLC0415 - heavy
    from ops.base.settings import load_settings  # noqa: PLC0415 - heavy

    settings = load_settings()
    if cloud:
        from cli.stack.cloud_checks import check_clouds  # noqa: PLC0415 - heavy

        check_clouds(settings, organization, as_json=as_json)
        return
    if organization:
        raise InvalidInput(field="ORGANIZATION", value=organization, allowed="nothing without --cloud")
    checks = all_checks(settings)
    if as_json:
        print_json({"checks": [asdict(each) for each in checks], "settings": settings.masked()})
    else:
        print_lines(check_lines(checks))
    if any(each.is_missing for each in checks):
        raise typer.Exit(_MISSING)


def backup(
    *,
    file: Annotated[Path, typer.Argument(help="File to write.")],
    passphrase_file: Annotated[
        Path | None,
        typer.Option(help="Seal it with the passphrase in this file; without one it holds no keys."),
    ] = None,
    data_dir: DataDir = None,
    as_json: JsonOption = False,
) -> None:
    """Back up the stack of a folder, running or stopped, into one file."""
    from ops.backup.backup import backup as write_backup  # noqa: PLC0415 - heavy
    from ops.base.settings import load_settings  # noqa: PLC0415 - heavy

    folder = load_settings(data_dir=data_dir).data_dir
    report = write_backup(folder, file, passphrase=_passphrase(passphrase_file))
    if as_json:
        print_json(asdict(report))
        return
    note(f"{report.file}: {report.size_bytes:,} bytes, {len(report.digests)} parts")
    if not report.has_keys:
        note(f"It holds no keys: keep a copy of {folder / 'keys'} elsewhere; restore needs it (--keys-from).")


def restore(
    *,
    file: Annotated[Path, typer.Argument(help="A file that `planswitch backup` wrote.")],
    passphrase_file: Annotated[
        Path | None, typer.Option(help="The file with the passphrase that sealed it.")
    ] = None,
    keys_from: Annotated[
        Path | None, typer.Option(help="Folder with the stack's keys, for a backup without a passphrase.")
    ] = None,
    accept_unsigned: Annotated[
        bool,
        typer.Option(
            "--accept-unsigned", help="Accept a backup of an older version, which nothing protects."
        ),
    ] = False,
    data_dir: DataDir = None,
    as_json: JsonOption = False,
) -> None:
    """Make a stack's folder from a backup; the folder must be empty."""
    from ops.backup.backup import restore as read_backup  # noqa: PLC0415 - heavy
    from ops.base.settings import load_settings  # noqa: PLC0415 - heavy

    folder = load_settings(data_dir=data_dir).data_dir
    report = read_backup(
        file,
        folder,
        passphrase=_passphrase(passphrase_file),
        keys_from=keys_from,
        accept_unsigned=accept_unsigned,
    )
    if as_json:
        print_json(asdict(report))
        return
    note(f"{folder} holds the stack of {report.file}; start it: planswitch up --data-dir {folder}")


def _passphrase(file: Path | None) -> str | None:
    from store.vault.secret_files import read_secret  # noqa: PLC0415 - heavy

    return None if file is None else read_secret(file, name="the passphrase (--passphrase-file)")


def _announce(state: StackState, *, as_json: bool) -> None:
    from ops.stack.embedded import PROBES  # noqa: PLC0415 - heavy

    link = _sign_in_link(state)
    if as_json:
        print_json({"urls": dict(state.urls), "process_id": state.process_id, "sign_in": link})
        return
    # Probes are for programs, which read them from the JSON.
    urls = {name: url for name, url in state.urls.items() if not name.startswith(PROBES)}
    print_lines(fields({**urls, "sign in once": link or "with the key", "key": state.api_key_file}))
    note("Ctrl-C stops everything; the data is kept.")


def _sign_in_link(state: StackState) -> str | None:
    """Return a link that signs a browser in once, or None when the console gives none."""
    from cli.base.client import client_of_stack  # noqa: PLC0415 - heavy
    from console.models.system import SignInCode  # noqa: PLC0415 - heavy
    from domain.kernel.errors import PlanSwitchError  # noqa: PLC0415 - heavy

    url = state.urls["console"]
    try:
        with client_of_stack(url, state.api_key_file) as console:
            return f"{url}{console.post(SignInCode, '/api/v1/sign-in-codes', {}).path}"
    except PlanSwitchError:
        return None


@projection_app.command()
def status(as_json: JsonOption = False) -> None:
    """Show position, head of the log, lag, streams that are put aside, and how old the lists are."""
    with console_client() as console:
        answer = console.ask(answers.system.Projections, system_api.list_projections.request())
    if as_json:
        print_json(answer)
        return
    rows = [
        [
            each.name,
            each.version,
            each.position,
            each.head,
            each.lag,
            each.dead_letters,
            each.state,
            f"{each.shown_age_seconds:.0f} s",
        ]
        for each in answer.projections
    ]
    print_lines(
        table(["NAME", "VERSION", "POSITION", "HEAD", "LAG", "PUT ASIDE", "STATE", "SHOWN IS OLD"], rows)
    )
    for each in answer.projections:
        print_lines(_put_aside(each.incomplete, total=each.dead_letters))


@projection_app.command()
def rebuild(
    accept_differences: Annotated[
        bool, typer.Option("--accept-differences", help="Show the new rows even though they differ.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Build the read models anew from the events, compare, and swap."""
    from ops.base.settings import load_settings  # noqa: PLC0415 - heavy
    from projections.running.rebuild import rebuild as rebuild_all  # noqa: PLC0415 - heavy
    from store.roles.role import DatabaseRole  # noqa: PLC0415 - beside the settings, which are heavy

    url = load_settings().required_database_url_of(DatabaseRole.OWNER)
    report = rebuild_all(url, accept_differences=accept_differences)
    if as_json:
        print_json(asdict(report))
        return
    differing = sum(report.differences.values())
    note(f"version {report.version} is shown now: {report.events} events, {differing} rows differ")
    if report.dead_letters:
        note(f"{report.dead_letters} streams stay put aside: `planswitch projection status` names them")


def _put_aside(streams: Sequence[IncompleteStream], *, total: int) -> list[str]:
    """Return since when each stream is incomplete, and why."""
    if not streams:
        return []
    lines = [""]
    for each in streams:
        shown = f"stream {each.stream_id}: incomplete since version {each.since_version} ({each.topic})"
        lines += [*wrapped(shown, 0), *wrapped(each.error, 2)]
    if total > len(streams):
        lines += wrapped(f"and {total - len(streams)} streams that were put aside before them", 0)
    return [*lines, *wrapped("what to do: update planswitch, then `planswitch projection rebuild`", 0)]
