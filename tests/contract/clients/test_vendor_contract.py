"""Each request of both adapters against what is published of the vendor's interfaces (vendor#calls)."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import providers.microsoft
from providers.microsoft.tenancy.permissions import FEATURES
from providers.microsoft.tenancy.vendor_calls import CALLS, Party, Proof
from providers.transport.http import ProviderRequest
from tests.support.adapters.every_adapter import EveryAdapter, Worded, noted_places
from tests.support.adapters.published import BATCH, Published, Sent, path_pattern
from tests.support.clouds.cloud_server import running_sandbox
from tools.pages.vendor_pages import PERMISSIONS_PAGE, VENDOR_PAGE, permissions_page, vendor_page

ADAPTERS = Path(providers.microsoft.__file__).parent
OF_DIRECTORY = frozenset({"directory", "health"})
#: Permissions that give fewer objects or fields than the adapters need, though the call passes.
NARROW = re.compile(r"User\.Read|User\.ReadBasic\.All|Group(Member)?\.ReadBasic\.All")


@pytest.fixture(name="published", scope="module")
def _published(shared_data: Path) -> Published:
    """Return the vendor's two descriptions of the directory as they are written."""
    return Published.of(shared_data)


@pytest.fixture(name="run", scope="module")
def _run(tmp_path_factory: pytest.TempPathFactory) -> EveryAdapter:
    """Return the adapters after they have sent every request to a sandbox."""
    with running_sandbox(tmp_path_factory.mktemp("contract")) as sandbox:
        adapters = EveryAdapter(url=sandbox.url)
        with noted_places(ADAPTERS) as places:
            adapters.use_everything(sandbox.organization(users=20, group_licensed=8, is_trial=True))
        adapters.places |= places
        adapters.line.close()
    return adapters


@pytest.fixture(name="requests", scope="module")
def _requests(run: EveryAdapter) -> list[Worded]:
    """Return each request that the adapters have sent."""
    return run.requests


def _sent(request: ProviderRequest) -> Sent:
    target = f"{request.path}?{request.query}" if request.query else request.path
    return Sent.of(request.method, target, request.headers, request.body)


def _words(request: ProviderRequest) -> Iterator[tuple[str, str]]:
    """Yield method and path of what a request asks for: of each item where it is a batch."""
    sent = _sent(request)
    for each in sent.items() if sent.path == BATCH else (sent,):
        yield each.method, each.path


def test_each_request_of_the_directory_is_one_of_its_description(
    requests: list[Worded], published: Published
) -> None:
    """Path, query, headers, body and selected properties are named by each document that has the path."""
    asked = [request for provider, _, request in requests if provider in OF_DIRECTORY]
    complaints = [
        complaint
        for request in asked
        for each in (_sent(request), *_sent(request).items())
        for complaint in published.complaints(each)
    ]

    assert complaints == []
    assert {request.operation for request in asked} == {
        operation for operation, call in CALLS.items() if call.party is Party.DIRECTORY
    }


@pytest.mark.parametrize(
    ("sent", "complaint"),
    [
        (Sent.of("GET", "/users?$fiter=x", {}, None), "no query option $fiter"),
        (Sent.of("GET", "/users?$select=id,usagelocation", {}, None), "nothing to select: usagelocation"),
        (Sent.of("GET", "/users/1", {"ConsistencyLevel": "eventual"}, None), "no header consistencylevel"),
        (Sent.of("PATCH", "/users/1", {}, {"usageLocaton": "DE"}), "no member .usageLocaton"),
        (Sent.of("PATCH", "/users/1", {}, {"usageLocation": 5}), "Request body validation error"),
        (Sent.of("POST", "/users/1/reprocessLicenseAssignment", {}, {}), "no body"),
        (
            Sent.of(
                "POST", "/groups/1/assignLicense", {}, {"addLicenses": [{"skuid": "x"}], "removeLicenses": []}
            ),
            "no member .addLicenses[].skuid",
        ),
        (Sent.of("POST", "/users/1/assignLicense", {}, {"addLicenses": []}), "Request body validation error"),
        (Sent.of("DELETE", "/users/1", {}, None), "no description has DELETE /users/1"),
    ],
)
def test_a_request_that_is_misspelled_is_noticed(published: Published, sent: Sent, complaint: str) -> None:
    """Also where a validator of OpenAPI is silent: the directory would ignore it, and do something else."""
    assert any(complaint in each for each in published.complaints(sent))


def test_each_request_is_the_call_that_the_table_names(requests: list[Worded]) -> None:
    """One operation is one call: nothing travels under the name, and the permissions, of another."""
    asked = [request for provider, _, request in requests if provider in OF_DIRECTORY | {"seller"}]
    strange = [
        (request.operation, method, path)
        for request in asked
        for method, path in _words(request)
        if method != CALLS[request.operation].method
        or not path_pattern(CALLS[request.operation].path).fullmatch(path)
    ]

    assert strange == []
    assert {each.operation for each in asked if each.path == BATCH} == {
        operation for operation, call in CALLS.items() if call.is_batched
    }


def test_each_place_that_makes_a_request_was_run(run: EveryAdapter) -> None:
    """A new call is noticed under whatever name: these tests know each line of the adapters that asks."""
    made, items = set(), 0
    for file in ADAPTERS.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(ProviderRequest.__name__):
                made.add(f"{file.relative_to(ADAPTERS)}:{node.lineno}")
            if isinstance(node, ast.Dict):
                items += {"method", "url"} <= {ast.unparse(each).strip("'") for each in node.keys if each}

    assert made - run.places == set()
    assert items == sum(call.is_batched for call in CALLS.values())


def test_each_request_of_the_seller_is_one_of_its_description(
    requests: list[Worded], shared_data: Path
) -> None:
    """Method and address are described, where the table says so; the others are known to be undescribed."""
    description = json.loads((shared_data / "partner_center" / "openapi.json").read_text(encoding="utf-8"))
    known = [
        (method.upper(), path_pattern(path))
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


def test_permissions_are_those_that_the_vendor_lists(published: Published) -> None:
    """Each permission of the table is one that the description of the call has; none is made up."""
    checked = 0
    for operation, call in CALLS.items():
        path = call.path.replace("{}", "ID")
        known = [each.operation(call.method, path) or {} for each in published.descriptions]
        listed = next((each["x-permissions"] for each in known if "x-permissions" in each), None)
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
