"""`planswitch audit`: what the record says, whether it was changed, and whether it was right."""

from __future__ import annotations

import typer

from cli.audit import export, show

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Show the record itself.")


@app.callback()
def audit() -> None:
    """Show the record itself."""


app.command()(show.show)
app.command()(export.export)
