"""Answers about the catalog, and about what an organization holds."""

from __future__ import annotations

from datetime import datetime

from console.models.base import Absent, Answer, JsonObject, Recorded
from console.models.quotes import OwnedTargetAnswer, ReasonAnswer, TargetAnswer
from domain.catalog.plans import (
    DataServiceTiers,
    LoweredService,
    PlanComparison,
    Price,
    PriceComparison,
    ServicePlan,
)
from domain.ports.seller_port import RenewalTerms
from store.record.catalogs import CatalogVersion


class PlanSummary(Answer):
    """A plan as a list shows it."""

    plan_id: str
    part_number: str
    name: str
    name_2014: str
    aliases: tuple[str, ...]
    kind: str
    family: str
    segment: str
    user_cap: int | None
    is_retired: bool
    is_placeholder: bool
    tiers: DataServiceTiers
    prices: tuple[Price, ...]
    unknown: tuple[str, ...]


class PlanDetail(PlanSummary):
    """A plan with its services."""

    services: tuple[ServicePlan, ...]


class PlansAnswer(Answer):
    """Plans of one version of the catalog."""

    version: str
    plans: tuple[PlanSummary, ...]
    #: Where the next page begins; null: this is the last one.
    next_cursor: str | None = None


class VersionsAnswer(Answer):
    """The versions of the catalog, the last imported first."""

    current: str
    versions: tuple[CatalogVersion, ...]
    #: Where the next page begins; null: this is the last one.
    next_cursor: str | None = None


class VersionAnswer(Answer):
    """One version, and what was repaired and refused at its import."""

    version: str
    plans: int
    #: As it was recorded with the import; null for a version that came with the program.
    report: JsonObject | None


class Comparison(Answer):
    """What users gain and lose between two plans."""

    catalog_version: str
    source: PlanSummary
    target: PlanSummary
    direction: str
    kind: str
    services: PlanComparison
    #: Service -> the vendor's name of it, for all services of both plans.
    service_names: dict[str, str]
    data_services_lowered: tuple[LoweredService, ...]
    #: One for each currency in which a plan has a price, or for the one that was asked for.
    prices: tuple[PriceComparison, ...]
    is_offered: bool
    is_offered_2014: bool


class SubscriptionAnswer(Answer):
    """A subscription with the catalog's name of its plan."""

    subscription_id: str
    plan_id: str
    plan_name: str
    quantity: int
    #: none, active, pending, suspended, expired, disabled or deleted.
    status: str
    term: str
    billing_cycle: str
    contract_type: str
    is_trial: bool
    order_id: str
    started_at: Recorded[datetime]
    #: null: it may be cancelled at any time.
    cancellable_until: Recorded[datetime | None]
    #: Subscription that it is an add-on of, or "".
    parent_subscription_id: str
    renewal: Absent[Recorded[RenewalTerms]] = None
    suspension_reasons: Absent[tuple[str, ...]] = None
    friendly_name: Absent[str] = None
    plan: str


class SubscriptionsAnswer(Answer):
    """What an organization holds, whatever its status and whoever sold it."""

    organization_id: str
    subscriptions: tuple[SubscriptionAnswer, ...]
    #: Bought from a partner or by a volume contract: only its seller can switch it (OTHER_SELLER).
    sold_elsewhere: tuple[SubscriptionAnswer, ...]
    #: Where the next page of subscriptions begins; null: this is the last one.
    next_cursor: str | None = None


class OwnedTargetsAnswer(Answer):
    """The subscriptions to which licenses alone could move; what is possible comes first."""

    organization_id: str
    #: The subscription whose plan would be left, and the users who hold that plan.
    subscription_id: str
    plan: str
    users: int
    rule_set: str
    targets: tuple[OwnedTargetAnswer, ...]


class TargetsAnswer(Answer):
    """Every offered plan with what it brings and what blocks it."""

    organization_id: str
    source: SubscriptionAnswer
    users: int
    rule_set: str
    targets: tuple[TargetAnswer, ...]
    #: Without a target they say why; none elsewhere.
    reasons: tuple[ReasonAnswer, ...]
