"""November for ten licenses, as billing shows it to the money of acts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from domain.kernel.money import Money
from domain.ports.billing_port import BilledPeriod, BillingProfile, BookedLine

#: 30 days, a third of which is over.
START, END, TODAY = date(2026, 11, 1), date(2026, 12, 1), date(2026, 11, 11)
PROFILE = BillingProfile(
    organization_id="contoso",
    display_name="Contoso",
    country="DE",
    subdivision=None,
    time_zone="Europe/Berlin",
    currency="EUR",
    segment="commercial",
    tax_rate=Decimal("0.19"),
    balance_due=Money(minor_units=4_200, currency="EUR"),
    payment_method="card",
    custom_domains=(),
)


def eur(minor_units: int) -> Money:
    """Return an amount in EUR."""
    return Money(minor_units=minor_units, currency="EUR")


def billed(**changes: Any) -> BilledPeriod:
    """Return November for 10 licenses of 6.00 EUR."""
    facts: dict[str, Any] = {
        "subscription_id": "s",
        "plan_id": "p",
        "quantity": 10,
        "unit_price": eur(600),
        "period_start_on": START,
        "period_end_on": END,
        "paid": eur(6_000),
        "credited": eur(0),
        "billing_cycle": "monthly",
        "state": "billing",
        "billing_day": 1,
    }
    return BilledPeriod(**(facts | changes))


WHOLE = BookedLine(amount=eur(6_000), from_on=START, to_on=END, quantity=10)
