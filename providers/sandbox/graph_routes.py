"""The directory's paths under /v1.0."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.sandbox.answers import (
    HTTP_BAD_REQUEST,
    HTTP_NO_CONTENT,
    Refusal,
    json_answer,
    json_body,
    organization_of,
)
from providers.sandbox.batch import BatchRunner, read_requests
from providers.sandbox.fault_items import order_of
from providers.sandbox.graph_calls import check_quota, start_writes
from providers.sandbox.graph_views import (
    health_views,
    pool_views,
    purchase_views,
    selected_fields,
    user_view,
)
from providers.sandbox.licenses import bad_request, find_user
from providers.sandbox.model import Json, Organization, User
from providers.sandbox.paging import PAGE_SIZE_LIMIT, PAGING, page_size, paged, paged_rows
from providers.sandbox.state import Sandbox

_LOCATION = re.compile(r"[A-Za-z]{2}")
_LICENSE_FILTER = re.compile(
    r"\s*assignedLicenses/any\(\s*(\w+)\s*:\s*\1/skuId\s+eq\s+'?([0-9a-fA-F-]{36})'?\s*\)\s*"
)
_USERS_PARAMETERS = frozenset({"$filter", "$select", "$top", "$skiptoken", "$count"})
_CONTEXT = "https://graph.microsoft.com/v1.0/$metadata#"


class GraphRoutes:
    """Handlers of the directory."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[Route]:
        """Return the directory's routes."""
        return [
            Route("/v1.0/$batch", self.batch, methods=["POST"]),
            Route("/v1.0/users", self.users, methods=["GET"]),
            Route("/v1.0/users/{user}", self.user, methods=["GET"]),
            Route("/v1.0/users/{user}", self.patch_user, methods=["PATCH"]),
            Route("/v1.0/users/{user}/assignLicense", self.assign, methods=["POST"]),
            Route("/v1.0/subscribedSkus", self.pools, methods=["GET"]),
            Route("/v1.0/directory/subscriptions", self.purchases, methods=["GET"]),
            Route("/v1.0/admin/serviceAnnouncement/healthOverviews", self.health, methods=["GET"]),
        ]

    async def batch(self, request: Request) -> Response:
        """Run up to 20 requests."""
        organization = organization_of(self._sandbox, request)
        requests = read_requests(await json_body(request))
        writes = start_writes(self._sandbox, organization)
        runner = BatchRunner(writes, lambda key, body: self._patch(organization, key, body))
        try:
            body = runner.run(
                requests,
                is_shuffled=self._sandbox.settings.is_batch_shuffled,
                order=order_of(request.scope),
            )
        finally:
            writes.save()
        return json_answer(body)

    async def assign(self, request: Request) -> Response:
        """Change the licenses of one user."""
        organization = organization_of(self._sandbox, request)
        body = await json_body(request)
        writes = start_writes(self._sandbox, organization)
        try:
            user = writes.assign(request.path_params["user"], body)
        finally:
            writes.save()
        view = {"@odata.context": f"{_CONTEXT}users/$entity"} | user
        return json_answer(view, headers=writes.quota_headers())

    async def users(self, request: Request) -> Response:
        """List users page by page in the order of their ids."""
        organization = organization_of(self._sandbox, request)
        query = request.query_params
        if unsupported := sorted(name for name in query if name not in _USERS_PARAMETERS):
            raise Refusal(
                HTTP_BAD_REQUEST,
                "Request_UnsupportedQuery",
                f"Unsupported query parameter '{unsupported[0]}'.",
            )
        fields = selected_fields(query.get("$select"))
        plan_id, top = _filter_plan(query.get("$filter")), page_size(query.get("$top"))
        page = paged(
            request, lambda after: _holders(organization, plan_id, after), lambda user: user.user_id, top
        )
        return _listed("users", [user_view(user, fields) for user in page.entries], page.link)

    async def user(self, request: Request) -> Response:
        """Show one user."""
        organization = organization_of(self._sandbox, request)
        fields = selected_fields(request.query_params.get("$select"))
        user = find_user(organization, request.path_params["user"])
        return json_answer({"@odata.context": f"{_CONTEXT}users/$entity"} | user_view(user, fields))

    async def patch_user(self, request: Request) -> Response:
        """Set the usage location of a user."""
        organization = organization_of(self._sandbox, request)
        self._patch(organization, request.path_params["user"], await json_body(request))
        return Response(status_code=HTTP_NO_CONTENT)

    async def pools(self, request: Request) -> Response:
        """List the license pools."""
        organization = organization_of(self._sandbox, request)
        if "$filter" in request.query_params:
            raise Refusal(
                HTTP_BAD_REQUEST, "Request_UnsupportedQuery", "Query filters are not supported here."
            )
        value = pool_views(organization, self._sandbox.plans, self._sandbox.now())
        return _all_listed(request, "subscribedSkus", value, "skuId")

    async def purchases(self, request: Request) -> Response:
        """List the purchases."""
        organization = organization_of(self._sandbox, request)
        value = purchase_views(organization, self._sandbox.plans, self._sandbox.now())
        return _all_listed(request, "directory/subscriptions", value, "id")

    async def health(self, request: Request) -> Response:
        """List the state of the services."""
        value = health_views(organization_of(self._sandbox, request))
        return _all_listed(request, "admin/serviceAnnouncement/healthOverviews", value, "service")

    def _patch(self, organization: Organization, key: str, body: Any) -> None:
        if self._sandbox.settings.is_quota_on:
            check_quota(self._sandbox, organization, self._sandbox.now(), key)
        user = find_user(organization, key)
        location = body.get("usageLocation") if isinstance(body, dict) else None
        if not isinstance(location, str) or set(body) != {"usageLocation"}:
            raise bad_request("Only usageLocation can be changed here.")
        if not _LOCATION.fullmatch(location):
            raise bad_request("Invalid value specified for property 'usageLocation' of resource 'User'.")
        self._sandbox.commit(
            "user_patched",
            organization_id=organization.organization_id,
            user_id=user.user_id,
            usage_location=location.upper(),
        )


def _holders(organization: Organization, plan_id: str | None, after: str) -> Iterator[User]:
    """Yield who holds a plan, or everybody, in the order of their ids, behind one of them."""
    order = organization.user_order
    for index in range(bisect_right(order, after) if after else 0, len(order)):
        user = organization.users[order[index]]
        if plan_id is None or plan_id in user.licenses:
            yield user


def _listed(context: str, value: list[Json], link: str | None) -> Response:
    body: Json = {"@odata.context": f"{_CONTEXT}{context}", "value": value}
    return json_answer(body if link is None else body | {"@odata.nextLink": link})


def _all_listed(request: Request, context: str, value: list[Json], named: str) -> Response:
    """Return a list that comes on one page, unless a fault makes its pages short."""
    if PAGING not in request.scope:
        return _listed(context, value, None)
    page = paged_rows(request, value, named, PAGE_SIZE_LIMIT)
    return _listed(context, page.entries, page.link)


def _filter_plan(text: str | None) -> str | None:
    if text is None:
        return None
    match = _LICENSE_FILTER.fullmatch(text)
    if match is None:
        raise Refusal(HTTP_BAD_REQUEST, "Request_UnsupportedQuery", f"Unsupported or invalid filter: {text}")
    return match.group(2).lower()
