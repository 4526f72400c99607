"""Products beside licenses that a customer has at the same seller, in the seller's own shapes."""

from __future__ import annotations

from sandbox.billing.billing import read_text
from sandbox.cloud.bounds import invalid
from sandbox.cloud.state import named_id
from sandbox.kernel.clock import iso
from sandbox.kernel.model import Json, Organization
from sandbox.kernel.plans import PlanBook

#: Name -> what the seller shows beside id, order and dates.
SHAPES: dict[str, Json] = {
    "azure_plan": {
        "offerId": "DZH318Z0BPS6:0001:DZH318Z0BMPX",
        "offerName": "Azure plan",
        "productType": {"id": "Azure", "displayName": "Azure"},
        "billingType": "usage",
        "billingCycle": "monthly",
        "unitType": "Usage-based",
        "quantity": 1,
    },
    "legacy_azure": {
        "offerId": "MS-AZR-0145P",
        "offerName": "Microsoft Azure",
        "billingType": "usage",
        "billingCycle": "none",
        "unitType": "none",
        "quantity": 1,
    },
    "software": {
        "offerId": "DG7GMGF0D5RK:0001:DG7GMGF0D3SJ",
        "offerName": "Windows Server - 1 year",
        "productType": {"id": "Software", "displayName": "Software"},
        "billingType": "license",
        "billingCycle": "oneTime",
        "unitType": "Licenses",
        "quantity": 4,
    },
    "reservation": {
        "offerId": "DZH318Z0BQ3V:003G:DZH318Z0DSM8",
        "productType": {"id": "AzureReservations"},
        "billingType": "license",
        "billingCycle": "one_time",
        "quantity": 2,
    },
    "saas": {
        "offerId": "DZH318Z0BQ4L:0002:DZH318Z0BQ5M",
        "offerName": "Backup for everything",
        "productType": {"id": "MarketplaceSaaS"},
        "billingType": "license",
        "billingCycle": "monthly",
        "unitType": "Licenses",
        "quantity": 25,
        "publisherName": "Somebody else",
    },
    "unknown": {"productType": "Something New", "status": "active", "entitlements": []},
}


def plan_product(organization: Organization, wanted: Json, _plans: PlanBook) -> Json:
    """Return an edit that adds a product beside the licenses (product).

    Raises:
        Refusal: There is no such product.
    """
    name = read_text(wanted, "product")
    if name not in SHAPES:
        raise invalid(f"product must be one of {', '.join(SHAPES)}.")
    number = len(organization.products)
    product_id = named_id(organization.organization_id, f"product:{number}")
    primary = next(iter(organization.subscriptions.values()))
    base: Json = {
        "id": product_id,
        "status": "active",
        "creationDate": iso(primary.created_at),
        "effectiveStartDate": iso(primary.created_at),
        "orderId": product_id.replace("-", "")[:12],
        "attributes": {"objectType": "Subscription"},
    }
    return {"view": base | SHAPES[name]}
