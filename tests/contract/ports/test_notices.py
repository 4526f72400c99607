"""What the port of notices promises: each message once, and to nobody else."""

from __future__ import annotations

import pytest

from domain.kernel.errors import ProviderUnavailable
from tests.support.clouds.port_cloud import LOST_ANSWER, Customer, PortCloud

CONTACT = "operations@example.com"


def _send(adapter: PortCloud, customer: Customer, *, key: str) -> str:
    return adapter.connection.cloud.notices.send(
        customer.organization_id,
        kind="switch_completed",
        switch_id="switch-1",
        subject="Done",
        body="Everybody works with the new plan.",
        key=key,
    )


class TestNotices:
    """The promises of `domain/ports/cloud.py`."""

    def test_a_notice_is_sent_once_for_each_key(self, adapter: PortCloud) -> None:
        """Also where the answer was lost; another key is another notice."""
        customer = adapter.customer()
        adapter.plan_fault(customer, "send_notice", LOST_ANSWER)

        with pytest.raises(ProviderUnavailable):
            _send(adapter, customer, key="completed")
        first, again, other = (_send(adapter, customer, key=key) for key in ("completed", "completed", "two"))

        assert first == again != other
        assert adapter.messages(customer) == [("", "Done"), ("", "Done")]

    def test_an_alarm_calls_the_contact_and_nobody_else(self, adapter: PortCloud) -> None:
        """The organization hears nothing of it; the same key calls once."""
        customer = adapter.customer()
        first, again = (
            adapter.connection.cloud.notices.alarm(
                CONTACT,
                organization_id=customer.organization_id,
                switch_id="switch-1",
                subject="Still switching",
                body="Somebody has to look.",
                key="alarm",
            )
            for _ in range(2)
        )

        assert first == again
        assert adapter.messages(customer) == [(CONTACT, "Still switching")]
