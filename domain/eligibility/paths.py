"""Checks of the pair of plans: is there a path, does it keep the data, does it lead up (rules#no_path)."""

from __future__ import annotations

from domain.catalog.plans import Direction, Plan, data_services_lowered, direction_of
from domain.catalog.rule_sets import TABLE_2014
from domain.eligibility.eligibility_input import Case, Grounds
from domain.reasons.wordings import NO_TARGET, NOTHING_OFFERED, SAME_PLAN

SWITCHABLE = "plan"


def no_path(case: Case) -> Grounds | None:
    """Find that the rule set does not offer this pair (NO_PATH)."""
    if case.is_offered(case.target):
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


def _wording(case: Case) -> str:
    """Return which words tell what to do: a plan can be chosen only where one is offered."""
    is_same = case.source.plan_id == case.target.plan_id
    if case.catalog.offered_targets(case.source.plan_id, case.rules.name):
        return SAME_PLAN if is_same else ""
    return NO_TARGET if is_same else NOTHING_OFFERED


def _why_no_target(case: Case) -> str:
    source = case.source
    if source.kind != SWITCHABLE:
        return f"{source.name} is no plan but an {source.kind} product"
    if case.rules.offers == TABLE_2014:
        return "the 2014 table has no pair that begins with it"
    return f"no other plan for {source.segment} that is sold keeps its data services"


def _why_no_path(case: Case) -> str:
    source, target = case.source, case.target
    causes = (
        (source.plan_id == target.plan_id, "the organization is on this plan already"),
        (source.kind != SWITCHABLE, f"{source.name} is no plan but an {source.kind} product"),
        (target.kind != SWITCHABLE, f"{target.name} is no plan but an {target.kind} product"),
        (source.segment != target.segment, f"one is for {source.segment}, the other for {target.segment}"),
        (case.rules.offers == TABLE_2014, "the 2014 table does not have this pair"),
        (target.is_retired, f"{target.name} is no longer sold"),
    )
    return next((text for is_so, text in causes if is_so), "it would not keep the data services")


def target_lacks_data_services(case: Case) -> Grounds | None:
    """Find data services that users would lose (TARGET_LACKS_DATA_SERVICES).

    Rule set `2014` had its table in place of this rule: a pair of the table counts as keeping the data.
    """
    if case.rules.offers == TABLE_2014 and case.is_in_2014_table:
        return None
    lowered = data_services_lowered(case.source, case.target)
    if not lowered:
        return None
    services = ", ".join(f"{each.family} ({each.source_tier} to {each.target_tier})" for each in lowered)
    return Grounds(evidence={"source": case.source.name, "target": case.target.name, "services": services})


def no_way_back(case: Case) -> Grounds | None:
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


def already_top_plan(case: Case) -> Grounds | None:
    """Find that neither the plan asked for nor any higher one is offered (ALREADY_TOP_PLAN)."""
    if case.is_offered(case.target) or any(_is_higher(case, plan) for plan in case.catalog.plans):
        return None
    return Grounds(evidence={"source": case.source.name})


def _is_higher(case: Case, plan: Plan) -> bool:
    return direction_of(case.source, plan) is Direction.UPGRADE and case.is_offered(plan)
