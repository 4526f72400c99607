"""How the directory shows users, license pools, purchases and service health."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from providers.sandbox.answers import HTTP_BAD_REQUEST, Refusal
from providers.sandbox.clock import iso
from providers.sandbox.health_board import HEALTH_BOARD
from providers.sandbox.model import Json, Organization, Subscription, User
from providers.sandbox.plans import NEEDS_ACTIVATION, PlanBook, SandboxPlan
from providers.sandbox.skus import services_of
from providers.sandbox.state import named_id

#: Shown where no `$select` was given; licenses and location come only when they are asked for.
DEFAULT_FIELDS = (
    "id",
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
)


def _assigned_licenses(user: User) -> list[Json]:
    return [
        {"disabledPlans": list(held.disabled), "skuId": plan_id}
        for plan_id, held in sorted(user.licenses.items())
    ]


def _license_states(user: User) -> list[Json]:
    states: list[Json] = []
    for plan_id, held in sorted(user.licenses.items()):
        origins = ([] if held.own is None else [(None, held.own)]) + list(held.feeds)
        state = user.inactive_plans.get(plan_id, "Active")
        states.extend(
            {
                "skuId": plan_id,
                "disabledPlans": list(off),
                "assignedByGroup": origin,
                "state": state,
                "error": "Other" if state == "Error" else None,
                "lastUpdatedDateTime": held.updated_at,
            }
            for origin, off in origins
        )
    return states + [
        {
            "skuId": plan_id,
            "disabledPlans": [],
            "assignedByGroup": group_id,
            "state": "Error",
            "error": word,
            "lastUpdatedDateTime": None,
        }
        for plan_id, group_id, word in user.license_errors
    ]


_FIELDS: dict[str, Callable[[User], Any]] = {
    "id": lambda user: user.user_id,
    "accountEnabled": lambda user: user.is_enabled,
    "assignedLicenses": _assigned_licenses,
    "businessPhones": lambda _user: [],
    "department": lambda user: user.department,
    "displayName": lambda user: user.display_name,
    "givenName": lambda user: user.display_name.partition(" ")[0],
    "jobTitle": lambda _user: None,
    "licenseAssignmentStates": _license_states,
    "mail": lambda user: user.principal_name,
    "mailNickname": lambda user: user.principal_name.partition("@")[0],
    "mobilePhone": lambda _user: None,
    "officeLocation": lambda _user: None,
    "preferredLanguage": lambda _user: None,
    "surname": lambda user: user.display_name.rpartition(" ")[2],
    "usageLocation": lambda user: user.usage_location,
    "userPrincipalName": lambda user: user.principal_name,
    "userType": lambda _user: "Member",
}


def selected_fields(select: str | None) -> tuple[str, ...]:
    """Return the user fields that a `$select` asks for.

    Raises:
        Refusal: A field that the directory does not know.
    """
    if not select:
        return DEFAULT_FIELDS
    fields = tuple(name.strip() for name in select.split(","))
    for name in fields:
        if name not in _FIELDS:
            text = f"Could not find a property named '{name}' on type 'microsoft.graph.user'."
            raise Refusal(HTTP_BAD_REQUEST, "BadRequest", text)
    return fields


def user_view(user: User, fields: tuple[str, ...]) -> Json:
    """Return a user with the fields asked for."""
    return {name: _FIELDS[name](user) for name in fields}


def changed_user_view(user: User) -> Json:
    """Return the user as the answer of `assignLicense` shows it."""
    return {
        "id": user.user_id,
        "displayName": user.display_name,
        "userPrincipalName": user.principal_name,
        "accountEnabled": user.is_enabled,
        "usageLocation": user.usage_location,
        "assignedLicenses": _assigned_licenses(user),
    }


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
