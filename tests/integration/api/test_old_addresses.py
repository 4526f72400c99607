"""Kind of fault: a client of the API without a version that breaks at once, or that nobody warned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from console.app import create_app
from console.edge.old_addresses import API_ROOT, DEPRECATED_AT, OLD_ROOT, SUNSET_AT
from console.server import open_dependencies
from tests.support.api.drawn import STREAMS
from tests.support.consoles.console_world import KEY
from tests.support.consoles.store_parts import lone_settings

WITH_KEY = {"X-API-Key": KEY}
#: Of each answer of an old address.
WARNINGS = {"deprecation", "sunset", "link"}
CALLBACK = "/api/callbacks/credit"


@pytest.fixture(name="client")
def _client(database_url: str, tmp_path: Path) -> Iterator[TestClient]:
    """Yield a client of a console whose cloud and Temporal are down."""
    settings = lone_settings(database_url, tmp_path, api_key=KEY)
    with (
        open_dependencies(settings) as dependencies,
        TestClient(create_app(dependencies), raise_server_exceptions=False) as client,
    ):
        yield client


def test_every_address_has_a_version_but_the_bureaus(client: TestClient) -> None:
    """The document names addresses of version 1, and the callback's, which bureaus have set (ADR 48)."""
    paths = client.get(f"{API_ROOT}/openapi.json", headers=WITH_KEY).json()["paths"]

    assert len(paths) > 45
    assert [each for each in paths if not each.startswith(f"{API_ROOT}/")] == [CALLBACK]


def test_an_old_address_answers_as_its_successor_and_says_so(client: TestClient) -> None:
    """Each GET answers the same with and without the version; only the old one has the three headers."""
    paths = client.get(f"{API_ROOT}/openapi.json", headers=WITH_KEY).json()["paths"]
    read = [
        path
        for path, methods in paths.items()
        if "get" in methods and methods["get"]["operationId"] not in STREAMS
    ]
    for path in read:
        address = re.sub(r"\{[^}]+\}", "ffffffff", path)
        new = client.get(address, headers=WITH_KEY)
        old = client.get(OLD_ROOT + address.removeprefix(API_ROOT), headers=WITH_KEY)

        assert old.status_code == new.status_code, path
        assert old.headers["content-type"] == new.headers["content-type"]
        assert set(old.headers) - set(new.headers) == WARNINGS
        assert f'<{address}>; rel="successor-version"' in old.headers["link"]

    assert len(read) > 30


def test_the_dates_have_the_form_of_their_documents(client: TestClient) -> None:
    """`Deprecation` is a date of structured fields (RFC 9745), `Sunset` one of HTTP, and later (RFC 8594)."""
    headers = client.get("/api/switches").headers

    assert headers["deprecation"] == f"@{int(DEPRECATED_AT.timestamp())}"
    assert parsedate_to_datetime(headers["sunset"]) == SUNSET_AT > DEPRECATED_AT


def test_a_link_holds_nothing_but_the_address(client: TestClient) -> None:
    """Signs that would end the link are escaped, whatever was sent."""
    link = client.get("/api/switches/%3E%3B%20rel=x%22%C3%A9", headers=WITH_KEY).headers["link"]

    assert link.startswith('</api/v1/switches/%3E;%20rel=x%22%C3%A9>; rel="successor-version", ')


@pytest.mark.parametrize("path", [CALLBACK, "/api/docs", "/", "/api/v1/switches", "/api/v1", "/api"])
def test_what_is_not_of_the_old_api_is_not_deprecated(client: TestClient, path: str) -> None:
    """The callback's address stays, and pages and new addresses are what they were."""
    assert not WARNINGS & set(client.get(path, headers=WITH_KEY).headers)


def test_a_body_is_bounded_as_at_its_successor(client: TestClient) -> None:
    """The alias is no way around the bounds of bodies (limits)."""
    answers = [
        client.post(f"{root}/quotes", headers=WITH_KEY, json={"target_plan": "x" * 300_000})
        for root in (OLD_ROOT, API_ROOT)
    ]

    assert [each.status_code for each in answers] == [413, 413]
