"""Users and license pools as the directory words them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote, urlencode
from uuid import UUID

from domain.kernel.errors import InvalidInput, UnknownOrganization
from domain.ports.directory_port import (
    DirectoryUser,
    HeldLicense,
    LicenseError,
    NamedUser,
    ServiceState,
    ServiceStatus,
    SubscribedPlan,
)
from providers.microsoft.directory.license_errors import code_of
from providers.transport.answers import JsonObject

#: Users or groups that one page asks for; the directory's own limit.
PAGE_SIZE = 999
#: What is read of a user: licenses and location come back only when selected.
USER_FIELDS = "id,usageLocation,assignedLicenses,licenseAssignmentStates"
#: The same, with what people call the user.
NAMED_FIELDS = f"{USER_FIELDS},userPrincipalName,mail"
#: Values that the directory takes in one `in` of a filter.
IN_MAX = 15

#: A state that stands for a license the user was to get and did not.
_NOT_ASSIGNED = "Error"
#: States of a license that works; one in another state is assigned all the same where the directory lists
#: it: it takes a seat, is listed, moved and taken away like any other (vendor#license-changes).
_ACTIVE = frozenset({"Active", "ActiveWithError"})
_SERVICE_STATES = {
    "Success": ServiceState.SET_UP,
    "Disabled": ServiceState.SET_UP,
    "PendingActivation": ServiceState.SET_UP,
    "PendingProvisioning": ServiceState.NOT_ACTIVATED,
}


class UnknownUser(UnknownOrganization):
    """The directory has no such user in the organization, or has none any more."""


def holders_query(plan_id: str, *, fields: str) -> str:
    """Return the query for those who hold a plan: users, or the groups that give it.

    Raises:
        InvalidInput: `plan_id` is no GUID.
    """
    try:
        guid = UUID(plan_id)
    except ValueError as error:
        raise InvalidInput(field="plan_id", value=plan_id, allowed="a GUID of the catalog") from error
    return _query(f"assignedLicenses/any(s:s/skuId eq {guid})", fields)


def department_query(department: str, *, fields: str) -> str:
    """Return the query for the users of a department; a quotation mark in its name is doubled."""
    name = department.replace("'", "''")
    return _query(f"department eq '{name}'", fields)


def names_queries(names: Sequence[str]) -> Iterator[str]:
    """Yield the queries for the users who have one of the names, by principal name and by mail."""
    for start in range(0, len(names), IN_MAX):
        quoted = ",".join("'" + name.replace("'", "''") + "'" for name in names[start : start + IN_MAX])
        for field in ("userPrincipalName", "mail"):
            yield _query(f"{field} in ({quoted})", NAMED_FIELDS)


def _query(condition: str, fields: str) -> str:
    parts = {"$filter": condition, "$select": fields, "$top": str(PAGE_SIZE)}
    return urlencode(parts, safe="$,:/()", quote_via=quote)


def user_of(record: JsonObject) -> DirectoryUser:
    """Return a user of the directory in one canonical form, so that two readings can be compared.

    Licenses that are assigned directly come first; licenses and services are in the order of their ids.
    """
    states = record.get("licenseAssignmentStates") or []
    held = [license_ for assigned in record["assignedLicenses"] for license_ in _held(assigned, states)]
    return DirectoryUser(
        directory_id=str(record["id"]),
        licenses=tuple(sorted(held, key=_order)),
        license_errors=tuple(sorted(_errors(states), key=lambda each: (each.plan_id, each.group_id))),
        lacks_location=not record.get("usageLocation"),
    )


def named_user_of(record: JsonObject) -> NamedUser:
    """Return a user with the names that people know."""
    return NamedUser(
        user=user_of(record),
        principal_name=str(record.get("userPrincipalName") or ""),
        mail=str(record.get("mail") or ""),
    )


def _errors(states: list[JsonObject]) -> list[LicenseError]:
    return [
        LicenseError(
            plan_id=_guid(state["skuId"]),
            group_id=str(state.get("assignedByGroup") or ""),
            error=code_of(str(state.get("error") or "")),
            code=str(state.get("error") or ""),
        )
        for state in states
        if state.get("skuId") and state.get("state") == _NOT_ASSIGNED
    ]


def subscribed_plan_of(record: JsonObject) -> SubscribedPlan:
    """Return a pool of licenses; those in grace can still be assigned (vendor#reads)."""
    units = record["prepaidUnits"]
    in_grace = int(units.get("warning") or 0)
    return SubscribedPlan(
        plan_id=_guid(record["skuId"]),
        plan_name=str(record["skuPartNumber"]).strip(),
        purchased=int(units.get("enabled") or 0) + in_grace,
        assigned=int(record["consumedUnits"]),
        vendor_status=str(record["capabilityStatus"]),
        services=tuple(_service(service) for service in record.get("servicePlans") or []),
        in_grace=in_grace,
    )


def is_assignable(record: JsonObject) -> bool:
    """Return whether a pool is for users; one for the whole company is never assigned."""
    return bool(record.get("appliesTo") != "Company")


def _held(assigned: JsonObject, states: list[JsonObject]) -> list[HeldLicense]:
    """Return the assignments of one listed license; one whose only state is an error gives nothing."""
    plan_id = _guid(assigned["skuId"])
    plan_states = [state for state in states if state.get("skuId") and _guid(state["skuId"]) == plan_id]
    own = [state for state in plan_states if state.get("state") != _NOT_ASSIGNED]
    return [
        HeldLicense(
            plan_id=plan_id,
            disabled_service_ids=tuple(sorted(_guid(each) for each in source.get("disabledPlans") or [])),
            assigned_by_group=source.get("assignedByGroup") or None,
            is_active=not plan_states or source.get("state") in _ACTIVE,
        )
        for source in own or [assigned]
    ]


def _order(held: HeldLicense) -> tuple[bool, str, str]:
    return held.assigned_by_group is not None, held.plan_id, held.assigned_by_group or ""


def _service(record: JsonObject) -> ServiceStatus:
    status = str(record["provisioningStatus"])
    return ServiceStatus(
        service_id=_guid(record["servicePlanId"]),
        name=str(record["servicePlanName"]).strip(),
        state=service_state(status),
        vendor_status=status,
    )


def service_state(status: str) -> ServiceState:
    """Return what the directory's word for the state of a service means (vendor#reads)."""
    return _SERVICE_STATES.get(status, ServiceState.PENDING)


def _guid(text: str) -> str:
    return text.strip().lower()
