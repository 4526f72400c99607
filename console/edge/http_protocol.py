"""The server's HTTP protocol with bounds: headers of a size, and requests that are here in time.

The server itself bounds neither: half a request stays open for ever, and headers may be of any length.
"""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from console.words.problems import MEDIA_TYPE, document_of

#: Longest request line with all headers.
HEADER_BYTES_MAX = 32 * 1024
#: Seconds from the beginning of a connection, or of its next request, to the end of its headers.
HEADER_SECONDS = 10.0
#: Seconds from the headers to the end of the body. A body that is read has less
#: (console/edge/body_limits.py); one that was refused unread is read past until then, so that its
#: sender gets the answer.
MESSAGE_SECONDS = 40.0
_log = structlog.get_logger()


class HeadersTooLarge(ValueError):
    """The headers of a request are longer than HEADER_BYTES_MAX."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection of a client."""

    _header_bytes = 0
    _are_headers_here = False
    _are_headers_too_large = False
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._expect_within(HEADER_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._expect_nothing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; on a connection at rest it begins the wait for a request, whatever it is."""
        if self._deadline is None and self._is_answered():
            self._are_headers_here, self._header_bytes = False, 0
            self._expect_within(HEADER_SECONDS)
        super().data_received(data)
        # The parser keeps a header that has no end yet, and tells nobody.
        if not self._are_headers_here and not self.transport.is_closing():
            self._header_bytes += len(data)
            if self._header_bytes > HEADER_BYTES_MAX:
                self._refuse_headers()

    def on_message_begin(self) -> None:
        """Begin with a request."""
        self._are_headers_here, self._header_bytes = False, 0
        if self._deadline is None:
            self._expect_within(HEADER_SECONDS)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Hand the request on, if its headers are of a size; its body is waited for."""
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > HEADER_BYTES_MAX:
            self._are_headers_too_large = True
            raise HeadersTooLarge
        self._are_headers_here = True
        self._expect_within(MESSAGE_SECONDS)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Wait for nothing more: the request is here."""
        self._expect_nothing()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser can't read, in the form of every other problem."""
        if self._are_headers_too_large:
            self._refuse_headers()
            return
        detail, remedy = f"This is no HTTP request: {msg}", "Send a request of HTTP/1.1."
        self._refuse(HTTPStatus.BAD_REQUEST, "REQUEST_UNREADABLE", detail, remedy)

    def _is_answered(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _expect_within(self, seconds: float) -> None:
        self._expect_nothing()
        self._deadline = self.loop.call_later(seconds, self._end_of_patience)

    def _expect_nothing(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _end_of_patience(self) -> None:
        self._deadline = None
        if self.pipeline:
            # Its turn has not come: we ourselves do not read on.
            self._expect_within(MESSAGE_SECONDS)
        elif self._header_bytes and not self._are_headers_here and self._is_answered():
            detail = f"The headers did not arrive within {HEADER_SECONDS:.0f} seconds."
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "REQUEST_TIMED_OUT", detail, "Send the request again.")
        else:
            self.transport.close()

    def _refuse_headers(self) -> None:
        detail = f"The headers are longer than {HEADER_BYTES_MAX:,} bytes."
        remedy = "Send fewer cookies and headers."
        status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        self._refuse(status, "HEADERS_TOO_LARGE", detail, remedy)

    def _refuse(self, status: HTTPStatus, code: str, detail: str, remedy: str) -> None:
        """Answer without the app, and hang up."""
        address = self.client[0] if self.client else ""
        _log.warning("request_refused", code=code, status=int(status), address=address)
        document = document_of(code=code, status=status, detail=detail, remedy=remedy)
        body = json.dumps(document).encode()
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: {MEDIA_TYPE}\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        self._expect_nothing()
        self.transport.write(head.encode() + body)
        self.transport.close()
