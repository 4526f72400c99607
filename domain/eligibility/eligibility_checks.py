"""One small check per reason code: given a case, the evidence, or None when all is well (rules#reasons)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime

from domain.catalog.addons import ATTACHABLE, INCOMPATIBLE, addon_fates
from domain.catalog.catalog import UnknownPlan, spoken_service
from domain.catalog.plans import Direction, Plan, data_services_lowered, direction_of
from domain.catalog.rule_sets import AT_ORDER, TABLE_2014, wait_words
from domain.eligibility.eligibility_input import Case, Grounds
from domain.kernel.calendar import start_of_day
from domain.kernel.messages import Figure, Phrase
from domain.kernel.money import Money
from domain.licenses.provisioning import is_set_up
from domain.organizations.custom_domains import own_domains
from domain.organizations.organization import LockHolder
from domain.organizations.roles import is_allowed, roles_allowed
from domain.periods.billing_periods import CYCLE_MONTHS
from domain.periods.next_term import term_renews_on
from domain.ports.product_port import ProductAct
from domain.ports.seller_port import HELD, Purchase, SellerSubscription, SubscriptionState
from domain.quote.overlap import OVERLAP
from domain.reasons.findings import BACKUP_DONE
from domain.reasons.phrases import names_in_row, phrase
from domain.reasons.reasons import BEFORE_FIRST_MOVE, BEFORE_ORDER, MANUAL
from domain.reasons.wordings import (
    ACT_HELD,
    ACT_OPEN,
    END_PROMISED,
    END_UNKNOWN,
    ENDED,
    NO_TARGET,
    NOTHING_OFFERED,
    OWNED,
    PENDING,
    PURCHASE,
    SAME_PLAN,
    STOPPED,
    WITHIN,
)

Check = Callable[[Case], Grounds | None]

#: Contracts that this seller's customers hold; any other is another seller's.
OWN_CONTRACTS = frozenset({"subscription", "product_key", "redemption_code"})
PREPAID_CONTRACTS = frozenset({"product_key", "redemption_code"})
CHARITABLE_SEGMENTS = frozenset({"government", "nonprofit"})
INVOICE = "invoice"
SOURCE_NOT_CANCELLABLE = "SOURCE_NOT_CANCELLABLE"
TARGET_LACKS_DATA_SERVICES = "TARGET_LACKS_DATA_SERVICES"
ANNUAL = "annual"
#: The seller's word -> words of what to do, where a subscription can't be made active again by a customer.
_NOT_ACTIVE = {"pending": PENDING, "deleted": ENDED, "none": ENDED}
SWITCHABLE = "plan"
#: Words of the acts on products that let no switch begin; a payment does.
ACTS: Mapping[ProductAct, Phrase] = {
    ProductAct.BUY: phrase("act_buy"),
    ProductAct.BUY_TRIAL: phrase("act_buy_trial"),
    ProductAct.RESIZE: phrase("act_resize"),
    ProductAct.CANCEL: phrase("act_cancel"),
    ProductAct.REACTIVATE: phrase("act_reactivate"),
}


def _switch_in_progress(case: Case) -> Grounds | None:
    holder = _held_by_another(case, case.input.lock_holder)
    if holder is None:
        return _product_act_open(case)
    return replace(holder, wording=holder.wording or END_PROMISED)


def _product_act_open(case: Case) -> Grounds | None:
    """Find an act on a product that lets no switch begin; one that has begun is not held by it."""
    holder, act = case.input.lock_holder, case.input.product_act
    is_begun = holder is not None and holder.switch_id == case.input.own_switch_id
    if act is None or is_begun or case.input.stage != BEFORE_ORDER:
        return None
    evidence: dict[str, Figure] = {"since": act.since.isoformat(), "act": ACTS[ProductAct(act.act)]}
    if act.held_code:
        return Grounds(evidence={**evidence, "held_code": act.held_code}, wording=ACT_HELD)
    return Grounds(evidence=evidence, wording=ACT_OPEN)


def _credit_check_pending(case: Case) -> Grounds | None:
    holder = _held_by_another(case, case.input.credit_check)
    if holder is None:
        return None
    if holder.wording:
        return holder
    wait = wait_words(case.rules.credit_wait, case.rules.credit_wait_unit)
    evidence = {**holder.evidence, "wait": wait}
    if evidence["switch_id"]:
        return replace(holder, evidence=evidence, wording=WITHIN)
    if case.input.stage != BEFORE_ORDER:
        # It keeps an order out; a switch that has ordered pays for two plans while it waits.
        return None
    del evidence["switch_id"]
    return replace(holder, evidence=evidence, wording=PURCHASE)


def _held_by_another(case: Case, holder: LockHolder | None) -> Grounds | None:
    if holder is None or holder.switch_id == case.input.own_switch_id:
        return None
    evidence = {"switch_id": holder.switch_id, "since": holder.since.isoformat()}
    promised_end = holder.promised_end.isoformat()
    if not holder.waits_for:
        return Grounds(evidence={**evidence, "promised_end": promised_end})
    unknown = {"was_promised": promised_end, "waits_for": holder.waits_for}
    return Grounds(evidence={**evidence, **unknown}, wording=END_UNKNOWN)


def _wrong_role(case: Case) -> Grounds | None:
    is_by_hand = case.input.mode == MANUAL and case.input.stage == BEFORE_FIRST_MOVE
    is_license_move = case.input.licenses_only or is_by_hand
    allowed = roles_allowed(case.source.family, is_license_move=is_license_move)
    if is_allowed(case.input.caller_role, allowed):
        return None
    return Grounds(evidence={"role": case.input.caller_role or "none", "allowed": " or ".join(allowed)})


def _other_seller(case: Case) -> Grounds | None:
    source = case.input.source
    is_listed = any(each.subscription_id == source.subscription_id for each in case.input.subscriptions)
    if not is_listed or source.contract_type not in OWN_CONTRACTS:
        return Grounds(
            evidence={"subscription_id": source.subscription_id, "contract_type": source.contract_type}
        )
    wanted = case.input.target_subscription_id.lower()
    is_target_elsewhere = any(each.subscription_id.lower() == wanted for each in case.sold_elsewhere)
    return Grounds(evidence={"subscription_id": wanted}) if is_target_elsewhere else None


def _different_organization(case: Case) -> Grounds | None:
    wanted = case.input.target_subscription_id.lower()
    owned = {each.subscription_id.lower() for each in case.input.subscriptions}
    owned |= {each.subscription_id.lower() for each in case.sold_elsewhere}
    if not wanted or wanted in owned:
        return None
    wording = OWNED if case.input.licenses_only else ""
    return Grounds(evidence={"subscription_id": wanted, "subscriptions_owned": len(owned)}, wording=wording)


def _subscription_not_active(case: Case) -> Grounds | None:
    if case.input.licenses_only:
        return _owned_not_active(case)
    source = case.input.source
    if source.status == "active":
        return None
    is_stopped = source.state is SubscriptionState.STOPPED
    wording = STOPPED if is_stopped else _NOT_ACTIVE.get(source.status, "")
    return Grounds(evidence={"status": source.status}, wording=wording)


def _owned_not_active(case: Case) -> Grounds | None:
    """Find that one of two plans that are owned is not live: the old one, as the way back leads there."""
    wanted = case.input.target_subscription_id.lower()
    named: list[SellerSubscription | Purchase] = [case.input.source]
    named += [each for each in case.input.purchases if each.subscription_id.lower() == wanted]
    for each in named:
        if each.state is not SubscriptionState.LIVE:
            return Grounds(
                evidence={"subscription_id": each.subscription_id, "status": each.status}, wording=OWNED
            )
    return None


def _trial(case: Case) -> Grounds | None:
    source = case.input.source
    return Grounds(evidence={"subscription_id": source.subscription_id}) if source.is_trial else None


def _prepaid_product_key(case: Case) -> Grounds | None:
    contract_type = case.input.source.contract_type
    return Grounds(evidence={"contract_type": contract_type}) if contract_type in PREPAID_CONTRACTS else None


def _prepaid_plan(case: Case) -> Grounds | None:
    billed = case.input.billed
    if billed is None or billed.billing_cycle != ANNUAL or billed.paid.minor_units <= 0:
        return None
    return Grounds(evidence={"paid_until": billed.period_end_on.isoformat(), "paid": billed.paid})


def _government_or_nonprofit(case: Case) -> Grounds | None:
    segment = case.input.profile.segment
    return Grounds(evidence={"segment": segment}) if segment in CHARITABLE_SEGMENTS else None


def _multiple_subscriptions(case: Case) -> Grounds | None:
    held: list[SellerSubscription | Purchase] = [*case.input.subscriptions, case.input.source]
    same = {
        each.subscription_id
        for each in [*held, *case.sold_elsewhere]
        if each.plan_id.lower() == case.source.plan_id and each.state in HELD
    }
    if len(same) <= 1:
        return None
    ids = ", ".join(sorted(same))
    return Grounds(evidence={"count": len(same), "source": case.source.name, "subscription_ids": ids})


def _unpaid_balance(case: Case) -> Grounds | None:
    balance_due = case.input.profile.balance_due
    return Grounds(evidence={"balance_due": balance_due}) if balance_due.minor_units > 0 else None


def _invoice_below_minimum(case: Case) -> Grounds | None:
    if case.input.payment_method != INVOICE:
        return None
    minimum = case.rules.invoice_minimum(case.input.profile.currency)
    worth = order_worth(case)
    if minimum is None or worth is None or not worth < minimum:
        return None
    return Grounds(evidence={"order_total": worth, "minimum": minimum})


def order_worth(case: Case) -> Money | None:
    """Return the net price of one whole billing period of what is ordered.

    That is the new plan and every add-on that is carried over, each by its own billing cycle, whatever
    remains of the present period.

    Args:
        case: The facts with source, target and catalog.

    Returns:
        None where the price or the period of the new plan is not known.
    """
    source, quantity = case.input.source, case.input.quantity
    plan = _period_price(case, case.target, case.input.billing_cycle or source.billing_cycle, quantity)
    if plan is None:
        return None
    return sum(_addon_prices(case), plan)


def _addon_prices(case: Case) -> list[Money]:
    """Return what each add-on costs that is ordered with the plan; one without a list price adds nothing."""
    held = {each.subscription_id: each for each in case.input.subscriptions}
    prices = []
    for fate in addon_fates(case.catalog, case.input.source, case.input.subscriptions, case.target):
        plan = _known_plan(case, fate.plan_id) if fate.fate == ATTACHABLE else None
        if plan is not None:
            cycle = held[fate.subscription_id].billing_cycle
            prices.append(_period_price(case, plan, cycle, fate.quantity))
    return [price for price in prices if price is not None]


def _known_plan(case: Case, plan_id: str) -> Plan | None:
    try:
        return case.catalog.plan(plan_id)
    except UnknownPlan:
        return None


def _period_price(case: Case, plan: Plan, billing_cycle: str, quantity: int) -> Money | None:
    months = CYCLE_MONTHS.get(billing_cycle)
    prices = (price.unit_price for price in plan.prices)
    own = next((price for price in prices if price.currency == case.input.profile.currency), None)
    return None if own is None or months is None else own.times(quantity * months)


def _more_users_than_licenses(case: Case) -> Grounds | None:
    if case.pool is None or case.pool.assigned <= case.pool.purchased:
        return None
    return Grounds(evidence={"assigned": case.pool.assigned, "purchased": case.pool.purchased})


def _too_few_licenses(case: Case) -> Grounds | None:
    users = case.assigned if case.input.users_to_move is None else case.input.users_to_move
    if case.input.licenses_needed is not None:
        users = case.input.licenses_needed
    if case.input.quantity >= users:
        return None
    if case.input.licenses_only:
        free: dict[str, Figure] = {"quantity": case.input.quantity, "users": users}
        return Grounds(evidence={**free, "target": case.target.name}, wording=OWNED)
    return Grounds(evidence={"quantity": case.input.quantity, "users": users})


def _license_removal_in_switch(case: Case) -> Grounds | None:
    purchased = case.input.source.quantity
    if case.rules.is_right_sizing or case.input.quantity >= purchased:
        return None
    return Grounds(evidence={"quantity": case.input.quantity, "purchased": purchased})


def _target_user_cap(case: Case) -> Grounds | None:
    cap = case.target.user_cap
    if cap is None or case.input.quantity <= cap:
        return None
    return Grounds(evidence={"target": case.target.name, "cap": cap, "quantity": case.input.quantity})


def _source_user_cap(case: Case) -> Grounds | None:
    cap = case.rules.source_user_caps.get(case.source.family)
    if cap is None or case.assigned <= cap:
        return None
    return Grounds(evidence={"source": case.source.name, "cap": cap, "assigned": case.assigned})


def _too_many_users(case: Case) -> Grounds | None:
    limit = case.rules.user_limit
    if limit is None or case.assigned <= limit:
        return None
    return Grounds(evidence={"limit": limit, "assigned": case.assigned})


def _addon_incompatible(case: Case) -> Grounds | None:
    fates = addon_fates(case.catalog, case.input.source, case.input.subscriptions, case.target)
    blocking = sorted(each.name for each in fates if each.fate == INCOMPATIBLE)
    if not blocking:
        return None
    return Grounds(
        evidence={"addon": ", ".join(blocking), "target": case.target.name, "count": len(blocking)}
    )


def _service_not_provisioned(case: Case) -> Grounds | None:
    """Find services of the source that are not fully set up (SERVICE_NOT_PROVISIONED)."""
    if case.pool is None:
        none = phrase("no_licenses", plan=case.source.name)
        return Grounds(evidence={"source": case.source.name, "count": 1, "services": none})
    waiting = [
        f"{spoken_service(case.catalog, service)} ({service.vendor_status})"
        for service in case.pool.services
        if not is_set_up(service)
    ]
    if not waiting:
        return None
    return Grounds(
        evidence={"source": case.source.name, "count": len(waiting), "services": names_in_row(waiting)}
    )


def _service_unhealthy(case: Case) -> Grounds | None:
    """Find open incidents of services that the source has (SERVICE_UNHEALTHY)."""
    open_incidents = [
        f"{each.service} ({each.vendor_status})"
        for each in case.input.health
        if not each.is_healthy and _concerns(case, each.concerned)
    ]
    if not open_incidents:
        return None
    return Grounds(evidence={"source": case.source.name, "services": names_in_row(open_incidents)})


def _concerns(case: Case, concerned: tuple[str, ...] | None) -> bool:
    return concerned is None or any(each.service in concerned for each in case.source.service_plans)


def _custom_domain_review(case: Case) -> Grounds | None:
    confirmed = {domain.lower() for domain in case.input.confirmed_domains}
    listed = own_domains(case.input.profile.custom_domains)
    open_domains = [domain for domain in listed if domain.lower() not in confirmed]
    return Grounds(evidence={"domains": ", ".join(sorted(open_domains))}) if open_domains else None


def _window_end(case: Case) -> datetime | None:
    """Return the end of the window in which the source and the add-ons that end with it can be cancelled."""
    fates = addon_fates(case.catalog, case.input.source, case.input.subscriptions, case.target)
    going = {each.subscription_id for each in fates if each.fate != INCOMPATIBLE}
    leaving = [each for each in case.input.subscriptions if each.subscription_id in going]
    ends = [each.cancellable_until for each in (case.input.source, *leaving)]
    return min((end for end in ends if end is not None), default=None)


def _source_not_cancellable(case: Case) -> Grounds | None:
    until = _window_end(case)
    if until is None or case.input.now <= until:
        return None
    time_zone = case.input.profile.time_zone
    renews_on = term_renews_on(case.input.source, time_zone=time_zone, now=case.input.now)
    stated = case.input.source.renewal
    if stated is not None and stated.is_automatic is False:
        # No term follows in which the seller would take a cancellation again.
        renews_on = None
    return Grounds(
        evidence={"cancellable_until": until.isoformat(), "renews_on": str(renews_on or "not known")},
        retry_at=None if renews_on is None else start_of_day(renews_on, time_zone),
    )


def overlap_until(case: Case) -> date | None:
    """Return when the source ends by itself where it can't be cancelled, and may go on beside the new plan.

    None where it can be cancelled; where add-ons end with it, each of which has a term of its own; and where
    the rule set ends the old billing at the order.
    """
    until = case.input.source.cancellable_until
    addons = addon_fates(case.catalog, case.input.source, case.input.subscriptions, case.target)
    if until is None or case.input.now <= until or addons or case.rules.billing_stop == AT_ORDER:
        return None
    ends_on = term_renews_on(case.input.source, time_zone=case.input.profile.time_zone, now=case.input.now)
    billed, stated = case.input.billed, case.input.source.renewal
    is_stated = stated is not None and stated.ends_on is not None
    return max(ends_on, billed.period_end_on) if ends_on and billed and not is_stated else ends_on


def is_accepted(case: Case, code: str) -> bool:
    """Return whether a reason was accepted, so that nothing waits for it.

    That is the disclosed overlap, and of licenses only the loss of data services after a backup.
    """
    if case.input.licenses_only:
        return code == TARGET_LACKS_DATA_SERVICES and BACKUP_DONE in case.input.acknowledgments
    is_overlap = code == SOURCE_NOT_CANCELLABLE and OVERLAP in case.input.acknowledgments
    return is_overlap and overlap_until(case) is not None


def _no_path(case: Case) -> Grounds | None:
    """Find that the rule set does not offer this pair (NO_PATH)."""
    if case.is_offered(case.target) or _is_way_back(case):
        return None
    wording = _wording(case)
    return Grounds(
        evidence={
            "source": case.source.name,
            "target": case.target.name,
            "rule_set": case.rules.name,
            "why": _why_no_target(case) if wording == NO_TARGET else _why_no_path(case),
        },
        wording=wording,
    )


def _is_way_back(case: Case) -> bool:
    """Return whether a switch leads back to a plan that is still sold: its users came from there."""
    return bool(case.input.switch_back_of) and not case.target.is_retired


def _wording(case: Case) -> str:
    """Return which words tell what to do: a plan can be chosen only where one is offered."""
    is_same = case.source.plan_id == case.target.plan_id
    if case.catalog.offered_targets(case.source.plan_id, case.rules.name):
        return SAME_PLAN if is_same else ""
    return NO_TARGET if is_same else NOTHING_OFFERED


def _why_no_target(case: Case) -> Phrase:
    source = case.source
    if source.kind != SWITCHABLE:
        return phrase("no_plan", plan=source.name, kind=source.kind)
    if case.rules.offers == TABLE_2014:
        return phrase("none_in_2014")
    return phrase("none_of_segment", segment=source.segment)


def _why_no_path(case: Case) -> Phrase:
    source, target = case.source, case.target
    causes = (
        (source.plan_id == target.plan_id, phrase("same_plan")),
        (source.kind != SWITCHABLE, phrase("no_plan", plan=source.name, kind=source.kind)),
        (target.kind != SWITCHABLE, phrase("no_plan", plan=target.name, kind=target.kind)),
        (
            source.segment != target.segment,
            phrase("other_segment", source=source.segment, target=target.segment),
        ),
        (case.rules.offers == TABLE_2014, phrase("not_in_2014")),
        (target.is_retired, phrase("not_sold", plan=target.name)),
    )
    return next((words for is_so, words in causes if is_so), phrase("data_services_lost"))


def _target_lacks_data_services(case: Case) -> Grounds | None:
    """Find data services that users would lose (TARGET_LACKS_DATA_SERVICES).

    Rule set `2014` had its table in place of this rule: a pair of the table counts as keeping the data.
    A switch back asks for the acknowledgment of a backup instead (rules#switch-back).
    """
    if case.input.switch_back_of or (case.rules.offers == TABLE_2014 and case.is_in_2014_table):
        return None
    lowered = data_services_lowered(case.source, case.target)
    if not lowered:
        return None
    services = ", ".join(f"{each.family} ({each.source_tier} to {each.target_tier})" for each in lowered)
    return Grounds(
        evidence={"source": case.source.name, "target": case.target.name, "services": services},
        wording=OWNED if case.input.licenses_only else "",
    )


def _no_way_back(case: Case) -> Grounds | None:
    """Find a switch back across service families (NO_WAY_BACK)."""
    source, target = case.source, case.target
    if case.rules.has_way_back or source.service_family == target.service_family:
        return None
    is_back = _came_from(case) == target.service_family
    if not is_back and direction_of(source, target) is not Direction.DOWNGRADE:
        return None
    return Grounds(evidence={"source": source.name, "target": target.name})


def _came_from(case: Case) -> str:
    plan_id = case.input.came_from_plan_id
    return case.catalog.plan(plan_id).service_family if plan_id else ""


def _already_top_plan(case: Case) -> Grounds | None:
    """Find that neither the plan asked for nor any higher one is offered (ALREADY_TOP_PLAN)."""
    if case.input.switch_back_of or case.is_offered(case.target):
        return None
    if any(_is_higher(case, plan) for plan in case.catalog.plans):
        return None
    return Grounds(evidence={"source": case.source.name})


def _is_higher(case: Case, plan: Plan) -> bool:
    return direction_of(case.source, plan) is Direction.UPGRADE and case.is_offered(plan)


#: Code -> check. NOT_ELIGIBLE, UNKNOWN_REASON and HIGH_VOLUME come from the seller alone
#: (domain/eligibility/eligibility.py).
CHECKS: Mapping[str, Check] = {
    "SWITCH_IN_PROGRESS": _switch_in_progress,
    "CREDIT_CHECK_PENDING": _credit_check_pending,
    "WRONG_ROLE": _wrong_role,
    "OTHER_SELLER": _other_seller,
    "DIFFERENT_ORGANIZATION": _different_organization,
    "SUBSCRIPTION_NOT_ACTIVE": _subscription_not_active,
    "NO_PATH": _no_path,
    "TARGET_LACKS_DATA_SERVICES": _target_lacks_data_services,
    "NO_WAY_BACK": _no_way_back,
    "ALREADY_TOP_PLAN": _already_top_plan,
    "TRIAL": _trial,
    "PREPAID_PRODUCT_KEY": _prepaid_product_key,
    "PREPAID_PLAN": _prepaid_plan,
    "GOVERNMENT_OR_NONPROFIT": _government_or_nonprofit,
    "MULTIPLE_SUBSCRIPTIONS_SAME_PRODUCT": _multiple_subscriptions,
    "UNPAID_BALANCE": _unpaid_balance,
    "INVOICE_BELOW_MINIMUM": _invoice_below_minimum,
    "MORE_USERS_THAN_LICENSES": _more_users_than_licenses,
    "TOO_FEW_LICENSES": _too_few_licenses,
    "LICENSE_REMOVAL_IN_SWITCH": _license_removal_in_switch,
    "TARGET_USER_CAP": _target_user_cap,
    "SOURCE_USER_CAP": _source_user_cap,
    "TOO_MANY_USERS": _too_many_users,
    "ADDON_INCOMPATIBLE": _addon_incompatible,
    "SERVICE_NOT_PROVISIONED": _service_not_provisioned,
    "SERVICE_UNHEALTHY": _service_unhealthy,
    "CUSTOM_DOMAIN_REVIEW": _custom_domain_review,
    "SOURCE_NOT_CANCELLABLE": _source_not_cancellable,
}
