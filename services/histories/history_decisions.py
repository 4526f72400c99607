"""Reads the decisions of a workflow out of its history, and those of its replay, as data that compare."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent
from temporalio.converter import PayloadConverter
from temporalio.exceptions import ApplicationError

from audit.replay.decisions import Decision, DecisionKind, Value
from services.histories.decision_watch import WatchedDecision

_PATCH_MARKER = "core_patch"
_PATCH_DETAILS = "patch-data"
#: What a failure holds -> the class by which the library raises it.
_FAILURES = {
    "activity_failure_info": "ActivityError",
    "child_workflow_execution_failure_info": "ChildWorkflowError",
}

#: Place of a decision -> types by which its values are read.
_Types = Mapping[tuple[DecisionKind, str], Sequence[type]]


def decisions_of_history(
    events: Iterable[HistoryEvent], replay: Sequence[WatchedDecision], converter: PayloadConverter
) -> list[Decision]:
    """Return the decisions of a history in the order of its events.

    Args:
        events: The history.
        replay: Decisions of the replay; a value is read by the type that the replay gives it, so that a field
            which is newer than the history has its default.
        converter: Reads and writes values.
    """
    types: _Types = {_plain(each, converter).place: each.types for each in replay}
    decisions = []
    for event in events:
        for decision, payloads in _decisions_at(event):
            values = tuple(_values(payloads, types.get(decision.place, ()), converter))
            decisions.append(
                Decision(
                    kind=decision.kind,
                    name=decision.name,
                    key=decision.key,
                    event_id=event.event_id,
                    values=values,
                )
            )
    return decisions


def decisions_of_replay(replay: Iterable[WatchedDecision], converter: PayloadConverter) -> list[Decision]:
    """Return the decisions of a replay in the order in which they were made."""
    return [_plain(each, converter) for each in replay]


def marks_of(events: Iterable[HistoryEvent]) -> dict[str, int]:
    """Return the changes of the program that a history marks: patch id -> event."""
    marks = {}
    for event in events:
        marker = event.marker_recorded_event_attributes
        if marker.marker_name == _PATCH_MARKER and _PATCH_DETAILS in marker.details:
            for payload in marker.details[_PATCH_DETAILS].payloads:
                value = _json(payload)
                if isinstance(value, dict):
                    marks[str(value.get("id", ""))] = event.event_id
    return marks


def _decisions_at(event: HistoryEvent) -> Iterator[tuple[Decision, Sequence[Payload]]]:
    """Yield the decision that an event holds, with its values as they were sent."""
    kind = event.WhichOneof("attributes")
    if kind == "activity_task_scheduled_event_attributes":
        step = event.activity_task_scheduled_event_attributes
        yield (
            Decision(kind=DecisionKind.STEP, name=step.activity_type.name, key=step.activity_id),
            step.input.payloads,
        )
    elif kind == "start_child_workflow_execution_initiated_event_attributes":
        child = event.start_child_workflow_execution_initiated_event_attributes
        yield (
            Decision(kind=DecisionKind.CHILD, name=child.workflow_type.name, key=child.workflow_id),
            child.input.payloads,
        )
    elif kind == "workflow_execution_completed_event_attributes":
        result = event.workflow_execution_completed_event_attributes.result
        yield Decision(kind=DecisionKind.RESULT, name="", key=""), result.payloads
    elif kind == "workflow_execution_failed_event_attributes":
        failure = event.workflow_execution_failed_event_attributes.failure
        name = failure.application_failure_info.type or _failure_name(failure.WhichOneof("failure_info"))
        yield Decision(kind=DecisionKind.FAILURE, name=name, key=""), ()
    elif kind == "workflow_execution_continued_as_new_event_attributes":
        following = event.workflow_execution_continued_as_new_event_attributes
        yield (
            Decision(kind=DecisionKind.NEXT_RUN, name=following.workflow_type.name, key=""),
            following.input.payloads,
        )


def _failure_name(info: str | None) -> str:
    """Return the class by which the library raises a failure, such as ActivityError."""
    names = {
        "activity_failure_info": "ActivityError",
        "child_workflow_execution_failure_info": "ChildWorkflowError",
    }
    return names.get(info or "", "ApplicationError")


def _plain(decision: WatchedDecision, converter: PayloadConverter) -> Decision:
    values = tuple(_values(decision.values, (), converter))
    return Decision(kind=decision.kind, name=decision.name, key=decision.key, values=values)


def _values(
    payloads: Sequence[Payload], types: Sequence[type], converter: PayloadConverter
) -> Iterator[Value]:
    for number, payload in enumerate(payloads):
        read = payload
        if number < len(types):
            # What today's type can't read differs as it stands.
            with suppress(ApplicationError):
                (value,) = converter.from_payloads([payload], [types[number]])
                (read,) = converter.to_payloads([value])
        yield _json(read)


def _json(payload: Payload) -> Value:
    if not payload.data:
        return None
    try:
        value: Value = json.loads(payload.data)
    except ValueError:
        return payload.data.hex()
    return value
