"""What each step of a switch does, and what each call to a provider is about, in words that people read.

No wait names a step or a call by its id.
"""

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
    "eligibility_wait.reschedule": "the change of when the switch starts",
    "invoice.end_watch": "the end of the look for the invoice",
    "invoice.look_for_invoice": "the look for the invoice",
    "license_reassignment.move_slice": "the move of licenses",
    "license_reassignment.start_license_move": "the beginning of the license move",
    "manual_moves.move_selection": "the move of the users who were named",
    "manual_steps.await_step": "the note of the step that comes next",
    "manual_steps.begin_step": "the start of a step by an operator",
    "notices.complete_switch": "the completion",
    "promises.raise_alarm": "the alarm",
    "promises.record_missed": "the note of a missed promise",
    "provisioning.wait_on": "the wait for the services",
    "purchase.confirm_provisioning": "the look whether the new subscription is ready",
    "purchase.order_replacement": "the order",
    "reduction.reduce_source": "the reduction of the old subscription",
    "roll_back.record_command": "the note of a command",
    "roll_back.record_stuck": "the note of what is stuck",
    "roll_back.return_users": "the return of users to the old plan",
    "roll_back.start_roll_back": "the beginning of the way back",
    "verification.verify_move": "the look for users who are left on the old plan",
    "void_window.warn": "the warning before the order can't be voided",
}
#: Operation, as the record of calls names it -> what is waited for, in words that follow `to answer`.
CALL_WORDS: Mapping[str, str] = {
    "administered": "the question whom the partner may administer",
    "agreements": "the question whether the customer agreement is accepted",
    "booked_lines": "the question what is billed so far",
    "cancel_subscription": "the cancellation of a subscription",
    "cart": "the question about the order's cart",
    "change_billed_to": "the change of who is billed",
    "change_group": "the change of a group's licenses",
    "change_licenses": "the change of licenses",
    "change_quantity": "the change of the number of licenses",
    "change_settings": "the change of a subscription's settings",
    "change_sold_to": "the change of who buys",
    "checkout": "the order",
    "convert_trial": "the purchase of a trial's plan",
    "create_cart": "the preparation of the order",
    "credit": "the credit for the days not used",
    "credit_check": "the question about the credit check",
    "customers": "the question who the seller's customers are",
    "decide_credit_check": "the answer to the credit check",
    "department_page": "the question who is in a department",
    "failed_members": "the question which members of a group have no license",
    "group_members": "the question who is in a group",
    "group_sign": "the question how far a group is",
    "invoice": "the invoice",
    "invoice_status": "the question about an invoice",
    "invoices": "the question what is due",
    "licensing_groups": "the question which groups give licenses",
    "named_users_page": "the question who has the plan",
    "order": "the question about the order",
    "orders": "the question about the organization's orders",
    "organization": "the question what the organization is called",
    "pay_balance": "the payment of what is due",
    "period": "the question what is billed for which time",
    "profile": "the question how the organization pays",
    "provisioning": "the question which services are set up",
    "purchases": "the question what the organization has bought",
    "reactivate_subscription": "the return of a subscription",
    "read_billed_to": "the question who is billed",
    "read_sold_to": "the question who buys",
    "relationships": "the question which relationships the partner has",
    "reprocess_user": "the renewal of a user's licenses by groups",
    "resume_billing": "the resumption of billing",
    "roles": "the question about a user's roles",
    "seller_transitions": "the question whether the plan may be changed",
    "seller_upgrades": "the question whether the plan may be changed",
    "send_alarm": "an alarm to the contact",
    "send_notice": "a notice to the organization",
    "service_health": "the question about incidents",
    "set_locations": "the usage location of users",
    "start_billing": "the beginning of billing",
    "stop_billing": "the end of billing",
    "stop_renewal": "the end of the renewal",
    "subscribed_plans": "the question which plans there are",
    "subscription": "the question about a subscription",
    "subscriptions": "the question about the organization's subscriptions",
    "users": "the question about users",
    "users_by_name": "the question whose names these are",
    "users_page": "the question who has the plan",
    "void_order": "the request to void the order",
}


def step_words(step: str) -> str:
    """Return what a step of the record does, never its id."""
    return STEP_WORDS.get(step, "a step of the switch")


def call_words(operation: str) -> str:
    """Return what a recorded call is about; "" for one that nobody has words for, never its id."""
    return CALL_WORDS.get(operation, "")


def asked_words(operation: str) -> str:
    """Return what was asked, for a sentence about the answer; never the operation's id."""
    return call_words(operation) or "a question"
