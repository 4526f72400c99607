"""The line to a provider: which proxy it takes, and that it follows nothing."""

from __future__ import annotations

import httpx2
import pytest

from providers.line import HttpLine, Transports, proxy_of

_PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the machine's own proxies away."""
    for name in _PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("https://graph.example/v1.0", "http://proxy.example:3128"),
        ("http://graph.example/v1.0", None),
        ("https://inside.example/v1.0", None),
        ("https://127.0.0.1:8534/v1.0", None),
        ("https://localhost:8534", None),
    ],
)
def test_the_machines_proxy_is_taken_where_it_is_named(
    url: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy serves its scheme, not what is excepted from it, and never the machine itself."""
    monkeypatch.setenv("https_proxy", "proxy.example:3128")
    monkeypatch.setenv("no_proxy", "inside.example")
    assert proxy_of(url) == proxy


def test_addresses_share_connections_where_they_share_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """All interfaces of one cloud wait for the same connections."""
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    transports = Transports()
    plain = transports.towards("http://127.0.0.1:8534/v1")
    assert transports.towards("http://127.0.0.1:8534/billing/v1") is plain
    assert transports.towards("https://graph.example/v1.0") is not plain
    transports.close()


def test_a_redirect_is_an_answer_like_any_other() -> None:
    """A token goes nowhere but to the configured address."""
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(302, headers={"Location": "https://elsewhere.example/"}, content=b"moved")

    line = HttpLine(httpx2.MockTransport(answer), timeout_seconds=3.0)
    response = line.request("GET", "https://graph.example/a?b=c", content=b"", headers={"Accept": "x/y"})
    assert (response.status_code, response.content, len(asked)) == (302, b"moved", 1)
    assert asked[0].headers["User-Agent"] == "planswitch"
    assert asked[0].extensions["timeout"]["connect"] == asked[0].extensions["timeout"]["read"] == 3.0
