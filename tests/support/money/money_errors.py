"""Money errors by name, each planted in the cutover or in the sandbox's ledger, and a chain that meets it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from domain.kernel.money import Money
from domain.periods import proration as billing_calendar
from domain.periods.next_term import NextTerm
from domain.periods.proration import BillingCalendar
from domain.quote import day_quotes as quote_days
from domain.quote import quote
from domain.quote import source as quote_source
from domain.quote.day_quotes import DayQuote
from domain.quote.quote import Cutover, cutover_of
from providers.reference.billing import BillingClient
from sandbox.billing import billing as sandbox_billing
from sandbox.billing import quantities
from sandbox.kernel import calendar_days
from sandbox.organizations import organizations
from sandbox.seller import subscriptions
from tests.support.money.money_cases import ADD, END, REMOVE, SCHEDULE, SWITCH, Chain, Step

Patch = pytest.MonkeyPatch
Plant = Callable[[Patch], None]


def _chain(number: int, *steps: Step, **facts: Any) -> Chain:
    usual: dict[str, Any] = {
        "currency": "EUR",
        "plan": "STANDARDPACK",
        "cycle": "monthly",
        "start_on": date(2024, 1, 31),
        "licenses": 13,
        "contract": "subscription",
        "tax": "0.19",
        "addons": (),
    }
    return Chain(seed=9_000_000 + number, steps=steps, **(usual | facts))


def _switch(target: str, after_days: int, takes_days: int = 0, amount: int = 0) -> Step:
    return Step(kind=SWITCH, after_days=after_days, target=target, takes_days=takes_days, amount=amount)


#: Three switches and changes of licenses inside of two months, with an add-on.
MONTHLY = _chain(
    1,
    Step(kind=ADD, after_days=4, amount=5),
    _switch("ENTERPRISEPACK", 5, 2),
    Step(kind=ADD, after_days=3, amount=3),
    Step(kind=REMOVE, after_days=1, amount=2),
    _switch("SPE_E3", 4, 1, 17),
    Step(kind=ADD, after_days=31, amount=2),
    addons=(("MCOEV", 3),),
)
#: A year that is paid in advance, and left for a cheaper plan.
PREPAID = _chain(2, _switch("STANDARDPACK", 101), plan="ENTERPRISEPREMIUM", cycle="annual")
#: The old plan renews between the order and the completion.
RENEWING = _chain(3, _switch("ENTERPRISEPACK", 29, 4), start_on=date(2023, 12, 31))
#: Bought on the 31st, and renewed twice.
DRIFTING = _chain(4, Step(kind=ADD, after_days=65, amount=1), start_on=date(2023, 12, 31))
#: The next term has other licenses, and begins between the order and the completion.
SCHEDULED = _chain(
    5,
    Step(kind=SCHEDULE, after_days=3, amount=21),
    _switch("ENTERPRISEPACK", 22, 6),
    start_on=date(2023, 12, 31),
)
#: Nothing is renewed, and the switch completes after the end.
ENDING = _chain(
    6, Step(kind=END, after_days=3, amount=0), _switch("ENTERPRISEPACK", 22, 6), start_on=date(2023, 12, 31)
)
#: Bought on 12 February to end with a plan of the 31st.
CO_TERMED = _chain(7, _switch("ENTERPRISEPACK", 6, 3), late_days=12)
CHAINS = (MONTHLY, PREPAID, RENEWING, DRIFTING, SCHEDULED, ENDING, CO_TERMED)


@dataclass(frozen=True, kw_only=True)
class MoneyError:
    """One planted error."""

    name: str
    plant: Plant
    chain: Chain = MONTHLY
    #: The referee sees it too, from the journal alone.
    is_seen_by_referee: bool = True


def _exactly(change: Callable[[Fraction, Money, Any, BillingCalendar], Fraction]) -> Plant:
    """Return a plant that changes what a part of a period costs before it is rounded."""
    right = BillingCalendar.exact

    def plant(patch: Patch) -> None:
        def wrong(calendar: BillingCalendar, policy: Any, price: Money, part: Any) -> Fraction:
            return change(right(calendar, policy, price, part), price, part, calendar)

        patch.setattr(BillingCalendar, "exact", wrong)

    return plant


def _whole_price(exact: Fraction, price: Money, _part: Any, _calendar: BillingCalendar) -> Fraction:
    return Fraction(price.minor_units) if exact else exact


def _one_day_more(exact: Fraction, _price: Money, part: Any, _calendar: BillingCalendar) -> Fraction:
    return exact * Fraction(part.days + 1, part.days) if part.days else exact


def _rounded_day_price(exact: Fraction, price: Money, part: Any, calendar: BillingCalendar) -> Fraction:
    days = calendar.period(part.start_on).days
    return Fraction(round(Fraction(price.minor_units, days)) * part.days) if exact else exact


def _thirty_days(_exact: Fraction, price: Money, part: Any, _calendar: BillingCalendar) -> Fraction:
    return Fraction(price.minor_units * part.days, 30)


def _cut_over(change: Callable[[Cutover], Cutover]) -> Plant:
    """Return a plant that changes what billing is told at the cutover."""

    def plant(patch: Patch) -> None:
        def wrong(day: DayQuote) -> Cutover:
            return change(cutover_of(day))

        patch.setattr(quote, "cutover_of", wrong)

    return plant


def _sent(method: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Plant:
    """Return a plant that changes a call to billing on its way."""
    right = getattr(BillingClient, method)

    def plant(patch: Patch) -> None:
        def wrong(client: BillingClient, *names: str, **facts: Any) -> Any:
            return right(client, *names, **change(facts))

        patch.setattr(BillingClient, method, wrong)

    return plant


def _sent_again(method: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Plant:
    """Return a plant that sends a call to billing a second time by another key."""
    right = getattr(BillingClient, method)

    def plant(patch: Patch) -> None:
        def wrong(client: BillingClient, *names: str, **facts: Any) -> Any:
            first = right(client, *names, **facts)
            right(client, *names, **(change(facts) | {"key": f"{facts['key']}-again"}))
            return first

        patch.setattr(BillingClient, method, wrong)

    return plant


def _half(facts: dict[str, Any]) -> dict[str, Any]:
    return facts | {"amount": Money(minor_units=1, currency=facts["amount"].currency)}


def _major_units(facts: dict[str, Any]) -> dict[str, Any]:
    amount = facts["amount"]
    return facts | {"amount": replace(amount, minor_units=amount.minor_units // 100)}


def _a_day_early(facts: dict[str, Any]) -> dict[str, Any]:
    return facts | {"effective_on": facts["effective_on"] - timedelta(days=1)}


def _nothing_back(facts: dict[str, Any]) -> dict[str, Any]:
    return facts | {"amount": Money.zero(facts["amount"].currency)}


def _price_per_year(facts: dict[str, Any]) -> dict[str, Any]:
    price, amount = facts["unit_price"], facts["amount"]
    dearer = replace(price, minor_units=price.minor_units * 12)
    return facts | {"unit_price": dearer, "amount": replace(amount, minor_units=amount.minor_units * 12)}


def _all_that_was_paid(terms: Cutover) -> Cutover:
    return replace(terms, credit=terms.credit + terms.consumed)


def _other_licenses(terms: Cutover) -> Cutover:
    charge = terms.charge.times(Fraction(terms.quantity + 1, terms.quantity))
    return replace(terms, quantity=terms.quantity + 1, charge=charge)


def _without_credit_lines(terms: Cutover) -> Cutover:
    lines = tuple(line for line in terms.lines if line.kind != "credit")
    net = sum((line.amount for line in lines), Money.zero(terms.net.currency))
    return replace(terms, lines=lines, net=net, total=net + terms.tax)


def _tax_of_each_line(terms: Cutover) -> Cutover:
    taxes = [line.amount.times(Fraction("0.19")) for line in terms.lines]
    tax = sum(taxes, Money.zero(terms.net.currency))
    return replace(terms, tax=tax, total=terms.net + tax)


def _more_is_lost(patch: Patch) -> None:
    def wrong(remaining: Money, new_total: Money) -> Money:
        return remaining - min(remaining, new_total.times(Fraction(1, 2)))

    patch.setattr(quote_days, "prepaid_loss", wrong)


def _nothing_is_lost(patch: Patch) -> None:
    def wrong(remaining: Money, _new_total: Money) -> Money:
        return Money.zero(remaining.currency)

    patch.setattr(quote_days, "prepaid_loss", wrong)


def _always_down(patch: Patch) -> None:
    for module in (billing_calendar, quote_source):
        patch.setattr(module, "round_half_up", lambda exact: exact.numerator // exact.denominator)


def _no_addons(patch: Patch) -> None:
    right = BillingClient.start

    def wrong(client: BillingClient, *names: str, **facts: Any) -> str:
        return "charge-of-nothing" if ":start:" in facts["key"] else right(client, *names, **facts)

    patch.setattr(BillingClient, "start", wrong)


def _booked(change: Callable[[dict[str, Any], Any, date], int]) -> Plant:
    """Return a plant that changes what the seller books for licenses that come or go."""
    right = quantities._booking

    def plant(patch: Patch) -> None:
        def wrong(owned: Any, quantity: int, from_on: date) -> tuple[dict[str, Any], dict[str, Any]]:
            facts, period = right(owned, quantity, from_on)
            amount = change(facts, owned, from_on)
            name = "paid_minor_units" if facts["kind"] == "charge" else "credited_minor_units"
            more = amount - facts["amount_minor_units"]
            return facts | {"amount_minor_units": amount}, period | {name: period[name] + more}

        patch.setattr(quantities, "_booking", wrong)

    return plant


def _by_billed_days(facts: dict[str, Any], owned: Any, from_on: date) -> int:
    first, end = (date.fromisoformat(owned.billing[name]) for name in ("period_start_on", "period_end_on"))
    price = owned.unit_price_minor_units * abs(facts["quantity"])
    return round(Fraction(price * (end - from_on).days, (end - first).days))


def _whole_month(facts: dict[str, Any], owned: Any, _from_on: date) -> int:
    return int(owned.unit_price_minor_units * abs(facts["quantity"]))


def _renewed(change: Callable[[Any], Any]) -> Plant:
    """Return a plant that changes a subscription before the seller renews it."""
    right = sandbox_billing._renew

    def plant(patch: Patch) -> None:
        def wrong(sandbox: Any, organization: Any, owned: Any, start_on: date) -> None:
            right(sandbox, organization, change(owned), start_on)

        patch.setattr(sandbox_billing, "_renew", wrong)

    return plant


def _whole_first_term(patch: Patch) -> None:
    """Take the price of a whole period for a first term that is shorter."""
    patch.setattr(organizations, "part_price", lambda price, *_days, **_facts: price)


def _never_expired(patch: Patch) -> None:
    """Renew what was to end with its term."""
    patch.setattr(sandbox_billing, "_expire", sandbox_billing._renew)


def _renewed_anyway(patch: Patch) -> None:
    """Quote a renewal of a plan that is not renewed."""
    patch.setattr(NextTerm, "renewed", lambda _next_term, renewals: renewals)


def _same_again(patch: Patch) -> None:
    """Quote a renewal for the licenses of before."""
    patch.setattr(NextTerm, "billed_in", lambda _next_term, _period, billed: billed)


def _drifting(patch: Patch) -> None:
    right = calendar_days.period_end
    patch.setattr(sandbox_billing, "period_end", lambda start_on, cycle, _day=None: right(start_on, cycle))


def _renewal_for_nothing(patch: Patch) -> None:
    """Book no charge for a renewal whose period is shown as paid."""
    right = sandbox_billing.charge_entry

    def wrong(entry_id: str, at: str, owned: Any, reason: str) -> dict[str, Any]:
        entry: dict[str, Any] = right(entry_id, at, owned, reason)
        return entry | ({"amount_minor_units": 0} if reason == "renewal" else {})

    patch.setattr(sandbox_billing, "charge_entry", wrong)


def _unbooked(patch: Patch) -> None:
    """Change the licenses and book nothing."""
    patch.setattr(
        subscriptions, "quantity_changes", lambda _s, _o, _owned, quantity: ({"quantity": quantity}, {})
    )


ERRORS = (
    MoneyError(name="the price of a whole period for a part of it", plant=_exactly(_whole_price)),
    MoneyError(name="one day more than was held", plant=_exactly(_one_day_more)),
    MoneyError(name="the price of a day is rounded, and then the line", plant=_exactly(_rounded_day_price)),
    MoneyError(name="thirty days for every month", plant=_exactly(_thirty_days)),
    MoneyError(name="lines are rounded down", plant=_always_down),
    MoneyError(name="a charge is booked twice", plant=_sent_again("start", dict)),
    MoneyError(name="money is given back twice", plant=_sent_again("credit", _half)),
    MoneyError(name="a charge in major units", plant=_sent("start", _major_units)),
    MoneyError(name="the charge begins a day before the cutover", plant=_sent("start", _a_day_early)),
    MoneyError(name="nothing is given back", plant=_sent("credit", _nothing_back)),
    MoneyError(name="the price of a year for a month", plant=_sent("start", _price_per_year)),
    MoneyError(name="all that was paid is given back", plant=_cut_over(_all_that_was_paid)),
    MoneyError(
        name="another number of licenses is charged",
        plant=_cut_over(_other_licenses),
    ),
    MoneyError(name="the invoice leaves the credit out", plant=_cut_over(_without_credit_lines)),
    MoneyError(name="tax is rounded on each line", plant=_cut_over(_tax_of_each_line)),
    MoneyError(name="an add-on is left out", plant=_no_addons),
    MoneyError(name="more is forfeited than the cap", plant=_more_is_lost, chain=PREPAID),
    MoneyError(
        name="a prepaid value is given back over the cap",
        plant=_nothing_is_lost,
        chain=PREPAID,
        # From the journal alone it may be a switch after its table, which loses no more than that disclosed.
        is_seen_by_referee=False,
    ),
    MoneyError(name="added licenses by the days that were billed", plant=_booked(_by_billed_days)),
    MoneyError(name="licenses that come or go for a whole month", plant=_booked(_whole_month)),
    MoneyError(name="licenses come without a charge", plant=_unbooked),
    MoneyError(name="a renewal that is not charged is credited", plant=_renewal_for_nothing, chain=RENEWING),
    MoneyError(
        name="a renewal for other licenses",
        plant=_renewed(lambda owned: replace(owned, quantity=owned.quantity - 1)),
        chain=RENEWING,
        is_seen_by_referee=False,
    ),
    MoneyError(name="a short first term for a whole period", plant=_whole_first_term, chain=CO_TERMED),
    MoneyError(
        name="the seller renews what was not to be renewed",
        plant=_never_expired,
        chain=ENDING,
        is_seen_by_referee=False,
    ),
    MoneyError(
        name="a renewal is quoted that does not come",
        plant=_renewed_anyway,
        chain=ENDING,
        is_seen_by_referee=False,
    ),
    MoneyError(
        name="a renewal is quoted for the licenses of before",
        plant=_same_again,
        chain=SCHEDULED,
        is_seen_by_referee=False,
    ),
    MoneyError(
        name="the seller forgets what was scheduled",
        plant=_renewed(lambda owned: replace(owned, scheduled=None)),
        chain=SCHEDULED,
        is_seen_by_referee=False,
    ),
    MoneyError(name="the billing day drifts", plant=_drifting, chain=DRIFTING),
)
