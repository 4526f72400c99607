"""Prices of the catalog for a whole billing period, as a quote takes them."""

from __future__ import annotations

from collections.abc import Callable

from domain.catalog.catalog import Catalog, UnknownPlan
from domain.kernel.errors import InvalidInput
from domain.kernel.money import Money
from domain.ports.billing_port import BilledPeriod
from domain.quote.quote import period_price


def period_prices(catalog: Catalog, billed: BilledPeriod) -> Callable[[str], Money | None]:
    """Return what a license of another plan costs in the old plan's cycle; None where no price is known.

    Args:
        catalog: Plans and prices.
        billed: Tells currency and cycle.
    """

    def price_of(plan_id: str) -> Money | None:
        try:
            monthly = catalog.price(plan_id, billed.unit_price.currency).unit_price
        except (UnknownPlan, InvalidInput):
            return None
        return period_price(monthly, billed.billing_cycle)

    return price_of
