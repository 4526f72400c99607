"""The directory's paths for batches, license pools, purchases, the state of services, and itself."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.cloud.answers import json_answer, json_body, organization_of
from sandbox.cloud.routes import Routes
from sandbox.directory.batch import BatchRunner, read_requests
from sandbox.directory.fault_items import order_of
from sandbox.directory.graph_calls import start_writes
from sandbox.directory.graph_views import health_views, pool_views, purchase_views
from sandbox.directory.inner_calls import InnerCalls
from sandbox.directory.organization_view import organization_view
from sandbox.directory.plan_views import plan_views
from sandbox.faults.fault_calls import BATCH_PATH
from sandbox.kernel.model import Json
from sandbox.lists.listing import Listing, list_routes
from sandbox.lists.rows import RowKind, row_answer, row_listing

_POOLS = RowKind(context="subscribedSkus", kind="subscribedSku", named="skuId", is_queried=False)
_PURCHASES = RowKind(context="directory/subscriptions", kind="companySubscription")
_SERVICES = RowKind(
    context="admin/serviceAnnouncement/healthOverviews",
    kind="serviceHealth",
    named="service",
    expansions={"issues": lambda _row: []},
)
_ISSUES = RowKind(context="admin/serviceAnnouncement/issues", kind="serviceHealthIssue")
_ORGANIZATION = RowKind(context="organization", kind="organization")


class GraphRoutes(Routes):
    """Handlers of the directory."""

    def routes(self) -> list[Route]:
        """Return the directory's routes."""
        named = f"/v1.0/{_PURCHASES.context}(commerceSubscriptionId='{{commerce}}')"
        return [
            Route(BATCH_PATH, self.batch, methods=["POST"]),
            *list_routes(f"/v1.0/{_POOLS.context}", self.pools),
            Route(f"/v1.0/{_POOLS.context}/{{pool}}", self.pool, methods=["GET"]),
            *list_routes(f"/v1.0/{_PURCHASES.context}", self.purchases),
            Route(named, self.purchase, methods=["GET"]),
            Route(f"/v1.0/{_PURCHASES.context}/{{purchase}}", self.purchase, methods=["GET"]),
            *list_routes(f"/v1.0/{_SERVICES.context}", self.services),
            Route(f"/v1.0/{_SERVICES.context}/{{service}}", self.service, methods=["GET"]),
            *list_routes(f"/v1.0/{_ISSUES.context}", self.issues),
            *list_routes(f"/v1.0/{_ORGANIZATION.context}", self.organizations),
            Route(f"/v1.0/{_ORGANIZATION.context}/{{organization}}", self.organization, methods=["GET"]),
        ]

    async def batch(self, request: Request) -> Response:
        """Run up to 20 requests."""
        organization = organization_of(self._sandbox, request)
        requests = read_requests(await json_body(request))
        writes = start_writes(self._sandbox, organization)
        runner = BatchRunner(writes, InnerCalls(request))
        try:
            body = await runner.run(
                requests,
                is_shuffled=self._sandbox.settings.is_batch_shuffled,
                order=order_of(request.scope),
            )
        finally:
            writes.save()
        return json_answer(body)

    def pools(self, request: Request) -> Listing[Json]:
        """List the license pools."""
        return row_listing(request, _POOLS, self._pools(request))

    async def pool(self, request: Request) -> Response:
        """Show one license pool."""
        rows = self._pools(request)
        return row_answer(request, _POOLS, rows, request.path_params["pool"])

    def purchases(self, request: Request) -> Listing[Json]:
        """List the purchases."""
        return row_listing(request, _PURCHASES, self._purchases(request))

    async def purchase(self, request: Request) -> Response:
        """Show one purchase, by its own id or the seller's."""
        commerce = request.path_params.get("commerce")
        rows = self._purchases(request)
        if commerce is not None:
            return row_answer(request, _PURCHASES, rows, commerce, "commerceSubscriptionId")
        return row_answer(request, _PURCHASES, rows, request.path_params["purchase"])

    def services(self, request: Request) -> Listing[Json]:
        """List the state of the services."""
        rows = health_views(organization_of(self._sandbox, request))
        return row_listing(request, _SERVICES, rows)

    async def service(self, request: Request) -> Response:
        """Show the state of one service."""
        rows = health_views(organization_of(self._sandbox, request))
        return row_answer(request, _SERVICES, rows, request.path_params["service"])

    def issues(self, request: Request) -> Listing[Json]:
        """List the issues of services; the sandbox has none but the state of each service."""
        organization_of(self._sandbox, request)
        return row_listing(request, _ISSUES, [])

    def organizations(self, request: Request) -> Listing[Json]:
        """List the organization of the token, which is the only one."""
        return row_listing(request, _ORGANIZATION, self._organization(request))

    async def organization(self, request: Request) -> Response:
        """Show the organization of the token."""
        rows = self._organization(request)
        key = request.path_params["organization"]
        return row_answer(request, _ORGANIZATION, rows, key)

    def _pools(self, request: Request) -> list[Json]:
        organization = organization_of(self._sandbox, request)
        return pool_views(organization, self._sandbox.plans, self._sandbox.now())

    def _purchases(self, request: Request) -> list[Json]:
        organization = organization_of(self._sandbox, request)
        return purchase_views(organization, self._sandbox.plans, self._sandbox.now())

    def _organization(self, request: Request) -> list[Json]:
        organization = organization_of(self._sandbox, request)
        return [organization_view(organization, plan_views(self._sandbox, organization))]
