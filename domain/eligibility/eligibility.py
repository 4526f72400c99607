"""Eligibility: every reason at once, never an empty answer (switch#assessment).

The same function answers the preview, guards the order, is asked again before each step that cannot be taken
back, and ranks every plan that is offered (rules#which-plans-are-offered). Reasons of the seller stand in its
own words (rules#unknown_reason).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from domain.catalog.addons import addon_fates
from domain.catalog.catalog import Catalog
from domain.catalog.plans import SwitchKind, compare_plans, data_services_lowered, direction_of, kind_of
from domain.eligibility.eligibility_checks import CHECKS, is_accepted
from domain.eligibility.eligibility_input import AssessmentInput, Case, case_of
from domain.eligibility.finding_checks import findings_of
from domain.kernel.facts import as_plain, digest_of_plain
from domain.kernel.messages import Figure
from domain.periods.next_term import scheduled_terms
from domain.ports.seller_port import SellerRefusal, SellerVerdict, verdict_on
from domain.reasons.findings import (
    ACKNOWLEDGED_FINDINGS,
    BACKUP_DONE,
    NO_WAY_BACK,
    SCHEDULED_CHANGE_LOST,
    Finding,
    finding_facts,
    in_order,
)
from domain.reasons.reasons import (
    AUTOMATIC,
    BEFORE_ORDER,
    LICENSES_ONLY,
    MANUAL,
    NEVER,
    REASONS,
    Reason,
    reason,
    seller_wording,
    with_evidence,
    wording_of_stage,
)
from domain.reasons.wordings import END_UNKNOWN

ADDON_INCOMPATIBLE = "ADDON_INCOMPATIBLE"
NOT_ELIGIBLE = "NOT_ELIGIBLE"
UNKNOWN_REASON = "UNKNOWN_REASON"
#: Facts of an input that tell who holds a lock.
_HOLDERS = ("lock_holder", "credit_check")
#: How far up a plan stands by the modes in which it may be switched to.
_MODE_WORDS = ((AUTOMATIC, "possible automatically"), (MANUAL, "possible by hand"))
_BLOCKED = "not possible now"


@dataclass(frozen=True, kw_only=True, slots=True)
class Assessment:
    """The answer to "may this be switched", with everything it rests on."""

    input: AssessmentInput
    rule_set: str
    catalog_version: str
    mode: str
    stage: str
    at: datetime
    #: All reasons that count at this stage, notices and those of the other mode among them.
    reasons: tuple[Reason, ...]
    #: upgrade, downgrade or crossgrade.
    direction: str
    #: same_family, from_standalone or other_family.
    kind: str
    services_gained: tuple[str, ...]
    services_lost: tuple[str, ...]
    #: Data services that the target has in a lower version.
    services_lowered: tuple[str, ...]
    #: Acknowledgments that are needed before the order and were not given.
    acknowledgments_missing: tuple[str, ...]
    #: Remarks beside the answer; they block nothing.
    findings: tuple[Finding, ...] = ()

    @property
    def input_digest(self) -> str:
        """Return the sha256 (hex) over the facts of the input; computed for the record, not for each look."""
        return input_digest_of(self.input.as_facts())

    def blocking(self, mode: str) -> tuple[Reason, ...]:
        """Return the reasons that block `mode`."""
        return tuple(each for each in self.reasons if mode in each.blocks)

    def next_look(self, mode: str) -> datetime | None:
        """Return when a wait for eligibility should look again, or None where nothing clears by time alone.

        The latest of the instants counts: before it, at least one reason still stands.
        """
        instants = [each.retry.at for each in self.blocking(mode)]
        return max((at for at in instants if at is not None), default=None)

    def can_clear(self, mode: str) -> bool:
        """Return whether a wait may help: no reason that blocks the mode is there for ever."""
        return all(each.retry.kind != NEVER for each in self.blocking(mode))

    def including(self, findings: Iterable[Finding]) -> Assessment:
        """Return the answer with what was found elsewhere, such as by a look at the users.

        What has to be confirmed of it before the order is among the acknowledgments that are missing.
        """
        ordered = in_order((*self.findings, *findings))
        needed = {name for each in ordered if (name := ACKNOWLEDGED_FINDINGS.get(each.code))}
        missing = sorted(needed - {*self.input.acknowledgments, *self.acknowledgments_missing})
        return replace(
            self, findings=ordered, acknowledgments_missing=(*self.acknowledgments_missing, *missing)
        )

    @property
    def is_eligible(self) -> bool:
        """Return whether no reason blocks the requested mode."""
        return not self.blocking(self.input.way)

    def as_facts(self) -> dict[str, Any]:
        """Return inputs and answer as JSON-able facts for the record."""
        inputs = self.input.as_facts()
        return {
            "inputs": inputs,
            "input_digest": input_digest_of(inputs),
            "answer": self.answer_facts(),
        }

    def answer_facts(self) -> dict[str, Any]:
        """Return the answer alone as JSON-able facts."""
        return {
            "is_eligible": self.is_eligible,
            "reasons": as_plain(self.reasons),
            "direction": self.direction,
            "kind": self.kind,
            "services_gained": list(self.services_gained),
            "services_lost": list(self.services_lost),
            "services_lowered": list(self.services_lowered),
            "acknowledgments_missing": list(self.acknowledgments_missing),
            **finding_facts(self.findings),
        }


def input_digest_of(inputs: Mapping[str, Any]) -> str:
    """Return the sha256 (hex) over the facts of an input.

    For whom another switch waits is told in words, and no digest covers a text: it covers that the end is
    unknown.

    Args:
        inputs: As `AssessmentInput.as_facts` gives them.
    """
    holders = {name: inputs[name] for name in _HOLDERS if inputs[name] and inputs[name]["waits_for"]}
    unknown = {name: {**holder, "waits_for": END_UNKNOWN} for name, holder in holders.items()}
    return digest_of_plain({**inputs, **unknown})


def assess(catalog: Catalog, facts: AssessmentInput) -> Assessment:
    """Run every check that counts at the stage and return all reasons at once.

    Args:
        catalog: The catalog of the version that `facts` names.
        facts: What is known at `facts.now`.

    Raises:
        InvalidInput: The catalog is of another version.
        UnknownPlan: The catalog does not know the source or the target.
    """
    case = case_of(catalog, facts)
    comparison = compare_plans(case.source, case.target)
    lowered = data_services_lowered(case.source, case.target)
    return Assessment(
        input=facts,
        rule_set=facts.rule_set,
        catalog_version=catalog.version,
        mode=facts.mode,
        stage=facts.stage,
        at=facts.now,
        reasons=_reasons(case),
        direction=direction_of(case.source, case.target).value,
        kind=kind_of(case.source, case.target).value,
        services_gained=comparison.gained,
        services_lost=comparison.lost,
        services_lowered=tuple(each.family for each in lowered if each.target_tier),
        acknowledgments_missing=_acknowledgments_missing(case, has_losses=bool(comparison.lost or lowered)),
        findings=findings_of(case),
    )


def _reasons(case: Case) -> tuple[Reason, ...]:
    reasons: list[Reason] = []
    for code, row in REASONS.items():
        check = CHECKS.get(code)
        if check is None or case.input.stage not in row.stages:
            continue
        if case.input.licenses_only and not row.blocks_licenses_only:
            # It is about an order, a cancellation or money: there is none.
            continue
        grounds = check(case)
        if grounds is not None:
            worded = reason(
                code,
                grounds.evidence,
                now=case.input.now,
                retry_at=grounds.retry_at,
                wording=wording_of_stage(code, case.input.stage, case.input.way) or grounds.wording,
            )
            if case.input.licenses_only:
                worded = replace(worded, blocks=(LICENSES_ONLY,))
            reasons.append(replace(worded, blocks=()) if is_accepted(case, code) else worded)
    order = list(REASONS)
    return tuple(sorted(with_seller_reasons(case, reasons), key=lambda each: order.index(each.code)))


def _acknowledgments_missing(case: Case, *, has_losses: bool) -> tuple[str, ...]:
    needed: set[str] = set()
    if case.input.licenses_only:
        # The old plan stays: there is a way back, and what a user loses of their data is all that counts.
        is_other = kind_of(case.source, case.target) is SwitchKind.OTHER_FAMILY
        needed = {BACKUP_DONE} if has_losses or is_other else set()
    elif kind_of(case.source, case.target) is SwitchKind.OTHER_FAMILY:
        needed = {NO_WAY_BACK, BACKUP_DONE}
    elif (case.input.mode == MANUAL or case.input.switch_back_of) and has_losses:
        needed = {BACKUP_DONE}
    if case.input.carried.is_change_lost or scheduled_terms(case.input.source):
        needed.add(SCHEDULED_CHANGE_LOST)
    return tuple(sorted(needed - set(case.input.acknowledgments)))


def with_seller_reasons(case: Case, reasons: list[Reason]) -> list[Reason]:
    """Add what the seller refuses to the reasons that we found ourselves.

    Where both say the same, the seller's words become evidence of our reason. Add-ons are decided by us
    alone where we see them: the seller refuses any, the rules only those that fit nowhere.

    Args:
        case: The assessment; its verdict is None when the seller said nothing.
        reasons: Our own reasons.
    """
    verdict = case.input.verdict
    if verdict is None or verdict.is_eligible:
        return reasons
    answer = list(reasons)
    for refusal in verdict.refusals or (SellerRefusal(reason=NOT_ELIGIBLE, code="", text=""),):
        _add(case, answer, refusal)
    return answer


def _add(case: Case, answer: list[Reason], refusal: SellerRefusal) -> None:
    code = refusal.reason
    if case.input.stage not in REASONS[code].stages or (code == ADDON_INCOMPATIBLE and _sees_addons(case)):
        return
    same = [number for number, each in enumerate(answer) if each.code == code]
    if same and code != UNKNOWN_REASON:
        answer[same[0]] = with_evidence(answer[same[0]], _evidence(refusal))
    else:
        answer.append(
            reason_of_refusal(refusal, now=case.input.now, stage=case.input.stage, mode=case.input.mode)
        )


def _sees_addons(case: Case) -> bool:
    return bool(addon_fates(case.catalog, case.input.source, case.input.subscriptions, case.target))


def reason_of_refusal(
    refusal: SellerRefusal, *, now: datetime, stage: str = BEFORE_ORDER, mode: str = AUTOMATIC
) -> Reason:
    """Return the reason for which the seller refused, with its own words.

    Args:
        refusal: What the seller said and means (vendor#refusals).
        now: Instant of the refusal.
        stage: Step before which the seller was asked.
        mode: automatic or manual.
    """
    is_own_word = refusal.reason in {NOT_ELIGIBLE, UNKNOWN_REASON}
    wording = "" if is_own_word else seller_wording(refusal.reason, stage, mode)
    return reason(refusal.reason, _evidence(refusal), now=now, wording=wording)


def _evidence(refusal: SellerRefusal) -> dict[str, Figure]:
    return {"vendor_code": refusal.code or "none", "vendor_text": refusal.text}


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
