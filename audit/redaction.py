"""What of a case may leave the installation: named field by field, so that a new field stays inside.

Left out are people (actors, callers, users), their words (reasons, request ids), the seller's free text,
custom domains, names and addresses, and every key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from domain.eligibility import BACKUP_DONE, NO_WAY_BACK
from domain.facts import as_plain
from domain.ports import ProviderCall
from domain.quote_prepaid import FORFEITURE
from domain.roles import RANKED

#: Stands for a fact that is there and stays inside.
REDACTED = "[redacted]"
#: Facts of an assessment's input that are figures, ids of subscriptions and plans, and words of the rules.
_INPUTS = (
    *("mode", "rule_set", "catalog_version", "source", "target_plan_id", "quantity", "billed"),
    *("subscribed", "subscriptions", "health", "lock_holder", "own_switch_id", "stage", "now"),
    *("credit_check", "users_to_move", "came_from_plan_id", "target_subscription_id", "billing_cycle"),
    "purchases",
)
#: Facts that a caller writes: told only where they are words of ours.
_WORDS = {"caller_role": RANKED, "payment_method": ("card", "invoice")}
_ACKNOWLEDGMENTS = (NO_WAY_BACK, BACKUP_DONE, FORFEITURE)
_PROFILE = (
    *("organization_id", "country", "subdivision", "time_zone", "currency", "segment", "tax_rate"),
    *("balance_due", "payment_method"),
)
_VERDICT = ("interface", "target_plan_id", "is_eligible")
_REASON = ("code", "remedy", "blocks", "stages", "retry")
#: Facts that a reason may rest on and that are nobody's; `role` is what a caller says.
EVIDENCE = frozenset(
    {
        *("switch_id", "since", "promised_end", "allowed", "subscription_id", "subscription_ids", "status"),
        *("contract_type", "subscriptions_owned", "paid_until", "paid", "segment", "count", "source"),
        *("balance_due", "order_total", "minimum", "assigned", "purchased", "quantity", "users", "target"),
        *("cap", "limit", "addon", "cancellable_until", "renews_on", "vendor_code", "services", "rule_set"),
        "why",
    }
)
#: Facts that a finding may rest on and that are nobody's.
DETAILS = EVIDENCE | {"ends_on", "begins_on", "plan", "stated", "computed", "billed", "refundable_until"}
_ADDRESS = re.compile(r"[^\s@<>\"',;]+@[^\s@<>\"',;]+")
_CALL = ("provider", "operation", "status", "code", "duration_ms")


def redacted_assessment(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return an assessment's facts with the figures that were compared and nobody's data.

    Args:
        facts: What `Assessment.as_facts` gave, now or years ago.
    """
    inputs, answer = facts["inputs"], facts["answer"]
    profile = inputs["profile"]
    return {
        "input_digest": facts["input_digest"],
        "inputs": {
            **_only(inputs, _INPUTS),
            **{name: _word(inputs.get(name), known) for name, known in _WORDS.items()},
            "acknowledgments": [_word(each, _ACKNOWLEDGMENTS) for each in inputs["acknowledgments"]],
            "profile": _only(profile, _PROFILE),
            "custom_domains": len(profile.get("custom_domains", ())),
            "confirmed_domains": len(inputs.get("confirmed_domains", ())),
            "verdict": _verdict(inputs.get("verdict")),
        },
        "answer": {
            **answer,
            "reasons": [redacted_reason(each) for each in answer["reasons"]],
            **_findings(answer),
        },
    }


def _findings(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the findings of an answer; a message repeats the details, so it stays inside like a reason's."""
    if "findings" not in answer:
        return {}
    return {"findings": [_redacted_finding(each) for each in answer["findings"]]}


def _redacted_finding(facts: Mapping[str, Any]) -> dict[str, Any]:
    details = {name: value if name in DETAILS else REDACTED for name, value in facts["details"].items()}
    return {"code": facts["code"], "details": details}


def redacted_reason(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return a reason without its message, which repeats the evidence, and with that evidence redacted."""
    evidence = {
        name: value if name in EVIDENCE else REDACTED for name, value in facts.get("evidence", {}).items()
    }
    if "role" in evidence:
        evidence["role"] = _word(facts["evidence"]["role"], RANKED)
    return {**_only(facts, _REASON), "evidence": evidence}


def redacted_call(call: ProviderCall, **context: Any) -> dict[str, Any]:
    """Return a provider call by its codes; the provider's text and the key stay inside."""
    at = call.started_at.astimezone(UTC).isoformat()
    return {**context, **{name: getattr(call, name) for name in _CALL}, "at": at}


def redacted_event(topic: str, version: int, event: Any) -> dict[str, Any]:
    """Return an event by topic, time and step; who did it, and why, stays inside."""
    told = {"topic": topic, "version": version, "at": as_plain(event.timestamp)}
    meta = event.meta
    return {**told, **_only(meta, ("activity", "attempt"))}


def without_addresses(value: Any) -> Any:
    """Return JSON-able facts with whatever looks like a mail address or a sign-in name redacted.

    It is the second net: what is told is chosen field by field before.
    """
    if isinstance(value, str):
        return _ADDRESS.sub(REDACTED, value)
    if isinstance(value, Mapping):
        return {name: without_addresses(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [without_addresses(each) for each in value]
    return value


def _word(text: Any, known: Sequence[str]) -> Any:
    return text if text is None or text in known else REDACTED


def _verdict(facts: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if facts is None:
        return None
    refusals: Sequence[Mapping[str, Any]] = facts.get("refusals", ())
    return {**_only(facts, _VERDICT), "refusal_codes": [each["code"] for each in refusals]}


def _only(facts: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: facts[name] for name in names if name in facts}
