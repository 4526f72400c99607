"""Asking the rules: the same assessment and quote that the workflow computes again before the order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from activities.assessment.circumstances import named_source, sold_elsewhere
from activities.assessment.pilot import planned_pilot
from activities.assessment.preparation import ACTIVE, Prepared, SwitchQuestion, came_from, prepare
from activities.assessment.preview import preview
from activities.request.eligibility import require_acceptable
from activities.request.holders import seen_organization
from console.access.dependencies import ConsoleDependencies
from console.switches.bodies import QuoteBody, SwitchBody
from domain.catalog.plans import UNKNOWN
from domain.eligibility.assessment import assessed
from domain.eligibility.eligibility import Assessment
from domain.eligibility.targets import AssessedTarget, assess_targets
from domain.kernel.errors import (
    InvalidInput,
    NotEligible,
    SwitchInProgress,
    UnknownSubscription,
)
from domain.kernel.ids import switch_id_of
from domain.kernel.recorded import Meta
from domain.licenses.pilot import PlannedPilot, require_pilot_fits
from domain.organizations.custom_domains import require_own_domains
from domain.organizations.organization import switch_in_progress
from domain.ports.cloud import Cloud, SellerSubscription
from domain.reasons.findings import Finding
from domain.requests.checkout_terms import DOMAIN_PREFIX
from domain.requests.plan import SwitchPlan
from services.base.recorded_cloud import recorded_cloud

IN_PROGRESS = "SWITCH_IN_PROGRESS"
PLAN = "plan"
QUOTED_ON = "quoted_on"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """An answer of the rules, and who asked."""

    prepared: Prepared
    actor: str
    #: Who moves first; None: everybody at once.
    pilot: PlannedPilot | None = None

    def including(self, findings: Iterable[Finding]) -> Asked:
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

    def require_acknowledged_domains(self, names: Iterable[str]) -> None:
        """Refuse acknowledgments of domains that the organization does not have.

        Args:
            names: What was acknowledged; a domain stands behind its prefix.

        Raises:
            InvalidInput: A domain is not among the organization's own.
        """
        given = (each for each in names if each.startswith(DOMAIN_PREFIX))
        self.require_domains((each.removeprefix(DOMAIN_PREFIX) for each in given), field="acknowledgments")


def ask(console: ConsoleDependencies, body: QuoteBody, *, actor: str, own_switch_id: str | None) -> Asked:
    """Assess and quote; the provider calls are recorded, nothing else is.

    Args:
        console: Store, cloud and catalog.
        body: The question.
        actor: Who asks.
        own_switch_id: The switch whose own locks do not count.

    Raises:
        UnknownPlan: No plan is called so.
        UnknownOrganization: The cloud does not know it.
        UnknownSubscription: It is not clear which subscription is meant.
        SwitchInProgress: A switch runs, and no subscription was named.
        InvalidInput: A field is out of its range, or nobody of the pilot's group can move first.
    """
    target = console.catalog.find(body.target_plan)
    with recorded_cloud(console, body.organization_id) as cloud:
        source = body.source_subscription_id or _only_plan(console, cloud, body.organization_id)
        question = _question(body, source, target.plan_id, own_switch_id)
        now = datetime.now(tz=UTC)
        organization = seen_organization(console.store, body.organization_id, now=now)
        try:
            prepared = prepare(
                cloud,
                organization,
                console.catalog,
                question,
                now=now,
                came_from_plan_id=came_from(console.store, organization, question),
            )
        except NotEligible as error:
            _record(console, question, error.details["assessment"], None, actor=actor, reason="no quote")
            raise
        _require_days(prepared)
        require_pilot_fits(body.pilot, prepared.users)
        pilot = planned_pilot(cloud, prepared)
    return Asked(prepared=prepared, actor=actor, pilot=pilot)


def _require_days(prepared: Prepared) -> None:
    """Refuse a day of which nothing is billed any more: its quote has no day on which it could complete.

    Raises:
        InvalidInput: The quoted day lies before the period that is billed now.
    """
    if not prepared.quote.days:
        terms = prepared.quote.input
        allowed = f"{terms.billed.period_start_on} or later, as the period that is billed began then"
        raise InvalidInput(field=QUOTED_ON, value=terms.quoted_on, allowed=allowed)


def planned(console: ConsoleDependencies, asked: Asked) -> tuple[Asked, SwitchPlan]:
    """Return the whole plan of the switch that was asked about; the users' settings are read for it.

    The answer comes back with what that look found.
    """
    with recorded_cloud(console, asked.prepared.question.organization_id) as cloud:
        plan = preview(cloud, console.catalog, asked.prepared, asked.pilot)
    return asked.including(plan.preflight.notices if plan.preflight else ()), plan


def targets_of(
    console: ConsoleDependencies, organization_id: str, subscription_id: str, *, rule_set: str, actor: str
) -> tuple[Asked, tuple[AssessedTarget, ...]]:
    """Assess every plan that the rule set offers; the first answer is about the subscription itself.

    Raises:
        NotEligible: The subscription was bought from another seller, so that nothing can be quoted.
    """
    body = QuoteBody(
        organization_id=organization_id,
        source_subscription_id=subscription_id,
        target_plan=_first_target(console, organization_id, subscription_id, rule_set),
        rule_set=rule_set,
    )
    asked = ask(console, body, actor=actor, own_switch_id=None)
    facts = asked.prepared.assessment.input
    return asked, assess_targets(console.catalog, facts, asked.prepared.verdicts)


def _first_target(
    console: ConsoleDependencies, organization_id: str, subscription_id: str, rule_set: str
) -> str:
    """Return the plan that is offered first, or the plan itself where none is."""
    with recorded_cloud(console, organization_id) as cloud:
        source = named_source(cloud, organization_id, subscription_id)
    offered = console.catalog.offered_targets(source.plan_id, rule_set)
    return offered[0].plan.plan_id if offered else source.plan_id


def record(console: ConsoleDependencies, asked: Asked, *, reason: str, accepted: bool) -> None:
    """Record what was asked and answered in the assessment log (switch#assessment)."""
    prepared = asked.prepared
    quoted = prepared.quote.as_facts()
    question, answer = prepared.question, prepared.assessment
    _record(console, question, answer, quoted, actor=asked.actor, reason=reason, accepted=accepted)


def _record(
    console: ConsoleDependencies,
    question: SwitchQuestion,
    assessment: Assessment,
    quoted: dict[str, Any] | None,
    *,
    actor: str,
    reason: str,
    accepted: bool = False,
) -> None:
    key = str(uuid4())
    meta = Meta(
        switch_id=question.own_switch_id or "",
        organization_id=question.organization_id,
        actor=actor,
        reason=reason,
        causation=f"assessment:{key}",
    )
    console.store.record_assessment(
        assessed(
            key,
            organization_id=question.organization_id,
            subject=assessment.as_facts(),
            quote=quoted,
            accepted=accepted,
            at=assessment.at,
            meta=meta,
        )
    )


def require_start(console: ConsoleDependencies, asked: Asked, body: SwitchBody) -> str:
    """Return the digest of the accepted quote, or refuse and record the refusal.

    Raises:
        InvalidInput: No quote was accepted.
        SwitchInProgress: Another switch runs in the organization.
        NotEligible: The rules block it; every reason is in the details.
        QuoteChanged: The quote is not the one that was accepted.
        RuleViolated: A warning was not acknowledged.
    """
    digest = accepted_digest(asked, body)
    try:
        require_acceptable(asked.prepared, digest)
    except NotEligible as error:
        record(console, asked, reason=body.reason, accepted=False)
        raise _in_progress(error) from error
    return digest


def accepted_digest(asked: Asked, body: SwitchBody) -> str:
    """Return the digest of the quote that was accepted.

    Raises:
        InvalidInput: None was, or the request names a subscription that an automatic switch can't take.
    """
    if body.quote_digest is None and not body.accept:
        raise InvalidInput(
            field="quote_digest",
            value=None,
            allowed="the digest of the quote that was accepted",
            remedy="Ask for a quote, then send its digest; or send `accept: true` to take today's.",
        )
    if body.target_subscription_id is not None:
        raise InvalidInput(
            field="target_subscription_id",
            value=body.target_subscription_id,
            allowed="nothing in an automatic switch",
            remedy="An automatic switch orders its own; a quote may name one for the manual path.",
        )
    return body.quote_digest or asked.prepared.quote.digest


def switch_id_for(body: SwitchBody) -> str:
    """Return the id of the switch that a request leads to."""
    return switch_id_of(body.organization_id, body.request_id)


def _in_progress(error: NotEligible) -> NotEligible | SwitchInProgress:
    """Return a conflict when all that stands in the way is another switch."""
    reasons = error.details["reasons"]
    if any(reason.code != IN_PROGRESS for reason in reasons):
        return error
    return SwitchInProgress(error.message, remedy=error.remedy, reasons=reasons)


def _only_plan(console: ConsoleDependencies, cloud: Cloud, organization_id: str) -> str:
    """Return the only active subscription that is of a plan; add-ons and other products do not count."""
    subscriptions = cloud.seller.subscriptions(organization_id)
    plans = [each for each in subscriptions if each.status == ACTIVE and _is_plan(console, each)]
    if len(plans) == 1:
        return plans[0].subscription_id
    listed = sold_elsewhere(subscriptions, cloud.inquiries.purchases(organization_id))
    others = [each for each in listed if each.status == ACTIVE and _is_plan(console, each)]
    if not plans and len(others) == 1:
        # The rules refuse it, and say to whom to turn.
        return others[0].subscription_id
    organization = seen_organization(console.store, organization_id, now=datetime.now(tz=UTC))
    if organization is not None and organization.live_switch is not None:
        # A running switch has two plans active for a while; naming one would not help.
        raise switch_in_progress(organization.live_switch)
    told = [f"{each.subscription_id} ({each.plan_name})" for each in plans]
    told += [f"{each.subscription_id} ({each.plan_name}, of another seller)" for each in others]
    shown = ", ".join(told) or "none"
    raise UnknownSubscription(
        f"Which subscription is meant? Active plans of organization {organization_id}: {shown}.",
        remedy="Name one with `--subscription`.",
    )


def _is_plan(console: ConsoleDependencies, subscription: SellerSubscription) -> bool:
    known = {plan.plan_id: plan.kind for plan in console.catalog.plans}
    # A product that the catalog does not know may be a plan: better asked than passed over.
    return known.get(subscription.plan_id, PLAN) in {PLAN, UNKNOWN}


def _question(
    body: QuoteBody, source_subscription_id: str, target_plan_id: str, own_switch_id: str | None
) -> SwitchQuestion:
    return SwitchQuestion(
        organization_id=body.organization_id,
        source_subscription_id=source_subscription_id,
        target_plan_id=target_plan_id,
        quantity=body.quantity,
        mode=body.mode,
        service_settings=body.service_settings,
        payment_method=body.payment_method,
        term=body.term,
        billing_cycle=body.billing_cycle,
        rule_set=body.rule_set,
        policy=body.policy,
        quoted_on=body.quoted_on,
        acknowledgments=body.confirmed,
        caller=body.caller,
        caller_role=body.caller_role,
        target_subscription_id=body.target_subscription_id or "",
        own_switch_id=own_switch_id,
        start_on=body.start_on or "",
        pilot=body.pilot,
        pilot_group_id=body.pilot_group_id,
        auto_renew=body.auto_renew,
    )
