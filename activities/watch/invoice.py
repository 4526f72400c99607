"""The invoice after the cutover: delivered, its credit arrived, or given up (rules#promises)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from temporalio import activity

from activities.base.attempt import Steps, step_of
from activities.base.promise_contract import (
    END_INVOICE_WATCH,
    LOOK_FOR_INVOICE,
    LOOKS_EVERY_DAYS,
    NOT_DELIVERED,
    NOT_SETTLED,
    EndInvoiceWatchInput,
    LookForInvoiceInput,
    LookForInvoiceResult,
)
from activities.base.step import Step, position_of
from activities.contract import RecordedResult, StreamPosition
from domain.kernel.recorded import RecordedAggregate
from domain.ports.billing_port import InvoiceStatus
from domain.subscriptions.billing_events import InvoiceAwaited, InvoiceDelivered, InvoiceWatchEnded
from domain.subscriptions.subscription import Subscription
from domain.switch.move_events import BillingCutOver, CreditIssued, CreditSettled
from domain.switch.stage import IS_BILLED

_log = structlog.get_logger()
#: Why the switch records what it sees after its end.
_WATCHED = "the invoice is watched by itself"


class InvoiceActivities(Steps):
    """Steps that follow an invoice on its way."""

    @activity.defn(name=LOOK_FOR_INVOICE.name, no_thread_cancel_exception=True)
    def look_for_invoice(self, step_input: LookForInvoiceInput) -> LookForInvoiceResult:
        """Ask billing once and record what is new."""
        with step_of(self._toolbox, step_input) as step:
            status = step.cloud.billing.invoice_status(
                step.order.organization_id,
                step.state_of(step.source()).require(BillingCutOver, since=IS_BILLED).invoice_id,
            )

            def decide() -> tuple[list[RecordedAggregate], tuple[StreamPosition, ...]]:
                source, target = step.source(), step.target()
                _note_delivery(step, target, status)
                _note_settlement(step, source, status)
                return [source, target], (position_of(source), position_of(target))

            positions, saved = step.decide_and_save(decide)
            result = _looked(step, status, saved or positions)
            awaited = _note_awaited(step, result, status, step_input.looks_at)
            return replace(result, saved=(*result.saved, *awaited))

    @activity.defn(name=END_INVOICE_WATCH.name, no_thread_cancel_exception=True)
    def end_watch(self, step_input: EndInvoiceWatchInput) -> RecordedResult:
        """Record why nobody looks any more, once."""
        with step_of(self._toolbox, step_input) as step:
            invoice_id = step.state_of(step.source()).require(BillingCutOver, since=IS_BILLED).invoice_id

            def decide() -> tuple[list[RecordedAggregate], StreamPosition]:
                target = step.target()
                if InvoiceWatchEnded.TOPIC not in target.received:
                    step.receive(
                        target,
                        InvoiceWatchEnded,
                        step.own_meta(_WATCHED),
                        invoice_id=invoice_id,
                        reason=step_input.reason,
                    )
                return [target], position_of(target)

            position, saved = step.decide_and_save(decide)
            _log.error("invoice_watch_ended", switch_id=step.order.switch_id, reason=step_input.reason)
            return RecordedResult(saved=saved or (position,))


def _note_delivery(step: Step, target: Subscription, status: InvoiceStatus) -> None:
    if status.delivered_at is None or InvoiceDelivered.TOPIC in target.received:
        return
    step.receive(
        target,
        InvoiceDelivered,
        step.own_meta(_WATCHED),
        invoice_id=status.invoice_id,
        delivered_at=status.delivered_at,
        calls_digest=step.calls.digest(),
    )


def _note_settlement(step: Step, source: Subscription, status: InvoiceStatus) -> None:
    state = step.state_of(source)
    issued, settled_on = state.of(CreditIssued), status.credit_settled_on
    if issued is None or not issued.amount.minor_units or settled_on is None or state.has(CreditSettled):
        return
    step.advance(
        source, CreditSettled, step.own_meta(_WATCHED), credit_id=issued.credit_id, settled_on=settled_on
    )


def _looked(step: Step, status: InvoiceStatus, saved: tuple[StreamPosition, ...]) -> LookForInvoiceResult:
    state = step.state_of(step.source())
    issued = state.of(CreditIssued)
    # A credit of nothing brings no money that could arrive.
    is_settled = issued is None or not issued.amount.minor_units or state.has(CreditSettled)
    settles_at = None
    if issued is not None and not is_settled:
        profile = step.cloud.billing.profile(step.order.organization_id)
        settles_at = _end_of(issued.settles_on, profile.time_zone)
    return LookForInvoiceResult(
        delivered_at=status.delivered_at,
        is_settled=is_settled,
        settles_at=settles_at,
        saved=saved,
    )


def _note_awaited(
    step: Step, result: LookForInvoiceResult, status: InvoiceStatus, looks_at: datetime | None
) -> tuple[StreamPosition, ...]:
    """Record what is still open, and when billing is asked again."""
    open_point = NOT_DELIVERED
    if result.delivered_at is not None:
        open_point, settles_at = NOT_SETTLED, result.settles_at
        is_ahead = settles_at is not None and settles_at > step.at
        looks_at = settles_at if is_ahead else step.at + timedelta(days=LOOKS_EVERY_DAYS)
    if looks_at is None or (result.delivered_at is not None and result.is_settled):
        return ()
    at = looks_at

    def decide() -> tuple[list[RecordedAggregate], None]:
        target = step.target()
        facts = {"invoice_id": status.invoice_id, "open_point": open_point, "looks_at": at}
        step.receive(target, InvoiceAwaited, step.own_meta(_WATCHED), **facts)
        return [target], None

    return step.decide_and_save(decide, what="awaited")[1]


def _end_of(day: date, time_zone: str) -> datetime:
    """Return the instant at which a local day is over."""
    after = datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(time_zone))
    return after.astimezone(UTC)
