"""Answers about products, from what the use cases read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from console.models.base import view_of
from console.models.products import (
    ActAnswer,
    ActPreview,
    ActTermsAnswer,
    ProductAnswer,
    ProductLicenses,
    ProductsAnswer,
    ProductSwitch,
)
from console.switches import views
from domain.catalog.catalog import Catalog
from domain.kernel.money import Money
from domain.operator.completion_notice import READ_NOTICE
from domain.ports.product_port import ProductAct
from domain.products.act_terms import ActTerms
from domain.products.product_acts import DONE, OPEN, ActQuestion, ProductActState
from domain.products.product_notices import TELLS, ProductNotice
from domain.products.product_status import LicenseFigures
from projections.reads.shown_rows import SwitchRow
from services.products.carrying import ActProgress
from services.products.product_list import OwnedProduct, OwnedProducts

#: Acts and invoices that a list shows; each is kept for ever.
SHOWN_MAX = 50


def products_answer(catalog: Catalog, owned: OwnedProducts) -> ProductsAnswer:
    """Return everything that an organization owns."""
    profile = owned.profile
    names = plan_names(owned)
    return ProductsAnswer(
        organization_id=profile.organization_id,
        organization=profile.display_name,
        products=tuple(product_answer(catalog, each) for each in owned.products),
        health=owned.health,
        balance_due=str(owned.statement.balance_due),
        balance_due_minor_units=owned.statement.balance_due.minor_units,
        invoices=tuple(owned.statement.invoices[:SHOWN_MAX]),
        capabilities=owned.capabilities,
        locked_by=owned.lock,
        acts=tuple(
            act_answer(catalog, profile.organization_id, each, names=names) for each in owned.acts[:SHOWN_MAX]
        ),
        cleared=tuple(each.switch_id for each in owned.cleared),
    )


def plan_names(owned: OwnedProducts) -> dict[str, str]:
    """Return the name of the plan of each subscription that is owned, for what tells of the past."""
    return {each.subscription.subscription_id: each.subscription.plan_name for each in owned.products}


def product_answer(catalog: Catalog, each: OwnedProduct) -> ProductAnswer:
    """Return one product."""
    renewal = each.subscription.renewal
    return ProductAnswer(
        subscription=views.subscription(catalog, each.subscription),
        status=each.stands.status,
        status_until=each.stands.until,
        licenses=licenses_answer(each.figures),
        renews_on=each.renews_on,
        auto_renew=renewal.is_automatic if renewal else None,
        notices=(*each.notices, *_completions(catalog, each)),
        switches=tuple(_switch(catalog, row, each.subscription.subscription_id) for row in each.switches),
        is_sold_elsewhere=each.is_sold_elsewhere,
    )


def licenses_answer(figures: LicenseFigures) -> ProductLicenses:
    """Return the licenses of a plan."""
    return view_of(ProductLicenses, figures)


def _completions(catalog: Catalog, each: OwnedProduct) -> Iterator[ProductNotice]:
    """Yield the notices of the switches that led to a product and that nobody has read."""
    for row in each.unread:
        notice = views.unread_notice(catalog, row)
        if notice is not None:
            yield ProductNotice(
                code="SWITCH_COMPLETED",
                kind=TELLS,
                message=notice.message,
                remedy=notice.remedy,
                act=READ_NOTICE,
                switch_id=notice.switch_id,
            )


def _switch(catalog: Catalog, row: SwitchRow, subscription_id: str) -> ProductSwitch:
    return ProductSwitch(
        switch_id=row.switch_id,
        stage=row.stage,
        is_source=row.source_subscription_id == subscription_id,
        source_plan=views.plan_name(catalog, row.source_plan_id),
        target_plan=views.plan_name(catalog, row.target_plan_id),
        waits_for=row.waits_for,
        message="" if row.outcome else row.error_message,
        outcome=row.outcome,
    )


def terms_answer(terms: ActTerms) -> ActTermsAnswer:
    """Return what an act does, in figures."""
    return view_of(ActTermsAnswer, terms, total_text=str(terms.total))


def progress_answer(catalog: Catalog, organization_id: str, progress: ActProgress) -> ActAnswer:
    """Return an act and what it waits for."""
    return act_answer(catalog, organization_id, progress.state, waits_for=progress.waits_for)


def act_answer(
    catalog: Catalog,
    organization_id: str,
    state: ProductActState,
    *,
    waits_for: str = "",
    names: Mapping[str, str] = MappingProxyType({}),
) -> ActAnswer:
    """Return one act as the record tells it; `names` has the plans of subscriptions by their ids."""
    return ActAnswer(
        organization_id=organization_id,
        request_id=state.question.request_id,
        act=state.question.act,
        subscription_id=state.bought_id or state.question.subscription_id,
        plan=_plan(catalog, state.question) or names.get(state.question.subscription_id, ""),
        outcome=state.outcome,
        message=_message(catalog, state, waits_for),
        waits_for=waits_for,
        code=state.code,
        actor=state.actor,
        reason=state.reason,
        at=state.at,
        ended_at=state.ended_at,
        terms=terms_answer(state.settled),
        result=dict(state.result),
    )


def act_preview(catalog: Catalog, organization_id: str, question: ActQuestion, terms: ActTerms) -> ActPreview:
    """Return what an act would do."""
    return ActPreview(
        organization_id=organization_id,
        act=question.act,
        subscription_id=question.subscription_id,
        plan=_plan(catalog, question),
        message=f"{_what(catalog, question, terms)}: {money_words(question, terms)}.",
        terms=terms_answer(terms),
    )


def _plan(catalog: Catalog, question: ActQuestion) -> str:
    return views.plan_name(catalog, question.plan_id) if question.plan_id else ""


def _message(catalog: Catalog, state: ProductActState, waits_for: str) -> str:
    what = _what(catalog, state.question, state.terms)
    if state.outcome == OPEN:
        return f"{what}: begun, and not finished. {waits_for or _hold(state) or 'It goes on by itself.'}"
    if state.outcome == DONE:
        return f"{what}: done; {money_words(state.question, state.settled)}."
    return f"{what}: refused. {state.message}"


def _hold(state: ProductActState) -> str:
    return f"It is held up: {state.message}" if state.code else ""


def _what(catalog: Catalog, question: ActQuestion, terms: ActTerms) -> str:
    """Return what an act is, as the beginning of a sentence."""
    if question.act == ProductAct.BUY:
        return f"Buy {terms.quantity} licenses of {_plan(catalog, question)}"
    if question.act == ProductAct.CANCEL:
        return f"End with its term, before {terms.to_on}" if question.at_renewal else "Cancel now"
    return {
        ProductAct.RESIZE: f"Change to {terms.quantity} licenses",
        ProductAct.REACTIVATE: f"Reactivate {terms.quantity} licenses, which renew from then on",
        ProductAct.BUY_TRIAL: f"Buy the trial with {terms.quantity} licenses",
        ProductAct.PAY: "Pay what is due",
    }[question.act]


def money_words(question: ActQuestion, terms: ActTerms) -> str:
    """Return what an act takes, or gives back."""
    parts = []
    if question.act == ProductAct.PAY:
        parts.append(f"{terms.total} is paid")
    elif terms.charge.minor_units:
        parts.append(f"{_with_tax(terms.charge, terms.tax)} is charged")
    if terms.credit.minor_units:
        parts.append(f"{_with_tax(terms.credit, -terms.tax)} is given back")
    if terms.forfeited.minor_units:
        parts.append(f"{terms.forfeited} that was paid is lost")
    days = f" for {terms.from_on} to before {terms.to_on}" if terms.from_on and terms.to_on and parts else ""
    return " and ".join(parts) + days if parts else "no money moves"


def _with_tax(net: Money, tax: Money) -> str:
    return f"{net + tax} ({net} and {tax} tax)" if tax.minor_units else str(net)
