"""Whether somebody works on a task queue: by Temporal's list of pollers, and by the workers' signs of life.

Temporal lists a poller for minutes after its process has died or stopped; a worker's own sign of life tells
of that within seconds. A poller of which no sign is known, such as one of an older version, counts as alive.
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
from ops.part_state import WORKER as WORKER_PART
from ops.part_state import PartState, down, ok
from store.heartbeats import SILENT_SECONDS, WORKER, Heartbeat

#: A living poller asks again at least once a minute; the rest is for clocks that differ.
POLLER_SECONDS_MAX = 120.0
RPC_TIMEOUT = timedelta(seconds=2)
WORKER_ABSENT = "WORKER_ABSENT"
WORKER_SILENT = "WORKER_SILENT"
START_WORKER = (
    "Start one with `planswitch worker`; it must name this PLANSWITCH_TASK_QUEUE, Temporal and namespace."
)
GO_ON = "It is stopped, killed or overloaded: look at its process and its log, and start it again."


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

    @property
    def part(self) -> str:
        """Return the name of the part."""
        return f"{WORKER_PART} {self.queue}"


def queues_of(task_queue: str) -> tuple[tuple[str, TaskQueueType.ValueType], ...]:
    """Return the queues without which no switch runs to its end, each with the kind of work on it."""
    return (
        (task_queue, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW),
        (f"{task_queue}{LICENSES_QUEUE_SUFFIX}", TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY),
    )


async def pollers_of(client: Client, queue: str, kind: TaskQueueType.ValueType) -> tuple[Poller, ...]:
    """Return who asks a queue for work.

    Raises:
        RPCError: Temporal does not answer.
    """
    request = DescribeTaskQueueRequest(
        namespace=client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=kind
    )
    found = await client.workflow_service.describe_task_queue(request, timeout=RPC_TIMEOUT)
    now = datetime.now(tz=UTC)
    return tuple(
        Poller(
            identity=each.identity,
            age_seconds=(now - each.last_access_time.ToDatetime(tzinfo=UTC)).total_seconds(),
        )
        for each in found.pollers
    )


def queue_state(queue: str, pollers: Sequence[Poller], beats: Sequence[Heartbeat]) -> QueueState:
    """Judge a queue by its pollers and the signs of life of the workers behind them."""
    silent_workers = {each.instance for each in beats if each.part == WORKER and each.is_silent}
    recent = [each for each in pollers if each.age_seconds <= POLLER_SECONDS_MAX]
    silent = [each for each in recent if each.identity in silent_workers]
    return QueueState(queue=queue, alive=len(recent) - len(silent), silent=len(silent))


def worker_state(found: QueueState) -> PartState:
    """Return how the worker of a queue is."""
    if found.alive:
        return ok(found.part, f"{_workers(found.alive)} for work", {"pollers": found.alive})
    if found.silent:
        detail = f"no sign of life for more than {SILENT_SECONDS:.0f} s from who asked for work last"
        return down(found.part, WORKER_SILENT, detail, GO_ON, figures={"pollers": 0})
    return down(
        found.part, WORKER_ABSENT, "nobody asks this queue for work", START_WORKER, figures={"pollers": 0}
    )


def _workers(count: int) -> str:
    return "1 worker asks" if count == 1 else f"{count} workers ask"
