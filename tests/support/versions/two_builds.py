"""Workers of an old and a new build in one deployment, on one world."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace

from temporalio.client import Client
from temporalio.common import WorkerDeploymentVersion
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker

from activities.contract import SwitchOrder
from domain.kernel.errors import RuleViolated
from ops.readiness.temporal_checks import look_at_temporal, worker_state
from services.temporal.deployments import Deployment, PinnedRun, UnknownBuild
from services.temporal.worker_watch import queue_state
from tests.support.consoles.console_world import Ran, run_command
from tests.support.licenses.moving import moving_switch
from tests.support.versions.builds import builds_of
from tests.support.worlds.world import SwitchHandle, World, until
from worker import build_workers

OLD, NEW = "1.0.0+old", "1.1.0+new"


@dataclass(kw_only=True)
class TwoBuilds:
    """One deployment with its world: workers of a build run from `start` until `stop`, or to the end."""

    world: World
    name: str
    _running: dict[str, AsyncExitStack] = field(default_factory=dict)

    @property
    def deployment(self) -> Deployment:
        """The deployment, as the product has it."""
        return Deployment(self.world.client, self.name, self.world.task_queue)

    async def start(self, build: str) -> tuple[Worker, Worker]:
        """Start the workers of a build."""
        version = WorkerDeploymentVersion(self.name, build)
        workers = build_workers(
            self.world.client, self.world.toolbox, task_queue=self.world.task_queue, version=version
        )
        running = self._running[build] = AsyncExitStack()
        for each in workers:
            await running.enter_async_context(each)
        await self._until_known(build)
        return workers

    async def stop(self, build: str) -> None:
        """Stop the workers of a build."""
        await self._running.pop(build).aclose()

    async def stop_all(self) -> None:
        """Stop all workers."""
        for build in list(self._running):
            await self.stop(build)

    async def make_current(self, build: str) -> None:
        """Make a build current, as soon as Temporal knows all queues of its workers."""

        async def is_current() -> bool:
            try:
                await self.deployment.set_current(build)
            except (RuleViolated, UnknownBuild):
                return False
            return True

        await until(is_current, f"{build} never became current")

    async def readiness(self) -> dict[str, str]:
        """Return part -> code of the deployment and of the queues' workers, as readiness tells it."""
        queue = self.world.task_queue

        async def connect() -> Client:
            return self.world.client

        seen = await look_at_temporal(connect, queue, self.name)
        assert seen.deployment is not None
        workers = [
            worker_state(queue_state(name, pollers, [], None)) for name, pollers in seen.pollers.items()
        ]
        return {each.part.replace(queue, "QUEUE"): each.code for each in (seen.deployment, *workers)}

    async def is_ready(self) -> bool:
        """Return whether readiness finds no fault with deployment and queues."""
        return not any((await self.readiness()).values())

    async def command(self, *arguments: str) -> Ran:
        """Run `planswitch deployment` as a process."""
        environment = {
            "PLANSWITCH_TEMPORAL_ADDRESS": self.world.client.service_client.config.target_host,
            "PLANSWITCH_TEMPORAL_NAMESPACE": self.world.client.namespace,
            "PLANSWITCH_TEMPORAL_ENVCONFIG": "false",
            "PLANSWITCH_TASK_QUEUE": self.world.task_queue,
            "PLANSWITCH_DEPLOYMENT": self.name,
            "PLANSWITCH_DATA_DIR": "/nonexistent",
            "COLUMNS": "200",
        }
        return await run_command("deployment", *arguments, environment=environment)

    async def builds_of(self, workflow_id: str) -> list[str]:
        """Return the builds on which a workflow went on."""
        return await builds_of(self.world.client, workflow_id)

    async def _until_known(self, build: str) -> None:
        async def is_known() -> bool:
            try:
                return bool((await self.deployment.version(build)).workers)
            except UnknownBuild:
                return False

        await until(is_known, f"Temporal never knew {build}")


@asynccontextmanager
async def two_builds(world: World) -> AsyncIterator[TwoBuilds]:
    """Yield a deployment and a task queue of their own on a world; no worker runs yet."""
    mark = uuid.uuid4().hex
    versions = TwoBuilds(world=replace(world, task_queue=f"versions-{mark}"), name=f"switches-{mark}")
    try:
        yield versions
    finally:
        await versions.stop_all()


async def is_open(world: World, workflow_id: str) -> bool:
    """Return whether a workflow is still running."""
    try:
        described = await world.client.get_workflow_handle(workflow_id).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return described.close_time is None


async def pinned_move(builds: TwoBuilds, build: str) -> tuple[SwitchOrder, SwitchHandle, PinnedRun]:
    """Return a switch that moves users, and its pass, which is pinned to the build that is current.

    The switch shows its stage before the pass has begun. A build that stops or is replaced in between never
    has the pass: it begins with the other one.
    """
    order, handle = await moving_switch(builds.world)
    return order, handle, await _pinned_pass(builds.deployment, build)


async def _pinned_pass(deployment: Deployment, build: str) -> PinnedRun:
    """Return the one pass that is pinned to a build, once Temporal lists it: a list is written later."""
    await until(lambda: _is_listed(deployment, build), f"no pass was ever listed as pinned to {build}")
    (run,) = await deployment.pinned(build)
    return run


async def _is_listed(deployment: Deployment, build: str) -> bool:
    return bool(await deployment.pinned(build))
