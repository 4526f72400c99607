"""Kind of fault: a document of the API that can't be relied on. What it says is held against the console."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from console.app import create_app
from console.server import open_dependencies
from tests.support.consoles.console_world import KEY
from tests.support.consoles.store_parts import lone_settings

WITH_KEY = {"X-API-Key": KEY}
PROBLEM = "application/problem+json"
METHODS = ("get", "post", "put", "patch", "delete")
#: Every operation may answer so.
REFUSALS = {"400", "401", "404", "405", "409", "413", "415", "422", "429", "503"}
OPEN = {"/api/v1/health", "/api/v1/ready"}


@pytest.fixture(name="client")
def _client(database_url: str, tmp_path: Path) -> Iterator[TestClient]:
    """Yield a client of a console whose cloud and Temporal are down."""
    settings = lone_settings(database_url, tmp_path, api_key=KEY, local_actor="olga")
    with (
        open_dependencies(settings) as dependencies,
        TestClient(create_app(dependencies), raise_server_exceptions=False) as client,
    ):
        yield client


@pytest.fixture(name="document")
def _document(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/v1/openapi.json", headers=WITH_KEY).json()
    return found


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        yield from ((method, path, operation) for method, operation in methods.items())


def _methods_of(document: dict[str, Any], address: str) -> set[str]:
    """Return the methods of the template that an address fits, of several that with the fewest parameters."""
    fitting = {
        path: set(methods)
        for path, methods in document["paths"].items()
        if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", path), address)
    }
    return fitting[min(fitting, key=lambda path: path.count("{"))]


def test_every_operation_documents_its_refusals_as_problems(document: dict[str, Any]) -> None:
    """404, 400, 409, 422 and the like are documented, with the form in which they are sent."""
    operations = [*_operations(document)]
    lacking = {
        f"{method} {path}": sorted(REFUSALS - set(operation["responses"]))
        for method, path, operation in operations
        if not set(operation["responses"]) >= REFUSALS
    }
    types = {
        media_type
        for _, _, operation in operations
        for status in REFUSALS - {"503"}
        for media_type in operation["responses"][status]["content"]
    }

    assert len(operations) > 45
    assert lacking == {}
    assert types == {PROBLEM}
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_the_document_says_how_to_sign_in(client: TestClient, document: dict[str, Any]) -> None:
    """Each operation that the document calls open answers without a key, and no other one does."""
    schemes = document["components"]["securitySchemes"]
    opened = {path for _, path, each in _operations(document) if each.get("security") == []}
    answers = {
        f"{method} {path}": client.request(method, re.sub(r"\{[^}]+\}", "x", path)).status_code
        for method, path, operation in _operations(document)
        if operation.get("security") is None
    }

    assert (schemes["key"]["in"], schemes["key"]["name"]) == ("header", "X-API-Key")
    assert [*document["security"][0]] == ["key"]
    assert opened == OPEN
    assert set(answers.values()) == {401}


def test_a_method_that_an_address_does_not_take_is_told_with_those_that_it_takes(
    client: TestClient, document: dict[str, Any]
) -> None:
    """`Allow` lists every method of the address, also where two routes share it (RFC 9110)."""
    wrong = []
    for path in document["paths"]:
        address = re.sub(r"\{[^}]+\}", "xxxxxxxx", path)
        known = _methods_of(document, address)
        for method in set(METHODS) - known:
            answer = client.request(method, address, headers=WITH_KEY)
            told = {each.lower() for each in answer.headers.get("allow", "").split(", ")}
            if (answer.status_code, told) != (405, known):
                wrong.append((method, path, answer.status_code, told))

    assert wrong == []


def test_no_address_of_the_document_and_no_page_bears_a_control_character(
    client: TestClient, document: dict[str, Any]
) -> None:
    """%00 in each path and in each parameter is refused as such, and fails nothing (fault 17)."""
    addresses = [("get", re.sub(r"\{[^}]+\}", "a%00b", path)) for path in document["paths"] if "{" in path]
    for method, path, operation in _operations(document):
        asked = [each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"]
        plain = re.sub(r"\{[^}]+\}", "aaaaaaaa", path)
        addresses += [(method, f"{plain}?{name}=a%00b") for name in asked]
    addresses += [
        ("get", f"/{page}/a%00b") for page in ("switches", "checkouts", "docs", "static", "nothing")
    ]
    addresses += [("post", f"/{page}/aaaaaaaa/a%00b") for page in ("switches", "checkouts")]
    addresses += [("get", f"/{page}?a=%00") for page in ("", "checkouts", "docs", "sign-in")]
    answers = {
        f"{method} {path}": client.request(method, path, headers=WITH_KEY) for method, path in addresses
    }

    assert len(answers) > 60
    assert {each.status_code for each in answers.values()} == {422}
    assert all("UNACCEPTABLE_TEXT" in each.text for each in answers.values())


def test_every_refusal_is_of_the_documented_form(client: TestClient, document: dict[str, Any]) -> None:
    """What the schema of a problem requires is in each, and nothing else is."""
    schema = document["components"]["schemas"]["Problem"]
    answers = [
        client.get("/api/v1/nothing", headers=WITH_KEY),
        client.put("/api/v1/switches", headers=WITH_KEY),
        client.get("/api/v1/switches"),
        client.post("/api/v1/quotes", headers=WITH_KEY, json={}),
        client.post("/api/v1/quotes", headers=WITH_KEY, content="a=1"),
        client.get("/api/v1/switches/ffffffff", headers=WITH_KEY),
    ]

    assert [each.status_code for each in answers] == [404, 405, 401, 422, 415, 404]
    for each in answers:
        told = set(each.json())
        assert each.headers["content-type"] == PROBLEM
        assert set(schema["required"]) <= told <= set(schema["properties"])
