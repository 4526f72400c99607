"""What eligibility is decided from: facts handed in, nothing looked up (switch#assessment)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.catalog.catalog import Catalog
from domain.catalog.plans import Plan
from domain.catalog.rule_sets import RuleSet, rule_set
from domain.kernel.errors import InvalidInput
from domain.kernel.facts import OMITTED_AT_DEFAULT, as_plain
from domain.kernel.messages import Figure
from domain.organizations.organization import LockHolder, OpenAct
from domain.periods.next_term import KEEP, CarryOver, carry_over
from domain.ports.billing_port import BilledPeriod, BillingProfile
from domain.ports.cloud import ServiceHealth
from domain.ports.directory_port import SubscribedPlan
from domain.ports.seller_port import Purchase, SellerSubscription, SellerVerdict
from domain.reasons.reasons import LICENSES_ONLY, STAGES


@dataclass(frozen=True, kw_only=True, slots=True)
class AssessmentInput:
    """Everything an assessment looks at, as it was at `now`."""

    #: automatic or manual.
    mode: str
    rule_set: str
    catalog_version: str
    source: SellerSubscription
    target_plan_id: str
    #: Licenses to order; of licenses only: those of the new plan that are free, over all sellers.
    quantity: int
    #: None when billing does not know the subscription.
    billed: BilledPeriod | None
    profile: BillingProfile
    #: License pools of the directory, of all plans.
    subscribed: tuple[SubscribedPlan, ...]
    #: Every subscription at the seller, the source among them.
    subscriptions: tuple[SellerSubscription, ...]
    health: tuple[ServiceHealth, ...]
    #: Who holds the organization's switch lock; None: nobody.
    lock_holder: LockHolder | None
    #: The switch on whose behalf this is asked; its own locks do not count.
    own_switch_id: str | None
    #: Role of the caller as the directory tells it, such as global_admin.
    caller_role: str
    #: card or invoice.
    payment_method: str
    #: before_order, before_first_move or before_cancellation.
    stage: str
    now: datetime
    #: Custom domains that were confirmed as changed.
    confirmed_domains: tuple[str, ...] = ()
    acknowledgments: tuple[str, ...] = ()
    #: Whose credit check is pending in the organization; None: none is.
    credit_check: LockHolder | None = None
    #: Users that move; None: every user of the source.
    users_to_move: int | None = None
    #: Plan from which an earlier switch came to the source; "" when none is known.
    came_from_plan_id: str = ""
    #: Subscription named as target, or "" if the switch orders one.
    target_subscription_id: str = ""
    #: monthly or annual, of the new plan; "" is the source's.
    billing_cycle: str = ""
    #: What the seller says on this switch; None: it was not asked, or said nothing about this plan.
    verdict: SellerVerdict | None = None
    #: How the new plan is to renew: keep, on or off.
    auto_renew: str = field(default=KEEP, metadata=OMITTED_AT_DEFAULT)
    #: Every subscription that the directory lists, from any seller.
    purchases: tuple[Purchase, ...] = field(default=(), metadata=OMITTED_AT_DEFAULT)
    #: Completed switch that is taken back, whose window is open (rules#switch-back); "" takes none back.
    switch_back_of: str = field(default="", metadata=OMITTED_AT_DEFAULT)
    #: Act on a product that lets no switch begin; None: there is none.
    product_act: OpenAct | None = field(default=None, metadata=OMITTED_AT_DEFAULT)
    #: Both plans are owned; seller and billing are not asked (rules#licenses-only).
    licenses_only: bool = field(default=False, metadata=OMITTED_AT_DEFAULT)
    #: Of licenses only: users who do not hold the new plan yet, where that was counted; None takes all.
    licenses_needed: int | None = field(default=None, metadata=OMITTED_AT_DEFAULT)

    def __post_init__(self) -> None:
        """Refuse what cannot be assessed.

        Raises:
            InvalidInput: Mode, stage, rule set, quantity or instant is not usable.
        """
        modes = rule_set(self.rule_set).modes
        if self.mode not in modes:
            raise InvalidInput(field="mode", value=self.mode, allowed=" or ".join(modes))
        if self.stage not in STAGES:
            raise InvalidInput(field="stage", value=self.stage, allowed=", ".join(STAGES))
        if self.quantity < 1 and not self.licenses_only:
            raise InvalidInput(field="quantity", value=self.quantity, allowed="one or more")
        if self.now.tzinfo is None:
            raise InvalidInput(field="now", value=self.now, allowed="an instant with a time zone")

    @property
    def way(self) -> str:
        """Return by which column of the rules this is judged: automatic, manual or licenses_only."""
        return LICENSES_ONLY if self.licenses_only else self.mode

    @property
    def carried(self) -> CarryOver:
        """Return what goes over from the old subscription to the new one."""
        return carry_over(
            self.source.renewal,
            source_plan_id=self.source.plan_id,
            target_plan_id=self.target_plan_id,
            quantity=self.quantity,
            auto_renew=self.auto_renew,
            # Legacy terms may be cancelled at any time; the seller schedules nothing for them.
            takes_schedule=self.source.cancellable_until is not None,
        )

    def as_facts(self) -> dict[str, Any]:
        """Return the input as JSON-able facts, without names that the customer has given."""
        facts: dict[str, Any] = as_plain(self)
        del facts["profile"]["display_name"]
        for purchase in facts.get("purchases", ()):
            # It only names what `subscription_id` names as well.
            purchase.pop("directory_id", None)
        for subscription in (facts["source"], *facts["subscriptions"]):
            if subscription.pop("friendly_name", ""):
                subscription["is_named"] = True
        return facts


def way_of_inputs(inputs: Mapping[str, Any]) -> str:
    """Return by which column of the rules recorded inputs were judged; "" where they do not say.

    Args:
        inputs: As `AssessmentInput.as_facts` gives them.
    """
    return LICENSES_ONLY if inputs.get("licenses_only") else str(inputs.get("mode", ""))


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """An assessment with its plans and rules looked up: what a check gets."""

    input: AssessmentInput
    catalog: Catalog
    rules: RuleSet
    source: Plan
    target: Plan
    #: The directory's licenses of the source; None when it has none of the plan.
    pool: SubscribedPlan | None

    @property
    def assigned(self) -> int:
        """Return how many users hold the source plan."""
        return 0 if self.pool is None else self.pool.assigned

    @property
    def sold_elsewhere(self) -> tuple[Purchase, ...]:
        """Return the organization's purchases that the connected seller does not list."""
        listed = {each.subscription_id.lower() for each in self.input.subscriptions}
        return tuple(each for each in self.input.purchases if each.subscription_id.lower() not in listed)

    @property
    def is_in_2014_table(self) -> bool:
        """Return whether the 2014 table has this pair."""
        return self.catalog.offered_2014(self.source.plan_id, self.target.plan_id)

    def is_offered(self, target: Plan) -> bool:
        """Return whether the rule set offers a switch of the source to `target`."""
        return self.catalog.is_offered(self.source.plan_id, target.plan_id, self.rules.name)


@dataclass(frozen=True, kw_only=True, slots=True)
class Grounds:
    """What a check rests a reason on."""

    evidence: dict[str, Figure] = field(default_factory=dict)
    #: Instant of the next look, where only the check knows it.
    retry_at: datetime | None = None
    #: Name of other words than the row's (domain/reasons/reasons.py); "": the row's.
    wording: str = ""


def case_of(catalog: Catalog, facts: AssessmentInput) -> Case:
    """Look up the plans and the rules of an assessment.

    Raises:
        InvalidInput: The catalog is not the version that the input names.
        UnknownPlan: The catalog does not know the source or the target.
    """
    if facts.catalog_version != catalog.version:
        raise InvalidInput(field="catalog_version", value=facts.catalog_version, allowed=catalog.version)
    source = catalog.plan(facts.source.plan_id)
    pools = (pool for pool in facts.subscribed if pool.plan_id.lower() == source.plan_id)
    return Case(
        input=facts,
        catalog=catalog,
        rules=rule_set(facts.rule_set),
        source=source,
        target=catalog.plan(facts.target_plan_id),
        pool=next(pools, None),
    )
