"""The steps of a switch: each with its attempts, and each attempt with its calls and what it recorded.

Temporal forgets all but the last failure of a step; this is told from the rows of calls and from the events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from domain.event_table.event_table import effect_of
from domain.ports.cloud import ProviderCall
from domain.ports.refusals import Refusal
from domain.switch.events import SwitchFailed
from domain.switch.move_events import LicenseMoveHeld
from domain.switch.return_events import CompensationStuck
from store.core.rows import RecordedCall
from store.record.notifications import StoredNotification

#: Calls of one attempt that are listed one by one; failed calls come first, others are left out.
CALLS_TOLD_MAX = 200

RECORDED = "recorded"
REFUSED = "refused"
NO_ANSWER = "no_answer"
FAILED = "failed"
ASKED_AGAIN = "asked_again"
NOTHING_NEW = "nothing_new"
NO_TRACE = "no_trace"

_SUCCESS = range(200, 300)
#: Steps that end or hold a switch, or note something: never why it failed, unless an event names one.
_BOOKKEEPING = ("administration.", "roll_back.record_", "promises.")
#: Events that tell why the step before them failed.
_FAILURES = (SwitchFailed, LicenseMoveHeld, CompensationStuck)


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldCall:
    """One call to a provider, and what it answered."""

    at: datetime
    provider: str
    operation: str
    #: HTTP status, 0 when no answer came.
    status: int
    code: str
    text: str
    #: Status, code and text in words.
    answer: str
    is_failed: bool
    duration_ms: int
    #: Idempotency key, "" for reads.
    key: str
    #: By which the provider's support finds the answer, "" where it has none.
    request_id: str
    #: Items that were refused in the answer, each different one once.
    refusals: tuple[Refusal, ...]
    #: The same key was sent before in this switch: the effect comes once all the same.
    repeats_key: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldEvent:
    """One event that an attempt recorded."""

    position: int
    event: str
    effect: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One attempt of a step."""

    number: int
    #: None when it left no trace.
    began_at: datetime | None
    #: recorded, refused, no_answer, failed, asked_again, nothing_new or no_trace.
    outcome: str
    #: The outcome in words.
    result: str
    events: tuple[ToldEvent, ...]
    calls: tuple[ToldCall, ...]
    calls_total: int
    calls_failed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StepStory:
    """One run of one step (an activity); a step may run several times in a switch."""

    step: str
    run_id: str
    activity_id: str
    #: When its first row or event was stored, by the clock of the database.
    recorded_at: datetime
    attempts: tuple[Attempt, ...]

    @property
    def is_failed(self) -> bool:
        """Return whether its last attempt was refused or got no answer."""
        return self.attempts[-1].outcome in {REFUSED, NO_ANSWER, FAILED}


@dataclass(kw_only=True)
class _Trace:
    """What one attempt left behind."""

    events: list[StoredNotification] = field(default_factory=list)
    calls: list[RecordedCall] = field(default_factory=list)

    def recorded_at(self) -> datetime:
        return min([each.recorded_at for each in self.events] + [each.recorded_at for each in self.calls])


def steps_of(events: Sequence[StoredNotification], calls: Iterable[RecordedCall]) -> tuple[StepStory, ...]:
    """Return the steps of a switch in the order in which they first left a trace.

    Args:
        events: Events of the switch in the order of the log.
        calls: Its provider calls in the order of recording.
    """
    runs: dict[tuple[str, str, str], dict[int, _Trace]] = {}

    def trace(run_id: str, activity_id: str, step: str, attempt: int) -> _Trace:
        return runs.setdefault((run_id, activity_id, step), {}).setdefault(attempt, _Trace())

    for event in events:
        meta = event.event.meta  # type: ignore[attr-defined]
        if meta["activity"]:
            trace(meta["run_id"], meta["activity_id"], meta["activity"], meta["attempt"]).events.append(event)
    keys: set[str] = set()
    repeats: set[int] = set()
    for call in sorted(calls, key=lambda each: (each.call.started_at, each.id)):
        trace(call.run_id, call.activity_id, call.step, call.attempt).calls.append(call)
        if call.call.key in keys:
            repeats.add(call.id)
        keys |= {call.call.key} - {""}
    steps = (_step(*name, traces, repeats) for name, traces in runs.items())
    return _with_failures(sorted(steps, key=lambda step: step.recorded_at), events)


def step_before(notification: StoredNotification, steps: Sequence[StepStory]) -> StepStory | None:
    """Return the step that ran last before an end, a hold or a stuck way back was recorded: the cause."""
    named = getattr(notification.event, "step", "")
    before = [
        step
        for step in steps
        if step.recorded_at < notification.recorded_at
        and (step.step == named if named else not step.step.startswith(_BOOKKEEPING))
    ]
    return before[-1] if before else None


def is_failed(call: RecordedCall) -> bool:
    """Return whether a call was refused, got no answer, or one that can't be read."""
    return call.call.status not in _SUCCESS or bool(call.call.code)


def _with_failures(steps: Sequence[StepStory], events: Iterable[StoredNotification]) -> tuple[StepStory, ...]:
    """Say of the attempts that led to an end, a hold or a stuck way back why they failed."""
    failures: dict[int, str] = {}
    for notification in events:
        event: Any = notification.event
        if isinstance(event, _FAILURES):
            step = step_before(notification, steps)
            failures |= {id(step): f"failed, {event.code}: {event.message}"} if step else {}
    return tuple(_failed(step, failures[id(step)]) if id(step) in failures else step for step in steps)


def _failed(step: StepStory, why: str) -> StepStory:
    *earlier, last = step.attempts
    if last.outcome == RECORDED:
        return replace(step, attempts=(*earlier, replace(last, result=f"{last.result}; {why}")))
    return replace(step, attempts=(*earlier, replace(last, outcome=FAILED, result=why)))


def _step(
    run_id: str, activity_id: str, step: str, traces: dict[int, _Trace], repeats: set[int]
) -> StepStory:
    last = max(traces)
    numbers = range(1, last + 1)
    attempts = tuple(
        _attempt(number, traces.get(number), repeats, is_last=number == last) for number in numbers
    )
    return StepStory(
        step=step,
        run_id=run_id,
        activity_id=activity_id,
        recorded_at=min(trace.recorded_at() for trace in traces.values()),
        attempts=attempts,
    )


def _attempt(number: int, trace: _Trace | None, repeats: set[int], *, is_last: bool) -> Attempt:
    if trace is None:
        trace = _Trace()
    events = tuple(
        ToldEvent(position=each.id, event=each.topic, effect=effect_of(each.event)) for each in trace.events
    )
    outcome, result = _outcome(trace, is_last=is_last)
    return Attempt(
        number=number,
        began_at=_began_at(trace),
        outcome=outcome,
        result=result,
        events=events,
        calls=tuple(_call(each, repeats) for each in _chosen(trace.calls)),
        calls_total=len(trace.calls),
        calls_failed=sum(is_failed(each) for each in trace.calls),
    )


def _began_at(trace: _Trace) -> datetime | None:
    # An event's time is the start of its attempt.
    events: list[Any] = [each.event for each in trace.events]
    starts = [event.timestamp for event in events] or [each.call.started_at for each in trace.calls]
    return min(starts, default=None)


def _outcome(trace: _Trace, *, is_last: bool) -> tuple[str, str]:
    if trace.events:
        names = dict.fromkeys(_topic_name(each.topic) for each in trace.events)
        return RECORDED, f"recorded {', '.join(names)}"
    if not trace.calls:
        return (
            NO_TRACE,
            "left no call and no event: another writer was first, or its process or the store was gone",
        )
    failed = next((each for each in reversed(trace.calls) if is_failed(each)), None)
    if failed is not None:
        who = f"{failed.call.provider}, {failed.call.operation}"
        is_silent = failed.call.status == 0
        return NO_ANSWER if is_silent else REFUSED, f"recorded nothing; {_answer_of(failed.call)} ({who})"
    if is_last:
        return NOTHING_NEW, "recorded nothing new"
    return ASKED_AGAIN, "recorded nothing: what it asked for was not there yet"


def _chosen(calls: Sequence[RecordedCall]) -> list[RecordedCall]:
    """Choose the calls to list, in their order: failed ones first of all, then the oldest others."""
    room = CALLS_TOLD_MAX
    chosen: set[int] = set()
    wanted: tuple[Callable[[RecordedCall], bool], ...] = (is_failed, _is_failed_in_part, _is_answered)
    for is_wanted in wanted:
        picked = [each.id for each in calls if is_wanted(each) and each.id not in chosen][:room]
        room -= len(picked)
        chosen.update(picked)
    return [each for each in calls if each.id in chosen]


def _is_failed_in_part(call: RecordedCall) -> bool:
    return bool(call.call.refusals)


def _is_answered(_call: RecordedCall) -> bool:
    return True


def _call(recorded: RecordedCall, repeats: set[int]) -> ToldCall:
    call = recorded.call
    return ToldCall(
        at=call.started_at,
        provider=call.provider,
        operation=call.operation,
        status=call.status,
        code=call.code,
        text=call.text,
        answer=_answer_of(call),
        is_failed=is_failed(recorded),
        duration_ms=call.duration_ms,
        key=call.key,
        request_id=call.request_id,
        refusals=call.refusals,
        repeats_key=recorded.id in repeats,
    )


def _answer_of(call: ProviderCall) -> str:
    """Return what a provider answered to one call."""
    if call.status == 0:
        return f"no answer ({call.code or 'unknown'})"
    text = ": ".join(part for part in (call.code, call.text) if part)
    return f"{call.status} {text}".strip()


def _topic_name(topic: str) -> str:
    """Return an event's topic without the stream that it belongs to, where that is the subscription."""
    return topic.removeprefix("subscription.")
