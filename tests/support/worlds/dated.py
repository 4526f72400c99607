"""Switches that start at a chosen instant: the switch, its steps and the sandbox share a clock of their own.

The switch is started with a delay that leads to the instant, so that no date of these tests depends on
today's. The server tells its activities that they start at the switch's time, which is what they record. The
sandbox knows nothing of that: its clock stands still until a test moves it along with the switch's.

When a wait should end is found here by plain loops over days, with the list of holidays itself.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from activities.assessment.circumstances import SwitchQuestion
from activities.assessment.preparation import Prepared, prepare
from domain.catalog.catalog import load_catalog
from domain.kernel.ids import workflow_id_of
from domain.requests.terms import SwitchTerms
from sandbox.kernel.clock import ManualClock
from tests.support.clouds.cloud_server import TARGET_PLAN, running_sandbox
from tests.support.worlds.credit import CreditCase
from tests.support.worlds.world import OF_THE_QUESTION, BuildWorkers, World, open_world
from worker import build_workers
from workflows.switch.plan_switch import PlanSwitch

#: Enough for an invoice.
USERS = 25
#: Days that a wait may look ahead.
HORIZON_DAYS = 40


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an organization is, and when it is closed."""

    country: str
    subdivision: str | None
    zone: str
    cut_off_hour: int | None = None
    #: ISO dates, apart from each other by blanks.
    closed: str = ""

    @property
    def profile(self) -> dict[str, Any]:
        """The fields of the billing profile."""
        return {
            "country": self.country,
            "subdivision": self.subdivision,
            "time_zone": self.zone,
            "cut_off_hour": self.cut_off_hour,
            "closing_days": self.closed.split(),
        }

    def instant(self, text: str, *, fold: int = 0) -> datetime:
        """Return the instant at which the clocks of the place show `text`."""
        shown = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(self.zone), fold=fold)
        return shown.astimezone(UTC)

    def shown(self, instant: datetime) -> str:
        """Return what the clocks of the place show at an instant, to the second."""
        return instant.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None).isoformat(" ", "seconds")

    def days_off(self, year: int) -> list[date]:
        """Return public holidays and closing days around a year."""
        public = holidays.country_holidays(
            self.country, subdiv=self.subdivision, years=range(year - 1, year + 2)
        )
        return [*public, *map(date.fromisoformat, self.closed.split())]

    def business_days_after(self, start: datetime, days: int) -> datetime:
        """Return the instant so many business days after `start`, by walking from day to day."""
        local = start.astimezone(ZoneInfo(self.zone))
        off = self.days_off(local.year)
        weekend = holidays.country_holidays(self.country, subdiv=self.subdivision).weekend
        walked = [local.date() + timedelta(days=number) for number in range(HORIZON_DAYS)]
        open_days = [day for day in walked if day.weekday() not in weekend and day not in off]
        clock = local.time()
        if local.date() not in open_days:
            clock = time()
        elif self.cut_off_hour is not None and local.hour >= self.cut_off_hour:
            clock = time()
            open_days = open_days[1:]
        return datetime.combine(open_days[days], clock, ZoneInfo(self.zone)).astimezone(UTC)

    def days_after(self, start: datetime, days: int) -> datetime:
        """Return the instant at which the clocks show the same, so many days later."""
        local = start.astimezone(ZoneInfo(self.zone))
        later = local.date() + timedelta(days=days)
        return datetime.combine(later, local.time(), ZoneInfo(self.zone)).astimezone(UTC)


@dataclass(kw_only=True)
class DatedWorld(World):
    """A world in which it is a chosen instant."""

    environment: WorkflowEnvironment
    clock: ManualClock

    def now(self) -> datetime:
        """Return what the sandbox's clock shows."""
        return self.clock.now()

    def prepare(self, organization: dict[str, Any], **changes: Any) -> Prepared:
        """Assess and quote at the chosen instant."""
        options = {name: changes.pop(name) for name in set(changes) - OF_THE_QUESTION}
        facts = {"source_subscription_id": organization["subscription_id"], "target_plan_id": TARGET_PLAN}
        terms = SwitchTerms(organization_id=organization["organization_id"], **{**facts, **options})
        if terms.selection:
            changes["users_to_move"] = terms.selected
        question = SwitchQuestion(terms=terms, **changes)
        record = self.store.organization(organization["organization_id"])
        return prepare(self.sandbox.cloud, record, load_catalog(), question, now=self.clock.now())

    def dismiss(self) -> None:
        """Let switches that are started from now on have no worker but those of `staffed`."""
        self.task_queue = f"unstaffed-{uuid.uuid4().hex}"

    def bureau_decides(self, case: CreditCase, verdict: str, instant: datetime) -> None:
        """Let the bureau decide at an instant; nobody is called back."""
        self.move_clock(instant)
        self.sandbox.edit(case.order.organization_id, kind="credit", verdict=verdict)

    def check_status(self, case: CreditCase) -> str:
        """Return how far the bureau is with a check."""
        found = self.sandbox.cloud.credit.check(case.order.organization_id, case.required.check_id)
        return found.status

    def move_clock(self, instant: datetime) -> None:
        """Let the sandbox's clock show an instant."""
        self.clock.advance(seconds=(instant - self.clock.now()).total_seconds())

    async def begin(
        self,
        place: Place,
        *,
        late: timedelta = timedelta(0),
        made: dict[str, Any] | None = None,
        **changes: Any,
    ) -> CreditCase:
        """Start a switch by invoice of an organization there, now by this world's clock.

        Args:
            place: Where it is.
            late: So much the switch's clock is ahead of what the seller's shows.
            made: The organization, where the test has made one.
            changes: What is asked for otherwise.
        """
        organization = made or self.organization(users=USERS, profile=place.profile)
        order = self.order(organization, payment_method="invoice", **changes)
        handle = await self.client.start_workflow(
            PlanSwitch.run,
            order,
            id=workflow_id_of(order.organization_id, order.request_id),
            task_queue=self.task_queue,
            start_delay=self.clock.now() + late - datetime.now(UTC),
        )
        case = DatedCase(world=self, environment=self.environment, order=order, handle=handle)
        await case.forward_to(self.clock.now(), seconds=late.total_seconds())
        return case

    async def wait_begins(self, place: Place, **changes: Any) -> CreditCase:
        """Start a switch and wait until it waits for its credit check."""
        case = await self.begin(place, **changes)
        answer = await case.handle.execute_update(PlanSwitch.await_request, case.order)
        assert answer.accepted, answer
        await self.until_stage(case.handle, "credit_check")
        return case


@dataclass(kw_only=True)
class DatedCase(CreditCase):
    """A switch whose sandbox moves with it."""

    async def forward_to(self, instant: datetime, *, seconds: float = 1) -> None:
        """Move the clocks of switch and sandbox to some seconds after an instant."""
        if isinstance(self.world, DatedWorld) and instant > self.world.clock.now():
            self.world.move_clock(instant)
        await super().forward_to(instant, seconds=seconds)


@asynccontextmanager
async def staffed(world: World, *, build: BuildWorkers = build_workers) -> AsyncIterator[None]:
    """Let workers work for a world until the block ends, as a process does until it is stopped."""
    steps, slices = build(world.client, world.toolbox, task_queue=world.task_queue)
    async with steps, slices:
        yield


@dataclass(frozen=True, kw_only=True)
class DatedWorlds:
    """Worlds of one test, each with a sandbox of its own; the record is new."""

    shared: World
    environment: WorkflowEnvironment
    database_url: str
    folder: Path

    @asynccontextmanager
    async def at(
        self,
        start: datetime,
        *,
        build: BuildWorkers = build_workers,
        client_at: Callable[[DatedWorlds, Callable[[], datetime]], Client] | None = None,
    ) -> AsyncIterator[DatedWorld]:
        """Open a world in which it is `start`; `client_at` makes a client of its own from its clock."""
        clock = ManualClock(start)
        with running_sandbox(self.folder / "cloud", clock=clock) as sandbox:
            client = client_at(self, clock.now) if client_at else self.shared.client
            opened = open_world(client, self.database_url, sandbox, self.folder, build=build)
            async with opened as world:
                dated = DatedWorld(
                    client=world.client,
                    toolbox=world.toolbox,
                    sandbox=sandbox,
                    task_queue=world.task_queue,
                    environment=self.environment,
                    clock=clock,
                )
                dated.calm()
                yield dated
