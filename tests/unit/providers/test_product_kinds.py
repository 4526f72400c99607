"""Which of the seller's subscriptions are plans: every shape is read, and none crashes the reading."""

from __future__ import annotations

from typing import Any

import pytest

from providers.microsoft.seller.orders import is_license_based
from sandbox.organizations.other_products import SHAPES

LICENSES = {"billingType": "license", "unitType": "Licenses", "offerId": "guid:0001:EUR"}


@pytest.mark.parametrize("name", SHAPES)
def test_products_beside_licenses_are_no_plans(name: str) -> None:
    """Consumption, software, reservations, other makers' services and what nobody knows are left out."""
    assert not is_license_based({"id": "1", "status": "active", **SHAPES[name]})


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"billingType": "license"},
        {"billingType": None, "productType": None},
        {"productType": {}},
        {**LICENSES, "productType": {"id": "OnlineServicesNCE"}},
        {"productType": {"id": "OnlineServices"}},
        {"productType": "OnlineServicesNCE"},
        {**LICENSES, "productType": {"id": "SomethingNew"}},
    ],
)
def test_licenses_are_plans_whether_their_kind_is_told_or_not(record: dict[str, Any]) -> None:
    """Legacy subscriptions have no product type; a new type that is billed by licenses counts."""
    assert is_license_based(record)


@pytest.mark.parametrize(
    "record",
    [
        {"billingType": "usage", "productType": {"id": "OnlineServicesNCE"}},
        {**LICENSES, "productType": {"id": "Software"}},
        {**LICENSES, "productType": {"id": "Azure Plan"}},
        {**LICENSES, "productType": {"displayName": "Marketplace SaaS"}},
        {"productType": ["unknown", "shape"], "billingType": "none"},
        {"productType": {"id": "SomethingNew"}},
    ],
)
def test_what_is_not_billed_by_licenses_of_users_is_no_plan(record: dict[str, Any]) -> None:
    """The kind of billing and the product type are each enough."""
    assert not is_license_based(record)
