"""Looks for workflows that can't go on and don't say so, and writes down what is wrong with them.

Four lists of Temporal in each round, and a look at each workflow that they name: the cost does not grow with
the number of switches; what is open is listed once a minute. What lists and pages show is as old as the last
round.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from temporalio.client import Client
from temporalio.service import RPCError

from audit.story.open_switches import open_switch
from domain.kernel.ids import organization_stream_id
from domain.operator.workflow_trouble import WorkflowTrouble
from domain.organizations.organization import Organization
from services.base.rounds import repeating
from services.base.switch_rows import recorded_wait
from services.recovery.workflow_troubles import (
    Described,
    completed,
    describe,
    ended_early,
    gone,
    left_open,
    lost,
    reported,
)
from services.temporal.workflow_runs import OpenWorkflow, open_workflows
from store.core.errors import UNREADABLE
from store.health.heartbeats import TROUBLES
from store.switch_store import SwitchStore

#: A worker looks for workflows in trouble this often.
EVERY_SECONDS = 10.0
#: Switches whose workflow ended before that are looked for no more: the reconciler has started them again.
LOOKED_BACK = timedelta(days=1)
LISTED_AGAIN = timedelta(minutes=1)
#: The list of what is open is as long as there are switches, so it is read less often.
OPEN_LOOKED_AT_EVERY = timedelta(minutes=1)
#: A switch that has ended so short a time ago has a workflow that is just about to end.
ENDING = timedelta(seconds=60)
_log = structlog.get_logger()


class TroubleWatch:
    """Looks for troubles of workflows.

    Args:
        client: Temporal.
        store: The event store.
        task_queue: Queue of the workflows.
        ending: A switch that has ended so short a time ago has a workflow that is just about to end.
    """

    def __init__(
        self, client: Client, store: SwitchStore, *, task_queue: str, ending: timedelta = ENDING
    ) -> None:
        self._client = client
        self._store = store
        self._task_queue = task_queue
        self._ending = ending
        self._known: frozenset[tuple[str, str, str]] = frozenset()
        self._is_heard = True
        #: Completed workflows are listed from here on, and those whose switch is open are kept in mind.
        self._listed_until: datetime | None = None
        self._ended: set[str] = set()
        self._opened_at: datetime | None = None
        self._left: list[WorkflowTrouble] = []

    def running(self) -> AbstractAsyncContextManager[None]:
        """Look again and again, until the block ends."""
        return repeating(self.run_once, every_seconds=EVERY_SECONDS, on_failure=self._tell_failure)

    async def run_once(self) -> tuple[WorkflowTrouble, ...]:
        """Look once, write down what was found, and return it.

        Raises:
            RPCError: Temporal does not answer; what was found before stands, and grows old.
            StoreUnavailable: PostgreSQL does not answer.
        """
        troubles = [
            *await reported(self._client, self._task_queue),
            *await self._lost(),
            *await self._ended_early(),
            *await self._left_open(),
        ]
        await asyncio.to_thread(self._save, troubles)
        await asyncio.to_thread(self._store.beat, TROUBLES, every_seconds=EVERY_SECONDS)
        self._tell(troubles)
        self._is_heard = True
        return tuple(troubles)

    def _save(self, troubles: list[WorkflowTrouble]) -> None:
        """Write down what was found, unless it stands there already."""
        if frozenset(troubles) != frozenset(self._store.troubles()):
            self._store.save_troubles(troubles)

    async def _lost(self) -> list[WorkflowTrouble]:
        since = datetime.now(tz=UTC) - LOOKED_BACK
        return [
            lost(each, is_again=each.workflow_id.startswith("switch:"))
            async for each in gone(self._client, self._task_queue, since)
            if await asyncio.to_thread(self._is_awaited, each)
        ]

    async def _ended_early(self) -> list[WorkflowTrouble]:
        """Return the workflows that are completed although the record goes on."""
        now = datetime.now(tz=UTC)
        since = self._listed_until or now - LOOKED_BACK
        async for workflow_id in completed(self._client, self._task_queue, since):
            self._ended.add(workflow_id)
        # The list is some seconds old.
        self._listed_until = now - LISTED_AGAIN
        troubles = []
        for workflow_id in sorted(self._ended):
            newest = await describe(self._client, workflow_id)
            trouble = ended_early(newest) if newest is not None else None
            if newest is None or trouble is None or not await asyncio.to_thread(self._is_awaited, newest):
                self._ended.discard(workflow_id)
                continue
            troubles.append(trouble)
        return troubles

    async def _left_open(self) -> list[WorkflowTrouble]:
        """Return the open workflows whose switch has ended; looked for now and then."""
        now = datetime.now(tz=UTC)
        if self._opened_at is None or now - self._opened_at >= OPEN_LOOKED_AT_EVERY:
            by_organization: dict[str, list[OpenWorkflow]] = {}
            async for each in open_workflows(self._client):
                by_organization.setdefault(each.organization_id, []).append(each)
            self._left = await asyncio.to_thread(self._ended_of, by_organization, now)
            self._opened_at = now
        return self._left

    def _ended_of(
        self, by_organization: Mapping[str, Sequence[OpenWorkflow]], now: datetime
    ) -> list[WorkflowTrouble]:
        """Return what is left open of organizations that no switch holds, or that have two workflows."""
        reserved = set(self._reserved())
        troubles = []
        for organization_id, workflows in by_organization.items():
            if len(workflows) == 1 and organization_stream_id(organization_id) in reserved:
                continue
            organization = self._readable(organization_id)
            if organization is None or now - organization.modified_on < self._ending:
                continue
            for each in workflows:
                outcome = organization.finished_switches.get(each.switch_id)
                if outcome is not None:
                    since = organization.modified_on
                    troubles.append(left_open(each.workflow_id, each.switch_id, outcome=outcome, since=since))
        return troubles

    def _readable(self, organization_id: str) -> Organization | None:
        with suppress(*UNREADABLE):
            return self._store.organization(organization_id)
        return None

    def _reserved(self) -> Iterator[UUID]:
        after: UUID | None = None
        while streams := self._store.reserved_organizations(after):
            yield from streams
            after = streams[-1]

    def _is_awaited(self, described: Described) -> bool:
        """Return whether the record still waits for a workflow."""
        if described.workflow_id.startswith("invoice:"):
            return True
        try:
            if described.workflow_id.startswith("wait:"):
                wait = recorded_wait(self._store, described.switch_id)
                return wait is not None and wait.ending is None
            return open_switch(self._store, described.organization_id, described.switch_id) is not None
        except UNREADABLE:
            # Nothing says that it has ended.
            return True

    def _tell(self, troubles: list[WorkflowTrouble]) -> None:
        """Log what was not there in the round before."""
        names = frozenset((each.workflow_id, each.code, each.place) for each in troubles)
        for each in troubles:
            if (each.workflow_id, each.code, each.place) not in self._known:
                _log.error(
                    "workflow_in_trouble",
                    switch_id=each.switch_id,
                    workflow_id=each.workflow_id,
                    code=each.code,
                    reason=each.message,
                )
        self._known = names

    def _tell_failure(self, error: Exception) -> None:
        if self._is_heard or not isinstance(error, RPCError):
            _log.warning("trouble_watch_failed", error=type(error).__name__, reason=str(error))
        self._is_heard = False
