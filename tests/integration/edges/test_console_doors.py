"""Doors of the console: no page without the sign-in, none outside the policy, no redirect to another host."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from console.app import create_app
from console.server import open_dependencies
from tests.support.consoles.store_parts import lone_settings

KEY = "a-key-of-the-tests"
WITH_KEY = {"X-API-Key": KEY}
#: Paths that answer a stranger: the way in, what its pages load, signs of life, and what is signed by others.
OPEN = {
    "/sign-in",
    "/sign-in/provider",
    "/sign-in/return",
    "/api/v1/health",
    "/api/v1/ready",
    "/metrics",
    "/api/callbacks/credit",
}
FOREIGN = "evil.example"


@pytest.fixture(name="client")
def _client(database_url: str, tmp_path: Path) -> Iterator[TestClient]:
    """Yield a client of a console whose cloud and Temporal are down."""
    settings = lone_settings(database_url, tmp_path, api_key=KEY)
    with (
        open_dependencies(settings) as dependencies,
        TestClient(create_app(dependencies), follow_redirects=False, raise_server_exceptions=False) as client,
    ):
        yield client


def _paths(client: TestClient) -> list[str]:
    """Return every path of the app, with something in place of each parameter."""
    found: set[str] = set()
    for each in client.app.routes:  # type: ignore[attr-defined]
        router = getattr(each, "original_router", None)
        found |= {route.path for route in (router.routes if router else [each]) if isinstance(route, Route)}
    return sorted(re.sub(r"\{[^}]+\}", "x", path) for path in found)


def test_every_path_is_looked_at(client: TestClient) -> None:
    """The tests below see the app's own paths, that of the reference among them."""
    assert {"/", "/api/docs", "/api/v1/openapi.json", "/api/v1/switches"} <= set(_paths(client))


def test_no_path_answers_a_stranger(client: TestClient) -> None:
    """Whatever is not a way in asks for the key, the reference of the API as well."""
    answers = {path: client.get(path) for path in _paths(client) if path not in OPEN}
    told = {path: each for path, each in answers.items() if each.status_code not in {401, 405}}

    assert {path for path, each in told.items() if each.status_code != 303} == set()
    assert all(each.headers["location"].startswith("/sign-in") for each in told.values())
    assert answers["/api/v1/openapi.json"].json()["code"] == "UNAUTHORIZED"


@pytest.mark.parametrize("api_key", [None, "", " ", "x"])
@pytest.mark.parametrize("given", [{}, {"X-API-Key": ""}, {"X-API-Key": "x"}, {"Authorization": "Bearer "}])
def test_an_empty_key_opens_nothing(client: TestClient, api_key: str | None, given: dict[str, str]) -> None:
    """Even a console that was handed an empty or short key lets nobody in by it."""
    app = client.app
    app.state.dependencies = replace(app.state.dependencies, api_key=api_key)  # type: ignore[attr-defined]

    assert client.get("/api/v1/switches", headers=given).status_code == 401
    assert client.post("/api/v1/sign-in-codes", headers=given).status_code == 401
    assert client.post("/sign-in", data={"key": given.get("X-API-Key", "")}).status_code == 401


def test_the_reference_is_read_by_key_and_by_session(client: TestClient) -> None:
    """A program reads it with the key; a browser is led to the sign-in and back."""
    by_key = client.get("/api/docs", headers=WITH_KEY)
    document = client.get("/api/v1/openapi.json", headers=WITH_KEY).json()
    sign_in = client.get("/api/docs").headers["location"]
    signed_in = client.post("/sign-in", data={"key": KEY, "next": "/api/docs"})
    by_session = client.get(signed_in.headers["location"])

    assert sign_in == "/sign-in?next=%2Fapi%2Fdocs"
    assert (by_key.status_code, by_session.status_code) == (200, 200)
    assert len(document["paths"]) > 40
    assert all(f"<code>{path}</code>" in by_session.text for path in document["paths"])
    assert "organization_id" in by_session.text
    assert "text of 1 to 500 characters" in by_session.text
    assert "<script" not in by_session.text
    assert set(re.findall(r'(?:src|href)="([^"#][^"]*)"', by_session.text)) <= {
        "/",
        "/checkouts",
        "/schedule",
        "/approvals",
        "/organizations",
        "/account",
        "/people",
        "/access-log",
        "/reports",
        "/notices",
        "/webhooks",
        "/docs",
        "/api/v1/openapi.json",
        "/static/icon.svg",
        "/static/console.css",
        "/static/api_reference.css",
    }


def test_every_answer_is_under_the_policy(client: TestClient) -> None:
    """No path, allowed or refused, is answered without the policy of the pages, and none is kept."""
    for path in _paths(client):
        for headers in ({}, WITH_KEY):
            if path.endswith(("/events", "/changes")) and headers:
                continue  # a stream has no end
            answer = client.get(path, headers=headers).headers
            policy = answer.get("content-security-policy", "")
            assert policy.startswith("default-src 'none'; script-src 'self'"), path
            is_kept = path.startswith(("/static", "/seals"))
            assert is_kept or answer.get("cache-control", "") == "no-store", path


def test_no_redirect_is_built_from_a_foreign_host(client: TestClient) -> None:
    """Whatever the Host header says, with and without a slash at the end, no answer leads there."""
    asked = [path + end for path in [*_paths(client), "/static", f"//{FOREIGN}"] for end in ("", "/")]
    for path in asked:
        answer = client.get(path, headers={"Host": FOREIGN})
        location = answer.headers.get("location", "/")
        assert FOREIGN not in location, path
        assert location.startswith("/"), path
        assert not location.startswith("//"), path
