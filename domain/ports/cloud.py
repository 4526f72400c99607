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

from domain.ports.billing_port import (
    BilledPeriod,
    Billing,
    BillingProfile,
    BookedLine,
    FreeDays,
    InvoiceLine,
    IssuedCredit,
    IssuedInvoice,
)
from domain.ports.credit_port import CreditBureau, CreditCheckState
from domain.ports.directory_port import (
    Directory,
    LicenseChange,
    LicenseChangeResult,
    ServiceState,
    ServiceStatus,
    SubscribedPlan,
)
from domain.ports.group_port import GroupPlan, LicensingGroup, LicensingGroups
from domain.ports.health_port import HealthBoard, ServiceHealth
from domain.ports.inquiry_port import Inquiries
from domain.ports.notice_port import Notices
from domain.ports.order_port import (
    AddonLine,
    Cancellation,
    OrderLine,
    PlacedAddon,
    PlacedOrder,
    StoppedRenewal,
)
from domain.ports.party_port import Parties
from domain.ports.refusals import Refusal
from domain.ports.seller_port import (
    Provisioning,
    RenewalTerms,
    ScheduledChange,
    Seller,
    SellerSubscription,
    SubscriptionSettings,
)
from domain.ports.user_port import DirectoryUser, HeldLicense, LicenseError, LicenseFailureCode, UserPage

__all__ = [
    "AddonLine",
    "BilledPeriod",
    "Billing",
    "BillingProfile",
    "BookedLine",
    "CallAnnouncer",
    "CallObserver",
    "Cancellation",
    "Cloud",
    "CloudFactory",
    "CreditBureau",
    "CreditCheckState",
    "Directory",
    "DirectoryUser",
    "FreeDays",
    "GroupPlan",
    "HealthBoard",
    "HeldLicense",
    "InvoiceLine",
    "IssuedCredit",
    "IssuedInvoice",
    "LicenseChange",
    "LicenseChangeResult",
    "LicenseError",
    "LicenseFailureCode",
    "LicensingGroup",
    "LicensingGroups",
    "Notices",
    "OrderLine",
    "PlacedAddon",
    "PlacedOrder",
    "ProviderCall",
    "Provisioning",
    "RenewalTerms",
    "ScheduledChange",
    "Seller",
    "SellerSubscription",
    "ServiceHealth",
    "ServiceState",
    "ServiceStatus",
    "StoppedRenewal",
    "SubscribedPlan",
    "SubscriptionSettings",
    "UserPage",
]


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


def unannounced(_operation: str) -> None:
    """Let a call be sent without telling anybody before."""


class CloudFactory(Protocol):
    """Builds the ports of one cloud; connections are shared."""

    def __call__(self, observer: CallObserver, announce: CallAnnouncer = unannounced) -> Cloud:
        """Return ports that announce every call to `announce` and report it to `observer`."""
