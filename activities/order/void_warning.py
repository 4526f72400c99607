"""The warning before the free void of an order ends (rules#void-window)."""

from __future__ import annotations

import structlog
from temporalio import activity

from activities.base.attempt import Steps, step_of
from activities.base.promise_contract import WARN_VOID_WINDOW, WarnVoidWindowInput, WarnVoidWindowResult
from activities.base.step import Step, position_of
from activities.contract import StreamPosition
from activities.ending.notices import send_notice, taken_notice
from domain.subscriptions.subscription import Subscription
from domain.switch.events import NoticeSent, ReplacementOrdered, ReplacementVoided, VoidWindowClosing
from domain.switch.stage import AFTER_PIVOT, TERMINAL

_log = structlog.get_logger()

WARNED_KIND = "void_window_closing"


class VoidWindowActivities(Steps):
    """Steps that keep watch over the window in which an order can be taken back."""

    @activity.defn(name=WARN_VOID_WINDOW.name, no_thread_cancel_exception=True)
    def warn(self, step_input: WarnVoidWindowInput) -> WarnVoidWindowResult:
        """Record the warning first, then tell the organization; each once."""
        with step_of(self._toolbox, step_input) as step:
            saved = self._record(step)
            if not step.state_of(step.source()).has(VoidWindowClosing):
                return WarnVoidWindowResult(is_warned=False, saved=saved)
            return WarnVoidWindowResult(is_warned=True, saved=self._tell(step) or saved)

    def _record(self, step: Step) -> tuple[StreamPosition, ...]:
        def change(source: Subscription) -> StreamPosition:
            ordered = _order_to_warn_of(step, source)
            if ordered is not None:
                step.advance(
                    source,
                    VoidWindowClosing,
                    step.own_meta("the time in which the order can be voided ends soon"),
                    order_id=ordered.order_id,
                    voidable_until=ordered.voidable_until,
                )
                _log.warning("void_window_closing", switch_id=step.order.switch_id, order=ordered.order_id)
            return position_of(source)

        position, saved = step.change_source(change)
        return saved or (position,)

    def _tell(self, step: Step) -> tuple[StreamPosition, ...]:
        """Send the notice; one that is refused changes nothing, the warning is in the record."""
        closing = step.state_of(step.source()).of(VoidWindowClosing)
        if closing is None or _is_told(step, step.source()):
            return ()
        until = closing.voidable_until.strftime("%Y-%m-%d %H:%M UTC")
        subject = f"Order {closing.order_id} can be cancelled for nothing until {until}"
        body = (
            "The switch is not done yet. After that the seller may refuse to take the order back "
            "once it is approved. Cancel the switch before, if the new plan is no longer wanted."
        )
        notice_id = taken_notice(
            step, lambda: send_notice(step, WARNED_KIND, subject=subject, body=body, key="void-window-notice")
        )
        if not notice_id:
            return ()

        def change(source: Subscription) -> None:
            if not _is_told(step, source):
                meta = step.own_meta("the time in which the order can be voided ends soon")
                step.advance(source, NoticeSent, meta, kind=WARNED_KIND, notice_id=notice_id)

        return step.change_source(change)[1]


def _order_to_warn_of(step: Step, source: Subscription) -> ReplacementOrdered | None:
    """Return the order while it can be voided for nothing and the switch can be taken back."""
    state = step.state_of(source)
    ordered = state.of(ReplacementOrdered)
    is_over = state.stage in AFTER_PIVOT | TERMINAL or state.has(ReplacementVoided)
    if ordered is None or ordered.voidable_until is None or is_over or state.has(VoidWindowClosing):
        return None
    return ordered if step.at < ordered.voidable_until else None


def _is_told(step: Step, source: Subscription) -> bool:
    sent = step.state_of(source).of(NoticeSent)
    return sent is not None and sent.kind == WARNED_KIND
