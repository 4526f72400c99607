"""What a quote is computed from: what decides a cent, and who moves where no cent tells it.

What billing booked inside a period, the periods of both plans, and what is lost of a value that was paid in
advance (proration#value-that-was-paid-in-advance) follow from it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from domain.catalog.rule_sets import CURRENT, rule_set
from domain.kernel.calendar import local_date, zone_of
from domain.kernel.errors import AuditMismatch, InvalidInput
from domain.kernel.facts import OMITTED_AT_DEFAULT, as_plain
from domain.kernel.money import Money
from domain.periods.billing_periods import (
    BILLING_DAY_MAX,
    Period,
    billed_days,
    billing_day,
    cycle_months,
    period_with,
    renewals_until,
)
from domain.periods.next_term import NextTerm
from domain.periods.proration import (
    PER_DAY,
    PER_SECOND,
    BillingCalendar,
    Span,
    billing_calendar,
    billing_day_of,
    proration_policy,
)
from domain.ports.billing_port import BilledPeriod, BookedLine

#: Days for which a quote binds unless told otherwise [decided].
QUOTE_DAYS_DEFAULT = 7
#: No quote reaches further ahead: prices change.
QUOTE_DAYS_MAX = 400
TAX_RATE_MAX = Decimal(1)
PAYMENT_METHODS = ("card", "invoice")
AUTOMATIC = "automatic"
MODES = (AUTOMATIC, "manual")
#: A price belongs to its nominal period, however little of that is billed (proration#every-policy).
NOMINAL_PERIOD = "nominal/2"
#: Quotes of before took the billed days for the period; they state no version.
BILLED_PERIOD = "billed/1"
PERIOD_VERSIONS = (NOMINAL_PERIOD, BILLED_PERIOD)
#: Acknowledgment that accepts the loss which the quote discloses.
FORFEITURE = "forfeiture"
#: Cycle of which a whole year is paid in advance.
PAID_IN_ADVANCE = "annual"


@dataclass(frozen=True, kw_only=True, slots=True)
class QuotedAddon:
    """An add-on of the source that is neither in the way nor left alone."""

    #: Subscription of the add-on that ends with the switch.
    subscription_id: str
    plan_id: str
    name: str
    quantity: int
    #: Ordered anew with the new plan, at the price that it has; otherwise the new plan includes it.
    is_carried: bool
    #: Its current period, or None: nobody bills it, so nothing is credited and nothing charged.
    billed: BilledPeriod | None
    #: What billing booked for that period, where it is more than one charge.
    booked: tuple[BookedLine, ...] = ()
    #: What the seller states of its next term; None: it renews as it is.
    next_term: NextTerm | None = field(default=None, metadata=OMITTED_AT_DEFAULT)
    #: Some users stay: so many of its licenses go with those who move. None: it ends.
    licenses_leaving: int | None = field(default=None, metadata=OMITTED_AT_DEFAULT)


def leaving_of(leaving: int | None, billed: BilledPeriod) -> int | None:
    """Return how many licenses can go of a period; one stays at least (manual#some-users).

    Args:
        leaving: Licenses that go where the plan has as many as today; None: the plan ends.
        billed: The period, which may have fewer licenses than today by what its seller has scheduled.
    """
    return None if leaving is None else min(leaving, billed.quantity - 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class QuoteInput:
    """Input of a quote; its digest is what an operator accepts (rules#quote-and-cutover)."""

    organization_id: str
    source_plan_id: str
    target_plan_id: str
    #: Current period of the old plan: what was paid, net of what was credited, is what can be credited.
    billed: BilledPeriod
    quantity_target: int
    #: Share of the net, such as Decimal("0.19").
    tax_rate: Decimal
    currency: str
    #: Version of the catalog that the target's price comes from.
    price_list_version: str
    rule_set: str = CURRENT
    #: Name of the proration policy.
    policy: str = PER_DAY
    quoted_on: date
    #: Day of the order, in the organization's zone: no cutover is earlier.
    order_on: date
    #: Last day of the table; an order after it needs a new quote.
    expires_on: date
    #: monthly or annual: the cycle of the new plan.
    billing_cycle: str
    #: card or invoice.
    payment_method: str
    #: Price of one license of the new plan for one whole period of `billing_cycle`.
    target_unit_price: Money
    #: The seller bills the new plan from the order on; those days are an overlap, charged and credited.
    is_billed_from_order: bool = True
    #: automatic or manual; by hand nothing of a prepaid value is credited.
    mode: str = AUTOMATIC
    #: The source was paid in advance: the credit is capped, the rest is forfeited
    #: (proration#value-that-was-paid-in-advance).
    is_prepaid: bool = False
    #: What billing booked for the period, where licenses were added, removed or credited inside of it;
    #: none is one charge of what was paid, for the whole period.
    booked: tuple[BookedLine, ...] = ()
    #: Stated instant of a scheduled cutover; policy `per_second` binds on its day alone.
    cutover_at: datetime | None = None
    #: IANA zone in which days begin; only `cutover_at` needs it.
    time_zone: str = "UTC"
    #: Add-ons that are carried over or removed with the source.
    addons: tuple[QuotedAddon, ...] = ()
    #: The seller takes no cancellation of the source: it is not renewed, and ends on this day; until then it
    #: is paid for beside the new plan. None: it is cancelled at the cutover.
    overlap_until: date | None = None
    #: Version of what a price belongs to: a nominal period, or in quotes of before the billed one.
    period_version: str = NOMINAL_PERIOD
    #: What the seller states of the old plan's next term; None: it renews as it is.
    next_term: NextTerm | None = None
    #: Some users stay: so many licenses of the old plan go, which the seller gives back itself when it is
    #: reduced, and the others go on as they are. None: the old plan ends.
    licenses_leaving: int | None = None
    #: The new plan is owned already and billed by its seller: it costs nothing more.
    is_target_owned: bool = False
    #: Some users stay: last day on which the seller takes licenses of the old plan back. None: on any day.
    reducible_until: date | None = None
    #: First day of the next term, from which it takes them back again; None where nobody tells it.
    reducible_again_on: date | None = None
    #: Both plans are owned: subscription that receives the users, and no money moves. "": it is ordered.
    owned_target_id: str = ""
    #: Selection of the users who move, which no amount tells apart; "": everyone, or the quote is older.
    selection: str = ""
    #: Choice of services that are off for users, which no amount tells apart either. "": nobody chose any.
    user_services: str = ""

    def __post_init__(self) -> None:
        """Refuse what no quote can be computed from.

        Raises:
            InvalidInput: A field is out of range or does not fit another.
        """
        self._check_money()
        self._check_dates()
        self._check_booked()
        self._check_instant()
        self._check_billing_day()
        if self.mode not in MODES:
            raise InvalidInput(field="mode", value=self.mode, allowed=" or ".join(MODES))
        if self.quantity_target < 1:
            raise InvalidInput(field="quantity_target", value=self.quantity_target, allowed="one or more")
        leaving, held = self.licenses_leaving, self.billed.quantity
        if leaving is not None and not 0 <= leaving < held:
            raise InvalidInput(field="licenses_leaving", value=leaving, allowed=f"from 0 to before {held}")
        if self.payment_method not in PAYMENT_METHODS:
            allowed = " or ".join(PAYMENT_METHODS)
            raise InvalidInput(field="payment_method", value=self.payment_method, allowed=allowed)
        for billing_cycle in (self.billing_cycle, self.billed.billing_cycle):
            cycle_months(billing_cycle)
        if self.period_version not in PERIOD_VERSIONS:
            allowed = " or ".join(PERIOD_VERSIONS)
            raise InvalidInput(field="period_version", value=self.period_version, allowed=allowed)
        proration_policy(self.policy)
        rule_set(self.rule_set)

    @property
    def is_nominal(self) -> bool:
        """Return whether a price belongs to its nominal period; False in quotes of before."""
        return self.period_version == NOMINAL_PERIOD

    @property
    def first_on(self) -> date:
        """Return the earliest cutover day: the order's, or a period's first day when it renewed since."""
        renewed = (each.billed.period_start_on for each in self.addons if each.billed)
        return max(self.order_on, self.billed.period_start_on, *renewed)

    @property
    def without_users(self) -> QuoteInput:
        """Return the terms in the form of before, in which a digest did not cover who moves."""
        return replace(self, selection="", user_services="")

    def of_addon(self, addon: QuotedAddon, billed: BilledPeriod) -> QuoteInput:
        """Return the terms of a billed add-on by itself: it is left for the same at the same price.

        What was paid in advance for an add-on is credited whole: only the plan's value is capped.
        """
        return replace(
            self,
            source_plan_id=addon.plan_id,
            target_plan_id=addon.plan_id,
            billed=billed,
            quantity_target=addon.quantity,
            billing_cycle=billed.billing_cycle,
            target_unit_price=billed.unit_price,
            is_prepaid=False,
            booked=addon.booked,
            addons=(),
            next_term=addon.next_term,
            licenses_leaving=leaving_of(addon.licenses_leaving, billed),
            is_target_owned=False,
        )

    def is_reducible(self, on: date) -> bool:
        """Return whether the seller takes licenses of the old plan back on the day `on`."""
        return self.reducible_until is None or on <= self.reducible_until or self.is_reducible_again(on)

    def is_reducible_again(self, on: date) -> bool:
        """Return whether a new term has begun by the day `on`, with which licenses can go again."""
        return self.reducible_again_on is not None and self.reducible_again_on <= on

    def is_overlapped(self, on: date) -> bool:
        """Return whether the source is paid for beside the new plan after a cutover on the day `on`."""
        return self.overlap_until is not None and on < self.overlap_until

    @property
    def cutover_on(self) -> date | None:
        """Return the day of the stated instant, in the organization's zone."""
        return None if self.cutover_at is None else local_date(self.cutover_at, self.time_zone)

    def as_facts(self) -> dict[str, Any]:
        """Return the input as JSON-able facts.

        A term that came later stands in them only where it is not its default, so that a quote without it
        has the facts, and the digest, that it had before.
        """
        facts: dict[str, Any] = as_plain(self)
        for addon in facts["addons"]:
            if not addon["booked"]:
                del addon["booked"]
        defaults = {field.name: as_plain(field.default) for field in fields(self) if field.name in _LATER}
        defaults["period_version"] = BILLED_PERIOD
        return {name: fact for name, fact in facts.items() if defaults.get(name, _NEVER) != fact}

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> QuoteInput:
        """Build the input again from what `as_facts` gave.

        Raises:
            InvalidInput: A field is missing or is not what it was.
        """
        try:
            names = [field.name for field in fields(cls) if field.name in facts or field.name not in _LATER]
            stated = {"period_version": BILLED_PERIOD} | {name: facts[name] for name in names}
            return cls(**{name: _parsed(name, fact) for name, fact in stated.items()})
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidInput(
                field="quote", value=str(error), allowed="the facts of a stored quote, unchanged"
            ) from error

    def _check_money(self) -> None:
        billed = self.billed
        for money in (billed.unit_price, billed.paid, billed.credited, self.target_unit_price):
            if money.currency != self.currency:
                raise InvalidInput(field="currency", value=money.currency, allowed=self.currency)
            if money.minor_units < 0:
                raise InvalidInput(field="amount", value=str(money), allowed="nothing or more")
        rate = self.tax_rate
        if not (isinstance(rate, Decimal) and rate.is_finite() and 0 <= rate <= TAX_RATE_MAX):
            raise InvalidInput(field="tax_rate", value=rate, allowed="a Decimal from 0 to 1")

    def _check_dates(self) -> None:
        if self.billed.period_end_on <= self.billed.period_start_on:
            raise InvalidInput(
                field="period_end_on",
                value=self.billed.period_end_on,
                allowed=f"a day after {self.billed.period_start_on}",
            )
        if self.order_on < self.quoted_on:
            raise InvalidInput(field="order_on", value=self.order_on, allowed=f"{self.quoted_on} or later")
        latest = self.quoted_on + timedelta(days=QUOTE_DAYS_MAX)
        if not self.order_on <= self.expires_on <= latest:
            allowed = f"{self.order_on} to {latest}"
            raise InvalidInput(field="expires_on", value=self.expires_on, allowed=allowed)

    def _check_billing_day(self) -> None:
        for billed in (self.billed, *(addon.billed for addon in self.addons)):
            stated = billed.billing_day if billed else None
            if stated is not None and not 1 <= stated <= BILLING_DAY_MAX:
                allowed = f"a day of the month, 1 to {BILLING_DAY_MAX}"
                raise InvalidInput(field="billing_day", value=stated, allowed=allowed)

    def _check_booked(self) -> None:
        first, end = self.billed.period_start_on, self.billed.period_end_on
        for line in self.booked:
            if not first <= line.from_on < line.to_on <= end:
                days = f"{line.from_on} to {line.to_on}"
                raise InvalidInput(field="booked", value=days, allowed=f"days from {first} to {end}")
        total = sum((line.amount for line in self.booked), Money.zero(self.currency))
        if self.booked and total != self.billed.paid - self.billed.credited:
            allowed = f"{self.billed.paid - self.billed.credited}, what was paid net of credits"
            raise InvalidInput(field="booked", value=str(total), allowed=allowed)

    def _check_instant(self) -> None:
        zone_of(self.time_zone)
        if (self.cutover_at is None) == (self.policy == PER_SECOND):
            allowed = f"an instant with policy {PER_SECOND}, none with another"
            raise InvalidInput(field="cutover_at", value=self.cutover_at, allowed=allowed)
        if self.cutover_at is None or self.cutover_on is None:
            return
        if self.cutover_at.microsecond:
            raise InvalidInput(field="cutover_at", value=self.cutover_at, allowed="a whole second")
        if self.cutover_on < self.first_on:
            allowed = f"{self.first_on} or later"
            raise InvalidInput(field="cutover_at", value=self.cutover_at, allowed=allowed)


#: Terms that stored quotes of before do not have.
_LATER = frozenset(
    {
        "mode",
        "is_prepaid",
        "booked",
        "cutover_at",
        "time_zone",
        "addons",
        "overlap_until",
        "period_version",
        "next_term",
        "licenses_leaving",
        "is_target_owned",
        "reducible_until",
        "reducible_again_on",
        "owned_target_id",
        "selection",
        "user_services",
    }
)
#: Equals no fact.
_NEVER = object()
_DATE_FIELDS = frozenset(
    {
        *("quoted_on", "order_on", "expires_on", "period_start_on", "period_end_on", "from_on", "to_on"),
        "begins_on",
    }
)
_MONEY_FIELDS = frozenset({"target_unit_price", "unit_price", "paid", "credited", "amount"})


def _parsed(name: str, value: Any) -> Any:
    parse = _PARSERS.get(name)
    return value if parse is None else parse(value)


def _all_parsed(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: _parsed(name, value) for name, value in facts.items()}


_PARSERS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_DATE_FIELDS, date.fromisoformat),
    **dict.fromkeys(_MONEY_FIELDS, lambda money: Money(**money) if money else None),
    "tax_rate": Decimal,
    "cutover_at": datetime.fromisoformat,
    "overlap_until": lambda day: date.fromisoformat(day) if day else None,
    "reducible_until": lambda day: date.fromisoformat(day) if day else None,
    "reducible_again_on": lambda day: date.fromisoformat(day) if day else None,
    "billed": lambda facts: BilledPeriod(**_all_parsed(facts)) if facts else None,
    "booked": lambda lines: tuple(BookedLine(**_all_parsed(line)) for line in lines),
    "next_term": lambda facts: NextTerm(**_all_parsed(facts)) if facts else None,
    "addons": lambda addons: tuple(QuotedAddon(**_all_parsed(addon)) for addon in addons),
}


def source_renewals(terms: QuoteInput, period: Period, day: date) -> tuple[Period, ...]:
    """Return the periods of the old plan that follow one of its own, up to the one that has `day`."""
    months = cycle_months(terms.billed.billing_cycle)
    return renewals_until(period, months, day, anchor_day=_anchor_day(terms, period))


def target_period(terms: QuoteInput, day: date) -> Period:
    """Return the period of the new plan that has `day`, a whole one; it keeps the old plan's billing day."""
    if terms.is_nominal:
        return _target_calendar(terms, day).period(day)
    own_months = cycle_months(terms.billed.billing_cycle)
    first = billed_days(terms.billed)
    source = (first, *renewals_until(first, own_months, day))[-1]
    return period_with(source, own_months, cycle_months(terms.billing_cycle), day)


def target_whole(terms: QuoteInput, period: Period) -> Span:
    """Return a period of the new plan as what a policy measures its parts against."""
    if terms.is_nominal:
        return _target_calendar(terms, period.start_on).whole(period.start_on, terms.time_zone)
    return Span(start_on=period.start_on, end_on=period.end_on, time_zone=terms.time_zone)


def source_days(terms: QuoteInput, period: Period) -> int:
    """Return the days of the nominal period to which a billed period of the old plan belongs."""
    if not terms.is_nominal:
        return period.days
    return source_calendar(terms).period(period.start_on).days


def source_calendar(terms: QuoteInput) -> BillingCalendar:
    """Return the nominal periods of the old plan."""
    return billing_calendar(terms.billed)


def _target_calendar(terms: QuoteInput, day: date) -> BillingCalendar:
    source, months = source_calendar(terms), cycle_months(terms.billing_cycle)
    if months == source.months:
        return source
    return replace(source, boundary_on=source.period(day).start_on, months=months)


def _anchor_day(terms: QuoteInput, period: Period) -> int:
    if terms.is_nominal:
        return billing_day_of(terms.billed)
    return billing_day(period, cycle_months(terms.billed.billing_cycle))


def booked_of(billed: BilledPeriod, lines: Sequence[BookedLine]) -> tuple[BookedLine, ...]:
    """Return the lines that a quote counts by their own days; none is one charge for the whole period.

    Args:
        billed: The period as billing shows it.
        lines: What billing booked for its days, in the order of booking.

    Raises:
        AuditMismatch: The lines are not what was paid, net of credits, for days of the period.
    """
    first, end = billed.period_start_on, billed.period_end_on
    total = sum((line.amount for line in lines), Money.zero(billed.paid.currency))
    is_inside = all(first <= line.from_on < line.to_on <= end for line in lines)
    if total != billed.paid - billed.credited or not is_inside:
        raise AuditMismatch(
            f"Billing booked {total} for days from {first} to {end} of subscription "
            f"{billed.subscription_id}; it shows {billed.paid} paid and {billed.credited} credited.",
            remedy="Let billing set its ledger right, then ask again.",
        )
    whole = BookedLine(amount=billed.paid, from_on=first, to_on=end, quantity=billed.quantity)
    return () if tuple(lines) in {(), (whole,)} else tuple(lines)


def require_same_lines(quoted: Sequence[BookedLine], booked_now: Sequence[BookedLine]) -> None:
    """Refuse when billing booked something else for a quoted period than the quote counted.

    A quote without lines has one charge of what was paid: its period is compared as a whole.

    Raises:
        AuditMismatch: Lines came, went or changed since: crediting by the quote would be wrong.
    """
    if not quoted or tuple(quoted) == tuple(booked_now):
        return
    then, now = (" · ".join(_line_text(line) for line in lines) for lines in (quoted, booked_now))
    raise AuditMismatch(
        f"Billing booked {now or 'nothing'} for the quoted period; the accepted quote has {then}.",
        remedy="Set billing right, then retry; or cancel what changed it.",
    )


def _line_text(line: BookedLine) -> str:
    return f"{line.amount} for {line.from_on} to {line.to_on} ({line.quantity:+d})"


def prepaid_loss(remaining: Money, new_total: Money) -> Money:
    """Return what is lost of the remaining value: it is applied to the new total, up to that total.

    Args:
        remaining: What was paid, net of earlier credits, minus what was consumed.
        new_total: Price of the new plan's first charge, net of tax as the remaining value is.
    """
    return remaining - min(remaining, new_total)


def is_paid_in_advance(billed: BilledPeriod) -> bool:
    """Return whether the value left in a period is prepaid: a year of it was paid at once."""
    return billed.billing_cycle == PAID_IN_ADVANCE and billed.paid.minor_units > 0
