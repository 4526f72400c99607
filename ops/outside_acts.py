"""What somebody did to a switch's workflow with Temporal's own means, read from Temporal's history (ADR 19).

The history tells it to whoever looks, but Temporal forgets, and believes anybody; the record keeps it, as the
act of nobody whom the product knows. Who it was can't be told: what Temporal says of that can be made up.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.outside_acts import act_key, note_outside_act
from activities.signatures import CommandKeys, check
from activities.signed_command import END, OUTSIDE_ACTOR, SignedCommand
from audit.open_switches import OpenSwitch
from domain.errors import ConcurrentWrite
from domain.outside_events import ANSWER_STEP, CANCEL, PAUSE, PAUSE_STEP, RESET, SIGNAL, TERMINATE
from domain.plain_text import cleaned_text
from domain.recorded import Meta
from ops.switch_workflows import FoundWorkflow, end_arguments
from store.switch_store import SwitchStore

ABOUT_MAX = 300
#: Acts of one run that are recorded, the oldest: whoever sends a thousand signals does not fill the record.
ACTS_MAX = 20
#: Runs of which is kept in mind how far they were read.
RUNS_MAX = 10_000
#: Times acts are recorded anew when somebody else wrote first.
SAVE_ATTEMPTS_MAX = 8

_ANSWERS = {
    EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED: "activity_task_completed_event_attributes",
    EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED: "activity_task_failed_event_attributes",
    EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED: "activity_task_canceled_event_attributes",
}
#: Kind of event -> the act, its words, and where it says more.
_ACTS = {
    EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED: (
        *(RESET, "Reset in Temporal"),
        *("workflow_task_failed_event_attributes", "failure"),
    ),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED: (
        *(CANCEL, "Cancelled in Temporal"),
        *("workflow_execution_cancel_requested_event_attributes", "cause"),
    ),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED: (
        *(TERMINATE, "Terminated in Temporal"),
        *("workflow_execution_terminated_event_attributes", "reason"),
    ),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: (
        *(SIGNAL, "A signal was sent in Temporal, and a switch takes none"),
        *("workflow_execution_signaled_event_attributes", "signal_name"),
    ),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_PAUSED: (
        *(PAUSE, "Paused in Temporal"),
        *("workflow_execution_paused_event_attributes", "reason"),
    ),
}
_RESET_CAUSE = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW


@dataclass(frozen=True, kw_only=True, slots=True)
class OutsideAct:
    """One act, as Temporal tells it."""

    act: str
    about: str
    run_id: str
    key: str


class OutsideActs:
    """Finds acts in the histories of open switches, and records each once.

    Args:
        client: Temporal.
        store: The event store.
        keys: They tell what the product itself has ended.
    """

    def __init__(self, client: Client, store: SwitchStore, keys: CommandKeys) -> None:
        self._client = client
        self._store = store
        self._keys = keys
        #: Run -> how many events it had when it was read last.
        self._read: OrderedDict[str, int] = OrderedDict()

    async def look(self, switch: OpenSwitch, found: FoundWorkflow) -> int:
        """Record what was done to the newest run of a switch, and return how many acts are new.

        Args:
            switch: As the record has it.
            found: As Temporal has it.
        """
        run_id = found.run_id or switch.run_id
        acts = [_paused_step(run_id, each) for each in found.paused_steps]
        if run_id and (not found.events or self._read.get(run_id) != found.events):
            events = await self._history(switch.workflow_id, run_id)
            acts += [each for each in acts_in(events, run_id) if not await self._is_own(switch, each, events)]
            self._note_read(run_id, len(events))
        if not acts:
            return 0
        return await asyncio.to_thread(record_outside_acts, self._store, switch, acts[:ACTS_MAX])

    async def _history(self, workflow_id: str, run_id: str) -> Sequence[HistoryEvent]:
        try:
            history = await self._client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
            return ()
        return history.events

    async def _is_own(self, switch: OpenSwitch, act: OutsideAct, events: Sequence[HistoryEvent]) -> bool:
        """Tell whether it was the product itself that ended the run, by the proof that it leaves."""
        if act.act != TERMINATE:
            return False
        details = events[-1].workflow_execution_terminated_event_attributes.details.payloads
        ended_at = events[-1].event_time.ToDatetime(tzinfo=UTC)
        if len(details) != 1:
            return False
        try:
            (signed,) = await self._client.data_converter.decode(details, [SignedCommand])
            arguments = dict[str, Any](end_arguments(act.run_id))
            facts: dict[str, Any] = {"switch_id": switch.switch_id, "arguments": arguments}
            check(self._keys, signed, command=END, seen_at=ended_at, **facts)
        except Exception:  # noqa: BLE001 - whatever a stranger has put there, it is no proof
            return False
        return True

    def _note_read(self, run_id: str, events: int) -> None:
        self._read[run_id] = events
        while len(self._read) > RUNS_MAX:
            self._read.popitem(last=False)


def acts_in(events: Sequence[HistoryEvent], run_id: str) -> Iterator[OutsideAct]:
    """Yield what a history tells of acts that no part of the product does.

    Args:
        events: Of one run; what a reset has copied from the run before is left out.
        run_id: The run.
    """
    starts = {
        each.event_id: each.activity_task_started_event_attributes.identity
        for each in events
        if each.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED
    }
    copied = max((each.event_id for each in events if _is_reset(each)), default=0)
    for event in events:
        if event.event_id < copied:
            continue
        told = _told(event, starts)
        if told is not None:
            act, about = told
            number = "" if act == CANCEL else event.event_id
            key = act_key(run_id, act, number)
            yield OutsideAct(act=act, about=cleaned_text(about)[:ABOUT_MAX], run_id=run_id, key=key)


def _told(event: HistoryEvent, starts: dict[int, str]) -> tuple[str, str] | None:
    """Return the act that an event tells of, with what it says; None where it tells of none."""
    if event.event_type in _ANSWERS:
        return _answered(event, starts)
    is_failure = event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
    if event.event_type not in _ACTS or (is_failure and not _is_reset(event)):
        return None
    act, words, attributes, field = _ACTS[event.event_type]
    said = getattr(getattr(event, attributes), field)
    return act, f"{words}: {getattr(said, 'message', said)}"


def _answered(event: HistoryEvent, starts: dict[int, str]) -> tuple[str, str] | None:
    """Return who answered a step in the place of the worker that has it; None: that worker did."""
    facts = getattr(event, _ANSWERS[event.event_type])
    if starts.get(facts.started_event_id) == facts.identity:
        return None
    return ANSWER_STEP, f"Step {facts.scheduled_event_id} was answered in Temporal in the worker's place."


def _is_reset(event: HistoryEvent) -> bool:
    failed = event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
    return failed and event.workflow_task_failed_event_attributes.cause == _RESET_CAUSE


def _paused_step(run_id: str, step: str) -> OutsideAct:
    about = f"Step {step} was paused in Temporal; `temporal activity unpause` lets it go on."
    return OutsideAct(act=PAUSE_STEP, about=about, run_id=run_id, key=act_key(run_id, PAUSE_STEP, step))


def record_outside_acts(store: SwitchStore, switch: OpenSwitch, acts: Sequence[OutsideAct]) -> int:
    """Record acts once each, and return how many are new.

    Raises:
        ConcurrentWrite: Somebody else wrote first, SAVE_ATTEMPTS_MAX times.
    """
    for attempt in range(1, SAVE_ATTEMPTS_MAX + 1):
        source = store.subscription(switch.source_stream_id)
        if source is None or switch.switch_id not in source.switches:
            return 0
        new = 0
        for act in acts:
            meta = _meta(switch, act, after=f"{source.id}@{source.version}")
            facts = {"act": act.act, "about": act.about, "run_id": act.run_id, "key": act.key}
            new += note_outside_act(source, **facts, at=datetime.now(tz=UTC), meta=meta)
        try:
            if new:
                store.save(source)
        except ConcurrentWrite:
            if attempt == SAVE_ATTEMPTS_MAX:
                raise
        else:
            return new
    raise AssertionError


def _meta(switch: OpenSwitch, act: OutsideAct, *, after: str) -> Meta:
    return Meta(
        switch_id=switch.switch_id,
        organization_id=switch.organization_id,
        actor=OUTSIDE_ACTOR,
        reason=act.about,
        causation=after,
        workflow_id=switch.workflow_id,
        run_id=act.run_id,
    )
