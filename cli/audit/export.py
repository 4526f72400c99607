"""`planswitch audit export`: everything that proves a switch in one file, checked once it is here."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from cli.audit.bundle_check import tell_bundle
from cli.base.client import console_client
from cli.base.options import Switch
from cli.text.output import JsonOption, note, short
from client.api import audit as audit_api
from domain.kernel.errors import InvalidInput
from ops.processes.private_files import private_opener

_NAMES = "Operators stand in it by name, users by opaque keys alone."


def export(
    switch: Switch,
    output: Annotated[
        str, typer.Option("--output", "-o", help="File to write; default: planswitch-audit-SWITCH.zip.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Write everything that proves a switch into one file, which anybody can check without this program."""
    path = Path(output or f"planswitch-audit-{short(switch.strip())}.zip")
    try:
        file = open(path, "xb", opener=private_opener)  # noqa: SIM115 - closed below
    except OSError as error:
        raise InvalidInput(field="--output", value=path, allowed=f"a new file ({error.strerror})") from error
    try:
        with file, console_client() as console:
            console.download(audit_api.export_bundle.request(switch), file)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise
    tell_bundle(path, None, as_json=as_json)
    note(f"{_NAMES} Anybody checks it with `planswitch audit verify {path}`.")
