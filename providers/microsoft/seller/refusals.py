"""What each "no" of the vendor's seller means in the table of rules#reasons (vendor#refusals).

A code that means none of our rows is UNKNOWN_REASON, and its text is kept verbatim.
"""

from __future__ import annotations

from collections.abc import Mapping

UPGRADES = "upgrades"
TRANSITIONS = "transitions"
ORDERS = "orders"

NOT_ELIGIBLE = "NOT_ELIGIBLE"
UNKNOWN_REASON = "UNKNOWN_REASON"
#: The seller's HTTP status for "too much at once"; in no numbering of his.
THROTTLED = "429"

#: Errors of an upgrade of legacy terms: numbers as answered, words as documented.
_UPGRADE_CODES: Mapping[str, str] = {
    "1": "WRONG_ROLE",
    "delegated_admin_permissions_disabled": "WRONG_ROLE",
    "2": "SUBSCRIPTION_NOT_ACTIVE",
    "subscription_status_not_active": "SUBSCRIPTION_NOT_ACTIVE",
    "4": "SWITCH_IN_PROGRESS",
    "concurrency_conflicts": "SWITCH_IN_PROGRESS",
    "6": "ADDON_INCOMPATIBLE",
    "subscription_add_ons_present": "ADDON_INCOMPATIBLE",
    "7": "NO_PATH",
    "subscription_does_not_have_any_upgrade_paths": "NO_PATH",
    "8": "NO_PATH",
    "subscription_target_offer_not_found": "NO_PATH",
    "9": "SERVICE_NOT_PROVISIONED",
    "subscription_not_provisioned": "SERVICE_NOT_PROVISIONED",
}
#: Errors of a transition of new-commerce terms: their numbers are not documented, their texts are.
_TRANSITION_TEXTS: tuple[tuple[str, str], ...] = (
    ("not active", "SUBSCRIPTION_NOT_ACTIVE"),
    ("not provisioned", "SERVICE_NOT_PROVISIONED"),
    ("not been provisioned", "SERVICE_NOT_PROVISIONED"),
)
#: Errors of carts, orders and subscriptions.
_ORDER_CODES: Mapping[str, str] = {
    "2001": "SUBSCRIPTION_NOT_ACTIVE",
    "2006": "NOT_ELIGIBLE",
    "2011": "SUBSCRIPTION_NOT_ACTIVE",
    "2085": "NOT_ELIGIBLE",
    "2091": "NO_PATH",
    "20003": "OTHER_SELLER",
    "800012": "SUBSCRIPTION_NOT_ACTIVE",
    "800014": "SWITCH_IN_PROGRESS",
    "800060": "SWITCH_IN_PROGRESS",
    "800073": "CREDIT_CHECK_PENDING",
    "800074": "CREDIT_CHECK_PENDING",
    "800082": "SERVICE_NOT_PROVISIONED",
    "800090": "LICENSE_REMOVAL_IN_SWITCH",
    "800091": "SUBSCRIPTION_NOT_ACTIVE",
    "900117": "SOURCE_NOT_CANCELLABLE",
    "900278": "SWITCH_IN_PROGRESS",
}
_CODES: Mapping[str, Mapping[str, str]] = {
    UPGRADES: _UPGRADE_CODES,
    ORDERS: _ORDER_CODES,
}


def reason_of(interface: str, code: str, text: str) -> str:
    """Return the code of rules#reasons of one refusal, by the seller's own code and text.

    Each `interface` has a numbering of its own: upgrades, transitions or orders.
    """
    wanted = code.strip().lower()
    if wanted == THROTTLED:
        return "HIGH_VOLUME"
    known = _CODES.get(interface, {}).get(wanted)
    if known is None and interface == TRANSITIONS:
        known = next((reason for words, reason in _TRANSITION_TEXTS if words in text.lower()), None)
    if known is not None:
        return known
    return UNKNOWN_REASON if wanted or text.strip() else NOT_ELIGIBLE
