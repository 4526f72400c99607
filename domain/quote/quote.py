"""The quote of a switch, as a table by cutover day, and the cutover that bills it (rules#quote-and-cutover).

Previews, the accepted quote, the bill and a replay years later all run through `day_quote`: there is no
second path that could give other cents. A stored quote keeps its version, its digest and its cents; where one
of before overcharges, the lower amount is billed, and never more than was accepted
(proration#older-quotes).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from domain.catalog.rule_sets import rule_set
from domain.kernel.errors import AuditMismatch, InvalidInput
from domain.kernel.facts import as_plain, digest_of
from domain.kernel.money import Money
from domain.periods.billing_periods import Period, billed_days, cycle_months
from domain.periods.proration import proration_policy
from domain.ports.billing_port import BilledPeriod
from domain.quote import lines as kinds
from domain.quote.day_quotes import AddonDay, DayQuote, day_quote, first_on_without_forfeiture, table_days
from domain.quote.lines import QuoteLine
from domain.quote.overlap import Overlap, overlap_of
from domain.quote.quote_input import NOMINAL_PERIOD, QuotedAddon, QuoteInput

#: Format of the stored facts.
FACTS_FORMAT = 1
#: Versions of what decides cents beside the proration policy; a new way of computing is a new version.
POLICY_VERSIONS = {"rounding": "half_up_per_line/1", "tax": "once_on_net/1"}
NOT_IN_A_SWITCH = "by rule set {name} licenses are reduced before or after a switch, never in it"


@dataclass(frozen=True, kw_only=True, slots=True)
class Forfeiture:
    """What is told before the order of prepaid value that is lost.

    See proration#value-that-was-paid-in-advance.
    """

    #: The most that is lost on a day of the table, and so on any later day: after it no more is taken.
    at_most: Money
    #: First day on which a switch, ordered then, would lose nothing.
    first_on_without: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """A binding answer to what a switch costs, for every day on which it may complete."""

    input: QuoteInput
    #: From the day of the order to the last day, `expires_on`.
    days: tuple[DayQuote, ...]

    @property
    def digest(self) -> str:
        """Return the sha256 (hex) of the input and the policies: what the operator accepts."""
        return digest_of({"input": self.input.as_facts(), "policies": _policies(self.input)})

    @property
    def forfeited_at_most(self) -> Money:
        """Return the most that is lost of a prepaid value on any day: what an operator must accept."""
        return max((day.forfeited for day in self.days), default=Money.zero(self.input.currency))

    @property
    def forfeiture(self) -> Forfeiture | None:
        """Return what is told of a loss before the order; None where nothing was paid in advance."""
        if not self.input.is_prepaid:
            return None
        return Forfeiture(
            at_most=self.forfeited_at_most, first_on_without=first_on_without_forfeiture(self.input)
        )

    @property
    def overlap(self) -> Overlap | None:
        """Return what is told of an old plan that can't be cancelled; None where it ends with the cutover."""
        until = self.input.overlap_until
        days = [(day.on, day.remarks) for day in self.days if day.source_ends_on is not None]
        return overlap_of(days, until, self.input.currency) if until is not None and days else None

    def day(self, on: date) -> DayQuote:
        """Return what the switch costs when it completes on the day `on`.

        The order binds the quote, so a day after `expires_on` has an answer too.

        Raises:
            InvalidInput: The day is before the order.
        """
        return day_quote(self.input, on)

    def as_facts(self) -> dict[str, Any]:
        """Return what an event keeps: the input, the policies, the digest and the totals that were shown."""
        forfeiture, overlap = self.forfeiture, self.overlap
        return {
            "format": FACTS_FORMAT,
            "input": self.input.as_facts(),
            **_computed(self),
            **({"forfeiture": as_plain(forfeiture)} if forfeiture else {}),
            **({"overlap": as_plain(overlap)} if overlap else {}),
        }

    @staticmethod
    def from_facts(facts: dict[str, Any]) -> Quote:
        """Compute a stored quote again.

        Raises:
            AuditMismatch: It does not come out as it was stored.
            InvalidInput: These are not the facts of a quote.
        """
        if facts.get("format") != FACTS_FORMAT:
            raise InvalidInput(field="format", value=facts.get("format"), allowed=str(FACTS_FORMAT))
        again = quote(QuoteInput.from_facts(facts["input"]))
        for name, now in _computed(again).items():
            if facts.get(name) != now:
                raise AuditMismatch(
                    f"The stored quote's {name} is {facts.get(name)}; computed again it is {now}.",
                    remedy="Compare the versions of code and record before billing by this quote.",
                )
        return again


def quote(terms: QuoteInput) -> Quote:
    """Compute the table of a quote, one row a day from the order to the expiry (rules#quote-and-cutover)."""
    return Quote(input=terms, days=tuple(day_quote(terms, day) for day in table_days(terms)))


def cutover(
    accepted: Quote,
    on: date,
    *,
    billed_now: BilledPeriod | None = None,
    addons_now: Mapping[str, BilledPeriod] | None = None,
    forfeited_at_most: Money | None = None,
) -> Cutover:
    """Return what billing is told when the switch completes on the day `on`.

    Args:
        accepted: The quote that the order bound.
        on: Day on which the source was cancelled, in the organization's zone.
        billed_now: The period that billing shows on the day of the cutover, read before billing is stopped.
            It tells whether a renewal that the quote foresees was billed; None takes that for granted.
        addons_now: The same of billed add-ons, by subscription id; one that is missing is taken for granted.
        forfeited_at_most: As `day_quote` takes it.

    Raises:
        InvalidInput: The day is before the order.
        AuditMismatch: Billing shows another period than the quote: nothing may be credited by it.
    """
    day = day_quote(accepted.input, on, forfeited_at_most=forfeited_at_most)
    expected = _source_periods(accepted, day)
    addons = dict(addons_now or {})
    if billed_now is not None:
        addons[accepted.input.billed.subscription_id] = billed_now
    shown = {
        name: billed_days(addons[name]) if name in addons else period for name, period in expected.items()
    }
    not_renewed = frozenset(name for name, period in expected.items() if shown[name] != period)
    if not not_renewed:
        return cutover_of(day)
    candidate = day_quote(
        accepted.input,
        on,
        is_renewal_billed=accepted.input.billed.subscription_id not in not_renewed,
        addons_not_renewed=not_renewed,
        forfeited_at_most=forfeited_at_most,
    )
    for name, period in _source_periods(accepted, candidate).items():
        if period != shown[name]:
            raise _other_period(name, shown[name], expected[name])
    return cutover_of(candidate)


def _source_periods(accepted: Quote, day: DayQuote) -> dict[str, Period]:
    """Return the period that ends with the switch, by subscription id: of the plan and billed add-ons."""
    addons = {each.addon.subscription_id: each.day.source_period for each in day.addons}
    return {**addons, accepted.input.billed.subscription_id: day.source_period}


def _other_period(subscription_id: str, shown: Period, expected: Period) -> AuditMismatch:
    return AuditMismatch(
        f"Billing shows the period {shown.start_on} to {shown.end_on} for subscription "
        f"{subscription_id}; by the quote it is {expected.start_on} to {expected.end_on}.",
        remedy="Compare the billing system's renewals with the quote, then retry the step.",
    )


def require_same_period(quoted: BilledPeriod, billed_now: BilledPeriod) -> None:
    """Refuse when billing shows other money for a quoted period than the quote was computed from.

    A period that follows the quoted one is a renewal, which `cutover` decides.

    Raises:
        AuditMismatch: Credits, payments or licenses changed since: crediting by the quote would be wrong.
    """
    if billed_now.period_start_on != quoted.period_start_on:
        return
    for name in ("period_end_on", "paid", "credited", "quantity", "unit_price"):
        then, now = getattr(quoted, name), getattr(billed_now, name)
        if then != now:
            raise AuditMismatch(
                f"Billing shows {name} {now} for subscription {billed_now.subscription_id}; "
                f"the accepted quote has {then}.",
                remedy="Set billing right, then retry; or cancel what changed it.",
            )


def period_price(monthly: Money, billing_cycle: str) -> Money:
    """Return the price of one license for one period, given its price for one month.

    Raises:
        InvalidInput: There is no such billing cycle.
    """
    return monthly.times(cycle_months(billing_cycle))


def _computed(priced: Quote) -> dict[str, Any]:
    """Return the facts that a stored quote is compared with when it is computed again."""
    return {
        "policies": _policies(priced.input),
        "digest": priced.digest,
        "totals_minor_units": _totals(priced.days),
    }


def _policies(terms: QuoteInput) -> dict[str, str]:
    versions = {"day_count": proration_policy(terms.policy).version, **POLICY_VERSIONS}
    return versions | ({"period": terms.period_version} if terms.is_nominal else {})


def _totals(days: tuple[DayQuote, ...]) -> dict[str, int]:
    return {day.on.isoformat(): day.total.minor_units for day in days}


@dataclass(frozen=True, kw_only=True, slots=True)
class AddonCutover:
    """What billing is told of one billed add-on."""

    addon: QuotedAddon
    stop_on: date
    consumed: Money
    #: What is given back, zero or more; a zero releases the days all the same.
    credit: Money
    credit_from_on: date
    credit_to_on: date
    #: What the add-on costs beside the new plan; None where the new plan includes it.
    charge: Money | None
    period_end_on: date
    unit_price: Money
    #: Day of the month on which what replaces it renews; None: billing takes that of `period_end_on`.
    billing_day: int | None = None
    #: The add-on goes on with fewer licenses: nothing of it is stopped or credited.
    is_source_kept: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Cutover:
    """What billing is told on the cutover day (rules#quote-and-cutover).

    The plan's own amounts; net, tax, total and lines are those of plan and add-ons.
    """

    on: date
    #: First day on which the old plan is not billed.
    stop_on: date
    #: What was used of the old plan; with `credit`, `forfeited` and an accepted overlap it is what was paid.
    consumed: Money
    #: What is given back for the old plan, zero or more; a zero releases the days all the same.
    credit: Money
    #: First day that the credit is for.
    credit_from_on: date
    credit_to_on: date
    #: Prepaid value that is lost, as disclosed and accepted.
    forfeited: Money
    #: What is paid already for days of an old plan that goes on beside the new one, as accepted.
    overlap: Money
    #: What the new plan costs from `on` to before `period_end_on`.
    charge: Money
    tax: Money
    net: Money
    total: Money
    period_end_on: date
    quantity: int
    #: Price of one license of the new plan for one whole period.
    unit_price: Money
    #: Lines of the invoice; their sum is `net`.
    lines: tuple[QuoteLine, ...]
    #: Renewals of the old plan that the seller must have billed by itself before, oldest first.
    renewals: tuple[QuoteLine, ...]
    addons: tuple[AddonCutover, ...] = ()
    #: Day on which the old plan, that can't be cancelled, ends by itself: nothing of it is stopped or given
    #: back; None: it ends with the cutover.
    source_ends_on: date | None = None
    #: Day of the month on which the new plan renews; None: billing takes that of `period_end_on`.
    billing_day: int | None = None
    #: The old plan goes on with fewer licenses: nothing of it is stopped or credited.
    is_source_kept: bool = False
    #: The new plan is owned and billed already: nothing of it is started.
    is_target_owned: bool = False

    @property
    def releases_days(self) -> bool:
        """Return whether days of the old plan are given back, be they worth nothing.

        See rules#quote-and-cutover.
        """
        ends = self.source_ends_on is None and not self.is_source_kept
        return ends and self.credit_from_on < self.credit_to_on

    @property
    def moves_money(self) -> bool:
        """Return whether anything is charged or given back; where nothing is, no invoice is awaited."""
        amounts = (self.total, self.credit, *(each.credit for each in self.addons))
        return any(amount.minor_units for amount in amounts)


def cutover_of(day: DayQuote) -> Cutover:
    """Turn the quote of a day into what billing is told; nothing is computed again."""
    charge = next(line for line in day.lines if line.kind == kinds.CHARGE and not line.addon_id)
    addons = tuple(_addon_cutover(each) for each in day.addons)
    nothing = Money.zero(day.net.currency)
    return Cutover(
        on=day.on,
        stop_on=day.stop_on,
        consumed=day.consumed - sum((each.consumed for each in addons), nothing),
        credit=day.credit - sum((each.credit for each in addons), nothing),
        credit_from_on=day.stop_on,
        credit_to_on=day.source_period.end_on,
        forfeited=day.forfeited,
        overlap=day.overlap,
        charge=charge.amount,
        tax=day.tax,
        net=day.net,
        total=day.total,
        period_end_on=day.target_period.end_on,
        quantity=charge.quantity,
        unit_price=charge.unit_price,
        lines=day.lines,
        renewals=tuple(line for line in day.remarks if line.kind == kinds.RENEWAL_CHARGE),
        addons=addons,
        source_ends_on=day.source_ends_on,
        billing_day=day.billing_day,
        is_source_kept=day.is_source_kept,
        is_target_owned=day.is_target_owned,
    )


def _addon_cutover(each: AddonDay) -> AddonCutover:
    day, addon = each.day, each.addon
    charge = next((line for line in day.lines if line.kind == kinds.CHARGE), None)
    return AddonCutover(
        addon=addon,
        stop_on=day.stop_on,
        consumed=day.consumed,
        credit=day.credit,
        credit_from_on=day.stop_on,
        credit_to_on=day.source_period.end_on,
        charge=charge.amount if charge else None,
        period_end_on=day.target_period.end_on,
        unit_price=addon.billed.unit_price if addon.billed else Money.zero(day.net.currency),
        billing_day=day.billing_day,
        is_source_kept=day.is_source_kept,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """What is billed in place of what an accepted quote of before says."""

    #: The same terms by the formulas of now.
    quote: Quote
    cutover: Cutover
    #: What was accepted for that day, with tax.
    accepted_total: Money
    #: No more of a prepaid value is lost than was accepted.
    forfeited_at_most: Money


def corrected(
    accepted: Quote,
    by_quote: Cutover,
    *,
    billed_now: BilledPeriod | None = None,
    addons_now: Mapping[str, BilledPeriod] | None = None,
) -> Correction | None:
    """Return what is billed instead of a quote of before; None where that is no less.

    Args:
        accepted: The quote that the order bound.
        by_quote: Its cutover.
        billed_now: As `cutover` takes it; it states the billing day, which quotes of before don't have.
        addons_now: The same.
    """
    if accepted.input.is_nominal:
        return None
    stated = billed_now.billing_day if billed_now else None
    billed = replace(accepted.input.billed, billing_day=stated)
    again = quote(replace(accepted.input, billed=billed, period_version=NOMINAL_PERIOD))
    try:
        bill = cutover(
            again,
            by_quote.on,
            billed_now=billed_now,
            addons_now=addons_now,
            forfeited_at_most=by_quote.forfeited,
        )
    except AuditMismatch:
        # The renewals of then and now differ: what was accepted is billed.
        return None
    if not bill.total < by_quote.total:
        return None
    return Correction(
        quote=again, cutover=bill, accepted_total=by_quote.total, forfeited_at_most=by_quote.forfeited
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class RightSizing:
    """What would be saved if no license were ordered that nobody uses; offered, and never applied by itself.

    Rule sets that remove no license in a switch say so in `how` (rules#license_removal_in_switch).
    """

    #: Licenses of the quote that no user who moves would hold.
    unused: int
    #: Licenses to ask for: one for each user.
    quantity: int
    #: The rule set lets a switch order fewer licenses than are held.
    is_possible: bool
    #: What the new plan costs for a whole period of `billing_cycle`, net: as quoted, and with `quantity`.
    period_quoted: Money
    period_right_sized: Money
    billing_cycle: str
    #: What is charged, with tax, when it completes on the quote's first day with `quantity`.
    first_day_total: Money
    #: The most of a prepaid value that would be lost with `quantity`: less is bought with it.
    forfeited_at_most: Money
    #: How to ask for it, or why it can't be had in a switch.
    how: str


def right_sizing(quoted: Quote, *, users: int) -> RightSizing | None:
    """Return what right-sizing a quoted switch would mean; None where no license would be unused.

    Args:
        quoted: The quote that was asked for.
        users: Users who move; each needs a license (TOO_FEW_LICENSES).
    """
    terms = quoted.input
    if not 0 < users < terms.quantity_target:
        return None
    rules = rule_set(terms.rule_set)
    sized = quote(replace(terms, quantity_target=users))
    request = f"ask with quantity {users} (`--quantity {users}`)"
    return RightSizing(
        unused=terms.quantity_target - users,
        quantity=users,
        is_possible=rules.is_right_sizing,
        period_quoted=terms.target_unit_price.times(terms.quantity_target),
        period_right_sized=terms.target_unit_price.times(users),
        billing_cycle=terms.billing_cycle,
        first_day_total=sized.days[0].total,
        forfeited_at_most=sized.forfeited_at_most,
        how=request if rules.is_right_sizing else NOT_IN_A_SWITCH.format(name=rules.name),
    )
