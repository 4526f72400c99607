"""What somebody did to a switch's workflows with Temporal's own means, read from their histories (ADR 19).

The histories tell it to whoever looks, but Temporal forgets, and believes anybody; the record keeps it, as
the act of nobody whom the product knows. Who it was can't be told: what Temporal says of that can be made up.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from temporalio.client import Client

from activities.outside_acts import note_outside_act
from activities.signatures import CommandKeys
from activities.signed_command import OUTSIDE_ACTOR
from audit.known_switches import KnownSwitch, known_switch
from domain.errors import ConcurrentWrite
from domain.ids import eligibility_wait_stream_id
from domain.outside_events import CANCEL, TERMINATE
from domain.recorded import Meta
from domain.wait_events import EligibilityWait
from ops.listed_runs import INVOICE, WAIT, ListedRun
from ops.run_reader import RunReader
from ops.switch_workflows import FoundWorkflow, find_workflow
from ops.told_acts import OutsideAct, children_in, pauses_of
from store.switch_store import SwitchStore

#: Acts of one kind and run that are recorded, the oldest: a thousand signals do not fill the record, nor do
#: they hide that the run was terminated after them.
ACTS_MAX = 20
#: Times acts are recorded anew when somebody else wrote first.
SAVE_ATTEMPTS_MAX = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Acted:
    """On whose record acts are kept."""

    switch_id: str
    organization_id: str


class OutsideActs:
    """Finds acts in the histories of switches, waits and watches over invoices, and records each once.

    Args:
        client: Temporal.
        store: The event store.
        keys: They tell what the product itself has ended.
    """

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
        found = run.closed or await find_workflow(self._client, run.workflow_id)
        if run.kind == WAIT:
            return await self._look_at_wait(run, found)
        switch = await asyncio.to_thread(known_switch, self._store, run.organization_id, run.switch_id)
        if switch is None:
            return 0
        if run.kind == INVOICE:
            return await self._look_at_invoice(switch, run.workflow_id, found)
        return await self.look(switch, run.workflow_id, found)

    async def look(self, switch: KnownSwitch, workflow_id: str, found: FoundWorkflow) -> int:
        """Record what was done to a run of a switch and to its passes; return how many acts are new.

        Args:
            switch: As the record has it.
            workflow_id: Its workflow.
            found: The run, as Temporal has it.
        """
        recorded = await asyncio.to_thread(_recorded_on_switch, self._store, switch)
        read = await self._reader.read(switch.switch_id, workflow_id, found)
        acts = _acts_of(workflow_id, found, recorded, read.acts)
        prefix = f"licenses:{switch.switch_id}:"
        passes = {each for each in found.children if each.startswith(prefix)}
        for child_id in sorted(passes | children_in(read.events, prefix)):
            acts += await self._of_pass(switch.switch_id, workflow_id, found, child_id, recorded)
        return await self._recorded(switch, acts)

    async def _of_pass(
        self, switch_id: str, parent_id: str, parent: FoundWorkflow, child_id: str, recorded: set[str]
    ) -> list[OutsideAct]:
        found = await find_workflow(self._client, child_id)
        # A pass that ends with its parent was not acted on itself; before that it was.
        is_orphan = found.parent_run_id != parent.run_id
        left_out = frozenset({TERMINATE, CANCEL}) if is_orphan or not parent.is_open else frozenset[str]()
        read = await self._reader.read(
            switch_id,
            child_id,
            found,
            parent_id=parent_id,
            left_out=left_out,
            left_out_from=None if is_orphan else parent.closed_at,
        )
        return _acts_of(child_id, found, recorded, read.acts)

    async def _look_at_invoice(self, switch: KnownSwitch, workflow_id: str, found: FoundWorkflow) -> int:
        """Record what was done to the watch over the invoice of a switch, which has ended."""
        recorded = await asyncio.to_thread(_recorded_on_switch, self._store, switch)
        read = await self._reader.read(switch.switch_id, workflow_id, found)
        return await self._recorded(switch, _acts_of(workflow_id, found, recorded, read.acts))

    async def _recorded(self, switch: KnownSwitch, acts: Sequence[OutsideAct]) -> int:
        if not acts:
            return 0
        return await asyncio.to_thread(record_outside_acts, self._store, switch, acts)

    async def _look_at_wait(self, run: ListedRun, found: FoundWorkflow) -> int:
        """Record what was done to a run of a request that waits."""
        wait = await asyncio.to_thread(_wait, self._store, run.switch_id)
        if wait is None:
            return 0
        read = await self._reader.read(run.switch_id, run.workflow_id, found)
        acts = _acts_of(run.workflow_id, found, wait.outside_acts, read.acts)
        if not acts:
            return 0
        return await asyncio.to_thread(record_wait_acts, self._store, run.switch_id, acts)


def _acts_of(
    workflow_id: str, found: FoundWorkflow, recorded: set[str], acts: Sequence[OutsideAct]
) -> list[OutsideAct]:
    """Return what is to be recorded of one run: what its history tells, and the pauses of its steps."""
    return [*_bounded(acts), *pauses_of(workflow_id, found, recorded, acts)]


def _bounded(acts: Sequence[OutsideAct]) -> list[OutsideAct]:
    """Return the oldest acts of each kind and run."""
    seen: Counter[tuple[str, str]] = Counter()
    kept = []
    for each in acts:
        seen[each.run_id, each.act] += 1
        if seen[each.run_id, each.act] <= ACTS_MAX:
            kept.append(each)
    return kept


def record_outside_acts(store: SwitchStore, switch: KnownSwitch, acts: Sequence[OutsideAct]) -> int:
    """Record acts on a switch once each, and return how many are new.

    Raises:
        ConcurrentWrite: Somebody else wrote first, SAVE_ATTEMPTS_MAX times.
    """

    def noted() -> tuple[Any, int]:
        source = store.subscription(switch.source_stream_id)
        if source is None or switch.switch_id not in source.switches:
            return None, 0
        acted = Acted(switch_id=switch.switch_id, organization_id=switch.organization_id)
        new = 0
        for each in acts:
            meta = _meta(acted, each, after=f"{source.id}@{source.version}")
            new += note_outside_act(source, **_facts(each), at=datetime.now(tz=UTC), meta=meta)
        return source, new

    return _saved(store, noted)


def record_wait_acts(store: SwitchStore, switch_id: str, acts: Sequence[OutsideAct]) -> int:
    """Record acts on a request that waits once each, and return how many are new.

    Raises:
        ConcurrentWrite: Somebody else wrote first, SAVE_ATTEMPTS_MAX times.
    """

    def noted() -> tuple[Any, int]:
        wait = _wait(store, switch_id)
        if wait is None:
            return None, 0
        acted = Acted(switch_id=switch_id, organization_id=str(wait.order["organization_id"]))
        new = 0
        for each in acts:
            meta = _meta(acted, each, after=f"{wait.id}@{wait.version}")
            new += wait.note_outside_act(**_facts(each), at=datetime.now(tz=UTC), meta=meta)
        return wait, new

    return _saved(store, noted)


def _saved(store: SwitchStore, noted: Callable[[], tuple[Any, int]]) -> int:
    for attempt in range(1, SAVE_ATTEMPTS_MAX + 1):
        aggregate, new = noted()
        try:
            if new:
                store.save(aggregate)
        except ConcurrentWrite:
            if attempt == SAVE_ATTEMPTS_MAX:
                raise
        else:
            return int(new)
    raise AssertionError


def _facts(act: OutsideAct) -> dict[str, Any]:
    return {"act": act.act, "about": act.about, "run_id": act.run_id, "key": act.key}


def _recorded_on_switch(store: SwitchStore, switch: KnownSwitch) -> set[str]:
    source = store.subscription(switch.source_stream_id)
    state = source.switches.get(switch.switch_id) if source else None
    return set(state.outside_acts) if state else set()


def _wait(store: SwitchStore, switch_id: str) -> EligibilityWait | None:
    found = store.load(eligibility_wait_stream_id(switch_id))
    return found if isinstance(found, EligibilityWait) else None


def _meta(acted: Acted, act: OutsideAct, *, after: str) -> Meta:
    return Meta(
        switch_id=acted.switch_id,
        organization_id=acted.organization_id,
        actor=OUTSIDE_ACTOR,
        reason=act.about,
        causation=after,
        workflow_id=act.workflow_id,
        run_id=act.run_id,
    )
