"""The line to a provider: which proxy it takes, what it tells the proxy, and what it refuses at the start."""

from __future__ import annotations

from base64 import b64encode

import pytest

from domain.kernel.errors import InvalidInput
from providers.access.proxies import proxy_of
from providers.factory import cloud_factory
from providers.transport.line import HttpLine

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


def test_addresses_of_one_origin_share_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """All interfaces of one cloud take the same connections; a proxy is told what it needs to know alone."""
    monkeypatch.setenv("https_proxy", "http://us%40er:p%C3%A4ss@proxy.example:3128")
    line = HttpLine(timeout_seconds=3.0)
    for path in ("/v1", "/billing/v1", ""):
        line.towards(f"http://127.0.0.1:8534{path}")
    line.towards("https://graph.example/v1.0")
    assert set(line._ways) == {"http://127.0.0.1:8534", "https://graph.example"}
    plain, proxied = line._ways.values()
    assert plain.pool.proxy is None
    assert proxied.pool.proxy is not None
    assert proxied.pool.proxy.url == "http://proxy.example:3128"
    secret = b64encode("us@er:päss".encode()).decode()
    assert proxied.pool.proxy_headers == {"Proxy-Authorization": f"Basic {secret}"}
    line.close()


@pytest.mark.parametrize(
    "proxy", ["socks5://user:hidden@proxy.example:1080", "http://", "ftp://proxy.example"]
)
def test_a_proxy_of_no_use_is_told_at_the_start(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first call, and without its password."""
    monkeypatch.setenv("all_proxy", proxy)
    with pytest.raises(InvalidInput) as caught:
        cloud_factory("https://cloud.example")
    assert "hidden" not in f"{caught.value}{caught.value.details}"


def test_an_address_of_no_use_is_told_at_the_start() -> None:
    """Before the first call."""
    with pytest.raises(InvalidInput):
        cloud_factory("http://cloud.example:99999")


def test_the_longest_silence_is_that_of_a_connection_too() -> None:
    """A connection opens within five seconds, or within the time of a call where that is shorter."""
    times = [HttpLine(timeout_seconds=each)._timeout for each in (3.0, 10.0)]
    assert [(each.connect_timeout, each._read) for each in times] == [(3.0, 3.0), (5.0, 10.0)]
