"""The console's app: API and pages over dependencies that are handed in."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from console import (
    checkout_pages,
    docs_pages,
    pages,
    routes_amend,
    routes_catalog,
    routes_checkouts,
    routes_controls,
    routes_credit,
    routes_live,
    routes_recovery,
    routes_support,
    routes_switches,
    routes_system,
    routes_users,
    switch_pages,
)
from console.dependencies import ConsoleDependencies
from console.middleware import Envelope
from console.plain_address import PlainAddress
from console.problems import add_handlers

STATIC = Path(__file__).parent / "static"


def create_app(dependencies: ConsoleDependencies) -> FastAPI:
    """Return the console's app.

    Args:
        dependencies: What the endpoints work with; the caller closes them.
    """
    app = FastAPI(
        title="planswitch",
        description="Move an organization from one subscription plan to another.",
        docs_url="/api/docs",
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.state.dependencies = dependencies
    add_handlers(app)
    # The last one stands outermost: a refused address has its request id and headers as well.
    app.add_middleware(PlainAddress)
    app.add_middleware(Envelope)
    for part in (
        routes_system,
        routes_catalog,
        routes_live,
        routes_switches,
        routes_controls,
        routes_amend,
        routes_users,
        routes_checkouts,
        routes_credit,
        routes_recovery,
        routes_support,
        pages,
        checkout_pages,
        switch_pages,
        docs_pages,
    ):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
