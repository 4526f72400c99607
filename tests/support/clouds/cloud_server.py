"""The sandbox cloud as a real HTTP server in a thread, with a hand on its control API."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import uvicorn

from domain.ports.cloud import Cloud, ProviderCall
from providers.factory import cloud_factory
from providers.transport.http import REQUEST_TIMEOUT_SECONDS
from providers.transport.line import Answer, HttpLine
from sandbox.billing.bureau import BureauSettings
from sandbox.kernel.clock import Clock
from sandbox.kernel.plans import PlanBook
from sandbox.server import KEEP_ALIVE_SECONDS, create_app
from tests.support.clouds.plain_http import WITHOUT_TLS

#: Office 365 E1 and E3: the plan that is left and the one that is gone to.
SOURCE_PLAN = "18181a46-0d4e-45cd-891e-60aabd171b4e"
TARGET_PLAN = "6fd2c87f-b296-42f0-b197-1e91e994b900"
#: A service of the target that tests switch off: YAMMER_ENTERPRISE.
SERVICE = "7547a3fe-08ee-4ccb-b430-5077c5041653"
START_SECONDS = 60.0


@dataclass(kw_only=True)
class SandboxCloud:
    """A running sandbox, the clients under test, and what they sent."""

    url: str
    cloud: Cloud
    control: httpx2.Client
    #: Every call as the record keeps it.
    calls: list[ProviderCall]
    #: Every request as it went out.
    requests: list[httpx2.Request] = field(default_factory=list)
    #: File that the referee reads.
    journal: Path = Path()

    def organization(
        self,
        *,
        seed: int = 1,
        users: int = 30,
        period_start_on: date | None = None,
        billing_cycle: str = "monthly",
        organization_id: str | None = None,
        **options: Any,
    ) -> dict[str, Any]:
        """Make an organization on the source plan and return what the control API says about it.

        Args:
            seed: Decides everything that is not named here.
            users: How many users hold the source plan.
            period_start_on: First day of the billing period; None lets the seed decide.
            billing_cycle: monthly or annual.
            organization_id: Its id; None lets it follow from the seed.
            options: Options of the sandbox's organizations.
        """
        body = {"seed": seed, "users": users, "plan_id": SOURCE_PLAN, "options": options}
        start_on = None if period_start_on is None else period_start_on.isoformat()
        body |= {"billing_cycle": billing_cycle, "period_start_on": start_on}
        return self.make(body | {"organization_id": organization_id})

    def make(self, body: dict[str, Any]) -> dict[str, Any]:
        """Make an organization as a request asks for it."""
        return self._post("/sandbox/organizations", body)

    def settings(self, **changes: Any) -> None:
        """Change settings of the sandbox."""
        self._post("/sandbox/settings", changes)

    def quota(self, organization_id: str) -> dict[str, int]:
        """Return how many writes were allowed, throttled, and throttled twice in a row."""
        answer = self.control.get(f"/sandbox/organizations/{organization_id}/quota").raise_for_status()
        counts: dict[str, int] = answer.json()
        return counts

    def fault(self, match: str, kind: str, count: int = 1) -> None:
        """Plant a fault for the next `count` requests that begin with `match`."""
        self.settings(faults=[{"match": match, "kind": kind, "count": count}])

    def edit(self, organization_id: str, **edit: Any) -> None:
        """Plant an edit by hand."""
        self._post(f"/sandbox/organizations/{organization_id}/edits", edit)

    def acknowledge(
        self, organization_id: str, plan_id: str, codes: Iterable[str], *, is_owned: bool = False
    ) -> None:
        """Tell the referee what is confirmed with the next order of a plan, or for one that is owned."""
        owned = {"is_owned": True} if is_owned else {}
        self.edit(organization_id, kind="acknowledgment", plan_id=plan_id, codes=list(codes), **owned)

    def approve(self, organization_id: str) -> None:
        """Let the credit bureau approve what it has not decided yet, and wait until it has."""
        self._decide(organization_id, "approve")

    def decline(self, organization_id: str) -> None:
        """Let the credit bureau decline what it has not decided yet, and wait until it has."""
        self._decide(organization_id, "decline")

    def _decide(self, organization_id: str, verdict: str) -> None:
        self.edit(organization_id, kind="credit", verdict=verdict)
        token = {"Authorization": f"Bearer sandbox-{organization_id}"}
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            orders = self.control.get(f"/v1/customers/{organization_id}/orders", headers=token).json()
            if all(order.get("creditCheck", {}).get("status") != "required" for order in orders["items"]):
                return
            time.sleep(0.02)
        raise TimeoutError("the bureau did not decide")

    def verdict(self, organization_id: str) -> dict[str, Any]:
        """Return what the referee says on one organization."""
        answer = self.control.get("/sandbox/referee", params={"organization_id": organization_id})
        verdict: dict[str, Any] = answer.raise_for_status().json()
        return verdict

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self.control.post(path, json=body).raise_for_status().json()
        return answer


class _Recording(HttpLine):
    """The network, with a copy of every request."""

    def __init__(self, requests: list[httpx2.Request]) -> None:
        super().__init__(timeout_seconds=REQUEST_TIMEOUT_SECONDS)
        self._requests = requests

    def request(self, method: str, url: str, *, content: bytes, headers: Mapping[str, str]) -> Answer:
        """Send one request after it was noted."""
        self._requests.append(httpx2.Request(method, url, content=content, headers=dict(headers)))
        return super().request(method, url, content=content, headers=headers)


@contextmanager
def running_sandbox(
    folder: Path,
    bureau: BureauSettings | None = None,
    *,
    clock: Clock | None = None,
    plans: PlanBook | None = None,
    tls_port: int | None = None,
) -> Iterator[SandboxCloud]:
    """Run a sandbox whose orders are set up at once, until the block ends."""
    app = create_app(folder, clock=clock, bureau=bureau, plans=plans, tls_port=tls_port)
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        log_config=None,
        access_log=False,
        # A connection that a busy machine leaves idle is not closed under the next request.
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="sandbox")
    thread.start()
    try:
        url = f"http://127.0.0.1:{_port(server)}"
        requests: list[httpx2.Request] = []
        calls: list[ProviderCall] = []
        factory, close = cloud_factory(url, line=_Recording(requests))
        with ExitStack() as stack:
            stack.callback(close)
            control = stack.enter_context(
                httpx2.Client(verify=WITHOUT_TLS, base_url=url, timeout=START_SECONDS)
            )
            running = SandboxCloud(
                url=url,
                cloud=factory(calls.append),
                control=control,
                calls=calls,
                requests=requests,
                journal=app.state.sandbox.journal.path,
            )
            running.settings(provisioning_delay_seconds=0, setup_delay_seconds=0)
            yield running
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)
        # On a crowded machine the server may still be waiting for its connections: the file is closed now.
        app.state.sandbox.close()


def _port(server: uvicorn.Server) -> int:
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if time.monotonic() > deadline:
            raise TimeoutError("the sandbox did not start")
        time.sleep(0.01)
    port: int = server.servers[0].sockets[0].getsockname()[1]
    return port
