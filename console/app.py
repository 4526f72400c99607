"""The console's app: API and pages over dependencies that are handed in."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.routing import BaseRoute

from console.access.authorization import authorize
from console.access.dependencies import ConsoleDependencies
from console.api import (
    routes_catalog,
    routes_checkouts,
    routes_cloud,
    routes_controls,
    routes_credit,
    routes_customers,
    routes_products,
    routes_schedules,
    routes_steps,
    routes_support,
    routes_switch_back,
    routes_switches,
    routes_system,
    routes_users,
)
from console.api.audit import (
    routes_access_log,
    routes_assessments,
    routes_bundles,
    routes_explanations,
    routes_plan,
    routes_replay,
    routes_seals,
    routes_states,
)
from console.api.data import routes_changes, routes_exports
from console.api.people import routes_account, routes_keys, routes_people
from console.approvals import pages as approval_pages
from console.approvals import routes as routes_approvals
from console.edge.access_recorder import AccessRecorder
from console.edge.addresses import PlainAddress, require_known_queries
from console.edge.body_limits import Admission
from console.edge.envelope import AccessLog, Envelope
from console.edge.idempotency import Idempotency
from console.edge.old_addresses import OldAddresses
from console.edge.positions import Positions, wait_for_position
from console.edge.traces import Traces
from console.edge.worded_answers import WordedAnswers
from console.notices import notice_pages, routes_notices
from console.pages import (
    access_log_page,
    assessment_pages,
    checkout_pages,
    docs_pages,
    licenses_only_page,
    organization_pages,
    pages,
    schedule_pages,
    state_page,
    switch_back_page,
    switch_pages,
)
from console.pages.people import account_page, people_pages, sign_in_pages
from console.reports import routes_views, view_pages
from console.webhooks import pages as webhook_pages
from console.webhooks import routes as webhook_routes
from console.words.openapi import operation_id_of
from console.words.problems import add_handlers

STATIC = Path(__file__).parent / "static"
ROUTERS = (
    routes_system.router,
    routes_catalog.router,
    routes_customers.router,
    routes_switches.router,
    routes_switch_back.router,
    routes_controls.router,
    routes_controls.recovery_router,
    routes_steps.router,
    routes_users.router,
    routes_states.router,
    routes_explanations.router,
    routes_checkouts.router,
    routes_credit.router,
    routes_credit.callback_router,
    routes_products.router,
    routes_schedules.router,
    routes_approvals.router,
    routes_seals.router,
    routes_support.router,
    routes_notices.router,
    routes_cloud.router,
    routes_assessments.router,
    routes_plan.router,
    routes_replay.router,
    routes_bundles.router,
    routes_account.router,
    routes_keys.router,
    routes_people.router,
    sign_in_pages.router,
    account_page.router,
    people_pages.router,
    routes_exports.router,
    routes_changes.router,
    routes_access_log.router,
    webhook_routes.router,
    routes_views.router,
    pages.router,
    view_pages.router,
    checkout_pages.router,
    organization_pages.router,
    assessment_pages.router,
    access_log_page.router,
    schedule_pages.router,
    approval_pages.router,
    webhook_pages.router,
    notice_pages.router,
    # Before the commands of a switch, whose address takes any word.
    switch_back_page.router,
    licenses_only_page.router,
    state_page.router,
    switch_pages.router,
    docs_pages.router,
)


def create_app(dependencies: ConsoleDependencies) -> FastAPI:
    """Return the console's app; the caller closes the dependencies."""
    app = FastAPI(
        title="planswitch",
        description="Move an organization from one subscription plan to another.",
        # FastAPI's own pages need no sign-in and run script of others; console/pages/docs_pages.py has ours.
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        # Such a redirect is built from the Host header, which anybody may write.
        redirect_slashes=False,
    )
    app.state.dependencies = dependencies
    app.state.routes = tuple(route for router in ROUTERS for route in router.routes)
    add_handlers(app)
    # The last one stands outermost: a refused address has its request id, headers and line in the log.
    for middleware in (
        WordedAnswers,
        Positions,
        Idempotency,
        Admission,
        PlainAddress,
        AccessRecorder,
        AccessLog,
        OldAddresses,
        Traces,
        Envelope,
    ):
        app.add_middleware(middleware)
    app.router.routes.extend(_routes())
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """Return every route, built: FastAPI does it during the first request, and answers no other meanwhile."""
    whole = APIRouter(generate_unique_id_function=operation_id_of)
    for router in ROUTERS:
        # Who may is judged first, and here alone: an endpoint that forgets it can't be written.
        whole.include_router(
            router,
            dependencies=[Depends(authorize), Depends(require_known_queries), Depends(wait_for_position)],
        )
    scope = {"type": "http", "method": "GET", "path": "/", "root_path": "", "headers": []}
    for route in whole.routes:
        route.matches(scope)
    return tuple(whole.routes)
