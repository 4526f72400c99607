"""What Temporal tells of the parts: itself, the search attributes, and who works on the queues.

A worker is a part for each queue; another part is the key by which the workers take commands.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, DescribeNamespaceResponse
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from domain.kernel.errors import PlanSwitchError
from domain.text.plain_text import cleaned_text
from ops.readiness.deployment_checks import look_at_deployment
from ops.readiness.history_checks import expiring_runs
from ops.readiness.part_state import (
    COMMAND_KEY,
    DEPLOYMENT,
    SEARCH_ATTRIBUTES,
    TEMPORAL,
    PartState,
    down,
    ok,
    unknown,
    warning,
)
from ops.readiness.part_state import WORKER as WORKER_PART
from ops.stack.temporal_server import SEARCH_ATTRIBUTES as ATTRIBUTES
from services.temporal.connection_faults import TemporalUnreachable, fault_of_call, fault_of_connection
from services.temporal.raw_calls import read_raw
from services.temporal.worker_watch import RPC_TIMEOUT, Poller, QueueState, pollers_of, queues_of
from store.health.heartbeats import SILENT_SECONDS
from store.record.histories import ClosedRun

WORKER_ABSENT = "WORKER_ABSENT"
WORKER_SILENT = "WORKER_SILENT"
#: Somebody takes work who is no worker of this installation.
WORKER_UNKNOWN = "WORKER_UNKNOWN"
#: The workers that ask for work are of a build that gets nothing new.
WORKER_OUTDATED = "WORKER_OUTDATED"
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
SET_CURRENT = (
    "Run `planswitch deployment list`, then start a worker of the current build, or make a build current "
    "whose workers run: `planswitch deployment set-current BUILD`."
)
GO_ON = "It is stopped, killed or overloaded: look at its process and its log, and start it again."
TEMPORAL_UNAVAILABLE = "SERVER_UNAVAILABLE"
SEARCH_ATTRIBUTES_MISSING = "SEARCH_ATTRIBUTES_MISSING"
_SECONDS_MAX = 2.5
_REMEDY = (
    "Start it with `planswitch up`, or check the server of PLANSWITCH_TEMPORAL_ADDRESS and its namespace; "
    "a process that accepts connections and answers nothing is stopped or overloaded."
)
_FORBIDDEN = frozenset({RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED})


@dataclass(frozen=True, kw_only=True, slots=True)
class TemporalSeen:
    """What Temporal tells."""

    temporal: PartState
    search_attributes: PartState
    #: Pollers by queue; empty where Temporal does not answer.
    pollers: dict[str, tuple[Poller, ...]]
    #: The same of those who ask the queue of workflows for steps.
    beside: dict[str, tuple[Poller, ...]] = field(default_factory=dict)
    #: Closed runs whose histories Temporal deletes soon; None where that can't be told.
    expiring: tuple[ClosedRun, ...] | None = None
    #: Builds of the workers; None where they have no versions.
    deployment: PartState | None = None


async def look_at_temporal(
    connect: Callable[[], Awaitable[Client]], task_queue: str, deployment: str = ""
) -> TemporalSeen:
    """Look at Temporal, and at what it knows of the other parts.

    Args:
        connect: Returns the client.
        task_queue: Queue of the workflows.
        deployment: Name of the workers' deployment; "" where they have no versions.
    """
    view = await _look_in_time(connect, task_queue, deployment)
    if deployment and view.deployment is None:
        return replace(view, deployment=unknown(DEPLOYMENT, TEMPORAL))
    return view


async def _look_in_time(
    connect: Callable[[], Awaitable[Client]], task_queue: str, deployment: str
) -> TemporalSeen:
    try:
        async with asyncio.timeout(_SECONDS_MAX):
            return await _look(await connect(), task_queue, deployment)
    except TimeoutError:
        return without_temporal(f"no answer within {_SECONDS_MAX} seconds")
    except PlanSwitchError as fault:
        return without_temporal(fault.message, fault)
    except RPCError as error:
        return without_temporal(f"{error.status.name}: {error.message}", fault_of_call(error))
    except RuntimeError as error:
        # A client raises this bare when its first connection fails.
        return without_temporal(str(error), fault_of_connection(str(error)))


def without_temporal(cause: str, fault: PlanSwitchError | None = None) -> TemporalSeen:
    """Return what can be told where Temporal does not answer, or does not let us in.

    Args:
        cause: What it, or the transport, said.
        fault: What is wrong with the access; None: nothing that is known.
    """
    if fault is None or isinstance(fault, TemporalUnreachable):
        state = down(TEMPORAL, TEMPORAL_UNAVAILABLE, "Temporal does not answer", _REMEDY, cause=cause)
    else:
        state = down(TEMPORAL, fault.code, "Temporal can't be used", fault.remedy, cause=fault.message)
    return TemporalSeen(
        temporal=state,
        search_attributes=unknown(SEARCH_ATTRIBUTES, TEMPORAL),
        pollers={},
    )


def unknown_workers(task_queue: str) -> list[PartState]:
    """Return the workers where Temporal can't tell who they are."""
    return [unknown(f"{WORKER_PART} {queue}", TEMPORAL) for queue, _ in queues_of(task_queue)]


async def _look(client: Client, task_queue: str, deployment: str) -> TemporalSeen:
    namespace = DescribeNamespaceRequest(namespace=client.namespace)
    queues = queues_of(task_queue)
    described, attributes, pollers, beside, builds = await asyncio.gather(
        read_raw(client.workflow_service.describe_namespace, namespace, rpc_timeout=RPC_TIMEOUT),
        _search_attributes(client),
        asyncio.gather(*(pollers_of(client, queue, kind) for queue, kind in queues)),
        pollers_of(client, task_queue, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY),
        look_at_deployment(client, deployment, task_queue),
    )
    return TemporalSeen(
        temporal=ok(TEMPORAL, "Temporal answers, the namespace is there"),
        search_attributes=attributes,
        pollers={queue: queue_pollers for (queue, _), queue_pollers in zip(queues, pollers, strict=True)},
        beside={task_queue: beside},
        expiring=await _expiring(client, task_queue, described),
        deployment=builds,
    )


async def _expiring(
    client: Client, task_queue: str, namespace: DescribeNamespaceResponse
) -> tuple[ClosedRun, ...] | None:
    try:
        return await expiring_runs(client, task_queue, namespace)
    except RPCError as error:
        if error.status not in _FORBIDDEN:
            raise
        return None


async def _search_attributes(client: Client) -> PartState:
    request = ListSearchAttributesRequest(namespace=client.namespace)
    try:
        listed = await read_raw(
            client.operator_service.list_search_attributes, request, rpc_timeout=RPC_TIMEOUT
        )
    except RPCError as error:
        if error.status not in _FORBIDDEN:
            raise
        remedy = f"Check that its namespace has the keywords {', '.join(ATTRIBUTES)}."
        detail = "this Temporal does not list them"
        return warning(SEARCH_ATTRIBUTES, "SEARCH_ATTRIBUTES_UNSEEN", detail, remedy)
    known = {*listed.custom_attributes, *listed.system_attributes}
    return _attributes_state([name for name in ATTRIBUTES if name not in known])


def _attributes_state(missing: Sequence[str]) -> PartState:
    if not missing:
        return ok(SEARCH_ATTRIBUTES, f"all {len(ATTRIBUTES)} are there", {"missing": 0})
    commands = " ".join(f"--name {name} --type Keyword" for name in missing)
    return down(
        SEARCH_ATTRIBUTES,
        SEARCH_ATTRIBUTES_MISSING,
        f"the namespace lacks {', '.join(missing)}: no switch can start",
        "Run `planswitch migrate --temporal`, or for its namespace `temporal operator search-attribute "
        f"create {commands}`.",
        figures={"missing": len(missing)},
    )


def worker_state(queue: QueueState) -> PartState:
    """Return how the worker of a queue is."""
    part = f"{WORKER_PART} {queue.queue}"
    figures = {"pollers": float(queue.alive), "strangers": float(len(queue.strangers))}
    workers = f"{_doing(queue.alive, 'worker', 'asks')} for work"
    strangers, cause = _doing(len(queue.strangers), "stranger", "does"), _named(queue.strangers)
    if queue.alive and queue.strangers:
        detail = f"{workers}, and {strangers}"
        return warning(part, WORKER_UNKNOWN, detail, TURN_AWAY, cause=cause, figures=figures)
    if queue.alive:
        return ok(part, workers, figures)
    detail, remedy, code = "nobody asks this queue for work", START_WORKER, WORKER_ABSENT
    if queue.outdated:
        detail = f"{_doing(queue.outdated, 'worker', 'asks')} for work, of a build that gets no new work"
        remedy, code = SET_CURRENT, WORKER_OUTDATED
    elif queue.silent:
        detail = (
            f"no sign of life for more than {SILENT_SECONDS:.0f} s from the last worker that asked for work"
        )
        remedy, code = GO_ON, WORKER_SILENT
    elif queue.strangers:
        detail = f"no worker of this installation asks for work, but {strangers}"
        remedy = f"{START_WORKER} {TURN_AWAY}"
    return down(part, code, detail, remedy, cause=cause, figures=figures)


def command_key_state(own: str, keys: Mapping[str, Sequence[str]]) -> PartState:
    """Judge the key of commands by what the workers that live take.

    Args:
        own: Id of the key that signs here; "" where it can't be read.
        keys: Living worker -> ids of the keys that it takes.
    """
    if not own:
        detail = "can't be compared: the key that signs commands is missing here, or can't be used"
        return warning(COMMAND_KEY, COMMAND_KEY_UNREAD, detail, _KEY_REMEDY)
    other = sorted(instance for instance, ids in keys.items() if own not in ids)
    if not other:
        return ok(
            COMMAND_KEY,
            "the workers take what is signed here" if keys else "no living worker names its keys",
        )
    keys_of_others = [f"{each} takes {', '.join(keys[each])}" for each in other[:_NAMED_MAX]]
    return down(
        COMMAND_KEY,
        COMMAND_KEY_DIFFERS,
        f"{_doing(len(other), 'worker', 'would')} refuse what is signed here",
        _KEY_REMEDY,
        cause=f"here key {own} signs; {'; '.join(keys_of_others)}",
        figures={"others": float(len(other))},
    )


def _doing(count: int, noun: str, verb: str) -> str:
    """Return how many do something: the verb is given as one of them does it."""
    plural = {"asks": "ask", "does": "do", "would": "would"}[verb]
    return f"1 {noun} {verb}" if count == 1 else f"{count} {noun}s {plural}"


def _named(strangers: Sequence[str]) -> str:
    """Return how strangers name themselves, which may be anything."""
    names = [cleaned_text(each)[:_NAME_MAX] or "no name" for each in strangers[:_NAMED_MAX]]
    more = f" and {len(strangers) - _NAMED_MAX} more" if len(strangers) > _NAMED_MAX else ""
    return f"strangers: {', '.join(names)}{more}" if names else ""
