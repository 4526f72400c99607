"""The amounts of the second verifier: formulas of its own, written from docs/proration.md (ADR 36).

It needs the standard library alone, and shares no code with the product.
Ratios are exact fractions; each amount is rounded once, halves away from zero.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from itertools import chain, combinations
from typing import Any
from zoneinfo import ZoneInfo

Facts = dict[str, Any]
#: Stated instants at which days begin and end, in place of midnights.
Ends = tuple[datetime | None, datetime | None]
NO_INSTANTS: Ends = (None, None)
#: Add-ons of which each combination of renewals is tried.
_ADDONS_MAX = 6
_MONTHS = {"monthly": 1, "annual": 12}
_KEPT_DIGITS = 10**9
_FIXED_MONTH = 30
#: Ways of counting in which a booked line may have been made.
_WAYS = ("per_day", "per_second", "fixed_30", "kill_bill")


def due_amounts(terms: Facts, *, on: date, period_end: date, total: int, limit: int | None) -> dict[str, int]:
    """Return every amount of a bill in minor units, by name.

    Args:
        terms: Input of the quote that the bill follows.
        on: Day of the cutover.
        period_end: End of the old plan's period that billing showed; it tells which renewals were billed.
        total: What was billed; it tells which renewals of add-ons were.
        limit: What of a prepaid value was accepted as lost; None: as the quote discloses it.
    """
    addons = [each["subscription_id"] for each in terms.get("addons", ()) if each["billed"]][:_ADDONS_MAX]
    some = list(chain.from_iterable(combinations(addons, count) for count in range(len(addons) + 1)))
    bills = [
        _bill(terms, on, renews=renews, ended=set(ended), limit=limit)
        for renews in (True, False)
        for ended in some
    ]
    figures = (period_end.toordinal(), total)
    return next((each for each in bills if (each["end"], each["total"]) == figures), bills[0])


def rounded(amount: Fraction) -> int:
    """Return an amount in whole minor units."""
    half = int(abs(amount) + Fraction(1, 2))
    return half if amount >= 0 else -half


def boundary(day: date, months: int, billing_day: int) -> date:
    """Return the billing day some months after the month of a day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(billing_day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Days:
    """Days from `first` to before `end`; months begin on `billing_day`, 0: the ends tell."""

    first: date
    end: date
    billing_day: int = 0

    @property
    def count(self) -> int:
        """Return how many they are."""
        return (self.end - self.first).days


def days_of(first: str, end: str) -> Days:
    """Return days as the record has them."""
    return Days(date.fromisoformat(first), date.fromisoformat(end))


class Plan:
    """A billed period, and the nominal periods to which its price belongs."""

    def __init__(self, billed: Facts, zone: str) -> None:
        self.days = days_of(billed["period_start_on"], billed["period_end_on"])
        self.months = _MONTHS[billed["billing_cycle"]]
        self.price, self.quantity = billed["unit_price"]["minor_units"], billed["quantity"]
        self.paid = billed["paid"]["minor_units"]
        self.net_paid = max(self.paid - billed["credited"]["minor_units"], 0)
        self.zone = ZoneInfo(zone)
        self.stated = billed.get("billing_day")
        self.billing_day = self._billing_day()
        self.anchor, self.special = self.days.end, None
        nominal = self.period(self.days.first)
        whole = self.price * self.quantity
        part = rounded(Fraction(whole * self.days.count, nominal.count))
        if self.stated is None and self.paid == whole != part:
            self.special = self.days

    def _billing_day(self) -> int:
        first, end = self.days.first, self.days.end
        if self.stated is not None and boundary(end, 0, self.stated) == end:
            return int(self.stated)
        later = max(first.day, end.day)
        return later if boundary(first, self.months, later) == end else end.day

    def period(self, day: date) -> Days:
        """Return the nominal period that has a day."""
        special = getattr(self, "special", None)
        if special is not None and special.first <= day < special.end:
            return Days(special.first, special.end)
        count = ((day.year - self.anchor.year) * 12 + day.month - self.anchor.month) // self.months
        starts = [
            boundary(self.anchor, (count + step) * self.months, self.billing_day) for step in range(-1, 3)
        ]
        place = max(number for number, start in enumerate(starts[:3]) if start <= day)
        return Days(starts[place], starts[place + 1], self.billing_day)

    def ratio(self, way: str, part: Days, whole: Days, at: Ends = NO_INSTANTS) -> Fraction:
        """Return which part of a whole some days are; a stated instant replaces an end's midnight."""
        if way == "per_second":
            ends = [at[0] or self.instant(part.first), at[1] or self.instant(part.end)]
            wholes = [self.instant(day) for day in (whole.first, whole.end)]
            second = timedelta(seconds=1)
            return Fraction((ends[1] - ends[0]) // second, (wholes[1] - wholes[0]) // second)
        if way == "fixed_30":
            passed = [thirties(whole, day) for day in (part.first, part.end, whole.end)]
            return Fraction(passed[1] - passed[0], passed[2])
        exact = Fraction(part.count, whole.count)
        return Fraction(rounded(exact * _KEPT_DIGITS), _KEPT_DIGITS) if way == "kill_bill" else exact

    def instant(self, day: date) -> datetime:
        """Return when a day begins in the organization's zone."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def cost(self, way: str, price: int, part: Days, end_at: datetime | None = None) -> Fraction:
        """Return what some days cost, of a price for each nominal period."""
        total, first = Fraction(0), part.first
        while True:
            whole = self.period(first)
            piece = Days(first, min(part.end, whole.end))
            is_last = piece.end == part.end
            total += price * self.ratio(way, piece, whole, (None, end_at if is_last else None))
            first = whole.end
            if first >= part.end:
                return total


def thirties(whole: Days, day: date) -> int:
    """Return how many days of months of 30 pass from the first day of a whole to a day."""
    anchor = whole.billing_day
    if not anchor:
        later = max(whole.first.day, whole.end.day)
        months = (whole.end.year - whole.first.year) * 12 + whole.end.month - whole.first.month
        fits = (
            boundary(whole.first, 0, later) == whole.first
            and boundary(whole.first, months, later) == whole.end
        )
        anchor = later if fits else whole.first.day
    count = (day.year - whole.first.year) * 12 + day.month - whole.first.month
    count -= boundary(whole.first, count, anchor) > day
    return _FIXED_MONTH * count + (day - boundary(whole.first, count, anchor)).days


def worth(plan: Plan, way: str, line: Facts, stop: date, stop_at: datetime | None) -> Fraction:
    """Return what of a booked line was used before a day."""
    days = days_of(line["from_on"], line["to_on"])
    amount = int(line["amount"]["minor_units"])
    price = plan.price * int(line["quantity"])
    used = Days(days.first, min(stop, days.end))
    if used.count < 0:
        return Fraction(0)
    stop_at = stop_at if used.end < days.end else None
    by_line = amount * plan.ratio(way, used, days, (None, stop_at))
    if by_line == amount:
        return by_line
    by_price = plan.cost(way, price, used, stop_at)
    if amount in {rounded(plan.cost(each, price, days)) for each in _WAYS}:
        return by_price
    nominal = plan.period(days.first)
    is_part = (days.first, days.end) == (plan.days.first, plan.days.end) != (nominal.first, nominal.end)
    charge = rounded(plan.cost(way, price, days))
    return min(by_line, by_price) if is_part and line["quantity"] > 0 and charge < amount else by_line


def source_of(terms: Facts, plan: Plan, stop: date, *, is_renewal_billed: bool) -> tuple[Days, bool]:
    """Return the period of the old plan that is credited, and whether it is a renewal."""
    later, end, term = [], plan.days.end, terms.get("next_term")
    while end <= stop:
        later.append(Days(end, boundary(end, plan.months, plan.billing_day)))
        end = later[-1].end
    begins = date.fromisoformat(term["begins_on"]) if term else date.max
    if term and not term["is_renewed"]:
        later = [each for each in later if each.first < begins]
    if later and later[-1].first == stop and not is_renewal_billed:
        later.pop()
    source = later[-1] if later else plan.days
    if term and source.first >= begins:
        plan.quantity = plan.quantity if term.get("quantity") is None else term["quantity"]
        plan.price = term["unit_price"]["minor_units"] if term.get("unit_price") else plan.price
    return source, bool(later)


def charge_of(terms: Facts, plan: Plan, way: str, on: date, start_at: datetime | None) -> int:
    """Return what the new plan costs from a day to the end of its period."""
    if terms.get("is_target_owned"):
        return 0
    months = _MONTHS[terms["billing_cycle"]]
    if months != plan.months:
        plan.anchor, plan.months = plan.period(on).first, months
    whole = plan.period(on)
    price = terms["target_unit_price"]["minor_units"] * terms["quantity_target"]
    return rounded(price * plan.ratio(way, Days(on, whole.end), whole, (start_at, None)))


def one_day(terms: Facts, on: date, *, renews: bool = True, limit: int | None = None) -> dict[str, int]:
    """Return consumed, credit, forfeited and charge of a plan, or an add-on, that is left on a day."""
    plan = Plan(terms["billed"], terms.get("time_zone", "UTC"))
    leaving = terms.get("licenses_leaving")
    first_on = max(date.fromisoformat(terms["order_on"]), plan.days.first)
    stop = first_on if terms["rule_set"] == "2014" and leaving is None else on
    source, is_renewal = source_of(terms, plan, stop, is_renewal_billed=renews)
    if leaving is not None:
        # One license stays, however few the next term has.
        leaving = min(leaving, plan.quantity - 1)
    stop = min(stop, source.end)
    instant = datetime.fromisoformat(terms["cutover_at"]) if terms.get("cutover_at") else None
    is_stated = instant is not None and instant.astimezone(plan.zone).date() == on
    way = terms["policy"] if instant is None or is_stated else "per_day"
    at = instant if is_stated else None
    days = {"from_on": source.first.isoformat(), "to_on": source.end.isoformat()}
    paid = plan.price * plan.quantity if is_renewal else plan.net_paid
    whole = {"amount": {"minor_units": paid if is_renewal else plan.paid}, **days, "quantity": plan.quantity}
    lines = [whole] if is_renewal else terms.get("booked") or [whole]
    used = rounded(
        sum((worth(plan, way, each, stop, at if stop == on else None) for each in lines), Fraction(0))
    )
    consumed = min(max(used, 0), paid)
    ahead = Days(on, source.end)
    lost = 0
    if leaving is not None:
        is_lost = terms.get("is_prepaid") and on > source.first and leaving and on < source.end
        lost = rounded(plan.cost("per_day", plan.price * leaving, ahead)) if is_lost else 0
    charge = charge_of(terms, plan, way, on, at)
    end = source.end.toordinal()
    if leaving is not None:
        lost = lost if limit is None else min(lost, limit)
        return {"consumed": 0, "credit": 0, "forfeited": lost, "charge": charge, "end": end}
    if terms.get("overlap_until") and on < date.fromisoformat(terms["overlap_until"]):
        return {"consumed": consumed, "credit": 0, "forfeited": 0, "charge": charge, "end": end}
    rest = paid - consumed
    if terms.get("is_prepaid") and stop > source.first:
        lost = rest - min(rest, charge if terms.get("mode", "automatic") == "automatic" else 0)
        lost = lost if limit is None else min(lost, limit)
    return {"consumed": consumed, "credit": rest - lost, "forfeited": lost, "charge": charge, "end": end}


def _bill(terms: Facts, on: date, *, renews: bool, ended: set[str], limit: int | None) -> dict[str, int]:
    """Return every amount of a bill in minor units, by name."""
    if limit is None and terms.get("is_prepaid") and on > (last := date.fromisoformat(terms["expires_on"])):
        first = max(date.fromisoformat(terms["order_on"]), Plan(terms["billed"], "UTC").days.first)
        table = (one_day(terms, first + timedelta(days=n)) for n in range((last - first).days + 1))
        limit = max((each["forfeited"] for each in table), default=0)
    amounts = one_day(terms, on, renews=renews, limit=limit)
    net = amounts["charge"] - amounts["credit"]
    for addon in terms.get("addons", ()):
        if not addon["billed"]:
            continue
        name, billed = addon["subscription_id"], addon["billed"]
        own = {each: addon.get(each) for each in ("booked", "next_term", "licenses_leaving")}
        plain_terms = {"quantity_target": addon["quantity"], "target_unit_price": billed["unit_price"]}
        cycle = {"billed": billed, "billing_cycle": billed["billing_cycle"], "is_target_owned": False}
        day = one_day(
            {**terms, **own, **plain_terms, **cycle, "is_prepaid": False}, on, renews=name not in ended
        )
        amounts |= {f"addon {name} {each}": day[each] for each in ("credit", "consumed")}
        amounts |= {f"addon {name} charge": day["charge"]} if addon["is_carried"] else {}
        net += (day["charge"] if addon["is_carried"] else 0) - day["credit"]
    tax = rounded(net * Fraction(terms["tax_rate"]))
    return {**amounts, "net": net, "tax": tax, "total": net + tax}
