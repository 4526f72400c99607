"""Completion: administration is unlocked, the organization is told, the switch is closed."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from temporalio import activity

from activities.base.attempt import Steps, step_of
from activities.base.step import Step, position_of
from activities.cancellation.carried_settings import Carried, carried_settings
from activities.contract import COMPLETE_SWITCH, CompleteSwitchInput, CompleteSwitchResult
from activities.ending.owned_completion import complete_owned
from domain.catalog.plans import Plan
from domain.kernel.errors import PermissionMissing, ProviderRefused
from domain.kernel.money import charged_words
from domain.kernel.recorded import RecordedAggregate
from domain.subscriptions.subscription import Subscription
from domain.switch.events import NoticeSent
from domain.switch.move_events import BillingCutOver, CreditIssued, SwitchCompleted
from domain.switch.settings_events import SettingsCarried, SettingsLost
from domain.switch.stage import IS_BILLED, Stage
from domain.switch.switch_state import SwitchState

_log = structlog.get_logger()

COMPLETED_KIND = "switch_completed"
SETTINGS_LOST_KIND = "settings_lost"


def send_notice(step: Step, kind: str, *, subject: str, body: str, key: str) -> str:
    """Send a notice of the step's switch once, and return its id.

    Args:
        step: The attempt on whose behalf.
        kind: Kind of the notice.
        subject: One line.
        body: Plain text.
        key: Name of the call in the switch; the same name is one notice.
    """
    return step.cloud.notices.send(
        step.order.organization_id,
        kind=kind,
        switch_id=step.order.switch_id,
        subject=subject,
        body=body,
        key=step.key(key),
    )


class NoticesActivities(Steps):
    """Steps that tell the organization."""

    @activity.defn(name=COMPLETE_SWITCH.name, no_thread_cancel_exception=True)
    def complete_switch(self, step_input: CompleteSwitchInput) -> CompleteSwitchResult:
        """Unlock, tell and close in one transaction (switch#steps, step 12)."""
        with step_of(self._toolbox, step_input) as step:
            source = step.source()
            done = step.state_of(source).of(SwitchCompleted)
            if done is not None:
                return CompleteSwitchResult(
                    moved=done.moved, skipped=done.skipped, saved=(position_of(source),)
                )
            if step.order.licenses_only:
                return complete_owned(step)
            # Nobody is told of a switch that is not billed.
            step.state_of(source).require(BillingCutOver, since=IS_BILLED)
            carried = carried_settings(step, source)
            notices = self._notices(step, source, carried)

            def decide() -> tuple[list[RecordedAggregate], SwitchCompleted]:
                fresh, organization = step.source(), step.organization()
                self._close(step, fresh, notices, carried)
                organization.release_switch(
                    step.order.switch_id, outcome=Stage.COMPLETED, at=step.at, meta=step.meta()
                )
                return [fresh, organization], step.state_of(fresh).require(SwitchCompleted)

            completed, saved = step.decide_and_save(decide)
            return CompleteSwitchResult(moved=completed.moved, skipped=completed.skipped, saved=saved)

    def _notices(self, step: Step, source: Subscription, carried: Carried) -> dict[str, str]:
        """Send what is to be told, and return the ids of the notices that were taken by their kinds."""
        state = step.state_of(source)
        target = step.catalog.plan(step.order.target_plan_id)
        sent = {COMPLETED_KIND: taken_notice(step, lambda: _completed(step, state, target))}
        if carried.lost is not None:
            sent[SETTINGS_LOST_KIND] = taken_notice(step, lambda: _settings_lost(step, target))
        return {kind: notice_id for kind, notice_id in sent.items() if notice_id}

    def _close(self, step: Step, source: Subscription, notices: dict[str, str], carried: Carried) -> None:
        state = step.state_of(source)
        billed = state.require(BillingCutOver)
        if state.has(SwitchCompleted):
            return
        if carried.carried is not None:
            step.advance(source, SettingsCarried, **carried.carried)
        if carried.lost is not None:
            step.advance(source, SettingsLost, **carried.lost)
        for kind, notice_id in notices.items():
            step.advance(source, NoticeSent, kind=kind, notice_id=notice_id)
        step.advance(source, SwitchCompleted, moved=state.moved, skipped=state.skipped, total=billed.total)


def taken_notice(step: Step, send: Callable[[], str]) -> str:
    """Send a notice and return its id; "": it was refused, which is no reason to keep an organization locked.

    Args:
        step: The attempt on whose behalf.
        send: Sends it and returns its id.
    """
    try:
        return send()
    except (PermissionMissing, ProviderRefused) as error:
        _log.warning(
            "notice_refused", switch_id=step.order.switch_id, code=error.details.get("provider_code")
        )
        return ""


def _completed(step: Step, state: SwitchState, target: Plan) -> str:
    return send_notice(
        step,
        COMPLETED_KIND,
        subject=f"Your organization now uses {target.name}",
        body=f"{state.moved} users moved to {target.name}. License administration is open again. "
        f"{_invoice_text(state)}",
        key="completion-notice",
    )


def _settings_lost(step: Step, target: Plan) -> str:
    """Tell the operator; what it is stands in the record, so that a repeated notice says the same."""
    return send_notice(
        step,
        SETTINGS_LOST_KIND,
        subject=f"Settings of the old plan are missing at {target.name}",
        body=f"Not every setting of the old plan is at the new subscription. `planswitch switch show "
        f"{step.order.switch_id}` names each, and what to do by hand.",
        key="settings-lost-notice",
    )


def _invoice_text(state: SwitchState) -> str:
    """Return what the organization is told of the invoice; where no money moves, none is awaited."""
    billed, credited = state.of(BillingCutOver), state.of(CreditIssued)
    if billed is not None and billed.invoice_promised_at is None:
        return "Nothing is charged and nothing is credited for the change."
    has_credit = credited is not None and credited.amount.minor_units > 0
    if has_credit and billed is not None and billed.total.minor_units < 0:
        return f"The invoice is on its way; {charged_words(billed.total)}, tax included."
    return f"The invoice{' with the credit for the old plan' if has_credit else ''} is on its way."
