"""`planswitch audit whatif`: what other rules, another catalog, calendar or policy would have decided."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Annotated, TypedDict

import typer

from cli.base.client import ConsoleClient, console_client, in_turn
from cli.text import answers
from cli.text.output import JsonOption, as_facts, counted, note, print_json, print_lines, wrapped
from client.api import audit as audit_api
from domain.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from audit.whatif.decisions import Difference
    from audit.whatif.switches import WhatIf

Switch = Annotated[str, typer.Argument(help="Id of the switch or its first 8 characters; none with --all.")]
Rules = Annotated[str | None, typer.Option("--rules", help="Rule set, such as 2014.")]
CatalogVersion = Annotated[str | None, typer.Option("--catalog", help="Version of the catalog.")]
Calendar = Annotated[str | None, typer.Option("--calendar", help="Country, such as DE, or DE-BE.")]
Policy = Annotated[str | None, typer.Option("--policy", help="Proration policy, such as fixed_30.")]
_MARGIN = 2


class _Inputs(TypedDict):
    """Other inputs than those that were recorded."""

    rules: str | None
    catalog: str | None
    calendar: str | None
    policy: str | None


def what_if(
    switch: Switch = "",
    *,
    rules: Rules = None,
    catalog: CatalogVersion = None,
    calendar: Calendar = None,
    policy: Policy = None,
    is_all: Annotated[bool, typer.Option("--all", help="The whole history.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Decide a switch again from its recorded inputs, with exactly one of them another one.

    Eligibility, quote, proration and deadlines. Nothing is changed. With --all and --json each switch that
    differs is one line of JSON, and the last line is the summary.
    """
    if bool(switch) == is_all:
        raise InvalidInput(
            field="SWITCH",
            value=switch or None,
            allowed="a switch, or --all in its place",
            remedy="Name one.",
        )
    other = _Inputs(rules=rules, catalog=catalog, calendar=calendar, policy=policy)
    with console_client() as console:
        if is_all:
            _history(console, other, as_json=as_json)
            return
        request = audit_api.show_what_if.request(switch, **other)
        answer = console.ask(answers.assessments.WhatIfAnswer, request)
    print_json(answer) if as_json else print_lines(answer_lines(answer))


def answer_lines(answer: answers.assessments.WhatIfAnswer) -> list[str]:
    """Return what one switch would have been."""
    result = answer.answer
    lines = [f"switch {result.switch_id}", f"decided again with {answer.input} {answer.name}", ""]
    lines.append(_counts(result))
    for _, same in groupby(result.differences, key=_group):
        lines += ["", *_differences(list(same))]
    if result.undecided:
        lines += ["", "CAN'T BE DECIDED AGAIN"]
        for undecided in result.undecided:
            text = f"{undecided.decision.replace('_', ' ')} (event {undecided.position}): {undecided.why}"
            lines += wrapped(text, _MARGIN)
    return lines


def _counts(result: WhatIf) -> str:
    decisions, differing = counted(result.decisions, "decision"), len(result.differences)
    differ = "none differs" if not differing else f"{differing} {'differs' if differing == 1 else 'differ'}"
    undecided = f", {len(result.undecided)} can't be decided again" if result.undecided else ""
    return f"{decisions} made again: {differ}{undecided}"


def _group(each: Difference) -> tuple[str, int, str, str]:
    """Return what differences have in common that are told together."""
    return each.decision, each.position, each.days, each.why


def _differences(same: Sequence[Difference]) -> Iterator[str]:
    first = same[0]
    days = f", {first.days}" if first.days else ""
    name = first.decision.replace("_", " ").upper()
    yield from wrapped(f"{name} (event {first.position}, {first.at:%Y-%m-%d}){days}", 0)
    for each in same:
        if each.about:
            yield f"{' ' * _MARGIN}{each.about.replace('_', ' ') if each.about.islower() else each.about}"
        indent = _MARGIN + _MARGIN if each.about else _MARGIN
        for label, value in (("recorded", each.recorded), ("would be", each.would_be)):
            yield from wrapped(value, indent + len("recorded") + _MARGIN, f"{' ' * indent}{label}")
    yield from wrapped(f"why: {first.why}", _MARGIN)


def _history(console: ConsoleClient, other: _Inputs, *, as_json: bool) -> None:
    """Print what differs part after part; nothing of the parts before is kept but the counts."""
    totals = dict.fromkeys(("switches", "assessments", "decisions", "undecided", "differing"), 0)
    input_name = ""
    for part in _parts(console, other):
        input_name = f"{part.input} {part.name}"
        for name in totals:
            value = getattr(part, name)
            totals[name] += value if isinstance(value, int) else len(value)
        for each in part.differing:
            typer.echo(json.dumps(as_facts(each), ensure_ascii=False) if as_json else _line(each))
    if as_json:
        typer.echo(json.dumps({"summary": totals}))
        return
    for line in _summary(input_name, totals):
        note(line)


def _parts(console: ConsoleClient, other: _Inputs) -> Iterator[answers.assessments.WhatIfPart]:
    """Yield the parts of the history in the order of the log; the console decides several at once."""
    after, until = 0, 0
    while True:
        request = audit_api.list_history_pages.request(after=after, until=until)
        pages = console.ask(answers.assessments.WhatIfPages, request)
        bounds = [after, *pages.ends, *([] if pages.next else [pages.until])]
        requests = [partial(_part, console, other, first, end) for first, end in pairwise(bounds)]
        # One more than are decided: no process waits until an answer was read here.
        for parts in in_turn(requests, at_once=pages.at_once + (pages.at_once > 1)):
            yield from parts
        if pages.next is None:
            return
        after, until = pages.next, pages.until


def _part(
    console: ConsoleClient, other: _Inputs, after: int, until: int
) -> list[answers.assessments.WhatIfPart]:
    """Return what is between two places of the log: one part, or more where the console's are shorter."""
    parts = []
    while True:
        request = audit_api.show_history_what_if.request(**other, after=after, until=until)
        part = console.ask(answers.assessments.WhatIfPart, request)
        parts.append(part)
        if part.next is None or part.next >= until:
            return parts
        after = part.next


def _line(each: WhatIf) -> str:
    """Return one line for a switch that differs: which decisions, and how many."""
    names: dict[str, int] = {}
    for difference in each.differences:
        about = difference.about if difference.decision == "reason" else difference.decision
        names[about] = names.get(about, 0) + 1
    decisions = ", ".join(name.replace("_", " ") if name.islower() else name for name in names)
    who = f"switch {each.switch_id[:8]}" if each.switch_id else f"assessment {each.position}"
    return f"{who}  {len(each.differences)} differ: {decisions}"


def _summary(input_name: str, totals: Mapping[str, int]) -> Iterator[str]:
    looked = f"{counted(totals['switches'], 'switch')}, {counted(totals['assessments'], 'other assessment')}"
    yield f"{input_name}: {looked}; {counted(totals['decisions'], 'decision')} made again"
    lost = counted(totals["undecided"], "decision")
    yield f"{totals['differing']} of them differ; {lost} can't be made again"
