"""The organizations that a partner looks after, as its own directory and its seller list them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class Customer:
    """One organization of a partner."""

    organization_id: str
    #: Its own name; "" where nobody says.
    name: str = ""


class Customers(Protocol):
    """Names and lists of organizations; a partner itself is named by its directory's id."""

    def own_name(self, organization_id: str) -> str:
        """Return what an organization calls itself in its own directory; "" where it says nothing.

        Raises:
            PermissionMissing: The directory does not let this installation see it.
        """

    def administered(self, partner_id: str) -> tuple[Customer, ...]:
        """Return whom the partner may administer, by the partner's directory, each once.

        Raises:
            PermissionMissing: The directory does not let this installation see them.
        """

    def sold_to(self, partner_id: str) -> tuple[Customer, ...]:
        """Return to whom the partner sells, by the seller, each once.

        Raises:
            PermissionMissing: The seller does not let this installation see them.
        """
