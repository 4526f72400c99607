"""Workers that keep no workflow in memory."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from temporalio.client import Client
from temporalio.worker import Worker

from activities.base.step import Toolbox
from activities.contract import LICENSES_QUEUE_SUFFIX
from tests.support.worlds.guarded import workflow_runner
from worker import license_activities, money_activities
from workflows.workflow_types import WORKFLOWS

THREADS = 8


def forgetful_workers(client: Client, toolbox: Toolbox, *, task_queue: str) -> tuple[Worker, Worker]:
    """Build workers that forget every workflow after each task, as a restart would."""
    steps = Worker(
        client,
        task_queue=task_queue,
        workflows=WORKFLOWS,
        activities=money_activities(toolbox),
        activity_executor=ThreadPoolExecutor(THREADS),
        max_concurrent_activities=THREADS,
        workflow_runner=workflow_runner(),
        max_cached_workflows=0,
    )
    slices = Worker(
        client,
        task_queue=task_queue + LICENSES_QUEUE_SUFFIX,
        activities=license_activities(toolbox),
        activity_executor=ThreadPoolExecutor(THREADS),
        max_concurrent_activities=THREADS,
    )
    return steps, slices
