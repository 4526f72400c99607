"""The order of a switch: it is placed, its credit is checked, and the new subscription is waited for."""

from __future__ import annotations

from datetime import datetime

from temporalio import workflow

from activities.contract import (
    CHECK_CREDIT,
    CONFIRM_PROVISIONING,
    ORDER_REPLACEMENT,
    ConfirmProvisioningInput,
    ProvisioningWait,
)
from activities.operator.control_contract import WAIT_ON, WaitOnInput
from domain.switch.stage import Stage
from workflows.base.messages import CommandAnswer, OperatorCommand
from workflows.switch.credit_wait import CreditWait
from workflows.switch.run import SwitchRun
from workflows.watch.promise_watch import PromiseWatch

#: Whom a stage of the wait for the new subscription waits for.
WAITS_FOR = {Stage.PROVISIONING: "seller", Stage.PROVISIONING_OVERDUE: "operator"}


class Ordering:
    """The order of one switch, all of which can be taken back (switch#ways-back)."""

    def __init__(self, run: SwitchRun, credit: CreditWait, promises: PromiseWatch) -> None:
        self._run = run
        self._credit = credit
        self._promises = promises
        #: When the operator was asked what is shown as open; None: nothing is.
        self._asked_at: datetime | None = None

    async def place(self) -> None:
        """Order the new subscription, and wait until its credit is cleared."""
        self._run.enter(Stage.ORDERING, "seller")
        self._run.is_order_unknown = True
        ordered = await self._run.step(ORDER_REPLACEMENT)
        self._run.is_order_unknown = False
        self._promises.warn_of_void_window(ordered.voidable_until)
        check = await self._run.step(CHECK_CREDIT)
        if check.required:
            # The check is promised by itself; the other promises wait for it.
            self._promises.pause()
            await self._credit.run(check)
            self._promises.resume()
            self._run.raise_if_turned_back()
        self._credit.close()

    async def until_confirmed(self) -> None:
        """Wait until the owned subscription that receives the users is ready; nothing is ordered.

        See rules#licenses-only.
        """
        self._credit.close()
        await self._run.until_resumed()
        self._run.enter(Stage.REQUESTED, "directory")
        await self._run.step_on(CONFIRM_PROVISIONING, self._confirm(None))

    async def until_provisioned(self) -> None:
        """Wait for the new subscription, and show while an operator is asked about it.

        See rules#waiting-for-the-new-subscription.
        """
        await self._run.until_resumed()
        self._run.enter(Stage.PROVISIONING, WAITS_FOR[Stage.PROVISIONING])
        wait = None
        if workflow.patched("provisioning-overdue-shown"):
            wait = ProvisioningWait(stage=Stage.PROVISIONING)
        result = await self._run.step_on(CONFIRM_PROVISIONING, self._confirm(wait))
        while result.wait is not None:
            self._asked_at = result.wait.asked_at
            # A result that nobody of ours gave may name any stage.
            is_overdue = result.wait.stage == Stage.PROVISIONING_OVERDUE
            stage = Stage.PROVISIONING_OVERDUE if is_overdue else Stage.PROVISIONING
            self._run.enter(stage, WAITS_FOR[stage], result.wait.message)
            # The wait has begun: its time runs, and the seller works, during a pause as well.
            result = await self._run.step_on(CONFIRM_PROVISIONING, self._confirm(result.wait))
        if self._run.stage == Stage.PROVISIONING_OVERDUE:
            self._asked_at = None
            self._run.enter(Stage.PROVISIONING, "nobody")

    def _confirm(self, wait: ProvisioningWait | None) -> ConfirmProvisioningInput:
        return ConfirmProvisioningInput(order=self._run.order, after=self._run.positions(), wait=wait)

    async def wait_on(self, command: OperatorCommand) -> CommandAnswer:
        """Let the seller have more time for what is not ready, and answer who wants that."""
        asked_at = self._asked_at
        result = await self._run.run_step(WAIT_ON, self._run.input_for(WaitOnInput, command))
        # The step may have got through meanwhile, or may ask anew already.
        is_shown = self._run.stage == Stage.PROVISIONING_OVERDUE and self._asked_at == asked_at
        if is_shown and not result.is_asked:
            self._run.enter(Stage.PROVISIONING, WAITS_FOR[Stage.PROVISIONING])
        return self._run.answer(result.message, is_accepted=result.accepted)
