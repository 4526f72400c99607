"""What the API answers: plans, assessments, quotes, subscriptions, checkouts, and what calls for somebody."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from activities.assessment.preparation import Prepared
from console.models.base import view_of
from console.models.catalog import Comparison, PlanDetail, PlanSummary, SubscriptionAnswer
from console.models.checkouts import (
    AcknowledgmentsSection,
    CheckoutAnswer,
    CheckoutLine,
    CheckoutRefusal,
    CheckoutSections,
    DomainAnswer,
    DomainsSection,
    EditAnswer,
    ItemsSection,
    MissingAcknowledgment,
    PaymentSection,
    TermSection,
)
from console.models.quotes import (
    AssessmentAnswer,
    FindingAnswer,
    ForfeitureAnswer,
    OverlapAnswer,
    OwnedTargetAnswer,
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
from domain.catalog.addons import AddonFate, addon_fates
from domain.catalog.catalog import PRICE_REMEDY, Catalog, UnknownPlan
from domain.catalog.plans import (
    Plan,
    PriceComparison,
    compare_plans,
    compare_prices,
    data_services_lowered,
    direction_of,
    kind_of,
    service_names,
)
from domain.eligibility.eligibility import AssessedTarget, Assessment
from domain.kernel.awaited import next_look
from domain.kernel.errors import InvalidInput
from domain.kernel.money import Money
from domain.licenses.license_failures import VendorWords
from domain.licenses.preflight import Preflight
from domain.operator.alarms import ALARMS
from domain.operator.completion_notice import CompletionNotice, completion_notice
from domain.organizations.custom_domains import own_domains
from domain.periods.next_term import KEEP
from domain.ports.seller_port import BILLED_TO, SOLD_TO, SellerSubscription
from domain.quote.overlap import OVERLAP
from domain.quote.quote import Quote, right_sizing
from domain.quote.quote_input import FORFEITURE
from domain.reasons.findings import ACKNOWLEDGED, BACKUP_GUIDE, Finding
from domain.reasons.phrases import spoken_figures
from domain.reasons.reasons import AUTOMATIC, LICENSES_ONLY, MANUAL, Reason, names_support
from domain.requests.checkout import warnings_in
from domain.requests.schedule import WITHOUT_FORFEITURE
from domain.requests.switch_plan import SwitchPlan
from domain.requests.terms import domains_in
from domain.requests.wait_terms import WaitTerms
from domain.switch.stage import Stage
from projections.reads.organization_names import OrganizationNames
from projections.reads.shown_rows import DraftRow, SwitchRow, instant_text
from services.assessment.owned_targets import OwnedTarget
from services.checkouts.checkouts import CheckoutSight


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


def unread_notice(catalog: Catalog, row: SwitchRow) -> CompletionNotice | None:
    """Return the notice of a completed switch; None: it has not completed, or somebody has read it."""
    if row.outcome != Stage.COMPLETED or row.notice_read_at is not None:
        return None
    return completion_notice(
        row.switch_id,
        moved=row.moved,
        skipped=row.skipped,
        source_plan=plan_name(catalog, row.source_plan_id),
        target_plan=plan_name(catalog, row.target_plan_id),
    )


def comparison(catalog: Catalog, source: Plan, target: Plan, *, currency: str | None = None) -> Comparison:
    """Return what users gain and lose between two plans (switch#services), and what both cost.

    Args:
        catalog: The version that has them.
        source: The plan to switch from.
        target: The plan to switch to.
        currency: Only prices in this one; None: in all.

    Raises:
        InvalidInput: Neither plan has a price in the currency.
    """
    return Comparison(
        catalog_version=catalog.version,
        source=plan_summary(source),
        target=plan_summary(target),
        direction=direction_of(source, target).value,
        kind=kind_of(source, target).value,
        services=compare_plans(source, target),
        service_names=service_names(source, target),
        data_services_lowered=data_services_lowered(source, target),
        prices=_prices_in(currency, compare_prices(source, target)),
        is_offered=catalog.is_offered(source.plan_id, target.plan_id, "current"),
        is_offered_2014=catalog.offered_2014(source.plan_id, target.plan_id),
    )


def _prices_in(currency: str | None, prices: tuple[PriceComparison, ...]) -> tuple[PriceComparison, ...]:
    matches = tuple(each for each in prices if currency in {None, each.currency})
    if currency is not None and not matches:
        allowed = ", ".join(each.currency for each in prices) or "none, since neither plan has a price"
        raise InvalidInput(field="currency", value=currency, allowed=allowed, remedy=PRICE_REMEDY)
    return matches


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
        eligible={way: not answer.blocking(way) for way in _ways(answer)},
        service_names=_names_of_services(catalog, answer),
        reasons=tuple(reason_answer(reason, support_contact) for reason in answer.reasons),
    )


def _names_of_services(catalog: Catalog, answer: Assessment) -> dict[str, str]:
    """Return the vendor's names of the services that a switch changes."""
    source, target = (
        catalog.plan(each) for each in (answer.input.source.plan_id, answer.input.target_plan_id)
    )
    names = service_names(source, target)
    changed = {*answer.services_gained, *answer.services_lost}
    return {service: name for service, name in names.items() if service in changed}


def _ways(answer: Assessment) -> tuple[str, ...]:
    """Return the ways that an assessment tells of."""
    return (LICENSES_ONLY,) if answer.input.licenses_only else (AUTOMATIC, MANUAL)


def target(catalog: Catalog, each: AssessedTarget, support_contact: str) -> TargetAnswer:
    """Return one plan to switch to, and why it stands where it stands in the list."""
    return TargetAnswer(**dict(assessment(catalog, each.assessment, support_contact)), reason=each.reason)


def owned_target(catalog: Catalog, each: OwnedTarget, support_contact: str) -> OwnedTargetAnswer:
    """Return one subscription that is owned, and whether licenses could move to it."""
    return OwnedTargetAnswer(
        **dict(assessment(catalog, each.assessment, support_contact)),
        subscription_id=each.purchase.subscription_id,
        directory_id=each.purchase.directory_id,
        status=each.purchase.status,
        free=each.free,
        users=each.users,
    )


def _name(names: OrganizationNames | None, organization_id: str) -> str:
    return names.names_of([organization_id]).get(organization_id, "") if names else ""


def quoted(
    catalog: Catalog, prepared: Prepared, support_contact: str, names: OrganizationNames | None = None
) -> QuotedQuestion:
    """Return assessment and quote of one question.

    Args:
        catalog: Where plans have their names.
        prepared: The answer to the question.
        support_contact: Whom a remedy sends to; "" where nobody is named.
        names: Tell the organization's name where billing is not asked; None: nobody does.
    """
    source, terms = prepared.source, prepared.question.terms
    priced = quote_answer(prepared.quote, terms.acknowledgments)
    sizing = right_sizing(prepared.quote, users=prepared.users)
    return QuotedQuestion(
        organization_id=terms.organization_id,
        organization=prepared.profile.display_name or _name(names, terms.organization_id),
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
        mode=terms.mode,
        licenses_only=terms.licenses_only,
        target_subscription_id=terms.target_subscription_id or "",
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
    """Return a reason as the API answers it, with the support contact where the remedy says support."""
    support = SupportContact(contact=support_contact) if names_support(reason.remedy) else None
    return view_of(ReasonAnswer, reason, evidence=spoken_figures(reason.evidence), support=support)


def finding_answer(finding: Finding) -> FindingAnswer:
    """Return a finding as the API answers it, with the link to its explanation."""
    return view_of(FindingAnswer, finding, details=spoken_figures(finding.details))


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


def checkout_view(
    catalog: Catalog, sight: CheckoutSight, support_contact: str, words: VendorWords
) -> CheckoutAnswer:
    """Return a draft with the plan of its switch, or what was ordered by it."""
    checkout, prepared = sight.checkout, sight.answer.prepared if sight.answer else None
    code, message = checkout.refusal
    return view_of(
        CheckoutAnswer,
        checkout,
        source_subscription_id=checkout.terms.source_subscription_id or "",
        status=checkout.state,
        switch_id=checkout.placed.switch_id if checkout.placed else None,
        sections=_sections(catalog, sight),
        total_minor_units=checkout.priced.days[0].total.minor_units,
        total=str(checkout.priced.days[0].total),
        quote=quote_answer(checkout.priced, checkout.terms.acknowledgments),
        is_quote_current=sight.is_quote_current,
        parties_changed=sight.parties_changed,
        is_orderable=_is_orderable(sight),
        quoted=quoted(catalog, prepared, support_contact) if prepared else None,
        plan=switch_plan(sight.plan, words) if sight.plan else None,
        edits=tuple(view_of(EditAnswer, each, at=instant_text(each.at)) for each in checkout.edits),
        refusal=CheckoutRefusal(code=code, message=message),
    )


def checkout_line(catalog: Catalog, row: DraftRow) -> CheckoutLine:
    """Return a draft as a list shows it: the read model's row with the name of the plan and the total."""
    total = Money(minor_units=row.total, currency=row.currency)
    return view_of(
        CheckoutLine,
        row,
        total=str(total),
        total_minor_units=row.total,
        target_plan=plan_name(catalog, row.target_plan_id),
    )


def _sections(catalog: Catalog, sight: CheckoutSight) -> CheckoutSections:
    checkout, terms = sight.checkout, sight.checkout.terms
    priced = checkout.priced.input
    parties = {role: dict(party.fields) for role, party in sight.parties.items()}
    return CheckoutSections(
        sold_to=parties.get(SOLD_TO),
        billed_to=parties.get(BILLED_TO),
        payment=PaymentSection(payment_method=terms.payment_method, credit_check=checkout.credit_check),
        items=ItemsSection(
            target_plan_id=terms.target_plan_id,
            target_plan=plan_name(catalog, terms.target_plan_id),
            quantity=priced.quantity_target,
            unit_price=priced.target_unit_price,
            service_settings=terms.service_settings or "",
            add_ons=_addons(catalog, sight),
        ),
        term=TermSection(
            term=terms.term or (sight.answer.prepared.source.term if sight.answer else ""),
            billing_cycle=priced.billing_cycle,
            auto_renew=terms.auto_renew if terms.auto_renew != KEEP else None,
        ),
        domains=_domains(sight),
        acknowledgments=_acknowledgments(sight),
    )


def _addons(catalog: Catalog, sight: CheckoutSight) -> tuple[AddonFate, ...]:
    """Return what becomes of each add-on; what is carried stands in the cart (rules#addon_incompatible)."""
    if sight.answer is None:
        return ()
    facts = sight.answer.prepared.assessment.input
    target = catalog.plan(facts.target_plan_id)
    return addon_fates(catalog, facts.source, facts.subscriptions, target)


def _domains(sight: CheckoutSight) -> DomainsSection:
    """Return the custom domains; one that serves the public website must be confirmed as changed first."""
    confirmed = domains_in(sight.checkout.terms.acknowledgments)
    listed = own_domains(sight.answer.prepared.profile.custom_domains) if sight.answer else confirmed
    return DomainsSection(
        confirmed=tuple(confirmed),
        domains=tuple(DomainAnswer(domain=each, is_confirmed=each.lower() in confirmed) for each in listed),
    )


def _acknowledgments(sight: CheckoutSight) -> AcknowledgmentsSection:
    confirmed = warnings_in(sight.checkout.terms)
    missing = list(sight.answer.prepared.assessment.acknowledgments_missing) if sight.answer else []
    forfeiture = sight.checkout.priced.forfeiture
    if sight.answer and forfeiture and forfeiture.at_most.minor_units and FORFEITURE not in confirmed:
        missing.append(FORFEITURE)
    return AcknowledgmentsSection(
        confirmed=tuple(confirmed),
        missing=tuple(
            MissingAcknowledgment(name=name, confirms=ACKNOWLEDGED.get(name, name)) for name in missing
        ),
        backup_guide=BACKUP_GUIDE,
    )


def _is_orderable(sight: CheckoutSight) -> bool:
    """Return whether an order of what is shown would be taken now."""
    if sight.answer is None or sight.parties_changed or not sight.is_quote_current:
        return False
    prepared = sight.answer.prepared
    is_confirmed = not _acknowledgments(sight).missing
    return is_confirmed and prepared.assessment.is_eligible and not prepared.is_expired
