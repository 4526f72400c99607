"""What a workflow decided, as its history has it and as a replay has it, and where they differ.

Pure: the histories and the replay are read elsewhere (services/histories/), and are handed in as data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import JsonValue

from domain.operator.step_words import STEP_WORDS

#: A value that is handed on, as JSON reads it.
Value = JsonValue
#: Fields of one deviation that are told; a message has at most some dozens.
FIELDS_MAX = 20
#: Deviations of one run that are told.
DEVIATIONS_MAX = 20
_NOTHING = "nothing"


class DecisionKind(StrEnum):
    """What a workflow decides."""

    STEP = "step"
    CHILD = "child"
    RESULT = "result"
    FAILURE = "failure"
    NEXT_RUN = "next_run"


class DeviationKind(StrEnum):
    """How today's program differs from the history."""

    #: It asks for something else, or in another order.
    COMMAND = "command"
    #: It asks for the same, with other values.
    VALUES = "values"
    #: It comes to another end.
    END = "end"
    #: It fails.
    FAILURE = "failure"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """One decision, of a history or of a replay."""

    kind: DecisionKind
    #: Name of the step, type of the child or class of the failure; "" for a result.
    name: str
    #: Number of the step in its run, or id of the child; "" for an end.
    key: str
    #: What is handed on, as JSON reads it.
    values: tuple[Value, ...] = ()
    #: Event of the history; None in a replay.
    event_id: int | None = None

    @property
    def place(self) -> tuple[DecisionKind, str]:
        """Return what tells the same decision of a history and of a replay."""
        ends = {DecisionKind.RESULT, DecisionKind.FAILURE, DecisionKind.NEXT_RUN}
        return (DecisionKind.RESULT, "") if self.kind in ends else (self.kind, self.key)

    @property
    def words(self) -> str:
        """Return the decision in words that people read."""
        match self.kind:
            case DecisionKind.STEP:
                what = STEP_WORDS.get(self.name)
                return f"step {self.name} ({what})" if what else f"step {self.name}"
            case DecisionKind.CHILD:
                return f"child workflow {self.name} {self.key}"
            case DecisionKind.RESULT:
                return "the end with a result"
            case DecisionKind.FAILURE:
                return f"the end with failure {self.name}"
            case DecisionKind.NEXT_RUN:
                return "the end of the run, which goes on as a new one"


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldDifference:
    """One field that today's program fills otherwise."""

    #: Path in the message, such as `order.quantity`; before it the message's number where there are more.
    field: str
    recorded: Value
    today: Value


@dataclass(frozen=True, kw_only=True, slots=True)
class Deviation:
    """A place at which today's program decides otherwise than the history has it."""

    kind: DeviationKind
    #: Event of the history; None where it is not known.
    event_id: int | None
    #: What the history has there, and what today's program does, in words.
    recorded: str
    today: str
    fields: tuple[FieldDifference, ...] = ()
    #: What Temporal's library said; "" where our own comparison found it.
    library: str = ""

    @property
    def sentence(self) -> str:
        """Return the deviation in one sentence."""
        place = f"At event {self.event_id} the" if self.event_id else "The"
        return f"{place} history has {self.recorded}; today's program has {self.today}."


def deviations_of(history: Sequence[Decision], replay: Sequence[Decision]) -> tuple[Deviation, ...]:
    """Return where a replay decides otherwise, DEVIATIONS_MAX at most.

    A replay goes on after other values, since it gets every answer from the history; another command ends it.

    Args:
        history: In the order of the events.
        replay: In any order; steps have their numbers.
    """
    today = {each.place: each for each in replay}
    deviations: list[Deviation] = []
    for recorded in history:
        deviation = _compared(recorded, today.get(recorded.place))
        if deviation is not None:
            deviations.append(deviation)
            if deviation.kind != DeviationKind.VALUES:
                break
    # The one that ends the replay counts most.
    return (*deviations[: DEVIATIONS_MAX - 1], *deviations[DEVIATIONS_MAX - 1 :][-1:])


def _compared(recorded: Decision, decision: Decision | None) -> Deviation | None:
    if decision is None:
        return _deviation(DeviationKind.COMMAND, recorded, _NOTHING)
    if (recorded.kind, recorded.name) != (decision.kind, decision.name):
        is_end = recorded.place == (DecisionKind.RESULT, "")
        kind = DeviationKind.END if is_end else DeviationKind.COMMAND
        return _deviation(kind, recorded, decision.words)
    differences = tuple(_field_differences(recorded.values, decision.values))[:FIELDS_MAX]
    if not differences:
        return None
    names = ", ".join(each.field or "the whole value" for each in differences)
    return Deviation(
        kind=DeviationKind.VALUES,
        event_id=recorded.event_id,
        recorded=recorded.words,
        today=f"the same with other values in {names}",
        fields=differences,
    )


def _deviation(kind: DeviationKind, recorded: Decision, today: str) -> Deviation:
    return Deviation(kind=kind, event_id=recorded.event_id, recorded=recorded.words, today=today)


def _field_differences(recorded: Sequence[Value], today: Sequence[Value]) -> Iterator[FieldDifference]:
    for number in range(max(len(recorded), len(today))):
        prefix = str(number + 1) if max(len(recorded), len(today)) > 1 else ""
        before = recorded[number] if number < len(recorded) else None
        now = today[number] if number < len(today) else None
        yield from _differences(prefix, before, now)


def _differences(path: str, recorded: Value, today: Value) -> Iterator[FieldDifference]:
    if isinstance(recorded, dict) and isinstance(today, dict):
        for name in sorted({*recorded, *today}):
            yield from _differences(f"{path}.{name}" if path else name, recorded.get(name), today.get(name))
    elif recorded != today:
        yield FieldDifference(field=path, recorded=recorded, today=today)
