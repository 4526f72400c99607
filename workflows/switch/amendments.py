"""Amendments of a running switch's licenses: one at a time, never beside the cancellation or the way back."""

from __future__ import annotations

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.operator.control_contract import AMEND_QUANTITY, AmendQuantityInput, CommandResult
from domain.switch.stage import SHOWN_TURNABLE
from workflows.base.messages import AmendQuantity
from workflows.switch.run import SwitchRun

CLOSED = (
    "The licenses are not there yet, the way back has begun, or the old subscription is being cancelled: "
    "they can't be amended now."
)
#: Of licenses only: both plans are owned, so that nothing is amended in any stage.
NOTHING_ORDERED = "Both plans are owned: the switch has ordered no licenses that could be amended."
STOPPED = "The switch goes back to the old plan, and the order is voided with all its licenses."


class Amendments:
    """The amendments of one switch."""

    def __init__(self, run: SwitchRun) -> None:
        self._run = run
        self._running: asyncio.Task[CommandResult] | None = None
        self._is_closed = False

    async def amend(self, command: AmendQuantity) -> tuple[bool, str]:
        """Carry out one amendment, and return whether it was accepted and what became of it.

        Raises:
            ActivityError: It failed for good.
        """
        if self._is_closed or self._running is not None or self._run.stage not in SHOWN_TURNABLE:
            return False, NOTHING_ORDERED if self._run.order.licenses_only else CLOSED
        self._running = asyncio.create_task(self._amend(command))
        try:
            result = await self._running
        except (ActivityError, asyncio.CancelledError):
            if not self._is_closed:
                raise
            return False, NOTHING_ORDERED if self._run.order.licenses_only else STOPPED
        finally:
            self._running = None
        return result.accepted, result.message

    async def until_done(self) -> None:
        """Wait for an amendment that is being carried out: what is cancelled is billed as it is recorded."""
        while self._running is not None:
            await workflow.wait_condition(lambda: self._running is None)

    async def close(self) -> None:
        """Accept no more of them, and stop the one that is being carried out: the order will be voided."""
        self._is_closed = True
        if self._running is not None:
            self._running.cancel()
        await self.until_done()

    async def _amend(self, command: AmendQuantity) -> CommandResult:
        return await self._run.run_step(
            AMEND_QUANTITY,
            self._run.input_for(AmendQuantityInput, command),
            summary=f"{command.quantity} licenses",
        )
