"""What each event says from the request to the order, of the credit check, controls, billing and the end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain.event_table.event_declaration import (
    Declaration,
    WaitKind,
    declared,
    name_words,
    plan_name,
    time_of,
)
from domain.kernel.money import Money
from domain.licenses.restored_settings import CHANGED, CHANGED_STAYS, JOINED, JOINED_STAYS, LEFT
from domain.operator.lost_settings import findings_of_loss
from domain.reasons.findings import recorded_finding
from domain.subscriptions import billing_events
from domain.switch import control_events, preflight_events, provisioning_events, settings_events
from domain.switch import events as switch_events


def _carried(event: settings_events.SettingsCarried) -> str:
    """Return what the new subscription got from the old one, or why the seller refused."""
    if event.code:
        return f"the seller did not take over the old plan's settings ({event.code}): {event.message}"
    parts = [f"auto-renew {event.auto_renew}"] if event.auto_renew else []
    if event.scheduled_quantity:
        parts.append(f"{event.scheduled_quantity} licenses scheduled for the renewal")
    parts += ["the friendly name"] if event.is_name_carried else []
    return f"new subscription {event.subscription_id} has {', '.join(parts)}"


def _lost(event: settings_events.SettingsLost) -> str:
    """Return what the new subscription did not get, and what to do about it."""
    return " ".join(f"{each.message} {each.remedy}" for each in findings_of_loss(event))


def _asked_pilot(order: dict[str, Any]) -> str:
    """Return the pilot that was asked for; orders of before there was one do not tell."""
    if order.get("pilot_group_id"):
        return f", group {order['pilot_group_id']} first"
    return f", {order['pilot']} users first" if order.get("pilot") else ""


def _paid(event: Any) -> str:
    """Return how the new plan is paid, or that it is owned already."""
    if not event.order.get("licenses_only"):
        return f"paid by {event.payment_method}"
    return f"licenses only, to subscription {event.order['target_subscription_id']}"


def _takes_back(order: dict[str, Any]) -> str:
    """Return which switch is taken back; "" for every other switch."""
    first = order.get("switch_back_of")
    return f", takes back switch {first}" if first else ""


def _checked(event: preflight_events.PreflightChecked) -> str:
    """Return how many users would not be moved, and whom a switch back does not restore."""
    counts = {each.get("code"): each.get("users") for each in event.findings}
    words = {
        JOINED: "joined",
        CHANGED: "were changed by hand",
        JOINED_STAYS: "joined and stay",
        CHANGED_STAYS: "were changed by hand and stay",
        LEFT: "left",
    }
    since = [f"{counts[code]} {text}" for code, text in words.items() if counts.get(code)]
    ending = f"; since the switch that is taken back {', '.join(since)}" if since else ""
    return f"pre-flight: {event.failing} of {event.users_checked} checked users would not be moved{ending}"


def _voidable(until: datetime | None) -> str:
    return f", void for nothing until {time_of(until)}" if until else ""


def _ended(event: Any) -> str:
    """Return why a switch ended without having led to the new plan."""
    return f"{event.code}: {event.message}" if event.code else f"the switch ended as {event.STAGE}"


ORDERS: tuple[Declaration, ...] = (
    declared(
        switch_events.SwitchRequested,
        lambda e: (
            f"requested: switch to {plan_name(e.target_plan_id)}, {_paid(e)}"
            f"{_asked_pilot(e.order)}{_takes_back(e.order)}"
        ),
        board="request_id source_subscription_id source_plan_id target_plan_id licenses stage waits_for "
        "pilot_group_id switch_back_of licenses_only error_code error_message requested_by requested_at",
    ),
    declared(preflight_events.PreflightChecked, _checked),
    declared(settings_events.SettingsCarried, _carried),
    declared(settings_events.SettingsLost, _lost),
    declared(
        settings_events.SourceSettingsChanged,
        lambda _: "the renewal of the old subscription was changed since the request; the change counts",
    ),
    declared(
        settings_events.ServiceSettingsReassessed,
        lambda e: (
            "the directory's list of the new plan has more: "
            + " ".join(recorded_finding(each).message for each in e.findings)
        ),
    ),
    declared(
        settings_events.LocationsAsked,
        lambda e: f"usage location {e.location} for {len(e.user_keys)} users who have none; it stays",
    ),
    declared(
        switch_events.QuoteFixed,
        lambda e: f"quote {e.quote_digest[:12]} binds, valid until {e.expires_on}",
        board="quote quote_total currency",
    ),
    declared(switch_events.WarningAcknowledged, lambda e: f"confirmed: {e.warning}"),
    declared(
        switch_events.ForfeitureAccepted,
        lambda e: (
            f"accepted to lose {Money(minor_units=e.forfeited_minor_units, currency=e.currency)} at most"
        ),
    ),
    declared(
        switch_events.ReplacementOrdered,
        lambda e: f"order {e.order_id} for {e.quantity} licenses{_voidable(e.voidable_until)}",
        board="voidable_until",
    ),
    declared(
        switch_events.VoidWindowClosing,
        lambda e: f"warned: order {e.order_id} can be voided for nothing until {time_of(e.voidable_until)}",
        board="void_warned_at",
    ),
    declared(
        switch_events.ReplacementReady,
        lambda e: f"new subscription {e.subscription_id} is ready",
        board="target_subscription_id",
    ),
    declared(switch_events.ReplacementVoided, lambda e: f"order {e.order_id} is void"),
    declared(
        switch_events.CreditCheckNotRequired,
        lambda e: f"no credit check is needed ({e.evidence})",
        board="credit_check",
        begins=WaitKind.PROVISIONING,
    ),
    declared(
        switch_events.CreditCheckRequired,
        lambda e: f"credit check until {time_of(e.deadline_at)}",
        board="promised_end credit_check credit_reminder_at credit_deadline_at credit_cap_at",
        begins=WaitKind.CREDIT_CHECK,
    ),
    declared(
        switch_events.CreditCheckExtended,
        lambda e: f"credit check extended until {time_of(e.deadline_at)}",
        board="promised_end credit_deadline_at",
    ),
    declared(
        switch_events.CreditCheckExpired,
        lambda e: f"no credit decision in time: {e.evidence}",
        board="credit_check",
    ),
    declared(
        switch_events.CreditCheckApproved,
        lambda e: f"credit approved by {e.decided_by}",
        board="promised_end credit_check",
        begins=WaitKind.PROVISIONING,
    ),
    declared(
        switch_events.CreditCheckDeclined,
        lambda e: f"credit declined by {e.decided_by}",
        board="credit_check",
    ),
    declared(
        switch_events.PromiseMissed,
        lambda e: f"promise missed: {name_words(e.promise)}",
        board="promises_missed alarms alarmed_at",
    ),
    declared(switch_events.NoticeSent, lambda e: f"the organization was notified: {name_words(e.kind)}"),
    declared(
        switch_events.CompletionNoticeRead,
        lambda _: "the notice of the completion was read",
        board="notice_read_by notice_read_at",
    ),
    declared(
        provisioning_events.TargetConfirmed,
        lambda e: (
            f"subscription {e.subscription_id} receives the users; {e.free} licenses of its plan are free"
        ),
        board="target_subscription_id",
    ),
    declared(
        provisioning_events.ProvisioningOverdue,
        lambda e: (
            f"an operator is asked about {', '.join(e.names)}: {e.message} "
            + (
                f"Without an answer the order is voided {time_of(e.voids_at)}"
                if e.voids_at
                else "The switch waits"
            )
        ),
    ),
    declared(
        provisioning_events.ProvisioningWaitedOn,
        lambda e: f"the switch keeps waiting for the new subscription, and asks again {time_of(e.asks_at)}",
    ),
    declared(switch_events.CreditCheckReminded, lambda _: "half of the time for the credit check has passed"),
    declared(
        switch_events.CreditCheckOverdue,
        lambda _: "the credit check is overdue: an operator is asked",
        begins=WaitKind.CREDIT_OVERDUE,
    ),
    declared(
        control_events.CommandApproved,
        lambda e: (
            f"{name_words(e.command)} was approved by a second person {time_of(e.approved_at)}; "
            f"{e.requested_by} requested it, request {e.request_id}"
        ),
    ),
    declared(
        control_events.QuantityAmended,
        lambda e: (
            f"licenses of the new plan amended from {e.quantity_before} to {e.quantity}; "
            f"quote {e.quote_digest[:12]} binds"
        ),
        board="licenses quote quote_total",
    ),
    declared(
        control_events.SwitchPaused,
        lambda e: f"paused ({e.code}): {e.message}",
        board="stage waits_for",
        begins=WaitKind.PAUSE,
    ),
    declared(
        control_events.SwitchResumed, lambda e: f"goes on where it was: {e.stage}", board="stage waits_for"
    ),
    declared(
        billing_events.InvoiceDelivered,
        lambda e: f"invoice {e.invoice_id} delivered",
        board="invoice_looks_at invoice_open_point invoice_delivered_at",
    ),
    declared(
        billing_events.InvoiceWatchEnded,
        lambda e: f"nobody looks for invoice {e.invoice_id} any more: {e.reason}",
        board="invoice_looks_at invoice_open_point",
    ),
    declared(
        billing_events.InvoiceAwaited,
        lambda e: (
            f"invoice {e.invoice_id} is {e.open_point.replace('_', ' ')} yet; billing is asked again "
            f"{time_of(e.looks_at)}"
        ),
        board="invoice_looks_at invoice_open_point",
        begins=WaitKind.SETTLEMENT,
    ),
    declared(
        switch_events.OverlapAccepted,
        lambda e: (
            f"accepted: the old plan goes on beside the new one until {e.until}, "
            f"{e.days_at_most} days at most"
        ),
    ),
    declared(switch_events.SwitchDeclined, _ended),
    declared(switch_events.SwitchExpired, _ended),
    declared(switch_events.SwitchCancelled, _ended),
    declared(switch_events.SwitchFailed, _ended),
    declared(switch_events.SwitchRolledBack, _ended),
)
