"""The seller: subscriptions and orders, names and addresses, and what eligibility asks of it.

How a subscription stands is one word, whoever says so (switch#whose-word-counts). The seller keeps names and
addresses, the record never does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from domain.kernel.facts import OMITTED_AT_DEFAULT
from domain.ports.credit_port import CreditCheckState
from domain.ports.refusals import Refusal

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


class SubscriptionState(StrEnum):
    """How a subscription stands, whoever says so."""

    #: It serves its users, or is being set up.
    LIVE = "live"
    #: The seller has stopped it, such as for an unpaid bill; it comes back once that is mended.
    STOPPED = "stopped"
    #: Cancelled or run out; its users may work for a while, and nothing more is bought with it.
    GRACE = "grace"
    #: It is no more.
    ENDED = "ended"


#: Status of a subscription that ran out, which is no cancellation of anybody.
RUN_OUT = "expired"
#: Status of a subscription as the ports word it -> its meaning.
STATES: Mapping[str, SubscriptionState] = {
    "active": SubscriptionState.LIVE,
    "pending": SubscriptionState.LIVE,
    "suspended": SubscriptionState.GRACE,
    RUN_OUT: SubscriptionState.GRACE,
    "disabled": SubscriptionState.ENDED,
    "deleted": SubscriptionState.ENDED,
    "none": SubscriptionState.ENDED,
}


#: Its licenses are paid for, or will be again.
HELD = frozenset({SubscriptionState.LIVE, SubscriptionState.STOPPED})


def state_of(status: str) -> SubscriptionState:
    """Return what a status means; an unknown one is live, so that nothing is overlooked."""
    return STATES.get(status, SubscriptionState.LIVE)


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduledChange:
    """A change that the seller makes with the next term."""

    #: "" where the seller does not name a plan: it stays.
    plan_id: str
    quantity: int
    #: P1M or P1Y, and monthly or annual; "": as before.
    term: str = ""
    billing_cycle: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RenewalTerms:
    """What the seller states of the end of a subscription's term; a stated fact wins over a computed one."""

    #: First day after the present term; None where the seller does not say.
    ends_on: date | None = None
    #: False: it ends with its term; None where the seller does not say.
    is_automatic: bool | None = None
    #: Until when something is given back for a cancellation; None where the seller states no refund.
    refundable_until: datetime | None = None
    #: None: it renews as it is, or not at all.
    scheduled: ScheduledChange | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SubscriptionSettings:
    """What is set at a subscription; the default of each leaves it as it is."""

    is_auto_renewed: bool | None = None
    #: Made with the next term; needs a subscription that renews.
    scheduled: ScheduledChange | None = None
    friendly_name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SellerSubscription:
    """A subscription as the seller shows it."""

    subscription_id: str
    plan_id: str
    plan_name: str
    quantity: int
    #: none, active, pending, suspended, expired, disabled or deleted.
    status: str
    #: P1M or P1Y.
    term: str
    #: monthly or annual.
    billing_cycle: str
    #: subscription, product_key or redemption_code; any other word is a contract with somebody else.
    contract_type: str
    is_trial: bool
    order_id: str
    started_at: datetime
    #: None: may be cancelled at any time (legacy terms).
    cancellable_until: datetime | None
    #: The seller's version tag of it, as evidence.
    version: str
    #: Subscription that it is an add-on of, or "".
    parent_subscription_id: str = ""
    #: None where the seller states nothing of it.
    renewal: RenewalTerms | None = field(default=None, metadata=OMITTED_AT_DEFAULT)
    #: Why it is suspended, in the seller's words; none where it is not, or the seller does not say.
    suspension_reasons: tuple[str, ...] = field(default=(), metadata=OMITTED_AT_DEFAULT)
    #: It is suspended and not cancelled, such as for an unpaid bill; it comes back once that is mended.
    is_stopped: bool = field(default=False, metadata=OMITTED_AT_DEFAULT)
    #: Name that the customer gave it, or ""; the record keeps only that there is one.
    friendly_name: str = field(default="", metadata=OMITTED_AT_DEFAULT)
    #: When it was cancelled; None: it was not, or the seller does not say.
    ended_at: datetime | None = field(default=None, metadata=OMITTED_AT_DEFAULT)

    @property
    def state(self) -> SubscriptionState:
        """Return what its status means."""
        return SubscriptionState.STOPPED if self.is_stopped else state_of(self.status)

    @property
    def has_run_out(self) -> bool:
        """Return whether its term ended without a renewal: nobody has cancelled it."""
        return self.status == RUN_OUT


@dataclass(frozen=True, kw_only=True, slots=True)
class Provisioning:
    """How far a subscription is set up at the seller."""

    #: success, pending or failed.
    status: str
    quantity: int
    #: Why it failed, in the seller's own words; None where it says nothing.
    refusal: Refusal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AddonLine:
    """An add-on that is ordered with a plan."""

    plan_id: str
    quantity: int
    term: str
    billing_cycle: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderLine:
    """What to order."""

    plan_id: str
    quantity: int
    term: str
    billing_cycle: str
    currency: str
    #: card or invoice; paying by invoice may need a credit check (rules#credit-check).
    payment_method: str = "card"
    #: Attached to the subscription that is ordered (rules#addon_incompatible).
    addons: tuple[AddonLine, ...] = ()
    #: Subscription whose place it takes, for a seller that changes a plan in place; it serves on until it is
    #: cancelled. None: it takes nobody's place.
    replaced_subscription_id: str | None = None
    #: It stands beside what the organization owns, and follows nothing.
    is_beside: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedAddon:
    """An add-on of an order."""

    plan_id: str
    quantity: int
    #: None until the seller has named the subscription.
    subscription_id: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedOrder:
    """An order as the seller shows it."""

    order_id: str
    #: pending, completed or cancelled.
    status: str
    #: None until the seller has named the subscription.
    subscription_id: str | None
    ordered_at: datetime
    #: None: the seller wants no credit check for this order.
    credit_check: CreditCheckState | None = None
    addons: tuple[PlacedAddon, ...] = ()
    #: Until when a void is free; None if the seller does not say.
    voidable_until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StoppedRenewal:
    """The seller's answer to a subscription that is not to renew."""

    subscription_id: str
    #: First day on which it is no more.
    ends_on: date
    stopped_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Cancellation:
    """The seller's answer to a cancellation."""

    subscription_id: str
    status: str
    cancelled_at: datetime


class Seller(Protocol):
    """Orders and subscriptions at the seller."""

    def subscriptions(self, organization_id: str) -> tuple[SellerSubscription, ...]:
        """Return every subscription of the organization, whatever its status."""

    def subscription(self, organization_id: str, subscription_id: str) -> SellerSubscription:
        """Return one subscription.

        Raises:
            UnknownSubscription: The organization has none of that id.
        """

    def place_order(
        self, organization_id: str, line: OrderLine, *, cart_key: str, checkout_key: str
    ) -> PlacedOrder:
        """Fill a cart and check it out; a cart that was checked out before answers its first order."""

    def reason_of(self, code: str, text: str) -> str:
        """Return the code of rules#reasons that a refusal of an order or a cancellation means.

        Args:
            code: The seller's own code.
            text: The seller's own text.
        """

    def order(self, organization_id: str, order_id: str) -> PlacedOrder:
        """Return an order as it stands.

        Raises:
            NotReadyYet: It is not listed, which may be too early to say.
        """

    def provisioning(self, organization_id: str, subscription_id: str) -> Provisioning:
        """Return how far a subscription is set up."""

    def void_order(self, organization_id: str, order_id: str, *, key: str) -> PlacedOrder:
        """Cancel an order inside its void window; one that is cancelled already is answered as it stands."""

    def cancel_subscription(self, organization_id: str, subscription_id: str, *, key: str) -> Cancellation:
        """Cancel a subscription; one that is cancelled already is answered as it stands."""

    def change_quantity(
        self, organization_id: str, subscription_id: str, *, quantity: int, key: str
    ) -> SellerSubscription:
        """Change how many licenses a subscription has; one that has as many is answered as it stands.

        Raises:
            ProviderRefused: It may not have so many, or not so few any more; it is as it was.
        """

    def change_settings(
        self, organization_id: str, subscription_id: str, settings: SubscriptionSettings, *, key: str
    ) -> SellerSubscription:
        """Set a subscription; one that is set so already is answered as it stands.

        Raises:
            ProviderRefused: It can't be set so, such as a change that is scheduled where nothing renews.
        """

    def stop_renewal(
        self, organization_id: str, subscription_id: str, *, ends_by: date, key: str
    ) -> StoppedRenewal:
        """Let a subscription end with its term; one that does not renew already is answered as it stands.

        Args:
            organization_id: Directory id of the organization.
            subscription_id: The seller's id.
            ends_by: Last day that was accepted as its end; one that ends later is left as it is.
            key: Idempotency key.

        Raises:
            ProviderRefused: It ends later than that, or another refusal.
        """


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


@dataclass(frozen=True, kw_only=True, slots=True)
class SellerRefusal:
    """One "no" of the seller."""

    #: Code of rules#reasons that it means; UNKNOWN_REASON where it means none of them.
    reason: str
    #: The seller's own code and text, verbatim.
    code: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SellerVerdict:
    """What the seller says on switching one subscription to one plan."""

    #: "": on whatever plan, as the seller answered nothing else.
    target_plan_id: str
    is_eligible: bool
    refusals: tuple[SellerRefusal, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Purchase:
    """A subscription as the directory lists it, whoever sold it."""

    #: The id that its seller gave it.
    subscription_id: str
    plan_id: str
    #: The directory's own name of the plan.
    plan_name: str
    quantity: int
    #: active, suspended, disabled or deleted.
    status: str
    #: The directory's own word for the status, as evidence.
    vendor_status: str
    is_trial: bool
    created_at: datetime
    #: The directory's own id of it; "" where it has none.
    directory_id: str = field(default="", metadata=OMITTED_AT_DEFAULT)

    @property
    def state(self) -> SubscriptionState:
        """Return what its status means."""
        return state_of(self.status)


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """On whose behalf the directory is asked, as the credential of this installation tells it."""

    #: Directory id of a person; "": the application alone.
    user_id: str = ""
    #: Names of roles that the credential itself tells of the person.
    roles: tuple[str, ...] = ()
    #: Of an application alone: permissions of which it would need one to move licenses, and has none.
    lacking: tuple[str, ...] = ()


class Inquiries(Protocol):
    """Questions whose answers are evidence of an assessment; each may raise ProviderUnavailable."""

    def seller_verdicts(self, organization_id: str, source: SellerSubscription) -> tuple[SellerVerdict, ...]:
        """Return what the seller says on each plan to which the subscription could be switched.

        Raises:
            UnknownSubscription: The seller has none of that id.
        """

    def purchases(self, organization_id: str) -> tuple[Purchase, ...]:
        """Return every subscription that the directory lists."""

    def roles(self, organization_id: str, user_id: str) -> tuple[str, ...]:
        """Return the names of the roles that a user has in the organization; none for an unknown user."""

    def caller(self, organization_id: str) -> Caller | None:
        """Return on whose behalf the directory is asked; None: its credentials tell nothing.

        Raises:
            AccessLost: There is no credential until somebody acts.
        """


def verdict_on(verdicts: Iterable[SellerVerdict], target_plan_id: str) -> SellerVerdict | None:
    """Return what was said on a plan, or on every plan; None where the seller said nothing."""
    wanted = {target_plan_id.lower(), ""}
    return next((verdict for verdict in verdicts if verdict.target_plan_id in wanted), None)
