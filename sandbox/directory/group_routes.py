"""The directory's paths for groups, and the edits of groups by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.cloud.answers import HTTP_ACCEPTED, json_answer, json_body
from sandbox.cloud.bearers import organization_of
from sandbox.cloud.edit_body import Edit, Place, UserEdit
from sandbox.cloud.group_fold import DEFAULT_NAME
from sandbox.cloud.group_work import ERROR_WORDS, work_record
from sandbox.cloud.licenses import Change, bad_request, check_services, find_user, missing, read_change
from sandbox.cloud.needs_check import check_needs
from sandbox.cloud.routes import Routes
from sandbox.cloud.state import Sandbox, named_id
from sandbox.directory.graph_calls import check_quota
from sandbox.directory.user_views import changed_user_view
from sandbox.kernel.bodies import Count, OneOf
from sandbox.kernel.model import Group, Json, Organization, User
from sandbox.kernel.plans import PlanBook
from sandbox.lists.listing import (
    CONTEXT,
    Listing,
    check_parameters,
    entry_answer,
    list_routes,
    names_of,
)
from sandbox.lists.paging import PAGE_SIZE_LIMIT, behind
from sandbox.lists.queries import QUERY_PARAMETERS, read_query
from sandbox.organizations.organizations import FEEDING_GROUP

_ERROR_FILTER = re.compile(r"\s*hasMembersWithLicenseErrors\s+eq\s+true\s*")
GROUP_FIELDS = frozenset(
    {
        "id",
        "assignedLicenses",
        "description",
        "displayName",
        "groupTypes",
        "licenseProcessingState",
        "mailEnabled",
        "securityEnabled",
    }
)
#: Shown where no `$select` was given.
_DEFAULT_FIELDS = ("id", "description", "displayName", "groupTypes", "mailEnabled", "securityEnabled")


class GroupRoutes(Routes):
    """Handlers of the directory's groups."""

    def routes(self) -> list[Route]:
        """Return the routes of groups."""
        return [
            *list_routes("/v1.0/groups", self.groups),
            Route("/v1.0/groups/{group}", self.group, methods=["GET"]),
            Route("/v1.0/groups/{group}/assignLicense", self.assign, methods=["POST"]),
            Route("/v1.0/users/{user}/reprocessLicenseAssignment", self.reprocess, methods=["POST"]),
        ]

    def groups(self, request: Request) -> Listing[Group]:
        """List groups in the order of their ids."""
        organization = organization_of(self._sandbox, request)
        select = request.query_params.get("$select")
        return Listing(
            context="groups",
            entries=_wanted_groups(request, organization),
            identity=_id_of,
            view=lambda group: group_view(organization, group, select),
            parameters=QUERY_PARAMETERS,
            page_size_default=PAGE_SIZE_LIMIT,
        )

    async def group(self, request: Request) -> Response:
        """Show one group."""
        organization = organization_of(self._sandbox, request)
        check_parameters(request, frozenset({"$select"}))
        group = find_group(organization, request.path_params["group"])
        return entry_answer("groups", group_view(organization, group, request.query_params.get("$select")))

    async def assign(self, request: Request) -> Response:
        """Change what a group gives; its members follow in the background."""
        organization = organization_of(self._sandbox, request)
        self._count_write(organization)
        group = find_group(organization, request.path_params["group"])
        change = read_change(await json_body(request))
        _check_group_change(organization, group, change, self._sandbox.plans)
        facts = _change_facts(self._sandbox, organization, group, change, actor="app")
        self._sandbox.commit("group_licenses", organization_id=organization.organization_id, **facts)
        return json_answer(
            {"@odata.context": f"{CONTEXT}groups/$entity"} | group_view(organization, group, None),
            HTTP_ACCEPTED,
        )

    async def reprocess(self, request: Request) -> Response:
        """Give a user anew what every group gives."""
        organization = organization_of(self._sandbox, request)
        self._count_write(organization)
        user = find_user(organization, request.path_params["user"])
        for group in list(organization.groups.values()):
            if user.user_id in group.members:
                self._work_again(organization, group, user)
        return json_answer({"@odata.context": f"{CONTEXT}users/$entity"} | changed_user_view(user))

    def _work_again(self, organization: Organization, group: Group, user: User) -> None:
        work, number = work_record(
            self._sandbox, organization, [user.user_id], added=group.licenses, removed=(), actor="app"
        )
        self._sandbox.commit(
            "group_licenses",
            organization_id=organization.organization_id,
            group_id=group.group_id,
            add=[],
            remove=[],
            work=work | {"group_id": group.group_id},
            sequence=number,
        )

    def _count_write(self, organization: Organization) -> None:
        if self._sandbox.settings.is_quota_on:
            check_quota(self._sandbox, organization, self._sandbox.now(), "group")


def find_group(organization: Organization, group_id: str) -> Group:
    """Return a group.

    Raises:
        Refusal: The directory has none of that id.
    """
    group = organization.groups.get(group_id.lower())
    if group is None:
        raise missing(group_id)
    return group


def _check_group_change(organization: Organization, group: Group, change: Change, plans: PlanBook) -> None:
    for plan_id, disabled in change.added:
        check_services(organization, plan_id, disabled, plans)
    for plan_id in change.removed:
        if plan_id not in group.licenses:
            raise bad_request("Group does not have a corresponding license.")
    left = {plan_id: off for plan_id, off in group.licenses.items() if plan_id not in change.removed}
    # What members have by themselves does not count: a group gives a service and what it needs together.
    check_needs(organization, group.licenses, left | dict(change.added), plans)


def _change_facts(
    sandbox: Sandbox, organization: Organization, group: Group, change: Change, *, actor: str
) -> Json:
    added = [plan_id for plan_id, _disabled in change.added]
    work, number = work_record(
        sandbox, organization, group.members, added=added, removed=change.removed, actor=actor
    )
    return {
        "group_id": group.group_id,
        "add": [[plan_id, list(disabled)] for plan_id, disabled in change.added],
        "remove": change.removed,
        "work": work | {"group_id": group.group_id},
        "sequence": number,
    }


def _wanted_groups(request: Request, organization: Organization) -> Callable[[str], Iterator[Group]]:
    """Return what yields the groups that a request wants."""
    groups = sorted(organization.groups.values(), key=_id_of)
    if _ERROR_FILTER.fullmatch(request.query_params.get("$filter", "")):
        return behind([group for group in groups if _has_errors(organization, group)], _id_of)
    query = read_query(request, GROUP_FIELDS, "group", is_object=True)
    names = ",".join(query.fields) or "id"
    return query.entries(groups, lambda group: group_view(organization, group, names), _id_of)


def _has_errors(organization: Organization, group: Group) -> bool:
    states = (state for user_id in group.members for state in organization.users[user_id].license_errors)
    return any(group_id == group.group_id for _plan, group_id, _word in states)


def _id_of(group: Group) -> str:
    return group.group_id


def group_view(organization: Organization, group: Group, select: str | None) -> Json:
    """Return a group with the fields that a `$select` asks for.

    Raises:
        Refusal: A field that a group has not.
    """
    names = names_of(select, GROUP_FIELDS, "group") or _DEFAULT_FIELDS
    fields = _group_fields(organization, group)
    return {name: fields[name] for name in names}


def _group_fields(organization: Organization, group: Group) -> Json:
    is_worked_on = any(work["group_id"] == group.group_id for work in organization.group_work)
    return {
        "id": group.group_id,
        "assignedLicenses": [
            {"disabledPlans": list(disabled), "skuId": plan_id}
            for plan_id, disabled in sorted(group.licenses.items())
        ],
        "description": None,
        "displayName": group.display_name,
        "groupTypes": [],
        "licenseProcessingState": {"state": "ProcessingInProgress" if is_worked_on else "ProcessingComplete"},
        "mailEnabled": False,
        "securityEnabled": True,
    }


def named_group(organization: Organization, name: str) -> Group:
    """Return the group of a name, a new one where there is none."""
    key = FEEDING_GROUP if name == DEFAULT_NAME else f"group:{name}"
    group_id = named_id(organization.organization_id, key)
    return organization.groups.get(group_id) or Group(group_id=group_id, display_name=name)


class GroupEdit(Edit):
    """An edit of one group."""

    name: str = DEFAULT_NAME


class GroupLicensesEdit(GroupEdit):
    """The group gives other licenses."""

    #: As in `assignLicense`.
    add: list[Any] = Field(default_factory=list)
    remove: list[Any] = Field(default_factory=list)

    def facts(self, place: Place) -> Json:
        """Return what the journal keeps of it."""
        sandbox, organization = place.sandbox, place.organization
        group = named_group(organization, self.name)
        change = read_change({"addLicenses": self.add, "removeLicenses": self.remove})
        _check_group_change(organization, group, change, sandbox.plans)
        return _change_facts(sandbox, organization, group, change, actor="hand") | {"name": self.name}


class GroupMemberEdit(GroupEdit, UserEdit):
    """A user joins or leaves the group."""

    is_member: bool = True

    def facts(self, place: Place) -> Json:
        """Return what the journal keeps of it."""
        sandbox, organization = place.sandbox, place.organization
        group, user_id = named_group(organization, self.name), find_user(organization, self.user_id).user_id
        plans = list(group.licenses)
        work, number = work_record(
            sandbox,
            organization,
            [user_id],
            added=plans if self.is_member else (),
            removed=() if self.is_member else plans,
            actor="hand",
        )
        return {
            "group_id": group.group_id,
            "name": self.name,
            "add": [],
            "remove": [],
            "join" if self.is_member else "leave": [user_id],
            "work": work | {"group_id": group.group_id},
            "sequence": number,
        }


class GroupErrorEdit(UserEdit):
    """Groups can't give the user licenses the next times, in the vendor's word; null: they can again."""

    error: Annotated[str, OneOf(sorted(ERROR_WORDS))] | None = None
    times: Count = 1
