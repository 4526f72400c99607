"""Reads the histories of runs, again only where one has grown, and tells what was done to them (ADR 19)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Any

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.signatures import CommandKeys, check
from activities.signed_command import END, SignedCommand
from domain.outside_events import TERMINATE
from ops.switch_workflows import end_arguments
from ops.told_acts import OutsideAct, ReadRun, acts_in, bases_of
from store.switch_store import SwitchStore

#: Runs of which is kept in mind how far they were read.
RUNS_MAX = 10_000
#: Runs that one run was reset from, one after another, and that are read.
BASES_MAX = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """What a run tells since it was read last."""

    events: Sequence[HistoryEvent] = ()
    acts: tuple[OutsideAct, ...] = ()


class RunReader:
    """Reads runs of workflows.

    Args:
        client: Temporal.
        store: It tells who works for this installation.
        keys: They tell what the product itself has ended.
    """

    def __init__(self, client: Client, store: SwitchStore, keys: CommandKeys) -> None:
        self._client = client
        self._store = store
        self._keys = keys
        #: Run -> how many events it had when it was read last.
        self._read: OrderedDict[str, int] = OrderedDict()

    async def read(
        self,
        switch_id: str,
        workflow_id: str,
        run_id: str,
        events: int,
        *,
        parent_id: str = "",
        left_out: frozenset[str] = frozenset(),
    ) -> Read:
        """Return what a run tells, and those that it was reset from; nothing where none has grown.

        Args:
            switch_id: Whose run it is.
            workflow_id: Its workflow.
            run_id: The run; "": there is none.
            events: Length of its history; 0 where that is not known.
            parent_id: The workflow that may cancel it; "" where none may.
            left_out: Acts that are told elsewhere.
        """
        if not run_id or (events and self._read.get(run_id) == events):
            return Read()
        history = await self._history(workflow_id, run_id)
        # After the history: a worker is written down before it answers anything.
        known = await asyncio.to_thread(self._store.known_workers)
        run = ReadRun(
            workflow_id=workflow_id,
            run_id=run_id,
            events=history,
            known=known,
            parent_id=parent_id,
            left_out=left_out,
        )
        acts = [each for each in acts_in(run) if not await self._is_own(switch_id, each, history)]
        before = await self._before(run)
        self._note_read(run_id, len(history))
        return Read(events=history, acts=(*before, *acts))

    async def _before(self, run: ReadRun) -> list[OutsideAct]:
        """Return what was done to the runs that one was reset from, as far as it was not read yet."""
        acts: list[OutsideAct] = []
        bases, looked_at = bases_of(run.events), {run.run_id}
        while bases - looked_at and len(looked_at) <= BASES_MAX:
            base = min(bases - looked_at)
            looked_at.add(base)
            events = await self._history(run.workflow_id, base)
            bases |= bases_of(events)
            if self._read.get(base) != len(events):
                # A reset ends the run that it begins from: that is told as the reset.
                left_out = run.left_out | {TERMINATE}
                acts += acts_in(replace(run, run_id=base, events=events, left_out=left_out))
                self._note_read(base, len(events))
        return acts

    async def _history(self, workflow_id: str, run_id: str) -> Sequence[HistoryEvent]:
        try:
            history = await self._client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
            return ()
        return history.events

    async def _is_own(self, switch_id: str, act: OutsideAct, events: Sequence[HistoryEvent]) -> bool:
        """Tell whether it was the product itself that ended the run, by the proof that it leaves."""
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
