"""`planswitch sandbox`: run the cloud to practice on, change what is true there, and connect to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from cli.base.options import Organization
from cli.stack.processes import LOOPBACK, prepared
from cli.stack.sandbox_client import SandboxClient
from cli.text.output import JsonOption, fields, print_json, print_lines
from domain.kernel.errors import InvalidInput
from domain.kernel.ids import require_directory_id

if TYPE_CHECKING:
    from cli.stack.sandbox_profile import Connection

app = typer.Typer(
    invoke_without_command=True,
    rich_markup_mode=None,
    help="Run the sandbox: a cloud to practice on.",
)


def _option_text(context: typer.Context, parameter: typer.CallbackParam, value: str | None) -> str | None:
    """Return what was given; nothing in the place of a value is a variable that nobody has set."""
    del context
    if value is not None and not value.strip():
        raise InvalidInput(field=_shown(parameter), value=value, allowed="a value that is not empty")
    return value


def _path(text: str) -> Path:
    """Return a path; an empty one would be the folder in which the command runs."""
    if not text.strip():
        raise InvalidInput(field="path", value=text, allowed="a path that is not empty")
    return Path(text)


def _shown(parameter: typer.CallbackParam) -> str:
    """Return a parameter's name as people write it."""
    return parameter.opts[0] if parameter.opts[0].startswith("-") else str(parameter.name)


Url = Annotated[
    str | None,
    typer.Option(help="Address of the sandbox; PLANSWITCH_CLOUD_URL by default.", callback=_option_text),
]


@app.callback()
def run(  # noqa: PLR0917 - the command line names its options
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on.", callback=_option_text)] = None,
    port: Annotated[int | None, typer.Option(help="Port; PLANSWITCH_CLOUD_URL names the default.")] = None,
    tls_port: Annotated[
        int | None, typer.Option(help="Port for TLS on this machine: tokens, directory and seller.")
    ] = None,
    state_dir: Annotated[Path | None, typer.Option(help="Folder of the journal.", parser=_path)] = None,
    faults: Annotated[
        str | None,
        typer.Option(help="storm, or a JSON file: which calls go wrong, and how.", callback=_option_text),
    ] = None,
) -> None:
    """Run the sandbox: a cloud to practice on, with users, seats, a seller and a ledger."""
    from ops.processes.errors import require_sandbox  # noqa: PLC0415 - heavy

    require_sandbox()
    if context.invoked_subcommand is not None:
        return
    settings = prepared()
    from sandbox.billing.bureau import BureauSettings  # noqa: PLC0415 - heavy
    from sandbox.faults.fault_program import read_program  # noqa: PLC0415 - heavy
    from sandbox.server import serve as serve_sandbox  # noqa: PLC0415 - heavy

    program = None if faults is None else read_program(faults)
    address = urlsplit(settings.cloud_url)
    secret, second, *_ = (*settings.callback_secrets(), b"", b"")
    serve_sandbox(
        host or address.hostname or LOOPBACK,
        port or address.port or 0,
        state_dir or settings.data_dir / "sandbox",
        BureauSettings(secret=secret, second_secret=second, callback_url=settings.credit_callback_url),
        program,
        tls_port=tls_port,
    )


@app.command()
def organization(  # noqa: PLR0917 - the command line names its options
    users: Annotated[int, typer.Option(help="Users, each with a license of the plan.")] = 30,
    plan: Annotated[str, typer.Option(help="Plan that everybody has.")] = "E1",
    also: Annotated[
        list[str] | None, typer.Option(help="Plan of which there are licenses too, one for each user.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same number makes the same organization.")] = 1,
    url: Url = None,
    as_json: JsonOption = False,
) -> None:
    """Make an organization at the sandbox, with users, licenses and subscriptions."""
    from domain.catalog.catalog import load_catalog  # noqa: PLC0415 - heavy

    catalog = load_catalog()
    facts: dict[str, object] = {"seed": seed, "users": users, "plan_id": catalog.find(plan).plan_id}
    others = [catalog.find(each).plan_id for each in also or ()]
    with SandboxClient(url or _usual_url()) as sandbox:
        sandbox.until_started()
        made = sandbox.create_organization(facts)
        owned = sandbox.plan_ids(made.organization_id)
        for plan_id in (each for each in others if each not in owned):
            sandbox.edit(made.organization_id, {"kind": "purchase", "plan_id": plan_id, "quantity": users})
    if as_json:
        print_json(made)
    else:
        shown = {"organization": made.organization_id, "name": made.display_name, "users": made.users}
        print_lines(fields(shown | {"subscription": made.subscription_id, "licenses": made.quantity}))


@app.command()
def edit(
    organization: Organization,
    kind: Annotated[
        str,
        typer.Argument(
            help="What changes, such as consent, relationship or agreement.", callback=_option_text
        ),
    ],
    changes: Annotated[
        list[str] | None, typer.Argument(help="FIELD=VALUE each; a value is JSON, or a text as it is.")
    ] = None,
    url: Url = None,
    as_json: JsonOption = False,
) -> None:
    """Change what is true of an organization of the sandbox, as somebody at the cloud's consoles would."""
    organization_id = require_directory_id(organization, field="organization")
    document = dict(_change(each) for each in changes or ()) | {"kind": kind}
    with SandboxClient(url or _usual_url()) as sandbox:
        (applied,) = sandbox.edit(organization_id, document)["edits"]
    if as_json:
        print_json(applied)
    else:
        print_lines(fields({"organization": organization_id, "changed": kind, "at": applied["at"]}))


@app.command()
def connect(  # noqa: PLR0917 - the command line names its options
    folder: Annotated[
        Path,
        typer.Argument(help="Takes cloud.toml and the certificate; made if not there.", parser=_path),
    ],
    organization: Annotated[
        list[str] | None, typer.Option(help="Id of an organization of the profile; again for more.")
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the profile.")] = "sandbox",
    is_writing: Annotated[bool, typer.Option("--write", help="The profile may change something.")] = False,
    is_billed: Annotated[
        bool, typer.Option("--billing", help="The sandbox's billing, credit bureau and notices too.")
    ] = False,
    url: Url = None,
    as_json: JsonOption = False,
) -> None:
    """Register an application at the sandbox's authority, and write a cloud profile that signs in there."""
    from cli.stack.sandbox_profile import Wish, connected  # noqa: PLC0415 - heavy

    with SandboxClient(url or _usual_url()) as sandbox:
        wanted = Wish(name=name, organizations=organization or [], is_writing=is_writing, is_billed=is_billed)
        made = connected(sandbox, folder, wanted)
    if as_json:
        print_json(made)
    else:
        print_lines(_connection_lines(made))


def _connection_lines(made: Connection) -> list[str]:
    facts = {
        "profile": f"{made.profile} in {made.cloud_file}",
        "authority": made.authority,
        "application": made.client_id,
        "home": made.home_id,
        "person": made.person,
        "next": f"PLANSWITCH_CLOUD_FILE={made.cloud_file} planswitch doctor --cloud",
    }
    return fields(facts)


def _change(text: str) -> tuple[str, object]:
    """Return field and value of FIELD=VALUE."""
    field, is_there, value = text.partition("=")
    if not is_there or not field:
        raise InvalidInput(field="changes", value=text, allowed="FIELD=VALUE, such as is_accepted=false")
    try:
        return field, json.loads(value)
    except ValueError:
        return field, value


def _usual_url() -> str:
    from ops.base.settings import load_settings  # noqa: PLC0415 - heavy

    return load_settings().cloud_url
