"""What the API calls a field, and how a person at a shell gives it."""

from __future__ import annotations

import re

#: Fields whose option has the same name.
_ALIKE = (
    "after auto_renew billing_cycle caller catalog days limit max_total name organization "
    "payment_method pilot policy quantity reason request_id revision rule_set service_settings state "
    "term"
)
#: Field of the API -> option, or argument in capitals.
OPTIONS = {name: f"--{name.replace('_', '-')}" for name in _ALIKE.split()} | {
    "accepted_digest": "--accept-quote",
    "acknowledgments": "--acknowledge",
    "checkout": "CHECKOUT",
    "grace_seconds": "--grace",
    "organization_id": "ORGANIZATION",
    "pilot_group_id": "--pilot-group",
    "pilot_soak_seconds": "--pilot-soak",
    "quote_digest": "--quote",
    "source_subscription_id": "--subscription",
    "start_on": "--on",
    "switch": "SWITCH",
    "target_plan": "--to",
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
