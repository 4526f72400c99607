"""Logs of drafts of orders for tests: one event after the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from domain.kernel.ids import checkout_id_of, checkout_stream_id
from domain.kernel.recorded import Meta
from domain.ports.seller_port import BILLED_TO, SOLD_TO
from domain.quote.quote import quote
from domain.requests.checkout import PAYMENT, Checkout, CheckoutEvent, checkout_of, draft_facts
from domain.requests.checkout_events import (
    CheckoutAbandoned,
    CheckoutEdited,
    CheckoutOrdered,
    CheckoutReopened,
    CheckoutStarted,
)
from domain.requests.terms import SwitchTerms
from tests.support.stories import quote_inputs

CHECKOUT_ID = checkout_id_of("contoso", "request-1")
AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
QUOTE = quote(quote_inputs.terms())
TERMS = SwitchTerms(
    organization_id="contoso", source_subscription_id="source", target_plan_id="plan-e3", quantity=7
)
META = Meta(
    switch_id="", organization_id="contoso", actor="olga", reason="growth", causation="request:request-1"
).as_facts()


def started(**changes: Any) -> CheckoutStarted:
    """Return the first event of the draft of `CHECKOUT_ID`."""
    facts: dict[str, Any] = {
        "originator_id": checkout_stream_id(CHECKOUT_ID),
        "originator_version": 1,
        "timestamp": AT,
        "organization_id": "contoso",
        "request_id": "request-1",
        "input_digest": "d1",
        "asked": {"source_subscription_id": "source", "rule_set": "current", "policy": "per_day"},
        "terms": draft_facts(TERMS),
        "parties": {SOLD_TO: "s1", BILLED_TO: "b1"},
        "quote": QUOTE.as_facts(),
        "credit_check": "not_expected",
        "meta": META,
    }
    return CheckoutStarted(**{**facts, **changes})


def changed(version: int, **changes: Any) -> CheckoutEdited:
    """Return an edit of the payment."""
    facts: dict[str, Any] = {
        "originator_id": checkout_stream_id(CHECKOUT_ID),
        "originator_version": version,
        "timestamp": AT,
        "request_id": f"edit-{version}",
        "input_digest": f"d{version}",
        "section": PAYMENT,
        "changed": ["payment_method"],
        "terms": draft_facts(replace(TERMS, payment_method="invoice")),
        "parties": {SOLD_TO: "s1", BILLED_TO: "b2"},
        "quote": QUOTE.as_facts(),
        "credit_check": "may_be_required",
        "meta": META,
    }
    return CheckoutEdited(**{**facts, **changes})


def ordered(version: int) -> CheckoutOrdered:
    """Return the order of the revision before."""
    return CheckoutOrdered(
        originator_id=checkout_stream_id(CHECKOUT_ID),
        originator_version=version,
        timestamp=AT,
        request_id="checkout-1",
        switch_id="a-switch-of-many",
        quote_digest=QUOTE.digest,
        meta=META,
    )


def reopened(version: int) -> CheckoutReopened:
    """Return the refusal of the order before."""
    return CheckoutReopened(
        originator_id=checkout_stream_id(CHECKOUT_ID),
        originator_version=version,
        timestamp=AT,
        code="QUOTE_CHANGED",
        message="A price has changed.",
        meta=META,
    )


def abandoned(version: int) -> CheckoutAbandoned:
    """Return the end of a draft that nobody will order."""
    return CheckoutAbandoned(
        originator_id=checkout_stream_id(CHECKOUT_ID),
        originator_version=version,
        timestamp=AT,
        meta=META,
    )


def draft(*events: CheckoutEvent) -> Checkout:
    """Return the draft of a log that begins with its start."""
    found = checkout_of(CHECKOUT_ID, (started(), *events))
    assert found is not None
    return found
