"""One example of every event field: what a switch from E1 to E3 at Contoso leaves behind.

Only new golden files are made from these values; files that exist are never written again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, get_type_hints
from uuid import UUID

from domain.approvals.approval_events import ApprovalRequested
from domain.eligibility.assessment import Assessed
from domain.eligibility.eligibility import Assessment
from domain.kernel import ids
from domain.kernel.facts import as_plain
from domain.kernel.money import Money
from domain.kernel.recorded import Meta
from domain.licenses.move import GroupMoved
from domain.organizations.organization import Organization
from domain.ports.product_port import ProductAct
from domain.ports.seller_port import RenewalTerms
from domain.products.act_terms import payment_terms
from domain.products.product_acts import ActQuestion
from domain.quote.quote import quote
from domain.reasons.findings import FindingCode, finding
from domain.reasons.reasons import reason, reason_records
from domain.requests.checkout import draft_facts
from domain.requests.checkout_events import CheckoutStarted
from domain.requests.terms import SwitchTerms
from domain.requests.wait_events import EligibilityWait
from domain.subscriptions.subscription import Subscription
from domain.subscriptions.subscription_name import SubscriptionNamed
from domain.switch.control_events import CommandApproved
from domain.switch.events import SwitchRequested
from domain.switch.preflight_events import PreflightChecked
from domain.switch.return_events import CompensationStuck
from domain.switch.settings_events import ServiceSettingsReassessed
from domain.switch.switch_state import SwitchEvent
from tests.support.stories import eligibility_inputs, quote_inputs
from tests.support.stories.eligibility_stories import STORIES

ORGANIZATION_ID = "contoso"
SOURCE_SUBSCRIPTION_ID = "source"
REQUEST_ID = "request-1"
SWITCH_ID = ids.switch_id_of(ORGANIZATION_ID, REQUEST_ID)
PASS_NAME = "move"
CHECKOUT_ID = ids.checkout_id_of(ORGANIZATION_ID, REQUEST_ID)
APPROVAL_ID = ids.approval_id_of(SWITCH_ID, "start", REQUEST_ID)
AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DAY = date(2026, 11, 22)
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
EUROS = Money(minor_units=12345, currency="EUR")
_USER_KEY = "2f9d6f0e-1f5e-5b57-8a3c-0c8b7de4a111"

#: What was asked, as the workflow got it.
_ORDER = {
    "switch_id": SWITCH_ID,
    "request_id": REQUEST_ID,
    "organization_id": ORGANIZATION_ID,
    "source_subscription_id": SOURCE_SUBSCRIPTION_ID,
    "target_plan_id": "6fd2c87f-b296-42f0-b197-1e91e994b900",
    "quantity": None,
    "acknowledgments": ["backup_done"],
    "quoted_on": "2026-11-22",
    "reason": "growth",
}

#: What a checkout orders.
_TERMS = SwitchTerms(
    organization_id=ORGANIZATION_ID,
    source_subscription_id=SOURCE_SUBSCRIPTION_ID,
    target_plan_id="6fd2c87f-b296-42f0-b197-1e91e994b900",
    quantity=7,
    acknowledgments=("backup_done", "domain:contoso.example"),
)

#: An act on a product.
_ACT: dict[str, Any] = {
    "question": ActQuestion(act=ProductAct.PAY, request_id=REQUEST_ID).as_facts(),
    "figures": payment_terms(EUROS).as_facts(),
    "proof": {"command": {"command": "product_buy", "key_id": "1f2e3d4c5b6a7988"}, "figures": DIGEST},
    "acceptance": {"total_minor_units": 1_000, "whatever_it_costs": False, "loss": False},
    "result": {"payment_id": "payment-1", "balance_due_minor_units": 0},
}

#: What a second person approves.
_APPROVAL: dict[str, Any] = {
    "command": "start",
    "digest": DIGEST,
    "approval_id": APPROVAL_ID,
    "needs": ["700 users move, and more than 500 need an approval"],
    "users": 700,
    "amount_minor_units": 726471,
    "shown": {"does": "moves 700 users", "from": "Office 365 E1", "to": "Office 365 E3"},
    "proposal": {"order": _ORDER, "source_plan_id": "18181a46-0d4e-45cd-891e-60aabd171b4e"},
    "requested_by": "olga@contoso.example",
    "code": "",
    "message": "The switch is started.",
    "key_id": "1f2e3d4c5b6a7988",
    "statement": {"approval_id": APPROVAL_ID, "digest": DIGEST, "reason": "growth"},
    "public_key": DIGEST,
    "public_signature": DIGEST * 2,
    "signature": DIGEST,
}

#: What stands in the way of a request that waits.
_REASONS = reason_records([reason("SERVICE_UNHEALTHY", {"source": "E1", "services": "Exchange"}, now=AT)])
#: Topic -> findings of an event.
_FINDINGS: dict[str, list[dict[str, Any]]] = {
    PreflightChecked.TOPIC: [
        {"code": "NO_LICENSE_FREE", "users": 7, "is_failure": True, "user_keys": [_USER_KEY]}
    ],
    ServiceSettingsReassessed.TOPIC: [
        as_plain(finding(FindingCode.SERVICE_NOT_IN_PLAN, service="Yammer", plan="Office 365 E3", users=7))
    ],
}

SOURCE_STREAM_ID = ids.subscription_stream_id(ORGANIZATION_ID, SOURCE_SUBSCRIPTION_ID)

#: Streams of the events that belong to none of a source subscription.
_STREAMS: dict[str, UUID] = {
    "organization": ids.organization_stream_id(ORGANIZATION_ID),
    "subscription": SOURCE_STREAM_ID,
    "eligibility-wait": ids.eligibility_wait_stream_id(SWITCH_ID),
    GroupMoved.TOPIC: ids.license_move_stream_id(SWITCH_ID, PASS_NAME),
    Assessed.TOPIC: ids.assessment_stream_id("preview-1"),
    "approval": ids.approval_stream_id(APPROVAL_ID),
    ApprovalRequested.TOPIC: ids.approval_stream_id(APPROVAL_ID),
    "checkout": ids.checkout_stream_id(CHECKOUT_ID),
    CheckoutStarted.TOPIC: ids.checkout_stream_id(CHECKOUT_ID),
    SubscriptionNamed.TOPIC: ids.subscription_name_stream_id(ORGANIZATION_ID, "replacement"),
}
_META = Meta(
    switch_id=SWITCH_ID,
    organization_id=ORGANIZATION_ID,
    actor="olga@contoso.example",
    reason="growth",
    causation=f"request:{REQUEST_ID}",
    workflow_id=ids.workflow_id_of(ORGANIZATION_ID, REQUEST_ID),
    run_id="run-1",
    activity="purchase.order_replacement",
    activity_id="2",
    attempt=1,
)
_BY_TYPE: dict[Any, Any] = {
    str: "example",
    int: 7,
    bool: True,
    date: DAY,
    date | None: DAY,
    datetime: AT,
    datetime | None: LATER,
    Money: EUROS,
    Money | None: EUROS,
    list[int]: [1, 2],
    list[str]: ["city", "postal_code"],
    dict[str, str]: {"sold_to": "3f9a", "billed_to": "77c0"},
    dict[str, Any] | None: {"is_automatic": True, "scheduled": {"plan_id": "new", "quantity": 6}},
    list[dict[str, str]]: [
        {"setting": "auto_renew", "wanted": "renews by itself off", "code": "2006", "message": "No."}
    ],
    list[dict[str, Any]]: [{"batch_no": 0, "count": 7}],
    list[date]: [date(2026, 12, 24), date(2026, 12, 25)],
}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """Where in which stream an example stands."""

    stream_id: UUID
    version: int


def sample_of(event_class: type[Any]) -> Any:
    """Return an event of the class, with a value for each of its fields.

    Raises:
        KeyError: A field has a type that no example is given for: add one to `_BY_TYPE` or `_by_name`.
    """
    place = _place_of(event_class)
    facts = {
        "originator_id": place.stream_id,
        "originator_version": place.version,
        "timestamp": AT,
    }
    for name, hint in get_type_hints(event_class).items():
        if "ClassVar" not in str(hint) and name not in facts:
            facts[name] = _value_of(event_class, name, hint)
    return event_class(**facts)


def _place_of(event_class: type[Any]) -> _Place:
    topic: str = event_class.TOPIC
    stream_id = _STREAMS.get(topic) or _STREAMS[topic.partition(".")[0]]
    if topic in _STREAMS or event_class in {
        Organization.Created,
        Subscription.Created,
        EligibilityWait.Created,
    }:
        return _Place(stream_id=stream_id, version=1)
    # A switch's events follow its request, which follows the opening of the stream.
    follows_request = issubclass(event_class, SwitchEvent) and event_class is not SwitchRequested
    return _Place(stream_id=stream_id, version=3 if follows_request else 2)


def _value_of(event_class: type[Any], name: str, hint: Any) -> Any:
    if name == "originator_topic":
        return event_class.TOPIC.partition(".")[0]
    if name in _APPROVAL and ("approval." in event_class.TOPIC or event_class is CommandApproved):
        return _APPROVAL[name]
    if name == "findings" and event_class.TOPIC in _FINDINGS:
        return _FINDINGS[event_class.TOPIC]
    if name == "remedy" and event_class is CompensationStuck:
        return "way_back_stuck"
    by_name = _by_name()
    return by_name[name] if name in by_name else _BY_TYPE[hint]


def _assessment(code: str) -> Assessment:
    """Return an answer with the reason of a code, and a finding beside it."""
    told = STORIES[code].always | STORIES[code].raised_by
    source = told.get("source") or eligibility_inputs.subscription()
    renewal = RenewalTerms(ends_on=date(2026, 12, 10), is_automatic=False)
    return eligibility_inputs.answer(**{**told, "source": replace(source, renewal=renewal)})


@cache
def _by_name() -> dict[str, Any]:
    accepted = quote(quote_inputs.terms())
    digests = {f"{name}_digest": DIGEST for name in ("request", "roster", "calls", "detail", "input")} | _ACT
    counts = dict.fromkeys(("group_number", "first_position", "failed", "earlier_moved", "earlier_failed"), 0)
    return {
        **digests,
        **counts,
        "switch_id": SWITCH_ID,
        "organization_id": ORGANIZATION_ID,
        "subscription_id": SOURCE_SUBSCRIPTION_ID,
        "request_id": REQUEST_ID,
        "source_stream_id": str(SOURCE_STREAM_ID),
        "order": _ORDER,
        "meta": _META.as_facts(),
        "promised_end": LATER,
        "pass_name": PASS_NAME,
        "ordered_by": "",
        "replacement_id": str(ids.replacement_stream_id(SWITCH_ID)),
        "subscription_stream_id": ids.replacement_stream_id(SWITCH_ID),
        "external_id": "replacement",
        "user_key": _USER_KEY,
        "quote": accepted.as_facts(),
        "quote_digest": accepted.digest,
        "expires_on": accepted.input.expires_on,
        "assessment": _assessment("PREPAID_PLAN").as_facts(),
        "subject": _assessment("NO_PATH").as_facts(),
        "reasons": _REASONS,
        "assessment_stream_id": str(ids.assessment_stream_id("wait-1")),
        "currency": "EUR",
        "mode": "automatic",
        "service_settings": "keep",
        "payment_method": "card",
        "rule_set": "current",
        "catalog_version": "2026-11",
        "cut_off_hour": 17,
        "weekend": [5, 6],
        "working_weekend_days": [],
        "asked": {
            "source_subscription_id": SOURCE_SUBSCRIPTION_ID,
            "rule_set": "current",
            "policy": "per_day",
        },
        "terms": draft_facts(_TERMS),
        "section": "billed_to",
        "credit_check": "not_expected",
        "party": "directory",
        "action": "set up services of the new plan",
        "names": ["Exchange Online", "Viva Learning"],
    }
