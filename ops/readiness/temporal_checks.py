"""What Temporal tells of the parts: itself, the search attributes, and who works on the queues."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from ops.readiness.part_state import SEARCH_ATTRIBUTES, TEMPORAL, WARNING, PartState, down, ok, unknown
from ops.readiness.part_state import WORKER as WORKER_PART
from ops.stack.temporal_server import SEARCH_ATTRIBUTES as ATTRIBUTES
from services.temporal.worker_watch import RPC_TIMEOUT, Poller, pollers_of, queues_of

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


async def look_at_temporal(connect: Callable[[], Awaitable[Client]], task_queue: str) -> TemporalSeen:
    """Look at Temporal, and at what it knows of the other parts.

    Args:
        connect: Returns the client.
        task_queue: Queue of the workflows.
    """
    try:
        async with asyncio.timeout(_SECONDS_MAX):
            return await _look(await connect(), task_queue)
    except TimeoutError:
        return without_temporal(f"no answer within {_SECONDS_MAX} seconds")
    except RPCError as error:
        return without_temporal(f"{error.status.name}: {error.message}")
    except RuntimeError as error:
        # A client raises this bare when its first connection fails.
        return without_temporal(str(error))


def without_temporal(cause: str) -> TemporalSeen:
    """Return what can be told where Temporal does not answer."""
    return TemporalSeen(
        temporal=down(TEMPORAL, TEMPORAL_UNAVAILABLE, "Temporal does not answer", _REMEDY, cause=cause),
        search_attributes=unknown(SEARCH_ATTRIBUTES, TEMPORAL),
        pollers={},
    )


def unknown_workers(task_queue: str) -> list[PartState]:
    """Return the workers where Temporal can't tell who they are."""
    return [unknown(f"{WORKER_PART} {queue}", TEMPORAL) for queue, _ in queues_of(task_queue)]


async def _look(client: Client, task_queue: str) -> TemporalSeen:
    namespace = DescribeNamespaceRequest(namespace=client.namespace)
    queues = queues_of(task_queue)
    _, attributes, pollers, beside = await asyncio.gather(
        client.workflow_service.describe_namespace(namespace, timeout=RPC_TIMEOUT),
        _search_attributes(client),
        asyncio.gather(*(pollers_of(client, queue, kind) for queue, kind in queues)),
        pollers_of(client, task_queue, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY),
    )
    return TemporalSeen(
        temporal=ok(TEMPORAL, "Temporal answers, the namespace is there"),
        search_attributes=attributes,
        pollers={queue: queue_pollers for (queue, _), queue_pollers in zip(queues, pollers, strict=True)},
        beside={task_queue: beside},
    )


async def _search_attributes(client: Client) -> PartState:
    request = ListSearchAttributesRequest(namespace=client.namespace)
    try:
        listed = await client.operator_service.list_search_attributes(request, timeout=RPC_TIMEOUT)
    except RPCError as error:
        if error.status not in _FORBIDDEN:
            raise
        return PartState(
            part=SEARCH_ATTRIBUTES,
            state=WARNING,
            code="SEARCH_ATTRIBUTES_UNSEEN",
            detail="this Temporal does not list them",
            remedy=f"Check that its namespace has the keywords {', '.join(ATTRIBUTES)}.",
        )
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
        f"Run `temporal operator search-attribute create {commands}` for its namespace.",
        figures={"missing": len(missing)},
    )
