"""An organization that may switch from E1 to E3 automatically; tests change one fact at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from domain.catalog.catalog import load_catalog
from domain.eligibility.eligibility import Assessment, assess
from domain.eligibility.eligibility_input import AssessmentInput
from domain.kernel.money import Money
from domain.ports.billing_port import BilledPeriod, BillingProfile
from domain.ports.directory_port import ServiceStatus, SubscribedPlan
from domain.ports.seller_port import SellerSubscription
from domain.reasons.reasons import Reason
from providers.microsoft.directory.health import health_of
from providers.microsoft.directory.users import service_state

CATALOG = load_catalog()
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
USERS = 250
LICENSES = 260


def plan_id(name: str) -> str:
    """Return the id of a plan by any of its names."""
    return CATALOG.find(name).plan_id


def euros(minor_units: int) -> Money:
    """Return an amount in euro cents."""
    return Money(minor_units=minor_units, currency="EUR")


def subscription(plan: str = "E1", **changes: Any) -> SellerSubscription:
    """Return a subscription of the organization at the seller."""
    usual = SellerSubscription(
        subscription_id="source",
        plan_id=plan_id(plan),
        plan_name=plan,
        quantity=LICENSES,
        status="active",
        term="P1M",
        billing_cycle="monthly",
        contract_type="subscription",
        is_trial=False,
        order_id="order-1",
        started_at=datetime(2026, 11, 10, 8, 0, tzinfo=UTC),
        cancellable_until=None,
        version="1",
    )
    return replace(usual, **changes)


def service_status(*, service_id: str, name: str, status: str) -> ServiceStatus:
    """Return a service as the directory shows it, by the directory's word for its state."""
    return ServiceStatus(service_id=service_id, name=name, state=service_state(status), vendor_status=status)


def pool(plan: str = "E1", **changes: Any) -> SubscribedPlan:
    """Return the directory's licenses of a plan."""
    usual = SubscribedPlan(
        plan_id=plan_id(plan),
        plan_name=CATALOG.find(plan).product_code,
        purchased=LICENSES,
        assigned=USERS,
        vendor_status="Enabled",
        services=(
            service_status(
                service_id="e95bec33-7c88-4a70-8e19-b10bd9d0c014",
                name="SHAREPOINTWAC",
                status="Success",
            ),
        ),
    )
    return replace(usual, **changes)


def profile(**changes: Any) -> BillingProfile:
    """Return what billing knows of the organization."""
    usual = BillingProfile(
        organization_id="contoso",
        display_name="Contoso",
        country="DE",
        subdivision="BE",
        time_zone="Europe/Berlin",
        currency="EUR",
        segment="commercial",
        tax_rate=Decimal("0.19"),
        balance_due=euros(0),
        payment_method="card",
        custom_domains=("contoso.onmicrosoft.com",),
    )
    return replace(usual, **changes)


def billed(**changes: Any) -> BilledPeriod:
    """Return the current billing period of the source."""
    usual = BilledPeriod(
        subscription_id="source",
        plan_id=plan_id("E1"),
        quantity=LICENSES,
        unit_price=euros(866),
        period_start_on=date(2026, 11, 10),
        period_end_on=date(2026, 12, 10),
        paid=euros(866 * LICENSES),
        credited=euros(0),
        billing_cycle="monthly",
        state="billing",
    )
    return replace(usual, **changes)


def facts(**changes: Any) -> AssessmentInput:
    """Return the input of an assessment; without changes nothing blocks the switch."""
    source = changes.pop("source", None) or subscription()
    usual: dict[str, Any] = {
        "mode": "automatic",
        "rule_set": "current",
        "catalog_version": CATALOG.version,
        "source": source,
        "target_plan_id": plan_id("E3"),
        "quantity": LICENSES,
        "billed": billed(),
        "profile": profile(),
        "subscribed": (pool(),),
        "subscriptions": (source,),
        "health": (health_of(service="Exchange Online", status="serviceOperational"),),
        "lock_holder": None,
        "own_switch_id": None,
        "caller_role": "global_admin",
        "payment_method": "card",
        "stage": "before_order",
        "now": NOW,
    }
    return AssessmentInput(**(usual | changes))


def answer(**changes: Any) -> Assessment:
    """Assess the usual organization with some facts changed."""
    return assess(CATALOG, facts(**changes))


def codes(**changes: Any) -> list[str]:
    """Return the codes of all reasons."""
    return [each.code for each in answer(**changes).reasons]


def reason_of(code: str, **changes: Any) -> Reason:
    """Return the one reason with this code."""
    (found,) = (each for each in answer(**changes).reasons if each.code == code)
    return found
