"""Answers about the organizations that an installation looks after."""

from __future__ import annotations

from datetime import date

from console.models.base import Answer
from console.models.catalog import SubscriptionAnswer
from console.models.products import ProductLicenses
from console.models.quotes import ReasonAnswer


class CustomerAnswer(Answer):
    """One organization."""

    organization_id: str
    #: "" where nobody says.
    name: str


class CustomersAnswer(Answer):
    """The organizations of a cloud profile, and who says so."""

    #: "" where the installation has no cloud profiles.
    profile: str
    #: profile, directory, seller, own or record.
    source: str
    #: The same in words.
    source_text: str
    customers: tuple[CustomerAnswer, ...]
    #: Why a source that comes first was passed over, in words.
    passed_over: tuple[str, ...]
    #: Where the next page begins; null: this is the last one.
    next_cursor: str | None = None


class ReportedTarget(Answer):
    """One plan to switch to."""

    plan_id: str
    plan: str
    #: upgrade, downgrade or crossgrade.
    direction: str
    is_possible_automatically: bool
    is_possible_by_hand: bool
    #: Why it has its place in the list.
    reason: str
    #: What stands in the way, notices among them.
    reasons: tuple[ReasonAnswer, ...]


class ReportedOwnedTarget(Answer):
    """One subscription that is owned, bought anywhere, to which licenses alone could move."""

    subscription_id: str
    plan_id: str
    plan: str
    #: Licenses of its plan that are free.
    free: int
    is_possible: bool
    #: What stands in the way, notices among them.
    reasons: tuple[ReasonAnswer, ...]


class ReportedPlanAnswer(Answer):
    """One subscription, and what it could be moved to."""

    subscription: SubscriptionAnswer
    #: active, trial, expired, disabled or deleted.
    status: str
    licenses: ProductLicenses
    #: First day of the next term; null: nobody says.
    renews_on: date | None
    #: Bought from another seller.
    is_sold_elsewhere: bool
    #: The best first.
    targets: tuple[ReportedTarget, ...]
    #: What is possible first.
    owned_targets: tuple[ReportedOwnedTarget, ...]
    #: Why there is nothing to switch to; none where there is something.
    reasons: tuple[ReasonAnswer, ...]
    #: Why nobody looked for something, in words; "" where somebody did.
    no_look: str


class CustomerReportAnswer(Answer):
    """What the first look at an organization tells."""

    organization_id: str
    #: As billing knows it; "" where nobody bills it.
    name: str
    #: The connected seller showed what it sold: what it does not list is another's.
    is_seller_read: bool
    plans: tuple[ReportedPlanAnswer, ...]
    #: What could not be read, each with its reason in words.
    unread: tuple[str, ...]
