"""`planswitch audit replay`: whether today's program decides as the histories of a switch have it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from cli.base.client import ConsoleClient, console_client
from cli.text import answers
from cli.text.output import JsonOption, as_facts, counted, note, print_json, print_lines, short, wrapped
from client.api import audit as audit_api
from client.api import switches as switches_api
from domain.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from audit.replay.decisions import Deviation
    from audit.replay.replays import RunReplay, SwitchReplay

#: Exit code where today's program decides otherwise, or nothing can be replayed (docs/cli.md).
NOT_AS_RECORDED = 9
#: Switches of one page of `--all`.
PAGE = 200
_MARGIN = 2
_RUN = 4
_DEVIATION = 6
_FIELD = 8
_NAME = 10
_VALUE_MAX = 200
#: Result of a switch -> what it means.
_MEANINGS = {
    "replays": "today's program decides as every history of this switch has it.",
    "other_values": "today's program takes the same steps in the same order, but hands on other values.",
    "no_history": "of a run below there is no history; what there is replays.",
    "differs": "today's program decides otherwise than a history has it.",
    "altered": "a history in the archive is not the one that was put there.",
}
_MOVE = "licenses"
#: First part of a workflow's id -> what the workflow does.
_WORKFLOWS = {
    "switch": "the switch",
    _MOVE: "license move",
    "wait": "the wait of the request",
    "invoice": "the look for the invoice",
}
_SOURCES = {"archive": "from the archive", "temporal": "from Temporal", "nowhere": "no history"}
Switch = Annotated[
    str | None,
    typer.Argument(
        help="Id of the switch, of its old or new subscription or of its organization, the first 8 "
        "characters of one, or the organization's name."
    ),
]
All = Annotated[bool, typer.Option("--all", help="Every switch, a line each.")]


def replay(switch: Switch = None, every: All = False, as_json: JsonOption = False) -> None:
    """Replay the histories of a switch, or of all, with today's program; nothing is changed."""
    if (switch is None) != every:
        raise InvalidInput(
            field="SWITCH",
            value=switch,
            allowed="a switch, or --all in its place",
            remedy="Name a switch, or give --all, and not both.",
        )
    with console_client() as console:
        if switch is None:
            is_as_recorded = _replay_all(console, as_json=as_json)
        else:
            answer = _replayed(console, switch)
            print_json(answer) if as_json else print_lines(replay_text(answer))
            is_as_recorded = answer.result == "replays"
    if not is_as_recorded:
        raise typer.Exit(NOT_AS_RECORDED)


def replay_text(answer: SwitchReplay) -> list[str]:
    """Return the replay of one switch."""
    result = str(answer.result)
    lines = [
        f"switch {answer.switch_id}",
        f"organization {answer.organization_id}",
        f"replayed by planswitch {answer.program_version}",
        "",
        *wrapped(f"{result.replace('_', ' ').upper()}: {_MEANINGS[result]}", 0),
        "",
        "RUNS",
    ]
    for run in answer.runs:
        lines += _run(run)
    return lines if answer.runs else [*lines, f"{' ' * _MARGIN}none"]


def _replayed(console: ConsoleClient, switch: str) -> SwitchReplay:
    from audit.replay.replays import SwitchReplay  # noqa: PLC0415 - heavy

    return console.ask(SwitchReplay, audit_api.show_replay.request(switch))


def _replay_all(console: ConsoleClient, *, as_json: bool) -> bool:
    """Print a line for each switch, and return whether all of them replay."""
    counts: Counter[str] = Counter()
    for switch_id in _switches(console):
        answer = _replayed(console, switch_id)
        counts[str(answer.result)] += 1
        line = json.dumps(as_facts(answer), ensure_ascii=False) if as_json else _line(answer)
        typer.echo(line)
    figures = ", ".join(f"{count} {result.replace('_', ' ')}" for result, count in sorted(counts.items()))
    note(f"{counted(counts.total(), 'switch')}{': ' if figures else ''}{figures}")
    return set(counts) <= {"replays"}


def _switches(console: ConsoleClient) -> Iterator[str]:
    after: str | None = None
    while True:
        page = console.ask(
            answers.switches.SwitchList, switches_api.list_switches.request(limit=PAGE, after=after)
        )
        yield from (each.switch_id for each in page.switches)
        after = page.next
        if not after:
            return


def _line(answer: SwitchReplay) -> str:
    events = sum(each.events for each in answer.runs)
    result = str(answer.result).replace("_", " ")
    return f"{short(answer.switch_id)}  {result:<12}  {counted(len(answer.runs), 'run')}, {events} events"


def _run(run: RunReplay) -> list[str]:
    source = _SOURCES[str(run.source)]
    archived = f" of {run.archived_at:%Y-%m-%d %H:%M} UTC" if run.archived_at else ""
    events = f"{run.events} events, {run.decisions} decisions, " if run.events else ""
    ended = f"{run.status}, " if run.status else ""
    result = str(run.result).replace("_", " ")
    return [
        *wrapped(f"{_workflow(run)}, run {run.run_id}", _MARGIN),
        *wrapped(f"{ended}{events}{source}{archived}", _RUN),
        *wrapped(f"{result}{': ' if run.why else ''}{run.why}", _RUN),
        *_deviations(run.deviations),
    ]


def _workflow(run: RunReplay) -> str:
    """Return a workflow in words that fit a line; its whole id is as long as one."""
    kind, _, rest = run.workflow_id.partition(":")
    words = _WORKFLOWS.get(kind, run.workflow_id)
    return f"{words} {rest.partition(':')[2]}" if kind == _MOVE else words


def _deviations(deviations: Iterable[Deviation]) -> Iterator[str]:
    for each in deviations:
        yield f"{' ' * _DEVIATION}at event {each.event_id or 'unknown'}"
        yield from _fact("then", each.recorded)
        yield from _fact("today", each.today)
        for field in each.fields:
            yield from _fact(
                f"{' '}{field.field}", f"{_value(field.recorded)} then, {_value(field.today)} today"
            )
        if each.library:
            yield from _fact("library", each.library)


def _fact(name: str, value: str) -> list[str]:
    return wrapped(value, _FIELD + _NAME, f"{' ' * _FIELD}{name} ")


def _value(value: object) -> str:
    """Return a value of a message; None is a field that the program of that day did not know, or left out."""
    if value is None:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _VALUE_MAX else f"{text[:_VALUE_MAX]}..."
