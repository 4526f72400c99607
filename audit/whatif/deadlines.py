"""Deadlines and defaults that follow from rule set and calendar, decided again from recorded facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from audit.whatif.basis import Basis, Input
from audit.whatif.decisions import Decision, Place
from domain.catalog.catalog import Catalog
from domain.catalog.rule_sets import AT_CREDIT_CHECK, BUSINESS_DAYS, RuleSet, rule_set
from domain.eligibility.eligibility_checks import order_worth
from domain.eligibility.eligibility_input import AssessmentInput, case_of
from domain.kernel.calendar import BusinessCalendar
from domain.kernel.errors import PlanSwitchError, RuleViolated
from domain.switch.credit import (
    CreditDeadlines,
    calendar_of_event,
    credit_check_causes,
    credit_deadlines,
    extended_deadline,
)
from domain.switch.events import (
    CreditCheckExtended,
    CreditCheckRequired,
    ReplacementOrdered,
    SwitchRequested,
)
from domain.switch.move_events import SwitchCompleted

_WAIT_FIELDS = ("credit_wait", "credit_wait_unit", "credit_hold", "credit_hold_unit")
_LOCKED_FROM = {True: "from the credit check on", False: "from the first license on"}
_NEVER = "never"
_NOT_EXPECTED = "not expected"


def compare_terms(place: Place, basis: Basis, requested: SwitchRequested, facts: AssessmentInput) -> None:
    """Compare what a rule set decides for whom the request says nothing, and what an order may need.

    The record has the service settings. Whether a credit check may be required is no fact of it: both sides
    are computed.
    """
    stated = requested.order.get("service_settings")
    if not stated:
        place.compare(
            Decision.SERVICE_SETTINGS,
            "",
            requested.service_settings,
            basis.rules(requested.rule_set).service_settings,
            why=_why(basis, requested.rule_set, "service_settings"),
        )
    if facts.licenses_only:
        # Nothing is ordered for which a check might be required.
        return
    try:
        before = _credit_check(basis.catalog_of(facts.catalog_version), facts)
        now = _credit_check(basis.catalog(facts.catalog_version), _again(basis, facts))
    except PlanSwitchError as error:
        place.cannot(Decision.CREDIT_CHECK, error.message)
        return
    recorded = facts.catalog_version if basis.is_changed(Input.CATALOG) else facts.rule_set
    why = _why(basis, recorded, "credit_threshold_minor_units")
    place.compare(Decision.CREDIT_CHECK, "may be required for", before, now, why=why)


def _again(basis: Basis, facts: AssessmentInput) -> AssessmentInput:
    version = basis.catalog(facts.catalog_version).version
    return replace(facts, rule_set=basis.rules(facts.rule_set).name, catalog_version=version)


def _credit_check(catalog: Catalog, facts: AssessmentInput) -> str:
    """Return for what the seller may ask for a check (rules#credit-check)."""
    case = case_of(catalog, facts)
    worth = order_worth(case)
    if worth is None:
        raise RuleViolated("the catalog has no price of the order")
    return " and ".join(credit_check_causes(facts.payment_method, worth, case.rules)) or _NOT_EXPECTED


def compare_wait(
    place: Place,
    basis: Basis,
    required: CreditCheckRequired,
    *,
    rules: str,
    ordered: ReplacementOrdered | None,
    facts: AssessmentInput | None,
) -> CreditCheckRequired | None:
    """Compare the deadlines of a credit check; return the check as it would have been recorded.

    Args:
        place: Where the results go.
        basis: Rule set or calendar to decide by.
        required: The event that began the wait.
        rules: The switch's rule set.
        ordered: The order, from which the cap counts.
        facts: What was assessed: it has the organization's own closing days.

    Returns:
        None where the deadlines can't be decided again.
    """
    try:
        again = _deadlines(basis, required, basis.rules(rules), ordered=ordered, facts=facts)
    except PlanSwitchError as error:
        place.cannot(Decision.CREDIT_DEADLINE, error.message)
        return None
    why = _why_wait(basis, required, rules)
    for name in ("reminder_at", "deadline_at", "cap_at"):
        instants = [_instant(getattr(each, name)) for each in (required, again)]
        place.compare(Decision.CREDIT_DEADLINE, name, *instants, why=why)
    if not basis.is_changed(Input.CALENDAR):
        is_locked = [
            rule_set(name).administration_lock == AT_CREDIT_CHECK for name in (rules, basis.rules(rules).name)
        ]
        before, now = (_LOCKED_FROM[each] for each in is_locked)
        locked_why = _why(basis, rules, "administration_lock")
        place.compare(Decision.ADMINISTRATION_LOCK, "", before, now, why=locked_why)
    # An event is a dataclass, whatever the library's types say.
    event: Any = required
    would_be: CreditCheckRequired = replace(
        event, reminder_at=again.reminder_at, deadline_at=again.deadline_at, cap_at=again.cap_at
    )
    return would_be


def _deadlines(
    basis: Basis,
    required: CreditCheckRequired,
    rules: RuleSet,
    *,
    ordered: ReplacementOrdered | None,
    facts: AssessmentInput | None,
) -> CreditDeadlines:
    start = required.requested_at
    ordered_at = ordered.ordered_at if ordered else None
    if basis.is_changed(Input.CALENDAR):
        return credit_deadlines(start, _calendar(basis, required, facts, start), rules, ordered_at=ordered_at)
    again = credit_deadlines(start, calendar_of_event(required), rules, ordered_at=ordered_at)
    ends = _counted_in_business_days(again, rules)
    if any(end > required.cap_at for end in ends):
        # A recorded calendar has the days off until the cap of its wait, and no later one.
        raise RuleViolated(
            f"days off after {required.cap_at:%Y-%m-%d} are not recorded: the wait of then ended there"
        )
    return again


def _counted_in_business_days(again: CreditDeadlines, rules: RuleSet) -> Iterator[datetime]:
    if rules.credit_wait_unit == BUSINESS_DAYS:
        yield from (again.reminder_at, again.deadline_at)
    if rules.credit_hold_unit == BUSINESS_DAYS:
        yield again.cap_at


def _calendar(
    basis: Basis, required: CreditCheckRequired, facts: AssessmentInput | None, start: datetime
) -> BusinessCalendar:
    if facts is None:
        raise RuleViolated("the organization's own closing days are not recorded")
    profile = replace(facts.profile, time_zone=required.time_zone, cut_off_hour=required.cut_off_hour)
    return basis.calendar(profile, (start.year - 1, start.year, start.year + 1))


def compare_extension(
    place: Place,
    basis: Basis,
    extended: CreditCheckExtended,
    *,
    required: CreditCheckRequired | None,
    rules: str,
) -> None:
    """Compare the deadline of a wait that an operator extended.

    Args:
        place: Where the results go.
        basis: Rule set or calendar to decide by.
        extended: The extension.
        required: The check as `compare_wait` gives it.
        rules: The switch's rule set.
    """
    about, decision = "extended deadline_at", Decision.CREDIT_DEADLINE
    if required is None or basis.is_changed(Input.CALENDAR):
        # The calendar of the event has its own place's days off.
        place.cannot(decision, "the extension counts from a deadline that can't be decided again")
        return
    try:
        again = extended_deadline(required, extended.timestamp, extended.days, basis.rules(rules))
    except PlanSwitchError as error:
        place.cannot(decision, error.message)
        return
    why = _why_wait(basis, required, rules)
    place.compare(decision, about, _instant(extended.deadline_at), _instant(again), why=why)


def compare_switch_back(place: Place, basis: Basis, completed: SwitchCompleted, *, rules: str) -> None:
    """Compare until when a completed switch may be taken back; the record has no such instant of its own."""
    before, now = (_until(completed, each) for each in (rule_set(rules), basis.rules(rules)))
    place.compare(Decision.SWITCH_BACK, "until", before, now, why=_why(basis, rules, "switch_back_days"))


def _until(completed: SwitchCompleted, rules: RuleSet) -> str:
    days = rules.switch_back_days
    return _NEVER if days is None else _instant(completed.timestamp + timedelta(days=days))


def _why(basis: Basis, recorded: str, *fields: str) -> str:
    return basis.why(recorded, rules=fields)


def _why_wait(basis: Basis, required: CreditCheckRequired, rules: str) -> str:
    recorded = required.calendar if basis.is_changed(Input.CALENDAR) else rules
    return basis.why(recorded, rules=_WAIT_FIELDS)


def _instant(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"
