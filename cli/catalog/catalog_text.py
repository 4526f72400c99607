"""An import and the versions of the catalog in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cli.text import answers
from cli.text.output import ago, fields, wrapped
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


def version_rows(answer: answers.catalog.VersionsAnswer) -> list[list[object]]:
    """Return the rows of the table of versions."""
    return [
        [
            version.name,
            version.products or "-",
            ago(version.imported_at or version.recorded_at),
            version.imported_by or "the program",
            "current" if version.is_current else "",
        ]
        for version in answer.versions
    ]


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
