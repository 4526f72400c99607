"""`planswitch catalog`: the plans there are, its versions, their prices, and imports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.base.client import console_client
from cli.base.errors import CorruptFile
from cli.base.options import OptionalReason, Yes, require_yes
from cli.text import answers
from cli.text.output import JsonOption, ago, amount, fields, note, print_json, print_lines, wrapped
from cli.text.tables import table
from client.api import catalog as catalog_api
from domain.catalog.catalog import PRICE_REMEDY
from domain.catalog.plans import listed_services
from domain.kernel.errors import InvalidInput
from providers.microsoft.product_list.list_rows import NOTES, REFUSALS, REPAIRS

if TYPE_CHECKING:
    from domain.catalog.plans import Price, PriceComparison
    from domain.catalog.price_list import PriceChange, PriceReport
    from providers.microsoft.product_list.catalog_import import ImportReport
    from providers.microsoft.product_list.list_rows import ListFinding
    from services.catalog.catalog_imports import ImportOutcome
    from services.catalog.price_imports import PriceImportOutcome

_DONE = {**REPAIRS, **NOTES, **REFUSALS}
_STATUSES = {
    "imported": "imported; from now on the catalog",
    "current_again": "known from an earlier import; from now on the catalog again",
    "unchanged": "the same as the current version: nothing was changed",
}
_PREVIEWS = {
    "imported": "preview: it would be a new version and the catalog; nothing was changed",
    "current_again": "preview: an earlier version would be the catalog again; nothing was changed",
    "unchanged": "preview: the same as the current version; nothing was changed",
}
#: Currencies that stand first where prices are shown, and the one that a list of plans shows.
_FIRST_CURRENCIES = ("EUR", "USD")
#: Lines and names of one kind that are shown; `--json` has all.
_SHOWN_MAX = 8
_PRICES_SHOWN_MAX = 20
_CHANGE_HEAD = ["PART", "BEFORE", "NOW"]
app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Look at the plans, and import new ones.")
PlanArgument = Annotated[str, typer.Argument(help="Name, alias, part number or id, such as E3.")]
VersionOption = Annotated[
    str | None, typer.Option("--catalog", metavar="VERSION", help="Version; default: the current one.")
]


def _capitals(code: str | None) -> str | None:
    return code and code.upper()


CurrencyOption = Annotated[
    str | None,
    typer.Option(metavar="CODE", callback=_capitals, help="Only prices in this currency, such as GBP."),
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
    content = _content(file)
    with console_client() as console:
        from services.catalog.catalog_imports import ImportOutcome  # noqa: PLC0415 - heavy

        answer = console.ask(ImportOutcome, catalog_api.make_version.request(body=content, name=name))
    print_json(answer) if as_json else print_lines(import_lines(answer))


@app.command("import-prices")
def import_prices(
    file: Annotated[
        Path | None, typer.Argument(help="List of prices (CSV); default: the one of the program.")
    ] = None,
    *,
    reason: OptionalReason = "",
    name: Annotated[
        str | None, typer.Option(help="Name of the version; default: made from its content.")
    ] = None,
    is_preview: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would change, and whether a row is bad.")
    ] = False,
    allow_unusual: Annotated[
        bool, typer.Option(help="Take changes of more than 50 % and prices of a day to come.")
    ] = False,
    yes: Yes = False,
    as_json: JsonOption = False,
) -> None:
    """Import a list of prices, in any currency, as a new version of the catalog."""
    from domain.catalog.price_list import packaged_price_list  # noqa: PLC0415 - heavy
    from services.catalog.price_imports import PriceImportOutcome  # noqa: PLC0415 - heavy
    from services.catalog.version_change import UNCHANGED  # noqa: PLC0415 - heavy

    content = _content(file) if file else packaged_price_list()
    if not (reason or is_preview):
        raise InvalidInput(field="--reason", value=None, allowed="words that say why")
    with console_client() as console:
        request = partial(
            catalog_api.make_priced_version.request,
            body=content,
            name=name,
            reason=reason,
            allow_unusual=allow_unusual,
        )
        answer = console.ask(PriceImportOutcome, request(dry_run=True))
        if not is_preview:
            if answer.status != UNCHANGED and (allow_unusual or not answer.unusual):
                # Without the option the import refuses it; there is nothing to accept.
                _require_accepted(answer, is_sure=yes)
            answer = console.ask(PriceImportOutcome, request(dry_run=False))
    print_json(answer) if as_json else print_lines(price_import_lines(answer))


def _require_accepted(preview: PriceImportOutcome, *, is_sure: bool) -> None:
    """Show what an import would do and ask for it; its prices count from then on."""
    for line in price_import_lines(preview):
        note(line)
    require_yes("Quote and charge by these prices from now on?", is_sure=is_sure)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CorruptFile(
            f"{file} can't be read ({error.strerror}).", remedy="Name the file that was downloaded."
        ) from error


@app.command("versions")
def list_versions(as_json: JsonOption = False) -> None:
    """List the versions of the catalog."""
    with console_client() as console:
        answer = console.ask(answers.catalog.VersionsAnswer, catalog_api.list_versions.request())
    print_json(answer) if as_json else print_lines(version_lines(answer))


@app.command("list")
def list_plans(
    search: Annotated[str, typer.Argument(help="Only plans whose name has these words.")] = "",
    version: VersionOption = None,
    currency: CurrencyOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the plans of the catalog."""
    with console_client() as console:
        request = catalog_api.list_plans.request(q=search, catalog=version)
        answer = console.ask(answers.catalog.PlansAnswer, request)
    if as_json:
        print_json(answer)
        return
    _require_priced(answer, currency)
    rows = [
        [plan.part_number, plan.name, plan.family, _price(plan, currency), _notes(plan)]
        for plan in answer.plans
    ]
    print_lines(table(["PART", "NAME", "FAMILY", "PER MONTH", ""], rows))
    note(f"{len(rows)} plans of catalog {answer.version}; * is a made-up price")


@app.command("show")
def show_plan(
    plan: PlanArgument,
    version: VersionOption = None,
    currency: CurrencyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one plan with its services."""
    with console_client() as console:
        request = catalog_api.show_plan.request(plan, catalog=version, currency=currency)
        answer = console.ask(answers.catalog.PlanDetail, request)
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
                "per month": ", ".join(_prices(answer.prices)) or "unknown",
                "prices from": _origins(answer.prices),
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
    source: PlanArgument,
    target: PlanArgument,
    version: VersionOption = None,
    currency: CurrencyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare two plans: what users gain, lose, keep, and get in a newer version, and what both cost."""
    with console_client() as console:
        request = catalog_api.compare_plans.request(a=source, b=target, catalog=version, currency=currency)
        answer = console.ask(answers.catalog.Comparison, request)
    print_json(answer) if as_json else print_lines(comparison_lines(answer))
    if not as_json:
        note(f"by catalog {answer.catalog_version}")


def comparison_lines(answer: answers.catalog.Comparison) -> list[str]:
    """Return what users gain and lose, and what one license of each plan costs for one month."""
    services = answer.services
    lowered = ", ".join(each.family for each in answer.data_services_lowered)
    facts = {
        "from": answer.source.name,
        "to": answer.target.name,
        "direction": answer.direction,
        "kind": answer.kind.replace("_", " "),
        "offered": "yes" if answer.is_offered else "no",
        "offered 2014": "yes" if answer.is_offered_2014 else "no",
        "gained": listed_services(services.gained, answer.service_names),
        "lost": listed_services(services.lost, answer.service_names),
        "same": listed_services(services.same, answer.service_names),
        "newer version": listed_services(services.higher, answer.service_names),
        "older version": listed_services(services.lower, answer.service_names),
        "data at risk": lowered or "none",
    }
    return [*fields(facts), "", "one license per month", *_price_table(answer.prices)]


def _price_table(prices: Sequence[PriceComparison]) -> list[str]:
    rows = [
        [each.currency, *_amounts(each), _invented(each)]
        for each in sorted(prices, key=lambda each: _place(each.currency))
    ]
    return table(["CURRENCY", "FROM", "TO", "DIFFERENCE", ""], rows) if rows else ["unknown"]


def _amounts(prices: PriceComparison) -> list[str]:
    amounts = [each and each.unit_price for each in (prices.source, prices.target)]
    return [str(each or "-") for each in (*amounts, prices.difference)]


def _invented(prices: PriceComparison) -> str:
    sides = {"FROM": prices.source, "TO": prices.target}
    names = [name for name, price in sides.items() if price and price.is_invented]
    return f"made-up {' and '.join(names)}" if names else ""


def _require_priced(answer: answers.catalog.PlansAnswer, currency: str | None) -> None:
    codes = {price.unit_price.currency for plan in answer.plans for price in plan.prices}
    if codes and currency is not None and currency not in codes:
        allowed = ", ".join(sorted(codes))
        raise InvalidInput(field="--currency", value=currency, allowed=allowed, remedy=PRICE_REMEDY)


def _price(plan: answers.catalog.PlanSummary, currency: str | None) -> str:
    prices = [price for price in plan.prices if currency in {None, price.unit_price.currency}]
    return _prices(prices)[0] if prices else "-"


def _prices(prices: Sequence[Price]) -> list[str]:
    return [_priced(price) for price in sorted(prices, key=lambda each: _place(each.unit_price.currency))]


def _priced(price: Price) -> str:
    return f"{price.unit_price}{'*' if price.is_invented else ''}"


def _place(currency: str) -> tuple[bool, str]:
    return currency not in _FIRST_CURRENCIES, currency


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


def price_import_lines(answer: PriceImportOutcome) -> list[str]:
    """Return what an import of prices did or would do, with the prices that are new or others."""
    report = answer.report
    facts = {
        "version": answer.version,
        "status": (_PREVIEWS if answer.is_preview else _STATUSES)[answer.status],
        "read": f"{report.rows} prices of {report.products} products",
        "currencies": ", ".join(report.currencies),
        "new": str(len(report.added)),
        "changed": str(len(report.changed)),
        "taken back": str(len(report.withdrawn)),
        "as before": str(report.same),
        "not in it": _not_listed(report.not_listed),
        "unusual": "; ".join(answer.unusual) or "nothing",
    }
    changes = (*report.large, *_usual(report), *report.withdrawn, *report.added)
    rows = [_change_row(each) for each in changes[:_PRICES_SHOWN_MAX]]
    rest = len(changes) - len(rows)
    more = [f"and {rest} more; `--json` has all"] if rest else []
    return [*fields(facts), *([""] if rows else []), *table(_CHANGE_HEAD, rows), *more]


def _usual(report: PriceReport) -> Iterable[PriceChange]:
    return (each for each in report.changed if not each.is_large)


def _not_listed(prices: Sequence[PriceChange]) -> str:
    names = [f"{each.part_number} {each.currency}" for each in prices]
    return f"{_names(names)}; they stay" if names else "no price of an earlier list"


def _change_row(change: PriceChange) -> list[str]:
    before, after = change.before_minor_units, change.after_minor_units
    return [change.part_number, amount(before, change.currency), amount(after, change.currency)]


def _origins(prices: Sequence[Price]) -> str:
    origins = {f"{each.source} of {each.as_of}" if each.as_of else "the program" for each in prices}
    return "; ".join(sorted(origins)) or "-"


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
