"""Our client changes the licenses of a subscription at the sandbox's seller (vendor#subscriptions)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.kernel.errors import ProviderRefused, ProviderUnavailable, UnknownSubscription
from tests.support.clouds.cloud_server import SOURCE_PLAN, SandboxCloud, running_sandbox

LICENSES = 10


@pytest.fixture(name="sandbox")
def _sandbox(tmp_path: Path) -> Iterator[SandboxCloud]:
    """Yield a running sandbox with the clients."""
    with running_sandbox(tmp_path) as running:
        yield running


def changes(sandbox: SandboxCloud) -> int:
    """Return how often the seller's journal tells of a changed subscription."""
    return sandbox.journal.read_text(encoding="utf-8").count('"subscription_changed"')


def _asked(made: dict[str, Any]) -> tuple[str, str]:
    return made["organization_id"], made["subscription_id"]


def test_licenses_are_changed_once_whatever_becomes_of_the_answer(sandbox: SandboxCloud) -> None:
    """More, fewer, and the same again: by state and key, with everything else as it was."""
    asked = _asked(sandbox.organization(users=3, quantity=LICENSES))
    seller = sandbox.cloud.seller
    before = seller.subscription(*asked)

    sandbox.fault(f"PATCH /v1/customers/{asked[0]}/subscriptions/", "lost_answer")
    with pytest.raises(ProviderUnavailable):
        seller.change_quantity(*asked, quantity=14, key="more")
    answers = [seller.change_quantity(*asked, quantity=14, key=key) for key in ("more", "other")]
    counted = changes(sandbox)
    fewer = seller.change_quantity(*asked, quantity=5, key="fewer")

    (pool,) = (
        each for each in sandbox.cloud.directory.subscribed_plans(asked[0]) if each.plan_id == SOURCE_PLAN
    )
    assert ([each.quantity for each in answers], counted) == ([14, 14], 1)
    assert (fewer.quantity, fewer.status, fewer.billing_cycle) == (5, before.status, before.billing_cycle)
    assert (pool.purchased, changes(sandbox)) == (5, 2)
    keyed = [(call.operation, call.key) for call in sandbox.calls if call.key]
    assert keyed == [("change_quantity", "more"), ("change_quantity", "fewer")]


def test_a_number_that_the_seller_refuses_leaves_it_as_it_was(sandbox: SandboxCloud) -> None:
    """Outside of what is sold (2002), or fewer after the cancellation window (800090)."""
    old = (datetime.now(UTC) - timedelta(days=9)).date().isoformat()
    body = {
        "seed": 1,
        "users": 3,
        "plan_id": SOURCE_PLAN,
        "period_start_on": old,
        "options": {"terms": "new_commerce", "quantity": LICENSES},
    }
    made = sandbox.control.post("/sandbox/organizations", json=body).raise_for_status().json()
    asked, seller = _asked(made), sandbox.cloud.seller

    for quantity, code in ((10_000_001, "2002"), (LICENSES - 1, "800090")):
        with pytest.raises(ProviderRefused) as refused:
            seller.change_quantity(*asked, quantity=quantity, key=f"to-{quantity}")
        assert refused.value.details["provider_code"] == code
    with pytest.raises(UnknownSubscription):
        seller.change_quantity(asked[0], "no-such", quantity=3, key="nobody")

    assert (seller.subscription(*asked).quantity, changes(sandbox)) == (LICENSES, 0)
