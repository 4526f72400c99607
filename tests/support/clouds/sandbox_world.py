"""A sandbox on a real port with a clock in the test's hand, and the contracts to check answers with."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
import yaml
from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from sandbox.billing.bureau import BureauSettings
from sandbox.kernel.clock import ManualClock
from sandbox.server import KEEP_ALIVE_SECONDS, create_app
from tests.support.clouds.plain_http import WITHOUT_TLS

E1 = "18181a46-0d4e-45cd-891e-60aabd171b4e"
E3 = "6fd2c87f-b296-42f0-b197-1e91e994b900"
#: SHAREPOINTSTANDARD of E1, SHAREPOINTENTERPRISE of E3.
SHAREPOINT_E1 = "c7699d2e-19aa-44de-8edf-1736da088ca1"
SHAREPOINT_E3 = "5dbe027f-2339-4123-9542-606e4d348a72"
#: Office for the web, which the directory gives only beside SharePoint.
WEB = "e95bec33-7c88-4a70-8e19-b10bd9d0c014"
START = datetime(2026, 11, 10, 9, 30, tzinfo=UTC)
START_SECONDS = 60.0
PROJECT = Path(__file__).parents[3]


class World:
    """One data folder with a server over it that can be stopped and started again."""

    def __init__(self, folder: Path, bureau: BureauSettings | None = None) -> None:
        self.folder = folder
        self.bureau = bureau
        self.clock = ManualClock(START)
        self.made: dict[str, Any] = {}
        self._start()

    def make(self, **request: Any) -> dict[str, Any]:
        """Make an organization on E1 and take its token from now on."""
        body = {"seed": 7, "users": 30, "plan_id": E1} | request
        self.made = self.call("POST", "/sandbox/organizations", body).json()
        return self.made

    def call(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> httpx2.Response:
        """Send a request with the organization's token."""
        token = {"Authorization": f"Bearer {self.made['token']}"} if self.made else {}
        return self.client.request(method, path, json=body, headers=token | (headers or {}))

    def get(self, path: str) -> Any:
        """Return the body of a GET that must succeed."""
        answer = self.call("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def seller(self, path: str) -> str:
        """Return a seller path of the organization."""
        return f"/v1/customers/{self.made['organization_id']}{path}"

    def billing(self, path: str) -> str:
        """Return a billing path of the organization."""
        return f"/billing/v1/customers/{self.made['organization_id']}{path}"

    def settings(self, **changes: Any) -> None:
        """Change settings."""
        assert self.call("POST", "/sandbox/settings", changes).status_code == 200

    def edit(self, **edit: Any) -> None:
        """Plant an edit by hand."""
        path = f"/sandbox/organizations/{self.made['organization_id']}/edits"
        assert self.call("POST", path, edit).status_code == 201

    def referee(self) -> dict[str, Any]:
        """Return the referee's figures of the organization."""
        figures: dict[str, Any] = self.get(f"/sandbox/referee?organization_id={self.made['organization_id']}")
        return figures

    def user_ids(self, plan_id: str = E1) -> list[str]:
        """Return the ids of the users who hold a plan."""
        path = f"/v1.0/users?$filter=assignedLicenses/any(s:s/skuId eq {plan_id})&$select=id&$top=999"
        return [user["id"] for user in self.get(path)["value"]]

    def assign(
        self, user_id: str, *, add: str | None = None, remove: str | None = None, disabled: Any = ()
    ) -> httpx2.Response:
        """Change the licenses of one user."""
        body = {
            "addLicenses": [{"skuId": add, "disabledPlans": list(disabled)}] if add else [],
            "removeLicenses": [remove] if remove else [],
        }
        return self.call("POST", f"/v1.0/users/{user_id}/assignLicense", body)

    def order(
        self,
        *,
        quantity: int = 40,
        key: str = "1",
        plan_id: str = E3,
        payment_method: str = "card",
        is_beside: bool = False,
    ) -> dict[str, Any]:
        """Fill a cart and check it out; return the order, which may be of a product beside the plan."""
        line = {"CatalogItemId": f"{plan_id}:0001:EUR", "Quantity": quantity}
        terms = {"TermDuration": "P1M", "BillingCycle": "Monthly"}
        headers = {"MS-RequestId": f"cart-{key}"}
        cart = self.call(
            "POST",
            self.seller("/carts"),
            {"PaymentMethod": payment_method, "Beside": is_beside, "LineItems": [line | terms]},
            headers,
        ).json()
        path = self.seller(f"/carts/{cart['id']}/checkout")
        placed = self.call("POST", path, None, {"MS-RequestId": f"out-{key}"}).json()
        order: dict[str, Any] = placed["orders"][0]
        return order

    def cancel(self, subscription_id: str, status: str = "deleted") -> httpx2.Response:
        """Cancel a subscription at the seller with the full resource and its etag."""
        path = self.seller(f"/subscriptions/{subscription_id}")
        resource = self.get(path)
        headers = {"If-Match": f'"{resource["attributes"]["etag"]}"'}
        return self.call("PATCH", path, resource | {"status": status}, headers)

    def bill(self, subscription_id: str, action: str, body: dict[str, Any], key: str) -> httpx2.Response:
        """Stop, credit or start billing of a subscription."""
        path = self.billing(f"/subscriptions/{subscription_id}/{action}")
        return self.call("POST", path, body, {"Idempotency-Key": key})

    def restart(self) -> None:
        """Stop the server and start another over the same folder."""
        self._stop()
        self._start()

    def close(self) -> None:
        """Stop the server."""
        self._stop()

    def _start(self) -> None:
        self.app = create_app(self.folder, clock=self.clock, bureau=self.bureau)
        self._server = uvicorn.Server(
            uvicorn.Config(
                self.app,
                port=0,
                log_config=None,
                access_log=False,
                ws="none",
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
            )
        )
        self._thread = threading.Thread(target=self._server.run, name="sandbox")
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.started:
            assert time.monotonic() < deadline, "the sandbox did not start"
            time.sleep(0.005)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.client = httpx2.Client(verify=WITHOUT_TLS, base_url=f"http://127.0.0.1:{port}")

    def _stop(self) -> None:
        self.client.close()
        self._server.should_exit = True
        self._thread.join(START_SECONDS)
        # On a crowded machine the server may still be waiting for its connections: the file is closed now.
        self.app.state.sandbox.close()


@contextmanager
def open_world(folder: Path, bureau: BureauSettings | None = None) -> Iterator[World]:
    """Run a sandbox whose orders are set up at once."""
    world = World(folder, bureau)
    try:
        world.settings(provisioning_delay_seconds=0, setup_delay_seconds=0)
        yield world
    finally:
        world.close()


def move_whole_organization(world: World) -> str:
    """Carry out a clean switch from E1 to E3; return the new subscription's id."""
    order = world.order()
    target_id: str = order["lineItems"][0]["subscriptionId"]
    for user_id in world.user_ids():
        assert world.assign(user_id, add=E3, remove=E1).status_code == 200
    assert world.cancel(world.made["subscription_id"]).status_code == 200
    cut_over(world, target_id)
    return target_id


def cut_over(world: World, target_id: str, *, on: str = "2026-11-10", starts_on: str | None = None) -> None:
    """Stop and credit the source, start the target."""
    source_id = world.made["subscription_id"]
    end_on = world.made["period_end_on"]
    money = {"currency": "EUR", "amount_minor_units": 100}
    days = {"from_on": on, "to_on": end_on, "reason": "unused days"}
    start = {"effective_on": starts_on or on, "period_end_on": end_on, "quantity": 40}
    price = {"unit_price_minor_units": 2000}
    assert world.bill(source_id, "stop", {"effective_on": on}, "stop").status_code == 200
    assert world.bill(source_id, "credits", money | days, "credit").status_code == 201
    assert world.bill(target_id, "start", money | start | price, "start").status_code == 201


class Contract:
    """An OpenAPI description that answers are checked against."""

    def __init__(self, path: Path, host: str, prefix: str) -> None:
        description = yaml.safe_load(path.read_text(encoding="utf-8"))
        description["servers"] = [{"url": host + prefix}]
        self._host = host
        readers: dict[str, Callable[[bytes], Any]] = {"application/problem+json": json.loads}
        self._api = OpenAPI.from_dict(description, config=Config(extra_media_type_deserializers=readers))

    def check(self, answer: httpx2.Response, path: str) -> None:
        """Check an answer to a request for `path` without its query.

        Raises:
            OpenAPIError: The answer does not fit the description.
        """
        content_type = answer.headers.get("content-type", "")
        request = MockRequest(self._host, answer.request.method.lower(), path)
        self._api.validate_response(
            request,
            MockResponse(answer.content, status_code=answer.status_code, content_type=content_type),
        )


@cache
def directory_contract(name: str = "graph_slice") -> Contract:
    """Return one of the vendor's descriptions of the directory; skips where the shared data is absent."""
    folder = Path(os.environ.get("PLANSWITCH_SHARED", PROJECT.parent / "shared"))
    path = folder / "data" / f"{name}.yaml"
    if not path.exists():
        message = f"{path} is not there: set PLANSWITCH_SHARED to the folder of the shared data."
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return Contract(path, "https://graph.example", "/v1.0")


@cache
def own_contract(name: str, prefix: str) -> Contract:
    """Return one of our own descriptions in docs/api."""
    return Contract(PROJECT / "docs" / "api" / f"{name}.yaml", "https://own.example", prefix)


def until_so(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + START_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)
