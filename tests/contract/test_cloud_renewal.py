"""Our client stops renewals at the sandbox's seller (partner notes, section 4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.errors import ProviderRefused, ProviderUnavailable
from tests.contract.cloud_server import SOURCE_PLAN, SandboxCloud, running_sandbox


@pytest.fixture(name="sandbox")
def _sandbox(tmp_path: Path) -> Iterator[SandboxCloud]:
    """Yield a running sandbox with the clients."""
    with running_sandbox(tmp_path) as running:
        yield running


def test_a_renewal_is_stopped_once_and_never_beyond_what_was_accepted(sandbox: SandboxCloud) -> None:
    """Past its window a subscription is set not to renew; a lost answer is found done (partner notes, 4)."""
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
