"""The watch over the invoice with the credit: it outlives its switch (rules#promises)."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, WorkflowAlreadyStartedError

from activities.base.promise_contract import (
    CREDIT_INVOICE,
    END_INVOICE_WATCH,
    LOOK_FOR_INVOICE,
    LOOKS_EVERY_DAYS,
    NOT_DELIVERED,
    NOT_SETTLED,
    RECORD_MISSED,
    EndInvoiceWatchInput,
    LookForInvoiceInput,
    LookForInvoiceResult,
    RecordMissedInput,
)
from activities.contract import StreamPosition, SwitchOrder
from workflows.base.plain_messages import plain_run, plain_start
from workflows.base.steps import Progress
from workflows.watch.alarms import Alarm

#: Days from one look to the next while the invoice may still be in time; then one look a week.
GAPS_DAYS = (1, 1, 2, 3, 4, 5, 6, 7)
WEEK = timedelta(days=LOOKS_EVERY_DAYS)
#: Nobody looks longer than this; an operator was alarmed long before.
WATCH = timedelta(days=180)
#: How long after the promised end a look comes.
AFTERWARDS = timedelta(seconds=1)
#: More looks than a watch can have: the first gaps, the promised end, a settlement, and the weeks.
LOOKS_MAX = 40
DELIVERED = "delivered"


@dataclass(frozen=True, kw_only=True)
class InvoiceWatchInput:
    """Which invoice to wait for."""

    order: SwitchOrder
    #: What the steps of the switch saved.
    after: tuple[StreamPosition, ...]
    promised_at: datetime


@dataclass(frozen=True, kw_only=True)
class InvoiceWatchResult:
    """How a watch ended."""

    #: delivered, or what was still open when nobody looked any more: not_delivered, not_settled.
    reason: str
    looks: int


async def begin_invoice_watch(
    order: SwitchOrder, after: tuple[StreamPosition, ...], promised_at: datetime | None
) -> None:
    """Start the watch as a child that goes on when the switch has ended; one that runs already is left alone.

    Args:
        order: The switch.
        after: What its steps have saved.
        promised_at: Until when the invoice is promised; None starts nothing.
    """
    if promised_at is None:
        return
    with contextlib.suppress(WorkflowAlreadyStartedError):
        await workflow.start_child_workflow(
            InvoiceWatch.run,
            InvoiceWatchInput(order=order, after=after, promised_at=promised_at),
            id=f"invoice:{order.switch_id}",
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            static_summary="invoice with the credit",
        )


@workflow.defn(name="InvoiceWatch")
class InvoiceWatch:
    """Look from time to time until the invoice was delivered and its credit has arrived."""

    @plain_start
    def __init__(self, watch: InvoiceWatchInput) -> None:
        self._watch = watch
        self._progress = Progress(watch.after)
        self._looked: LookForInvoiceResult | None = None
        self._is_missed = False
        self._promised: Alarm | None = None

    @plain_run
    async def run(self, watch: InvoiceWatchInput) -> InvoiceWatchResult:
        """Watch, and return how it ended."""
        looks = 0
        self._promised = Alarm(watch.promised_at, summary="the invoice's promised end")
        over = Alarm(workflow.now() + WATCH, summary="the end of the watch")
        while looks < LOOKS_MAX and not over.has_rung:
            pause = self._pause(looks)
            workflow.set_current_details(f"{looks} looks; promised until {watch.promised_at}")
            await workflow.sleep(pause, summary=self._open_point())
            looks += 1
            await self._look(looks)
            if not self._open_point():
                return InvoiceWatchResult(reason=DELIVERED, looks=looks)
        return await self._give_up(looks)

    def _pause(self, looks: int) -> timedelta:
        """Return how long to wait: until the credit should be there, the next gap, or the promised end."""
        now, promised_at = workflow.now(), self._watch.promised_at
        gap = timedelta(days=GAPS_DAYS[looks]) if looks < len(GAPS_DAYS) else WEEK
        if self._is_delivered():
            settles_at = self._looked.settles_at if self._looked else None
            return settles_at - now if settles_at is not None and settles_at > now else WEEK
        # A look right at the promised end is to find that it has passed.
        return promised_at - now + AFTERWARDS if now < promised_at < now + gap else gap

    async def _look(self, looks: int) -> None:
        """Ask billing; where it gives no answer, what it said before still counts."""
        looks_at = None if self._is_delivered() else workflow.now() + self._pause(looks)
        with contextlib.suppress(ActivityError):
            self._looked = await self._progress.run_step(
                LOOK_FOR_INVOICE,
                LookForInvoiceInput(
                    order=self._watch.order, after=self._progress.positions(), looks_at=looks_at
                ),
            )
        if self._is_late() and not self._is_missed:
            await self._record_missed()

    def _is_delivered(self) -> bool:
        return self._looked is not None and self._looked.delivered_at is not None

    def _is_late(self) -> bool:
        """Tell whether the invoice came after its promised end, or has not come although that has passed."""
        if self._looked is None or self._looked.delivered_at is None:
            return self._promised is not None and self._promised.has_rung
        return self._looked.delivered_at > self._watch.promised_at

    def _open_point(self) -> str:
        """Return what is still waited for, "" when nothing is."""
        if not self._is_delivered():
            return NOT_DELIVERED
        return "" if self._looked and self._looked.is_settled else NOT_SETTLED

    async def _record_missed(self) -> None:
        with contextlib.suppress(ActivityError):
            await self._progress.run_step(
                RECORD_MISSED,
                RecordMissedInput(
                    order=self._watch.order,
                    after=self._progress.positions(),
                    promise=CREDIT_INVOICE,
                    promised_at=self._watch.promised_at,
                ),
            )
            self._is_missed = True

    async def _give_up(self, looks: int) -> InvoiceWatchResult:
        reason = self._open_point()
        await self._progress.run_step(
            END_INVOICE_WATCH,
            EndInvoiceWatchInput(order=self._watch.order, after=self._progress.positions(), reason=reason),
        )
        return InvoiceWatchResult(reason=reason, looks=looks)
