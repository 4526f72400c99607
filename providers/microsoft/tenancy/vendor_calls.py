"""Every call of the adapters to the vendor: address, what lets it through, and where that is said.

`docs/permissions.md` and the list of calls in `docs/vendor.md` are written from here by
`tools/pages/vendor_pages.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

_GRAPH = "https://learn.microsoft.com/graph/api/"
_SELLER = "https://learn.microsoft.com/partner-center/developer/"
#: What no document that was read says.
UNCHECKED = "unchecked"

_DIRECTORY_READ, _DIRECTORY_WRITE = "Directory.Read.All", "Directory.ReadWrite.All"
_ORGANIZATION = ("Organization.Read.All", _DIRECTORY_READ, "Organization.ReadWrite.All", _DIRECTORY_WRITE)
_USERS = ("User.Read.All", _DIRECTORY_READ, "User.ReadWrite.All", _DIRECTORY_WRITE)
_GROUPS = ("GroupMember.Read.All", "Group.Read.All", _DIRECTORY_READ, "Group.ReadWrite.All", _DIRECTORY_WRITE)
_LICENSES = ("LicenseAssignment.ReadWrite.All", "User.ReadWrite.All", _DIRECTORY_WRITE)
_RELATIONSHIPS = ("DelegatedAdminRelationship.Read.All", "DelegatedAdminRelationship.ReadWrite.All")


class Party(StrEnum):
    """Who answers a call."""

    DIRECTORY = "directory"
    SELLER = "seller"


class SignIn(StrEnum):
    """On whose behalf a call of the seller may be."""

    EITHER = "application, or application and user"
    USER = "application and user"
    #: With a user it passes; nobody read whether it does without.
    USER_AT_LEAST = "application and user; without a user unchecked"


class Proof(StrEnum):
    """Against what a request is validated in a test."""

    DIRECTORY_CONTRACT = "the vendor's description of the directory"
    SELLER_CONTRACT = "method and address, an unofficial description of the seller"
    SANDBOX = "the sandbox alone"


@dataclass(frozen=True, kw_only=True, slots=True)
class VendorCall:
    """One call as the vendor documents it."""

    party: Party
    method: str
    #: Below the version; `{}` stands for an id.
    path: str
    #: Page that says it, or UNCHECKED.
    source: str
    proof: Proof
    #: Permissions of the directory, the narrowest first; any one lets the call through.
    permissions: tuple[str, ...] = ()
    #: Of the seller, whose tokens name no permission.
    sign_in: SignIn | None = None
    #: Items of `POST /$batch`.
    is_batched: bool = False


def _directory(
    method: str, path: str, permissions: tuple[str, ...], page: str, *, is_batched: bool = False
) -> VendorCall:
    return VendorCall(
        party=Party.DIRECTORY,
        method=method,
        path=path,
        permissions=permissions,
        source=page if page == UNCHECKED else _GRAPH + page,
        proof=Proof.DIRECTORY_CONTRACT,
        is_batched=is_batched,
    )


def _seller(
    method: str,
    path: str,
    sign_in: SignIn,
    page: str,
    proof: Proof = Proof.SELLER_CONTRACT,
) -> VendorCall:
    return VendorCall(
        party=Party.SELLER,
        method=method,
        path=path,
        sign_in=sign_in,
        source=page if page == UNCHECKED else _SELLER + page,
        proof=proof,
    )


_SUBSCRIPTION = "/customers/{}/subscriptions/{}"
_CHANGED = _seller("PATCH", _SUBSCRIPTION, SignIn.USER_AT_LEAST, "update-a-subscription-by-id")
#: Operation -> its call.
CALLS: Mapping[str, VendorCall] = {
    "subscribed_plans": _directory(
        "GET", "/subscribedSkus", ("LicenseAssignment.Read.All", *_ORGANIZATION), "subscribedsku-list"
    ),
    "purchases": _directory(
        "GET", "/directory/subscriptions", _ORGANIZATION[:3], "directory-list-subscriptions"
    ),
    "organization": _directory("GET", "/organization", _ORGANIZATION, "organization-list"),
    "users_page": _directory("GET", "/users", _USERS, "user-list"),
    "department_page": _directory("GET", "/users", _USERS, "user-list"),
    "users": _directory("GET", "/users/{}", _USERS, "user-get", is_batched=True),
    "named_users_page": _directory("GET", "/users", _USERS, "user-list"),
    "users_by_name": _directory("GET", "/users", _USERS, "user-list", is_batched=True),
    "set_locations": _directory(
        "PATCH", "/users/{}", ("User.ReadWrite.All", _DIRECTORY_WRITE), "user-update", is_batched=True
    ),
    "licensing_groups": _directory("GET", "/groups", _GROUPS, "group-list"),
    "group_sign": _directory("GET", "/groups/{}", _GROUPS, "group-get"),
    "failed_members": _directory("GET", "/groups/{}/membersWithLicenseErrors", _GROUPS, UNCHECKED),
    "group_members": _directory(
        "GET", "/groups/{}/transitiveMembers", _GROUPS[:4], "group-list-transitivemembers"
    ),
    "roles": _directory(
        "GET",
        "/users/{}/transitiveMemberOf/microsoft.graph.directoryRole",
        ("User.Read.All", "GroupMember.Read.All", "Group.Read.All", _DIRECTORY_READ, _DIRECTORY_WRITE),
        "user-list-transitivememberof",
    ),
    "service_health": _directory(
        "GET",
        "/admin/serviceAnnouncement/healthOverviews",
        ("ServiceHealth.Read.All",),
        "serviceannouncement-list-healthoverviews",
    ),
    "administered": _directory(
        "GET",
        "/tenantRelationships/delegatedAdminCustomers",
        _RELATIONSHIPS,
        "tenantrelationship-list-delegatedadmincustomers",
    ),
    "relationships": _directory(
        "GET",
        "/tenantRelationships/delegatedAdminRelationships",
        _RELATIONSHIPS,
        "tenantrelationship-list-delegatedadminrelationships",
    ),
    "change_licenses": _directory(
        "POST", "/users/{}/assignLicense", _LICENSES, "user-assignlicense", is_batched=True
    ),
    "change_group": _directory(
        "POST",
        "/groups/{}/assignLicense",
        ("LicenseAssignment.ReadWrite.All", "Group.ReadWrite.All", _DIRECTORY_WRITE),
        UNCHECKED,
    ),
    "reprocess_user": _directory(
        "POST",
        "/users/{}/reprocessLicenseAssignment",
        ("User.ReadWrite.All", _DIRECTORY_WRITE),
        "user-reprocesslicenseassignment",
    ),
    "customers": _seller("GET", "/customers", SignIn.EITHER, "get-a-list-of-customers"),
    "agreements": _seller(
        "GET", "/customers/{}/agreements", SignIn.USER, "get-confirmation-of-customer-agreement"
    ),
    "subscriptions": _seller(
        "GET", "/customers/{}/subscriptions", SignIn.EITHER, "get-all-of-a-customer-s-subscriptions"
    ),
    "subscription": _seller("GET", _SUBSCRIPTION, SignIn.EITHER, "get-a-subscription-by-id"),
    "provisioning": _seller(
        "GET", f"{_SUBSCRIPTION}/provisioningstatus", SignIn.USER_AT_LEAST, UNCHECKED, Proof.SANDBOX
    ),
    "seller_transitions": _seller(
        "GET",
        f"{_SUBSCRIPTION}/transitionEligibilities",
        SignIn.USER_AT_LEAST,
        "transition-a-new-commerce-subscription",
    ),
    "seller_upgrades": _seller(
        "GET", f"{_SUBSCRIPTION}/upgrades", SignIn.USER_AT_LEAST, UNCHECKED, Proof.SANDBOX
    ),
    "orders": _seller("GET", "/customers/{}/orders", SignIn.EITHER, "get-all-of-a-customer-s-orders"),
    "order": _seller("GET", "/customers/{}/orders/{}", SignIn.EITHER, "get-an-order-by-id"),
    "cart": _seller("GET", "/customers/{}/carts/{}", SignIn.USER_AT_LEAST, UNCHECKED, Proof.SANDBOX),
    "create_cart": _seller("POST", "/customers/{}/carts", SignIn.EITHER, "create-a-cart"),
    "checkout": _seller("POST", "/customers/{}/carts/{}/checkout", SignIn.EITHER, "checkout-a-cart"),
    "void_order": _seller(
        "PATCH",
        "/customers/{}/orders/{}",
        SignIn.USER_AT_LEAST,
        "cancel-an-order-from-the-integration-sandbox",
    ),
    "cancel_subscription": _CHANGED,
    "change_quantity": _CHANGED,
    "change_settings": _CHANGED,
    "reactivate_subscription": _CHANGED,
    "stop_renewal": _CHANGED,
    "convert_trial": _seller(
        "POST", f"{_SUBSCRIPTION}/conversions", SignIn.USER_AT_LEAST, UNCHECKED, Proof.SANDBOX
    ),
    "read_sold_to": _seller(
        "GET", "/customers/{}/profiles/company", SignIn.USER_AT_LEAST, UNCHECKED, Proof.SANDBOX
    ),
    "change_sold_to": _seller(
        "PUT", "/customers/{}/profiles/company", SignIn.USER_AT_LEAST, UNCHECKED, Proof.SANDBOX
    ),
    "read_billed_to": _seller(
        "GET", "/customers/{}/profiles/billing", SignIn.USER_AT_LEAST, UNCHECKED, Proof.SANDBOX
    ),
    "change_billed_to": _seller(
        "PUT", "/customers/{}/profiles/billing", SignIn.USER_AT_LEAST, UNCHECKED, Proof.SANDBOX
    ),
}
