"""The credit check: its deadlines, and which answer still counts (rules#credit-check)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from domain.catalog.rule_sets import BUSINESS_DAYS, CALENDAR_DAYS, RuleSet
from domain.kernel.calendar import BusinessCalendar, zone_of
from domain.kernel.errors import InvalidInput
from domain.kernel.money import Money
from domain.ports.credit_port import APPROVED, DECLINED
from domain.switch.events import (
    CreditCheckApproved,
    CreditCheckDeclined,
    CreditCheckExpired,
    CreditCheckExtended,
    CreditCheckRequired,
)
from domain.switch.stage import IN_CREDIT_CHECK
from domain.switch.switch_state import SwitchState

EXPIRED = "expired"
INVOICE = "invoice"
#: Cause of a check beside the payment by invoice: what the order is worth.
AMOUNT = "amount"
#: A wait is extended once, by up to so many of its days.
EXTENSION_DAYS_MAX = 2
#: The reminder comes after this part of the wait: one of two business days.
REMINDER_PART = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditDeadlines:
    """When a wait for the bureau reminds, becomes an operator's business, and ends by itself."""

    reminder_at: datetime
    deadline_at: datetime
    cap_at: datetime
    #: Days off that were taken into account.
    holidays: tuple[date, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ruling:
    """Whether an answer or an extension counts, and why not."""

    #: It counts now: record it.
    is_new: bool
    #: It counts, now or since it was recorded before.
    is_accepted: bool
    message: str
    #: approved, declined, expired, or "" while nothing is decided.
    verdict: str


def credit_deadlines(
    start: datetime, calendar: BusinessCalendar, rules: RuleSet, *, ordered_at: datetime | None = None
) -> CreditDeadlines:
    """Return the instants of a wait that begins at `start` (rules#credit-check).

    Args:
        start: When the seller asked for the check; an instant with a zone.
        calendar: The organization's business days.
        rules: Says how long, in business days, calendar days or seconds.
        ordered_at: When the order was placed, from which the cap counts; None: at `start`.
    """
    cap_at = _later(ordered_at or start, rules.credit_hold, rules.credit_hold_unit, calendar)
    deadline_at = min(_later(start, rules.credit_wait, rules.credit_wait_unit, calendar), cap_at)
    halfway = rules.credit_wait // REMINDER_PART
    reminder_at = min(_later(start, halfway, rules.credit_wait_unit, calendar), deadline_at)
    return CreditDeadlines(
        reminder_at=reminder_at,
        deadline_at=deadline_at,
        cap_at=cap_at,
        holidays=calendar.holidays_between(start, cap_at),
    )


def extended_deadline(required: CreditCheckRequired, now: datetime, days: int, rules: RuleSet) -> datetime:
    """Return the new deadline of an extended wait, never later than its cap.

    It counts from the deadline, or from now when that has passed, by the calendar that the event stores.

    Args:
        required: The event that began the wait.
        now: Instant of the extension.
        days: 1 to EXTENSION_DAYS_MAX, in the unit of the rule set's wait.
        rules: The switch's rule set.

    Raises:
        InvalidInput: `days` is out of range.
    """
    if not 1 <= days <= EXTENSION_DAYS_MAX:
        raise InvalidInput(field="days", value=days, allowed=f"1 to {EXTENSION_DAYS_MAX}")
    begin = max(now, required.deadline_at)
    return min(_later(begin, days, rules.credit_wait_unit, calendar_of_event(required)), required.cap_at)


def calendar_of_event(required: CreditCheckRequired) -> BusinessCalendar:
    """Return the calendar that a wait was computed with."""
    hour = required.cut_off_hour
    return BusinessCalendar(
        time_zone=required.time_zone,
        holidays=frozenset(required.holidays),
        weekend=frozenset(required.weekend),
        cut_off=None if hour is None else time(hour),
        working_weekend_days=frozenset(required.working_weekend_days),
    )


def may_need_credit_check(payment_method: str, worth: Money, rules: RuleSet) -> bool:
    """Return whether the seller may ask for a check: by invoice, or from the rule set's threshold on.

    Args:
        payment_method: card or invoice.
        worth: What the order is worth (`order_worth`), the figure that the invoice minimum is compared with.
        rules: The rule set.
    """
    return bool(credit_check_causes(payment_method, worth, rules))


def credit_check_causes(payment_method: str, worth: Money, rules: RuleSet) -> tuple[str, ...]:
    """Return for what the seller may ask for a check: `invoice`, `amount`, both, or nothing."""
    threshold = rules.credit_threshold(worth.currency)
    is_large = threshold is not None and not worth < threshold
    causes = {INVOICE: payment_method == INVOICE, AMOUNT: is_large}
    return tuple(cause for cause, applies in causes.items() if applies)


def verdict_of(state: SwitchState) -> str:
    """Return approved, declined, expired, or "" while nothing is decided."""
    if state.has(CreditCheckApproved):
        return APPROVED
    if state.has(CreditCheckDeclined):
        return DECLINED
    return EXPIRED if state.has(CreditCheckExpired) else ""


def rule_on_decision(
    state: SwitchState, decision_id: str, verdict: str, *, operator_at: datetime | None = None
) -> Ruling:
    """Say whether a decision counts: the first one does, the same verdict again too, no other.

    An operator's counts until the cap, whether its passing is recorded by then or not: an engine that was
    down changes no outcome. The bureau's counts until the end of the wait is recorded: the seller has set up
    what it approved, and takes no order back that is older than the cap.

    Args:
        state: The switch as it is recorded.
        decision_id: Names the decision; a repeat has the same.
        verdict: approved or declined.
        operator_at: When an operator decided in the bureau's place; None: the bureau did.

    Raises:
        InvalidInput: There is no such verdict.
    """
    if verdict not in {APPROVED, DECLINED}:
        raise InvalidInput(field="verdict", value=verdict, allowed=f"{APPROVED} or {DECLINED}")
    recorded = state.of(CreditCheckApproved) or state.of(CreditCheckDeclined)
    known = verdict_of(state)
    if recorded is not None:
        note = " by this very decision" if recorded.decision_id == decision_id else ""
        message = (
            f"The credit check was {known}{note} at {_moment(recorded.timestamp)} by {recorded.decided_by}."
        )
        return Ruling(is_new=False, is_accepted=known == verdict, message=message, verdict=known)
    if known == EXPIRED or state.stage not in IN_CREDIT_CHECK:
        message = f"The switch is {state.stage.replace('_', ' ')}: no credit check waits for an answer."
        return Ruling(is_new=False, is_accepted=False, message=message, verdict=known)
    if operator_at is not None and _is_over(state, operator_at):
        return _too_late(state)
    return Ruling(is_new=True, is_accepted=True, message=f"The credit check is {verdict}.", verdict=verdict)


def rule_on_extension(state: SwitchState, request_id: str, *, asked_at: datetime) -> Ruling:
    """Say whether a wait may be extended: once, while it is not decided, and only before its cap."""
    known = verdict_of(state)
    earlier = state.of(CreditCheckExtended)
    if earlier is not None:
        message = f"The wait was extended before, until {_moment(earlier.deadline_at)}."
        return Ruling(
            is_new=False, is_accepted=earlier.request_id == request_id, message=message, verdict=known
        )
    if known or state.stage not in IN_CREDIT_CHECK:
        message = f"The switch is {(known or state.stage).replace('_', ' ')}: nothing can be extended."
        return Ruling(is_new=False, is_accepted=False, message=message, verdict=known)
    required = state.of(CreditCheckRequired)
    if _is_over(state, asked_at):
        return _too_late(state)
    if required is not None and required.deadline_at >= required.cap_at:
        message = f"The wait lasts until its cap at {_moment(required.cap_at)} already: nothing to extend."
        return Ruling(is_new=False, is_accepted=False, message=message, verdict="")
    return Ruling(is_new=True, is_accepted=True, message="The wait is extended.", verdict="")


def _is_over(state: SwitchState, instant: datetime) -> bool:
    required = state.of(CreditCheckRequired)
    return required is not None and instant >= required.cap_at


def _too_late(state: SwitchState) -> Ruling:
    required = state.require(CreditCheckRequired)
    message = f"It came too late: the wait was over at {_moment(required.cap_at)}, the order is voided."
    return Ruling(is_new=False, is_accepted=False, message=message, verdict="")


def _later(start: datetime, count: int, unit: str, calendar: BusinessCalendar) -> datetime:
    if unit == BUSINESS_DAYS:
        return calendar.add_business_days(start, count)
    if unit == CALENDAR_DAYS:
        # The same time of day, whatever the clocks do in between.
        zone = zone_of(calendar.time_zone)
        return (start.astimezone(zone) + timedelta(days=count)).astimezone(UTC)
    return start + timedelta(seconds=count)


def _moment(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"
