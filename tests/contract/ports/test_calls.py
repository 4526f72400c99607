"""What every port promises of its calls: each is announced and reported, and each failure has its error."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain.kernel.errors import ProviderThrottled, ProviderUnavailable
from domain.operator.step_words import CALL_WORDS
from tests.support.clouds.port_cloud import LOST_ANSWER, THROTTLED, UNAVAILABLE, Customer, PortCloud
from tests.support.clouds.ports_bought import target_licenses

Read = Callable[[PortCloud, Customer], object]
#: Operation -> a call of it; one for each party.
READS: dict[str, Read] = {
    "subscribed_plans": lambda adapter, customer: adapter.connection.cloud.directory.subscribed_plans(
        customer.organization_id
    ),
    "subscriptions": lambda adapter, customer: adapter.connection.cloud.seller.subscriptions(
        customer.organization_id
    ),
    "profile": lambda adapter, customer: adapter.connection.cloud.billing.profile(customer.organization_id),
}


class TestCalls:
    """The promises of `domain/ports/cloud.py`."""

    @pytest.mark.parametrize("operation", READS)
    @pytest.mark.parametrize(
        ("kind", "error"),
        [
            (THROTTLED, ProviderThrottled),
            (UNAVAILABLE, ProviderUnavailable),
            (LOST_ANSWER, ProviderUnavailable),
        ],
    )
    def test_a_failed_call_has_its_error_and_its_row(
        self, adapter: PortCloud, operation: str, kind: str, error: type[Exception]
    ) -> None:
        """Busy, away and silent are three things, and none of them is a no; then the port works again."""
        customer = adapter.customer()
        adapter.plan_fault(customer, operation, kind)

        with pytest.raises(error):
            READS[operation](adapter, customer)
        READS[operation](adapter, customer)

        assert [call.operation for call in adapter.connection.calls] == [operation, operation]
        failed, done = adapter.connection.calls
        assert done.status != failed.status
        assert (failed.status == 0) == (kind == LOST_ANSWER)

    def test_a_throttled_call_says_how_long_to_wait(self, adapter: PortCloud) -> None:
        """The wait is more than nothing."""
        customer = adapter.customer()
        adapter.plan_fault(customer, "subscriptions", THROTTLED)
        with pytest.raises(ProviderThrottled) as throttled:
            READS["subscriptions"](adapter, customer)
        assert throttled.value.retry_after_seconds > 0

    def test_each_call_is_announced_before_it_is_reported(self, adapter: PortCloud) -> None:
        """Every operation has words that people read, and an effect of money its key."""
        customer = adapter.customer()
        connection = adapter.connection
        target_licenses(adapter, customer, 5)
        connection.cloud.seller.cancel_subscription(
            customer.organization_id, customer.subscription_id, key="cancel"
        )

        operations = [call.operation for call in connection.calls]
        assert connection.announced == operations
        assert set(operations) <= CALL_WORDS.keys()
        keys = {call.operation: call.key for call in connection.calls if call.key}
        assert keys["cancel_subscription"] == "cancel"
        assert "checkout" in keys
        assert len({call.request_digest for call in connection.calls if call.key}) == len(keys)
