"""What the report makes of what seller and directory say of the same subscription (first-look#the-report)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import services
from activities.assessment.circumstances import (
    named_by_directory,
    named_source,
    subscriptions_and_purchases,
)
from domain.ports.seller_port import Purchase, SellerSubscription

ROOT = Path(services.__file__).parents[1]
PLAN = "18181a46-0d4e-45cd-891e-60aabd171b4e"
AT = datetime(2026, 12, 1, tzinfo=UTC)
OWNED = SellerSubscription(
    subscription_id="AB11CD22-0000-4000-8000-000000000001",
    plan_id="cfq7ttc0lf8q",
    plan_name="Office 365 E1",
    quantity=5,
    status="active",
    term="P1Y",
    billing_cycle="monthly",
    contract_type="subscription",
    is_trial=False,
    order_id="order",
    started_at=AT,
    cancellable_until=None,
    version="1",
)


PURCHASE = Purchase(
    subscription_id=OWNED.subscription_id.lower(),
    plan_id=PLAN,
    plan_name="STANDARDPACK",
    quantity=5,
    status="active",
    vendor_status="Enabled",
    is_trial=False,
    created_at=AT,
)


def test_a_plan_has_the_directorys_name_where_the_seller_has_another() -> None:
    """The seller names a product of its own; the purchase with the same id names the plan of the catalog."""
    assert named_by_directory([OWNED], [PURCHASE]) == (replace(OWNED, plan_id=PLAN),)
    assert named_by_directory([OWNED], []) == (OWNED,)
    # One that the seller names as the directory does is the seller's to tell.
    known = replace(OWNED, plan_id="6fd2c87f-b296-42f0-b197-1e91e994b900")
    assert named_by_directory([known], [PURCHASE]) == (known,)


def test_plans_to_switch_to_are_those_of_the_directorys_plan() -> None:
    """Kind: whoever lists an organization's plans joins them, so that no list knows a product by half."""
    cloud: Any = SimpleNamespace(
        seller=SimpleNamespace(subscriptions=lambda _: (OWNED,)),
        inquiries=SimpleNamespace(purchases=lambda _: (PURCHASE,)),
    )
    joined = replace(OWNED, plan_id=PLAN)

    assert subscriptions_and_purchases(cloud, "contoso") == ((joined,), (PURCHASE,))
    assert named_source(cloud, "contoso", OWNED.subscription_id) == joined
    readers = [
        file.name
        for layer in ("services", "console")
        for file in (ROOT / layer).rglob("*.py")
        if "seller.subscriptions(" in file.read_text(encoding="utf-8")
    ]
    # The report goes on where the seller can't be read, and joins what it has.
    assert readers == ["customer_report.py"]
