"""The vendor's licensing groups."""

from __future__ import annotations

from urllib.parse import quote, urlencode
from uuid import UUID

from domain.kernel.errors import InvalidInput, ProviderRefused, UnknownGroup
from domain.ports.directory_port import GroupPlan, GroupSign, LicensingGroup, UserPage
from providers.microsoft.directory.users import PAGE_SIZE, USER_FIELDS, UnknownUser, holders_query, user_of
from providers.microsoft.lists import cursor_of, directory_rows
from providers.transport.answers import JsonObject, understood
from providers.transport.http import ProviderHttp, ProviderRequest, segment

#: Groups, devices and others may be members too.
_USER = "#microsoft.graph.user"
#: The directory's words for a group that it has not worked through.
_PROCESSING = frozenset({"QueuedForProcessing", "ProcessingInProgress"})
#: The plan to remove is not there: done.
_NOT_GIVEN = "does not have a corresponding license"


class MicrosoftGroups:
    """Groups that give licenses, at the vendor's directory."""

    def __init__(self, http: ProviderHttp) -> None:
        self._http = http

    def feeding(self, organization_id: str, plan_id: str) -> tuple[LicensingGroup, ...]:
        """Return the groups that give a plan, in the order of their ids.

        Raises:
            InvalidInput: `plan_id` is no GUID.
        """
        query = holders_query(plan_id, fields="id,assignedLicenses")
        request = ProviderRequest(operation="licensing_groups", method="GET", path="/groups", query=query)
        rows = directory_rows(self._http, organization_id, request, lambda row: str(row["id"]))
        with understood(self._http.provider, request.operation):
            return tuple(sorted((_group_of(each) for each in rows), key=lambda group: group.group_id))

    def change(
        self,
        organization_id: str,
        group_id: str,
        *,
        add: GroupPlan | None = None,
        remove_plan_id: str | None = None,
    ) -> None:
        """Change what a group gives, in one call; its members follow in the background."""
        if add is None and remove_plan_id is None:
            raise InvalidInput(field="add", value=None, allowed="a plan to add, a plan to remove, or both")
        added = [] if add is None else [_addition(add)]
        request = ProviderRequest(
            operation="change_group",
            method="POST",
            path=f"/groups/{segment(group_id)}/assignLicense",
            body={"addLicenses": added, "removeLicenses": [remove_plan_id] if remove_plan_id else []},
            unknown=UnknownGroup,
        )
        try:
            self._http.send(organization_id, request)
        except ProviderRefused as error:
            if add is not None or _NOT_GIVEN not in str(error.details.get("provider_text", "")):
                raise

    def members_page(self, organization_id: str, group_id: str, cursor: str | None) -> UserPage:
        """Return one page of the users in a group, those of groups in it among them."""
        path = f"/groups/{_guid_of(group_id)}/transitiveMembers"
        request = ProviderRequest(
            operation="group_members",
            method="GET",
            path=path,
            query=cursor or _members_query(),
            unknown=UnknownGroup,
        )
        host = self._http.host_of(organization_id)
        return self._http.read(organization_id, request, lambda body: self._page(body, path, host))

    def sign(self, organization_id: str, group_id: str) -> GroupSign:
        """Return what the directory itself says of its work on a group (vendor#groups)."""
        path = f"/groups/{_guid_of(group_id)}"
        request = ProviderRequest(
            operation="group_sign",
            method="GET",
            path=path,
            query="$select=id,licenseProcessingState",
            unknown=UnknownGroup,
        )
        is_processing = self._http.read(organization_id, request, _is_processing)
        failed = ProviderRequest(
            operation="failed_members",
            method="GET",
            path=f"{path}/membersWithLicenseErrors",
            query="$select=id",
            unknown=UnknownGroup,
        )
        rows = directory_rows(self._http, organization_id, failed, lambda row: str(row["id"]))
        return GroupSign(
            is_processing=is_processing, failed_ids=tuple(sorted(str(each["id"]) for each in rows))
        )

    def _page(self, body: JsonObject, path: str, host: str) -> UserPage:
        users = tuple(user_of(each) for each in body["value"] if each["@odata.type"] == _USER)
        others = tuple(str(each["id"]) for each in body["value"] if each["@odata.type"] != _USER)
        return UserPage(users=users, next_cursor=cursor_of(body, path, host), other_ids=others)

    def reprocess(self, organization_id: str, directory_id: str) -> None:
        """Let all groups of a user try again; a user who is gone counts as done."""
        request = ProviderRequest(
            operation="reprocess_user",
            method="POST",
            path=f"/users/{segment(directory_id)}/reprocessLicenseAssignment",
            unknown=UnknownUser,
        )
        try:
            self._http.send(organization_id, request)
        except UnknownUser:
            return


def _is_processing(body: JsonObject) -> bool:
    """Return whether the directory is still at a group; one that it says nothing of is not worked on."""
    state = str((body.get("licenseProcessingState") or {}).get("state") or "")
    return state in _PROCESSING


def _members_query() -> str:
    fields = {"$select": USER_FIELDS, "$top": str(PAGE_SIZE)}
    return urlencode(fields, safe="$,", quote_via=quote)


def _guid_of(group_id: str) -> str:
    """Return a group's id as the directory writes it."""
    try:
        return str(UUID(group_id))
    except ValueError as error:
        message = f"{group_id!r} is no GUID, as the ids of the directory's groups are."
        raise UnknownGroup(message, remedy="Look the group's id up in the directory.") from error


def _group_of(record: JsonObject) -> LicensingGroup:
    plans = [
        GroupPlan(
            plan_id=str(each["skuId"]).lower(),
            disabled_service_ids=tuple(sorted(str(one).lower() for one in each["disabledPlans"])),
        )
        for each in record["assignedLicenses"]
    ]
    return LicensingGroup(
        group_id=str(record["id"]), plans=tuple(sorted(plans, key=lambda plan: plan.plan_id))
    )


def _addition(plan: GroupPlan) -> JsonObject:
    return {"skuId": plan.plan_id, "disabledPlans": list(plan.disabled_service_ids)}
