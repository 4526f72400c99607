"""The cutover of billing: what goes to the billing system; the journal proves it from the events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.kernel.money import Money
from domain.quote import lines as kinds
from domain.quote.day_quotes import AddonDay, DayQuote
from domain.quote.lines import QuoteLine
from domain.quote.quote_addons import QuotedAddon


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

    @property
    def releases_days(self) -> bool:
        """Return whether days of the old plan are given back, be they worth nothing.

        See rules#quote-and-cutover.
        """
        return self.source_ends_on is None and self.credit_from_on < self.credit_to_on

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
    )
