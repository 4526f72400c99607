"""The lines of one cutover day: the one function that the quote shows and the cutover bills."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from domain.catalog.rule_sets import AT_ORDER, rule_set
from domain.kernel.errors import InvalidInput
from domain.kernel.money import Money, total_of
from domain.periods.billing_periods import Period, billed_days
from domain.periods.proration import PER_DAY, Policy, Span, billing_day_of, proration_policy
from domain.ports.billing_port import BilledPeriod
from domain.quote import lines as kinds
from domain.quote.lines import QuoteLine
from domain.quote.overlap import accepted_overlap
from domain.quote.quote_input import (
    AUTOMATIC,
    QuotedAddon,
    QuoteInput,
    leaving_of,
    prepaid_loss,
    source_calendar,
    source_renewals,
    target_period,
    target_whole,
)
from domain.quote.source import given_back, remaining_value, source_line, source_side, whole_period_price


@dataclass(frozen=True, kw_only=True, slots=True)
class DayQuote:
    """What the switch costs when it completes on the day `on`."""

    on: date
    #: First day on which the old plan is not billed: `on`, or the order's day in rule set `2014`.
    stop_on: date
    #: Period of the old plan that is credited; a renewal when one came before `stop_on`.
    source_period: Period
    #: Period of the new plan that has `on`, on the billing day of the old one.
    target_period: Period
    #: What was paid for plan and add-ons, net of earlier credits: consumed + credit + forfeited + overlap.
    paid: Money
    #: What stands on the invoice of the switch; its sum is `net`.
    lines: tuple[QuoteLine, ...]
    #: Lines beside it that are billed elsewhere or not at all.
    remarks: tuple[QuoteLine, ...]
    net: Money
    tax: Money
    total: Money
    #: Billed add-ons, each by itself; their lines stand in `lines` and `told` as well.
    addons: tuple[AddonDay, ...] = ()
    #: Day on which the old plan, that can't be cancelled, ends by itself; None: it ends with the cutover.
    source_ends_on: date | None = None
    #: Day of the month on which both plans renew; None in quotes of before, which take the period's end.
    billing_day: int | None = None
    #: The old plan goes on with fewer licenses: nothing of it is stopped or credited by the switch.
    is_source_kept: bool = False
    #: The new plan is owned and billed already: nothing of it is started by the switch.
    is_target_owned: bool = False

    @property
    def consumed(self) -> Money:
        """Return what was used of the old plan and its add-ons."""
        return self._sum(kinds.USED)

    @property
    def credit(self) -> Money:
        """Return what the invoice gives back for the old plan and its add-ons, zero or more."""
        return -self._sum(kinds.GIVEN_BACK)

    @property
    def forfeited(self) -> Money:
        """Return the prepaid value that is lost."""
        return self._sum(frozenset({kinds.FORFEITED}))

    @property
    def overlap(self) -> Money:
        """Return what is paid already for days on which the old plan goes on beside the new one."""
        return self._sum(frozenset({kinds.ACCEPTED_OVERLAP}))

    def amount(self, kind: str) -> Money:
        """Return the sum of all lines of one kind."""
        return self._sum(frozenset({kind}))

    def _sum(self, wanted: frozenset[str]) -> Money:
        amounts = [line.amount for line in (*self.lines, *self.remarks) if line.kind in wanted]
        return total_of(amounts, self.net.currency)


@dataclass(frozen=True, kw_only=True, slots=True)
class AddonDay:
    """What one billed add-on costs on that day, as if it were alone."""

    addon: QuotedAddon
    day: DayQuote


def day_quote(
    terms: QuoteInput,
    on: date,
    *,
    is_renewal_billed: bool = True,
    addons_not_renewed: frozenset[str] = frozenset(),
    forfeited_at_most: Money | None = None,
) -> DayQuote:
    """Compute the lines of a cutover on the day `on` (rules#quote-and-cutover).

    Args:
        terms: What the quote is computed from.
        on: Day of the cutover in the organization's zone; it belongs to the new plan.
        is_renewal_billed: The seller bills a renewal that begins on the day the old plan stops. Where the
            plan was cancelled before he did, there is nothing to give back.
        addons_not_renewed: Subscriptions of add-ons that the seller does not renew either.
        forfeited_at_most: What of a prepaid value was accepted as lost, where a quote of before accepted it.

    Raises:
        InvalidInput: The day is before the order, or before the period that was billed.
    """
    limit = forfeited_at_most
    if limit is None and terms.is_prepaid and on > terms.expires_on:
        # Nothing is lost beyond what the table disclosed, and the operator accepted.
        limit = disclosed_forfeiture(terms)
    plan = _day(terms, on, is_renewal_billed=is_renewal_billed, forfeiture_limit=limit)
    return _with_addons(plan, terms, addons_not_renewed) if terms.addons else plan


def table_days(terms: QuoteInput) -> tuple[date, ...]:
    """Return the days of the quote's table: from the first possible cutover to the expiry."""
    count = (terms.expires_on - terms.first_on).days + 1
    return tuple(terms.first_on + timedelta(days=offset) for offset in range(count))


def disclosed_forfeiture(terms: QuoteInput) -> Money:
    """Return the most that is forfeited on any day of the table: what an operator accepts."""
    nothing = Money.zero(terms.currency)
    if not terms.is_prepaid:
        return nothing
    return max((_day(terms, day).forfeited for day in table_days(terms)), default=nothing)


def first_on_without_forfeiture(terms: QuoteInput) -> date:
    """Return the first day on which a switch, ordered then, would lose nothing.

    The renewal is one at the latest: nothing is left of the old period, and nothing was used of the new.
    """
    first_on = terms.first_on
    renewal_on = _source_period(terms, first_on)[0].end_on
    for offset in range((renewal_on - first_on).days):
        day = first_on + timedelta(days=offset)
        if not _lost_when_ordered_on(terms, day).minor_units:
            return day
    return renewal_on


def billing_stop_on(terms: QuoteInput) -> date | None:
    """Return the first day on which the old plan is not billed where that does not depend on the cutover.

    A rule set may end the old billing at the order: on the day of the accepted quote, which the order binds
    (proration#where-billing-stops-at-the-order). None: it ends with the cutover, or goes on for who stays.
    """
    if terms.licenses_leaving is not None:
        return None
    return terms.first_on if rule_set(terms.rule_set).billing_stop == AT_ORDER else None


def policy_on(terms: QuoteInput, on: date) -> Policy:
    """Return the policy of a cutover on the day `on`.

    Seconds bind only a cutover at the stated instant; one that comes on another day counts days.
    """
    is_another_day = terms.cutover_on is not None and terms.cutover_on != on
    return proration_policy(PER_DAY if is_another_day else terms.policy)


def _day(
    terms: QuoteInput, on: date, *, is_renewal_billed: bool = True, forfeiture_limit: Money | None = None
) -> DayQuote:
    if on < terms.first_on:
        raise InvalidInput(field="cutover day", value=on, allowed=f"{terms.first_on} or later")
    stop_on = billing_stop_on(terms) or on
    source, renewals = _source_period(terms, stop_on, is_renewal_billed=is_renewal_billed)
    # A plan that does not renew has ended by itself when the cutover comes later.
    stop_on = min(stop_on, source.end_on)
    renewed = tuple(_renewal(terms, period) for period in renewals)
    terms = _terms_in(terms, source)
    policy = policy_on(terms, on)
    side = source_side(
        terms, policy, source, stop_on, stop_at=_instant(terms, stop_on, on), is_renewed=bool(renewals)
    )
    charge = _charge(terms, policy, kinds.CHARGE, target_period(terms, on), on=on)
    if terms.licenses_leaving is not None:
        lost = _lost_of_leaving(terms, source, on)
        lost = lost if forfeiture_limit is None else min(lost, forfeiture_limit)
        return _reduced(terms, on, source=source, charge=charge, renewed=renewed, lost=lost)
    if terms.is_overlapped(on):
        beside = accepted_overlap(terms, source, side.remaining, on)
        remarks = (*renewed, *side.used, *beside)
        lines = (charge, *_overlap(terms, policy, on))
        ends_on = terms.overlap_until
        return _summed(
            terms, on, source=source, paid=side.paid, lines=lines, remarks=remarks, source_ends_on=ends_on
        )
    forfeited = _forfeited(terms, side.remaining, charge.amount, is_served=stop_on > source.start_on)
    if forfeiture_limit is not None:
        forfeited = min(forfeited, forfeiture_limit)
    unused = Period(start_on=stop_on, end_on=source.end_on)
    lines = (
        *given_back(terms, policy, side, forfeited=forfeited, unused=unused, period=source),
        *_free(terms, stop_on, on),
        charge,
        *_overlap(terms, policy, on),
    )
    remarks = (
        *renewed,
        *side.used,
        *_forfeiture(terms, forfeited, unused),
    )
    return _summed(terms, on, source=source, paid=side.paid, lines=lines, remarks=remarks, stop_on=stop_on)


def _reduced(
    terms: QuoteInput,
    on: date,
    *,
    source: Period,
    charge: QuoteLine,
    renewed: tuple[QuoteLine, ...],
    lost: Money,
) -> DayQuote:
    """Return a day of a switch of some users: the old plan goes on for the others (manual#some-users).

    What the seller gives back for the licenses that go stands in its own books, and on no invoice of ours.
    Of a value that was paid in advance nothing is: what of it goes with them is forfeited.
    """
    lines = (charge, *_overlap(terms, policy_on(terms, on), on))
    day = _summed(
        terms,
        on,
        source=source,
        paid=lost,
        lines=lines,
        remarks=(*renewed, *_of_leaving(terms, source, on, lost=lost)),
    )
    return replace(day, is_source_kept=True)


def _of_leaving(terms: QuoteInput, source: Period, on: date, *, lost: Money) -> tuple[QuoteLine, ...]:
    """Return what is told of the licenses that go: what is lost of them, or what the seller gives back."""
    leaving = terms.licenses_leaving or 0
    days = Period(start_on=on, end_on=source.end_on)
    if lost.minor_units:
        text = f"Prepaid value of {leaving} licenses that is forfeited"
        return (replace(source_line(terms, kinds.FORFEITED, text, lost, days), quantity=leaving),)
    if not leaving or not terms.is_reducible(on) or on >= source.end_on or _is_forfeited(terms, source, on):
        return ()
    text = f"Old plan, {leaving} licenses less; given back by the seller's own books, not on this invoice"
    worth = _worth_of_leaving(terms, source, on)
    return (replace(source_line(terms, kinds.REDUCTION, text, -worth, days), quantity=leaving),)


def _lost_of_leaving(terms: QuoteInput, source: Period, on: date) -> Money:
    """Return what is lost of a prepaid value with the licenses that go (rules#quote-and-cutover)."""
    is_lost = _is_forfeited(terms, source, on)
    return _worth_of_leaving(terms, source, on) if is_lost else Money.zero(terms.currency)


def _is_forfeited(terms: QuoteInput, source: Period, on: date) -> bool:
    """Return whether licenses that go were paid in advance; a period of which no day was served is not."""
    return terms.is_prepaid and on > source.start_on


def _worth_of_leaving(terms: QuoteInput, source: Period, on: date) -> Money:
    """Return what the days from `on` to the period's end are worth for the licenses that go."""
    leaving = terms.licenses_leaving or 0
    if not leaving or on >= source.end_on:
        return Money.zero(terms.currency)
    part = Span(start_on=on, end_on=source.end_on, time_zone=terms.time_zone)
    return source_calendar(terms).prorated(
        proration_policy(PER_DAY), terms.billed.unit_price.times(leaving), part
    )


def _summed(
    terms: QuoteInput,
    on: date,
    *,
    source: Period,
    paid: Money,
    lines: tuple[QuoteLine, ...],
    remarks: tuple[QuoteLine, ...],
    stop_on: date | None = None,
    source_ends_on: date | None = None,
) -> DayQuote:
    net = total_of([line.amount for line in lines], terms.currency)
    tax = net.times(_share(terms.tax_rate))
    return DayQuote(
        on=on,
        stop_on=stop_on or on,
        source_period=source,
        target_period=target_period(terms, on),
        paid=paid,
        lines=lines,
        remarks=remarks,
        net=net,
        tax=tax,
        total=net + tax,
        source_ends_on=source_ends_on,
        billing_day=billing_day_of(terms.billed) if terms.is_nominal else None,
        is_target_owned=terms.is_target_owned,
    )


#: Each day is taxed by the same few rates.
@lru_cache(maxsize=256)
def _share(tax_rate: Decimal) -> Fraction:
    return Fraction(tax_rate)


def _with_addons(plan: DayQuote, terms: QuoteInput, not_renewed: frozenset[str]) -> DayQuote:
    """Add each billed add-on's lines to those of the plan; the tax is on the whole net, once."""
    addons = tuple(
        _addon_day(
            terms, each, each.billed, plan.on, is_renewal_billed=each.subscription_id not in not_renewed
        )
        for each in terms.addons
        if each.billed is not None
    )
    net = sum((each.day.net for each in addons), plan.net)
    tax = net.times(_share(terms.tax_rate))
    return replace(
        plan,
        paid=sum((each.day.paid for each in addons), plan.paid),
        lines=plan.lines + tuple(line for each in addons for line in _named(each.addon, each.day.lines)),
        remarks=plan.remarks
        + tuple(line for each in addons for line in _named(each.addon, each.day.remarks)),
        net=net,
        tax=tax,
        total=net + tax,
        addons=addons,
    )


def _addon_day(
    terms: QuoteInput, addon: QuotedAddon, billed: BilledPeriod, on: date, *, is_renewal_billed: bool
) -> AddonDay:
    """Compute an add-on like a plan of its own; of one that is removed nothing is charged."""
    day = _day(terms.of_addon(addon, billed), on, is_renewal_billed=is_renewal_billed)
    if addon.is_carried:
        return AddonDay(addon=addon, day=day)
    lines = tuple(line for line in day.lines if line.kind not in kinds.OF_TARGET)
    net = total_of([line.amount for line in lines], terms.currency)
    return AddonDay(addon=addon, day=replace(day, lines=lines, net=net))


def _named(addon: QuotedAddon, lines: tuple[QuoteLine, ...]) -> tuple[QuoteLine, ...]:
    return tuple(line.about(addon.subscription_id, addon.name) for line in lines)


def _instant(terms: QuoteInput, day: date, on: date) -> datetime | None:
    """Return the stated instant when it is on `day` and the cutover is as well."""
    return terms.cutover_at if day == on == terms.cutover_on else None


def _source_period(
    terms: QuoteInput, stop_on: date, *, is_renewal_billed: bool = True
) -> tuple[Period, tuple[Period, ...]]:
    """Return the period of the old plan that is credited, and the renewals up to it."""
    renewals = _renewals(terms, stop_on, is_renewal_billed=is_renewal_billed)
    return (billed_days(terms.billed), *renewals)[-1], renewals


def _lost_when_ordered_on(terms: QuoteInput, day: date) -> Money:
    """Return what a switch would lose that is ordered and completed on `day`; lines are not told."""
    source, renewals = _source_period(terms, day)
    terms = _terms_in(terms, source)
    if terms.licenses_leaving is not None:
        return _lost_of_leaving(terms, source, day)
    policy = policy_on(terms, day)
    remaining = remaining_value(
        terms, policy, source, day, stop_at=_instant(terms, day, day), is_renewed=bool(renewals)
    )
    charge = _charge(terms, policy, kinds.CHARGE, target_period(terms, day), on=day).amount
    return _forfeited(terms, remaining, charge, is_served=day > source.start_on)


def _renewals(terms: QuoteInput, stop_on: date, *, is_renewal_billed: bool) -> tuple[Period, ...]:
    renewals = source_renewals(terms, billed_days(terms.billed), stop_on)
    renewals = terms.next_term.renewed(renewals) if terms.next_term else renewals
    is_unbilled = bool(renewals) and not is_renewal_billed and renewals[-1].start_on == stop_on
    return renewals[:-1] if is_unbilled else renewals


def _terms_in(terms: QuoteInput, period: Period) -> QuoteInput:
    """Return the terms with the licenses and the price that the old plan has in a period."""
    if terms.next_term is None:
        return terms
    billed = terms.next_term.billed_in(period, terms.billed)
    if billed == terms.billed:
        return terms
    return replace(terms, billed=billed, licenses_leaving=leaving_of(terms.licenses_leaving, billed))


def _forfeited(terms: QuoteInput, remaining: Money, charge: Money, *, is_served: bool) -> Money:
    """Return what is lost of a prepaid value; a period of which no day was served is given back whole."""
    nothing = Money.zero(terms.currency)
    if not terms.is_prepaid or not is_served:
        return nothing
    return prepaid_loss(remaining, charge if terms.mode == AUTOMATIC else nothing)


def _renewal(terms: QuoteInput, period: Period) -> QuoteLine:
    terms = _terms_in(terms, period)
    description = "Old plan renews; billed by the seller's own renewal, not on this invoice"
    return source_line(terms, kinds.RENEWAL_CHARGE, description, whole_period_price(terms), period)


def _charge(
    terms: QuoteInput, policy: Policy, kind: str, period: Period, *, on: date, from_on: date | None = None
) -> QuoteLine:
    """Return what the new plan costs: from the cutover on, or from `from_on` to before it (overlap)."""
    days = Period(start_on=on, end_on=period.end_on)
    start_at, end_at = _instant(terms, on, on), None
    if from_on is not None:
        days = Period(start_on=from_on, end_on=min(on, period.end_on))
        start_at, end_at = None, start_at if on < period.end_on else None
    part = Span(
        start_on=days.start_on,
        end_on=days.end_on,
        time_zone=terms.time_zone,
        start_at=start_at,
        end_at=end_at,
    )
    whole = target_whole(terms, period)
    price = terms.target_unit_price.times(terms.quantity_target)
    text = f"New plan, {days.days} of {period.days} days"
    return QuoteLine(
        kind=kind,
        description=f"{text}, owned and billed already" if terms.is_target_owned else text,
        amount=Money.zero(terms.currency) if terms.is_target_owned else policy.prorate(price, part, whole),
        from_on=days.start_on,
        to_on=days.end_on,
        quantity=terms.quantity_target,
        unit_price=terms.target_unit_price,
    )


def _overlap(terms: QuoteInput, policy: Policy, on: date) -> tuple[QuoteLine, ...]:
    """Return the days that the seller billed before the cutover: charged and credited, so for nothing."""
    if not terms.is_billed_from_order or billing_stop_on(terms):
        return ()
    lines: list[QuoteLine] = []
    from_on = terms.first_on
    while from_on < on:
        period = target_period(terms, from_on)
        charge = _charge(terms, policy, kinds.OVERLAP_CHARGE, period, on=on, from_on=from_on)
        lines += [charge, _given_back(charge)]
        from_on = charge.to_on
    return tuple(lines)


def _given_back(charge: QuoteLine) -> QuoteLine:
    description = f"{charge.description}, before the cutover: not charged"
    return replace(charge, kind=kinds.OVERLAP_CREDIT, description=description, amount=-charge.amount)


def _forfeiture(terms: QuoteInput, forfeited: Money, unused: Period) -> tuple[QuoteLine, ...]:
    if not forfeited.minor_units:
        return ()
    return (source_line(terms, kinds.FORFEITED, "Prepaid value that is forfeited", forfeited, unused),)


def _free(terms: QuoteInput, stop_on: date, on: date) -> tuple[QuoteLine, ...]:
    """Return the days that nobody pays for, where billing stops at the order."""
    if stop_on == on:
        return ()
    days = Period(start_on=stop_on, end_on=on)
    text = f"Old plan, free from the order to the cutover, {days.days} days"
    line = source_line(terms, kinds.FREE, text, Money.zero(terms.currency), days)
    return (replace(line, code=kinds.BILLING_STOPS_AT_ORDER),)
