"""What the port of parties promises: whom an order is sold and billed to."""

from __future__ import annotations

import pytest

from domain.kernel.errors import ProviderUnavailable
from domain.ports.seller_port import BILLED_TO, PARTIES, PARTY_FIELDS
from tests.support.clouds.port_cloud import LOST_ANSWER, PortCloud


class TestParties:
    """The promises of `domain/ports/seller_port.py`."""

    @pytest.mark.parametrize("role", PARTIES)
    def test_a_party_has_every_field_as_text(self, adapter: PortCloud, role: str) -> None:
        """What the seller does not have is empty; the version tag stands for the whole."""
        customer = adapter.customer()
        party = adapter.connection.cloud.parties.party(customer.organization_id, role)

        assert set(party.fields) == set(PARTY_FIELDS)
        assert all(isinstance(text, str) for text in party.fields.values())
        assert party.version

    def test_some_fields_are_changed_and_the_rest_stays(self, adapter: PortCloud) -> None:
        """The answer is the whole party; a change whose answer was lost is repeated without harm."""
        customer = adapter.customer()
        parties = adapter.connection.cloud.parties
        before = parties.party(customer.organization_id, BILLED_TO)
        changes = {"city": "Bremen", "company_name": "Contoso Nord"}
        adapter.plan_fault(customer, "change_billed_to", LOST_ANSWER)

        with pytest.raises(ProviderUnavailable):
            parties.change_party(customer.organization_id, BILLED_TO, changes, key="move")
        changed = parties.change_party(customer.organization_id, BILLED_TO, changes, key="move")

        assert changed.fields == {**before.fields, **changes}
        assert changed.version != before.version
        assert parties.party(customer.organization_id, BILLED_TO) == changed

    def test_no_log_prints_names_and_addresses(self, adapter: PortCloud) -> None:
        """A party has no `repr` of its fields (architecture#personal-data)."""
        customer = adapter.customer()
        changes = {"last_name": "Lovelace"}
        party = adapter.connection.cloud.parties.change_party(
            customer.organization_id, BILLED_TO, changes, key="name"
        )

        assert party.fields["last_name"] == "Lovelace"
        assert "Lovelace" not in repr(party)
