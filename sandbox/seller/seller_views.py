"""How the seller shows carts, orders and subscriptions; shapes as in vendor#carts-and-orders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.kernel.bodies import QUANTITY_MAX
from sandbox.kernel.calendar_days import billing_day_of, local_day, term_end
from sandbox.kernel.clock import iso, parse_instant
from sandbox.kernel.model import Json, Organization, Subscription
from sandbox.kernel.plans import STAND_INS, PlanBook, SandboxPlan

#: Shown for every subscription: months or years of its term.
TERM_DAYS = {"P1M": 31, "P1Y": 365, "P3Y": 1095}
#: Fields of an order's line that are not known before its subscription is.
_SUBSCRIPTION_IDS = frozenset({"subscriptionId", "parentSubscriptionId"})
_NOT_ACTIVE = (
    "Subscription cannot be upgraded because the source subscription state is not active.  "
    "Additional Details contains the current source subscription state."
)


def catalog_item_id(plan_id: str, currency: str) -> str:
    """Return the product, SKU and availability of one of our plans."""
    return f"{plan_id}:0001:{currency}"


def order_view(owned: Mapping[str, Subscription], order: Json, now: datetime) -> Json:
    """Return an order as it stands: it names its subscription only when that is visible.

    Args:
        owned: The organization's subscriptions by id.
        order: The order as the journal keeps it.
        now: Present instant.
    """
    is_visible = all(owned[line["subscriptionId"]].is_visible(now) for line in order["lineItems"])
    lines = [
        line if is_visible else {name: line[name] for name in line if name not in _SUBSCRIPTION_IDS}
        for line in order["lineItems"]
    ]
    status = order["status"]
    if status == "pending" and is_visible:
        status = "completed"
    return order | {"lineItems": lines, "status": status}


def order_provisioning_view(organization: Organization, order: Json, now: datetime) -> Json:
    """Return how far the lines of an order are set up."""
    items = []
    for line in order["lineItems"]:
        owned = organization.subscriptions[line["subscriptionId"]]
        status = "fulfilled" if owned.is_visible(now) else "inProgress"
        if order["status"] == "cancelled":
            status = "cancelled"
        items.append(
            {
                "orderLineItemId": line["lineItemNumber"],
                "lineItemNumber": line["lineItemNumber"],
                "status": status,
                "quantityProvisioningInformation": [{"quantity": line["quantity"], "status": status}],
            }
        )
    return collection(items)


def collection(items: list[Json]) -> Json:
    """Return the seller's wrapping of a list."""
    return {"totalCount": len(items), "items": items, "attributes": {"objectType": "Collection"}}


def seller_status(subscription: Subscription, now: datetime) -> str:
    """Return the seller's word for the state of a subscription."""
    if subscription.status == "active" and not subscription.is_ready(now):
        return "pending"
    return subscription.status


def subscription_view(subscription: Subscription, now: datetime, zone: ZoneInfo) -> Json:
    """Return a subscription as the seller's resource."""
    created = subscription.created_at
    view: Json = {
        "id": subscription.subscription_id,
        "offerId": catalog_item_id(subscription.plan_id, subscription.currency),
        "offerName": subscription.plan_name,
        "friendlyName": subscription.friendly_name or subscription.plan_name,
        "productType": {"id": "OnlineServicesNCE" if subscription.cancellable_until else "OnlineServices"},
        "quantity": subscription.quantity,
        "unitType": "Licenses",
        "hasPurchasableAddons": False,
        "creationDate": iso(created),
        "effectiveStartDate": iso(created),
        "commitmentEndDate": _term_end(subscription, zone),
        "status": seller_status(subscription, now),
        "autoRenewEnabled": subscription.is_auto_renewed,
        "isTrial": subscription.is_trial,
        "billingType": "license",
        "billingCycle": subscription.billing_cycle,
        "termDuration": subscription.term,
        "renewalTermDuration": "",
        "refundOptions": _refund_options(subscription, now),
        "contractType": subscription.contract_type,
        "orderId": subscription.order_id,
        "attributes": {"etag": subscription.etag, "objectType": "Subscription"},
    }
    if subscription.scheduled is not None:
        view["scheduledNextTermInstructions"] = subscription.scheduled
    if subscription.parent_subscription_id:
        view["parentSubscriptionId"] = subscription.parent_subscription_id
    if subscription.cancellable_until is not None:
        view["cancellationAllowedUntilDate"] = iso(subscription.cancellable_until)
    if subscription.cancelled_at is not None:
        view["cancellationDate"] = iso(subscription.cancelled_at)
    if subscription.status == "suspended":
        view["suspensionReasons"] = ["CustomerCancellation"]
    return view


def _term_end(subscription: Subscription, zone: ZoneInfo) -> str:
    if subscription.billing is None:
        return _commitment_end(subscription)
    bought_on = local_day(subscription.created_at, zone)
    period_end_on = date.fromisoformat(subscription.billing["period_end_on"])
    cycle = subscription.billing_cycle
    billing_day = billing_day_of(subscription.billing, cycle)
    return f"{term_end(bought_on, subscription.term, cycle, period_end_on, billing_day)}T00:00:00Z"


def _commitment_end(subscription: Subscription) -> str:
    if subscription.billing is not None:
        return f"{subscription.billing['period_end_on']}T00:00:00Z"
    return iso(subscription.created_at + timedelta(days=TERM_DAYS[subscription.term]))


def _refund_options(subscription: Subscription, now: datetime) -> list[Json]:
    until = subscription.cancellable_until
    if until is None or now > until:
        return []
    return [{"type": "Full", "expiresAt": iso(until)}]


def subscription_provisioning_view(subscription: Subscription, now: datetime) -> Json:
    """Return how far the services of a subscription are set up."""
    return {
        "skuId": subscription.plan_id.upper(),
        "status": "success" if subscription.is_ready(now) else "pending",
        "quantity": subscription.quantity,
        "endDate": _commitment_end(subscription),
        "attributes": {"objectType": "SubscriptionProvisioningStatus"},
    }


def cart_line_view(number: int, line: Json) -> Json:
    """Return a line of a cart."""
    return {
        "id": number,
        "catalogItemId": catalog_item_id(line["plan_id"], line["currency"]),
        "quantity": line["quantity"],
        "currencyCode": line["currency"],
        "billingCycle": line["billing_cycle"],
        "termDuration": line["term"],
        "provisioningContext": {},
        "orderGroup": "0",
    }


def cart_view(cart: Json) -> Json:
    """Return a cart."""
    return {
        "id": cart["id"],
        "creationTimestamp": cart["created_at"],
        "lastModifiedTimestamp": cart["modified_at"],
        "expirationTimestamp": cart["expires_at"],
        "lastModifiedUser": cart["organization_id"],
        "status": cart["status"],
        "lineItems": _cart_line_views(cart["lines"]),
        "attributes": {"objectType": "Cart"},
    }


def _cart_line_views(lines: list[Json]) -> list[Json]:
    """Return the lines of a cart; add-ons stand inside the line of their plan."""
    views = [cart_line_view(number, line) for number, line in enumerate(lines)]
    for view, line in zip(views, lines, strict=True):
        if line["parent"] is not None:
            views[line["parent"]].setdefault("addonItems", []).append(view)
    return [view for view, line in zip(views, lines, strict=True) if line["parent"] is None]


def is_cart_expired(cart: Json, now: datetime) -> bool:
    """Return whether an open cart is past its seven days."""
    return cart["status"] == "Active" and now > parse_instant(cart["expires_at"])


def upgrade_views(
    subscription: Subscription, organization: Organization, plans: PlanBook, now: datetime
) -> list[Json]:
    """Return the plans to which a subscription could be upgraded, with the vendor's errors."""
    source = plans[subscription.plan_id]
    errors = _upgrade_errors(subscription, now)
    country = organization.profile["country"]
    targets = [
        plan
        for plan in plans.values()
        if plan.plan_id != source.plan_id and _keeps_data_services(source, plan)
    ]
    targets.sort(key=lambda plan: (len(plan.services), plan.plan_id))
    return [
        {
            "targetOffer": _offer_view(plan, rank, country),
            "upgradeType": "upgrade_only",
            "isEligible": not errors,
            "quantity": subscription.quantity,
            "upgradeErrors": errors,
            "attributes": {"objectType": "Upgrade"},
        }
        for rank, plan in enumerate(targets)
    ]


def _keeps_data_services(source: SandboxPlan, target: SandboxPlan) -> bool:
    offered = target.data_tiers
    for family, tier in source.data_tiers.items():
        stand_in = offered.get(STAND_INS.get(family, ""), 0) if family not in offered else 0
        if max(offered.get(family, 0), stand_in and tier) < tier:
            return False
    return bool(source.data_tiers)


def _upgrade_errors(subscription: Subscription, now: datetime) -> list[Json]:
    errors: list[tuple[int, str]] = []
    if subscription.status != "active":
        errors.append((2, _NOT_ACTIVE))
    elif not subscription.is_ready(now):
        errors.append((9, "Subscription cannot be upgraded because it is not provisioned."))
    return [
        {"code": code, "description": text, "attributes": {"objectType": "UpgradeError"}}
        for code, text in errors
    ]


def _offer_view(plan: SandboxPlan, rank: int, country: str) -> dict[str, Any]:
    return {
        "id": plan.plan_id.upper(),
        "name": plan.name,
        "minimumQuantity": 1,
        "maximumQuantity": QUANTITY_MAX,
        "rank": rank,
        "locale": "en-us",
        "country": country,
        "isAddOn": False,
        "isAvailableForPurchase": True,
        "billing": "license",
        "isAutoRenewable": True,
        "conversionTargetOffers": [],
        "partnerQualifications": ["none"],
        "product": {"id": plan.plan_id, "name": plan.name, "unit": "Licenses"},
        "unitType": "Licenses",
        "attributes": {"objectType": "Offer"},
    }
