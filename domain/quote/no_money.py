"""The quote of a switch between two plans that are owned: it says that no money moves (rules#licenses-only).

It is accepted by its digest as any other, so that nobody starts a switch that they have not been shown. The
record keeps none of it: there is no amount to hold anybody to.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from domain.kernel.money import NO_CURRENCY, Money
from domain.ports.billing_port import BilledPeriod
from domain.quote.quote import Quote, quote
from domain.quote.quote_input import QUOTE_DAYS_DEFAULT, QuoteInput

_MONTHLY = "monthly"
#: Longest month.
_MONTH = timedelta(days=31)


def without_money(
    *,
    organization_id: str,
    subscription_id: str,
    target_subscription_id: str,
    source_plan_id: str,
    target_plan_id: str,
    price_list_version: str,
    rule_set: str,
    quoted_on: date,
    selection: str,
    user_services: str,
) -> Quote:
    """Return the quote of a switch in which nothing is ordered, cancelled, billed or credited.

    Args:
        organization_id: Whose licenses move.
        subscription_id: The subscription to leave.
        target_subscription_id: The one that receives the users.
        source_plan_id: Plan of the first.
        target_plan_id: Plan of the second.
        price_list_version: Of the catalog that the plans are compared by.
        rule_set: Rules of the switch.
        quoted_on: First day on which it may complete.
        selection: Selection of the users who move; "": everyone moves.
        user_services: Choice of services that are off for users; "": nobody chose any.
    """
    terms = QuoteInput(
        organization_id=organization_id,
        source_plan_id=source_plan_id,
        target_plan_id=target_plan_id,
        billed=_unbilled(subscription_id, source_plan_id, quoted_on),
        quantity_target=1,
        tax_rate=Decimal(0),
        currency=NO_CURRENCY,
        price_list_version=price_list_version,
        rule_set=rule_set,
        quoted_on=quoted_on,
        order_on=quoted_on,
        expires_on=quoted_on + timedelta(days=QUOTE_DAYS_DEFAULT),
        billing_cycle=_MONTHLY,
        payment_method="card",
        target_unit_price=Money.zero(NO_CURRENCY),
        is_billed_from_order=False,
        is_target_owned=True,
        owned_target_id=target_subscription_id,
        selection=selection,
        user_services=user_services,
    )
    return quote(terms)


def _unbilled(subscription_id: str, plan_id: str, on: date) -> BilledPeriod:
    """Return a month of the old plan for which nothing is paid, and so nothing can be credited."""
    nothing, first = Money.zero(NO_CURRENCY), on.replace(day=1)
    return BilledPeriod(
        subscription_id=subscription_id,
        plan_id=plan_id,
        quantity=1,
        unit_price=nothing,
        period_start_on=first,
        period_end_on=(first + _MONTH).replace(day=1),
        paid=nothing,
        credited=nothing,
        billing_cycle=_MONTHLY,
        state="not_started",
    )
