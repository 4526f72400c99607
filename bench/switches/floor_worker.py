"""`python -m bench.switches.floor_worker`: the worker of the floor, within the product worker's limits."""

from __future__ import annotations

import asyncio

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.outside.door import ActivityDoor
from bench.switches.floor import FLOOR_QUEUE, LICENSES_QUEUE, FloorSwitch, FloorWatch, empty_step
from ops.base.settings import load_settings
from worker import SLICES_MAX, STEPS_MAX, limits


async def work() -> None:
    """Work until the process is stopped."""
    settings = load_settings()
    client = await Client.connect(settings.temporal_address)
    steps = Worker(
        client,
        task_queue=FLOOR_QUEUE,
        workflows=[FloorSwitch, FloorWatch],
        activities=[empty_step],
        workflow_runner=UnsandboxedWorkflowRunner(),
        interceptors=[ActivityDoor()],
        **limits("step", STEPS_MAX),
    )
    slices = Worker(
        client,
        task_queue=LICENSES_QUEUE,
        activities=[empty_step],
        interceptors=[ActivityDoor()],
        **limits("slice", SLICES_MAX),
    )
    async with steps, slices:
        if settings.ready_file is not None:
            settings.ready_file.touch()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(work())
