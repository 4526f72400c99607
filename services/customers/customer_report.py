"""The first look at one organization: its plans, what they could be moved to, and what stands in the way.

Whatever can't be read is named and left out: the report says what there is to see (first-look#the-report).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TypeVar

from activities.assessment.circumstances import (
    SwitchQuestion,
    named_by_directory,
    of_purchase,
    seen_organization,
    sold_elsewhere,
)
from activities.assessment.owned_plans import profile_without_billing
from domain.catalog.catalog import UnknownPlan
from domain.catalog.plans import UNKNOWN
from domain.eligibility.eligibility import AssessedTarget, assess, assess_targets
from domain.eligibility.eligibility_input import AssessmentInput
from domain.kernel.errors import (
    InstallationTrouble,
    NotReadyYet,
    PageExpired,
    PagingUnreliable,
    PartyMissing,
    PlanSwitchError,
    ProviderBusy,
    ProviderRefused,
    ProviderThrottled,
    ProviderUnavailable,
    UnknownOrganization,
    UnknownSubscription,
)
from domain.organizations.organization import Organization
from domain.periods.next_term import term_renews_on
from domain.ports.billing_port import BilledPeriod, BillingProfile
from domain.ports.cloud import Cloud, ServiceHealth
from domain.ports.directory_port import SubscribedPlan
from domain.ports.seller_port import Purchase, SellerSubscription, SellerVerdict, SubscriptionState
from domain.products.product_status import LicenseFigures, ProductStatus, Standing, license_figures, standing
from domain.reasons.reasons import BEFORE_ORDER, Reason
from domain.requests.terms import SwitchTerms
from services.assessment.asking import PLAN, TargetsReply, record_targets
from services.assessment.owned_targets import OwnedTarget, is_plan, ranked_owned
from services.base.tools import Tools, recorded_cloud

Read = TypeVar("Read")
_LIVE = frozenset({ProductStatus.ACTIVE, ProductStatus.TRIAL})
_WHY = "report of organizations"
#: What says of one party that it shows nothing of an organization now; the directory shows the rest.
_UNREADABLE = (
    InstallationTrouble,
    NotReadyYet,
    PageExpired,
    PagingUnreliable,
    PartyMissing,
    ProviderBusy,
    ProviderRefused,
    ProviderThrottled,
    ProviderUnavailable,
    UnknownOrganization,
    UnknownSubscription,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportedPlan:
    """One subscription, and what it could be moved to."""

    subscription: SellerSubscription
    stands: Standing
    #: Of its plan, whatever subscriptions they come from.
    figures: LicenseFigures
    #: The connected seller did not sell it.
    is_sold_elsewhere: bool
    #: First day of the next term; None: nobody says.
    renews_on: date | None
    #: What it could be switched to, the best first.
    targets: tuple[AssessedTarget, ...] = ()
    #: Owned subscriptions to which licenses alone could move, what is possible first.
    owned_targets: tuple[OwnedTarget, ...] = ()
    #: Why there is nothing to switch to; none where there is something.
    reasons: tuple[Reason, ...] = ()
    #: Why nobody looked for something, in words; "" where somebody did.
    no_look: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerReport:
    """What the first look at an organization tells."""

    organization_id: str
    #: As billing knows it; "" where nobody bills it.
    name: str
    #: The connected seller showed what it sold: what it does not list is another's.
    is_seller_read: bool
    #: By plan.
    plans: tuple[ReportedPlan, ...]
    #: What could not be read, each with its reason in words.
    unread: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Reading:
    """What was read of an organization."""

    #: "" where neither billing nor the directory tells it.
    name: str
    profile: BillingProfile
    #: What the connected seller lists; None where it shows nothing.
    listed: tuple[SellerSubscription, ...] | None
    purchases: tuple[Purchase, ...]
    pools: tuple[SubscribedPlan, ...]
    health: tuple[ServiceHealth, ...]
    organization: Organization | None
    now: datetime
    #: What could not be read, each with its reason in words; grows while plans are looked at.
    unread: list[str]

    @property
    def held(self) -> tuple[SellerSubscription, ...]:
        """Return what the connected seller lists; nothing where it shows nothing."""
        return self.listed or ()

    @property
    def is_billed(self) -> bool:
        """Return whether billing told of the organization."""
        return self.profile != profile_without_billing(self.profile.organization_id)


def customer_report(tools: Tools, organization_id: str, *, rule_set: str, actor: str) -> CustomerReport:
    """Read an organization and assess each of its plans; nothing is changed, and each look is recorded.

    Args:
        tools: What use cases work with.
        organization_id: Directory id of the organization.
        rule_set: 2014, 2020 or current.
        actor: Who asks.

    Raises:
        PlanSwitchError: The directory does not let us see it: nothing can be said of it.
    """
    with recorded_cloud(tools, organization_id) as cloud:
        reading = _read(tools, cloud, organization_id)
        reports = [
            _reported(tools, cloud, reading, each, rule_set=rule_set, actor=actor)
            for each in (*reading.held, *sold_elsewhere(reading.held, reading.purchases))
        ]
    return CustomerReport(
        organization_id=organization_id,
        name=reading.name,
        is_seller_read=reading.listed is not None,
        plans=tuple(sorted(reports, key=_place)),
        unread=tuple(dict.fromkeys(reading.unread)),
    )


def _read(tools: Tools, cloud: Cloud, organization_id: str) -> _Reading:
    now = datetime.now(tz=UTC)
    unread: list[str] = []
    purchases = cloud.inquiries.purchases(organization_id)
    pools = cloud.directory.subscribed_plans(organization_id)
    nobody: tuple[SellerSubscription, ...] | None = None
    absent = profile_without_billing(organization_id)
    listed = _readable("the seller", lambda: cloud.seller.subscriptions(organization_id), nobody, unread)
    profile = _readable("billing", lambda: cloud.billing.profile(organization_id), absent, unread)
    return _Reading(
        name=profile.display_name or _own_name(cloud, organization_id),
        profile=profile,
        listed=None if listed is None else named_by_directory(listed, purchases),
        purchases=purchases,
        pools=pools,
        health=_readable(
            "the health board", lambda: cloud.health.service_health(organization_id), (), unread
        ),
        organization=seen_organization(tools.store, organization_id, now=now),
        now=now,
        unread=unread,
    )


def _own_name(cloud: Cloud, organization_id: str) -> str:
    """Return what the directory calls an organization; "" where it does not tell: a name is an extra."""
    with suppress(PlanSwitchError):
        return cloud.customers.own_name(organization_id)
    return ""


def _readable(what: str, read: Callable[[], Read], otherwise: Read, unread: list[str]) -> Read:
    """Return what is read, or something else where the party is missing, silent, or shows nothing."""
    try:
        return read()
    except _UNREADABLE as error:
        unread.append(f"{what} ({error.code}): {error.message}")
        return otherwise


def _reported(
    tools: Tools, cloud: Cloud, reading: _Reading, each: SellerSubscription, *, rule_set: str, actor: str
) -> ReportedPlan:
    zone = reading.profile.time_zone
    stands = standing(each, now=reading.now, time_zone=zone)
    is_own = each in reading.held
    has_term = is_own and stands.status in _LIVE
    report = ReportedPlan(
        subscription=each,
        stands=stands,
        figures=license_figures(reading.pools, each.plan_id),
        is_sold_elsewhere=not is_own,
        renews_on=term_renews_on(each, time_zone=zone, now=reading.now) if has_term else None,
    )
    if stands.status not in _LIVE:
        return replace(report, no_look=f"it is {stands.status}")
    try:
        reply = _targets(tools, cloud, reading, each, rule_set=rule_set, actor=actor)
    except UnknownPlan as error:
        return replace(report, no_look=f"{error.message} {error.remedy}".strip())
    if reply is None:
        return replace(report, no_look="it is no plan of its own")
    record_targets(tools, reply, reason=_WHY)
    return replace(
        report,
        targets=reply.targets,
        owned_targets=_owned_targets(tools, reading, reply),
        reasons=() if reply.targets else reply.assessment.reasons,
    )


def _owned_targets(tools: Tools, reading: _Reading, reply: TargetsReply) -> tuple[OwnedTarget, ...]:
    """Assess a move of licenses alone to what is owned of other plans, as `switch targets` does."""
    source = reply.source
    listed = {each.subscription_id.lower(): each for each in reading.purchases}
    purchase = listed.get(source.subscription_id.lower())
    if purchase is None:
        return ()
    others = [
        each
        for each in reading.purchases
        if each.plan_id != source.plan_id
        and each.state is not SubscriptionState.ENDED
        and is_plan(tools.catalog, each)
    ]
    facts = replace(
        reply.assessment.input,
        source=of_purchase(purchase),
        profile=profile_without_billing(reading.profile.organization_id),
        billed=None,
        subscriptions=(),
        health=(),
        licenses_only=True,
    )
    return ranked_owned(tools.catalog, facts, others)


def _targets(
    tools: Tools, cloud: Cloud, reading: _Reading, source: SellerSubscription, *, rule_set: str, actor: str
) -> TargetsReply | None:
    """Assess every plan that the rule set offers, as `switch targets` does; None for an add-on.

    Raises:
        UnknownPlan: The catalog does not have the plan.
    """
    catalog = tools.catalog
    own = catalog.plan(source.plan_id)
    if own.kind not in {PLAN, UNKNOWN}:
        return None
    offered = [each.plan for each in catalog.offered_targets(source.plan_id, rule_set)]
    terms = SwitchTerms(
        organization_id=reading.profile.organization_id,
        source_subscription_id=source.subscription_id,
        target_plan_id=(offered or [own])[0].plan_id,
        rule_set=rule_set,
    )
    nothing: BilledPeriod | None = None
    billed = _readable("what is billed", lambda: _billed(cloud, reading, source), nothing, reading.unread)
    facts = _facts(tools, reading, terms, source, billed)
    verdicts: tuple[SellerVerdict, ...] = ()
    if source in reading.held:
        verdicts = _readable(
            "what the seller allows",
            lambda: cloud.inquiries.seller_verdicts(terms.organization_id, source),
            verdicts,
            reading.unread,
        )
    return TargetsReply(
        question=SwitchQuestion(terms=terms, is_payment_stated=False),
        source=source,
        users=license_figures(reading.pools, source.plan_id).assigned,
        assessment=assess(catalog, facts),
        quote=None,
        targets=assess_targets(catalog, facts, verdicts),
        actor=actor,
    )


def _billed(cloud: Cloud, reading: _Reading, source: SellerSubscription) -> BilledPeriod | None:
    if not reading.is_billed:
        return None
    try:
        return cloud.billing.period(reading.profile.organization_id, source.subscription_id)
    except UnknownSubscription:
        return None


def _facts(
    tools: Tools,
    reading: _Reading,
    terms: SwitchTerms,
    source: SellerSubscription,
    billed: BilledPeriod | None,
) -> AssessmentInput:
    known = reading.organization
    return AssessmentInput(
        mode=terms.mode,
        rule_set=terms.rule_set,
        catalog_version=tools.catalog.version,
        source=source,
        target_plan_id=terms.target_plan_id,
        quantity=max(1, source.quantity),
        billed=billed,
        profile=reading.profile,
        subscribed=reading.pools,
        subscriptions=reading.held,
        health=reading.health,
        lock_holder=known.live_switch if known else None,
        own_switch_id=None,
        caller_role=terms.caller_role,
        payment_method=reading.profile.payment_method,
        stage=BEFORE_ORDER,
        now=reading.now,
        credit_check=known.credit_check if known else None,
        purchases=reading.purchases,
        product_act=known.open_act if known else None,
    )


def _place(report: ReportedPlan) -> tuple[int, str, str]:
    own = report.subscription
    return tuple(ProductStatus).index(report.stands.status), own.plan_name, own.subscription_id
