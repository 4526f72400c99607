"""Versions of workers: which one gets new work, what is pinned to an old one, and how that is moved (ADR 53).

The client library has no calls for it, so they go to Temporal's service itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from google.protobuf.field_mask_pb2 import FieldMask
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.deployment.v1 import WorkerDeploymentInfo
from temporalio.api.deployment.v1 import WorkerDeploymentVersion as VersionName
from temporalio.api.enums.v1 import TaskQueueType, WorkerDeploymentVersionStatus
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflow.v1 import VersioningOverride, WorkflowExecutionOptions
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
    SetWorkerDeploymentRampingVersionRequest,
    UpdateWorkflowExecutionOptionsRequest,
)
from temporalio.client import Client
from temporalio.common import WorkerDeploymentVersion
from temporalio.service import RPCError, RPCStatusCode

from domain.kernel.errors import PlanSwitchError, RuleViolated
from services.temporal.connection_faults import TemporalUnreachable, fault_of_call
from services.temporal.raw_calls import read_raw, write_raw
from services.temporal.worker_watch import POLLER_SECONDS_MAX

CALL_TIMEOUT = timedelta(seconds=10)
#: A version is known to Temporal a moment after its worker first asked for work.
_KNOWN_LOOKS_MAX = 100
_KNOWN_LOOK_SECONDS = 0.1
#: Passes that one call of `moved` lists at most; a worker runs a few at a time.
PINNED_MAX = 10_000
_PINNED = VersioningOverride.PINNED_OVERRIDE_BEHAVIOR_PINNED
_BUSY = frozenset({RPCStatusCode.ABORTED, RPCStatusCode.RESOURCE_EXHAUSTED})
_NOT_YET = frozenset({RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION})


class UnknownBuild(PlanSwitchError):
    """No worker of this version has ever asked for work in the deployment."""

    code = "UNKNOWN_BUILD"


class DeploymentBusy(PlanSwitchError):
    """Somebody else changes the deployment at the same time; nothing was changed."""

    code = "DEPLOYMENT_BUSY"


class VersionStatus(StrEnum):
    """What a version is for."""

    #: It never got work.
    INACTIVE = "inactive"
    #: New work goes to it, and everything that is not pinned.
    CURRENT = "current"
    #: A share of what would go to the current one goes to it.
    RAMPING = "ramping"
    #: It gets nothing new; what is pinned to it goes on there.
    DRAINING = "draining"
    #: Nothing open is pinned to it.
    DRAINED = "drained"


_STATUSES = {
    WorkerDeploymentVersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_CURRENT: VersionStatus.CURRENT,
    WorkerDeploymentVersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_RAMPING: VersionStatus.RAMPING,
    WorkerDeploymentVersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINING: VersionStatus.DRAINING,
    WorkerDeploymentVersionStatus.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED: VersionStatus.DRAINED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerVersion:
    """One version of the workers of a deployment."""

    build_id: str
    status: VersionStatus
    #: Share of new work that it gets while it ramps, in percent; else 0.
    ramp_percent: float
    made_at: datetime
    #: Workers of it that asked for work a moment ago.
    workers: int
    #: Open passes over licenses that are pinned to it.
    pinned: int

    @property
    def is_abandoned(self) -> bool:
        """Return whether something is pinned to it that no worker works on."""
        return bool(self.pinned) and not self.workers


@dataclass(frozen=True, kw_only=True, slots=True)
class PinnedRun:
    """One open pass that is pinned to a version."""

    workflow_id: str
    run_id: str


class Deployment:
    """The worker deployment of an installation.

    Each method raises `TemporalUnreachable` where Temporal does not answer, and `UnknownBuild` where it does
    not know the deployment or a version.

    Args:
        client: Connected to Temporal.
        name: Of the deployment.
        task_queue: Queue of the workflows.
    """

    def __init__(self, client: Client, name: str, task_queue: str) -> None:
        self.name = name
        self._client = client
        self._task_queue = task_queue

    async def versions(self) -> tuple[WorkerVersion, ...]:
        """Return all versions that Temporal still knows, newest first."""
        with self._translated(""):
            info, workers = await asyncio.gather(self._info(), self._workers())
            states = [
                await self._state(each, info, workers.count(each.deployment_version.build_id))
                for each in info.version_summaries
            ]
        return tuple(sorted(states, key=lambda each: each.made_at, reverse=True))

    async def version(self, build_id: str) -> WorkerVersion:
        """Return one version."""
        for each in await self.versions():
            if each.build_id == build_id:
                return each
        raise self._unknown(build_id)

    async def set_current(self, build_id: str) -> None:
        """Let new work, and everything that is not pinned, go to a version.

        Raises:
            RuleViolated: Workers of the current version serve a queue that those of this one do not.
            DeploymentBusy: Somebody else changes the deployment.
        """
        with self._translated(build_id):
            await _set_current(self._client, WorkerDeploymentVersion(self.name, build_id))

    async def ramp(self, build_id: str, percent: float) -> None:
        """Let a share of what goes to the current version go to another one; 0 ends the ramp.

        Args:
            build_id: The other version.
            percent: The share, from 0 to 100.

        Raises:
            RuleViolated: It is the current version, or its workers lack a queue.
            DeploymentBusy: Somebody else changes the deployment.
        """
        request = SetWorkerDeploymentRampingVersionRequest(
            namespace=self._client.namespace,
            deployment_name=self.name,
            # Without a version there is no ramp.
            build_id=build_id if percent else "",
            percentage=percent,
            identity=self._client.identity,
        )
        with self._translated(build_id):
            await write_raw(
                self._client.workflow_service.set_worker_deployment_ramping_version,
                request,
                rpc_timeout=CALL_TIMEOUT,
            )

    async def pinned(self, build_id: str) -> tuple[PinnedRun, ...]:
        """Return the open passes that are pinned to a version."""
        with self._translated(build_id):
            runs = self._client.list_workflows(self._query(build_id), limit=PINNED_MAX)
            return tuple([PinnedRun(workflow_id=each.id, run_id=each.run_id) async for each in runs])

    async def move(self, run: PinnedRun, build_id: str) -> bool:
        """Pin a pass to another version, and tell whether it was still open.

        Args:
            run: The pass.
            build_id: Version that goes on with it.
        """
        version = VersionName(deployment_name=self.name, build_id=build_id)
        override = VersioningOverride(
            pinned=VersioningOverride.PinnedOverride(behavior=_PINNED, version=version)
        )
        request = UpdateWorkflowExecutionOptionsRequest(
            namespace=self._client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=run.workflow_id, run_id=run.run_id),
            workflow_execution_options=WorkflowExecutionOptions(versioning_override=override),
            update_mask=FieldMask(paths=["versioning_override"]),
            identity=self._client.identity,
        )
        try:
            await write_raw(
                self._client.workflow_service.update_workflow_execution_options,
                request,
                rpc_timeout=CALL_TIMEOUT,
            )
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise _fault(error) from error
        return True

    async def _info(self) -> WorkerDeploymentInfo:
        request = DescribeWorkerDeploymentRequest(namespace=self._client.namespace, deployment_name=self.name)
        call = self._client.workflow_service.describe_worker_deployment
        return (await read_raw(call, request, rpc_timeout=CALL_TIMEOUT)).worker_deployment_info

    async def _workers(self) -> list[str]:
        """Return the build id of each worker that asks for workflows now."""
        request = DescribeTaskQueueRequest(
            namespace=self._client.namespace,
            task_queue=TaskQueue(name=self._task_queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
        call = self._client.workflow_service.describe_task_queue
        described = await read_raw(call, request, rpc_timeout=CALL_TIMEOUT)
        since = datetime.now(tz=UTC) - timedelta(seconds=POLLER_SECONDS_MAX)
        return [
            each.deployment_options.build_id
            for each in described.pollers
            if each.deployment_options.deployment_name == self.name
            and each.last_access_time.ToDatetime(tzinfo=UTC) >= since
        ]

    async def _state(
        self,
        summary: WorkerDeploymentInfo.WorkerDeploymentVersionSummary,
        info: WorkerDeploymentInfo,
        workers: int,
    ) -> WorkerVersion:
        build_id = summary.deployment_version.build_id
        routing = info.routing_config
        is_ramping = routing.ramping_deployment_version.build_id == build_id
        counted = await self._client.count_workflows(self._query(build_id), rpc_timeout=CALL_TIMEOUT)
        return WorkerVersion(
            build_id=build_id,
            status=_STATUSES.get(summary.status, VersionStatus.INACTIVE),
            ramp_percent=routing.ramping_version_percentage if is_ramping else 0.0,
            made_at=summary.create_time.ToDatetime(tzinfo=UTC),
            workers=workers,
            pinned=counted.count,
        )

    def _query(self, build_id: str) -> str:
        return (
            f"TemporalWorkerDeploymentVersion = '{self.name}:{build_id}' AND ExecutionStatus = 'Running'"
            " AND TemporalWorkflowVersioningBehavior = 'Pinned'"
        )

    @contextmanager
    def _translated(self, build_id: str) -> Iterator[None]:
        try:
            yield
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND and "amespace" not in error.message:
                raise self._unknown(build_id) from error
            raise _fault(error) from error

    def _unknown(self, build_id: str) -> UnknownBuild:
        if not build_id:
            return UnknownBuild(
                f"Temporal knows no worker deployment {self.name}.",
                remedy="Start a worker with PLANSWITCH_DEPLOYMENT set to this name: it makes the deployment.",
            )
        return UnknownBuild(
            f"The deployment {self.name} has no version {build_id}.",
            remedy="`planswitch deployment list` names them; a version is known once its worker runs.",
        )


async def make_current(client: Client, version: WorkerDeploymentVersion, stop: asyncio.Event) -> None:
    """Make the version of a worker that has just begun the current one, as soon as Temporal knows it.

    Args:
        client: Connected to Temporal.
        version: Of the worker.
        stop: Set when the worker must end.

    Raises:
        PlanSwitchError: Temporal refuses it.
    """
    for look in range(1, _KNOWN_LOOKS_MAX + 1):
        try:
            return await _set_current(client, version)
        except RPCError as error:
            if error.status not in _NOT_YET or look == _KNOWN_LOOKS_MAX:
                raise _fault(error) from error
        if stop.is_set():
            return None
        await asyncio.sleep(_KNOWN_LOOK_SECONDS)
    return None


async def _set_current(client: Client, version: WorkerDeploymentVersion) -> None:
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace,
        deployment_name=version.deployment_name,
        build_id=version.build_id,
        identity=client.identity,
    )
    await write_raw(
        client.workflow_service.set_worker_deployment_current_version, request, rpc_timeout=CALL_TIMEOUT
    )


def _fault(error: RPCError) -> PlanSwitchError:
    """Return a failed call as an error of the product."""
    if error.status is RPCStatusCode.FAILED_PRECONDITION:
        return RuleViolated(
            f"Temporal refuses it: {error.message}",
            remedy="`planswitch deployment list` tells how the versions stand; nothing was changed.",
        )
    if error.status in _BUSY:
        return DeploymentBusy(
            f"Temporal is busy with another change: {error.message}",
            remedy="Look at `planswitch deployment list`, and try again in a moment.",
        )
    return fault_of_call(error) or TemporalUnreachable(
        f"Temporal does not answer ({error.status.name}: {error.message}).",
        remedy="`planswitch doctor` tells what is wrong with it.",
    )
