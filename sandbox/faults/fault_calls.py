"""Names of the calls that a client makes, as its record has them, from method, path and body."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from sandbox.identity.compact_tokens import token_parts

CREATE_CART, CHECKOUT = "create_cart", "checkout"
CALLBACK = "callback"
#: Calls of the authority for a token.
TOKEN = "token"  # noqa: S105 - the name of a call
CHANGE_LICENSES, USERS = "change_licenses", "users"
SET_LOCATIONS = "set_locations"
#: Batches: their items can go wrong one by one.
ITEM_OPERATIONS = frozenset({CHANGE_LICENSES, USERS})
#: Lists of the directory, which come in pages.
LISTS = frozenset(
    {"users_page", "group_members", "licensing_groups", "purchases", "service_health", "subscribed_plans"}
)
BATCH_PATH = "/v1.0/$batch"
#: Beginning of a bearer token that names its organization; behind it stands how often it was renewed.
TOKEN_PREFIX = "Bearer sandbox-"  # noqa: S105 - the emulated cloud's open sesame, no secret
#: Whom a path names: the customer of a call, or the tenant of a sign-in.
_OWNED = re.compile(
    r"/(?:billing/|credit/|notices/)?v1/customers/(?P<customer>[^/]+)|/(?P<tenant>[^/]+)/oauth2/"
)
_CUSTOMER = "/v1/customers/[^/]+"
_BILLED = "/billing/v1/customers/[^/]+"
#: Names that programs may still give -> those of today.
FORMER_NAMES = {"directory_subscriptions": "purchases"}
_CANCEL, _STOP_RENEWAL, _CHANGE_QUANTITY = "cancel_subscription", "stop_renewal", "change_quantity"
_CHANGE_SETTINGS = "change_settings"
_REACTIVATE = "reactivate_subscription"
_CANCELLED = frozenset({"deleted", "suspended"})
_SUBSCRIPTION = re.compile(f"{_CUSTOMER}/subscriptions/(?P<subscription>[^/]+)")
_PARTY = f"{_CUSTOMER}/profiles"
_CHECKS = "/credit/v1/customers/[^/]+/checks/[^/]+"
_NAMES = tuple(
    (method, re.compile(path), operation)
    for method, path, operation in (
        ("GET", r"/v1\.0/users", "users_page"),
        ("POST", r"/v1\.0/users/[^/]+/assignLicense", CHANGE_LICENSES),
        ("GET", r"/v1\.0/subscribedSkus", "subscribed_plans"),
        ("GET", r"/v1\.0/directory/subscriptions", "purchases"),
        ("GET", r"/v1\.0/organization", "organization"),
        ("GET", r"/v1\.0/users/[^/]+/transitiveMemberOf/microsoft\.graph\.directoryRole", "roles"),
        ("GET", r"/v1\.0/groups", "licensing_groups"),
        ("GET", r"/v1\.0/groups/[^/]+/transitiveMembers", "group_members"),
        ("GET", r"/v1\.0/groups/[^/]+", "group_sign"),
        ("GET", r"/v1\.0/groups/[^/]+/membersWithLicenseErrors", "failed_members"),
        ("POST", r"/v1\.0/groups/[^/]+/assignLicense", "change_group"),
        ("POST", r"/v1\.0/users/[^/]+/reprocessLicenseAssignment", "reprocess_user"),
        ("GET", r"/v1\.0/admin/serviceAnnouncement/healthOverviews", "service_health"),
        ("POST", f"{_CUSTOMER}/carts", CREATE_CART),
        ("GET", f"{_CUSTOMER}/carts/[^/]+", "cart"),
        ("POST", f"{_CUSTOMER}/carts/[^/]+/checkout", CHECKOUT),
        ("GET", f"{_CUSTOMER}/orders", "orders"),
        ("GET", f"{_CUSTOMER}/orders/[^/]+", "order"),
        ("PATCH", f"{_CUSTOMER}/orders/[^/]+", "void_order"),
        ("GET", f"{_CUSTOMER}/subscriptions", "subscriptions"),
        ("GET", f"{_CUSTOMER}/subscriptions/[^/]+", "subscription"),
        ("PATCH", f"{_CUSTOMER}/subscriptions/[^/]+", _CANCEL),
        ("GET", f"{_CUSTOMER}/subscriptions/[^/]+/provisioningstatus", "provisioning"),
        ("GET", f"{_CUSTOMER}/subscriptions/[^/]+/upgrades", "seller_upgrades"),
        ("GET", f"{_CUSTOMER}/subscriptions/[^/]+/transitionEligibilities", "seller_transitions"),
        ("POST", f"{_CUSTOMER}/subscriptions/[^/]+/conversions", "convert_trial"),
        ("GET", f"{_PARTY}/company", "read_sold_to"),
        ("PUT", f"{_PARTY}/company", "change_sold_to"),
        ("GET", f"{_PARTY}/billing", "read_billed_to"),
        ("PUT", f"{_PARTY}/billing", "change_billed_to"),
        ("GET", _CHECKS, "credit_check"),
        ("POST", f"{_CHECKS}/decision", "decide_credit_check"),
        ("GET", _BILLED, "profile"),
        ("GET", f"{_BILLED}/subscriptions/[^/]+", "period"),
        ("GET", f"{_BILLED}/subscriptions/[^/]+/lines", "booked_lines"),
        ("POST", f"{_BILLED}/subscriptions/[^/]+/stop", "stop_billing"),
        ("POST", f"{_BILLED}/subscriptions/[^/]+/resume", "resume_billing"),
        ("POST", f"{_BILLED}/subscriptions/[^/]+/credits", "credit"),
        ("POST", f"{_BILLED}/subscriptions/[^/]+/start", "start_billing"),
        ("POST", f"{_BILLED}/invoices", "invoice"),
        ("GET", f"{_BILLED}/invoices", "invoices"),
        ("GET", f"{_BILLED}/invoices/[^/]+", "invoice_status"),
        ("POST", f"{_BILLED}/payments", "pay_balance"),
        ("POST", "/notices/v1/customers/[^/]+/notices", "send_notice"),
        ("POST", "/notices/v1/customers/[^/]+/alarms", "send_alarm"),
        ("GET", "/v1/customers", "customers"),
        ("GET", f"{_CUSTOMER}/agreements", "agreements"),
        ("GET", r"/v1\.0/tenantRelationships/delegatedAdminCustomers", "administered"),
        ("GET", r"/v1\.0/tenantRelationships/delegatedAdminRelationships", "relationships"),
        ("POST", "/[^/]+/oauth2/v2\\.0/token", TOKEN),
    )
)
#: Every name that a rule may give.
OPERATIONS = frozenset(
    {
        *(name for _, _, name in _NAMES),
        *FORMER_NAMES,
        *(USERS, SET_LOCATIONS, CALLBACK, _STOP_RENEWAL, _CHANGE_QUANTITY, _CHANGE_SETTINGS, _REACTIVATE),
    }
)
_READS_FIRST = re.compile(rb'"method"\s*:\s*"GET"')
_PATCHES_FIRST = re.compile(rb'"method"\s*:\s*"PATCH"')
_WRITES_FIRST = re.compile(rb'"method"\s*:\s*"(?!GET)')


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One request as a fault program sees it."""

    organization_id: str
    method: str
    path: str
    #: "" for a path without a name.
    operation: str


def call_of(method: str, path: str, authorization: str, body: bytes, *, quantity: int | None = None) -> Call:
    """Return which call a request is.

    Args:
        method: Of the request.
        path: Without its query.
        authorization: Header that names the organization.
        body: Tells reading batches from writing ones, and the changes of a subscription apart.
        quantity: Licenses of the subscription before the request; None: not known.
    """
    return Call(
        organization_id=owner_in(path, authorization),
        method=method,
        path=path,
        operation=_operation(method, path, body, quantity),
    )


def owner_of(authorization: str) -> str:
    """Return the id of the organization that a bearer token names."""
    return authorization.removeprefix(TOKEN_PREFIX).partition("~")[0].lower()


def owner_in(path: str, authorization: str) -> str:
    """Return the id of the organization that a request is about.

    It is that of the token, the customer of a path of the seller, or the tenant of a path of the authority.
    What the token says is not verified here: a fault is planted before anybody looks at it.
    """
    if authorization.startswith(TOKEN_PREFIX):
        return owner_of(authorization)
    if named := _OWNED.match(path):
        return (named["customer"] or named["tenant"]).lower()
    parts = token_parts(authorization.removeprefix("Bearer "))
    return str(parts[1].get("tid", "")).lower() if parts else owner_of(authorization)


def subscription_in(path: str) -> str:
    """Return the id of the subscription that a path of the seller is about, "" where it is about none."""
    match = _SUBSCRIPTION.fullmatch(path)
    return match["subscription"].lower() if match else ""


def _operation(method: str, path: str, body: bytes, quantity: int | None) -> str:
    if path == BATCH_PATH and _PATCHES_FIRST.search(body):
        return SET_LOCATIONS
    if path == BATCH_PATH:
        return CHANGE_LICENSES if _WRITES_FIRST.search(body) or not _READS_FIRST.search(body) else USERS
    names = (name for verb, pattern, name in _NAMES if verb == method and pattern.fullmatch(path))
    name = next(names, "")
    return _change_of(body, quantity) if name == _CANCEL else name


def _change_of(body: bytes, quantity: int | None) -> str:
    """Return which change of a subscription a body is: it is the whole subscription as it is to be.

    A renewal is stopped where the seller takes no cancellation any more, so that the subscription has no
    refund; a new subscription that is set not to renew has one.
    """
    try:
        wanted = json.loads(body)
    except ValueError:
        wanted = None
    if not isinstance(wanted, dict) or wanted.get("status") in _CANCELLED:
        return _CANCEL
    if wanted.get("status") == "active" and wanted.get("suspensionReasons"):
        return _REACTIVATE
    if quantity is not None and wanted.get("quantity") != quantity:
        return _CHANGE_QUANTITY
    if wanted.get("autoRenewEnabled") is False and not wanted.get("refundOptions"):
        return _STOP_RENEWAL
    return _CHANGE_SETTINGS if quantity is not None or _has_settings(wanted) else _CHANGE_QUANTITY


def _has_settings(wanted: dict[str, Any]) -> bool:
    """Return whether a subscription is to have what a new one has not."""
    is_named = wanted.get("friendlyName") not in {None, "", wanted.get("offerName")}
    is_scheduled = wanted.get("scheduledNextTermInstructions") is not None
    return is_named or is_scheduled or wanted.get("autoRenewEnabled") is False
