"""What the port of inquiries promises: the seller's word before the order, purchases, roles."""

from __future__ import annotations

from domain.ports.seller_port import SellerVerdict, SubscriptionState, verdict_on
from domain.reasons.reasons import REASONS
from tests.support.clouds.port_cloud import Customer, PortCloud, holders


def _verdict(adapter: PortCloud, customer: Customer) -> SellerVerdict:
    cloud = adapter.connection.cloud
    source = cloud.seller.subscription(customer.organization_id, customer.subscription_id)
    verdict = verdict_on(
        cloud.inquiries.seller_verdicts(customer.organization_id, source), adapter.target_plan
    )
    assert verdict is not None
    return verdict


class TestInquiries:
    """The promises of `domain/ports/seller_port.py`."""

    def test_the_seller_agrees_or_says_why_not(self, adapter: PortCloud) -> None:
        """A refusal has the seller's own code and text, and the reason of ours that it means."""
        customer = adapter.customer()
        agreed = _verdict(adapter, customer)
        adapter.refuse_plans(customer, "4711", "The moon is wrong.")
        refused = _verdict(adapter, customer)

        assert (agreed.is_eligible, agreed.refusals) == (True, ())
        assert not refused.is_eligible
        (refusal,) = refused.refusals
        assert (refusal.code, refusal.text) == ("4711", "The moon is wrong.")
        assert refusal.reason in REASONS

    def test_purchases_are_listed_whoever_sold_them(self, adapter: PortCloud) -> None:
        """The directory lists what the connected seller does not know."""
        customer = adapter.customer(licenses=10)
        cloud = adapter.connection.cloud
        adapter.sell_elsewhere(customer, 5)
        purchases = {
            each.subscription_id: each
            for each in cloud.inquiries.purchases(customer.organization_id)
            if each.plan_id == adapter.source_plan
        }
        own = purchases.pop(customer.subscription_id)
        (other,) = purchases.values()

        assert (own.quantity, own.state, own.is_trial) == (10, SubscriptionState.LIVE, False)
        assert (other.quantity, other.state) == (5, SubscriptionState.LIVE)
        listed = {each.subscription_id for each in cloud.seller.subscriptions(customer.organization_id)}
        assert other.subscription_id not in listed

    def test_roles_come_by_name(self, adapter: PortCloud) -> None:
        """A user without any has none, and so has somebody who is not there."""
        customer = adapter.customer()
        roles = adapter.connection.cloud.inquiries.roles
        user = holders(adapter, customer, adapter.source_plan)[0].directory_id
        before = roles(customer.organization_id, user)
        adapter.give_role(customer, user, "User Administrator")

        assert before == ()
        assert roles(customer.organization_id, user) == ("User Administrator",)
        assert roles(customer.organization_id, "nobody@contoso.example") == ()
