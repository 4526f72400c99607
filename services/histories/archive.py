"""Keeps the histories of closed workflows beside the events, before Temporal deletes them (ADR 38).

A worker does it in rounds. The first round of a process looks at everything that Temporal still has, so that
an outage is made up for; each later one looks at what has closed since.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from temporalio.api.history.v1 import History
from temporalio.client import Client

from services.base.rounds import repeating
from services.histories.closed_runs import closed_runs
from services.temporal.workflow_runs import history_of
from store.record.histories import ClosedRun
from store.switch_store import SwitchStore

#: A worker looks for closed workflows this often.
EVERY_SECONDS = 60.0
#: Temporal's list is some seconds old.
LISTED = timedelta(minutes=1)
#: Runs that are looked up in the archive at once.
_BATCH = 200
_log = structlog.get_logger()


@dataclass(kw_only=True, slots=True)
class ArchiveRound:
    """One look at what has closed."""

    #: Closed runs that Temporal listed.
    listed: int = 0
    #: Histories that are new in the archive.
    archived: int = 0
    failed: int = 0


class HistoryArchive:
    """Writes the history of each closed run into the archive, once.

    Args:
        client: Temporal.
        store: The event store, which has the archive.
        task_queue: Queue of the workflows.
    """

    def __init__(self, client: Client, store: SwitchStore, *, task_queue: str) -> None:
        self._client = client
        self._store = store
        self._task_queue = task_queue
        self._listed_until: datetime | None = None
        self._is_heard = True

    def running(self) -> AbstractAsyncContextManager[None]:
        """Archive again and again, until the block ends."""
        return repeating(self.run_once, every_seconds=EVERY_SECONDS, on_failure=self._tell_failure)

    async def run_once(self) -> ArchiveRound:
        """Archive what has closed since the round before; a round in which one failed is made up for.

        Raises:
            RPCError: Temporal does not answer.
            StoreUnavailable: PostgreSQL does not answer.
        """
        began_at = datetime.now(tz=UTC)
        done = ArchiveRound()
        async for batch in self._batches():
            done.listed += len(batch)
            names = await asyncio.to_thread(self._store.archived_names, [each.name for each in batch])
            for run in batch:
                if run.name not in names:
                    await self._archive(run, done)
        if not done.failed:
            self._listed_until = began_at - LISTED
        self._is_heard = True
        if done.archived:
            _log.info("histories_archived", count=done.archived)
        return done

    async def _batches(self) -> AsyncIterator[Sequence[ClosedRun]]:
        batch: list[ClosedRun] = []
        async for run in closed_runs(self._client, self._task_queue, since=self._listed_until):
            batch.append(run)
            if len(batch) == _BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    async def _archive(self, run: ClosedRun, done: ArchiveRound) -> None:
        try:
            events = await history_of(self._client, run.workflow_id, run.run_id)
            if not events:
                # Its retention has ended since it was listed.
                return
            history = History(events=events).SerializeToString(deterministic=True)
            is_new = await asyncio.to_thread(
                self._store.archive_history, run, history, event_count=len(events)
            )
            done.archived += is_new
        except Exception as error:  # noqa: BLE001 - the other histories must still be archived
            done.failed += 1
            _log.error(
                "history_not_archived",
                switch_id=run.switch_id,
                workflow_id=run.workflow_id,
                run_id=run.run_id,
                reason=f"{type(error).__name__}: {error}",
            )

    def _tell_failure(self, error: Exception) -> None:
        """Log the first of the rounds that fail one after the other."""
        if self._is_heard:
            _log.warning("history_archive_failed", error=type(error).__name__, reason=str(error))
        self._is_heard = False
