"""What another number of licenses would mean for a running switch: the same for preview and act (ADR 14)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from activities.assessment.circumstances import circumstances
from activities.assessment.preparation import local_day
from activities.assessment.question import ACTIVE
from activities.contract import SwitchOrder
from activities.directory.user_pages import user_pages
from activities.request.eligibility import question_of
from domain.catalog.catalog import Catalog
from domain.eligibility.eligibility_input import AssessmentInput, case_of
from domain.operator.amendment import Amendment, amended, amendment_reasons, bound_facts
from domain.ports.cloud import Cloud
from domain.ports.seller_port import SellerSubscription
from domain.quote.quote import Quote
from domain.reasons.reasons import BEFORE_FIRST_MOVE, Reason
from domain.subscriptions.subscription import Subscription
from domain.switch.events import ReplacementReady
from store.switch_store import SwitchStore


@dataclass(frozen=True, kw_only=True, slots=True)
class AmendmentAssessment:
    """The answer: what it costs, and what stands in its way now."""

    amendment: Amendment
    reasons: tuple[Reason, ...]
    #: Users who hold the new plan because of the switch, or are to get it.
    users: int
    #: The organization's day: what the switch would cost if it completed now.
    today: date
    #: Licenses that the seller shows now; None where he does not list the subscription.
    shown: int | None


def ask_amendment(
    cloud: Cloud,
    store: SwitchStore,
    catalog: Catalog,
    order: SwitchOrder,
    source: Subscription,
    *,
    quantity: int,
    now: datetime,
) -> AmendmentAssessment:
    """Read the facts, quote another number of licenses, and run the rules on it; nothing is changed.

    Args:
        cloud: The outside.
        store: The record.
        catalog: Catalog of the switch.
        order: The switch.
        source: Loaded source.
        quantity: Licenses that are asked for.
        now: Aware instant.

    Raises:
        InvalidInput: It is the number that is ordered, or less than one.
    """
    state = source.switch(order.switch_id)
    amendment = amended(Quote.from_facts(bound_facts(state)), quantity, switch_id=order.switch_id)
    question = replace(question_of(replace(order, quantity=quantity)), stage=BEFORE_FIRST_MOVE)
    organization = store.organization(order.organization_id)
    facts = circumstances(cloud, organization, catalog, question, now=now).facts
    users = _Users(cloud, store, order, source, facts)
    needed = users.at_most()
    if quantity < needed:
        # Who holds both plans counts twice there: read who is still to be moved, one by one.
        needed = users.exactly()
    return AmendmentAssessment(
        amendment=amendment,
        reasons=amendment_reasons(case_of(catalog, facts), users=needed),
        users=needed,
        today=max(local_day(facts.profile, now), amendment.before.input.first_on),
        shown=users.licenses_shown(),
    )


class _Users:
    """Who hold the new plan because of a switch, or are to get it."""

    def __init__(
        self,
        cloud: Cloud,
        store: SwitchStore,
        order: SwitchOrder,
        source: Subscription,
        facts: AssessmentInput,
    ) -> None:
        self._cloud = cloud
        self._store = store
        self._order = order
        self._source = source
        self._facts = facts

    def at_most(self) -> int:
        """Return the sum of both pools, without those for whom other licenses of the new plan are there."""
        return max(1, self._assigned(self._source.plan_id) + self._on_target())

    def exactly(self) -> int:
        """Return the same with each user read who is to be moved; whom somebody skipped stays behind."""
        return max(1, sum(1 for _ in self._to_move()) + self._on_target())

    def licenses_shown(self) -> int | None:
        """Return the licenses of the new subscription as the seller shows them; None where he does not."""
        own = (each.quantity for each in self._facts.subscriptions if self._is_own(each))
        return next(own, None)

    def _on_target(self) -> int:
        """Return who is on the new plan beyond the licenses of its other subscriptions."""
        target_id = self._facts.target_plan_id
        others = sum(
            each.quantity
            for each in self._facts.subscriptions
            if (each.plan_id, each.status) == (target_id, ACTIVE) and not self._is_own(each)
        )
        return max(0, self._assigned(target_id) - others)

    def _is_own(self, subscription: SellerSubscription) -> bool:
        ready = self._source.switch(self._order.switch_id).of(ReplacementReady)
        return ready is not None and subscription.subscription_id.lower() == ready.subscription_id.lower()

    def _assigned(self, plan_id: str) -> int:
        return next((pool.assigned for pool in self._facts.subscribed if pool.plan_id == plan_id), 0)

    def _to_move(self) -> Iterator[str]:
        organization_id, target_id = self._order.organization_id, self._facts.target_plan_id
        state = self._source.switch(self._order.switch_id)
        read = self._cloud.directory.users_page
        for users in user_pages(lambda cursor: read(organization_id, self._source.plan_id, cursor)):
            waiting = [user.directory_id for user in users if user.license_of(target_id) is None]
            keys = self._store.vault.known_keys(organization_id, waiting)
            yield from (
                user for user, key in zip(waiting, keys, strict=True) if str(key) not in state.skipped_users
            )
