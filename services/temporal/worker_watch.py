"""Whether a worker is there, asked before anything is sent: what no worker takes would run later, unseen.

Temporal lists a poller for minutes after its process has died or stopped; a worker's own sign of life tells
of that within seconds. Whoever else asks for work is a stranger: no worker of this installation, which counts
for nothing and is named (ADR 19). Where workers have versions, those of a build that gets no new work do not
count either (ADR 53).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from temporalio.api.deployment.v1 import WorkerDeploymentOptions, WorkerDeploymentVersion
from temporalio.api.enums.v1 import TaskQueueType, WorkerVersioningMode
from temporalio.api.taskqueue.v1 import TaskQueue, TaskQueueVersioningInfo
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from activities.contract import LICENSES_QUEUE_SUFFIX
from domain.kernel.errors import PlanSwitchError
from services.temporal.raw_calls import read_raw
from services.temporal.temporal_watch import SILENCE_SECONDS_MAX, TemporalSilent
from services.temporal.workflow_runs import find_workflow
from store.health.heartbeats import WORKER, Heartbeat
from store.health.known_workers import KnownWorkers

#: A living poller asks again at least once a minute; the rest is for clocks that differ.
POLLER_SECONDS_MAX = 120.0
#: Time in which Temporal must say who works on a queue.
RPC_TIMEOUT = timedelta(seconds=2)
#: A worker that is just being started or brought back takes less to ask for work.
ABSENT_SECONDS_MAX = 4.0
#: The queue is read this often while a worker is missing.
LOOK_SECONDS = 0.5
#: Without the database the pollers alone must do.
BEATS_SECONDS_MAX = 1.0
#: What a start needs before it is of use, and an operator's command.
ALL_QUEUES, MAIN_QUEUE = 2, 1
START_WORKER = "Start a worker (`planswitch doctor` tells which part is missing)."
HELD = (
    "Temporal holds this request: it runs, and is charged, if a worker is back within five minutes. Later it"
    " is refused."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Poller:
    """Somebody who asks a queue for work, or did a moment ago."""

    identity: str
    age_seconds: float
    #: False: its build gets nothing but what is pinned to it.
    gets_new_work: bool = True


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
    #: Pollers that live, and whose build gets no new work.
    outdated: int = 0


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
    description = await read_raw(
        client.workflow_service.describe_task_queue, request, rpc_timeout=RPC_TIMEOUT
    )
    now, routed = datetime.now(tz=UTC), _routed(description.versioning_info)
    return tuple(
        Poller(
            identity=each.identity,
            age_seconds=(now - each.last_access_time.ToDatetime(tzinfo=UTC)).total_seconds(),
            gets_new_work=_build(each.deployment_options) in routed,
        )
        for each in description.pollers
    )


def _routed(info: TaskQueueVersioningInfo) -> set[tuple[str, str]]:
    """Return deployment and build of who gets new work; a worker without a version has neither."""
    ramping = [info.ramping_deployment_version] if info.ramping_version_percentage else []
    return {_name(each) for each in (info.current_deployment_version, *ramping)}


def _name(version: WorkerDeploymentVersion) -> tuple[str, str]:
    return version.deployment_name, version.build_id


def _build(options: WorkerDeploymentOptions) -> tuple[str, str]:
    versioned = WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED
    is_versioned = options.worker_versioning_mode == versioned
    return (options.deployment_name, options.build_id) if is_versioned else ("", "")


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
    alive = [each for each in own if each.identity not in silent_workers]
    outdated = sum(not each.gets_new_work for each in alive)
    others = [each for each in beside if each.age_seconds <= POLLER_SECONDS_MAX]
    strangers = () if known is None else {each.identity for each in (*recent, *others)} - set(known.keys)
    return QueueState(
        queue=queue,
        alive=len(alive) - outdated,
        silent=len(silent),
        strangers=tuple(sorted(strangers)),
        outdated=outdated,
    )


class SignsOfLife(Protocol):
    """Who works for this installation, and when each said so last."""

    def heartbeats(self) -> Sequence[Heartbeat]:
        """Return the last sign of life of each process."""

    def known_workers(self) -> KnownWorkers:
        """Return every process that has worked for this installation."""


class WorkerAbsent(PlanSwitchError):
    """No worker is there to take the work, which was not sent now."""

    code = "WORKER_ABSENT"


class TemporalAbsent(PlanSwitchError):
    """Temporal does not answer, so nothing was sent."""

    code = "TEMPORAL_ABSENT"


class WorkerWatch:
    """Looks for workers by Temporal's list of pollers and by their signs of life."""

    def __init__(self, signs_of_life: SignsOfLife) -> None:
        self._signs_of_life = signs_of_life

    async def absent_queues(
        self, client: Client, task_queue: str, *, queues: int = ALL_QUEUES
    ) -> tuple[QueueState, ...]:
        """Return the queues on which nobody works, after a moment for a worker to come back.

        Args:
            client: Of Temporal.
            task_queue: Queue of the workflows.
            queues: ALL_QUEUES or MAIN_QUEUE.

        Raises:
            TemporalSilent: Temporal gave no sign of life for SILENCE_SECONDS_MAX.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + ABSENT_SECONDS_MAX
        absent: tuple[QueueState, ...] | None = None
        with suppress(TimeoutError):
            async with asyncio.timeout(SILENCE_SECONDS_MAX):
                while absent is None or (absent and loop.time() < until):
                    # A client raises the latter bare when its first connection fails.
                    with suppress(RPCError, RuntimeError):
                        absent = await self._look(client, task_queue, queues)
                    if absent != ():
                        await asyncio.sleep(LOOK_SECONDS)
        if absent is None:
            raise TemporalSilent
        return absent

    async def _look(self, client: Client, task_queue: str, queues: int) -> tuple[QueueState, ...]:
        wanted = queues_of(task_queue)[:queues]
        signs, pollers = await asyncio.gather(
            self._signs(), asyncio.gather(*(pollers_of(client, queue, kind) for queue, kind in wanted))
        )
        beats, known = signs
        states = [
            queue_state(queue, queue_pollers, beats, known)
            for (queue, _), queue_pollers in zip(wanted, pollers, strict=True)
        ]
        return tuple(each for each in states if not each.alive)

    async def _signs(self) -> tuple[Sequence[Heartbeat], KnownWorkers | None]:
        read: Awaitable[tuple[Sequence[Heartbeat], KnownWorkers]] = asyncio.to_thread(self._read)
        try:
            return await asyncio.wait_for(read, BEATS_SECONDS_MAX)
        except (PlanSwitchError, TimeoutError):
            return (), None

    def _read(self) -> tuple[Sequence[Heartbeat], KnownWorkers]:
        return self._signs_of_life.heartbeats(), self._signs_of_life.known_workers()


def worker_absent(absent: Sequence[QueueState], repetition: str) -> WorkerAbsent:
    """Return the refusal of what was not sent."""
    what = f"{absent_text(absent)} Nothing was sent, so that nothing runs and nothing is charged later."
    return WorkerAbsent(what, remedy=f"{START_WORKER} {repetition}")


async def held_request(
    client: Client, workflow_ids: Sequence[str], why: str, repetition: str
) -> WorkerAbsent | None:
    """Return the answer to a request that Temporal holds for a worker to come; None: it holds none.

    Args:
        client: Of Temporal.
        workflow_ids: Under which it would be held.
        why: Why no worker has begun it.
        repetition: How to ask for its answer.
    """
    for workflow_id in workflow_ids:
        if (await find_workflow(client, workflow_id)).is_open:
            return WorkerAbsent(f"{why} {HELD}", remedy=f"{START_WORKER} {repetition}")
    return None


def absent_text(absent: Sequence[QueueState]) -> str:
    """Return the queues on which nobody works."""
    names = " and ".join(each.queue for each in absent)
    if all(each.outdated for each in absent):
        return f"The workers of task queue {names} are of a build that gets no new work."
    if all(each.silent for each in absent):
        return f"The worker of task queue {names} gives no sign of life."
    return f"No worker takes work from task queue {names}."
