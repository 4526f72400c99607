"""Every plan that a subscription may be switched to, assessed and ranked (rules#which-plans-are-offered)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from domain.catalog.catalog import Catalog
from domain.eligibility.eligibility import Assessment, assess
from domain.eligibility.eligibility_input import AssessmentInput
from domain.ports.inquiry_port import SellerVerdict, verdict_on
from domain.reasons.reasons import AUTOMATIC, MANUAL

#: How far up a plan stands by the modes in which it may be switched to.
_MODE_WORDS = ((AUTOMATIC, "possible automatically"), (MANUAL, "possible by hand"))
_BLOCKED = "not possible now"


@dataclass(frozen=True, kw_only=True, slots=True)
class AssessedTarget:
    """One plan to switch to, what blocks it, and why it has its place in the list."""

    assessment: Assessment
    #: Why it stands here: mode, direction, family, tiers.
    reason: str

    def is_possible(self, mode: str) -> bool:
        """Return whether no reason blocks the mode."""
        return not self.assessment.blocking(mode)


def assess_targets(
    catalog: Catalog, facts: AssessmentInput, verdicts: Iterable[SellerVerdict] = ()
) -> tuple[AssessedTarget, ...]:
    """Assess every plan that the rule set offers; what is possible automatically comes first.

    Args:
        catalog: The catalog of the version that `facts` names.
        facts: What is known; its target and its verdict are replaced.
        verdicts: What the seller says on every plan.

    Raises:
        UnknownPlan: The catalog does not know the source.
    """
    statements = tuple(verdicts)
    assessed = []
    for offered in catalog.offered_targets(facts.source.plan_id, facts.rule_set):
        plan_id = offered.plan.plan_id
        question = replace(facts, target_plan_id=plan_id, verdict=verdict_on(statements, plan_id))
        answer = assess(catalog, question)
        place = _place(answer)
        words = _BLOCKED if place == len(_MODE_WORDS) else _MODE_WORDS[place][1]
        assessed.append((place, AssessedTarget(assessment=answer, reason=f"{words}; {offered.reason}")))
    # Sorting is stable: within a place the offer's own order stays.
    return tuple(target for _, target in sorted(assessed, key=lambda each: each[0]))


def _place(answer: Assessment) -> int:
    modes = (mode for mode, _ in _MODE_WORDS)
    return next((place for place, mode in enumerate(modes) if not answer.blocking(mode)), len(_MODE_WORDS))
