"""A console with several people before a world whose switches need the approval of a second person."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from temporalio.client import Client

from console.app import create_app
from console.server import open_dependencies, server_config
from domain.people.principal import Grant, Principal, PrincipalKind
from domain.people.roles import Role
from ops.base.settings import Settings
from tests.support.clouds.cloud_server import SandboxCloud
from tests.support.clouds.plain_http import WITHOUT_TLS
from tests.support.consoles.console_world import START_SECONDS, ConsoleWorld, Ran, open_console_world

#: Who may what, by their key.
OLGA, ADA, BERT, VERA = "olga", "ada", "bert", "vera"
#: More users than this need an approval in these worlds.
USERS_OVER = 5
#: Commands that always need one.
COMMANDS = "cancel,decide-credit,product_pay,product_resize"


def person(actor: str, *roles: Role, organizations: frozenset[str] | None = None) -> Principal:
    """Return somebody with roles over some organizations; None: over all."""
    grants = tuple(Grant(role=role, organizations=organizations) for role in roles)
    return Principal(actor=actor, kind=PrincipalKind.PERSON, grants=grants, credential_id=actor)


PEOPLE: Mapping[str, Principal] = {
    OLGA: person(OLGA, Role.OPERATOR),
    ADA: person(ADA, Role.APPROVER),
    # Requests and approves: never the same.
    BERT: person(BERT, Role.OPERATOR, Role.APPROVER),
    VERA: person(VERA, Role.VIEWER),
}


def key_of(who: str) -> str:
    """Return the key of somebody, as long as keys must be."""
    return f"{who}-and-a-key-of-the-tests"


class _SignedIn:
    """Lets people in by their key, as the console does with the keys that it knows."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Name the principal of a request, and hand it on."""
        if scope["type"] == "http":
            keys = [value.decode() for name, value in scope["headers"] if name == b"x-api-key"]
            known = PEOPLE.get(keys[0].partition("-")[0]) if keys else None
            if known is not None:
                scope.setdefault("state", {})["principal"] = known
        await self._app(scope, receive, send)


@dataclass(kw_only=True)
class ApprovalWorld:
    """A console that asks for approvals, and everything behind it."""

    url: str
    console: ConsoleWorld

    async def get(self, who: str, path: str, **query: Any) -> httpx2.Response:
        """Ask the API as somebody."""
        return await asyncio.to_thread(self._request, "GET", who, path, params=query or None)

    async def post(self, who: str, path: str, body: dict[str, Any]) -> httpx2.Response:
        """Send something to the API as somebody."""
        return await asyncio.to_thread(self._request, "POST", who, path, json=body)

    async def form(self, who: str, path: str, **fields: str) -> httpx2.Response:
        """Send a form of a page as somebody."""
        return await asyncio.to_thread(self._request, "POST", who, path, data=fields)

    async def run(self, who: str, *arguments: str) -> Ran:
        """Run the command line as somebody."""
        return await self.console.run(*arguments, PLANSWITCH_API_URL=self.url, PLANSWITCH_API_KEY=key_of(who))

    async def waiting(self, who: str = ADA) -> list[dict[str, Any]]:
        """Return the requests that wait for a decision."""
        answer = await self.get(who, "/api/v1/approvals", state="waiting")
        assert answer.status_code == 200, answer.text
        approvals: list[dict[str, Any]] = answer.json()["approvals"]
        return approvals

    async def only(self, who: str = ADA) -> dict[str, Any]:
        """Return the only request that waits."""
        (one,) = await self.waiting(who)
        return one

    async def decide(self, who: str, act: str, shown: dict[str, Any], **changes: Any) -> httpx2.Response:
        """Approve or refuse a request as it was shown."""
        body = {"reason": "looked at it", "digest": shown["digest"], **changes}
        return await self.post(who, f"/api/v1/approvals/{shown['approval_id']}/{act}", body)

    def _request(self, method: str, who: str, path: str, **options: Any) -> httpx2.Response:
        with httpx2.Client(
            verify=WITHOUT_TLS, base_url=self.url, headers={"X-API-Key": key_of(who)}, timeout=60
        ) as http:
            return http.request(method, path, **options)


def approval_settings(settings: Settings, **changes: Any) -> Settings:
    """Return the settings of a console that asks for approvals."""
    asked = {"approval_users_over": USERS_OVER, "approval_commands": COMMANDS, **changes}
    return settings.model_copy(update=asked)


@asynccontextmanager
async def open_approval_world(
    client: Client, database_url: str, sandbox: SandboxCloud, folder: Path, **changes: Any
) -> AsyncIterator[ApprovalWorld]:
    """Open a world whose console and worker ask for approvals; `changes` are settings of both."""
    policy = approval_settings(Settings(), **changes).approval_policy()
    async with open_console_world(client, database_url, sandbox, folder, approvals=policy) as console:
        with served_approvals(approval_settings(console.settings, **changes)) as url:
            yield ApprovalWorld(url=url, console=console)


@contextmanager
def served_approvals(settings: Settings, **parts: Any) -> Iterator[str]:
    """Yield the address of a console of these worlds; `parts` are put in the place of its own."""
    with open_dependencies(settings) as dependencies:
        app = create_app(replace(dependencies, **parts))
        app.add_middleware(_SignedIn)
        server = uvicorn.Server(server_config(app, settings.model_copy(update={"api_port": 0})))
        thread = threading.Thread(target=server.run, name="approving-console")
        thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(START_SECONDS)
