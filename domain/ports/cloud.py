"""The outside as Protocols: what a switch needs from directory, seller, billing, health and notices.

Adapters live in `providers/`; activities get them handed in. Every method may raise ProviderUnavailable,
ProviderThrottled or ProviderRefused. Reads take no key; effects take `key`, an idempotency key: the same key
has its effect once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from domain.ports.group_port import GroupPlan, LicensingGroup, LicensingGroups
from domain.ports.inquiry_port import Inquiries
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
from domain.ports.user_port import DirectoryUser, HeldLicense, LicenseError, UserPage

__all__ = [
    "BATCH_SIZE",
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
    "ServicePlanStatus",
    "StoppedRenewal",
    "SubscribedPlan",
    "SubscriptionSettings",
    "UserPage",
]

#: Users in one batch call (switch#licenses).
BATCH_SIZE = 20


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
class ServicePlanStatus:
    """How far one service of a subscribed plan is set up for the organization."""

    service_plan_id: str
    name: str
    #: Success, Disabled, Error, PendingInput, PendingActivation or PendingProvisioning.
    provisioning_status: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SubscribedPlan:
    """The directory's pool of licenses of one plan."""

    plan_id: str
    part_number: str
    #: Licenses that can be assigned: enabled plus those in grace.
    purchased: int
    assigned: int
    capability_status: str
    services: tuple[ServicePlanStatus, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LicenseChange:
    """Add one plan and remove another for one user, in one call (switch#licenses)."""

    directory_id: str
    #: None adds nothing.
    add_plan_id: str | None
    disabled_service_plan_ids: tuple[str, ...] = ()
    #: None removes nothing.
    remove_plan_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LicenseChangeResult:
    """What the directory answered for one user of a batch."""

    directory_id: str
    #: HTTP status of the item; 200 is done.
    status: int
    #: "" when done, else CountViolation, MutuallyExclusiveViolation, DependencyViolation,
    #: ProhibitedInUsageLocationViolation, UniquenessViolation, GroupInherited, UserDeleted, NotHeld,
    #: LicenseInactive, NoWorkingLicense, Concurrency, Throttled, Unavailable or Other
    #: (rules#license-failures).
    error: str = ""
    #: The directory's own code and text without personal data, and by what its support finds the answer.
    code: str = ""
    text: str = ""
    request_id: str = ""
    #: Seconds the directory asks to wait before this user is tried again, 0 when it does not say.
    retry_after_seconds: float = 0.0
    #: Part of the write quota that the directory says is used, 1.0 for all; None when it does not say.
    used_part: float | None = None

    @property
    def is_done(self) -> bool:
        """Tell whether the change took effect."""
        return self.error == ""

    @property
    def is_retryable(self) -> bool:
        """Tell whether trying the same again may help (after reading back)."""
        return self.error in {"Throttled", "Concurrency", "Unavailable"}


class Directory(Protocol):
    """Users and their licenses."""

    def subscribed_plans(self, organization_id: str) -> tuple[SubscribedPlan, ...]:
        """Return the license pools of the organization.

        Raises:
            UnknownOrganization: The directory does not know it.
        """

    def users_page(self, organization_id: str, plan_id: str, cursor: str | None) -> UserPage:
        """Return one page of the users who hold `plan_id`, in a stable order."""

    def users(self, organization_id: str, directory_ids: Sequence[str]) -> tuple[DirectoryUser, ...]:
        """Read back at most BATCH_SIZE users by id; users who are gone are left out."""

    def change_licenses(
        self, organization_id: str, changes: Sequence[LicenseChange]
    ) -> tuple[LicenseChangeResult, ...]:
        """Change at most BATCH_SIZE users in one batch call; results come in the order of `changes`.

        Idempotent by state: a license that is there already, or gone already, counts as done.
        """


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceHealth:
    """State of one service of the organization."""

    service: str
    #: The vendor's word, such as serviceOperational or serviceDegradation.
    status: str

    @property
    def is_healthy(self) -> bool:
        """Tell whether no incident is open."""
        return self.status in HEALTHY_STATUSES


#: Vendor words that mean no open incident (graph health overviews).
HEALTHY_STATUSES = frozenset(
    {
        "serviceOperational",
        "serviceRestored",
        "postIncidentReviewPublished",
        "falsePositive",
        "resolved",
        "resolvedExternal",
        "mitigated",
        "mitigatedExternal",
    }
)


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
