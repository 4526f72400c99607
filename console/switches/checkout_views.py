"""A checkout as JSON: every section as it would be ordered, the quote, and what blocks the order."""

from __future__ import annotations

from console.models.base import view_of
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
from console.switches import views
from domain.catalog.addons import AddonFate, addon_fates
from domain.catalog.catalog import Catalog
from domain.kernel.money import Money
from domain.organizations.custom_domains import own_domains
from domain.periods.carry_over import KEEP
from domain.ports.party_port import BILLED_TO, SOLD_TO
from domain.quote.prepaid import FORFEITURE
from domain.reasons.acknowledgments import ACKNOWLEDGED, BACKUP_GUIDE
from domain.requests.checkout_terms import warnings_in
from domain.requests.terms import domains_in
from projections.reads.shown_rows import DraftRow, instant_text
from services.checkouts.checkouts import CheckoutSight


def checkout_view(catalog: Catalog, sight: CheckoutSight, support_contact: str) -> CheckoutAnswer:
    """Return a draft, or what was ordered by it."""
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
        quote=views.quote_answer(checkout.priced, checkout.terms.acknowledgments),
        is_quote_current=sight.is_quote_current,
        parties_changed=sight.parties_changed,
        is_orderable=_is_orderable(sight),
        quoted=views.quoted(catalog, prepared, support_contact) if prepared else None,
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
        target_plan=views.plan_name(catalog, row.target_plan_id),
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
            target_plan=views.plan_name(catalog, terms.target_plan_id),
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
