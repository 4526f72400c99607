"""What the properties of quotes are drawn from: organizations of every policy, currency and history."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from domain.kernel.calendar import local_date
from domain.kernel.money import Money
from domain.periods.billing_periods import Period, add_months, cycle_months, renewals_until
from domain.periods.proration import POLICIES
from domain.ports.billing_port import BilledPeriod, BookedLine
from domain.quote.quote import Quote, quote
from domain.quote.quote_input import QuoteInput

DAYS_AHEAD_MAX = 80
TABLE_DAYS_MAX = 8
PRICE_MAX = 10**7
QUANTITY_MAX = 5000
CURRENCIES = ("EUR", "USD", "JPY", "KWD")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
PRICES = st.integers(min_value=0, max_value=PRICE_MAX)
#: A first day at the end of a month as often as any other, and leap years among the years.
STARTS = st.one_of(
    st.dates(date(2023, 1, 1), date(2028, 12, 31)),
    st.sampled_from([date(2024, 1, 31), date(2024, 2, 29), date(2027, 2, 28), date(2025, 12, 31)]),
)


@st.composite
def booked_lines(
    draw: st.DrawFn, period: Period, paid: int, quantity: int
) -> list[tuple[int, date, date, int]]:
    """Draw what billing booked: the first charge, and up to four licenses added or credits given since."""
    lines = [(paid, period.start_on, period.end_on, quantity)]
    for _number in range(draw(st.integers(0, 4))):
        from_on = period.start_on + timedelta(days=draw(st.integers(0, period.days - 1)))
        to_on = from_on + timedelta(days=draw(st.integers(1, (period.end_on - from_on).days)))
        amount = draw(st.integers(-(paid // 4), paid))
        lines.append((amount, from_on, to_on, draw(st.integers(1, 50)) * (1 if amount >= 0 else -1)))
    return lines


@st.composite
def billed_facts(
    draw: st.DrawFn, currency: str, *, is_whole_price: bool, is_changed: bool = False
) -> dict[str, Any]:
    """Draw the old plan's period with what was paid, credited and booked for it.

    `is_whole_price` draws only periods that were paid in full, `is_changed` only those with booked lines.
    """
    cycle = draw(st.sampled_from(["monthly", "annual"]))
    start_on = draw(STARTS)
    end_on = add_months(start_on, cycle_months(cycle), start_on.day)
    quantity, price = draw(st.integers(1, QUANTITY_MAX)), draw(PRICES)
    whole = quantity * price
    paid = whole if is_whole_price else draw(st.sampled_from([whole, price, 0]))
    has_history = is_changed or (not is_whole_price and draw(st.booleans()))
    lines = (
        draw(booked_lines(Period(start_on=start_on, end_on=end_on), paid, quantity)) if has_history else []
    )
    charged = sum(max(0, line[0]) for line in lines) if lines else paid
    credited = -sum(min(0, line[0]) for line in lines)
    if not lines and not is_whole_price:
        credited = draw(st.integers(0, paid))
    booked = tuple(
        BookedLine(
            amount=Money(minor_units=amount, currency=currency), from_on=first, to_on=to, quantity=count
        )
        for amount, first, to, count in lines
    )
    billed = BilledPeriod(
        subscription_id="s",
        plan_id="old",
        quantity=quantity,
        unit_price=Money(minor_units=price, currency=currency),
        period_start_on=start_on,
        period_end_on=end_on,
        paid=Money(minor_units=charged, currency=currency),
        credited=Money(minor_units=credited, currency=currency),
        billing_cycle=cycle,
        state="billing",
    )
    return {"billed": billed, "booked": booked}


@st.composite
def instant_of(draw: st.DrawFn, first_on: date) -> dict[str, Any]:
    """Draw the instant of a scheduled cutover, in a zone whose clock may change."""
    zone = draw(st.sampled_from(ZONES))
    at = datetime(first_on.year, first_on.month, first_on.day, 12, tzinfo=UTC) + timedelta(
        days=1, seconds=draw(st.integers(0, 20 * 86400))
    )
    return {"policy": "per_second", "cutover_at": at, "time_zone": zone}


@st.composite
def terms_of(
    draw: st.DrawFn, /, *, is_whole_price: bool = False, is_changed: bool = False, **changes: Any
) -> QuoteInput:
    """Draw the input of a quote, its period as `billed_facts` draws it."""
    currency = draw(st.sampled_from(CURRENCIES))
    source = draw(billed_facts(currency, is_whole_price=is_whole_price, is_changed=is_changed))
    billed = source["billed"]
    period_days = (billed.period_end_on - billed.period_start_on).days
    order_on = billed.period_start_on + timedelta(days=draw(st.integers(0, period_days + 20)))
    policy = draw(st.sampled_from(sorted(POLICIES)))
    timing = draw(instant_of(order_on)) if policy == "per_second" else {"policy": policy}
    facts: dict[str, Any] = {
        **source,
        **timing,
        "organization_id": "o",
        "source_plan_id": "old",
        "target_plan_id": "new",
        "quantity_target": draw(st.integers(1, QUANTITY_MAX)),
        "tax_rate": Decimal(draw(st.integers(0, 3000))) / 10000,
        "currency": currency,
        "price_list_version": "v",
        "rule_set": draw(st.sampled_from(["2014", "2020", "current"])),
        "quoted_on": order_on,
        "order_on": order_on,
        "expires_on": order_on + timedelta(days=draw(st.integers(0, TABLE_DAYS_MAX))),
        "billing_cycle": draw(st.sampled_from([billed.billing_cycle, "monthly", "annual"])),
        "payment_method": draw(st.sampled_from(["card", "invoice"])),
        "target_unit_price": Money(minor_units=draw(PRICES), currency=currency),
        "is_billed_from_order": draw(st.booleans()),
        "mode": draw(st.sampled_from(["automatic", "manual"])),
        "is_prepaid": draw(st.booleans()),
    }
    return QuoteInput(**(facts | changes))


@st.composite
def quotes(draw: st.DrawFn, /, **changes: Any) -> tuple[Quote, date]:
    """Draw a quote and a day on which the switch completes; the stated instant's day, where there is one."""
    terms = draw(terms_of(**changes))
    later = terms.first_on + timedelta(days=draw(st.integers(0, DAYS_AHEAD_MAX)))
    if terms.cutover_at is not None and draw(st.booleans()):
        later = max(terms.first_on, local_date(terms.cutover_at, terms.time_zone))
    return quote(terms), later


def shown_by_billing(terms: QuoteInput, on: date) -> BilledPeriod:
    """Return the period that a seller shows who renewed the old plan whenever it was due until `on`."""
    billed = terms.billed
    first = Period(start_on=billed.period_start_on, end_on=billed.period_end_on)
    renewals = renewals_until(first, cycle_months(billed.billing_cycle), on)
    if not renewals:
        return billed
    return BilledPeriod(
        subscription_id=billed.subscription_id,
        plan_id=billed.plan_id,
        quantity=billed.quantity,
        unit_price=billed.unit_price,
        period_start_on=renewals[-1].start_on,
        period_end_on=renewals[-1].end_on,
        paid=billed.unit_price.times(billed.quantity),
        credited=Money.zero(terms.currency),
        billing_cycle=billed.billing_cycle,
        state="billing",
    )
