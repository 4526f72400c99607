"""What the seller's port promises of orders: placed once, named later, taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.kernel.errors import NotReadyYet, ProviderRefused, ProviderUnavailable
from domain.ports.credit_port import REQUIRED
from domain.ports.seller_port import SubscriptionState
from domain.reasons.reasons import REASONS
from tests.support.clouds.port_cloud import LOST_ANSWER, PortCloud
from tests.support.clouds.ports_bought import place, replacement, target_licenses

#: An invoice over so many licenses needs a credit check at every seller.
MANY = 2_000


class TestOrders:
    """The promises of `domain/ports/seller_port.py` and of the orders in `domain/ports/seller_port.py`."""

    def test_the_same_keys_order_once(self, adapter: PortCloud) -> None:
        """Also after an answer that was lost on the way; other keys are another order."""
        customer = adapter.customer()
        line = replacement(adapter, customer, 5)
        adapter.plan_fault(customer, "checkout", LOST_ANSWER)

        with pytest.raises(ProviderUnavailable):
            place(adapter, customer, line)
        first, again = place(adapter, customer, line), place(adapter, customer, line)
        other = place(adapter, customer, line, key="2")

        assert first.order_id == again.order_id != other.order_id
        held = adapter.connection.cloud.seller.subscriptions(customer.organization_id)
        ordered = [each.order_id for each in held if each.plan_id == adapter.target_plan]
        assert sorted(ordered) == sorted([first.order_id, other.order_id])

    def test_an_order_names_what_was_ordered(self, adapter: PortCloud) -> None:
        """At once or later it names a subscription of the plan and the licenses, which gets set up."""
        customer = adapter.customer()
        seller = adapter.connection.cloud.seller
        subscription_id = target_licenses(adapter, customer, 5)
        ordered = seller.subscription(customer.organization_id, subscription_id)
        provisioning = seller.provisioning(customer.organization_id, subscription_id)
        order = seller.order(customer.organization_id, ordered.order_id)

        assert (ordered.plan_id, ordered.quantity, ordered.state) == (
            adapter.target_plan,
            5,
            SubscriptionState.LIVE,
        )
        assert (provisioning.status, provisioning.quantity) == ("success", 5)
        assert (order.order_id, order.subscription_id) == (ordered.order_id, subscription_id)
        assert abs(datetime.now(UTC) - order.ordered_at) < timedelta(minutes=1)

    def test_what_is_replaced_serves_on_until_it_is_cancelled(self, adapter: PortCloud) -> None:
        """Users work with the old plan while the new one waits, also where a plan is changed in place."""
        customer = adapter.customer(licenses=10)
        new_id = target_licenses(adapter, customer, 5)
        cloud = adapter.connection.cloud

        old = cloud.seller.subscription(customer.organization_id, customer.subscription_id)
        pools = {
            pool.plan_id: pool.purchased
            for pool in cloud.directory.subscribed_plans(customer.organization_id)
        }
        assert new_id != customer.subscription_id
        assert (old.plan_id, old.state) == (adapter.source_plan, SubscriptionState.LIVE)
        assert (pools[adapter.source_plan], pools[adapter.target_plan]) == (10, 5)

    def test_an_order_is_void_once(self, adapter: PortCloud) -> None:
        """A lost answer or another key finds it cancelled; what was ordered is gone, the old plan stays."""
        customer = adapter.customer()
        seller = adapter.connection.cloud.seller
        new_id = target_licenses(adapter, customer, 5)
        order_id = seller.subscription(customer.organization_id, new_id).order_id
        adapter.plan_fault(customer, "void_order", LOST_ANSWER)

        with pytest.raises(ProviderUnavailable):
            seller.void_order(customer.organization_id, order_id, key="void")
        voided = [seller.void_order(customer.organization_id, order_id, key=key) for key in ("void", "other")]

        assert [each.status for each in voided] == ["cancelled", "cancelled"]
        assert seller.order(customer.organization_id, order_id).status == "cancelled"
        states = {
            each.subscription_id: each.state
            for each in seller.subscriptions(customer.organization_id)
            if each.plan_id in {adapter.source_plan, adapter.target_plan}
        }
        assert states[customer.subscription_id] is SubscriptionState.LIVE
        assert states.get(new_id) is not SubscriptionState.LIVE

    def test_an_order_that_is_not_listed_may_come_yet(self, adapter: PortCloud) -> None:
        """Nobody concludes from a list that lags behind that nothing was ordered."""
        customer = adapter.customer()
        with pytest.raises(NotReadyYet):
            adapter.connection.cloud.seller.order(customer.organization_id, "no-such-order")

    def test_a_refused_order_buys_nothing_and_has_a_reason(self, adapter: PortCloud) -> None:
        """The seller's code and text come with the refusal; they mean a row of rules#reasons."""
        customer = adapter.customer()
        line = replace(replacement(adapter, customer, 5), plan_id="11111111-1111-4111-8111-111111111111")
        seller = adapter.connection.cloud.seller
        before = seller.subscriptions(customer.organization_id)

        with pytest.raises(ProviderRefused) as refused:
            place(adapter, customer, line)

        code, text = (refused.value.details[name] for name in ("provider_code", "provider_text"))
        assert code
        assert seller.reason_of(code, text) in REASONS
        assert seller.subscriptions(customer.organization_id) == before

    def test_an_invoice_waits_for_its_credit_check(self, adapter: PortCloud) -> None:
        """An order by invoice names its check, which is not decided; one by card has none."""
        customer = adapter.customer()
        by_card = place(adapter, customer, replacement(adapter, customer, MANY))
        by_invoice = place(
            adapter, customer, replacement(adapter, customer, MANY, payment_method="invoice"), key="2"
        )

        assert by_card.credit_check is None
        check = by_invoice.credit_check
        assert check is not None
        assert (check.status, check.is_decided, check.decided_at) == (REQUIRED, False, None)
        assert by_invoice.subscription_id is None
