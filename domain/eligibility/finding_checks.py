"""One small check per finding of an assessment: given a case, it returns a remark beside the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from domain.catalog.catalog import UnknownPlan, spoken_services
from domain.catalog.plans import Plan
from domain.eligibility.eligibility_input import Case
from domain.kernel.calendar import local_date
from domain.kernel.messages import Phrase
from domain.licenses.provisioning import is_not_activated
from domain.periods.billing_periods import CYCLE_MONTHS
from domain.periods.next_term import TERM_MONTHS, CarryOver, computed_renewal_on, scheduled_terms
from domain.ports.directory_port import SubscribedPlan
from domain.reasons.findings import Finding, FindingCode, finding, in_order
from domain.reasons.phrases import names_in_row, phrase
from domain.reasons.reasons import BEFORE_ORDER

FindingCheck = Callable[[Case], Iterator[Finding]]


def _auto_renew_off(case: Case) -> Iterator[Finding]:
    source = case.input.source
    stated = source.renewal
    if stated is None or stated.is_automatic is not False or stated.ends_on is None:
        return
    yield finding(
        FindingCode.AUTO_RENEW_OFF,
        subscription_id=source.subscription_id,
        ends_on=stated.ends_on.isoformat(),
    )


def _scheduled_change(case: Case) -> Iterator[Finding]:
    source = case.input.source
    stated = source.renewal
    if stated is None or stated.scheduled is None or stated.ends_on is None:
        return
    change = stated.scheduled
    yield finding(
        FindingCode.SCHEDULED_CHANGE,
        subscription_id=source.subscription_id,
        begins_on=stated.ends_on.isoformat(),
        quantity=change.quantity,
        plan=_plan_name(case, change.plan_id or case.source.plan_id),
        outcome=_outcome(case.input.carried),
    )


def _scheduled_terms_not_quoted(case: Case) -> Iterator[Finding]:
    source = case.input.source
    stated = source.renewal
    terms = scheduled_terms(source)
    if not terms or stated is None or stated.ends_on is None:
        return
    yield finding(
        FindingCode.SCHEDULED_TERMS_NOT_QUOTED,
        subscription_id=source.subscription_id,
        begins_on=stated.ends_on.isoformat(),
        terms=", ".join(terms),
    )


def _outcome(carried: CarryOver) -> Phrase:
    """Return what becomes of a scheduled change."""
    if carried.is_change_lost:
        return phrase("change_lost")
    return phrase("change_scheduled_again") if carried.scheduled else phrase("change_made")


def _plan_name(case: Case, plan_id: str) -> str:
    try:
        return case.catalog.plan(plan_id).name
    except UnknownPlan:
        return f"plan {plan_id}"


def _term_end_differs(case: Case) -> Iterator[Finding]:
    source, time_zone = case.input.source, case.input.profile.time_zone
    today = local_date(case.input.now, time_zone)
    stated = source.renewal.ends_on if source.renewal else None
    computed = computed_renewal_on(source, time_zone=time_zone, today=today)
    if stated is None or computed is None or stated <= today or stated == computed:
        return
    yield finding(
        FindingCode.TERM_END_DIFFERS,
        subscription_id=source.subscription_id,
        stated=stated.isoformat(),
        computed=computed.isoformat(),
    )


def _refund_window_differs(case: Case) -> Iterator[Finding]:
    source = case.input.source
    until, stated = source.cancellable_until, source.renewal
    refundable = stated.refundable_until if stated else None
    if until is None or refundable is None or until == refundable or max(until, refundable) < case.input.now:
        return
    yield finding(
        FindingCode.REFUND_WINDOW_DIFFERS,
        subscription_id=source.subscription_id,
        cancellable_until=until.isoformat(),
        refundable_until=refundable.isoformat(),
    )


def _billing_cycle_differs(case: Case) -> Iterator[Finding]:
    source, billed = case.input.source, case.input.billed
    if billed is None or not source.billing_cycle or source.billing_cycle == billed.billing_cycle:
        return
    yield finding(
        FindingCode.BILLING_CYCLE_DIFFERS,
        subscription_id=source.subscription_id,
        stated=source.billing_cycle,
        billed=billed.billing_cycle,
    )


def _billed_period_differs(case: Case) -> Iterator[Finding]:
    source, billed = case.input.source, case.input.billed
    stated = source.renewal.ends_on if source.renewal else None
    if billed is None or stated is None:
        return
    is_one_period = TERM_MONTHS.get(source.term) == CYCLE_MONTHS.get(billed.billing_cycle)
    is_other_end = stated != billed.period_end_on if is_one_period else stated < billed.period_end_on
    if is_other_end:
        yield finding(
            FindingCode.BILLED_PERIOD_DIFFERS,
            subscription_id=source.subscription_id,
            stated=stated.isoformat(),
            billed=billed.period_end_on.isoformat(),
        )


def _services_not_activated(case: Case) -> Iterator[Finding]:
    for plan in (case.source, case.target):
        pool = _pool(case, plan)
        services = pool.services if pool else ()
        pending = spoken_services(case.catalog, services, is_not_activated)
        if pending:
            yield finding(
                FindingCode.SERVICES_NOT_ACTIVATED,
                plan=plan.name,
                services=names_in_row(pending),
                count=len(pending),
            )


def _target_held(case: Case) -> Iterator[Finding]:
    pool = _pool(case, case.target)
    # After the order the switch's own licenses are there too: an earlier finding named other holders.
    if pool is None or not pool.lasting or case.input.stage != BEFORE_ORDER or case.input.licenses_only:
        return
    yield finding(
        FindingCode.TARGET_HELD,
        plan=case.target.name,
        plan_id=case.target.plan_id,
        purchased=pool.lasting,
        assigned=min(pool.assigned, pool.lasting),
        subscriptions=sum(
            each.plan_id.lower() == case.target.plan_id and each.status == "active"
            for each in case.input.subscriptions
        ),
    )


def _pool(case: Case, plan: Plan) -> SubscribedPlan | None:
    """Return the directory's licenses of a plan, None where it has none of it."""
    return next((pool for pool in case.input.subscribed if pool.plan_id.lower() == plan.plan_id), None)


#: Checks of the facts of an assessment; findings from elsewhere are added to its answer.
CHECKS: tuple[FindingCheck, ...] = (
    _auto_renew_off,
    _scheduled_change,
    _scheduled_terms_not_quoted,
    _term_end_differs,
    _refund_window_differs,
    _billing_cycle_differs,
    _billed_period_differs,
    _services_not_activated,
    _target_held,
)


def findings_of(case: Case) -> tuple[Finding, ...]:
    """Return everything that the facts of an assessment give reason to tell."""
    return in_order(each for check in CHECKS for each in check(case))
