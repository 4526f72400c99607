"""What eligibility asks the cloud, through the real adapters: verdicts, purchases, roles, add-ons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.kernel.errors import ProviderThrottled, UnknownSubscription
from domain.ports.seller_port import SellerVerdict, verdict_on
from providers.microsoft.seller.refusals import THROTTLED
from tests.support.clouds.cloud_server import SOURCE_PLAN, TARGET_PLAN, SandboxCloud, running_sandbox

TEAMS_PHONE = "e43b5b99-8dfb-405f-9987-dc307f34bcbd"


@pytest.fixture(name="sandbox")
def _sandbox(tmp_path: Path) -> Iterator[SandboxCloud]:
    """Yield a running sandbox with the clients."""
    with running_sandbox(tmp_path) as running:
        yield running


def _verdict(sandbox: SandboxCloud, made: dict[str, Any], *, is_new_commerce: bool = False) -> SellerVerdict:
    source = sandbox.cloud.seller.subscription(made["organization_id"], made["subscription_id"])
    until = datetime(2026, 12, 1, tzinfo=UTC) if is_new_commerce else None
    verdicts = sandbox.cloud.inquiries.seller_verdicts(
        made["organization_id"], replace(source, cancellable_until=until)
    )
    found = verdict_on(verdicts, TARGET_PLAN)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("is_new_commerce", "meaning"), [(False, "SUBSCRIPTION_NOT_ACTIVE"), (True, "UNKNOWN_REASON")]
)
def test_seller_says_yes_to_each_plan_or_no_with_his_codes(
    sandbox: SandboxCloud, *, is_new_commerce: bool, meaning: str
) -> None:
    """Upgrades and transitions are read alike: eligible, refused with code and text, refused without."""
    made = sandbox.organization()
    organization_id = made["organization_id"]
    found = _verdict(sandbox, made, is_new_commerce=is_new_commerce)
    assert (found.is_eligible, found.refusals) == (True, ())

    error = {"code": 2, "description": "The moon is wrong."}
    sandbox.edit(organization_id, kind="verdict", errors=[error])
    found = _verdict(sandbox, made, is_new_commerce=is_new_commerce)
    assert not found.is_eligible
    # Each numbering has a meaning of its own for a code.
    assert [(each.reason, each.code, each.text) for each in found.refusals] == [
        (meaning, "2", "The moon is wrong.")
    ]

    sandbox.edit(organization_id, kind="verdict", errors=[])
    found = _verdict(sandbox, made, is_new_commerce=is_new_commerce)
    assert (found.is_eligible, found.refusals) == (False, ())
    sandbox.edit(organization_id, kind="verdict", errors=None)
    assert _verdict(sandbox, made, is_new_commerce=is_new_commerce).is_eligible


def test_high_volume_is_a_verdict_and_a_short_throttle_is_not(sandbox: SandboxCloud) -> None:
    """A seller who asks to wait for an hour switches a high volume; one who asks for a second is busy."""
    made = sandbox.organization()
    sandbox.settings(is_volume_high=True)
    found = _verdict(sandbox, made)
    assert (found.is_eligible, [each.code for each in found.refusals]) == (False, [THROTTLED])

    sandbox.settings(is_volume_high=False)
    sandbox.fault("GET /v1/customers/", "throttled")
    with pytest.raises(ProviderThrottled):
        _verdict(sandbox, made)


def test_purchase_from_another_seller_is_in_the_directory_alone(sandbox: SandboxCloud) -> None:
    """The directory lists what another seller sold; the connected seller and billing do not know it."""
    made = sandbox.organization()
    organization_id = made["organization_id"]
    sandbox.edit(organization_id, kind="purchase", plan_id=SOURCE_PLAN, quantity=5, is_sold_elsewhere=True)
    purchases = {each.subscription_id: each for each in sandbox.cloud.inquiries.purchases(organization_id)}
    listed = {each.subscription_id for each in sandbox.cloud.seller.subscriptions(organization_id)}
    (elsewhere,) = set(purchases) - listed

    assert (purchases[elsewhere].plan_id, purchases[elsewhere].quantity) == (SOURCE_PLAN, 5)
    assert (purchases[elsewhere].status, purchases[elsewhere].is_trial) == ("active", False)
    for ask in (sandbox.cloud.seller.subscription, sandbox.cloud.billing.period):
        with pytest.raises(UnknownSubscription):
            ask(organization_id, elsewhere)


def test_addon_names_the_subscription_that_it_hangs_on(sandbox: SandboxCloud) -> None:
    """An add-on is a subscription with a parent (vendor#subscriptions)."""
    made = sandbox.organization(has_side_products=False)
    parent = made["subscription_id"]
    sandbox.edit(
        made["organization_id"],
        kind="purchase",
        plan_id=TEAMS_PHONE,
        quantity=5,
        parent_subscription_id=parent,
    )
    held = sandbox.cloud.seller.subscriptions(made["organization_id"])

    assert [(each.plan_id, each.parent_subscription_id) for each in held] == [
        (SOURCE_PLAN, ""),
        (TEAMS_PHONE, parent),
    ]
