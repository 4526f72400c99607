"""`planswitch report`: the plans of every organization with what each could be moved to, and dashboards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from cli.base.client import ConsoleClient, console_client, in_turn, path_of
from cli.base.errors import ApiProblem
from cli.report.customer_files import STDOUT, csv_sink, html_sink, json_sink
from cli.report.customer_rows import Entry, Problem, Sink, Summary
from cli.report.customer_text import ProgressSink, TextSink
from cli.report.views import export_view, list_views
from cli.text import answers
from cli.text.output import JsonOption
from client.api import customers as customers_api
from domain.kernel.errors import InvalidInput

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="See what organizations have, and the views of dashboards.",
)
#: Exit code where at least one organization could not be looked at.
_PARTLY = 8
#: Organizations that are looked at at the same time: a vendor answers slowly, and hundreds add up to hours.
_AT_ONCE = 4


@app.callback()
def report() -> None:
    """See plans and ways to switch of every organization, and what dashboards read; nothing is changed."""


app.command("views")(list_views)
app.command("view")(export_view)


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
    _require_one_output(csv, html, as_json=as_json)
    with ExitStack() as stack:
        console = stack.enter_context(console_client())
        # Asked first: where there is no list, no file is left behind.
        listed = _listed(console, profile, organization or ())
        sinks = [stack.enter_context(each) for each in _files(csv, html, as_json=as_json)]
        if csv is not None or html is not None:
            sinks.append(ProgressSink())
        summary = _tell(sinks or [TextSink()], listed, _entries(console, listed, rule_set))
    if summary.failed:
        raise typer.Exit(_PARTLY)


def _require_one_output(csv: Path | None, html: Path | None, *, as_json: bool) -> None:
    """Refuse two forms in one place: neither could be read.

    Raises:
        InvalidInput: Both would go to stdout, or into one file.
    """
    if as_json and csv == STDOUT:
        raise InvalidInput(field="--csv", value="-", allowed="a file, where --json prints to stdout")
    if csv is not None and csv == html:
        raise InvalidInput(field="--html", value=html, allowed="another file than that of --csv")


def _files(csv: Path | None, html: Path | None, *, as_json: bool) -> Iterator[AbstractContextManager[Sink]]:
    if as_json:
        yield json_sink()
    if csv is not None:
        yield csv_sink(csv)
    if html is not None:
        yield html_sink(html)


def _listed(console: ConsoleClient, profile: str, named: Sequence[str]) -> answers.customers.CustomersAnswer:
    """Return the organizations that were named, else those that the console lists.

    Raises:
        InvalidInput: A name is no id.
    """
    if not named:
        return console.ask(
            answers.customers.CustomersAnswer, customers_api.list_customers.request(profile=profile)
        )
    ids = tuple(dict.fromkeys(each.strip() for each in named))
    for each in ids:
        path_of(customers_api.report_customer.request(each))
    return answers.customers.CustomersAnswer(
        profile=profile,
        source="named",
        source_text="those that were named",
        customers=tuple(answers.customers.CustomerAnswer(organization_id=each, name="") for each in ids),
        passed_over=(),
    )


def _entries(
    console: ConsoleClient, listed: answers.customers.CustomersAnswer, rule_set: str
) -> Iterator[Entry]:
    """Return what is told of each organization, in their order; one that fails does not end the others."""

    def ask(customer: answers.customers.CustomerAnswer) -> Entry:
        request = customers_api.report_customer.request(customer.organization_id, rule_set=rule_set)
        try:
            report = console.ask(answers.customers.CustomerReportAnswer, request)
        except ApiProblem as problem:
            failure = Problem(code=problem.problem_code, message=problem.message, remedy=problem.remedy)
            return Entry(customer=customer, report=None, problem=failure)
        return Entry(customer=customer, report=report, problem=None)

    return in_turn((partial(ask, each) for each in listed.customers), at_once=_AT_ONCE)


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
