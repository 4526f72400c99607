"""A month of E1 that is switched to E3 on the way; tests change one fact at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from domain.kernel.money import Money
from domain.ports.billing_port import BilledPeriod
from domain.quote.quote_input import QuoteInput

START = date(2026, 11, 10)
END = date(2026, 12, 10)


def euros(minor_units: int) -> Money:
    """Return an amount in euro cents."""
    return Money(minor_units=minor_units, currency="EUR")


def billed(**changes: Any) -> BilledPeriod:
    """Return a paid month of 10 licenses at 9.00."""
    usual = BilledPeriod(
        subscription_id="source",
        plan_id="old",
        quantity=10,
        unit_price=euros(900),
        period_start_on=START,
        period_end_on=END,
        paid=euros(9000),
        credited=euros(0),
        billing_cycle="monthly",
        state="billing",
    )
    return replace(usual, **changes)


def terms(**changes: Any) -> QuoteInput:
    """Return the input of a quote: ordered on 2026-11-22, 10 licenses at 21.00."""
    usual: dict[str, Any] = {
        "organization_id": "contoso",
        "source_plan_id": "old",
        "target_plan_id": "new",
        "billed": billed(),
        "quantity_target": 10,
        "tax_rate": Decimal("0.19"),
        "currency": "EUR",
        "price_list_version": "2026-11",
        "quoted_on": date(2026, 11, 22),
        "order_on": date(2026, 11, 22),
        "expires_on": date(2026, 11, 29),
        "billing_cycle": "monthly",
        "payment_method": "card",
        "target_unit_price": euros(2100),
    }
    return QuoteInput(**(usual | changes))
