"""Members of groups: the directory's list of them, nested groups resolved, and nesting by hand."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.sandbox.answers import HTTP_BAD_REQUEST, Refusal, json_answer, organization_of
from providers.sandbox.billing import read_text
from providers.sandbox.graph_views import selected_fields, user_view
from providers.sandbox.group_fold import group_of
from providers.sandbox.group_routes import find_group, named_group
from providers.sandbox.model import Group, Json, Organization
from providers.sandbox.paging import behind, page_size, paged
from providers.sandbox.state import Sandbox

_CONTEXT = "https://graph.microsoft.com/v1.0/$metadata#"
_PARAMETERS = frozenset({"$select", "$top", "$skiptoken"})
_USER, _GROUP = "#microsoft.graph.user", "#microsoft.graph.group"


class GroupMembers:
    """Handler of the members of a group."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[Route]:
        """Return the route of members."""
        return [Route("/v1.0/groups/{group}/transitiveMembers", self.transitive_members, methods=["GET"])]

    async def transitive_members(self, request: Request) -> Response:
        """List everything that a group has in it, page by page in the order of the ids."""
        organization = organization_of(self._sandbox, request)
        query = request.query_params
        if unsupported := sorted(name for name in query if name not in _PARAMETERS):
            text = f"Unsupported query parameter '{unsupported[0]}'."
            raise Refusal(HTTP_BAD_REQUEST, "Request_UnsupportedQuery", text)
        fields = selected_fields(query.get("$select"))
        found = _members(organization, find_group(organization, request.path_params["group"]))
        page = paged(request, behind(found, str), str, page_size(query.get("$top")))
        body: Json = {
            "@odata.context": f"{_CONTEXT}directoryObjects",
            "value": [_view(organization, member_id, fields) for member_id in page.entries],
        }
        if page.link is not None:
            body["@odata.nextLink"] = page.link
        return json_answer(body)


def _members(organization: Organization, group: Group) -> list[str]:
    """Return the ids of all users and groups in a group, whatever lies between; itself is none of them."""
    inside: dict[str, Group] = {group.group_id: group}
    waiting = [group]
    while waiting:
        for group_id in waiting.pop().groups:
            if group_id not in inside:
                inside[group_id] = group_of(organization, group_id)
                waiting.append(inside[group_id])
    users = {user_id for each in inside.values() for user_id in each.members}
    return sorted(users | (inside.keys() - {group.group_id}))


def _view(organization: Organization, member_id: str, fields: tuple[str, ...]) -> Json:
    user = organization.users.get(member_id)
    if user is None:
        # Of another kind of object the directory shows what the kind has of what was asked for.
        return {"@odata.type": _GROUP, "id": member_id}
    return {"@odata.type": _USER} | user_view(user, fields)


def plan_group_nested(organization: Organization, wanted: Json, _sandbox: Sandbox) -> Json:
    """Return an edit that puts a group into another, or takes it out (name, inner, is_member)."""
    group, name = named_group(organization, wanted)
    inner, inner_name = named_group(organization, {"name": read_text(wanted, "inner")})
    return {
        "group_id": group.group_id,
        "name": name,
        "inner_id": inner.group_id,
        "inner_name": inner_name,
        "is_member": bool(wanted.get("is_member", True)),
    }
