"""What the API calls a field, and how a person at a shell gives it."""

from __future__ import annotations

import re

#: Field of the API -> option, or argument in capitals.
OPTIONS = {
    "accepted_digest": "--accept-quote",
    "acknowledgments": "--acknowledge",
    "after": "--after",
    "auto_renew": "--auto-renew",
    "billing_cycle": "--billing-cycle",
    "caller": "--caller",
    "catalog": "--catalog",
    "checkout": "CHECKOUT",
    "days": "--days",
    "grace_seconds": "--grace",
    "limit": "--limit",
    "max_total": "--max-total",
    "name": "--name",
    "organization": "--organization",
    "organization_id": "ORGANIZATION",
    "payment_method": "--payment-method",
    "pilot": "--pilot",
    "pilot_group_id": "--pilot-group",
    "pilot_soak_seconds": "--pilot-soak",
    "policy": "--policy",
    "quantity": "--quantity",
    "quote_digest": "--quote",
    "reason": "--reason",
    "request_id": "--request-id",
    "revision": "--revision",
    "rule_set": "--rule-set",
    "service_settings": "--service-settings",
    "source_subscription_id": "--subscription",
    "start_on": "--on",
    "state": "--state",
    "switch": "SWITCH",
    "target_plan": "--to",
    "term": "--term",
    "user": "USER",
    "users": "--user",
    "wait_until": "--until",
}
#: Section of a checkout whose fields are given as FIELD=TEXT.
_PARTIES = {"sold_to": "--sold-to", "billed_to": "--billed-to"}


def option_of(field: str) -> str:
    """Return how a field is given on the command line; one that is not given there keeps its name."""
    section, _, inner = field.partition(".")
    if section in _PARTIES and inner:
        return f"{_PARTIES[section]} {inner}"
    return OPTIONS.get(inner or section, OPTIONS.get(section, field))


def with_options(text: str, field: str) -> str:
    """Return words about a field of the API as words about the option.

    A name of one plain word is a word of prose as well: it is the field where a sentence is about it.
    """
    if not field:
        return text
    before = r"(?<![\w.-])" if re.search(r"[_.]", field) else r"(?:^|(?<=Correct )|(?<=Give ))"
    option = option_of(field)
    return re.sub(rf"{before}{re.escape(field)}(?![\w.-]*\w)", lambda _: option, text)
