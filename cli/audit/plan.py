"""`planswitch audit plan`: the plan of the accepted quote beside what happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cli.base.client import console_client
from cli.base.options import Switch
from cli.text.output import JsonOption, print_json, print_lines, wrapped
from cli.text.tables import table
from client.api import audit as audit_api

if TYPE_CHECKING:
    from datetime import datetime

    from audit.plan.rows import PlanAndActual, PlannedAmount, PlannedCount, PlannedMoney, PlannedTime

#: Longest number of seconds that is told in a unit, the seconds of one, and the unit.
_UNITS = ((60, 1, "s"), (3_600, 60, "min"), (172_800, 3_600, "h"))
_DAY_SECONDS = 86_400
_MARGIN = 2
_DETAIL = 4
_STATES = {
    "as_planned": "as planned",
    "otherwise": "OTHERWISE",
    "so_far": "so far",
    "unplanned": "not planned",
}


def plan(switch: Switch, as_json: JsonOption = False) -> None:
    """Show the plan of the accepted quote beside what happened: time, locks, users, money, services."""
    from audit.plan.rows import PlanAndActual  # noqa: PLC0415 - heavy

    with console_client() as console:
        answer = console.ask(PlanAndActual, audit_api.show_plan_and_actual.request(switch))
    print_json(answer) if as_json else print_lines(plan_text(answer))


def plan_text(answer: PlanAndActual) -> list[str]:
    """Return a switch beside its plan."""
    lines = [f"switch {answer.switch_id}", f"organization {answer.organization_id}", "", _summary(answer)]
    lines += ["", "TIME (UTC)", *_times(answer.times)]
    lines += ["", "LOCKS (UTC)", *_times(answer.locks)]
    lines += ["", "USERS AND LICENSES", *_counts(answer.users)]
    lines += ["", "MONEY", *_money(answer.money)]
    lines += ["", "SERVICES", *_counts(answer.services)]
    return lines


def _summary(answer: PlanAndActual) -> str:
    ended = f"It ended as {answer.outcome.replace('_', ' ')}." if answer.outcome else "It still runs."
    if answer.otherwise:
        one = answer.otherwise == 1
        return f"OTHERWISE: {answer.otherwise} {'line' if one else 'lines'} below came otherwise. {ended}"
    return f"{'AS PLANNED' if answer.has_ended else 'AS PLANNED SO FAR'}. {ended}"


def _times(rows: Sequence[PlannedTime]) -> Iterator[str]:
    if not rows:
        yield f"{' ' * _MARGIN}none"
    for each in rows:
        yield from wrapped(f"{each.what}: {_state(each)}", _MARGIN)
        planned = f"planned until {_at(each.planned_end_at)}" if each.planned_end_at else "no planned end"
        ended = f"ended {_at(each.ended_at)}" if each.ended_at else "goes on"
        late = f" ({_late(each.late_seconds)})" if each.late_seconds is not None else ""
        yield from wrapped(f"from {_at(each.begun_at)}, {planned}, {ended}{late}", _DETAIL)
        if each.why:
            yield from wrapped(each.why, _DETAIL)


def _counts(rows: Sequence[PlannedCount]) -> Iterator[str]:
    cells = [[each.what, _number(each.planned), _number(each.actual), _state(each)] for each in rows]
    yield from table(["WHAT", "PLANNED", "ACTUAL", "STATE"], cells)
    yield from _reasons(rows)


def _money(money: PlannedMoney) -> Iterator[str]:
    if money.first_on and money.first_total:
        first = f"The plan showed {money.first_total} with tax for its first day, {money.first_on}."
        yield from wrapped(first, _MARGIN)
    if money.billed_on:
        day = f"Billed is {money.billed_on}; the quote has its own price for each day."
        yield from wrapped(day, _MARGIN)
    if money.broken:
        yield from wrapped(f"The accepted quote can't be computed again: {money.broken}", _MARGIN)
    if not money.amounts:
        yield f"{' ' * _MARGIN}none"
        return
    cells = [
        [each.what, _text(each.quoted), _text(each.billed), _text(each.difference), _state(each)]
        for each in money.amounts
    ]
    yield from table(["WHAT", "QUOTED", "BILLED", "DIFFERENCE", "STATE"], cells)
    yield from _reasons(money.amounts)


def _reasons(rows: Sequence[PlannedCount] | Sequence[PlannedAmount]) -> Iterator[str]:
    """Yield why rows came otherwise; rows with the same reason share its line."""
    names: dict[str, list[str]] = {}
    for each in rows:
        if each.why:
            names.setdefault(each.why, []).append(each.what)
    for why, whats in names.items():
        yield from wrapped(f"{', '.join(whats)}: {why}", _MARGIN)


def _state(row: PlannedTime | PlannedCount | PlannedAmount) -> str:
    return _STATES[str(row.state)]


def _number(value: int | None) -> str:
    return "-" if value is None else str(value)


def _text(value: object) -> str:
    return "-" if value is None else str(value)


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S}"


def _late(seconds: int) -> str:
    words = "late" if seconds > 0 else "before"
    for limit, size, unit in _UNITS:
        if abs(seconds) < limit:
            return f"{abs(seconds) / size:.0f} {unit} {words}"
    return f"{abs(seconds) / _DAY_SECONDS:.1f} d {words}"
