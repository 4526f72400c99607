"""`planswitch projection`: how far the read models are, and building them anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cli.base.client import console_client
from cli.text import answers
from cli.text.output import JsonOption, note, print_json, print_lines, wrapped
from cli.text.tables import table

if TYPE_CHECKING:
    from projections.board.rows import IncompleteStream

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Look after the read models.")


@app.command()
def status(as_json: JsonOption = False) -> None:
    """Show position, head of the log, lag, streams that are put aside, and how old the lists are."""
    with console_client() as console:
        answer = console.get(answers.system.Projections, "/api/projections")
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


@app.command()
def rebuild(
    accept_differences: Annotated[
        bool, typer.Option("--accept-differences", help="Show the new rows even though they differ.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Build the read models anew from the events, compare, and swap."""
    from ops.base.settings import load_settings  # noqa: PLC0415 - heavy
    from projections.running.rebuild import rebuild as rebuild_all  # noqa: PLC0415 - heavy

    url = load_settings().required_database_url()
    report = rebuild_all(url, accept_differences=accept_differences)
    if as_json:
        print_json(asdict(report))
        return
    differing = sum(report.differences.values())
    note(f"version {report.version} is shown now: {report.events} events, {differing} rows differ")
    if report.dead_letters:
        note(f"{report.dead_letters} streams stay put aside: `planswitch projection status` names them")
