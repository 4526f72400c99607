"""What a namespace needs: the search attributes of a switch, and a retention of closed workflows.

What is there already stays; a retention is only made longer. What the server refuses, for want of a right or
since its operator makes such changes elsewhere, is returned as commands for whoever may.
"""

from __future__ import annotations

import shlex
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from domain.kernel.errors import PlanSwitchError
from services.temporal.connection_faults import TemporalUnreachable, fault_of_call
from services.temporal.raw_calls import read_raw, write_raw

CALL_TIMEOUT = timedelta(seconds=10)
_KEYWORD = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
_REFUSALS = frozenset(
    {RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED, RPCStatusCode.UNAUTHENTICATED}
)


class TemporalRightMissing(PlanSwitchError):
    """Temporal does not let this installation change the namespace; the commands for it were printed."""

    code = "TEMPORAL_RIGHT_MISSING"


ResultT = TypeVar("ResultT")


@dataclass(frozen=True, kw_only=True, slots=True)
class NamespaceReport:
    """What was made, and what somebody else must make."""

    namespace: str
    made_attributes: tuple[str, ...] = ()
    #: True where the retention was made longer.
    is_retention_set: bool = False
    #: Hours in which closed workflows are kept now; None where that can't be told.
    retention_hours: int | None = None
    #: Commands for whoever may change the namespace; none where nothing is left to do.
    commands: tuple[str, ...] = ()
    #: What Temporal said to what it refused.
    refusals: tuple[str, ...] = ()


async def prepare_namespace(
    client: Client, *, attributes: Sequence[str], retention: timedelta
) -> NamespaceReport:
    """Make what the namespace lacks, as far as Temporal lets us.

    Args:
        client: Connected to the namespace.
        attributes: Names of the search attributes; all are keywords.
        retention: The shortest time for which closed workflows are kept.

    Raises:
        TemporalUnreachable: Temporal does not answer.
        TemporalRightMissing: A search attribute is there as another type, which nobody can change.
    """
    setup = _Setup(client)
    made = await setup.tried(
        lambda: _add_attributes(client, attributes), _attributes_command(client, attributes)
    )
    retained = await setup.tried(lambda: _keep(client, retention), _retention_command(client, retention))
    return NamespaceReport(
        namespace=client.namespace,
        made_attributes=made or (),
        is_retention_set=retained is not None and retained.is_changed,
        retention_hours=None if retained is None else retained.hours,
        commands=tuple(setup.commands),
        refusals=tuple(setup.refusals),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Retention:
    hours: int
    is_changed: bool


class _Setup:
    """Does each part, and notes the command of one that is refused."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.commands: list[str] = []
        self.refusals: list[str] = []

    async def tried(self, act: Callable[[], Awaitable[ResultT]], command: str) -> ResultT | None:
        """Return what a part returns; None where Temporal refuses it."""
        try:
            return await act()
        except RPCError as error:
            if error.status in _REFUSALS:
                self.commands.append(command)
                self.refusals.append(f"{error.status.name}: {error.message}")
                return None
            fault = fault_of_call(error)
            raise fault or TemporalUnreachable(f"Temporal does not answer ({error.message}).") from error


async def _add_attributes(client: Client, names: Sequence[str]) -> tuple[str, ...]:
    wanted = ListSearchAttributesRequest(namespace=client.namespace)
    listed = await read_raw(client.operator_service.list_search_attributes, wanted, rpc_timeout=CALL_TIMEOUT)
    known = {**listed.system_attributes, **listed.custom_attributes}
    others = [name for name in names if name in known and known[name] != _KEYWORD]
    if others:
        raise TemporalRightMissing(
            f"The namespace {client.namespace} has {', '.join(others)} as another type than Keyword.",
            remedy="Nobody can change the type of a search attribute: use another namespace.",
        )
    missing = tuple(name for name in names if name not in known)
    if missing:
        request = AddSearchAttributesRequest(
            namespace=client.namespace, search_attributes=dict.fromkeys(missing, _KEYWORD)
        )
        add = client.operator_service.add_search_attributes
        await write_raw(add, request, rpc_timeout=CALL_TIMEOUT)
    return missing


async def _keep(client: Client, retention: timedelta) -> _Retention:
    request = DescribeNamespaceRequest(namespace=client.namespace)
    described = await read_raw(client.workflow_service.describe_namespace, request, rpc_timeout=CALL_TIMEOUT)
    kept = described.config.workflow_execution_retention_ttl.ToTimedelta()
    if kept >= retention:
        return _Retention(hours=_hours(kept), is_changed=False)
    config = NamespaceConfig()
    config.workflow_execution_retention_ttl.FromTimedelta(retention)
    change = UpdateNamespaceRequest(namespace=client.namespace, config=config)
    await write_raw(client.workflow_service.update_namespace, change, rpc_timeout=CALL_TIMEOUT)
    return _Retention(hours=_hours(retention), is_changed=True)


def _attributes_command(client: Client, names: Sequence[str]) -> str:
    pairs = " ".join(f"--name {name} --type Keyword" for name in names)
    return f"temporal operator search-attribute create --namespace {shlex.quote(client.namespace)} {pairs}"


def _retention_command(client: Client, retention: timedelta) -> str:
    namespace = shlex.quote(client.namespace)
    return f"temporal operator namespace update --namespace {namespace} --retention {_hours(retention)}h"


def _hours(duration: timedelta) -> int:
    return int(duration.total_seconds()) // 3600
