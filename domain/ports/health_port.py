"""Health of an organization's services, as a Protocol of the outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceHealth:
    """State of one entry of the health board."""

    #: The board's name of the entry.
    service: str
    #: No incident is open.
    is_healthy: bool
    #: Services of the catalog for which the entry stands; None: every service rests on it.
    concerned: tuple[str, ...] | None
    #: The board's own word for the state, as evidence.
    vendor_status: str


class HealthBoard(Protocol):
    """Health of the organization's services."""

    def service_health(self, organization_id: str) -> tuple[ServiceHealth, ...]:
        """Return the state of every service."""
