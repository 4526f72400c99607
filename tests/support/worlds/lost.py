"""Losing things in a world: a workflow, or the newest part of the record; and a reconciler to repair it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest

from activities.contract import SwitchOrder
from domain.kernel.ids import (
    organization_stream_id,
    replacement_stream_id,
    subscription_stream_id,
    workflow_id_of,
)
from domain.switch.recovery_events import WorkflowRestarted
from services.recovery.reconciler import Finding, Reconciler
from services.temporal.workflow_runs import MISSING, find_workflow
from store.record.notifications import StoredNotification
from tests.support.worlds.world import POLL_SECONDS, POLLS_MAX, SwitchHandle, World, until
from workflows.base.messages import SwitchResult

_SET_BACK = """
DELETE FROM planswitch.switch_events WHERE originator_id = ANY(%(streams)s) AND recorded_at > %(at)s;
DELETE FROM planswitch.roster_freeze WHERE switch_id = %(switch_id)s::uuid AND frozen_at > %(at)s;
DELETE FROM planswitch.provider_call WHERE switch_id = %(switch_id)s::uuid AND recorded_at > %(at)s;
"""

_WRITE_ROW = """
UPDATE planswitch.switch_events SET topic = %(topic)s, state = %(state)s
WHERE originator_id = %(stream)s AND originator_version = %(version)s
"""
_LOSE_USER = """
DELETE FROM planswitch.roster WHERE position = %(position)s AND roster_id =
    (SELECT roster_id FROM planswitch.roster_freeze WHERE switch_id = %(switch_id)s::uuid)
"""


def reconciler_of(
    world: World, *, grace_seconds: float = 0, looked_back: timedelta = timedelta(minutes=2)
) -> Reconciler:
    """Return a reconciler of the world that does not read what all tests before have left behind."""
    return Reconciler(
        world.client,
        world.store,
        keys=world.toolbox.command_keys,
        task_queue=world.task_queue,
        grace_seconds=grace_seconds,
        looked_back=looked_back,
    )


async def reconcile(world: World, order: SwitchOrder, *, grace_seconds: float = 0) -> list[Finding]:
    """Run one round, and return what it found about one switch; other tests leave theirs behind."""
    done = await reconciler_of(world, grace_seconds=grace_seconds).run_once()
    return [finding for finding in done.findings if finding.switch_id == order.switch_id]


def newest_run(world: World, order: SwitchOrder) -> SwitchHandle:
    """Return a handle of whichever run of a switch's workflow is the newest."""
    workflow_id = workflow_id_of(order.organization_id, order.request_id)
    return world.client.get_workflow_handle(workflow_id, result_type=SwitchResult)


async def forget(world: World, handle: SwitchHandle) -> None:
    """Delete a workflow from Temporal, as a lost database file would."""
    await world.client.workflow_service.delete_workflow_execution(
        DeleteWorkflowExecutionRequest(
            namespace=world.client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=handle.id),
        ),
        retry=True,
    )
    for _ in range(POLLS_MAX):
        if (await find_workflow(world.client, handle.id)).status == MISSING:
            return
        await asyncio.sleep(POLL_SECONDS)
    raise TimeoutError


def restarts(world: World, order: SwitchOrder) -> list[WorkflowRestarted]:
    """Return the recorded restarts of a switch."""
    events = [each.event for each in world.source_events(order)]
    return [event for event in events if isinstance(event, WorkflowRestarted)]


@dataclass(frozen=True, kw_only=True)
class Backup:
    """The record as of one instant, as far as one switch is concerned."""

    world: World
    order: SwitchOrder
    at: datetime

    def restore(self) -> None:
        """Take away what was recorded since; the guard of the tables is off for this connection."""
        order = self.order
        streams = [
            organization_stream_id(order.organization_id),
            subscription_stream_id(order.organization_id, order.source_subscription_id),
            replacement_stream_id(order.switch_id),
        ]
        with _unguarded(self.world) as connection:
            for statement in _SET_BACK.strip().split("\n"):
                parameters = {"streams": streams, "at": self.at, "switch_id": order.switch_id}
                connection.execute(statement.encode(), parameters)


def backup_before(world: World, order: SwitchOrder, topic: str) -> Backup:
    """Return the record as it was just before an event of the source."""
    events: list[StoredNotification] = world.source_events(order)
    number = next(index for index, each in enumerate(events) if each.topic == topic)
    return Backup(world=world, order=order, at=events[number - 1].recorded_at)


@dataclass(frozen=True, kw_only=True)
class Overwritten:
    """An event whose row a hand in the database has filled with another event: the record lacks it."""

    world: World
    event: StoredNotification

    def mend(self) -> None:
        """Put back what was overwritten."""
        _write_row(self.world, self.event, by=self.event)


def overwrite(world: World, order: SwitchOrder, topic: str, *, by: str) -> Overwritten:
    """Fill the row of an event of the source with another event of the same stream.

    Args:
        world: Where.
        order: The switch.
        topic: What is overwritten.
        by: What stands there then.
    """
    events = {each.topic: each for each in world.source_events(order)}
    _write_row(world, events[topic], by=events[by])
    return Overwritten(world=world, event=events[topic])


def lose_user(world: World, order: SwitchOrder, position: int) -> None:
    """Take one user out of the frozen roster of a switch, as a hand in the database does."""
    with _unguarded(world) as connection:
        connection.execute(_LOSE_USER, {"switch_id": order.switch_id, "position": position})


def _write_row(world: World, event: StoredNotification, *, by: StoredNotification) -> None:
    place = {"stream": event.stream_id, "version": event.version}
    with _unguarded(world) as connection:
        connection.execute(_WRITE_ROW, {**place, "topic": by.topic, "state": by.state})


def _unguarded(world: World) -> psycopg.Connection:
    """Return a connection for which the guard of the tables is off."""
    connection = psycopg.connect(world.database_url)
    connection.execute("SET session_replication_role = replica")
    return connection


async def reconcile_until(reconciler: Reconciler, is_so: Callable[[], bool]) -> None:
    """Run rounds until something is so: Temporal's list is some moments old."""

    async def is_there() -> bool:
        await reconciler.run_once()
        return await asyncio.to_thread(is_so)

    await until(is_there, "no round came to that")
