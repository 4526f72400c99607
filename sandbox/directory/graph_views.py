"""How the directory shows license pools, purchases and service health."""

from __future__ import annotations

from datetime import datetime

from sandbox.cloud.state import named_id
from sandbox.kernel.clock import iso
from sandbox.kernel.health_board import HEALTH_BOARD
from sandbox.kernel.model import Json, Organization, Subscription
from sandbox.kernel.plans import NEEDS_ACTIVATION, PlanBook, SandboxPlan
from sandbox.kernel.skus import services_of


def service_views(
    organization: Organization, plan: SandboxPlan, owned: list[Subscription], now: datetime
) -> list[Json]:
    """Return the services of a plan with how far each is set up for the organization."""
    statuses: dict[str, str] = {}
    for subscription in owned:
        statuses |= subscription.service_statuses
    is_ready = any(subscription.is_ready(now) for subscription in owned)
    return [
        {
            "servicePlanId": service.service_plan_id,
            "servicePlanName": service.name,
            "provisioningStatus": statuses.get(
                service.service_plan_id, _provisioning(service.name, is_ready=is_ready)
            ),
            "appliesTo": "User",
        }
        for service in services_of(organization, plan)
    ]


def _provisioning(name: str, *, is_ready: bool) -> str:
    if name in NEEDS_ACTIVATION:
        return "PendingActivation"
    return "Success" if is_ready else "PendingProvisioning"


def pool_views(organization: Organization, plans: PlanBook, now: datetime) -> list[Json]:
    """Return the license pools: one per plan with at least one visible subscription."""
    by_plan: dict[str, list[Subscription]] = {}
    for subscription in organization.subscriptions.values():
        if subscription.is_visible(now):
            by_plan.setdefault(subscription.plan_id, []).append(subscription)
    return [
        _pool_view(organization, plans[plan_id], owned, now)
        for plan_id, owned in sorted(by_plan.items())
        if plan_id in plans
    ]


def _pool_view(
    organization: Organization, plan: SandboxPlan, owned: list[Subscription], now: datetime
) -> Json:
    units = organization.seats(plan.plan_id, now)
    words = {subscription.capability(now) for subscription in owned}
    return {
        "id": f"{organization.organization_id}_{plan.plan_id}",
        "accountId": organization.organization_id,
        "accountName": organization.profile["display_name"],
        "appliesTo": "User",
        "capabilityStatus": next(
            word for word in ("Enabled", "Warning", "Suspended", "LockedOut") if word in words
        ),
        "consumedUnits": organization.consumed.get(plan.plan_id, 0),
        "prepaidUnits": units,
        "servicePlans": service_views(organization, plan, owned, now),
        "skuId": plan.plan_id,
        "skuPartNumber": plan.part_number,
        "subscriptionIds": [
            named_id(organization.organization_id, f"directory:{subscription.subscription_id}")
            for subscription in owned
        ],
    }


def purchase_views(organization: Organization, plans: PlanBook, now: datetime) -> list[Json]:
    """Return the purchases: one row per visible subscription."""
    return [
        _purchase_view(organization, subscription, plans[subscription.plan_id], now)
        for subscription in organization.subscriptions.values()
        if subscription.is_visible(now) and subscription.plan_id in plans
    ]


def _purchase_view(
    organization: Organization, subscription: Subscription, plan: SandboxPlan, now: datetime
) -> Json:
    next_change = subscription.grace_ends_at
    billing = subscription.billing
    if next_change is None and billing is not None:
        text: str | None = f"{billing['period_end_on']}T00:00:00Z"
    else:
        text = iso(next_change) if next_change else None
    return {
        "id": named_id(organization.organization_id, f"directory:{subscription.subscription_id}"),
        "commerceSubscriptionId": subscription.subscription_id,
        "createdDateTime": iso(subscription.created_at),
        "isTrial": subscription.is_trial,
        "nextLifecycleDateTime": text,
        "ownerId": None,
        "ownerTenantId": None,
        "ownerType": "User",
        "serviceStatus": service_views(organization, plan, [subscription], now),
        "skuId": plan.plan_id,
        "skuPartNumber": plan.part_number,
        "status": subscription.capability(now),
        "totalLicenses": subscription.quantity,
    }


def health_views(organization: Organization) -> list[Json]:
    """Return the health board of the organization."""
    return [
        {"id": service, "service": name, "status": organization.health.get(service, "serviceOperational")}
        for service, name in HEALTH_BOARD.items()
    ]
