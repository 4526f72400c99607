"""What the report makes of what seller and directory say of the same subscription (first-look#the-report)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from activities.assessment.circumstances import named_by_directory
from domain.ports.seller_port import Purchase, SellerSubscription

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


def test_a_plan_has_the_directorys_name_where_the_seller_has_another() -> None:
    """The seller names a product of its own; the purchase with the same id names the plan of the catalog."""
    purchase = Purchase(
        subscription_id=OWNED.subscription_id.lower(),
        plan_id=PLAN,
        plan_name="STANDARDPACK",
        quantity=5,
        status="active",
        vendor_status="Enabled",
        is_trial=False,
        created_at=AT,
    )

    assert named_by_directory([OWNED], [purchase]) == (replace(OWNED, plan_id=PLAN),)
    assert named_by_directory([OWNED], []) == (OWNED,)
