"""Messages to an organization, and to whoever runs the installation, as a Protocol of the outside."""

from __future__ import annotations

from typing import Protocol


class Notices(Protocol):
    """Messages to the organization, and to whoever runs the installation."""

    def send(
        self, organization_id: str, *, kind: str, switch_id: str, subject: str, body: str, key: str
    ) -> str:
        """Send a notice and return its id."""

    def alarm(
        self,
        contact: str,
        *,
        organization_id: str,
        switch_id: str,
        subject: str,
        body: str,
        key: str,
    ) -> str:
        """Call the installation's contact about a switch, and nobody else, and return the notice's id."""
