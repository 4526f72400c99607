"""The directory's paths for batches, license pools, purchases, the state of services, and itself."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.cloud.answers import json_answer, json_body
from sandbox.cloud.bearers import organization_of, permission_check
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
from sandbox.lists.rows import RowKind, path_of, row_answer, row_listing, row_routes

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
        purchase = f"{path_of(_PURCHASES)}(commerceSubscriptionId='{{commerce}}')"
        rows_of = (
            (_POOLS, self._pools),
            (_PURCHASES, self._purchases),
            (_SERVICES, self._services),
            (_ORGANIZATION, self._organization),
        )
        return [
            Route(BATCH_PATH, self.batch, methods=["POST"]),
            Route(purchase, self.purchase, methods=["GET"]),
            *(route for kind, rows in rows_of for route in row_routes(kind, rows)),
            *list_routes(path_of(_ISSUES), self.issues),
        ]

    async def batch(self, request: Request) -> Response:
        """Run up to 20 requests."""
        organization = organization_of(self._sandbox, request)
        requests = read_requests(await json_body(request))
        writes = start_writes(self._sandbox, organization)
        runner = BatchRunner(
            writes, InnerCalls(request), permission_check(self._sandbox, request, organization)
        )
        try:
            body = await runner.run(
                requests,
                is_shuffled=self._sandbox.settings.is_batch_shuffled,
                order=order_of(request.scope),
            )
        finally:
            writes.save()
        return json_answer(body)

    async def purchase(self, request: Request) -> Response:
        """Show one purchase by the seller's id."""
        key = request.path_params["commerce"]
        return row_answer(request, _PURCHASES, self._purchases(request), key, "commerceSubscriptionId")

    def issues(self, request: Request) -> Listing[Json]:
        """List the issues of services; the sandbox has none but the state of each service."""
        organization_of(self._sandbox, request)
        return row_listing(request, _ISSUES, [])

    def _pools(self, request: Request) -> list[Json]:
        organization = organization_of(self._sandbox, request)
        return pool_views(organization, self._sandbox.plans, self._sandbox.now())

    def _purchases(self, request: Request) -> list[Json]:
        organization = organization_of(self._sandbox, request)
        return purchase_views(organization, self._sandbox.plans, self._sandbox.now())

    def _services(self, request: Request) -> list[Json]:
        return health_views(organization_of(self._sandbox, request))

    def _organization(self, request: Request) -> list[Json]:
        organization = organization_of(self._sandbox, request)
        return [organization_view(organization, plan_views(self._sandbox, organization))]
