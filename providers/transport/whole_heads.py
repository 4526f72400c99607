"""Connections whose answers count only with a whole head, used again only while they are surely open.

Here alone are parts of urllib3 and http.client that these libraries do not offer for use: the file that an
answer is read from, and how an answer begins. tests/unit/providers/test_library_versions.py names the
versions for which that holds.
"""

from __future__ import annotations

import http.client
import time
from http import HTTPStatus
from io import BufferedReader
from typing import cast

from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ProtocolError
from urllib3.util.response import assert_header_parsing

#: A connection that was idle for longer is opened anew: what stands between may have dropped it silently.
IDLE_MAX_SECONDS = 5.0
_SUCCESS_MIN = 200
#: Interim answers of one call; more come from a server that has lost its way.
INTERIM_MAX = 8


class _Lines:
    """What the head of an answer is read from; a head that ends before its empty line is an error."""

    def __init__(self, file: BufferedReader) -> None:
        self._file = file
        self.close = file.close

    def readline(self, limit: int) -> bytes:
        """Return the next line.

        Raises:
            ProtocolError: The connection ended within it; the library would take the head as complete.
        """
        line = self._file.readline(limit)
        if not line.endswith(b"\n"):
            raise ProtocolError("the answer ends within its head")
        return line


class _Response(http.client.HTTPResponse):
    """An answer whose head came whole and is well formed."""

    def begin(self) -> None:
        """Read the head of the final answer; interim ones before it, such as 103, say nothing of the call.

        Raises:
            HTTPError: It was cut or can't be read, or no final one comes.
        """
        for _ in range(INTERIM_MAX + 1):
            self._read_head()
            if self.status >= _SUCCESS_MIN:
                return
            if self.status == HTTPStatus.SWITCHING_PROTOCOLS:
                break
            # Else the library takes the head as read already.
            self.headers = self.msg = None  # type: ignore[assignment]
        raise ProtocolError(f"interim answer {self.status}")

    def _read_head(self) -> None:
        file = self.fp
        self.fp = cast("BufferedReader", _Lines(file))
        try:
            super().begin()
        finally:
            # The library drops it where the answer is no HTTP.
            if self.fp is not None:
                self.fp = file
        assert_header_parsing(self.headers)


class _Connection(HTTPConnection):
    """A connection that is used again only while it is surely open, and after a whole answer."""

    response_class = _Response
    _used_at = 0.0

    @property
    def is_connected(self) -> bool:
        """Return whether it is open and was not idle for long."""
        is_fresh = time.monotonic() - self._used_at < IDLE_MAX_SECONDS
        return is_fresh and super().is_connected

    def getresponse(self) -> HTTPResponse:  # type: ignore[override] # as in the library itself
        """Read the answer, and note when."""
        response = super().getresponse()
        self._used_at = time.monotonic()
        return response


class _TlsConnection(_Connection, HTTPSConnection):
    """The same over TLS."""


class WholeHeadPool(HTTPConnectionPool):
    """Connections to one origin."""

    ConnectionCls = _Connection


class WholeHeadTlsPool(HTTPSConnectionPool):
    """Connections to one origin over TLS."""

    ConnectionCls = _TlsConnection
