"""Which recorded event becomes which webhook event, and what its payload has (webhooks#event-types).

A payload has ids, codes, numbers, days and amounts. It never has the name of a person, an actor, a reason, a
message, a user or a user's key: each field is named here, and no other field of an event goes out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from domain.kernel.money import Money
from domain.operator.alarms import AlarmRaised
from domain.operator.manual_events import ManualStepAwaited
from domain.products import product_acts
from domain.requests import wait_events
from domain.subscriptions.billing_events import InvoiceDelivered
from domain.switch import control_events, move_events, provisioning_events, return_events
from domain.switch import events as switch_events
from domain.switch.waiting_events import WaitNoted

#: Type of a delivery that somebody asked for to try an endpoint.
TEST_TYPE = "webhook.test"
#: Version of the envelope, and of every payload that names no other.
PAYLOAD_VERSION = 1
#: Where a docstring cites a rule.
_CITATION = re.compile(r" \((?:ADR \d+|[a-z]+#[^)]*)\)")


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookType:
    """One type of webhook event."""

    #: As receivers get it; never renamed.
    name: str
    #: Class of the recorded event.
    event: type[Any]
    #: Fields of the event that the payload has, under the same names.
    fields: tuple[str, ...]
    #: Raised where a field of the payload changes its meaning or goes; a new field does not raise it.
    version: int = PAYLOAD_VERSION

    @property
    def meaning(self) -> str:
        """Return what it says, in one sentence."""
        # The library leaves an aggregate's first event no words of its own.
        if self.event is wait_events.EligibilityWait.Created:
            return "A request was taken that can't begin yet"
        first = " ".join(str(self.event.__doc__).split("\n\n", maxsplit=1)[0].split())
        return _CITATION.sub("", first).rstrip(".")

    @property
    def topic(self) -> str:
        """Return the topic under which the event is stored."""
        return str(self.event.TOPIC)


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookMessage:
    """What receivers get of one recorded event."""

    #: The same for each endpoint and each attempt, so that receivers drop repeats.
    webhook_id: str
    event_type: str
    organization_id: str
    #: "" for an event outside of any switch.
    switch_id: str
    #: JSON text, which is stored, signed and sent as it is.
    payload: str

    @property
    def subject(self) -> str:
        """Return what events are first sent in order for: the switch, or the organization."""
        return self.switch_id or self.organization_id


def _type(name: str, event: type[Any], fields: str = "") -> WebhookType:
    return WebhookType(name=name, event=event, fields=tuple(fields.split()))


TYPES: tuple[WebhookType, ...] = (
    _type("switch.requested", switch_events.SwitchRequested, "target_plan_id quantity mode payment_method"),
    _type("switch.waiting", wait_events.EligibilityWait.Created, "source_plan_id until"),
    _type("switch.scheduled", wait_events.StartScheduled, "start_on not_before"),
    _type("switch.rescheduled", wait_events.StartRescheduled, "start_on not_before until"),
    _type("switch.price_asked", wait_events.PriceAsked, "total total_at_most answer_by"),
    _type("switch.price_accepted", wait_events.PriceAccepted, "total_at_most until"),
    _type("switch.wait_ended", wait_events.EligibilityWaitEnded, "outcome code"),
    _type("switch.step_waits", WaitNoted, "step party code looks_at until"),
    _type("switch.manual_step_awaited", ManualStepAwaited, "step code"),
    _type("switch.ordered", switch_events.ReplacementOrdered, "order_id quantity voidable_until"),
    _type("switch.void_window_closing", switch_events.VoidWindowClosing, "order_id voidable_until"),
    _type("switch.order_voided", switch_events.ReplacementVoided, "order_id"),
    _type("switch.credit_check_not_required", switch_events.CreditCheckNotRequired),
    _type("switch.credit_check_required", switch_events.CreditCheckRequired, "check_id deadline_at cap_at"),
    _type("switch.credit_check_reminded", switch_events.CreditCheckReminded),
    _type("switch.credit_check_overdue", switch_events.CreditCheckOverdue),
    _type("switch.credit_check_extended", switch_events.CreditCheckExtended, "deadline_at"),
    _type("switch.credit_check_approved", switch_events.CreditCheckApproved, "decided_at"),
    _type("switch.credit_check_declined", switch_events.CreditCheckDeclined, "decided_at"),
    _type("switch.credit_check_expired", switch_events.CreditCheckExpired),
    _type("switch.provisioning_overdue", provisioning_events.ProvisioningOverdue, "voids_at"),
    _type("switch.provisioned", switch_events.ReplacementReady, "subscription_id"),
    _type("switch.target_confirmed", provisioning_events.TargetConfirmed, "subscription_id"),
    _type("switch.licenses_started", move_events.LicenseMoveStarted, "total"),
    _type("switch.held", move_events.LicenseMoveHeld, "code"),
    _type("switch.hold_ended", move_events.LicenseMoveResumed, "stage"),
    _type("switch.licenses_moved", move_events.LicenseMoveFinished, "moved skipped drifted"),
    _type("switch.paused", control_events.SwitchPaused, "code until"),
    _type("switch.resumed", control_events.SwitchResumed, "stage"),
    _type("switch.quantity_amended", control_events.QuantityAmended, "quantity_before quantity"),
    _type("switch.roll_back_started", return_events.RollBackStarted, "moved"),
    _type("switch.stuck", return_events.CompensationStuck, "step code"),
    _type("switch.cancellation_begun", move_events.SourceCancellationBegun, "ends_by"),
    _type("switch.cancellation_refused", move_events.SourceCancellationRefused, "code"),
    _type("switch.renewal_stopped", move_events.RenewalStopped, "ends_on"),
    _type("switch.source_cancelled", move_events.SourceCancelled, "cancelled_at cutover_on"),
    _type("switch.licenses_reduced", move_events.LicensesReduced, "quantity cutover_on"),
    _type("switch.credit_issued", move_events.CreditIssued, "credit_id amount settles_on"),
    _type("switch.credit_forfeited", move_events.CreditForfeited, "amount"),
    _type("switch.billed", move_events.BillingCutOver, "cutover_on net tax total invoice_id"),
    _type("switch.invoice_delivered", InvoiceDelivered, "invoice_id delivered_at"),
    _type("switch.promise_missed", switch_events.PromiseMissed, "promise promised_at"),
    _type("switch.alarm_raised", AlarmRaised, "alarm number"),
    _type("switch.completed", move_events.SwitchCompleted, "moved skipped total"),
    _type("switch.declined", switch_events.SwitchDeclined, "code"),
    _type("switch.expired", switch_events.SwitchExpired, "code"),
    _type("switch.cancelled", switch_events.SwitchCancelled, "code"),
    _type("switch.failed", switch_events.SwitchFailed, "code"),
    _type("switch.rolled_back", switch_events.SwitchRolledBack, "code"),
    _type("product.act_begun", product_acts.ProductActBegun, "act"),
    _type("product.act_held", product_acts.ProductActHeld, "code"),
    _type("product.act_ended", product_acts.ProductActEnded, "outcome code"),
)
#: Name -> type, in the order of the table.
TYPE_OF_NAME: Mapping[str, WebhookType] = {each.name: each for each in TYPES}
_TYPE_OF_EVENT: Mapping[type[Any], WebhookType] = {each.event: each for each in TYPES}
#: Topics of the events that go out.
TOPICS: tuple[str, ...] = tuple(each.topic for each in TYPES)


def message_of(event: Any, *, position: int, webhook_id: str) -> WebhookMessage | None:
    """Return what receivers get of a recorded event; None where its type does not go out.

    Args:
        event: The event, as the record has it today.
        position: Its place in the log of all events, by which receivers order.
        webhook_id: Names the message.
    """
    kind = _TYPE_OF_EVENT.get(type(event))
    if kind is None:
        return None
    organization_id, switch_id = str(event.meta["organization_id"]), str(event.meta["switch_id"])
    data = {
        "organization_id": organization_id,
        "switch_id": switch_id or None,
        "position": position,
        **{name: _plain(getattr(event, name)) for name in kind.fields},
    }
    return WebhookMessage(
        webhook_id=webhook_id,
        event_type=kind.name,
        organization_id=organization_id,
        switch_id=switch_id,
        payload=_envelope(kind.name, event.timestamp, kind.version, data),
    )


def trial_message(*, webhook_id: str, endpoint_id: str, at: datetime) -> WebhookMessage:
    """Return a message that only tries an endpoint.

    Args:
        webhook_id: Names the message.
        endpoint_id: The endpoint.
        at: Aware instant.
    """
    payload = _envelope(TEST_TYPE, at, PAYLOAD_VERSION, {"endpoint_id": endpoint_id})
    return WebhookMessage(
        webhook_id=webhook_id, event_type=TEST_TYPE, organization_id="", switch_id="", payload=payload
    )


def _envelope(name: str, at: datetime, version: int, data: Mapping[str, Any]) -> str:
    facts = {"type": name, "timestamp": _instant(at), "version": version, "data": data}
    return json.dumps(facts, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
    """Return a field of an event as JSON has it."""
    if isinstance(value, Money):
        return {"minor_units": value.minor_units, "currency": value.currency}
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int):
        return value
    return str(value)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
