"""Replays every run of a switch's workflows: from the archive, or from Temporal while that still has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version

from anyio import from_thread
from temporalio.api.history.v1 import History
from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.client import Client

from audit.replay.replays import (
    HistorySource,
    ReplayResult,
    RunReplay,
    SwitchReplay,
    result_of,
    switch_replay,
)
from audit.story.show import events_of
from domain.kernel.errors import AuditMismatch
from projections.reads.shown_rows import SwitchRow
from services.base.switch_rows import request_id_of
from services.base.tools import Tools
from services.histories.closed_runs import runs_of_switch
from services.histories.replayer import HistoryReplayer
from services.temporal.switch_workflows import OrchestrationUnavailable
from services.temporal.workflow_runs import history_of, listed_workflow
from store.record.histories import ArchivedRun, RunName
from store.record.notifications import StoredNotification

PACKAGE = "planswitch"
#: What happens first comes first.
_ORDER = ("wait:", "switch:", "licenses:", "invoice:")
_GONE = (
    "Temporal has deleted the history, and the archive has none: the run closed before histories were "
    "archived, or no worker ran until Temporal's retention ended."
)
_SILENT = "The archive has no history of it, and Temporal does not answer: {reason}"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Silence:
    """Temporal does not answer."""

    reason: str


_Listed = Mapping[RunName, WorkflowExecutionInfo]


def replay_switch(tools: Tools, replayer: HistoryReplayer, switch: str) -> SwitchReplay:
    """Replay every run of the workflows of a switch with today's program; nothing is changed or asked.

    Args:
        tools: Where to look.
        replayer: Replays one history.
        switch: Whatever names a switch.

    Raises:
        UnknownSwitch: There is no such switch.
    """
    row = tools.reads.switch(switch)
    events = events_of(tools.store, row.switch_id, tools.reads.streams_of(row.switch_id))
    archived = {(each.workflow_id, each.run_id): each for each in tools.store.archived_runs(row.switch_id)}
    listed = _listed(tools, row)
    in_temporal: _Listed = {} if isinstance(listed, _Silence) else listed
    why = _SILENT.format(reason=listed.reason) if isinstance(listed, _Silence) else _GONE
    names = sorted({*archived, *in_temporal, *_recorded(events)}, key=_place)
    runs = []
    for name in names:
        if name in archived:
            runs.append(_replayed_archive(tools, replayer, archived[name]))
        elif name in in_temporal:
            runs.append(_replayed_temporal(tools, replayer, in_temporal[name]))
        else:
            runs.append(_missing(name, why))
    return switch_replay(row.switch_id, row.organization_id, program_version=version(PACKAGE), runs=runs)


def _listed(tools: Tools, row: SwitchRow) -> _Listed | _Silence:
    request_id = request_id_of(tools, row)

    async def look(client: Client, queue: str) -> list[WorkflowExecutionInfo]:
        return await runs_of_switch(
            client,
            queue,
            switch_id=row.switch_id,
            organization_id=row.organization_id,
            request_id=request_id,
        )

    try:
        runs = from_thread.run(tools.workflows.using, look)
    except OrchestrationUnavailable as error:
        return _Silence(reason=error.message)
    return {(each.execution.workflow_id, each.execution.run_id): each for each in runs}


def _recorded(events: Iterable[StoredNotification]) -> Iterator[RunName]:
    """Yield the runs that the events name: each event of a step says which run asked for it."""
    for each in events:
        meta = each.event.meta  # type: ignore[attr-defined]
        if meta.get("workflow_id") and meta.get("run_id"):
            yield meta["workflow_id"], meta["run_id"]


def _place(name: RunName) -> tuple[int, str, str]:
    workflow_id, run_id = name
    prefixes = [number for number, each in enumerate(_ORDER) if workflow_id.startswith(each)]
    # Ids of runs begin with their time (UUIDv7).
    return (prefixes or [len(_ORDER)])[0], workflow_id, run_id


def _replayed_archive(tools: Tools, replayer: HistoryReplayer, run: ArchivedRun) -> RunReplay:
    answer = RunReplay(
        workflow_id=run.workflow_id,
        run_id=run.run_id,
        workflow_type=run.workflow_type,
        status=run.status,
        source=HistorySource.ARCHIVE,
        archived_at=run.archived_at,
        events=run.event_count,
        sha256=run.sha256,
        result=ReplayResult.ALTERED,
    )
    try:
        content = tools.store.archived_history(run.workflow_id, run.run_id) or b""
    except AuditMismatch as error:
        return replace(answer, why=f"{error.message} {error.remedy}")
    return _replayed(replayer, answer, History.FromString(content))


def _replayed_temporal(tools: Tools, replayer: HistoryReplayer, info: WorkflowExecutionInfo) -> RunReplay:
    run = listed_workflow(info)
    answer = RunReplay(
        workflow_id=info.execution.workflow_id,
        run_id=run.run_id,
        workflow_type=info.type.name,
        status=run.status,
        source=HistorySource.TEMPORAL,
        archived_at=None,
        events=0,
        sha256="",
        result=ReplayResult.NO_HISTORY,
    )

    async def read(client: Client, _queue: str) -> History:
        return History(events=await history_of(client, answer.workflow_id, answer.run_id))

    try:
        history = from_thread.run(tools.workflows.using, read)
    except OrchestrationUnavailable as error:
        return replace(answer, source=HistorySource.NOWHERE, why=_SILENT.format(reason=error.message))
    if not history.events:
        return replace(answer, source=HistorySource.NOWHERE, why=_GONE)
    return _replayed(replayer, replace(answer, events=len(history.events)), history)


def _replayed(replayer: HistoryReplayer, answer: RunReplay, history: History) -> RunReplay:
    replayed = from_thread.run(replayer.replay, answer.workflow_id, history)
    return replace(
        answer,
        result=result_of(replayed.deviations),
        decisions=replayed.decisions,
        deviations=replayed.deviations,
    )


def _missing(name: RunName, why: str) -> RunReplay:
    workflow_id, run_id = name
    return RunReplay(
        workflow_id=workflow_id,
        run_id=run_id,
        workflow_type="",
        status="",
        source=HistorySource.NOWHERE,
        archived_at=None,
        events=0,
        sha256="",
        result=ReplayResult.NO_HISTORY,
        why=why,
    )
