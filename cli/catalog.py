"""`planswitch catalog`: the plans there are, its versions, and imports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.base.client import api_path, console_client
from cli.base.errors import CorruptFile
from cli.text import answers
from cli.text.output import JsonOption, ago, fields, note, print_json, print_lines, wrapped
from cli.text.tables import table
from providers.microsoft.product_list.list_rows import NOTES, REFUSALS, REPAIRS

if TYPE_CHECKING:
    from providers.microsoft.product_list.catalog_import import ImportReport
    from providers.microsoft.product_list.list_rows import ListFinding
    from services.catalog.catalog_imports import ImportOutcome

_DONE = {**REPAIRS, **NOTES, **REFUSALS}
_STATUSES = {
    "imported": "imported; from now on the catalog",
    "current_again": "known from an earlier import; from now on the catalog again",
    "unchanged": "the same as the current version: nothing was changed",
}
#: Lines and names of one kind that are shown; `--json` has all.
_SHOWN_MAX = 8
app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Look at the plans, and import new ones.")
PlanArgument = Annotated[str, typer.Argument(help="Name, alias, part number or id, such as E3.")]
VersionOption = Annotated[
    str | None, typer.Option("--catalog", metavar="VERSION", help="Version; default: the current one.")
]


@app.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(help="The vendor's list of products and services (CSV).")],
    name: Annotated[
        str | None, typer.Option(help="Name of the version; default: made from its content.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Import the vendor's published list as a new version of the catalog."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CorruptFile(
            f"{file} can't be read ({error.strerror}).", remedy="Name the file that was downloaded."
        ) from error
    with console_client() as console:
        from services.catalog.catalog_imports import ImportOutcome  # noqa: PLC0415 - heavy

        answer = console.post_file(ImportOutcome, "/api/catalog/imports", content, name=name)
    print_json(answer) if as_json else print_lines(import_lines(answer))


@app.command("versions")
def list_versions(as_json: JsonOption = False) -> None:
    """List the versions of the catalog."""
    with console_client() as console:
        answer = console.get(answers.catalog.VersionsAnswer, "/api/catalog/versions")
    print_json(answer) if as_json else print_lines(version_lines(answer))


@app.command("list")
def list_plans(
    search: Annotated[str, typer.Argument(help="Only plans whose name has these words.")] = "",
    version: VersionOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the plans of the catalog."""
    with console_client() as console:
        answer = console.get(answers.catalog.PlansAnswer, "/api/catalog/plans", q=search, catalog=version)
    if as_json:
        print_json(answer)
        return
    rows = [[plan.part_number, plan.name, plan.family, _price(plan), _notes(plan)] for plan in answer.plans]
    print_lines(table(["PART", "NAME", "FAMILY", "PER MONTH", ""], rows))
    note(f"{len(rows)} plans of catalog {answer.version}; * is a made-up price")


@app.command("show")
def show_plan(plan: PlanArgument, version: VersionOption = None, as_json: JsonOption = False) -> None:
    """Show one plan with its services."""
    with console_client() as console:
        answer = console.get(answers.catalog.PlanDetail, api_path("catalog", "plans", plan), catalog=version)
    if as_json:
        print_json(answer)
        return
    tiers = ", ".join(f"{name} {tier}" for name, tier in asdict(answer.tiers).items())
    print_lines(
        fields(
            {
                "name": answer.name,
                "also called": ", ".join(answer.aliases) or "-",
                "part number": answer.part_number,
                "id": answer.plan_id,
                "family": answer.family,
                "data tiers": tiers,
                "user cap": answer.user_cap or ("unknown" if answer.unknown else "none"),
                "per month": ", ".join(_prices(answer)) or "unknown",
                "status": _notes(answer) or "sold",
            }
        )
    )
    print_lines(["", "services"])
    print_lines(
        table(
            ["NAME", "SERVICE", "WHAT IT IS"],
            [[each.name, each.service, each.friendly_name] for each in answer.services],
        )
    )


@app.command("compare")
def compare_plans(
    source: PlanArgument, target: PlanArgument, version: VersionOption = None, as_json: JsonOption = False
) -> None:
    """Compare two plans: what users gain, lose, keep, and get in a newer version."""
    with console_client() as console:
        answer = console.get(
            answers.catalog.Comparison, "/api/catalog/compare", a=source, b=target, catalog=version
        )
    if as_json:
        print_json(answer)
        return
    services = answer.services
    lowered = ", ".join(each.family for each in answer.data_services_lowered)
    print_lines(
        fields(
            {
                "from": answer.source.name,
                "to": answer.target.name,
                "direction": answer.direction,
                "kind": answer.kind.replace("_", " "),
                "offered": "yes" if answer.is_offered else "no",
                "offered 2014": "yes" if answer.is_offered_2014 else "no",
                "gained": ", ".join(services.gained) or "-",
                "lost": ", ".join(services.lost) or "-",
                "same": ", ".join(services.same) or "-",
                "newer version": ", ".join(services.higher) or "-",
                "older version": ", ".join(services.lower) or "-",
                "data at risk": lowered or "none",
            }
        )
    )
    note(f"by catalog {answer.catalog_version}")


def _price(plan: answers.catalog.PlanSummary) -> str:
    return _prices(plan)[0] if plan.prices else "-"


def _prices(plan: answers.catalog.PlanSummary) -> list[str]:
    return [str(price.unit_price) + ("*" if price.is_invented else "") for price in reversed(plan.prices)]


def _notes(plan: answers.catalog.PlanSummary) -> str:
    words = {
        "retired": plan.is_retired,
        "made-up id": plan.is_placeholder,
        "not offered": plan.unknown,
    }
    return ", ".join(word for word, is_so in words.items() if is_so)


def version_lines(answer: answers.catalog.VersionsAnswer) -> list[str]:
    """Return the table of versions."""
    rows = [
        [
            version.name,
            version.products or "-",
            ago(version.imported_at or version.recorded_at),
            version.imported_by or "the program",
            "current" if version.is_current else "",
        ]
        for version in answer.versions
    ]
    return table(["VERSION", "PRODUCTS", "SINCE", "BY", ""], rows)


def import_lines(answer: ImportOutcome) -> list[str]:
    """Return what an import did, with the lines of the file."""
    report = answer.report
    facts = {
        "version": answer.version,
        "status": _STATUSES[answer.status],
        "read": f"{report.rows} rows, {report.products} products, {report.service_plans} services",
        "known": f"{report.known_products} products with prices and caps; others are never offered",
        "new": _names(report.added),
        "gone": _names(report.gone),
        "changed": _names([change.part_number for change in report.changed]),
    }
    return [*fields(facts), *_finding_lines(report)]


def _finding_lines(report: ImportReport) -> Iterable[str]:
    for outcome, counts in report.counts.items():
        if counts:
            yield from ("", outcome)
        for kind, count in counts.items():
            findings = [finding for finding in report.findings if finding.kind == kind]
            what = kind.replace("_", " ")
            yield from wrapped(f"{what}: {_DONE[kind]} ({_lines(findings)})", 8, f"  {count}")
            if outcome == "refused":
                yield from (line for finding in findings[:_SHOWN_MAX] for line in _refusal(finding))


def _refusal(finding: ListFinding) -> list[str]:
    text = f"line {finding.line}: {finding.field} is {finding.value!r}: {finding.why}"
    return wrapped(text, 8)


def _lines(findings: Sequence[ListFinding]) -> str:
    numbers = [str(finding.line) for finding in findings]
    return ("line " if len(numbers) == 1 else "lines ") + _cut(numbers)


def _names(names: Sequence[str]) -> str:
    return f"{len(names)}: {_cut(names)}" if names else "none"


def _cut(words: Sequence[str]) -> str:
    rest = len(words) - _SHOWN_MAX
    shown = ", ".join(words[:_SHOWN_MAX])
    return f"{shown} and {rest} more" if rest > 0 else shown
