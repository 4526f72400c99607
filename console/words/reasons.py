"""Reasons of an assessment or a refusal, and findings, as JSON (rules#reasons)."""

from __future__ import annotations

from typing import Any

from activities.contract import RefusalReason
from console.models.quotes import FindingAnswer, ReasonAnswer
from console.models.system import SupportContact
from domain.kernel.facts import as_plain
from domain.reasons.findings import Finding
from domain.reasons.reasons import Reason, docs_link, names_support


def reason_facts(reason: Reason | RefusalReason | dict[str, Any], support_contact: str) -> dict[str, Any]:
    """Return a reason ready for JSON, with the link to its explanation.

    Args:
        reason: The reason, whoever told it.
        support_contact: Whom this installation calls support; told where the remedy says support.
    """
    if isinstance(reason, RefusalReason):
        facts = {"code": reason.code, "message": reason.message, "remedy": reason.remedy}
    else:
        facts = as_plain(reason)
    support = {"contact": support_contact} if names_support(facts["remedy"]) else None
    return {**facts, "docs": docs_link(facts["code"]), "support": support}


def reason_answer(reason: Reason, support_contact: str) -> ReasonAnswer:
    """Return a reason as the API answers it.

    Args:
        reason: The reason.
        support_contact: Whom this installation calls support; told where the remedy says support.
    """
    return ReasonAnswer(
        code=reason.code,
        message=reason.message,
        remedy=reason.remedy,
        blocks=reason.blocks,
        stages=reason.stages,
        retry=reason.retry,
        evidence=as_plain(reason.evidence),
        docs=reason.docs,
        support=SupportContact(contact=support_contact) if names_support(reason.remedy) else None,
    )


def finding_answer(finding: Finding) -> FindingAnswer:
    """Return a finding as the API answers it, with the link to its explanation."""
    return FindingAnswer(
        code=finding.code,
        message=finding.message,
        remedy=finding.remedy,
        details=as_plain(finding.details),
        docs=finding.docs,
    )
