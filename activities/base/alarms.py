"""Calling the installation's contact: a notice, an event, a line in the log (waits#who-gets-an-alarm).

What stands on the board and in the metrics comes from the events, whether or not anybody could be told.
"""

from __future__ import annotations

import structlog

from activities.base.promise_contract import ALARM_AGAIN_HOURS
from activities.base.step import Step
from activities.contract import StreamPosition
from domain.kernel.awaited import Awaited
from domain.kernel.errors import PermissionMissing, PlanSwitchError
from domain.operator.alarms import ALARMS, STILL_SWITCHING, AlarmRaised
from domain.subscriptions.subscription import Subscription
from domain.switch.stage_words import waits_for
from domain.switch.switch_state import SwitchState

_log = structlog.get_logger()

NO_CONTACT = "NO_CONTACT"
#: Somebody was called for the same before.
SAME_CAUSE = "SAME_CAUSE"


def raise_alarm(
    step: Step, alarm: str, *, number: int = 1, is_known: bool = False
) -> tuple[StreamPosition, ...]:
    """Call the installation's contact once for each alarm and number, and return what was saved.

    A refused notice is recorded as such: whoever looks at the board or the metrics is told all the same.

    Args:
        step: The attempt on whose behalf.
        alarm: A name of ALARMS.
        number: 1 for the first call, and so on.
        is_known: Somebody was called for the same cause: it is recorded, and nobody is called again.

    Raises:
        ProviderUnavailable: The notices do not answer; the same key repeats the call.
    """
    state = step.state_of(step.source())
    if state.alarms.get(alarm, 0) >= number:
        return ()
    notice_id, code = ("", SAME_CAUSE) if is_known else _called(step, state, alarm, number)

    def change(source: Subscription) -> None:
        if step.state_of(source).alarms.get(alarm, 0) < number:
            facts = {"alarm": alarm, "number": number, "notice_id": notice_id, "code": code}
            step.advance(source, AlarmRaised, step.own_meta(ALARMS[alarm].what), **facts)

    _log.error("alarm_raised", switch_id=step.order.switch_id, alarm=alarm, number=number, code=code)
    return step.change_source(change, what="alarm")[1]


def try_alarm(step: Step, alarm: str, *, number: int = 1, is_known: bool = False) -> None:
    """Call the installation's contact as `raise_alarm`, where a failure must not hinder the step itself."""
    try:
        raise_alarm(step, alarm, number=number, is_known=is_known)
    except PlanSwitchError as error:
        _log.warning("alarm_not_raised", switch_id=step.order.switch_id, alarm=alarm, code=error.code)


def _called(step: Step, state: SwitchState, alarm: str, number: int) -> tuple[str, str]:
    """Return the id of the notice, or why there is none."""
    contact = step.toolbox.alarm_contact
    if not contact:
        return "", NO_CONTACT
    words, switch_id = ALARMS[alarm], step.order.switch_id
    again = ""
    if number > 1 and alarm == STILL_SWITCHING:
        again = f" This is call {number}; the next one comes in {ALARM_AGAIN_HOURS} hours."
    try:
        notice_id = step.cloud.notices.alarm(
            contact,
            organization_id=step.order.organization_id,
            switch_id=switch_id,
            subject=f"Switch {switch_id[:8]}: {words.what}",
            body=f"Switch {switch_id} of organization {step.order.organization_id}: {words.what}."
            f"{waiting_words(state)} {words.what_to_do.replace('SWITCH', switch_id[:8])}{again}",
            key=step.key(f"alarm:{alarm}:{number}"),
        )
    except PlanSwitchError as error:
        if error.handling.is_retryable and not isinstance(error, PermissionMissing):
            raise
        # Refused, or the organization's profile has no notices: it is recorded as such.
        return "", error.code
    return notice_id, ""


def waiting_words(state: SwitchState) -> str:
    """Return for what the switch waits, in a sentence; "" where it has ended."""
    awaited: Awaited | None = state.wait.awaited if state.wait else None
    words = awaited.words() if awaited else waits_for(state.stage, licenses_only=state.is_licenses_only)
    if state.is_paused:
        words = "an operator to resume it"
    return f" It waits for {words}." if words else ""
