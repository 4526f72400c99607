"""Reasons that come from the seller's own answer, in its words (rules#unknown_reason)."""

from __future__ import annotations

from datetime import datetime

from domain.catalog.addons import addon_fates
from domain.eligibility.eligibility_input import Case
from domain.ports.inquiry_port import SellerRefusal
from domain.reasons.reasons import REASONS, Reason, reason, with_evidence

ADDON_INCOMPATIBLE = "ADDON_INCOMPATIBLE"
NOT_ELIGIBLE = "NOT_ELIGIBLE"
UNKNOWN_REASON = "UNKNOWN_REASON"


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
        answer.append(reason_of_refusal(refusal, now=case.input.now))


def _sees_addons(case: Case) -> bool:
    return bool(addon_fates(case.catalog, case.input.source, case.input.subscriptions, case.target))


def reason_of_refusal(refusal: SellerRefusal, *, now: datetime) -> Reason:
    """Return the reason for which the seller refused, with its own words.

    Args:
        refusal: What the seller said and means (vendor#refusals).
        now: Instant of the refusal.
    """
    is_own_word = refusal.reason in {NOT_ELIGIBLE, UNKNOWN_REASON}
    message = "" if is_own_word else f"The seller says: {refusal.text}"
    return reason(refusal.reason, _evidence(refusal), now=now, message=message)


def _evidence(refusal: SellerRefusal) -> dict[str, str | int]:
    return {"vendor_code": refusal.code or "none", "vendor_text": refusal.text}
