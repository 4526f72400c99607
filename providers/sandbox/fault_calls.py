"""Names of the calls that a client makes, as its record has them, from method, path and body."""

from __future__ import annotations

import re
from dataclasses import dataclass

CHECKOUT = "checkout"
CALLBACK = "callback"
CHANGE_LICENSES, USERS = "change_licenses", "users"
#: Batches: their items can go wrong one by one.
ITEM_OPERATIONS = frozenset({CHANGE_LICENSES, USERS})
BATCH_PATH = "/v1.0/$batch"
#: Beginning of a bearer token that names its organization.
_TOKEN = "Bearer sandbox-"  # noqa: S105 - no secret
_CUSTOMER = "/v1/customers/[^/]+"
_BILLED = "/billing/v1/customers/[^/]+"
_NAMES = tuple(
    (method, re.compile(path), operation)
    for method, path, operation in (
        ("GET", r"/v1\.0/users", "users_page"),
        ("POST", r"/v1\.0/users/[^/]+/assignLicense", CHANGE_LICENSES),
        ("GET", r"/v1\.0/subscribedSkus", "subscribed_plans"),
        ("GET", r"/v1\.0/directory/subscriptions", "directory_subscriptions"),
        ("GET", r"/v1\.0/admin/serviceAnnouncement/healthOverviews", "service_health"),
        ("POST", f"{_CUSTOMER}/carts", "create_cart"),
        ("GET", f"{_CUSTOMER}/carts/[^/]+", "cart"),
        ("POST", f"{_CUSTOMER}/carts/[^/]+/checkout", CHECKOUT),
        ("GET", f"{_CUSTOMER}/orders", "orders"),
        ("GET", f"{_CUSTOMER}/orders/[^/]+", "order"),
        ("PATCH", f"{_CUSTOMER}/orders/[^/]+", "void_order"),
        ("GET", f"{_CUSTOMER}/subscriptions", "subscriptions"),
        ("GET", f"{_CUSTOMER}/subscriptions/[^/]+", "subscription"),
        ("PATCH", f"{_CUSTOMER}/subscriptions/[^/]+", "cancel_subscription"),
        ("GET", f"{_CUSTOMER}/subscriptions/[^/]+/provisioningstatus", "provisioning"),
        ("GET", f"{_CUSTOMER}/subscriptions/[^/]+/upgrades", "seller_upgrades"),
        ("GET", f"{_CUSTOMER}/subscriptions/[^/]+/transitionEligibilities", "seller_transitions"),
        ("GET", _BILLED, "profile"),
        ("GET", f"{_BILLED}/subscriptions/[^/]+", "period"),
        ("POST", f"{_BILLED}/subscriptions/[^/]+/stop", "stop_billing"),
        ("POST", f"{_BILLED}/subscriptions/[^/]+/resume", "resume_billing"),
        ("POST", f"{_BILLED}/subscriptions/[^/]+/credits", "credit"),
        ("POST", f"{_BILLED}/subscriptions/[^/]+/start", "start_billing"),
        ("POST", f"{_BILLED}/invoices", "invoice"),
        ("GET", f"{_BILLED}/invoices/[^/]+", "invoice_status"),
        ("POST", "/notices/v1/customers/[^/]+/notices", "send_notice"),
    )
)
#: Every name that a rule may give.
OPERATIONS = frozenset({*(operation for _, _, operation in _NAMES), USERS, CALLBACK})
_READS_FIRST = re.compile(rb'"method"\s*:\s*"GET"')
_WRITES_FIRST = re.compile(rb'"method"\s*:\s*"(?!GET)')


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One request as a fault program sees it."""

    organization_id: str
    method: str
    path: str
    #: "" for a path without a name.
    operation: str


def call_of(method: str, path: str, authorization: str, body: bytes) -> Call:
    """Return which call a request is.

    Args:
        method: Of the request.
        path: Without its query.
        authorization: Header that names the organization.
        body: Tells reading batches from writing ones.
    """
    return Call(
        organization_id=authorization.removeprefix(_TOKEN).lower(),
        method=method,
        path=path,
        operation=_operation(method, path, body),
    )


def _operation(method: str, path: str, body: bytes) -> str:
    if path == BATCH_PATH:
        return CHANGE_LICENSES if _WRITES_FIRST.search(body) or not _READS_FIRST.search(body) else USERS
    found = (name for verb, pattern, name in _NAMES if verb == method and pattern.fullmatch(path))
    return next(found, "")
