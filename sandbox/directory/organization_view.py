"""How the directory shows the organization itself."""

from __future__ import annotations

from sandbox.directory.plan_views import PlanViews
from sandbox.kernel.model import Json, Organization

#: Fields of the vendor's organization of which nobody here has a value.
_UNSET = [
    "city",
    "country",
    "createdDateTime",
    "defaultUsageLocation",
    "deletedDateTime",
    "onPremisesLastSyncDateTime",
    "onPremisesSyncEnabled",
    "partnerTenantType",
    "postalCode",
    "preferredLanguage",
    "state",
    "street",
]
#: Fields of the vendor's organization that are lists, each empty here.
_EMPTY = [
    "businessPhones",
    "marketingNotificationEmails",
    "securityComplianceNotificationMails",
    "securityComplianceNotificationPhones",
    "technicalNotificationMails",
]
#: What a domain of the directory is used for, as published answers have it.
_CAPABILITIES = "Email, OfficeCommunicationsOnline"


def organization_view(organization: Organization, plans: PlanViews) -> Json:
    """Return the organization as the directory shows it."""
    view: Json = {"id": organization.organization_id}
    view |= dict.fromkeys(_UNSET) | {name: [] for name in _EMPTY}
    return view | {
        "assignedPlans": plans.organization_plans(),
        "countryLetterCode": organization.profile["country"],
        "displayName": organization.profile["display_name"],
        "provisionedPlans": plans.provisioned_plans(),
        "tenantType": "AAD",
        "verifiedDomains": _domains(organization),
    }


def _domains(organization: Organization) -> list[Json]:
    """Return the domain that came with the organization, and those that it brought itself."""
    principal_names = sorted(organization.principal_names)
    own = [str(name) for name in organization.profile["custom_domains"]]
    names = sorted({name.rpartition("@")[2] for name in principal_names} - set(own))
    return [
        {
            "capabilities": _CAPABILITIES,
            "isDefault": number == 0,
            "isInitial": number == 0,
            "name": name,
            "type": "Managed",
        }
        for number, name in enumerate([*names, *own])
    ]
