"""What operators may do with a running switch; each request id acts once (rules#operator-controls)."""

from __future__ import annotations

from temporalio import workflow

from activities.operator.control_contract import RETRY_USERS, SKIP_USER, RetryUsersInput, SkipUserInput
from domain.switch.stage import SHOWN_BACK, SHOWN_MOVED, Stage
from workflows.base.messages import (
    AmendQuantity,
    CommandAnswer,
    OperatorCommand,
    RetryUsers,
    SkipUser,
    TakeStep,
)
from workflows.switch.amendments import Amendments
from workflows.switch.commands import Commands
from workflows.switch.holds import Holds
from workflows.switch.manual_steps import ManualSteps
from workflows.switch.ordering import WAITS_FOR, Ordering
from workflows.switch.pauses import Pauses
from workflows.switch.run import SwitchRun

TURNING_BACK = "Going back: whoever was moved returns to the old plan, then the order is voided."
TAKING_BACK = "Going back: nobody was moved; what was ordered is voided, and nothing is charged."
#: The same of licenses only, where nothing was ordered (rules#licenses-only).
TURNING_BACK_OWNED = "Going back: whoever was moved returns to the old plan, then the locks are released."
TAKING_BACK_OWNED = "Going back: nobody was moved; the locks are released."
GOES_BACK = "It is too late: the way back has begun already."
IS_LEFT = "It is too late: the old subscription is cancelled, or being cancelled."
IS_COMPLETED = "It is too late: everyone has moved, and the switch has completed."
NOT_RECORDED = "The request is not recorded yet; try again in a moment."
RETRYING = "Trying again."
NOTHING_WAITS = "Nothing waits for a retry."
PAUSED_ALREADY = "It is paused already."
PAUSING = "Paused: nothing new is begun and nobody is moved until `planswitch switch resume`."
RESUMING = "Going on where it was."
NOT_PAUSED = "The switch is not paused."
NOT_HELD = "The switch does not hold: single users are skipped or tried again while it does."
NOBODY_MOVES = "It is paused, so nobody is moved: resume it, then try the users again."
BUSY = "Another command is being carried out; try again when it has ended."
#: What an amendment leaves to the operator while the switch holds.
THEN_RETRY = "The switch still holds: `planswitch switch retry` goes on."


def going_back(*, is_moving: bool, licenses_only: bool) -> str:
    """Return what an operator hears who leads a switch back.

    Args:
        is_moving: Users may have been moved.
        licenses_only: Both plans are owned, so that nothing was ordered.
    """
    if licenses_only:
        return TURNING_BACK_OWNED if is_moving else TAKING_BACK_OWNED
    return TURNING_BACK if is_moving else TAKING_BACK


class OperatorUpdates:
    """What operators may do with a running switch; the workflow's updates hand their commands to it."""

    def __init__(
        self,
        run: SwitchRun,
        *,
        holds: Holds,
        pauses: Pauses,
        ordering: Ordering,
        amendments: Amendments,
        manual: ManualSteps,
    ) -> None:
        self._run = run
        self._commands = Commands(run)
        self._holds = holds
        self._pauses = pauses
        self._ordering = ordering
        self._amendments = amendments
        self._manual = manual

    async def take_step(self, command: TakeStep) -> CommandAnswer:
        """Start the next step of a switch by hand."""
        return await self._manual.take(command, self._commands)

    async def retry(self, command: OperatorCommand) -> CommandAnswer:
        """Try again what the switch holds for, or wait on for the new subscription."""
        await self._holds.until_recorded()
        is_provisioning = self._run.stage in WAITS_FOR and not self._holds.is_waiting
        if is_provisioning and workflow.patched("provisioning-waited-on"):
            return await self._commands.once(command, self._ordering.wait_on)
        return await self._commands.take("retry", command, self._retry)

    async def turn_back(self, name: str, command: OperatorCommand) -> CommandAnswer:
        """Lead back to the old plan.

        Args:
            name: cancel or roll_back.
            command: Who wants it, and why.
        """
        return await self._commands.take(name, command, self._turn_back)

    async def pause(self, command: OperatorCommand) -> CommandAnswer:
        """Begin nothing new, and stop who moves users."""
        return await self._commands.take("pause", command, self._pause, record=self._pauses.record_begun)

    async def resume(self, command: OperatorCommand) -> CommandAnswer:
        """Go on where the switch was paused.

        A reset forgets a pause that the record has, so the record is asked where this run knows of none.
        """
        is_begun = bool(self._run.positions())
        if is_begun and not self._run.is_paused and workflow.patched("resume-asks-record"):
            return await self._commands.once(command, self._resume_recorded)
        return await self._commands.take("resume", command, self._resume, record=self._pauses.record_ended)

    async def skip_user(self, command: SkipUser) -> CommandAnswer:
        """Leave one user behind, once a hold stands in the record."""
        await self._holds.until_recorded()
        return await self._commands.once(command, self._skip_user)

    async def retry_users(self, command: RetryUsers) -> CommandAnswer:
        """Try single users again, once a hold stands in the record."""
        await self._holds.until_recorded()
        return await self._commands.once(command, self._retry_users)

    async def amend(self, command: AmendQuantity) -> CommandAnswer:
        """Give the switch another number of licenses."""
        return await self._commands.once(command, self._amend)

    def _retry(self, command: OperatorCommand) -> CommandAnswer:
        if self._commands.is_asking:
            return self._run.answer(BUSY)
        is_taken = self._holds.retry(command)
        return self._run.answer(RETRYING if is_taken else NOTHING_WAITS, is_accepted=is_taken)

    def _turn_back(self, command: OperatorCommand) -> CommandAnswer:
        refused = self._no_way_back()
        if not self._run.turn_back(command):
            return self._run.answer(refused)
        is_moving = self._run.stage in SHOWN_MOVED
        return self._run.answer(
            going_back(is_moving=is_moving, licenses_only=self._run.order.licenses_only), is_accepted=True
        )

    def _no_way_back(self) -> str:
        """Return why nothing leads back now: the one cause that holds."""
        is_back = self._run.back_command is not None or self._run.stage in SHOWN_BACK
        if is_back:
            return GOES_BACK
        return IS_COMPLETED if self._run.order.licenses_only else IS_LEFT

    def _pause(self, _: OperatorCommand) -> CommandAnswer:
        if self._run.is_pausable and self._pauses.begin():
            return self._run.answer(PAUSING, is_accepted=True)
        return self._run.answer(self._no_pause())

    def _no_pause(self) -> str:
        """Return why there is nothing to pause now: the one cause that holds."""
        if self._run.is_paused:
            return PAUSED_ALREADY
        is_early = self._run.request is None and self._run.back_command is None
        return NOT_RECORDED if is_early else self._no_way_back()

    def _resume(self, _: OperatorCommand) -> CommandAnswer:
        is_paused = self._run.is_paused
        return self._run.answer(RESUMING if is_paused else NOT_PAUSED, is_accepted=is_paused)

    async def _resume_recorded(self, command: OperatorCommand) -> CommandAnswer:
        is_taken = await self._pauses.record(paused=False, command=command)
        return self._run.answer(RESUMING if is_taken else NOT_PAUSED, is_accepted=is_taken)

    async def _amend(self, command: AmendQuantity) -> CommandAnswer:
        if self._commands.is_asking_beside(command):
            return self._run.answer(BUSY)
        is_accepted, message = await self._amendments.amend(command)
        if is_accepted and self._run.stage == Stage.HELD:
            message = f"{message} {THEN_RETRY}"
        return self._run.answer(message, is_accepted=is_accepted)

    async def _skip_user(self, command: SkipUser) -> CommandAnswer:
        if self._run.stage != Stage.HELD:
            return self._run.answer(NOT_HELD)
        if self._commands.is_asking_beside(command):
            return self._run.answer(BUSY)
        result = await self._run.run_step(SKIP_USER, self._run.input_for(SkipUserInput, command))
        return self._run.answer(result.message, is_accepted=result.accepted)

    async def _retry_users(self, command: RetryUsers) -> CommandAnswer:
        if self._run.stage != Stage.HELD:
            return self._run.answer(NOT_HELD)
        if self._run.is_paused:
            return self._run.answer(NOBODY_MOVES)
        if self._commands.is_asking_beside(command):
            return self._run.answer(BUSY)
        result = await self._run.run_step(
            RETRY_USERS,
            self._run.input_for(RetryUsersInput, command),
            summary=f"{len(command.user_keys)} users again",
        )
        return self._run.answer(result.message, is_accepted=result.accepted)
