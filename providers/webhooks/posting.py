"""One attempt to deliver a webhook: looks the host up, checks the address, and connects to that very one.

A name that leads elsewhere between check and connection changes nothing, since it is looked up once
(webhooks#addresses). Redirects are not followed, the machine's proxies are not used, and an attempt ends at
its time-out, also under a receiver that answers byte by byte.

`_new_conn` is a part of urllib3 that it does not offer for use; tests/unit/providers/test_library_versions.py
names the versions for which it holds.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from queue import Empty, Queue
from urllib.parse import SplitResult, urlsplit

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError

from domain.text.plain_text import cleaned_text
from domain.webhooks.addresses import Address, Networks, port_of, refusal_of
from domain.webhooks.attempts import Attempt, Outcome, outcome_of
from providers.access.trust import tls_context

#: Of a whole attempt, and of its connection.
TIMEOUT_SECONDS = 15.0
CONNECT_SECONDS = 5.0
#: How much of an answer is read and kept.
ANSWER_BYTES_MAX = 2_000
#: Seconds that a receiver may name at most; more is no number of seconds.
_SECONDS_DIGITS_MAX = 9
_HEADERS = {
    "User-Agent": "planswitch-webhooks",
    "Content-Type": "application/json",
    "Accept-Encoding": "identity",
    "Connection": "close",
}
_FAILURES = (HTTPError, http.client.HTTPException, OSError, ValueError)
_TIMEOUTS = (ConnectTimeoutError, ReadTimeoutError, TimeoutError)
#: Looks a host up: host and port to addresses.
Resolve = Callable[[str, int], list[Address]]


class _AddressRefused(Exception):
    """The host leads to an address to which nothing is sent."""


def resolved(host: str, port: int) -> list[Address]:
    """Return the addresses of a host, in the order in which the machine prefers them.

    Raises:
        OSError: The name is not known.
    """
    found_at = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ip_address(str(each[4][0]).partition("%")[0]) for each in found_at]


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookPost:
    """Sends bodies to receivers; safe for several threads."""

    #: Networks that this installation allows beside public addresses.
    networks: Networks = ()
    timeout_seconds: float = TIMEOUT_SECONDS
    resolve: Resolve = resolved

    def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Attempt:
        """Send one body once, and return how that ended; a failure is an attempt, never an error.

        Args:
            url: One that `require_url` took.
            body: Sent as it is.
            headers: With the signature.
        """
        started_at, began = datetime.now(tz=UTC), time.monotonic()
        used: list[str] = []
        retry_after = None
        try:
            with self._answer(url, body, headers, used) as response:
                outcome, status = outcome_of(response.status), response.status
                retry_after = _retry_after(response.headers.get("Retry-After"), started_at)
                text = _beginning(response)
        except _AddressRefused as refusal:
            outcome, status, text = Outcome.ADDRESS_REFUSED, 0, str(refusal)
        except _FAILURES as error:
            is_late = time.monotonic() - began >= self.timeout_seconds
            is_timeout = is_late or isinstance(error, _TIMEOUTS)
            # A refused connection is one of the library's connection time-outs.
            is_timeout = is_timeout and not isinstance(error, NewConnectionError)
            outcome, status = (Outcome.TIMED_OUT if is_timeout else Outcome.UNREACHABLE), 0
            text = _words_of(error)
        return Attempt(
            started_at=started_at,
            duration_ms=round((time.monotonic() - began) * 1_000),
            outcome=outcome,
            status=status,
            answer=cleaned_text(text)[:ANSWER_BYTES_MAX],
            address="".join(used),
            retry_after=retry_after,
        )

    @contextmanager
    def _answer(
        self, url: str, body: bytes, headers: Mapping[str, str], used: list[str]
    ) -> Iterator[BaseHTTPResponse]:
        parts = urlsplit(url)
        address = self._address(parts)
        used.append(str(address))
        connection = _connection(parts, address)
        with _breaking_off(connection, self.timeout_seconds):
            connection.timeout = min(CONNECT_SECONDS, self.timeout_seconds)
            connection.connect()
            connection.sock.settimeout(self.timeout_seconds)
            target = parts._replace(scheme="", netloc="").geturl() or "/"
            sent = {**_HEADERS, **headers, "Host": parts.netloc}
            connection.request("POST", target, body=body, headers=sent, preload_content=False)
            yield connection.getresponse()

    def _resolved(self, host: str, port: int) -> list[Address]:
        """Return the addresses of a host; the machine's own resolver has no time-out that is short enough.

        Raises:
            OSError: The name is not known, or nobody answers in time.
        """
        results: Queue[list[Address] | OSError] = Queue()

        def look_up() -> None:
            try:
                results.put(self.resolve(host, port))
            except OSError as error:
                results.put(error)

        threading.Thread(target=look_up, daemon=True, name="webhook-name").start()
        try:
            result = results.get(timeout=self.timeout_seconds)
        except Empty:
            raise TimeoutError("the name was not looked up in time") from None
        if isinstance(result, OSError):
            raise result
        return result

    def _address(self, parts: SplitResult) -> Address:
        """Return the address that is connected to; if one of a name's addresses is refused, all are.

        Raises:
            OSError: The name is not known.
        """
        addresses = self._resolved(parts.hostname or "", port_of(parts))
        for each in addresses:
            refusal = refusal_of(each, self.networks, is_plain=parts.scheme != "https")
            if refusal:
                raise _AddressRefused(refusal)
        if not addresses:
            raise OSError("the name has no address")
        return addresses[0]


class _Line:
    """What a connection runs over, for another thread to break it off whatever it does then.

    The library gives the socket to the answer, and to TLS, which take it over; a second handle stays ours.
    """

    handle: socket.socket | None = None

    def break_off(self) -> None:
        """End the connection, if it is open."""
        if self.handle is not None:
            # It may have ended meanwhile.
            with suppress(OSError):
                self.handle.shutdown(socket.SHUT_RDWR)

    def let_go(self) -> None:
        """Give the handle back."""
        if self.handle is not None:
            self.handle.close()


class _PlainConnection(_Line, HTTPConnection):
    """A connection that can be broken off."""

    def _new_conn(self) -> socket.socket:
        opened = super()._new_conn()
        self.handle = opened.dup()
        return opened


class _TlsConnection(_Line, HTTPSConnection):
    """The same over TLS, its handshake included."""

    def _new_conn(self) -> socket.socket:
        opened = super()._new_conn()
        self.handle = opened.dup()
        return opened


def _connection(parts: SplitResult, address: Address) -> _PlainConnection | _TlsConnection:
    """Return a connection to an address, which over TLS proves that it is the host of the URL."""
    port = port_of(parts)
    if parts.scheme != "https":
        return _PlainConnection(str(address), port)
    return _TlsConnection(
        str(address),
        port,
        ssl_context=tls_context(None),
        cert_reqs=ssl.CERT_REQUIRED,
        server_hostname=parts.hostname,
        assert_hostname=parts.hostname,
    )


@contextmanager
def _breaking_off(connection: _PlainConnection | _TlsConnection, timeout_seconds: float) -> Iterator[None]:
    """Break a connection off when the time of an attempt is over, whatever it does then."""
    timer = threading.Timer(timeout_seconds, connection.break_off)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        connection.close()
        connection.let_go()


def _beginning(response: BaseHTTPResponse) -> str:
    """Return the beginning of an answer's body; one that breaks off has been answered all the same."""
    try:
        return response.read(ANSWER_BYTES_MAX).decode("utf-8", errors="replace")
    except _FAILURES:
        return ""


def _retry_after(text: str | None, now: datetime) -> timedelta | None:
    """Return how long a receiver asks to wait, in seconds or until an instant (RFC 9110, 10.2.3)."""
    if text is None:
        return None
    if text.strip().isdecimal() and len(text.strip()) <= _SECONDS_DIGITS_MAX:
        return timedelta(seconds=int(text))
    try:
        at = parsedate_to_datetime(text)
        return max(at - now, timedelta()) if at.tzinfo else None
    except (TypeError, ValueError):
        return None


def _words_of(error: BaseException) -> str:
    """Return what went wrong, without the library's own names of objects."""
    cause = error.__cause__ or error.__context__ or error
    return f"{type(error).__name__}: {cause}" if isinstance(cause, OSError) else type(error).__name__
