"""Every request to the directory is one of the vendor's own description of its interface."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import yaml
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest

from domain.ports.directory_port import LicenseChange
from domain.ports.seller_port import OrderLine
from tests.support.clouds.cloud_server import SERVICE, SOURCE_PLAN, TARGET_PLAN, SandboxCloud, running_sandbox

HOST = "https://graph.microsoft.com"
ASKED = {
    "/v1.0/users",
    "/v1.0/$batch",
    "/v1.0/subscribedSkus",
    "/v1.0/admin/serviceAnnouncement/healthOverviews",
}


def _request(method: str, target: str, headers: dict[str, str], content: bytes | None) -> MockRequest:
    """Return a recorded request as the validator reads it, moved to the vendor's host."""
    url = httpx2.URL(HOST + target)
    return MockRequest(
        HOST,
        method.lower(),
        url.path,
        args=dict(url.params),
        headers=headers,
        data=content or None,
        content_type=headers.get("content-type", "application/json").split(";")[0],
    )


@pytest.fixture(name="description", scope="session")
def _description(shared_data: Path) -> OpenAPI:
    """Return the vendor's description of the directory."""
    return OpenAPI.from_dict(yaml.safe_load((shared_data / "graph_slice.yaml").read_text(encoding="utf-8")))


@pytest.fixture(name="sandbox")
def _sandbox(tmp_path: Path) -> Iterator[SandboxCloud]:
    """Yield a running sandbox with the clients."""
    with running_sandbox(tmp_path) as running:
        yield running


def _recorded(request: httpx2.Request) -> Iterator[MockRequest]:
    """Yield a request and, when it is a batch, every request inside it."""
    headers = dict(request.headers)
    yield _request(request.method, request.url.raw_path.decode(), headers, request.content)
    if request.url.path == "/v1.0/$batch":
        for item in json.loads(request.content)["requests"]:
            body = json.dumps(item["body"]).encode() if "body" in item else None
            inner = {"authorization": headers["authorization"]}
            inner |= {name.lower(): value for name, value in item.get("headers", {}).items()}
            yield _request(item["method"], f"/v1.0{item['url']}", inner, body)


def _use_everything(sandbox: SandboxCloud) -> None:
    organization_id = sandbox.organization(users=1005)["organization_id"]
    line = OrderLine(plan_id=TARGET_PLAN, quantity=5, term="P1M", billing_cycle="monthly", currency="EUR")
    sandbox.cloud.seller.place_order(organization_id, line, cart_key="cart", checkout_key="checkout")
    directory = sandbox.cloud.directory
    directory.subscribed_plans(organization_id)
    page = directory.users_page(organization_id, SOURCE_PLAN, None)
    directory.users_page(organization_id, SOURCE_PLAN, page.next_cursor)
    ids = [user.directory_id for user in page.users[:2]]
    directory.users(organization_id, ids)
    moves = [
        LicenseChange(
            directory_id=each,
            add_plan_id=TARGET_PLAN,
            disabled_service_ids=(SERVICE,),
            remove_plan_id=SOURCE_PLAN,
        )
        for each in ids
    ]
    # The second time the users are read back; with other services one is added alone.
    directory.change_licenses(organization_id, moves)
    directory.change_licenses(organization_id, moves)
    other = LicenseChange(directory_id=ids[0], add_plan_id=TARGET_PLAN, remove_plan_id=SOURCE_PLAN)
    directory.change_licenses(organization_id, [other])
    removal = LicenseChange(directory_id=ids[0], add_plan_id=None, remove_plan_id=TARGET_PLAN)
    directory.change_licenses(organization_id, [removal])
    sandbox.cloud.health.service_health(organization_id)


def test_every_directory_request_is_the_vendors(sandbox: SandboxCloud, description: OpenAPI) -> None:
    """Path, query, headers and body of each request, inside batches too, fit the vendor's description."""
    _use_everything(sandbox)
    sent = [each for each in sandbox.requests if each.url.path.startswith("/v1.0/")]
    recorded = [one for request in sent for one in _recorded(request)]

    for each in recorded:
        description.validate_request(each)

    assert {request.url.path for request in sent} == ASKED
    assert len(recorded) > len(sent)


def test_description_refuses_what_is_not_the_vendors(description: OpenAPI) -> None:
    """The validator is awake: a body without one of the lists, or an unknown path, is refused."""
    headers = {"authorization": "Bearer x", "content-type": "application/json"}
    halves = _request("POST", "/v1.0/users/a/assignLicense", headers, b'{"addLicenses":[]}')
    nowhere = _request("GET", "/v1.0/organization", headers, None)

    for bad in (halves, nowhere):
        with pytest.raises(OpenAPIError):
            description.validate_request(bad)
