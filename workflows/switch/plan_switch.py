"""The automatic switch, as switch#steps tells it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities import contract as steps
from activities.base.promise_contract import (
    STILL_SWITCHING,
    WHOLE_SWITCH,
)
from activities.order.provisioning_contract import (
    CONFIRM_PROVISIONING,
    ConfirmProvisioningInput,
    ProvisioningWait,
)
from activities.signed_command import OUTSIDE_ACTOR
from domain.switch.stage import SHOWN_TURNABLE, Stage, known_stage
from workflows.base.messages import (
    OperatorCommand,
    SwitchResult,
    SwitchStatus,
)
from workflows.base.plain_messages import outside_text, plain_run, plain_start, plain_update
from workflows.base.requests import REUSED, asks_the_same, refused_answer
from workflows.base.signed_updates import Envelopes
from workflows.base.steps import Progress, failure_of, run_step
from workflows.base.visibility import show_order, show_stage
from workflows.switch.amendments import Amendments
from workflows.switch.commands import Commands
from workflows.switch.credit_wait import OUTCOMES, CreditWait
from workflows.switch.holds import STEP_FAILURES, Holds, is_running
from workflows.switch.license_stage import LicenseStage
from workflows.switch.operator_updates import WAITS_FOR, OperatorUpdates
from workflows.switch.pauses import Pauses
from workflows.switch.way_back import WayBack
from workflows.watch.invoice_watch import begin_invoice_watch
from workflows.watch.promise_watch import PromiseWatch

Input = TypeVar("Input", bound=steps.StepInput)
Result = TypeVar("Result", bound=steps.StepResult)

CANCELLED_OUTSIDE = "The workflow was cancelled in Temporal."
TURNED_BACK = "CANCEL_REQUESTED"


@workflow.defn(name="PlanSwitch")
class PlanSwitch(LicenseStage, OperatorUpdates):
    """Move an organization from one plan to another: order, move, cancel, bill."""

    @plain_start
    def __init__(self, order: steps.SwitchOrder) -> None:
        self._order = order
        self.envelopes = Envelopes()
        self._progress = Progress()
        self._request: steps.RequestSwitchResult | None = None
        self._start: steps.StartLicenseMoveResult | None = None
        self._stage = Stage.REQUESTED
        self._waits_for = "nobody"
        self._details = ""
        self._undoable: asyncio.Task[None] | None = None
        self._turnable: asyncio.Task[None] | None = None
        self._is_order_unknown = False
        #: Ends the switch: before licenses move it is taken back, afterwards rolled back.
        self._back_command: OperatorCommand | None = None
        self._asked_at: datetime | None = None
        self._passes = 0
        self._has_late_writers = False
        self._is_pilot_done = False
        self._commands = Commands(order, self._progress, stage=lambda: self._stage)
        self._holds = Holds(
            order,
            self._progress,
            enter=self._enter,
            stage=lambda: self._stage,
            raise_if_turned_back=self._raise_if_turned_back,
        )
        self._pauses = Pauses(
            order, self._progress, show=self._show, raise_if_turned_back=self._raise_if_turned_back
        )
        self._way_back = WayBack(
            order,
            self._progress,
            enter=self._enter,
            wait_for_retry=self._holds.wait_for_retry,
            recording=self._holds.recording,
        )
        self._amendments = Amendments(order, self._progress, stage=lambda: self._stage)
        self._promises = PromiseWatch(order, self._progress)
        self._credit = CreditWait(
            order, self._progress, enter=self._enter, raise_if_cancelled=self._raise_if_turned_back
        )

    @plain_run
    async def run(self, order: steps.SwitchOrder) -> SwitchResult:
        """Run the whole switch and return how it ended."""
        show_order(order)
        switch = asyncio.create_task(self._switch())
        while True:
            try:
                return await asyncio.shield(switch)
            except asyncio.CancelledError:
                reason = workflow.cancellation_reason()
                if switch.done() or reason is None:
                    raise
                # A cancel by Temporal's own means is the command `cancel`: taken back, or too late.
                told = outside_text(reason or CANCELLED_OUTSIDE)
                self._turn_back(OperatorCommand(request_id="", actor=OUTSIDE_ACTOR, reason=told))

    async def _switch(self) -> SwitchResult:
        self._request = await self._assess_and_reserve()
        if not self._request.accepted:
            self._credit.close()
            await workflow.wait_condition(workflow.all_handlers_finished)
            return self._result(Stage.REFUSED, self._request.code, self._request.message)
        if self._request.ended:
            return self._result(self._request.ended, "", "The switch had ended before this run began.")
        self._promises.promise(WHOLE_SWITCH, self._request.promised_end)
        self._promises.promise(STILL_SWITCHING, self._request.alarm_at)
        self._promises.warn_of_void_window(self._request.voidable_until)
        self._resume(self._request)
        try:
            if not self._request.has_begun_move:
                self._undoable = asyncio.create_task(self._holds.while_store_behind(self._get_ready))
                await self._undoable
        except (*STEP_FAILURES, asyncio.CancelledError) as error:
            return await self._end(error)
        # From here on licenses move: no failure ends the switch by itself, it holds for an operator.
        while not await self._has_left_old_plan():
            ended = await self._roll_back()
            if ended is not None:
                return ended
        billed = await self._holds.go_forward(self._cut_over_billing)
        completed = await self._holds.go_forward(self._complete)
        await begin_invoice_watch(self._order, self._progress.positions(), billed.invoice_promised_at)
        await self._promises.stop()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._result(Stage.COMPLETED, "", "", moved=completed.moved, skipped=completed.skipped)

    def _resume(self, request: steps.RequestSwitchResult) -> None:
        """Go on where a lost run was: with its command, and with care for its writers."""
        self._has_late_writers = self._is_order_unknown = request.is_resumed
        if request.has_begun_move:
            self._credit.close()
            self._stage = Stage.CANCELLING if request.has_left else Stage.MOVING
        self._is_pilot_done = request.is_pilot_done
        if request.is_paused:
            self._pauses.begin()
        if request.pending:
            self._pauses.drop()
            self._back_command = OperatorCommand(
                request_id=request.pending_request_id,
                actor=request.pending_actor,
                reason=request.pending_reason,
            )

    async def _has_left_old_plan(self) -> bool:
        """Leave the old plan, and return whether that was done; False when it was turned back."""
        try:
            self._turnable = asyncio.create_task(self._leave_old_plan())
            await self._turnable
        except asyncio.CancelledError:
            return False
        return True

    async def _leave_old_plan(self) -> None:
        """Move everyone and cancel the old subscription; until then everything can be turned back."""
        self._raise_if_turned_back()
        if self._stage != Stage.CANCELLING:
            await self._holds.hold_on_failure(self._move_licenses)
        await self._holds.hold_on_failure(self._cancel_source)

    async def _assess_and_reserve(self) -> steps.RequestSwitchResult:
        try:
            result = await run_step(steps.REQUEST_SWITCH, steps.RequestSwitchInput(order=self._order))
        except ActivityError as error:
            code, message = failure_of(error)
            # Answer first: taking back may need what is down just now.
            self._request = refused_answer(code, message)
            # An attempt may have reserved although its answer was lost.
            await self._take_back(Stage.FAILED, code, message)
            return self._request
        self._progress.add(result.saved)
        return result

    async def _get_ready(self) -> None:
        """Do everything before the first license moves, all of which can be taken back (switch#ways-back)."""
        self._raise_if_turned_back()
        self._enter(Stage.ORDERING, "seller")
        self._is_order_unknown = True
        ordered = await self._step(steps.ORDER_REPLACEMENT, steps.OrderReplacementInput)
        self._is_order_unknown = False
        self._promises.warn_of_void_window(ordered.voidable_until)
        credit = await self._step(steps.CHECK_CREDIT, steps.CheckCreditInput)
        if credit.required:
            # The check is promised by itself; the other promises wait for it.
            self._promises.pause()
            await self._credit.run(credit)
            self._promises.resume()
            self._raise_if_turned_back()
        self._credit.close()
        await self._pauses.until_resumed()
        await self._until_provisioned()
        self._start = await self._step(steps.START_LICENSE_MOVE, steps.StartLicenseMoveInput)

    async def _until_provisioned(self) -> None:
        """Wait for the new subscription, and show while an operator is asked about it.

        See rules#waiting-for-the-new-subscription.
        """
        self._enter(Stage.PROVISIONING, WAITS_FOR[Stage.PROVISIONING])
        wait = None
        if workflow.patched("provisioning-overdue-shown"):
            wait = ProvisioningWait(stage=Stage.PROVISIONING)
        told = await self._step(CONFIRM_PROVISIONING, ConfirmProvisioningInput, wait=wait)
        while told.wait is not None:
            self._asked_at = told.wait.asked_at
            # A result that nobody of ours gave may name any stage.
            is_overdue = told.wait.stage == Stage.PROVISIONING_OVERDUE
            stage = Stage.PROVISIONING_OVERDUE if is_overdue else Stage.PROVISIONING
            self._enter(stage, WAITS_FOR[stage], told.wait.message)
            # The wait has begun: its time runs, and the seller works, during a pause as well.
            told = await self._step_on(CONFIRM_PROVISIONING, ConfirmProvisioningInput, wait=told.wait)
        if self._stage == Stage.PROVISIONING_OVERDUE:
            self._asked_at = None
            self._enter(Stage.PROVISIONING, "nobody")

    async def _cancel_source(self) -> None:
        await self._pauses.until_resumed()
        await self._amendments.until_done()
        self._enter(Stage.CANCELLING, "seller")
        await self._step(steps.CANCEL_SOURCE, steps.CancelSourceInput)

    async def _cut_over_billing(self) -> steps.CutOverBillingResult:
        self._enter(Stage.CUTTING_OVER, "billing")
        return await self._step(steps.CUT_OVER_BILLING, steps.CutOverBillingInput)

    async def _complete(self) -> steps.CompleteSwitchResult:
        result = await self._step(steps.COMPLETE_SWITCH, steps.CompleteSwitchInput)
        self._enter(Stage.COMPLETED, "nobody")
        return result

    async def _take_back(
        self, outcome: Stage, code: str, message: str, *, command: OperatorCommand | None = None
    ) -> steps.EndSwitchResult:
        return await self._way_back.until_done(
            Stage.ENDING,
            "seller",
            lambda: self._step(
                steps.END_SWITCH,
                steps.EndSwitchInput,
                outcome=outcome,
                code=code,
                message=message,
                actor=command.actor if command else "",
                signed=command.signed if command else None,
                is_order_unknown=self._is_order_unknown,
            ),
        )

    async def _end(self, error: BaseException) -> SwitchResult:
        """Take everything back and record how the switch ended (switch#ways-back)."""
        code, message = failure_of(error)
        command = self._back_command
        if command is None:
            return await self._close(OUTCOMES.get(code, Stage.FAILED), code, message)
        return await self._close(Stage.CANCELLED, TURNED_BACK, command.reason, command=command)

    async def _roll_back(self) -> SwitchResult | None:
        """Return everyone to the old plan, then take the rest back (switch#ways-back).

        None where the record knows of a cancellation that an earlier run had begun: there it goes forward.
        """
        command = self._back_command
        if command is None:
            raise AssertionError
        await self._amendments.close()
        is_back = await self._way_back.until_done(
            Stage.ROLLING_BACK, "nobody", lambda: self._way_back.return_everyone(command)
        )
        if not is_back:
            self._back_command = None
            self._stage = Stage.CANCELLING
            return None
        return await self._close(Stage.ROLLED_BACK, TURNED_BACK, command.reason, command=command)

    async def _close(
        self, outcome: Stage, code: str, message: str, *, command: OperatorCommand | None = None
    ) -> SwitchResult:
        self._credit.close()
        self._pauses.drop()
        await self._amendments.close()
        result = await self._take_back(outcome, code, message, command=command)
        self._enter(known_stage(result.outcome) or outcome, "nobody")
        await self._promises.stop()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._result(result.outcome, code, message)

    async def _step(
        self, spec: steps.ActivitySpec[Input, Result], input_type: type[Input], **fields: object
    ) -> Result:
        if is_running(self._undoable) or is_running(self._turnable):
            await self._pauses.until_resumed()
        return await self._step_on(spec, input_type, **fields)

    async def _step_on(
        self, spec: steps.ActivitySpec[Input, Result], input_type: type[Input], **fields: object
    ) -> Result:
        """Run a step, during a pause as well."""
        step_input = input_type(order=self._order, after=self._progress.positions(), **fields)
        result = await run_step(spec, step_input)
        self._progress.add(result.saved)
        if is_running(self._undoable) or is_running(self._turnable):
            # A cancel that meets a step just ending well is lost otherwise (sdk-python issue 620).
            self._raise_if_turned_back()
        return result

    def _raise_if_turned_back(self) -> None:
        if self._back_command is not None:
            raise asyncio.CancelledError(self._back_command.reason)

    def _turn_back(self, command: OperatorCommand) -> bool:
        """Lead back to the old plan while that is possible, and return whether it is."""
        is_early = self._request is None or is_running(self._undoable)
        if self._back_command is not None or not (is_early or self._stage in SHOWN_TURNABLE):
            return False
        self._back_command = command
        self._pauses.drop()
        running = self._undoable if is_early else self._turnable
        if running is not None:
            running.cancel()
        return True

    def _pause(self) -> bool:
        is_begun = is_running(self._undoable) or self._stage in SHOWN_TURNABLE
        return self._back_command is None and is_begun and self._pauses.begin()

    def _enter(self, stage: Stage, waits_for: str, details: str = "") -> None:
        self._stage, self._waits_for, self._details = stage, waits_for, details
        self._show()

    def _show(self) -> None:
        """Show where the switch stands, or that it is paused there."""
        (stage, waits_for), details = self._shown(), self._details
        if self._pauses.is_paused:
            details = f"**{stage}** at {self._stage}, waits for an operator to resume"
        show_stage(stage, waits_for, details or f"**{stage}**, waits for {waits_for}")

    def _shown(self) -> tuple[Stage, str]:
        """Return the stage to show, and who is waited for."""
        if self._pauses.is_paused:
            return Stage.PAUSED, "operator"
        return self._stage, self._waits_for

    def _result(
        self, outcome: str, code: str, message: str, *, moved: int = 0, skipped: int = 0
    ) -> SwitchResult:
        return SwitchResult(
            switch_id=self._order.switch_id,
            outcome=outcome,
            code=code,
            message=message,
            moved=moved,
            skipped=skipped,
        )

    @workflow.query
    def status(self) -> SwitchStatus:
        """Return where the switch stands."""
        stage, waits_for = self._shown()
        return SwitchStatus(stage=stage, waits_for=waits_for)

    @plain_update
    async def await_request(self, order: steps.SwitchOrder | None = None) -> steps.RequestSwitchResult:
        """Wait until the request is accepted and recorded, or refused, and return which.

        Args:
            order: What the caller asks for: a request id that was used for something else is refused.
        """
        if order is not None and not asks_the_same(order, self._order):
            return refused_answer("REQUEST_REUSED", REUSED, remedy="Use a new request id.")
        await workflow.wait_condition(lambda: self._request is not None)
        if self._request is None:
            raise ApplicationError("The request was not decided.", type="UNEXPECTED")
        return self._request
