"""What the credit bureau's port promises: a check as it stands, decided once."""

from __future__ import annotations

import pytest

from domain.kernel.errors import ProviderRefused, ProviderUnavailable
from domain.ports.credit_port import APPROVED, DECLINED
from tests.support.clouds.port_cloud import LOST_ANSWER, Customer, PortCloud
from tests.support.clouds.ports_bought import place, replacement

#: An invoice over so many licenses needs a credit check at every seller.
MANY = 2_000


def _open_check(adapter: PortCloud) -> tuple[Customer, str]:
    customer = adapter.customer()
    line = replacement(adapter, customer, MANY, payment_method="invoice")
    check = place(adapter, customer, line).credit_check
    assert check is not None
    return customer, check.check_id


class TestCreditBureau:
    """The promises of `domain/ports/credit_port.py`."""

    def test_a_check_is_shown_as_it_stands(self, adapter: PortCloud) -> None:
        """Until it is decided it has no instant of a decision; an unknown one is refused."""
        customer, check_id = _open_check(adapter)
        credit = adapter.connection.cloud.credit
        check = credit.check(customer.organization_id, check_id)

        assert (check.check_id, check.is_decided, check.decided_at) == (check_id, False, None)
        with pytest.raises(ProviderRefused):
            credit.check(customer.organization_id, "no-such-check")
        with pytest.raises(ProviderRefused):
            credit.decide(customer.organization_id, "no-such-check", verdict=APPROVED, key="decide")

    @pytest.mark.parametrize("verdict", [APPROVED, DECLINED])
    def test_a_check_is_decided_once(self, adapter: PortCloud, verdict: str) -> None:
        """A lost answer or another key finds it decided; another verdict changes nothing any more."""
        customer, check_id = _open_check(adapter)
        credit = adapter.connection.cloud.credit
        adapter.plan_fault(customer, "decide_credit_check", LOST_ANSWER)

        with pytest.raises(ProviderUnavailable):
            credit.decide(customer.organization_id, check_id, verdict=verdict, key="decide")
        first = credit.decide(customer.organization_id, check_id, verdict=verdict, key="decide")
        opposite = DECLINED if verdict == APPROVED else APPROVED
        again = credit.decide(customer.organization_id, check_id, verdict=opposite, key="other")

        assert (first.status, first.is_decided) == (verdict, True)
        assert first.decided_at is not None
        assert first.decided_at >= first.requested_at
        assert again == first == credit.check(customer.organization_id, check_id)
