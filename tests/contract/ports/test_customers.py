"""What the port of customers promises: a partner's organizations, each once, by the directory's id."""

from __future__ import annotations

import pytest

from domain.kernel.errors import UnknownOrganization
from tests.support.clouds.port_cloud import PortCloud

NOBODY = "00000000-0000-4000-8000-00000000dead"


class TestCustomers:
    """The promises of `domain/ports/customer_port.py`."""

    def test_the_seller_lists_whom_it_sells_to(self, adapter: PortCloud) -> None:
        """A customer is among them by the id by which everything else names it."""
        customer = adapter.customer()
        listed = adapter.connection.cloud.customers.sold_to(customer.organization_id)

        assert customer.organization_id in {each.organization_id for each in listed}

    def test_each_organization_is_listed_once(self, adapter: PortCloud) -> None:
        """Whoever lists them: nobody is looked at twice."""
        customer = adapter.customer()
        customers = adapter.connection.cloud.customers
        for ask in (customers.sold_to, customers.administered):
            ids = [each.organization_id for each in ask(customer.organization_id)]
            assert len(set(ids)) == len(ids)

    def test_an_unknown_partner_is_refused(self, adapter: PortCloud) -> None:
        """It has no list, and not an empty one."""
        customers = adapter.connection.cloud.customers
        for ask in (customers.sold_to, customers.administered):
            with pytest.raises(UnknownOrganization):
                ask(NOBODY)
