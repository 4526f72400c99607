"""Names and types of the activities of a wait for eligibility, free of the domain: workflows import them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from activities.contract import ActivitySpec, RefusalReason, StepInput, StepResult, SwitchOrder
from activities.signed_command import SignedCommand

#: A look that gets no answer for so long is given up; the next one comes by itself.
LOOK_SECONDS = 600
#: What a look found: wait on, begin the switch, or why there will be none.
WAIT_ON = ""
READY = "ready"
#: It may begin and costs more than was accepted: somebody is asked (rules#a-price-that-has-changed).
ASK = "price_asked"


@dataclass(frozen=True, kw_only=True)
class AcceptedWait:
    """What the operator accepted: how long to wait, and for how much at most."""

    until: datetime
    currency: str
    #: With tax, on any day of the quote that the switch begins with.
    total_minor_units_max: int
    #: Prepaid value that may be lost.
    forfeited_minor_units_max: int
    #: The switch is scheduled: before this instant it does not start.
    not_before: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class BeginWaitInput(StepInput):
    """Record that a request waits."""

    accepted: AcceptedWait
    source_plan_id: str
    #: What blocks the switch.
    reasons: tuple[RefusalReason, ...]
    #: The quote that was accepted; None of a request of before.
    quote: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class BeginSwitchResult(StepResult):
    """Whether the switch was taken."""

    accepted: bool
    #: Of a refusal, or of a wait that had ended before this run.
    code: str = ""
    message: str = ""
    remedy: str = ""


@dataclass(frozen=True, kw_only=True)
class BeginWaitResult(BeginSwitchResult):
    """Whether the request waits."""

    #: How it had ended, "" while it goes on.
    ended: str = ""
    #: What is accepted by the record, where the request was changed; None: what it began with.
    terms: AcceptedWait | None = None


@dataclass(frozen=True, kw_only=True)
class LookInput(StepInput):
    """Assess the switch again."""

    accepted: AcceptedWait
    #: Looks since the answer was another one.
    quiet_looks: int
    #: What led to it: timer, operator, or the topic of an event.
    cause: str
    #: Who asked, and why; "" when nobody did.
    actor: str = ""
    reason: str = ""
    signed: SignedCommand | None = None


@dataclass(frozen=True, kw_only=True)
class LookResult(StepResult):
    """What a look found."""

    #: "" to wait on, ready, price_asked, or an ending: started or never; price_changed of a look of before.
    outcome: str
    #: Codes of the reasons that stand in the way.
    reasons: tuple[str, ...] = ()
    #: The answer is another one than before.
    is_changed: bool = False
    next_look_at: datetime | None = None
    #: Before this instant it does not start; None: its time has come.
    starts_at: datetime | None = None
    #: What is accepted by the record, where the look came with something else; it saw nothing then.
    terms: AcceptedWait | None = None
    #: The order with today's quote, when it is ready.
    order: SwitchOrder | None = None
    #: Of an ending.
    code: str = ""
    message: str = ""
    remedy: str = ""


@dataclass(frozen=True, kw_only=True)
class RescheduleInput(StepInput):
    """Start at another time, or for another price."""

    request_id: str
    actor: str
    reason: str
    signed: SignedCommand | None = None
    #: What is accepted from now on.
    accepted: AcceptedWait
    #: The quote that was accepted with it.
    quote: dict[str, Any]
    #: By how many percent more it may cost without a question.
    price_tolerance_percent: str
    #: When it starts, as the options of a switch say it; "" where they say nothing.
    start_on: str = ""
    start_at: str = ""
    quiet_hours: str = ""
    #: Only the price is another one: the answer to a question.
    is_price_accepted: bool = False
    #: Everything that is confirmed with it, a loss among it.
    acknowledgments: tuple[str, ...] = ()
    #: The total is the operator's own bound, which takes the place of what the quote says for each day.
    is_bound_stated: bool = False


@dataclass(frozen=True, kw_only=True)
class RescheduleResult(StepResult):
    """What is accepted, as it is recorded now."""

    is_taken: bool
    accepted: AcceptedWait
    #: When it starts in words, or why it was not taken.
    message: str


@dataclass(frozen=True, kw_only=True)
class BeginSwitchInput(StepInput):
    """Start the switch of the order, whose quote is today's."""

    #: Plan that it leaves; "" where a wait of before did not say.
    source_plan_id: str = ""


@dataclass(frozen=True, kw_only=True)
class EndWaitInput(StepInput):
    """Record how a wait ended."""

    #: started, expired, cancelled, never or price_changed.
    outcome: str
    code: str
    message: str
    remedy: str
    #: Who ended it, and why; "" when nobody did.
    actor: str = ""
    reason: str = ""
    signed: SignedCommand | None = None


@dataclass(frozen=True, kw_only=True)
class EndWaitResult(StepResult):
    """The recorded end; the first one counts."""

    outcome: str
    code: str
    message: str


BEGIN_WAIT = ActivitySpec(
    name="eligibility_wait.begin", input_type=BeginWaitInput, result_type=BeginWaitResult
)
LOOK = ActivitySpec(
    name="eligibility_wait.look",
    input_type=LookInput,
    result_type=LookResult,
    schedule_to_close_seconds=LOOK_SECONDS,
)
BEGIN_SWITCH = ActivitySpec(
    name="eligibility_wait.begin_switch", input_type=BeginSwitchInput, result_type=BeginSwitchResult
)
RESCHEDULE = ActivitySpec(
    name="eligibility_wait.reschedule", input_type=RescheduleInput, result_type=RescheduleResult
)
END_WAIT = ActivitySpec(name="eligibility_wait.end", input_type=EndWaitInput, result_type=EndWaitResult)
