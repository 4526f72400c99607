"""What the histories of runs tell of acts that no part of the product does (ADR 19)."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

from activities.base.outside_acts import act_key
from activities.signed_command import END, SignedCommand
from activities.signing.signatures import CommandKeys, check
from domain.switch.outside_events import (
    ANSWER_STEP,
    ANSWER_TASK,
    CANCEL,
    PAUSE,
    PAUSE_STEP,
    RESET,
    SIGNAL,
    TERMINATE,
    UNPAUSE,
    UNPAUSE_STEP,
)
from domain.text.plain_text import cleaned_text
from services.temporal.command_signer import end_arguments
from services.temporal.workflow_runs import PausedStep, WorkflowRun, history_of
from store.health.known_workers import KnownWorkers
from store.switch_store import SwitchStore

ABOUT_MAX = 300
#: The one signal that the product sends; whoever else sends it is no worker of this installation.
LOOK_NOW = "look_now"
TASK_ANSWERED = "A task of the workflow was answered in Temporal by no worker of this installation."
_ANSWERS = frozenset(
    {
        EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
        EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED,
        EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED,
    }
)
_SENT = "A signal was sent in Temporal, and no part of the product sends it so"
#: Kind of event -> the act, its words, and what of the event says more.
_ACTS = {
    EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED: (RESET, "Reset in Temporal", "failure"),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED: (CANCEL, "Cancelled in Temporal", "cause"),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED: (TERMINATE, "Terminated in Temporal", "reason"),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: (SIGNAL, _SENT, "signal_name"),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_PAUSED: (PAUSE, "Paused in Temporal", "reason"),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UNPAUSED: (UNPAUSE, "A pause was ended in Temporal", "reason"),
}
_RESET_CAUSE = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW
#: Runs of which is kept in mind how far they were read.
RUNS_MAX = 10_000
#: Runs that one run was reset from, one after another, and that are read.
BASES_MAX = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class OutsideAct:
    """One act, as Temporal tells it."""

    act: str
    about: str
    workflow_id: str
    run_id: str
    key: str
    #: The step that was acted on; "" where it was none.
    step: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadRun:
    """One run, with what it is judged by."""

    workflow_id: str
    run_id: str
    events: Sequence[HistoryEvent]
    known: KnownWorkers
    #: The workflow that may cancel it; "" where none may.
    parent_id: str = ""
    #: Acts that are told elsewhere: of a child that ends with its parent, or a run that a reset has ended.
    excluded: frozenset[str] = field(default_factory=frozenset)
    #: From when on they are; None: always.
    excluded_from: datetime | None = None
    #: The run that it was reset from.
    before: Sequence[HistoryEvent] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RunNews:
    """What a run tells since it was read last."""

    events: Sequence[HistoryEvent] = ()
    acts: tuple[OutsideAct, ...] = ()


class RunReader:
    """Reads runs of workflows."""

    def __init__(self, client: Client, store: SwitchStore, keys: CommandKeys) -> None:
        self._client = client
        self._store = store
        self._keys = keys
        #: Run -> how many events it had when it was read last.
        self._read: OrderedDict[str, int] = OrderedDict()

    def has_read(self, run: WorkflowRun) -> bool:
        """Return whether a run has not grown since it was read last."""
        return bool(run.events) and self._read.get(run.run_id) == run.events

    async def read(
        self,
        switch_id: str,
        workflow_id: str,
        workflow: WorkflowRun,
        *,
        parent_id: str = "",
        excluded: frozenset[str] = frozenset(),
        excluded_from: datetime | None = None,
    ) -> RunNews:
        """Return what a run tells, and those that it was reset from; nothing where none has grown.

        Args:
            switch_id: Whose run it is.
            workflow_id: Its workflow.
            workflow: The run; without an id there is none.
            parent_id: The workflow that may cancel it; "" where none may.
            excluded: Acts that are told elsewhere.
            excluded_from: From when on they are; None: always.
        """
        if not workflow.run_id or self.has_read(workflow):
            return RunNews()
        history = await history_of(self._client, workflow_id, workflow.run_id)
        # After the history: a worker is written down before it answers anything.
        known = await asyncio.to_thread(self._store.known_workers)
        run = ReadRun(
            workflow_id=workflow_id,
            run_id=workflow.run_id,
            events=history,
            known=known,
            parent_id=parent_id,
            excluded=excluded,
            excluded_from=excluded_from,
        )
        bases = await self._bases(run)
        new_acts = acts_in(_after(run, bases))
        acts = [each for each in new_acts if not await self._is_own(switch_id, each, history)]
        before = self._before(run, bases)
        self._note_read(workflow.run_id, len(history))
        return RunNews(events=history, acts=(*before, *acts))

    async def _bases(self, run: ReadRun) -> dict[str, Sequence[HistoryEvent]]:
        """Return the runs that one was reset from, one after another."""
        bases: dict[str, Sequence[HistoryEvent]] = {}
        left = {*bases_of(run.events)} - {run.run_id}
        while left and len(bases) < BASES_MAX:
            base = min(left)
            bases[base] = await history_of(self._client, run.workflow_id, base)
            left = (left | {*bases_of(bases[base])}) - {run.run_id, *bases}
        return bases

    def _before(self, run: ReadRun, bases: Mapping[str, Sequence[HistoryEvent]]) -> list[OutsideAct]:
        """Return what was done to the runs that one was reset from, as far as it was not read yet."""
        acts: list[OutsideAct] = []
        for base, events in bases.items():
            if self._read.get(base) != len(events):
                # A reset ends the run that it begins from: that is told as the reset.
                others = run.excluded if run.excluded_from is None else frozenset[str]()
                own = replace(
                    run, run_id=base, events=events, excluded=others | {TERMINATE}, excluded_from=None
                )
                acts += acts_in(_after(own, bases))
                self._note_read(base, len(events))
        return acts

    async def _is_own(self, switch_id: str, act: OutsideAct, events: Sequence[HistoryEvent]) -> bool:
        """Return whether it was the product itself that ended the run, by the proof that it leaves."""
        if act.act != TERMINATE:
            return False
        details = events[-1].workflow_execution_terminated_event_attributes.details.payloads
        ended_at = events[-1].event_time.ToDatetime(tzinfo=UTC)
        if len(details) != 1:
            return False
        arguments = dict[str, Any](end_arguments(act.run_id))
        facts: dict[str, Any] = {"switch_id": switch_id, "arguments": arguments, "seen_at": ended_at}
        try:
            (signed,) = await self._client.data_converter.decode(details, [SignedCommand])
            check(self._keys, signed, command=END, **facts)
        except Exception:  # noqa: BLE001 - whatever a stranger has put there, it is no proof
            return False
        return True

    def _note_read(self, run_id: str, events: int) -> None:
        self._read[run_id] = events
        while len(self._read) > RUNS_MAX:
            self._read.popitem(last=False)


def _after(run: ReadRun, bases: Mapping[str, Sequence[HistoryEvent]]) -> ReadRun:
    """Return a run together with the one that it was reset from last."""
    before = [bases[each] for each in bases_of(run.events) if each in bases]
    return replace(run, before=before[-1]) if before else run


def acts_in(run: ReadRun) -> Iterator[OutsideAct]:
    """Yield what a history tells of acts that no part of the product does.

    Args:
        run: What a reset has copied into it from the run before is left out: it stands there.
    """
    steps, starts = _steps(run.events), _starts(run.events)
    copied = _copied(run)
    for event in run.events:
        act = None if event.event_id in copied else _act_of(event, run, steps, starts)
        if act is not None and not _is_left_out(act, event, run):
            yield act


def _is_left_out(act: OutsideAct, event: HistoryEvent, run: ReadRun) -> bool:
    since = run.excluded_from
    is_then = since is None or event.event_time.ToDatetime(tzinfo=UTC) >= since
    return act.act in run.excluded and is_then


def _copied(run: ReadRun) -> set[int]:
    """Return the events that a reset took over: all before it, and the messages that it has sent anew.

    Those stand between the reset and the next task, and in the run before as well; one that stands there no
    more often than here is told here.
    """
    reset = max((each.event_id for each in run.events if is_reset(each)), default=0)
    copied = {each.event_id for each in run.events if each.event_id < reset}
    left = Counter(_message(each) for each in run.before)
    left.subtract(_message(each) for each in run.events if each.event_id in copied)
    for event in run.events:
        if event.event_id <= reset:
            continue
        if not reset or event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED:
            break
        message = _message(event)
        if message and left[message] > 0:
            left[message] -= 1
            copied.add(event.event_id)
    return copied


def _message(event: HistoryEvent) -> bytes:
    """Return what makes two messages the same, b"" where an event is none that a reset sends anew."""
    if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
        signal = event.workflow_execution_signaled_event_attributes
        sent = signal.input.SerializeToString(deterministic=True)
        return b"\0".join((b"signal", signal.signal_name.encode(), signal.identity.encode(), sent))
    if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
        return b"cancel"
    return b""


def bases_of(events: Sequence[HistoryEvent]) -> list[str]:
    """Return the runs that a run was reset from, the last one last.

    What was done to them before stands in their histories.
    """
    bases = [each.workflow_task_failed_event_attributes.base_run_id for each in events if is_reset(each)]
    return [each for each in bases if each]


def children_in(events: Sequence[HistoryEvent], prefix: str) -> set[str]:
    """Return the children that a run has begun whose ids begin with a prefix."""
    kind = EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED
    ids = {
        each.child_workflow_execution_started_event_attributes.workflow_execution.workflow_id
        for each in events
        if each.event_type == kind
    }
    return {each for each in ids if each.startswith(prefix)}


def pauses_of(
    workflow_id: str, workflow: WorkflowRun, recorded: set[str], acts: Sequence[OutsideAct]
) -> Iterator[OutsideAct]:
    """Yield the pauses of steps, which no history tells, and the ends of those that are recorded.

    Args:
        workflow_id: Whose steps they are.
        workflow: As Temporal has it now.
        recorded: Keys of the acts that are on record.
        acts: What the history tells: a step that was answered by hand was not let go on.
    """
    now = {act_key(workflow.run_id, PAUSE_STEP, _number(each)): each for each in workflow.paused_steps}
    for key, step in now.items():
        about = f"Step {step.label} was paused in Temporal; `temporal activity unpause` lets it go on."
        yield OutsideAct(
            act=PAUSE_STEP,
            about=about,
            workflow_id=workflow_id,
            run_id=workflow.run_id,
            key=key,
            step=step.label,
        )
    if not workflow.is_open:
        return
    answered = {each.step for each in acts if each.act == ANSWER_STEP}
    prefix = act_key(workflow.run_id, PAUSE_STEP, "")
    for key in sorted(recorded - now.keys()):
        number = key.removeprefix(f"{prefix}:")
        label = number.rpartition("@")[0]
        if key.startswith(f"{prefix}:") and label and label not in answered:
            yield OutsideAct(
                act=UNPAUSE_STEP,
                about=f"Step {label}, which was paused in Temporal, is paused no longer.",
                workflow_id=workflow_id,
                run_id=workflow.run_id,
                key=act_key(workflow.run_id, UNPAUSE_STEP, number),
                step=label,
            )


def is_reset(event: HistoryEvent) -> bool:
    """Return whether a run begins with a reset here."""
    failed = event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
    return failed and event.workflow_task_failed_event_attributes.cause == _RESET_CAUSE


def _number(step: PausedStep) -> str:
    return f"{step.label}@{step.since}"


def _steps(events: Sequence[HistoryEvent]) -> dict[int, str]:
    """Return the steps by the events that ask for them."""
    steps = {}
    for each in events:
        if each.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            scheduled = each.activity_task_scheduled_event_attributes
            steps[each.event_id] = f"{scheduled.activity_type.name} ({scheduled.activity_id})"
    return steps


def _starts(events: Sequence[HistoryEvent]) -> dict[int, str]:
    """Return who took each step, by the events that tell so."""
    return {
        each.event_id: each.activity_task_started_event_attributes.identity
        for each in events
        if each.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED
    }


def _act_of(
    event: HistoryEvent, run: ReadRun, steps: Mapping[int, str], starts: Mapping[int, str]
) -> OutsideAct | None:
    """Return the act that an event tells of; None where it tells of none."""
    if event.event_type in _ANSWERS:
        return _answered(event, run, steps, starts)
    if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
        identity = event.workflow_task_completed_event_attributes.identity
        # Once for a run: who takes its tasks takes many.
        return _act(run, ANSWER_TASK, TASK_ANSWERED) if _is_stranger(run, event, identity) else None
    if event.event_type not in _ACTS or _is_ours(event, run):
        return None
    act, words, name = _ACTS[event.event_type]
    more = getattr(_attributes(event), name)
    number = "" if act == CANCEL else event.event_id
    return _act(run, act, f"{words}: {getattr(more, 'message', more)}", number)


def _attributes(event: HistoryEvent) -> Any:
    """Return what an event says beside its kind."""
    return getattr(event, str(event.WhichOneof("attributes")))


def _is_ours(event: HistoryEvent, run: ReadRun) -> bool:
    """Tell whether the product does this as well: a task fails, a switch cancels its pass, a lock is gone."""
    if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
        return not is_reset(event)
    if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
        cancel = event.workflow_execution_cancel_requested_event_attributes
        return bool(run.parent_id) and cancel.external_workflow_execution.workflow_id == run.parent_id
    if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
        signal = event.workflow_execution_signaled_event_attributes
        is_wait = run.workflow_id.startswith("wait:")
        return is_wait and signal.signal_name == LOOK_NOW and not _is_stranger(run, event, signal.identity)
    return False


def _answered(
    event: HistoryEvent, run: ReadRun, steps: Mapping[int, str], starts: Mapping[int, str]
) -> OutsideAct | None:
    """Return who answered a step in the place of a worker of ours that has it; None: that worker did."""
    facts = _attributes(event)
    step = steps.get(facts.scheduled_event_id, str(facts.scheduled_event_id))
    if starts.get(facts.started_event_id) != facts.identity:
        about = f"Step {step} was answered in Temporal in the worker's place."
    elif _is_stranger(run, event, facts.identity):
        about = f"Step {step} was taken and answered in Temporal by no worker of this installation."
    else:
        return None
    return _act(run, ANSWER_STEP, about, event.event_id, step=step)


def _is_stranger(run: ReadRun, event: HistoryEvent, identity: str) -> bool:
    return run.known.is_stranger(identity, event.event_time.ToDatetime(tzinfo=UTC))


def _act(run: ReadRun, act: str, about: str, number: int | str = "", *, step: str = "") -> OutsideAct:
    return OutsideAct(
        act=act,
        about=cleaned_text(about)[:ABOUT_MAX],
        workflow_id=run.workflow_id,
        run_id=run.run_id,
        key=act_key(run.run_id, act, number),
        step=step,
    )
