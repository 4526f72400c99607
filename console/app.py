"""The console's app: API and pages over dependencies that are handed in."""

from __future__ import annotations

from pathlib import Path

from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles

from console.access.dependencies import ConsoleDependencies
from console.api import (
    routes_catalog,
    routes_checkouts,
    routes_controls,
    routes_credit,
    routes_recovery,
    routes_support,
    routes_switches,
    routes_system,
    routes_users,
)
from console.edge.addresses import PlainAddress, require_known_queries
from console.edge.body_limits import Admission
from console.edge.envelope import AccessLog, Envelope
from console.edge.worded_answers import WordedAnswers
from console.pages import checkout_pages, docs_pages, pages, switch_pages
from console.words.problems import add_handlers

STATIC = Path(__file__).parent / "static"
PARTS = (
    routes_system,
    routes_catalog,
    routes_switches,
    routes_controls,
    routes_users,
    routes_checkouts,
    routes_credit,
    routes_recovery,
    routes_support,
    pages,
    checkout_pages,
    switch_pages,
    docs_pages,
)


def create_app(dependencies: ConsoleDependencies) -> FastAPI:
    """Return the console's app.

    Args:
        dependencies: What the endpoints work with; the caller closes them.
    """
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
    app.state.routes = tuple(route for part in PARTS for route in part.router.routes)
    add_handlers(app)
    # The last one stands outermost: a refused address has its request id, headers and line in the log.
    for middleware in (WordedAnswers, Admission, PlainAddress, AccessLog, Envelope):
        app.add_middleware(middleware)
    for part in PARTS:
        app.include_router(part.router, dependencies=[Depends(require_known_queries)])
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
