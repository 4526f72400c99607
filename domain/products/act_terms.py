"""What an act on a product means in licenses, days and money; fixed before anything is asked of anybody.

See products#the-money-of-an-act. The same formulas as everywhere: a price belongs to a nominal period
(proration#every-policy), and each line is rounded once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from domain.kernel.facts import as_plain
from domain.kernel.money import Money, round_half_up
from domain.periods.billing_periods import add_months, billed_days, cycle_months
from domain.periods.proration import PER_DAY, POLICIES, Span, billing_calendar
from domain.ports.billing_port import BilledPeriod, BillingProfile, BookedLine
from domain.quote.source import worth_by_price

BILLING, STOPPED = "billing", "stopped"


@dataclass(frozen=True, kw_only=True, slots=True)
class ActTerms:
    """What an act does, in figures; what it does not touch is nothing."""

    #: Licenses of the subscription after it.
    quantity: int
    #: Net, for the days of the period that it adds or that are served again.
    charge: Money
    #: Net, what is given back for days that are not served.
    credit: Money
    #: Value of such days that is lost.
    forfeited: Money
    #: Of the charge; negative where it is given back with the credit.
    tax: Money
    #: What is taken: charge and tax, or the balance that is paid.
    total: Money
    #: First day that is charged or given back; None: no day is.
    from_on: date | None = None
    #: First day after them.
    to_on: date | None = None
    #: Price of one license for one whole period.
    unit_price: Money | None = None
    #: Day of the month on which it renews; 0: nothing begins.
    billing_day: int = 0
    #: card or invoice, where something is charged or given back; "": nothing is.
    payment_method: str = ""

    def as_facts(self) -> dict[str, Any]:
        """Return what is recorded."""
        facts: dict[str, Any] = as_plain(self)
        return facts

    @classmethod
    def of_facts(cls, facts: Mapping[str, Any]) -> ActTerms:
        """Return the terms that were recorded."""
        days = {name: facts[name] and date.fromisoformat(facts[name]) for name in ("from_on", "to_on")}
        amounts = {
            name: facts[name] and Money(**facts[name])
            for name in ("charge", "credit", "forfeited", "tax", "total", "unit_price")
        }
        return cls(**{**facts, **days, **amounts})


def no_money(quantity: int, currency: str) -> ActTerms:
    """Return terms that move nothing."""
    nothing = Money.zero(currency)
    return ActTerms(
        quantity=quantity, charge=nothing, credit=nothing, forfeited=nothing, tax=nothing, total=nothing
    )


def purchase_terms(
    profile: BillingProfile, monthly: Money, billing_cycle: str, *, quantity: int, today: date
) -> ActTerms:
    """Return what a new subscription costs for its first whole period.

    Args:
        profile: How the organization is billed.
        monthly: Price of one license for one month.
        billing_cycle: monthly or annual.
        quantity: Licenses.
        today: First day, in the organization's zone.

    Raises:
        InvalidInput: There is no such cycle.
    """
    months = cycle_months(billing_cycle)
    unit_price = monthly.times(months)
    terms = replace(
        no_money(quantity, monthly.currency),
        from_on=today,
        to_on=add_months(today, months, today.day),
        unit_price=unit_price,
        billing_day=today.day,
    )
    return _charged(terms, unit_price.times(quantity), profile.tax_rate)


def resize_terms(billed: BilledPeriod | None, *, quantity: int, currency: str, today: date) -> ActTerms:
    """Return what more or fewer licenses mean for the rest of the period; the seller books it net.

    Args:
        billed: The current period; None where nothing is billed.
        quantity: Licenses after the change.
        currency: Of the organization.
        today: First day of the change.
    """
    terms = no_money(quantity, currency)
    if billed is None or billed.state != BILLING or not billed_days(billed).has(today):
        return terms
    added = quantity - billed.quantity
    amount = _prorated(billed, abs(added), today, billed.period_end_on)
    terms = replace(terms, from_on=today, to_on=billed.period_end_on, unit_price=billed.unit_price)
    return replace(terms, charge=amount, total=amount) if added > 0 else replace(terms, credit=amount)


def cancellation_terms(
    profile: BillingProfile,
    billed: BilledPeriod | None,
    booked: Iterable[BookedLine],
    *,
    is_prepaid: bool,
    today: date,
) -> ActTerms:
    """Return what is left of the paid period from the day after the cancellation on, with its tax.

    Args:
        profile: How the organization is billed.
        billed: The current period, which may begin after today; None where nothing is billed.
        booked: What was booked for its days.
        is_prepaid: Bought with a card or a key in advance: nothing is given back (rules#prepaid_product_key).
        today: Day of the cancellation, which is still served.
    """
    currency = profile.currency
    terms = no_money(0, currency)
    if billed is None or billed.state != BILLING:
        return terms
    # A period that was given back and bought again on the same day begins tomorrow.
    stop_on = min(max(today + timedelta(days=1), billed.period_start_on), billed.period_end_on)
    paid = max(billed.paid - billed.credited, Money.zero(currency))
    used = sum((_worth(billed, each, stop_on) for each in booked), Fraction(0))
    consumed = min(max(Money(minor_units=round_half_up(used), currency=currency), Money.zero(currency)), paid)
    rest = paid - consumed
    terms = replace(terms, from_on=stop_on, to_on=billed.period_end_on)
    if is_prepaid:
        return replace(terms, forfeited=rest)
    method = profile.payment_method if rest.minor_units else ""
    return replace(terms, credit=rest, tax=-rest.times(Fraction(profile.tax_rate)), payment_method=method)


def return_terms(
    profile: BillingProfile,
    billed: BilledPeriod | None,
    *,
    quantity: int,
    today: date,
    unserved_from: date | None = None,
) -> ActTerms:
    """Return what it costs to serve again: the rest of a period that was given back, or a whole new one.

    A paid period that goes on costs nothing. One that is over, such as that of an expired subscription, is
    not made up for: days that were not served are not charged.

    Args:
        profile: How the organization is billed.
        billed: The period as billing shows it; None where nothing is billed.
        quantity: Licenses.
        today: First day on which it serves again.
        unserved_from: First day that its cancellation gave back: a day before it is paid already.
    """
    terms = no_money(quantity, profile.currency)
    if billed is None or billed.state not in {BILLING, STOPPED}:
        return terms
    is_given_back = billed.state == STOPPED and bool(billed.credited.minor_units)
    if not is_given_back and not is_over(billed, today):
        return terms
    from_on, to_on = max(today, unserved_from or today), billed.period_end_on
    billing_day = billing_calendar(billed).billing_day
    if from_on >= to_on:
        months = cycle_months(billed.billing_cycle)
        to_on, billing_day = add_months(from_on, months, from_on.day), from_on.day
        charge = billed.unit_price.times(quantity)
    else:
        charge = _prorated(billed, quantity, from_on, to_on)
    terms = replace(
        terms, from_on=from_on, to_on=to_on, unit_price=billed.unit_price, billing_day=billing_day
    )
    return _charged(terms, charge, profile.tax_rate)


def is_over(billed: BilledPeriod, today: date) -> bool:
    """Return whether the period that is paid has ended, and no other follows it yet."""
    return billed.period_end_on <= today


def payment_terms(balance_due: Money) -> ActTerms:
    """Return the payment of all that is due."""
    return replace(no_money(0, balance_due.currency), total=balance_due)


def _charged(terms: ActTerms, charge: Money, tax_rate: Decimal) -> ActTerms:
    tax = charge.times(Fraction(tax_rate))
    return replace(terms, charge=charge, tax=tax, total=charge + tax)


def _prorated(billed: BilledPeriod, licenses: int, from_on: date, to_on: date) -> Money:
    price = billed.unit_price.times(licenses)
    part = Span(start_on=from_on, end_on=to_on)
    return billing_calendar(billed).prorated(POLICIES[PER_DAY], price, part)


def _worth(billed: BilledPeriod, line: BookedLine, stop_on: date) -> Fraction:
    """Return what of a booked line is used before a day, in minor units, as at a cutover."""
    end_on = min(line.to_on, stop_on)
    if end_on <= line.from_on:
        return Fraction(0)
    policy = POLICIES[PER_DAY]
    part = Span(start_on=line.from_on, end_on=end_on)
    by_line = policy.exact(line.amount, part, Span(start_on=line.from_on, end_on=line.to_on))
    if by_line == line.amount.minor_units:
        return by_line
    return worth_by_price(billed, policy, line, part=part, by_line=by_line)
