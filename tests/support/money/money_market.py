"""The market of money chains: prices in every currency, a sandbox at any day, and the product's own calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from activities.assessment.addons import addon_lines, addon_periods
from activities.billing.billing_cutover import _bill
from activities.billing.order_billing import stop_at_order
from domain.catalog.catalog import Catalog, load_catalog
from domain.catalog.plans import Plan, Price
from domain.kernel.money import Money
from domain.ports.billing_port import BilledPeriod
from domain.ports.cloud import Cloud
from domain.ports.seller_port import AddonLine
from domain.quote.quote import Cutover, Quote
from sandbox.kernel.clock import ManualClock
from sandbox.kernel.plans import PlanBook, load_plans
from tests.support.clouds.cloud_server import SandboxCloud, running_sandbox

#: Price in US cents -> price in minor units of a currency that the price list does not have.
FROM_CENTS = {"JPY": (3, 2), "KWD": (31, 10)}


class MarketClock(ManualClock):
    """A clock that stands still until it is moved, and goes on by itself from some time on."""

    _is_live = False

    def now(self) -> datetime:
        """Return the instant at which it was left, or the present one."""
        return datetime.now(UTC) if self._is_live else super().now()

    def go_live(self) -> None:
        """Show the present instant from now on."""
        self._is_live = True


@dataclass(frozen=True, kw_only=True)
class Market:
    """A running sandbox with a clock in the hand of the chain, and the catalog that has its prices."""

    sandbox: SandboxCloud
    clock: MarketClock

    @property
    def cloud(self) -> Cloud:
        """The product's own adapters, over HTTP."""
        return self.sandbox.cloud

    def set_day(self, day: date, zone: ZoneInfo, at: time = time(12)) -> datetime:
        """Let it be a time of a day in a zone."""
        instant = datetime.combine(day, at, zone).astimezone(UTC)
        self.clock.advance(seconds=(instant - self.clock.now()).total_seconds())
        return instant

    def ledger(self, organization_id: str) -> list[dict[str, Any]]:
        """Return the entries of an organization's ledger."""
        path = f"/billing/v1/customers/{organization_id}/ledger"
        entries: list[dict[str, Any]] = self.read(organization_id, path)["entries"]
        return entries

    def read(self, organization_id: str, path: str) -> dict[str, Any]:
        """Return what the seller or billing shows an organization under a path."""
        headers = {"Authorization": f"Bearer sandbox-{organization_id}"}
        answer = self.sandbox.control.get(path, headers=headers).raise_for_status()
        shown: dict[str, Any] = answer.json()
        return shown


@dataclass(frozen=True, kw_only=True)
class CutoverStep:
    """What the steps of billing need of a switch, without a record."""

    cloud: Cloud
    organization_id: str
    source_id: str
    switch_id: str
    accepted_quote: Quote
    order_id: str = ""
    payment_method: str = "card"

    @property
    def order(self) -> SimpleNamespace:
        """Return what is known of the order."""
        return SimpleNamespace(
            organization_id=self.organization_id,
            source_subscription_id=self.source_id,
            switch_id=self.switch_id,
            payment_method=self.payment_method,
        )

    def key(self, call: str) -> str:
        """Return the idempotency key of a call."""
        return f"{self.switch_id}:{call}"

    def state_of(self, _source: Any) -> SimpleNamespace:
        """Return a state that knows the order."""
        return SimpleNamespace(of=lambda _event: SimpleNamespace(order_id=self.order_id), outside_steps={})

    def stop_at_order(self) -> None:
        """Stop billing where the rule set does that at the order."""
        stop_at_order(self)  # type: ignore[arg-type]

    def addon_lines(self) -> tuple[AddonLine, ...]:
        """Return the add-ons that are ordered with the plan."""
        return addon_lines(self)  # type: ignore[arg-type]

    def addon_periods(self) -> dict[str, BilledPeriod]:
        """Return the present period of each add-on."""
        return addon_periods(self, self.accepted_quote)  # type: ignore[arg-type]

    def bill(self, target_id: str, terms: Cutover) -> None:
        """Tell billing what the cutover says."""
        target = SimpleNamespace(subscription_id=target_id)
        _bill(self, None, target, terms)  # type: ignore[arg-type]


@cache
def catalog() -> Catalog:
    """Return the packaged catalog with prices in every currency."""
    loaded = load_catalog()
    return replace(loaded, plans=tuple(_with_all_prices(plan) for plan in loaded.plans))


@cache
def price_book() -> PlanBook:
    """Return the sandbox's price book with the same prices."""
    prices = {
        plan.plan_id: {one.unit_price.currency: one.unit_price.minor_units for one in plan.prices}
        for plan in catalog().plans
    }
    return {plan_id: replace(plan, monthly_prices=prices[plan_id]) for plan_id, plan in load_plans().items()}


@contextmanager
def open_market(folder: Path) -> Iterator[Market]:
    """Run a sandbox whose subscriptions may be cancelled at any time."""
    clock = MarketClock(datetime(2023, 1, 1, tzinfo=UTC))
    with running_sandbox(folder, clock=clock, plans=price_book()) as sandbox:
        sandbox.settings(cancellation_window_days=10_000, void_window_days=10_000)
        yield Market(sandbox=sandbox, clock=clock)


def _with_all_prices(plan: Plan) -> Plan:
    cents = next(
        (one.unit_price.minor_units for one in plan.prices if one.unit_price.currency == "USD"), None
    )
    if cents is None:
        return plan
    added = tuple(
        Price(unit_price=Money(minor_units=cents * times // by, currency=currency), is_invented=True)
        for currency, (times, by) in FROM_CENTS.items()
    )
    return replace(plan, prices=(*plan.prices, *added))
