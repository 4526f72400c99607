"""What the port of the health board promises: which services have an open incident."""

from __future__ import annotations

from tests.support.clouds.port_cloud import PortCloud


class TestHealthBoard:
    """The promises of `domain/ports/cloud.py`."""

    def test_an_incident_is_open_until_the_board_closes_it(self, adapter: PortCloud) -> None:
        """A healthy board has entries; an incident names the services of the catalog that it concerns."""
        customer = adapter.customer()
        board = adapter.connection.cloud.health
        before = board.service_health(customer.organization_id)
        adapter.open_incident(customer)
        ill = [each for each in board.service_health(customer.organization_id) if not each.is_healthy]

        assert before
        assert all(each.is_healthy for each in before)
        (incident,) = ill
        assert incident.concerned
        assert incident.service
        assert incident.vendor_status
