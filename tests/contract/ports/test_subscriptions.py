"""What the seller's port promises of subscriptions: each change once, and read back as it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.kernel.errors import ProviderRefused, ProviderUnavailable, UnknownSubscription
from domain.ports.seller_port import HELD, ScheduledChange, SubscriptionSettings, SubscriptionState
from tests.support.clouds.port_cloud import LOST_ANSWER, Customer, PortCloud

FAR_TOO_MANY = 10_000_001


def _name(customer: Customer) -> tuple[str, str]:
    return customer.organization_id, customer.subscription_id


class TestSubscriptions:
    """The promises of the subscriptions in `domain/ports/seller_port.py`."""

    def test_a_subscription_is_listed_as_it_is_read(self, adapter: PortCloud) -> None:
        """Plan, licenses and state are those that were bought."""
        customer = adapter.customer(licenses=10)
        seller = adapter.connection.cloud.seller
        read = seller.subscription(*_name(customer))

        assert read in seller.subscriptions(customer.organization_id)
        assert (read.subscription_id, read.plan_id) == (customer.subscription_id, adapter.source_plan)
        assert (read.quantity, read.state) == (10, SubscriptionState.LIVE)
        assert (read.term, read.billing_cycle) == ("P1M", "monthly")
        assert (read.contract_type, read.is_trial, read.parent_subscription_id) == ("subscription", False, "")

    def test_an_unknown_subscription_is_named_as_such(self, adapter: PortCloud) -> None:
        """A subscription that is not there is not a cancelled one, whatever is asked of it."""
        organization_id = adapter.customer().organization_id
        seller = adapter.connection.cloud.seller
        for ask in (
            lambda: seller.subscription(organization_id, "no-such"),
            lambda: seller.provisioning(organization_id, "no-such"),
            lambda: seller.cancel_subscription(organization_id, "no-such", key="cancel"),
            lambda: seller.change_quantity(organization_id, "no-such", quantity=3, key="more"),
        ):
            with pytest.raises(UnknownSubscription):
                ask()

    def test_a_cancellation_comes_once(self, adapter: PortCloud) -> None:
        """A lost answer or another key finds it done, at the same instant; its plan is held no more."""
        customer = adapter.customer()
        seller = adapter.connection.cloud.seller
        adapter.plan_fault(customer, "cancel_subscription", LOST_ANSWER)

        with pytest.raises(ProviderUnavailable):
            seller.cancel_subscription(*_name(customer), key="cancel")
        first, again = (seller.cancel_subscription(*_name(customer), key=key) for key in ("cancel", "other"))

        assert first.subscription_id == customer.subscription_id
        assert first.cancelled_at == again.cancelled_at
        assert abs(datetime.now(UTC) - first.cancelled_at) < timedelta(minutes=1)
        assert seller.subscription(*_name(customer)).state not in HELD

    def test_licenses_are_changed_once(self, adapter: PortCloud) -> None:
        """More, fewer, and the same again count by state; the rest stays, and the version tag tells of it."""
        customer = adapter.customer(users=3, licenses=10)
        seller = adapter.connection.cloud.seller
        before = seller.subscription(*_name(customer))
        adapter.plan_fault(customer, "change_quantity", LOST_ANSWER)

        with pytest.raises(ProviderUnavailable):
            seller.change_quantity(*_name(customer), quantity=14, key="more")
        first, again = (
            seller.change_quantity(*_name(customer), quantity=14, key=key) for key in ("more", "other")
        )
        fewer = seller.change_quantity(*_name(customer), quantity=5, key="fewer")
        (pool,) = (
            each
            for each in adapter.connection.cloud.directory.subscribed_plans(customer.organization_id)
            if each.plan_id == adapter.source_plan
        )

        assert (first.quantity, again.quantity, fewer.quantity, pool.purchased) == (14, 14, 5, 5)
        assert (fewer.plan_id, fewer.state) == (before.plan_id, before.state)
        assert before.version != first.version == again.version != fewer.version

    def test_a_refused_number_leaves_it_as_it_was(self, adapter: PortCloud) -> None:
        """More than is sold is refused."""
        customer = adapter.customer(licenses=10)
        seller = adapter.connection.cloud.seller
        with pytest.raises(ProviderRefused):
            seller.change_quantity(*_name(customer), quantity=FAR_TOO_MANY, key="far")
        assert seller.subscription(*_name(customer)).quantity == 10

    def test_settings_are_set_once_and_read_back(self, adapter: PortCloud) -> None:
        """Renewal, scheduled licenses and name are set together; what is not named stays."""
        customer = adapter.customer(users=2)
        seller = adapter.connection.cloud.seller
        change = ScheduledChange(plan_id=adapter.source_plan, quantity=2, term="P1M", billing_cycle="monthly")
        settings = SubscriptionSettings(is_auto_renewed=True, scheduled=change, friendly_name="Berlin")
        adapter.plan_fault(customer, "change_settings", LOST_ANSWER)

        with pytest.raises(ProviderUnavailable):
            seller.change_settings(*_name(customer), settings, key="set")
        answers = [seller.change_settings(*_name(customer), settings, key=key) for key in ("set", "other")]
        kept = seller.change_settings(*_name(customer), SubscriptionSettings(), key="nothing")

        for each in (*answers, kept, seller.subscription(*_name(customer))):
            assert each.renewal is not None
            assert (each.renewal.is_automatic, each.renewal.scheduled) == (True, change)
            assert each.friendly_name == "Berlin"
        assert {each.version for each in answers} == {kept.version}

    def test_nothing_is_scheduled_where_nothing_renews(self, adapter: PortCloud) -> None:
        """A change needs a next term; the subscription stays as it was."""
        customer = adapter.customer()
        seller = adapter.connection.cloud.seller
        settings = SubscriptionSettings(
            is_auto_renewed=False, scheduled=ScheduledChange(plan_id=adapter.source_plan, quantity=2)
        )
        with pytest.raises(ProviderRefused):
            seller.change_settings(*_name(customer), settings, key="set")
        renewal = seller.subscription(*_name(customer)).renewal
        assert renewal is not None
        assert (renewal.is_automatic, renewal.scheduled) == (True, None)

    def test_a_renewal_is_stopped_once_and_never_beyond_what_was_accepted(self, adapter: PortCloud) -> None:
        """One that ends later than was accepted is left as it is; the subscription serves until its end."""
        customer = adapter.customer()
        seller = adapter.connection.cloud.seller
        renewal = seller.subscription(*_name(customer)).renewal
        assert renewal is not None
        ends_on = renewal.ends_on
        assert ends_on is not None

        with pytest.raises(ProviderRefused):
            seller.stop_renewal(*_name(customer), ends_by=ends_on - timedelta(days=1), key="early")
        left = seller.subscription(*_name(customer)).renewal
        adapter.plan_fault(customer, "stop_renewal", LOST_ANSWER)
        with pytest.raises(ProviderUnavailable):
            seller.stop_renewal(*_name(customer), ends_by=ends_on, key="stop")
        answers = [
            seller.stop_renewal(*_name(customer), ends_by=ends_on, key=key) for key in ("stop", "other")
        ]
        after = seller.subscription(*_name(customer))

        assert left == renewal
        assert {each.ends_on for each in answers} == {ends_on}
        assert after.renewal is not None
        assert (after.renewal.is_automatic, after.state) == (False, SubscriptionState.LIVE)
