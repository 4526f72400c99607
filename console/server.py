"""Composition root of the console: settings in, a running server out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial

import structlog
import uvicorn
from fastapi import FastAPI
from temporalio.client import Client

from audit.seals.folder import SealFolder
from console.access.dependencies import ConsoleDependencies
from console.api.routes_system import installation_figures
from console.app import create_app
from console.edge.http_protocol import BoundedProtocol
from domain.kernel.errors import PlanSwitchError
from ops.base.clouds import OpenCloud, open_cloud
from ops.base.payloads import data_converter
from ops.base.settings import Settings
from ops.base.sign_in import sign_in_provider
from ops.readiness.readiness import ReadinessWatch, look, places_of
from ops.telemetry.probes import probed
from ops.telemetry.sdk_runtime import sdk_figures, sdk_runtime
from ops.temporal.temporal_access import temporal_access
from projections.reads.queries import ReadModels
from providers.mail.smtp import MailServer
from providers.microsoft.directory.license_errors import VENDOR_WORDS
from services.assessment.deciders import Deciders, PageDecider
from services.base.organization_names import BilledNames
from services.base.scopes import scopes_of
from services.histories.replayer import HistoryReplayer
from services.people.provider_sign_in import SignInProvider
from services.temporal.command_signer import CommandSigner
from services.temporal.connection_faults import TemporalUnreachable
from services.temporal.switch_workflows import SwitchWorkflows
from services.temporal.worker_watch import WorkerWatch
from store.core.errors import VaultLocked
from store.health.process_health import EVENT_STORE, MissingPart, ProcessHealth
from store.record.catalogs import Catalogs
from store.switch_store import SwitchStore
from workflows.workflow_types import WORKFLOWS

#: Seconds that a stop waits for requests under way.
STOP_SECONDS = 3
#: Seconds that an idle connection stays open: longer than clients keep one (5 to 60 seconds). A server that
#: closes it first closes it under the request that a client is sending.
KEEP_ALIVE_SECONDS = 75
#: Longest silence of a provider under a request: an operator reads within 10 seconds which part is silent.
CLOUD_SILENCE_SECONDS = 7.0
#: The look at all parts and the figures of the read models take less, or count as silent.
FIGURES_SECONDS_MAX = 8.0
#: A console that starts looks at Temporal for so long, and serves in any case.
_TEMPORAL_SECONDS_MAX = 3.0
_log = structlog.get_logger()


class TemporalConnection:
    """One client for all requests, connected on first use: the console also works while Temporal is down.

    Raises:
        InvalidInput: The settings of Temporal can't be used.
        TemporalCertificateUnusable: A certificate or a key of them can't be used.
    """

    def __init__(self, settings: Settings) -> None:
        self._access = temporal_access(settings)
        self._client: Client | None = None

    async def __call__(self) -> Client:
        """Return the client."""
        if self._client is None:
            self._client = await self._access.client(runtime=sdk_runtime().runtime)
        return self._client


def _cloud(settings: Settings, store: SwitchStore) -> AbstractContextManager[OpenCloud]:
    """Return the cloud as people need it who wait for an answer."""
    return open_cloud(settings, store, request_timeout_seconds=CLOUD_SILENCE_SECONDS, repeats_reads=True)


@contextmanager
def open_dependencies(settings: Settings) -> Iterator[ConsoleDependencies]:
    """Open what the console works with, and close it.

    Raises:
        SchemaOutdated: `planswitch migrate` has to be run first.
        StoreUnavailable: PostgreSQL does not answer.
        SecretUnusable, TemporalCertificateUnusable: A key, secret or certificate can't be used.
        InvalidInput: A profile of a cloud, the provider of sign-ins or another setting can't be used.
    """
    api_key, callback_secrets = settings.required_operator_key(), settings.callback_secrets()
    signer = CommandSigner(settings.command_keys())
    url = settings.required_database_url()
    provider, mail_server = _outside(settings)
    keys = settings.key_provider()
    connect = TemporalConnection(settings)
    with ExitStack() as closing:
        connections = settings.console_connections
        store = closing.enter_context(SwitchStore.open(url, keys, pool_size=connections, words=VENDOR_WORDS))
        cloud = closing.enter_context(_cloud(settings, store))
        _tell_wrong_key(store)
        catalogs = Catalogs(store.application)
        yield ConsoleDependencies(
            store=store,
            reads=closing.enter_context(_reads(settings, BilledNames(cloud.factory, store.save_calls))),
            workflows=_workflows(settings, connect, signer, store),
            readiness=ReadinessWatch(partial(look, places_of(settings), connect)),
            cloud_factory=cloud.factory,
            cloud_access=cloud.access,
            scopes=scopes_of(cloud.access.profiles if cloud.access else None),
            catalogs=catalogs,
            deciders=closing.enter_context(Deciders(PageDecider(store, catalogs), url)),
            database_url=url,
            api_key=api_key,
            actor=settings.local_actor,
            credit_secrets=callback_secrets,
            support_contact=settings.support_contact,
            idempotency_kept_seconds=settings.idempotency_hours * 3_600,
            read_wait_seconds=settings.read_wait_seconds,
            mail_server=mail_server,
            quiet_hours=settings.quiet_hours,
            webhook_networks=settings.allowed_webhook_networks(),
            approvals=settings.approval_policy(),
            custody=store.custody,
            seals=SealFolder(settings.seals_path()),
            replayer=HistoryReplayer(WORKFLOWS, data_converter),
            command_keys=signer.keys,
            sign_in_provider=provider,
            public_url=settings.public_url,
        )


def _outside(settings: Settings) -> tuple[SignInProvider | None, MailServer | None]:
    """Refuse what can't be used outside before anything is opened: nothing could be asked with it."""
    settings.cloud_profiles()
    return sign_in_provider(settings), settings.mail_server()


def _reads(settings: Settings, names: BilledNames) -> ReadModels:
    url = settings.required_database_url()
    return ReadModels(
        url,
        connections_max=settings.console_connections,
        replica_url=settings.replica_url(),
        names=names,
    )


def _workflows(
    settings: Settings, connect: TemporalConnection, signer: CommandSigner, store: SwitchStore
) -> SwitchWorkflows:
    workers = WorkerWatch(store)
    return SwitchWorkflows(connect, task_queue=settings.task_queue, signer=signer, workers=workers)


def _tell_wrong_key(store: SwitchStore) -> None:
    """Serve with a wrong master key as well, so that pages and readiness can say so."""
    try:
        store.vault.require_right_key()
    except VaultLocked as error:
        _log.error("master_key_wrong", code=error.code, message=error.message, remedy=error.remedy)


async def _tell_temporal_fault(settings: Settings) -> None:
    """Serve where Temporal does not let us in as well, so that pages and readiness can say so."""
    try:
        async with asyncio.timeout(_TEMPORAL_SECONDS_MAX):
            await temporal_access(settings).connected(runtime=sdk_runtime().runtime)
    except TimeoutError:
        _log.error("temporal_unusable", code=TemporalUnreachable.code, message="Temporal does not answer.")
    except PlanSwitchError as error:
        _log.error("temporal_unusable", code=error.code, message=error.message, remedy=error.remedy)


def serve(settings: Settings) -> None:
    """Serve pages and API until a signal stops it."""
    health = ProcessHealth()
    with open_dependencies(settings) as dependencies:
        asyncio.run(_tell_temporal_fault(settings))
        server = ProbedServer(server_config(create_app(dependencies), settings), health)
        check = partial(store_missing, dependencies.store)
        others = (partial(server.figures, dependencies), sdk_figures)
        with probed(settings, "serve", health, check=check, others=others):
            server.run()


class ProbedServer(uvicorn.Server):
    """The server of the console, which reports its rounds.

    Args:
        config: How it serves.
        health: Told of each round.
    """

    def __init__(self, config: uvicorn.Config, health: ProcessHealth) -> None:
        super().__init__(config)
        self._health = health
        self._loop: asyncio.AbstractEventLoop | None = None

    async def on_tick(self, counter: int) -> bool:
        """Report a round; uvicorn calls this ten times a second."""
        self._loop = asyncio.get_running_loop()
        self._health.works()
        self._health.go_round()
        return await super().on_tick(counter)

    def figures(self, dependencies: ConsoleDependencies) -> bytes:
        """Return the figures of the installation, as `/metrics` of the console has them."""
        if self._loop is None:
            return b""
        figures = asyncio.run_coroutine_threadsafe(installation_figures(dependencies), self._loop)
        return figures.result(FIGURES_SECONDS_MAX)


def store_missing(store: SwitchStore) -> tuple[MissingPart, ...]:
    """Return what a console lacks of its database now: without it nothing of use can be shown."""
    try:
        store.heartbeats()
    except PlanSwitchError as error:
        detail = "the database does not answer this process"
        return (MissingPart(part=EVENT_STORE, code=error.code, detail=detail, remedy=error.remedy),)
    return ()


def server_config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """Return how the console is served."""
    return uvicorn.Config(
        app,
        host=settings.api_host,
        port=settings.api_port,
        http=BoundedProtocol,
        log_config=None,
        access_log=False,
        ws="none",
        # Whoever is believed can be anybody: by default nobody is, not even on this machine.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
