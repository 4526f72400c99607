"""What each event changed and each call answered, in words; the audit shows it beside the raw facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from domain import (
    alarms,
    billing_events,
    control_events,
    group_events,
    license_edits,
    license_move,
    move_events,
    outside_events,
    preflight_events,
    provisioning_events,
    recovery_events,
    return_events,
    settings_events,
    subscription_name,
    switch_events,
    wait_events,
    waiting_events,
)
from domain import organization as organizations
from domain import subscription as subscriptions
from domain.catalog import UnknownPlan, load_catalog
from domain.lost_settings import findings_of_loss
from domain.money import Money
from domain.money_words import billed_words, bound_words, charged_figure
from domain.ports import ProviderCall


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


#: Event class -> its effect. An event without a line is told by its own name.
EFFECTS: dict[type[Any], Callable[[Any], str]] = {
    organizations.Organization.Created: lambda _: "the organization is in the record",
    organizations.SwitchReserved: lambda e: (
        f"this switch holds the organization until {time_of(e.promised_end)}"
    ),
    organizations.SwitchReleased: lambda e: f"the organization is free again: {e.outcome}",
    organizations.CommerceLocked: lambda _: "no other order or switch while the credit check runs",
    organizations.CommerceUnlocked: lambda _: "orders are possible again",
    organizations.AdministrationLocked: lambda _: "license administration is locked",
    organizations.AdministrationUnlocked: lambda _: "license administration is free again",
    license_edits.LicenseEditBegun: lambda e: (
        f"{'give' if e.is_assigned else 'take'} one license of {_plan(e.plan_id)} by hand"
    ),
    license_edits.LicenseEditEnded: lambda e: (
        f"the directory refused the edit by hand: {e.error}" if e.error else "the edit by hand is done"
    ),
    subscriptions.Subscription.Created: lambda e: (
        f"{'ordered' if e.ordered_by else 'seen'}: {e.quantity} licenses of {_plan(e.plan_id)}"
    ),
    subscriptions.Provisioned: lambda e: f"the seller set up {e.quantity} licenses as {e.subscription_id}",
    subscriptions.QuantityChanged: lambda e: f"the order has {e.quantity} licenses by now",
    subscriptions.Voided: lambda _: "the order was taken back",
    subscriptions.LicensesReceived: lambda e: f"{e.count} users hold the new plan",
    subscriptions.BillingStarted: lambda e: (
        f"billed from {e.effective_on} to {e.period_end_on}: {e.amount} net"
    ),
    subscriptions.InvoiceIssued: lambda e: (
        f"invoice {e.number}: {charged_figure(e.total)}, of that {charged_figure(e.tax)} tax"
    ),
    subscription_name.SubscriptionNamed: lambda e: f"the seller calls the new subscription {e.external_id}",
    license_move.GroupMoved: lambda e: (
        f"{e.pass_name}, group {e.group_number}: {e.moved} of {e.count} users moved, {e.failed} failed"
    ),
    switch_events.SwitchRequested: lambda e: (
        f"requested: switch to {_plan(e.target_plan_id)}, paid by {e.payment_method}{_asked_pilot(e.order)}"
    ),
    preflight_events.PreflightChecked: lambda e: (
        f"pre-flight: {e.failing} of {e.users_checked} users looked at would not be moved"
    ),
    settings_events.SettingsCarried: _carried,
    settings_events.SettingsLost: _lost,
    settings_events.SourceSettingsChanged: lambda _: (
        "the renewal of the old subscription was changed since the request; the change counts"
    ),
    settings_events.ServiceSettingsReassessed: lambda e: (
        "the directory's list of the new plan tells more: " + " ".join(each["message"] for each in e.findings)
    ),
    switch_events.QuoteFixed: lambda e: f"quote {e.quote_digest[:12]} binds, valid until {e.expires_on}",
    switch_events.WarningAcknowledged: lambda e: f"confirmed: {e.warning}",
    switch_events.ForfeitureAccepted: lambda e: (
        f"accepted to lose {Money(minor_units=e.forfeited_minor_units, currency=e.currency)} at most"
    ),
    switch_events.ReplacementOrdered: lambda e: (
        f"order {e.order_id} for {e.quantity} licenses{_voidable(e.voidable_until)}"
    ),
    switch_events.VoidWindowClosing: lambda e: (
        f"warned: order {e.order_id} can be voided for nothing until {time_of(e.voidable_until)}"
    ),
    switch_events.ReplacementReady: lambda e: f"new subscription {e.subscription_id} is ready",
    switch_events.ReplacementVoided: lambda e: f"order {e.order_id} is void",
    switch_events.CreditCheckNotRequired: lambda e: f"no credit check is needed ({e.evidence})",
    switch_events.CreditCheckRequired: lambda e: f"credit check until {time_of(e.deadline_at)}",
    switch_events.CreditCheckExtended: lambda e: f"credit check extended until {time_of(e.deadline_at)}",
    switch_events.CreditCheckExpired: lambda e: f"no credit decision in time: {e.evidence}",
    switch_events.CreditCheckApproved: lambda e: f"credit approved by {e.decided_by}",
    switch_events.CreditCheckDeclined: lambda e: f"credit declined by {e.decided_by}",
    switch_events.PromiseMissed: lambda e: f"promise missed: {_words(e.promise)}",
    switch_events.NoticeSent: lambda e: f"the organization was told: {_words(e.kind)}",
    provisioning_events.ProvisioningOverdue: lambda e: (
        f"an operator is asked about {', '.join(e.names)}: {e.message} "
        + (
            f"Without an answer the order is voided {time_of(e.voids_at)}"
            if e.voids_at
            else "The switch waits"
        )
    ),
    provisioning_events.ProvisioningWaitedOn: lambda e: (
        f"the switch waits on for the new subscription, and asks again {time_of(e.asks_at)}"
    ),
    waiting_events.WaitNoted: lambda e: (
        f"the step {_step(e.step)} waits for {e.awaited.words()} since {time_of(e.since)}; "
        f"it looks again {time_of(e.looks_at)} ({e.code}: {e.message})"
    ),
    waiting_events.WaitEnded: lambda e: (
        f"the step {_step(e.step)} waits no more: it is not tried again ({e.code})"
    ),
    alarms.AlarmRaised: lambda e: (
        f"alarm {e.number}: {_alarm(e.alarm)}; "
        + (f"the contact was told, notice {e.notice_id}" if e.notice_id else f"nobody was told ({e.code})")
    ),
    switch_events.CreditCheckReminded: lambda _: "half of the time for the credit check has passed",
    switch_events.CreditCheckOverdue: lambda _: "the credit check is overdue: an operator is asked",
    return_events.OperatorCommanded: lambda e: f"command {e.command} was taken",
    control_events.QuantityAmended: lambda e: (
        f"licenses of the new plan amended from {e.quantity_before} to {e.quantity}; "
        f"quote {e.quote_digest[:12]} binds"
    ),
    control_events.SwitchPaused: lambda e: f"paused ({e.code}): {e.message}",
    control_events.SwitchResumed: lambda e: f"goes on where it was: {e.stage}",
    return_events.RollBackStarted: lambda e: f"{e.moved} moved users are to return to the old plan",
    return_events.LicensesReturned: lambda e: f"{e.returned} of {e.count} users returned, {e.failed} failed",
    return_events.RollBackFinished: lambda e: f"{e.returned} users are back on the old plan",
    return_events.CompensationStuck: lambda e: (
        f"taking back is stuck in {e.step} ({e.code}): {e.message} To do: {e.remedy}"
    ),
    billing_events.InvoiceDelivered: lambda e: f"invoice {e.invoice_id} was delivered",
    billing_events.InvoiceWatchEnded: lambda e: (
        f"nobody looks for invoice {e.invoice_id} any more: {e.reason}"
    ),
    billing_events.InvoiceAwaited: lambda e: (
        f"invoice {e.invoice_id} is {e.open_point.replace('_', ' ')} yet; billing is asked again "
        f"{time_of(e.looks_at)}"
    ),
    move_events.LicenseMoveStarted: lambda e: f"roster frozen: {e.total} users{_pilot(e)}",
    move_events.LicensesReassigned: lambda e: f"{e.moved} of {e.count} users moved, {e.failed} failed",
    move_events.LicenseMoveHeld: lambda e: f"held ({e.code}): {e.message}",
    move_events.LicenseMoveResumed: lambda e: f"resumed by command {e.command}",
    move_events.UserSkipped: lambda e: f"user {e.user_key} stays behind",
    move_events.LicenseMoveFinished: lambda e: (
        f"{e.moved} users moved, {e.skipped} skipped, {e.drifted} drifted"
    ),
    move_events.DriftFound: lambda e: f"drift: {_drift(e)}",
    group_events.LicensingGroupMoveStarted: lambda e: (
        f"group {e.group_id} with {e.members} members gets the new plan; the old one stays until all have it"
    ),
    group_events.LicensingGroupHeld: lambda e: f"held ({e.code}): {e.message} To do: {e.remedy}",
    group_events.LicensingGroupMoved: lambda e: (
        f"group {e.group_id} gives the new plan to {e.members} members and the old one to nobody"
    ),
    group_events.LicensingGroupReturned: lambda e: (
        f"group {e.group_id} gives the old plan to {e.members} members again"
    ),
    move_events.DriftReconciled: lambda e: f"drift put right: {e.moved} users moved",
    move_events.StragglersMoved: lambda e: f"{e.moved} late users moved forward",
    switch_events.OverlapAccepted: lambda e: (
        f"accepted: the old plan goes on beside the new one until {e.until}, {e.days_at_most} days at most"
    ),
    move_events.SourceCancellationBegun: lambda _: "the seller is asked to end the old plan: no way back",
    move_events.SourceCancellationUnanswered: lambda _: "its answer is not known; it is asked again",
    move_events.SourceCancellationRefused: lambda e: f"the seller refused to end it ({e.code}): {e.message}",
    move_events.RenewalStopped: lambda e: (
        f"old subscription can't be cancelled: it is not renewed and ends by itself on {e.ends_on}"
    ),
    move_events.SourceCancelled: lambda e: f"old subscription left; cutover on {e.cutover_on}: no way back",
    move_events.LicensesReduced: lambda e: f"old subscription reduced to {e.quantity} licenses",
    move_events.BillingStopped: lambda e: f"old plan is billed no more from {e.effective_on}",
    move_events.BillingResumed: lambda e: (
        f"the stop is taken back: old plan is billed from {e.effective_on} as if it had not been"
    ),
    move_events.CreditIssued: lambda e: f"credit {e.amount} net; {e.consumed} was used",
    move_events.CreditForfeited: lambda e: f"{e.amount} of prepaid value is lost",
    billing_events.InvoiceDelivered: lambda e: f"invoice {e.invoice_id} delivered",
    billing_events.InvoiceWatchEnded: lambda e: (
        f"nobody looks for invoice {e.invoice_id} any more: {e.reason}"
    ),
    move_events.CreditSettled: lambda e: f"credit {e.credit_id} arrived on {e.settled_on}",
    move_events.AddOnDropped: lambda e: (
        f"add-on {_plan(e.plan_id)} is included in the new plan; {e.credit} credited"
    ),
    move_events.AddOnCarried: lambda e: (
        f"add-on {_plan(e.plan_id)} is attached to the new plan; {e.credit} credited, {e.charge} charged"
    ),
    move_events.QuoteCorrected: lambda e: (
        f"the accepted quote says {charged_figure(e.accepted_total)}; by the formulas of now "
        f"{charged_figure(e.billed_total)} is billed"
    ),
    move_events.BillingCutOver: lambda e: (
        f"{billed_words(e.total, net=e.net, tax=e.tax)}, invoice {e.invoice_id}"
    ),
    recovery_events.WorkflowRestarted: lambda e: (
        f"the workflow was {e.found} (run {e.lost_run_id or 'unknown'}) and is started again from here"
    ),
    outside_events.OutsideActFound: lambda e: (
        f"somebody acted in Temporal, past the console ({e.act.replace('_', ' ')}): {e.about}"
    ),
    wait_events.WaitActFound: lambda e: (
        f"somebody acted in Temporal, past the console ({e.act.replace('_', ' ')}): {e.about}"
    ),
    wait_events.EligibilityWait.Created: lambda e: (
        f"waits for {codes_of(e.reasons)} until {time_of(e.until)}, for {bound_words(e.total_at_most)}"
    ),
    wait_events.StartScheduled: lambda e: (
        f"starts on {e.start_on}, not before {time_of(e.not_before)}, by the quote of that day"
    ),
    wait_events.EligibilityLooked: lambda e: f"looked: {codes_of(e.reasons)}",
    wait_events.EligibilityLookPlanned: lambda e: (
        f"{'no answer (' + e.code + '); ' if e.code else ''}it is looked again {time_of(e.looks_at)}"
    ),
    wait_events.EligibilityWaitEnded: lambda e: f"the wait ended as {e.outcome}: {e.message}",
    move_events.SwitchCompleted: lambda e: (
        f"completed: {e.moved} users moved, {e.skipped} skipped, {charged_figure(e.total)}"
    ),
}


def _alarm(name: str) -> str:
    """Return what an alarm is about; one of a newer program by its name."""
    known = alarms.ALARMS.get(name)
    return known.what if known else name.replace("_", " ")


def _pilot(event: move_events.LicenseMoveStarted) -> str:
    """Return who moves first; "" where everybody moves at once."""
    if event.pilot_group_id:
        return f"; {event.pilot} of group {event.pilot_group_id} move first"
    return f"; the first {event.pilot} move first" if event.pilot else ""


def _asked_pilot(order: dict[str, Any]) -> str:
    """Return the pilot that was asked for; orders of before there was one do not tell."""
    if order.get("pilot_group_id"):
        return f", group {order['pilot_group_id']} first"
    return f", {order['pilot']} users first" if order.get("pilot") else ""


def _voidable(until: datetime | None) -> str:
    return f", void for nothing until {time_of(until)}" if until else ""


def effect_of(event: Any) -> str:
    """Return what an event changed, in one line."""
    effect = EFFECTS.get(type(event))
    if effect is not None:
        return effect(event)
    code, message = getattr(event, "code", ""), getattr(event, "message", "")
    return f"{code}: {message}" if code else _spoken(type(event).__name__)


def answer_of(call: ProviderCall) -> str:
    """Return what a provider answered to one call."""
    if call.status == 0:
        return f"no answer ({call.code or 'unknown'})"
    said = ": ".join(part for part in (call.code, call.text) if part)
    return f"{call.status} {said}".strip()


def topic_name(topic: str) -> str:
    """Return an event's topic without the stream that it belongs to, where that is the subscription."""
    return topic.removeprefix("subscription.")


def who_of(event: Any) -> str:
    """Return who brought an event about, and why when a reason was given."""
    actor, reason = event.meta["actor"], event.meta["reason"]
    return f"{actor} ({reason})" if reason else str(actor)


def codes_of(reasons: Sequence[dict[str, Any]]) -> str:
    """Return the codes of what stands in the way of a request that waits."""
    return ", ".join(each["code"] for each in reasons) or "nothing stands in the way"


def _words(name: str) -> str:
    """Return a name of the record as people read it."""
    return name.replace("_", " ")


def _step(name: str) -> str:
    """Return a step as people read it: what it does, without the place where it is written."""
    return f'"{_words(name.rpartition(".")[2])}"'


def time_of(moment: datetime) -> str:
    """Return an instant for people, to the second."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _spoken(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


def _drift(event: move_events.DriftFound) -> str:
    """Return what differs, without what does not."""
    counts = {
        "gone": event.users_gone,
        "new": event.new_users,
        "moved by hand": event.moved_by_hand,
        "without a license by hand": event.licenses_removed,
        "with other services by hand": event.settings_changed,
    }
    users = [f"{count} {word}" for word, count in counts.items() if count]
    licenses = {"old": event.source_licenses, "new": event.target_licenses}
    changed = [f"{count:+d} licenses of the {word} plan" for word, count in licenses.items() if count]
    return ", ".join([*users, *changed]) or "nothing"


def _plan(plan_id: str) -> str:
    """Return the name that people use today, or the id of a plan that the catalog no longer has."""
    try:
        return load_catalog().plan(plan_id).name
    except UnknownPlan:
        return f"plan {plan_id}"
