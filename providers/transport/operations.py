"""Which operations only read and which change something, and the refusal of changes under read-only access.

One table declares every operation that an adapter sends. An operation that is not in it counts as a write,
and so does a batch with an item that is no GET (vendor#read-only-access).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.kernel.awaited import Awaited, Party
from domain.kernel.errors import ReadOnlyAccess
from domain.operator.step_words import asked_words
from providers.access.profiles import Access

#: Where the directory takes many requests in one (vendor#batches).
BATCH_PATH = "/$batch"
#: Methods that change nothing at any provider: what RFC 9110 calls safe.
_READING_METHODS = frozenset({"GET", "HEAD"})


#: Operation, as the record of calls names it -> what it does. Nothing else decides it.
OPERATIONS: Mapping[str, Access] = {
    # The directory.
    "administered": Access.READ,
    "change_group": Access.WRITE,
    "change_licenses": Access.WRITE,
    "department_page": Access.READ,
    "failed_members": Access.READ,
    "group_members": Access.READ,
    "group_sign": Access.READ,
    "licensing_groups": Access.READ,
    "named_users_page": Access.READ,
    "organization": Access.READ,
    "purchases": Access.READ,
    "relationships": Access.READ,
    "reprocess_user": Access.WRITE,
    "roles": Access.READ,
    "service_health": Access.READ,
    "set_locations": Access.WRITE,
    "subscribed_plans": Access.READ,
    "users": Access.READ,
    "users_by_name": Access.READ,
    "users_page": Access.READ,
    # The seller.
    "agreements": Access.READ,
    "cancel_subscription": Access.WRITE,
    "cart": Access.READ,
    "change_billed_to": Access.WRITE,
    "change_quantity": Access.WRITE,
    "change_settings": Access.WRITE,
    "change_sold_to": Access.WRITE,
    "checkout": Access.WRITE,
    "convert_trial": Access.WRITE,
    "create_cart": Access.WRITE,
    "customers": Access.READ,
    "order": Access.READ,
    "orders": Access.READ,
    "provisioning": Access.READ,
    "reactivate_subscription": Access.WRITE,
    "read_billed_to": Access.READ,
    "read_sold_to": Access.READ,
    "seller_transitions": Access.READ,
    "seller_upgrades": Access.READ,
    "stop_renewal": Access.WRITE,
    "subscription": Access.READ,
    "subscriptions": Access.READ,
    "void_order": Access.WRITE,
    # Billing.
    "booked_lines": Access.READ,
    "credit": Access.WRITE,
    "invoice": Access.WRITE,
    "invoice_status": Access.READ,
    "invoices": Access.READ,
    "pay_balance": Access.WRITE,
    "period": Access.READ,
    "profile": Access.READ,
    "resume_billing": Access.WRITE,
    "start_billing": Access.WRITE,
    "stop_billing": Access.WRITE,
    # The credit bureau, and notices.
    "credit_check": Access.READ,
    "decide_credit_check": Access.WRITE,
    "send_alarm": Access.WRITE,
    "send_notice": Access.WRITE,
}


def needed_access(operation: str, *, method: str, path: str, body: Any) -> Access:
    """Return what one request does, by the table and by the request itself.

    A read is declared as one, and travels as one: by a method that changes nothing, or in a batch whose items
    all do.

    Args:
        operation: Name of the call in the record.
        method: HTTP method.
        path: Below the base URL of the provider.
        body: JSON that is sent, or None.
    """
    if OPERATIONS.get(operation, Access.WRITE) is Access.WRITE:
        return Access.WRITE
    if method.upper() in _READING_METHODS:
        return Access.READ
    return Access.READ if path == BATCH_PATH and _has_only_reads(body) else Access.WRITE


def _has_only_reads(body: Any) -> bool:
    """Return whether a batch has items, and each of them only reads."""
    requests = body.get("requests") if isinstance(body, dict) else None
    items = requests if isinstance(requests, list) else []
    return bool(items) and all(
        isinstance(each, dict) and str(each.get("method", "")).upper() in _READING_METHODS for each in items
    )


def require_access(
    access: Access, *, provider: str, operation: str, method: str, path: str, body: Any
) -> None:
    """Refuse a request that changes something where the installation may only read.

    Args:
        access: What the installation may do.
        provider: Name of the provider in the record.
        operation: Name of the call in the record.
        method: HTTP method.
        path: Below the base URL of the provider.
        body: JSON that is sent, or None.

    Raises:
        ReadOnlyAccess: It is a write; nothing was sent.
    """
    if access is Access.WRITE:
        return
    if needed_access(operation, method=method, path=path, body=body) is Access.READ:
        return
    remedy = (
        'To let this installation change something there, set access = "write" in the profile of the '
        "organization (PLANSWITCH_CLOUD_FILE) and start it again."
    )
    raise ReadOnlyAccess(
        f"This installation may only read at the {provider}: {asked_words(operation)} was not sent.",
        remedy=remedy,
        provider=provider,
        operation=operation,
        awaited=Awaited(
            party=Party.OPERATOR,
            action=f"let this installation change something at the {provider}",
            remedy=remedy,
        ),
    )
