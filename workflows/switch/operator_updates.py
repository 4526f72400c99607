"""The updates by which operators act on a running switch; each request id acts once.

See rules#operator-controls.
"""

from __future__ import annotations

from datetime import datetime

from temporalio import workflow

from activities.contract import RequestSwitchResult, SwitchOrder
from activities.operator.control_contract import (
    RETRY_USERS,
    SKIP_USER,
    WAIT_ON,
    RetryUsersInput,
    SkipUserInput,
    WaitOnInput,
)
from domain.switch.stage import SHOWN_BACK, SHOWN_MOVED, Stage
from workflows.base.messages import (
    AmendQuantity,
    CommandAnswer,
    CreditDecision,
    CreditExtension,
    OperatorCommand,
    RetryUsers,
    SkipUser,
)
from workflows.base.signed_updates import Envelopes, Whereabouts, signed_update
from workflows.base.steps import Progress, run_step
from workflows.switch.amendments import Amendments
from workflows.switch.commands import Commands
from workflows.switch.credit_wait import CreditWait
from workflows.switch.holds import Holds
from workflows.switch.pauses import Pauses

#: Whom a stage of the wait for the new subscription waits for.
WAITS_FOR = {Stage.PROVISIONING: "seller", Stage.PROVISIONING_OVERDUE: "operator"}
TURNING_BACK = "Going back: whoever was moved returns to the old plan, then the order is voided."
TAKING_BACK = "Going back: nobody was moved; what was ordered is voided, and nothing is charged."
GOES_BACK = "It is too late: the way back has begun already."
IS_LEFT = "It is too late: the old subscription is cancelled, or being cancelled."
NOT_RECORDED = "The request is not recorded yet; try again in a moment."
PAUSED_ALREADY = "It is paused already."
PAUSING = "Paused: nothing new is begun and nobody is moved until `planswitch switch resume`."
RESUMING = "Going on where it was."
NOT_PAUSED = "The switch is not paused."
NOT_HELD = "The switch does not hold: single users are skipped or tried again while it does."
NOBODY_MOVES = "It is paused, so nobody is moved: resume it, then try the users again."
BUSY = "Another command is being carried out; try again when it has ended."
#: What an amendment leaves to the operator while the switch holds.
THEN_RETRY = "The switch still holds: `planswitch switch retry` goes on."


class OperatorUpdates:
    """What operators may do with a switch; the switch itself says what is possible now."""

    envelopes: Envelopes
    _order: SwitchOrder
    _progress: Progress
    _stage: Stage
    _request: RequestSwitchResult | None
    #: Ends the switch; None: it was not led back.
    _back_command: OperatorCommand | None
    _commands: Commands
    _holds: Holds
    _pauses: Pauses
    _credit: CreditWait
    _amendments: Amendments
    #: When the operator was asked what is shown as open; None: nothing is.
    _asked_at: datetime | None

    def _enter(self, stage: Stage, waits_for: str, details: str = "") -> None:
        """Show stage, who is waited for, and details."""
        raise NotImplementedError

    def _turn_back(self, command: OperatorCommand) -> bool:
        """Lead back to the old plan while that is possible, and return whether it is."""
        raise NotImplementedError

    def _pause(self) -> bool:
        """Pause while that is possible, and return whether it is."""
        raise NotImplementedError

    def _way_back_words(self) -> str:
        """Return what going back means where the switch stands."""
        return TURNING_BACK if self._stage in SHOWN_MOVED else TAKING_BACK

    def _no_way_back(self) -> str:
        """Return why nothing leads back now: the one cause that holds."""
        is_back = self._back_command is not None or self._stage in SHOWN_BACK
        return GOES_BACK if is_back else IS_LEFT

    def _no_pause(self) -> str:
        """Return why there is nothing to pause now: the one cause that holds."""
        if self._pauses.is_paused:
            return PAUSED_ALREADY
        is_early = self._request is None and self._back_command is None
        return NOT_RECORDED if is_early else self._no_way_back()

    def whereabouts(self) -> Whereabouts:
        """Return what is commanded, and where it stands."""
        return Whereabouts(
            order=self._order,
            after=self._progress.positions(),
            stage=self._stage,
            run_began_at=workflow.info().workflow_start_time,
        )

    @signed_update
    async def retry_failed(self, command: OperatorCommand) -> CommandAnswer:
        """Try again what the switch holds for; the same request id acts once.

        While the new subscription is set up it says to wait on for what is not ready
        (rules#waiting-for-the-new-subscription).
        """
        await self._holds.until_recorded()
        is_provisioning = self._stage in WAITS_FOR and not self._holds.is_waiting
        if is_provisioning and workflow.patched("provisioning-waited-on"):
            return await self._commands.once(command, lambda: self._wait_on(command))
        return await self._commands.take(
            "retry",
            command,
            act=lambda: not self._commands.is_asking and self._holds.retry(command),
            done="Trying again.",
            refused=BUSY if self._commands.is_asking else "Nothing waits for a retry.",
        )

    @signed_update
    async def cancel(self, command: OperatorCommand) -> CommandAnswer:
        """Lead back to the old plan; the order is voided, who was moved returns before (switch#ways-back)."""
        return await self._commands.take(
            "cancel",
            command,
            act=lambda: self._turn_back(command),
            done=self._way_back_words(),
            refused=self._no_way_back(),
        )

    @signed_update
    async def roll_back(self, command: OperatorCommand) -> CommandAnswer:
        """Return everyone moved to the old plan, and void the order (switch#ways-back)."""
        return await self._commands.take(
            "roll_back",
            command,
            act=lambda: self._turn_back(command),
            done=self._way_back_words(),
            refused=self._no_way_back(),
        )

    @signed_update
    async def pause(self, command: OperatorCommand) -> CommandAnswer:
        """Stop before the next effect; who moves users stops at once (rules#operator-controls)."""
        return await self._commands.take(
            "pause",
            command,
            act=self._pause,
            done=PAUSING,
            refused=self._no_pause(),
            record=self._pauses.record_begun,
        )

    @signed_update
    async def decide_credit(self, decision: CreditDecision) -> CommandAnswer:
        """Answer the credit check; the first answer counts, and it is told once it is stored."""
        return await self._credit.decide(decision)

    @signed_update
    async def extend_credit(self, extension: CreditExtension) -> CommandAnswer:
        """Let the credit check take longer, once (rules#credit-check)."""
        return await self._credit.extend(extension)

    @signed_update
    async def skip_user(self, command: SkipUser) -> CommandAnswer:
        """Leave one user behind who could not be moved (rules#operator-controls)."""
        await self._holds.until_recorded()
        return await self._commands.once(command, lambda: self._skip_user(command))

    @signed_update
    async def retry_users(self, command: RetryUsers) -> CommandAnswer:
        """Try single users again who could not be moved, while the switch goes on holding."""
        await self._holds.until_recorded()
        return await self._commands.once(command, lambda: self._retry_users(command))

    @signed_update
    async def amend(self, command: AmendQuantity) -> CommandAnswer:
        """Give the switch another number of licenses of the new plan (ADR 14)."""
        return await self._commands.once(command, lambda: self._amend(command))

    async def _amend(self, command: AmendQuantity) -> CommandAnswer:
        if self._commands.is_asking_beside(command):
            return self._answer(BUSY)
        is_accepted, message = await self._amendments.amend(command)
        if is_accepted and self._stage == Stage.HELD:
            message = f"{message} {THEN_RETRY}"
        return self._answer(message, is_accepted=is_accepted)

    async def _wait_on(self, command: OperatorCommand) -> CommandAnswer:
        asked_at = self._asked_at
        result = await run_step(
            WAIT_ON,
            WaitOnInput(
                order=self._order,
                after=self._progress.positions(),
                request_id=command.request_id,
                actor=command.actor,
                reason=command.reason,
                signed=command.signed,
            ),
        )
        self._progress.add(result.saved)
        # The step may have got through meanwhile, or may ask anew already.
        is_shown = self._stage == Stage.PROVISIONING_OVERDUE and self._asked_at == asked_at
        if is_shown and not result.is_asked:
            self._enter(Stage.PROVISIONING, WAITS_FOR[Stage.PROVISIONING])
        return self._answer(result.message, is_accepted=result.accepted)

    async def _skip_user(self, command: SkipUser) -> CommandAnswer:
        if self._stage != Stage.HELD:
            return self._answer(NOT_HELD)
        if self._commands.is_asking_beside(command):
            return self._answer(BUSY)
        result = await run_step(
            SKIP_USER,
            SkipUserInput(
                order=self._order,
                after=self._progress.positions(),
                user_key=command.user_key,
                is_loss_accepted=command.is_loss_accepted,
                request_id=command.request_id,
                actor=command.actor,
                reason=command.reason,
                signed=command.signed,
            ),
        )
        self._progress.add(result.saved)
        return self._answer(result.message, is_accepted=result.accepted)

    async def _retry_users(self, command: RetryUsers) -> CommandAnswer:
        if self._stage != Stage.HELD:
            return self._answer(NOT_HELD)
        if self._pauses.is_paused:
            return self._answer(NOBODY_MOVES)
        if self._commands.is_asking_beside(command):
            return self._answer(BUSY)
        result = await run_step(
            RETRY_USERS,
            RetryUsersInput(
                order=self._order,
                after=self._progress.positions(),
                user_keys=command.user_keys,
                request_id=command.request_id,
                actor=command.actor,
                reason=command.reason,
                signed=command.signed,
            ),
            summary=f"{len(command.user_keys)} users again",
        )
        self._progress.add(result.saved)
        return self._answer(result.message, is_accepted=result.accepted)

    async def _resume_recorded(self, command: OperatorCommand) -> CommandAnswer:
        is_taken = await self._pauses.record(paused=False, command=command)
        return self._answer(RESUMING if is_taken else NOT_PAUSED, is_accepted=is_taken)

    def _answer(self, message: str, *, is_accepted: bool = False) -> CommandAnswer:
        return CommandAnswer(accepted=is_accepted, stage=self._stage, message=message)

    @signed_update
    async def resume(self, command: OperatorCommand) -> CommandAnswer:
        """Go on where the switch was paused (rules#operator-controls).

        A reset forgets a pause that the record has, so the record is asked where this run knows of none.
        """
        is_begun = bool(self._progress.positions())
        if is_begun and not self._pauses.is_paused and workflow.patched("resume-asks-record"):
            return await self._commands.once(command, lambda: self._resume_recorded(command))
        return await self._commands.take(
            "resume",
            command,
            act=lambda: self._pauses.is_paused,
            done=RESUMING,
            refused=NOT_PAUSED,
            record=self._pauses.record_ended,
        )
