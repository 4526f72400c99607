"""What each call to a provider is about, in words that people read: no wait names a call by its id."""

from __future__ import annotations

from collections.abc import Mapping

#: Operation, as the record of calls names it -> what is waited for, in words that follow `to answer`.
CALL_WORDS: Mapping[str, str] = {
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
    "create_cart": "the preparation of the order",
    "credit": "the credit for the days not used",
    "credit_check": "the question about the credit check",
    "decide_credit_check": "the answer to the credit check",
    "group_members": "the question who is in a group",
    "invoice": "the invoice",
    "invoice_status": "the question about an invoice",
    "licensing_groups": "the question which groups give licenses",
    "order": "the question about the order",
    "orders": "the question about the organization's orders",
    "period": "the question what is billed for which time",
    "profile": "the question how the organization pays",
    "provisioning": "the question which services are set up",
    "purchases": "the question what the organization has bought",
    "read_billed_to": "the question who is billed",
    "read_sold_to": "the question who buys",
    "reprocess_user": "the renewal of a user's licenses by groups",
    "resume_billing": "the resumption of billing",
    "roles": "the question about a user's roles",
    "seller_transitions": "the question whether the plan may be changed",
    "seller_upgrades": "the question whether the plan may be changed",
    "send_alarm": "an alarm to the contact",
    "send_notice": "a notice to the organization",
    "service_health": "the question about incidents",
    "start_billing": "the beginning of billing",
    "stop_billing": "the end of billing",
    "stop_renewal": "the end of the renewal",
    "subscribed_plans": "the question which plans there are",
    "subscription": "the question about a subscription",
    "subscriptions": "the question about the organization's subscriptions",
    "users": "the question about users",
    "users_page": "the question who has the plan",
    "void_order": "the request to void the order",
}


def call_words(operation: str) -> str:
    """Return what a call is about; "" for one that nobody has words for, never its id.

    Args:
        operation: As the record of calls names it.
    """
    return CALL_WORDS.get(operation, "")


def asked_words(operation: str) -> str:
    """Return what was asked, for a sentence about the answer; never the operation's id.

    Args:
        operation: As the record of calls names it.
    """
    return call_words(operation) or "a question"
