"""`planswitch audit show`: the provable history of a switch, the verdict first, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from cli.base.client import console_client
from cli.base.options import Switch
from cli.switch.quote_text import NO_MONEY, findings
from cli.switch.switch_text import trouble_lines
from cli.switch.users import refusal
from cli.text.output import JsonOption, charged_amount, print_json, print_lines, short, wrapped
from cli.text.tables import table
from client.api import switches as switches_api

if TYPE_CHECKING:
    from datetime import datetime

    from audit.story.holdings import JournalStory, Lock, MoneyAndOrder, Users
    from audit.story.show import AuditEntry, SwitchAudit
    from audit.story.steps import Attempt, StepStory, ToldCall
    from audit.story.verdict import Verdict
    from audit.story.wait_parts import Wait
    from domain.operator.workflow_trouble import WorkflowTrouble

#: Longest number of seconds that is shown in a unit, and the seconds of one unit.
_UNITS = ((60, 1, "s"), (3_600, 60, "min"), (172_800, 3_600, "h"))
_DAY_SECONDS = 86_400
_MARGIN = 2
_ATTEMPT = 4
_CALL = 6
_ANSWER = 10
_NAME = 14
_EVENT = 8
_NO_ANSWER = "no answer"
#: Widths of provider and operation; longer ones push the rest to the right.
_PROVIDER_WIDTH = 9
_OPERATION_WIDTH = 20
_ANSWER_WIDTH = 9
_AFTER_WIDTH = 9


def show(
    switch: Switch,
    as_json: JsonOption = False,
) -> None:
    """Tell a switch's story: how it ended and why, waits, steps with every call, and events."""
    from audit.story.show import SwitchAudit  # noqa: PLC0415 - heavy

    with console_client() as console:
        answer = console.ask(SwitchAudit, switches_api.show_audit.request(switch))
    print_json(answer) if as_json else print_lines(story(answer))


def story(answer: SwitchAudit) -> list[str]:
    """Return the whole story of one switch."""
    sections = {
        "USERS" if answer.money.licenses_only else "USERS, ORDER AND MONEY": _touched(answer),
        **({"OPEN POINTS": findings(answer.open_points)} if answer.open_points else {}),
        **({"FINDINGS": findings(answer.findings)} if answer.findings else {}),
        **_in_trouble(answer.workflow_troubles),
        "LOCKS (times in UTC)": _locks(answer.locks),
        "WAITS": [line for wait in answer.waits for line in _wait(wait)],
        "REFUSALS, in the provider's own words": [line for each in answer.refusals for line in refusal(each)],
        "STEPS, with every call to a provider": [line for step in answer.steps for line in _step(step)],
        "EVENTS": [line for entry in answer.events for line in _event(entry)],
    }
    lines = [f"switch {answer.switch_id}", f"organization {answer.organization_id}", ""]
    lines += _verdict(answer.verdict)
    for title, section in sections.items():
        lines += ["", title, *(section or [f"{' ' * _MARGIN}none"])]
    return lines


def _in_trouble(troubles: Sequence[WorkflowTrouble]) -> dict[str, list[str]]:
    """Return what keeps the workflow from going on; no section where all is well."""
    lines = [line for each in troubles for line in trouble_lines(each, _MARGIN)]
    return {"WORKFLOW, which can't go on": lines} if lines else {}


def _verdict(verdict: Verdict) -> list[str]:
    preposition = "at" if verdict.has_ended else "since"
    lines = [f"{verdict.outcome.replace('_', ' ').upper()} {preposition} {_at(verdict.at)} UTC"]
    lines += wrapped(verdict.sentence, _MARGIN)
    facts = {"code": verdict.code, "last step": verdict.step, "what to do": verdict.what_to_do}
    return [*lines, *(line for name, value in facts.items() if value for line in _fact(name, value))]


def _touched(answer: SwitchAudit) -> list[str]:
    users, money = answer.users, answer.money
    effects = _unanswered(money)
    if money.licenses_only:
        return [*_fact("users", _users(users)), *_fact("money", NO_MONEY), *effects]
    lines = [*_fact("users", _users(users)), *_fact("order", _order(money))]
    if money.source_cancelled_at:
        lines += _fact("old plan", f"cancelled {_at(money.source_cancelled_at)} UTC")
    charged = money.charged
    total = charged_amount(charged.minor_units, charged.currency) if charged else ""
    lines += _fact("charged", f"{total} with tax" if total else "nothing")
    lines += _fact("credited", f"{money.credited} without tax") if money.credited else []
    lines += _fact("forfeited", str(money.forfeited)) if money.forfeited else []
    return [*lines, *_journal(answer.journal), *effects]


def _unanswered(money: MoneyAndOrder) -> list[str]:
    """Return the effects that no provider ever answered."""
    lines: list[str] = []
    for effect in money.open_effects:
        calls = "call" if effect.calls == 1 else "calls"
        call = f"{effect.provider} {effect.operation}, {effect.calls} {calls}, key {short(effect.key)}"
        lines += _fact("never answered", f"{call}: it may have happened")
    return lines


def _journal(journal: JournalStory) -> list[str]:
    """Return whether the books balance; every posting stands in `--json`."""
    if not journal.postings:
        return []
    if journal.is_whole:
        return _fact("journal", f"{len(journal.postings)} postings, each sums to zero, all to the bill")
    return _fact("journal", f"does not fit: {'; '.join(journal.differences) or 'a posting is uneven'}")


def _users(users: Users) -> str:
    if users.total is None:
        return "no license was touched"
    late = f", {users.joined_late} joined late" if users.joined_late else ""
    on_roster = users.total - users.joined_late
    text = f"{on_roster} on the roster{late}: {users.moved} moved, {users.failed} failed"
    skipped = f", {users.skipped} skipped" if users.skipped else ""
    return text + skipped + (f", {users.returned} returned" if users.is_rolled_back else "")


def _order(money: MoneyAndOrder) -> str:
    if not money.order_id or money.ordered_at is None:
        return "nothing was ordered"
    placed = f"{money.order_id}, {money.licenses_ordered} licenses, placed {_at(money.ordered_at)} UTC"
    return f"{placed}; taken back {_at(money.voided_at)} UTC" if money.voided_at else placed


def _locks(locks: Sequence[Lock]) -> list[str]:
    if not locks:
        return []
    rows = [
        [
            lock.lock,
            _at(lock.held_from),
            _at(lock.released_at) if lock.released_at else "still held",
            _promise(lock),
        ]
        for lock in locks
    ]
    return table(["LOCK", "HELD FROM", "TO", "PROMISED END"], rows)


def _promise(lock: Lock) -> str:
    if not lock.is_promised:
        return "none: an operator starts the steps"
    return _at(lock.promised_end_at) + (" late" if lock.is_promise_kept is False else "")


def _wait(wait: Wait) -> Iterator[str]:
    yield from wrapped(f"{wait.kind.replace('_', ' ')}: {wait.about}", _MARGIN)
    planned = f"planned {_at(wait.planned_end_at)}" if wait.planned_end_at else "no planned end"
    ended = _at(wait.ended_at) if wait.ended_at else "now"
    looks = f", looks again {_at(wait.looks_at)}" if wait.looks_at else ""
    yield from wrapped(f"{_at(wait.begun_at)} to {ended}, {planned}{looks}", _ATTEMPT)
    if wait.names:
        yield from wrapped(f"by name: {', '.join(wait.names)}", _ATTEMPT)
    for mark in wait.marks:
        yield from wrapped(f"{_at(mark.at)} {mark.words}", _ATTEMPT)
    yield from wrapped(f"{wait.ended.replace('_', ' ')}: {wait.why}", _ATTEMPT)
    if wait.what_to_do:
        yield from wrapped(f"what to do: {wait.what_to_do}", _ATTEMPT)


def _step(step: StepStory) -> Iterator[str]:
    yield f"{' ' * _MARGIN}{step.step}"
    for _, same in groupby(step.attempts, key=_signature):
        attempts = list(same)
        yield from wrapped(f"{_numbers(attempts)}: {attempts[0].result}", _ATTEMPT)
        yield from _calls(attempts[0])


def _signature(attempt: Attempt) -> tuple[object, ...]:
    """Return what makes attempts alike: hundreds of them may have asked and heard the same."""
    calls = tuple(_heard(call) for call in attempt.calls)
    return attempt.result, tuple(each.position for each in attempt.events), calls


def _heard(call: ToldCall) -> tuple[object, ...]:
    """Return what makes calls alike; each answer has an id of its own."""
    refusals = tuple((each.status, each.code, each.text, each.count) for each in call.refusals)
    return call.provider, call.operation, call.answer, refusals


def _numbers(attempts: Sequence[Attempt]) -> str:
    first, last = attempts[0], attempts[-1]
    at = f", {_at(first.began_at)}" if first.began_at else ""
    if first is last:
        return f"attempt {first.number}{at}"
    return f"attempts {first.number} to {last.number}{at} to {_at(last.began_at) if last.began_at else ''}"


def _calls(attempt: Attempt) -> Iterator[str]:
    for _, same in groupby(attempt.calls, key=lambda call: (_heard(call), call.key)):
        yield from _call(list(same))
    more_calls = attempt.calls_total - len(attempt.calls)
    if more_calls:
        yield f"{' ' * _CALL}and {more_calls} more calls that were answered"


def _call(same: Sequence[ToldCall]) -> Iterator[str]:
    call = same[0]
    status = str(call.status) if call.status else _NO_ANSWER
    key = f"  key {short(call.key)}{' again' if call.repeats_key else ''}" if call.key else ""
    times = f"  {len(same)} times" if len(same) > 1 else ""
    duration = f"{sum(each.duration_ms for each in same):>6} ms"
    names = f"{call.provider:<{_PROVIDER_WIDTH}} {call.operation:<{_OPERATION_WIDTH}}"
    yield from wrapped(f"{names} {status:<{_ANSWER_WIDTH}} {duration}{times}{key}", _CALL)
    found_by = f"request {call.request_id}" if call.request_id and (call.is_failed or call.key) else ""
    answer = ": ".join(part for part in (call.code, call.text, found_by) if part)
    if answer:
        yield from wrapped(answer, _ANSWER)
    for each in call.refusals:
        answer_text = ": ".join(part for part in (each.code, each.text) if part) or "no text"
        found_by = f" (request {each.request_id})" if each.request_id else ""
        yield from wrapped(f"{each.count} x {each.status}: {answer_text}{found_by}", _ANSWER)


def _event(entry: AuditEntry) -> Iterator[str]:
    yield f"{entry.position:>6}  {_at(entry.at)}  {_after(entry.after_seconds)}  {entry.event}"
    yield from wrapped(entry.effect, _EVENT)
    reason = f" ({entry.reason})" if entry.reason else ""
    yield from wrapped(f"by {entry.actor}{reason}; after {entry.cause}", _EVENT)


def _fact(name: str, value: str) -> list[str]:
    return wrapped(value, _MARGIN + _NAME + _MARGIN, f"{' ' * _MARGIN}{name}")


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S}"


def _after(seconds: float) -> str:
    for limit, size, unit in _UNITS:
        if seconds < limit:
            return f"+{seconds / size:.1f} {unit}".ljust(_AFTER_WIDTH)
    return f"+{seconds / _DAY_SECONDS:.1f} d".ljust(_AFTER_WIDTH)
