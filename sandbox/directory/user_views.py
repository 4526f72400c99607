"""How the directory shows users: which fields there are, and what a `$select` of them gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.directory.plan_views import PlanViews
from sandbox.kernel.model import Json, User
from sandbox.lists.listing import names_of

#: Shown where no `$select` was given; licenses and location come only by a `$select`.
DEFAULT_FIELDS = (
    "id",
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
)
#: Fields of the vendor's user of which nobody here has a value.
_UNSET = [
    "ageGroup",
    "authorizationInfo",
    "city",
    "companyName",
    "consentProvidedForMinor",
    "country",
    "createdDateTime",
    "creationType",
    "customSecurityAttributes",
    "deletedDateTime",
    "employeeHireDate",
    "employeeId",
    "employeeLeaveDateTime",
    "employeeOrgData",
    "employeeType",
    "externalUserState",
    "externalUserStateChangeDateTime",
    "faxNumber",
    "isManagementRestricted",
    "isResourceAccount",
    "jobTitle",
    "lastPasswordChangeDateTime",
    "legalAgeGroupClassification",
    "mobilePhone",
    "officeLocation",
    "onPremisesDistinguishedName",
    "onPremisesDomainName",
    "onPremisesExtensionAttributes",
    "onPremisesImmutableId",
    "onPremisesLastSyncDateTime",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesSyncEnabled",
    "onPremisesUserPrincipalName",
    "passwordPolicies",
    "passwordProfile",
    "postalCode",
    "preferredDataLocation",
    "preferredLanguage",
    "securityIdentifier",
    "showInAddressList",
    "signInActivity",
    "signInSessionsValidFromDateTime",
    "state",
    "streetAddress",
]
#: Fields of the vendor's user that are lists, each empty here.
_EMPTY = [
    "businessPhones",
    "identities",
    "imAddresses",
    "onPremisesProvisioningErrors",
    "otherMails",
    "provisionedPlans",
    "proxyAddresses",
    "serviceProvisioningErrors",
]


def assigned_licenses(user: User) -> list[Json]:
    """Return the licenses of a user with the services that are off."""
    return [
        {"disabledPlans": list(held.disabled), "skuId": plan_id}
        for plan_id, held in sorted(user.licenses.items())
    ]


def _license_states(user: User) -> list[Json]:
    states: list[Json] = []
    for plan_id, held in sorted(user.licenses.items()):
        origins = ([] if held.own is None else [(None, held.own)]) + list(held.feeds)
        state = user.inactive_plans.get(plan_id, "Active")
        states.extend(
            {
                "skuId": plan_id,
                "disabledPlans": list(off),
                "assignedByGroup": origin,
                "state": state,
                "error": "Other" if state == "Error" else None,
                "lastUpdatedDateTime": held.updated_at,
            }
            for origin, off in origins
        )
    return states + [
        {
            "skuId": plan_id,
            "disabledPlans": [],
            "assignedByGroup": group_id,
            "state": "Error",
            "error": word,
            "lastUpdatedDateTime": None,
        }
        for plan_id, group_id, word in user.license_errors
    ]


_FIELDS: dict[str, Callable[[User], Any]] = {
    **{name: lambda _user: None for name in _UNSET},
    **{name: lambda _user: [] for name in _EMPTY},
    "id": lambda user: user.user_id,
    "accountEnabled": lambda user: user.is_enabled,
    "assignedLicenses": assigned_licenses,
    "department": lambda user: user.department,
    "displayName": lambda user: user.display_name,
    "givenName": lambda user: user.display_name.partition(" ")[0],
    "licenseAssignmentStates": _license_states,
    "mail": lambda user: user.principal_name if user.mail is None else user.mail,
    "mailNickname": lambda user: user.principal_name.partition("@")[0],
    "surname": lambda user: user.display_name.rpartition(" ")[2],
    "usageLocation": lambda user: user.usage_location,
    "userPrincipalName": lambda user: user.principal_name,
    "userType": lambda _user: "Member",
}
#: Fields that only the organization's plans can tell.
_PLAN_FIELDS: dict[str, Callable[[PlanViews, User], Any]] = {"assignedPlans": PlanViews.assigned_plans}
USER_FIELDS = frozenset({*_FIELDS, *_PLAN_FIELDS})


def selected_fields(select: str | None) -> tuple[str, ...]:
    """Return the user fields that a `$select` asks for.

    Raises:
        Refusal: A field that the directory does not know.
    """
    return names_of(select, USER_FIELDS, "user") or DEFAULT_FIELDS


def user_view(user: User, fields: tuple[str, ...], plans: PlanViews) -> Json:
    """Return some fields of a user."""
    return {
        name: _FIELDS[name](user) if name in _FIELDS else _PLAN_FIELDS[name](plans, user) for name in fields
    }


def changed_user_view(user: User) -> Json:
    """Return the user as the answer of `assignLicense` shows it."""
    return {
        "id": user.user_id,
        "displayName": user.display_name,
        "userPrincipalName": user.principal_name,
        "accountEnabled": user.is_enabled,
        "usageLocation": user.usage_location,
        "assignedLicenses": assigned_licenses(user),
    }
