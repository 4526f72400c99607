"""The line to a provider: one request over a kept connection, sent once, its answer read whole.

A client of an HTTP library merges defaults, keeps cookies, follows redirects and tries again.
Nothing of that may happen here: the record of calls decides later whether an effect may have happened.
"""

from __future__ import annotations

import http.client
import re
import threading
import zlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from urllib3 import (
    BaseHTTPResponse,
    HTTPConnectionPool,
    PoolManager,
    ProxyManager,
    Timeout,
)
from urllib3.connection import HTTPConnection
from urllib3.exceptions import EmptyPoolError, HTTPError, InvalidHeader
from urllib3.util import Url

from domain.kernel.errors import InvalidInput
from providers.access.proxies import proxy_address, proxy_of
from providers.access.trust import tls_context
from providers.transport.whole_heads import WholeHeadPool, WholeHeadTlsPool

#: Calls of one process to the cloud at a time; more calls wait for a free place.
CONNECTIONS_MAX = 64
#: Longest time that a connection may take to open.
CONNECT_TIMEOUT_SECONDS = 5.0
_HEADERS = {"User-Agent": "planswitch", "Accept-Encoding": "gzip, deflate"}
#: A line break in a header would begin another header, or another request.
_PRINTABLE = re.compile(r"[\t\x20-\x7e]*")
#: What a call without an answer ends with; the library lets some errors of its parts through.
_FAILURES = (HTTPError, http.client.HTTPException, OSError, ValueError, zlib.error)


class NoAnswer(Exception):
    """No answer came that could be read; whether the request arrived is unknown.

    Args:
        code: Class name of the error behind it.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """An answer that came whole, whatever its status."""

    status: int
    #: Names are looked up without regard to case.
    headers: Mapping[str, str]
    #: Without its content encoding.
    content: bytes


class Line(Protocol):
    """What sends requests of several threads, each of them once."""

    def request(self, method: str, url: str, *, content: bytes, headers: Mapping[str, str]) -> Answer:
        """Send one request and read the whole answer, whatever its status.

        Raises:
            NoAnswer: No answer came.
        """

    def close(self) -> None:
        """Close all connections."""


class HttpLine:
    """Sends requests; follows no redirect, since a token goes nowhere but to the configured address.

    Args:
        timeout_seconds: Longest silence within one call; connecting and sending have 5 seconds at most.
        ca_file: Certificates that are trusted beside the machine's, as PEM.
    """

    def __init__(self, *, timeout_seconds: float, ca_file: Path | None = None) -> None:
        connect_seconds = min(CONNECT_TIMEOUT_SECONDS, timeout_seconds)
        self._timeout = Timeout(connect=connect_seconds, read=timeout_seconds)
        self._timeout_seconds = timeout_seconds
        self._ca_file = ca_file
        # Not the library's own limit: a thread that is broken off while it takes a connection from a pool
        # that is full would keep its place for ever.
        self._places = threading.BoundedSemaphore(CONNECTIONS_MAX)
        self._lock = threading.Lock()
        self._ways: dict[str, _Way] = {}

    def towards(self, url: str) -> None:
        """Make ready for calls to an address, so that an address of no use is told at the start.

        Raises:
            InvalidInput: The address, or the machine's proxy for it, can't be used.
        """
        self._way(_parted(url)[0])

    def request(self, method: str, url: str, *, content: bytes, headers: Mapping[str, str]) -> Answer:
        """Send one request and read the whole answer, whatever its status.

        Raises:
            NoAnswer: No answer came.
            InvalidInput: The address, or the machine's proxy for it, can't be used; nothing was sent.
        """
        origin, target = _parted(url)
        way = self._ways.get(origin) or self._way(origin)
        try:
            response = self._sent(way, method, target, content, {**_HEADERS, **headers})
        except _FAILURES as error:
            raise NoAnswer(type(error).__name__) from error
        return Answer(status=response.status, headers=response.headers, content=response.data)

    def close(self) -> None:
        """Close all connections."""
        for way in self._ways.values():
            way.pool.close()

    def _sent(
        self, way: _Way, method: str, target: str, content: bytes, headers: dict[str, str]
    ) -> BaseHTTPResponse:
        if not _PRINTABLE.fullmatch("".join((*headers, *headers.values()))):
            raise InvalidHeader("a header that is not printable ASCII")
        if not self._places.acquire(timeout=self._timeout_seconds):
            raise EmptyPoolError(way.pool, "no connection became free")
        try:
            return way.pool.urlopen(
                method,
                way.prefix + target,
                body=content or None,
                headers=headers,
                retries=False,
                redirect=False,
                assert_same_host=False,
                timeout=self._timeout,
            )
        finally:
            self._places.release()

    def _way(self, origin: str) -> _Way:
        with self._lock:
            if origin not in self._ways:
                self._ways[origin] = _way_to(origin, proxy_of(origin), self._ca_file)
            return self._ways[origin]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Way:
    """The connections to one origin."""

    pool: HTTPConnectionPool
    #: What stands before a request's target: a proxy that forwards is told the whole address.
    prefix: str


def _way_to(origin: str, proxy: str | None, ca_file: Path | None) -> _Way:
    """Return the connections to an origin.

    Raises:
        InvalidInput: The origin or the proxy can't be used.
    """
    try:
        through = None if proxy is None else proxy_address(proxy)
        is_tls = "https" in {urlsplit(origin).scheme, through.scheme if through else ""}
        manager = _manager(through, tls_context(ca_file) if is_tls else None)
        manager.pool_classes_by_scheme = {"http": WholeHeadPool, "https": WholeHeadTlsPool}
        pool = manager.connection_from_url(origin)
    except HTTPError as error:
        allowed = "an http or https address with a host and a port"
        raise InvalidInput(field="cloud_url", value=origin, allowed=allowed) from error
    is_forwarded = through is not None and urlsplit(origin).scheme == "http"
    return _Way(pool=pool, prefix=origin if is_forwarded else "")


def _manager(proxy: Url | None, context: Any) -> PoolManager:
    """Return what makes pools; without TCP's waiting for more to send, through a proxy too."""
    options: dict[str, Any] = {
        "maxsize": CONNECTIONS_MAX,
        "socket_options": HTTPConnection.default_socket_options,
        "ssl_context": context,
    }
    if proxy is None:
        return PoolManager(**options)
    return ProxyManager(
        proxy._replace(auth=None).url,
        proxy_headers=_proxy_headers(proxy.auth),
        proxy_ssl_context=context,
        **options,
    )


def _proxy_headers(auth: str | None) -> dict[str, str]:
    """Return the header that carries user and password; each may hold any letter, quoted in the address."""
    if auth is None:
        return {}
    user, _, password = auth.partition(":")
    secret = f"{unquote(user)}:{unquote(password)}".encode()
    return {"Proxy-Authorization": f"Basic {b64encode(secret).decode()}"}


def _parted(url: str) -> tuple[str, str]:
    """Return the origin of an address and the target behind it."""
    start = url.find("/", url.find("://") + 3)
    return (url, "/") if start < 0 else (url[:start], url[start:])
