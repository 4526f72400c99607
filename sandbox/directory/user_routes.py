"""The directory's paths for users."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.cloud.answers import HTTP_BAD_REQUEST, HTTP_NO_CONTENT, Refusal, json_body
from sandbox.cloud.bearers import organization_of
from sandbox.cloud.licenses import find_user
from sandbox.cloud.routes import Routes
from sandbox.directory.graph_calls import patch_user, start_writes
from sandbox.directory.memberships import user_expansions
from sandbox.directory.plan_views import PlanViews, plan_views
from sandbox.directory.user_views import USER_FIELDS, selected_fields, user_view
from sandbox.kernel.model import Json, Organization, User
from sandbox.lists.listing import (
    EXPAND,
    Listing,
    check_parameters,
    entry_answer,
    expansion_of,
    list_routes,
)
from sandbox.lists.paging import PAGE_SIZE_DEFAULT
from sandbox.lists.queries import QUERY_PARAMETERS, read_query
from sandbox.lists.rows import RowKind, row_answer, row_listing

LICENSE_FILTER = re.compile(
    r"\s*assignedLicenses/any\(\s*(\w+)\s*:\s*\1/skuId\s+eq\s+'?([0-9a-fA-F-]{36})'?\s*\)\s*"
)
_USER = "/v1.0/users/{user}"


class UserRoutes(Routes):
    """Handlers of the directory's users."""

    def routes(self) -> list[Route]:
        """Return the routes of users."""
        return [
            *list_routes("/v1.0/users", self.users),
            Route("/v1.0/me", self.me, methods=["GET"]),
            Route(_USER, self.user, methods=["GET"]),
            Route(_USER, self.patch, methods=["PATCH"]),
            Route(f"{_USER}/assignLicense", self.assign, methods=["POST"]),
            *list_routes(f"{_USER}/licenseDetails", self.details),
            Route(_USER + "/licenseDetails/{detail}", self.detail, methods=["GET"]),
        ]

    def users(self, request: Request) -> Listing[User]:
        """List users in the order of their ids."""
        organization = organization_of(self._sandbox, request)
        fields = selected_fields(request.query_params.get("$select"))
        plans = plan_views(self._sandbox, organization)
        return Listing(
            context="users",
            entries=self._entries(request, organization, plans),
            identity=_id_of,
            view=lambda user: user_view(user, fields, plans),
            parameters=QUERY_PARAMETERS,
            expansions=user_expansions(organization),
            page_size_default=PAGE_SIZE_DEFAULT,
        )

    def _entries(
        self, request: Request, organization: Organization, plans: PlanViews
    ) -> Callable[[str], Iterator[User]]:
        """Return what yields the users that a request wants; holders of a plan are read without more ado."""
        if not request.query_params.get("$orderby"):
            plan_id = filter_plan(request.query_params.get("$filter"))
            if plan_id is not None or "$filter" not in request.query_params:
                return lambda after: _holders(organization, plan_id, after)
        query = read_query(request, USER_FIELDS, "user", is_object=True)
        everybody = (organization.users[user_id] for user_id in organization.user_order)
        return query.entries(everybody, lambda user: user_view(user, query.fields, plans), _id_of)

    async def user(self, request: Request) -> Response:
        """Show one user."""
        organization = organization_of(self._sandbox, request)
        check_parameters(request, EXPAND | {"$select"})
        fields = selected_fields(request.query_params.get("$select"))
        expand = expansion_of(request, user_expansions(organization))
        user = find_user(organization, request.path_params["user"])
        view = user_view(user, fields, plan_views(self._sandbox, organization))
        return entry_answer("users", view | expand(user))

    async def me(self, request: Request) -> Response:
        """Refuse: a token of an application stands for no user."""
        organization_of(self._sandbox, request)
        text = "/me request is only valid with delegated authentication flow."
        raise Refusal(HTTP_BAD_REQUEST, "BadRequest", text)

    async def patch(self, request: Request) -> Response:
        """Change fields of a user."""
        organization = organization_of(self._sandbox, request)
        patch_user(self._sandbox, organization, request.path_params["user"], await json_body(request))
        return Response(status_code=HTTP_NO_CONTENT)

    async def assign(self, request: Request) -> Response:
        """Change the licenses of one user."""
        organization = organization_of(self._sandbox, request)
        body = await json_body(request)
        writes = start_writes(self._sandbox, organization)
        try:
            user = writes.assign(request.path_params["user"], body)
        finally:
            writes.save()
        answer = entry_answer("users", user)
        answer.headers.update(writes.quota_headers())
        return answer

    def details(self, request: Request) -> Listing[Json]:
        """List the licenses of a user with their services."""
        organization = organization_of(self._sandbox, request)
        user = find_user(organization, request.path_params["user"])
        rows = plan_views(self._sandbox, organization).license_details(user)
        return row_listing(request, _details_of(user), rows)

    async def detail(self, request: Request) -> Response:
        """Show one license of a user with its services."""
        organization = organization_of(self._sandbox, request)
        user = find_user(organization, request.path_params["user"])
        rows = plan_views(self._sandbox, organization).license_details(user)
        return row_answer(request, _details_of(user), rows, request.path_params["detail"])


def _details_of(user: User) -> RowKind:
    return RowKind(context=f"users('{user.user_id}')/licenseDetails", kind="licenseDetails")


def _holders(organization: Organization, plan_id: str | None, after: str) -> Iterator[User]:
    """Yield who holds a plan, or everybody, in the order of their ids, behind one of them."""
    order = organization.user_order
    for index in range(bisect_right(order, after) if after else 0, len(order)):
        user = organization.users[order[index]]
        if plan_id is None or plan_id in user.licenses:
            yield user


def filter_plan(text: str | None) -> str | None:
    """Return the plan that a `$filter` wants users to hold; None where it is another filter, or none."""
    match = LICENSE_FILTER.fullmatch(text or "")
    return match.group(2).lower() if match else None


def _id_of(user: User) -> str:
    return user.user_id
