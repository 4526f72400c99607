"""Who is in a group of the directory, and which groups and roles a user is in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from sandbox.cloud.bearers import organization_of
from sandbox.cloud.group_fold import group_of
from sandbox.cloud.licenses import find_user
from sandbox.cloud.routes import Routes
from sandbox.directory.group_routes import GROUP_FIELDS, find_group, group_view
from sandbox.directory.plan_views import PlanViews, plan_views
from sandbox.directory.user_views import DEFAULT_FIELDS, USER_FIELDS, user_view
from sandbox.kernel.model import Group, Json, Organization, User
from sandbox.lists.listing import Listing, list_routes, names_of, require_advanced
from sandbox.lists.paging import PAGE_SIZE_DEFAULT, behind
from sandbox.seller.inquiries import ROLE_FIELDS, role_views

_USER, _GROUP, _ROLE = "user", "group", "directoryRole"
#: What stands before the kind in a cast: the vendor's whole name, and its short one.
_NAMESPACES = ("microsoft.graph", "graph")
#: Objects that `$expand` brings along at most (vendor's page on query parameters).
EXPANDED_MAX = 20
#: Fields of a group among other objects where no `$select` was given.
_GROUP_DEFAULTS = ("id", "displayName")
_FIELDS = USER_FIELDS | GROUP_FIELDS | ROLE_FIELDS

Fields = tuple[str, ...]
#: Members of what a request names, and how users look.
MembersOf = Callable[[Request, Organization, PlanViews], "Iterator[Member]"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """One object of the directory in a list of several kinds."""

    member_id: str
    kind: str
    #: Returns what its kind has of some fields; of none: what is shown without a `$select`.
    view: Callable[[Fields], Json]

    def shown(self, names: Fields) -> Json:
        """Return the object with its kind and some fields."""
        return {"@odata.type": f"#microsoft.graph.{self.kind}"} | self.view(names)


class Memberships(Routes):
    """Handlers of memberships."""

    def routes(self) -> list[Route]:
        """Return the routes of memberships, each with its casts to one kind of object."""
        group, user = "/v1.0/groups/{group}", "/v1.0/users/{user}"
        lists: list[tuple[str, MembersOf, tuple[str, ...]]] = [
            (f"{group}/members", partial(_members, is_deep=False), (_USER, _GROUP)),
            (f"{group}/transitiveMembers", partial(_members, is_deep=True), (_USER, _GROUP)),
            (f"{group}/membersWithLicenseErrors", _failed_members, ()),
            (f"{user}/memberOf", partial(_owners, is_deep=False), (_GROUP, _ROLE)),
            (f"{user}/transitiveMemberOf", partial(_owners, is_deep=True), (_GROUP, _ROLE)),
        ]
        return [
            route
            for path, members_of, kinds in lists
            for cast, kind in _casts(kinds)
            for route in list_routes(path + cast, partial(self._list, members_of=members_of, kind=kind))
        ]

    def _list(self, request: Request, *, members_of: MembersOf, kind: str) -> Listing[Member]:
        """List the members of one kind, or of all where it is ""; one kind is an advanced query."""
        if kind:
            require_advanced(request)
        organization = organization_of(self._sandbox, request)
        members = members_of(request, organization, plan_views(self._sandbox, organization))
        chosen = sorted((each for each in members if kind in {"", each.kind}), key=_id_of)
        names = names_of(request.query_params.get("$select"), _FIELDS, "directoryObject")
        return Listing(
            context="directoryObjects",
            entries=behind(chosen, _id_of),
            identity=_id_of,
            view=lambda each: each.shown(names),
            page_size_default=PAGE_SIZE_DEFAULT,
        )


def user_expansions(organization: Organization) -> dict[str, Callable[[User], Any]]:
    """Return what `$expand` can bring with a user; nobody here is another's manager."""

    def owners(user: User, *, is_deep: bool) -> list[Json]:
        members = sorted(_owners_of(organization, user, is_deep=is_deep), key=_id_of)
        return [member.shown(()) for member in members[:EXPANDED_MAX]]

    return {
        "directReports": lambda _user: [],
        "manager": lambda _user: None,
        "memberOf": partial(owners, is_deep=False),
        "transitiveMemberOf": partial(owners, is_deep=True),
    }


def _casts(kinds: Sequence[str]) -> list[tuple[str, str]]:
    """Return what a path may end with, and which kind of object it then lists."""
    return [("", "")] + [(f"/{space}.{kind}", kind) for kind in kinds for space in _NAMESPACES]


def _members(
    request: Request, organization: Organization, plans: PlanViews, *, is_deep: bool
) -> Iterator[Member]:
    """Yield who is in a group, and in groups inside it where the list goes deep."""
    group = find_group(organization, request.path_params["group"])
    groups = _inside(organization, group)
    holders = groups if is_deep else [group]
    for user_id in sorted({user_id for each in holders for user_id in each.members}):
        yield _user_member(organization.users[user_id], plans)
    for each in groups[1:]:
        if is_deep or each.group_id in group.groups:
            yield _group_member(organization, each)


def _failed_members(request: Request, organization: Organization, plans: PlanViews) -> Iterator[Member]:
    """Yield the members to whom a group could not give a license."""
    group = find_group(organization, request.path_params["group"])
    for user_id in group.members:
        user = organization.users[user_id]
        if any(group_id == group.group_id for _plan, group_id, _word in user.license_errors):
            yield _user_member(user, plans)


def _owners(
    request: Request, organization: Organization, _plans: PlanViews, *, is_deep: bool
) -> Iterator[Member]:
    """Yield the groups and roles of the user that a path names."""
    return _owners_of(organization, find_user(organization, request.path_params["user"]), is_deep=is_deep)


def _owners_of(organization: Organization, user: User, *, is_deep: bool) -> Iterator[Member]:
    """Yield the groups that a user is in, by an inner group too where the list goes deep, and the roles."""
    for group in organization.groups.values():
        holders = _inside(organization, group) if is_deep else [group]
        if any(user.user_id in each.members for each in holders):
            yield _group_member(organization, group)
    for role in role_views(organization, user):
        yield Member(member_id=role["id"], kind=_ROLE, view=partial(_kept, role))


def _inside(organization: Organization, group: Group) -> list[Group]:
    """Return a group and every group in it, whatever lies between."""
    inside = {group.group_id: group}
    waiting = [group]
    while waiting:
        for group_id in waiting.pop().groups:
            if group_id not in inside:
                inside[group_id] = group_of(organization, group_id)
                waiting.append(inside[group_id])
    return list(inside.values())


def _user_member(user: User, plans: PlanViews) -> Member:
    def view(names: Fields) -> Json:
        return user_view(user, tuple(name for name in names or DEFAULT_FIELDS if name in USER_FIELDS), plans)

    return Member(member_id=user.user_id, kind=_USER, view=view)


def _group_member(organization: Organization, group: Group) -> Member:
    def view(names: Fields) -> Json:
        fields = [name for name in names or _GROUP_DEFAULTS if name in GROUP_FIELDS]
        # Of another kind than was thought of, the directory shows at least which object it is.
        return {"id": group.group_id} | group_view(organization, group, ",".join(fields or ["id"]))

    return Member(member_id=group.group_id, kind=_GROUP, view=view)


def _kept(row: Json, names: Fields) -> Json:
    return {name: value for name, value in row.items() if not names or name in names}


def _id_of(member: Member) -> str:
    return member.member_id
