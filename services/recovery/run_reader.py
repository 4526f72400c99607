"""Reads the histories of runs, again only where one has grown, and tells what was done to them (ADR 19)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

from activities.signed_command import END, SignedCommand
from activities.signing.signatures import CommandKeys, check
from domain.switch.outside_events import TERMINATE
from services.recovery.run_acts import OutsideAct, ReadRun, acts_in, bases_of
from services.temporal.command_signer import end_arguments
from services.temporal.workflow_runs import FoundWorkflow, history_of
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

    def has_read(self, run: FoundWorkflow) -> bool:
        """Return whether a run has not grown since it was read last."""
        return bool(run.events) and self._read.get(run.run_id) == run.events

    async def read(
        self,
        switch_id: str,
        workflow_id: str,
        workflow: FoundWorkflow,
        *,
        parent_id: str = "",
        excluded: frozenset[str] = frozenset(),
        excluded_from: datetime | None = None,
    ) -> Read:
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
            return Read()
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
        return Read(events=history, acts=(*before, *acts))

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
