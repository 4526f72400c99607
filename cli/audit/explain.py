"""`planswitch audit explain`: why a switch failed, holds, waits or was late, and what can be done now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.base.client import console_client
from cli.base.options import Switch
from cli.switch.quote_text import NO_MONEY
from cli.text.output import JsonOption, charged_amount, counted, print_json, print_lines, wrapped
from client.api import audit as audit_api

if TYPE_CHECKING:
    from datetime import datetime

    from audit.autopsy.answer import FirstCause
    from audit.autopsy.attempts import AnswerOfAttempts, Trial
    from audit.autopsy.costs import BrokenPromise, Cost, UsersConcerned
    from audit.autopsy.explanation import Explanation, ObstacleStory
    from audit.autopsy.facts import Evidence
    from domain.operator.operator_commands import CommandAdvice

_MARGIN = 2
_NAME = 14
_DETAIL = 4
_BULLET = "  - "
_NO_ANSWER = "no answer"
#: Seconds up to which a length is told in a unit, and the seconds of one unit.
_UNITS = ((120, 1, "s"), (7_200, 60, "min"), (172_800, 3_600, "h"))
_DAY_SECONDS = 86_400


def explain(switch: Switch, as_json: JsonOption = False) -> None:
    """Explain why a switch failed, holds, waits or was late: first cause, cost, and what to do now."""
    from audit.autopsy.explanation import Explanation  # noqa: PLC0415 - heavy

    with console_client() as console:
        answer = console.ask(Explanation, audit_api.explain_switch.request(switch))
    print_json(answer) if as_json else print_lines(explanation_lines(answer))


def explanation_lines(answer: Explanation) -> list[str]:
    """Return a whole explanation."""
    preposition = "at" if answer.has_ended else "since"
    outcome = answer.outcome.replace("_", " ").upper()
    lines = [f"switch {answer.switch_id}", f"organization {answer.organization_id}", ""]
    lines += [f"{outcome} {preposition} {_at(answer.at)} UTC", *_cause(answer.first_cause)]
    sections = {
        "EVIDENCE": [line for each in answer.first_cause.evidence for line in _evidence(each)],
        "EVERY OBSTACLE, in the order of time": [
            line for each in answer.obstacles for line in _obstacle(each)
        ],
        "WHAT PROVIDERS ANSWERED": _answers(answer),
        "WHAT WAS TRIED": [line for each in answer.trials for line in _trial(each)],
        "COST": _cost(answer.cost),
        "USERS": [line for each in answer.users for line in _users(each)],
        "PROMISES BROKEN": [line for each in answer.promises for line in _promise(each)],
        "WHAT CAN BE DONE NOW": [line for each in answer.options for line in _option(each)],
    }
    for title, section in sections.items():
        lines += ["", title, *(section or [f"{' ' * _MARGIN}none"])]
    return lines


def _cause(first: FirstCause) -> list[str]:
    facts = {
        "code": first.code,
        "step": first.step,
        "since": f"{_at(first.since)} UTC",
        "up to": first.party,
        "what to do": first.remedy,
    }
    lines = [line for name, value in facts.items() if value for line in _fact(name, value)]
    return [*wrapped(first.sentence, _MARGIN), *lines]


def _evidence(each: Evidence) -> list[str]:
    heard = _heard(each.code, each.text, each.request_id)
    lines = wrapped(f"{each.kind} {each.place}, {_at(each.at)}: {each.words}", _DETAIL, _BULLET)
    return [*lines, *(wrapped(heard, _DETAIL) if heard else [])]


def _heard(code: str, text: str, request_id: str) -> str:
    answer = ": ".join(part for part in (code, text) if part)
    return f"{answer} (request {request_id})".strip() if request_id else answer


def _obstacle(each: ObstacleStory) -> list[str]:
    ended = f"to {_at(each.ended_at)}" if each.ended_at else "and goes on"
    code = f" [{each.code}]" if each.code else ""
    return wrapped(f"{_at(each.begun_at)} {ended}: {each.sentence}{code}", _DETAIL, _BULLET)


def _answers(answer: Explanation) -> list[str]:
    lines = [line for each in answer.answers for line in _answer(each)]
    left_out = answer.answers_left_out
    return [*lines, f"{_BULLET}and {left_out} more that differ"] if left_out else lines


def _answer(each: AnswerOfAttempts) -> list[str]:
    first, last = each.first_attempt, each.last_attempt
    attempts = f"attempt {first}" if first == last else f"attempts {first} to {last}"
    status = str(each.status) if each.status else _NO_ANSWER
    line = f"{each.step}, {attempts}: {each.provider} {each.operation}: {status}, {each.count} times"
    heard = _heard(each.code, each.text, each.request_id)
    lines = wrapped(line if each.count > 1 else line.removesuffix(", 1 times"), _DETAIL, _BULLET)
    return [*lines, *(wrapped(heard, _DETAIL) if heard else [])]


def _trial(each: Trial) -> list[str]:
    reason = f" ({each.reason})" if each.reason else ""
    return wrapped(f"{_at(each.at)} {each.actor}{reason}: {each.words}", _DETAIL, _BULLET)


def _cost(cost: Cost) -> list[str]:
    waited = ", ".join(
        f"{each.kind.replace('_', ' ')} {_length(each.seconds)} ({counted(each.waits, 'wait')})"
        for each in cost.waited
    )
    lines = _fact("time", _length(cost.seconds) + (f"; waited: {waited}" if waited else ""))
    attempts, calls = counted(cost.attempts_lost, "attempt"), counted(cost.calls_failed, "call")
    lines += _fact("work lost", f"{attempts} got nothing done, {calls} failed")
    if cost.licenses_only:
        return [*lines, *_fact("money", NO_MONEY), *_unanswered(cost)]
    charged = cost.charged
    lines += _fact("charged", charged_amount(charged.minor_units, charged.currency) if charged else "nothing")
    lines += _fact("credited", str(cost.credited)) if cost.credited else []
    lines += _fact("forfeited", str(cost.forfeited)) if cost.forfeited else []
    order = f"{cost.order_id}, {'taken back' if cost.is_order_voided else 'not taken back'}"
    lines += _fact("order", order if cost.order_id else "nothing was ordered")
    return [*lines, *_unanswered(cost)]


def _unanswered(cost: Cost) -> list[str]:
    """Return the effects that no provider ever answered."""
    lines: list[str] = []
    for effect in cost.open_effects:
        lines += _fact("never answered", f"{effect.provider} {effect.operation}: it may have happened")
    return lines


def _users(each: UsersConcerned) -> list[str]:
    code = f" [{each.error}]" if each.error else ""
    return wrapped(f"{counted(each.count, 'user')} {each.words}{code}", _DETAIL, _BULLET)


def _promise(each: BrokenPromise) -> list[str]:
    kept = f"kept {_at(each.kept_at)}" if each.kept_at else "still due"
    line = f"{each.promise}: promised {_at(each.promised_at)}, {kept}, {_length(each.late_seconds)} late"
    return wrapped(line, _DETAIL, _BULLET)


def _option(each: CommandAdvice) -> list[str]:
    return wrapped(each.what, _MARGIN + _NAME, f"{' ' * _MARGIN}{each.command.replace('_', ' ')}")


def _fact(name: str, value: str) -> list[str]:
    return wrapped(value, _MARGIN + _NAME, f"{' ' * _MARGIN}{name}")


def _length(seconds: float) -> str:
    for limit, size, unit in _UNITS:
        if seconds < limit:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds / _DAY_SECONDS:.1f} d"


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S}"
