"""`planswitch audit`: the provable history of a switch."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.audit.audit_text import story
from cli.base.api_paths import api_path
from cli.base.client import console_client
from cli.text.output import JsonOption, print_json, print_lines

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Show the record itself.")


@app.callback()
def audit() -> None:
    """Show the record itself."""


@app.command()
def show(
    switch: Annotated[str, typer.Argument(help="Id of the switch, or its first 8 characters.")],
    as_json: JsonOption = False,
) -> None:
    """Tell a switch's story: how it ended and why, waits, steps with every call, and events."""
    from audit.story.show import SwitchAudit  # noqa: PLC0415 - heavy

    with console_client() as console:
        answer = console.get(SwitchAudit, api_path("switches", switch, "audit"))
    print_json(answer) if as_json else print_lines(story(answer))
