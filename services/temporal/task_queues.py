"""Whether somebody works on a task queue: by Temporal's list of pollers, and by the workers' signs of life.

Temporal lists a poller for minutes after its process has died or stopped; a worker's own sign of life tells
of that within seconds. Whoever else asks for work is a stranger: no worker of this installation, which counts
for nothing and is named (ADR 19).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from activities.contract import LICENSES_QUEUE_SUFFIX
from store.health.heartbeats import WORKER, Heartbeat
from store.health.known_workers import KnownWorkers

#: A living poller asks again at least once a minute; the rest is for clocks that differ.
POLLER_SECONDS_MAX = 120.0
RPC_TIMEOUT = timedelta(seconds=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Poller:
    """Somebody who asks a queue for work, or did a moment ago."""

    identity: str
    age_seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueState:
    """Who works on a queue."""

    queue: str
    #: Pollers that count as alive.
    alive: int
    #: Pollers that Temporal still lists and whose worker gives no sign of life.
    silent: int
    #: Who asks for work and is no worker of this installation.
    strangers: tuple[str, ...] = ()


def queues_of(task_queue: str) -> tuple[tuple[str, TaskQueueType.ValueType], ...]:
    """Return the queues without which no switch runs to its end, each with the kind of work on it."""
    return (
        (task_queue, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW),
        (f"{task_queue}{LICENSES_QUEUE_SUFFIX}", TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY),
    )


async def pollers_of(client: Client, queue: str, kind: TaskQueueType.ValueType) -> tuple[Poller, ...]:
    """Return who asks a queue for work."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=kind
    )
    description = await client.workflow_service.describe_task_queue(request, timeout=RPC_TIMEOUT)
    now = datetime.now(tz=UTC)
    return tuple(
        Poller(
            identity=each.identity,
            age_seconds=(now - each.last_access_time.ToDatetime(tzinfo=UTC)).total_seconds(),
        )
        for each in description.pollers
    )


def queue_state(
    queue: str,
    pollers: Sequence[Poller],
    beats: Sequence[Heartbeat],
    known: KnownWorkers | None,
    *,
    beside: Sequence[Poller] = (),
) -> QueueState:
    """Judge a queue by its pollers and the signs of life of the workers behind them.

    Args:
        queue: Its name.
        pollers: Who asks it for the work without which nothing goes on.
        beats: Signs of life.
        known: Workers of this installation; None: that can't be told, and every poller counts.
        beside: Who asks it for other work: a stranger among them is named as well.
    """
    silent_workers = {each.instance for each in beats if each.part == WORKER and each.is_silent}
    recent = [each for each in pollers if each.age_seconds <= POLLER_SECONDS_MAX]
    own = [each for each in recent if known is None or each.identity in known.keys]
    silent = [each for each in own if each.identity in silent_workers]
    others = [each for each in beside if each.age_seconds <= POLLER_SECONDS_MAX]
    strangers = () if known is None else {each.identity for each in (*recent, *others)} - set(known.keys)
    return QueueState(
        queue=queue, alive=len(own) - len(silent), silent=len(silent), strangers=tuple(sorted(strangers))
    )
