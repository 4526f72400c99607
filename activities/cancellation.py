"""Cancellation of the old subscription: the point of no return."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from temporalio import activity

from activities.addons import cancel_addons, require_quoted_addons
from activities.contract import CANCEL_SOURCE, CancelSourceInput, CancelSourceResult, StreamPosition
from activities.drift import record_drift
from activities.group_moves import move_groups
from activities.license_record import add_groups
from activities.reassessment import CANCELLATION, reassess
from activities.step import Step, Toolbox, position_of, step_of
from activities.sweep import sweep
from domain.errors import LicensesUnresolved, RuleViolated
from domain.move_events import RenewalStopped, SourceCancelled, StragglersMoved
from domain.ports import BilledPeriod, BookedLine
from domain.quote import require_same_period
from domain.quote_booked import booked_of, require_same_lines
from domain.reasons import BEFORE_CANCELLATION
from domain.subscription import Subscription
from domain.switch_state import MOVED

#: Looks at the old plan before the switch asks an operator.
LOOKS_MAX = 5
#: The seller's call for a source that can't be cancelled.
STOP_RENEWAL = "stop_renewal"
#: Passes over users who came onto the old plan around its cancellation.
STRAGGLERS = "stragglers"


class CancellationActivities:
    """Steps that end the old subscription."""

    def __init__(self, toolbox: Toolbox) -> None:
        self._toolbox = toolbox

    @activity.defn(name=CANCEL_SOURCE.name, no_thread_cancel_exception=True)
    def cancel_source(self, step_input: CancelSourceInput) -> CancelSourceResult:
        """Cancel the old subscription, then move at once who came onto it meanwhile (rules section 2)."""
        with step_of(self._toolbox, step_input) as step:
            if not step.state_of(step.source()).has(SourceCancelled):
                self._cancel(step)
            cancel_addons(step)
            stragglers, saved = self._move_stragglers(step)
            cancelled = step.state_of(step.seen_source()).of(SourceCancelled)
            if cancelled is None:
                raise AssertionError
            return CancelSourceResult(
                cutover_on=cancelled.cutover_on.isoformat(), stragglers=stragglers, saved=saved
            )

    def _cancel(self, step: Step) -> None:
        seen = reassess(step, BEFORE_CANCELLATION).input
        source = self._require_nobody_left(step)
        require_quoted_addons(step, source, seen)
        # Known before the cancellation: nothing may fail between it and the save that fixes its day.
        zone = ZoneInfo(seen.profile.time_zone)
        first_on = self._require_billable(step)
        record_drift(step, source, seen.subscriptions)
        self._require_still_moved(step)
        # Whether a cancelled source was cancelled by us is told by this row alone, whatever is lost next.
        step.intend(CANCELLATION)
        left_at = self._leave(step, source, today=step.at.astimezone(zone).date())
        source.advance(
            SourceCancelled,
            at=step.at,
            meta=step.meta(),
            cancelled_at=left_at,
            # The seller's clock may be behind ours around midnight; the quote begins with the order's day.
            cutover_on=max(first_on, left_at.astimezone(zone).date()),
            calls_digest=step.calls.digest(),
        )
        step.save(source)

    def _leave(self, step: Step, source: Subscription, *, today: date) -> datetime:
        """Cancel the source, or let it end with its term as was accepted, and return the instant of that."""
        organization_id, source_id = step.order.organization_id, step.order.source_subscription_id
        terms = step.accepted_quote.input
        if terms.overlap_until is None or not (terms.is_overlapped(today) or self._asked_to_end(step)):
            key = step.key("cancel")
            return step.cloud.seller.cancel_subscription(organization_id, source_id, key=key).cancelled_at
        stopped = step.cloud.seller.stop_renewal(
            organization_id, source_id, ends_by=terms.overlap_until, key=step.key("stop-renewal")
        )
        source.advance(
            RenewalStopped,
            at=step.at,
            meta=step.meta(),
            ends_on=stopped.ends_on,
            stopped_at=stopped.stopped_at,
        )
        return stopped.stopped_at

    def _asked_to_end(self, step: Step) -> bool:
        """Tell whether an earlier attempt asked to end the source with its term: its answer may be lost."""
        calls = step.store.step_calls(step.order.switch_id, step.context.step)
        return any(call.operation == STOP_RENEWAL for call in calls)

    def _require_billable(self, step: Step) -> date:
        """Refuse to cancel what the accepted quote can't bill, and return the quote's first day."""
        plan = step.accepted_quote.input
        _require_same_money(step, plan.billed, plan.booked)
        for addon in plan.addons:
            if addon.billed is not None:
                _require_same_money(step, addon.billed, addon.booked)
        return plan.order_on

    def _require_still_moved(self, step: Step) -> None:
        """Look at the record once more: an attempt that slept for long must not cancel a held switch."""
        source = step.source()
        stage = step.state_of(source).stage
        if stage != MOVED:
            raise RuleViolated(
                f"The switch is {stage} by now; the source is not cancelled.",
                remedy="`planswitch switch show` tells what it waits for.",
            )

    def _require_nobody_left(self, step: Step) -> Subscription:
        """Move who came onto the old plan since it was verified, until a read shows nobody."""
        for _ in range(LOOKS_MAX):
            source = step.source()
            late = sweep(step, source, prefix="last")
            if not late.found and not late.has_groups:
                return source
            add_groups(step, source, late.groups, late.earlier)
            step.save(source)
            if late.failed or (late.has_groups and move_groups(step).unresolved):
                break
        raise LicensesUnresolved(
            "Users came onto the old plan before its cancellation and can't be moved.",
            remedy="Stop assigning the old plan, then retry the switch.",
        )

    def _move_stragglers(self, step: Step) -> tuple[int, tuple[StreamPosition, ...]]:
        """Look until nobody is on the old plan; each look moves whom it finds."""
        for _ in range(LOOKS_MAX):
            source = step.source()
            late = sweep(step, source, prefix=STRAGGLERS)
            if not late.found and not late.has_groups:
                return _stragglers(step, source), (position_of(source),)
            add_groups(step, source, late.groups, late.earlier)
            source.advance(
                StragglersMoved,
                at=step.at,
                meta=step.meta(),
                pass_name=late.pass_name,
                moved=late.moved,
                calls_digest=step.calls.digest(),
            )
            step.save(source)
            if late.failed or (late.has_groups and move_groups(step).unresolved):
                break
        raise LicensesUnresolved(
            "Users came onto the old plan around its cancellation and can't be moved.",
            remedy="Stop assigning the old plan, and remove what the directory refuses them for; "
            "the switch tries again by itself.",
        )


def _require_same_money(step: Step, quoted: BilledPeriod, booked: Sequence[BookedLine]) -> None:
    """Refuse when billing shows other money for a quoted period, in sum or by its days, than was quoted."""
    organization_id = step.order.organization_id
    now = step.cloud.billing.period(organization_id, quoted.subscription_id)
    require_same_period(quoted, now)
    if booked and now.period_start_on == quoted.period_start_on:
        require_same_lines(booked, booked_of(now, step.cloud.billing.booked_lines(organization_id, now)))


def _stragglers(step: Step, source: Subscription) -> int:
    """Return how many users were moved after the cancellation, whatever attempt moved them."""
    switch_id = step.order.switch_id
    passes = [name for name in step.state_of(source).groups if name.startswith(STRAGGLERS)]
    return sum(group.moved for name in passes for group in step.store.groups(switch_id, name))
