"""Each request of both adapters against what is published of the vendor's interfaces (vendor#calls)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest
from openapi_core.validation.request.exceptions import RequestValidationError

from providers.microsoft.tenancy.permissions import FEATURES
from providers.microsoft.tenancy.vendor_calls import CALLS, Party, Proof, VendorCall
from providers.transport.http import ProviderRequest
from providers.transport.operations import BATCH_PATH
from tests.support.adapters.every_adapter import EveryAdapter, Worded
from tests.support.clouds.cloud_server import running_sandbox
from tools.pages.vendor_pages import PERMISSIONS_PAGE, VENDOR_PAGE, permissions_page, vendor_page

HOST = "https://graph.microsoft.com"
DESCRIPTIONS = ("graph_slice.yaml", "graph_slice_more.yaml")
#: Permissions that give fewer objects or fields than the adapters need, though the call passes.
NARROW = re.compile(r"User\.Read|User\.ReadBasic\.All|Group(Member)?\.ReadBasic\.All")


@pytest.fixture(name="described", scope="module")
def _described(shared_data: Path) -> dict[str, Any]:
    """Return the vendor's two descriptions of the directory as they are written."""
    files = {name: (shared_data / name).read_text(encoding="utf-8") for name in DESCRIPTIONS}
    return {name: yaml.safe_load(text) for name, text in files.items()}


@pytest.fixture(name="requests", scope="module")
def _requests(tmp_path_factory: pytest.TempPathFactory) -> list[Worded]:
    """Return each request that the adapters send, after they have sent all of them to a sandbox."""
    with running_sandbox(tmp_path_factory.mktemp("contract")) as sandbox:
        adapters = EveryAdapter(url=sandbox.url)
        adapters.use_everything(sandbox.organization(users=20, group_licensed=8, is_trial=True))
        adapters.line.close()
    return adapters.requests


def _mock(method: str, path: str, query: str, body: Any, headers: dict[str, str]) -> MockRequest:
    arguments = dict(each.split("=", 1) for each in query.split("&") if each)
    content = None if body is None else json.dumps(body).encode()
    return MockRequest(
        HOST,
        method.lower(),
        f"/v1.0{path}",
        args=arguments,
        headers={"authorization": "Bearer token", **headers},
        data=content,
        content_type="application/json",
    )


def _sent(request: ProviderRequest) -> Iterator[MockRequest]:
    """Yield a request and, when it is a batch, every request inside it."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    yield _mock(request.method, request.path, request.query, request.body, headers)
    if request.path == BATCH_PATH:
        for item in request.body["requests"]:
            path, _, query = item["url"].partition("?")
            inner = {name.lower(): value for name, value in item.get("headers", {}).items()}
            yield _mock(item["method"], path, query, item.get("body"), inner)


def _pattern(path: str) -> re.Pattern[str]:
    """Return what the paths of a template match."""
    parts = re.split(r"\{[^}]*\}", path)
    return re.compile("[^/]+".join(re.escape(each) for each in parts))


def _operation_in(description: Any, call: VendorCall) -> Any:
    """Return what a description says of a call, or None."""
    wanted = call.path.replace("{}", "ID")
    for path, operations in description["paths"].items():
        if _pattern(path).fullmatch(wanted) and call.method.lower() in operations:
            return operations[call.method.lower()]
    return None


def test_each_request_of_the_directory_is_one_of_its_description(
    requests: list[Worded], described: dict[str, Any]
) -> None:
    """Path, query, headers and body fit each description that knows the path, and at least one does."""
    specifications = [OpenAPI.from_dict(each) for each in described.values()]
    asked = [request for provider, _, request in requests if provider in {"directory", "health"}]
    for request in asked:
        for mock in _sent(request):
            outcomes = [_complaint(each, mock) for each in specifications]
            known = [each for each in outcomes if each != "unknown"]
            assert known, f"no description has {mock.method} {mock.path}"
            assert "" in known, f"{request.operation}: {known}"
    assert {request.operation for request in asked} == {
        operation for operation, call in CALLS.items() if call.party is Party.DIRECTORY
    }


def _complaint(specification: OpenAPI, request: MockRequest) -> str:
    """Return what a description has against a request; "" for nothing, `unknown` for another's path."""
    try:
        specification.validate_request(request)
    except RequestValidationError as error:
        return f"{error}: {error.__cause__}"
    except OpenAPIError:
        return "unknown"
    return ""


def test_each_request_of_the_seller_is_one_of_its_description(
    requests: list[Worded], shared_data: Path
) -> None:
    """Method and address are described, where the table says so; the others are known to be undescribed."""
    description = json.loads((shared_data / "partner_center" / "openapi.json").read_text(encoding="utf-8"))
    known = [
        (method.upper(), _pattern(path))
        for path, operations in description["paths"].items()
        for method in operations
    ]
    asked = {request.operation: request for provider, _, request in requests if provider == "seller"}
    undescribed = {
        operation
        for operation, request in asked.items()
        if not any(verb == request.method and path.fullmatch(f"/v1{request.path}") for verb, path in known)
    }

    assert undescribed == {operation for operation, call in CALLS.items() if call.proof is Proof.SANDBOX}
    assert set(asked) == {operation for operation, call in CALLS.items() if call.party is Party.SELLER}


def test_permissions_are_those_that_the_vendor_lists(described: dict[str, Any]) -> None:
    """Each permission of the table is one that the description of the call has; none is made up."""
    more = described["graph_slice_more.yaml"]
    checked = 0
    for operation, call in CALLS.items():
        listed = (_operation_in(more, call) or {}).get("x-permissions")
        if listed:
            checked += 1
            assert set(call.permissions) <= set(listed["application"]), operation
            assert not [each for each in call.permissions if NARROW.fullmatch(each)], operation
    assert checked


def test_each_call_belongs_to_a_feature() -> None:
    """What nobody would be told to grant can't be called."""
    assert {each for feature in FEATURES for each in feature.operations} == set(CALLS)


def test_the_pages_say_what_the_tables_say() -> None:
    """Nobody has changed a table without `python -m tools.pages.vendor_pages`."""
    written = VENDOR_PAGE.read_text(encoding="utf-8")

    assert PERMISSIONS_PAGE.read_text(encoding="utf-8") == permissions_page()
    assert written == vendor_page(written)
