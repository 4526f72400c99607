"""What somebody did to a switch's workflows with Temporal's own means, read from their histories (ADR 19).

The histories tell it to whoever looks, but Temporal forgets, and believes anybody; the record keeps it, as
the act of nobody whom the product knows. Who it was can't be told: what Temporal says of that can be made up.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.client import Client

from activities.base.outside_acts import act_key, note_outside_act
from activities.contract import COMPLETE_SWITCH, END_SWITCH, REQUEST_SWITCH, RequestSwitchResult
from activities.signed_command import OUTSIDE_ACTOR
from activities.signing.signatures import CommandKeys
from audit.story.open_switches import KnownSwitch, known_switch
from domain.kernel.ids import is_workflow_of, switch_id_of_workflow
from domain.kernel.recorded import Meta, RecordedAggregate
from domain.switch.outside_events import ANSWER_TASK, CANCEL, TERMINATE
from services.base.switch_rows import recorded_wait
from services.base.tools import decided_anew
from services.recovery.run_acts import OutsideAct, RunReader, children_in, pauses_of
from services.temporal.workflow_runs import (
    INVOICE,
    SWITCH,
    WAIT,
    WorkflowRun,
    completed_steps,
    find_workflow,
    history_of,
    listed,
    listed_workflow,
)
from store.switch_store import SwitchStore

ABOUT = "The workflow was answered as done in Temporal, in a worker's place and before its last step."
_LAST_STEPS = frozenset({COMPLETE_SWITCH.name, END_SWITCH.name})
_TYPES = ", ".join(repr(each) for each in (SWITCH, WAIT, INVOICE))
_INVOICE_ID = re.compile(r"invoice:([0-9a-f-]{36})")
#: Acts of one kind and run that are recorded, the oldest: a thousand signals do not fill the record, nor do
#: they hide that the run was terminated after them.
ACTS_MAX = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedRun:
    """One run of a switch, of a request that waits, or of the watch over an invoice."""

    #: SWITCH, WAIT or INVOICE.
    kind: str
    switch_id: str
    #: "" where the id of the workflow tells the switch alone.
    organization_id: str
    workflow_id: str
    #: A closed run as it is listed; None: it is open, and who looks at it asks for more.
    closed: WorkflowRun | None


class OutsideActs:
    """Finds acts in the histories of switches, waits and watches over invoices, and records each once."""

    def __init__(self, client: Client, store: SwitchStore, keys: CommandKeys) -> None:
        self._client = client
        self._store = store
        self._reader = RunReader(client, store, keys)

    async def look_at(self, run: ListedRun) -> int:
        """Record what was done to a run, and return how many acts are new.

        Args:
            run: As Temporal lists it; a closed one that was read to its end is looked at no more.
        """
        if run.closed is not None and self._reader.has_read(run.closed):
            return 0
        workflow = run.closed or await find_workflow(self._client, run.workflow_id)
        if run.kind == WAIT:
            return await self._look_at_wait(run, workflow)
        switch = await asyncio.to_thread(known_switch, self._store, run.organization_id, run.switch_id)
        return 0 if switch is None else await self.look(switch, run.workflow_id, workflow)

    async def look(self, switch: KnownSwitch, workflow_id: str, workflow: WorkflowRun) -> int:
        """Record what was done to a run of a switch, its passes or its invoice; return how many are new."""
        recorded = await asyncio.to_thread(_recorded_on_switch, self._store, switch)
        read = await self._reader.read(switch.switch_id, workflow_id, workflow)
        acts = _acts_of(workflow_id, workflow, recorded, read.acts)
        prefix = f"licenses:{switch.switch_id}:"
        passes = {each for each in workflow.children if each.startswith(prefix)}
        for child_id in sorted(passes | children_in(read.events, prefix)):
            acts += await self._of_pass(switch.switch_id, workflow_id, workflow, child_id, recorded)
        return await self._recorded(switch, acts)

    async def _of_pass(
        self, switch_id: str, parent_id: str, parent: WorkflowRun, child_id: str, recorded: set[str]
    ) -> list[OutsideAct]:
        workflow = await find_workflow(self._client, child_id)
        # A pass that ends with its parent was not acted on itself; before that it was.
        is_orphan = workflow.parent_run_id != parent.run_id
        excluded = frozenset({TERMINATE, CANCEL}) if is_orphan or not parent.is_open else frozenset[str]()
        read = await self._reader.read(
            switch_id,
            child_id,
            workflow,
            parent_id=parent_id,
            excluded=excluded,
            excluded_from=None if is_orphan else parent.closed_at,
        )
        return _acts_of(child_id, workflow, recorded, read.acts)

    async def _recorded(self, switch: KnownSwitch, acts: Sequence[OutsideAct]) -> int:
        if not acts:
            return 0
        return await asyncio.to_thread(record_outside_acts, self._store, switch, acts)

    async def _look_at_wait(self, run: ListedRun, workflow: WorkflowRun) -> int:
        """Record what was done to a run of a request that waits."""
        wait = await asyncio.to_thread(recorded_wait, self._store, run.switch_id)
        if wait is None:
            return 0
        read = await self._reader.read(run.switch_id, run.workflow_id, workflow)
        acts = _acts_of(run.workflow_id, workflow, wait.outside_acts, read.acts)
        if not acts:
            return 0
        return await asyncio.to_thread(record_wait_acts, self._store, run.switch_id, acts)


def _acts_of(
    workflow_id: str, workflow: WorkflowRun, recorded: set[str], acts: Sequence[OutsideAct]
) -> list[OutsideAct]:
    """Return what is to be recorded of one run: what its history tells, and the pauses of its steps."""
    return [*_bounded(acts), *pauses_of(workflow_id, workflow, recorded, acts)]


def _bounded(acts: Sequence[OutsideAct]) -> list[OutsideAct]:
    """Return the oldest acts of each kind and run."""
    counts: Counter[tuple[str, str]] = Counter()
    kept = []
    for each in acts:
        counts[each.run_id, each.act] += 1
        if counts[each.run_id, each.act] <= ACTS_MAX:
            kept.append(each)
    return kept


def record_outside_acts(store: SwitchStore, switch: KnownSwitch, acts: Sequence[OutsideAct]) -> int:
    """Record acts on a switch once each, and return how many are new."""

    def decide() -> int:
        source = store.subscription(switch.source_stream_id)
        if source is None or switch.switch_id not in source.switches:
            return 0
        return _recorded(
            store,
            source,
            acts,
            note=partial(note_outside_act, source),
            switch_id=switch.switch_id,
            organization_id=switch.organization_id,
        )

    return decided_anew(decide)


def record_wait_acts(store: SwitchStore, switch_id: str, acts: Sequence[OutsideAct]) -> int:
    """Record acts on a request that waits once each, and return how many are new."""

    def decide() -> int:
        wait = recorded_wait(store, switch_id)
        if wait is None:
            return 0
        organization_id = str(wait.order["organization_id"])
        note = wait.note_outside_act
        return _recorded(store, wait, acts, note=note, switch_id=switch_id, organization_id=organization_id)

    return decided_anew(decide)


def _recorded(
    store: SwitchStore,
    aggregate: RecordedAggregate,
    acts: Sequence[OutsideAct],
    *,
    note: Callable[..., bool],
    switch_id: str,
    organization_id: str,
) -> int:
    """Record acts on an aggregate that notes them, and return how many are new."""
    new = 0
    for each in acts:
        meta = Meta(
            switch_id=switch_id,
            organization_id=organization_id,
            actor=OUTSIDE_ACTOR,
            reason=each.about,
            causation=f"{aggregate.id}@{aggregate.version}",
            workflow_id=each.workflow_id,
            run_id=each.run_id,
        )
        now = datetime.now(tz=UTC)
        new += note(act=each.act, about=each.about, run_id=each.run_id, key=each.key, at=now, meta=meta)
    if new:
        store.save(aggregate)
    return new


def _recorded_on_switch(store: SwitchStore, switch: KnownSwitch) -> set[str]:
    source = store.subscription(switch.source_stream_id)
    state = source.switches.get(switch.switch_id) if source else None
    return set(state.outside_acts) if state else set()


async def runs_since(
    client: Client, task_queue: str, since: datetime, *, excluded: Collection[str] = ()
) -> AsyncIterator[ListedRun]:
    """Yield the runs that are open, and those that were closed since an instant, the newest first.

    Args:
        client: Of Temporal.
        task_queue: Queue of our workflows.
        since: Runs that were closed before are left out.
        excluded: Workflows whose open runs somebody looks at already.
    """
    closed = f"CloseTime > '{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"
    for which in ("CloseTime IS NULL", closed):
        async for each in listed(client, f"WorkflowType IN ({_TYPES}) AND {which}", task_queue):
            run = _run_of(each, is_closed=which == closed)
            if run is not None and (run.closed is not None or run.workflow_id not in excluded):
                yield run


def _run_of(info: WorkflowExecutionInfo, *, is_closed: bool) -> ListedRun | None:
    """Return a run; None where its id is none that the product gives."""
    kind, workflow_id = info.type.name, info.execution.workflow_id
    invoice = _INVOICE_ID.fullmatch(workflow_id)
    switch_id = invoice.group(1) if invoice else switch_id_of_workflow(workflow_id)
    if kind == INVOICE:
        is_ours = invoice is not None
    else:
        is_ours = is_workflow_of(workflow_id, switch_id, waits=kind == WAIT)
    if not is_ours:
        return None
    return ListedRun(
        kind=kind,
        switch_id=switch_id,
        organization_id="" if invoice else workflow_id.split(":")[1],
        workflow_id=workflow_id,
        closed=listed_workflow(info) if is_closed else None,
    )


async def early_end(client: Client, workflow_id: str, run_id: str) -> OutsideAct | None:
    """Return the act by which a completed run was ended before its last step; None where it has done that.

    Whoever takes the task of a workflow from its queue can answer that it is done, while the record goes on.
    A run that has done its last step has ended by itself, and the record is what was set back.
    """
    events = await history_of(client, workflow_id, run_id)
    done = completed_steps(events)
    if not events or set(done) & _LAST_STEPS or not await _goes_on(client, done.get(REQUEST_SWITCH.name)):
        return None
    key = act_key(run_id, ANSWER_TASK)
    return OutsideAct(act=ANSWER_TASK, about=ABOUT, workflow_id=workflow_id, run_id=run_id, key=key)


async def _goes_on(client: Client, answer: HistoryEvent | None) -> bool:
    """Return whether the first step let the run go on: one that ends there needs no last step."""
    if answer is None:
        return True
    payloads = answer.activity_task_completed_event_attributes.result.payloads
    try:
        (result,) = await client.data_converter.decode(payloads, [RequestSwitchResult])
    except Exception:  # noqa: BLE001 - what a stranger has put there says nothing
        return True
    return bool(result.accepted and not result.ended)
