"""A switch between two plans that are owned: what the directory alone tells (rules#licenses-only).

Neither the seller nor billing is asked: who sold a plan, where and for how much, decides nothing here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from activities.assessment.circumstances import (
    Circumstances,
    SwitchQuestion,
    circumstances,
    of_purchase,
    question_facts,
    recorded_facts,
    role_in,
)
from activities.assessment.movers import movers
from activities.directory.user_pages import user_pages
from domain.catalog.catalog import Catalog
from domain.catalog.plans import UNKNOWN
from domain.eligibility.eligibility import assess
from domain.eligibility.eligibility_input import AssessmentInput
from domain.kernel.errors import InvalidInput, UnknownSubscription
from domain.kernel.money import NO_CURRENCY, Money
from domain.organizations.organization import Organization
from domain.ports.billing_port import BillingProfile
from domain.ports.cloud import Cloud
from domain.ports.directory_port import SubscribedPlan
from domain.ports.seller_port import Purchase, SubscriptionState
from domain.quote.overlap import OVERLAP
from domain.quote.quote_input import FORFEITURE
from domain.requests.schedule import RENEWAL, WITHOUT_FORFEITURE
from domain.requests.terms import MANUAL, SwitchTerms
from store.switch_store import SwitchStore

#: Zone of a switch whose organization's billing is not asked.
UTC_NAME = "UTC"
PLAN = "plan"
#: Kinds of products that users may leave or go to. What the catalog does not know may be a plan.
PLANS = frozenset({PLAN, UNKNOWN})
SOURCE_ID, TARGET_ID = "source_subscription_id", "target_subscription_id"
#: Options of an order or a bill.
_OF_AN_ORDER = (
    *("quantity", "term", "billing_cycle", "payment_method", "auto_renew", "policy"),
    "price_tolerance_percent",
)
_IDS = "the id that its seller gave it, or the directory's own id of it"


def look(
    cloud: Cloud,
    organization: Organization | None,
    catalog: Catalog,
    question: SwitchQuestion,
    *,
    now: datetime,
    came_from_plan_id: str = "",
    store: SwitchStore | None = None,
) -> Circumstances:
    """Read every fact and run every rule, as `circumstances`; of licenses only the directory is asked alone.

    It takes what `circumstances` takes, and raises what that raises. `store` has the selection of those who
    move; None counts as if everyone of them needed a license.
    """
    if not question.terms.licenses_only:
        return circumstances(
            cloud, organization, catalog, question, now=now, came_from_plan_id=came_from_plan_id
        )
    terms = question.terms
    purchases = cloud.inquiries.purchases(terms.organization_id)
    source = _named(purchases, terms.source_subscription_id or "")
    if source is None:
        raise _unknown(terms, purchases, terms.source_subscription_id)
    pools = cloud.directory.subscribed_plans(terms.organization_id)
    free, needed = _license_counts(cloud, question, pools, source.plan_id, store=store)
    facts = AssessmentInput(
        **question_facts(question),
        **recorded_facts(organization),
        catalog_version=catalog.version,
        source=of_purchase(source),
        quantity=free,
        billed=None,
        profile=profile_without_billing(terms.organization_id),
        subscribed=pools,
        subscriptions=(),
        health=(),
        caller_role=role_in(cloud, terms),
        purchases=purchases,
        now=now,
        licenses_only=True,
        licenses_needed=needed,
    )
    return Circumstances(question=question, verdicts=(), assessment=assess(catalog, facts))


def owned_terms(cloud: Cloud, catalog: Catalog, terms: SwitchTerms) -> SwitchTerms:
    """Return terms of licenses only with both subscriptions by the ids of their sellers, and both plans.

    Args:
        cloud: The outside, of which the directory is asked alone.
        catalog: Plans, by any of their names.
        terms: As they were asked; the new subscription may have its id of the directory, and the plan to
            leave may be left out where only one other plan has users.

    Raises:
        InvalidInput: No subscription is named, it is of another plan than that named, both are of one plan,
            one is no plan but an add-on, or an option is about an order or a bill.
        UnknownSubscription: The directory lists none of that id, or it is not clear which plan is left.
    """
    _require_no_order(terms)
    purchases = cloud.inquiries.purchases(terms.organization_id)
    target = _target(catalog, terms, purchases)
    _require_plan(catalog, terms, target, field=TARGET_ID)
    source = _source(cloud, catalog, terms, purchases, target)
    _require_plan(catalog, terms, source, field=SOURCE_ID)
    if source.plan_id == target.plan_id:
        raise InvalidInput(
            field=TARGET_ID,
            value=terms.target_subscription_id,
            allowed=f"a subscription of another plan than {source.plan_name}, which is to be left",
            remedy="Licenses of one plan are one pool, whoever sold them: nobody has to move. "
            + _listed(terms),
        )
    return replace(
        terms,
        source_subscription_id=source.subscription_id,
        target_plan_id=target.plan_id,
        target_subscription_id=target.subscription_id,
        mode="manual" if terms.selection else "automatic",
    )


def owned_source(cloud: Cloud, catalog: Catalog, terms: SwitchTerms) -> Purchase:
    """Return the subscription whose plan is left, as the directory lists it; it raises as `owned_terms`."""
    purchases = cloud.inquiries.purchases(terms.organization_id)
    is_named = terms.target_subscription_id is not None
    target = _target(catalog, terms, purchases) if is_named else None
    return _source(cloud, catalog, terms, purchases, target)


def purchases_beside(cloud: Cloud, terms: SwitchTerms, source: Purchase) -> tuple[Purchase, ...]:
    """Return what the directory lists of other plans than the one that is left, and is no more ended."""
    purchases = cloud.inquiries.purchases(terms.organization_id)
    others = (each for each in purchases if each.plan_id != source.plan_id)
    return tuple(each for each in others if each.state is not SubscriptionState.ENDED)


def live_purchase(cloud: Cloud, organization_id: str, subscription_id: str) -> Purchase | None:
    """Return a subscription that is live by the directory's list; None: it is not, or not listed."""
    purchase = _named(cloud.inquiries.purchases(organization_id), subscription_id)
    return purchase if purchase is not None and purchase.state is SubscriptionState.LIVE else None


def free_licenses(pools: Sequence[SubscribedPlan], plan_id: str) -> int:
    """Return how many licenses of a plan can be given now, over all its sellers."""
    return max(0, sum(pool.lasting - pool.assigned for pool in pools if pool.plan_id == plan_id))


def profile_without_billing(organization_id: str) -> BillingProfile:
    """Return what stands in place of billing's facts where it is not asked: no money, and days of UTC."""
    return BillingProfile(
        organization_id=organization_id,
        display_name="",
        country="",
        subdivision=None,
        time_zone=UTC_NAME,
        currency=NO_CURRENCY,
        segment="",
        tax_rate=Decimal(0),
        balance_due=Money.zero(NO_CURRENCY),
        payment_method="card",
        custom_domains=(),
    )


def _require_no_order(terms: SwitchTerms) -> None:
    """Refuse options of an order or a bill: they would be taken, and do nothing."""
    usual = SwitchTerms(organization_id="", source_subscription_id=None, target_plan_id="")
    for name in _OF_AN_ORDER:
        value = getattr(terms, name)
        if value != getattr(usual, name):
            raise InvalidInput(
                field=name, value=value, allowed="nothing with licenses_only, which orders and bills nothing"
            )
    for name in terms.acknowledgments:
        if name in {FORFEITURE, OVERLAP}:
            allowed = "nothing about a bill with licenses_only, which bills nothing"
            raise InvalidInput(field="acknowledgments", value=name, allowed=allowed)
    if terms.start_on in {WITHOUT_FORFEITURE, RENEWAL}:
        raise InvalidInput(
            field="start_on", value=terms.start_on, allowed="a date with licenses_only: nothing is billed"
        )
    if terms.mode == MANUAL and not terms.selection:
        raise InvalidInput(
            field="mode",
            value=MANUAL,
            allowed="automatic with licenses_only",
            remedy="It runs by itself. `--pilot` or `--pilot-group` lets you look before the others move; "
            "`--users FILE` or `--users-of-group GROUP` moves some users only.",
        )


def _require_plan(catalog: Catalog, terms: SwitchTerms, purchase: Purchase, *, field: str) -> None:
    """Refuse an add-on: it takes no plan's place, and leaves its users without one."""
    kinds = {plan.plan_id: plan.kind for plan in catalog.plans}
    if kinds.get(purchase.plan_id, PLAN) not in PLANS:
        allowed = f"a subscription of a plan; {purchase.plan_name} is no plan"
        raise InvalidInput(
            field=field, value=purchase.subscription_id, allowed=allowed, remedy=_listed(terms)
        )


def _target(catalog: Catalog, terms: SwitchTerms, purchases: Sequence[Purchase]) -> Purchase:
    if terms.target_subscription_id is None:
        raise InvalidInput(field=TARGET_ID, value=None, allowed=_IDS, remedy=_listed(terms))
    target = _named(purchases, terms.target_subscription_id)
    if target is None:
        raise _unknown(terms, purchases, terms.target_subscription_id)
    if terms.target_plan_id and catalog.find(terms.target_plan_id).plan_id != target.plan_id:
        allowed = f"{target.plan_name}, the plan of subscription {target.subscription_id}; or nothing"
        raise InvalidInput(field="target_plan", value=terms.target_plan_id, allowed=allowed)
    return target


def _source(
    cloud: Cloud,
    catalog: Catalog,
    terms: SwitchTerms,
    purchases: Sequence[Purchase],
    target: Purchase | None,
) -> Purchase:
    """Return the subscription that is named, or the one whose plan alone has users beside the new one."""
    if terms.source_subscription_id is not None:
        named = _named(purchases, terms.source_subscription_id)
        if named is None:
            raise _unknown(terms, purchases, terms.source_subscription_id)
        return named
    pools = cloud.directory.subscribed_plans(terms.organization_id)
    used = {pool.plan_id for pool in pools if pool.assigned} - {target.plan_id if target else ""}
    kinds = {plan.plan_id: plan.kind for plan in catalog.plans}
    left = [each for each in purchases if each.plan_id in used and kinds.get(each.plan_id, PLAN) in PLANS]
    if len({each.plan_id for each in left}) != 1:
        raise _unclear(terms, left or purchases, "Which plan do users leave?")
    # Of several purchases of one plan any is meant: the directory gives their licenses as one pool.
    return min(left, key=lambda each: (each.state is not SubscriptionState.LIVE, each.subscription_id))


def _named(purchases: Sequence[Purchase], wanted: str) -> Purchase | None:
    """Return the purchase of an id, be it the seller's or the directory's."""
    lower = wanted.casefold()
    ids = [(each, {each.subscription_id.casefold(), each.directory_id.casefold()}) for each in purchases]
    return next((each for each, names in ids if lower and lower in names), None)


def _targets(terms: SwitchTerms) -> str:
    return f"planswitch switch targets {terms.organization_id} --licenses-only"


def _listed(terms: SwitchTerms) -> str:
    return f"`{_targets(terms)}` lists what the directory shows."


def _unknown(terms: SwitchTerms, purchases: Sequence[Purchase], wanted: str | None) -> UnknownSubscription:
    return _unclear(terms, purchases, f"The directory lists no subscription {wanted!r}.")


def _unclear(terms: SwitchTerms, purchases: Sequence[Purchase], what: str) -> UnknownSubscription:
    known = ", ".join(f"{each.subscription_id} ({each.plan_name}, {each.status})" for each in purchases)
    left = f" --subscription {purchases[0].subscription_id}" if purchases else ""
    return UnknownSubscription(
        f"{what} Organization {terms.organization_id} has: {known or 'none'}.",
        remedy="Name the plan to leave with `--subscription ID`, and the one to move to with "
        f"`--to-subscription ID`. `{_targets(terms)}{left}` "
        "lists to what its users could move.",
    )


def _license_counts(
    cloud: Cloud,
    question: SwitchQuestion,
    pools: Sequence[SubscribedPlan],
    source_plan_id: str,
    *,
    store: SwitchStore | None,
) -> tuple[int, int | None]:
    """Return the free licenses of the new plan, and who needs one where that has to be counted.

    Who holds the new plan already takes no license of it: only where it matters everyone is read.
    """
    terms = question.terms
    free = free_licenses(pools, terms.target_plan_id)
    assigned = sum(pool.assigned for pool in pools if pool.plan_id == source_plan_id)
    moving = assigned if question.users_to_move is None else question.users_to_move
    if free >= moving:
        return free, None
    read, chosen = cloud.directory.users_page, movers(store, terms)
    pages = user_pages(lambda cursor: read(terms.organization_id, source_plan_id, cursor))
    without = sum(user.license_of(terms.target_plan_id) is None for page in pages for user in chosen(page))
    return free, min(moving, without)
