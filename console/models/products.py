"""Answers about the products of an organization: how they stand, what an act would do, and what it did."""

from __future__ import annotations

from datetime import date, datetime

from console.models.base import Absent, Answer, JsonObject, Recorded
from console.models.catalog import SubscriptionAnswer, TargetsAnswer
from domain.kernel.money import Money
from domain.organizations.organization import LockHolder
from domain.ports.cloud import ServiceHealth
from domain.ports.product_port import BilledInvoice, Capability
from domain.products.product_notices import ProductNotice


class ProductLicenses(Answer):
    """Licenses of a plan, whatever subscriptions they come from."""

    bought: int
    assigned: int
    #: That nobody has, of those that last.
    free: int
    #: Of those that are bought, those of subscriptions that have ended; they are not free.
    in_grace: int
    #: Users who hold the plan beyond the licenses that are bought.
    in_conflict: int


class ProductSwitch(Answer):
    """A switch that leaves a product, or leads to it."""

    switch_id: str
    stage: str
    #: Whether it leaves the product; false: it leads to it.
    is_source: bool
    source_plan: str
    target_plan: str
    #: "" where it has ended.
    waits_for: str
    #: What stands in its way in words, with names and states; "" where nothing does.
    message: str
    outcome: str


class ProductAnswer(Answer):
    """One product."""

    subscription: SubscriptionAnswer
    #: active, trial, expired, disabled or deleted.
    status: str
    #: Last day of this status; null: it does not end by itself, or nobody says.
    status_until: date | None
    licenses: ProductLicenses
    #: First day of the next term; null: nobody says.
    renews_on: date | None
    #: null: the seller does not say.
    auto_renew: bool | None
    notices: tuple[Recorded[ProductNotice], ...]
    switches: tuple[ProductSwitch, ...]
    #: Bought from another seller: no act of this installation reaches it.
    is_sold_elsewhere: bool


class ActTermsAnswer(Answer):
    """What an act does, in figures."""

    quantity: int
    charge: Money
    credit: Money
    forfeited: Money
    tax: Money
    total: Money
    #: What is accepted by `total_minor_units`.
    total_minor_units: int
    total_text: str
    from_on: date | None
    to_on: date | None
    payment_method: str


class ActAnswer(Answer):
    """An act on a product, and how it stands."""

    organization_id: str
    request_id: str
    act: str
    subscription_id: str
    #: Name of the plan that it is about; "" where it is about none, or beside what an act has just answered.
    plan: str
    #: done, refused or open.
    outcome: str
    message: str
    #: What it waits for where it is open; "" elsewhere.
    waits_for: str
    #: Code of a refusal, or of what holds it up while it is open; "" elsewhere.
    code: str
    actor: str
    reason: str
    at: Recorded[datetime]
    ended_at: Recorded[datetime | None]
    terms: ActTermsAnswer
    result: JsonObject


class ActPreview(Answer):
    """What an act would do; nothing was changed."""

    organization_id: str
    act: str
    subscription_id: str
    plan: str
    message: str
    terms: ActTermsAnswer


class ProductsAnswer(Answer):
    """Everything that an organization owns, and what concerns all of it."""

    organization_id: str
    organization: str
    products: tuple[ProductAnswer, ...]
    health: tuple[Recorded[ServiceHealth], ...]
    balance_due: str
    balance_due_minor_units: int
    invoices: tuple[Recorded[BilledInvoice], ...]
    #: What the connected providers can do, and the vendor's place for the rest.
    capabilities: tuple[Recorded[Capability], ...]
    #: Who has license administration locked; null: nobody.
    locked_by: Recorded[LockHolder | None]
    acts: tuple[ActAnswer, ...]
    #: Requests that still wait although their reason is gone; `look` lets them start.
    cleared: tuple[str, ...]
    #: Where the next page of products begins; null: this is the last one.
    next_cursor: str | None = None


class LookAnswer(Answer):
    """Requests whose reason is gone."""

    organization_id: str
    #: Switch ids of those that look now, and start if nothing else stands in their way.
    looked: tuple[str, ...]


class ProductShown(Answer):
    """One product, and what it can be switched to."""

    organization_id: str
    organization: str
    product: ProductAnswer
    balance_due: str
    #: Absent where it can't be asked, such as for a subscription that has ended.
    targets: Absent[TargetsAnswer] = None
    #: Why it can't be asked; "" where it was.
    no_targets: str
    acts: tuple[ActAnswer, ...]
    capabilities: tuple[Recorded[Capability], ...]
    locked_by: Recorded[LockHolder | None]


class UnassignedUser(Answer):
    """What became of one user's license."""

    user: str
    is_done: bool
    code: str
    message: str
    remedy: str


class UnassignedAnswer(Answer):
    """Licenses that were taken to clear a conflict."""

    organization_id: str
    subscription_id: str
    request_id: str
    users: tuple[UnassignedUser, ...]
    #: Licenses of the plan now.
    licenses: ProductLicenses
