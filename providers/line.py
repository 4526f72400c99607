"""The line to a provider: one request over the library's transport, without its client.

A client merges defaults, keeps cookies, asks for redirects and proxies at each call, which is half of what a
call costs; of these, only the machine's proxies mean anything here, and they are looked up once.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx2

#: Connections of one process to the cloud; more calls wait for a free one.
CONNECTIONS_MAX = 64
#: Longest time that a connection may take to open.
CONNECT_TIMEOUT_SECONDS = 5.0
_LIMITS = httpx2.Limits(max_connections=CONNECTIONS_MAX, max_keepalive_connections=CONNECTIONS_MAX)
_HEADERS = {"User-Agent": "planswitch", "Accept-Encoding": "gzip, deflate"}


class HttpLine:
    """Sends requests; follows no redirect, since a token goes nowhere but to the configured address.

    Args:
        transport: Pool of connections; safe to use from several threads.
        timeout_seconds: Longest silence within one call.
    """

    def __init__(self, transport: httpx2.BaseTransport, *, timeout_seconds: float) -> None:
        connect_seconds = min(CONNECT_TIMEOUT_SECONDS, timeout_seconds)
        self._transport = transport
        self._extensions = {"timeout": httpx2.Timeout(timeout_seconds, connect=connect_seconds).as_dict()}

    def request(
        self, method: str, url: str, *, content: bytes, headers: Mapping[str, str]
    ) -> httpx2.Response:
        """Send one request and read the whole answer, whatever its status.

        Raises:
            httpx2.RequestError: No answer came.
        """
        request = httpx2.Request(
            method, url, content=content, headers={**_HEADERS, **headers}, extensions=dict(self._extensions)
        )
        response = self._transport.handle_request(request)
        try:
            response.read()
        except BaseException:
            response.close()
            raise
        return response


class Transports:
    """Pools of connections, one for each proxy of the machine and one without; safe for several threads.

    Args:
        given: Takes the place of all of them, and is closed with them.
    """

    def __init__(self, given: httpx2.BaseTransport | None = None) -> None:
        self._given = given
        self._lock = threading.Lock()
        self._transports: dict[str | None, httpx2.HTTPTransport] = {}

    def towards(self, url: str) -> httpx2.BaseTransport:
        """Return the pool for an address; every address has its own one or shares it."""
        if self._given is not None:
            return self._given
        proxy = proxy_of(url)
        with self._lock:
            if proxy not in self._transports:
                self._transports[proxy] = httpx2.HTTPTransport(limits=_LIMITS, proxy=proxy)
            return self._transports[proxy]

    def close(self) -> None:
        """Close all connections."""
        if self._given is not None:
            self._given.close()
        for transport in self._transports.values():
            transport.close()


def proxy_of(url: str) -> str | None:
    """Return the proxy that the machine's environment names for an address; none to reach itself."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    proxies = getproxies()
    named = proxies.get(parts.scheme) or proxies.get("all")
    if not named or _is_loopback(host) or proxy_bypass(host):
        return None
    return named if "://" in named else f"http://{named}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
