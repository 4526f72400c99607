"""What is asked of a switch, and what is looked at for it outside and in the record (switch#assessment).

Who holds an organization is told with the end that can be promised now (waits#when-another-switch-ends).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from domain.catalog.catalog import Catalog
from domain.eligibility.eligibility import Assessment, assess
from domain.eligibility.eligibility_input import AssessmentInput
from domain.kernel.errors import InvalidInput, UnknownSubscription
from domain.kernel.ids import is_whole_id
from domain.licenses.pilot import require_one_pilot
from domain.operator.switch_end import credit_holder, lock_holder, switch_holder
from domain.organizations.organization import LockHolder, Organization
from domain.organizations.roles import application_role, role_of
from domain.ports.billing_port import BilledPeriod, BillingProfile
from domain.ports.cloud import Cloud
from domain.ports.seller_port import Purchase, SellerSubscription, SellerVerdict, verdict_on
from domain.reasons.reasons import BEFORE_ORDER
from domain.requests.terms import PaymentMethod, SwitchTerms, domains_in, require_possible, require_sold
from domain.subscriptions.subscription import Subscription
from domain.switch.switch_state import SwitchState
from store.core.errors import UNREADABLE
from store.switch_store import SwitchStore

ACTIVE = "active"
#: Contract of a subscription that only the directory lists; no contract of the connected seller.
SOLD_ELSEWHERE = "another_seller"


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchQuestion:
    """The terms of a switch, and what of it is asked."""

    terms: SwitchTerms
    #: First day of the quote; None is today in the organization's zone.
    quoted_on: date | None = None
    stage: str = BEFORE_ORDER
    #: The switch on whose behalf it is asked, whose own locks do not count.
    own_switch_id: str | None = None
    #: Subscription that is owned already and is to receive the users.
    target_subscription_id: str | None = None
    #: Users that move; None: every user of the source.
    users_to_move: int | None = None
    #: False: nobody said how it is paid, so that it is paid as the organization pays.
    is_payment_stated: bool = True

    @classmethod
    def of(cls, terms: SwitchTerms, **options: Any) -> SwitchQuestion:
        """Ask what terms say: for the users whom they select, and the subscription that they name.

        Args:
            terms: As they are ordered.
            options: Further fields of the question.
        """
        return cls(
            terms=terms,
            target_subscription_id=terms.target_subscription_id,
            users_to_move=terms.selected if terms.selection else None,
            **options,
        )

    def __post_init__(self) -> None:
        """Refuse what no switch can be asked for.

        Raises:
            InvalidInput: A word is not known, the seller does not sell the term, or there are two pilots.
        """
        require_possible(self.terms)
        require_one_pilot(self.terms.pilot, self.terms.pilot_group_id)

    def paid_as(self, profile: BillingProfile) -> SwitchQuestion:
        """Return the question as the organization pays, where nobody said how (cli#how-a-switch-is-paid)."""
        if self.is_payment_stated:
            return self
        usual = cast("PaymentMethod", profile.payment_method)
        return replace(self, terms=replace(self.terms, payment_method=usual), is_payment_stated=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Circumstances:
    """One reading of the outside, and what the rules say to it."""

    #: As it was asked, with how it is paid.
    question: SwitchQuestion
    #: What the seller says on every plan; empty when he was not asked.
    verdicts: tuple[SellerVerdict, ...]
    assessment: Assessment

    @property
    def facts(self) -> AssessmentInput:
        """Return what was read."""
        return self.assessment.input


def circumstances(
    cloud: Cloud,
    organization: Organization | None,
    catalog: Catalog,
    question: SwitchQuestion,
    *,
    now: datetime,
    came_from_plan_id: str = "",
) -> Circumstances:
    """Read every fact and run every rule; nothing is changed or recorded.

    Args:
        cloud: The outside.
        organization: What the record knows of its locks, or None.
        catalog: Plans and prices.
        question: What is asked.
        now: Aware instant.
        came_from_plan_id: Plan from which an earlier switch came to the source (`came_from`), or "".

    Raises:
        UnknownOrganization: The cloud does not know it.
        UnknownSubscription: There is no such subscription, or it is not clear which is meant.
        UnknownPlan: The catalog does not have the source or the target.
        InvalidInput: The subscription named as target is of another plan, or the term is not sold.
    """
    terms = question.terms
    organization_id = terms.organization_id
    held, purchases = subscriptions_and_purchases(cloud, organization_id)
    source = source_of(catalog, question, held, purchases)
    _require_target_plan(question, held)
    if terms.term or terms.billing_cycle:
        require_sold(terms.term or source.term, terms.billing_cycle or source.billing_cycle)
    verdicts = _verdicts(cloud, question, source)
    read = _read(cloud, terms, source)
    question = question.paid_as(read["profile"])
    facts = AssessmentInput(
        **question_facts(question),
        **read,
        catalog_version=catalog.version,
        source=source,
        quantity=_quantity(question, source, held),
        subscriptions=held,
        purchases=purchases,
        **recorded_facts(organization),
        now=now,
        came_from_plan_id=came_from_plan_id,
        verdict=verdict_on(verdicts, terms.target_plan_id),
    )
    return Circumstances(question=question, verdicts=verdicts, assessment=assess(catalog, facts))


def recorded_facts(organization: Organization | None) -> dict[str, Any]:
    """Return what the record knows that keeps a switch out, as fields of an assessment's input."""
    return {
        "lock_holder": organization.live_switch if organization else None,
        "credit_check": organization.credit_check if organization else None,
        "product_act": organization.open_act if organization else None,
    }


def _quantity(
    question: SwitchQuestion, source: SellerSubscription, held: tuple[SellerSubscription, ...]
) -> int:
    """Return the licenses of the new plan: as many as asked for, as the owned one has, or as the old one."""
    if question.terms.quantity is not None:
        return question.terms.quantity
    owned = owned_target(held, question.terms.target_subscription_id)
    return owned.quantity if owned else source.quantity


def owned_target(
    held: Sequence[SellerSubscription], subscription_id: str | None
) -> SellerSubscription | None:
    """Return the subscription that is named as the new one, whatever its case; None: none of that id."""
    wanted = (subscription_id or "").casefold()
    return next((each for each in held if each.subscription_id.casefold() == wanted), None)


def question_facts(question: SwitchQuestion) -> dict[str, Any]:
    """Return what the rules look at of the question itself, as fields of an assessment's input."""
    terms = question.terms
    return {
        "mode": terms.mode,
        "rule_set": terms.rule_set,
        "target_plan_id": terms.target_plan_id,
        "payment_method": terms.payment_method,
        "billing_cycle": terms.billing_cycle or "",
        "auto_renew": terms.auto_renew,
        "switch_back_of": terms.switch_back_of or "",
        "acknowledgments": terms.acknowledgments,
        "confirmed_domains": tuple(domains_in(terms.acknowledgments)),
        "stage": question.stage,
        "own_switch_id": question.own_switch_id,
        "users_to_move": question.users_to_move,
        "target_subscription_id": question.target_subscription_id or "",
    }


def _read(cloud: Cloud, terms: SwitchTerms, source: SellerSubscription) -> dict[str, Any]:
    """Return what billing, directory and health board tell."""
    organization_id = terms.organization_id
    return {
        "billed": _billed(cloud, organization_id, source),
        "profile": cloud.billing.profile(organization_id),
        "subscribed": cloud.directory.subscribed_plans(organization_id),
        "health": cloud.health.service_health(organization_id),
        "caller_role": role_in(cloud, terms),
    }


def source_of(
    catalog: Catalog,
    question: SwitchQuestion,
    held: tuple[SellerSubscription, ...],
    purchases: tuple[Purchase, ...],
) -> SellerSubscription:
    """Return the subscription to leave; one that another seller sold is known to the directory alone.

    Raises:
        UnknownSubscription: There is no such subscription, or it is not clear which is meant.
    """
    terms = question.terms
    wanted = terms.source_subscription_id
    if wanted is not None:
        named = _named(wanted, held, purchases)
    else:
        offered = (each for each in held if each.status == ACTIVE)
        named = [
            each for each in offered if catalog.is_offered(each.plan_id, terms.target_plan_id, terms.rule_set)
        ]
    if len(named) == 1:
        return named[0]
    what = f"{wanted!r} is not one of them" if wanted else f"{len(named)} of them lead to this plan"
    raise _unclear(terms.organization_id, held, purchases, what)


def named_source(cloud: Cloud, organization_id: str, subscription_id: str) -> SellerSubscription:
    """Return one subscription by its id, whoever sold it.

    Raises:
        UnknownSubscription: There is none of that id.
    """
    held, purchases = subscriptions_and_purchases(cloud, organization_id)
    named = _named(subscription_id, held, purchases)
    if not named:
        raise _unclear(organization_id, held, purchases, f"{subscription_id!r} is not one of them")
    return named[0]


def subscriptions_and_purchases(
    cloud: Cloud, organization_id: str
) -> tuple[tuple[SellerSubscription, ...], tuple[Purchase, ...]]:
    """Return what the connected seller lists, each with the directory's id of its plan, and all purchases."""
    held = cloud.seller.subscriptions(organization_id)
    purchases = cloud.inquiries.purchases(organization_id)
    return named_by_directory(held, purchases), purchases


def named_by_directory(
    held: Sequence[SellerSubscription], purchases: Sequence[Purchase]
) -> tuple[SellerSubscription, ...]:
    """Return subscriptions with the directory's id of their plan where the seller names a product of its own.

    The seller's id of a subscription is the directory's `commerceSubscriptionId` of it; beside it stands the
    id by which the directory, and so the catalog, knows the plan.

    Args:
        held: What the connected seller lists.
        purchases: What the directory lists; one with the same subscription id names the plan.
    """
    plans = {each.subscription_id.lower(): each.plan_id for each in purchases}
    return tuple(
        each
        if is_whole_id(each.plan_id)
        else replace(each, plan_id=plans.get(each.subscription_id.lower(), each.plan_id))
        for each in held
    )


def sold_elsewhere(
    held: Sequence[SellerSubscription], purchases: Sequence[Purchase]
) -> tuple[SellerSubscription, ...]:
    """Return the purchases that the connected seller does not list; OTHER_SELLER stands in their way.

    Args:
        held: What the connected seller lists.
        purchases: What the directory lists, whoever sold it.
    """
    listed = {each.subscription_id.lower() for each in held}
    return tuple(of_purchase(each) for each in purchases if each.subscription_id.lower() not in listed)


def _named(
    wanted: str, held: tuple[SellerSubscription, ...], purchases: tuple[Purchase, ...]
) -> list[SellerSubscription]:
    matches = [each for each in held if each.subscription_id == wanted]
    if matches:
        return matches
    return [of_purchase(each) for each in purchases if each.subscription_id == wanted.lower()]


def _unclear(
    organization_id: str,
    held: tuple[SellerSubscription, ...],
    purchases: tuple[Purchase, ...],
    what: str,
) -> UnknownSubscription:
    others = sold_elsewhere(held, purchases)
    choices = [f"{each.subscription_id} ({each.plan_name}, {each.status})" for each in held]
    choices += [f"{each.subscription_id} ({each.plan_name}, of another seller)" for each in others]
    known = ", ".join(choices)
    return UnknownSubscription(
        f"Organization {organization_id} has the subscriptions {known or 'none'}; {what}.",
        remedy="Name the subscription to leave, as `planswitch switch targets ORGANIZATION` lists it.",
    )


def of_purchase(purchase: Purchase) -> SellerSubscription:
    """Return a subscription that only the directory lists, in the shape of one of the connected seller."""
    return SellerSubscription(
        subscription_id=purchase.subscription_id,
        plan_id=purchase.plan_id,
        plan_name=purchase.plan_name,
        quantity=purchase.quantity,
        status=purchase.status,
        term="",
        billing_cycle="",
        contract_type=SOLD_ELSEWHERE,
        is_trial=purchase.is_trial,
        order_id="",
        started_at=purchase.created_at,
        cancellable_until=None,
        version="",
    )


def _require_target_plan(question: SwitchQuestion, held: tuple[SellerSubscription, ...]) -> None:
    wanted, plan_id = question.target_subscription_id, question.terms.target_plan_id
    named = owned_target(held, wanted)
    if named is not None and named.plan_id != plan_id:
        raise InvalidInput(
            field="target_subscription_id",
            value=wanted,
            allowed=f"a subscription of plan {plan_id}; this one is of {named.plan_name}",
        )


def _verdicts(
    cloud: Cloud, question: SwitchQuestion, source: SellerSubscription
) -> tuple[SellerVerdict, ...]:
    """Ask the connected seller before the order alone: later he would tell of our own order."""
    if question.stage != BEFORE_ORDER or source.contract_type == SOLD_ELSEWHERE:
        return ()
    return cloud.inquiries.seller_verdicts(question.terms.organization_id, source)


def _billed(cloud: Cloud, organization_id: str, source: SellerSubscription) -> BilledPeriod | None:
    try:
        return cloud.billing.period(organization_id, source.subscription_id)
    except UnknownSubscription:
        return None


def role_in(cloud: Cloud, terms: SwitchTerms) -> str:
    """Return the caller's role as the directory tells it, by who is named or by the credential.

    Where credentials tell nothing, as those of the sandbox, the stated role counts (rules#wrong_role).
    """
    inquiries, organization_id = cloud.inquiries, terms.organization_id
    if terms.caller:
        return role_of(inquiries.roles(organization_id, terms.caller))
    caller = inquiries.caller(organization_id)
    if caller is None:
        return terms.caller_role
    if caller.user_id:
        return role_of((*inquiries.roles(organization_id, caller.user_id), *caller.roles))
    return application_role(caller.lacking)


def came_from(store: SwitchStore, organization: Organization | None, question: SwitchQuestion) -> str:
    """Return the plan from which an earlier switch came to the source, or "" (NO_WAY_BACK)."""
    terms = question.terms
    if organization is None or terms.source_subscription_id is None:
        return ""
    stream_id = store.resolve_subscription(terms.organization_id, terms.source_subscription_id)
    return came_from_source(store, organization, store.subscription(stream_id))


def came_from_source(
    store: SwitchStore, organization: Organization | None, source: Subscription | None
) -> str:
    """Return the plan from which an earlier switch came to a loaded source, or "" (NO_WAY_BACK)."""
    if organization is None:
        return ""
    left = organization.source_streams.get(source.ordered_by) if source else None
    before = store.subscription(UUID(left)) if left else None
    return before.plan_id if before else ""


def seen_organization(store: SwitchStore, organization_id: str, *, now: datetime) -> Organization | None:
    """Return an organization whose holders tell the ends that can be promised now; None: it is not recorded.

    Args:
        store: The event store.
        organization_id: Directory id of the organization.
        now: When somebody looks.
    """
    organization = store.organization(organization_id)
    if organization is not None:
        tell_ends(store, organization, now=now)
    return organization


def tell_ends(store: SwitchStore, organization: Organization, *, now: datetime) -> None:
    """Let the holders of a loaded organization tell the ends that can be promised now; it records nothing."""
    holder = organization.live_switch
    if holder is None:
        return
    state = _state_of(store, organization, holder)
    organization.live_switch = switch_holder(holder, state, now)
    if organization.commerce_lock is not None:
        organization.commerce_lock = credit_holder(organization.commerce_lock, state, now)
    if organization.administration_lock is not None:
        organization.administration_lock = lock_holder(organization.administration_lock, state, now)


def _state_of(store: SwitchStore, organization: Organization, holder: LockHolder) -> SwitchState | None:
    try:
        source = store.subscription(UUID(organization.live_source_stream_id))
    except (ValueError, *UNREADABLE):
        # Whoever asks is refused all the same; what can't be read tells no end.
        return None
    return source.switches.get(holder.switch_id) if source else None
