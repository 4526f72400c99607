"""The sandbox as a server: `create_app` for tests and embedding, `serve` for the command line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from domain.kernel.errors import InvalidInput, UnacceptableText
from sandbox.authority.authority_routes import AuthorityRoutes
from sandbox.authority.listener import tls_listener
from sandbox.billing.billing_routes import BillingRoutes
from sandbox.billing.bureau import Bureau, BureauSettings
from sandbox.billing.credit_routes import CreditRoutes
from sandbox.cloud.answers import HTTP_UNAVAILABLE, Refusal, invalid, json_answer, problem, refusal_answer
from sandbox.cloud.bearers import ComplianceMark
from sandbox.cloud.state import Sandbox
from sandbox.cloud.traced_answers import TracedAnswers
from sandbox.control.control_routes import ControlRoutes
from sandbox.control.planted_faults import FaultyNetwork
from sandbox.directory.graph_routes import GraphRoutes
from sandbox.directory.group_routes import GroupRoutes
from sandbox.directory.memberships import Memberships
from sandbox.directory.relationship_routes import RelationshipRoutes
from sandbox.directory.unknown_paths import own_fault, path_refusal
from sandbox.directory.user_routes import UserRoutes
from sandbox.faults.fault_program import FaultProgram
from sandbox.kernel.clock import Clock
from sandbox.kernel.journal import JournalBroken
from sandbox.kernel.plans import PlanBook
from sandbox.seller.customer_routes import CustomerRoutes
from sandbox.seller.inquiries import InquiryRoutes
from sandbox.seller.seller_routes import SellerRoutes

#: Seconds that a stop waits for requests under way.
STOP_SECONDS = 5
#: Seconds that an idle connection stays open: longer than any pause of a switch that is under way.
KEEP_ALIVE_SECONDS = 75


def create_app(
    state_dir: Path,
    *,
    clock: Clock | None = None,
    plans: PlanBook | None = None,
    bureau: BureauSettings | None = None,
    faults: FaultProgram | None = None,
    tls_port: int | None = None,
) -> Starlette:
    """Return the sandbox over the journal in `state_dir`.

    Args:
        state_dir: Data folder; made if it is not there, and held by one server at a time.
        clock: Source of the present instant; the machine's clock by default.
        plans: Price book; the packaged catalog by default.
        bureau: How the credit bureau calls back; not at all by default.
        faults: What goes wrong; nothing by default.
        tls_port: Port of this machine on which everything is served over TLS too, with the authority; 0 takes
            one that is free, None leaves the authority out.

    Raises:
        JournalBroken: The journal can't be read.
        JournalInUse: Another server holds the folder.
    """
    sandbox = Sandbox(state_dir, clock=clock, plans=plans)
    sandbox.install(faults)
    sandbox.is_calling_back = bool(bureau and bureau.secret)

    async def refused(request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException):
            error = path_refusal(request.url.path, error)
        elif isinstance(error, InvalidInput | UnacceptableText):
            error = invalid(error.message)
        return refusal_answer(sandbox, request.scope, error if isinstance(error, Refusal) else own_fault())

    async def broken(_request: Request, error: Exception) -> Response:
        refusal = Refusal(HTTP_UNAVAILABLE, "JOURNAL_BROKEN", str(error))
        return json_answer(problem(refusal), HTTP_UNAVAILABLE)

    around = [Middleware(ComplianceMark), Middleware(TracedAnswers)]
    app = Starlette(
        routes=[route for part in _PARTS for route in part(sandbox).routes()],
        middleware=[*around, Middleware(FaultyNetwork, sandbox=sandbox)],
        exception_handlers={JournalBroken: broken, **dict.fromkeys(_REFUSED, refused)},
        lifespan=partial(_working, sandbox, Bureau(sandbox, bureau or BureauSettings()), tls_port),
    )
    app.state.sandbox = sandbox
    # Such a redirect is built from the Host header, which anybody may write.
    app.router.redirect_slashes = False
    return app


#: Everything that answers, each with routes of its own; what a switch calls most comes first.
_PARTS = (
    GraphRoutes,
    UserRoutes,
    GroupRoutes,
    SellerRoutes,
    InquiryRoutes,
    CustomerRoutes,
    RelationshipRoutes,
    BillingRoutes,
    CreditRoutes,
    Memberships,
    ControlRoutes,
    AuthorityRoutes,
)

#: What is answered in the form of the path: also what the routes and the sandbox itself fail at.
_REFUSED = (Refusal, InvalidInput, UnacceptableText, HTTPException, Exception)


@asynccontextmanager
async def _working(
    sandbox: Sandbox, bureau: Bureau, tls_port: int | None, app: Starlette
) -> AsyncIterator[None]:
    """Run the bureau and the authority while the server serves, and close the journal after all."""
    work = asyncio.create_task(bureau.run())
    async with AsyncExitStack() as beside:
        if tls_port is not None:
            await beside.enter_async_context(_tls(sandbox, app, tls_port))
        yield
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    sandbox.close()


def _tls(sandbox: Sandbox, app: Starlette, port: int) -> AbstractAsyncContextManager[None]:
    return tls_listener(
        sandbox,
        app,
        sandbox.journal.path.parent,
        port,
        stop_seconds=STOP_SECONDS,
        keep_alive_seconds=KEEP_ALIVE_SECONDS,
    )


def serve(
    host: str,
    port: int,
    state_dir: Path,
    bureau: BureauSettings | None = None,
    faults: FaultProgram | None = None,
    *,
    tls_port: int | None = None,
) -> None:
    """Serve the sandbox until a signal stops it; prints nothing.

    Args:
        host: Address to listen on.
        port: Port to listen on.
        state_dir: Data folder of the journal.
        bureau: How the credit bureau calls back.
        faults: What goes wrong; nothing by default.
        tls_port: Port of this machine for TLS and the authority; None leaves them out.
    """
    config = uvicorn.Config(
        create_app(state_dir, bureau=bureau, faults=faults, tls_port=tls_port),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        ws="none",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    uvicorn.Server(config).run()
