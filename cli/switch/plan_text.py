"""What `switch quote` prints of the plan of a switch: steps, locks, users, services, dates, money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cli.text import answers
from cli.text.output import amount, fields, first_users, wrapped

if TYPE_CHECKING:
    from domain.licenses.pilot import PlannedPilot
    from domain.requests.switch_plan import (
        PlannedAddon,
        PlannedDates,
        PlannedLock,
        PlannedServices,
        ServiceCount,
    )

#: Services that are named of one kind.
SERVICES_SHOWN = 6
#: Users that are named for one finding.
NAMED_SHOWN = 5
_INDENT = 2
_HANGING = 4
_STEP_INDENT = 6
_MONEY_INDENT = 32
_DIRECTIONS = {"you_pay": "you pay", "you_get_back": "you get back", "told": "not invoiced:"}
#: Whether the new plan renews -> its words.
_RENEWED = {None: "as the seller sets it", True: "by itself", False: "not: it ends with its term"}
_SERVICES = {
    "kept": "stay switched off",
    "no_counterpart": "without counterpart",
    "newly_granted": "newly granted",
    "dependents": "go off with others",
}


def plan(answer: answers.quotes.QuoteMade) -> list[str]:
    """Return the plan of a switch in lines."""
    facts, currency = answer.plan, answer.quote.currency
    return [
        "",
        *_steps(facts),
        "",
        *pilot_lines(facts.pilot),
        *_locks(facts),
        "",
        *_services(facts.services),
        "",
        *_preflight(facts.preflight),
        *_addons(facts.addons, currency),
        *_dates(facts.dates),
        "",
        *_money(facts, currency),
    ]


def _steps(facts: answers.quotes.SwitchPlanAnswer) -> list[str]:
    lines = [f"steps, {facts.users} users affected:"]
    for number, step in enumerate(facts.steps, 1):
        promise = f" ({step.promise})" if step.promise else ""
        lines += wrapped(f"{step.what}{promise}", _STEP_INDENT, f"  {number:>2}. ")
    return lines


def _preflight(preflight: answers.quotes.PreflightAnswer | None) -> list[str]:
    """Return which users would not be moved as they are now, and what to do before the move."""
    if preflight is None:
        return []
    failing = (
        "all of them can be moved" if not preflight.failing else f"{preflight.failing} would not be moved"
    )
    lines = [f"pre-flight, {preflight.users_checked} of {preflight.users} users checked: {failing}"]
    for each in preflight.findings:
        lines += wrapped(f"{each.users} users, {each.code}: {each.message}", _INDENT)
        lines += wrapped(f"what to do: {each.remedy}", _HANGING)
        lines += [f"{' ' * _STEP_INDENT}{name}" for name in each.named[:NAMED_SHOWN]]
        more = each.users - NAMED_SHOWN
        lines += [f"{' ' * _STEP_INDENT}and {more} more"] if more > 0 and each.named else []
    return [*lines, ""]


def pilot_lines(pilot: PlannedPilot | None) -> list[str]:
    """Return who moves first, and who of the group does not."""
    if pilot is None:
        return []
    if not pilot.group_id:
        move = "moves" if pilot.users == 1 else "move"
        return [f"pilot: {first_users(pilot.users)} {move} first, then the switch pauses", ""]
    lines = wrapped(
        f"pilot: {pilot.users} users of group {pilot.group_id} move first, then the switch pauses", 0
    )
    others = pilot.members - pilot.users - pilot.fed
    if pilot.fed:
        text = (
            f"{pilot.fed} of its members have the plan from a licensing group and move later, with that group"
        )
        lines += wrapped(text, _INDENT)
    if others:
        lines += wrapped(f"{others} of its members do not hold the plan", _INDENT)
    return [*lines, ""]


def _locks(facts: answers.quotes.SwitchPlanAnswer) -> list[str]:
    lines = ["locks:"]
    for each in facts.locks:
        when = f"from {_words(each.from_step)} to the end of {_words(each.to_step)}"
        text = f"{when}, {_lasts(each)}: {each.what}"
        lines += wrapped(text, _HANGING, f"{' ' * _INDENT}{each.lock}, ")
    advice = facts.advice
    start, until = _minute(advice.start_at), _minute(advice.until)
    text = f"advice: start at {start} UTC; administration is free again by {until} UTC ({advice.why})"
    return [*lines, *wrapped(text, _INDENT, " " * _INDENT)]


def _lasts(lock: PlannedLock) -> str:
    seconds = lock.promised_seconds
    return "while it lasts" if seconds is None else f"{-(-seconds // 60)} min"


def _minute(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M}"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _services(services: PlannedServices) -> list[str]:
    counted, users = services.users_counted, services.users
    over = f"{users} users" if counted >= users else f"the first {counted} of {users} users"
    pairs = {label: _named(getattr(services, name)) for name, label in _SERVICES.items()}
    return [f"services ({services.service_settings}), counted over {over}:", *fields(pairs)]


def _named(counts: Sequence[ServiceCount]) -> str:
    shown = [f"{each.name} ({each.users})" for each in counts[:SERVICES_SHOWN]]
    if len(counts) > SERVICES_SHOWN:
        shown.append(f"and {len(counts) - SERVICES_SHOWN} more, see --json")
    return ", ".join(shown) or "-"


def _addons(addons: Sequence[PlannedAddon], currency: str) -> list[str]:
    if not addons:
        return []
    lines = ["add-ons:"]
    for each in addons:
        money = [
            f"{amount(getattr(each, f'{name}_minor_units'), currency)} {name}"
            for name in ("credit", "charge")
            if getattr(each, f"{name}_minor_units")
        ]
        text = f"{each.name}, {'; '.join([each.what, *money])}"
        lines += wrapped(text, _HANGING, f"{' ' * _INDENT}{each.quantity} ")
    return [*lines, ""]


def _dates(facts: PlannedDates) -> list[str]:
    quoted = "inside the quote" if facts.is_renewal_quoted else "after the quote"
    renewal = {"old plan renews": f"{facts.renews_on}, {quoted}"}
    if facts.renews_on is None:
        renewal = {"old plan ends": f"{facts.ends_on}, it does not renew"}
    return fields(
        {
            "first day": facts.first_on,
            "quote until": facts.expires_on,
            **renewal,
            "new plan renews": _RENEWED[facts.is_target_renewed],
            "void for nothing": f"until {_minute(facts.voidable_until)} UTC, when it is ordered now; "
            f"warned {_minute(facts.void_warning_at)}",
            "invoice by": f"{facts.invoice_by}, when it completes on the first day",
        }
    )


def _money(facts: answers.quotes.SwitchPlanAnswer, currency: str) -> list[str]:
    lines = [f"money when it completes on {facts.dates.first_on}, net of tax:"]
    for each in facts.money:
        what = f"{_DIRECTIONS[each.direction]} {amount(abs(each.amount.minor_units), currency)}"
        text = f"{each.description}{_days(each)}"
        lines += wrapped(text, _MONEY_INDENT, f"{' ' * _INDENT}{what} ")
    return [*lines, *wrapped(facts.credit_check, _INDENT, " " * _INDENT)]


def _days(line: answers.quotes.PlannedLine) -> str:
    """Return the days of a line, the last one included."""
    last = line.to_on - timedelta(days=1)
    return f" ({line.from_on} to {last})" if line.from_on <= last else ""
