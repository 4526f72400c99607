"""Sold-to and billed-to as a Protocol: the seller keeps names and addresses, the record never does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

SOLD_TO = "sold_to"
BILLED_TO = "billed_to"
PARTIES = (SOLD_TO, BILLED_TO)
#: What a party is made of; every field is text.
PARTY_FIELDS = (
    "company_name",
    "first_name",
    "last_name",
    "email",
    "phone_number",
    "address_line_1",
    "address_line_2",
    "city",
    "state",
    "postal_code",
    "country",
)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Party:
    """Whom an order is sold or billed to, as the seller shows it; has no `repr`, so that no log prints it."""

    #: Field of PARTY_FIELDS -> text, "" where the seller has none.
    fields: Mapping[str, str]
    #: The seller's version tag: what the record keeps in place of names and addresses.
    version: str


class Parties(Protocol):
    """Names and addresses of an organization at the seller."""

    def party(self, organization_id: str, role: str) -> Party:
        """Return whom orders are sold or billed to.

        Args:
            organization_id: Directory id of the organization.
            role: sold_to or billed_to.
        """

    def change_party(self, organization_id: str, role: str, changes: Mapping[str, str], *, key: str) -> Party:
        """Change some fields, and return the whole.

        Raises:
            ConcurrentWrite: Somebody else changed it at the same time.
            ProviderRefused: The seller does not take the change.
        """
