"""The wait for a credit check: reminder, deadline, cap, and answers from outside (rules#credit-check)."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities.contract import ActivitySpec, CheckCreditResult, StepInput
from activities.credit.credit_contract import (
    ASK_BUREAU,
    ASKED_REASON,
    EXTEND_CREDIT,
    RECORD_CREDIT_DECISION,
    RECORD_CREDIT_WAIT,
    AskBureauInput,
    CreditResult,
    ExtendCreditInput,
    RecordCreditDecisionInput,
    RecordCreditWaitInput,
    decision_id_of,
)
from activities.signed_command import BUREAU_ACTOR
from domain.switch.stage import Stage
from workflows.base.messages import CommandAnswer, CreditDecision, CreditExtension
from workflows.base.steps import failure_of
from workflows.switch.run import SwitchRun
from workflows.watch.alarms import passes_before

APPROVED = "approved"
#: Marks of the wait, in their order.
REMINDER = "reminder"
OVERDUE = "overdue"
EXPIRED = "expired"
DECLINED_CODE = "CREDIT_DECLINED"
EXPIRED_CODE = "CREDIT_EXPIRED"
#: Code that ends a switch -> its outcome.
OUTCOMES = {DECLINED_CODE: Stage.DECLINED, EXPIRED_CODE: Stage.EXPIRED}
#: Timers of one wait: to its marks (overdue twice where it is extended), and anew at an extension.
LOOKS_MAX = 64
#: Failures of ours that pass by themselves; STEP_FAILED: no worker was there in time.
OUR_OWN_CODES = frozenset({"STORE_UNAVAILABLE", "STEP_FAILED"})

Input = TypeVar("Input", bound=StepInput)


class CreditWait:
    """The credit check of one switch."""

    def __init__(self, run: SwitchRun) -> None:
        self._run = run
        # One writer at a time: an answer is given only after its event is stored, in the order of arrival.
        self._writer = asyncio.Lock()
        self._check: CheckCreditResult | None = None
        self._deadline_at: datetime | None = None
        self._marks: list[str] = []
        self._verdict = ""
        self._is_closed = False

    @property
    def is_open(self) -> bool:
        """Return whether an answer is waited for."""
        return self._check is not None and not self._is_closed

    def close(self) -> None:
        """Leave answers to the record: nobody waits here any more."""
        self._is_closed = True

    async def run(self, check: CheckCreditResult) -> None:
        """Wait until the check is decided or its time is over.

        Raises:
            ApplicationError: Declined, or expired: the switch ends so.
        """
        self._check, self._deadline_at = check, check.deadline_at
        self._show(Stage.CREDIT_CHECK, "credit_bureau")
        if check.is_decided:
            await self._ask_bureau()
        for _ in range(LOOKS_MAX):
            mark, at = self._next_mark()
            is_past = partial(self._is_past, mark, at)
            is_due = await passes_before(at, is_past, summary=f"credit check: {mark}")
            if self._verdict:
                break
            if is_due:
                await self._pass(mark, at)
            self._run.raise_if_turned_back()
        self.close()
        self._end()

    def _next_mark(self) -> tuple[str, datetime]:
        if self._check is None or self._deadline_at is None:
            raise AssertionError
        reminder_at, cap_at = self._check.reminder_at, self._check.cap_at
        if reminder_at is None or cap_at is None:
            raise AssertionError
        if REMINDER not in self._marks and reminder_at < self._deadline_at:
            return REMINDER, reminder_at
        if OVERDUE not in self._marks and self._deadline_at < cap_at:
            return OVERDUE, self._deadline_at
        return EXPIRED, cap_at

    def _is_past(self, mark: str, at: datetime) -> bool:
        """Return whether a mark is waited for no more: an answer came, or an extension put it off."""
        return bool(self._verdict) or self._next_mark() != (mark, at)

    async def _pass(self, mark: str, at: datetime) -> None:
        """Pass a mark of the wait, unless an answer or an extension is being recorded just now."""
        evidence = "" if mark == REMINDER else await self._ask_bureau()
        async with self._writer:
            if self._is_past(mark, at):
                return
            await self._recorded(
                RECORD_CREDIT_WAIT,
                RecordCreditWaitInput(
                    order=self._run.order, after=self._run.positions(), mark=mark, evidence=evidence
                ),
                summary=f"credit check: {mark}",
            )
            self._marks.append(mark)
        if mark == OVERDUE and not self._verdict:
            self._show(Stage.CREDIT_OVERDUE, "operator")

    async def _ask_bureau(self) -> str:
        """Ask the bureau itself, since its answer may be lost on its way; return what it said."""
        while True:
            try:
                return await self._asked_once()
            except (ActivityError, ApplicationError) as error:
                self._run.raise_if_turned_back()
                if not _is_our_own(error):
                    return f"the bureau gave no answer ({': '.join(failure_of(error))})"

    async def _asked_once(self) -> str:
        bureau = await self._run.run_step(ASK_BUREAU, self._run.input_for(AskBureauInput))
        if not bureau.verdict:
            return "the bureau has not decided"
        answer = await self.decide(
            CreditDecision(
                decision_id=decision_id_of(bureau.check_id),
                verdict=bureau.verdict,
                decided_by="bureau",
                actor=BUREAU_ACTOR,
                reason=ASKED_REASON,
                signed=bureau.signed,
            )
        )
        return f"the bureau has {bureau.verdict}. {answer.message}"

    async def decide(self, decision: CreditDecision) -> CommandAnswer:
        """Record a decision and return what became of it; only a stored decision is answered."""
        await self._until_begun()
        async with self._writer:
            result = await self._recorded(
                RECORD_CREDIT_DECISION,
                self._run.input_for(RecordCreditDecisionInput, decision),
                summary=f"{decision.verdict} by {decision.decided_by}",
            )
        return self._answer(result)

    async def extend(self, extension: CreditExtension) -> CommandAnswer:
        """Record an extension and return the new deadline; only a stored one is answered."""
        await self._until_begun()
        async with self._writer:
            result = await self._recorded(EXTEND_CREDIT, self._run.input_for(ExtendCreditInput, extension))
        if result.accepted and self.is_open and not self._verdict:
            self._put_off(result.deadline_at)
        return self._answer(result)

    def _put_off(self, deadline_at: datetime | None) -> None:
        if deadline_at is None or deadline_at == self._deadline_at:
            return
        self._deadline_at = deadline_at
        self._marks = [mark for mark in self._marks if mark != OVERDUE]
        self._show(Stage.CREDIT_CHECK, "credit_bureau")

    async def _until_begun(self) -> None:
        # A bureau may be faster than the record of its own check.
        await workflow.wait_condition(lambda: self._check is not None or self._is_closed)

    async def _recorded(
        self, spec: ActivitySpec[Input, CreditResult], step_input: Input, *, summary: str = ""
    ) -> CreditResult:
        """Run a step that records; its refusal keeps its own words for every caller."""
        try:
            result = await self._run.run_step(spec, step_input, summary=summary)
        except ActivityError as error:
            code, message = failure_of(error)
            raise ApplicationError(message, type=code, non_retryable=True) from error
        self._verdict = self._verdict or result.verdict
        return result

    def _answer(self, result: CreditResult) -> CommandAnswer:
        stage = Stage.CREDIT_CHECK if self.is_open and not self._verdict else self._verdict
        return CommandAnswer(accepted=result.accepted, stage=stage, message=result.message)

    def _show(self, stage: Stage, waits_for: str) -> None:
        if self._check is None:
            raise AssertionError
        self._run.enter(
            stage,
            waits_for,
            f"**{stage}**, waits for {waits_for}; reminder {self._check.reminder_at}, "
            f"deadline {self._deadline_at}, void at {self._check.cap_at}",
        )

    def _end(self) -> None:
        if self._verdict == APPROVED:
            return
        if self._verdict == "declined":
            raise ApplicationError("The credit check was declined.", type=DECLINED_CODE, non_retryable=True)
        if self._verdict != EXPIRED:
            raise AssertionError
        raise ApplicationError(
            "The credit check got no answer in time.", type=EXPIRED_CODE, non_retryable=True
        )


def _is_our_own(error: BaseException) -> bool:
    """Tell whether a question failed for want of a worker or of the store: that is not the bureau's silence.

    It has lasted as long as a question may, so asking again at once is no hurry.
    """
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ApplicationError):
        cause = cause.__cause__
    return cause is None or (isinstance(cause, ApplicationError) and cause.type in OUR_OWN_CODES)
