"""The plan of a switch: what happens in which order, what is locked how long, and what it means for money.

It is told before the order; preview and API build it by the same function (cli#the-plan-of-a-switch). It
advises a time at which nobody is expected to need administration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.catalog.addons import ATTACHABLE, AddonFate
from domain.catalog.disabled_services import ServiceCounts, UserServices, count_settings
from domain.catalog.plans import Plan
from domain.catalog.rule_sets import AT_CREDIT_CHECK, RuleSet
from domain.kernel.calendar import SATURDAY_AND_SUNDAY, duration
from domain.licenses.pilot import PlannedPilot
from domain.licenses.preflight import Preflight
from domain.quote.day_quotes import DayQuote, billing_stop_on
from domain.quote.lines import QuoteLine
from domain.quote.quote import Quote
from domain.quote.quote_input import AUTOMATIC

#: Names of the steps, in order (switch#steps).
ORDER, CREDIT_CHECK, PROVISIONING, FREEZE = "order", "credit_check", "provisioning", "freeze"
LICENSE_MOVE, VERIFICATION, CANCELLATION = "license_move", "verification", "cancellation"
BILLING, COMPLETION, INVOICE = "billing", "completion", "invoice"
#: Names of the locks.
ORGANIZATION_LOCK, COMMERCE_LOCK, ADMINISTRATION_LOCK = "organization", "commerce", "administration"
NO_MONEY = "No money moves: both plans are owned, so that nothing is ordered, cancelled or billed."
YOU_PAY, YOU_GET_BACK, TOLD = "you_pay", "you_get_back", "told"
#: How long after the order a void is free, and how long before the end of that window we warn.
VOID_WINDOW, VOID_WARNING = timedelta(days=7), timedelta(days=1)
#: Local hours between which nobody is expected to need administration.
EVENING, MORNING = time(19), time(7)
FRIDAY = 4
DAYS_OF_WEEK = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Promises:
    """What is promised for so many users (rules#promises); seconds and days."""

    switch_seconds: int
    license_move_seconds: int
    administration_lock_seconds: int
    invoice_days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedStep:
    """One step of the switch."""

    name: str
    what: str
    #: How long it is promised to take, or "".
    promise: str
    #: The switch can still be led back to the old plan after it.
    has_way_back: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedLock:
    """What is locked from one step to the end of another."""

    lock: str
    what: str
    from_step: str
    to_step: str
    #: None: as long as the steps take.
    promised_seconds: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Advice:
    """A time to start at which nobody is expected to need administration."""

    start_at: datetime
    until: datetime
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceCount:
    """One service and the users for whom something becomes of it."""

    service_plan_id: str
    name: str
    users: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedServices:
    """What becomes of services that users have switched off (switch#services)."""

    service_settings: str
    #: Users whose settings were read, out of all who move.
    users_counted: int
    users: int
    kept: tuple[ServiceCount, ...]
    no_counterpart: tuple[ServiceCount, ...]
    newly_granted: tuple[ServiceCount, ...]
    dependents: tuple[ServiceCount, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedDates:
    """Days that matter, in the organization's zone."""

    first_on: date
    expires_on: date
    #: The old plan's next renewal, and whether the quote reaches it; None: it does not renew.
    renews_on: date | None
    is_renewal_quoted: bool
    #: Day on which the old plan ends by itself where it does not renew.
    ends_on: date | None
    #: Whether the new plan will renew by itself; None: as the seller sets it.
    is_target_renewed: bool | None
    #: Latest day of the invoice, counted from the first day of the quote.
    invoice_by: date
    #: Until when an order that is placed now can be voided for nothing; the order itself tells what counts.
    voidable_until: datetime
    #: When that is warned of, while the switch is not past its point of no return.
    void_warning_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedMoney:
    """One line of the first day's invoice, or one that is shown beside it."""

    direction: str
    line: QuoteLine


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedAddon:
    """An add-on and what the switch does with it; amounts are those of the first day, net."""

    subscription_id: str
    name: str
    quantity: int
    #: included, attachable or incompatible.
    fate: str
    what: str
    credit_minor_units: int
    charge_minor_units: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchPlan:
    """Everything that an operator is told before the order."""

    users: int
    quantity: int
    steps: tuple[PlannedStep, ...]
    locks: tuple[PlannedLock, ...]
    advice: Advice
    services: PlannedServices
    dates: PlannedDates
    money: tuple[PlannedMoney, ...]
    #: What a credit check would mean, or that none is expected.
    credit_check: str
    addons: tuple[PlannedAddon, ...]
    #: Which users would probably not be moved, and what to do about it.
    preflight: Preflight | None = None
    #: Who moves first; None: everybody at once.
    pilot: PlannedPilot | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanFacts:
    """What the plan of a switch is built from."""

    source: Plan
    target: Plan
    quote: Quote
    rules: RuleSet
    #: Users who move, and licenses that are ordered.
    users: int
    quantity: int
    service_settings: str
    #: What users have switched off, and beside the plan -> users who were read with just that.
    combinations: Mapping[UserServices, int]
    addons: tuple[AddonFate, ...]
    may_need_credit_check: bool
    promises: Promises
    time_zone: str
    now: datetime
    #: What its users are to expect; None where nobody looked.
    preflight: Preflight | None = None
    #: Whether the new plan will renew by itself; None: as the seller sets it.
    is_target_renewed: bool | None = None
    #: What becomes of services where a switch back restores them; None: as the combinations say.
    service_counts: ServiceCounts | None = None

    @property
    def is_licenses_only(self) -> bool:
        """Return whether both plans are owned, so that nothing is ordered, cancelled or billed."""
        return bool(self.quote.input.owned_target_id)


def switch_plan(facts: PlanFacts) -> SwitchPlan:
    """Build the whole plan of a switch."""
    first = facts.quote.days[0]
    return SwitchPlan(
        users=facts.users,
        quantity=facts.quantity,
        steps=tuple(_steps(facts)),
        locks=tuple(_locks(facts)),
        advice=advise(facts.now, facts.time_zone, facts.promises.administration_lock_seconds),
        services=_services(facts),
        dates=_dates(facts, first),
        money=() if facts.is_licenses_only else tuple(_money(first)),
        credit_check=NO_MONEY if facts.is_licenses_only else _credit_check(facts),
        addons=tuple(_addon(each, first) for each in facts.addons),
        preflight=facts.preflight,
    )


def _steps(facts: PlanFacts) -> Iterator[PlannedStep]:
    if facts.is_licenses_only:
        yield from _owned_steps(facts)
        return
    # By hand an operator decides how long it takes.
    is_manual = facts.quote.input.mode != AUTOMATIC
    promises, carried = facts.promises, [each for each in facts.addons if each.fate == ATTACHABLE]
    beside = f" and {len(carried)} add-on{'' if len(carried) == 1 else 's'}" if carried else ""
    stop_on = billing_stop_on(facts.quote.input)
    stop = f"; the old plan is free from {stop_on} on, unless the order is voided" if stop_on else ""
    order = f"{facts.quantity} licenses of {facts.target.name}{beside} are ordered{stop}"
    move = _move_words(facts)
    license_move = "" if is_manual else duration(promises.license_move_seconds)
    switch = "" if is_manual else f"{duration(promises.switch_seconds)} for all, checks aside"
    leave, bill = _leaving(facts.quote)
    forward = (
        (CANCELLATION, leave, ""),
        (BILLING, bill, ""),
        (COMPLETION, "administration is unlocked, a notice is sent", switch),
        (INVOICE, "the invoice with the credit arrives", f"within {promises.invoice_days} days"),
    )
    yield PlannedStep(name=ORDER, what=order, promise="", has_way_back=True)
    if facts.may_need_credit_check:
        what = "a credit check may be required; users go on working on the old plan"
        yield PlannedStep(name=CREDIT_CHECK, what=what, promise=_credit_wait(facts.rules), has_way_back=True)
    for name, what, promise in (
        (PROVISIONING, "the new subscription is set up, every service of it is ready", ""),
        (FREEZE, "the users and their settings are frozen, administration is locked", ""),
        (LICENSE_MOVE, move, license_move),
        (VERIFICATION, "nobody is left on the old plan, by two reads in a row", ""),
    ):
        yield PlannedStep(name=name, what=what, promise=promise, has_way_back=True)
    for name, what, promise in forward:
        yield PlannedStep(name=name, what=what, promise=promise, has_way_back=False)


def _owned_steps(facts: PlanFacts) -> Iterator[PlannedStep]:
    """Yield the steps between two owned plans: nothing is ordered before them, or billed after them."""
    promises = facts.promises
    for name, what, promise in (
        (PROVISIONING, "the new plan is live in the directory, every service of it is set up", ""),
        (FREEZE, "the users and their settings are frozen, administration is locked", ""),
        (LICENSE_MOVE, _move_words(facts), duration(promises.license_move_seconds)),
        (VERIFICATION, "nobody who is to move is left on the old plan, by two reads in a row", ""),
    ):
        yield PlannedStep(name=name, what=what, promise=promise, has_way_back=True)
    what = "administration is unlocked; the old plan stays as it is, and a switch back is possible"
    whole = f"{duration(promises.switch_seconds)} for all"
    yield PlannedStep(name=COMPLETION, what=what, promise=whole, has_way_back=False)


def _move_words(facts: PlanFacts) -> str:
    return f"{facts.users} users get the new license and lose the old one in one call each"


def _leaving(priced: Quote) -> tuple[str, str]:
    """Return what becomes of the old subscription, and of its billing."""
    if priced.input.licenses_leaving is not None:
        return (
            "the old subscription is reduced to one license for each user who stays; no way back after it",
            "the new billing begins; the old plan goes on for the users who stay",
        )
    if priced.overlap is None:
        cancelled = "the old subscription and its add-ons are cancelled; no way back after it"
        return cancelled, "the old billing ends, the new one begins, the rest is credited"
    until = priced.overlap.until
    return (
        f"the old subscription is not renewed: it ends by itself on {until}; no way back after it",
        f"the new billing begins; the old plan is paid for until {until}, nothing of it is credited",
    )


def _locks(facts: PlanFacts) -> Iterator[PlannedLock]:
    # By hand an operator decides how long it takes.
    promises = facts.promises if facts.quote.input.mode == AUTOMATIC else None
    yield PlannedLock(
        lock=ORGANIZATION_LOCK,
        what="no other switch of the organization",
        from_step=PROVISIONING if facts.is_licenses_only else ORDER,
        to_step=COMPLETION,
        promised_seconds=promises.switch_seconds if promises else None,
    )
    if facts.may_need_credit_check:
        yield PlannedLock(
            lock=COMMERCE_LOCK,
            what="no other order of the organization, if a check is required",
            from_step=CREDIT_CHECK,
            to_step=CREDIT_CHECK,
            promised_seconds=None,
        )
    is_early = facts.may_need_credit_check and facts.rules.administration_lock == AT_CREDIT_CHECK
    yield PlannedLock(
        lock=ADMINISTRATION_LOCK,
        what="no license or user is changed by hand",
        from_step=CREDIT_CHECK if is_early else FREEZE,
        to_step=COMPLETION,
        promised_seconds=promises.administration_lock_seconds if promises else None,
    )


def _credit_wait(rules: RuleSet) -> str:
    return f"up to {rules.credit_wait} {rules.credit_wait_unit.replace('_', ' ')}"


def _credit_check(facts: PlanFacts) -> str:
    unknown = _unknown_amounts(facts.rules, facts.quote.input.currency)
    if not facts.may_need_credit_check:
        return f"No credit check is expected; the seller may still ask for one after the order.{unknown}"
    return (
        "A credit check may be required: the seller says so after the order. It takes "
        f"{_credit_wait(facts.rules)}; until it is decided nothing is charged and nobody moves. If it is "
        f"declined, the order is voided and the old plan stays.{unknown}"
    )


def _unknown_amounts(rules: RuleSet, currency: str) -> str:
    """Return what nobody compared, as the rule set has no amounts in a currency; "" where it has them."""
    if not rules.lacks_amounts(currency):
        return ""
    return (
        f" Rule set {rules.name} has no amounts in {currency}: the seller may refuse an invoice for a small"
        " order, or ask for a credit check of a large one, without a word here before."
    )


def _services(facts: PlanFacts) -> PlannedServices:
    counts = facts.service_counts or count_settings(
        facts.source, facts.target, facts.combinations, service_settings=facts.service_settings
    )
    names = {
        each.service_plan_id: each.friendly_name or each.name
        for plan in (facts.source, facts.target)
        for each in plan.service_plans
    }
    return PlannedServices(
        service_settings=facts.service_settings,
        users_counted=sum(facts.combinations.values()),
        users=facts.users,
        **{name: _ranked(getattr(counts, name), names) for name in ServiceCounts.__dataclass_fields__},
    )


def _ranked(counts: Mapping[str, int], names: Mapping[str, str]) -> tuple[ServiceCount, ...]:
    ranked = (
        ServiceCount(service_plan_id=each, name=names.get(each, each), users=users)
        for each, users in counts.items()
    )
    return tuple(sorted(ranked, key=lambda count: (-count.users, count.name, count.service_plan_id)))


def _dates(facts: PlanFacts, first: DayQuote) -> PlannedDates:
    days = facts.quote.days
    period_end_on, following = first.source_period.end_on, facts.quote.input.next_term
    ends_on = following.begins_on if following and not following.is_renewed else None
    renews_on = None if ends_on is not None and ends_on <= period_end_on else period_end_on
    return PlannedDates(
        first_on=first.on,
        expires_on=facts.quote.input.expires_on,
        renews_on=renews_on,
        is_renewal_quoted=renews_on is not None and renews_on <= days[-1].on,
        ends_on=ends_on,
        is_target_renewed=facts.is_target_renewed,
        invoice_by=first.on + timedelta(days=facts.promises.invoice_days),
        voidable_until=facts.now + VOID_WINDOW,
        void_warning_at=facts.now + VOID_WINDOW - VOID_WARNING,
    )


def _money(first: DayQuote) -> Iterator[PlannedMoney]:
    for line in first.lines:
        direction = YOU_GET_BACK if line.amount.minor_units < 0 else YOU_PAY
        yield PlannedMoney(direction=direction, line=line)
    for line in first.remarks:
        yield PlannedMoney(direction=TOLD, line=line)


#: Fate of an add-on -> what the switch does.
_FATES = {
    "included": "removed: the new plan includes it",
    "attachable": "carried over: ordered with the new plan",
    "incompatible": "blocks the switch",
}


def _addon(fate: AddonFate, first: DayQuote) -> PlannedAddon:
    lines = [line for line in first.lines if line.addon_id == fate.subscription_id]
    amounts = [line.amount.minor_units for line in lines]
    return PlannedAddon(
        subscription_id=fate.subscription_id,
        name=fate.name,
        quantity=fate.quantity,
        fate=fate.fate,
        what=_FATES[fate.fate],
        credit_minor_units=-sum(each for each in amounts if each < 0),
        charge_minor_units=sum(each for each in amounts if each > 0),
    )


def advise(now: datetime, time_zone: str, lock_seconds: int) -> Advice:
    """Return the next evening that leaves room for the lock, or Friday's, before a weekend, for a longer one.

    Args:
        now: Aware instant.
        time_zone: IANA zone of the organization.
        lock_seconds: How long administration is promised to be locked.
    """
    zone = ZoneInfo(time_zone)
    local = now.astimezone(zone)
    lock = timedelta(seconds=lock_seconds)
    today = local.date()
    days = (today + timedelta(days=offset) for offset in range(-1, DAYS_OF_WEEK))
    nights = (_night(max(local, datetime.combine(day, EVENING, zone)), day, zone) for day in days)
    fitting = (night for night in nights if night[0] + lock <= night[1])
    start, end = next(fitting, None) or _weekend(today, zone)
    why = "a night" if end - start <= timedelta(days=1) else "a weekend"
    start_at = start.astimezone(UTC)
    return Advice(
        start_at=start_at,
        until=start_at + lock,
        why=f"{why}, when nobody is expected to assign licenses or change users",
    )


def _night(start: datetime, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return a start and the morning after `day`; a weekend has no mornings."""
    morning = day + timedelta(days=1)
    while morning.weekday() in SATURDAY_AND_SUNDAY:
        morning += timedelta(days=1)
    return start, datetime.combine(morning, MORNING, zone)


def _weekend(today: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    friday = today + timedelta(days=(FRIDAY - today.weekday() - 1) % DAYS_OF_WEEK + 1)
    return _night(datetime.combine(friday, EVENING, zone), friday, zone)
