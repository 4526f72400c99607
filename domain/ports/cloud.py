"""The outside as Protocols: what a switch needs from directory, seller, billing, health and notices.

Adapters live in `providers/`; activities get them handed in. Every method may raise ProviderUnavailable,
ProviderThrottled, ProviderRefused, or UnknownOrganization where its party does not have the organization.
Reads take no key; effects take `key`, an idempotency key: the same key has its effect once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.ports.billing_port import Billing
from domain.ports.credit_port import CreditBureau
from domain.ports.customer_port import Customers
from domain.ports.directory_port import Directory, LicensingGroups
from domain.ports.product_port import Payments, Products
from domain.ports.refusals import Refusal
from domain.ports.seller_port import Inquiries, Parties, Seller


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


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderCall:
    """One call to a provider as the append-only `provider_call` table keeps it."""

    provider: str
    operation: str
    #: Idempotency key that was sent, or "" for reads.
    key: str
    #: sha256 of method, path and body; never the body itself.
    request_digest: str
    #: HTTP status, or 0 when no answer came.
    status: int
    #: The provider's own error code, or "".
    code: str
    #: The provider's own error text without personal data, or "".
    text: str
    started_at: datetime
    duration_ms: int
    #: By which the provider's support finds the answer, or "".
    request_id: str = ""
    #: Items that were refused in the answer, each different one once.
    refusals: tuple[Refusal, ...] = ()


#: Receives every provider call, answered or not; must be safe to call from several threads.
CallObserver = Callable[[ProviderCall], None]
#: Is told the operation of every provider call right before it is sent; may be called from several threads.
CallAnnouncer = Callable[[str], None]
#: Tells of an idempotency key how many of its attempts were answered (domain/kernel/ids.py).
AnsweredAttempts = Callable[[str], int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cloud:
    """Every port of one connection, bound to one observer of calls."""

    directory: Directory
    health: HealthBoard
    seller: Seller
    billing: Billing
    notices: Notices
    credit: CreditBureau
    inquiries: Inquiries
    parties: Parties
    groups: LicensingGroups
    products: Products
    payments: Payments
    customers: Customers


def unannounced(_operation: str) -> None:
    """Let a call be sent without telling anybody before."""


def none_answered(_key: str) -> int:
    """Return that no attempt was answered before: whoever asks keeps no record."""
    return 0


class CloudFactory(Protocol):
    """Builds the ports of one cloud; connections are shared."""

    def __call__(
        self,
        observer: CallObserver,
        announce: CallAnnouncer = unannounced,
        answered: AnsweredAttempts = none_answered,
    ) -> Cloud:
        """Return ports that announce every call to `announce` and report it to `observer`.

        `answered` tells of an idempotency key what was answered under it before.
        """
