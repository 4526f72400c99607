"""Assess and quote a switch: the same for previews, for the request, and for the step that reserves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from activities.assessment.addons import billed_now, quoted_addons
from activities.assessment.circumstances import Circumstances, SwitchQuestion, owned_target
from activities.assessment.owned_plans import look
from domain.catalog.catalog import Catalog
from domain.catalog.rule_sets import rule_set
from domain.eligibility.eligibility import Assessment
from domain.eligibility.eligibility_checks import PREPAID_CONTRACTS, order_worth, overlap_until
from domain.eligibility.eligibility_input import case_of
from domain.kernel.calendar import local_date
from domain.kernel.errors import InvalidInput, NotEligible, RuleViolated, UnknownSubscription
from domain.kernel.money import Money
from domain.licenses.reduction import (
    closed_words,
    first_closed,
    licenses_left,
    reducible_again_on,
    reducible_until,
)
from domain.organizations.organization import Organization
from domain.periods.next_term import next_term_of, term_renews_on
from domain.periods.proration import PER_DAY, PER_SECOND, with_billing_day
from domain.ports.billing_port import BilledPeriod, BillingProfile
from domain.ports.cloud import Cloud
from domain.ports.seller_port import SellerSubscription, SellerVerdict
from domain.quote.list_prices import period_prices
from domain.quote.no_money import without_money
from domain.quote.quote import Quote, period_price, quote
from domain.quote.quote_input import (
    QUOTE_DAYS_DEFAULT,
    QuotedAddon,
    QuoteInput,
    booked_of,
    is_paid_in_advance,
)
from domain.reasons.findings import Finding
from domain.requests.schedule import not_before, start_date, terms_on
from domain.requests.start_times import stated_instant
from domain.requests.terms import ServiceSettings, SwitchTerms
from domain.switch.credit import may_need_credit_check
from store.switch_store import SwitchStore

#: What is left where the seller takes no licenses back.
REDUCE_LATER = "Start the switch once the old plan has renewed, when the seller takes licenses back again."
#: Zone of a quote that counts whole days.
UTC_NAME = "UTC"


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """The answer: whether it may be, and what it costs on which day."""

    question: SwitchQuestion
    source: SellerSubscription
    profile: BillingProfile
    billed: BilledPeriod
    quantity: int
    #: Users on the source plan now.
    users: int
    #: keep or grant_all, the rule set's default resolved.
    service_settings: ServiceSettings
    #: What the seller says on every plan.
    verdicts: tuple[SellerVerdict, ...]
    assessment: Assessment
    #: Of the day on which it is to start.
    quote: Quote
    #: Day before which it does not start; None: it starts at once.
    start_on: date | None = None
    #: Net price of one whole billing period of what is ordered; None where no list price is known.
    order_worth: Money | None = None

    @property
    def may_need_credit_check(self) -> bool:
        """Return whether the seller may ask for a credit check after the order (rules#credit-check)."""
        if self.question.terms.licenses_only:
            return False
        rules, priced = rule_set(self.question.terms.rule_set), self.quote.input
        worth = self.order_worth or priced.target_unit_price.times(priced.quantity_target)
        return may_need_credit_check(self.question.terms.payment_method, worth, rules)

    @property
    def licenses(self) -> int:
        """Return the licenses of the new plan that there are for the users who move.

        Of licenses only the rules count who needs one (rules#too_few_licenses).
        """
        is_judged = self.question.terms.licenses_only
        return max(self.quantity, self.users) if is_judged else self.quantity

    @property
    def movers(self) -> int:
        """Return how many users move: those who were selected, or everyone on the source plan."""
        terms = self.question.terms
        return min(terms.selected, self.users) if terms.selection else self.users

    @property
    def total_at_most(self) -> Money | None:
        """Return the highest total of the quote's days, with tax; None where no money moves."""
        totals = [day.total for day in self.quote.days]
        return None if self.question.terms.licenses_only or not totals else max(totals)

    @property
    def quote_facts(self) -> dict[str, Any] | None:
        """Return what the record keeps of the quote; None where no money moves."""
        return None if self.question.terms.licenses_only else self.quote.as_facts()

    def including(self, findings: Iterable[Finding]) -> Prepared:
        """Return the answer with what was found elsewhere, such as by a look at the users."""
        return replace(self, assessment=self.assessment.including(findings))

    @property
    def is_expired(self) -> bool:
        """Return whether the quote's last day is over where the organization is."""
        return local_day(self.profile, self.assessment.at) > self.quote.input.expires_on


def prepare(
    cloud: Cloud,
    organization: Organization | None,
    catalog: Catalog,
    question: SwitchQuestion,
    *,
    now: datetime,
    came_from_plan_id: str = "",
    store: SwitchStore | None = None,
) -> Prepared:
    """Read the facts, run every rule, and compute the quote; nothing is changed or recorded.

    It takes what `look` takes, and raises what that raises.

    Raises:
        InvalidInput: A field of the question is out of its range.
        NotEligible: Billing does not know the source; the details have every reason and the assessment.
    """
    catalog.plan(question.terms.target_plan_id)
    situation = look(
        cloud, organization, catalog, question, now=now, came_from_plan_id=came_from_plan_id, store=store
    )
    if question.terms.licenses_only:
        return _without_money(catalog, situation, now)
    question, switch_terms = situation.question, situation.question.terms
    billed = _require_billed(situation)
    terms = _quote_terms(cloud, catalog, situation, billed, now)
    start_on = start_date(switch_terms, terms, situation.facts, is_day_known=question.quoted_on is not None)
    if start_on is not None:
        terms = terms_on(terms, max(start_on, terms.order_on))
    if terms.licenses_leaving:
        _require_reducible(situation, terms.addons, start_on)
    return Prepared(
        question=question,
        source=situation.facts.source,
        profile=situation.facts.profile,
        billed=billed,
        quantity=situation.facts.quantity,
        users=users_of(situation),
        service_settings=switch_terms.service_settings or rule_set(switch_terms.rule_set).service_settings,
        verdicts=situation.verdicts,
        assessment=situation.assessment,
        quote=quote(terms),
        start_on=start_on,
        order_worth=order_worth(case_of(catalog, situation.facts)),
    )


def _without_money(catalog: Catalog, situation: Circumstances, now: datetime) -> Prepared:
    """Return the answer of licenses only: its quote is accepted as any other, and nothing is due by it."""
    facts, terms = situation.facts, situation.question.terms
    quoted_on = situation.question.quoted_on or local_day(facts.profile, now)
    priced = without_money(
        organization_id=terms.organization_id,
        subscription_id=facts.source.subscription_id,
        target_subscription_id=facts.target_subscription_id,
        source_plan_id=facts.source.plan_id,
        target_plan_id=terms.target_plan_id,
        price_list_version=catalog.version,
        rule_set=terms.rule_set,
        quoted_on=quoted_on,
        selection=terms.selection or "",
        user_services=terms.user_services or "",
    )
    start_on = start_date(terms, priced.input, facts, is_day_known=situation.question.quoted_on is not None)
    if start_on is not None:
        priced = quote(terms_on(priced.input, max(start_on, priced.input.order_on)))
    return Prepared(
        question=situation.question,
        source=facts.source,
        profile=facts.profile,
        billed=priced.input.billed,
        quantity=facts.quantity,
        users=users_of(situation),
        service_settings=terms.service_settings or rule_set(terms.rule_set).service_settings,
        verdicts=(),
        assessment=situation.assessment,
        quote=priced,
        start_on=start_on,
    )


def users_of(situation: Circumstances) -> int:
    """Return how many users the question moves: all of the source plan, or those whom it selects."""
    assigned = _assigned(situation)
    moving = situation.question.users_to_move
    return assigned if moving is None else min(moving, assigned)


def _assigned(situation: Circumstances) -> int:
    plan_id = situation.facts.source.plan_id
    pool = next((listed for listed in situation.facts.subscribed if listed.plan_id == plan_id), None)
    return pool.assigned if pool else 0


def _leaving(situation: Circumstances) -> int | None:
    """Return how many licenses of the old plan go where some users stay; None: everyone moves.

    Raises:
        InvalidInput: Nobody would stay.
    """
    terms, held = situation.question.terms, situation.facts.source
    if not terms.selection:
        return None
    staying = _assigned(situation) - terms.selected
    if staying < 1:
        raise InvalidInput(
            field="users_listed",
            value=terms.selected,
            allowed=f"fewer than the {_assigned(situation)} users of the old plan",
            remedy="Leave the selection out: then everyone moves, and the old subscription is cancelled.",
        )
    return held.quantity - licenses_left(held, situation.facts.subscriptions, staying)


def _reduced(situation: Circumstances, addons: Sequence[QuotedAddon]) -> tuple[SellerSubscription, ...]:
    """Return what is reduced where some users stay: the old subscription and the add-ons that go with it."""
    ids = {each.subscription_id for each in addons} | {situation.facts.source.subscription_id}
    return tuple(each for each in situation.facts.subscriptions if each.subscription_id in ids)


def _require_reducible(
    situation: Circumstances, addons: Sequence[QuotedAddon], start_on: date | None
) -> None:
    """Refuse a switch of some users that would pay for their old licenses beside the new ones.

    Raises:
        RuleViolated: The seller takes no licenses back any more when the switch starts.
    """
    facts, zone = situation.facts, situation.facts.profile.time_zone
    starts_at = facts.now
    if start_on is not None:
        earliest = not_before(situation.question.terms, start_on, time_zone=zone, now=facts.now)
        starts_at = max(starts_at, earliest)
    bound = [
        each
        for each in _reduced(situation, addons)
        if not _is_renewed(each, local_date(starts_at, zone), time_zone=zone, now=facts.now)
    ]
    closed = first_closed(bound, starts_at)
    if closed is not None:
        raise RuleViolated(closed_words(closed), remedy=REDUCE_LATER)


def _is_renewed(held: SellerSubscription, on: date, *, time_zone: str, now: datetime) -> bool:
    """Return whether a new term begins by a day: with that the seller takes licenses back again."""
    stated = held.renewal.ends_on if held.renewal else None
    renews_on = term_renews_on(held, time_zone=time_zone, now=now)
    return any(each is not None and each <= on for each in (stated, renews_on))


def _is_owned(cloud: Cloud, terms: SwitchTerms, held: Sequence[SellerSubscription]) -> bool:
    """Return whether the subscription that is named as target, in any case, is billed already."""
    owned = owned_target(held, terms.target_subscription_id)
    return owned is not None and billed_now(cloud, terms.organization_id, owned.subscription_id) is not None


def _require_billed(situation: Circumstances) -> BilledPeriod:
    if situation.facts.billed is not None:
        return situation.facts.billed
    blocking = situation.assessment.blocking(situation.question.terms.way)
    if blocking:
        raise not_eligible(situation.assessment, situation.question.terms.way)
    raise UnknownSubscription(
        f"Billing does not know subscription {situation.facts.source.subscription_id}.",
        remedy="Ask the seller's billing; without a billing period nothing can be quoted.",
    )


def not_eligible(assessment: Assessment, mode: str) -> NotEligible:
    """Return the refusal that names every reason which blocks a mode."""
    blocking = assessment.blocking(mode)
    return NotEligible(
        " ".join(each.message for each in blocking),
        remedy=" ".join(each.remedy for each in blocking),
        reasons=blocking,
        assessment=assessment,
    )


def local_day(profile: BillingProfile, instant: datetime) -> date:
    """Return the day of an instant in the organization's billing zone."""
    return instant.astimezone(ZoneInfo(profile.time_zone)).date()


def _quote_terms(
    cloud: Cloud, catalog: Catalog, situation: Circumstances, billed: BilledPeriod, now: datetime
) -> QuoteInput:
    switch_terms, profile = situation.question.terms, situation.facts.profile
    known = with_billing_day(billed, local_date(situation.facts.source.started_at, profile.time_zone))
    quoted_on = situation.question.quoted_on or local_day(situation.facts.profile, now)
    monthly = catalog.price(switch_terms.target_plan_id, situation.facts.profile.currency).unit_price
    cycle = switch_terms.billing_cycle or billed.billing_cycle
    leaving = _leaving(situation)
    addons = quoted_addons(cloud, catalog, situation, leaving=leaving)
    reduced = _reduced(situation, addons) if leaving else ()
    cutover_at = _cutover_at(situation, quoted_on)
    return QuoteInput(
        organization_id=switch_terms.organization_id,
        source_plan_id=situation.facts.source.plan_id,
        target_plan_id=switch_terms.target_plan_id,
        billed=known,
        quantity_target=situation.facts.quantity,
        tax_rate=situation.facts.profile.tax_rate,
        currency=situation.facts.profile.currency,
        price_list_version=catalog.version,
        rule_set=switch_terms.rule_set,
        policy=_policy(situation, cutover_at),
        quoted_on=quoted_on,
        order_on=quoted_on,
        expires_on=quoted_on + timedelta(days=QUOTE_DAYS_DEFAULT),
        billing_cycle=cycle,
        payment_method=switch_terms.payment_method,
        target_unit_price=period_price(monthly, cycle),
        # The ledger starts billing by our own call at the cutover, so the order bills nothing by itself.
        is_billed_from_order=False,
        mode=switch_terms.mode,
        is_prepaid=is_paid_in_advance(billed) or situation.facts.source.contract_type in PREPAID_CONTRACTS,
        booked=booked_of(billed, cloud.billing.booked_lines(switch_terms.organization_id, billed)),
        addons=addons,
        next_term=next_term_of(situation.facts.source, billed, period_prices(catalog, billed)),
        overlap_until=None if leaving is not None else overlap_until(case_of(catalog, situation.facts)),
        licenses_leaving=leaving,
        is_target_owned=_is_owned(cloud, switch_terms, situation.facts.subscriptions),
        reducible_until=reducible_until(reduced, profile.time_zone),
        reducible_again_on=reducible_again_on(reduced, time_zone=profile.time_zone, now=now),
        cutover_at=cutover_at,
        time_zone=profile.time_zone if cutover_at else UTC_NAME,
        selection=switch_terms.selection or "",
        user_services=switch_terms.user_services or "",
    )


def _cutover_at(situation: Circumstances, quoted_on: date) -> datetime | None:
    """Return the stated instant that a policy by the second counts to (proration#per_second)."""
    terms, zone = situation.question.terms, situation.facts.profile.time_zone
    if terms.policy != PER_SECOND or terms.start_at is None:
        return None
    stated_at = stated_instant(terms.start_at, zone)
    return stated_at if quoted_on <= local_date(stated_at, zone) else None


def _policy(situation: Circumstances, cutover_at: datetime | None) -> str:
    """Return the policy of a quote: a switch that starts after the day of its instant counts days."""
    terms = situation.question.terms
    is_too_late = terms.policy == PER_SECOND and terms.start_at is not None and cutover_at is None
    return PER_DAY if is_too_late else terms.policy
