"""Making the bundle of a switch: its record, the published log, and what Temporal still has."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from tempfile import TemporaryFile
from typing import IO

import anyio.from_thread
from temporalio.api.history.v1 import History as ArchivedHistory
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHistory

from audit.bundle.export import Beginnings, BundleExport, History, Summary
from audit.bundle.histories import redacted_history
from audit.story.show import events_of
from audit.transparency.tiles import ReadFile
from domain.kernel.errors import PlanSwitchError
from services.base.tools import Tools
from services.temporal.workflow_runs import history_of
from store.record.notifications import StoredNotification

#: Runs of workflows whose histories are looked for; a switch has a few, and one for each reset.
RUNS_MAX = 200
TEMPORAL, ARCHIVE = "Temporal", "archive"
GONE = "Neither Temporal nor the archive has it: its retention ended before it was archived."
SILENT = "Temporal did not answer when the bundle was made, and the archive does not have it."

RunName = tuple[str, str]


def bundle_file(tools: Tools, seals: ReadFile, switch: str) -> tuple[IO[bytes], Summary]:
    """Return the bundle of a switch as an open file, which its caller closes, and what stands in it.

    Args:
        tools: Record and Temporal.
        seals: Returns what the log has published under a path.
        switch: Id of the switch, or the beginning of it.

    Raises:
        UnknownSwitch: There is no such switch.
        NotSealedYet: Its last events have no seal yet.
    """
    row = tools.reads.switch(switch)
    streams = tuple(tools.reads.streams_of(row.switch_id))
    runs = _runs(events_of(tools.store, row.switch_id, streams))
    beginnings = Beginnings(switch_id=row.switch_id, streams=streams, histories=_histories(tools, runs))
    file = TemporaryFile()  # noqa: SIM115 - the answer of the API reads it
    try:
        summary = BundleExport(tools.store, tools.catalogs, seals).write(beginnings, file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file, summary


def _runs(events: Sequence[StoredNotification]) -> list[RunName]:
    """Return the runs that recorded the events, each once, in the order of their first event."""
    metas = (each.event.meta for each in events)  # type: ignore[attr-defined]
    names = ((meta["workflow_id"], meta["run_id"]) for meta in metas)
    return list(dict.fromkeys(name for name in names if all(name)))[:RUNS_MAX]


def _histories(tools: Tools, runs: Sequence[RunName]) -> list[History]:
    """Return the history of each run, or why there is none; an audit waits for no silent Temporal."""

    async def fetch(client: Client, _queue: str) -> dict[RunName, Sequence[HistoryEvent]]:
        return {run: await history_of(client, *run) for run in runs}

    live: dict[RunName, Sequence[HistoryEvent]] = {}
    absent = SILENT
    with suppress(PlanSwitchError):
        live = anyio.from_thread.run(tools.workflows.using, fetch)
        absent = GONE
    return [_history(tools, run, live.get(run, ()), absent) for run in runs]


def _history(tools: Tools, run: RunName, live: Sequence[HistoryEvent], absent: str) -> History:
    """Return the history of a run from Temporal, else from the archive, else why there is none."""
    workflow_id, run_id = run
    events, source = live, TEMPORAL
    if not events:
        kept = tools.store.archived_history(workflow_id, run_id)
        events, source = (ArchivedHistory.FromString(kept).events, ARCHIVE) if kept else ((), absent)
    text = WorkflowHistory(workflow_id, list(events)).to_json() if events else None
    content = redacted_history(text) if text else None
    return History(workflow_id=workflow_id, run_id=run_id, content=content, source=source)
