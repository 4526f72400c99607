"""What Temporal's library says where a replay fails, in words that people read (ADR 38).

The library names an event and the kind of command that today's program issued in its place, or two names.
What it says is kept beside our words, so that nothing is lost where it says something new.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from audit.replay.decisions import Decision, DecisionKind, Deviation, DeviationKind

#: Longest text of the library that is kept.
TEXT_MAX = 500
_MESSAGE = re.compile(r'message: "((?:[^"\\]|\\.)*)"')
_EVENT = re.compile(r"HistoryEvent\(id: (\d+), (\w+)\)")
_MACHINE = re.compile(r"(?:error: |^)([A-Z][\w ]*?) machine does not handle this event")
_NO_COMMAND = "No command scheduled for event"
_PATCH = re.compile(r"patch marker encountered for change ([\w-]+)")
_NONDETERMINISM = "Nondeterminism error"
#: Type of event, as the library names it -> its words.
_EVENT_WORDS: Mapping[str, str] = {
    "ActivityTaskScheduled": "a step",
    "TimerStarted": "a timer",
    "TimerCanceled": "the end of a timer",
    "StartChildWorkflowExecutionInitiated": "the start of a child workflow",
    "MarkerRecorded": "the mark of a change of the program",
    "UpsertWorkflowSearchAttributes": "what Temporal's lists show of the switch",
    "ActivityTaskCancelRequested": "the cancel of a step",
    "WorkflowExecutionCompleted": "the end with a result",
    "WorkflowExecutionFailed": "the end with a failure",
    "WorkflowExecutionCanceled": "the end by a cancel",
    "WorkflowExecutionContinuedAsNew": "the end of the run, which goes on as a new one",
}
#: Kind of command, as the library names its machine -> its words.
_MACHINE_WORDS: Mapping[str, str] = {
    "Timer": "a timer",
    "Complete workflow": "the end with a result",
    "Fail workflow": "the end with a failure",
    "Cancel workflow": "the end by a cancel",
    "Continue as new workflow": "the end of the run, which goes on as a new one",
    "Upsert search attributes": "what Temporal's lists show of the switch",
    "Patch": "the mark of a change of the program",
}


def library_text(failure: BaseException) -> str:
    """Return what the library says of a failed replay, without what surrounds it."""
    text = str(failure)
    quoted = _MESSAGE.search(text)
    message = quoted.group(1).replace('\\"', '"').replace("\\'", "'") if quoted else text
    return " ".join(message.split())[:TEXT_MAX]


def explained(
    text: str,
    *,
    compared: Sequence[Deviation],
    history: Sequence[Decision],
    replay: Sequence[Decision],
    marks: Mapping[str, int],
) -> tuple[Deviation, ...]:
    """Return where and how a failed replay differs from its history: what ended the replay comes last.

    Args:
        text: What the library says (`library_text`).
        compared: What our own comparison of the decisions found (`deviations_of`).
        history: Decisions of the history, in the order of the events.
        replay: Decisions of the replay, in the order in which they were made.
        marks: Patch id -> event of the history that marks it.
    """
    others = tuple(each for each in compared if each.kind == DeviationKind.VALUES)
    own = next((each for each in compared if each.kind != DeviationKind.VALUES), None)
    return (*others, _end_of_replay(text, own, history, replay, marks))


def _end_of_replay(
    text: str,
    compared: Deviation | None,
    history: Sequence[Decision],
    replay: Sequence[Decision],
    marks: Mapping[str, int],
) -> Deviation:
    if _NONDETERMINISM not in text:
        return _failed(text, history, replay)
    patch = _PATCH.search(text)
    if patch:
        change = patch.group(1)
        return Deviation(
            kind=DeviationKind.COMMAND,
            event_id=marks.get(change),
            recorded=f"the mark of the change {change}, which the program of that day knew",
            today="no such change: its old and its new way can't be told apart any more",
            library=text,
        )
    event = _EVENT.search(text)
    if event and _is_not_later(int(event.group(1)), compared):
        return _at_event(text, int(event.group(1)), event.group(2), history, replay)
    if compared is not None:
        return replace(compared, library=text)
    return Deviation(
        kind=DeviationKind.COMMAND,
        event_id=None,
        recorded="another course",
        today="what the library names",
        library=text,
    )


def _is_not_later(event_id: int, compared: Deviation | None) -> bool:
    return compared is None or compared.event_id is None or event_id <= compared.event_id


def _at_event(
    text: str, event_id: int, event_type: str, history: Sequence[Decision], replay: Sequence[Decision]
) -> Deviation:
    recorded = next((each.words for each in history if each.event_id == event_id), None)
    return Deviation(
        kind=DeviationKind.COMMAND,
        event_id=event_id,
        recorded=recorded or _EVENT_WORDS.get(event_type, event_type),
        today=_today(text, replay),
        library=text,
    )


def _today(text: str, replay: Sequence[Decision]) -> str:
    if _NO_COMMAND in text:
        return "nothing there: it waits"
    machine = _MACHINE.search(text)
    name = machine.group(1) if machine else ""
    kinds = {"Activity": DecisionKind.STEP, "Child workflow": DecisionKind.CHILD}
    if name in kinds:
        last = [each.words for each in replay if each.kind == kinds[name]][-1:]
        return last[0] if last else f"a {kinds[name]}"
    return _MACHINE_WORDS.get(name, name.lower() or "something else")


def _failed(text: str, history: Sequence[Decision], replay: Sequence[Decision]) -> Deviation:
    """Return the failure of today's program, at the first decision that it did not come to."""
    made = {each.place for each in replay}
    missing = next((each for each in history if each.place not in made), None)
    return Deviation(
        kind=DeviationKind.FAILURE,
        event_id=missing.event_id if missing else None,
        recorded=missing.words if missing else "no failure",
        today=f"a failure: {text}",
        library=text,
    )
