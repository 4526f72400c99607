"""What the API answers: plans, assessments, quotes, subscriptions, and what calls for somebody, as JSON."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from activities.assessment.preparation import Prepared
from console.models.base import view_of
from console.models.catalog import Comparison, PlanDetail, PlanSummary, SubscriptionAnswer
from console.models.quotes import (
    AssessmentAnswer,
    FindingAnswer,
    ForfeitureAnswer,
    OverlapAnswer,
    PlannedLine,
    PreflightAnswer,
    PreflightPoint,
    QuoteAnswer,
    QuotedDay,
    QuotedQuestion,
    ReasonAnswer,
    RightSizingAnswer,
    ScheduledQuote,
    SwitchPlanAnswer,
    TargetAnswer,
    WaitAnswer,
)
from console.models.switches import AttentionAnswer
from console.models.system import SupportContact
from domain.catalog.catalog import Catalog, Plan, UnknownPlan
from domain.eligibility.eligibility import Assessment
from domain.eligibility.targets import AssessedTarget
from domain.kernel.awaited import next_look
from domain.kernel.facts import as_plain
from domain.licenses.preflight import Preflight
from domain.licenses.vendor_words import VendorWords
from domain.operator.alarms import ALARMS
from domain.ports.cloud import SellerSubscription
from domain.quote.overlap import OVERLAP
from domain.quote.prepaid import FORFEITURE
from domain.quote.quote import Quote
from domain.quote.right_sizing import right_sizing
from domain.reasons.findings import Finding
from domain.reasons.reasons import AUTOMATIC, MANUAL, Reason, names_support
from domain.requests.schedule import WITHOUT_FORFEITURE
from domain.requests.switch_plan import SwitchPlan
from domain.requests.wait_events import WaitTerms
from projections.reads.shown_rows import SwitchRow, instant_text


def plan_summary(plan: Plan) -> PlanSummary:
    """Return a plan as a list shows it."""
    return view_of(PlanSummary, plan, part_number=plan.product_code)


def plan_detail(plan: Plan) -> PlanDetail:
    """Return a plan with its services."""
    return view_of(PlanDetail, plan, part_number=plan.product_code, services=plan.service_plans)


def plan_name(catalog: Catalog, plan_id: str) -> str:
    """Return the name that people use for a plan, or its id when the catalog does not have it."""
    try:
        return catalog.plan(plan_id).name
    except UnknownPlan:
        return plan_id


def comparison(catalog: Catalog, source: Plan, target: Plan) -> Comparison:
    """Return what users gain and lose between two plans (switch#services)."""
    return Comparison(
        catalog_version=catalog.version,
        source=plan_summary(source),
        target=plan_summary(target),
        direction=catalog.direction(source.plan_id, target.plan_id).value,
        kind=catalog.kind(source.plan_id, target.plan_id).value,
        services=catalog.compare(source.plan_id, target.plan_id),
        data_services_lowered=catalog.data_services_lowered(source.plan_id, target.plan_id),
        is_offered=catalog.is_offered(source.plan_id, target.plan_id, "current"),
        is_offered_2014=catalog.offered_2014(source.plan_id, target.plan_id),
    )


def subscription(catalog: Catalog, each: SellerSubscription) -> SubscriptionAnswer:
    """Return a subscription with the catalog's name of its plan."""
    return view_of(
        SubscriptionAnswer,
        each,
        suspension_reasons=each.suspension_reasons or None,
        friendly_name=each.friendly_name or None,
        plan=plan_name(catalog, each.plan_id),
    )


def assessment(catalog: Catalog, answer: Assessment, support_contact: str) -> AssessmentAnswer:
    """Return an assessment without its inputs, which are in the record."""
    target_plan_id = answer.input.target_plan_id
    return view_of(
        AssessmentAnswer,
        answer,
        target_plan_id=target_plan_id,
        target_plan=plan_name(catalog, target_plan_id),
        eligible={mode: not answer.blocking(mode) for mode in (AUTOMATIC, MANUAL)},
        reasons=tuple(reason_answer(reason, support_contact) for reason in answer.reasons),
    )


def target(catalog: Catalog, each: AssessedTarget, support_contact: str) -> TargetAnswer:
    """Return one plan to switch to, and why it stands where it stands in the list."""
    return TargetAnswer(**dict(assessment(catalog, each.assessment, support_contact)), reason=each.reason)


def quoted(catalog: Catalog, prepared: Prepared, support_contact: str) -> QuotedQuestion:
    """Return assessment and quote of one question."""
    source, terms = prepared.source, prepared.question.terms
    priced = quote_answer(prepared.quote, terms.acknowledgments)
    sizing = right_sizing(prepared.quote, users=prepared.users)
    return QuotedQuestion(
        organization_id=terms.organization_id,
        organization=prepared.profile.display_name,
        source_subscription_id=source.subscription_id,
        source_plan_id=source.plan_id,
        source_plan=plan_name(catalog, source.plan_id),
        quantity=prepared.quantity,
        users=prepared.users,
        service_settings=prepared.service_settings,
        payment_method=terms.payment_method,
        credit_check="may_be_required" if prepared.may_need_credit_check else "not_expected",
        assessment=assessment(catalog, prepared.assessment, support_contact),
        findings=tuple(finding_answer(each) for each in prepared.assessment.findings),
        quote=ScheduledQuote(**dict(priced), start_on=prepared.start_on),
        right_sizing=view_of(RightSizingAnswer, sizing) if sizing else None,
    )


def switch_plan(plan: SwitchPlan, words: VendorWords) -> SwitchPlanAnswer:
    """Return the whole plan of a switch; a line of money tells its direction."""
    money = tuple(view_of(PlannedLine, each.line, direction=each.direction) for each in plan.money)
    preflight = _preflight(plan.preflight, words) if plan.preflight else None
    return view_of(SwitchPlanAnswer, plan, money=money, preflight=preflight)


def _preflight(preflight: Preflight, words: VendorWords) -> PreflightAnswer:
    findings = (
        view_of(PreflightPoint, each, vendor_code=words.word_of(each.code)) for each in preflight.findings
    )
    return view_of(PreflightAnswer, preflight, findings=tuple(findings))


def quote_answer(priced: Quote, acknowledgments: Collection[str] = ()) -> QuoteAnswer:
    """Return a quote with its table by day; the first day's total is the total."""
    today = priced.days[0]
    return view_of(
        QuoteAnswer,
        priced.input,
        digest=priced.digest,
        total_minor_units=today.total.minor_units,
        total=str(today.total),
        forfeiture=_forfeiture(priced, acknowledgments),
        overlap=view_of(OverlapAnswer, priced.overlap, acknowledgment=OVERLAP) if priced.overlap else None,
        days=tuple(view_of(QuotedDay, day, told=day.remarks) for day in priced.days),
    )


def _forfeiture(priced: Quote, acknowledgments: Collection[str]) -> ForfeitureAnswer | None:
    """Return what is lost of a prepaid value; null where nothing is."""
    forfeiture = priced.forfeiture
    if forfeiture is None or not forfeiture.at_most.minor_units:
        return None
    is_accepted = FORFEITURE in acknowledgments
    return view_of(ForfeitureAnswer, forfeiture, start_on=WITHOUT_FORFEITURE, is_accepted=is_accepted)


def wait_answer(terms: WaitTerms) -> WaitAnswer:
    """Return what is accepted by waiting."""
    return view_of(
        WaitAnswer,
        terms,
        until=instant_text(terms.until),
        not_before=instant_text(terms.not_before) if terms.not_before else None,
        currency=terms.total_at_most.currency,
    )


def reason_answer(reason: Reason, support_contact: str) -> ReasonAnswer:
    """Return a reason as the API answers it; whom support is, is told where the remedy says support."""
    support = SupportContact(contact=support_contact) if names_support(reason.remedy) else None
    return view_of(ReasonAnswer, reason, evidence=as_plain(reason.evidence), support=support)


def finding_answer(finding: Finding) -> FindingAnswer:
    """Return a finding as the API answers it, with the link to its explanation."""
    return view_of(FindingAnswer, finding, details=as_plain(finding.details))


def attention_of(row: SwitchRow) -> tuple[AttentionAnswer, ...]:
    """Return the open alarms of a row of the board in words, the oldest first."""
    switch = row.switch_id[:8]
    return tuple(
        AttentionAnswer(
            alarm=name,
            what=ALARMS[name].what,
            what_to_do=ALARMS[name].what_to_do.replace("SWITCH", switch),
        )
        for name in row.alarms
        if name in ALARMS
    )


def looks_of(row: SwitchRow, *, now: datetime | None = None) -> tuple[str | None, bool]:
    """Tell when a row's wait is looked at next, as of `now`, and whether it is soon and not exactly known."""
    noted = row.looks_at
    if noted is None:
        return None, False
    at = next_look(
        datetime.fromisoformat(noted),
        every_seconds=row.looks_every_seconds,
        now=now or datetime.now(tz=UTC),
    )
    return instant_text(at) if at else noted, at is None
