"""Asking the rules: the same assessment and quote that the workflow computes again before the order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from activities.assessment.circumstances import (
    ACTIVE,
    SOLD_ELSEWHERE,
    Circumstances,
    SwitchQuestion,
    came_from,
    circumstances,
    named_source,
    seen_organization,
    sold_elsewhere,
    subscriptions_and_purchases,
)
from activities.assessment.owned_plans import owned_terms
from activities.assessment.preflight import planned_pilot, preview
from activities.assessment.preparation import Prepared, prepare, users_of
from activities.contract import SwitchOrder
from activities.request.eligibility import require_acceptable
from domain.catalog.plans import UNKNOWN
from domain.eligibility.assessment import assessed
from domain.eligibility.eligibility import AssessedTarget, Assessment, assess_targets
from domain.kernel.errors import (
    InvalidInput,
    NotEligible,
    PlanSwitchError,
    ProductActOpen,
    QuoteChanged,
    RuleViolated,
    SwitchInProgress,
    UnknownSubscription,
)
from domain.kernel.recorded import Meta
from domain.licenses.pilot import PlannedPilot, require_pilot_fits
from domain.organizations.custom_domains import require_own_domains
from domain.organizations.organization import switch_in_progress
from domain.periods.proration import PER_SECOND, POLICIES
from domain.ports.cloud import Cloud
from domain.ports.seller_port import SellerSubscription
from domain.quote.overlap import OVERLAP
from domain.quote.quote import Quote
from domain.reasons.findings import ACKNOWLEDGED, Finding
from domain.reasons.reasons import MANUAL
from domain.reasons.wordings import ACT_HELD, ACT_OPEN
from domain.requests.start_times import local_text, quiet_hours_of, stated_instant
from domain.requests.switch_plan import SwitchPlan
from domain.requests.terms import DOMAIN_PREFIX, SwitchTerms, carried, domains_in
from services.assessment.switch_back import require_switch_back
from services.base.scopes import require_write_access
from services.base.tools import Tools, recorded_cloud

#: Furthest day of a quote, before and after today: ten years.
QUOTED_DAYS_MAX = 3_653
_ACKNOWLEDGMENTS = (*ACKNOWLEDGED, OVERLAP)
IN_PROGRESS = "SWITCH_IN_PROGRESS"
PLAN = "plan"
QUOTED_ON = "quoted_on"


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """What somebody accepts who starts a switch."""

    #: Digest of the quote that was shown.
    quote_digest: str | None = None
    #: Takes the quote of this moment where none is named.
    accept: bool = False
    #: Why, in the operator's words.
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RulesAnswer:
    """An answer of the rules, and who asked."""

    prepared: Prepared
    actor: str
    #: Who moves first; None: everybody at once.
    pilot: PlannedPilot | None = None

    @property
    def ordered(self) -> SwitchTerms:
        """Return the terms that an order takes: of the subscription and for the day that were found."""
        prepared = self.prepared
        return replace(
            prepared.question.terms,
            source_subscription_id=prepared.source.subscription_id,
            start_on=prepared.start_on.isoformat() if prepared.start_on else None,
            start_at=_recorded_instant(prepared),
        )

    def including(self, findings: Iterable[Finding]) -> RulesAnswer:
        """Return the answer with what was found elsewhere, such as by a look at the users."""
        return replace(self, prepared=self.prepared.including(findings))

    def require_domains(self, names: Iterable[str], *, field: str) -> None:
        """Refuse to confirm what is no domain of the organization.

        Args:
            names: Domains that are confirmed.
            field: Name of what was given, for a refusal.

        Raises:
            InvalidInput: One is not among the organization's own domains.
        """
        require_own_domains(names, self.prepared.profile.custom_domains, field=field)

    def require_acknowledged_domains(self) -> None:
        """Refuse acknowledgments of domains that the organization does not have.

        Raises:
            InvalidInput: A domain is not among the organization's own.
        """
        named = domains_in(self.prepared.question.terms.acknowledgments)
        self.require_domains(named, field="acknowledgments")


def _recorded_instant(prepared: Prepared) -> str | None:
    """Return a stated instant in the one spelling in which it is recorded."""
    stated, zone = prepared.question.terms.start_at, prepared.profile.time_zone
    return None if stated is None else local_text(stated_instant(stated, zone), zone)


def require_askable(question: SwitchQuestion) -> None:
    """Refuse a question that nobody can answer.

    Raises:
        InvalidInput: A policy that the request can't bind, an unknown acknowledgment, a day too far, or
            an instant beside a day or quiet hours.
    """
    _require_one_start(question.terms)
    require_bindable(question.terms.policy, start_at=question.terms.start_at)
    require_acknowledgments(question.terms.acknowledgments)
    if question.quoted_on is not None:
        _require_near(question.quoted_on)


def _require_one_start(terms: SwitchTerms) -> None:
    """Refuse an instant beside what names another time."""
    if terms.start_at is None:
        return
    for field in ("start_on", "quiet_hours"):
        other = getattr(terms, field)
        if other is not None:
            raise InvalidInput(
                field=field, value=other, allowed="nothing beside start_at, which is an instant"
            )


def require_bindable(policy: str, *, start_at: str | None = None) -> None:
    """Refuse the policy that binds only a cutover at a stated instant where none is stated.

    Args:
        policy: Its name.
        start_at: The instant at which the switch starts, if one is stated.

    Raises:
        InvalidInput: It is that policy, without an instant.
    """
    if policy == PER_SECOND and start_at is None:
        others = ", ".join(sorted(POLICIES.keys() - {PER_SECOND}))
        raise InvalidInput(
            field="policy",
            value=policy,
            allowed=others,
            remedy="Seconds count to a stated instant: schedule the switch at one with `--at INSTANT`.",
        )


def require_acknowledgments(names: Iterable[str]) -> None:
    """Refuse what nothing asks to confirm, such as a word that is misspelled.

    Raises:
        InvalidInput: There is no such acknowledgment.
    """
    for name in names:
        if name not in _ACKNOWLEDGMENTS and not name.startswith(DOMAIN_PREFIX):
            allowed = f"{', '.join(_ACKNOWLEDGMENTS)}, or {DOMAIN_PREFIX}NAME"
            raise InvalidInput(field="acknowledgments", value=name, allowed=allowed)


def _require_near(day: date) -> None:
    today = datetime.now(tz=UTC).date()
    first, last = today - timedelta(days=QUOTED_DAYS_MAX), today + timedelta(days=QUOTED_DAYS_MAX)
    if not first <= day <= last:
        raise InvalidInput(field="quoted_on", value=day, allowed=f"a date from {first} to {last}")


def ask(tools: Tools, question: SwitchQuestion, *, actor: str) -> RulesAnswer:
    """Assess and quote a question, whose plan may have any name; only the provider calls are recorded.

    Raises:
        UnknownPlan: No plan is called so.
        UnknownOrganization: The cloud does not know it.
        UnknownSubscription: It is not clear which subscription is meant.
        SwitchInProgress: A switch runs, and no subscription was named.
        InvalidInput: A field is out of its range, or nobody of the pilot's group can move first.
        SwitchBackRefused: It is to take a switch back that may not be taken back (rules#switch-back).
    """
    organization_id = question.terms.organization_id
    with recorded_cloud(tools, organization_id) as cloud:
        question = _whole(tools, cloud, question)
        terms = question.terms
        now = datetime.now(tz=UTC)
        require_switch_back(tools, terms, now=now, actor=actor, switch_id=question.own_switch_id or "")
        organization = seen_organization(tools.store, organization_id, now=now)
        try:
            prepared = prepare(
                cloud,
                organization,
                tools.catalog,
                question,
                now=now,
                came_from_plan_id=came_from(tools.store, organization, question),
                store=tools.store,
            )
        except NotEligible as error:
            _record(
                tools,
                question,
                error.details["assessment"],
                None,
                actor=actor,
                reason="no quote",
                refused=error,
            )
            raise
        _require_days(prepared)
        require_pilot_fits(terms.pilot, prepared.users)
        pilot = planned_pilot(cloud, prepared)
    return RulesAnswer(prepared=prepared, actor=actor, pilot=pilot)


def _whole(tools: Tools, cloud: Cloud, question: SwitchQuestion) -> SwitchQuestion:
    """Return a question with the ids of its plans and of the subscription to leave."""
    terms = question.terms
    if terms.licenses_only:
        terms = owned_terms(cloud, tools.catalog, terms)
        question = replace(question, target_subscription_id=terms.target_subscription_id)
    else:
        target_plan_id = tools.catalog.find(terms.target_plan_id).plan_id
        source = terms.source_subscription_id or only_plan(tools, cloud, terms.organization_id)
        terms = replace(terms, source_subscription_id=source, target_plan_id=target_plan_id)
    window = terms.quiet_hours
    hours = str(quiet_hours_of(window, tools.quiet_hours)) if window else None
    return replace(question, terms=replace(terms, quiet_hours=hours))


def _require_days(prepared: Prepared) -> None:
    """Refuse a day that is no longer billed: its quote has no day on which it could complete.

    Raises:
        InvalidInput: The quoted day lies before the period that is billed now.
    """
    if not prepared.quote.days:
        terms = prepared.quote.input
        allowed = f"{terms.billed.period_start_on} or later, as the period that is billed began then"
        raise InvalidInput(field=QUOTED_ON, value=terms.quoted_on, allowed=allowed)


def planned(tools: Tools, answer: RulesAnswer) -> tuple[RulesAnswer, SwitchPlan]:
    """Return the whole plan of the switch that was asked about; the users' settings are read for it.

    The answer comes back with what that look found.
    """
    with recorded_cloud(tools, answer.prepared.question.terms.organization_id) as cloud:
        plan = preview(cloud, tools.catalog, answer.prepared, answer.pilot, store=tools.store)
    return answer.including(plan.preflight.notices if plan.preflight else ()), plan


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetsReply:
    """What a subscription can be switched to."""

    question: SwitchQuestion
    source: SellerSubscription
    #: Users on the source plan now.
    users: int
    #: Of the first plan; its reasons say why where there is no target.
    assessment: Assessment
    #: Of the first plan with a price; None: no plan has one in the organization's currency.
    quote: Quote | None
    targets: tuple[AssessedTarget, ...]
    actor: str


def targets_of(
    tools: Tools, organization_id: str, subscription_id: str, *, rule_set: str, actor: str
) -> TargetsReply:
    """Assess every plan that the rule set offers; a plan without a price is assessed as the others are.

    Raises:
        NotEligible: The subscription was bought from another seller, so that nothing can be quoted.
    """
    with recorded_cloud(tools, organization_id) as cloud:
        source = named_source(cloud, organization_id, subscription_id)
        currency = cloud.billing.profile(organization_id).currency
    offered = [each.plan for each in tools.catalog.offered_targets(source.plan_id, rule_set)]
    plans = offered or [tools.catalog.plan(source.plan_id)]
    priced = next((each for each in plans if each.price_in(currency)), None)
    terms = SwitchTerms(
        organization_id=organization_id,
        source_subscription_id=subscription_id,
        target_plan_id=(priced or plans[0]).plan_id,
        rule_set=rule_set,
    )
    question = SwitchQuestion(terms=terms, is_payment_stated=False)
    # What another seller sold is refused before its price is looked for.
    if priced or source.contract_type == SOLD_ELSEWHERE:
        prepared = ask(tools, question, actor=actor).prepared
        situation = Circumstances(
            question=prepared.question, verdicts=prepared.verdicts, assessment=prepared.assessment
        )
        price: Quote | None = prepared.quote
    else:
        situation, price = _unquoted(tools, question), None
    return TargetsReply(
        question=situation.question,
        source=situation.facts.source,
        users=users_of(situation),
        assessment=situation.assessment,
        quote=price,
        targets=assess_targets(tools.catalog, situation.facts, situation.verdicts),
        actor=actor,
    )


def _unquoted(tools: Tools, question: SwitchQuestion) -> Circumstances:
    """Assess a question that can't be quoted."""
    organization_id, now = question.terms.organization_id, datetime.now(tz=UTC)
    with recorded_cloud(tools, organization_id) as cloud:
        organization = seen_organization(tools.store, organization_id, now=now)
        before = came_from(tools.store, organization, question)
        return circumstances(cloud, organization, tools.catalog, question, now=now, came_from_plan_id=before)


def record_question(
    tools: Tools, question: SwitchQuestion, assessment: Assessment, *, actor: str, reason: str
) -> None:
    """Record in the assessment log what was asked and answered without a quote (switch#assessment)."""
    _record(tools, question, assessment, None, actor=actor, reason=reason)


def record_targets(tools: Tools, reply: TargetsReply, *, reason: str) -> None:
    """Record which targets were asked for in the assessment log (switch#assessment)."""
    quoted = reply.quote.as_facts() if reply.quote else None
    _record(tools, reply.question, reply.assessment, quoted, actor=reply.actor, reason=reason)


def record(
    tools: Tools,
    answer: RulesAnswer,
    *,
    reason: str,
    accepted: bool,
    refused: PlanSwitchError | None = None,
) -> None:
    """Record what was asked and answered in the assessment log (switch#assessment).

    Args:
        tools: What use cases work with.
        answer: The answer of the rules.
        reason: Why somebody asked.
        accepted: Whether the request goes on.
        refused: The error that ends it, or None.
    """
    prepared, origin = answer.prepared, {"actor": answer.actor, "reason": reason}
    quoted = prepared.quote_facts
    _record(
        tools,
        prepared.question,
        prepared.assessment,
        quoted,
        **origin,
        accepted=accepted,
        refused=refused,
    )


def _record(
    tools: Tools,
    question: SwitchQuestion,
    assessment: Assessment,
    quoted: dict[str, Any] | None,
    *,
    actor: str,
    reason: str,
    accepted: bool = False,
    refused: PlanSwitchError | None = None,
) -> None:
    key = str(uuid4())
    meta = Meta(
        switch_id=question.own_switch_id or "",
        organization_id=question.terms.organization_id,
        actor=actor,
        reason=reason,
        causation=f"assessment:{key}",
    )
    tools.store.record_assessment(
        assessed(
            key,
            subject=assessment.as_facts(),
            quote=quoted,
            accepted=accepted,
            at=assessment.at,
            meta=meta,
            refused=refused,
        )
    )


def require_start(tools: Tools, answer: RulesAnswer, acceptance: Acceptance) -> str:
    """Return the digest of the accepted quote, or refuse and record the refusal.

    Raises:
        InvalidInput: No quote was accepted.
        SwitchInProgress: Another switch runs in the organization.
        ProductActOpen: An act on one of its products is not finished.
        NotEligible: The rules block it; every reason is in the details.
        QuoteChanged: The quote is not the one that was accepted.
        RuleViolated: A warning was not acknowledged.
        ReadOnlyAccess: This installation may only read there.
    """
    require_write_access(tools.scopes, answer.prepared.question.terms.organization_id)
    digest = accepted_digest(answer, acceptance)
    try:
        require_acceptable(answer.prepared, digest)
    except NotEligible as error:
        record(tools, answer, reason=acceptance.reason, accepted=False, refused=error)
        raise _in_progress(error) from error
    except (QuoteChanged, RuleViolated) as error:
        record(tools, answer, reason=acceptance.reason, accepted=False, refused=error)
        raise
    return digest


def accepted_digest(answer: RulesAnswer, acceptance: Acceptance) -> str:
    """Return the digest of the quote that was accepted.

    Raises:
        InvalidInput: None was, or the request names a subscription that an automatic switch can't take.
    """
    if acceptance.quote_digest is None and not acceptance.accept:
        raise InvalidInput(
            field="quote_digest",
            value=None,
            allowed="the digest of the quote that was accepted",
            remedy="Ask for a quote, then send its digest; or send `accept: true` to take today's.",
        )
    terms = answer.prepared.question.terms
    named = answer.prepared.question.target_subscription_id
    if named is not None and terms.mode != MANUAL and not terms.licenses_only:
        raise InvalidInput(
            field="target_subscription_id",
            value=named,
            allowed="nothing in an automatic switch",
            remedy="An automatic switch orders its own; a quote may name one for the manual path.",
        )
    return acceptance.quote_digest or answer.prepared.quote.digest


def order_of(
    terms: SwitchTerms, accepted: Quote, *, switch_id: str, request_id: str, actor: str, reason: str
) -> SwitchOrder:
    """Return the order of terms by an accepted quote."""
    return SwitchOrder(
        **carried(SwitchTerms, terms),
        switch_id=switch_id,
        request_id=request_id,
        quote_digest=accepted.digest,
        quoted_on=accepted.input.quoted_on.isoformat(),
        catalog_version=accepted.input.price_list_version,
        actor=actor,
        reason=reason,
    )


def _in_progress(error: NotEligible) -> NotEligible | SwitchInProgress | ProductActOpen:
    """Return a conflict if only another switch, or an act on a product, blocks this one."""
    reasons = error.details["reasons"]
    if any(reason.code != IN_PROGRESS for reason in reasons):
        return error
    if all(reason.wording in {ACT_OPEN, ACT_HELD} for reason in reasons):
        return ProductActOpen(error.message, remedy=error.remedy, reasons=reasons)
    return SwitchInProgress(error.message, remedy=error.remedy, reasons=reasons)


def only_plan(tools: Tools, cloud: Cloud, organization_id: str) -> str:
    """Return the only active subscription that is of a plan; add-ons and other products do not count.

    Raises:
        UnknownSubscription: It is not clear which subscription is meant.
        SwitchInProgress: A switch runs, which has two plans active for a while.
    """
    subscriptions, purchases = subscriptions_and_purchases(cloud, organization_id)
    plans = [each for each in subscriptions if each.status == ACTIVE and _is_plan(tools, each)]
    if len(plans) == 1:
        return plans[0].subscription_id
    listed = sold_elsewhere(subscriptions, purchases)
    others = [each for each in listed if each.status == ACTIVE and _is_plan(tools, each)]
    if not plans and len(others) == 1:
        # The rules refuse it, and say to whom to turn.
        return others[0].subscription_id
    organization = seen_organization(tools.store, organization_id, now=datetime.now(tz=UTC))
    if organization is not None and organization.live_switch is not None:
        # A running switch has two plans active for a while; naming one would not help.
        raise switch_in_progress(organization.live_switch)
    choices = [f"{each.subscription_id} ({each.plan_name})" for each in plans]
    choices += [f"{each.subscription_id} ({each.plan_name}, of another seller)" for each in others]
    shown = ", ".join(choices) or "none"
    raise UnknownSubscription(
        f"Which subscription is meant? Active plans of organization {organization_id}: {shown}.",
        remedy="Name one with `--subscription`.",
    )


def _is_plan(tools: Tools, subscription: SellerSubscription) -> bool:
    known = {plan.plan_id: plan.kind for plan in tools.catalog.plans}
    # A product that the catalog does not know may be a plan: better asked than passed over.
    return known.get(subscription.plan_id, PLAN) in {PLAN, UNKNOWN}
