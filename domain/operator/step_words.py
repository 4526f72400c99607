"""What each step of a switch does, in words that people read: no wait names a step by its id."""

from __future__ import annotations

from collections.abc import Mapping

#: Step, as the record names it -> its words, with which a sentence may begin.
STEP_WORDS: Mapping[str, str] = {
    "administration.end_switch": "the end of the switch",
    "administration.record_hold": "the note of the hold",
    "billing_cutover.cut_over_billing": "the billing cutover",
    "cancellation.cancel_source": "the cancellation of the old subscription",
    "commands.admit": "the look at a command",
    "controls.amend_quantity": "the change of the number of licenses",
    "controls.record_pause": "the note of the pause",
    "controls.retry_users": "another try of single users",
    "controls.skip_user": "the note about users who stay behind",
    "credit_check.ask_bureau": "the question to the credit bureau",
    "credit_check.check_credit": "the question about the credit check",
    "credit_check.extend": "the extension of the credit check",
    "credit_check.record_decision": "the decision on the credit check",
    "credit_check.record_mark": "the look at the credit check",
    "credit_check.record_wait": "the wait for the credit check",
    "eligibility.request_switch": "the request",
    "eligibility_wait.begin": "the beginning of the wait",
    "eligibility_wait.begin_switch": "the start after the wait",
    "eligibility_wait.end": "the end of the wait",
    "eligibility_wait.look": "the look whether the switch may start",
    "invoice.end_watch": "the end of the look for the invoice",
    "invoice.look_for_invoice": "the look for the invoice",
    "license_reassignment.move_slice": "the move of licenses",
    "license_reassignment.start_license_move": "the beginning of the license move",
    "notices.complete_switch": "the completion",
    "promises.raise_alarm": "the alarm",
    "promises.record_missed": "the note of a missed promise",
    "provisioning.wait_on": "the wait for the services",
    "purchase.confirm_provisioning": "the look whether the new subscription is ready",
    "purchase.order_replacement": "the order",
    "roll_back.record_command": "the note of a command",
    "roll_back.record_stuck": "the note of what is stuck",
    "roll_back.return_users": "the return of users to the old plan",
    "roll_back.start_roll_back": "the beginning of the way back",
    "verification.verify_move": "the look for users who are left on the old plan",
    "void_window.warn": "the warning before the order can't be voided",
}


def step_words(step: str) -> str:
    """Return what a step does, never its id.

    Args:
        step: As the record names it.
    """
    return STEP_WORDS.get(step, "a step of the switch")
