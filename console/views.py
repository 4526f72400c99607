"""What the API answers: plans, assessments, quotes and subscriptions as JSON."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from activities.preparation import Prepared
from console.reasons import finding_facts, reason_facts
from domain.catalog import Catalog, Plan, UnknownPlan
from domain.eligibility import Assessment
from domain.eligibility_targets import AssessedTarget
from domain.facts import as_plain
from domain.overlap import OVERLAP
from domain.ports import SellerSubscription
from domain.quote import Quote
from domain.quote_prepaid import FORFEITURE
from domain.reasons import AUTOMATIC, MANUAL
from domain.right_sizing import right_sizing
from domain.schedule import WITHOUT_FORFEITURE
from domain.switch_plan import SwitchPlan

#: Service plans that belong to no plan are not shown; this many plans are the whole catalog.
PLANS_MAX = 1_000


def plan_summary(plan: Plan) -> dict[str, Any]:
    """Return a plan as a list shows it."""
    return {
        "plan_id": plan.plan_id,
        "part_number": plan.part_number,
        "name": plan.name,
        "name_2014": plan.name_2014,
        "aliases": list(plan.aliases),
        "kind": plan.kind,
        "family": plan.family,
        "segment": plan.segment,
        "user_cap": plan.user_cap,
        "is_retired": plan.is_retired,
        "is_placeholder": plan.is_placeholder,
        "tiers": as_plain(plan.tiers),
        "prices": as_plain(plan.prices),
        "unknown": list(plan.unknown),
    }


def plan_detail(plan: Plan) -> dict[str, Any]:
    """Return a plan with its services."""
    return {**plan_summary(plan), "services": as_plain(plan.service_plans)}


def plan_name(catalog: Catalog, plan_id: str) -> str:
    """Return the name that people use for a plan, or its id when the catalog does not have it."""
    try:
        return catalog.plan(plan_id).name
    except UnknownPlan:
        return plan_id


def comparison(catalog: Catalog, source: Plan, target: Plan) -> dict[str, Any]:
    """Return what users gain and lose between two plans (switch#services)."""
    return {
        "catalog_version": catalog.version,
        "source": plan_summary(source),
        "target": plan_summary(target),
        "direction": catalog.direction(source.plan_id, target.plan_id).value,
        "kind": catalog.kind(source.plan_id, target.plan_id).value,
        "services": as_plain(catalog.compare(source.plan_id, target.plan_id)),
        "data_services_lowered": as_plain(catalog.data_services_lowered(source.plan_id, target.plan_id)),
        "is_offered": catalog.is_offered(source.plan_id, target.plan_id, "current"),
        "is_offered_2014": catalog.offered_2014(source.plan_id, target.plan_id),
    }


def subscription(catalog: Catalog, each: SellerSubscription) -> dict[str, Any]:
    """Return a subscription with the catalog's name of its plan."""
    facts = as_plain(each)
    del facts["etag"]
    return {**facts, "plan": plan_name(catalog, each.plan_id)}


def assessment(catalog: Catalog, answer: Assessment, support_contact: str) -> dict[str, Any]:
    """Return an assessment without its inputs, which are in the record."""
    target_plan_id = answer.input.target_plan_id
    return {
        "target_plan_id": target_plan_id,
        "target_plan": plan_name(catalog, target_plan_id),
        "eligible": {mode: not answer.blocking(mode) for mode in (AUTOMATIC, MANUAL)},
        "direction": answer.direction,
        "kind": answer.kind,
        "services_gained": list(answer.services_gained),
        "services_lost": list(answer.services_lost),
        "services_lowered": list(answer.services_lowered),
        "acknowledgments_missing": list(answer.acknowledgments_missing),
        "reasons": [reason_facts(reason, support_contact) for reason in answer.reasons],
        "rule_set": answer.rule_set,
        "catalog_version": answer.catalog_version,
        "input_digest": answer.input_digest,
    }


def target(catalog: Catalog, each: AssessedTarget, support_contact: str) -> dict[str, Any]:
    """Return one plan to switch to, and why it stands where it stands in the list."""
    return {**assessment(catalog, each.assessment, support_contact), "reason": each.reason}


def quoted(catalog: Catalog, prepared: Prepared, support_contact: str) -> dict[str, Any]:
    """Return assessment and quote of one question."""
    source = prepared.source
    return {
        "organization_id": prepared.question.organization_id,
        "organization": prepared.profile.display_name,
        "source_subscription_id": source.subscription_id,
        "source_plan_id": source.plan_id,
        "source_plan": plan_name(catalog, source.plan_id),
        "quantity": prepared.quantity,
        "users": prepared.users,
        "service_settings": prepared.service_settings,
        "payment_method": prepared.question.payment_method,
        "credit_check": "may_be_required" if prepared.may_need_credit_check else "not_expected",
        "assessment": assessment(catalog, prepared.assessment, support_contact),
        "findings": [finding_facts(each) for each in prepared.assessment.findings],
        # `start_on` is the day on which a scheduled switch starts; null: at once.
        "quote": {
            **quote_facts(prepared.quote, prepared.question.acknowledgments),
            "start_on": prepared.start_on.isoformat() if prepared.start_on else None,
        },
        "right_sizing": _right_sizing(prepared),
    }


def switch_plan(plan: SwitchPlan) -> dict[str, Any]:
    """Return the whole plan of a switch; a line of money tells its direction.

    Notices of the pre-flight are among the findings of the whole answer.
    """
    facts: dict[str, Any] = as_plain(plan)
    if plan.preflight is not None:
        del facts["preflight"]["notices"]
    money = [{"direction": each["direction"], **each["line"]} for each in facts["money"]]
    return {**facts, "money": money}


def quote_facts(priced: Quote, acknowledgments: Collection[str] = ()) -> dict[str, Any]:
    """Return a quote with its table by day; the first day's total is the total."""
    today, terms = priced.days[0], priced.input
    return {
        "digest": priced.digest,
        "quoted_on": terms.quoted_on.isoformat(),
        "expires_on": terms.expires_on.isoformat(),
        "currency": terms.currency,
        "total_minor_units": today.total.minor_units,
        "total": str(today.total),
        "policy": terms.policy,
        "forfeiture": _forfeiture(priced, acknowledgments),
        "overlap": _overlap(priced),
        "days": [
            {
                "on": day.on.isoformat(),
                "consumed_minor_units": day.consumed.minor_units,
                "credit_minor_units": day.credit.minor_units,
                "forfeited_minor_units": day.forfeited.minor_units,
                "overlap_minor_units": day.overlap.minor_units,
                "net_minor_units": day.net.minor_units,
                "tax_minor_units": day.tax.minor_units,
                "total_minor_units": day.total.minor_units,
                "lines": as_plain(day.lines),
                "told": as_plain(day.told),
            }
            for day in priced.days
        ],
    }


def _right_sizing(prepared: Prepared) -> dict[str, Any] | None:
    """Return what as many licenses as users would cost; null where none would be unused."""
    told = right_sizing(prepared.quote, users=prepared.users)
    if told is None:
        return None
    facts = {
        name: getattr(told, name) for name in ("unused", "quantity", "is_possible", "billing_cycle", "how")
    }
    names = ("period_quoted", "period_right_sized", "first_day_total", "forfeited_at_most")
    amounts = {name: getattr(told, name) for name in names}
    return {
        **facts,
        **{f"{name}_minor_units": money.minor_units for name, money in amounts.items()},
        **{name: str(money) for name, money in amounts.items()},
    }


def _forfeiture(priced: Quote, acknowledgments: Collection[str]) -> dict[str, Any] | None:
    """Return what is lost of a prepaid value; null where nothing is."""
    told = priced.forfeiture
    if told is None or not told.at_most.minor_units:
        return None
    return {
        "at_most_minor_units": told.at_most.minor_units,
        "at_most": str(told.at_most),
        "first_on_without": told.first_on_without.isoformat(),
        # What `start_on` takes to schedule the switch for that day.
        "start_on": WITHOUT_FORFEITURE,
        # No switch starts before the loss is accepted.
        "is_accepted": FORFEITURE in acknowledgments,
    }


def _overlap(priced: Quote) -> dict[str, Any] | None:
    """Return until when, and for how much, the old plan goes on beside the new one; null: it does not."""
    told = priced.overlap
    if told is None:
        return None
    return {
        "until": told.until.isoformat(),
        "days_at_most": told.days_at_most,
        "at_most_minor_units": told.at_most.minor_units,
        "at_most": str(told.at_most),
        # What an operator acknowledges to accept it.
        "acknowledgment": OVERLAP,
    }
