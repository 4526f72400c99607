"""Eligibility, decided again by the rules' own function from the recorded input of an assessment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from audit.whatif.basis import Basis, Input
from audit.whatif.decisions import Decision, Place
from domain.eligibility.eligibility import Assessment, assess
from domain.eligibility.eligibility_input import AssessmentInput
from domain.eligibility.recorded_input import recorded_input
from domain.kernel.errors import PlanSwitchError
from domain.reasons.findings import FindingCode, recorded_finding
from domain.reasons.reasons import recorded_words

#: Findings of a look at the users, or of what was done before: the input of an assessment has neither.
FOUND_ELSEWHERE = frozenset(
    {
        FindingCode.DEPENDENT_SERVICE_OFF,
        FindingCode.SERVICE_NOT_IN_PLAN,
        FindingCode.PLAN_HAS_MORE_SERVICES,
        FindingCode.USERS_NOT_RESTORED,
        FindingCode.ADDONS_NOT_RESTORED,
        FindingCode.SETTING_LOST,
        FindingCode.LOCATIONS_STAY,
    }
)
#: Reason -> fields of the rule set that decide it; other reasons look at no rule set.
_RULES_OF_REASON = {
    "TOO_MANY_USERS": ("user_limit",),
    "SOURCE_USER_CAP": ("source_user_caps",),
    "LICENSE_REMOVAL_IN_SWITCH": ("is_right_sizing",),
    "INVOICE_BELOW_MINIMUM": ("invoice_minimum_minor_units",),
    "NO_WAY_BACK": ("has_way_back",),
    "NO_PATH": ("offers",),
    "ALREADY_TOP_PLAN": ("offers",),
    "SOURCE_NOT_CANCELLABLE": ("billing_stop",),
}
_SERVICES = ("services_gained", "services_lost", "services_lowered")
_NONE = "no reason"
_YES, _NO = "yes", "no"
#: Key of a reason among those of an answer: UNKNOWN_REASON may stand there more than once.
_Key = tuple[str, int]


def decided_again(basis: Basis, facts: AssessmentInput) -> Assessment:
    """Assess again what was recorded.

    Args:
        basis: Rules and catalog to decide by.
        facts: The recorded input.

    Raises:
        PlanSwitchError: The catalog is not kept, or it lacks a plan.
    """
    catalog, rules = basis.catalog(facts.catalog_version), basis.rules(facts.rule_set)
    return assess(catalog, replace(facts, rule_set=rules.name, catalog_version=catalog.version))


def input_of(place: Place, subject: Mapping[str, Any]) -> AssessmentInput | None:
    """Return the input of a recorded assessment; None, and a note why, where the record lacks it.

    Args:
        place: Where the note goes.
        subject: Recorded input and answer.
    """
    inputs, answer = subject["inputs"], subject["answer"]
    if "source" not in inputs:
        place.cannot(Decision.ELIGIBLE, f"it was refused before anything was assessed: {answer['code']}")
        return None
    try:
        return recorded_input(inputs)
    except PlanSwitchError as error:
        place.cannot(Decision.ELIGIBLE, error.message)
        return None


def compare_assessment(place: Place, basis: Basis, subject: Mapping[str, Any]) -> AssessmentInput | None:
    """Compare a recorded answer with the one that is decided now; return the recorded input.

    Args:
        place: Where the results go.
        basis: Rules and catalog to decide by.
        subject: Recorded input and answer.

    Returns:
        None where it can't be read, or nothing was assessed.
    """
    facts, answer = input_of(place, subject), subject["answer"]
    if facts is None:
        return None
    try:
        again = decided_again(basis, facts)
    except PlanSwitchError as error:
        place.cannot(Decision.ELIGIBLE, error.message)
        return None
    elsewhere = [each for each in answer.get("findings", ()) if each["code"] in FOUND_ELSEWHERE]
    _compare(place, basis, facts, answer, again.including(recorded_finding(each) for each in elsewhere))
    return facts


def _compare(
    place: Place, basis: Basis, facts: AssessmentInput, answer: Mapping[str, Any], again: Assessment
) -> None:
    now, recorded = again.answer_facts(), _recorded(basis, facts)
    if now == answer:
        # What comes out the same, to the letter, needs no look at its parts.
        place.same(_parts(answer))
        return
    why = basis.why(recorded)
    yes_no = [_YES if each["is_eligible"] else _NO for each in (answer, now)]
    place.compare(Decision.ELIGIBLE, facts.way, *yes_no, why=why)
    _compare_reasons(place, basis, recorded, answer["reasons"], now["reasons"])
    for decision in (Decision.DIRECTION, Decision.KIND):
        place.compare(decision, "", str(answer[decision]), str(now[decision]), why=why)
    for name in _SERVICES:
        place.compare(Decision.SERVICES, name, _names(answer[name]), _names(now[name]), why=why)
    missing = "acknowledgments_missing"
    place.compare(Decision.ACKNOWLEDGMENTS, "missing", _names(answer[missing]), _names(now[missing]), why=why)
    place.compare(Decision.FINDINGS, "", _codes(answer), _codes(now), why=why)


def _parts(answer: Mapping[str, Any]) -> int:
    """Return how many decisions an answer is."""
    beside = (Decision.ELIGIBLE, Decision.DIRECTION, Decision.KIND, *_SERVICES)
    return len(answer["reasons"]) + len(beside) + len((Decision.ACKNOWLEDGMENTS, Decision.FINDINGS))


def _recorded(basis: Basis, facts: AssessmentInput) -> str:
    """Return what was recorded in the place of the input that is another one."""
    return facts.catalog_version if basis.is_changed(Input.CATALOG) else facts.rule_set


def _compare_reasons(
    place: Place,
    basis: Basis,
    recorded: str,
    before: Sequence[Mapping[str, Any]],
    now: Sequence[Mapping[str, Any]],
) -> None:
    old, new = _keyed(before), _keyed(now)
    for key in dict.fromkeys((*old, *new)):
        was, would_be = old.get(key), new.get(key)
        if was is not None and would_be is not None and _is_same(was, would_be):
            place.same()
            continue
        code = key[0]
        place.differs(
            Decision.REASON,
            code,
            recorded=_words(was),
            would_be=_words(would_be),
            why=basis.why(recorded, rules=_RULES_OF_REASON.get(code, ())),
        )


def _keyed(reasons: Sequence[Mapping[str, Any]]) -> dict[_Key, Mapping[str, Any]]:
    numbers: Counter[str] = Counter()
    keyed = {}
    for each in reasons:
        keyed[each["code"], numbers[each["code"]]] = each
        numbers[each["code"]] += 1
    return keyed


def _is_same(was: Mapping[str, Any], would_be: Mapping[str, Any]) -> bool:
    """Return whether a reason is the same; a record of before has words in the place of figures."""
    if "message" in was:
        return bool(was["blocks"] == would_be["blocks"])
    return was == would_be


def _words(reason: Mapping[str, Any] | None) -> str:
    if reason is None:
        return _NONE
    weight = f"blocks {' and '.join(reason['blocks'])}" if reason["blocks"] else "notice"
    return f"{weight}: {recorded_words(reason).message}"


def _names(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"


def _codes(answer: Mapping[str, Any]) -> str:
    return _names([each["code"] for each in answer.get("findings", ())])
