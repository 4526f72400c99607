"""A worker whose cloud is Quill: the same steps and workflows, another vendor's adapters and plans."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy

from activities.assessment.circumstances import SwitchQuestion
from activities.assessment.preparation import Prepared, prepare
from activities.base.step import Toolbox
from activities.contract import SwitchOrder
from domain.kernel.ids import switch_id_of, workflow_id_of
from domain.ports.cloud import ProviderCall
from domain.requests.terms import SwitchTerms
from store.migrate import migrate
from store.record.catalogs import Catalogs
from store.roles.role import DatabaseRole
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.clouds.quill.catalog import make_current
from tests.support.clouds.quill.cloud import QuillCloud
from tests.support.clouds.quill.state import BUSINESS, Edition
from tests.support.clouds.quill.state import Customer as QuillCustomer
from tests.support.databases.database_roles import url_as
from tests.support.worlds.signing import KEYS, signing_client
from tests.support.worlds.world import ACTOR, POLL_SECONDS, POLLS_MAX, SETTLE_SECONDS
from worker import build_workers
from workflows.base.messages import SwitchResult
from workflows.switch.plan_switch import PlanSwitch


@dataclass(kw_only=True)
class QuillWorld:
    """A running worker, its record, and Quill."""

    client: Client
    toolbox: Toolbox
    quill: QuillCloud
    task_queue: str
    #: Calls that the questions of the test itself have made; the steps record theirs.
    calls: list[ProviderCall] = field(default_factory=list)

    def prepare(self, customer: QuillCustomer, edition: Edition) -> Prepared:
        """Assess and quote a switch to the higher plan."""
        terms = SwitchTerms(
            organization_id=customer.customer_id,
            source_subscription_id=edition.edition_id,
            target_plan_id=BUSINESS,
        )
        return prepare(
            self.quill.connect(self.calls.append),
            self.toolbox.store.organization(customer.customer_id),
            self.toolbox.catalogs.current(),
            SwitchQuestion(terms=terms),
            now=datetime.now(UTC),
        )

    def order(self, customer: QuillCustomer, prepared: Prepared) -> SwitchOrder:
        """Return the order of a switch that accepts a quote."""
        request_id = uuid.uuid4().hex
        return SwitchOrder(
            switch_id=switch_id_of(customer.customer_id, request_id),
            request_id=request_id,
            organization_id=customer.customer_id,
            source_subscription_id=prepared.source.subscription_id,
            target_plan_id=BUSINESS,
            quote_digest=prepared.quote.digest,
            quoted_on=prepared.quote.input.quoted_on.isoformat(),
            catalog_version=prepared.quote.input.price_list_version,
            actor=ACTOR,
            reason="grow",
        )

    async def complete(self, order: SwitchOrder) -> SwitchResult:
        """Run a switch to its end."""
        start = WithStartWorkflowOperation(
            PlanSwitch.run,
            order,
            id=workflow_id_of(order.organization_id, order.request_id),
            task_queue=self.task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
        )
        await self.client.execute_update_with_start_workflow(
            PlanSwitch.await_request, order, start_workflow_operation=start
        )
        handle = await start.workflow_handle()
        return await asyncio.wait_for(handle.result(), POLLS_MAX * POLL_SECONDS)


@asynccontextmanager
async def open_quill_world(client: Client, database_url: str, folder: Path) -> AsyncIterator[QuillWorld]:
    """Open a world with a running worker on a task queue of its own."""
    await asyncio.to_thread(migrate, database_url)
    (worker_url,) = await asyncio.to_thread(url_as, database_url, DatabaseRole.WORKER)
    client = signing_client(client)
    quill = QuillCloud()
    keys = FileKeyProvider.create(folder / "master.key")
    with SwitchStore.open(worker_url, keys, pool_size=12) as store:
        toolbox = Toolbox(
            store=store,
            cloud_factory=quill.connect,
            catalogs=Catalogs(store.application),
            command_keys=KEYS,
            slice_size=10,
            lanes=2,
            batches_in_flight=2,
            settle_seconds=SETTLE_SECONDS,
            alarm_contact="operations@example.com",
        )
        make_current(toolbox.catalogs)
        task_queue = f"quill-{uuid.uuid4().hex}"
        steps, slices = build_workers(client, toolbox, task_queue=task_queue)
        async with steps, slices:
            yield QuillWorld(client=client, toolbox=toolbox, quill=quill, task_queue=task_queue)
