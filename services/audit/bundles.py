"""Making the bundle of a switch: its record, the published log, and what Temporal still has."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from tempfile import TemporaryFile
from typing import IO

import anyio.from_thread
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
TEMPORAL = "Temporal"
GONE = "Temporal has it no longer: its retention has ended."
SILENT = "Temporal did not answer when the bundle was made."

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

    async def fetch(client: Client, _queue: str) -> list[History]:
        return [await _history(client, *run) for run in runs]

    with suppress(PlanSwitchError):
        return anyio.from_thread.run(tools.workflows.using, fetch)
    return [_absent(*run, SILENT) for run in runs]


async def _history(client: Client, workflow_id: str, run_id: str) -> History:
    events = await history_of(client, workflow_id, run_id)
    if not events:
        return _absent(workflow_id, run_id, GONE)
    text = WorkflowHistory(workflow_id, events).to_json()
    return History(workflow_id=workflow_id, run_id=run_id, content=redacted_history(text), source=TEMPORAL)


def _absent(workflow_id: str, run_id: str, source: str) -> History:
    return History(workflow_id=workflow_id, run_id=run_id, content=None, source=source)
