"""Reasons of an assessment or a refusal, and findings, as JSON (rules#reasons)."""

from __future__ import annotations

from typing import Any

from activities.contract import RefusalReason
from domain.facts import as_plain
from domain.findings import Finding
from domain.reasons import Reason, docs_link, names_support


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


def finding_facts(found: Finding) -> dict[str, Any]:
    """Return a finding ready for JSON, with the link to its explanation."""
    return {**as_plain(found), "docs": found.docs}
