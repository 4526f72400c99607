"""What of a case may leave the installation: named field by field, so that a new field stays inside.

Left out are people (actors, callers, users), their words (reasons, request ids), custom domains, names and
addresses, and every key. What a provider said is told without people and secrets
(providers/transport/redacted_text.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC
from typing import Any

from audit.story.wait_parts import Wait
from domain.event_table.event_declaration import WaitKind
from domain.kernel.facts import as_plain
from domain.organizations.roles import RANKED
from domain.ports.cloud import ProviderCall
from domain.quote.quote_input import FORFEITURE
from domain.reasons.findings import (
    BACKUP_DONE,
    DEPENDENT_SERVICE_OFF,
    NO_WAY_BACK,
    SCHEDULED_CHANGE_LOST,
    USERS_NOT_RESTORED,
)
from domain.reasons.phrases import phrase_words, spoken_figures
from domain.reasons.reasons import recorded_words
from domain.switch.events import SwitchFailed
from domain.switch.move_events import LicenseMoveHeld, SourceCancellationRefused
from domain.switch.return_events import CompensationStuck
from domain.switch.waiting_events import WaitNoted
from providers.transport.redacted_text import redacted_text

#: Stands for a fact that is there and stays inside.
REDACTED = "[redacted]"
#: Fact of a reason that is a provider's own text.
_VENDOR_TEXT = "vendor_text"
#: Events that report trouble in words of providers and of ours; none of them has an operator's words.
_TELLING = (SwitchFailed, LicenseMoveHeld, CompensationStuck, SourceCancellationRefused, WaitNoted)
#: Facts of an assessment's input that are figures, ids of subscriptions and plans, and words of the rules.
_INPUTS = (
    *("mode", "rule_set", "catalog_version", "source", "target_plan_id", "quantity", "billed"),
    *("subscribed", "subscriptions", "health", "lock_holder", "own_switch_id", "stage", "now"),
    *("credit_check", "users_to_move", "came_from_plan_id", "target_subscription_id", "billing_cycle"),
    *("purchases", "auto_renew", "switch_back_of", "product_act", "licenses_only", "licenses_needed"),
)
#: Facts that a caller writes: shown only if they are words of ours.
_WORDS = {"caller_role": RANKED, "payment_method": ("card", "invoice")}
_WAIT_INSTANTS = ("begun_at", "planned_end_at", "looks_at", "ended_at")
_ACKNOWLEDGMENTS = (
    *(NO_WAY_BACK, BACKUP_DONE, SCHEDULED_CHANGE_LOST, DEPENDENT_SERVICE_OFF, USERS_NOT_RESTORED),
    FORFEITURE,
)
_PROFILE = (
    *("organization_id", "country", "subdivision", "time_zone", "currency", "segment", "tax_rate"),
    *("balance_due", "payment_method"),
)
_VERDICT = ("interface", "target_plan_id", "is_eligible")
_REASON = ("code", "blocks", "stages", "retry")
#: Facts that a reason may rest on and that are nobody's; `role` is what a caller says.
EVIDENCE = frozenset(
    {
        *("switch_id", "since", "promised_end", "was_promised", "waits_for", "allowed", "status"),
        *("subscription_id", "subscription_ids"),
        *("contract_type", "subscriptions_owned", "paid_until", "paid", "segment", "count", "source"),
        *("balance_due", "order_total", "minimum", "assigned", "purchased", "quantity", "users", "target"),
        *("cap", "limit", "addon", "cancellable_until", "renews_on", "vendor_code", "services", "rule_set"),
        *("why", "wait", "act", "held_code"),
    }
)
#: Facts that a finding may rest on and that are nobody's.
_SERVICE_DETAILS = {"count", "needs", "plan", "service", "service_plan_id", "services", "terms", "users"}
_STATED_DETAILS = {"ends_on", "begins_on", "stated", "computed", "billed", "refundable_until", "outcome"}
_HELD_DETAILS = {"plan_id", "purchased", "assigned", "subscriptions"}
_LOST_DETAILS = {"setting", "wanted", "why", "location"}
_BACK_DETAILS = {"joined", "changed", "addons"}
DETAILS = EVIDENCE | _STATED_DETAILS | _SERVICE_DETAILS | _HELD_DETAILS | _LOST_DETAILS | _BACK_DETAILS
_ADDRESS = re.compile(r"[^\s@<>\"',;]+@[^\s@<>\"',;]+")
_CALL = ("provider", "operation", "status", "duration_ms", "request_id")
#: Fields of events that tell why something did not go on, or what is waited for; none names a person.
_TROUBLE = ("code", "message", "remedy", "step", "party", "action", "names", "since", "looks_at", "until")


def redacted_assessment(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `Assessment.as_facts` gave, now or years ago, with figures and with nobody's data."""
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
    figures = spoken_figures(facts["details"])
    details = {name: value if name in DETAILS else REDACTED for name, value in figures.items()}
    if "why" in details:
        # It repeats a provider's words.
        details["why"] = redacted_text(str(details["why"]))
    return {"code": facts["code"], **_only(facts, ("wording",)), "details": details}


def redacted_reason(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return a reason without its message, which repeats the evidence, and with that evidence redacted."""
    figures = spoken_figures(facts.get("evidence", {}))
    evidence = {name: value if name in EVIDENCE else REDACTED for name, value in figures.items()}
    if _VENDOR_TEXT in evidence:
        evidence[_VENDOR_TEXT] = redacted_text(str(facts["evidence"][_VENDOR_TEXT]))
    if "role" in evidence:
        evidence["role"] = _word(facts["evidence"]["role"], RANKED)
    shown = {"code": facts["code"], "remedy": recorded_words(facts).remedy, **_only(facts, _REASON)}
    return {**shown, "evidence": evidence}


def redacted_call(call: ProviderCall, **context: Any) -> dict[str, Any]:
    """Return a provider call with what was answered, without people and secrets; the key stays inside."""
    at = call.started_at.astimezone(UTC).isoformat()
    texts = {"code": redacted_text(call.code), "text": redacted_text(call.text)}
    refusals = [
        {**asdict(each), "code": redacted_text(each.code), "text": redacted_text(each.text)}
        for each in call.refusals
    ]
    facts = {name: getattr(call, name) for name in _CALL}
    return {**context, **facts, **texts, "refusals": refusals, "at": at}


def redacted_event(topic: str, version: int, event: Any) -> dict[str, Any]:
    """Return an event by topic, time and step; who did it, and why, stays inside."""
    facts = {"topic": topic, "version": version, "at": as_plain(event.timestamp)}
    meta = event.meta
    trouble = _told_trouble(event) if isinstance(event, _TELLING) else {}
    return {**facts, **_only(meta, ("activity", "attempt")), **trouble}


def _told_trouble(event: Any) -> dict[str, Any]:
    """Return why something did not go on, in words without people."""
    facts = {name: as_plain(getattr(event, name)) for name in _TROUBLE if hasattr(event, name)}
    facts |= {"remedy": phrase_words(facts["remedy"])} if "remedy" in facts else {}
    return {name: _redacted_value(value) for name, value in facts.items()}


def _redacted_value(value: Any) -> Any:
    if isinstance(value, list):
        return [_redacted_value(each) for each in value]
    return redacted_text(value) if isinstance(value, str) else value


def redacted_wait(wait: Wait) -> dict[str, Any]:
    """Return a wait without who began, moved or ended it."""
    return {
        "kind": wait.kind,
        "about": "an operator to resume" if wait.kind == WaitKind.PAUSE else redacted_text(wait.about),
        "names": _redacted_value(list(wait.names)),
        "what_to_do": redacted_text(wait.what_to_do),
        "ended": wait.ended,
        "looks_every_seconds": wait.looks_every_seconds,
        **{name: as_plain(getattr(wait, name)) for name in _WAIT_INSTANTS},
    }


def without_addresses(value: Any) -> Any:
    """Return JSON-able facts with whatever looks like a mail address or a sign-in name redacted.

    It is the second net: before it, what is shown is chosen field by field.
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
    texts = [redacted_text(str(each.get("text") or "")) for each in refusals]
    return {
        **_only(facts, _VERDICT),
        "refusal_codes": [each["code"] for each in refusals],
        "refusal_texts": texts,
    }


def _only(facts: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: facts[name] for name in names if name in facts}
