"""Answers about the organizations that an installation looks after, from what the use cases read."""

from __future__ import annotations

from console.models.customers import (
    CustomerAnswer,
    CustomerReportAnswer,
    CustomersAnswer,
    ReportedOwnedTarget,
    ReportedPlanAnswer,
    ReportedTarget,
)
from console.switches import views
from console.switches.product_views import licenses_answer
from domain.catalog.catalog import Catalog
from domain.eligibility.eligibility import AssessedTarget
from domain.reasons.reasons import AUTOMATIC, MANUAL
from projections.reads.organization_names import OrganizationNames
from services.assessment.owned_targets import OwnedTarget
from services.customers.customer_list import SOURCE_WORDS, CustomerList
from services.customers.customer_report import CustomerReport, ReportedPlan


def customers_answer(listed: CustomerList, names: OrganizationNames) -> CustomersAnswer:
    """Return the organizations of a profile.

    Args:
        listed: They, and who says so.
        names: Where the names are that the source does not tell.
    """
    known = names.names_of(each.organization_id for each in listed.customers if not each.name)
    return CustomersAnswer(
        profile=listed.profile,
        source=listed.source.value,
        source_text=SOURCE_WORDS[listed.source],
        customers=tuple(
            CustomerAnswer(
                organization_id=each.organization_id,
                name=each.name or known.get(each.organization_id, ""),
            )
            for each in listed.customers
        ),
        passed_over=listed.passed_over,
    )


def report_answer(catalog: Catalog, report: CustomerReport, support_contact: str) -> CustomerReportAnswer:
    """Return what the first look at an organization tells."""
    return CustomerReportAnswer(
        organization_id=report.organization_id,
        name=report.name,
        is_seller_read=report.is_seller_read,
        plans=tuple(_plan(catalog, each, support_contact) for each in report.plans),
        unread=report.unread,
    )


def _plan(catalog: Catalog, each: ReportedPlan, support_contact: str) -> ReportedPlanAnswer:
    return ReportedPlanAnswer(
        subscription=views.subscription(catalog, each.subscription),
        status=each.stands.status,
        licenses=licenses_answer(each.figures),
        renews_on=each.renews_on,
        is_sold_elsewhere=each.is_sold_elsewhere,
        targets=tuple(_target(catalog, target, support_contact) for target in each.targets),
        owned_targets=tuple(_owned(catalog, target, support_contact) for target in each.owned_targets),
        reasons=tuple(views.reason_answer(reason, support_contact) for reason in each.reasons),
        no_look=each.no_look,
    )


def _target(catalog: Catalog, each: AssessedTarget, support_contact: str) -> ReportedTarget:
    plan_id = each.assessment.input.target_plan_id
    return ReportedTarget(
        plan_id=plan_id,
        plan=catalog.plan(plan_id).name,
        direction=each.assessment.direction,
        is_possible_automatically=each.is_possible(AUTOMATIC),
        is_possible_by_hand=each.is_possible(MANUAL),
        reason=each.reason,
        reasons=tuple(views.reason_answer(reason, support_contact) for reason in each.assessment.reasons),
    )


def _owned(catalog: Catalog, each: OwnedTarget, support_contact: str) -> ReportedOwnedTarget:
    purchase = each.purchase
    return ReportedOwnedTarget(
        subscription_id=purchase.subscription_id,
        plan_id=purchase.plan_id,
        plan=catalog.plan(purchase.plan_id).name,
        free=each.free,
        is_possible=each.assessment.is_eligible,
        reasons=tuple(views.reason_answer(reason, support_contact) for reason in each.assessment.reasons),
    )
