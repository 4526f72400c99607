"""`planswitch report tenants`: the plans of every organization, and what each could be moved to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Annotated

import typer

from cli.base.client import ConsoleClient, api_path, console_client
from cli.base.errors import ApiProblem
from cli.report.customer_files import csv_sink, html_sink, json_sink
from cli.report.customer_rows import Entry, Problem, Sink, Summary
from cli.report.customer_text import TextSink
from cli.text import answers
from cli.text.output import JsonOption, note

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="See what each organization has, and could move to.",
)
#: Exit code where at least one organization could not be looked at.
_PARTLY = 8


@app.callback()
def report() -> None:
    """See plans, licenses and ways to switch of every organization; nothing is changed."""


@app.command("tenants")
def report_customers(
    *,
    profile: Annotated[str, typer.Option(help="Cloud profile; default: the only one.")] = "",
    organization: Annotated[
        list[str] | None, typer.Option(help="Only this organization; may be repeated.")
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write a new CSV file; - is stdout.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write a new file for browsers.")] = None,
    rule_set: Annotated[str, typer.Option(help="2014, 2020 or current.")] = "current",
    as_json: JsonOption = False,
) -> None:
    """Show what every organization has, what it could be moved to, and what stands in the way."""
    with ExitStack() as stack:
        sinks = [stack.enter_context(each) for each in _files(csv, html, as_json=as_json)]
        console = stack.enter_context(console_client())
        listed = _listed(console, profile, organization or ())
        summary = _tell(sinks or [TextSink()], listed, _entries(console, listed, rule_set))
    if csv is not None or html is not None:
        note(summary.words())
    if summary.failed:
        raise typer.Exit(_PARTLY)


def _files(csv: Path | None, html: Path | None, *, as_json: bool) -> Iterator[AbstractContextManager[Sink]]:
    if as_json:
        yield json_sink()
    if csv is not None:
        yield csv_sink(csv)
    if html is not None:
        yield html_sink(html)


def _listed(console: ConsoleClient, profile: str, named: Sequence[str]) -> answers.customers.CustomersAnswer:
    """Return the organizations that were named, else those that the console lists."""
    if not named:
        return console.get(answers.customers.CustomersAnswer, api_path("customers"), profile=profile or None)
    return answers.customers.CustomersAnswer(
        profile=profile,
        source="named",
        source_text="those that were named",
        customers=tuple(
            answers.customers.CustomerAnswer(organization_id=each.strip(), name="") for each in named
        ),
        passed_over=(),
    )


def _entries(
    console: ConsoleClient, listed: answers.customers.CustomersAnswer, rule_set: str
) -> Iterator[Entry]:
    """Yield what is told of each organization; one that fails does not end the others."""
    for customer in listed.customers:
        path = api_path("customers", customer.organization_id, "report")
        try:
            answer = console.get(answers.customers.CustomerReportAnswer, path, rule_set=rule_set)
        except ApiProblem as problem:
            failure = Problem(code=problem.problem_code, message=problem.message, remedy=problem.remedy)
            yield Entry(customer=customer, report=None, problem=failure)
            continue
        yield Entry(customer=customer, report=answer, problem=None)


def _tell(
    sinks: Sequence[Sink], listed: answers.customers.CustomersAnswer, entries: Iterator[Entry]
) -> Summary:
    """Give each entry to every sink as it comes, so that nothing is kept."""
    summary = Summary()
    for sink in sinks:
        sink.begin(listed)
    for entry in entries:
        summary = summary.including(entry)
        for sink in sinks:
            sink.add(entry)
    for sink in sinks:
        sink.end(summary)
    return summary
