"""The subscriptions of an organization to which licenses alone could move (rules#licenses-only).

Both plans are owned: what the directory lists is all that is asked, whoever sold it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from activities.assessment.circumstances import SwitchQuestion, seen_organization
from activities.assessment.owned_plans import PLANS, free_licenses, look, owned_source, purchases_beside
from domain.catalog.catalog import Catalog, UnknownPlan
from domain.eligibility.eligibility import Assessment, assess
from domain.eligibility.eligibility_input import AssessmentInput
from domain.kernel.errors import UnknownSubscription
from domain.ports.cloud import Cloud
from domain.ports.seller_port import Purchase
from domain.requests.terms import SwitchTerms
from services.base.tools import Tools, recorded_cloud


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnedTarget:
    """One subscription that could receive the users."""

    purchase: Purchase
    #: Licenses of its plan that are free, and users who hold it, over all its sellers.
    free: int
    users: int
    assessment: Assessment


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnedTargets:
    """What licenses could move to from one plan; what is possible comes first."""

    question: SwitchQuestion
    source: Purchase
    #: Users of the plan that would be left.
    users: int
    targets: tuple[OwnedTarget, ...]


def owned_targets(
    tools: Tools, organization_id: str, subscription_id: str | None, *, rule_set: str
) -> OwnedTargets:
    """Assess every subscription of another plan that the directory lists.

    Args:
        tools: What use cases work with.
        organization_id: Directory id of the organization.
        subscription_id: The subscription to leave; None is that of the only plan with users.
        rule_set: Rules of the switch.

    Raises:
        UnknownSubscription: There is none of that id, it is not clear which is meant, or the organization
            owns nothing else.
        UnknownPlan: The catalog does not know the plan to leave.
    """
    terms = SwitchTerms(
        organization_id=organization_id,
        source_subscription_id=subscription_id,
        target_plan_id="",
        rule_set=rule_set,
        licenses_only=True,
    )
    with recorded_cloud(tools, organization_id) as cloud:
        source = owned_source(cloud, tools.catalog, terms)
        return _assessed(tools, cloud, replace(terms, source_subscription_id=source.subscription_id), source)


def owned_id(tools: Tools, organization_id: str, named: str) -> str:
    """Return the seller's id of a subscription that is named by either id; "": the directory lists none."""
    with recorded_cloud(tools, organization_id) as cloud:
        listed = cloud.inquiries.purchases(organization_id)
    names = ((each.subscription_id, {each.subscription_id, each.directory_id}) for each in listed)
    return next((own for own, ids in names if named.casefold() in ids), "")


def _assessed(tools: Tools, cloud: Cloud, terms: SwitchTerms, source: Purchase) -> OwnedTargets:
    others = [each for each in purchases_beside(cloud, terms, source) if is_plan(tools.catalog, each)]
    if not others:
        raise UnknownSubscription(
            f"Organization {terms.organization_id} owns no other plan than {source.plan_name}.",
            remedy="Buy the new plan, anywhere; or switch by an order: "
            f"`planswitch switch targets {terms.organization_id}`.",
        )
    first = others[0]
    first_terms = replace(terms, target_plan_id=first.plan_id, target_subscription_id=first.subscription_id)
    question, now = SwitchQuestion.of(first_terms), datetime.now(tz=UTC)
    organization = seen_organization(tools.store, terms.organization_id, now=now)
    facts = look(cloud, organization, tools.catalog, question, now=now).facts
    users = sum(pool.assigned for pool in facts.subscribed if pool.plan_id == source.plan_id)
    targets = ranked_owned(tools.catalog, facts, others)
    return OwnedTargets(question=question, source=source, users=users, targets=targets)


def ranked_owned(
    catalog: Catalog, facts: AssessmentInput, others: Sequence[Purchase]
) -> tuple[OwnedTarget, ...]:
    """Assess a move of licenses alone to each of some purchases; what is possible comes first.

    Args:
        catalog: Of the version that `facts` names; it has the plan of each purchase.
        facts: Of licenses only; the target and its free licenses are replaced.
        others: Purchases of other plans than the one that is left.
    """
    assigned = {pool.plan_id: pool.assigned for pool in facts.subscribed}
    targets = []
    for each in others:
        free = free_licenses(facts.subscribed, each.plan_id)
        one = replace(
            facts,
            target_plan_id=each.plan_id,
            target_subscription_id=each.subscription_id,
            quantity=free,
            # Who holds both plans already needs no license: that is counted when a switch is asked for.
            licenses_needed=None,
        )
        answer = assess(catalog, one)
        users = assigned.get(each.plan_id, 0)
        targets.append(OwnedTarget(purchase=each, free=free, users=users, assessment=answer))
    ranked = sorted(targets, key=lambda one: (not one.assessment.is_eligible, one.purchase.plan_name))
    return tuple(ranked)


def is_plan(catalog: Catalog, purchase: Purchase) -> bool:
    """Return whether the catalog has it as a plan; another product takes nobody's place, and no services."""
    try:
        return catalog.plan(purchase.plan_id).kind in PLANS
    except UnknownPlan:
        return False
