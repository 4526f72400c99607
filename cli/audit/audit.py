"""`planswitch audit`: what the record says, whether it was changed, and whether it was right."""

from __future__ import annotations

import typer

from cli.audit import assessments, at, diff, explain, export, plan, replay, show, verify, whatif

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Show the record itself.")


@app.callback()
def audit() -> None:
    """Show the record itself."""


app.command()(show.show)
app.command()(verify.verify)
app.command()(at.at)
app.command()(diff.diff)
app.command()(explain.explain)
app.command()(assessments.assessments)
app.command()(assessments.assessment)
app.command("whatif")(whatif.what_if)
app.command()(plan.plan)
app.command()(replay.replay)
app.command()(export.export)
