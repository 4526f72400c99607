"""A whole switch by hand through the clients, against the sandbox cloud."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.kernel.errors import ProviderRefused, ProviderUnavailable, UnknownSubscription
from domain.kernel.money import Money
from domain.ports.billing_port import BilledPeriod, InvoiceLine, IssuedInvoice
from domain.ports.cloud import Cloud
from domain.ports.directory_port import LicenseChange
from domain.ports.seller_port import OrderLine, PlacedOrder
from tests.support.clouds.cloud_server import SOURCE_PLAN, TARGET_PLAN, SandboxCloud, running_sandbox

USERS = 45


@pytest.fixture(name="sandbox")
def _sandbox(tmp_path: Path) -> Iterator[SandboxCloud]:
    """Yield a running sandbox with the clients."""
    with running_sandbox(tmp_path) as running:
        yield running


def _place(cloud: Cloud, organization_id: str, quantity: int = USERS, key: str = "1") -> PlacedOrder:
    line = OrderLine(
        plan_id=TARGET_PLAN, quantity=quantity, term="P1M", billing_cycle="monthly", currency="EUR"
    )
    return cloud.seller.place_order(
        organization_id, line, cart_key=f"cart-{key}", checkout_key=f"checkout-{key}"
    )


def _roster(cloud: Cloud, organization_id: str, plan_id: str) -> list[str]:
    found: list[str] = []
    cursor: str | None = None
    for _ in range(10):
        page = cloud.directory.users_page(organization_id, plan_id, cursor)
        found.extend(user.directory_id for user in page.users)
        cursor = page.next_cursor
        if cursor is None:
            break
    return found


def _move_all(cloud: Cloud, organization_id: str) -> int:
    """Move every user of the source plan in batches; return how many were moved."""
    roster = _roster(cloud, organization_id, SOURCE_PLAN)
    moved = 0
    size = cloud.directory.batch_size
    for start in range(0, len(roster), size):
        changes = [
            LicenseChange(directory_id=each, add_plan_id=TARGET_PLAN, remove_plan_id=SOURCE_PLAN)
            for each in roster[start : start + size]
        ]
        results = cloud.directory.change_licenses(organization_id, changes)
        moved += sum(result.is_done for result in results)
    return moved


def _bill(cloud: Cloud, organization_id: str, source: BilledPeriod, target_id: str) -> IssuedInvoice:
    """Stop and credit the source, start and charge the target, and invoice both."""
    today = datetime.now(UTC).astimezone(ZoneInfo(cloud.billing.profile(organization_id).time_zone)).date()
    days = (source.period_end_on - source.period_start_on).days
    left = source.paid.times(Fraction((source.period_end_on - today).days, days))
    cloud.billing.stop(organization_id, source.subscription_id, effective_on=today, key="stop")
    credit = cloud.billing.credit(
        organization_id,
        source.subscription_id,
        amount=left,
        from_on=today,
        to_on=source.period_end_on,
        reason="unused days",
        key="credit",
    )
    price = Money(minor_units=1000, currency="EUR")
    charge_id = _start(cloud, organization_id, target_id, today, price.times(USERS))
    lines = [
        InvoiceLine(kind="charge", amount=price.times(USERS), reference_id=charge_id),
        InvoiceLine(kind="credit", amount=-left, reference_id=credit.credit_id),
    ]
    return cloud.billing.invoice(
        organization_id,
        switch_id="switch-1",
        lines=lines,
        tax=Money.zero("EUR"),
        total=price.times(USERS) - left,
        payment_method="card",
        key="invoice",
    )


def _start(cloud: Cloud, organization_id: str, target_id: str, on: date, amount: Money) -> str:
    return cloud.billing.start(
        organization_id,
        target_id,
        effective_on=on,
        period_end_on=on + timedelta(days=30),
        quantity=USERS,
        unit_price=Money(minor_units=1000, currency="EUR"),
        amount=amount,
        key="start",
    )


def test_whole_round_leaves_nobody_without_license(sandbox: SandboxCloud) -> None:
    """Order, provision, move, cancel, bill and notify: the referee finds no gap and no double charge."""
    cloud, made = sandbox.cloud, sandbox.organization(users=USERS)
    organization_id, source_id = made["organization_id"], made["subscription_id"]

    placed = cloud.seller.order(organization_id, _place(cloud, organization_id).order_id)
    assert placed.subscription_id is not None
    assert cloud.seller.provisioning(organization_id, placed.subscription_id).status == "success"
    assert _move_all(cloud, organization_id) == USERS
    assert _roster(cloud, organization_id, SOURCE_PLAN) == []
    assert len(_roster(cloud, organization_id, TARGET_PLAN)) == USERS
    period = cloud.billing.period(organization_id, source_id)
    cancellation = cloud.seller.cancel_subscription(organization_id, source_id, key="cancel")
    assert abs(datetime.now(UTC) - cancellation.cancelled_at) < timedelta(seconds=10)
    invoice = _bill(cloud, organization_id, period, placed.subscription_id)
    assert invoice.charged.currency == "EUR"
    status = cloud.billing.invoice_status(organization_id, invoice.invoice_id)
    assert (status.invoice_id, status.delivered_at) == (invoice.invoice_id, status.issued_at)
    assert status.credit_settled_on is None
    assert cloud.notices.send(
        organization_id, kind="completed", switch_id="s", subject="Done", body="Done.", key="notice"
    )

    verdict = sandbox.verdict(organization_id)
    kept = ("unlicensed_user_seconds", "data_service_gap_user_seconds", "double_charges", "orphan_orders")
    assert {name: verdict[name] for name in kept} == dict.fromkeys(kept, 0)
    assert all(call.status < 300 for call in sandbox.calls)


def test_booked_lines_are_read_as_billing_tells_them(sandbox: SandboxCloud) -> None:
    """The client reads each line's days, money and licenses; an unknown subscription is named as such."""
    cloud, made = sandbox.cloud, sandbox.organization(users=USERS, seed=78)
    organization_id, source_id = made["organization_id"], made["subscription_id"]
    sandbox.edit(
        organization_id,
        kind="quantity",
        subscription_id=source_id,
        quantity=made["quantity"] + 4,
        from_on=made["period_start_on"],
    )
    period = cloud.billing.period(organization_id, source_id)
    first, added = cloud.billing.booked_lines(organization_id, period)

    assert (first.quantity, added.quantity) == (made["quantity"], 4)
    assert (added.from_on, added.to_on) == (period.period_start_on, period.period_end_on)
    assert added.amount == period.unit_price.times(4)
    assert first.amount + added.amount == period.paid
    with pytest.raises(UnknownSubscription):
        cloud.billing.booked_lines(
            organization_id, replace(period, subscription_id="11111111-1111-4111-8111-111111111111")
        )


def test_pages_follow_each_other_without_loss(sandbox: SandboxCloud) -> None:
    """A roster of more than one page is read whole, each user once."""
    organization_id = sandbox.organization(users=1100)["organization_id"]

    roster = _roster(sandbox.cloud, organization_id, SOURCE_PLAN)

    assert len(roster) == len(set(roster)) == 1100


def test_order_names_its_subscription_later(sandbox: SandboxCloud) -> None:
    """Until the seller has set it up, an order is pending and names no subscription."""
    sandbox.settings(provisioning_delay_seconds=3600)
    cloud, organization_id = sandbox.cloud, sandbox.organization()["organization_id"]

    placed = _place(cloud, organization_id)

    assert (placed.status, placed.subscription_id) == ("pending", None)


@pytest.mark.parametrize(("terms", "status"), [("legacy", "suspended"), ("new_commerce", "deleted")])
def test_cancellation_is_repeatable(sandbox: SandboxCloud, terms: str, status: str) -> None:
    """Legacy terms are suspended, new-commerce terms deleted; a lost answer is found done."""
    today = datetime.now(UTC).astimezone(ZoneInfo("Europe/Berlin")).date()
    body = {
        "seed": 1,
        "users": 3,
        "plan_id": SOURCE_PLAN,
        "period_start_on": (today - timedelta(days=1)).isoformat(),
        "options": {"terms": terms},
    }
    made = sandbox.control.post("/sandbox/organizations", json=body).raise_for_status().json()
    organization_id, source_id = made["organization_id"], made["subscription_id"]
    seller = sandbox.cloud.seller
    assert (seller.subscription(organization_id, source_id).cancellable_until is None) == (terms == "legacy")
    sandbox.fault(f"PATCH /v1/customers/{organization_id}/subscriptions/", "lost_answer")

    with pytest.raises(ProviderUnavailable):
        seller.cancel_subscription(organization_id, source_id, key="cancel")

    assert seller.cancel_subscription(organization_id, source_id, key="cancel").status == status
    assert seller.cancel_subscription(organization_id, source_id, key="other").status == status


def test_passed_cancellation_window_is_refused(sandbox: SandboxCloud) -> None:
    """New-commerce terms can't be cancelled after their window: the seller's code says so."""
    today = datetime.now(UTC).astimezone(ZoneInfo("Europe/Berlin")).date()
    body = {
        "seed": 1,
        "users": 3,
        "plan_id": SOURCE_PLAN,
        "period_start_on": (today - timedelta(days=9)).isoformat(),
        "options": {"terms": "new_commerce"},
    }
    made = sandbox.control.post("/sandbox/organizations", json=body).raise_for_status().json()

    with pytest.raises(ProviderRefused) as caught:
        sandbox.cloud.seller.cancel_subscription(
            made["organization_id"], made["subscription_id"], key="cancel"
        )

    assert caught.value.details["provider_code"] == "900117"
