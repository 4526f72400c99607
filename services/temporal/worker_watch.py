"""Whether a worker is there, asked before anything is sent: what no worker takes would run later, unseen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from typing import Protocol

from temporalio.client import Client
from temporalio.service import RPCError

from domain.kernel.errors import PlanSwitchError
from services.temporal.workflow_runs import find_workflow
from services.temporal.task_queues import QueueState, pollers_of, queue_state, queues_of
from services.temporal.temporal_watch import SILENCE_SECONDS_MAX, TemporalSilent
from store.health.heartbeats import Heartbeat
from store.health.known_workers import KnownWorkers

#: A worker that is just being started or brought back takes less to ask for work.
ABSENT_SECONDS_MAX = 4.0
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
    """Looks for workers by Temporal's list of pollers and by their signs of life.

    Args:
        signs_of_life: Of the workers of this installation.
    """

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
    """Return the refusal of what was not sent.

    Args:
        absent: Queues on which nobody works.
        repetition: How to send it again.
    """
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
    if all(each.silent for each in absent):
        return f"The worker of task queue {names} gives no sign of life."
    return f"No worker takes work from task queue {names}."
