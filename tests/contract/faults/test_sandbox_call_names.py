"""Fault programs name each call as the record of calls does (docs/reliability.md, fault programs)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from domain.kernel.errors import ProviderRefused, ProviderUnavailable
from domain.kernel.money import Money
from domain.ports.directory_port import GroupPlan
from domain.ports.seller_port import BILLED_TO, SOLD_TO, OrderLine
from sandbox.faults.fault_calls import OPERATIONS, call_of
from tests.support.clouds.cloud_server import SOURCE_PLAN, TARGET_PLAN, SandboxCloud, running_sandbox

LATE = date(2999, 1, 1)
NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(name="sandbox")
def _sandbox(tmp_path: Path) -> Iterator[SandboxCloud]:
    """Yield a running sandbox with the clients."""
    with running_sandbox(tmp_path) as running:
        yield running


def _ordered(sandbox: SandboxCloud, organization_id: str) -> str:
    """Order the target, and return its subscription."""
    line = OrderLine(plan_id=TARGET_PLAN, quantity=40, term="P1M", billing_cycle="monthly", currency="EUR")
    placed = sandbox.cloud.seller.place_order(organization_id, line, cart_key="cart", checkout_key="out")
    found = next(
        each.subscription_id
        for each in sandbox.cloud.seller.subscriptions(organization_id)
        if each.order_id == placed.order_id
    )
    return str(found)


def test_calls_are_named_as_in_the_record(sandbox: SandboxCloud) -> None:
    """Groups, purchases, roles, parties, credit and each change of a subscription have their own names."""
    organization = sandbox.organization(users=20, group_licensed=8)
    organization_id, source = organization["organization_id"], organization["subscription_id"]
    cloud, target = sandbox.cloud, _ordered(sandbox, organization_id)
    (group,) = cloud.groups.feeding(organization_id, SOURCE_PLAN)
    member = cloud.groups.members_page(organization_id, group.group_id, None).users[0].directory_id
    cloud.groups.change(organization_id, group.group_id, add=GroupPlan(plan_id=TARGET_PLAN))
    cloud.groups.reprocess(organization_id, member)
    cloud.inquiries.purchases(organization_id)
    cloud.inquiries.roles(organization_id, member)
    for role in (SOLD_TO, BILLED_TO):
        cloud.parties.party(organization_id, role)
        cloud.parties.change_party(organization_id, role, {"city": "Bonn"}, key=role)
    for ask in (cloud.credit.check, lambda *of: cloud.credit.decide(*of, verdict="approve", key="d")):
        with pytest.raises(ProviderRefused):
            ask(organization_id, NOWHERE)
    cloud.seller.change_quantity(organization_id, target, quantity=41, key="more")
    cloud.seller.stop_renewal(organization_id, source, ends_by=LATE, key="stop")
    cloud.seller.cancel_subscription(organization_id, target, key="cancel")
    cloud.payments.statement(organization_id)
    with pytest.raises(ProviderRefused):
        cloud.payments.pay(organization_id, amount=Money(minor_units=1, currency="EUR"), key="pay")

    named = [call_of(each.method, each.url.path, "", each.content).operation for each in sandbox.requests]
    recorded = [call.operation for call in sandbox.calls]
    assert named == recorded
    assert {"change_group", "reprocess_user", "licensing_groups", "group_members"} <= set(named) <= OPERATIONS
    assert {"change_quantity", "stop_renewal", "cancel_subscription", "change_billed_to"} <= set(named)


def test_returns_and_trials_are_named_as_in_the_record(sandbox: SandboxCloud) -> None:
    """The return of a cancelled subscription and the purchase of a trial have names of their own."""
    organization = sandbox.organization(users=20, is_trial=True)
    own = (organization["organization_id"], organization["subscription_id"])
    sandbox.cloud.products.buy_trial(*own, quantity=30, key="trial")
    sandbox.cloud.seller.cancel_subscription(*own, key="cancel")
    sandbox.cloud.products.reactivate(*own, key="back")

    named = [call_of(each.method, each.url.path, "", each.content).operation for each in sandbox.requests]
    assert named == [call.operation for call in sandbox.calls]
    assert {"convert_trial", "reactivate_subscription"} <= set(named) <= OPERATIONS


def test_programs_hit_groups_and_amendments(sandbox: SandboxCloud) -> None:
    """A rule on a group's change or on a quantity meets that alone; a former name still works."""
    organization_id = sandbox.organization(users=20, group_licensed=8)["organization_id"]
    target = _ordered(sandbox, organization_id)
    (group,) = sandbox.cloud.groups.feeding(organization_id, SOURCE_PLAN)
    names = ("change_group", "change_quantity", "directory_subscriptions", "cancel_subscription")
    rules = [{"operation": name, "fault": "failed", "status": 503, "hits": [1]} for name in names]
    sandbox.control.put("/sandbox/faults", json={"rules": rules}).raise_for_status()
    with pytest.raises(ProviderUnavailable):
        sandbox.cloud.groups.change(organization_id, group.group_id, add=GroupPlan(plan_id=TARGET_PLAN))
    with pytest.raises(ProviderUnavailable):
        sandbox.cloud.seller.change_quantity(organization_id, target, quantity=41, key="more")
    with pytest.raises(ProviderUnavailable):
        sandbox.cloud.inquiries.purchases(organization_id)
    fired = sandbox.control.get("/sandbox/faults").json()["fired"]
    with pytest.raises(ProviderUnavailable):
        sandbox.cloud.seller.cancel_subscription(organization_id, target, key="cancel")

    assert fired == {"failed": 3}, "an amended quantity is no cancellation"
