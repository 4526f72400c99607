"""The watch over the invoice with the credit, with the clock moved on (rules#promises)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from activities.contract import SwitchOrder
from domain.licenses.promised_time import invoice_promised_at
from domain.operator.alarms import AlarmRaised
from domain.subscriptions.billing_events import InvoiceDelivered, InvoiceWatchEnded
from domain.switch.events import PromiseMissed
from domain.switch.move_events import CreditSettled
from tests.support.switches.invoices import LONG_SECONDS
from tests.support.worlds.forward import forward
from tests.support.worlds.world import World
from workflows.watch.invoice_watch import InvoiceWatch, InvoiceWatchInput, InvoiceWatchResult

BERLIN = "Europe/Berlin"
#: Starts whose thirty days hold a year end, the beginning and the end of summer time.
STARTS = [(12, 15), (3, 10), (10, 10)]
#: Events of a watch whose first look finds everything: start, three timers, one activity, end; five are
#: those by which the test moves the clock.
EVENTS_MAX = 23


@dataclass(kw_only=True)
class Case:
    """One completed switch whose invoice is on its way."""

    world: World
    environment: WorkflowEnvironment
    order: SwitchOrder

    async def watch(
        self, promised_at: datetime, *, start_delay: timedelta | None = None
    ) -> WorkflowHandle[InvoiceWatch, InvoiceWatchResult]:
        """Start a watch beside the switch's own."""
        return await self.world.client.start_workflow(
            InvoiceWatch.run,
            InvoiceWatchInput(order=self.order, after=(), promised_at=promised_at),
            id=f"test-invoice:{self.order.switch_id}",
            task_queue=self.world.task_queue,
            start_delay=start_delay,
        )

    def arrive(self, *kinds: str) -> None:
        """Let what is on its way arrive at the sandbox."""
        for kind in kinds:
            self.world.sandbox.edit(self.order.organization_id, kind=kind)

    def missed(self) -> list[tuple[str, datetime]]:
        """Return the missed promises with the instants that were promised."""
        return [
            (each.event.promise, each.event.promised_at)
            for each in self.world.source_events(self.order)
            if isinstance(each.event, PromiseMissed)
        ]

    def has(self, event_class: type[object]) -> bool:
        """Tell whether source or target have an event."""
        events = (*self.world.source_events(self.order), *self.world.target_events(self.order))
        return any(isinstance(each.event, event_class) for each in events)


@pytest_asyncio.fixture(name="case")
async def _case(world: World, temporal_env: WorkflowEnvironment) -> AsyncIterator[Case]:
    """Yield a completed switch whose invoice nobody delivers."""
    world.sandbox.settings(invoice_delivery_delay_seconds=LONG_SECONDS)
    order = world.order(world.organization(users=3))
    assert (await world.complete(order)).outcome == "completed"
    yield Case(world=world, environment=temporal_env, order=order)
    world.sandbox.settings(invoice_delivery_delay_seconds=0.0)


def in_days(days: float) -> datetime:
    """Return an instant counted from now."""
    return datetime.now(UTC) + timedelta(days=days)


async def test_one_look_is_enough_when_all_is_there(case: Case) -> None:
    """The good case is one look after a day, few events, and both facts in the record."""
    case.arrive("invoice_delivery", "credit_settlement")
    handle = await case.watch(in_days(30))

    await case.environment.fast_forward(handle)
    result = await handle.result()

    assert (result.reason, result.looks) == ("delivered", 1)
    assert case.has(InvoiceDelivered)
    assert case.has(CreditSettled)
    assert case.missed() == []
    events = (await handle.fetch_history()).events
    activities = [e for e in events if e.HasField("activity_task_scheduled_event_attributes")]
    assert len(activities) == 1
    assert len(events) <= EVENTS_MAX


async def test_delivered_on_the_third_day(case: Case) -> None:
    """Looks come after one, two and four days; the one that finds the invoice in time is the last."""
    handle = await case.watch(in_days(30))
    await forward(case.environment, handle, timedelta(days=3))
    before = case.has(InvoiceDelivered)
    case.arrive("invoice_delivery", "credit_settlement")

    await case.environment.fast_forward(handle)
    result = await handle.result()

    assert not before
    assert (result.reason, result.looks) == ("delivered", 3)
    assert case.has(InvoiceDelivered)
    assert case.missed() == []


@pytest.mark.parametrize(("month", "day"), STARTS)
async def test_breach_comes_thirty_days_after_the_cutover(case: Case, month: int, day: int) -> None:
    """Never delivered: the promise is missed at the same local time thirty days later, and recorded once."""
    zone, now = ZoneInfo(BERLIN), datetime.now(UTC)
    cut_over_at = datetime(now.year, month, day, 10, 30, tzinfo=zone)
    if cut_over_at < now + timedelta(hours=1):
        cut_over_at = cut_over_at.replace(year=now.year + 1)
    promised_at = invoice_promised_at(cut_over_at, BERLIN)
    handle = await case.watch(promised_at, start_delay=cut_over_at - now)
    await forward(case.environment, handle, promised_at - now - timedelta(minutes=5))
    before = case.missed()

    await forward(case.environment, handle, timedelta(minutes=6))
    await case.world.until(lambda: bool(case.missed()))
    events = [each.event for each in case.world.source_events(case.order)]
    recorded = next(each for each in reversed(events) if not isinstance(each, AlarmRaised))

    assert before == []
    assert case.missed() == [("credit_invoice", promised_at)]
    assert isinstance(recorded, PromiseMissed)
    assert promised_at <= recorded.timestamp < promised_at + timedelta(minutes=1)
    assert promised_at.astimezone(zone).replace(tzinfo=None) == (
        cut_over_at.replace(tzinfo=None) + timedelta(days=30)
    )
    await handle.terminate("seen")


async def test_late_delivery_ends_the_watch(case: Case) -> None:
    """After the breach looks go on weekly; a late invoice ends them, and the promise is missed once."""
    promised_at = in_days(30)
    handle = await case.watch(promised_at)
    await forward(case.environment, handle, timedelta(days=40))
    case.arrive("invoice_delivery", "credit_settlement")

    await case.environment.fast_forward(handle)
    result = await handle.result()

    assert result.reason == "delivered"
    assert case.missed() == [("credit_invoice", promised_at)]


async def test_delivery_after_the_promise_is_a_breach(case: Case) -> None:
    """An invoice that arrived late is a missed promise also where nobody looked meanwhile."""
    promised_at = in_days(-1)
    case.arrive("invoice_delivery", "credit_settlement")
    handle = await case.watch(promised_at)

    await case.environment.fast_forward(handle)

    assert (await handle.result()).reason == "delivered"
    assert case.missed() == [("credit_invoice", promised_at)]


async def test_breach_is_recorded_though_billing_is_down(case: Case) -> None:
    """Billing that does not answer at the promised end keeps no breach out of the record."""
    promised_at = in_days(0.5)
    case.world.block(f"GET /billing/v1/customers/{case.order.organization_id}/invoices")
    handle = await case.watch(promised_at)

    await forward(case.environment, handle, timedelta(days=0.5, minutes=30))
    await case.world.until(lambda: bool(case.missed()))

    assert case.missed() == [("credit_invoice", promised_at)]
    case.world.block()
    case.arrive("invoice_delivery", "credit_settlement")
    await case.environment.fast_forward(handle)
    assert (await handle.result()).reason == "delivered"


@pytest.mark.parametrize(
    ("arrives", "reason"), [((), "not_delivered"), (("invoice_delivery",), "not_settled")]
)
async def test_watch_ends_with_its_reason(case: Case, arrives: tuple[str, ...], reason: str) -> None:
    """After 180 days nobody looks any more, and the record tells what was open."""
    case.arrive(*arrives)
    handle = await case.watch(in_days(30))
    started = datetime.now(UTC)

    await case.environment.fast_forward(handle)
    result = await handle.result()

    ended = [
        each.event
        for each in case.world.target_events(case.order)
        if isinstance(each.event, InvoiceWatchEnded)
    ]
    assert [event.reason for event in ended] == [result.reason] == [reason]
    assert bool(case.missed()) == (reason == "not_delivered")
    assert await case.environment.get_current_time(handle) - started >= timedelta(days=180)
    assert not case.has(CreditSettled)
