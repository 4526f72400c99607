"""Composition root of the worker: settings in, workflows and activities out."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, AbstractContextManager, AsyncExitStack
from datetime import timedelta
from fractions import Fraction
from functools import partial
from typing import Any

import structlog
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.service import RPCError
from temporalio.worker import (
    Interceptor,
    UnsandboxedWorkflowRunner,
    Worker,
    WorkerDeploymentConfig,
    WorkflowRunner,
)

from activities.base.attempt import Steps
from activities.base.points import FileGates, NoPoints, Points
from activities.base.step import Toolbox
from activities.base.write_quotas import WriteQuotas
from activities.billing.billing_cutover import BillingCutoverActivities
from activities.cancellation.cancellation import CancellationActivities
from activities.cancellation.reduction import ReductionActivities
from activities.contract import LICENSES_QUEUE_SUFFIX, MOVE_SLICE
from activities.credit.credit_check import CreditCheckActivities
from activities.ending.notices import NoticesActivities
from activities.licenses.license_reassignment import LicenseReassignmentActivities
from activities.licenses.verification import VerificationActivities
from activities.manual.manual_moves import ManualMoveActivities
from activities.manual.manual_steps import ManualStepActivities
from activities.operator.amendment import AmendmentActivities
from activities.operator.control_contract import RETURN_USERS
from activities.operator.controls import ControlActivities
from activities.operator.failed_users import FailedUserActivities
from activities.order.provisioning import ProvisioningActivities
from activities.order.purchase import PurchaseActivities
from activities.order.void_warning import VoidWindowActivities
from activities.outside.command_admission import CommandActivities
from activities.outside.door import ActivityDoor, ProofDoor
from activities.request.eligibility import EligibilityActivities
from activities.request.eligibility_wait import EligibilityWaitActivities
from activities.request.schedule_change import ScheduleActivities
from activities.signing.approvals import Approvals
from activities.signing.signatures import key_ids
from activities.signing.step_proofs import StepProofs
from activities.watch.invoice import InvoiceActivities
from activities.watch.promise_record import PromiseActivities
from activities.way_back.administration import AdministrationActivities
from activities.way_back.roll_back import RollBackActivities
from domain.kernel.errors import InvalidInput, PlanSwitchError
from domain.licenses.write_quota import Allowance
from ops.base.build import worker_version
from ops.base.clouds import open_cloud
from ops.base.payloads import step_data_converter
from ops.base.settings import Settings
from ops.telemetry.probes import probed
from ops.telemetry.process_figures import Figure
from ops.telemetry.sdk_runtime import sdk_figures, sdk_runtime
from ops.temporal.temporal_access import temporal_access
from providers.microsoft.directory.license_errors import VENDOR_WORDS
from providers.webhooks.posting import WebhookPost
from services.base.rounds import repeating
from services.histories.archive import HistoryArchive
from services.notices.composition import Composer
from services.notices.sender import NoticeSender
from services.products.act_signatures import ActAdmission
from services.products.open_acts import OpenActs
from services.recovery.reconciler import Reconciler
from services.recovery.trouble_watch import TroubleWatch
from services.recovery.wait_waker import WaitWaker
from services.temporal.deployments import make_current
from services.temporal.switch_workflows import OrchestrationUnavailable
from services.temporal.temporal_watch import HEALTH_TIMEOUT
from services.temporal.worker_watch import pollers_of, queues_of
from services.temporal.workflow_runs import origin_of
from services.webhooks.sender import SenderSettings, WebhookSender
from store.health.heartbeats import BEAT_SECONDS, RECONCILER, TROUBLES, WORKER, own_instance
from store.health.process_health import EVENT_STORE, TEMPORAL, ProcessHealth
from store.record.catalogs import Catalogs
from store.switch_store import SwitchStore
from workflows.base.proofs import WorkflowProofs
from workflows.base.versioned_runner import VersionedRunner
from workflows.workflow_types import BEHAVIORS, WORKFLOWS

_log = structlog.get_logger()

#: Every class of steps; its methods that are activities run on the main task queue.
STEPS: tuple[type[Steps], ...] = (
    EligibilityActivities,
    EligibilityWaitActivities,
    ScheduleActivities,
    PurchaseActivities,
    ProvisioningActivities,
    CreditCheckActivities,
    LicenseReassignmentActivities,
    VerificationActivities,
    CancellationActivities,
    BillingCutoverActivities,
    NoticesActivities,
    AdministrationActivities,
    RollBackActivities,
    InvoiceActivities,
    PromiseActivities,
    VoidWindowActivities,
    CommandActivities,
    ControlActivities,
    FailedUserActivities,
    AmendmentActivities,
    ManualStepActivities,
    ManualMoveActivities,
    ReductionActivities,
)
#: But for those of the license task queue.
LICENSE_STEPS = frozenset({MOVE_SLICE.name, RETURN_USERS.name})
#: Open workflows that stay in memory; the watch of an invoice is open for weeks after its switch.
CACHED_WORKFLOWS = 500
#: Money steps and license slices at a time; the store's pool has one connection for each.
STEPS_MAX = 16
#: License slices of all switches that a worker runs at once.
SLICES_MAX = 4
#: A freeze of a roster holds a connection while the vault takes another.
CONNECTIONS_BESIDE = 4
#: Batches that a worker sends to the directory at once.
BATCHES_IN_FLIGHT = 8
#: Kept below what an init system waits before it kills.
SHUTDOWN_SECONDS = 8
#: A worker that begins is ready when Temporal lists it, or after so many looks.
LISTED_LOOKS_MAX = 100
LISTED_LOOK_SECONDS = 0.1
#: For its probes a worker asks Temporal so often whether it is there.
TEMPORAL_ASKED_SECONDS = 5.0
_TEMPORAL_REMEDY = "Look at the server of PLANSWITCH_TEMPORAL_ADDRESS; the worker goes on by itself."
#: Heartbeats reach Temporal, and a cancel reaches a step, this late at most.
HEARTBEAT_THROTTLE_SECONDS = 1


def money_activities(toolbox: Toolbox) -> list[Callable[..., Any]]:
    """Return every activity of the main task queue."""
    return _activities(toolbox, is_license_work=False)


def license_activities(toolbox: Toolbox) -> list[Callable[..., Any]]:
    """Return every activity of the license task queue."""
    return _activities(toolbox, is_license_work=True)


def _activities(toolbox: Toolbox, *, is_license_work: bool) -> list[Callable[..., Any]]:
    parts = [kind(toolbox) for kind in STEPS]
    methods = [getattr(part, name) for part in parts for name in dir(part)]
    # The library marks what it may call, and knows each by its name.
    marked = [(each, getattr(each, "__temporal_activity_definition", None)) for each in methods]
    return [each for each, mark in marked if mark and (mark.name in LICENSE_STEPS) == is_license_work]


def build_workers(
    client: Client,
    toolbox: Toolbox,
    *,
    task_queue: str,
    runner: WorkflowRunner | None = None,
    steps_max: int = STEPS_MAX,
    cached_workflows: int = CACHED_WORKFLOWS,
    version: WorkerDeploymentVersion | None = None,
) -> tuple[Worker, Worker]:
    """Build the worker of the steps and the worker of the license slices.

    Args:
        client: Connected with the converter of ops/base/payloads.py.
        toolbox: What the activities work with.
        task_queue: Queue of workflows and steps; slices use it with LICENSES_QUEUE_SUFFIX.
        runner: Runs the workflows; plainly when None, since the library's sandbox imports their modules anew
            for each run (ADR 13). Tests guard them with it.
        steps_max: Steps at a time.
        cached_workflows: Open workflows that stay in memory.
        version: Of these workers in their deployment; None where workers have no versions (ADR 53).
    """
    # The list of pollers and the signs of life name a process alike (services/temporal/worker_watch.py).
    identity = own_instance()
    toolbox.store.add_worker(identity, key_ids(toolbox.command_keys))
    client = _reading(client)
    proofs = proving(client, toolbox)
    deployment = _deployment_of(version)
    steps = Worker(
        client,
        task_queue=task_queue,
        workflows=WORKFLOWS,
        activities=money_activities(toolbox),
        workflow_runner=_runner(runner or UnsandboxedWorkflowRunner(), deployment),
        identity=identity,
        interceptors=proofs,
        max_cached_workflows=cached_workflows,
        deployment_config=deployment,
        **limits("step", steps_max),
    )
    slices = Worker(
        client,
        task_queue=task_queue + LICENSES_QUEUE_SUFFIX,
        activities=license_activities(toolbox),
        identity=identity,
        interceptors=proofs,
        deployment_config=deployment,
        **limits("slice", SLICES_MAX),
    )
    return steps, slices


def _runner(runner: WorkflowRunner, deployment: WorkerDeploymentConfig | None) -> WorkflowRunner:
    """Return the runner; in a deployment it says which workflows stay on their build (ADR 53)."""
    return runner if deployment is None else VersionedRunner(runner, BEHAVIORS)


def _deployment_of(version: WorkerDeploymentVersion | None) -> WorkerDeploymentConfig | None:
    if version is None:
        return None
    return WorkerDeploymentConfig(
        version, use_worker_versioning=True, default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE
    )


def proving(client: Client, toolbox: Toolbox) -> list[Interceptor]:
    """Return what lets workflows prove their steps, and steps ask for that before they run (ADR 19).

    Args:
        client: Tells what a run was reset from.
        toolbox: What the activities work with.
    """
    proofs = StepProofs(keys=toolbox.command_keys, since=toolbox.proved_since)
    return [
        WorkflowProofs(prove_start=proofs.prove_start, prove_step=proofs.prove_step),
        ActivityDoor(),
        ProofDoor(toolbox, proofs, partial(origin_of, client)),
    ]


def _reading(client: Client) -> Client:
    """Return the client with a converter by which the door of the activities refuses what can't be read."""
    config = client.config()
    config["data_converter"] = step_data_converter
    return Client(**config)


def limits(name: str, activities_max: int) -> dict[str, Any]:
    """Return how a worker shares its work out.

    Args:
        name: Prefix of its threads.
        activities_max: Activities at a time, each in a thread.
    """
    throttle = timedelta(seconds=HEARTBEAT_THROTTLE_SECONDS)
    return {
        "activity_executor": ThreadPoolExecutor(activities_max, thread_name_prefix=name),
        "max_concurrent_activities": activities_max,
        "max_heartbeat_throttle_interval": throttle,
        "default_heartbeat_throttle_interval": throttle,
        "graceful_shutdown_timeout": timedelta(seconds=SHUTDOWN_SECONDS),
    }


@contextlib.contextmanager
def open_toolbox(settings: Settings) -> Iterator[Toolbox]:
    """Open store and cloud for the life of the worker.

    Raises:
        SchemaOutdated: `planswitch migrate` has to be run first.
        StoreUnavailable: PostgreSQL does not answer.
        VaultLocked: The master key is not the one of this database: every step would fail by it.
        SecretUnusable: The key of commands can't be used: every command would be refused.
        InvalidInput: A profile of a cloud, or the sandbox's address, can't be used.
    """
    command_keys = settings.command_keys()
    # Told before anything is opened: no step could be made with it, and no notice sent.
    settings.cloud_profiles()
    settings.allowed_webhook_networks()
    settings.mail_server()
    keys = settings.key_provider()
    url = settings.required_database_url()
    connections = settings.worker_connections
    with (
        SwitchStore.open(url, keys, pool_size=connections, words=VENDOR_WORDS) as store,
        open_cloud(settings, store) as cloud,
    ):
        store.vault.require_right_key()
        for part in (WORKER, RECONCILER, TROUBLES):
            store.forget_ended(part)
        yield Toolbox(
            store=store,
            cloud_factory=cloud.factory,
            catalogs=Catalogs(store.application),
            command_keys=command_keys,
            proved_since=store.proved_since(),
            slice_size=settings.license_slice_size,
            lanes=settings.license_lanes,
            batches_in_flight=BATCHES_IN_FLIGHT,
            failure_rate_max=Fraction(settings.failure_percent_max) / 100,
            failures_min=settings.failures_min,
            alarm_contact=settings.alarm_contact,
            approvals=settings.approval_policy(),
            write_quotas=WriteQuotas(write_allowances(settings)),
            points=points_of(settings),
        )


def points_of(settings: Settings) -> Points:
    """Return where a test may stop the steps; never at a real cloud.

    Raises:
        InvalidInput: Steps at a real cloud are to be stopped by files.
    """
    if settings.points_dir is None:
        return NoPoints()
    if settings.cloud_file:
        raise InvalidInput(
            field="PLANSWITCH_POINTS_DIR",
            value=str(settings.points_dir),
            allowed="no value beside PLANSWITCH_CLOUD_FILE: whoever can write there stops steps",
        )
    _log.warning("steps_can_be_stopped_by_files", folder=str(settings.points_dir))
    return FileGates(settings.points_dir)


def steps_max(settings: Settings) -> int:
    """Return how many steps run at a time: as many as have a connection of their own."""
    return settings.worker_connections - SLICES_MAX - CONNECTIONS_BESIDE


def write_allowances(settings: Settings) -> list[Allowance]:
    """Return what the directory lets this installation write, that of the application first."""
    published = (
        (settings.directory_writes_max, settings.directory_writes_window_seconds),
        (settings.directory_organization_writes_max, settings.directory_organization_writes_window_seconds),
    )
    return [Allowance(writes=writes, window_seconds=seconds) for writes, seconds in published if writes]


async def connect(settings: Settings) -> Client:
    """Connect to Temporal with the converter that all messages use.

    Raises:
        PlanSwitchError: It does not answer or does not let us in, or a setting of it can't be used.
    """
    # A signal of ours is told by the identity from one of somebody else (services/recovery/run_acts.py).
    return await temporal_access(settings).connected(identity=own_instance(), runtime=sdk_runtime().runtime)


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Work until `stop` is set, then let running steps end.

    Args:
        settings: Where everything is.
        stop: Set by SIGTERM and SIGINT.
    """
    health = ProcessHealth()
    client = await connect(settings)
    with open_toolbox(settings) as toolbox, _probed(settings, health, toolbox.write_quotas):
        version = worker_version(settings)
        steps, slices = build_workers(
            client,
            toolbox,
            task_queue=settings.task_queue,
            steps_max=steps_max(settings),
            cached_workflows=settings.worker_cached_workflows,
            version=version,
        )
        reconciler = Reconciler(
            client,
            toolbox.store,
            keys=toolbox.command_keys,
            task_queue=settings.task_queue,
            grace_seconds=settings.reconcile_grace_seconds,
        )
        reconciling = reconciler.running(every_seconds=settings.reconcile_seconds)
        waking = WaitWaker(client, toolbox.store).running()
        watching = TroubleWatch(client, toolbox.store, task_queue=settings.task_queue).running()
        archiving = HistoryArchive(client, toolbox.store, task_queue=settings.task_queue).running()
        living = _signs_of_life(toolbox.store, health)
        acting = OpenActs(toolbox.store, toolbox.cloud_factory, act_admission(toolbox)).running()
        hooking = webhook_sender(settings, toolbox).running()
        notifying = sending_notices(settings, toolbox)
        asking = _asking_temporal(client, health)
        services = (living, asking, reconciling, waking, watching, archiving, acting, hooking, notifying)
        async with AsyncExitStack() as running:
            for each in (steps, slices, *services):
                await running.enter_async_context(each)
            await _until_listed(client, settings.task_queue, stop)
            if version is not None and settings.deployment_becomes_current:
                await make_current(client, version, stop)
            health.works()
            build = version.to_canonical_string() if version else None
            _log.info("worker_ready", task_queue=settings.task_queue, version=build)
            await asyncio.to_thread(settings.touch_ready_file)
            await stop.wait()
            _log.info("worker_stopping")


def act_admission(toolbox: Toolbox) -> ActAdmission:
    """Return what lets acts on products be carried out, by the keys and the settings of this worker."""
    approvals = Approvals(toolbox.approvals, toolbox.store, toolbox.command_keys)
    return ActAdmission(toolbox.command_keys, approvals)


def webhook_sender(settings: Settings, toolbox: Toolbox) -> WebhookSender:
    """Return what sends webhooks beside the steps.

    Args:
        settings: Where webhooks may go, and when an endpoint is disabled.
        toolbox: It has the store, and who is told of points.
    """
    return WebhookSender(
        toolbox.store.webhooks,
        WebhookPost(networks=settings.allowed_webhook_networks()),
        SenderSettings(
            failing_max=timedelta(days=settings.webhook_failing_days_max), reached=toolbox.points.reached
        ),
    )


def sending_notices(settings: Settings, toolbox: Toolbox) -> AbstractAsyncContextManager[None]:
    """Derive and send notices by mail until the block ends; nothing without a mail server.

    Args:
        settings: Name the mail server.
        toolbox: Store and catalogs.

    Raises:
        InvalidInput: The settings of the mail server do not suffice.
        SecretUnusable: The file of its password can't be used.
    """
    server = settings.mail_server()
    if server is None:
        return contextlib.nullcontext()
    composer = Composer(
        store=toolbox.store,
        catalogs=toolbox.catalogs,
        console_url=settings.public_url,
        support_contact=settings.support_contact,
    )
    return NoticeSender(
        store=toolbox.store, server=server, composer=composer, points=toolbox.points
    ).running()


def _probed(settings: Settings, health: ProcessHealth, quotas: WriteQuotas) -> AbstractContextManager[str]:
    """Answer probes of this worker until the block ends."""
    meaning = "Largest share of a write quota of the directory that this worker has spent."
    share = Figure(name="planswitch_quota_used_share", meaning=meaning, read=quotas.used_share)
    return probed(settings, "worker", health, figures=(share,), others=(sdk_figures,))


def _signs_of_life(store: SwitchStore, health: ProcessHealth) -> AbstractAsyncContextManager[None]:
    """Give signs of life until the block ends; without a database there are none meanwhile."""
    is_heard = True

    async def beat() -> None:
        nonlocal is_heard
        health.go_round()
        await asyncio.to_thread(store.beat, WORKER)
        health.works(EVENT_STORE)
        is_heard = True

    def tell(error: Exception) -> None:
        nonlocal is_heard
        # Once for each outage: it is tried every second.
        if is_heard:
            _log.warning("sign_of_life_failed", error=type(error).__name__, reason=str(error))
        is_heard = False
        if isinstance(error, PlanSwitchError):
            health.fails(EVENT_STORE, error)

    return repeating(beat, every_seconds=BEAT_SECONDS, on_failure=tell)


def _asking_temporal(client: Client, health: ProcessHealth) -> AbstractAsyncContextManager[None]:
    """Ask Temporal again and again whether it is there, for the probes, until the block ends."""

    async def ask() -> None:
        await client.service_client.check_health(timeout=HEALTH_TIMEOUT)
        health.works(TEMPORAL)

    def tell(_error: Exception) -> None:
        health.lacks(TEMPORAL, code=OrchestrationUnavailable.code, remedy=_TEMPORAL_REMEDY)

    return repeating(ask, every_seconds=TEMPORAL_ASKED_SECONDS, on_failure=tell)


async def _until_listed(client: Client, task_queue: str, stop: asyncio.Event) -> None:
    """Wait until Temporal lists this process on its queues: only then it can be counted on."""
    for _ in range(LISTED_LOOKS_MAX):
        with contextlib.suppress(RPCError):
            queues = [await pollers_of(client, queue, kind) for queue, kind in queues_of(task_queue)]
            if all(any(each.identity == own_instance() for each in pollers) for pollers in queues):
                return
        if stop.is_set():
            return
        await asyncio.sleep(LISTED_LOOK_SECONDS)
    _log.warning("worker_not_listed", task_queue=task_queue)


def main(settings: Settings) -> None:
    """Run the worker until SIGTERM or SIGINT."""
    asyncio.run(_run_until_signal(settings))


async def _run_until_signal(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stop.set)
    await run(settings, stop)
