"""The reconciler: pairs open switches of the record with open workflows of Temporal.

See reliability#lost-workflows-and-lost-stores.

A switch whose workflow is gone is started again from the record. A workflow whose switch the record does not
hold open is told about and left alone: only a person knows which of the two stores is right.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from anyio import from_thread
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client

from activities.signing.signatures import CommandKeys
from audit.story.open_switches import OpenSwitch, open_switch, open_switches
from domain.kernel.errors import PlanSwitchError
from domain.organizations.organization import Organization
from domain.switch.stage import AWAITING_OPERATOR, Stage
from services.base.rounds import repeating
from services.base.tools import Tools
from services.recovery.outside_acts import ListedRun, OutsideActs, early_end, record_outside_acts, runs_since
from services.recovery.restarts import RECONCILER, start_again
from services.temporal.raw_calls import read_raw
from services.temporal.workflow_runs import (
    COMPLETED,
    RPC_TIMEOUT,
    OpenWorkflow,
    WorkflowRun,
    details_of,
    find_workflow,
    open_workflows,
)
from store.health import heartbeats
from store.switch_store import SwitchStore

#: A reservation younger than this is left alone.
GRACE_SECONDS = 30
OPERATOR = "operator"

#: Runs that were closed before that are looked at no more.
LOOKED_BACK = timedelta(days=1)
#: Temporal's list is some seconds old.
LISTED = timedelta(minutes=1)
RESTARTED = "restarted"
REPORTED = "reported"
FAILED = "failed"

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A switch and a workflow that do not fit each other, and what was done."""

    switch_id: str
    workflow_id: str
    #: What became of the workflow, or `waiting` for one that waits for an operator unknown to the record.
    found: str
    #: restarted, reported or failed.
    done: str
    message: str


@dataclass(kw_only=True, slots=True)
class Round:
    """One look at everything that is open."""

    open_switches: int = 0
    open_workflows: int = 0
    findings: list[Finding] = field(default_factory=list)


class Reconciler:
    """Starts lost workflows again, and reports what does not fit.

    Args:
        client: Temporal.
        store: The event store.
        keys: They sign what is started again.
        task_queue: Where the worker takes its work from.
        grace_seconds: Reservations and endings younger than this are left alone.
        looked_back: Runs that were closed longer ago are not searched for outside acts.
    """

    def __init__(
        self,
        client: Client,
        store: SwitchStore,
        *,
        keys: CommandKeys,
        task_queue: str,
        grace_seconds: float = GRACE_SECONDS,
        looked_back: timedelta = LOOKED_BACK,
    ) -> None:
        self._keys = keys
        self._outside_acts = OutsideActs(client, store, keys)
        self._client = client
        self._store = store
        self._task_queue = task_queue
        self._looked_back = looked_back
        self._listed_until: datetime | None = None
        self._grace = timedelta(seconds=grace_seconds)

    def running(self, *, every_seconds: float) -> AbstractAsyncContextManager[None]:
        """Look now and then every `every_seconds`, until the block ends, and say when that was done last."""
        run = partial(self._run_with_beat, every_seconds)
        return repeating(run, every_seconds=every_seconds, on_failure=self._tell_failure)

    async def _run_with_beat(self, every_seconds: float) -> None:
        """Run one round and give a sign of life, or say why the round failed."""
        beat = partial(self._store.beat, heartbeats.RECONCILER, every_seconds=every_seconds)
        try:
            await self.run_once()
        except Exception as error:
            # Where the database is what is gone, nothing can be said there.
            with suppress(PlanSwitchError):
                await asyncio.to_thread(beat, failure=f"{type(error).__name__}: {error}")
            raise
        await asyncio.to_thread(beat)

    def _tell_failure(self, error: Exception) -> None:
        _log.error("reconcile_failed", error=type(error).__name__, reason=str(error))

    async def run_once(self) -> Round:
        """Look at every open switch and at every open workflow once; one failure stops no other.

        Raises:
            RPCError: Temporal does not answer; nothing was done.
            StoreUnavailable: PostgreSQL does not answer; nothing was done.
        """
        await self._require_namespace()
        opened = await asyncio.to_thread(lambda: list(open_switches(self._store)))
        done = Round(open_switches=len(opened))
        for switch in opened:
            with _kept_going(done, switch):
                _note(done, await self._examine_switch(switch))
        by_workflow = {switch.workflow_id: switch for switch in opened}
        # A run that this round has started is looked at by the next one.
        noted = {finding.switch_id for finding in done.findings}
        async for workflow in open_workflows(self._client):
            done.open_workflows += 1
            if workflow.switch_id in noted:
                continue
            with _kept_going(done, workflow):
                _note(done, await self._examine_workflow(workflow, by_workflow.get(workflow.workflow_id)))
        await self._examine_listed(done, by_workflow)
        return done

    async def _require_namespace(self) -> None:
        """Ask for the namespace: without it every workflow would look lost."""
        request = DescribeNamespaceRequest(namespace=self._client.namespace)
        await read_raw(self._client.workflow_service.describe_namespace, request, rpc_timeout=RPC_TIMEOUT)

    async def _examine_switch(self, switch: OpenSwitch) -> Finding | None:
        workflow = await find_workflow(self._client, switch.workflow_id)
        await self._note_outside_acts(switch, workflow)
        if workflow.is_open or datetime.now(tz=UTC) - switch.since < self._grace:
            return None
        if workflow.status == COMPLETED and not await self._is_ended_early(switch, workflow):
            return await self._behind(switch, workflow)
        run_id = await start_again(
            self._client,
            self._store,
            switch,
            workflow,
            keys=self._keys,
            task_queue=self._task_queue,
            actor=RECONCILER,
            reason=f"The switch is open and its workflow is {workflow.status}.",
        )
        if not run_id:
            return None
        return _finding(switch, workflow.status, RESTARTED, f"Started again as run {run_id}.")

    async def _note_outside_acts(self, switch: OpenSwitch, workflow: WorkflowRun) -> None:
        run = replace(workflow, run_id=workflow.run_id or switch.run_id)
        _tell_acts(switch.switch_id, await self._outside_acts.look(switch, switch.workflow_id, run))

    async def _examine_listed(self, done: Round, opened: Collection[str]) -> None:
        """Record what was done to all other runs: of waits and invoices, and what was closed lately.

        Nobody else looks at a switch that has ended since the round before, or at a run that another follows.
        A round in which that failed anywhere is made up for by the next.
        """
        now, failed = datetime.now(tz=UTC), len(done.findings)
        since = max(self._listed_until or now - self._looked_back, now - self._looked_back)
        async for each in runs_since(self._client, self._task_queue, since, excluded=opened):
            with _kept_going(done, each):
                _tell_acts(each.switch_id, await self._outside_acts.look_at(each))
        if len(done.findings) == failed:
            self._listed_until = now - LISTED

    async def _is_ended_early(self, switch: OpenSwitch, workflow: WorkflowRun) -> bool:
        """Return whether the run was ended in a worker's place, and record that it was."""
        act = await early_end(self._client, switch.workflow_id, workflow.run_id)
        if act is None:
            return False
        await asyncio.to_thread(record_outside_acts, self._store, switch, [act])
        return True

    async def _behind(self, switch: OpenSwitch, workflow: WorkflowRun) -> Finding | None:
        """Report a workflow that has come to its end although the record says that it has not."""
        still = await asyncio.to_thread(open_switch, self._store, switch.organization_id, switch.switch_id)
        if still is None:
            return None
        return _finding(
            switch,
            workflow.status,
            REPORTED,
            f"The workflow has ended, and the record stands at {switch.stage}: an older database was "
            "restored. Restore a newer backup, or accept the older record with "
            f"`planswitch switch restart {switch.switch_id[:8]} --reason ...`.",
        )

    async def _examine_workflow(self, workflow: OpenWorkflow, switch: OpenSwitch | None) -> Finding | None:
        if datetime.now(tz=UTC) - workflow.started_at < self._grace:
            return None
        if switch is None:
            finding = await asyncio.to_thread(self._without_record, workflow)
            if finding is not None:
                # Temporal's list is some moments old: the workflow itself says whether it is still open.
                is_open = (await find_workflow(self._client, workflow.workflow_id)).is_open
                return finding if is_open else None
        stage = switch.stage if switch else workflow.stage
        if workflow.waits_for != OPERATOR or stage in AWAITING_OPERATOR:
            return None
        details = await details_of(self._client, workflow.workflow_id)
        return _finding(
            workflow, "waiting", REPORTED, details.replace("**", "") or "It waits for an operator."
        )

    def _without_record(self, workflow: OpenWorkflow) -> Finding | None:
        """Report a workflow whose switch the record has ended, or does not know."""
        organization = self._store.organization(workflow.organization_id)
        if organization is not None:
            if open_switch(self._store, workflow.organization_id, workflow.switch_id) is not None:
                return None
            if workflow.switch_id in organization.finished_switches:
                return self._after_the_end(workflow, organization)
        if workflow.stage in {Stage.REQUESTED, ""}:
            # It is still being assessed.
            return None
        return _finding(
            workflow,
            "running",
            REPORTED,
            f"The workflow is at {workflow.stage}, and the record does not know its switch: an older "
            "database was restored. Restore a newer backup; `planswitch switch restart` says what is known.",
        )

    def _after_the_end(self, workflow: OpenWorkflow, organization: Organization) -> Finding | None:
        if datetime.now(tz=UTC) - organization.modified_on < self._grace:
            # It is just about to end.
            return None
        outcome = organization.finished_switches[workflow.switch_id]
        return _finding(
            workflow,
            "running",
            REPORTED,
            f"The switch has ended as {outcome}, and its workflow is still open. Nothing waits for it: end "
            f"it with `temporal workflow terminate -w {workflow.workflow_id}`.",
        )


def reconcile(tools: Tools, *, grace_seconds: float) -> Round:
    """Pair the open switches of the record with the open workflows of Temporal once.

    Args:
        tools: Where to look.
        grace_seconds: Reservations and endings younger than this are left alone.
    """

    async def look(client: Client, queue: str) -> Round:
        keys = tools.workflows.signer.keys
        reconciler = Reconciler(client, tools.store, keys=keys, task_queue=queue, grace_seconds=grace_seconds)
        return await reconciler.run_once()

    return from_thread.run(tools.workflows.using, look)


def _finding(about: OpenSwitch | OpenWorkflow | ListedRun, state: str, done: str, message: str) -> Finding:
    return Finding(
        switch_id=about.switch_id, workflow_id=about.workflow_id, found=state, done=done, message=message
    )


def _tell_acts(switch_id: str, count: int) -> None:
    if count:
        _log.warning("outside_acts_recorded", switch_id=switch_id, count=count)


def _note(done: Round, finding: Finding | None) -> None:
    if finding is None:
        return
    done.findings.append(finding)
    _log.warning(
        "switch_workflow_reconciled",
        switch_id=finding.switch_id,
        found=finding.found,
        done=finding.done,
        reason=finding.message,
    )


@contextmanager
def _kept_going(done: Round, about: OpenSwitch | OpenWorkflow | ListedRun) -> Iterator[None]:
    """Note a failure of the block and go on."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the other switches must still be looked at
        message = f"{type(error).__name__}: {error}"
        done.findings.append(_finding(about, "unknown", FAILED, message))
        _log.error("reconcile_switch_failed", switch_id=about.switch_id, reason=message)
