"""`planswitch audit assessments` and `audit assessment`: why a switch was possible or refused on its day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cli.base.client import console_client
from cli.base.options import Organization
from cli.text import answers
from cli.text.output import JsonOption, ago, fields, note, print_json, print_lines, short, wrapped
from cli.text.tables import table
from client.api import audit as audit_api

if TYPE_CHECKING:
    from audit.assessments.records import ReasonStory

Assessment = Annotated[
    str, typer.Argument(help="Number of the assessment in the list, its id, or the id of the switch.")
]
_MARGIN = 2


def assessments(
    organization: Organization,
    *,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many at most.")] = 50,
    after: Annotated[int | None, typer.Option(help="Last number of the previous page.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the recorded assessments and refusals of an organization, the newest first."""
    with console_client() as console:
        request = audit_api.list_assessments.request(organization, limit=limit, after=after)
        answer = console.ask(answers.assessments.AssessmentList, request)
    if as_json:
        print_json(answer)
        return
    rows = [
        [
            each.number,
            f"{each.at:%Y-%m-%d %H:%M}",
            each.verdict,
            f"{each.source_plan or '-'} to {each.target_plan or '-'}",
            each.actor,
            ", ".join(each.codes) or "-",
        ]
        for each in answer.assessments
    ]
    print_lines(table(["NUMBER", "AT (UTC)", "ANSWER", "PLANS", "WHO ASKED", "WHY NOT"], rows))
    note("one of them: planswitch audit assessment NUMBER" if rows else "nothing was assessed")
    if answer.next is not None:
        note(f"older ones: add --after {answer.next}")


def assessment(number: Assessment, as_json: JsonOption = False) -> None:
    """Show one assessment: reasons with the figures compared, rules and catalog of that day, who asked."""
    with console_client() as console:
        request = audit_api.show_assessment.request(number)
        answer = console.ask(answers.assessments.ShownAssessment, request)
    print_json(answer) if as_json else print_lines(assessment_lines(answer))


def assessment_lines(answer: answers.assessments.ShownAssessment) -> list[str]:
    """Return everything that one assessment rests on."""
    lines = [f"{answer.verdict.upper()} at {ago(answer.at)}", *fields(_facts(answer))]
    lines += ["", "REASONS, with the figures compared", *_reasons(answer.reasons)]
    if answer.findings:
        lines += ["", "FINDINGS"]
        for finding in answer.findings:
            lines += [*wrapped(f"{finding.code}: {finding.message}", _MARGIN), *_figures(finding.figures)]
    if answer.quote is not None:
        quote = answer.quote
        lost = f"; up to {quote.forfeited_at_most} forfeited" if quote.forfeited_at_most else ""
        text = f"{quote.total} on {quote.first_on}, by {quote.policy}{lost}; digest {short(quote.digest)}"
        lines += ["", "QUOTE", *wrapped(text, _MARGIN)]
    return lines


def _facts(answer: answers.assessments.ShownAssessment) -> dict[str, object]:
    refusal = answer.refusal
    words = f": {refusal.message} {refusal.remedy}".rstrip() if refusal else ""
    facts = {
        "number": answer.number,
        "organization": answer.organization_id,
        "switch": answer.switch_id,
        "refused by": f"{answer.refusal_code}{words}" if answer.refusal_code else "",
        "who asked": answer.actor,
        "why asked": answer.reason,
        "caused by": answer.causation,
        "question": _question(answer),
        "asked before": answer.stage.removeprefix("before_").replace("_", " "),
        "rule set": answer.rule_set,
        "catalog": answer.catalog_version,
        "direction": f"{answer.direction}, {answer.kind.replace('_', ' ')}" if answer.direction else "",
        "to confirm": ", ".join(answer.acknowledgments_missing),
        "input": f"digest {short(answer.input_digest)}; --json has all of it" if answer.input_digest else "",
    }
    return {name: value for name, value in facts.items() if value}


def _question(answer: answers.assessments.ShownAssessment) -> str:
    way = answer.mode.replace("_", " ")
    return f"{answer.source_plan} to {answer.target_plan}, {way}" if way else ""


def _reasons(reasons: Sequence[ReasonStory]) -> list[str]:
    lines: list[str] = []
    for each in reasons:
        weight = f"blocks {' and '.join(each.blocks)}" if each.blocks else "a notice, blocks nothing"
        lines += wrapped(f"{each.code} ({weight}): {each.message}", _MARGIN)
        lines += _figures(each.figures)
        lines += wrapped(f"what to do: {each.remedy}", 2 * _MARGIN) if each.remedy else []
        lines += [f"{' ' * 2 * _MARGIN}look again: {ago(each.retry_at)}"] if each.retry_at else []
    return lines or [f"{' ' * _MARGIN}none"]


def _figures(figures: Mapping[str, str | int]) -> Iterator[str]:
    """Yield the figures as they were compared."""
    words = "; ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items())
    yield from wrapped(f"figures: {words or 'not recorded'}", 2 * _MARGIN)
