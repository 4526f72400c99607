"""`planswitch catalog`: the plans there are."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli.base.api_paths import api_path
from cli.base.client import console_client
from cli.base.errors import CorruptFile
from cli.catalog.catalog_text import import_lines, version_rows
from cli.text import answers
from cli.text.output import JsonOption, fields, note, print_json, print_lines
from cli.text.tables import table

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
    if as_json:
        print_json(answer)
        return
    print_lines(import_lines(answer))


@app.command("versions")
def list_versions(as_json: JsonOption = False) -> None:
    """List the versions of the catalog."""
    with console_client() as console:
        answer = console.get(answers.catalog.VersionsAnswer, "/api/catalog/versions")
    if as_json:
        print_json(answer)
        return
    print_lines(table(["VERSION", "PRODUCTS", "SINCE", "BY", ""], version_rows(answer)))


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
