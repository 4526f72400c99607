"""Whether somebody works on a task queue: by Temporal's list of pollers, and by the workers' signs of life.

Temporal lists a poller for minutes after its process has died or stopped; a worker's own sign of life tells
of that within seconds. Whoever else asks for work is a stranger: no worker of this installation, which counts
for nothing and is named (ADR 19).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from activities.contract import LICENSES_QUEUE_SUFFIX
from domain.text.plain_text import cleaned_text
from ops.readiness.part_state import COMMAND_KEY, WARNING, PartState, down, ok
from ops.readiness.part_state import WORKER as WORKER_PART
from store.health.heartbeats import SILENT_SECONDS, WORKER, Heartbeat
from store.health.known_workers import KnownWorkers

#: A living poller asks again at least once a minute; the rest is for clocks that differ.
POLLER_SECONDS_MAX = 120.0
RPC_TIMEOUT = timedelta(seconds=2)
WORKER_ABSENT = "WORKER_ABSENT"
WORKER_SILENT = "WORKER_SILENT"
#: Somebody takes work who is no worker of this installation.
WORKER_UNKNOWN = "WORKER_UNKNOWN"
#: Console and workers have different command keys: each command would be refused.
COMMAND_KEY_DIFFERS = "COMMAND_KEY_DIFFERS"
COMMAND_KEY_UNREAD = "COMMAND_KEY_UNREAD"
_KEY_REMEDY = (
    "Give the console and each worker the same file PLANSWITCH_COMMAND_KEY_FILE (by itself "
    "`keys/command.key` of the data folder), and start them again."
)
_NAMED_MAX = 5
_NAME_MAX = 80
START_WORKER = (
    "Start one with `planswitch worker`; it must name this PLANSWITCH_TASK_QUEUE, Temporal and namespace."
)
TURN_AWAY = (
    "Find out who it is, and end it: anybody who reaches Temporal can take work, and answer it. Keep "
    "others away by the network or by Temporal's own authorization."
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
    #: Who asks for work and is no worker of this installation.
    strangers: tuple[str, ...] = ()

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


def worker_state(found: QueueState) -> PartState:
    """Return how the worker of a queue is."""
    figures = {"pollers": float(found.alive), "strangers": float(len(found.strangers))}
    if found.alive and found.strangers:
        return PartState(
            part=found.part,
            state=WARNING,
            code=WORKER_UNKNOWN,
            detail=f"{_workers(found.alive)} for work, and {_strangers(found)}",
            remedy=TURN_AWAY,
            cause=_named(found.strangers),
            figures=figures,
        )
    if found.alive:
        return ok(found.part, f"{_workers(found.alive)} for work", figures)
    detail, remedy, code = "nobody asks this queue for work", START_WORKER, WORKER_ABSENT
    if found.silent:
        detail = (
            f"no sign of life for more than {SILENT_SECONDS:.0f} s from the last worker that asked for work"
        )
        remedy, code = GO_ON, WORKER_SILENT
    elif found.strangers:
        detail = f"no worker of this installation asks for work, but {_strangers(found)}"
        remedy = f"{START_WORKER} {TURN_AWAY}"
    return down(found.part, code, detail, remedy, cause=_named(found.strangers), figures=figures)


def command_key_state(own: str, keys: Mapping[str, Sequence[str]]) -> PartState:
    """Judge the key of commands by what the workers that live take.

    Args:
        own: Id of the key that signs here; "" where it can't be read.
        keys: Living worker -> ids of the keys that it takes.
    """
    if not own:
        detail = "can't be compared: the key that signs commands is missing here, or can't be used"
        return PartState(
            part=COMMAND_KEY, state=WARNING, code=COMMAND_KEY_UNREAD, detail=detail, remedy=_KEY_REMEDY
        )
    other = sorted(instance for instance, ids in keys.items() if own not in ids)
    if not other:
        return ok(
            COMMAND_KEY,
            "the workers take what is signed here" if keys else "no living worker names its keys",
        )
    told = [f"{each} takes {', '.join(keys[each])}" for each in other[:_NAMED_MAX]]
    return down(
        COMMAND_KEY,
        COMMAND_KEY_DIFFERS,
        f"{_workers_do(len(other))} refuse what is signed here",
        _KEY_REMEDY,
        cause=f"here key {own} signs; {'; '.join(told)}",
        figures={"others": float(len(other))},
    )


def _workers_do(count: int) -> str:
    return "1 worker would" if count == 1 else f"{count} workers would"


def _workers(count: int) -> str:
    return "1 worker asks" if count == 1 else f"{count} workers ask"


def _strangers(found: QueueState) -> str:
    count = len(found.strangers)
    return "1 stranger does" if count == 1 else f"{count} strangers do"


def _named(strangers: Sequence[str]) -> str:
    """Return how strangers name themselves, which may be anything."""
    told = [cleaned_text(each)[:_NAME_MAX] or "no name" for each in strangers[:_NAMED_MAX]]
    more = f" and {len(strangers) - _NAMED_MAX} more" if len(strangers) > _NAMED_MAX else ""
    return f"strangers: {', '.join(told)}{more}" if told else ""
