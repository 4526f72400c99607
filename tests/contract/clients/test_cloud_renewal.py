"""Our client stops renewals at the sandbox's seller (vendor#subscriptions)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.kernel.errors import ProviderRefused, ProviderUnavailable
from domain.ports.seller_port import ScheduledChange, SubscriptionSettings
from tests.support.clouds.cloud_server import SOURCE_PLAN, SandboxCloud, running_sandbox


@pytest.fixture(name="sandbox")
def _sandbox(tmp_path: Path) -> Iterator[SandboxCloud]:
    """Yield a running sandbox with the clients."""
    with running_sandbox(tmp_path) as running:
        yield running


def test_a_renewal_is_stopped_once_and_never_beyond_what_was_accepted(sandbox: SandboxCloud) -> None:
    """Past its window a subscription is set not to renew; a lost answer is found done."""
    today = datetime.now(UTC).astimezone(ZoneInfo("Europe/Berlin")).date()
    body = {
        "seed": 1,
        "users": 3,
        "plan_id": SOURCE_PLAN,
        "period_start_on": (today - timedelta(days=9)).isoformat(),
        "options": {"terms": "new_commerce"},
    }
    made = sandbox.control.post("/sandbox/organizations", json=body).raise_for_status().json()
    asked = (made["organization_id"], made["subscription_id"])
    ends_on = date.fromisoformat(made["period_end_on"])
    seller = sandbox.cloud.seller

    with pytest.raises(ProviderRefused, match="was accepted"):
        seller.stop_renewal(*asked, ends_by=ends_on - timedelta(days=1), key="early")
    sandbox.fault(f"PATCH /v1/customers/{asked[0]}/subscriptions/", "lost_answer")
    with pytest.raises(ProviderUnavailable):
        seller.stop_renewal(*asked, ends_by=ends_on, key="stop")
    answers = [seller.stop_renewal(*asked, ends_by=ends_on, key=key) for key in ("stop", "other")]

    assert {each.ends_on for each in answers} == {ends_on}
    assert seller.subscription(*asked).status == "active"


def new_commerce(sandbox: SandboxCloud, seed: int) -> tuple[str, str]:
    """Return an organization and its new-commerce subscription."""
    body = {"seed": seed, "users": 3, "plan_id": SOURCE_PLAN, "options": {"terms": "new_commerce"}}
    made = sandbox.control.post("/sandbox/organizations", json=body).raise_for_status().json()
    return made["organization_id"], made["subscription_id"]


def test_change_can_be_scheduled_only_where_something_renews(sandbox: SandboxCloud) -> None:
    """The seller refuses a scheduled change without a renewal, and of legacy terms; nothing is changed."""
    change = ScheduledChange(plan_id=SOURCE_PLAN, quantity=2)
    modern, legacy = new_commerce(sandbox, 3), sandbox.organization(seed=4)
    old = (legacy["organization_id"], legacy["subscription_id"])

    for asked, is_renewed in ((modern, False), (old, True)):
        settings = SubscriptionSettings(is_auto_renewed=is_renewed, scheduled=change)
        with pytest.raises(ProviderRefused):
            sandbox.cloud.seller.change_settings(asked[0], asked[1], settings, key="set")
        renewal = sandbox.cloud.seller.subscription(*asked).renewal
        assert renewal is not None
        assert (renewal.is_automatic, renewal.scheduled) == (True, None)


def test_change_in_the_middle_of_the_term_deletes_what_was_scheduled(sandbox: SandboxCloud) -> None:
    """Licenses added inside the term take the scheduled change away, as the vendor does."""
    asked, seller = new_commerce(sandbox, 5), sandbox.cloud.seller
    change = ScheduledChange(plan_id=SOURCE_PLAN, quantity=2)
    seller.change_settings(*asked, SubscriptionSettings(scheduled=change), key="set")

    after = seller.change_quantity(*asked, quantity=30, key="more")

    assert after.renewal is not None
    assert (after.quantity, after.renewal.scheduled) == (30, None)
