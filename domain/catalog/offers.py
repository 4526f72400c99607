"""Which plans a subscription may be switched to, in order, each with its reason.

See rules#which-plans-are-offered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from domain.catalog.plans import Plan
from domain.catalog.rule_sets import TABLE_2014
from domain.catalog.rule_sets import rule_set as rule_set_named
from domain.catalog.tiers import Direction, SwitchKind, data_services_lowered, direction_of, kind_of

#: (source plan id, target plan id) pairs of a published offer table.
Paths = frozenset[tuple[str, str]]

#: Names of the tiers, in the order of DataServiceTiers.
TIER_WORDS = ("exchange", "sharepoint", "skype/teams")
KIND_ORDER = {SwitchKind.SAME_FAMILY: 0, SwitchKind.FROM_STANDALONE: 0, SwitchKind.OTHER_FAMILY: 1}
DIRECTION_ORDER = {Direction.UPGRADE: 0, Direction.CROSSGRADE: 1, Direction.DOWNGRADE: 2}
KIND_WORDS = {
    SwitchKind.SAME_FAMILY: "in the same family",
    SwitchKind.FROM_STANDALONE: "from a standalone plan",
    SwitchKind.OTHER_FAMILY: "in another family, with no way back",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferedTarget:
    """One plan to switch to, and why it stands where it stands in the list."""

    plan: Plan
    kind: SwitchKind
    direction: Direction
    reason: str


def is_offered(source: Plan, target: Plan, *, rule_set: str, paths: Paths) -> bool:
    """Return whether a rule set offers the switch; `False` is NO_PATH or TARGET_LACKS_DATA_SERVICES.

    Under `2014` its table decides, whatever the tiers say. Under the others the table or the data-service
    rule decides, among plans that are still sold in the source's segment.

    Raises:
        InvalidInput: There is no such rule set.
    """
    is_in_table = (source.plan_id, target.plan_id) in paths
    if rule_set_named(rule_set).offers == TABLE_2014:
        return is_in_table
    return _is_sold_to(source, target) and (is_in_table or _keeps_data_services(source, target))


def offered_targets(
    source: Plan, candidates: Iterable[Plan], *, rule_set: str, paths: Paths
) -> tuple[OfferedTarget, ...]:
    """Rank the plans to which `source` may be switched: same family first, upgrades first, nearest first."""
    offered = [plan for plan in candidates if is_offered(source, plan, rule_set=rule_set, paths=paths)]
    return tuple(
        OfferedTarget(
            plan=plan,
            kind=kind_of(source, plan),
            direction=direction_of(source, plan),
            reason=_reason(source, plan),
        )
        for plan in sorted(offered, key=lambda plan: _rank(source, plan))
    )


def _is_sold_to(source: Plan, target: Plan) -> bool:
    return (
        source.kind == target.kind == "plan"
        and source.plan_id != target.plan_id
        and source.segment == target.segment
        and not target.is_retired
    )


def _keeps_data_services(source: Plan, target: Plan) -> bool:
    return source.has_known_services and not data_services_lowered(source, target)


def _rank(source: Plan, target: Plan) -> tuple[int, int, int, int, str]:
    tier_steps = sum(target.tiers.as_tuple()) - sum(source.tiers.as_tuple())
    return (
        KIND_ORDER[kind_of(source, target)],
        DIRECTION_ORDER[direction_of(source, target)],
        tier_steps,
        abs(target.family_rank - source.family_rank),
        target.plan_id,
    )


def _reason(source: Plan, target: Plan) -> str:
    way = f"{direction_of(source, target)} {KIND_WORDS[kind_of(source, target)]}"
    if not (source.has_known_services and target.has_known_services):
        return f"{way}; in the published table; services are not known: make a backup"
    pairs = zip(TIER_WORDS, source.tiers.as_tuple(), target.tiers.as_tuple(), strict=True)
    rises = [word for word, before, after in pairs if after > before]
    gain = f"higher in {', '.join(rises)}" if rises else "same data-service versions"
    lowered = data_services_lowered(source, target)
    loss = f"but lower in {', '.join(service.family for service in lowered)}" if lowered else "keeps all data"
    return f"{way}; {gain}; {loss}"
