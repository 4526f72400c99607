"""The switch, as switch#steps tells it; by hand an operator starts each step (manual#steps)."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities.base.promise_contract import STILL_SWITCHING, WHOLE_SWITCH
from activities.contract import (
    COMPLETE_SWITCH,
    CUT_OVER_BILLING,
    REQUEST_SWITCH,
    CompleteSwitchInput,
    CompleteSwitchResult,
    CutOverBillingInput,
    CutOverBillingResult,
    RequestSwitchInput,
    RequestSwitchResult,
    SwitchOrder,
    refused_answer,
)
from activities.manual.manual_contract import BUY, REASSIGN, VERIFY
from domain.switch.stage import Stage, known_stage
from workflows.base.messages import (
    LATER,
    REUSED,
    AmendQuantity,
    CommandAnswer,
    CreditDecision,
    CreditExtension,
    OperatorCommand,
    RetryUsers,
    SkipUser,
    SwitchResult,
    SwitchStatus,
    TakeStep,
    asks_the_same,
)
from workflows.base.plain_messages import plain_run, plain_start, plain_update, shielded
from workflows.base.signed_updates import Envelopes, Whereabouts, signed_update
from workflows.base.steps import STEP_FAILURES, failure_of
from workflows.base.visibility import show_order
from workflows.switch.amendments import Amendments
from workflows.switch.credit_wait import OUTCOMES, CreditWait
from workflows.switch.holds import OF_RECORD, Holds
from workflows.switch.license_stage import LicenseStage
from workflows.switch.manual_steps import ManualSteps
from workflows.switch.operator_updates import OperatorUpdates
from workflows.switch.ordering import Ordering
from workflows.switch.pauses import Pauses
from workflows.switch.run import SwitchRun
from workflows.switch.way_back import WayBack
from workflows.watch.invoice_watch import begin_invoice_watch
from workflows.watch.promise_watch import PromiseWatch

TURNED_BACK = "CANCEL_REQUESTED"


@workflow.defn(name="PlanSwitch")
class PlanSwitch:
    """Move an organization from one plan to another: order, move, cancel, bill."""

    @plain_start
    def __init__(self, order: SwitchOrder) -> None:
        self.envelopes = Envelopes()
        self._run = run = SwitchRun(order)
        self._promises = PromiseWatch(order, run)
        self._holds = Holds(run)
        self._pauses = Pauses(run)
        self._amendments = Amendments(run)
        self._credit = CreditWait(run)
        self._ordering = Ordering(run, self._credit, self._promises)
        self._licenses = LicenseStage(run, self._pauses, self._promises)
        self._manual = ManualSteps(run, self._holds, self._pauses)
        self._way_back = WayBack(run, self._holds)
        #: What became of a switch of licenses only, which has nothing to cancel and to bill.
        self._completed: CompleteSwitchResult | None = None
        self._operators = OperatorUpdates(
            run,
            holds=self._holds,
            pauses=self._pauses,
            ordering=self._ordering,
            amendments=self._amendments,
            manual=self._manual,
        )

    @plain_run
    async def run(self, order: SwitchOrder) -> SwitchResult:
        """Run the whole switch and return how it ended."""
        show_order(order)
        return await shielded(asyncio.create_task(self._switch()), self._run.turn_back)

    async def _switch(self) -> SwitchResult:
        request = self._run.request = await self._assess_and_reserve()
        if not request.accepted:
            self._credit.close()
            await workflow.wait_condition(workflow.all_handlers_finished)
            return self._result(Stage.REFUSED, request.code, request.message)
        if request.ended:
            return self._result(request.ended, "", "The switch had ended before this run began.")
        self._resume(request)
        try:
            if not request.has_begun_move:
                await self._run.undoable(self._holds.until_record_fits(self._get_ready))
        except (*STEP_FAILURES, asyncio.CancelledError) as error:
            return await self._end(error)
        # From here on licenses move: no failure ends the switch by itself, it holds for an operator.
        while (command := await self._leave_old_plan()) is not None:
            ended = await self._roll_back(command)
            if ended is not None:
                return ended
        completed = self._completed or await self._bill_and_complete()
        await self._promises.stop()
        await workflow.wait_condition(workflow.all_handlers_finished)
        result = self._result(Stage.COMPLETED, "", "")
        return replace(result, moved=completed.moved, skipped=completed.skipped)

    async def _bill_and_complete(self) -> CompleteSwitchResult:
        billed = await self._holds.go_forward(self._cut_over_billing)
        completed = await self._holds.go_forward(self._complete)
        await begin_invoice_watch(self._run.order, self._run.positions(), billed.invoice_promised_at)
        return completed

    async def _assess_and_reserve(self) -> RequestSwitchResult:
        try:
            # A run that begins again does not know yet how far the switch is: nothing is taken back by guess.
            return await self._holds.go_forward(self._request, only_for=OF_RECORD)
        except ActivityError as error:
            code, message = failure_of(error)
            # Answer first: taking back may need what is down just now.
            self._run.request = refused_answer(code, message, LATER)
            # An attempt may have reserved although its answer was lost.
            await self._way_back.take_back(Stage.FAILED, code, message)
            return self._run.request

    async def _request(self) -> RequestSwitchResult:
        return await self._run.run_step(REQUEST_SWITCH, RequestSwitchInput(order=self._run.order))

    def _resume(self, request: RequestSwitchResult) -> None:
        """Promise what is promised, and go on where a lost run was: with its command, and its pause."""
        if not self._manual.is_manual:
            # By hand an operator says how long it takes.
            self._promises.promise(WHOLE_SWITCH, request.promised_end)
            self._promises.promise(STILL_SWITCHING, request.alarm_at)
        self._promises.warn_of_void_window(request.voidable_until)
        self._licenses.resume(request)
        self._run.is_order_unknown = request.is_resumed
        if request.has_begun_move:
            self._credit.close()
            self._run.stage = Stage.CANCELLING if request.has_left else Stage.MOVING
        if request.is_paused:
            self._pauses.begin()
        if request.pending:
            self._run.is_paused = False
            self._run.back_command = OperatorCommand(
                request_id=request.pending_request_id,
                actor=request.pending_actor,
                reason=request.pending_reason,
            )

    async def _get_ready(self) -> None:
        """Do everything before the first license moves, all of which can be taken back (switch#ways-back)."""
        self._run.raise_if_turned_back()
        if self._run.order.licenses_only:
            await self._ordering.until_confirmed()
            await self._licenses.begin()
            return
        await self._manual.carry_out(BUY, self._ordering.place)
        await self._manual.carry_out(VERIFY, self._ordering.until_provisioned)
        await self._manual.carry_out(REASSIGN, self._licenses.begin)

    async def _leave_old_plan(self) -> OperatorCommand | None:
        """Move everyone and leave the old subscription; return the command that turned the switch back."""
        try:
            await self._run.turnable(self._move_and_cancel())
        except asyncio.CancelledError:
            if self._run.back_command is None:
                raise
            return self._run.back_command
        return None

    async def _move_and_cancel(self) -> None:
        self._run.raise_if_turned_back()
        if self._run.stage != Stage.CANCELLING:
            await self._manual.move(self._licenses)
            await self._manual.until_leaving()
        leave = self._finish if self._run.order.licenses_only else self._cancel_source
        await self._holds.hold_on_failure(leave)

    async def _cancel_source(self) -> None:
        await self._run.until_resumed()
        await self._amendments.until_done()
        self._run.enter(Stage.CANCELLING, "seller")
        await self._run.step(self._manual.leaving)

    async def _finish(self) -> None:
        """Complete a switch of licenses only: until that is recorded, it can be rolled back."""
        await self._run.until_resumed()
        self._completed = await self._complete()

    async def _cut_over_billing(self) -> CutOverBillingResult:
        self._run.enter(Stage.CUTTING_OVER, "billing")
        return await self._run.run_step(CUT_OVER_BILLING, self._run.input_for(CutOverBillingInput))

    async def _complete(self) -> CompleteSwitchResult:
        result = await self._run.run_step(COMPLETE_SWITCH, self._run.input_for(CompleteSwitchInput))
        self._run.enter(Stage.COMPLETED, "nobody")
        return result

    async def _end(self, error: BaseException) -> SwitchResult:
        """Take everything back and record how the switch ended (switch#ways-back)."""
        code, message = failure_of(error)
        command = self._run.back_command
        if command is None:
            return await self._close(OUTCOMES.get(code, Stage.FAILED), code, message)
        return await self._close(Stage.CANCELLED, TURNED_BACK, command.reason, command=command)

    async def _roll_back(self, command: OperatorCommand) -> SwitchResult | None:
        """Return everyone to the old plan, then take the rest back (switch#ways-back).

        None where the record knows of a cancellation that an earlier run had begun: there it goes forward.
        """
        await self._amendments.close()
        if not await self._way_back.return_everyone(command):
            self._run.back_command = None
            self._run.stage = Stage.CANCELLING
            return None
        return await self._close(Stage.ROLLED_BACK, TURNED_BACK, command.reason, command=command)

    async def _close(
        self, outcome: Stage, code: str, message: str, *, command: OperatorCommand | None = None
    ) -> SwitchResult:
        self._credit.close()
        self._run.is_paused = False
        await self._amendments.close()
        result = await self._way_back.take_back(outcome, code, message, command=command)
        self._run.enter(known_stage(result.outcome) or outcome, "nobody")
        await self._promises.stop()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._result(result.outcome, code, message)

    def _result(self, outcome: str, code: str, message: str) -> SwitchResult:
        switch_id = self._run.order.switch_id
        return SwitchResult(switch_id=switch_id, outcome=outcome, code=code, message=message)

    def whereabouts(self) -> Whereabouts:
        """Return what is commanded, and where it stands."""
        return Whereabouts(
            order=self._run.order,
            after=self._run.positions(),
            stage=self._run.stage,
            run_began_at=workflow.info().workflow_start_time,
        )

    @workflow.query
    def status(self) -> SwitchStatus:
        """Return where the switch stands."""
        stage, waits_for = self._run.shown()
        return SwitchStatus(stage=stage, waits_for=waits_for)

    @plain_update
    async def await_request(self, order: SwitchOrder | None = None) -> RequestSwitchResult:
        """Wait until the request is accepted and recorded, or refused, and return which.

        Args:
            order: What the caller asks for: a request id that was used for something else is refused.
        """
        if order is not None and not asks_the_same(order, self._run.order):
            return refused_answer("REQUEST_REUSED", REUSED, "Use a new request id.")
        await workflow.wait_condition(lambda: self._run.request is not None or self._holds.is_waiting)
        if self._run.request is None:
            # The record does not tell: an operator has to mend it first.
            code, _, message = self._run.details.partition(": ")
            raise ApplicationError(message, type=code, non_retryable=True)
        return self._run.request

    @signed_update
    async def retry_failed(self, command: OperatorCommand) -> CommandAnswer:
        """Try again what the switch holds for; the same request id acts once.

        While the new subscription is set up it says to wait on for what is not ready
        (rules#waiting-for-the-new-subscription).
        """
        return await self._operators.retry(command)

    @signed_update
    async def cancel(self, command: OperatorCommand) -> CommandAnswer:
        """Return to the old plan; moved users return first, then the order is voided (switch#ways-back)."""
        return await self._operators.turn_back("cancel", command)

    @signed_update
    async def roll_back(self, command: OperatorCommand) -> CommandAnswer:
        """Return everyone moved to the old plan, and void the order (switch#ways-back)."""
        return await self._operators.turn_back("roll_back", command)

    @signed_update
    async def pause(self, command: OperatorCommand) -> CommandAnswer:
        """Stop before the next effect; passes over users stop at once (rules#operator-controls)."""
        return await self._operators.pause(command)

    @signed_update
    async def resume(self, command: OperatorCommand) -> CommandAnswer:
        """Go on where the switch was paused (rules#operator-controls)."""
        return await self._operators.resume(command)

    @signed_update
    async def decide_credit(self, decision: CreditDecision) -> CommandAnswer:
        """Answer the credit check; the first answer counts, and the caller hears of it when it is stored."""
        return await self._credit.decide(decision)

    @signed_update
    async def extend_credit(self, extension: CreditExtension) -> CommandAnswer:
        """Extend the credit check, once (rules#credit-check)."""
        return await self._credit.extend(extension)

    @signed_update
    async def skip_user(self, command: SkipUser) -> CommandAnswer:
        """Leave one user behind who could not be moved (rules#operator-controls)."""
        return await self._operators.skip_user(command)

    @signed_update
    async def retry_users(self, command: RetryUsers) -> CommandAnswer:
        """Try single users again who could not be moved, while the switch stays on hold."""
        return await self._operators.retry_users(command)

    @signed_update
    async def take_step(self, command: TakeStep) -> CommandAnswer:
        """Start the next step of a switch by hand (manual#steps)."""
        return await self._operators.take_step(command)

    @signed_update
    async def amend(self, command: AmendQuantity) -> CommandAnswer:
        """Give the switch another number of licenses of the new plan (ADR 14)."""
        return await self._operators.amend(command)
