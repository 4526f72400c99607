"""Acts on products that every adapter declares (products#an-act-elsewhere)."""

from __future__ import annotations

import pytest

from domain.kernel.errors import ProviderRefused, UnknownSubscription
from domain.kernel.money import Money
from domain.ports.product_port import ProductAct
from domain.ports.seller_port import SubscriptionState
from services.products.acts import capability_of
from tests.support.clouds.port_cloud import PortCloud


class TestProducts:
    """What a port of products and payments promises."""

    def test_each_act_is_possible_or_has_a_place(self, adapter: PortCloud) -> None:
        """An adapter says of each act whether it can do it, and where a person does."""
        cloud = adapter.connection.cloud

        declared = [capability_of(cloud, act) for act in ProductAct]

        assert [each.act for each in declared] == list(ProductAct)
        assert all(each.place for each in declared)

    def test_what_serves_stays_as_it_is(self, adapter: PortCloud) -> None:
        """A subscription that serves is answered as it stands."""
        customer, cloud = adapter.customer(), adapter.connection.cloud
        own = (customer.organization_id, customer.subscription_id)

        assert cloud.products.reactivate(*own, key="back-1") == cloud.seller.subscription(*own)

    def test_what_has_ended_does_not_return(self, adapter: PortCloud) -> None:
        """A subscription that is no more is refused, and stays so."""
        customer, cloud = adapter.customer(), adapter.connection.cloud
        own = (customer.organization_id, customer.subscription_id)
        cloud.seller.cancel_subscription(*own, key="cancel-1")

        with pytest.raises(ProviderRefused):
            cloud.products.reactivate(*own, key="back-1")
        assert cloud.seller.subscription(*own).state == SubscriptionState.ENDED

    def test_unknown_subscription_is_told(self, adapter: PortCloud) -> None:
        """An act on a subscription that nobody has is UNKNOWN_SUBSCRIPTION."""
        customer, cloud = adapter.customer(), adapter.connection.cloud
        unknown = "00000000-0000-4000-8000-000000000000"

        with pytest.raises(UnknownSubscription):
            cloud.products.reactivate(customer.organization_id, unknown, key="back-1")

    def test_what_is_no_trial_stays_as_it_is(self, adapter: PortCloud) -> None:
        """A subscription that is paid for is not bought again."""
        customer, cloud = adapter.customer(), adapter.connection.cloud
        own = (customer.organization_id, customer.subscription_id)
        before = cloud.seller.subscription(*own)

        assert cloud.products.buy_trial(*own, quantity=before.quantity, key="buy-1") == before

    def test_more_than_is_due_is_never_taken(self, adapter: PortCloud) -> None:
        """Who owes nothing pays nothing."""
        customer, cloud = adapter.customer(), adapter.connection.cloud
        statement = cloud.payments.statement(customer.organization_id)

        assert statement.balance_due.minor_units == 0
        with pytest.raises(ProviderRefused):
            cloud.payments.pay(
                customer.organization_id, amount=Money(minor_units=1, currency="EUR"), key="pay-1"
            )
