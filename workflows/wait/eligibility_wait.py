"""A request that waits until its switch may be, and then starts it by itself (rules#waiting)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities.base.wait_contract import (
    ASK,
    BEGIN_SWITCH,
    BEGIN_WAIT,
    END_WAIT,
    LOOK,
    READY,
    RESCHEDULE,
    WAIT_ON,
    AcceptedWait,
    BeginSwitchInput,
    BeginWaitInput,
    BeginWaitResult,
    EndWaitInput,
    EndWaitResult,
    LookInput,
    LookResult,
    RescheduleInput,
    RescheduleResult,
)
from activities.contract import RefusalReason, StreamPosition, SwitchOrder
from activities.signed_command import SignedCommand
from domain.switch.stage import Stage, known_stage
from workflows.base.messages import REUSED, ChangeStart, CommandAnswer, OperatorCommand, asks_the_same
from workflows.base.plain_messages import plain_run, plain_signal, plain_start, plain_update, shielded
from workflows.base.signed_updates import Envelopes, Whereabouts, signed_update
from workflows.base.steps import Progress, failure_of
from workflows.base.visibility import show_order, show_stage
from workflows.watch.alarms import Alarm, passes_before

TIMER = "timer"
OPERATOR_ASKED = "look"
REQUEST_REUSED = "REQUEST_REUSED"
#: After a look without an answer, and after an end that could not be recorded.
AGAIN = timedelta(minutes=5)
#: After a switch that was refused although the last look found nothing that blocks it.
REFUSED_AGAIN = timedelta(minutes=1)
#: Each look is about ten events of a history, which may have some thousands.
LOOKS_PER_RUN = 200
_OVER = "the end of its time"
TOO_LATE = "The switch is being started; cancel it with `planswitch switch cancel`."
OVER = "The wait has ended."
WAIT_ENDS = "The wait ends; nothing was ordered."
#: The same of licenses only.
WAIT_ENDS_OWNED = "The wait ends; nobody was moved."
NOBODY_ANSWERED = "Nobody accepted the new price in time."


@dataclass(frozen=True, kw_only=True)
class WaitEnding:
    """How a wait ends, and who ends it."""

    outcome: str
    code: str = ""
    message: str = ""
    remedy: str = ""
    actor: str = ""
    reason: str = ""
    signed: SignedCommand | None = None


@dataclass(frozen=True, kw_only=True)
class WaitRequest:
    """What waits, and for how long and how much."""

    order: SwitchOrder
    accepted: AcceptedWait
    source_plan_id: str
    #: What blocks the switch.
    reasons: tuple[RefusalReason, ...]
    #: Of the run before, when a long wait goes on in a new one.
    after: tuple[StreamPosition, ...] = ()
    quiet_looks: int = 0
    #: Then the wait goes on in a new run, so that no history grows too long.
    looks_per_run: int = LOOKS_PER_RUN
    #: It starts at another time, or for another price, than it was begun with.
    is_changed: bool = False
    #: The quote that was accepted; None once it is recorded.
    quote: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class LookRequest:
    """Something has happened that may clear a reason."""

    #: Topic of the event.
    cause: str
    #: Its place in the log of all events; the same event counts once.
    position: int


@dataclass(frozen=True, kw_only=True)
class WaitResult:
    """How a wait ended."""

    switch_id: str
    #: started, expired, cancelled, never or price_changed; "" of a request that was refused.
    outcome: str
    code: str
    message: str


@workflow.defn(name="EligibilityWait")
class EligibilityWait:
    """Look until nothing blocks the switch, then start the switch; or end with a reason."""

    @plain_start
    def __init__(self, wait: WaitRequest) -> None:
        self._wait = wait
        #: As it was asked for, before any change.
        self._asked_for = wait
        self._order = wait.order
        self.envelopes = Envelopes()
        self._progress = Progress(wait.after)
        self._begun: BeginWaitResult | None = None
        self._quiet_looks = wait.quiet_looks
        self._looks = 0
        self._looking: asyncio.Task[LookResult] | None = None
        self._status = ""
        #: Why to look before the timer: the newest event, or an operator.
        self._event: LookRequest | None = None
        self._command: OperatorCommand | None = None
        self._cancel: OperatorCommand | None = None
        self._seen_position = 0
        self._is_starting = False
        self._is_ending = False
        self._ended: EndWaitResult | None = None
        self._over: Alarm | None = None
        #: Changes of when it starts come one after the other.
        self._change_lock = asyncio.Lock()
        self._changes = 0
        #: The look that asked about a price which nobody has accepted so far.
        self._asked: LookResult | None = None

    @plain_run
    async def run(self, wait: WaitRequest) -> WaitResult:
        """Wait, and return how it ended."""
        show_order(wait.order)
        result = await shielded(asyncio.create_task(self._run()), self._end_by)
        if result is None:
            workflow.continue_as_new(self._continuation())
        return result

    async def _run(self) -> WaitResult | None:
        """Return how the wait ended; None when it is to go on in a new run."""
        self._begun = await self._begin()
        if not self._begun.accepted or self._begun.ended:
            return await self._finish(self._begun.ended, self._begun.code, self._begun.message)
        if self._begun.terms is not None:
            self._adopt(self._begun.terms)
        self._show(tuple(each.code for each in self._wait.reasons), None)
        ending = await self._until_decided()
        if ending is None:
            return None
        self._is_ending = True
        self._ended = await self._record(ending)
        return await self._finish(self._ended.outcome, self._ended.code, self._ended.message)

    async def _begin(self) -> BeginWaitResult:
        step_input = BeginWaitInput(
            order=self._order,
            after=self._progress.positions(),
            accepted=self._wait.accepted,
            source_plan_id=self._wait.source_plan_id,
            reasons=self._wait.reasons,
            quote=self._wait.quote,
        )
        try:
            return await self._progress.run_step(BEGIN_WAIT, step_input)
        except ActivityError as error:
            code, message = failure_of(error)
            return BeginWaitResult(accepted=False, code=code, message=message, saved=())

    async def _until_decided(self) -> WaitEnding | None:
        self._over = Alarm(self._wait.accepted.until, summary=_OVER)
        while True:
            changes = self._changes
            looked = None if self._cancel else await self._look()
            if self._change_lock.locked():
                # What was seen may be of before the change.
                await workflow.wait_condition(lambda: not self._change_lock.locked())
            if self._changes != changes and self._cancel is None:
                continue
            ending = self._cancelled() or await self._follow(looked)
            if ending is not None:
                return ending
            if self._over is not None and self._over.has_rung:
                return self._expired()
            if self._is_long() and workflow.all_handlers_finished():
                return None
            await self._pause(looked, changes)

    def _is_long(self) -> bool:
        return self._looks >= self._wait.looks_per_run or workflow.info().is_continue_as_new_suggested()

    async def _follow(self, looked: LookResult | None) -> WaitEnding | None:
        """Do what a look leads to, and return the end that it brings."""
        if looked is None or looked.outcome in {WAIT_ON, ASK}:
            return None
        if looked.outcome == READY and looked.order is not None:
            return await self._start(looked.order)
        return WaitEnding(
            outcome=looked.outcome, code=looked.code, message=looked.message, remedy=looked.remedy
        )

    async def _look(self) -> LookResult | None:
        """Assess once; None when no answer came, or somebody did not want to wait for it."""
        command, self._command = self._command, None
        event, self._event = self._event, None
        self._looking = asyncio.create_task(
            self._progress.run_step(
                LOOK,
                LookInput(
                    order=self._order,
                    after=self._progress.positions(),
                    accepted=self._wait.accepted,
                    quiet_looks=self._quiet_looks,
                    cause=_cause(command, event),
                    actor=command.actor if command else "",
                    reason=command.reason if command else "",
                    signed=command.signed if command else None,
                ),
                summary=_cause(command, event),
            )
        )
        try:
            looked = await self._looking
        except (ActivityError, asyncio.CancelledError) as error:
            self._show_failure(*failure_of(error))
            return None
        finally:
            self._looking = None
            self._looks += 1
        if looked.terms is not None:
            # Nothing was looked at so far: it does not count, and who asked for it still does.
            self._looks -= 1
            self._command = self._command or command
            self._adopt(looked.terms)
            return looked
        self._quiet_looks = (0 if looked.is_changed else self._quiet_looks) + 1
        if looked.outcome == ASK or looked.reasons:
            self._asked = looked if looked.outcome == ASK else None
        self._show(looked.reasons, looked.next_look_at, looked)
        return looked

    async def _start(self, order: SwitchOrder) -> WaitEnding | None:
        """Start the switch; where it is refused after all, look again."""
        self._is_starting = True
        self._show((), None)
        try:
            result = await self._progress.run_step(
                BEGIN_SWITCH,
                BeginSwitchInput(
                    order=order,
                    after=self._progress.positions(),
                    source_plan_id=self._wait.source_plan_id,
                ),
            )
        except ActivityError as error:
            self._show_failure(*failure_of(error))
            return None
        finally:
            self._is_starting = False
        if result.accepted:
            return WaitEnding(outcome=Stage.STARTED, message="Nothing blocks the switch any more.")
        if result.code == REQUEST_REUSED:
            return WaitEnding(
                outcome=Stage.NEVER, code=result.code, message=result.message, remedy=result.remedy
            )
        self._show_failure(result.code, result.message)
        return None

    def _cancelled(self) -> WaitEnding | None:
        if self._cancel is None:
            return None
        return WaitEnding(
            outcome=Stage.CANCELLED,
            code="CANCEL_REQUESTED",
            message=self._cancel.reason,
            actor=self._cancel.actor,
            reason=self._cancel.reason,
            signed=self._cancel.signed,
        )

    def _expired(self) -> WaitEnding:
        if self._asked is not None:
            return WaitEnding(
                outcome=Stage.PRICE_CHANGED,
                code=self._asked.code,
                message=f"{self._asked.message} {NOBODY_ANSWERED}",
                remedy=self._asked.remedy,
            )
        return WaitEnding(
            outcome=Stage.EXPIRED,
            code="WAIT_EXPIRED",
            message=f"Until {self._wait.accepted.until:%Y-%m-%d %H:%M} UTC it did not clear: {self._status}.",
            remedy="Clear it, then start again; or wait longer with a later `--until`.",
        )

    async def _pause(self, looked: LookResult | None, changes: int) -> None:
        """Wait for the next look, an event, an operator, or the end of the time."""
        now = workflow.now()
        at = looked.next_look_at if looked else now + AGAIN

        def is_called() -> bool:
            return self._is_called() or self._changes != changes

        await passes_before(at or now + REFUSED_AGAIN, is_called, summary="next look")

    def _is_called(self) -> bool:
        """Return whether somebody or something wants a look at once, or the time is over."""
        is_over = self._over is not None and self._over.has_rung
        return bool(is_over or self._cancel or self._command or self._event)

    async def _record(self, ending: WaitEnding) -> EndWaitResult:
        """Record the end, however long the store is away."""
        while True:
            try:
                return await self._progress.run_step(
                    END_WAIT,
                    EndWaitInput(order=self._order, after=self._progress.positions(), **vars(ending)),
                    summary=ending.outcome,
                )
            except ActivityError as error:
                self._show_failure(*failure_of(error))
                await workflow.sleep(AGAIN, summary="the end is recorded again")

    async def _finish(self, outcome: str, code: str, message: str) -> WaitResult:
        self._ended = self._ended or EndWaitResult(outcome=outcome, code=code, message=message, saved=())
        show_stage(known_stage(outcome) or Stage.REFUSED, "nobody", message)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return WaitResult(switch_id=self._order.switch_id, outcome=outcome, code=code, message=message)

    def _continuation(self) -> WaitRequest:
        after = self._progress.positions()
        return replace(self._wait, after=after, quiet_looks=self._quiet_looks, quote=None)

    def _show(
        self, reasons: tuple[str, ...], next_look_at: datetime | None, looked: LookResult | None = None
    ) -> None:
        self._status = ", ".join(reasons) or "nothing blocks the switch"
        if looked is not None and looked.outcome == ASK:
            self._status = "an answer about the new price"
        its_time = self._its_time(looked)
        if its_time:
            self._status = ", ".join((its_time, *reasons))
        at = f"; next look {next_look_at:%Y-%m-%d %H:%M:%S} UTC" if next_look_at else ""
        until = f"{self._wait.accepted.until:%Y-%m-%d %H:%M} UTC"
        stage = Stage.WAITING_ELIGIBLE
        show_stage(stage, self._status, f"**{stage}**, {self._status}{at}; until {until}")

    def _its_time(self, looked: LookResult | None) -> str:
        """Return the time that it waits for in words, "" once it has come."""
        not_before = self._wait.accepted.not_before
        early = not_before if not_before is not None and workflow.now() < not_before else None
        if not (self._wait.is_changed or self._order.quiet_hours or self._order.start_at):
            return f"its day, {self._order.start_on}" if early else ""
        starts_at = looked.starts_at if looked else early
        return f"its time, {starts_at:%Y-%m-%d %H:%M} UTC" if starts_at else ""

    def _show_failure(self, code: str, message: str) -> None:
        show_stage(Stage.WAITING_ELIGIBLE, self._status, f"{code}: {message}")

    def _end_by(self, command: OperatorCommand) -> bool:
        """End the wait by a command, and return whether it is not too late."""
        if self._is_starting or self._ended is not None or self._cancel is not None:
            return False
        self._cancel = command
        if self._looking is not None:
            self._looking.cancel()
        return True

    @plain_update
    async def await_begun(self, wait: WaitRequest | None = None) -> BeginWaitResult:
        """Wait until the request is recorded, and return where it stands.

        Args:
            wait: What the caller asks for: a request id that was used for something else is refused.
        """
        if wait is not None and not _asks_the_same(wait, self._asked_for):
            return BeginWaitResult(
                accepted=False, code=REQUEST_REUSED, message=REUSED, remedy="Use a new request id.", saved=()
            )
        await workflow.wait_condition(lambda: self._begun is not None)
        if self._begun is None:
            raise ApplicationError("The request was not decided.", type="UNEXPECTED")
        return self._begun

    @plain_signal
    def look_now(self, request: LookRequest) -> None:
        """Look before the timer: an event may have cleared a reason."""
        if request.position > self._seen_position:
            self._seen_position = request.position
            self._event = request

    @signed_update
    async def look(self, command: OperatorCommand) -> CommandAnswer:
        """Look at once, and return what was found."""
        if self._ended is not None or self._is_starting:
            return self._answer(OVER)
        # A look that is under way may have seen the facts of before.
        target = self._looks + (2 if self._looking else 1)
        self._command = command
        await workflow.wait_condition(lambda: self._looks >= target or self._ended is not None)
        return self._answer(f"Looked: {self._status}.", is_accepted=True)

    @signed_update
    async def cancel(self, command: OperatorCommand) -> CommandAnswer:
        """End the wait; it is answered once the end is recorded."""
        if not self._end_by(command):
            is_ours = self._cancel is not None and self._cancel.request_id == command.request_id
            if not is_ours:
                return self._answer(TOO_LATE if self._is_starting else OVER)
        await workflow.wait_condition(lambda: self._ended is not None)
        is_cancelled = self._ended is not None and self._ended.outcome == Stage.CANCELLED
        ends = WAIT_ENDS_OWNED if self._order.licenses_only else WAIT_ENDS
        return self._answer(ends if is_cancelled else OVER, is_accepted=is_cancelled)

    @signed_update
    async def reschedule(self, command: ChangeStart) -> CommandAnswer:
        """Start at another time, or for another price; it is answered once that is recorded."""
        async with self._change_lock:
            is_over = self._is_ending or self._ended is not None or self._cancel is not None
            if is_over or self._is_starting:
                return self._answer(TOO_LATE if self._is_starting else OVER)
            result = await self._changed(command)
            if result.is_taken:
                self._take(result)
        return self._answer(result.message, is_accepted=result.is_taken)

    async def _changed(self, command: ChangeStart) -> RescheduleResult:
        """Record a change.

        Raises:
            ApplicationError: It can't be recorded.
        """
        step_input = RescheduleInput(
            order=self._order,
            after=self._progress.positions(),
            # Whole, as it was signed: what is left out makes another digest, and the step refuses it.
            **vars(command),
        )
        try:
            return await self._progress.run_step(RESCHEDULE, step_input, summary="another start")
        except ActivityError as error:
            code, message = failure_of(error)
            raise ApplicationError(message, type=code, non_retryable=True) from error

    def _take(self, result: RescheduleResult) -> None:
        """Go on with what is recorded now, and look at once."""
        self._adopt(result.accepted)
        if self._looking is not None:
            self._looking.cancel()

    def _adopt(self, recorded: AcceptedWait) -> None:
        """Go on with what the record says is accepted, which a run that was reset does not know."""
        self._wait = replace(self._wait, accepted=recorded, is_changed=True)
        self._asked = None
        self._changes += 1
        if self._over is not None:
            self._over.stop()
            self._over = Alarm(recorded.until, summary=_OVER)

    def whereabouts(self) -> Whereabouts:
        """Return what is commanded, and where it stands."""
        return Whereabouts(order=self._order, after=self._progress.positions(), stage=self._stage())

    def _answer(self, message: str, *, is_accepted: bool = False) -> CommandAnswer:
        return CommandAnswer(accepted=is_accepted, stage=self._stage(), message=message)

    def _stage(self) -> str:
        return self._ended.outcome if self._ended else Stage.WAITING_ELIGIBLE


def _cause(command: OperatorCommand | None, event: LookRequest | None) -> str:
    if command is not None:
        return OPERATOR_ASKED
    return event.cause if event else TIMER


def _asks_the_same(wait: WaitRequest, known: WaitRequest) -> bool:
    return asks_the_same(wait.order, known.order) and wait.accepted == known.accepted
