"""Products beside licenses that a customer has at the same seller, in the seller's own shapes."""

from __future__ import annotations

from typing import Annotated

from sandbox.cloud.edit_body import Edit, Place
from sandbox.cloud.state import named_id
from sandbox.kernel.bodies import OneOf
from sandbox.kernel.clock import iso
from sandbox.kernel.model import Json

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


class ProductEdit(Edit):
    """The customer has another product beside the licenses."""

    product: Annotated[str, OneOf(SHAPES)]

    def facts(self, place: Place) -> Json:
        """Return what the journal keeps of it."""
        organization = place.organization
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
        return {"view": base | SHAPES[self.product]}
