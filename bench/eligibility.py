"""How long the rules take to assess one organization against every plan that it is offered.

The facts are at hand: reading them from directory, seller and billing is not measured.
"""

from __future__ import annotations

import statistics
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from domain.catalog.catalog import Catalog, load_catalog
from domain.eligibility.eligibility import assess_targets
from domain.eligibility.eligibility_input import AssessmentInput
from domain.kernel.money import Money
from domain.ports.billing_port import BilledPeriod, BillingProfile
from domain.ports.directory_port import ServiceState, ServiceStatus, SubscribedPlan
from domain.ports.seller_port import SellerSubscription
from providers.microsoft.directory.health import health_of

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
CURRENCY = "EUR"
SPARE_PART = 25
#: What the organization holds: the source first.
HELD = ("STANDARDPACK", "EMS", "VISIOCLIENT", "MCOEV")
BOARD = ("Exchange Online", "SharePoint Online", "OneDrive for Business", "Microsoft Teams", "Sway")
ROUNDS = 200
MILLISECONDS = 1_000


def measure(users: int) -> dict[str, Any]:
    """Assess one organization of so many users ROUNDS times and return the median time of one."""
    catalog = load_catalog()
    facts = organization_facts(catalog, users)
    times, processor_times = [], []
    for _ in range(ROUNDS):
        start, processor_start = time.perf_counter(), time.process_time()
        targets = assess_targets(catalog, facts)
        processor_times.append(time.process_time() - processor_start)
        times.append(time.perf_counter() - start)
    return {
        "users": users,
        "targets": len(targets),
        "milliseconds": statistics.median(times) * MILLISECONDS,
        "processor_milliseconds": statistics.median(processor_times) * MILLISECONDS,
        "slowest_milliseconds": max(times) * MILLISECONDS,
    }


def summarize(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the medians of several runs."""
    return {
        "users": results[0]["users"],
        "targets": results[0]["targets"],
        "runs": len(results),
        "milliseconds": round(statistics.median(result["milliseconds"] for result in results), 2),
        # What it costs on a busy machine, too.
        "processor_milliseconds": round(
            statistics.median(result["processor_milliseconds"] for result in results), 2
        ),
        "slowest_milliseconds": round(max(result["slowest_milliseconds"] for result in results), 2),
    }


def organization_facts(catalog: Catalog, users: int) -> AssessmentInput:
    """Return the facts of an organization on E1 with two more products and an add-on."""
    licenses = users + max(1, users // SPARE_PART)
    held = tuple(_subscription(catalog, name, licenses) for name in HELD)
    return AssessmentInput(
        mode="automatic",
        rule_set="current",
        catalog_version=catalog.version,
        source=held[0],
        target_plan_id=held[0].plan_id,
        quantity=licenses,
        billed=_billed(held[0]),
        profile=_profile(),
        subscribed=tuple(_pool(catalog, each, users) for each in held),
        subscriptions=held,
        health=tuple(health_of(service=name, status="serviceOperational") for name in BOARD),
        lock_holder=None,
        own_switch_id=None,
        caller_role="global_admin",
        payment_method="invoice",
        stage="before_order",
        now=NOW,
    )


def _subscription(catalog: Catalog, name: str, licenses: int) -> SellerSubscription:
    plan = catalog.find(name)
    return SellerSubscription(
        subscription_id=name,
        plan_id=plan.plan_id,
        plan_name=plan.name,
        quantity=licenses,
        status="active",
        term="P1M",
        billing_cycle="monthly",
        contract_type="subscription",
        is_trial=False,
        order_id=f"order-{name}",
        started_at=NOW,
        cancellable_until=None,
        version="1",
        parent_subscription_id=HELD[0] if plan.kind == "addon" else "",
    )


def _pool(catalog: Catalog, held: SellerSubscription, users: int) -> SubscribedPlan:
    plan = catalog.plan(held.plan_id)
    return SubscribedPlan(
        plan_id=plan.plan_id,
        plan_name=plan.product_code,
        purchased=held.quantity,
        assigned=users,
        vendor_status="Enabled",
        services=tuple(
            ServiceStatus(
                service_id=each.service_plan_id,
                name=each.name,
                state=ServiceState.SET_UP,
                vendor_status="Success",
            )
            for each in plan.service_plans
        ),
    )


def _billed(source: SellerSubscription) -> BilledPeriod:
    price = Money(minor_units=866, currency=CURRENCY)
    return BilledPeriod(
        subscription_id=source.subscription_id,
        plan_id=source.plan_id,
        quantity=source.quantity,
        unit_price=price,
        period_start_on=date(2026, 11, 10),
        period_end_on=date(2026, 12, 10),
        paid=price.times(source.quantity),
        credited=Money.zero(CURRENCY),
        billing_cycle="monthly",
        state="billing",
    )


def _profile() -> BillingProfile:
    return BillingProfile(
        organization_id="bench",
        display_name="Bench",
        country="DE",
        subdivision="BE",
        time_zone="Europe/Berlin",
        currency=CURRENCY,
        segment="commercial",
        tax_rate=Decimal("0.19"),
        balance_due=Money.zero(CURRENCY),
        payment_method="invoice",
        custom_domains=("bench.example",),
    )
