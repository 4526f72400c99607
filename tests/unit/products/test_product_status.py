"""How a product stands, and what stands beside it (products#how-a-product-stands)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.ports.directory_port import SubscribedPlan
from domain.ports.seller_port import RenewalTerms, ScheduledChange, SellerSubscription
from domain.products.product_notices import product_notices
from domain.products.product_status import (
    DISABLED_DAYS,
    EXPIRED_DAYS,
    LicenseFigures,
    ProductStatus,
    Standing,
    license_figures,
    standing,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ZONE = "Europe/Berlin"
EVEN = LicenseFigures(bought=9, assigned=9)


def subscription(**changes: Any) -> SellerSubscription:
    """Return an active subscription that renews."""
    facts: dict[str, Any] = {
        "subscription_id": "sub-1",
        "plan_id": "plan",
        "plan_name": "E1",
        "quantity": 10,
        "status": "active",
        "term": "P1M",
        "billing_cycle": "monthly",
        "contract_type": "subscription",
        "is_trial": False,
        "order_id": "order",
        "started_at": NOW - timedelta(days=10),
        "cancellable_until": None,
        "version": "1",
        "renewal": RenewalTerms(ends_on=date(2026, 12, 10), is_automatic=True),
    }
    return SellerSubscription(**(facts | changes))


ENDED_ON = date(2026, 11, 10)
EXPIRED = {"status": "expired", "renewal": RenewalTerms(ends_on=ENDED_ON, is_automatic=False)}


@pytest.mark.parametrize(
    ("changes", "status", "until"),
    [
        ({}, ProductStatus.ACTIVE, None),
        ({"status": "pending"}, ProductStatus.ACTIVE, None),
        ({"is_trial": True}, ProductStatus.TRIAL, None),
        (EXPIRED, ProductStatus.EXPIRED, ENDED_ON + timedelta(days=EXPIRED_DAYS - 1)),
        (
            {"status": "suspended", "ended_at": datetime(2026, 11, 1, 23, 30, tzinfo=UTC)},
            ProductStatus.DISABLED,
            date(2026, 11, 2) + timedelta(days=DISABLED_DAYS - 1),
        ),
        ({"status": "suspended", "ended_at": NOW - timedelta(days=100)}, ProductStatus.DELETED, None),
        ({"status": "suspended", "is_stopped": True}, ProductStatus.DISABLED, None),
        ({"status": "suspended"}, ProductStatus.DISABLED, None),
        ({"status": "deleted"}, ProductStatus.DELETED, None),
    ],
)
def test_status_and_its_last_day(changes: dict[str, Any], status: ProductStatus, until: date | None) -> None:
    """Expired lasts 30 days and disabled 90, counted in the organization's days; nobody guesses an end."""
    assert standing(subscription(**changes), now=NOW, time_zone=ZONE) == Standing(status=status, until=until)


def test_expired_for_long_is_disabled() -> None:
    """After the 30 days of the expired status the 90 of the disabled one begin."""
    later = datetime(2026, 12, 20, tzinfo=UTC)

    stands = standing(subscription(**EXPIRED), now=later, time_zone=ZONE)

    assert stands.status == ProductStatus.DISABLED
    assert stands.until == ENDED_ON + timedelta(days=EXPIRED_DAYS + DISABLED_DAYS - 1)


def test_licenses_are_counted_by_plan() -> None:
    """Free and in conflict are never negative, and a plan that the directory does not list has none."""
    pool = SubscribedPlan(
        plan_id="PLAN", plan_name="E1", purchased=10, assigned=13, vendor_status="Enabled", services=()
    )
    figures = license_figures([pool], "plan")

    assert (figures.free, figures.in_conflict) == (0, 3)
    assert license_figures([], "plan") == LicenseFigures(bought=0, assigned=0)


def test_licenses_in_grace_are_not_free() -> None:
    """products#the-list: 40 of 80 have ended, so none of the 40 that last is free; nobody is in conflict."""
    pool = SubscribedPlan(
        plan_id="plan",
        plan_name="E1",
        purchased=80,
        assigned=40,
        vendor_status="Enabled",
        services=(),
        in_grace=40,
    )
    figures = license_figures([pool], "plan")

    assert (figures.bought, figures.lasting, figures.free, figures.in_conflict) == (80, 40, 0, 0)
    assert replace(figures, assigned=30).free == 10
    assert replace(figures, assigned=90).in_conflict == 10


def codes(owned: SellerSubscription, figures: LicenseFigures = EVEN) -> list[str]:
    """Return the codes of the notices beside a product."""
    stands = standing(owned, now=NOW, time_zone=ZONE)
    return [each.code for each in product_notices("contoso", owned, stands, figures)]


def test_each_matter_has_its_notice() -> None:
    """A notice stands beside what it is about, and names the act that clears it."""
    change = ScheduledChange(plan_id="", quantity=7)
    ends = RenewalTerms(ends_on=date(2026, 12, 10), is_automatic=False)
    scheduled = RenewalTerms(ends_on=date(2026, 12, 10), is_automatic=True, scheduled=change)

    assert codes(subscription()) == []
    assert codes(subscription(), LicenseFigures(bought=9, assigned=11)) == ["LICENSE_CONFLICT"]
    assert codes(subscription(is_trial=True)) == ["TRIAL"]
    assert codes(subscription(renewal=ends)) == ["ENDS"]
    assert codes(subscription(renewal=scheduled)) == ["CHANGE_SCHEDULED"]
    assert codes(subscription(**EXPIRED)) == ["EXPIRED"]
    assert codes(subscription(status="suspended")) == ["DISABLED"]
    assert codes(subscription(status="suspended", is_stopped=True)) == ["STOPPED"]
    assert codes(subscription(status="deleted")) == []
