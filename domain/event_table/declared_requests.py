"""What each event says that is none of the steps: organization, subscriptions, requests, waits, alarms."""

from __future__ import annotations

from domain.approvals import approval_events
from domain.eligibility import assessment
from domain.event_table.event_declaration import (
    Declaration,
    WaitKind,
    codes_of,
    declared,
    name_words,
    plan_name,
    time_of,
)
from domain.kernel.money import bound_words, charged_figure
from domain.licenses import move as license_move
from domain.operator import alarms, license_edits
from domain.operator.step_words import step_words
from domain.organizations import organization
from domain.products import product_acts
from domain.requests import checkout_events, wait_events
from domain.subscriptions import subscription, subscription_name
from domain.switch import outside_events, recovery_events, waiting_events


def _alarm(name: str) -> str:
    """Return what an alarm is about; one of a newer program by its name."""
    known = alarms.ALARMS.get(name)
    return known.what if known else name_words(name)


def _acted_outside(event: outside_events.OutsideActFound | wait_events.WaitActFound) -> str:
    """Return what somebody did in Temporal to a switch, or to a request that waits."""
    return f"somebody acted in Temporal, past the console ({name_words(event.act)}): {event.about}"


REQUESTS: tuple[Declaration, ...] = (
    declared(organization.Organization.Created, lambda _: "the organization is in the record"),
    declared(
        organization.SwitchReserved,
        lambda e: f"this switch holds the organization until {time_of(e.promised_end)}",
        board="promised_end",
        begins=WaitKind.PROMISE,
    ),
    declared(organization.SwitchReleased, lambda e: f"the organization is free again: {e.outcome}"),
    declared(organization.CommerceLocked, lambda _: "no other order or switch while the credit check runs"),
    declared(organization.CommerceUnlocked, lambda _: "orders are possible again"),
    declared(organization.AdministrationLocked, lambda _: "license administration is locked"),
    declared(organization.AdministrationUnlocked, lambda _: "license administration is free again"),
    declared(
        license_edits.LicenseEditBegun,
        lambda e: f"{'give' if e.is_assigned else 'take'} one license of {plan_name(e.plan_id)} by hand",
    ),
    declared(
        license_edits.LicenseEditEnded,
        lambda e: (
            f"the directory refused the edit by hand: {e.error}" if e.error else "the edit by hand is done"
        ),
    ),
    declared(
        product_acts.ProductActBegun,
        lambda e: f"an act on a product was asked for: {name_words(e.act)}, request {e.request_id}",
    ),
    declared(
        product_acts.ProductOrdered,
        lambda e: f"the seller took order {e.order_id} of a product, request {e.request_id}",
    ),
    declared(
        product_acts.ProductProvisioned,
        lambda e: f"the seller calls the product {e.subscription_id}; it is billed from {e.from_on}",
    ),
    declared(
        product_acts.ProductActAdvanced,
        lambda e: f"the act on a product had an effect: {name_words(e.step)}, request {e.request_id}",
    ),
    declared(
        product_acts.ProductActHeld,
        lambda e: f"the act on a product is begun and held up ({e.code}): {e.message}",
    ),
    declared(
        product_acts.ProductActEnded,
        lambda e: (
            f"the act on a product was refused ({e.code}): {e.message}"
            if e.code
            else f"the act on a product is done, request {e.request_id}"
        ),
    ),
    declared(
        subscription.Subscription.Created,
        lambda e: f"{'ordered' if e.ordered_by else 'seen'}: {e.quantity} licenses of {plan_name(e.plan_id)}",
    ),
    declared(
        subscription.Provisioned, lambda e: f"the seller set up {e.quantity} licenses as {e.subscription_id}"
    ),
    declared(subscription.QuantityChanged, lambda e: f"the order has {e.quantity} licenses by now"),
    declared(subscription.Voided, lambda _: "the order was taken back"),
    declared(subscription.LicensesReceived, lambda e: f"{e.count} users hold the new plan"),
    declared(
        subscription.BillingStarted,
        lambda e: f"billed from {e.effective_on} to {e.period_end_on}: {e.amount} net",
    ),
    declared(
        subscription.InvoiceIssued,
        lambda e: f"invoice {e.number}: {charged_figure(e.total)}, of that {charged_figure(e.tax)} tax",
    ),
    declared(
        subscription_name.SubscriptionNamed,
        lambda e: f"the new subscription has the id {e.external_id}",
    ),
    declared(
        license_move.GroupMoved,
        lambda e: (
            f"{e.pass_name}, chunk {e.group_number}: {e.moved} of {e.count} users moved, {e.failed} failed"
        ),
        board="moved failed",
    ),
    declared(
        waiting_events.WaitNoted,
        lambda e: (
            f"{step_words(e.step)} waits for {e.awaited.words()} since {time_of(e.since)}; "
            f"it looks again {time_of(e.looks_at)} ({e.code}: {e.message})"
        ),
        board="waits_for wait_names waits_since looks_at looks_every_seconds wait_remedy wait_step",
        begins=WaitKind.STEP,
    ),
    declared(
        waiting_events.WaitEnded,
        lambda e: f"{step_words(e.step)} waits no more: it is not tried again ({e.code})",
    ),
    declared(
        alarms.AlarmRaised,
        lambda e: (
            f"alarm {e.number}: {_alarm(e.alarm)}; "
            + (
                f"the contact was notified, notice {e.notice_id}"
                if e.notice_id
                else f"nobody was notified ({e.code})"
            )
        ),
        board="alarms alarmed_at",
    ),
    declared(
        recovery_events.WorkflowRestarted,
        lambda e: (
            f"the workflow was {e.found} (run {e.lost_run_id or 'unknown'}) and is started again from here"
        ),
    ),
    declared(outside_events.OutsideActFound, _acted_outside, board="outside_acts"),
    declared(
        wait_events.EligibilityWait.Created,
        lambda e: (
            f"waits for {codes_of(e.reasons)} until {time_of(e.until)}, for {bound_words(e.total_at_most)}"
        ),
        board="request_id source_subscription_id source_plan_id target_plan_id stage requested_by "
        "requested_at wait_until licenses_only waits_for error_code error_message",
        begins=WaitKind.ELIGIBILITY,
    ),
    declared(
        wait_events.StartScheduled,
        lambda e: f"starts on {e.start_on}, not before {time_of(e.not_before)}, by the quote of that day",
        board="start_on waits_for",
    ),
    declared(
        wait_events.WaitQuoteFixed,
        lambda _: "the quote that was accepted is kept, to compare a later price with",
    ),
    declared(
        wait_events.StartRescheduled,
        lambda e: (
            f"starts at another time: {e.start.words or 'as soon as it may'}, not before "
            f"{time_of(e.not_before)}, until {time_of(e.until)}, for {bound_words(e.total_at_most)}"
        ),
        board="start_on wait_until waits_for",
    ),
    declared(
        wait_events.PriceAsked,
        lambda e: f"asked about the new price, until {time_of(e.answer_by)}: {e.message}",
        board="waits_for error_code error_message",
    ),
    declared(
        wait_events.PriceAccepted,
        lambda e: f"the new price was accepted: {bound_words(e.total_at_most)}, until {time_of(e.until)}",
        board="wait_until waits_for error_code error_message",
    ),
    declared(
        wait_events.EligibilityLooked,
        lambda e: f"looked: {codes_of(e.reasons)}",
        board="waits_for error_code error_message",
    ),
    declared(
        wait_events.EligibilityLookPlanned,
        lambda e: f"{'no answer (' + e.code + '); ' if e.code else ''}it looks again {time_of(e.looks_at)}",
        board="wait_names looks_at looks_every_seconds",
    ),
    declared(
        wait_events.EligibilityWaitEnded,
        lambda e: f"the wait ended as {e.outcome}: {e.message}",
        board="stage outcome waits_for ended_at error_code error_message",
    ),
    declared(wait_events.WaitActFound, _acted_outside, board="outside_acts"),
    declared(assessment.Assessed, lambda _: "assessed"),
    declared(
        approval_events.ApprovalRequested,
        lambda e: f"an approval of {name_words(e.command)} was requested: {'; '.join(e.needs)}",
    ),
    declared(approval_events.ApprovalGranted, lambda _: "a second person approved the request"),
    declared(approval_events.ApprovalRefused, lambda _: "a second person refused the request"),
    declared(approval_events.ApprovalVoided, lambda e: f"the request counts no more ({e.code}): {e.message}"),
    declared(
        approval_events.ApprovalCarriedOut,
        lambda e: (
            f"what was approved was refused ({e.code}): {e.message}"
            if e.code
            else f"what was approved was carried out: {e.message}"
        ),
    ),
    declared(checkout_events.CheckoutStarted, lambda _: "a draft of an order was opened and quoted"),
    declared(
        checkout_events.CheckoutEdited,
        lambda e: f"{name_words(e.section)} of the draft was changed and quoted anew",
    ),
    declared(checkout_events.CheckoutOrdered, lambda e: f"ordered: quote {e.quote_digest[:12]} binds"),
    declared(
        checkout_events.CheckoutReopened,
        lambda e: f"refused ({e.code}): {e.message} The draft can be changed again",
    ),
    declared(checkout_events.CheckoutAbandoned, lambda _: "nobody orders the draft any more"),
)
