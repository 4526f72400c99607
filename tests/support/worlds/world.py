"""A whole world for workflow tests: real PostgreSQL, real Temporal, the sandbox over HTTP, a worker."""

from __future__ import annotations

import asyncio
import uuid
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

from temporalio.client import Client, WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker

from activities.assessment.circumstances import SwitchQuestion
from activities.assessment.preparation import Prepared, prepare
from activities.base.points import Points
from activities.base.step import Toolbox
from activities.contract import RequestSwitchResult, SwitchOrder
from domain.approvals.approval_policy import OFF, ApprovalPolicy
from domain.kernel.ids import (
    organization_stream_id,
    replacement_stream_id,
    switch_id_of,
    workflow_id_of,
)
from domain.ports.cloud import (
    AnsweredAttempts,
    CallAnnouncer,
    CallObserver,
    Cloud,
    CloudFactory,
    none_answered,
    unannounced,
)
from domain.quote.quote import Quote
from domain.requests.terms import SwitchTerms
from domain.switch.events import QuoteFixed
from providers.factory import cloud_factory
from providers.microsoft.directory.license_errors import VENDOR_WORDS
from store.migrate import migrate
from store.record.catalogs import Catalogs
from store.record.notifications import StoredNotification
from store.roles.role import DatabaseRole
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.clouds.cloud_server import SOURCE_PLAN, TARGET_PLAN, SandboxCloud
from tests.support.databases.database_roles import url_as
from tests.support.worlds.ambush import Ambushes
from tests.support.worlds.confirming import confirm
from tests.support.worlds.signing import KEYS, signing_client
from worker import build_workers
from workflows.base.messages import CommandAnswer, OperatorCommand, SwitchResult
from workflows.switch.plan_switch import PlanSwitch

ACTOR = "ada"
OPERATOR = "olga"
#: What the referee says when nothing went wrong (architecture#the-sandbox-and-its-referee).
CLEAN = {
    "unlicensed_user_seconds": 0,
    "data_service_gap_user_seconds": 0,
    "double_charges": 0,
    "unbilled_days": 0,
    "orphan_orders": 0,
    "overlap_days": 0,
    "wrong_amounts": 0,
    "renewal_differences": 0,
}
#: How long a lost writer may still be writing, where nothing takes longer than this.
SETTLE_SECONDS = 1.5
#: The new licenses are ordered and not there yet.
PROVISIONING = "purchase.confirm_provisioning:begin"
#: Ends what hangs, two minutes at least: a busy machine may be slow.
POLLS_MAX = 2_400
POLL_SECONDS = 0.05
PAUSE_SECONDS_MAX = 0.3

#: A command is recorded while it is being carried out, a missed promise when it is missed.
BESIDE = ("subscription.operator-commanded", "subscription.promise-missed")

SwitchHandle = WorkflowHandle[PlanSwitch, SwitchResult]
BuildWorkers = Callable[..., tuple[Worker, Worker]]

#: What is asked of the terms, and is no term.
OF_THE_QUESTION = {each.name for each in fields(SwitchQuestion)}
#: What decides the quote.
ASKED = (
    *("quantity", "payment_method", "rule_set", "service_settings", "target_plan_id", "policy"),
    *("mode", "selection", "selected"),
)


@dataclass(kw_only=True)
class World:
    """Everything that a switch needs, and short ways to use it; one for all tests of the folder."""

    client: Client
    toolbox: Toolbox
    sandbox: SandboxCloud
    task_queue: str
    #: The database as a superuser: what happens to it by hand. The world itself works as a worker.
    database_url: str = ""
    #: Applied to the cloud of every step: what a test wants to go wrong.
    change_cloud: Callable[[Cloud], Cloud] = lambda cloud: cloud
    #: Those who carry everything out, steps first.
    workers: tuple[Worker, ...] = ()

    _seeds: Iterator[int] = field(default_factory=count)

    @property
    def ambushes(self) -> Ambushes:
        """Where a test stops single switches at points of their steps."""
        points = self.toolbox.points
        assert isinstance(points, Ambushes)
        return points

    @property
    def store(self) -> SwitchStore:
        """The event store."""
        return self.toolbox.store

    def organization(self, users: int = 25, **options: Any) -> dict[str, Any]:
        """Make an organization that no other test uses."""
        return self.sandbox.organization(seed=next(self._seeds), users=users, **options)

    def seed(self, name: str) -> None:
        """Make the same organizations for a test whichever tests ran before it, and no other test's."""
        self._seeds = count(zlib.crc32(name.encode()) >> 1)

    @contextmanager
    def of_test(self, name: str) -> Iterator[World]:
        """Yield the world calm, with the organizations of one test, and leave it calm."""
        self.calm()
        self.seed(name)
        yield self
        self.calm()

    def share_seeds_of(self, other: World) -> None:
        """Make organizations that the other world on the same sandbox does not make."""
        self._seeds = other._seeds

    def calm(self) -> None:
        """Let nothing go wrong any more."""
        self.change_cloud = lambda cloud: cloud
        self.sandbox.settings(
            faults=[],
            latency_ms=0,
            late_seconds=0.5,
            provisioning_delay_seconds=0,
            setup_delay_seconds=0,
            is_quota_on=False,
            is_exclusive=False,
            group_delay_seconds=0.0,
            quota_writes=3_000,
            quota_speed=1.0,
            credit_verdict="silent",
            credit_delay_seconds=0,
        )

    def now(self) -> datetime:
        """Return the present instant of this world."""
        return datetime.now(UTC)

    def prepare(self, organization: dict[str, Any], **changes: Any) -> Prepared:
        """Assess and quote a switch of an organization from E1 to E3."""
        facts = {"source_subscription_id": organization["subscription_id"], "target_plan_id": TARGET_PLAN}
        options = {name: changes.pop(name) for name in set(changes) - OF_THE_QUESTION}
        terms = SwitchTerms(organization_id=organization["organization_id"], **{**facts, **options})
        record = self.store.organization(organization["organization_id"])
        catalog = self.toolbox.catalogs.current()
        if terms.selection:
            changes["users_to_move"] = terms.selected
        question = SwitchQuestion(terms=terms, **changes)
        return prepare(self.sandbox.cloud, record, catalog, question, now=datetime.now(UTC))

    def order(self, organization: dict[str, Any], **changes: Any) -> SwitchOrder:
        """Return the order of a switch that accepts today's quote."""
        asked = {name: changes[name] for name in ASKED if name in changes}
        prepared = self.prepare(organization, **asked)
        request_id = changes.pop("request_id", uuid.uuid4().hex)
        organization_id = organization["organization_id"]
        facts: dict[str, Any] = {
            "switch_id": switch_id_of(organization_id, request_id),
            "request_id": request_id,
            "organization_id": organization_id,
            "source_subscription_id": organization["subscription_id"],
            "target_plan_id": TARGET_PLAN,
            "quote_digest": prepared.quote.digest,
            "quoted_on": prepared.quote.input.quoted_on.isoformat(),
            "actor": ACTOR,
            "reason": "grow",
        }
        return SwitchOrder(**{**facts, **changes})

    async def start(self, order: SwitchOrder) -> tuple[SwitchHandle, RequestSwitchResult]:
        """Start a switch and wait until its request is recorded or refused."""
        await confirm(self.sandbox, order)
        start = WithStartWorkflowOperation(
            PlanSwitch.run,
            order,
            id=workflow_id_of(order.organization_id, order.request_id),
            task_queue=self.task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        )
        answer = await self.client.execute_update_with_start_workflow(
            PlanSwitch.await_request, order, start_workflow_operation=start
        )
        await confirm(self.sandbox, order, is_refused=not answer.accepted)
        return await start.workflow_handle(), answer

    async def complete(self, order: SwitchOrder) -> SwitchResult:
        """Run a switch to its end."""
        handle, _ = await self.start(order)
        return await self.result(handle)

    async def result(self, handle: SwitchHandle) -> SwitchResult:
        """Return how a switch ended, which it must do soon."""
        return await asyncio.wait_for(handle.result(), POLLS_MAX * POLL_SECONDS)

    async def until_stage(self, handle: SwitchHandle, stage: str) -> None:
        """Wait until a switch shows a stage."""

        async def is_there() -> bool:
            try:
                return (await handle.query(PlanSwitch.status)).stage == stage
            except RPCError as error:
                # A switch whose start was delayed answers once its first task is there.
                if error.status is not RPCStatusCode.FAILED_PRECONDITION:
                    raise
                return False

        await until(is_there, f"the switch never reached {stage}")

    async def until_waiting(self, handle: SwitchHandle) -> None:
        """Wait until a switch waits for an operator."""

        async def waits() -> bool:
            return (await handle.query(PlanSwitch.status)).waits_for == "operator"

        await until(waits, "the switch never waited for an operator")

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so."""
        await until(partial(asyncio.to_thread, is_so), "it never came to that")

    async def cancel(self, handle: SwitchHandle, request_id: str = "cancel-1") -> CommandAnswer:
        """Send the operator's cancel."""
        command = OperatorCommand(request_id=request_id, actor=OPERATOR, reason="wrong plan")
        return await handle.execute_update(PlanSwitch.cancel, command, id=request_id)

    async def roll_back(self, handle: SwitchHandle, request_id: str = "back-1") -> CommandAnswer:
        """Send the operator's roll-back."""
        command = OperatorCommand(request_id=request_id, actor=OPERATOR, reason="too many calls")
        return await handle.execute_update(PlanSwitch.roll_back, command, id=request_id)

    async def retry(self, handle: SwitchHandle, request_id: str = "retry-1") -> CommandAnswer:
        """Send the operator's retry."""
        command = OperatorCommand(request_id=request_id, actor=OPERATOR, reason="fixed it")
        return await handle.execute_update(PlanSwitch.retry_failed, command, id=request_id)

    def block(self, *matches: str, kind: str = "unavailable") -> None:
        """Let every request that begins with one of `matches` fail; no match lets all pass again."""
        self.sandbox.settings(faults=[{"match": each, "kind": kind, "count": 10_000} for each in matches])

    def verdict(self, order: SwitchOrder) -> dict[str, Any]:
        """Return what the referee says on the organization."""
        return self.sandbox.verdict(order.organization_id)

    def failings(self, order: SwitchOrder) -> dict[str, Any]:
        """Return the figures of the referee that must be zero."""
        verdict = self.verdict(order)
        return {name: verdict[name] for name in CLEAN}

    def users(self, order: SwitchOrder) -> dict[str, dict[str, list[str]]]:
        """Return what the sandbox shows: user -> plan -> services switched off, sorted."""
        path = f"/sandbox/organizations/{order.organization_id}/users"
        return {
            user["id"]: {
                state["skuId"]: sorted(state["disabledPlans"])
                for state in user["licenseAssignmentStates"]
                if state["state"] != "Error"
            }
            for user in self.sandbox.control.get(path).raise_for_status().json()["users"]
        }

    def users_left(self, order: SwitchOrder) -> list[str]:
        """Return the users who still hold the old plan."""
        return [user for user, plans in self.users(order).items() if SOURCE_PLAN in plans]

    def ledger(self, order: SwitchOrder, kind: str) -> list[dict[str, Any]]:
        """Return the ledger's entries of one kind."""
        answer = self.sandbox.control.get(
            f"/billing/v1/customers/{order.organization_id}/ledger",
            headers={"Authorization": f"Bearer sandbox-{order.organization_id}"},
        )
        entries: list[dict[str, Any]] = answer.raise_for_status().json()["entries"]
        return [entry for entry in entries if entry["kind"] == kind]

    def quoted_totals(self, order: SwitchOrder) -> set[int]:
        """Return what the accepted quote charges on each of its days, in minor units."""
        fixed = next(each.event for each in self.source_events(order) if isinstance(each.event, QuoteFixed))
        return {day.total.minor_units for day in Quote.from_facts(fixed.quote).days}

    def source_events(self, order: SwitchOrder) -> list[StoredNotification]:
        """Return the events of the subscription that is left."""
        stream = self.store.resolve_subscription(order.organization_id, order.source_subscription_id)
        return self.store.stream_events(stream)

    def target_events(self, order: SwitchOrder) -> list[StoredNotification]:
        """Return the events of the subscription that was ordered."""
        return self.store.stream_events(replacement_stream_id(order.switch_id))

    def organization_events(self, order: SwitchOrder) -> list[StoredNotification]:
        """Return the events of the organization."""
        return self.store.stream_events(organization_stream_id(order.organization_id))

    def source_topics(self, order: SwitchOrder) -> list[str]:
        """Return the topics of the source's events, without their common prefix."""
        return [each.topic.removeprefix("subscription.") for each in self.source_events(order)]

    def ending(self, order: SwitchOrder) -> list[StoredNotification]:
        """Return the events of the source without those that stand wherever they were recorded first."""
        return [each for each in self.source_events(order) if each.topic not in BESIDE]

    def ending_topics(self, order: SwitchOrder) -> list[str]:
        """Return the topics of `ending`, without their common prefix."""
        return [each.topic.removeprefix("subscription.") for each in self.ending(order)]

    def is_free(self, order: SwitchOrder) -> bool:
        """Tell whether nobody holds a lock of the organization."""
        found = self.store.organization(order.organization_id)
        return found is None or not (found.live_switch or found.administration_lock or found.commerce_lock)


async def until(is_so: Callable[[], Awaitable[bool]], otherwise: str) -> None:
    """Wait until something is so; `otherwise` is said when it never is."""
    end, pause_seconds = monotonic() + POLLS_MAX * POLL_SECONDS, POLL_SECONDS
    while monotonic() < end:
        if await is_so():
            return
        # What is asked costs a workflow task: who waits long asks less often.
        await asyncio.sleep(pause_seconds)
        pause_seconds = min(1.2 * pause_seconds, PAUSE_SECONDS_MAX)
    raise TimeoutError(otherwise)


def meta_of(notification: StoredNotification) -> dict[str, Any]:
    """Return who and what caused an event."""
    event: Any = notification.event
    meta: dict[str, Any] = event.meta
    return meta


#: Makes the outside of a world, and what closes it.
def unique_request_id(name: str) -> str:
    """Return a request id that begins with a name and that no other run uses.

    Worlds of one process share a Temporal server, and seeds make the same organizations in each of them: with
    a fixed id a run in one world would read the end of the run that another world had before.
    """
    return f"{name}-{uuid.uuid4().hex}"


Connect = Callable[[SandboxCloud, SwitchStore], tuple[CloudFactory, Callable[[], None]]]


def _to_sandbox(sandbox: SandboxCloud, _store: SwitchStore) -> tuple[CloudFactory, Callable[[], None]]:
    """Connect as everybody is let in: by the tokens of the sandbox."""
    return cloud_factory(sandbox.url)


def _changed(build: CloudFactory, change: Callable[[Cloud], Cloud]) -> CloudFactory:
    """Return a factory whose clouds are changed before they are handed out."""

    def changed(
        observer: CallObserver,
        announce: CallAnnouncer = unannounced,
        answered: AnsweredAttempts = none_answered,
    ) -> Cloud:
        return change(build(observer, announce, answered))

    return changed


@asynccontextmanager
async def open_world(
    client: Client,
    database_url: str,
    sandbox: SandboxCloud,
    folder: Path,
    *,
    slice_size: int = 2000,
    settle_seconds: float = SETTLE_SECONDS,
    points: Points | None = None,
    approvals: ApprovalPolicy = OFF,
    build: BuildWorkers = build_workers,
    connect: Connect = _to_sandbox,
) -> AsyncIterator[World]:
    """Open a world with a running worker on a task queue of its own."""
    await asyncio.to_thread(migrate, database_url)
    (worker_url,) = await asyncio.to_thread(url_as, database_url, DatabaseRole.WORKER)
    client = signing_client(client)
    keys = FileKeyProvider.create(folder / "master.key")
    with ExitStack() as closing:
        # Also when a test fails: what it left open would fail the tests that come after it.
        store = closing.enter_context(SwitchStore.open(worker_url, keys, pool_size=12, words=VENDOR_WORDS))
        build_cloud, close_cloud = connect(sandbox, store)
        closing.callback(close_cloud)
        changed = _changed(build_cloud, lambda cloud: world.change_cloud(cloud))  # noqa: PLW0108 - made below
        toolbox = Toolbox(
            store=store,
            cloud_factory=changed,
            catalogs=Catalogs(store.application),
            command_keys=KEYS,
            slice_size=slice_size,
            lanes=4,
            batches_in_flight=4,
            settle_seconds=settle_seconds,
            points=points or Ambushes(),
            alarm_contact="operations@example.com",
            approvals=approvals,
        )
        world = World(
            client=client,
            toolbox=toolbox,
            sandbox=sandbox,
            task_queue=f"world-{uuid.uuid4().hex}",
            database_url=database_url,
        )
        steps, slices = build(client, toolbox, task_queue=world.task_queue)
        world.workers = (steps, slices)
        async with steps, slices:
            yield world


__all__ = [
    "ACTOR",
    "CLEAN",
    "OPERATOR",
    "SOURCE_PLAN",
    "TARGET_PLAN",
    "SwitchHandle",
    "World",
    "meta_of",
    "open_world",
    "until",
]
